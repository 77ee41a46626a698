"""A saved search asks each new item by itself: it must find what the archive finds, neither more nor less."""

import random
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.matching import matches, pairings, read_chunks, read_terms
from digest.query import Filters, Query
from digest.text import fold, words
from storage.store import Store
from tests.conftest import a_poll, a_source, an_item, utc
from tests.newsmaker import item

EVERYTHING = 10_000


@pytest.fixture(scope="module")
def sample(news, tmp_path_factory):
    """The archive and the items of the sample feeds."""
    path = tmp_path_factory.mktemp("matching") / "news.db"
    shutil.copy(news, path)
    store = Store.open(f"sqlite:///{path}", read_only=True)
    yield store.archive, tuple(store.items.export(None))
    store.close()


def agree(archive, items, query):
    """How many items a query finds; the archive and `matches` must find the same."""
    hits = archive.find(replace(query, limit=EVERYTHING), deadline=60)
    found = {hit.item.id for hit in hits.hits}
    assert {one.id for one in items if matches(hits.query, one)} == found, query
    if hits.query != replace(query, limit=EVERYTHING):
        assert found
        assert not any(matches(query, one) for one in items), query
    return len(found)


def typed(rng, items):
    """Words as somebody might type who remembers one of the items."""
    one = rng.choice(items)
    spoken = words(rng.choice((one.title, one.text, " ".join(one.summary))) or one.title)
    start = rng.randrange(len(spoken))
    few = spoken[start : start + rng.randint(1, 4)]
    if rng.random() < 0.2:
        few.reverse()
    if rng.random() < 0.3:
        few[-1] = few[-1][: max(1, len(few[-1]) - 2)]
    text = " ".join(few)
    if rng.random() < 0.4:
        text = fold(text)
    text = rng.choice((text, text, text.upper(), f'"{text}"', f"{few[0]} {rng.choice(spoken)}"))
    return f"{text} -{rng.choice(spoken)}" if rng.random() < 0.25 else text


def labels(rng, items):
    """Some labels of an item."""
    one = rng.choice(items)
    return Filters(
        topics=one.labels.topics[: rng.randint(0, 2)],
        places=tuple(rng.sample(one.labels.places, min(len(one.labels.places), rng.randint(0, 2)))),
        pairs=one.labels.pairs[: rng.randint(0, 1)],
        sources=(rng.choice((one.outlet, one.outlet.upper(), one.source_url)),) if rng.random() < 0.2 else (),
        languages=(one.language,) if rng.random() < 0.2 else (),
    )


def asked(rng, items):
    """One query: words, labels, a window, some of these or all."""
    wanted = labels(rng, items) if rng.random() < 0.4 else Filters()
    without = labels(rng, items) if rng.random() < 0.2 else Filters()
    window = sorted(rng.choice(items).published for _ in range(2))
    return Query(
        text=typed(rng, items) if rng.random() < 0.8 else "",
        topics=wanted.topics,
        places=wanted.places,
        pairs=wanted.pairs,
        sources=wanted.sources,
        languages=wanted.languages,
        without=without,
        unfinished=rng.random() < 0.3,
        since=window[0] + timedelta(microseconds=rng.choice((0, 5))) if rng.random() < 0.2 else None,
        until=window[1] if rng.random() < 0.2 else None,
    )


def test_an_item_matches_exactly_when_the_archive_finds_it(sample):
    archive, items = sample
    rng = random.Random(4)
    counts = [agree(archive, items, asked(rng, items)) for _ in range(400)]
    # The queries are worth something: many find some items, and few find most.
    assert sum(count > 0 for count in counts) > 150
    assert sum(0 < count < len(items) // 2 for count in counts) > 120


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Items with everything that words can be."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('odd')}/digest.db")
    store.sources.sync([a_source(name="Báo Đối Ngoại")], now=utc("2026-11-21 01:00"))
    news = [
        an_item("Đà Nẵng đón khách Lào", "Hội An, hoà bình.\nMột dòng mới.", summary=("Hội An.", "Một dòng mới.")),
        an_item("Da Nang welcomes the Lao consul-general", "Don't forget U.S.-Cuba talks, C++ and snake_case."),
        an_item("ấn độ gần xa", "Ăn tối " + "rồi đi dạo " * 4 + "do nắng đẹp"),
        an_item("", "İstanbul, ﬁrst ΣΟΦΙΑ São Paulo đa\u0300 na\u0306\u0303ng 5–7"),
    ]
    store.items.save_poll(a_poll(), news, [])
    yield store.archive, tuple(store.items.export(None))
    store.close()


SAID = "đà da nẵng nang hoà hòa hoa hội hoi an ăn do độ ấn lao lào consul gener don't u.s. cuba moi 5 dòng snake paulo"
PIECES = st.sampled_from(
    [*SAID.split(), '"hội an"', '"an mot"', '"moi"', "-lao", "-đà", '-"hoi an"', "İSTANBUL", "mới"]
)


@settings(max_examples=300)
@given(text=st.lists(PIECES, max_size=5).map(" ".join))
def test_odd_words_match_exactly_when_the_archive_finds_them(odd, text):
    agree(*odd, Query(text=text))


@pytest.mark.parametrize("source", ["báo đối ngoại", "BÁO ĐỐI NGOẠI", "Báo Đối Ngoại", "bao doi ngoai"])
def test_outlets_are_compared_without_regard_to_case(odd, source):
    assert agree(*odd, Query(sources=(source,))) == (0 if source.isascii() else 4)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (Query(), False),
        (Query(text=" - \" ' "), False),
        (Query(text="lao"), True),
        (Query(text="-consul"), False),
        (Query(text="-cuba"), True),
        (Query(topics=("state",)), True),
        (Query(topics=("STATE", "ngo"), places=("VN",)), True),
        (Query(places=("VN-HN",)), False),
        (Query(without=Filters(places=("VN",))), False),
        (Query(without=Filters(topics=("ngo",))), True),
        (Query(text="lao", pairs=("LA-VN",), languages=("vi",)), False),
    ],
)
def test_one_item_is_asked(query, found):
    one = item(title="Lao consul visits", places=("VN-SG", "LA"), pairs=("LA-VN",))
    assert matches(query, one) is found


def test_syllables_typed_side_by_side_are_one_row():
    rows = read_terms('ấn độ visit "đà nẵng" hội an -lào binh duong lao consul').rows
    assert [[" ".join(term.words) for term in row] for row in rows] == [
        ["ấn", "độ"],
        ["visit"],
        ["đà nẵng"],
        ["hội", "an"],
        ["binh", "duong", "lao"],
        ["consul"],
    ]


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("viện", []),
        ("viện trợ", ["viện trợ"]),
        ("viện trợ lào", ["trợ lào, viện", "viện trợ, lào"]),
        ("viện trợ nhân đạo", ["viện trợ, nhân dạo"]),
        ("a b c d e", ["b c, d e, a", "a b, d e, c", "a b, c d, e"]),
        ("a " * 9, []),
    ],
)
def test_syllables_are_words_of_two(typed, ways):
    found = pairings(read_terms(typed).wanted)
    assert [
        ", ".join([f"{a.text} {b.text}" for a, b in way.pairs] + [a.text for a in way.alone]) for way in found
    ] == ways


@pytest.mark.parametrize(
    ("typed", "prefix"),
    [("cons", True), ("con", False), ("trợ", False), ("nghị", False), ('"lao cons"', False), ("lao -cons", False)],
)
def test_only_an_unfinished_word_without_accents_may_be_a_beginning(typed, prefix):
    assert read_terms(typed, unfinished=True).wanted[-1].prefix is prefix
    assert not any(term.prefix for term in read_terms(typed).wanted)


def test_chunks_are_written_as_they_are_read():
    text = 'lao “friendship  union” -football −"a b" don\'t'
    written = " ".join(chunk.written for chunk in read_chunks(text))
    assert written == 'lao "friendship union" -football -"a b" don\'t'
    assert read_chunks(written) == read_chunks(text)
