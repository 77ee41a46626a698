"""Things that are done once in a while, whichever process comes first and however often it restarts."""

from datetime import datetime, timedelta

from storage.clock import seconds
from storage.database import Database


def take_turn(db: Database, name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether it is time for what is called `name`; then the next turn is `every` away."""
    taken = db.execute(
        """
        insert into holds (name, until) values (:name, :until)
        on conflict (name) do update set until = excluded.until where until <= :now
        """,
        name=name,
        until=seconds(now + every),
        now=seconds(now),
    )
    return taken.rowcount == 1
