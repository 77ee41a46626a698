"""Telegram, the network and the feeds fail."""

import asyncio
import contextlib
import itertools
import os
import signal
from collections.abc import Awaitable, Callable

import aiohttp

from tests.faults.cast import RESTLESS
from tests.faults.deaths import A_LONG_WHILE, A_WHILE, Deaths
from tests.faults.schedule import Drawn


class Troubles(Deaths):
    """What others do to us."""

    async def flood_one(self, drawn: Drawn) -> None:
        t = self._t
        line = t.lines[int(drawn.dice[0] * 18)]
        t.api.fail("flood", method="sendMessage", chat=line.chat, times=1, retry_after=_patience(drawn))
        t.to_next_due(1, of=line)
        await t.settle()

    async def flood_all(self, drawn: Drawn) -> None:
        t = self._t
        patience = _patience(drawn)
        t.api.fail("flood", method="sendMessage", retry_after=patience)
        t.to_storm(1)
        await t.met("429", within=A_LONG_WHILE)
        t.jump(patience / 2)
        await asyncio.sleep(0.3)
        t.jump(patience / 2 + 2)

    async def flood_restart(self, drawn: Drawn) -> None:
        await self.flood_one(Drawn(drawn.name, (drawn.dice[0], 0.9, drawn.dice[2])))
        self._t.kill()
        await self._t.gone()

    def once(self, kind: str) -> Callable[[Drawn], Awaitable[None]]:
        """A few requests meet it."""

        async def act(drawn: Drawn) -> None:
            t = self._t
            t.api.fail(kind, method="sendMessage", times=1 + int(3 * drawn.dice[0]))  # type: ignore[arg-type]
            t.to_next_due(1)
            await t.settle()

        return act

    def for_a_while(self, kind: str) -> Callable[[Drawn], Awaitable[None]]:
        """Twenty simulated minutes in which every answer is like that."""

        async def act(drawn: Drawn) -> None:
            t = self._t
            t.trouble(kind, on=True)
            t.api.fail(kind)  # type: ignore[arg-type]
            t.to_storm(1)
            await t.met(kind, within=A_LONG_WHILE)
            for _ in range(4):
                await asyncio.sleep(A_WHILE if kind != "hang" else 4.5)
                t.jump(300)

        return act

    def lost(self, every: int) -> Callable[[Drawn], Awaitable[None]]:
        """Of so many messages of a storm one's reply is lost, the first of them where the die says."""

        async def act(drawn: Drawn) -> None:
            t = self._t
            count = itertools.count(-int(every * drawn.dice[0]))
            t.api.fail("lost", method="sendMessage", when=lambda: next(count) % every == 0)
            t.to_storm(1)
            await t.settle()

        return act

    async def second_listener(self, drawn: Drawn) -> None:
        """Somebody else asks for our updates."""
        t = self._t
        self.advance(drawn)
        url = f"{t.api.base_url}/bot{t.api.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                    async with asyncio.timeout(0.4), session.post(url, json={"timeout": 5}):
                        pass
        t.jump(61)

    async def second_copy(self, drawn: Drawn) -> None:
        """The operator starts the bot twice, on one database."""
        t = self._t
        await t.start(wait=False)
        await asyncio.sleep(0.3 + 0.3 * drawn.dice[0])
        t.to_storm(0.5)
        await asyncio.sleep(2)
        for pid in t.alive[drawn.dice[1] < 0.5 :][:1]:
            if drawn.dice[0] < 0.5:
                t.kill_one(pid)
            else:
                os.kill(pid, signal.SIGTERM)
        for _ in range(150):
            if len(t.alive) < 2:
                break
            await asyncio.sleep(0.1)
        t.jump(61)

    async def unauthorized(self, drawn: Drawn) -> None:
        t = self._t
        right = t.api.token
        t.trouble("unauthorized", on=True)
        t.api.token = "1:other"
        t.api.world.updates.wake()
        t.to_next_due(1)
        await asyncio.sleep(A_WHILE)
        t.api.token = right
        t.trouble("unauthorized", on=False)
        await t.settle()
        t.jump(61)
        await self.say(RESTLESS[0], "/time", t.lines[RESTLESS[0]], hours=("05:20",))

    async def network_down(self, drawn: Drawn) -> None:
        """For an hour nothing reaches us and we reach nothing."""
        t = self._t
        t.trouble("network", on=True)
        await t.api.unplug()
        await t.press.unplug()
        t.to_next_due(1)
        for _ in range(4):
            await asyncio.sleep(0.4)
            t.jump(900)
        await t.api.plug()
        await t.press.plug()
        t.trouble("network", on=False)

    async def feeds_down(self, drawn: Drawn) -> int:
        """How many answers went wrong."""
        t = self._t
        spoiled = t.press.spoiled
        t.press.trouble = (500, 503, "cut", "reset")[int(4 * drawn.dice[0])]
        for _ in range(2):
            t.jump(1800)
            await asyncio.sleep(0.6)
        return t.press.spoiled - spoiled


def _patience(drawn: Drawn) -> int:
    """From a second to an hour."""
    return int(3600 ** drawn.dice[1])
