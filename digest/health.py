"""Nouns of the operator's check-up: whether the books close, how the database fares, and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from digest.readers import PartState

#: A slot that is due for so long, or a source, was forgotten.
OVERDUE = timedelta(minutes=15)
#: A part that waits for so long should have been let go.
FORGOTTEN = timedelta(hours=12, minutes=15)
#: An item is grouped into a story within so long.
UNGROUPED = timedelta(hours=1)


class Unclosed(StrEnum):
    """A sum that does not close."""

    #: Parts: in no known state, with a date or a number of Telegram's that their state cannot have, waiting for ever.
    NO_STATE = "no_state"
    WRONG_STATE = "wrong_state"
    FORGOTTEN_PART = "forgotten_part"
    #: Editions that lack a part or have one too many.
    INCOMPLETE = "incomplete"
    #: Slots: due and not served, said to be served without an edition, due at another moment than their hour.
    OVERDUE_SLOT = "overdue_slot"
    UNSERVED_SLOT = "unserved_slot"
    WRONG_HOUR = "wrong_hour"
    #: Subscriptions that have no hour at all.
    NO_HOUR = "no_hour"
    #: Stories a chat was told: that are none any more, or in an edition that never went out.
    TOLD_NOTHING = "told_nothing"
    TOLD_UNSENT = "told_unsent"
    #: Stories without reports, and items in no story.
    EMPTY_STORY = "empty_story"
    UNGROUPED_ITEM = "ungrouped_item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """So many rows do not add up; `example` is the number of one of them, never a chat's."""

    what: Unclosed
    count: int
    example: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The books at one moment: what was stored, planned and became of it."""

    at: datetime
    items: int
    stories: int
    editions: int
    #: Messages that were planned and are still in the books, and how many of them are in which state.
    planned: int
    states: Mapping[PartState, int]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """How the sources fare."""

    enabled: int
    #: Names of those whose last poll failed, and of those that are gone for good.
    failing: tuple[str, ...]
    gone: tuple[str, ...]
    #: Sources that should have been polled OVERDUE ago.
    overdue: int
    last_polled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelves:
    """What a database of today's schema holds."""

    audit: Audit
    listening: Listening
    #: Messages of the last seven days.
    failed: int
    uncertain: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHealth:
    """A database from outside and inside. Sizes are bytes."""

    path: str
    size: int
    wal: int
    free: int
    #: The library's version.
    sqlite: str
    #: What is broken; None where no copy could be made to look at.
    damage: tuple[str, ...] | None
    #: Whether other users of the machine may read it.
    open_to_others: bool = False
    #: Whether we may write to it.
    writable: bool = True
    #: Steps of the schema that the next start will take.
    steps_missing: int
    backed_up: tuple[datetime, str] | None
    #: None where steps are missing or it is too damaged to be read.
    shelves: Shelves | None


class Level(StrEnum):
    """How bad it is: `note` is worth knowing, `wrong` wants mending."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Finding(StrEnum):
    """What a check found; render/doctor_view.py has the sentence of each."""

    SETTINGS = "settings"
    SETTING_WRONG = "setting_wrong"
    NO_ADMINS = "no_admins"
    NO_TOKEN = "no_token"  # noqa: S105
    TELEGRAM = "telegram"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105
    TELEGRAM_SILENT = "telegram_silent"
    INLINE_OFF = "inline_off"
    POLLING = "polling"
    WEBHOOK = "webhook"
    WEBHOOK_MISSING = "webhook_missing"
    WEBHOOK_UNASKED = "webhook_unasked"
    WEBHOOK_ELSEWHERE = "webhook_elsewhere"
    WEBHOOK_FAILING = "webhook_failing"
    CLOCK = "clock"
    CLOCK_OFF = "clock_off"
    CLOCK_BEHIND = "clock_behind"
    FEEDS = "feeds"
    FEEDS_WRONG = "feeds_wrong"
    FEEDS_NONE = "feeds_none"
    NO_DATABASE = "no_database"
    DATABASE_WRONG = "database_wrong"
    DATABASE = "database"
    DAMAGED = "damaged"
    NOT_EXAMINED = "not_examined"
    OPEN_TO_OTHERS = "open_to_others"
    UNWRITABLE = "unwritable"
    SCHEMA_OLDER = "schema_older"
    SQLITE = "sqlite"
    SQLITE_OLD = "sqlite_old"
    DISK = "disk"
    DISK_LOW = "disk_low"
    WAL = "wal"
    WAL_LARGE = "wal_large"
    POLLED = "polled"
    NEVER_POLLED = "never_polled"
    POLLS_OVERDUE = "polls_overdue"
    SOURCES = "sources"
    SOURCES_FAILING = "sources_failing"
    SOURCES_DOWN = "sources_down"
    SOURCES_GONE = "sources_gone"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    BOOKS_OPEN = "books_open"
    BACKUP = "backup"
    BACKUP_NONE = "backup_none"
    BACKUP_OLD = "backup_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the check-up: numbers, moments, names and sentences that its finding speaks of."""

    level: Level
    finding: Finding
    values: Mapping[str, object]


def found(level: Level, finding: Finding, **values: object) -> Check:
    """A check in few words."""
    return Check(level=level, finding=finding, values=values)
