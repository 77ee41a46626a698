"""The bot dies, is stopped, or loses its machine."""

import asyncio
import contextlib
import resource
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator

from tests.faults.cast import RESTLESS
from tests.faults.control import NUMBER
from tests.faults.people import People
from tests.faults.schedule import Drawn

#: How long a trouble lasts, in real seconds.
A_WHILE = 1.0
#: How long (real seconds) something is waited for that is sure to come.
A_LONG_WHILE = 6.0
#: Up to the how-manieth passing of a plant is drawn; each is sure to come.
_PASSINGS = {
    "any statement": 200,
    "inside the store transaction": 14,
    "while stories are grouped": 14,
    "after fetch": 5,
    "after the store transaction": 5,
    "at an outcome": 3,
    "inside a command": 4,
    "after a command's change": 1,
}
_STORMY = 40


class Deaths(People):
    """Deaths and what a machine does."""

    def advance(self, drawn: Drawn) -> None:
        """To just after the next due time; now and then by up to an hour, for the feeds."""
        if drawn.dice[2] < 0.8:
            self._t.to_next_due(0.5 + 10 * drawn.dice[2])
        else:
            self._t.jump(900 + 13500 * (drawn.dice[2] - 0.8))

    async def plant(self, drawn: Drawn) -> int:
        """Die at a place in the code; if it is not passed, then wherever it is. Whether it was passed."""
        t = self._t
        name = drawn.name
        assert name in NUMBER
        deadline = time.monotonic() + A_LONG_WHILE
        lives = sum(event["what"] == "end" for event in t.history)
        if name == "while catching up":
            await self.kill(drawn)
            t.control.arm(name, 1)
            await t.look_at_file("a kill")
            await t.start(wait=False)
        else:
            t.control.arm(name, 1 + int(_PASSINGS.get(name, _STORMY) * drawn.dice[0]))
            if "command" in name:
                await self.command(drawn)
            elif any(word in name for word in ("fetch", "store", "grouped")):
                t.jump(3600)
            elif name == "any statement":
                t.to_next_due(1 + drawn.dice[1])
            else:
                if name == "at an outcome":
                    t.api.fail(("error", "reset", "flood")[int(3 * drawn.dice[1])], method="sendMessage", times=6)  # type: ignore[arg-type]
                t.to_storm(1 + drawn.dice[1])
        while t.control.armed and time.monotonic() < deadline:  # noqa: ASYNC110 (the page has no bell)
            await asyncio.sleep(0.05)
        died = not t.control.armed
        if sum(event["what"] == "end" for event in t.history) == lives:
            if not died:
                t.kill()
            await t.gone()
        t.control.disarm()
        return int(died)

    async def kill(self, drawn: Drawn) -> None:
        """At any moment; one in three in the middle of a storm."""
        if drawn.dice[1] < 1 / 3:
            self._t.to_storm(0.5)
            await asyncio.sleep(0.3 + drawn.dice[0] * 2)
        else:
            self.advance(drawn)
            await asyncio.sleep(drawn.dice[0] * 0.8)
        self._t.kill()
        await self._t.gone()

    async def kill_before_reply(self, drawn: Drawn) -> None:
        self._t.api.on_accepted = self._t.kill
        self._t.to_next_due(1 + drawn.dice[1])
        if not await self._t.gone(A_LONG_WHILE):
            self._t.kill()
            await self._t.gone()

    async def kill_at_every_try(self, drawn: Drawn) -> None:
        """The same message, accepted and never heard of, start after start."""
        t = self._t
        t.to_next_due(1, of=t.lines[RESTLESS[int(drawn.dice[0] * len(RESTLESS))]])
        for _ in range(4):
            t.api.on_accepted = t.kill
            if not await t.gone(A_LONG_WHILE):
                break
            await t.look_at_file("a kill")
            await t.start()
            t.jump(31)
        t.kill()
        await t.gone()

    async def stop_in_storm(self, drawn: Drawn) -> int:
        """SIGTERM; how many messages still waited when it had ended."""
        t = self._t
        t.to_storm(0.5)
        await asyncio.sleep(0.4 + 1.2 * drawn.dice[0])
        t.stop()
        if not await t.gone(15):
            t.record("wrong", invariant="stop", how="SIGTERM was not heard in 15 s")
            t.kill()
            await t.gone()
        elif t.history[-1].get("how", 0) != 0:
            t.record("wrong", invariant="stop", how=f"SIGTERM ended it with {t.history[-1]['how']}")
        return len(await t.look_for_open_slots())

    async def outage(self, drawn: Drawn) -> None:
        """The machine is off for up to thirty hours."""
        self._t.kill()
        await self._t.gone()
        self._t.jump(3600 * (1 + 29 * drawn.dice[0] ** 2))

    # The machine

    @contextlib.contextmanager
    def _full_disk(self) -> Iterator[None]:
        t = self._t
        t.trouble("full", on=True)
        for pid in t.alive:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        yield
        for pid in t.alive:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        t.trouble("full", on=False)

    async def full_ingest(self, drawn: Drawn) -> None:
        with self._full_disk():
            self._t.jump(3600)
            await asyncio.sleep(A_WHILE)

    async def full_delivery(self, drawn: Drawn) -> None:
        self._t.to_storm(0.5)
        await asyncio.sleep(0.3 + 1.5 * drawn.dice[0])
        with self._full_disk():
            await asyncio.sleep(A_WHILE)

    async def locked(self, drawn: Drawn) -> None:
        """Another process holds the database for longer than we wait."""
        t = self._t
        if drawn.dice[1] < 0.5:
            t.to_storm(0.5)
        else:
            self.advance(drawn)
        await asyncio.sleep(0.4 * drawn.dice[0])
        holder = sqlite3.connect(t.database, timeout=5, isolation_level=None)
        try:
            t.trouble("locked", on=True)
            holder.execute("begin immediate")
            await asyncio.sleep(2.2)
            holder.execute("rollback")
        finally:
            holder.close()
            t.trouble("locked", on=False)

    def clock(self, seconds: float) -> Callable[[Drawn], Awaitable[None]]:
        """The machine's clock is set on or back."""

        async def act(drawn: Drawn) -> None:
            if drawn.dice[0] < 0.5:
                self._t.to_next_due(0.5)
                await asyncio.sleep(0.5 * drawn.dice[1])
            self._t.jump(seconds)

        return act

    async def backup(self, drawn: Drawn) -> int:
        """A backup dies half-way; the next one is whole. The bot knows nothing of it."""
        t = self._t
        target = t.folder / "backup.db"
        url = f"sqlite:///{t.database}"
        self.advance(drawn)
        ended = []
        for statement in (1 + int(10 * drawn.dice[0]), 0):
            target.unlink(missing_ok=True)
            pid = await t.order(mode="backup", url=url, path=str(target), sql=statement)
            async with asyncio.timeout(20):
                while pid not in t.helpers:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            ended.append(t.helpers[pid])
        if not target.exists() or ended[1] != 0:
            t.record("wrong", invariant="I10", how="there is no backup")
        return int(ended[0] != 0)
