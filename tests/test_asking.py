"""Queries as people type them, in both languages: what is understood, and what is told back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.asking import OPERATORS, read_query, write_query
from digest.places import load_gazetteer
from digest.query import Filters, Query, Remark, Understood
from digest.when import read_when

ZONE = "Asia/Ho_Chi_Minh"
#: Saturday 21 November, 07:00 in Viet Nam.
NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
OUTLETS = ("VietnamPlus Chính trị", "VietnamPlus Thế giới", "Mekong Courier", "Đối Ngoại")


def read(text):
    return read_query(text, gazetteer=load_gazetteer(), now=NOW, zone=ZONE, outlets=OUTLETS)


def local(text):
    """A moment in Viet Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", Query()),
        ("lao consul", Query(text="lao consul")),
        ('"friendship union" -football -"cup final"', Query(text='"friendship union" -football -"cup final"')),
        ("topic:ngo place:laos aid", Query(text="aid", topics=("ngo",), places=("LA",))),
        ("chủ-đề:ngo nơi:lào", Query(topics=("ngo",), places=("LA",))),
        ("chude:ngo noi:lao", Query(topics=("ngo",), places=("LA",))),
        ("Chủ đề: viện trợ NƠI: Lào hữu nghị", Query(text="hữu nghị", topics=("ngo",), places=("LA",))),
        ('topic:"people-to-people"', Query(topics=("people",))),
        ("topic:people to people visit", Query(text="visit", topics=("people",))),
        ('chủ-đề:"Đối ngoại nhân dân"', Query(topics=("people",))),
        ("topic:kinh tế", Query(topics=("economic",))),
        ("topic:biên giới", Query(topics=("security",))),
        ("topic:asean", Query(topics=("multilateral",))),
        ("topic:ngo,people", Query(topics=("ngo", "people"))),
        ("topic:ngo topic:ngo", Query(topics=("ngo",))),
        ("-topic:economic trade", Query(text="trade", without=Filters(topics=("economic",)))),
        ("place:ha noi consul", Query(text="consul", places=("VN-HN",))),
        ("nơi:hà nội, lào lãnh sự", Query(text="lãnh sự", places=("VN-HN", "LA"))),
        ('place:"sai gon" -place:"hà nội"', Query(places=("VN-SG",), without=Filters(places=("VN-HN",)))),
        ("place:binh duong", Query(places=("VN-SG",))),
        ("place:vn-hn place:US", Query(places=("VN-HN", "US"))),
        ("pair:vn-la", Query(pairs=("LA-VN",))),
        ("pair:vn la", Query(pairs=("LA-VN",))),
        ("cặp:lào-việt nam hữu nghị", Query(text="hữu nghị", pairs=("LA-VN",))),
        ("cap:lào - việt nam", Query(pairs=("LA-VN",))),
        ("source:mekong courier lao", Query(text="lao", sources=("Mekong Courier",))),
        ("nguồn:vietnamplus", Query(sources=("VietnamPlus Chính trị", "VietnamPlus Thế giới"))),
        ('-nguon:"doi ngoai" lao', Query(text="lao", without=Filters(sources=("Đối Ngoại",)))),
        ("lang:vi", Query(languages=("vi",))),
        ("tiếng:anh lao", Query(text="lao", languages=("en",))),
        ("from:2026-11-01", Query(since=local("2026-11-01"))),
        ("từ:1/11 đến:20/11 lào", Query(text="lào", since=local("2026-11-01"), until=local("2026-11-21"))),
        ("từ:1 tháng 11 lào", Query(text="lào", since=local("2026-11-01"))),
        ("from:yesterday", Query(since=local("2026-11-20"))),
        ("tu:hôm qua", Query(since=local("2026-11-20"))),
        ("to:yesterday", Query(until=local("2026-11-21"))),
        ("from:24h", Query(since=NOW - timedelta(days=1))),
        ("from:7d topic:ngo", Query(topics=("ngo",), since=NOW - timedelta(days=7))),
        ("to:2026-10", Query(until=local("2026-11-01"))),
        ("10:30 http://a.example/b lào:", Query(text="10:30 http://a.example/b lào:")),
        ('"place:laos"', Query(text='"place:laos"')),
        ('lao " - ( )', Query(text="lao")),
    ],
)
def test_what_is_understood(typed, query):
    assert read(typed) == Understood(query)


@pytest.mark.parametrize(
    ("typed", "query", "remarks"),
    [
        ("place:xyzz lao", Query(text="lao"), [Remark("place", "xyzz")]),
        ("place:cubba", Query(places=("CU",)), [Remark("place", "cubba", "CU")]),
        ("topic:cultre", Query(topics=("cultural",)), [Remark("topic", "cultre", "cultural")]),
        ("topic:aid", Query(topics=("ngo",)), [Remark("topic", "aid", "ngo")]),
        ("topic:football lao", Query(text="lao"), [Remark("topic", "football")]),
        ("pair:laos", Query(), [Remark("pair", "laos")]),
        ("pair:vn-narnia", Query(), [Remark("pair", "vn-narnia")]),
        ("source:nobody", Query(), [Remark("source", "nobody")]),
        ("lang:klingon", Query(), [Remark("language", "klingon")]),
        ("from:32/13 lao", Query(text="lao"), [Remark("date", "32/13")]),
        ("to:whenever", Query(), [Remark("date", "whenever")]),
        ("author:nam", Query(text="author:nam"), [Remark("operator", "author")]),
        ("lao place:", Query(text="lao"), [Remark("missing", "place:")]),
        ("nơi: topic:ngo", Query(topics=("ngo",)), [Remark("missing", "nơi:")]),
        (
            "from:2026-11-02 to:2026-11-01",
            Query(since=local("2026-11-02"), until=local("2026-11-02")),
            [Remark("backwards", "")],
        ),
        ("place:" + "x" * 100, Query(), [Remark("place", "x" * 40)]),
    ],
)
def test_what_is_not_understood_is_told_back_and_the_rest_searched(typed, query, remarks):
    assert read(typed) == Understood(query, tuple(remarks))


def test_no_two_operators_share_a_name():
    names = [name for names in OPERATORS.values() for name in names.split()]
    assert len(set(names)) == len(names)


PIECES = st.sampled_from(
    [
        *(f"{name}:" for names in OPERATORS.values() for name in names.split()),
        *"laos,cuba ngo vn-la 7d 1/11 vietnamplus en lao nội hà -consul - : , ; author:x từ:1/10 -place:cuba".split(),
        '"a phrase"', '-"not so"', '"', 'place:"hà nội"', "-topic:people", "\x00", "\ud800", "「」", "to:2026",
    ]
)  # fmt: skip


@settings(max_examples=400)
@given(
    text=st.one_of(st.text(max_size=300), st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=12).map(" ".join))
)
@example(text="from:9999y to:200y")
def test_any_text_is_read_and_what_is_written_reads_the_same(text):
    query, _ = read(text)
    assert read(write_query(query, zone=ZONE)).query == query


def test_a_paper_with_many_feeds_is_one_value():
    feeds = tuple(f"VietnamPlus, the feed of section {n}" for n in range(20))
    query = read_query("source:vietnamplus", gazetteer=load_gazetteer(), now=NOW, zone=ZONE, outlets=feeds).query
    assert query.sources == feeds
    only = 'source:"VietnamPlus, the feed of section 3"'
    assert read_query(only, gazetteer=load_gazetteer(), now=NOW, zone=ZONE, outlets=feeds).query.sources == feeds[3:4]
    written = write_query(query, zone=ZONE)
    assert read_query(written, gazetteer=load_gazetteer(), now=NOW, zone=ZONE, outlets=feeds).query == query


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (Query(text="lao consul", places=("LA", "VN-HN")), "lao consul place:LA place:VN-HN"),
        (Query(topics=("ngo",), without=Filters(topics=("economic",))), "topic:ngo -topic:economic"),
        (Query(sources=("Mekong Courier",), languages=("vi",)), 'source:"Mekong Courier" lang:vi'),
        (Query(since=local("2026-11-01"), until=local("2026-11-21")), "from:2026-11-01 to:2026-11-20"),
        (Query(since=local("2026-11-20T07:30")), "from:2026-11-20T07:30:00+07:00"),
    ],
)
def test_a_query_is_written_as_one_types_it(query, text):
    assert write_query(query, zone=ZONE) == text


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-02"),
        ("2026/11/1", "2026-11-01", "2026-11-02"),
        ("1/11/2025", "2025-11-01", "2025-11-02"),
        ("1.11", "2026-11-01", "2026-11-02"),
        ("25/12", "2025-12-25", "2025-12-26"),
        ("21/11", "2026-11-21", "2026-11-22"),
        ("22/11", "2025-11-22", "2025-11-23"),
        ("29/2", "2024-02-29", "2024-03-01"),
        ("1 Nov", "2026-11-01", "2026-11-02"),
        ("November 1st, 2025", "2025-11-01", "2025-11-02"),
        ("ngày 1 tháng 11 năm 2025", "2025-11-01", "2025-11-02"),
        ("tháng 12", "2025-12-01", "2026-01-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("11/2026", "2026-11-01", "2026-12-01"),
        ("2025", "2025-01-01", "2026-01-01"),
        ("năm 2025", "2025-01-01", "2026-01-01"),
        ("today", "2026-11-21", "2026-11-22"),
        ("HÔM QUA", "2026-11-20", "2026-11-21"),
        ("hom kia", "2026-11-19", "2026-11-20"),
        ("monday", "2026-11-16", "2026-11-17"),
        ("thứ bảy", "2026-11-21", "2026-11-22"),
        ("chủ nhật", "2026-11-15", "2026-11-16"),
        ("this week", "2026-11-16", "2026-11-23"),
        ("tuần trước", "2026-11-09", "2026-11-16"),
        ("tháng này", "2026-11-01", "2026-12-01"),
        ("năm ngoái", "2025-01-01", "2026-01-01"),
    ],
)
def test_days_are_read_as_people_say_them(said, start, end):
    assert read_when(said, now=NOW, zone=ZONE) == (local(start), local(end))


@pytest.mark.parametrize(
    ("said", "ago"),
    [
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("30 phút", timedelta(minutes=30)),
        ("3 ngày trước", timedelta(days=3)),
        ("2 weeks ago", timedelta(days=14)),
        ("2 tuần", timedelta(days=14)),
        ("1 tháng", timedelta(days=30)),
    ],
)
def test_lengths_of_time_are_moments_before_now(said, ago):
    assert read_when(said, now=NOW, zone=ZONE) == (NOW - ago, NOW - ago)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "soon",
        "32/1",
        "31/2",
        "0/0",
        "9999y",
        "200y",
        "2026-13-01",
        "1/11/99999",
        "2026-11-01T99:00",
        "tháng",
        "1e5d",
    ],
)
def test_anything_else_is_no_day(said):
    assert read_when(said, now=NOW, zone=ZONE) is None
