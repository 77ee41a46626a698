"""Everything wired together, short of Telegram: sources, store, thinking and names, for the bot and the command line.

feeds.yaml ─→ Poller ─→ Desk (labels, summary) ─→ store ─→ StoryIndex (stories) ─→ digest, search
"""

import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from digest.classify import load_classifier
from digest.compose import STORY_CAP
from digest.daily import Desk, build_digest
from digest.index import StoryIndex
from digest.model import Digest, NewItem, Source, Wishes
from digest.places import Gazetteer, load_gazetteer
from digest.polling import Polled, SourceState
from digest.query import Hits, Query
from digest.readers import Told
from digest.settings import Settings
from digest.stories import group_items
from feeds.fetch import Fetcher, user_agent
from feeds.parse import Parser
from feeds.poll import Poller
from feeds.sources import private_hosts
from render.names import HouseNames, Names
from render.words import LANGUAGES
from storage.thread import StoreThread

Clock = Callable[[], datetime]


class _PolledInto:
    """The store as the poller wants it."""

    def __init__(self, store: StoreThread) -> None:
        self._store = store

    async def known(self, source_url: str, identities: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        return await self._store.run(lambda store: store.items.known(source_url, identities))

    async def save_poll(self, polled: Polled, new: Sequence[NewItem], changed: Sequence[NewItem]) -> tuple[int, int]:
        return await self._store.run(lambda store: store.items.save_poll(polled, new, changed))


@dataclass(slots=True)
class Newsroom:
    """What every command needs. `clock` gives the aware UTC time."""

    settings: Settings
    clock: Clock
    store: StoreThread
    poller: Poller
    index: StoryIndex
    gazetteer: Gazetteer
    names: Names

    async def poll(self, *, due_only: bool = True) -> list[Polled]:
        """Poll the sources that are due (or all), then group what came into stories."""
        now = self.clock()
        states = await self.store.run(lambda store: store.sources.due(now) if due_only else store.sources.all())
        return await self.poll_these(states)

    async def poll_these(self, states: Sequence[SourceState]) -> list[Polled]:
        """Poll these sources and group what came into stories."""
        polled = await self.poller.poll(states) if states else []
        # A few hundred at a time: others wait for the writing thread too.
        while await self.store.run(lambda store: group_items(store, self.index, now=self.clock())):
            pass
        return polled

    async def digest(
        self,
        wishes: Wishes,
        *,
        since: datetime,
        until: datetime,
        told: Mapping[int, Told] | None = None,
        cap: int = STORY_CAP,
    ) -> Digest:
        """What these wishes give for a window."""
        return await self.store.read(
            lambda store: build_digest(store, wishes, since=since, until=until, told=told, cap=cap)
        )

    async def search(self, query: Query) -> Hits:
        """Past items."""
        return await self.store.read(lambda store: store.archive.find(query))


@asynccontextmanager
async def open_newsroom(
    settings: Settings, sources: Sequence[Source], *, clock: Clock, rng: random.Random
) -> AsyncIterator[Newsroom]:
    """A newsroom that listens to these sources; closes what it opened, in order.

    Raises StorageError where the database cannot be used.
    """
    store = await StoreThread.open(settings.database_url)
    try:
        now = clock()
        await store.run(lambda shelves: shelves.sources.sync(sources, now=now))
        await store.run(lambda shelves: shelves.readers.keep_languages(LANGUAGES, otherwise=settings.language))
        gazetteer = load_gazetteer()
        desk = Desk(load_classifier())
        async with open_listening(settings, sources) as (fetcher, parser):
            poller = Poller(
                store=_PolledInto(store),
                fetcher=fetcher,
                parser=parser,
                think=desk.read,
                clock=clock,
                interval=settings.poll_interval,
                rng=rng,
            )
            yield Newsroom(settings, clock, store, poller, StoryIndex(), gazetteer, HouseNames(gazetteer))
    finally:
        await store.close()


@asynccontextmanager
async def open_listening(settings: Settings, sources: Sequence[Source]) -> AsyncIterator[tuple[Fetcher, Parser]]:
    """What fetches and what reads these sources."""
    agent = user_agent(_version(), settings.contact_url)
    async with Fetcher(user_agent=agent, allowed=private_hosts(sources)) as fetcher, Parser() as parser:
        yield fetcher, parser


def _version() -> str:
    try:
        return version("diplomacy-digest-bot")
    except PackageNotFoundError:  # run from a checkout
        return "dev"
