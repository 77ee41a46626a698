"""A page of memory that the bench and the bot's process share: the clock, and where the bot shall die.

    0  double  seconds to add to the machine's clock
    8  int32   the armed plant (its place in PLANTS), 0 for none
    12 int32   how often that place is still to be passed before it kills
    16 double  when (monotonic seconds) it killed; 0 before

The bench writes, the bot reads; both survive the other's death.
"""

import mmap
import struct
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_OFFSET, _ARMED, _DIED = struct.Struct("<d"), struct.Struct("<ii"), struct.Struct("<d")
_SIZE = 4096


class Plant(NamedTuple):
    """A place in the code where the bot can be made to die: before, after, or at a statement of SQL within it."""

    name: str
    #: module:qualified.name; "" for any statement of SQL.
    at: str
    when: str = "after"


PLANTS = (
    Plant("none", ""),
    Plant("any statement", "", "sql"),
    Plant("after fetch", "feeds.fetch:Fetcher.fetch"),
    Plant("inside the store transaction", "storage.items:Items.save_poll", "sql"),
    Plant("after the store transaction", "storage.items:Items.save_poll"),
    Plant("while stories are grouped", "chat.newsroom:group_items", "sql"),
    Plant("before planning", "storage.editions:Editions.plan", "before"),
    Plant("inside planning", "storage.editions:Editions.plan", "sql"),
    Plant("after planning", "storage.editions:Editions.plan"),
    Plant("inside the claim", "storage.outbox:Outbox.claim", "sql"),
    Plant("after the attempt is committed", "storage.outbox:Outbox.claim"),
    Plant("after the reply and before it is written down", "chat.delivery:Sender._call"),
    Plant("while the reply is written down", "storage.outbox:Outbox.sent", "sql"),
    Plant("between parts", "storage.outbox:Outbox.sent"),
    Plant("at an outcome", "chat.delivery:Sender._settle", "before"),
    Plant("inside a command", "chat.reception:Reception.change", "sql"),
    Plant("after a command's change", "chat.reception:Reception.change"),
    Plant("while catching up", "storage.outbox:Outbox.recover", "sql"),
)
NUMBER = {plant.name: number for number, plant in enumerate(PLANTS)}


class Control:
    """The shared page; `make` for the bench, `open` for the bot."""

    def __init__(self, path: Path, *, make: bool = False) -> None:
        if make:
            path.write_bytes(bytes(_SIZE))
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), _SIZE)

    # The clock

    @property
    def offset(self) -> float:
        return float(_OFFSET.unpack_from(self._page, 0)[0])

    @offset.setter
    def offset(self, seconds: float) -> None:
        _OFFSET.pack_into(self._page, 0, seconds)

    def seconds(self) -> float:
        """The simulated moment, in unix seconds."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """The simulated moment."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    # The plants

    def arm(self, name: str, nth: int = 1) -> None:
        """Let the bot die at the `nth` passing of a plant."""
        _ARMED.pack_into(self._page, 8, NUMBER[name], nth)

    def disarm(self) -> None:
        """Let it live."""
        _ARMED.pack_into(self._page, 8, 0, 0)

    @property
    def armed(self) -> bool:
        """Whether a plant waits to be passed."""
        return bool(_ARMED.unpack_from(self._page, 8)[0])

    def dies(self) -> None:
        """The bot notes when it dies at a plant."""
        _DIED.pack_into(self._page, 16, time.monotonic())

    def died(self) -> float:
        """When the bot died at a plant, told once; 0 where it did not."""
        (at,) = _DIED.unpack_from(self._page, 16)
        _DIED.pack_into(self._page, 16, 0.0)
        return float(at)

    def passed(self, number: int) -> bool:
        """Count one passing of a plant; whether this is the one to die at."""
        armed, left = _ARMED.unpack_from(self._page, 8)
        if armed != number:
            return False
        _ARMED.pack_into(self._page, 8, *((armed, left - 1) if left > 1 else (0, 0)))
        return left <= 1
