"""What many tests need: a store on a real file, and short ways to write moments and news."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from digest.model import Entry, Labels, NewItem, Source
from digest.polling import Polled
from storage.store import Store
from tests.world import World, read_the_news, running_bot

# A busy machine proves nothing.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

# As bot.py does: PTB's RetryAfter then speaks in timedelta and does not warn of a change to come.
os.environ.setdefault("PTB_TIMEDELTA", "1")

FEED = "https://news.example/rss"


def utc(text: str) -> datetime:
    """A moment in UTC, written as people write it: utc("2026-11-21 07:30")."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_source(url: str = FEED, **fields) -> Source:
    return Source(**{"url": url, "name": "The Example", "language": "en"} | fields)


def an_item(title: str, text: str = "", *, labels: Labels | None = None, summary: tuple[str, ...] = (), **fields):
    """A new item whose identity is its title, unless `fields` of Entry say otherwise."""
    slug = "-".join(title.lower().split())
    entry = {
        "identity": slug,
        "url": f"https://news.example/{slug}?utm_source=rss",
        "canonical_url": f"https://news.example/{slug}",
        "title": title,
        "text": text,
        "published": utc("2026-11-21 00:00"),
        "dated": True,
        "language": "en",
    }
    return NewItem(entry=Entry(**entry | fields), labels=labels or Labels(), summary=summary)


def a_poll(url: str = FEED, *, at: datetime | None = None, **fields) -> Polled:
    at = at or utc("2026-11-21 01:00")
    return Polled(**{"url": url, "at": at, "next_poll_at": at + timedelta(minutes=15), "http_status": 200} | fields)


@pytest.fixture(scope="session")
def news(tmp_path_factory):
    """A database that has read the sample feeds; tests begin with a copy of it."""
    database = tmp_path_factory.mktemp("news") / "news.db"
    asyncio.run(read_the_news(database))
    return database


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    """The whole bot at DAWN, with the sample feeds read. Telegram must have taken everything as first written."""
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made
        # Only a second press finds its screen in place.
        assert [each for each in made.api.refused if "not modified" not in each.description] == []


@pytest.fixture(scope="session")
def ports(worker_id: str) -> Iterator[int]:
    """Ports below those that Linux hands out by itself; for each process of tests others."""
    begin = 20_000 + 500 * int(worker_id.removeprefix("gw") if worker_id != "master" else 0)
    return iter(range(begin, begin + 500))


@pytest.fixture
def free_port(ports: Iterator[int]) -> int:
    """A port where nobody listens, and where nobody just did: such a one may not be had again at once."""
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    pytest.fail("no port is free")


@pytest.fixture
def database_url(tmp_path):
    return f"sqlite:///{tmp_path}/data/digest.db"


@pytest.fixture
def store(database_url):
    """An open store on a file of its own."""
    opened = Store.open(database_url)
    yield opened
    opened.close()


@pytest.fixture
def story_ids(store):
    """Four stories in that store, by their ids."""
    now = utc("2026-11-21 02:00")
    store.sources.sync([a_source()], now=now)
    store.items.save_poll(a_poll(), [an_item(f"Story {n}") for n in range(4)], [])
    return [store.stories.open_story(item) for item in store.stories.unplaced(4)]
