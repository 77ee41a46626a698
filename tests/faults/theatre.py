"""The stage of the fault bench: Telegram, publishers, readers, the bot's process, and a record of everything.

Readers are enrolled in the store before the first start, so that no wording of the chat matters here.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as hour_of
from pathlib import Path
from typing import Any, Self

from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState
from playground.people import Group, User
from storage.store import Store
from tests.faults import checker
from tests.faults.control import Control
from tests.faults.due import moment_of
from tests.faults.press import Press
from tests.faults.telegram import RecordedApi

#: The first simulated moment: a month with the clock changes of New York, Berlin, Cairo's eve and Lord Howe ahead.
BEGAN = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
#: How much faster than in life the bot ticks, and how much faster it writes.
TICKS, PACE = 6.0, 20.0
SEND_RATE = 25.0
#: How long the bot may take to do what it can, in real seconds.
PATIENCE = 9.0
_ROOT = Path(__file__).resolve().parents[2]
_HOME = "Asia/Ho_Chi_Minh"
#: Readers alone: zone and hours. The first twelve make three storms a day, some hours apart.
READERS = (
    *[(_HOME, ("07:00",))] * 4,
    *[("Europe/Berlin", ("07:00",))] * 4,
    *[("America/New_York", ("08:00",))] * 4,
    ("Europe/Berlin", ("02:30",)),
    ("America/New_York", ("06:30",)),
    ("Australia/Lord_Howe", ("01:45",)),
    ("Asia/Kathmandu", ("12:45",)),
    ("Pacific/Apia", ("09:15",)),
    ("Europe/London", ("07:00", "18:00")),
)
#: Those of them who change their hour or zone now and then, and those whom Telegram shuts out.
STORMS, RESTLESS, SHUT_OUT = range(12), range(12, 17), range(1, 12)


@dataclass
class Line:
    """A subscription as the bench made it."""

    chat: int
    thread: int
    zone: str
    hours: tuple[str, ...]
    off: bool = False


class Theatre:
    """An async context manager; `history` holds all that happened."""

    def __init__(self, folder: Path, *, seed: int, bug: str = "", patience: float = PATIENCE) -> None:
        self.folder, self.seed, self.bug, self.patience = folder, seed, bug, patience
        self.database = folder / "bot.db"
        self.log = folder / "bot.log"
        self.control = Control(folder / "control", make=True)
        self.control.offset = BEGAN.timestamp() - time.time()
        self.history: list[dict[str, Any]] = []
        self.api = RecordedApi(self.record, now=self.control.now, clock=self.control.seconds)
        self.press = Press(self.control.seconds, self.record, began=BEGAN, seed=seed)
        self.lines: list[Line] = []
        self.readers: list[User] = []
        self.groups: dict[str, Group] = {}
        self.owner: User
        #: Process ids of the bot's copies that live, the first the one that is meant.
        self.alive: list[int] = []
        self._watch = checker.FileWatch()
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._ended = asyncio.Event()
        self._troubles: set[str] = set()

    # Opening and closing

    async def __aenter__(self) -> Self:
        self.record("run", seed=self.seed, speed=PACE, send_rate=SEND_RATE)
        await self.api.__aenter__()
        await self.press.__aenter__()
        (self.folder / "feeds.yaml").write_text(self.press.feeds_yaml())
        self._enrol()
        self._launcher = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.launcher", cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._listening = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: Any) -> None:
        assert self._launcher.stdin is not None
        self._launcher.stdin.close()
        await self._launcher.wait()
        await self._listening
        await self.press.__aexit__()
        await self.api.__aexit__(None, None, None)
        with (self.folder / "history.jsonl").open("w") as file:
            for event in self.history:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")

    def _enrol(self) -> None:
        self.owner = self.api.reader(99)
        store = Store.open(f"sqlite:///{self.database}")
        for number, (zone, hours) in enumerate(READERS):
            user = self.api.reader(number)
            self.readers.append(user)
            self._subscribe(store, user.id, "private", zone, hours)
        for name, kind, hours in (
            ("union", "supergroup", ("07:00",)),
            ("club", "group", ("06:45",)),
            ("circle", "group", ("07:20",)),
        ):
            self.groups[name] = group = self.api.gathering(name, self.owner, kind=kind)
            self._subscribe(store, group.id, kind, _HOME, hours)
        self.groups["forum"] = forum = self.api.gathering("forum", self.owner, kind="supergroup", forum=True)
        for number in range(3):
            thread = forum.thread(f"Topic {number}") if number else 0
            self._subscribe(store, forum.id, "supergroup", _HOME, ("07:15",), thread=thread)
        prompt = self.api.reader(50)
        self._subscribe(store, prompt.id, "private", "Asia/Tokyo", ())
        store.close()

    def _subscribe(
        self, store: Store, chat: int, kind: str, zone: str, hours: tuple[str, ...], *, thread: int = 0
    ) -> None:
        now = self.control.now()
        store.readers.add_chat(
            Chat(id=chat, kind=kind, language="en", zone=zone, state=ChatState.ACTIVE, created_at=now)
        )
        cadence = Cadence(hours=tuple(map(hour_of.fromisoformat, hours))) if hours else Cadence(cap=20)
        store.lines.add(chat, thread, Wishes(), cadence, now=now)
        self.lines.append(Line(chat, thread, zone, hours))
        self.record("line", chat=chat, thread=thread, zone=zone, hours=hours)

    # The record and the clock

    def record(self, what: str, **fields: Any) -> dict[str, Any]:
        """Write down that something happened."""
        event = {"what": what, "at": self.control.seconds(), "real": time.monotonic(), **fields}
        self.history.append(event)
        return event

    def jump(self, seconds: float) -> None:
        """Move the simulated clock."""
        self.control.offset += seconds
        self.record("clock", by=seconds)

    def to_next_due(self, more: float = 1.0, *, of: Line | None = None) -> None:
        """Jump to `more` seconds after the next due time of anybody, or of one line."""
        now = self.control.seconds()
        self.jump(min(self._next_due(line, now) for line in ([of] if of else self.lines) if line.hours) - now + more)

    def to_storm(self, more: float = 1.0) -> None:
        """Jump to where many are due at once; whoever is passed on the way is a little late."""
        now = self.control.seconds()
        self.jump(min(self._next_due(self.lines[number], now) for number in STORMS) - now + more)

    def _next_due(self, line: Line, now: float) -> float:
        today = datetime.fromtimestamp(now, UTC).date()
        days = [today + timedelta(days=more) for more in range(-1, 4)]
        moments = [moment_of(day, hour, line.zone) for day in days for hour in line.hours]
        return min(at for at in moments if at is not None and at > now)

    def trouble(self, kind: str, *, on: bool) -> None:
        """Note that something keeps the bot from its work, or no longer."""
        if on != (kind in self._troubles):
            (self._troubles.add if on else self._troubles.discard)(kind)
            self.record("trouble", kind=kind, on=on)

    # The bot

    async def start(self, *, wait: bool = True) -> int:
        """Start the bot (or a second copy); its process id."""
        self.record("start")
        env = {
            "TELEGRAM_BOT_TOKEN": self.api.token,
            "TELEGRAM_API_URL": self.api.base_url,
            "DATABASE_URL": f"sqlite:///{self.database}",
            "FEEDS_FILE": str(self.folder / "feeds.yaml"),
            "SEND_RATE": str(SEND_RATE),
            "LOG_LEVEL": "DEBUG",
        }
        pid = await self.order(mode="run", env=env, seed=self.seed, ticks=TICKS, pace=PACE, bug=self.bug)
        self.alive.append(pid)
        if wait:
            async with asyncio.timeout(20):
                ready = asyncio.create_task(self.api.polled())
                while not ready.done() and pid in self.alive:  # noqa: ASYNC110 (it may die before it is ready)
                    await asyncio.sleep(0.01)
                ready.cancel()
        return pid

    async def order(self, **order: Any) -> int:
        """Have the launcher start something; its process id."""
        assert self._launcher.stdin is not None
        order |= {"log": str(self.log), "control": str(self.folder / "control")}
        self._launcher.stdin.write(json.dumps(order).encode() + b"\n")
        return await self._started.get()

    async def _listen(self) -> None:
        assert self._launcher.stdout is not None
        async for line in self._launcher.stdout:
            said = json.loads(line)
            if "status" not in said:
                self._started.put_nowait(said["pid"])
                continue
            if said["pid"] in self.alive:
                self.alive.remove(said["pid"])
                self.record("end", how=said["status"])
            self._ended.set()

    def kill(self) -> None:
        """As if the power went."""
        for pid in self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def gone(self, within: float = 20.0) -> bool:
        """Wait until no copy lives; whether it is so."""
        deadline = time.monotonic() + within
        while self.alive and time.monotonic() < deadline:
            self._ended.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ended.wait(), 0.2)
        return not self.alive

    async def look_at_file(self, after: str) -> None:
        """Have the checker look at a copy of the database, with its log, while nobody writes."""
        copy = self.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for end in ("", "-wal"):
            if (path := self.database.with_name(self.database.name + end)).exists():
                shutil.copy(path, copy / path.name)
        found = await asyncio.to_thread(self._watch.look, copy / self.database.name)
        self.record("file", after=after, **found)

    # Waiting

    async def mend(self) -> None:
        """Heal everything, start the bot if it died, and let it do its work."""
        self.api.heal()
        self.api.on_accepted = None
        self.press.trouble = None
        for kind in list(self._troubles):
            self.trouble(kind, on=False)
        for _ in range(4):
            if not self.alive:
                await self.look_at_file(self._last_fault())
                await self.start()
            if await self.settle():
                break
        self.control.disarm()

    def _last_fault(self) -> str:
        return next((e["name"] for e in reversed(self.history) if e["what"] == "fault"), "the start")

    async def settle(self) -> bool:
        """Wait until the bot has done what it can; False where it died. Short waits of its own are jumped over."""
        deadline, nudged = time.monotonic() + self.patience, time.monotonic()
        while time.monotonic() < deadline:
            if not self.alive:
                return False
            waits = self._waits()
            if waits == 0 and not checker.open_slots(self._lately()):
                return True
            if waits is not None and 0 < waits < 200:
                self.jump(waits + 0.5)
            elif time.monotonic() - nudged > 1.5:
                nudged = time.monotonic()
                self.jump(301)  # what rests a minute after a conflict, five after an edition could not be made
            await asyncio.sleep(0.05)
        self.record("unsettled")
        return bool(self.alive)

    def _waits(self) -> float | None:
        """How many simulated seconds the bot waits of its own: 0 for nothing to do, None for work in progress."""
        now = self.control.seconds()
        try:
            connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=0.2)
            try:
                due, polls, open_, until = connection.execute(_WAITING, {"now": int(now)}).fetchone()
            finally:
                connection.close()
        except sqlite3.Error:
            return None
        if due or polls:
            return None
        if not open_:
            return 0
        if until is None or until <= now:
            return None
        return until - now if until - now < 200 else 0

    def _lately(self) -> list[dict[str, Any]]:
        since = max(event["at"] for event in self.history[-50:]) - 30 * 3600
        kept = ("run", "line", "moved", "refuse", "restore")
        return [event for event in self.history if event["what"] in kept or event["at"] > since]

    async def calm(self, days: float) -> None:
        """Let some days go by without faults."""
        until = self.control.seconds() + days * 86400
        while self.control.seconds() < until:
            self.to_next_due()
            await self.mend()

    async def finish(self) -> None:
        """Stop the bot as an operator does, and look at what it leaves."""
        for pid in self.alive:
            os.kill(pid, signal.SIGTERM)
        if not await self.gone():
            self.record("wrong", invariant="stop", how="SIGTERM was not heard in 20 s")
            self.kill()
            await self.gone()
        await self.look_at_file("the end")
        secrets = {"the token": self.api.token.partition(":")[2], "a chat id": str(self.readers[0].id)[:6]}
        self.record("log", leaks=checker.leaks(self.log, secrets))


_WAITING = """
select (select count(*) from slots join lines on lines.id = line_id join chats on chats.id = chat_id
        where due_at <= :now and at like '__:__' and chats.state = 'active' and not paused),
       (select count(*) from sources where enabled and last_error <> 'gone' and coalesce(next_poll_at, 0) <= :now),
       count(*),
       min(iif(deliveries.state = 'sending', 0, max(not_before, held_until,
           coalesce((select until from holds where name = 'all'), 0))))
from deliveries join chats on chats.id = chat_id
where deliveries.state in ('ready', 'sending') and chats.state = 'active' and not exists (
    select 1 from deliveries as earlier
    where earlier.state in ('ready', 'sending') and earlier.id < deliveries.id
      and earlier.chat_id = deliveries.chat_id and earlier.thread_id = deliveries.thread_id)
"""
