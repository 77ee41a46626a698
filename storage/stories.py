"""Stories: which items report one event."""

from datetime import datetime
from itertools import groupby

from digest.model import Item, Story
from storage.clock import seconds
from storage.database import Database
from storage.items import SELECT_ITEMS, item_of


class Stories:
    """The shelf of stories. An item is in one story or, until it has been placed, in none."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unplaced(self, limit: int) -> list[Item]:
        """The first `limit` items that are in no story yet, in the order of storing."""
        rows = self._db.rows(f"{SELECT_ITEMS} where items.story_id is null order by items.id limit :limit", limit=limit)
        return [item_of(row) for row in rows]

    def placed_after(self, item_id: int, *, since: datetime) -> list[Item]:
        """Items in stories, with a greater id than `item_id` and published at `since` or later, in order of id."""
        rows = self._db.rows(
            f"""
            {SELECT_ITEMS}
            where items.id > :item_id and items.published >= :since and items.story_id is not null
            order by items.id
            """,
            item_id=item_id,
            since=seconds(since),
        )
        return [item_of(row) for row in rows]

    def open_story(self, item: Item) -> int:
        """Begin a story with this item in it; its id."""
        with self._db.write():
            story_id: int = self._db.value(
                "insert into stories (first_seen, last_published) values (:first_seen, :published) returning id",
                first_seen=seconds(item.first_seen),
                published=seconds(item.published),
            )
            self.assign(item.id, story_id)
        return story_id

    def assign(self, item_id: int, story_id: int) -> None:
        """Put an item into a story, out of the one it was in, if any."""
        with self._db.write():
            self._db.execute(
                "update items set story_id = :story_id where id = :item_id", item_id=item_id, story_id=story_id
            )
            self._db.execute(
                """
                update stories set
                    last_published = max(last_published, (select published from items where id = :item_id))
                where id = :story_id
                """,
                item_id=item_id,
                story_id=story_id,
            )

    def in_window(self, since: datetime, until: datetime) -> list[Story]:
        """Every story with an item published from `since` until before `until`.

        Each is whole: earlier and later items of it come too, oldest first. In order of id.
        """
        return self._stories(
            "select story_id from items where published >= :since and published < :until",
            since=seconds(since),
            until=seconds(until),
        )

    def get(self, story_id: int) -> Story | None:
        """One story, whole; None where no item is in it."""
        return next(iter(self._stories("select :story_id", story_id=story_id)), None)

    def _stories(self, ids: str, **parameters: object) -> list[Story]:
        rows = self._db.rows(
            f"{SELECT_ITEMS} where items.story_id in ({ids}) order by items.story_id, items.published, items.id",
            **parameters,
        )
        grouped = groupby(rows, key=lambda row: int(row["story_id"]))
        return [Story(id=story_id, items=tuple(item_of(row) for row in group)) for story_id, group in grouped]
