"""Nouns of listening to a source over time: what we remember of it and what one poll found out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What we remember of a source between polls."""

    source: Source
    #: Where a permanent redirect, seen three times, has led; else the source's own url.
    fetch_url: str
    etag: str | None = None
    last_modified: str | None = None
    #: SHA-256 of the last body that was parsed and stored.
    body_hash: str | None = None
    failures: int = 0
    last_error: str = "none"
    next_poll_at: datetime | None = None
    last_polled_at: datetime | None = None
    last_ok_at: datetime | None = None
    #: A permanent redirect being watched, and how often it was seen.
    moved_to: str | None = None
    moved_seen: int = 0
    #: "guid"; "link" once guids of this feed proved worthless, "title" once its links did.
    identity_by: str = "guid"
    #: What the last document and the last answer asked for: how long to leave the publisher in peace.
    ttl: timedelta | None = None
    max_age: timedelta | None = None
    #: The entries of the last document, in short, so that the next one need not read them again.
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll of one source found out; storage keeps it with the items in one transaction."""

    url: str
    at: datetime
    next_poll_at: datetime
    error: str = "none"
    message: str = ""
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    failures: int = 0
    fetch_url: str = ""
    moved_to: str | None = None
    moved_seen: int = 0
    identity_by: str = "guid"
    ttl: timedelta | None = None
    max_age: timedelta | None = None
    #: None where no document was read.
    seen: str | None = None
    seconds: float = 0.0
    new: int = 0
    updated: int = 0
