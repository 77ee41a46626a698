"""Polling: a publisher on loopback, real workers, a real store; what comes in is kept, what fails is passed over."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.errors import StorageError
from digest.model import Entry, Labels, NewItem, Source
from digest.polling import Polled, SourceState
from feeds.decide import decide, follow_move, guids_recycled, guids_unstable
from feeds.document import ParsedFeed
from feeds.fetch import Fetcher, Limits
from feeds.parse import Parser
from feeds.poll import Poller
from storage.thread import StoreThread
from tests.feedserver import FeedServer, item, rss

INTERVAL = timedelta(minutes=15)


def think(entry: Entry, source: Source) -> NewItem:
    return NewItem(entry=entry, labels=Labels(topics=("state",), relevant=True), summary=(entry.title,))


class CountingParser(Parser):
    """Remembers what it was asked to read, and has a bug where it is told to."""

    def __init__(self) -> None:
        super().__init__(deadline=60, cpu_seconds=0)
        self.read: list[str] = []
        self.unchanged: list[int] = []
        self.bug_in: set[str] = set()

    async def parse(self, body, headers, *, source, **rest) -> ParsedFeed:
        self.read.append(source.url)
        if source.url in self.bug_in:
            raise ZeroDivisionError
        feed = await super().parse(body, headers, source=source, **rest)
        self.unchanged.append(feed.unchanged)
        return feed


class Bench:
    """A poller with all it needs, an hour that only we move, and sources that stand in the store."""

    def __init__(
        self, store: StoreThread, server: FeedServer, closed: FeedServer, fetcher: Fetcher, parser: CountingParser
    ) -> None:
        self.store, self.server, self.closed, self.parser = store, server, closed, parser
        self.now = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
        self.think = think
        self.broken_for: set[str] = set()
        self.poller = Poller(
            store=self,
            fetcher=fetcher,
            parser=parser,
            think=lambda entry, source: self.think(entry, source),
            clock=lambda: self.now,
            interval=INTERVAL,
            rng=random.Random(7),
        )

    async def known(self, source_url: str, identities: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        return await self.store.run(lambda store: store.items.known(source_url, identities))

    async def save_poll(self, polled: Polled, new: Sequence[NewItem], changed: Sequence[NewItem]) -> tuple[int, int]:
        if polled.url in self.broken_for:
            raise StorageError("the disk is full")
        return await self.store.run(lambda store: store.items.save_poll(polled, new, changed))

    async def listen_to(self, *urls: str) -> None:
        sources = [Source(url=url, name=f"Source {n}") for n, url in enumerate(urls)]
        await self.store.run(lambda store: store.sources.sync(sources, now=self.now))

    async def poll(self, *, after: timedelta = timedelta(hours=1)) -> list[Polled]:
        """All sources, the hour moved on first."""
        self.now += after
        states = await self.states()
        return await self.poller.poll(states)

    async def states(self) -> list[SourceState]:
        return await self.store.run(lambda store: store.sources.all())

    async def titles(self) -> list[str]:
        return await self.store.run(lambda store: sorted(item.title for item in store.items.export(None)))


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@pytest.fixture
async def bench(server: FeedServer, database_url: str) -> AsyncIterator[Bench]:
    async with a_bench(server, database_url) as bench:
        yield bench


@asynccontextmanager
async def a_bench(server: FeedServer, database_url: str) -> AsyncIterator[Bench]:
    async with FeedServer() as closed:
        pass  # from here on nobody answers at its address
    allowed = frozenset({("127.0.0.1", server.port), ("127.0.0.1", closed.port)})
    store = await StoreThread.open(database_url)
    try:
        async with (
            Fetcher(user_agent="test", allowed=allowed, limits=Limits(connect=10, total=20)) as fetcher,
            CountingParser() as parser,
        ):
            yield Bench(store, server, closed, fetcher, parser)
    finally:
        await store.close()


# ---------------------------------------------------------------- what comes in


async def test_what_is_new_is_thought_over_and_stored(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1), item(2))))
    (polled,) = await bench.poll()
    assert (polled.error, polled.http_status, polled.new, polled.updated) == ("none", 200, 2, 0)
    assert polled.seconds > 0
    stored = await bench.store.run(lambda store: list(store.items.export(None)))
    assert [(i.title, i.labels.topics, i.summary) for i in stored] == [
        ("Report 1", ("state",), ("Report 1",)),
        ("Report 2", ("state",), ("Report 2",)),
    ]


async def test_validators_spare_the_publisher_the_body(bench: Bench) -> None:
    headers = {"ETag": 'W/"odd', "Last-Modified": "yesterday"}
    await bench.listen_to(bench.server.set("/feed", rss(item(1)), headers=headers, conditional=True))
    await bench.poll()
    (polled,) = await bench.poll()
    sent = bench.server.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"odd', "yesterday")
    assert (polled.error, polled.http_status, polled.new) == ("none", 304, 0)
    assert len(bench.parser.read) == 1
    assert [(s.etag, s.last_modified) for s in await bench.states()] == [('W/"odd', "yesterday")]


async def test_validators_that_a_304_leaves_out_still_hold(bench: Bench) -> None:
    url = bench.server.set("/feed", rss(item(1)), headers={"ETag": '"a"'})
    await bench.listen_to(url)
    await bench.poll()
    bench.server.set("/feed", status=304)
    assert [polled.etag for polled in await bench.poll()] == ['"a"']
    assert [s.etag for s in await bench.states()] == ['"a"']


async def test_validators_that_a_new_answer_leaves_out_are_given_up(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1)), headers={"ETag": '"a"'}))
    await bench.poll()
    bench.server.set("/feed", rss(item(1), item(2)))
    await bench.poll()
    assert [s.etag for s in await bench.states()] == [None]


async def test_the_same_bytes_again_are_not_parsed(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1))))
    await bench.poll()
    (polled,) = await bench.poll()
    assert (polled.http_status, polled.new, len(bench.parser.read)) == (200, 0, 1)


async def test_only_what_is_new_or_edited_is_thought_over(bench: Bench) -> None:
    seen: list[str] = []

    def watching(entry: Entry, source: Source) -> NewItem:
        seen.append(entry.title)
        return think(entry, source)

    bench.think = watching
    await bench.listen_to(bench.server.set("/feed", rss(item(1), item(2))))
    await bench.poll()
    bench.server.set("/feed", rss(item(3), item(2, title="Report 2, mended"), item(1)))
    (polled,) = await bench.poll()
    assert (polled.new, polled.updated) == (1, 1)
    assert sorted(seen) == ["Report 1", "Report 2", "Report 2, mended", "Report 3"]
    assert await bench.titles() == ["Report 1", "Report 2, mended", "Report 3"]


async def test_an_item_we_fail_to_think_about_is_stored_all_the_same(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(entry: Entry, source: Source) -> NewItem:
        if entry.title == "Report 1":
            raise ZeroDivisionError
        return think(entry, source)

    bench.think = failing
    await bench.listen_to(bench.server.set("/feed", rss(item(1), item(2))))
    (polled,) = await bench.poll()
    assert (polled.error, polled.new) == ("none", 2)
    assert await bench.titles() == ["Report 1", "Report 2"]
    assert "no thoughts on “Report 1”" in caplog.text


# ---------------------------------------------------------------- what fails


async def test_a_failing_source_is_logged_by_name_and_passed_over(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    server = bench.server
    await bench.listen_to(
        server.set("/good", rss(item(1))),
        server.set("/missing", status=404),
        server.set("/page", b"<!DOCTYPE html><html></html>"),
        server.set("/hangs", rss(item(2, more=f"<author>{'a' * 200_000}</author>"))),
        server.set("/cut", rss(item(3)), cut_after=60),
        server.set("/path", b"/etc/passwd"),
        server.set("/nothing"),
        server.redirect("/inward", "http://169.254.169.254/latest/meta-data"),
        server.set("/bug", rss(item(5))),
        server.set("/too", rss(item(4))),
    )
    bench.parser.bug_in = {server.url("/bug")}
    polled = await bench.poll()
    assert {p.url.rpartition("/")[2]: p.error for p in polled} == {
        "good": "none",
        "missing": "http",
        "page": "not_feed",
        "hangs": "bomb",
        "cut": "truncated",
        "path": "not_feed",
        "nothing": "empty",
        "inward": "blocked",
        "bug": "parse",
        "too": "none",
    }
    assert await bench.titles() == ["Report 1", "Report 4"]
    assert "Source 1: HTTP status 404 (http)" in caplog.text
    assert "ZeroDivisionError" in caplog.text


async def test_failures_are_counted_and_a_success_forgives_them(bench: Bench) -> None:
    await bench.listen_to(bench.server.url("/feed"))
    counts = [(await bench.poll())[0].failures for _ in range(3)]
    waits = [state.next_poll_at - bench.now for state in await bench.states() if state.next_poll_at]
    bench.server.set("/feed", rss(item(1)))
    (mended,) = await bench.poll()
    assert (counts, waits[0] >= INTERVAL * 4) == ([1, 2, 3], True)
    assert (mended.failures, mended.error, mended.next_poll_at - bench.now <= INTERVAL * 1.1) == (0, "none", True)


async def test_a_publisher_who_asks_for_a_pause_gets_it(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", status=429, headers={"Retry-After": "7200"}))
    (polled,) = await bench.poll()
    assert (polled.error, polled.http_status) == ("rate_limited", 429)
    assert polled.next_poll_at - bench.now >= timedelta(hours=2)


async def test_a_source_that_is_gone_is_not_asked_again(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", status=410))
    assert [polled.error for polled in await bench.poll()] == ["gone"]
    later = bench.now + timedelta(days=365)
    assert await bench.store.run(lambda store: store.sources.due(later)) == []


async def test_a_truncated_answer_leaves_nothing_behind(bench: Bench) -> None:
    whole = rss(item(1), item(2))
    for page in (
        {"body": whole, "cut_after": len(whole) - 30},
        # Its length is right, but somebody before the server lost the end.
        {"body": whole[:-30]},
    ):
        await bench.listen_to(bench.server.set("/feed", headers={"ETag": '"half"'}, **page))
        assert [polled.error for polled in await bench.poll()] == ["truncated"]
        assert [(s.etag, s.body_hash) for s in await bench.states()] == [(None, None)]
        assert await bench.titles() == []
    bench.server.set("/feed", whole, headers={"ETag": '"half"'})
    await bench.poll()
    assert await bench.titles() == ["Report 1", "Report 2"]


async def test_a_bad_answer_spoils_no_validators(bench: Bench) -> None:
    page = {"body": rss(item(1)), "headers": {"ETag": '"a"'}, "conditional": True}
    await bench.listen_to(bench.server.set("/feed", **page))
    await bench.poll()
    bench.server.set("/feed", b"<html></html>", headers={"ETag": '"login page"'})
    await bench.poll()
    bench.server.set("/feed", **page)
    assert [polled.http_status for polled in await bench.poll()] == [304]


async def test_our_own_line_shows_over_polls_of_single_sources_too(bench: Bench) -> None:
    await bench.listen_to(*(bench.closed.url(f"/{n}") for n in range(8)))
    failures = []
    for state in await bench.states():
        bench.now += timedelta(minutes=1)
        failures += [polled.failures for polled in await bench.poller.poll([state])]
    assert failures == [1] * 4 + [0] * 4  # from the fifth on it is plain


async def test_when_nearly_all_fail_to_answer_it_is_our_own_line(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    urls = [bench.closed.url(f"/{n}") for n in range(9)]
    await bench.listen_to(*urls, bench.server.set("/feed", rss(item(1))))
    polled = await bench.poll()
    assert [p.error for p in polled] == ["network"] * 9 + ["none"]
    assert {p.failures for p in polled} == {0}
    assert "our own line" in caplog.text
    await bench.listen_to(*urls[:3], bench.server.url("/feed"))
    assert [p.failures for p in await bench.poll()] == [1, 1, 1, 0]


async def test_documents_that_hang_are_no_sign_of_our_own_line(bench: Bench) -> None:
    body = rss(item(2, more=f"<author>{'a' * 200_000}</author>"))
    bench.parser._deadline = 0.05
    await bench.listen_to(*(bench.server.set(f"/{n}", body) for n in range(5)))
    polled = await bench.poll()
    assert [(p.error, p.failures) for p in polled] == [("timeout", 1)] * 5


async def test_when_nearly_all_refuse_us_it_is_not_our_line(bench: Bench) -> None:
    await bench.listen_to(*(bench.server.url(f"/{n}") for n in range(6)))
    assert [polled.failures for polled in await bench.poll()] == [1] * 6


async def test_a_store_that_fails_is_told_after_the_others_had_their_turn(bench: Bench) -> None:
    urls = [bench.server.set(f"/{n}", rss(item(n))) for n in range(3)]
    bench.broken_for = {urls[1]}
    await bench.listen_to(*urls)
    with pytest.raises(StorageError, match="the disk is full"):
        await bench.poll()
    assert await bench.titles() == ["Report 0", "Report 2"]


# ---------------------------------------------------------------- what is remembered


async def test_a_permanent_redirect_is_followed_directly_after_three_sightings(bench: Bench) -> None:
    target = bench.server.set("/new", rss(item(1)))
    await bench.listen_to(bench.server.redirect("/old", "/new"))
    for _ in range(4):
        await bench.poll()
    assert [request.path for request in bench.server.requests] == ["/old", "/new"] * 3 + ["/new"]
    assert [(s.source.url, s.fetch_url) for s in await bench.states()] == [(bench.server.url("/old"), target)]
    assert await bench.titles() == ["Report 1"]


async def test_a_temporary_redirect_is_never_remembered(bench: Bench) -> None:
    bench.server.set("/new", rss(item(1)))
    await bench.listen_to(bench.server.redirect("/old", "/new", status=302))
    for _ in range(4):
        await bench.poll()
    assert [request.path for request in bench.server.requests] == ["/old", "/new"] * 4


@pytest.mark.parametrize(("status", "polls"), [(410, 1), (500, 3)])
async def test_a_remembered_redirect_that_fails_is_forgotten(bench: Bench, status: int, polls: int) -> None:
    bench.server.set("/new", rss(item(1)))
    await bench.listen_to(bench.server.redirect("/old", "/new"))
    for _ in range(3):
        await bench.poll()
    bench.server.set("/new", status=status)
    bench.server.set("/old", rss(item(2)))
    for _ in range(polls):
        assert [polled.error for polled in await bench.poll()] == ["http"]
    assert [polled.new for polled in await bench.poll()] == [1]
    assert bench.server.requests[-1].path == "/old"


async def test_a_feed_that_renames_its_items_every_time_is_told_apart_by_link(bench: Bench) -> None:
    def feed(poll: int) -> bytes:
        return rss(*(item(n, guid=f"{poll}-{n}") for n in range(4 + poll)))

    await bench.listen_to(bench.server.set("/feed", feed(0)))
    for poll in range(1, 4):
        await bench.poll()
        bench.server.set("/feed", feed(poll))
    (last,) = await bench.poll()
    assert [state.identity_by for state in await bench.states()] == ["link"]
    assert (last.new, await bench.titles()) == (1, [f"Report {n}" for n in range(7)])


async def test_a_feed_of_equal_guids_keeps_all_its_items(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(*(item(n, guid="same") for n in range(3)))))
    assert [polled.new for polled in await bench.poll()] == [3]
    bench.server.set("/feed", rss(*(item(n, guid="same") for n in range(4))))
    assert [polled.new for polled in await bench.poll()] == [1]
    assert [state.identity_by for state in await bench.states()] == ["link"]


async def test_ttl_is_honoured_also_when_nothing_was_new(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1), more="<ttl>300</ttl>")))
    for _ in range(2):
        (polled,) = await bench.poll()
        assert polled.next_poll_at - bench.now >= timedelta(hours=5)


async def test_what_a_publisher_asked_for_is_remembered_across_a_restart(server: FeedServer, database_url: str) -> None:
    body, headers = rss(item(1), more="<ttl>300</ttl>"), {"ETag": '"a"', "Cache-Control": "max-age=36000"}
    async with a_bench(server, database_url) as bench:
        await bench.listen_to(server.set("/feed", body, headers=headers))
        await bench.poll()
    async with a_bench(server, database_url) as bench:
        server.set("/feed", status=304)
        (polled,) = await bench.poll()
        assert timedelta(hours=10) <= polled.next_poll_at - bench.now <= timedelta(hours=11)
        server.set("/feed", body)
        (polled,) = await bench.poll()
        assert timedelta(hours=5) <= polled.next_poll_at - bench.now <= timedelta(hours=6.6)
        assert len(bench.parser.read) == 0


async def test_entries_of_the_last_document_are_not_read_again_after_a_restart_either(
    server: FeedServer, database_url: str
) -> None:
    async with a_bench(server, database_url) as bench:
        await bench.listen_to(server.set("/feed", rss(item(1), item(2))))
        await bench.poll()
    async with a_bench(server, database_url) as bench:
        server.set("/feed", rss(item(3), item(1), item(2, title="Report 2, mended")))
        (polled,) = await bench.poll()
        assert (polled.new, polled.updated, bench.parser.unchanged) == (1, 1, [1])
        assert await bench.titles() == ["Report 1", "Report 2, mended", "Report 3"]


async def test_what_a_store_did_not_keep_is_read_again(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1))))
    bench.broken_for = {bench.server.url("/feed")}
    with pytest.raises(StorageError):
        await bench.poll()
    bench.broken_for = set()
    bench.server.set("/feed", rss(item(2), item(1)))
    await bench.poll()
    assert await bench.titles() == ["Report 1", "Report 2"]


async def test_max_age_is_honoured(bench: Bench) -> None:
    await bench.listen_to(bench.server.set("/feed", rss(item(1)), headers={"Cache-Control": "max-age=7200"}))
    (polled,) = await bench.poll()
    assert timedelta(hours=2) <= polled.next_poll_at - bench.now <= timedelta(hours=2.2)


async def test_results_come_in_the_order_of_the_sources(bench: Bench) -> None:
    urls = [bench.server.set(f"/{n}", rss(item(n)), delay=0.05 if n == 0 else 0) for n in range(4)]
    await bench.listen_to(*urls)
    assert [polled.url for polled in await bench.poll()] == urls
    assert await bench.poller.poll([]) == []


# ---------------------------------------------------------------- decisions, as values


def an_entry(identity: str, title: str = "A") -> Entry:
    return Entry(
        identity=identity,
        url=f"https://a.example/{identity}",
        canonical_url=f"https://a.example/{identity}",
        title=title,
        text="",
        published=datetime(2026, 11, 21, tzinfo=UTC),
        dated=True,
        language="en",
    )


def test_decides_by_identity_and_fingerprint() -> None:
    same, edited, new = an_entry("1"), an_entry("2", "B"), an_entry("3")
    known = {"1": same.fingerprint, "2": an_entry("2").fingerprint, "9": ("", "", "")}
    decision = decide([same, edited, new], known)
    assert (decision.new, decision.changed) == ((new,), (edited,))


def test_another_redirect_or_none_begins_the_count_anew() -> None:
    state = SourceState(source=Source(url="https://a/", name="A"), fetch_url="https://a/")
    state = follow_move(follow_move(state, "https://b/"), "https://b/")
    assert (state.moved_to, state.moved_seen) == ("https://b/", 2)
    assert follow_move(state, "https://c/").moved_seen == 1
    assert (follow_move(state, None).moved_to, follow_move(state, None).moved_seen) == (None, 0)
    assert follow_move(state, "https://b/") == replace(state, fetch_url="https://b/", moved_to=None, moved_seen=0)


@pytest.mark.parametrize(
    ("other", "same", "unchanged", "recycled"),
    [(4, 0, 0, True), (4, 4, 0, True), (4, 2, 3, False), (2, 0, 0, False), (0, 0, 30, False)],
)
def test_guids_are_recycled_when_most_of_them_mean_another_article(
    other: int, same: int, unchanged: int, recycled: bool
) -> None:
    entries = [an_entry(str(n)) for n in range(other + same)]
    known = {e.identity: ("https://b.example/", "B", "") if n < other else e.fingerprint for n, e in enumerate(entries)}
    assert guids_recycled(entries, known, unchanged=unchanged) is recycled


@pytest.mark.parametrize(
    ("title", "url", "differs"),
    [
        ("B", "https://a.example/1", True),
        ("A", "https://a.example/2", True),
        ("A", "https://a.example/1?utm_source=x", False),
        ("A", "https://A.example/1#top", False),
    ],
)
def test_an_edit_is_of_words_or_of_where_the_link_leads(title: str, url: str, differs: bool) -> None:
    decision = decide([an_entry("1")], {"1": (url, title, "")})
    assert (len(decision.changed), decision.new) == (int(differs), ())


@pytest.mark.parametrize(
    ("offered", "known", "stored", "unstable"),
    [(30, 0, 0, True), (30, 0, 15, True), (30, 0, 16, False), (30, 1, 0, False), (2, 0, 0, False), (0, 0, 0, False)],
)
def test_guids_are_unstable_when_old_entries_have_new_ones(
    offered: int, known: int, stored: int, unstable: bool
) -> None:
    assert guids_unstable(offered=offered, known=known, stored=stored) is unstable
