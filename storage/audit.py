"""The daily self-audit: the books of what was stored, planned and delivered must close.

Every planned part is in exactly one state, every hour of an active chat has its edition or a reason, what was told has
a story, and nothing waits for ever. What is found says what and how many, with the number of one row, never a chat's.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.due import next_due
from digest.health import FORGOTTEN, OVERDUE, UNGROUPED, Audit, Fault, Unclosed
from digest.readers import PartState
from storage.clock import seconds
from storage.database import Database
from storage.readers import LEDGER_DAYS
from storage.rows import AT_ONCE
from storage.turns import take_turn

#: How often the bot audits itself.
EVERY = timedelta(days=1)
#: A line that tells at once is looked at again within so long, whatever its cap and quiet hours say.
_LONGEST_LOOK = timedelta(days=2)


class Auditor:
    """The shelf that reads all others."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def take_turn(self, now: datetime) -> bool:
        """Whether an audit is due, at most once in EVERY, also across restarts; the next one is then a day away."""
        return take_turn(self._db, "audit", every=EVERY, now=now)

    def audit(self, now: datetime) -> Audit:
        """Add everything up, in one snapshot; changes nothing."""
        self._db.execute("savepoint books")
        try:
            counts = {row["state"]: row["n"] for row in self._db.rows(_STATES)}
            return Audit(
                at=now,
                items=self._db.value("select count(*) from items"),
                stories=self._db.value("select count(*) from stories where merged_into is null"),
                editions=self._db.value("select count(distinct edition) from deliveries"),
                planned=self._db.value("select count(*) from deliveries"),
                states={state: counts.get(state, 0) for state in PartState},
                faults=tuple(fault for what in Unclosed if (fault := self._fault(what, now)) is not None),
            )
        finally:
            self._db.execute("release books")

    def _fault(self, what: Unclosed, now: datetime) -> Fault | None:
        if what is Unclosed.WRONG_HOUR:
            ids = self._wrong_hours(now)
        else:
            moments = {
                "forgotten": seconds(now - FORGOTTEN),
                "overdue": seconds(now - OVERDUE),
                "ungrouped": seconds(now - UNGROUPED),
                # A day less than the ledger is kept, lest the last day's rows are missed before they are let go.
                "kept_since": (now - timedelta(days=LEDGER_DAYS - 1)).date().isoformat(),
            }
            ids = [row["id"] for row in self._db.rows(_SUMS[what], **moments)]
        return Fault(what=what, count=len(ids), example=min(ids)) if ids else None

    def _wrong_hours(self, now: datetime) -> list[int]:
        """The lines with a slot to come that is not due when its hour says."""
        rows = self._db.rows(
            f"""
            select line_id, at, due_at, due_on, served_on, zone, days {_GOING}
            and due_at > :now
            """,
            now=seconds(now),
        )
        found = []
        for row in rows:
            if row["at"] == AT_ONCE:
                right = row["due_at"] <= seconds(now + _LONGEST_LOOK)
            else:
                due_at, due_on = next_due(
                    time.fromisoformat(row["at"]),
                    ZoneInfo(row["zone"]).key,
                    after=date.fromisoformat(row["served_on"]) if row["served_on"] else None,
                    now=now,
                    days=frozenset(map(int, row["days"])),
                )
                right = (row["due_at"], row["due_on"]) == (seconds(due_at), due_on.isoformat())
            if not right:
                found.append(row["line_id"])
        return found


_STATES = "select state, count(*) as n from deliveries group by state"
#: The slots of those who get editions.
_GOING = """
    from slots join lines on lines.id = line_id join chats on chats.id = chat_id
    where chats.state = 'active' and not lines.paused
"""
#: A part that went out, or may have or may yet.
_OUT = "(state in ('ready', 'sending', 'sent', 'uncertain') or doubted)"
#: The rows that keep a sum from closing.
_SUMS = {
    Unclosed.NO_STATE: """
        select id from deliveries
        where state not in ('ready', 'sending', 'sent', 'uncertain', 'refused', 'failed', 'expired')
    """,
    # What came too late to be made at all is born expired, and never settles.
    Unclosed.WRONG_STATE: """
        select id from deliveries
        where (state = 'sent') <> (message_id is not null)
           or state in ('ready', 'sending') and (settled_at is not null or text = '')
           or state in ('sent', 'uncertain', 'refused', 'failed') and settled_at is null
    """,
    Unclosed.FORGOTTEN_PART: """
        select id from deliveries where state in ('ready', 'sending') and planned_at < :forgotten
    """,
    Unclosed.INCOMPLETE: """
        select edition as id from deliveries group by edition
        having count(*) <> min(parts) or min(parts) <> max(parts) or min(part) <> 1 or max(part) <> count(*)
            or min(id) <> edition or min(chat_id) <> max(chat_id) or min(line_id) <> max(line_id)
            or min(local_date) <> max(local_date) or min(slot) <> max(slot)
    """,
    Unclosed.OVERDUE_SLOT: f"select line_id as id {_GOING} and due_at < :overdue",
    # An hour that was moved takes the date it served along, so hours and editions are counted, not matched.
    Unclosed.UNSERVED_SLOT: f"""
        select line_id as id from (
            select line_id, served_on, count(*) as slots {_GOING} and served_on >= :kept_since and at <> 'now'
            group by line_id, served_on
        ) as served
        where slots > (
            select count(distinct slot) from deliveries
            where deliveries.line_id = served.line_id and local_date = served_on
        )
    """,  # noqa: S608 (ours)
    Unclosed.NO_HOUR: """
        select lines.id from lines join chats on chats.id = chat_id
        where chats.state = 'active' and not lines.paused
          and not exists (select 1 from slots where line_id = lines.id)
    """,
    Unclosed.TOLD_NOTHING: """
        select distinct story_id as id from told
        where not exists (select 1 from stories where id = story_id and merged_into is not null)
          and not exists (select 1 from items where items.story_id = told.story_id)
    """,
    Unclosed.TOLD_UNSENT: f"""
        select distinct edition as id from told
        where edition > 0
          and exists (select 1 from deliveries where deliveries.edition = told.edition)
          and not exists (select 1 from deliveries where deliveries.edition = told.edition and {_OUT})
    """,  # noqa: S608 (ours)
    Unclosed.EMPTY_STORY: """
        select id from stories
        where merged_into is null and not exists (select 1 from items where items.story_id = stories.id)
    """,
    Unclosed.UNGROUPED_ITEM: "select id from items where story_id is null and first_seen < :ungrouped",
}
