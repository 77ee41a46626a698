"""Polls all cases of the manifest together, through the real poller, over real HTTP, into a real store."""

import random
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from digest.classify import load_classifier
from digest.daily import Desk
from digest.model import NewItem, Source
from digest.polling import Polled
from feeds.fetch import Fetcher, Limits
from feeds.parse import Parser
from feeds.poll import Poller
from storage.thread import StoreThread
from tests.hostile.manifest import NOW, Case, Outcome
from tests.hostile.publisher import PUBLIC, Answer, Names, Publisher, public

INTERVAL = timedelta(minutes=15)
#: Short, so that what hangs is over soon.
LIMITS = Limits(connect=3, total=3)


class _Shelf:
    """The store as the poller wants it; remembers when what was saved."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store
        self.saved: dict[str, float] = {}

    async def known(self, source_url: str, identities: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        return await self._store.run(lambda store: store.items.known(source_url, identities))

    async def save_poll(self, polled: Polled, new: Sequence[NewItem], changed: Sequence[NewItem]) -> tuple[int, int]:
        counts = await self._store.run(lambda store: store.items.save_poll(polled, new, changed))
        self.saved[polled.url] = time.perf_counter()
        return counts


async def play(cases: Sequence[Case], folder: Path) -> dict[str, Outcome]:
    """What came of each case, by name. Poll number n of every case that has one happens on day n, all at once."""
    day = 0

    def answers(host: str, path: str, _: int) -> Answer | None:
        if path == "/feed" and host in by_host and day < len(by_host[host].polls):
            return by_host[host].polls[day].answer
        return pages.get(f"{host}{path}")

    by_host = {case.at: case for case in cases}
    pages = {(key if key[0] != "/" else case.at + key): page for case in cases for key, page in case.pages.items()}
    names = Names(
        {case.at: ((PUBLIC,),) for case in cases if case.public}
        | {k: v for case in cases for k, v in case.names.items()}
    )
    database = folder / "digest.db"
    async with Publisher(answers) as inside, Publisher(answers, address=PUBLIC, port=inside.port) as outside:
        urls = {case.name: f"http://{case.at}:{inside.port}/feed" for case in cases}
        sources = [Source(url=urls[case.name], name=case.name, **case.source) for case in cases]
        allowed = frozenset((case.at, inside.port) for case in cases)
        store = await StoreThread.open(f"sqlite:///{database}")
        try:
            await store.run(lambda shelves: shelves.sources.sync(sources, now=NOW))
            shelf, desk = _Shelf(store), Desk(load_classifier())
            polled: dict[str, list[Polled]] = {case.name: [] for case in cases}
            seconds: dict[str, list[float]] = {case.name: [] for case in cases}
            async with (
                Fetcher(
                    user_agent="test", allowed=allowed, limits=LIMITS, clock=lambda: NOW, lookup=names, public=public
                ) as fetcher,
                Parser(deadline=30, cpu_seconds=2) as parser,
            ):
                poller = Poller(
                    store=shelf,
                    fetcher=fetcher,
                    parser=parser,
                    think=desk.read,
                    clock=lambda: NOW + timedelta(days=day),
                    interval=INTERVAL,
                    rng=random.Random(6),
                )
                for day in range(max(len(case.polls) for case in cases)):
                    playing = {case.name for case in cases if day < len(case.polls)}
                    states = [s for s in await store.run(lambda s: s.sources.all()) if s.source.name in playing]
                    started = time.perf_counter()
                    for state, one in zip(states, await poller.poll(states), strict=True):
                        polled[state.source.name].append(one)
                        seconds[state.source.name].append(shelf.saved[state.source.url] - started)
        finally:
            await store.close()
        asked = [*inside.asked, *outside.asked]
    with closing(sqlite3.connect(database)) as db:
        db.row_factory = sqlite3.Row
        faults = [row[0] for row in db.execute("pragma integrity_check")]
        assert faults == ["ok"], faults
        rows = {row["url"]: dict(row) for row in db.execute("select * from sources")}
        items = [dict(row) for row in db.execute("select * from items order by id")]
    outcomes = {}
    for case in cases:
        source = rows[urls[case.name]]
        hosts = {case.at, *case.names, *(key.partition("/")[0] for key in case.pages)} - {""}
        outcomes[case.name] = Outcome(
            polled=tuple(polled[case.name]),
            source=source,
            items=tuple(row for row in items if row["source_id"] == source["id"]),
            asked=tuple(one for one in asked if one.host in hosts),
            seconds=tuple(seconds[case.name]),
        )
    return outcomes
