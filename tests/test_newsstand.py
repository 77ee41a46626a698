"""The sample world and the stand that serves it."""

import html
import io
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import feedparser
import pytest

from digest.errors import ConfigError
from digest.model import Source
from feeds.sources import load_sources
from playground.newsstand import Article, Newsstand, atom_document, rss_document
from playground.samples import Outlet, Report, fill_dates, load_outlets, read_outlet

NOW = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
EVER = timedelta(days=30)
OUTLETS = load_outlets()
REPORTS = [(outlet, report) for outlet in OUTLETS for report in outlet.reports]

MINIMAL = """
name: Example
site: https://example.example
language: en
tier: 2
format: text
items:
  - {slug: one, hours_ago: 3, title: "On {day_en}", text: "It happened on {date_en}."}
"""


@pytest.fixture
async def stand() -> AsyncIterator[Newsstand]:
    async with Newsstand(NOW) as stand:
        yield stand


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def read(http: aiohttp.ClientSession, source: Source) -> feedparser.FeedParserDict:
    async with http.get(source.url) as response:
        assert response.status == 200
        headers = {name.lower(): value for name, value in response.headers.items()}
        return feedparser.parse(io.BytesIO(await response.read()), response_headers=headers)


def by_event() -> Iterator[tuple[str, list[tuple[Outlet, Report]]]]:
    events: dict[str, list[tuple[Outlet, Report]]] = defaultdict(list)
    for outlet, report in REPORTS:
        if report.event:
            events[report.event].append((outlet, report))
    yield from events.items()


# The sample world


def test_the_samples_are_a_world_of_several_outlets_in_both_languages() -> None:
    assert len(OUTLETS) >= 8
    assert len(REPORTS) >= 110
    languages = Counter(outlet.language for outlet, _ in REPORTS)
    assert set(languages) == {"en", "vi"}
    assert min(languages.values()) >= 50


def test_many_events_have_several_outlets_in_one_language() -> None:
    crowded = [
        event
        for event, reports in by_event()
        if any(len({o.id for o, _ in reports if o.language == language}) >= 3 for language in ("en", "vi"))
    ]
    assert len(crowded) >= 10


def test_many_events_are_told_in_both_languages() -> None:
    bilingual = [event for event, reports in by_event() if {o.language for o, _ in reports} == {"en", "vi"}]
    assert len(bilingual) >= 8


def test_a_wire_report_is_reprinted_word_for_word() -> None:
    reprints = Counter((report.title, report.text) for _, report in REPORTS)
    assert sum(count > 1 for count in reprints.values()) >= 2


def test_several_events_run_over_more_than_a_day() -> None:
    running = [
        event
        for event, reports in by_event()
        if max(r.hours_ago for _, r in reports) - min(r.hours_ago for _, r in reports) > 24
    ]
    assert len(running) >= 3


def test_every_outlet_has_news_of_today_and_of_tomorrow() -> None:
    hours = {outlet.id: [report.hours_ago for report in outlet.reports] for outlet in OUTLETS}
    assert [name for name, ago in hours.items() if sum(0 <= h <= 24 for h in ago) < 5] == []
    assert [name for name, ago in hours.items() if sum(-26 <= h <= -6 for h in ago) < 2] == []


#: Days of news to come, whatever the hour of the day at which the samples are opened.
WEEK = 7


@pytest.mark.parametrize("hour", [0, 7, 13, 20])
def test_each_day_of_the_week_to_come_has_news_in_both_languages_and_from_several_outlets(hour: int) -> None:
    for day in range(WEEK):
        begin = 24 * day + hour
        todays = [(outlet, report) for outlet, report in REPORTS if begin <= -report.hours_ago < begin + 24]
        outlets = defaultdict(set)
        for outlet, report in todays:
            outlets[report.event].add(outlet)
        languages = Counter(outlet.language for outlet, _ in todays)
        crowded = sum(event is not None and len(who) > 1 for event, who in outlets.items())
        assert (day, min(languages["en"], languages["vi"]) >= 5, crowded >= 4) == (day, True, True)


def test_no_day_repeats_a_sentence_of_another() -> None:
    days: dict[str, list[float]] = defaultdict(list)
    for _, report in REPORTS:
        for sentence in (report.title, *re.split(r"(?<=[.!?])\s+", report.text)):
            if len(sentence.split()) > 4:
                days[sentence].append(report.hours_ago)
    assert [sentence for sentence, hours in days.items() if max(hours) - min(hours) > 12] == []


def test_events_go_on_over_the_week_to_come() -> None:
    going_on = {
        event: {int(-r.hours_ago // 24) for _, r in reports if r.hours_ago < 0} for event, reports in by_event()
    }
    assert sum(len(days) >= 3 for days in going_on.values()) >= 3


@pytest.mark.parametrize("outlet", OUTLETS, ids=lambda outlet: outlet.id)
def test_an_outlet_writes_reports_of_newspaper_length_under_its_own_example_domain(outlet: Outlet) -> None:
    lengths = [len(re.findall(r"\w+", report.text)) for report in outlet.reports]
    assert (min(lengths) >= 20, max(lengths) <= 220) == (True, True)
    assert re.fullmatch(r"https://[a-z0-9.]+\.example", outlet.site)


def test_reports_of_one_event_at_one_time_agree_on_its_date() -> None:
    """Reports whose events lie within an hour of each other must fill the same date in, whatever the clock says."""
    for event, reports in by_event():
        happened = sorted({report.happened for _, report in reports if "{date" in report.text})
        close = [(a, b) for a, b in itertools.pairwise(happened) if b - a < 1]
        assert (event, close) == (event, [])


# Reading a sample file


def test_a_sample_file_is_read_into_an_outlet_and_its_reports() -> None:
    outlet = read_outlet(MINIMAL, name="example.yaml")
    assert (outlet.id, outlet.name, outlet.zone) == ("example", "Example", ZoneInfo("Asia/Ho_Chi_Minh"))
    (report,) = outlet.reports
    assert report == Report(slug="one", title="On {day_en}", text="It happened on {date_en}.", hours_ago=3, happened=3)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("tier: 2", "tier: 4", "bad.yaml: “tier” must be 1, 2 or 3"),
        ("tier: 2", "tier: two", "bad.yaml: “tier” has the wrong type"),
        ("tier: 2", "tier: true", "bad.yaml: “tier” has the wrong type"),
        ("tier: 2", "teir: 2", "bad.yaml: unknown key “teir”"),
        ("tier: 2", "", "bad.yaml: has no “tier”"),
        ("tier: 2", "tier: 2\nzone: Mars/Phobos", "bad.yaml: “Mars/Phobos” is not a time zone"),
        ("tier: 2", "tier: 2\ntopics: [sport]", "bad.yaml: “sport” is not a topic"),
        ("format: text", "format: pdf", "bad.yaml: “format” must be one of text, html, full"),
        ("name: Example", "name: ''", "bad.yaml: “name” is empty"),
        ("slug: one, ", "", "bad.yaml: item 1: has no “slug”"),
        ("slug: one", "slug: one, colour: red", "bad.yaml: item 1 (“one”): unknown key “colour”"),
        ("hours_ago: 3", "hours_ago: soon", "bad.yaml: item 1 (“one”): “hours_ago” has the wrong type"),
        ("hours_ago: 3", "hours_ago: 3, happened: 2", "bad.yaml: item 1 (“one”): was reported before it happened"),
        ("{date_en}", "{date_fr}", "bad.yaml: item 1 (“one”): “text” has a placeholder other than"),
        ("  - {", "  - {slug: one, hours_ago: 1, title: a, text: b}\n  - {", "bad.yaml: the slug “one” stands"),
        (MINIMAL, "- just\n- a list", "bad.yaml: must be keys and values"),
        (MINIMAL, "name: [", "bad.yaml: is not valid YAML"),
        (MINIMAL, "name: a\nname: b", "bad.yaml: is not valid YAML"),
    ],
)
def test_a_wrong_sample_file_is_answered_with_a_sentence_naming_file_and_item(
    old: str, new: str, sentence: str
) -> None:
    assert old in MINIMAL
    with pytest.raises(ConfigError) as caught:
        read_outlet(MINIMAL.replace(old, new), name="bad.yaml")
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{date_en}", "1 March"),
        ("{date_vi}", "1/3"),
        ("{day_en}", "Sunday"),
        ("{day_vi}", "Chủ nhật"),
        ("{date_en-1}, {day_vi+1}", "28 February, thứ Hai"),
        ("no date {at} all", "no date {at} all"),
    ],
)
def test_placeholders_become_dates(text: str, filled: str) -> None:
    assert fill_dates(text, datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) == filled


# The documents


def test_an_rss_document_gives_back_what_was_put_in() -> None:
    when = datetime(2026, 11, 21, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    articles = [
        Article(link="https://a.example/1?x=1&y=2", title="“A” & <B>", summary="Đà Nẵng", published=when),
        Article(link="https://a.example/2", title="Two", summary="first", content="<p>all</p>", guid="tag:2"),
    ]
    data = rss_document("Báo <A>", site="https://a.example", language="vi", articles=articles, ttl=15)
    feed = feedparser.parse(io.BytesIO(data))
    assert (feed.bozo, feed.version, feed.feed.title, feed.feed.ttl) == (False, "rss20", "Báo <A>", "15")
    one, two = feed.entries
    assert (one.link, one.title, one.summary) == ("https://a.example/1?x=1&y=2", "“A” & <B>", "Đà Nẵng")
    assert one.published_parsed[:5] == (2026, 11, 21, 0, 30)
    assert (one.id, two.id) == ("https://a.example/1?x=1&y=2", "tag:2")
    assert (two.content[0].value, "published" in two) == ("<p>all</p>", False)


def test_an_atom_document_gives_back_what_was_put_in() -> None:
    articles = [
        Article(link="https://a.example/1?x=1&y=2", title="A & B", summary="<p>Huế</p>", html=True, published=NOW),
        Article(link="https://a.example/2", title="Two", summary="1 < 2", guid="tag:2"),
    ]
    data = atom_document("A", site="https://a.example", language="en", articles=articles, updated=NOW)
    feed = feedparser.parse(io.BytesIO(data))
    assert (feed.bozo, feed.version, feed.feed.language) == (False, "atom10", "en")
    one, two = feed.entries
    assert (one.link, one.title, one.summary) == ("https://a.example/1?x=1&y=2", "A & B", "<p>Huế</p>")
    assert one.published_parsed[:5] == (2026, 11, 21, 0, 30)
    assert (two.summary_detail.type, two.id, "published" in two) == ("text/plain", "tag:2", False)


# The stand


async def test_every_report_comes_back_through_a_parser_with_its_title_link_and_time(
    stand: Newsstand, http: aiohttp.ClientSession
) -> None:
    stand.now = NOW + EVER
    expected, actual = set(), set()
    for outlet, source in zip(stand.outlets, stand.sources, strict=True):
        feed = await read(http, source)
        assert (source.url, feed.bozo) == (source.url, False)
        for report in outlet.reports:
            at = NOW - timedelta(hours=report.hours_ago)
            title = fill_dates(report.title, (NOW - timedelta(hours=report.happened)).astimezone(outlet.zone))
            expected.add((f"{outlet.site}/{report.slug}", title, round(at.timestamp())))
        for entry in feed.entries:
            at = datetime(*entry.published_parsed[:6], tzinfo=UTC)
            actual.add((entry.link, html.unescape(entry.title), round(at.timestamp())))
    assert actual == expected
    assert len(actual) == len(REPORTS)


async def test_text_reaches_the_reader_whole_and_without_placeholders(
    stand: Newsstand, http: aiohttp.ClientSession
) -> None:
    for outlet, source in zip(stand.outlets, stand.sources, strict=True):
        texts = {report.slug: report for report in outlet.reports}
        for entry in (await read(http, source)).entries:
            value = entry.content[0].value if outlet.format == "full" else entry.summary
            served = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", value)))
            report = texts[entry.link.removeprefix(f"{outlet.site}/")]
            last = re.split(r"[{}\n]", report.text)[-1]
            assert (report.slug, last in served, "{" in served) == (report.slug, True, False)


async def test_the_stand_speaks_rss_atom_and_full_content(stand: Newsstand, http: aiohttp.ClientSession) -> None:
    feeds = [await read(http, source) for source in stand.sources]
    versions = Counter(feed.version for feed in feeds)
    assert versions == {"rss20": 8, "atom10": 4}
    assert sum(all("content" in entry for entry in feed.entries) for feed in feeds) == 1
    assert sum("<p>" in feed.entries[0].summary for feed in feeds) >= 3


async def test_reports_to_come_are_hidden_until_the_clock_has_passed_them(
    stand: Newsstand, http: aiohttp.ClientSession
) -> None:
    async def links() -> set[str]:
        return {entry.link for source in stand.sources for entry in (await read(http, source)).entries}

    tomorrow = {f"{outlet.site}/{report.slug}": report.hours_ago for outlet, report in REPORTS if report.hours_ago < 0}
    before = await links()
    assert before & set(tomorrow) == set()
    stand.now = NOW + timedelta(hours=12)
    assert await links() - before == {link for link, ago in tomorrow.items() if ago >= -12}
    stand.now = NOW + EVER
    assert await links() - before == set(tomorrow)


@pytest.mark.parametrize(("answer", "question"), [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
async def test_an_unchanged_feed_answers_304_until_the_next_report(
    stand: Newsstand, http: aiohttp.ClientSession, answer: str, question: str
) -> None:
    for source in stand.sources:
        stand.now = NOW
        async with http.get(source.url) as first:
            validator = {question: first.headers[answer]}
        stand.now = NOW + timedelta(minutes=15)
        async with http.get(source.url, headers=validator) as second:
            assert (second.status, await second.read(), second.headers[answer]) == (304, b"", validator[question])
        stand.now = NOW + EVER
        async with http.get(source.url, headers=validator) as third:
            assert third.status == 200


async def test_it_says_when_it_has_nothing_new_any_more(stand: Newsstand) -> None:
    stand.now = stand.ends - timedelta(seconds=1)
    before = [stand.document(path) for path in stand._paths]
    stand.now = stand.ends
    at_the_end = [stand.document(path) for path in stand._paths]
    stand.now = NOW + EVER
    assert before != at_the_end
    assert at_the_end == [stand.document(path) for path in stand._paths]


async def test_an_unknown_path_is_404(stand: Newsstand, http: aiohttp.ClientSession) -> None:
    async with http.get(stand.sources[0].url + "x") as response:
        assert response.status == 404


async def test_its_feeds_yaml_lists_its_sources(stand: Newsstand, tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(stand.feeds_yaml(), encoding="utf-8")
    assert load_sources(path) == stand.sources


async def test_events_name_links_that_are_served(stand: Newsstand, http: aiohttp.ClientSession) -> None:
    stand.now = NOW + EVER
    links = {entry.link for source in stand.sources for entry in (await read(http, source)).entries}
    assert set(stand.events) < links
    assert Counter(stand.events.values()) == {event: len(reports) for event, reports in by_event()}


async def test_a_closed_stand_has_no_sources_and_can_be_opened_again() -> None:
    stand = Newsstand(NOW, outlets=OUTLETS[:1])
    with pytest.raises(RuntimeError, match="closed"):
        _ = stand.sources
    for _ in range(2):
        async with stand:
            assert [source.name for source in stand.sources] == [OUTLETS[0].name]


def test_a_naive_clock_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Newsstand(NOW.replace(tzinfo=None))
