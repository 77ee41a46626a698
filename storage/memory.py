"""What we remember of a chat besides its wishes: what it was told, saved, searched for and was asked."""

from collections.abc import Mapping
from datetime import datetime

from digest.readers import Told
from storage.clock import moment, seconds
from storage.database import Database


class Memory:
    """The shelf of what was told and what was asked. `Readers.prune` says how long it lasts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def told(self, chat_id: int, thread_id: int) -> dict[int, Told]:
        """The stories that a chat, or a thread of it, was given in the last 90 days, by id."""
        rows = self._db.rows(
            """
            select story_id, min(told_at) as first, max(upto) as upto
            from told where chat_id = :chat_id and thread_id = :thread_id group by story_id
            """,
            chat_id=chat_id,
            thread_id=thread_id,
        )
        return {row["story_id"]: Told(moment(row["first"]), row["upto"]) for row in rows}

    def tell(self, chat_id: int, thread_id: int, stories: Mapping[int, int], *, now: datetime) -> None:
        """Remember stories (id → their newest item) as told outside an edition: the first digest."""
        self.told_by(0, chat_id, thread_id, stories, now=now)

    def told_by(self, edition: int, chat_id: int, thread_id: int, stories: Mapping[int, int], *, now: datetime) -> None:
        """Remember stories (id → their newest item) as told by an edition; what others told stays as it was."""
        self._db.execute_many(
            """
            insert into told (chat_id, thread_id, story_id, edition, told_at, upto)
            values (:chat_id, :thread_id, :story_id, :edition, :now, :upto)
            on conflict do update set upto = max(upto, excluded.upto)
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

    def untell(self, edition: int) -> None:
        """Take back what an edition told."""
        self._db.execute("delete from told where edition = :edition", edition=edition)

    def keep_search(self, chat_id: int, text: str, *, now: datetime) -> int:
        """Keep what was searched for, so that its pages can be turned; a number for it."""
        search_id: int = self._db.value(
            "insert into searches (chat_id, text, kept_at) values (:chat_id, :text, :now) returning id",
            chat_id=chat_id,
            text=text,
            now=seconds(now),
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

    def save(self, chat_id: int, story_id: int, *, now: datetime) -> None:
        """Put a story among those that a known chat saved."""
        self._db.execute(
            """
            insert or ignore into saved (chat_id, story_id, saved_at)
            select :chat_id, id, :now from stories where id = :story_id
            """,
            chat_id=chat_id,
            story_id=story_id,
            now=seconds(now),
        )

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

    def asked(self, chat_id: int, message_id: int) -> str | None:
        """What that message asked; None where it asked nothing."""
        act: str | None = self._db.value(
            "select act from prompts where chat_id = :chat_id and message_id = :message_id",
            chat_id=chat_id,
            message_id=message_id,
        )
        return act
