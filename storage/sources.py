"""Sources: the operator's list, and what we remember of each feed between polls."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.errors import StorageError
from digest.model import Source
from digest.polling import Polled, SourceState
from storage.clock import moment, seconds
from storage.database import Database


class Sources:
    """The shelf of sources."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def sync(self, sources: Sequence[Source], *, now: datetime) -> None:
        """Make the stored list equal to the operator's. A source is known by its url and never deleted.

        One that left the list is disabled. One that comes back, or is enabled again, is polled at once and forgiven
        an HTTP 410: to take it out and put it in again is how an operator says "try once more".
        """
        with self._db.write():
            gone_from_list = """
                update sources set enabled = 0
                where enabled and url not in (select value from json_each(:urls))
            """
            self._db.execute(gone_from_list, urls=json.dumps([source.url for source in sources]))
            self._db.execute_many(_UPSERT, [_row_of(s, position=n, now=now) for n, s in enumerate(sources)])

    def all(self) -> list[SourceState]:
        """Every enabled source, in the order of the list."""
        return [_state_of(row) for row in self._db.rows("select * from sources where enabled order by position")]

    def due(self, now: datetime) -> list[SourceState]:
        """The enabled sources whose time has come, the longest waiting first.

        One whose publisher said that it is gone for good (HTTP 410) is never due: see `sync`.
        """
        rows = self._db.rows(
            """
            select * from sources
            where enabled and last_error <> 'gone' and (next_poll_at is null or next_poll_at <= :now)
            order by next_poll_at, position
            """,
            now=seconds(now),
        )
        return [_state_of(row) for row in rows]


def keep_poll(database: Database, polled: Polled) -> int:
    """Keep what a poll says of its source, inside the caller's transaction; the id of the source.

    Validators and body hash change only with a poll that succeeded, since an unread answer must be asked for again;
    a 304 repeats only those that changed. Raises StorageError for a source that was never synced.
    """
    row = database.row(
        """
        update sources set
            etag = iif(:read, coalesce(:etag, iif(:same, etag, null)), etag),
            last_modified = iif(:read, coalesce(:last_modified, iif(:same, last_modified, null)), last_modified),
            body_hash = iif(:read, coalesce(:body_hash, iif(:same, body_hash, null)), body_hash),
            last_ok_at = iif(:read, :at, last_ok_at),
            ttl = iif(:read, :ttl, ttl), max_age = iif(:read, :max_age, max_age), seen = coalesce(:seen, seen),
            fetch_url = iif(:fetch_url = '', fetch_url, :fetch_url),
            last_error = :error, last_message = :message, http_status = :status, failures = :failures,
            seconds = :seconds, last_polled_at = :at, next_poll_at = :next_poll_at,
            moved_to = :moved_to, moved_seen = :moved_seen, identity_by = :identity_by
        where url = :url
        returning id
        """,
        url=polled.url,
        error=polled.error,
        read=polled.error == "none",
        same=polled.http_status == 304,
        message=polled.message,
        status=polled.http_status,
        etag=polled.etag,
        last_modified=polled.last_modified,
        body_hash=polled.body_hash,
        at=seconds(polled.at),
        next_poll_at=seconds(polled.next_poll_at),
        fetch_url=polled.fetch_url,
        failures=polled.failures,
        seconds=polled.seconds,
        moved_to=polled.moved_to,
        moved_seen=polled.moved_seen,
        identity_by=polled.identity_by,
        ttl=_span(polled.ttl),
        max_age=_span(polled.max_age),
        seen=polled.seen,
    )
    if row is None:
        raise StorageError(f"The source {polled.url} is not stored; sync the list of sources first.")
    source_id: int = row["id"]
    return source_id


def _row_of(source: Source, *, position: int, now: datetime) -> dict[str, object]:
    return {
        "url": source.url,
        "name": source.name,
        "language": source.language,
        "country": source.country,
        "tier": source.tier,
        "topics": json.dumps(source.topics),
        "places": json.dumps(source.places),
        "origin": source.origin,
        "every": _span(source.every),
        "enabled": source.enabled,
        "position": position,
        "now": seconds(now),
    }


def _state_of(row: sqlite3.Row) -> SourceState:
    source = Source(
        url=row["url"],
        name=row["name"],
        language=row["language"],
        country=row["country"],
        tier=row["tier"],
        topics=tuple(json.loads(row["topics"])),
        places=tuple(json.loads(row["places"])),
        origin=row["origin"],
        every=None if row["every"] is None else timedelta(seconds=row["every"]),
        enabled=bool(row["enabled"]),
    )
    return SourceState(
        source=source,
        fetch_url=row["fetch_url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_hash=row["body_hash"],
        failures=row["failures"],
        last_error=row["last_error"],
        next_poll_at=moment(row["next_poll_at"]),
        last_polled_at=moment(row["last_polled_at"]),
        last_ok_at=moment(row["last_ok_at"]),
        moved_to=row["moved_to"],
        moved_seen=row["moved_seen"],
        identity_by=row["identity_by"],
        ttl=None if row["ttl"] is None else timedelta(seconds=row["ttl"]),
        max_age=None if row["max_age"] is None else timedelta(seconds=row["max_age"]),
        seen=row["seen"],
    )


def _span(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


_UPSERT = """
    insert into sources (url, name, language, country, tier, topics, places, origin, every, enabled, position,
                         fetch_url, added_at)
    values (:url, :name, :language, :country, :tier, :topics, :places, :origin, :every, :enabled, :position, :url, :now)
    on conflict (url) do update set
        name = :name, language = :language, country = :country, tier = :tier, topics = :topics, places = :places,
        origin = :origin, every = :every, enabled = :enabled, position = :position,
        next_poll_at = iif(enabled < :enabled, null, next_poll_at),
        failures = iif(enabled < :enabled, 0, failures),
        last_error = iif(enabled < :enabled and last_error = 'gone', 'none', last_error)
"""
