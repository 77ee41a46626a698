"""Putting a copy of the database back in its place."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj

from digest.errors import StorageError
from storage import migrations, shape
from storage.copies import remove, sync, write_copy
from storage.database import keep_private, path_of

#: https://www.sqlite.org/fileformat2.html#magic_header_string
_HEADER = b"SQLite format 3\0"


def put_back(copy: Path, url: str, *, now: datetime) -> Path | None:
    """Put `copy`, checked, in the place of the database that `url` names; where what was there is kept, if anything.

    Raises StorageError, and leaves the database as it was, for a copy that is damaged, another program's, of a newer
    version or with other tables than its version makes, and while anybody has the database open. An older one is
    brought up to date by the next start.
    """
    path = path_of(url)
    fresh = path.with_name(f"{path.name}.restored")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as source:
            remove(fresh)  # a crash may have left one
            steps = migrations.steps_seen(source, copy)
            if not steps:
                raise StorageError(f"The file {copy} is an empty database.")
            # Looked at where nobody can change it any more.
            write_copy(source, fresh, damaged="This backup is damaged; nothing was changed")
        with closing(sqlite3.connect(fresh)) as written:
            missing, besides = shape.differences(written, steps)
        if missing or besides:
            difference = (missing or besides)[0]
            raise StorageError(f"This is no backup as this program makes them ({difference}); nothing was changed.")
        aside = _put_aside(path, now) if path.exists() else None
        fresh.replace(path)
    except sqlite3.Error as error:
        raise StorageError(f"The backup {copy} cannot be read: {error}.") from error
    except OSError as error:
        raise StorageError(f"The backup could not be put at {path}: {error.strerror}.") from error
    finally:
        remove(fresh)
    sync(path.parent)
    return aside


def _put_aside(path: Path, now: datetime) -> Path:
    """Keep a database under another name, and its log with it: beside another file the log would ruin that one."""
    _be_alone(path)
    aside = path.with_name(f"{path.name}.replaced-{now:%Y%m%dT%H%M%SZ}")
    # Copied, not moved: whatever happens now, there is a database under its name. Never through a link that has got
    # that name, and for its owner's eyes only, as it should have been.
    with path.open("rb") as old, os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as new:
        copyfileobj(old, new)
    for log in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + log).rename(aside.with_name(aside.name + log))
    keep_private(aside)
    return aside


def _be_alone(path: Path) -> None:
    """Fold its log into a database; raises StorageError while anybody has it open. A ruin keeps its log."""
    with path.open("rb") as file:
        if file.read(len(_HEADER)) != _HEADER:
            return  # SQLite would throw the log away
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
            connection.execute("pragma journal_mode = delete")
            connection.execute("begin exclusive")
            connection.execute("rollback")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StorageError(f"The database {path} is in use. Stop the bot first.") from error
    except sqlite3.DatabaseError:
        pass  # damaged: why somebody puts a copy in its place
