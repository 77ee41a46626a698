"""Moments as they are stored: whole unix seconds in UTC."""

from datetime import UTC, datetime
from typing import overload

from digest.errors import StorageError


def seconds(at: datetime) -> int:
    """A moment as it is stored. Raises StorageError for one without a zone, which would mean the server's."""
    if at.tzinfo is None:
        raise StorageError(f"The time {at} has no zone; times are kept in UTC.")
    return int(at.timestamp())


@overload
def moment(stored: int) -> datetime: ...
@overload
def moment(stored: None) -> None: ...
@overload
def moment(stored: int | None) -> datetime | None: ...
def moment(stored: int | None) -> datetime | None:
    """A stored moment, aware and in UTC."""
    return None if stored is None else datetime.fromtimestamp(stored, UTC)
