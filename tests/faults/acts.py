"""The faults, each as an act on the stage: inject it where it hurts; `Theatre.mend` does the rest."""

import asyncio
import contextlib
import os
import random
import resource
import signal
import sqlite3
from collections.abc import Awaitable, Callable

import aiohttp

from playground.people import Group, User
from tests.faults.control import NUMBER
from tests.faults.schedule import Drawn
from tests.faults.theatre import RESTLESS, SHUT_OUT, Line, Theatre

_HOURS = ("02:30", "04:15", "06:30", "09:15", "12:45", "16:00", "19:30", "23:40")
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tokyo")
#: How long a trouble lasts, in real seconds.
_A_WHILE = 1.0


class Acts:
    """All faults of the schedule."""

    def __init__(self, theatre: Theatre) -> None:
        self._t = theatre
        self._acts: dict[str, Callable[[Drawn], Awaitable[None]]] = {
            "kill at a random moment": self._kill,
            "kill before the reply": self._kill_before_reply,
            "kill at every try": self._kill_at_every_try,
            "stop in a storm": self._stop_in_storm,
            "outage": self._outage,
            "disk full in ingest": self._full_ingest,
            "disk full in delivery": self._full_delivery,
            "database locked": self._locked,
            "clock an hour on": self._clock(3600),
            "clock an hour back": self._clock(-3600),
            "clock a day on": self._clock(86400),
            "429 to one chat": self._flood_one,
            "429 to all": self._flood_all,
            "429 across a restart": self._flood_restart,
            "5xx once": self._once("error"),
            "5xx for a while": self._for_a_while("error"),
            "reset once": self._once("reset"),
            "reset for a while": self._for_a_while("reset"),
            "hang": self._once("hang"),
            "hang for a while": self._for_a_while("hang"),
            "lost 1 %": self._lost(0.01),
            "lost 10 %": self._lost(0.1),
            "lost 100 %": self._lost(1.0),
            "garbage": self._once("garbage"),
            "silent": self._once("silent"),
            "blocked": self._blocked,
            "kicked": self._kicked,
            "migrated": self._migrated,
            "topic closed": self._topic_closed,
            "second listener": self._second_listener,
            "second copy": self._second_copy,
            "unauthorized": self._unauthorized,
            "network down": self._network_down,
            "feeds down": self._feeds_down,
            "command": self._command,
            "backup killed": self._backup,
        }

    async def perform(self, drawn: Drawn) -> None:
        """Inject one fault."""
        act = self._acts.get(drawn.name)
        await (act(drawn) if act else self._plant(drawn))

    def _advance(self, drawn: Drawn) -> None:
        """To just after the next due time; now and then by up to an hour, for the feeds."""
        if drawn.dice[2] < 0.8:
            self._t.to_next_due(0.5 + 10 * drawn.dice[2])
        else:
            self._t.jump(900 + 13500 * (drawn.dice[2] - 0.8))

    # Deaths

    async def _plant(self, drawn: Drawn) -> None:
        """Die at a place in the code; if it is not passed, then wherever it is."""
        t = self._t
        assert drawn.name in NUMBER
        if drawn.name == "while catching up":
            await self._kill(drawn)
            t.control.arm(drawn.name, 1)
            await t.look_at_file("a kill")
            await t.start(wait=False)
        else:
            within = (
                200 if drawn.name == "any statement" else 14 if "group" in drawn.name or "store" in drawn.name else 5
            )
            t.control.arm(drawn.name, 1 + int(within * drawn.dice[0]))
            if "command" in drawn.name:
                await self._command(drawn)
            elif "fetch" in drawn.name or "store" in drawn.name or "grouped" in drawn.name:
                t.jump(3600)
            else:
                t.to_next_due(1 + drawn.dice[1])
        if not await t.gone(1.5):
            t.kill()
            await t.gone()
        t.control.disarm()

    async def _kill(self, drawn: Drawn) -> None:
        self._advance(drawn)
        await asyncio.sleep(drawn.dice[0] * 0.8)
        self._t.kill()
        await self._t.gone()

    async def _kill_before_reply(self, drawn: Drawn) -> None:
        self._t.api.on_accepted = self._t.kill
        self._t.to_next_due(1 + drawn.dice[1])
        if not await self._t.gone(1.5):
            self._t.kill()
            await self._t.gone()

    async def _kill_at_every_try(self, drawn: Drawn) -> None:
        """The same message, accepted and never heard of, start after start."""
        t = self._t
        t.to_next_due(1, of=t.lines[RESTLESS[int(drawn.dice[0] * len(RESTLESS))]])
        for _ in range(4):
            t.api.on_accepted = t.kill
            if not await t.gone(1.5):
                break
            await t.look_at_file("a kill")
            await t.start()
            t.jump(31)
        t.kill()
        await t.gone()

    async def _stop_in_storm(self, drawn: Drawn) -> None:
        t = self._t
        t.to_storm(0.5)
        await asyncio.sleep(0.1 + 0.6 * drawn.dice[0])
        for pid in t.alive:
            os.kill(pid, signal.SIGTERM)
        if not await t.gone(15):
            t.record("wrong", invariant="stop", how="SIGTERM was not heard in 15 s")
            t.kill()
            await t.gone()
        elif t.history[-1].get("how", 0) != 0:
            t.record("wrong", invariant="stop", how=f"SIGTERM ended it with {t.history[-1]['how']}")

    async def _outage(self, drawn: Drawn) -> None:
        """The machine is off for up to thirty hours."""
        self._t.kill()
        await self._t.gone()
        self._t.jump(3600 * (1 + 29 * drawn.dice[0] ** 2))

    # The machine

    @contextlib.contextmanager
    def _full_disk(self):
        t = self._t
        t.trouble("full", on=True)
        for pid in t.alive:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        yield
        for pid in t.alive:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        t.trouble("full", on=False)

    async def _full_ingest(self, drawn: Drawn) -> None:
        with self._full_disk():
            self._t.jump(3600)
            await asyncio.sleep(_A_WHILE)

    async def _full_delivery(self, drawn: Drawn) -> None:
        self._t.to_storm(0.5)
        await asyncio.sleep(0.5 * drawn.dice[0])
        with self._full_disk():
            await asyncio.sleep(_A_WHILE)

    async def _locked(self, drawn: Drawn) -> None:
        """Another process holds the database for longer than we wait."""
        t = self._t
        self._advance(drawn)
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

    def _clock(self, seconds: float) -> Callable[[Drawn], Awaitable[None]]:
        async def act(drawn: Drawn) -> None:
            if drawn.dice[0] < 0.5:
                self._t.to_next_due(0.5)
                await asyncio.sleep(0.5 * drawn.dice[1])
            self._t.jump(seconds)

        return act

    # Telegram

    async def _flood_one(self, drawn: Drawn) -> None:
        t = self._t
        line = t.lines[int(drawn.dice[0] * 20)]
        t.api.fail("flood", method="sendMessage", chat=line.chat, times=1, retry_after=_patience(drawn))
        t.to_next_due(1, of=line)
        await t.settle()

    async def _flood_all(self, drawn: Drawn) -> None:
        t = self._t
        patience = _patience(drawn)
        t.api.fail("flood", method="sendMessage", retry_after=patience)
        t.to_storm(1)
        await asyncio.sleep(_A_WHILE)
        t.jump(patience / 2)
        await asyncio.sleep(0.3)
        t.jump(patience / 2 + 2)

    async def _flood_restart(self, drawn: Drawn) -> None:
        await self._flood_one(Drawn(drawn.name, (drawn.dice[0], 0.9, drawn.dice[2])))
        self._t.kill()
        await self._t.gone()

    def _once(self, kind: str) -> Callable[[Drawn], Awaitable[None]]:
        async def act(drawn: Drawn) -> None:
            t = self._t
            t.api.fail(kind, method="sendMessage", times=1 + int(3 * drawn.dice[0]))  # type: ignore[arg-type]
            t.to_next_due(1)
            await t.settle()

        return act

    def _for_a_while(self, kind: str) -> Callable[[Drawn], Awaitable[None]]:
        async def act(drawn: Drawn) -> None:
            """Twenty simulated minutes in which every answer is like that."""
            t = self._t
            t.trouble(kind, on=True)
            t.api.fail(kind)  # type: ignore[arg-type]
            t.to_storm(1)
            for _ in range(4):
                await asyncio.sleep(_A_WHILE if kind != "hang" else 2)
                t.jump(300)

        return act

    def _lost(self, share: float) -> Callable[[Drawn], Awaitable[None]]:
        async def act(drawn: Drawn) -> None:
            t = self._t
            rng = random.Random(drawn.dice[0])
            t.api.fail("lost", method="sendMessage", when=lambda: rng.random() < share)
            t.to_storm(1)
            await t.settle()

        return act

    async def _second_listener(self, drawn: Drawn) -> None:
        """Somebody else asks for our updates."""
        t = self._t
        self._advance(drawn)
        url = f"{t.api.base_url}/bot{t.api.token}/getUpdates"
        async with aiohttp.ClientSession() as session:
            for _ in range(3):
                with contextlib.suppress(TimeoutError, aiohttp.ClientError):
                    async with asyncio.timeout(0.4), session.post(url, json={"timeout": 5}):
                        pass
        t.jump(61)

    async def _second_copy(self, drawn: Drawn) -> None:
        """The operator starts the bot twice, on one database."""
        t = self._t
        await t.start(wait=False)
        await asyncio.sleep(0.3 * drawn.dice[0])
        t.to_storm(0.5)
        await asyncio.sleep(2)
        for pid in t.alive[drawn.dice[1] < 0.5 :][:1]:
            os.kill(pid, signal.SIGKILL if drawn.dice[0] < 0.5 else signal.SIGTERM)
        for _ in range(100):
            if len(t.alive) < 2:
                break
            await asyncio.sleep(0.1)
        t.jump(61)

    async def _unauthorized(self, drawn: Drawn) -> None:
        t = self._t
        right = t.api.token
        t.trouble("unauthorized", on=True)
        t.api.token = "1:other"
        t.api.world.updates.wake()
        t.to_next_due(1)
        await asyncio.sleep(_A_WHILE)
        t.api.token = right
        t.trouble("unauthorized", on=False)
        await t.settle()
        t.jump(61)
        await self._say(t.readers[RESTLESS[0]], "/time", t.lines[RESTLESS[0]], hours=("05:20",))

    async def _network_down(self, drawn: Drawn) -> None:
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

    async def _feeds_down(self, drawn: Drawn) -> None:
        t = self._t
        t.press.trouble = (500, 503, "cut", "reset")[int(4 * drawn.dice[0])]
        for _ in range(2):
            t.jump(1800)
            await asyncio.sleep(0.6)

    # Readers

    async def _blocked(self, drawn: Drawn) -> None:
        t = self._t
        number = SHUT_OUT[int(drawn.dice[0] * len(SHUT_OUT))]
        user = t.readers[number]
        t.record("refuse", chat=user.id, thread=None)
        if drawn.dice[1] < 0.5:
            user.chat.blocked = True  # nobody tells us
        else:
            user.block()
        t.to_next_due(1, of=t.lines[number])
        await t.settle()
        user.unblock()
        await self._come_back(user, None)

    async def _kicked(self, drawn: Drawn) -> None:
        t = self._t
        union = t.groups["union"]
        t.record("refuse", chat=union.id, thread=None)
        union.kick_bot(t.owner)
        t.to_next_due(1)
        await t.settle()
        union.add_bot(t.owner)
        await self._come_back(t.owner, union)

    async def _come_back(self, user: User, group: Group | None) -> None:
        """/resume, until it is heard."""
        t = self._t
        for _ in range(5):
            if not t.alive:
                await t.look_at_file("a death")
                await t.start()
            with contextlib.suppress(TimeoutError):
                reply = await user.say("/resume", chat=group, within=4)
                if ":" in reply.text:
                    break
        t.record("restore", chat=(group or user).chat.id)

    async def _migrated(self, drawn: Drawn) -> None:
        t = self._t
        for name in ("club", "circle"):
            group = t.groups[name]
            if group.chat.type == "group":
                new = t.groups[name] = group.upgrade()
                t.record("moved", chat=group.id, to=new.id)
                for line in t.lines:
                    if line.chat == group.id:
                        line.chat = new.id
                break
        t.to_next_due(1)
        await t.settle()

    async def _topic_closed(self, drawn: Drawn) -> None:
        """One forum topic is closed for good."""
        t = self._t
        forum = t.groups["forum"]
        for thread, topic in list(forum.chat.threads.items())[:1]:
            if not topic.closed:
                t.record("refuse", chat=forum.id, thread=thread)
                forum.close(thread)
                break
        t.to_next_due(1)
        await t.settle()

    async def _command(self, drawn: Drawn) -> None:
        """A reader moves their hour or their zone; said again until it is confirmed."""
        t = self._t
        number = RESTLESS[int(drawn.dice[0] * len(RESTLESS))]
        line = t.lines[number]
        if drawn.dice[1] < 0.6:
            await self._say(t.readers[number], "/time", line, hours=(_HOURS[int(drawn.dice[2] * len(_HOURS))],))
        else:
            await self._say(t.readers[number], "/zone", line, zone=_ZONES[int(drawn.dice[2] * len(_ZONES))])

    async def _say(
        self, user: User, command: str, line: Line, *, hours: tuple[str, ...] | None = None, zone: str | None = None
    ) -> None:
        t = self._t
        word = hours[0] if hours else zone
        for _ in range(5):
            if not t.alive:
                await t.look_at_file("a death")
                await t.start()
            with contextlib.suppress(TimeoutError):
                reply = await user.say(f"{command} {word}", within=4)
                if word in reply.text:
                    break
        else:
            t.record("wrong", invariant="I6", how=f"nobody answered {command} {word}")
            return
        line.hours, line.zone = hours or line.hours, zone or line.zone
        t.record("line", chat=line.chat, thread=line.thread, zone=line.zone, hours=line.hours)

    async def _backup(self, drawn: Drawn) -> None:
        """A backup dies half-way; the next one is whole. The bot knows nothing of it."""
        t = self._t
        target = t.folder / "backup.db"
        url = f"sqlite:///{t.database}"
        self._advance(drawn)
        for statement in (1 + int(10 * drawn.dice[0]), 0):
            target.unlink(missing_ok=True)
            await t.order(mode="backup", url=url, path=str(target), sql=statement)
            await asyncio.sleep(0.6)
        if not target.exists():
            t.record("wrong", invariant="I10", how="there is no backup")


def _patience(drawn: Drawn) -> int:
    """From a second to an hour."""
    return int(3600 ** drawn.dice[1])
