"""Does anything grow? `python -m benchmarks.soak --polls 10000 --deliveries 10000`.

The whole bot in this process, with a clock that leaps a day at a time: each day every feed is polled once, every
reader gets an edition, some of them search, and old rows are let go. Feeds and Telegram are real servers on loopback
in a process of their own, so that what is measured is the bot. Two thirds of the polls bring a new report, a sixth a
document that was read before, a sixth a 304. Prints memory, handles, threads, tasks and files over the run; exit
status 1 where memory still climbs in the second half, where one handle or three threads more are open then than before,
where the write-ahead log outgrew its cap, or where something was not delivered.
"""

import argparse
import asyncio
import itertools
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import ETag, web

from chat.app import Bot
from chat.newsroom import open_newsroom
from digest.model import Source, Topic, Wishes
from digest.readers import Cadence, Chat, ChatState
from digest.settings import Settings
from playground.botapi import BotApi
from playground.newsstand import Article, rss_document
from playground.samples import load_outlets
from storage.database import WAL_BYTES
from storage.store import Store

START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)
DAY = timedelta(days=1)
#: A day's polls and editions.
FEEDS, READERS = 50, 50
SEARCHES = 5
#: Articles in a document.
_SHOWN = 12
#: From here on nothing may grow: caches are filled then, and the ledger has reached its 90 days.
_SETTLED = 0.5
#: So much memory (bytes) a thousand polls and deliveries may add even so: a line is laid through what was needed from
#: then on, since memory is handed out in pieces and no single sample says much.
_SLOPE = 1_500_000
#: Tasks come and go: so many more may be at work at one moment than at another. A pool makes a thread when it first
#: needs one more: so many may be made late.
_TASKS, _THREADS = 2, 2
_PLACES = ("VN", "LA", "KH", "CU", "JP", "VN-SG", "VN-HN")


# The world, in a process of its own


class Press:
    """Feeds whose documents move on from poll to poll."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._rng = random.Random(1)
        self._reports = [(outlet.language, report) for outlet in load_outlets() for report in outlet.reports]
        self._articles: dict[str, list[Article]] = {}
        self._asked: dict[str, int] = {}

    async def answer(self, request: web.Request) -> web.Response:
        """The document of a feed: two times in three with a new article, else as it was."""
        name = request.path
        # Each feed begins at another place, so that not all of them have news on the same day.
        asked = self._asked[name] = self._asked.get(name, int(name[1:])) + 1
        articles = self._articles.setdefault(name, [])
        if asked % 3 or not articles:
            articles[:] = [self._article(name, asked), *articles][:_SHOWN]
        body = rss_document(name, site="https://soak.example", language="en", articles=articles)
        tag = ETag(str(asked - asked % 3 // 2))
        if asked % 6 == 0 and request.headers.get("If-None-Match"):
            return web.Response(status=304)
        response = web.Response(body=body, content_type="application/rss+xml")
        response.etag = tag
        return response

    def _article(self, name: str, asked: int) -> Article:
        language, report = self._rng.choice(self._reports)
        words = report.text.split()
        other = [word for _, one in self._rng.sample(self._reports, 3) for word in one.text.split()]
        text = " ".join(word if self._rng.random() > 1 / 3 else self._rng.choice(other) for word in words)
        title = " ".join(report.title.split()[:8] + self._rng.sample(other, 4))
        link = f"https://soak.example{name}/{language}/{asked}"
        return Article(link=link, title=title, summary=text, published=self._now() - timedelta(hours=1))


def serve(parent: Connection, moment: Any) -> None:
    """Telegram and the publishers until the parent hangs up; says where they listen and who the readers are."""

    def now() -> datetime:
        return datetime.fromtimestamp(moment.value, UTC)

    async def work() -> None:
        press, app = Press(now), web.Application()
        app.router.add_get("/{feed}", press.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with BotApi(now=now) as api:
            readers = [api.user(f"Reader {number}") for number in range(READERS)]
            for reader in readers:
                reader.write("/start")
            port = runner.addresses[0][1]
            parent.send((api.base_url, api.token, port, [reader.id for reader in readers]))
            while (asked := await asyncio.to_thread(parent.recv)) is not None:
                readers[asked % READERS].write(f"/search laos {asked}")
            for refused in api.refused[:3]:
                print(f"Telegram refused: {refused}", file=sys.stderr)
        await runner.cleanup()

    asyncio.run(work())


# The bot


@dataclass(frozen=True, slots=True)
class Sample:
    """What the bot needs at one moment. Sizes are bytes."""

    polls: int
    deliveries: int
    seconds: float
    rss: int
    #: The processes that parse.
    workers: int
    handles: int
    threads: int
    tasks: int
    wal: int
    database: int
    items: int


def sample(database: Path, *, polls: int, deliveries: int, began: float, world: int, items: int) -> Sample:
    """Look at ourselves, as Linux sees us."""
    me = os.getpid()
    return Sample(
        polls=polls,
        deliveries=deliveries,
        seconds=time.monotonic() - began,
        rss=_rss(me),
        workers=sum(_rss(child) for child in _descendants(me) if child != world),
        handles=len(list(Path("/proc/self/fd").iterdir())),
        threads=_status(me, "Threads"),
        tasks=len(asyncio.all_tasks()),
        wal=Path(f"{database}-wal").stat().st_size,
        database=database.stat().st_size,
        items=items,
    )


def _status(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)


def _rss(pid: int) -> int:
    return _status(pid, "VmRSS") * 1024


def _descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            children = [int(child) for child in (task / "children").read_text().split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def subscribe(store: Store, readers: Sequence[int]) -> None:
    """Give each reader a line, every one of them other wishes."""
    topics = [topic.value for topic in Topic]
    for number, reader in enumerate(readers):
        language = "vi" if number % 2 else "en"
        store.readers.add_chat(
            Chat(id=reader, kind="private", language=language, zone="UTC", state=ChatState.ACTIVE, created_at=START)
        )
        wishes = Wishes(
            topics=frozenset(topics[number % len(topics) : number % len(topics) + 4]) if number % 3 else frozenset(),
            places=frozenset({_PLACES[number % len(_PLACES)]}) if number % 4 == 1 else frozenset(),
            language=language,
        )
        hour = (START + timedelta(hours=1)).time()
        store.lines.add(reader, 0, wishes, Cadence(hours=(hour,)), now=START)


async def no_wait(seconds: float) -> None:
    """The pace is not what is measured."""


async def soak(*, polls: int, deliveries: int, report: Callable[[Sample], None]) -> list[Sample]:
    """Run for so many polls and deliveries; what was needed on the way, from a tenth of it to the next."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    moment = spawn.Value("d", START.timestamp())
    world = spawn.Process(target=serve, args=(theirs, moment), daemon=True)
    world.start()
    base_url, token, port, readers = await asyncio.to_thread(ours.recv)
    days = max(-(-polls // FEEDS), -(-deliveries // READERS))
    sources = [Source(url=f"http://127.0.0.1:{port}/{n}", name=f"Feed {n}", language="en") for n in range(FEEDS)]
    samples: list[Sample] = []
    began, polled, now = time.monotonic(), 0, [START]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "soak.db"
        settings = Settings(token=token, api_url=base_url, database_url=f"sqlite:///{database}")
        async with open_newsroom(settings, sources, clock=lambda: now[0], rng=random.Random(1)) as newsroom:
            await newsroom.store.run(lambda store: subscribe(store, readers))
            bot = Bot(newsroom, sleep=no_wait, monotonic=itertools.count(step=10).__next__)
            await bot.start(ticking=False)
            try:
                for day in range(days):
                    now[0] = START + day * DAY + timedelta(hours=2)
                    moment.value = now[0].timestamp()
                    polled += len(await newsroom.poll())
                    await bot.deliver()
                    for number in range(SEARCHES):
                        ours.send(day * SEARCHES + number)
                    await bot.prune()
                    await bot.alarms.audit()
                    if (day + 1) * 10 // days > day * 10 // days:
                        delivered, items = await newsroom.store.read(lambda store: _delivered(store, now[0]))
                        looked = sample(
                            database,
                            polls=polled,
                            deliveries=delivered,
                            began=began,
                            world=world.pid or 0,
                            items=items,
                        )
                        samples.append(looked)
                        report(looked)
            finally:
                await bot.stop()
                ours.send(None)
                await asyncio.to_thread(world.join)
    return samples


def _delivered(store: Store, now: datetime) -> tuple[int, int]:
    """How many messages were delivered since the beginning, and how many items there are."""
    stats = store.stats(now=now)
    if stats.waiting or stats.failed or stats.refused or stats.expired or stats.uncertain:
        raise SystemExit(f"not everything was delivered: {stats}")
    if faults := store.auditor.audit(now).faults:
        raise SystemExit(f"the books do not close: {faults}")
    return store._db.value("select seq from sqlite_sequence where name = 'deliveries'"), stats.items


def grown(samples: Sequence[Sample]) -> list[str]:
    """What was needed more of in the second part of the run than may be."""
    settled = samples[: max(1, round(len(samples) * _SETTLED))]
    later = samples[len(settled) :] or samples[-1:]
    slopes = {name: _slope([(one.polls, getattr(one, name)) for one in later]) for name in ("rss", "workers")}
    found = [
        f"{name}: {slope / 1e6:.1f} MB more every thousand polls of the second half"
        for name, slope in slopes.items()
        if slope > _SLOPE
    ]
    for name, room in (("handles", 0), ("threads", _THREADS), ("tasks", _TASKS)):
        before, after = (max(getattr(one, name) for one in part) for part in (settled, later))
        if after > before + room:
            found.append(f"{name}: {before} in the first half, {after} in the second")
    if (most := max(one.wal for one in samples)) > WAL_BYTES:
        found.append(f"wal: {most:,} bytes; its cap is {WAL_BYTES:,}")
    return found


def _slope(points: Sequence[tuple[int, int]]) -> float:
    """By how much the second figure grows while the first grows by a thousand (least squares); 0 for one point."""
    count = len(points)
    middle, level = (sum(point[axis] for point in points) / count for axis in (0, 1))
    spread = sum((x - middle) ** 2 for x, _ in points)
    return 1000 * sum((x - middle) * (y - level) for x, y in points) / spread if spread else 0.0


HEADING = "| polls | deliveries | items | s | bot MB | parsers MB | handles | threads | tasks | WAL MB | database MB |"


def row(one: Sample) -> str:
    """A sample as a row of a table."""
    mb = [f"{size / 1e6:.1f}" for size in (one.rss, one.workers, one.wal, one.database)]
    cells = [f"{one.polls:,}", f"{one.deliveries:,}", f"{one.items:,}", f"{one.seconds:.0f}", *mb[:2],
             str(one.handles), str(one.threads), str(one.tasks), *mb[2:]]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Print the table and the verdict."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--polls", type=int, default=10_000)
    parser.add_argument("--deliveries", type=int, default=10_000)
    args = parser.parse_args()
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    print(HEADING)
    print("|" + "---|" * HEADING.count(" | ") + "---|")
    samples = asyncio.run(
        soak(polls=args.polls, deliveries=args.deliveries, report=lambda one: print(row(one), flush=True))
    )
    if found := grown(samples):
        print("\n".join(f"grows: {one}" for one in found))
        return 1
    print("flat")
    return 0


if __name__ == "__main__":
    sys.exit(main())
