"""The stage of the fault bench: Telegram, publishers, readers, the bot's process, and a record of everything.

Readers are enrolled in the store before the first start, so that no wording of the chat matters here.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from datetime import time as hour_of
from pathlib import Path
from typing import Any, Self

from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState
from playground.people import Group, User
from storage.store import Store
from tests.faults.cast import CAP, CROWD, GROUPS, HOME, PROMPT, READERS, STORM, TOPICS, TOPICS_AT, Line
from tests.faults.control import Control
from tests.faults.due import moment_of
from tests.faults.evidence import FileWatch
from tests.faults.press import Press
from tests.faults.telegram import RecordedApi

#: The first simulated moment: a month with the clock changes of New York, Berlin, Cairo's eve and Lord Howe ahead.
BEGAN = datetime(2026, 3, 5, 20, 0, tzinfo=UTC)
#: How much faster than in life the bot ticks, and how much faster it writes.
TICKS, PACE = 6.0, 20.0
#: So that a storm lasts real seconds: two or three at this pace.
SEND_RATE = 3.0
_ROOT = Path(__file__).resolve().parents[2]
#: How often (real seconds) we look whether the machine is busy.
_PULSE = 0.02
#: Events that still count when they are old.
_PLOT = ("run", "line", "moved", "refuse", "restore", "joined", "report")


class Stage:
    """An async context manager; `history` holds all that happened."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        bug: str = "",
        crowd: int = CROWD,
        topics: int = TOPICS,
        pace: float = PACE,
        send_rate: float = SEND_RATE,
    ) -> None:
        self.folder, self.seed, self.bug = folder, seed, bug
        self.crowd, self.topics, self.pace, self.send_rate = crowd, topics, pace, send_rate
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
        #: How other processes of the launcher ended.
        self.helpers: dict[int, int] = {}
        #: How many subscribed while the bench went on.
        self.newcomers = 0
        self._written = 0
        self._watch = FileWatch()
        #: When the bench killed which process.
        self._killed: dict[int, float] = {}
        #: The events that never grow old, for whoever asks what is open.
        self.plot: list[dict[str, Any]] = []
        self._started: asyncio.Queue[int] = asyncio.Queue()
        self._ended = asyncio.Event()
        self.troubles: set[str] = set()

    # Opening and closing

    async def __aenter__(self) -> Self:
        self.record("run", seed=self.seed, speed=self.pace, send_rate=self.send_rate)
        await self.api.__aenter__()
        await self.press.__aenter__()
        (self.folder / "feeds.yaml").write_text(self.press.feeds_yaml())
        self._enrol()
        self._launcher = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.faults.launcher", cwd=_ROOT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._listening = asyncio.create_task(self._listen())
        self._pulse = asyncio.create_task(self._feel_pulse())
        return self

    async def __aexit__(self, *_: Any) -> None:
        assert self._launcher.stdin is not None
        self._launcher.stdin.close()
        await self._launcher.wait()
        await self._listening
        self._pulse.cancel()
        await self.press.__aexit__()
        await self.api.__aexit__(None, None, None)
        self.write()

    def write(self) -> None:
        """Add what has happened since the last time to the file of the history."""
        with (self.folder / "history.jsonl").open("a") as file:
            for event in self.history[self._written :]:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._written = len(self.history)

    def _enrol(self) -> None:
        self.owner = self.api.reader(99)
        with closing(Store.open(f"sqlite:///{self.database}")) as store:
            self._fill(store)

    def _fill(self, store: Store) -> None:
        for number, (zone, hours) in enumerate(READERS):
            user = self.api.reader(number)
            self.readers.append(user)
            self._subscribe(store, user.id, "private", zone, hours)
        for number in range(self.crowd):
            self._subscribe(store, self.api.reader(1000 + number).id, "private", *STORM)
        for name, kind, hours in GROUPS:
            self.groups[name] = group = self.api.gathering(name, self.owner, kind=kind)
            self._subscribe(store, group.id, kind, HOME, hours)
        self.groups["forum"] = forum = self.api.gathering("forum", self.owner, kind="supergroup", forum=True)
        for number in range(self.topics):
            thread = forum.thread(f"Topic {number}") if number else 0
            self._subscribe(store, forum.id, "supergroup", HOME, TOPICS_AT, thread=thread)
        self._subscribe(store, self.api.reader(PROMPT).id, "private", "Asia/Tokyo", (), cap=CAP)

    def _subscribe(
        self, store: Store, chat: int, kind: str, zone: str, hours: tuple[str, ...], *, thread: int = 0, cap: int = 0
    ) -> None:
        now = self.control.now()
        store.readers.add_chat(
            Chat(id=chat, kind=kind, language="en", zone=zone, state=ChatState.ACTIVE, created_at=now)
        )
        cadence = Cadence(hours=tuple(map(hour_of.fromisoformat, hours))) if hours else Cadence(cap=cap)
        store.lines.add(chat, thread, Wishes(), cadence, now=now)
        self.join(Line(chat, thread, zone, hours), cap=cap)

    def join(self, line: Line, *, cap: int = 0, since: float | None = None) -> None:
        """Note a subscription, of now or of a simulated moment before."""
        self.lines.append(line)
        said = self.record("line", chat=line.chat, thread=line.thread, zone=line.zone, hours=line.hours, cap=cap)
        if since is not None:
            said["since"] = since

    # The record and the clock

    def record(self, what: str, **fields: Any) -> dict[str, Any]:
        """Write down that something happened."""
        event = {"what": what, "at": self.control.seconds(), "real": time.monotonic(), **fields}
        self.history.append(event)
        if what in _PLOT:
            self.plot.append(event)
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
        self.jump(self._next_due(Line(0, 0, *STORM), now) - now + more)

    def _next_due(self, line: Line, now: float) -> float:
        today = datetime.fromtimestamp(now, UTC).date()
        days = [today + timedelta(days=more) for more in range(-1, 4)]
        moments = [moment_of(day, hour, line.zone) for day in days for hour in line.hours]
        return min(at for at in moments if at is not None and at > now)

    async def _feel_pulse(self) -> None:
        """Note when the machine is busy: whatever is judged by real time takes that much longer then."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(_PULSE)
            if (late := time.monotonic() - asked - _PULSE) > _PULSE:
                self.record("lag", late=late)

    def log_lines(self, since: int) -> list[str]:
        """What the bot has logged since its log had so many bytes."""
        if not self.log.exists():
            return []
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(since)
            return log.readlines()

    def trouble(self, kind: str, *, on: bool) -> None:
        """Note that something keeps the bot from its work, or no longer."""
        if on != (kind in self.troubles):
            (self.troubles.add if on else self.troubles.discard)(kind)
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
            "SEND_RATE": str(self.send_rate),
            "LOG_LEVEL": "DEBUG",
        }
        pid = await self.order(mode="run", env=env, seed=self.seed, ticks=TICKS, pace=self.pace, bug=self.bug)
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
                died = self.control.died() or self._killed.pop(said["pid"], said["at"])
                self.record("end", how=said["status"], died=died)
            else:
                self.helpers[said["pid"]] = said["status"]
            self._ended.set()

    def kill(self) -> None:
        """As if the power went."""
        for pid in self.alive:
            self.kill_one(pid)

    def kill_one(self, pid: int) -> None:
        """The same for one copy of two."""
        self._killed.setdefault(pid, time.monotonic())
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def stop(self) -> None:
        """As an operator stops it."""
        self.record("stop")
        for pid in self.alive:
            os.kill(pid, signal.SIGTERM)

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
