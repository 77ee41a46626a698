"""How long somebody waits: `python -m benchmarks.replies --items 200000`.

A database as a year leaves it (benchmarks/filling.py), the real bot over it and a local Bot API, all in one process;
people say each command and press each kind of button in turn. Prints the time from a command or a press to what comes
of it, as a person sees it: real time, with both ends of HTTP and the Bot API in it, and beside it the processor time
of all of that, which does not depend on what else the machine does. Then what searches of the archive cost by
themselves: processor time of the thread that asks. `--database FILE` keeps the database for another time.
"""

import argparse
import asyncio
import itertools
import os
import random
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from benchmarks.filling import feeds, fill
from chat.app import Bot, settle
from chat.newsroom import Newsroom, open_newsroom
from digest.model import Item, Topic
from digest.query import Query
from digest.settings import Settings
from digest.text import fold, words
from playground.botapi import BotApi
from playground.nouns import Message
from playground.people import User
from storage.store import Store

NOW = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
TOPICS = [topic.value for topic in Topic]
PLACES = "VN LA KH CU JP KR CN US TH VN-SG VN-HN VN-DN".split()
#: What the chat shows of a search at a time.
_PAGE = 5
#: So many rounds of commands by one person: a chat does not get longer than a week's.
_ROUNDS_EACH = 5
#: The words of searches are taken from so many items, and the ready choices of the first screen are tried in turn.
_REMEMBERED, _CHOICES = 2000, 3
#: So that what still follows a reply is not counted to the next one.
_REST_SECONDS = 0.02


T = TypeVar("T")


class Timed(NamedTuple):
    """What was done, and the milliseconds of each time: for replies real ones, then those of the processor."""

    what: str
    spent: Sequence[tuple[float, ...]]

    def row(self) -> str:
        """As a row of a table."""
        cells = []
        for times in map(sorted, zip(*self.spent, strict=True)):
            last = len(times) - 1
            cells += [f"{times[min(last, int(len(times) * share))]:.1f}" for share in (0.5, 0.95, 1)]
        return f"| {self.what} | {len(self.spent)} | {' | '.join(cells)} |"


def heading(what: str, *kinds: str) -> str:
    """Of a table of such rows."""
    names = [what, "n", *(f"{share} ms{kind}" for kind in kinds for share in ("p50", "p95", "max"))]
    return f"| {' | '.join(names)} |\n{'|---' * len(names)}|"


# The bot


@dataclass(slots=True)
class Stopwatch:
    """One person with a watch."""

    user: User
    spent: dict[str, list[tuple[float, ...]]] = field(default_factory=lambda: defaultdict(list))

    async def say(self, what: str, text: str) -> Message:
        """Time what answers a message."""
        return await self._time(what, self.user.say(text, within=60))

    async def press(self, what: str, act: str, message: Message, *, nth: int = 0) -> Message:
        """Time what comes of the first button of an act under a message, or the nth, if there are so many."""
        found = [button.data for button in message.buttons if (button.data or "").split(":")[1:2] == [act]]
        if not found:
            return message
        data = found[min(nth, len(found) - 1)] or ""
        return await self._time(what, self.user.follow(data, message=message, within=60))

    async def ask(self, what: str, text: str) -> None:
        """Time the answer to an inline query."""
        await self._time(what, self.user.inline(text, within=60))

    async def _time(self, what: str, work: Awaitable[T]) -> T:
        began, busy = time.perf_counter(), time.process_time()
        answer = await work
        self.spent[what].append((1000 * (time.perf_counter() - began), 1000 * (time.process_time() - busy)))
        await asyncio.sleep(_REST_SECONDS)
        return answer


async def a_round(watch: Stopwatch, said: "Sayings", rng: random.Random) -> None:
    """Every command once, and the buttons that follow from it."""
    digest = await watch.say("/digest", "/digest")
    section = await watch.press("  a section", "sect", digest, nth=rng.randrange(6))
    await watch.press("  back to the digest", "front", section)
    story = await watch.press("  a story", "story", digest, nth=rng.randrange(6))
    await watch.press("  save it", "save", story)
    latest = await watch.say("/latest", "/latest")
    latest = await watch.press("  older", "latest", latest)
    await watch.press("  a story", "story", latest, nth=rng.randrange(6))
    found = await watch.say("/search, one word", f"/search {said.word(rng)}")
    await watch.press("  older", "found", found)
    narrow = await watch.press("  its filters", "filters", found)
    await watch.press("  narrowed", "narrow", narrow, nth=rng.randrange(6))
    await watch.say("/search, word and place", f"/search {said.word(rng)} place:{rng.choice(PLACES)}")
    await watch.say("/search, the last week", f"/search topic:{rng.choice(TOPICS)} from:7d")
    await watch.say("/search, words that stand together", f"/search {said.pair(rng)}")
    await watch.say("/search, nothing found", f"/search {said.word(rng)} {fold(said.word(rng))}qx")
    await watch.say("words without a command", said.pair(rng))
    await watch.say("/saved", "/saved")
    await watch.say("/settings", "/settings")
    await watch.say("/places cuba", "/places cuba")
    await watch.say("/topics", "/topics")
    await watch.say("/lines", "/lines")
    await watch.say("/help", "/help")
    await watch.ask("inline, some words", said.pair(rng))
    await watch.ask("inline, half a word", fold(said.word(rng))[:4])
    await watch.ask("inline, nothing yet", "")


@asynccontextmanager
async def a_bot(database: Path) -> AsyncIterator[tuple[BotApi, Newsroom]]:
    """The bot over a database, its clock standing still and in no hurry."""
    async with BotApi(now=lambda: NOW) as api:
        settings = Settings(token=api.token, api_url=api.base_url, database_url=f"sqlite:///{database}")
        async with open_newsroom(settings, feeds(), clock=lambda: NOW, rng=random.Random(1)) as newsroom:
            bot = Bot(newsroom, sleep=_no_wait, monotonic=itertools.count(step=10).__next__)
            await bot.start(ticking=False)
            settle()
            try:
                yield api, newsroom
            finally:
                await bot.stop()


async def _no_wait(seconds: float) -> None:
    """The pace between messages is not what is measured."""


async def time_replies(database: Path, *, rounds: int, rng: random.Random) -> list[Timed]:
    """What people wait for, command by command, in the order of a round."""
    spent: dict[str, list[tuple[float, ...]]] = defaultdict(list)
    async with a_bot(database) as (api, newsroom):
        said = await newsroom.store.read(lambda store: Sayings.of(store, rng))
        for n in range(rounds):
            if n % _ROUNDS_EACH == 0:
                number = n // _ROUNDS_EACH
                person = api.user(f"Reader {number}", language_code="vi" if number % 2 else "en")
                watch = Stopwatch(person, spent)
                welcome = await watch.say("/start", "/start")
                await watch.press("  a ready choice, with the first digest", "preset", welcome, nth=number % _CHOICES)
            await a_round(watch, said, rng)
    everything = [each for some in spent.values() for each in some]
    return [*(Timed(what, some) for what, some in spent.items()), Timed("all of these", everything)]


# Searches by themselves


@dataclass(frozen=True, slots=True)
class Sayings:
    """Words that somebody may look for: those of some items of the archive."""

    texts: Sequence[Sequence[str]]

    @classmethod
    def of(cls, store: Store, rng: random.Random) -> "Sayings":
        """The words of some items, drawn by chance."""
        most = store.stats(now=NOW).items
        items = [store.items.get(rng.randint(1, most)) for _ in range(_REMEMBERED)]
        return cls([_spoken(item) for item in items if item])

    def word(self, rng: random.Random) -> str:
        """One word."""
        return rng.choice(rng.choice(self.texts))

    def pair(self, rng: random.Random) -> str:
        """Two words that stand together somewhere."""
        text = rng.choice(self.texts)
        start = rng.randrange(len(text) - 1)
        return f"{text[start]} {text[start + 1]}"


def _spoken(item: Item) -> list[str]:
    return [word for word in words(f"{item.title} {item.text}") if len(word) > 1]


def queries(said: Sayings, rng: random.Random, *, n: int) -> dict[str, list[Query]]:
    """Searches of each kind."""
    kinds: dict[str, list[Query]] = defaultdict(list)
    for _ in range(n):
        one, other, pair = said.word(rng), said.word(rng), said.pair(rng)
        topic, place = (rng.choice(TOPICS),), (rng.choice(PLACES),)
        month = NOW - timedelta(days=30)
        for kind, query in {
            "newest: a word": Query(text=one),
            "newest: two words": Query(text=f"{one} {other}"),
            "newest: a word and a topic": Query(text=one, topics=topic),
            "newest: a topic and a place": Query(topics=topic, places=place),
            "newest: a place, the last 30 days": Query(places=place, since=month),
            "newest: neighbours": Query(text=pair),
            "newest: neighbours without accents": Query(text=fold(pair)),
            "newest: a phrase in quotes": Query(text=f'"{pair}"'),
            "newest: half a word": Query(text=fold(one)[:4], unfinished=True),
            "newest: a word, page 20": Query(text=one, offset=19 * _PAGE),
            "relevance: a word": Query(text=one, order="relevance"),
            "relevance: two words": Query(text=f"{one} {other}", order="relevance"),
            "relevance: neighbours": Query(text=pair, order="relevance"),
            "relevance: a word and a topic": Query(text=one, topics=topic, order="relevance"),
            "nothing found": Query(text=f"{one} {fold(other)}qx"),
        }.items():
            kinds[kind].append(replace(query, limit=_PAGE))
    return kinds


def time_searches(store: Store, *, n: int, rng: random.Random) -> Iterator[Timed]:
    """What searches cost, kind by kind."""
    archive = store.archive
    asked = queries(Sayings.of(store, rng), rng, n=n)
    for kind, some in asked.items():
        yield Timed(kind, [_cpu(archive.find, query) for query in some])
    counted = asked["newest: a word"]
    yield Timed("how an answer divides", [_cpu(lambda query: archive.facets(query, now=NOW), one) for one in counted])
    yield Timed("what to try instead", [_cpu(archive.suggest, query) for query in asked["nothing found"]])


def _cpu(work: Callable[[Query], object], query: Query) -> tuple[float]:
    began = time.thread_time()
    work(query)
    return (1000 * (time.thread_time() - began),)


def _filled(database: Path, count: int) -> None:
    with closing(Store.open(f"sqlite:///{database}")) as store:
        if store.stats(now=NOW).items:
            return
        began = time.monotonic()
        fill(store, count, until=NOW)
        print(f"{count:,} items stored in {time.monotonic() - began:.0f} s\n", file=sys.stderr)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--database", type=Path, help="keep the database here, or take it from here")
    args = parser.parse_args()
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    with tempfile.TemporaryDirectory() as folder:
        kept = args.database or Path(folder) / "filled.db"
        _filled(kept, args.items)
        used = Path(folder) / "used.db"
        shutil.copy(kept, used)
        print(heading("command or press", "", " busy"))
        for timed in asyncio.run(time_replies(used, rounds=args.rounds, rng=random.Random(1))):
            print(timed.row())
        print("\n" + heading("search", " busy"))
        with closing(Store.open(f"sqlite:///{kept}", read_only=True)) as store:
            for timed in time_searches(store, n=3 * args.rounds, rng=random.Random(1)):
                print(timed.row())
    return 0


if __name__ == "__main__":
    sys.exit(main())
