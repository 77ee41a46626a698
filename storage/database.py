"""The one SQLite connection of a store: how it is opened, written and asked.

Everything here is in our own errors: an `sqlite3.Error` leaves this module as a StorageError with its cause.
"""

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from digest.errors import StorageError
from storage import migrations, shape

#: How long a writer waits for another process before it gives up, in seconds.
BUSY_SECONDS = 10.0
#: After a checkpoint the WAL file is cut back to this many bytes.
WAL_BYTES = 32 * 1024 * 1024
#: The rights of everybody but a file's owner.
_OTHERS = 0o077


class DeadlineError(StorageError):
    """A query was stopped at its deadline."""


class Database:
    """A connection with named parameters, immediate transactions and our own errors. Used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        #: Whether the log is still to be emptied; see `clear_log`.
        self.log_waits = False

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> "Database":
        """Open the file that `url` names, `sqlite:///relative` or `sqlite:////absolute`, at this program's schema.

        A writer makes the folder and the file and brings the schema up to date; any number of processes may do so at
        once. A reader needs the file to be there and up to date, and neither writes nor checkpoints (after a crash
        SQLite itself folds the log into the file when its last reader closes). Raises
        StorageError where the file cannot be opened, is no database of ours or belongs to a newer program.
        """
        path = path_of(url)
        if read_only and not (path.exists() and path.stat().st_size):
            raise StorageError(f"There is no database at {path} yet. It is made by the first `run` or `poll`.")
        try:
            if not read_only:
                _require_ours(path)
                _make_private(path)
            mode = "rw" if read_only else "rwc"
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}",
                uri=True,
                timeout=BUSY_SECONDS,
                isolation_level=None,  # transactions are ours to begin
                check_same_thread=False,
            )
        except (OSError, sqlite3.Error) as error:
            raise StorageError(f"The database {path} cannot be opened: {error}. Is the folder writable?") from error
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("pragma foreign_keys = on")
            if read_only:
                connection.execute("pragma query_only = on")
                connection.execute("pragma wal_autocheckpoint = 0")
                migrations.check(connection, path)
                _require_whole(connection, path)
            else:
                _use_wal(connection)
                # With "normal" the last commits of a log may be gone after a power cut: a confirmed setting, or the
                # note that a message is on its way, which would then be sent a third time.
                connection.execute("pragma synchronous = full")
                connection.execute(f"pragma journal_size_limit = {WAL_BYTES}")
                connection.execute("pragma recursive_triggers = on")
                # What is deleted or changed is overwritten, not only marked as free: it is about people.
                connection.execute("pragma secure_delete = on")
                _require_whole(connection, path)
                migrations.apply(connection, path)
        except sqlite3.Error as error:
            connection.close()
            raise StorageError(f"The file {path} cannot be used as a database: {error}.") from error
        except BaseException:
            connection.close()
            raise
        return cls(connection, path)

    def clear_log(self) -> None:
        """Fold the log into the file and empty it, so that nothing of what was deleted stays in it.

        Waits for nobody: while somebody reads, `log_waits` says that it is to be done later.
        """
        self.execute("pragma busy_timeout = 0")
        try:
            row = self.row("pragma wal_checkpoint(truncate)")
            self.log_waits = row is None or bool(row["busy"])
        except sqlite3.OperationalError:
            self.log_waits = True
        finally:
            self.execute(f"pragma busy_timeout = {round(1000 * BUSY_SECONDS)}")

    def close(self) -> None:
        """Close the connection; the last writer to close checkpoints the log."""
        self.connection.close()

    @contextmanager
    def write(self) -> Iterator[None]:
        """A transaction that is the only writer from its first line; inside another one, a savepoint of it.

        Commits at the end, undoes everything on any exception and lets it through.
        """
        nested = self.connection.in_transaction
        self.execute("savepoint inner" if nested else "begin immediate")
        try:
            yield
            self.execute("release inner" if nested else "commit")
        except BaseException:
            if self.connection.in_transaction:  # a full disk may have ended it already
                self.execute("rollback to inner" if nested else "rollback")
                if nested:
                    self.execute("release inner")
            raise

    def execute(self, sql: str, **parameters: Any) -> sqlite3.Cursor:
        """Run one statement."""
        with _ours():
            return self.connection.execute(sql, parameters)

    def execute_many(self, sql: str, parameters: Iterable[dict[str, Any]]) -> int:
        """Run one statement for each set of parameters; how many rows it changed in all."""
        with _ours():
            return self.connection.executemany(sql, parameters).rowcount

    def rows(self, sql: str, **parameters: Any) -> list[sqlite3.Row]:
        """All rows of a query."""
        with _ours():
            return self.connection.execute(sql, parameters).fetchall()

    def row(self, sql: str, **parameters: Any) -> sqlite3.Row | None:
        """The first row of a query, if any."""
        with _ours():
            row: sqlite3.Row | None = self.connection.execute(sql, parameters).fetchone()
            return row

    def each(self, sql: str, **parameters: Any) -> Iterator[sqlite3.Row]:
        """The rows of a query as they are found."""
        with _ours():
            yield from self.connection.execute(sql, parameters)

    def value(self, sql: str, **parameters: Any) -> Any:
        """The first column of the first row; None where there is no row."""
        row = self.row(sql, **parameters)
        return None if row is None else row[0]

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Queries inside are stopped with DeadlineError once `seconds` of real time have passed."""
        end = time.monotonic() + seconds
        with _ours():
            self.connection.set_progress_handler(lambda: time.monotonic() > end, 1000)
        try:
            yield
        finally:
            self.connection.set_progress_handler(None, 0)


def path_of(url: str) -> Path:
    """The file that a DATABASE_URL names; raises StorageError for one that names none."""
    scheme, separator, rest = url.partition("://")
    if scheme != "sqlite" or not separator:
        # Only the scheme is repeated: the rest of such a URL may hold a password.
        raise StorageError(f"DATABASE_URL begins with “{scheme[:20]}”; it must be sqlite:///path/to/file.db.")
    if not rest.startswith("/") or rest in ("/", "/:memory:") or rest.endswith("/"):
        raise StorageError(
            "DATABASE_URL must name a file: sqlite:///data/digest.db, or sqlite:////an/absolute/path.db."
        )
    return Path(rest[1:])


def _require_ours(path: Path) -> None:
    """Raises StorageError, and changes nothing, for a file that is another program's, a newer one's or no database."""
    if not path.exists() or not path.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as probe:
            migrations.steps_seen(probe, path)
    except sqlite3.Error as error:
        raise StorageError(f"The file {path} cannot be used as a database: {error}.") from error


def _make_private(path: Path) -> None:
    """Make the folder and the empty file where they are missing: what readers chose is for nobody else's eyes."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        keep_private(path)


def keep_private(path: Path) -> bool:
    """Let nobody but its owner read or write a database and what SQLite keeps beside it; whether that is so.

    Somebody may have copied it here with other rights. Not ours to change where the files are another user's.
    """
    private = True
    for one in (path, *(path.with_name(path.name + log) for log in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            if one.stat().st_mode & _OTHERS:
                try:
                    one.chmod(one.stat().st_mode & ~_OTHERS)
                except PermissionError:
                    private = False
    return private


def open_to_others(path: Path) -> bool:
    """Whether somebody else on the machine may read or write a database, or what SQLite keeps beside it."""
    for one in (path, *(path.with_name(path.name + log) for log in ("-wal", "-shm"))):
        with suppress(FileNotFoundError):
            if one.stat().st_mode & _OTHERS:
                return True
    return False


def writable(path: Path) -> bool:
    """Whether we may write to a database and what SQLite keeps beside it, or make them where they are missing."""
    folder = next((one for one in path.absolute().parents if one.exists()), Path("/"))
    files = [one for name in ("", "-wal", "-shm") if (one := path.with_name(path.name + name)).exists()]
    return all(os.access(one, os.W_OK) for one in (folder, *files))


def _require_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StorageError where a table of ours is missing or is not as our steps made it."""
    faults, _ = shape.differences(connection, migrations.steps_seen(connection, path))
    if faults:
        raise StorageError(
            f"The database {path} is not whole: {faults[0]}. Put the last backup back: bot.py restore PATH"
        )


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. Of several starters at once SQLite fails some without waiting: they try again."""
    end = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextmanager
def _ours() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except sqlite3.Error as error:
        # A misuse of the driver carries no code of SQLite's.
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            raise DeadlineError("The query took too long and was stopped.") from error
        raise StorageError(f"The database refused: {error}.") from error
