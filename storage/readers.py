"""Readers: chats, their lines and slots."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from digest.due import next_due
from digest.errors import StorageError
from digest.model import Language, Wishes
from digest.readers import Chat, ChatState, DueSlot, Line
from storage.clock import moment, seconds
from storage.database import Database

#: How long the ledger and what was told are kept, and a chat that left us.
LEDGER_DAYS = 90
GONE_CHAT_DAYS = 365
#: How long the pages of a search can be turned.
SEARCH_DAYS = 30


class Readers:
    """The shelf of readers."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # Chats

    def chat(self, chat_id: int) -> Chat | None:
        """One chat."""
        row = self._db.row("select * from chats where id = :chat_id", chat_id=chat_id)
        return None if row is None else _chat_of(row)

    def add_chat(self, chat: Chat) -> Chat:
        """Remember a chat; one that is known stays as it is. The chat as it is stored."""
        row = self._db.row(
            """
            insert into chats (id, kind, language, zone, state, state_at, created_at)
            values (:id, :kind, :language, :zone, :state, :created_at, :created_at)
            on conflict (id) do update set kind = kind
            returning *
            """,
            id=chat.id,
            kind=chat.kind,
            language=chat.language,
            zone=chat.zone,
            state=chat.state,
            created_at=seconds(chat.created_at),
        )
        if row is None:
            raise StorageError("The chat could not be stored.")
        return _chat_of(row)

    def set_language(self, chat_id: int, language: Language) -> None:
        """What the chat is spoken to in; the language of wishes is the line's own."""
        self._db.execute(
            "update chats set language = :language where id = :chat_id", chat_id=chat_id, language=language
        )

    def set_zone(self, chat_id: int, zone: str, now: datetime) -> None:
        """Move a chat to a valid IANA zone: its slots keep their hours, a local date served already stays served."""
        with self._db.write():
            self._db.execute("update chats set zone = :zone where id = :chat_id", chat_id=chat_id, zone=zone)
            self._reschedule(chat_id, now)

    def set_state(self, chat_id: int, state: ChatState, *, now: datetime) -> None:
        """Pause, stop, refuse or resume a chat. Resuming counts from now, so that nothing stale comes at once."""
        with self._db.write():
            self._db.execute(
                "update chats set state = :state, state_at = :now where id = :chat_id",
                chat_id=chat_id,
                state=state,
                now=seconds(now),
            )
            if state is ChatState.ACTIVE:
                self._reschedule(chat_id, now)

    def migrate_chat(self, old: int, new: int) -> None:
        """Telegram gave a group a new id: everything moves there, the ledger too, in one transaction.

        Where the new chat is known already it takes the settings of the old one, and lines that it had begun for the
        same thread and that never delivered give way to the old ones. An unknown `old` changes nothing.
        """
        ids = {"old": old, "new": new}
        with self._db.write():
            if old == new or self.chat(old) is None:
                return
            if self.chat(new) is None:
                self._db.execute("update chats set id = :new where id = :old", **ids)
                self._db.execute("update searches set chat_id = :new where chat_id = :old", **ids)
                return
            self._db.execute(
                """
                delete from lines
                where chat_id = :new and id not in (select line_id from deliveries)
                  and thread_id in (select thread_id from lines where chat_id = :old)
                """,
                **ids,
            )
            self._db.execute(
                """
                update chats set language = was.language, zone = was.zone, state = was.state, state_at = was.state_at,
                    created_at = was.created_at, held_until = max(chats.held_until, was.held_until)
                from chats as was where was.id = :old and chats.id = :new
                """,
                **ids,
            )
            for table in ("lines", "deliveries", "told", "searches"):
                self._db.execute(f"update or ignore {table} set chat_id = :new where chat_id = :old", **ids)  # noqa: S608
            self._db.execute("delete from chats where id = :old", **ids)

    def forget(self, chat_id: int) -> None:
        """Delete a chat and all that is kept of it: lines, slots, ledger, searches, what it was told."""
        with self._db.write():
            self._db.execute("delete from chats where id = :chat_id", chat_id=chat_id)
            self._db.execute("delete from searches where chat_id = :chat_id", chat_id=chat_id)

    def prune(self, now: datetime) -> None:
        """Delete the ledger after 90 days, searches after 30, and chats that stopped or refused us 12 months ago."""
        with self._db.write():
            ledger = seconds(now - timedelta(days=LEDGER_DAYS))
            self._db.execute("delete from deliveries where planned_at < :ledger", ledger=ledger)
            self._db.execute("delete from told where told_at < :ledger", ledger=ledger)
            searches = seconds(now - timedelta(days=SEARCH_DAYS))
            self._db.execute("delete from searches where kept_at < :searches", searches=searches)
            self._db.execute(
                "delete from chats where state in ('stopped', 'refused') and state_at <= :gone",
                gone=seconds(now - timedelta(days=GONE_CHAT_DAYS)),
            )

    # Lines and slots

    def lines(self, chat_id: int) -> list[Line]:
        """The lines of a chat, the oldest first."""
        return [_line_of(row) for row in self._db.rows(f"{_LINES} where chat_id = :id order by id", id=chat_id)]

    def line(self, line_id: int) -> Line | None:
        """One line."""
        row = self._db.row(f"{_LINES} where id = :id", id=line_id)
        return None if row is None else _line_of(row)

    def add_line(self, chat_id: int, thread_id: int, wishes: Wishes, slots: Iterable[time], *, now: datetime) -> Line:
        """Begin a line of a known chat; its slots are due from `now` on."""
        with self._db.write():
            line_id: int = self._db.value(
                """
                insert into lines (chat_id, thread_id, wishes, created_at) values (:chat_id, :thread_id, :wishes, :now)
                returning id
                """,
                chat_id=chat_id,
                thread_id=thread_id,
                wishes=_wishes_text(wishes),
                now=seconds(now),
            )
            return self.set_slots(line_id, slots, now=now)

    def set_wishes(self, line_id: int, wishes: Wishes) -> None:
        """Change what a line wishes for."""
        self._db.execute(
            "update lines set wishes = :wishes where id = :line_id", line_id=line_id, wishes=_wishes_text(wishes)
        )

    def set_slots(self, line_id: int, slots: Iterable[time], *, now: datetime) -> Line:
        """Change the hours of a line; the line as it is then. Raises StorageError for an unknown one.

        An hour that is moved takes its history along: from 07:00, served, to 19:00 on the same day means tomorrow at
        19:00. For this the hours that go and the hours that come are matched in order. Hours that are merely
        added count from now.
        """
        wanted = sorted({_hhmm(at) for at in slots})
        with self._db.write():
            zone = self._db.value(
                "select zone from lines join chats on chats.id = chat_id where lines.id = :line_id", line_id=line_id
            )
            if zone is None:
                raise StorageError(f"There is no line {line_id}.")
            rows = self._db.rows("select at, served_on from slots where line_id = :line_id", line_id=line_id)
            had = {row["at"]: row["served_on"] for row in rows}
            going = [at for at in sorted(had) if at not in wanted]
            coming = [at for at in wanted if at not in had]
            self._db.execute_many(
                "delete from slots where line_id = :line_id and at = :at",
                [{"line_id": line_id, "at": at} for at in going],
            )
            served = [had[at] for at in going]
            served += [None] * (len(coming) - len(served))
            self._db.execute_many(
                """
                insert into slots (line_id, at, due_at, due_on, served_on)
                values (:line_id, :at, :due_at, :due_on, :served_on)
                """,
                [
                    {"line_id": line_id, "at": at, "served_on": day, **due_fields(at, zone, served_on=day, now=now)}
                    for at, day in zip(coming, served, strict=False)
                ],
            )
            line = self.line(line_id)
        assert line is not None  # noqa: S101 (read back inside the transaction that wrote it)
        return line

    def due_slots(self, now: datetime) -> list[DueSlot]:
        """The slots of active chats whose hour has come, the longest due first."""
        rows = self._db.rows(
            """
            select chats.*, due.at, due.due_at, due.due_on, lines.covered_until, lines.id as line_id, lines.thread_id,
                   lines.wishes, (select json_group_array(at) from slots where line_id = lines.id) as slots
            from slots as due join lines on lines.id = due.line_id join chats on chats.id = lines.chat_id
            where due.due_at <= :now and chats.state = 'active'
            order by due.due_at, lines.id
            """,
            now=seconds(now),
        )
        return [
            DueSlot(
                chat=_chat_of(row),
                line=_line_of(row, line_id=row["line_id"], chat_id=row["id"]),
                at=time.fromisoformat(row["at"]),
                due_at=moment(row["due_at"]),
                local_date=date.fromisoformat(row["due_on"]),
                covered_until=moment(row["covered_until"]),
            )
            for row in rows
        ]

    def _reschedule(self, chat_id: int, now: datetime) -> None:
        rows = self._db.rows(
            """
            select line_id, at, served_on, zone
            from slots join lines on lines.id = line_id join chats on chats.id = chat_id
            where chat_id = :chat_id
            """,
            chat_id=chat_id,
        )
        self._db.execute_many(
            "update slots set due_at = :due_at, due_on = :due_on where line_id = :line_id and at = :at",
            [
                {
                    "line_id": row["line_id"],
                    "at": row["at"],
                    **due_fields(row["at"], row["zone"], served_on=row["served_on"], now=now),
                }
                for row in rows
            ],
        )


def due_fields(at: str, zone: str, *, served_on: str | None, now: datetime) -> dict[str, Any]:
    """When a slot is due next, as its row has it."""
    after = None if served_on is None else date.fromisoformat(served_on)
    due_at, due_on = next_due(time.fromisoformat(at), zone, after=after, now=now)
    return {"due_at": seconds(due_at), "due_on": due_on.isoformat()}


_LINES = "select *, (select json_group_array(at) from slots where line_id = lines.id) as slots from lines"


def _hhmm(at: time) -> str:
    return f"{at:%H:%M}"


def _chat_of(row: sqlite3.Row) -> Chat:
    return Chat(
        id=row["id"],
        kind=row["kind"],
        language=row["language"],
        zone=row["zone"],
        state=ChatState(row["state"]),
        created_at=moment(row["created_at"]),
    )


def _line_of(row: sqlite3.Row, *, line_id: int | None = None, chat_id: int | None = None) -> Line:
    return Line(
        id=row["id"] if line_id is None else line_id,
        chat_id=row["chat_id"] if chat_id is None else chat_id,
        thread_id=row["thread_id"],
        wishes=_wishes_of(row["wishes"]),
        slots=tuple(time.fromisoformat(at) for at in sorted(json.loads(row["slots"]))),
    )


def _wishes_text(wishes: Wishes) -> str:
    """Wishes as stored; equal wishes give equal texts."""
    fields: dict[str, Sequence[str] | str] = {
        "topics": sorted(wishes.topics),
        "places": sorted(wishes.places),
        "pairs": sorted(wishes.pairs),
        "wanted": wishes.wanted,
        "unwanted": wishes.unwanted,
        "language": wishes.language,
        "by": wishes.by,
    }
    return json.dumps(fields, ensure_ascii=False)


@lru_cache(maxsize=1024)
def _wishes_of(text: str) -> Wishes:
    """Most readers wish for one of a few things: each is read once."""
    fields = json.loads(text)
    return Wishes(
        topics=frozenset(fields["topics"]),
        places=frozenset(fields["places"]),
        pairs=frozenset(fields["pairs"]),
        wanted=tuple(fields["wanted"]),
        unwanted=tuple(fields["unwanted"]),
        language=fields["language"],
        by=fields["by"],
    )
