"""Readers come, go, are shut off from us, and change their minds, also while something is wrong."""

import asyncio
import contextlib
import sqlite3
from contextlib import closing

from playground.people import Group, User
from tests.faults.cast import HOME, RESTLESS, SHUT_OUT, Line
from tests.faults.schedule import Drawn
from tests.faults.theatre import Theatre

_HOURS = ("02:30", "04:15", "06:30", "09:15", "12:45", "16:00", "19:30", "23:40")
_ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Tokyo")
#: The hour of whoever says nothing of it.
_MORNING = ("07:00",)
_PRESET = "Everything about Viet Nam"


class People:
    """What readers do."""

    def __init__(self, theatre: Theatre) -> None:
        self._t = theatre

    async def blocked(self, drawn: Drawn) -> int:
        """A reader blocks us; whether the bot knows by then."""
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
        known = self._state(user.id) not in ("", "active")
        user.unblock()
        await self._come_back(user, None)
        return int(known)

    async def kicked(self, drawn: Drawn) -> int:
        """A group throws us out; whether the bot knows by then."""
        t = self._t
        union = t.groups["union"]
        t.record("refuse", chat=union.id, thread=None)
        union.kick_bot(t.owner)
        t.to_next_due(1, of=next(line for line in t.lines if line.chat == union.id))
        await t.settle()
        known = self._state(union.id) not in ("", "active")
        union.add_bot(t.owner)
        await self._come_back(t.owner, union)
        return int(known)

    def _state(self, chat: int) -> str:
        """How the bot stands to a chat, as it is stored; nothing for one that it does not know."""
        with closing(sqlite3.connect(f"file:{self._t.database}?mode=ro", uri=True)) as database:
            row = database.execute("select state from chats where id = ?", (chat,)).fetchone()
        return row[0] if row else ""

    async def _come_back(self, user: User, group: Group | None) -> None:
        """/resume, until it is heard."""
        t = self._t
        for _ in range(5):
            await self._revive()
            with contextlib.suppress(TimeoutError):
                reply = await user.say("/resume", chat=group, within=4)
                if ":" in reply.text:
                    break
        t.record("restore", chat=(group or user).chat.id)

    async def _revive(self) -> None:
        if not self._t.alive:
            await self._t.look_at_file("a death")
            await self._t.start()

    async def migrated(self, drawn: Drawn) -> int:
        """A group becomes a supergroup; whether the bot has followed by then. There are two of them in all."""
        t = self._t
        new = None
        for name in ("club", "circle"):
            group = t.groups[name]
            if group.chat.type == "group":
                new = t.groups[name] = group.upgrade()
                t.record("moved", chat=group.id, to=new.id)
                (line,) = (line for line in t.lines if line.chat == group.id)
                line.chat = new.id
                t.to_next_due(1, of=line)
                break
        await t.settle()
        return int(new is not None and self._state(new.id) == "active")

    async def topic_closed(self, drawn: Drawn) -> None:
        """One forum topic is closed for good."""
        t = self._t
        forum = t.groups["forum"]
        for thread, topic in list(forum.chat.threads.items())[:1]:
            if not topic.closed:
                t.record("refuse", chat=forum.id, thread=thread)
                forum.close(thread)
                t.to_next_due(1, of=next(line for line in t.lines if line.chat == forum.id))
                break
        else:
            t.to_next_due(1)
        await t.settle()

    async def command(self, drawn: Drawn) -> None:
        """A reader moves their hour or their zone; said again until it is confirmed."""
        t = self._t
        number = RESTLESS[int(drawn.dice[0] * len(RESTLESS))]
        line = t.lines[number]
        if drawn.dice[1] < 0.6:
            await self.say(number, "/time", line, hours=(_HOURS[int(drawn.dice[2] * len(_HOURS))],))
        else:
            await self.say(number, "/zone", line, zone=_ZONES[int(drawn.dice[2] * len(_ZONES))])

    async def say(
        self, number: int, command: str, line: Line, *, hours: tuple[str, ...] | None = None, zone: str | None = None
    ) -> None:
        """A reader types a command, again until its answer says that it was done."""
        t = self._t
        word = hours[0] if hours else zone or ""
        for _ in range(5):
            await self._revive()
            with contextlib.suppress(TimeoutError):
                reply = await t.readers[number].say(f"{command} {word}", within=4)
                if word in reply.text:
                    break
        else:
            t.record("wrong", invariant="I6", how=f"nobody answered {command} {word}")
            return
        line.hours, line.zone = hours or line.hours, zone or line.zone
        t.record("line", chat=line.chat, thread=line.thread, zone=line.zone, hours=line.hours)

    async def newcomer_lost(self, drawn: Drawn) -> None:
        """Somebody subscribes, and the reply to the first digest is lost."""
        self._t.api.fail("lost", method="sendMessage", when=self._after_hello, times=1 + int(2 * drawn.dice[0]))
        await self._newcomer(drawn)

    async def newcomer_killed(self, drawn: Drawn) -> None:
        """Somebody subscribes, and the bot dies at one of the statements, or with the digest in the air."""
        if drawn.dice[0] < 0.5:
            await self._newcomer(drawn, deadly="any statement")
        else:
            await self._newcomer(drawn, deadly="the reply")

    def _after_hello(self) -> bool:
        return self._t.newcomers > 0 and self._pressed

    _pressed = False

    async def _newcomer(self, drawn: Drawn, *, deadly: str = "") -> None:
        t = self._t
        t.newcomers += 1
        self._pressed = False
        user = t.api.reader(5000 + t.newcomers)
        for _ in range(5):
            await self._revive()
            with contextlib.suppress(TimeoutError):
                await user.say("/start", within=4)
                break
        hello = user.last
        t.record("joined", chat=user.id)
        self._pressed = True
        for attempt in range(5):
            await self._revive()
            if attempt == 0 and deadly == "any statement":
                t.control.arm(deadly, 1 + int(60 * drawn.dice[1]))
            elif attempt == 0 and deadly:
                t.api.on_accepted = t.kill
            with contextlib.suppress(TimeoutError):
                await user.press(_PRESET, message=hello, within=2)
                break
            if deadly and t.alive and attempt == 0:
                t.kill()
                await t.gone()
            t.control.disarm()
        else:
            t.record("wrong", invariant="I6", how="nobody answered a press")
            return
        t.control.disarm()
        await asyncio.sleep(0.5)
        since = next(event["at"] for event in reversed(t.history) if event["what"] == "joined")
        t.join(Line(user.id, 0, HOME, _MORNING), since=since)
