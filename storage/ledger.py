"""What becomes of the parts of editions: how each comes to rest, and what an edition takes back that never went out."""

from datetime import datetime, timedelta
from typing import Any

from digest.readers import PartState
from storage.clock import seconds
from storage.database import Database
from storage.memory import Memory

#: A message that could not be sent for so long is news no more.
EXPIRES = timedelta(hours=12)


def settle(db: Database, part_id: int, state: PartState, *, now: datetime, **fields: Any) -> bool:
    """Bring a part that is being sent to rest, with its `message_id` or `reason`; whether it was being sent."""
    with db.write():
        row = db.row(
            """
            update deliveries set state = :state, settled_at = :now, message_id = :message_id, reason = :reason,
                text = iif(:state = 'failed', text, ''), keyboard = iif(:state = 'failed', keyboard, null)
            where id = :id and state = 'sending'
            returning edition
            """,
            id=part_id,
            state=state,
            now=seconds(now),
            message_id=fields.get("message_id"),
            reason=fields.get("reason"),
        )
        if row is not None and state not in (PartState.SENT, PartState.UNCERTAIN):
            _take_back(db, row["edition"])
    return row is not None


def try_again(db: Database, part_id: int, *, not_before: datetime, doubted: bool, now: datetime) -> None:
    """Let a part that is being sent wait until `not_before`; `doubted` if it may have been accepted.

    Where its line or its chat was paused meanwhile it waits no more.
    """
    with db.write():
        db.execute(
            """
            update deliveries set state = 'ready', not_before = :not_before, doubted = max(doubted, :doubted)
            where id = :id and state = 'sending'
            """,
            id=part_id,
            not_before=seconds(not_before),
            doubted=doubted,
        )
        resting = """
            id = :id and exists (
              select 1 from lines join chats on chats.id = lines.chat_id
              where lines.id = line_id and (lines.paused or chats.state in ('paused', 'stopped'))
            )
        """
        let_go(db, PartState.EXPIRED, resting, now=now, id=part_id)


def let_go(db: Database, state: PartState, which: str, *, now: datetime, **parameters: Any) -> int:
    """Settle the ready parts that `which` describes, and take back editions of which nothing went out; how many.

    Of a part that may have arrived that remains to be said: where others expire it rests as uncertain.
    """
    with db.write():
        rows = db.rows(
            f"""
            update deliveries set state = iif(doubted and :state = :expired, :uncertain, :state), settled_at = :now,
                text = '', keyboard = null, reason = iif(doubted and :state = :expired, :unheard, reason)
            where state = 'ready' and {which}
            returning edition
            """,  # noqa: S608 (`which` is one of ours)
            state=state,
            expired=PartState.EXPIRED,
            uncertain=PartState.UNCERTAIN,
            unheard="no answer, and then too late",
            now=seconds(now),
            **parameters,
        )
        for edition in {row["edition"] for row in rows}:
            _take_back(db, edition)
    return len(rows)


def _take_back(db: Database, edition: int) -> None:
    """Untell the stories of an edition of which nothing went out or still may, and leave its window uncovered.

    A part that was doubted may have been seen, whatever became of it later.
    """
    out = """
        select 1 from deliveries
        where edition = :edition and (state in ('ready', 'sending', 'sent', 'uncertain') or doubted)
    """
    if db.row(out, edition=edition):
        return
    Memory(db).untell(edition)
    db.execute(
        """
        update lines set covered_until = iif(was.covered_before < covered_until, was.covered_before,
                                             iif(was.covered_before is null, null, covered_until))
        from deliveries as was
        where was.id = :edition and lines.id = was.line_id
        """,
        edition=edition,
    )
