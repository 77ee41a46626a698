"""Parsing in worker processes: what hangs or unfolds is killed, the next document is read as if nothing had been."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.errors import FeedError
from digest.model import Source
from feeds.document import ParsedFeed, read_document
from feeds.parse import Parser
from tests.feedserver import item, rss

DATA = Path(__file__).parent / "data"
on_linux = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to count processes")
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SOURCE = Source(url="https://news.example/rss", name="The Example", country="VN")
GOOD = rss(item(1), item(2), more="<ttl>60</ttl><language>en</language>")
#: A long author without an @ keeps one of feedparser's patterns busy for minutes.
HANGS = rss(item(1, more=f"<author>{'a' * 200_000}</author>"))
#: 120 MB of title in 50 KB of XML.
UNFOLDS = rss(f"<item><link>https://a.example/</link><title>{'&a;' * 4000}</title></item>").replace(
    b"<rss", b'<!DOCTYPE rss [\n<!ENTITY a "' + b"ha " * 10_000 + b'">\n]>\n<rss', 1
)


async def parsed(parser: Parser, body: bytes) -> ParsedFeed:
    return await parser.parse(body, {}, source=SOURCE, url=SOURCE.url, fetched_at=NOW)


async def kind_of(parser: Parser, body: bytes) -> str:
    with pytest.raises(FeedError) as caught:
        await parsed(parser, body)
    assert caught.value.url == SOURCE.url
    return caught.value.kind


def processes() -> set[str]:
    """The children of this process that are still there, whatever their state."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def test_a_feed_comes_out_of_a_worker_as_it_is_read_at_home() -> None:
    async with Parser() as parser:
        for body in (GOOD, *((DATA / name).read_bytes() for name in ("atom.xml", "jsonfeed.json", "rdf.xml"))):
            here = read_document(body, {}, source=SOURCE, url=SOURCE.url, fetched_at=NOW)
            assert await parsed(parser, body) == here


async def test_what_matters_crosses_over_to_the_worker() -> None:
    body = rss(item(1, title="Ünïcödé")).decode().replace(' encoding="UTF-8"', "").encode("latin-1")
    source = Source(url=SOURCE.url, name="Tin", language="vi", country="VN")
    async with Parser() as parser:
        feed = await parser.parse(
            body,
            {"content-type": "text/xml; charset=latin-1"},
            source=source,
            url=source.url,
            fetched_at=NOW,
            identity_by="link",
        )
    (entry,) = feed.entries
    assert (entry.title, entry.identity, feed.identity_by) == ("Ünïcödé", "https://news.example/1", "link")


async def test_an_error_of_the_document_comes_back_with_its_kind() -> None:
    async with Parser() as parser:
        assert await kind_of(parser, b"<html></html>") == "not_feed"
        assert (await parsed(parser, GOOD)).ttl == timedelta(hours=1)


async def test_a_document_past_its_deadline_is_killed_and_the_next_one_read() -> None:
    async with Parser(workers=1, deadline=1, cpu_seconds=60) as parser:
        assert await kind_of(parser, HANGS) == "timeout"
        assert len((await parsed(parser, GOOD)).entries) == 2


async def test_a_hanging_document_holds_up_no_other() -> None:
    async with Parser(workers=2, deadline=60, cpu_seconds=60) as parser:
        hanging = asyncio.ensure_future(parsed(parser, HANGS))
        feeds = [await parsed(parser, GOOD) for _ in range(5)]
        assert hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
    assert [len(feed.entries) for feed in feeds] == [2] * 5


async def test_sources_that_were_too_heavy_share_one_worker() -> None:
    """However many they are, another worker is free for the others."""
    heavy = [Source(url=f"https://heavy.example/{n}", name="Heavy") for n in range(3)]

    async def stopped(source: Source) -> None:
        with pytest.raises(FeedError):
            await parser.parse(HANGS, {}, source=source, url=source.url, fetched_at=NOW)

    async with Parser(workers=2, deadline=1, cpu_seconds=60) as parser:
        await asyncio.gather(*(stopped(source) for source in heavy))
        again = [asyncio.ensure_future(stopped(source)) for source in heavy]
        await asyncio.sleep(0)
        for _ in range(5):
            await parsed(parser, GOOD)
        assert sum(task.done() for task in again) <= 1
        await asyncio.gather(*again)
        # One that mends its ways is treated like any other.
        await parser.parse(GOOD, {}, source=heavy[0], url=heavy[0].url, fetched_at=NOW)
        assert len((await parsed(parser, GOOD)).entries) == 2


async def test_a_document_that_burns_its_processor_time_is_a_bomb() -> None:
    async with Parser(workers=1, deadline=60, cpu_seconds=0) as parser:
        assert await kind_of(parser, HANGS) == "bomb"
        assert len((await parsed(parser, GOOD)).entries) == 2


async def test_a_document_that_unfolds_past_the_memory_is_a_bomb() -> None:
    async with Parser(workers=1, deadline=60, memory_bytes=300_000_000) as parser:
        assert await kind_of(parser, UNFOLDS) == "bomb"
        assert len((await parsed(parser, GOOD)).entries) == 2


@on_linux
async def test_workers_start_when_needed_and_end_with_the_parser() -> None:
    before = processes()
    async with Parser(workers=2) as parser:
        assert processes() == before
        await asyncio.gather(*(parsed(parser, GOOD) for _ in range(6)))
        assert len(processes() - before) == 2
    assert processes() == before


@on_linux
async def test_a_caller_who_gives_up_leaves_no_process_behind() -> None:
    before = processes()
    async with Parser(workers=1, deadline=60, cpu_seconds=60) as parser:
        await parsed(parser, GOOD)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await parsed(parser, HANGS)
        assert processes() == before
        assert len((await parsed(parser, GOOD)).entries) == 2


async def test_a_worker_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not a module of the working directory, not PYTHONPATH."""
    (tmp_path / "feedparser.py").write_text("raise SystemExit('a stranger')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    async with Parser() as parser:
        assert len((await parsed(parser, GOOD)).entries) == 2
