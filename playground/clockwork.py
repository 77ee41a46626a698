"""The demo's time: a clock that can be moved ahead, and what ticks by it.

    jump ─→ five minutes before the next delivery: the feeds are read ─→ the hour itself: the bot delivers

The bot is handed this clock as it is handed the real one in `run`, where nothing shifts it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

log = logging.getLogger(__name__)

#: How often the bot looks for due editions, and how often for due sources, in real seconds.
DELIVER_EVERY = 0.5
POLL_EVERY = 30.0
#: The feeds are read so long before a delivery, as a bot that runs all night would have done.
BEFORE = timedelta(minutes=5)
#: What a delivery leaves waiting for its chat's turn, a message a second in real time, is sent before the clock goes
#: on: half a day later it would be too old. Looked at so often and waited for so long, in real seconds; a Telegram in
#: trouble may well be late.
_LOOK_AGAIN = 0.2
_MOST_WAITING = 4.0
#: No jump passes more deliveries than this one by one.
_MOST_STOPS = 60


class DemoClock:
    """Real time, moved ahead by hand; it never goes back."""

    def __init__(self, real: Callable[[], datetime]) -> None:
        self._real = real
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """The demo's moment, aware and in UTC."""
        return self._real() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far it was moved."""
        return self._ahead

    def jump(self, to: datetime) -> None:
        """Go to a moment; one that is past changes nothing."""
        self._ahead += max(timedelta(), to - self())


class Ticking(Protocol):
    """What the demo needs of the bot."""

    async def deliver(self) -> None:
        """Plan what is due and send what waits."""
        ...

    async def poll(self) -> None:
        """Poll the sources that are due and group what came."""
        ...


class Stand(Protocol):
    """A newsstand whose reports appear when its clock has passed them."""

    now: datetime


async def _nothing() -> int:
    return 0


class Clockwork:
    """Lets the bot tick and moves its clock; one thing at a time, so that a jump and a tick never meet."""

    def __init__(
        self,
        clock: DemoClock,
        bot: Ticking,
        stand: Stand,
        *,
        next_due: Callable[[], Awaitable[datetime | None]],
        waiting: Callable[[], Awaitable[int]] = _nothing,
    ) -> None:
        self.clock = clock
        #: When the next edition is due; None while nobody is subscribed. Asked at every tick and after every jump.
        self.next: datetime | None = None
        self._bot = bot
        self._stand = stand
        self._next_due = next_due
        #: How many messages were planned and have not been sent yet.
        self._waiting = waiting
        self._turn = asyncio.Lock()

    async def run(self, changed: Callable[[], object]) -> None:
        """Tick until cancelled; `changed` is called when the next delivery has become another."""
        since_poll = 0.0
        while True:
            async with self._turn:
                try:
                    if since_poll >= POLL_EVERY:
                        since_poll = 0.0
                        await self._poll()
                    await self._bot.deliver()
                    before, self.next = self.next, await self._next_due()
                except Exception:  # the clock must go on ticking whatever one tick met
                    log.exception("a tick of the demo failed")
                    before = self.next
            if self.next != before:
                changed()
            await asyncio.sleep(DELIVER_EVERY)
            since_poll += DELIVER_EVERY

    async def to_next_delivery(self) -> bool:
        """Jump to the next delivery and make it; False where none is due."""
        async with self._turn:
            return await self._stop(await self._next_due())

    async def forward(self, by: timedelta) -> None:
        """Let time pass: every delivery on the way is made at its hour."""
        target = self.clock() + by
        async with self._turn:
            for _ in range(_MOST_STOPS):
                due = await self._next_due()
                if due is None or due > target or not await self._stop(due):
                    break
            self.clock.jump(target)
            await self._poll()
            await self._deliver()
            self.next = await self._next_due()

    async def read_news(self) -> None:
        """Read the feeds now."""
        async with self._turn:
            await self._poll()

    async def _stop(self, due: datetime | None) -> bool:
        """Go to a delivery by way of the news before it."""
        if due is None:
            return False
        self.clock.jump(due - BEFORE)
        await self._poll()
        self.clock.jump(due)
        await self._deliver()
        self.next = await self._next_due()
        return True

    async def _deliver(self) -> None:
        """Deliver, and let follow what had to wait for its turn."""
        await self._bot.deliver()
        loop = asyncio.get_running_loop()
        until = loop.time() + _MOST_WAITING
        while await self._waiting() and loop.time() < until:
            await asyncio.sleep(_LOOK_AGAIN)
            await self._bot.deliver()

    async def _poll(self) -> None:
        self._stand.now = self.clock()
        await self._bot.poll()
