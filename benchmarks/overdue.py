"""After an outage everybody is overdue: `python -m benchmarks.overdue --readers 2000`.

The whole bot in this process, at its own pace and with its own ticks, starts an hour after so many editions were due;
each reader has other wishes. Telegram is a real server on loopback in a process of its own. Prints when the first
message came, when half of them and all of them had come, and the processor time of the bot meanwhile.
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
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from chat.app import Bot
from chat.newsroom import Newsroom, open_newsroom
from digest.model import Topic, Wishes
from digest.places import load_gazetteer
from digest.readers import Cadence, Chat, ChatState
from digest.settings import Settings
from playground.botapi import BotApi
from playground.newsstand import Newsstand
from storage.store import Store

#: When the outage ended; the sample feeds were read an hour before.
NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
OUTAGE = timedelta(hours=1)
#: How often (seconds) Telegram counts what it has taken.
_COUNT_EVERY = 0.02
#: Longest that a message of somebody may wait, in seconds: then the run is given up.
_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Result:
    """Seconds from the start until Telegram had taken the first, half and all of the messages; of `busy` CPU."""

    readers: int
    wishes: int
    messages: int
    first: float
    half: float
    last: float
    busy: float


def telegram(parent: Connection, readers: int) -> None:
    """Take messages until every reader has one; then send when each came, on the monotonic clock of the machine."""

    async def work() -> None:
        async with BotApi(now=lambda: NOW) as api:
            people = [api.user(f"Reader {number}") for number in range(readers)]
            for person in people:
                person.chat.met = person.chat.started = True
            parent.send((api.base_url, api.token, [person.id for person in people]))
            came: list[float] = []
            waiting = set(range(readers))
            quiet_since = time.monotonic()
            while waiting and time.monotonic() - quiet_since < _PATIENCE:
                await asyncio.sleep(_COUNT_EVERY)
                count = sum(len(person.messages) for person in people)
                if count > len(came):
                    quiet_since = time.monotonic()
                    came += [quiet_since] * (count - len(came))
                    waiting = {number for number in waiting if not people[number].messages}
            parent.send((came, len(waiting)))
            await asyncio.to_thread(parent.recv)

    asyncio.run(work())


def all_wishes() -> list[Wishes]:
    """Different wishes, some thousand of them: a topic or two, a place or none."""
    topics = [topic.value for topic in Topic]
    pairs = [frozenset(pair) for size in (1, 2) for pair in itertools.combinations(topics, size)]
    places = [frozenset[str](), *(frozenset({code}) for code in sorted(load_gazetteer().countries())[:100])]
    return [
        Wishes(topics=some, places=at, language=language)
        for at in places
        for some in pairs
        for language in ("en", "vi")
    ]


def subscribe(store: Store, readers: Sequence[int], wishes: Sequence[Wishes]) -> None:
    """Give each reader a line that was due when the outage began."""
    before = NOW - timedelta(days=1, hours=2)
    hour = (NOW - OUTAGE).time()
    for number, reader in enumerate(readers):
        wish = wishes[number % len(wishes)]
        store.readers.add_chat(
            Chat(
                id=reader, kind="private", language=wish.language, zone="UTC", state=ChatState.ACTIVE, created_at=before
            )
        )
        line = store.lines.add(reader, 0, wish, Cadence(hours=(hour,)), now=before)
        store._db.execute(
            "update slots set due_at = :at where line_id = :id", at=int((NOW - OUTAGE).timestamp()), id=line.id
        )


async def overdue(readers: int) -> Result:
    """Let so many wait, start the bot, and see when they are served."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    world = spawn.Process(target=telegram, args=(theirs, readers), daemon=True)
    world.start()
    base_url, token, people = await asyncio.to_thread(ours.recv)
    wishes = all_wishes()
    random.Random(1).shuffle(wishes)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(token=token, api_url=base_url, database_url=f"sqlite:///{Path(folder) / 'bot.db'}")
        async with Newsstand(NOW - OUTAGE) as stand:
            async with open_newsroom(
                settings, stand.sources, clock=lambda: NOW - OUTAGE, rng=random.Random(1)
            ) as newsroom:
                await newsroom.poll()
                await newsroom.store.run(lambda store: subscribe(store, people, wishes))
            began = time.monotonic()
            rng = random.Random(1)

            def clock() -> datetime:
                return NOW + timedelta(seconds=time.monotonic() - began)

            async with open_newsroom(settings, stand.sources, clock=clock, rng=rng) as newsroom:
                return await _serve(newsroom, ours, began, readers=readers, wishes=min(readers, len(wishes)))


async def _serve(newsroom: Newsroom, telegram: Connection, began: float, *, readers: int, wishes: int) -> Result:
    busy = time.process_time()
    bot = Bot(newsroom)
    await bot.start()
    try:
        came, without = await asyncio.to_thread(telegram.recv)
        busy = time.process_time() - busy
    finally:
        await bot.stop()
        telegram.send(None)
    if without:
        raise SystemExit(f"{without} readers got nothing")
    first, half, last = (came[place] - began for place in (0, len(came) // 2, -1))
    return Result(readers, wishes, len(came), first, half, last, busy)


def main() -> int:
    """Print one row."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--readers", type=int, default=2000)
    args = parser.parse_args()
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    one = asyncio.run(overdue(args.readers))
    print("| readers | different wishes | messages | first s | half s | all s | messages/s | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    rate = one.messages / (one.last - one.first) if one.last > one.first else 0.0
    print(
        f"| {one.readers:,} | {one.wishes:,} | {one.messages:,} | {one.first:.1f} | {one.half:.1f} | {one.last:.1f} "
        f"| {rate:.1f} | {one.busy:.1f} |"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
