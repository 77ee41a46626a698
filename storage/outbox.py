"""The outbox: every message of every edition, from its planning to its rest.

    plan ──→ ready ──claim──→ sending ──→ sent
               ↑                 ├──────→ failed | refused
               ├──── retry ──────┤                            surely not accepted: as often as need be
               └─── ambiguous ───┴──────→ uncertain           perhaps accepted: once more, then it rests
             ready ──expire──→ expired

An attempt is committed as `sending` before the request is made, so that a crash leaves it ambiguous and never
forgotten. The key (chat, thread, line, slot, local date, part) makes planning an edition twice harmless.
An edition of which nothing went out takes back what it claimed: its stories count as untold again, and the
next edition of its line covers its window too.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.due import is_quiet, local_time, next_look
from digest.pages import Page
from digest.readers import DueSlot, Part, PartState, Troubles
from storage.clock import moment, seconds
from storage.database import Database
from storage.ledger import let_go, settle, try_again
from storage.lines import Lines, due_fields
from storage.memory import Memory
from storage.pages import Pages
from storage.readers import Readers
from storage.rows import AT_ONCE, TOPIC_CLOSED
from storage.turns import take_turn

#: A message that could not be sent for so long is news no more.
EXPIRES = timedelta(hours=12)
#: How often a line that delivers at once is looked at.
LOOK_EVERY = timedelta(minutes=2)
#: How long a part that a crash left in the air waits for its second attempt.
RECOVERY = timedelta(seconds=30)
#: The reason of what was refused because its forum topic was closed.
_CLOSED = "topic closed"


class Outbox:
    """The shelf of deliveries."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._memory = Memory(database)
        self._lines = Lines(database)
        self._readers = Readers(database)
        self._pages = Pages(database)

    # Planning

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
                "update lines set covered_until = iif(cap, max(covered_until, :until), :until) where id = :line_id",
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

    def editions_on(self, line_id: int, day: date) -> int:
        """How many editions a line has had on a local date."""
        count: int = self._db.value(
            "select count(*) from deliveries where line_id = :line_id and local_date = :day and part = 1",
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
        manner = {
            "silent": due.chat.silent or is_quiet(due.chat.quiet, local_time(now, due.chat.zone)),
            "preview": due.chat.previews,
        }
        taken = """
            select 1 from deliveries where chat_id = :chat_id and thread_id = :thread_id and line_id = :line_id
                and slot = :slot and local_date = :local_date
        """
        if self._db.row(taken, **shared):
            return None
        # Ids are never used twice, so the next one can name the edition before it is there.
        next_id = "select 1 + coalesce((select seq from sqlite_sequence where name = 'deliveries'), 0)"
        edition: int = self._db.value(next_id)
        self._db.execute_many(
            """
            insert into deliveries (edition, chat_id, thread_id, line_id, slot, local_date, part, parts, text, keyboard,
                                    silent, preview, state, not_before, planned_at, covered_before)
            select :edition, :chat_id, :thread_id, :line_id, :slot, :local_date, :part, :parts, :text, :keyboard,
                   :silent, :preview, :state, :now, :now, covered_until from lines where id = :line_id
            """,
            [
                {
                    **shared,
                    **manner,
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

    # Sending

    def claim(self, now: datetime, *, resting: Collection[int] = (), last_tries: bool = True) -> Part | None:
        """Take the next part that may be sent at `now`, the oldest first; its attempt is committed on return.

        Chats that are `resting` were written to so lately that they are passed over.

        Within a chat one part is in the air at a time, and within a thread an edition is finished before the next
        one begins, so that its parts arrive in order with nothing of ours between.

        With `last_tries` also one whose first try was ambiguous. Whoever sends takes one of these at a time, so that a
        second crash costs one reader their edition at the most, and not everybody whose message was in the air.
        """
        with self._db.write():
            row = self._db.row(
                _CLAIMABLE,
                now=seconds(now),
                resting=json.dumps(list(resting)),
                last_tries=last_tries,
            )
            if row is None or self._held(now):
                return None
            taken = self._db.row(
                "update deliveries set state = 'sending', attempts = attempts + 1 where id = :id returning *",
                id=row["id"],
            )
        return None if taken is None else _part_of(taken)

    def hold_chat(self, chat_id: int, until: datetime) -> None:
        """Send nothing to one chat before `until`; a restart does not forget it."""
        self._db.execute(
            "update chats set held_until = max(held_until, :until) where id = :chat_id",
            chat_id=chat_id,
            until=seconds(until),
        )

    def hold_all(self, until: datetime) -> None:
        """Send nothing at all before `until`; a restart does not forget it."""
        self._db.execute(
            """
            insert into holds (name, until) values ('all', :until)
            on conflict (name) do update set until = max(until, :until)
            """,
            until=seconds(until),
        )

    def held(self, now: datetime) -> dict[int, datetime]:
        """The chats that Telegram asked us to leave alone, and until when; 0 stands for all."""
        rows = self._db.rows("select id, held_until from chats where held_until > :now", now=seconds(now))
        held = {row["id"]: moment(row["held_until"]) for row in rows}
        return held | ({0: moment(until)} if (until := self._held(now)) else {})

    def _held(self, now: datetime) -> int:
        """Until when everything waits; 0 where nothing does."""
        return self._db.value("select until from holds where name = 'all' and until > :now", now=seconds(now)) or 0

    # Outcomes. Each concerns a part that is being sent and leaves any other state as it is.

    def sent(self, part_id: int, message_id: int, *, now: datetime) -> None:
        """Telegram accepted it as `message_id`."""
        settle(self._db, part_id, PartState.SENT, now=now, message_id=message_id)

    def retry(self, part_id: int, *, not_before: datetime, now: datetime) -> None:  # noqa: ARG002 (one shape for all)
        """It was surely not accepted: ready again at `not_before`."""
        try_again(self._db, part_id, not_before=not_before, doubted=False)

    def ambiguous(self, part_id: int, *, not_before: datetime, now: datetime) -> None:
        """Nobody knows whether it was accepted: ready once more at `not_before`; the second time it rests uncertain."""
        with self._db.write():
            if self._db.value("select doubted from deliveries where id = :id", id=part_id):
                settle(self._db, part_id, PartState.UNCERTAIN, now=now, reason="no answer, twice")
            else:
                try_again(self._db, part_id, not_before=not_before, doubted=True)

    def refused(self, part_id: int, *, now: datetime) -> None:
        """The chat will not have us: it is marked as refused, and so is everything that waited for it."""
        with self._db.write():
            if not settle(self._db, part_id, PartState.REFUSED, now=now):
                return
            chat_id = self._db.value("select chat_id from deliveries where id = :id", id=part_id)
            let_go(self._db, PartState.REFUSED, "chat_id = :chat_id", now=now, chat_id=chat_id)
            self._readers.refuse(chat_id, now=now)

    def closed(self, part_id: int, *, now: datetime) -> None:
        """The forum topic is closed or gone: the line rests, and what waited for it; the rest of the chat goes on."""
        with self._db.write():
            line_id = self._db.value("select line_id from deliveries where id = :id", id=part_id)
            if not settle(self._db, part_id, PartState.REFUSED, now=now, reason=_CLOSED):
                return
            let_go(self._db, PartState.REFUSED, "line_id = :line_id", now=now, line_id=line_id)
            self._db.execute(
                "update lines set paused = :closed where id = :line_id and not paused",
                closed=TOPIC_CLOSED,
                line_id=line_id,
            )

    def reopened(self, chat_id: int, thread_id: int, *, now: datetime) -> list[int]:
        """A forum topic is open again: the lines that rest because it was closed go on from `now`; which."""
        with self._db.write():
            rows = self._db.rows(
                "select id from lines where chat_id = :chat_id and thread_id = :thread_id and paused = :closed",
                chat_id=chat_id,
                thread_id=thread_id,
                closed=TOPIC_CLOSED,
            )
            for row in rows:
                self._lines.set_paused(row["id"], False, now=now)
        return [row["id"] for row in rows]

    def failed(self, part_id: int, reason: str, *, now: datetime) -> None:
        """Telegram will never accept it, by our own fault. Its text is kept for whoever mends that."""
        settle(self._db, part_id, PartState.FAILED, now=now, reason=reason)

    def troubles(self, *, every: timedelta, now: datetime) -> Troubles:
        """What the operator has not heard of; nothing before the last time this found something is `every` ago."""
        rows = self._db.rows(
            """
            select id, state from deliveries where state in ('uncertain', 'failed') and not reported order by id
            """
        )
        if not rows or not take_turn(self._db, "troubles", every=every, now=now):
            return Troubles()
        uncertain = sum(row["state"] == PartState.UNCERTAIN for row in rows)
        return Troubles(tuple(row["id"] for row in rows), uncertain=uncertain, failed=len(rows) - uncertain)

    def reported(self, troubles: Troubles) -> None:
        """The operator has heard of these."""
        self._db.execute(
            "update deliveries set reported = 1 where id in (select value from json_each(:ids))",
            ids=json.dumps(troubles.parts),
        )

    def recover(self, *, now: datetime) -> int:
        """At a start: what a crash left in the air is ambiguous. How many parts that were."""
        with self._db.write():
            # Said twice for the sake of the index of what is not at rest: this is asked every second.
            rows = self._db.rows("select id from deliveries where state in ('ready', 'sending') and state = 'sending'")
            for row in rows:
                self.ambiguous(row["id"], not_before=now + RECOVERY, now=now)
        return len(rows)

    def expire(self, now: datetime) -> int:
        """Let go of what waited for more than 12 hours. How many parts that were."""
        planned = seconds(now - EXPIRES)
        return let_go(self._db, PartState.EXPIRED, "planned_at <= :planned", now=now, planned=planned)


#: The next ready part that nothing keeps back.
_CLAIMABLE = """
    select d.id
    from deliveries as d join chats as c on c.id = d.chat_id
    where d.state = 'ready' and c.state = 'active' and (:last_tries or not d.doubted)
      and not exists (
        select 1 from deliveries as earlier
        where earlier.state in ('ready', 'sending') and earlier.chat_id = d.chat_id
          and ((earlier.thread_id = d.thread_id and earlier.id < d.id) or earlier.state = 'sending')
      )
      and d.not_before <= :now and c.held_until <= :now
      and d.chat_id not in (select value from json_each(:resting))
    order by d.not_before, d.id limit 1
"""


def _part_of(row: sqlite3.Row) -> Part:
    return Part(
        id=row["id"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        line_id=row["line_id"],
        slot=time.fromisoformat(row["slot"]),
        local_date=date.fromisoformat(row["local_date"]),
        part=row["part"],
        parts=row["parts"],
        text=row["text"],
        keyboard=row["keyboard"],
        state=PartState(row["state"]),
        attempts=row["attempts"],
        silent=bool(row["silent"]),
        preview=bool(row["preview"]),
    )
