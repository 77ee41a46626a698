"""The outbox: every message of every edition, from when it was planned (editions.py) to its rest.

             ready ──claim──→ sending ──→ sent
               ↑                 ├──────→ failed | refused
               ├──── retry ──────┤                            surely not accepted: as often as need be
               └─── ambiguous ───┴──────→ uncertain           perhaps accepted: once more, then it rests
             ready ──expire──→ expired

An attempt is committed as `sending` before the request is made, so that a crash leaves it ambiguous and never
forgotten. An edition of which nothing went out takes back what it claimed: its stories count as untold again,
and the next edition of its line covers its window too.
"""

import json
import sqlite3
from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from digest.due import is_quiet, local_time, next_look
from digest.readers import Part, PartState, Troubles
from storage.clock import moment, seconds
from storage.database import Database
from storage.ledger import EXPIRES, let_go, settle, try_again
from storage.lines import Lines
from storage.readers import Readers
from storage.rows import TOPIC_CLOSED, quiet_of
from storage.turns import take_turn

#: How long a part that a crash left in the air waits for its second attempt.
RECOVERY = timedelta(seconds=30)
#: The reason of what was refused because its forum topic was closed.
_CLOSED = "topic closed"


class Outbox:
    """The shelf of deliveries: what may be sent next, and what became of it."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lines = Lines(database)
        self._readers = Readers(database)

    def claim(self, now: datetime, *, resting: Collection[int] = (), last_tries: bool = True) -> Part | None:
        """Take the next part that may be sent at `now`, the oldest first; its attempt is committed on return.

        Chats that are `resting` were written to so lately that they are passed over.

        Within a chat one part is in the air at a time, and within a thread an edition is finished before the next
        one begins, so that its parts arrive in order with nothing of ours between.

        In quiet hours a message makes no sound, and an edition of a line that delivers at once waits for their end.

        With `last_tries` also one whose first try was ambiguous. Whoever sends takes one of these at a time, so that a
        second crash costs one reader their edition at the most, and not everybody whose message was in the air.
        """
        which = {"now": seconds(now), "resting": json.dumps(list(resting)), "last_tries": last_tries}
        with self._db.write():
            if self._held(now):
                return None
            while row := self._db.row(_CLAIMABLE, **which):
                quiet = quiet_of(row)
                if not is_quiet(quiet, local_time(now, row["zone"])):
                    return self._take(row["id"], silent=row["silent"])
                if not row["cap"] or row["part"] > 1:
                    return self._take(row["id"], silent=True)
                later = next_look(row["zone"], quiet, not_before=now)
                self._db.execute(
                    "update deliveries set not_before = :at where id = :id", id=row["id"], at=seconds(later)
                )
        return None

    def _take(self, part_id: int, *, silent: bool) -> Part:
        taken = self._db.row(
            """
            update deliveries set state = 'sending', attempts = attempts + 1, silent = :silent where id = :id
            returning *
            """,
            id=part_id,
            silent=silent,
        )
        assert taken is not None  # noqa: S101 (it was read in this transaction)
        return _part_of(taken)

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

    def retry(self, part_id: int, *, not_before: datetime, now: datetime) -> None:
        """It was surely not accepted: ready again at `not_before`."""
        try_again(self._db, part_id, not_before=not_before, doubted=False, now=now)

    def ambiguous(self, part_id: int, *, not_before: datetime, now: datetime) -> None:
        """Nobody knows whether it was accepted: ready once more at `not_before`; the second time it rests uncertain."""
        with self._db.write():
            if self._db.value("select doubted from deliveries where id = :id", id=part_id):
                settle(self._db, part_id, PartState.UNCERTAIN, now=now, reason="no answer, twice")
            else:
                try_again(self._db, part_id, not_before=not_before, doubted=True, now=now)

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
            part = self._db.row("select line_id, thread_id from deliveries where id = :id", id=part_id)
            if part is None or not settle(self._db, part_id, PartState.REFUSED, now=now, reason=_CLOSED):
                return
            # The line may have moved to another topic since.
            there = {"line_id": part["line_id"], "thread_id": part["thread_id"]}
            let_go(self._db, PartState.REFUSED, "line_id = :line_id and thread_id = :thread_id", now=now, **there)
            self._db.execute(
                """
                update lines set paused = :closed where id = :line_id and thread_id = :thread_id and not paused
                """,
                closed=TOPIC_CLOSED,
                **there,
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
    select d.id, d.part, d.silent, c.zone, c.quiet_from, c.quiet_to, l.cap
    from deliveries as d join chats as c on c.id = d.chat_id left join lines as l on l.id = d.line_id
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
