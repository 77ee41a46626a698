"""Stories: which items report one event.

Items may move from one story to another, and a story may end in another. Three things keep what was delivered whole:
a story that ended names the one that answers for it, for ever, so that old buttons and links open that; every move is
noted, so that Memory.told can tell which items a story had when a chat was told of it; and what was told is never
rewritten.
"""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from itertools import groupby

from digest.model import Item, Story
from storage.clock import seconds
from storage.corrections import keep_corrected
from storage.database import Database
from storage.items import SELECT_ITEMS, item_of

#: Moves are kept longer than what was told before them (90 days).
_MOVES_KEPT = timedelta(days=100)


class Stories:
    """The shelf of stories. An item is in one story or, until it has been placed, in none."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def unplaced(self, limit: int) -> list[Item]:
        """The first `limit` items that are in no story yet, in the order of storing."""
        rows = self._db.rows(f"{SELECT_ITEMS} where items.story_id is null order by items.id limit :limit", limit=limit)
        return [item_of(row) for row in rows]

    def reworded(self, limit: int) -> list[Item]:
        """The first `limit` items in stories whose publisher changed title or text since they were looked at."""
        rows = self._db.rows(
            f"""
            {SELECT_ITEMS}
            where items.id in (select item_id from reworded order by item_id limit :limit) order by items.id
            """,  # noqa: S608
            limit=limit,
        )
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

    def moved_after(self, move_id: int, *, since: datetime) -> tuple[list[Item], int]:
        """Items that moved or were reworded in moves after `move_id`, as they are now, and the id of the last move.

        Only those published at `since` or later, in order of id.
        """
        last: int = self._db.value("select coalesce(max(id), 0) from moves")
        if last <= move_id:
            return [], move_id
        rows = self._db.rows(
            f"""
            {SELECT_ITEMS}
            where items.id in (select item_id from moves where id > :move_id) and items.published >= :since
            order by items.id
            """,  # noqa: S608
            move_id=move_id,
            since=seconds(since),
        )
        return [item_of(row) for row in rows], last

    def told_among(self, story_ids: Collection[int]) -> set[int]:
        """Which of these stories some chat was told."""
        rows = self._db.rows(
            "select id from stories where told_at is not null and id in (select value from json_each(:ids))",
            ids=json.dumps(list(story_ids)),
        )
        return {row["id"] for row in rows}

    def open_story(self, item: Item) -> int:
        """Begin a story with this item, which is in none yet; its id."""
        with self._db.write():
            story_id = self._open(item.id)
            self.assign(item.id, story_id)
        return story_id

    def assign(self, item_id: int, story_id: int) -> None:
        """Put an item that is in no story into one; for any other use `move`."""
        with self._db.write():
            self._db.execute(
                "update items set story_id = :story_id where id = :item_id and story_id is null",
                item_id=item_id,
                story_id=story_id,
            )
            self._joined(story_id)

    def split(self, item_id: int, *, now: datetime) -> int:
        """Begin a story with an item that leaves its own; its id."""
        with self._db.write():
            story_id = self._open(item_id)
            self.move([item_id], story_id, now=now)
        return story_id

    def move(self, item_ids: Collection[int], story_id: int, *, now: datetime) -> None:
        """Take items out of the stories they are in and put them into another, which answers for those now empty."""
        ids = json.dumps(list(item_ids))
        with self._db.write():
            rows = self._db.rows(
                """
                select id, story_id from items
                where id in (select value from json_each(:ids)) and story_id <> :story_id order by id
                """,
                ids=ids,
                story_id=story_id,
            )
            self._note({row["id"]: (row["story_id"], story_id) for row in rows}, now=now)
            self._db.execute_many(
                "update items set story_id = :story_id where id = :item_id",
                [{"story_id": story_id, "item_id": row["id"]} for row in rows],
            )
            for left in sorted({row["story_id"] for row in rows}):
                if self._db.row("select 1 from items where story_id = :left", left=left) is None:
                    self._end(left, story_id)
            self._joined(story_id)
            self._db.execute("delete from moves where moved_at < :before", before=seconds(now - _MOVES_KEPT))

    def merge(self, story_id: int, into: int, *, now: datetime) -> None:
        """Put all items of a story into another, which from now on answers for it."""
        with self._db.write():
            rows = self._db.rows("select id from items where story_id = :story_id", story_id=story_id)
            self.move([row["id"] for row in rows], into, now=now)

    def note_reworded(self, item_ids: Collection[int], *, now: datetime) -> None:
        """Note that the new words of these items were looked at; other processes hear of it as of a move."""
        ids = json.dumps(list(item_ids))
        with self._db.write():
            rows = self._db.rows(
                "select id, story_id from items where id in (select value from json_each(:ids)) order by id", ids=ids
            )
            self._note({row["id"]: (row["story_id"], row["story_id"]) for row in rows}, now=now)
            self._db.execute("delete from reworded where item_id in (select value from json_each(:ids))", ids=ids)

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
        """One story, whole, or the one that answers for it; None where no item is in it."""
        return next(
            iter(
                self._stories("select coalesce(merged_into, id) from stories where id = :story_id", story_id=story_id)
            ),
            None,
        )

    def among(self, story_ids: Collection[int]) -> dict[int, Story]:
        """Stories by the ids asked for, each whole, or the one that answers for it; without those that have no item."""
        rows = self._db.rows(
            "select id, coalesce(merged_into, id) as now from stories where id in (select value from json_each(:ids))",
            ids=json.dumps(list(story_ids)),
        )
        now_ids = json.dumps(sorted({row["now"] for row in rows}))
        now = {story.id: story for story in self._stories("select value from json_each(:ids)", ids=now_ids)}
        return {row["id"]: now[row["now"]] for row in rows if row["now"] in now}

    def newest(self, since: datetime, until: datetime) -> list[int]:
        """The ids of stories in digests, reported from `since` until before `until`, the last reported first."""
        rows = self._db.rows(
            """
            select story_id as id from items
            where published >= :since and published < :until and story_id is not null
            group by story_id having max(relevant) order by max(published) desc, story_id desc
            """,
            since=seconds(since),
            until=seconds(until),
        )
        return [row["id"] for row in rows]

    def _open(self, item_id: int) -> int:
        story_id: int = self._db.value(
            """
            insert into stories (first_seen, last_published)
            select first_seen, published from items where id = :item_id returning id
            """,
            item_id=item_id,
        )
        return story_id

    def _joined(self, story_id: int) -> None:
        """Note when a story was first seen and last reported, and let an editor's word hold for all of its reports."""
        self._db.execute(
            """
            update stories set (first_seen, last_published) =
                (select min(first_seen), max(published) from items where story_id = :story_id)
            where id = :story_id and exists (select 1 from items where story_id = :story_id)
            """,
            story_id=story_id,
        )
        keep_corrected(self._db, story_id)

    def _note(self, moves: Mapping[int, tuple[int, int]], *, now: datetime) -> None:
        """Note moves: item → the story it leaves, the story it joins."""
        self._db.execute_many(
            "insert into moves (item_id, left_id, joined_id, moved_at) values (:item_id, :left, :joined, :now)",
            [
                {"item_id": item_id, "left": left, "joined": joined, "now": seconds(now)}
                for item_id, (left, joined) in moves.items()
            ],
        )

    def _end(self, story_id: int, heir: int) -> None:
        """Let another story answer for one that has no items any more, and for those that it answered for."""
        ended = {"story_id": story_id, "heir": heir}
        self._db.execute(
            "update stories set merged_into = :heir where id = :story_id or merged_into = :story_id", **ended
        )
        self._db.execute(
            """
            update stories set told_at = was.told_at from stories as was
            where stories.id = :heir and was.id = :story_id and stories.told_at is null
            """,
            **ended,
        )
        self._db.execute("update or ignore saved set story_id = :heir where story_id = :story_id", **ended)
        self._db.execute("delete from saved where story_id = :story_id", story_id=story_id)

    def _stories(self, ids: str, /, **parameters: object) -> list[Story]:
        rows = self._db.rows(
            f"{SELECT_ITEMS} where items.story_id in ({ids}) order by items.story_id, items.published, items.id",
            **parameters,
        )
        grouped = groupby(rows, key=lambda row: int(row["story_id"]))
        return [Story(id=story_id, items=tuple(item_of(row) for row in group)) for story_id, group in grouped]
