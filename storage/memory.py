"""What we remember of a chat besides its wishes: what it was told, saved, searched for and was asked."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from digest.readers import Told
from storage.clock import moment, seconds
from storage.database import Database

#: So much is remembered of one chat. Of searches and questions an older one gives way; what is saved stays.
MOST_SEARCHES, MOST_PROMPTS, MOST_SAVED = 200, 100, 500


class Memory:
    """The shelf of what was told and what was asked. `Readers.prune` says how long it lasts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def told(self, chat_id: int, thread_id: int) -> dict[int, Told]:
        """The stories that a chat, or a thread of it, was given in the last 90 days, by id.

        What counts is which reports it was given: those that came into a story from another later on are unknown,
        those that went to another one are known there, and a story of which none is left is not among them.
        """
        chat = {"chat_id": chat_id, "thread_id": thread_id}
        rows = self._db.rows(
            """
            select story_id, min(told_at) as first, max(upto) as upto
            from told where chat_id = :chat_id and thread_id = :thread_id group by story_id
            """,
            **chat,
        )
        told = {row["story_id"]: Told(moment(row["first"]), row["upto"]) for row in rows}
        moved = self._db.rows(_MOVED, **chat)
        if moved:
            ids = json.dumps(sorted({row["story_id"] for row in moved} | {row["left_id"] for row in moved}))
            members = self._db.rows(
                """
                select id, story_id from items
                where story_id is not null and story_id in (select value from json_each(:ids))
                """,
                ids=ids,
            )
            tellings = self._db.rows(
                """
                select story_id, told_at, again_at, upto from told where chat_id = :chat_id and thread_id = :thread_id
                    and story_id in (select value from json_each(:ids))
                """,
                **chat,
                ids=ids,
            )
            for story_id in json.loads(ids):
                told.pop(story_id, None)
            told |= _told_of_moved(moved, members, tellings)
        return told

    def tell(self, chat_id: int, thread_id: int, stories: Mapping[int, int], *, now: datetime) -> None:
        """Remember stories (id → their newest item) as told outside an edition: the first digest."""
        self.told_by(0, chat_id, thread_id, stories, now=now)

    def told_by(self, edition: int, chat_id: int, thread_id: int, stories: Mapping[int, int], *, now: datetime) -> None:
        """Remember stories (id → their newest item) as told by an edition; what others told stays as it was.

        A chat that has gone meanwhile, perhaps to another id, is told nothing.
        """
        self._db.execute(
            """
            update stories set told_at = :now
            where told_at is null and id in (select value from json_each(:ids))
            """,
            now=seconds(now),
            ids=json.dumps(list(stories)),
        )
        self._db.execute_many(
            """
            insert into told (chat_id, thread_id, story_id, edition, told_at, upto)
            select id, :thread_id, :story_id, :edition, :now, :upto from chats where id = :chat_id
            on conflict do update set upto = max(upto, excluded.upto), again_at = excluded.told_at
            """,
            [
                {
                    "chat_id": chat_id,
                    "thread_id": thread_id,
                    "story_id": story_id,
                    "edition": edition,
                    "now": seconds(now),
                    "upto": upto,
                }
                for story_id, upto in stories.items()
            ],
        )

    def untell_answer(self, chat_id: int, thread_id: int, stories: Collection[int], *, now: datetime) -> None:
        """Take back what `tell` noted at `now`: it surely did not reach its reader."""
        self._db.execute(
            """
            delete from told where chat_id = :chat_id and thread_id = :thread_id and edition = 0 and told_at = :now
              and story_id in (select value from json_each(:ids))
            """,
            chat_id=chat_id,
            thread_id=thread_id,
            now=seconds(now),
            ids=json.dumps(list(stories)),
        )

    def untell(self, edition: int) -> None:
        """Take back what an edition told."""
        self._db.execute("delete from told where edition = :edition", edition=edition)

    def keep_search(self, chat_id: int, text: str, *, now: datetime) -> int:
        """Keep what was searched for, so that its pages can be turned; its number, the same each time."""
        with self._db.write():
            kept: int | None = self._db.value(
                "update searches set kept_at = :now where chat_id = :chat_id and text = :text returning id",
                chat_id=chat_id,
                text=text,
                now=seconds(now),
            )
            if kept is not None:
                return kept
            search_id: int = self._db.value(
                "insert into searches (chat_id, text, kept_at) values (:chat_id, :text, :now) returning id",
                chat_id=chat_id,
                text=text,
                now=seconds(now),
            )
            self._db.execute(
                """
                delete from searches where chat_id = :chat_id and id not in (
                  select id from searches where chat_id = :chat_id order by kept_at desc, id desc limit :most
                )
                """,
                chat_id=chat_id,
                most=MOST_SEARCHES,
            )
        return search_id

    def kept_search(self, chat_id: int, search_id: int) -> str | None:
        """What a chat searched for; None for a search that is another chat's or too old."""
        text: str | None = self._db.value(
            "select text from searches where id = :search_id and chat_id = :chat_id",
            search_id=search_id,
            chat_id=chat_id,
        )
        return text

    def save(self, chat_id: int, story_id: int, *, now: datetime) -> bool:
        """Put a story among those that a known chat saved; False where that are MOST_SAVED already."""
        with self._db.write():
            self._db.execute(
                """
                insert or ignore into saved (chat_id, story_id, saved_at)
                select :chat_id, coalesce(merged_into, id), :now from stories where id = :story_id
                  and (select count(*) from saved where chat_id = :chat_id) < :most
                """,
                chat_id=chat_id,
                story_id=story_id,
                now=seconds(now),
                most=MOST_SAVED,
            )
            kept = """
                select 1 from saved join stories on stories.id = :story_id
                where chat_id = :chat_id and saved.story_id = coalesce(merged_into, stories.id)
            """
            return self._db.row(kept, chat_id=chat_id, story_id=story_id) is not None

    def unsave(self, chat_id: int, story_id: int) -> None:
        """Take a story out of those."""
        self._db.execute(
            "delete from saved where chat_id = :chat_id and story_id = :story_id", chat_id=chat_id, story_id=story_id
        )

    def saved(self, chat_id: int) -> list[int]:
        """The ids of the stories that a chat saved, the last one first."""
        rows = self._db.rows(
            "select story_id from saved where chat_id = :chat_id order by saved_at desc, story_id desc",
            chat_id=chat_id,
        )
        return [row["story_id"] for row in rows]

    def ask(self, chat_id: int, message_id: int, act: str, *, now: datetime) -> None:
        """Remember that a message of ours asked something and waits for an answer in words."""
        with self._db.write():
            self._db.execute(
                """
                insert or replace into prompts (chat_id, message_id, act, asked_at)
                values (:chat_id, :message_id, :act, :now)
                """,
                chat_id=chat_id,
                message_id=message_id,
                act=act,
                now=seconds(now),
            )
            self._db.execute(
                """
                delete from prompts where chat_id = :chat_id and message_id not in (
                  select message_id from prompts where chat_id = :chat_id
                  order by asked_at desc, message_id desc limit :most
                )
                """,
                chat_id=chat_id,
                most=MOST_PROMPTS,
            )

    def asked(self, chat_id: int, message_id: int) -> str | None:
        """What that message asked; None where it asked nothing."""
        act: str | None = self._db.value(
            "select act from prompts where chat_id = :chat_id and message_id = :message_id",
            chat_id=chat_id,
            message_id=message_id,
        )
        return act

    def close_questions(self, chat_id: int, *, since: datetime) -> int:
        """Wait for no more answers in a chat; how many of the questions are not older than `since`."""
        with self._db.write():
            open_ones: int = self._db.value(
                "select count(*) from prompts where chat_id = :chat_id and asked_at >= :since",
                chat_id=chat_id,
                since=seconds(since),
            )
            self._db.execute("delete from prompts where chat_id = :chat_id", chat_id=chat_id)
        return open_ones


#: The moves of items from or to stories that a chat was told, in their order, with where the item is now.
_MOVED = """
    select moves.item_id, moves.left_id, moves.moved_at, items.story_id
    from moves join items on items.id = moves.item_id
    where left_id <> joined_id and moves.item_id in (
        select item_id from told join moves on left_id = story_id or joined_id = story_id
        where chat_id = :chat_id and thread_id = :thread_id and left_id <> joined_id
    )
    order by moves.id
"""


def _told_of_moved(
    moves: Sequence[sqlite3.Row], members: Sequence[sqlite3.Row], tellings: Sequence[sqlite3.Row]
) -> dict[int, Told]:
    """What a chat knows of the stories that items came into or left, by id: those of which it knows any report.

    `members` are the items of these stories now. A telling told those that its story had at that moment, up to the
    newest one then.
    """
    left: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for move in moves:
        left[move["item_id"]].append((move["moved_at"], move["left_id"]))
    items: dict[int, set[int]] = defaultdict(set)
    for member in members:
        items[member["story_id"]].add(member["id"])
    by_story: dict[int, list[sqlite3.Row]] = defaultdict(list)
    for telling in tellings:
        by_story[telling["story_id"]].append(telling)
    found = {}
    for story_id, ids in items.items():
        first, known = [], set[int]()
        once_in = {story_id} | {was for item_id in ids for _, was in left.get(item_id, ())}
        for telling in (telling for was in sorted(once_in) for telling in by_story[was]):
            moments = [at for at in (telling["told_at"], telling["again_at"]) if at is not None]
            given = {
                item_id
                for item_id in ids
                if item_id <= telling["upto"]
                and any(telling["story_id"] in _stories_at(at, left.get(item_id, ()), story_id) for at in moments)
            }
            if given:
                known |= given
                first.append(telling["told_at"])
        if known:
            upto = max(known)
            unknown = frozenset(item_id for item_id in ids - known if item_id < upto)
            found[story_id] = Told(moment(min(first)), upto, unknown)
    return found


def _stories_at(at: int, left: Sequence[tuple[int, int]], now_in: int) -> set[int]:
    """The story an item was in at a moment; within the second of a move both."""
    stories = {story_id for moved_at, story_id in left if moved_at == at}
    return stories | {next((story_id for moved_at, story_id in left if at < moved_at), now_in)}
