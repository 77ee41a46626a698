"""Editions: what a due slot brings is frozen whole, in the transaction that moves the slot on to its next date.

The key (chat, thread, line, slot, local date, part) makes planning an edition twice harmless.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.due import next_look
from digest.pages import Page
from digest.readers import DueSlot, PartState
from storage.clock import seconds
from storage.database import Database
from storage.ledger import EXPIRES
from storage.lines import due_fields
from storage.memory import Memory
from storage.pages import Pages
from storage.rows import AT_ONCE

#: How often a line that delivers at once is looked at.
LOOK_EVERY = timedelta(minutes=2)


class Editions:
    """The shelf on which editions are planned; the outbox sends them."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._memory = Memory(database)
        self._pages = Pages(database)

    def plan(
        self,
        due: DueSlot,
        messages: Sequence[tuple[str, str | None]],
        *,
        stories: Mapping[int, int],
        covers_until: datetime,
        now: datetime,
        page: Page | None = None,
    ) -> bool:
        """Freeze an edition, messages as (text, keyboard), and move its slot on to the next date, in one transaction.

        Its `stories` (id → their newest item) count as told from here on. `page` is what its buttons lead back to. No
        messages: the slot moves on and nothing is sent.
        False, and nothing changed, where the slot has been served, moved or silenced since `due` was read; False too
        where an edition of that slot and date exists, and then the slot does move on.
        """
        with self._db.write():
            if not self._advance(due, now=now):
                return False
            if messages:
                edition = self._add_parts(due, messages, state=PartState.READY, now=now)
                if edition is None:
                    return False
                self._memory.told_by(edition, due.chat.id, due.line.thread_id, stories, now=now)
                if page is not None:
                    self._pages.keep(due.chat.id, page, now=now)
            self._db.execute(
                """
                update lines set covered_until = iif(cap, max(coalesce(covered_until, 0), :until), :until)
                where id = :line_id
                """,
                line_id=due.line.id,
                until=seconds(covers_until),
            )
        return True

    def look_again(self, due: DueSlot, at: datetime) -> None:
        """Of a line that delivers at once: nothing is told now, look again at `at`; what is covered stays as it is."""
        self._db.execute(
            """
            update slots set due_at = :at, due_on = :due_on
            where line_id = :line_id and at = :now and due_at = :was_due
            """,
            line_id=due.line.id,
            now=AT_ONCE,
            was_due=seconds(due.due_at),
            at=seconds(at),
            due_on=at.astimezone(ZoneInfo(due.chat.zone)).date().isoformat(),
        )

    def count(self, line_id: int, day: date) -> int:
        """How many editions of a local date a line has had, or may yet have."""
        count: int = self._db.value(
            """
            select count(*) from deliveries
            where line_id = :line_id and local_date = :day and part = 1
              and state in ('ready', 'sending', 'sent', 'uncertain')
            """,
            line_id=line_id,
            day=day.isoformat(),
        )
        return count

    def skip(self, due: DueSlot, *, now: datetime) -> bool:
        """Let an edition that is more than 12 hours late go: one expired part in the ledger, the slot moves on.

        The line's coverage stays where it was, so that the next edition makes up for it. False as for `plan`.
        """
        with self._db.write():
            return (
                # Counted from half a day ago: an hour that came round since then is still in time.
                self._advance(due, now=now - EXPIRES)
                and self._add_parts(due, [("", None)], state=PartState.EXPIRED, now=now) is not None
            )

    def _advance(self, due: DueSlot, *, now: datetime) -> bool:
        """Move a slot past `due`; False where its row is no longer the one that was read."""
        at = AT_ONCE if due.line.cadence.at_once else f"{due.at:%H:%M}"
        row = self._db.row(
            """
            select zone, days from chats join lines on lines.chat_id = chats.id
            where chats.id = :id and state = 'active' and lines.id = :line_id and not paused
            """,
            id=due.chat.id,
            line_id=due.line.id,
        )
        if row is None:
            return False
        served_on = due.local_date.isoformat()
        fields = due_fields(at, row["zone"], days=row["days"], served_on=served_on, now=now)
        if due.line.cadence.at_once:
            look = next_look(due.chat.zone, due.chat.quiet, not_before=now + LOOK_EVERY)
            fields = due_fields(at, row["zone"], days=row["days"], served_on=None, now=look)
        moved = self._db.execute(
            """
            update slots set due_at = :due_at, due_on = :due_on, served_on = :served_on
            where line_id = :line_id and at = :at and due_at = :was_due
            """,
            line_id=due.line.id,
            at=at,
            was_due=seconds(due.due_at),
            served_on=served_on,
            **fields,
        )
        return moved.rowcount == 1

    def _add_parts(
        self, due: DueSlot, messages: Sequence[tuple[str, str | None]], *, state: PartState, now: datetime
    ) -> int | None:
        """Write the parts of an edition; its id, or None where that slot and date have one."""
        shared = {
            "chat_id": due.chat.id,
            "thread_id": due.line.thread_id,
            "line_id": due.line.id,
            "slot": f"{due.at:%H:%M}",
            "local_date": due.local_date.isoformat(),
        }
        if self._db.row(_TAKEN, **shared):
            return None
        # Ids are never used twice, so the next one can name the edition before it is there.
        next_id = "select 1 + coalesce((select seq from sqlite_sequence where name = 'deliveries'), 0)"
        edition: int = self._db.value(next_id)
        self._db.execute_many(
            _ADD,
            [
                {
                    **shared,
                    "silent": due.chat.silent,
                    "preview": due.chat.previews,
                    "edition": edition,
                    "part": part,
                    "parts": len(messages),
                    "text": text,
                    "keyboard": keyboard,
                    "state": state,
                    "now": seconds(now),
                }
                for part, (text, keyboard) in enumerate(messages, start=1)
            ],
        )
        return edition


_TAKEN = """
    select 1 from deliveries where chat_id = :chat_id and thread_id = :thread_id and line_id = :line_id
        and slot = :slot and local_date = :local_date
"""
_ADD = """
    insert into deliveries (edition, chat_id, thread_id, line_id, slot, local_date, part, parts, text, keyboard,
                            silent, preview, state, not_before, planned_at, covered_before)
    select :edition, :chat_id, :thread_id, :line_id, :slot, :local_date, :part, :parts, :text, :keyboard,
           :silent, :preview, :state, :now, :now, covered_until from lines where id = :line_id
"""
