"""Copies of the database file: made while others write, and checked before they count.

A copy is one file with nothing beside it, and only its owner may read it: it holds what readers chose.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from errno import EEXIST
from glob import escape
from pathlib import Path
from tempfile import mkstemp

from digest.errors import StorageError

#: So many of the copies that are made before an update stay.
KEPT = 2
#: And each for so long: it knows people who have been forgotten since.
KEPT_DAYS = 14
#: A copy is begun only where there is room for so many: an update may write everything once more.
ROOM = 2
#: Ends the name of a copy that is being written.
_UNFINISHED = ".unfinished"
#: Beside the database: when it was last backed up, and where to.
_LAST = ".last-backup"


def free_bytes(folder: Path) -> int:
    """What the disk has left for us."""
    return shutil.disk_usage(folder).free


#: What is said of a copy that turns out to be damaged.
_DAMAGED = "The copy is damaged, and so may be the database"


def write_copy(source: sqlite3.Connection, path: Path, *, damaged: str = _DAMAGED) -> None:
    """Write a consistent copy to `path` while others go on writing, and check it. Never replaces a file.

    It has its name only once it is whole. Raises StorageError where that cannot be done or the copy is damaged, with
    the beginning of a sentence that says so, and leaves nothing behind.
    """
    unfinished = path.with_name(path.name + _UNFINISHED)
    remove(unfinished)
    try:
        if os.path.lexists(path):  # also a link that leads nowhere
            raise FileExistsError(EEXIST, os.strerror(EEXIST))
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as copy:
            source.backup(copy)  # in one step: a snapshot, for which no writer waits
            copy.execute("pragma journal_mode = delete")  # one file, nothing beside it
            faults = faults_in(copy)
        if faults:
            raise StorageError(f"{damaged}: {faults[0]}.")
        _name(unfinished, path)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise StorageError(f"{damaged}: {error}.") from error
        raise StorageError(f"The backup to {path} failed: {error}.") from error
    except OSError as error:
        raise StorageError(f"The backup cannot be written to {path}: {error.strerror}.") from error
    finally:
        remove(unfinished)


def faults_in(connection: sqlite3.Connection) -> list[str]:
    """What is broken in a database, dangling or missing from its search index; nothing in a sound one.

    Not for a database at work: the check of the index keeps other writers out for as long as it takes.
    """
    try:
        faults = [row[0] for row in connection.execute("pragma integrity_check") if row[0] != "ok"]
        faults += [f"a row of {row[0]} has lost its {row[2]}" for row in connection.execute("pragma foreign_key_check")]
    except sqlite3.OperationalError:  # a full disk is no damage
        raise
    except sqlite3.DatabaseError as error:
        return [str(error)]
    if connection.execute("select 1 from sqlite_schema where name = 'items_fts'").fetchone():
        try:
            connection.execute("insert into items_fts (items_fts, rank) values ('integrity-check', 1)")
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            faults.append(f"the search index does not fit the items ({error})")
    return faults


def copy_before_update(
    path: Path, *, steps: int, now: datetime | None = None, free: Callable[[Path], int] = free_bytes
) -> Path:
    """Copy the database at `path`, which has seen so many `steps`, beside itself; where to. The last KEPT copies stay.

    To be called by whoever keeps all other writers out. Raises StorageError, and changes nothing, where the disk is
    too full or the copy is damaged.
    """
    for left in path.parent.glob(f"{escape(path.name)}.steps*{_UNFINISHED}*"):
        remove(left)
    size = path.stat().st_size
    if (room := free(path.parent)) < ROOM * size:
        raise StorageError(
            f"The database {path} must be brought up to date, and a copy is kept of it first; for that the disk needs "
            f"{_mb(ROOM * size)} free and has {_mb(room)}. Nothing was changed. Make room and start again."
        )
    stamp = f"{now or datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"  # for the name of a file, no time of ours
    copy = path.with_name(f"{path.name}.steps{steps}-{stamp}")
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source:
        write_copy(source, copy)
    for old in copies_before_updates(path)[KEPT:]:
        remove(old)
    return copy


def copies_before_updates(path: Path) -> list[Path]:
    """The copies of the database at `path` that updates left, the newest first."""
    found = (one for one in path.parent.glob(f"{escape(path.name)}.steps*-*Z") if one.is_file())
    return sorted(found, key=lambda one: one.name.rpartition("-")[2], reverse=True)


def drop_old_copies(path: Path, *, now: datetime) -> int:
    """Remove the copies that updates of the database at `path` left KEPT_DAYS ago or earlier; how many."""
    before = f"{now - timedelta(days=KEPT_DAYS):%Y%m%dT%H%M%S%fZ}"
    old = [copy for copy in copies_before_updates(path) if copy.name.rpartition("-")[2] <= before]
    for copy in old:
        remove(copy)
    return len(old)


def note_backup(path: Path, backup: Path, *, now: datetime) -> None:
    """Remember, beside the database at `path`, when it was last backed up and where to, for `doctor`.

    Not in the database: a second writer beside the bot is a risk that a note is not worth.
    """
    with suppress(OSError):  # a folder that only the bot may write to: the backup is there all the same
        # Written beside and moved there: the name may have become a link to something precious.
        handle, beside = mkstemp(prefix=path.name + _LAST, dir=path.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{now:%Y-%m-%dT%H:%M:%SZ} {backup.absolute()}\n")
            Path(beside).replace(path.with_name(path.name + _LAST))
        except OSError:
            Path(beside).unlink()
            raise


def last_backup(path: Path) -> tuple[datetime, Path] | None:
    """When the database at `path` was last backed up, and where to; None where nobody noted it."""
    try:
        at, _, where = path.with_name(path.name + _LAST).read_text().strip().partition(" ")
        return datetime.fromisoformat(at), Path(where)
    except (OSError, ValueError):
        return None


def _name(unfinished: Path, path: Path) -> None:
    """Give a finished copy its name, unless something else has got it meanwhile."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        unfinished.rename(path)
    sync(path.parent)


def remove(path: Path) -> None:
    """Remove a copy, if it is there, with what a crash left beside it."""
    for name in (path, path.with_name(path.name + "-journal")):
        with suppress(OSError):
            name.unlink()


def sync(folder: Path) -> None:
    """Make what was renamed in a folder survive a power cut, where the system knows how."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _mb(size: int) -> str:
    return f"{max(1, round(size / 1e6)):,} MB"
