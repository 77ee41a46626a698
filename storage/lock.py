"""A lock beside the database: which of several processes may deliver from it. The system lifts it when one dies."""

import logging
import os
from pathlib import Path

from storage.database import path_of

try:
    import fcntl
except ImportError:  # not on Windows, where Telegram alone tells two copies apart
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger(__name__)


class Lock:
    """The file `<database>.lock`, empty, locked by one process at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._file: int | None = None

    def take(self) -> bool:
        """Take the lock, if it is free; whether we have it. Where there are no locks everybody has it."""
        if self._file is not None or fcntl is None:
            return True
        database = path_of(self._url)
        try:
            file = os.open(Path(f"{database}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:  # a full disk, for instance: whoever runs already made the file
            log.warning("the lock beside the database cannot be made: %s", error.strerror)
            return True
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        except OSError as error:  # a file system without locks
            log.warning("the database lies where files cannot be locked: %s", error.strerror)
        self._file = file
        return True

    def release(self) -> None:
        """Give it back; harmless without it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
