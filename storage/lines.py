"""Lines: what each subscription wishes for, where it goes, and the slots that say when."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from digest.due import LATE, local_time, next_due
from digest.errors import StorageError
from digest.model import Wishes
from digest.readers import Cadence, DueSlot, Line, PartState
from storage.clock import moment, seconds
from storage.database import Database
from storage.ledger import let_go
from storage.rows import AT_ONCE, chat_of, line_of, wishes_text


class Lines:
    """The shelf of lines and their slots."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, chat_id: int) -> list[Line]:
        """The lines of a chat, the oldest first."""
        return [line_of(row) for row in self._db.rows(f"{_LINES} where chat_id = :id order by lines.id", id=chat_id)]

    def get(self, line_id: int) -> Line | None:
        """One line."""
        row = self._db.row(f"{_LINES} where lines.id = :id", id=line_id)
        return None if row is None else line_of(row)

    def add(self, chat_id: int, thread_id: int, wishes: Wishes, cadence: Cadence, *, now: datetime) -> Line:
        """Begin a line of a known chat; it is due from `now` on. Language and taste are its chat's."""
        with self._db.write():
            line_id: int = self._db.value(
                """
                insert into lines (chat_id, thread_id, wishes, created_at) values (:chat_id, :thread_id, :wishes, :now)
                returning id
                """,
                chat_id=chat_id,
                thread_id=thread_id,
                wishes=wishes_text(wishes.bare),
                now=seconds(now),
            )
            return self.set_cadence(line_id, cadence, now=now)

    def remove(self, line_id: int) -> None:
        """Delete a line with what waits for it. What its chat was told stays known, save what still waited."""
        with self._db.write():
            self._db.execute(
                """
                delete from told where edition in (
                  select edition from deliveries where line_id = :line_id group by edition
                  having min(state = 'ready' and not doubted)
                )
                """,
                line_id=line_id,
            )
            self._db.execute("delete from lines where id = :line_id", line_id=line_id)

    def upcoming(self, chat_id: int) -> dict[int, datetime]:
        """When each line of a chat is due next, whether or not it rests; lines that deliver at once are left out."""
        rows = self._db.rows(
            """
            select line_id, min(due_at) as due_at from slots join lines on lines.id = line_id
            where chat_id = :chat_id and at <> :now group by line_id
            """,
            chat_id=chat_id,
            now=AT_ONCE,
        )
        return {row["line_id"]: moment(row["due_at"]) for row in rows}

    def look_now(self, chat_id: int, now: datetime) -> None:
        """Let the lines of a chat that deliver at once look as soon as may be: what held them back has changed."""
        self._db.execute(
            """
            update slots set due_at = :now
            where at = :at and line_id in (select id from lines where chat_id = :chat_id)
            """,
            now=seconds(now),
            at=AT_ONCE,
            chat_id=chat_id,
        )

    def set_wishes(self, line_id: int, wishes: Wishes) -> None:
        """Change what a line wishes for; language and taste are its chat's and stay."""
        self._db.execute(
            "update lines set wishes = :wishes where id = :line_id", line_id=line_id, wishes=wishes_text(wishes.bare)
        )

    def move(self, line_id: int, thread_id: int) -> None:
        """Let a line go to another forum topic of its chat (0 for none) from its next edition on.

        What was told where it was is told for it where it goes.
        """
        there = {"line_id": line_id, "thread_id": thread_id}
        with self._db.write():
            self._db.execute(
                """
                insert or ignore into told (chat_id, thread_id, story_id, edition, told_at, upto)
                select told.chat_id, :thread_id, story_id, edition, told_at, upto
                from told join lines on lines.chat_id = told.chat_id and lines.thread_id = told.thread_id
                where lines.id = :line_id
                """,
                **there,
            )
            self._db.execute("update lines set thread_id = :thread_id where id = :line_id", **there)

    def set_paused(self, line_id: int, paused: bool, *, now: datetime) -> None:
        """Let one line rest, with what waits to be sent for it, or go on from `now`."""
        with self._db.write():
            self._db.execute("update lines set paused = :on where id = :line_id", line_id=line_id, on=paused)
            if paused:
                let_go(self._db, PartState.EXPIRED, "line_id = :line_id", now=now, line_id=line_id)
            else:
                self._reschedule("lines.id = :id", line_id, now)

    def take_test(self, line_id: int, *, every: timedelta, now: datetime) -> bool:
        """Whether a line may be sent a test post again, the last one being `every` ago."""
        taken = self._db.execute(
            "update lines set tested_at = :now where id = :line_id and tested_at <= :last",
            line_id=line_id,
            now=seconds(now),
            last=seconds(now - every),
        )
        return taken.rowcount == 1

    def set_cadence(self, line_id: int, cadence: Cadence, *, now: datetime) -> Line:
        """Change when a line delivers; the line as it is then. Raises StorageError for an unknown one.

        An hour that is moved takes its history along: from 07:00, served, to 19:00 on the same day means tomorrow at
        19:00. For this the hours that go and the hours that come are matched in order. Hours that are merely
        added count from now, and so does a line that from now on delivers at once.
        """
        wanted = [AT_ONCE] if cadence.at_once else sorted({f"{at:%H:%M}" for at in cadence.hours})
        with self._db.write():
            days_before = self._db.value("select days from lines where id = :line_id", line_id=line_id)
            if days_before is None:
                raise StorageError(f"There is no line {line_id}.")
            days = "".join(map(str, sorted(cadence.days)))
            rows = self._db.rows("select at, served_on from slots where line_id = :line_id", line_id=line_id)
            had = {row["at"]: row["served_on"] for row in rows}
            going = [at for at in sorted(had) if at not in wanted]
            coming = [at for at in wanted if at not in had]
            self._db.execute(
                "update lines set days = :days, cap = :cap where id = :line_id",
                line_id=line_id,
                days=days,
                cap=cadence.cap,
            )
            if AT_ONCE in coming:
                # What was stored before this moment is old: LATE is taken off again when it looks back.
                self._db.execute(
                    "update lines set covered_until = :until where id = :line_id",
                    line_id=line_id,
                    until=seconds(now + LATE),
                )
                # Nor does an edition of the old cadence that comes to nothing make it new.
                self._db.execute(
                    """
                    update deliveries set covered_before = :until
                    where line_id = :line_id and state in ('ready', 'sending')
                    """,
                    line_id=line_id,
                    until=seconds(now + LATE),
                )
            self._db.execute_many(
                "delete from slots where line_id = :line_id and at = :at",
                [{"line_id": line_id, "at": at} for at in going],
            )
            served = [None if AT_ONCE in (at, *coming) else had[at] for at in going]
            served += [None] * (len(coming) - len(served))
            self._db.execute_many(
                "insert into slots (line_id, at, due_at, due_on, served_on) values (:line_id, :at, 0, '', :served_on)",
                [{"line_id": line_id, "at": at, "served_on": day} for at, day in zip(coming, served, strict=False)],
            )
            # An hour that stays as it was may be due this very second: it is not counted anew.
            which = "lines.id = :id" if days != days_before else "lines.id = :id and (due_at = 0 or at = 'now')"
            self._reschedule(which, line_id, now, keep_due=True)
            line = self.get(line_id)
        assert line is not None  # noqa: S101 (read back inside the transaction that wrote it)
        return line

    def due(self, now: datetime) -> list[DueSlot]:
        """The slots of active chats whose hour has come, the longest due first."""
        rows = self._db.rows(
            f"""
            select chats.*, lines.*, lines.id as line_id, due.at, due.due_at, due.due_on, {_SLOTS}
            from slots as due join lines on lines.id = due.line_id join chats on chats.id = lines.chat_id
            where due.due_at <= :now and chats.state = 'active' and not lines.paused
            order by due.due_at, lines.id
            """,  # noqa: S608 (ours)
            now=seconds(now),
        )
        dues = []
        for row in rows:
            chat, line = chat_of(row), line_of(row)
            if line.cadence.at_once:
                at, day = local_time(now, chat.zone), now.astimezone(ZoneInfo(chat.zone)).date()
            else:
                at, day = time.fromisoformat(row["at"]), date.fromisoformat(row["due_on"])
            dues.append(
                DueSlot(
                    chat=chat,
                    line=line,
                    at=at,
                    due_at=moment(row["due_at"]),
                    local_date=day,
                    covered_until=moment(row["covered_until"]),
                )
            )
        return dues

    def reschedule(self, chat_id: int, now: datetime, *, keep_due: bool = False) -> None:
        """Count the slots of a chat anew: its zone has changed, or it is back from a pause.

        With `keep_due` an hour that has come and waits to be served stays due where its date would else be passed over.
        """
        self._reschedule("chat_id = :id", chat_id, now, keep_due=keep_due)

    def _reschedule(self, which: str, number: int, now: datetime, *, keep_due: bool = False) -> None:
        rows = self._db.rows(
            f"""
            select line_id, at, due_at, due_on, served_on, zone, days
            from slots join lines on lines.id = line_id join chats on chats.id = chat_id
            where {which}
            """,  # noqa: S608 (ours)
            id=number,
        )
        for row in rows:
            fields = due_fields(row["at"], row["zone"], days=row["days"], served_on=row["served_on"], now=now)
            waits = row["at"] != AT_ONCE and 0 < row["due_at"] <= seconds(now)
            if not (keep_due and waits and fields["due_on"] > row["due_on"]):
                self._db.execute(
                    "update slots set due_at = :due_at, due_on = :due_on where line_id = :line_id and at = :at",
                    line_id=row["line_id"],
                    at=row["at"],
                    **fields,
                )


def due_fields(at: str, zone: str, *, days: str, served_on: str | None, now: datetime) -> dict[str, Any]:
    """When a slot is due next, as its row has it."""
    if at == AT_ONCE:
        return {"due_at": seconds(now), "due_on": now.astimezone(ZoneInfo(zone)).date().isoformat()}
    after = None if served_on is None else date.fromisoformat(served_on)
    weekdays = frozenset(map(int, days))
    due_at, due_on = next_due(time.fromisoformat(at), zone, after=after, now=now, days=weekdays)
    return {"due_at": seconds(due_at), "due_on": due_on.isoformat()}


_SLOTS = "(select json_group_array(at) from slots where line_id = lines.id) as slots"
_LINES = f"""
    select lines.*, lines.id as line_id, chats.language, chats.less, {_SLOTS}
    from lines join chats on chats.id = chat_id
"""  # noqa: S608 (ours)
