"""A database examined, from outside and inside, while the bot may be at work on it."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.errors import StorageError
from digest.health import OVERDUE, DatabaseHealth, Listening, Shelves
from storage import migrations, shape
from storage.audit import Auditor
from storage.clock import moment, seconds
from storage.copies import faults_in, free_bytes, last_backup
from storage.database import Database, open_to_others, path_of, writable

#: What failed or stayed uncertain longer ago is history.
_LATELY = timedelta(days=7)


def examine(url: str, *, now: datetime) -> DatabaseHealth | None:
    """How the database that `url` names fares; None where there is none yet. Changes nothing and holds nobody up.

    Raises StorageError where it cannot be opened, is another program's or belongs to a newer version.
    """
    path = path_of(url)
    if not path.exists() or not path.stat().st_size:
        return None
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("pragma query_only = on")
            connection.execute("pragma wal_autocheckpoint = 0")
            missing, damage = _inside(connection, path)
    except sqlite3.Error as error:
        raise StorageError(f"The file {path} cannot be used as a database: {error}.") from error
    backup = last_backup(path)
    return DatabaseHealth(
        path=str(path),
        size=path.stat().st_size,
        wal=_size(path.with_name(path.name + "-wal")),
        free=free_bytes(path.parent),
        sqlite=sqlite3.sqlite_version,
        damage=damage,
        open_to_others=open_to_others(path),
        writable=writable(path),
        steps_missing=missing,
        backed_up=(backup[0], str(backup[1])) if backup else None,
        shelves=None if missing or damage else _shelves(url, now),
    )


def _inside(connection: sqlite3.Connection, path: Path) -> tuple[int, tuple[str, ...] | None]:
    """How many steps of the schema are missing, and what is broken."""
    try:
        steps = migrations.steps_seen(connection, path)
        faults = [fault for kind in shape.differences(connection, steps) for fault in kind]
        damage = _damage(connection, path)
        return len(migrations.STEPS) - len(steps), (*faults, *(damage or ())) if faults else damage
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        return 0, (str(error),)


def _damage(connection: sqlite3.Connection, path: Path) -> tuple[str, ...] | None:
    """What is broken. It is looked for in a copy, since the check of the search index would keep the bot waiting."""
    if free_bytes(path.parent) < 2 * path.stat().st_size:
        return None
    try:
        # Beside the database: other folders for passing files often lie in memory.
        with TemporaryDirectory(prefix=".doctor-", dir=path.parent) as folder:
            copy = sqlite3.connect(os.fspath(Path(folder, "copy.db")), isolation_level=None)
            with closing(copy):
                connection.backup(copy)
                copy.execute("pragma journal_mode = delete")
                return tuple(faults_in(copy))
    except (OSError, sqlite3.OperationalError):  # a folder that we may not write to, a disk that filled up
        return None


def _shelves(url: str, now: datetime) -> Shelves | None:
    with closing(Database.open(url, read_only=True)) as database:
        since = seconds(now - _LATELY)
        lately = "select count(*) from deliveries where state = :state and settled_at >= :since"
        return Shelves(
            audit=Auditor(database).audit(now),
            listening=_listening(database, now),
            failed=database.value(lately, state="failed", since=since),
            uncertain=database.value(lately, state="uncertain", since=since),
        )


def _listening(database: Database, now: datetime) -> Listening:
    rows = database.rows("select name, last_error, next_poll_at, last_polled_at from sources where enabled")
    overdue = seconds(now - OVERDUE)
    return Listening(
        enabled=len(rows),
        failing=tuple(row["name"] for row in rows if row["last_error"] not in ("none", "gone")),
        gone=tuple(row["name"] for row in rows if row["last_error"] == "gone"),
        overdue=sum(
            row["last_error"] != "gone" and row["next_poll_at"] is not None and row["next_poll_at"] < overdue
            for row in rows
        ),
        last_polled_at=moment(max((row["last_polled_at"] or 0 for row in rows), default=0) or None),
    )


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return 0
