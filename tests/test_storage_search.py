"""The archive: what is found, in which order, and that no text is dangerous."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.accents import mark_tokens
from digest.matching import read_terms
from digest.model import Labels
from digest.query import Count, Facets, Filters, Query
from storage.passages import passages
from storage.runs import STRETCH
from storage.search import COUNTED, RANKED
from storage.store import Store
from tests.conftest import FEED, a_poll, a_source, an_item, utc

NOW = utc("2026-11-21 01:00")
OTHER = "https://other.example/rss"
MIDNIGHT = utc("2026-11-20 00:00")

NEWS = [
    an_item("Đà Nẵng đón khách Lào", "Thành phố Đà Nẵng và Hội An mời bạn bè.", language="vi"),
    an_item("Da Nang welcomes Lao consul", "The consul-general said: don't forget Hoi An."),
    an_item("Đặng gặp đại sứ", "Ông Đặng hội đàm tại Hà Nội.", language="vi"),
    an_item("Lao consul visits Hue", "A consul from Vientiane, a visit to Huế."),
    an_item("Cuba thanks Ha Noi", "C++ is not diplomacy, U.S.-Cuba talks are."),
]


@pytest.fixture
def store(store):
    store.sources.sync([a_source(), a_source(OTHER, name="The Other")], now=NOW)
    return store


@pytest.fixture
def archive(store):
    """NEWS, an hour apart, so that later in the list is newer."""
    add(store, *NEWS)
    return store.archive


def add(store, *news, url=FEED):
    start = store.stats(now=NOW).items
    for n, item in enumerate(news, start=start):
        dated = replace(item, entry=replace(item.entry, published=MIDNIGHT + timedelta(hours=n)))
        assert store.items.save_poll(a_poll(url), [dated], []) == (1, 0)


def found(archive, text, **fields):
    return [hit.item.title for hit in archive.find(Query(text=text, **fields)).hits]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("lao", ["Lao consul visits Hue", "Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]),
        ("LAO consul", ["Lao consul visits Hue", "Da Nang welcomes Lao consul"]),
        ("consul welcomes", ["Da Nang welcomes Lao consul"]),
        ("da nang", ["Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]),
        ("hoi an", ["Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]),
        ("ha noi", ["Cuba thanks Ha Noi", "Đặng gặp đại sứ"]),
        ("dang", ["Đặng gặp đại sứ"]),
        ("vientiane nobody", []),
        ("vien", ["Lao consul visits Hue"]),
        ("vi", []),
        ("vien hue", []),
        ('"lao consul"', ["Lao consul visits Hue", "Da Nang welcomes Lao consul"]),
        ("“lao consul” welcomes", ["Da Nang welcomes Lao consul"]),
        ('"consul lao"', []),
        ('"lao cons"', []),
        ("lao -consul", ["Đà Nẵng đón khách Lào"]),
        ('lao -"lao consul"', ["Đà Nẵng đón khách Lào"]),
        ("-consul", ["Cuba thanks Ha Noi", "Đặng gặp đại sứ", "Đà Nẵng đón khách Lào"]),
        ("don't", ["Da Nang welcomes Lao consul"]),
        ("consul-general", ["Da Nang welcomes Lao consul"]),
        ("general-consul", []),
        ("c++", ["Cuba thanks Ha Noi"]),
        ("U.S.-Cuba", ["Cuba thanks Ha Noi"]),
        ("lao AND", []),
        ("title:lao", []),
        ("lao*", ["Lao consul visits Hue", "Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]),
        ('lao "', ["Lao consul visits Hue", "Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]),
        ("", []),
        ('"', []),
        ("- * ( ) ^ :", []),
    ],
)
def test_what_is_found_newest_first(archive, typed, titles):
    assert found(archive, typed) == titles


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("Đà Nẵng", ["Đà Nẵng đón khách Lào", "Da Nang welcomes Lao consul"]),
        ("đà nẵng", ["Đà Nẵng đón khách Lào", "Da Nang welcomes Lao consul"]),
        ("đa\u0300 na\u0306\u0303ng", ["Đà Nẵng đón khách Lào", "Da Nang welcomes Lao consul"]),
        ("Hội An", ["Đà Nẵng đón khách Lào", "Da Nang welcomes Lao consul"]),
        ("Hà Nội", ["Đặng gặp đại sứ", "Cuba thanks Ha Noi"]),
        ("đà nang", ["Đà Nẵng đón khách Lào", "Da Nang welcomes Lao consul"]),
    ],
)
def test_words_with_accents_prefer_exactly_these_accents(archive, typed, titles, order):
    assert found(archive, typed, order=order) == titles


def test_accents_that_nobody_wrote_find_what_has_the_letters(archive):
    assert found(archive, "hồi an") == ["Da Nang welcomes Lao consul", "Đà Nẵng đón khách Lào"]


def test_where_the_tone_stands_in_a_syllable_is_a_matter_of_taste(store):
    add(store, an_item("Hoà bình", language="vi"), an_item("Hoa binh"))
    assert found(store.archive, "hòa bình") == ["Hoà bình", "Hoa binh"]


COMPOUNDS = [
    an_item("Bệnh viện", "Viện Nhi hỗ trợ bệnh nhân.", language="vi"),
    an_item("Nhật Bản viện trợ", "Khoản viện trợ cho Lào.", language="vi"),
    an_item("Viện nghiên cứu", "Vai trò của viện trong khu vực.", language="vi"),
    an_item("Bình Dương", "Tỉnh Bình Dương đón khách.", language="vi"),
    an_item("Hòa bình", "Đoàn xe hòa bình đã lên đường.", language="vi"),
    an_item("Vien tro", "Viet khong dau."),
]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("viện trợ", ["Nhật Bản viện trợ", "Bệnh viện", "Vien tro"]),
        ("viện trợ lào", ["Nhật Bản viện trợ"]),
        ("vien tro", ["Vien tro", "Nhật Bản viện trợ", "Viện nghiên cứu", "Bệnh viện"]),
        ("binh duong", ["Bình Dương", "Hòa bình"]),
        ("bình dương", ["Bình Dương"]),
        ("viện trợ -khoản", ["Bệnh viện", "Vien tro"]),
    ],
)
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_syllables_that_stand_together_come_before_those_that_are_scattered(store, typed, titles, order):
    add(store, *COMPOUNDS)
    hits = found(store.archive, typed, order=order)
    assert hits == titles if order == "newest" else (hits[:1], sorted(hits)) == (titles[:1], sorted(titles))
    one_by_one = [found(store.archive, typed, order=order, limit=1, offset=n) for n in range(len(titles) + 1)]
    assert one_by_one == [*([title] for title in hits), []]


@pytest.mark.parametrize(
    ("typed", "titles", "unfinished"),
    [
        ("consul", ["The consul"], False),
        ("cons", ["The consul", "Consular affairs"], True),
        ("con", [], False),
        ("the cons", ["The consul"], True),
        ("cons the", [], False),
    ],
)
def test_a_last_word_that_nobody_wrote_is_taken_for_a_beginning(store, typed, titles, unfinished):
    add(store, an_item("Consular affairs"), an_item("The consul"))
    for order in ("newest", "relevance"):
        hits = store.archive.find(Query(text=typed, order=order))
        assert sorted(hit.item.title for hit in hits.hits) == sorted(titles)
        assert hits.query == Query(text=typed, order=order, unfinished=unfinished)
    assert store.archive.facets(Query(text=typed), now=NOW).total == len(titles)
    assert found(store.archive, typed, offset=1) == titles[1:]
    assert found(store.archive, "consul", unfinished=True) == ["The consul", "Consular affairs"]
    assert found(store.archive, "consul", offset=1) == []


def poll(store, n, *hours_ago, at=NOW, word="Accord"):
    """One feed's poll: items that were published so many hours before it."""
    news = [an_item(f"{word} {n}.{hours}", published=at - timedelta(hours=hours)) for hours in hours_ago]
    assert store.items.save_poll(a_poll([FEED, OTHER][n % 2], at=at), news, [])[0] == len(news)


def published(hits):
    return [hit.item.published for hit in hits.hits]


def test_a_first_poll_is_told_newest_first_and_not_feed_by_feed(store):
    """The order of storing is that of the feeds: the last feed's oldest item has a greater id than any before."""
    poll(store, 1, 3, 9, 30)
    poll(store, 2, 1, 40, at=NOW + timedelta(seconds=9))
    for query in (Query(text="accord"), Query(since=NOW - timedelta(days=9)), Query(sources=(FEED, OTHER))):
        hits = store.archive.find(query)
        assert len(hits.hits) == 5
        assert published(hits) == sorted(published(hits), reverse=True)


def test_what_came_after_an_outage_stands_where_its_hour_is(store):
    poll(store, 1, 1, 2, at=NOW)
    poll(store, 2, 90, 95, at=NOW + timedelta(hours=100))
    poll(store, 1, 1, 99, at=NOW + timedelta(hours=100), word="Late accord")
    hits = store.archive.find(Query(text="accord"))
    assert published(hits) == sorted(published(hits), reverse=True)


@pytest.mark.parametrize("limit", [1, 3, 4, 7, 50])
def test_pages_of_the_newest_are_all_of_them_in_order_each_once(store, limit):
    """Whatever the order in which polls came, and where one page ends."""
    rng = random.Random(limit)
    for n in range(12):
        hours = sorted({rng.choice((0, 1, 2, rng.randrange(3, 400))) for _ in range(8)})
        poll(store, n, *hours, at=NOW + timedelta(hours=3 * n), word=f"Accord {n}")
    query, offset, ids = Query(text="accord", limit=limit), 0, list[int]()
    while True:
        hits = store.archive.find(replace(query, offset=offset))
        ids += [hit.item.id for hit in hits.hits]
        offset += limit
        if not hits.more:
            break
    items = {hit.item.id: hit.item for hit in store.archive.find(replace(query, limit=500)).hits}
    assert ids == sorted(items, key=lambda one: (items[one].published, one), reverse=True)
    assert len(ids) == len(set(ids)) == store.stats(now=NOW).items


def test_more_than_a_stretch_is_paged_through_each_once(store):
    count = STRETCH + 30
    news = [an_item(f"Accord {n}", published=MIDNIGHT + timedelta(seconds=n * 7919 % count)) for n in range(count)]
    store.items.save_poll(a_poll(), news[::-1], [])
    pages = [
        store.archive.find(Query(text="accord", limit=350, offset=offset), deadline=9)
        for offset in range(0, count, 350)
    ]
    ids = [hit.item.id for page in pages for hit in page.hits]
    assert (len(ids), len(set(ids)), pages[-1].more) == (count, count, False)


def test_what_is_dated_anew_stays_where_it_was_first_seen(store):
    """Else it would not be found on the first page, which ends before it, and shift every other page by one."""
    poll(store, 1, 1, 2, at=NOW)
    later = NOW + timedelta(days=9)
    poll(store, 2, 50, 60, at=later)
    moved = an_item("Accord 1.2", published=later, identity="accord-1.2")
    assert store.items.save_poll(a_poll(OTHER, at=later), [], [moved]) == (0, 1)
    assert found(store.archive, "accord") == ["Accord 2.50", "Accord 2.60", "Accord 1.2", "Accord 1.1"]
    assert found(store.archive, "accord", limit=3) == ["Accord 2.50", "Accord 2.60", "Accord 1.2"]


def test_words_without_accents_are_no_accented_words():
    assert list(mark_tokens(["hanoi", "2026", "ok"])) == []


def test_relevance_prefers_titles_and_newest_prefers_the_newest(store):
    add(
        store, an_item("Lanterns over the river", "A river."), an_item("Budget", "Lanterns were mentioned, in passing.")
    )
    assert found(store.archive, "lanterns", order="relevance") == ["Lanterns over the river", "Budget"]
    assert found(store.archive, "lanterns", order="newest") == ["Budget", "Lanterns over the river"]


@pytest.mark.parametrize("order", ["newest", "relevance"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_together_are_all_results_in_order_each_once(store, order, limit):
    news = [an_item(f"{'Hội' if n % 3 else 'Hoi'} nghị {n}", "hội " * (n % 5), language="vi") for n in range(14)]
    add(store, *news)
    whole = found(store.archive, "Hội", order=order, limit=50)
    exact = [title for title in whole if "Hội" in title or int(title.split()[-1]) % 5]
    assert len(set(whole)) == 14
    assert whole[: len(exact)] == exact
    pages, offset = [], 0
    while True:
        hits = store.archive.find(Query(text="Hội", order=order, limit=limit, offset=offset))
        pages += [hit.item.title for hit in hits.hits]
        offset += limit
        if not hits.more:
            break
    assert pages == whole
    assert store.archive.find(Query(text="Hội", order=order, offset=40)).hits == ()


def test_relevance_goes_on_newest_first_past_what_it_ranks(store):
    count = RANKED + 7
    news = [an_item(f"Accord {n}", published=MIDNIGHT + timedelta(seconds=n)) for n in range(count)]
    store.items.save_poll(a_poll(), news, [])
    hits = store.archive.find(Query(text="accord", order="relevance", limit=5, offset=RANKED), deadline=5)
    assert [hit.item.title for hit in hits.hits] == [f"Accord {n}" for n in (6, 5, 4, 3, 2)]
    assert hits.more
    last = store.archive.find(Query(text="accord", order="relevance", limit=5, offset=RANKED + 5), deadline=5)
    assert ([hit.item.title for hit in last.hits], last.more) == (["Accord 1", "Accord 0"], False)


@pytest.fixture
def labelled(store):
    def labels(topic, *places, pairs=()):
        return Labels(topics=(topic,), places=places, pairs=pairs, relevant=True)

    add(
        store,
        an_item("Talks one", labels=labels("state", "LA", "VN-SG", pairs=("LA-VN",))),
        an_item("Talks two", labels=labels("ngo", "CU")),
        an_item("Talks three", labels=labels("state", "VN")),
    )
    add(store, an_item("Talks four", labels=labels("party", "LA")), url=OTHER)
    return store.archive


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"topics": ("state",)}, ["Talks three", "Talks one"]),
        ({"topics": ("state", "ngo")}, ["Talks three", "Talks two", "Talks one"]),
        ({"places": ("LA",)}, ["Talks four", "Talks one"]),
        ({"places": ("VN-SG",)}, ["Talks one"]),
        ({"places": ("VN",)}, ["Talks three", "Talks one"]),
        ({"pairs": ("LA-VN",)}, ["Talks one"]),
        ({"topics": ("state",), "places": ("LA", "CU")}, ["Talks one"]),
        ({"topics": ("climate",)}, []),
        ({"sources": (OTHER,)}, ["Talks four"]),
        ({"sources": ("the other",)}, ["Talks four"]),
        ({"sources": ("nobody",)}, []),
        ({"since": MIDNIGHT + timedelta(hours=2)}, ["Talks four", "Talks three"]),
        ({"until": MIDNIGHT + timedelta(hours=1)}, ["Talks one"]),
        (
            {"since": MIDNIGHT + timedelta(hours=1), "until": MIDNIGHT + timedelta(hours=3)},
            ["Talks three", "Talks two"],
        ),
        ({"since": MIDNIGHT + timedelta(days=1)}, []),
        ({"since": utc("1999-01-01"), "until": utc("2099-01-01"), "topics": ("party",)}, ["Talks four"]),
        ({"since": utc("2026-11-21"), "until": utc("2026-11-01")}, []),
    ],
)
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_filters_are_exact(labelled, filters, titles, order):
    assert sorted(found(labelled, "talks", order=order, **filters)) == sorted(titles)
    if order == "newest":
        assert found(labelled, "talks", **filters) == titles


def test_a_window_finds_old_news_that_was_stored_late(store):
    late = [an_item(f"Archive {year}", published=utc(f"{year}-05-05")) for year in (2026, 1999, 2012, 2024)]
    for item in late:
        store.items.save_poll(a_poll(), [item], [])
    assert found(store.archive, "archive", since=utc("1999-01-01"), until=utc("2013-01-01")) == [
        "Archive 2012",
        "Archive 1999",
    ]
    assert found(store.archive, "archive", since=utc("2023-01-01"), until=utc("2024-12-01")) == ["Archive 2024"]
    assert found(store.archive, "archive", until=utc("2012-05-05")) == ["Archive 1999"]


def test_an_edit_is_found_by_its_new_words_and_labels_and_not_by_the_old(store):
    add(store, an_item("Old headline", "Đặng", identity="1", labels=Labels(topics=("ngo",))))
    edit = an_item("New headline", "Hội", identity="1", labels=Labels(topics=("state",)), published=utc("2025-01-01"))
    store.items.save_poll(a_poll(), [], [edit])
    assert found(store.archive, "old") == found(store.archive, "dang") == []
    assert found(store.archive, "headline", topics=("ngo",)) == []
    assert found(store.archive, "hội", topics=("state",)) == ["New headline"]
    assert found(store.archive, "headline", since=utc("2026-01-01")) == []
    assert found(store.archive, "headline", until=utc("2025-01-02")) == ["New headline"]


def test_a_deadline_gives_what_was_found_and_says_so(store):
    news = [an_item(f"Accord {n}", published=MIDNIGHT + timedelta(seconds=n)) for n in range(1500)]
    store.items.save_poll(a_poll(), news, [])
    query = Query(text="accord", order="relevance")
    assert store.archive.find(query, deadline=-1).partial
    whole = store.archive.find(query, deadline=60)
    assert (len(whole.hits), whole.partial) == (10, False)


def test_a_ranking_that_takes_too_long_is_left_for_the_newest(store):
    """No machine ranks these in a tenth of a millisecond; the newest three are found before a clock is looked at."""
    news = [an_item(f"Accord {n}", published=MIDNIGHT + timedelta(seconds=n)) for n in range(1900)]
    store.items.save_poll(a_poll(), news, [])
    hits = store.archive.find(Query(text="accord", order="relevance", limit=3), deadline=0.0001)
    assert [hit.item.title for hit in hits.hits] == ["Accord 1899", "Accord 1898", "Accord 1897"]
    assert hits.partial


@pytest.fixture(scope="module")
def small_archive(tmp_path_factory):
    opened = Store.open(f"sqlite:///{tmp_path_factory.mktemp('any')}/digest.db")
    opened.sources.sync([a_source()], now=NOW)
    opened.items.save_poll(a_poll(), NEWS, [])
    yield opened.archive
    opened.close()


OPERATORS = st.sampled_from(
    ["AND", "OR", "NOT", "NEAR(", ")", '"', "'", "*", "-", "^", ":", "title:", "{a b}:", "\x00", "lao", "Đà", "+", "_"]
)


@settings(max_examples=300)
@given(text=st.one_of(st.text(), st.lists(st.one_of(OPERATORS, st.text(max_size=3))).map(" ".join)))
def test_any_text_is_a_safe_query(small_archive, text):
    for order in ("newest", "relevance"):
        hits = small_archive.find(Query(text=text, order=order))
        assert len(hits.hits) <= len(NEWS)


def test_lone_surrogates_and_endless_texts_are_safe_too(small_archive):
    assert found(small_archive, "\ud800 lao \udfff") == found(small_archive, "lao")
    assert found(small_archive, "lao " * 10_000) == found(small_archive, "lao")
    assert found(small_archive, "(" * 100_000) == []


# Passages


def shown(text, spans):
    return [text[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("da nang", "Từ Đà Nẵng đến Nangarhar", ["Đà", "Nẵng"]),
        ("nang da", "Đà Nẵng, Nangarhar, Đại", ["Đà", "Nẵng"]),
        ("consul", "A consul, the consulate, proconsul", ["consul", "consulate"]),
        ("viện trợ", "Viện trợ để trở lại; Viện Hỗ trợ trong khi", ["Viện", "trợ"]),
        ("viện trợ", "Viện Hỗ trợ, trước vai trò của viện", ["Viện", "trợ", "viện"]),
        ("viện trợ", "Vien Tro, vien nghien cuu", ["Vien", "Tro"]),
        ("hữu nghị", "Hội nghị: Nghiêm nói về hữu nghị", ["hữu", "nghị"]),
        ("hữu nghị lào", "Hội nghị ở Lào, tình hữu nghị", ["Lào", "hữu", "nghị"]),
        ("lào", "Lào, lão, Lao", ["Lào"]),
        ("lào", "Lão, Lao", ["Lão", "Lao"]),
        ("hòa bình", "Hoà bình ở Hòa Bình, hoa", ["Hoà", "bình", "Hòa", "Bình"]),
        ("lao consul", "A consul met the Lao consul", ["consul", "Lao", "consul"]),
        ('"lao consul"', "Lao–consul met a consul", ["Lao–consul"]),
        ("don't", "They DON’T", ["DON’T"]),
        ("lao -hue", "Lao and Hue", ["Lao"]),
        ("istanbul", "İstanbul, İSTANBUL ﬁrst", ["İstanbul", "İSTANBUL"]),
        ("c++", "C++ or c", ["C", "c"]),
    ],
)
def test_matches_are_marked_in_the_original(typed, text, marked):
    in_title, snippet, in_snippet = passages(text, text, read_terms(typed, unfinished=True))
    assert shown(text, in_title) == shown(snippet, in_snippet) == marked


def test_what_stands_together_in_the_title_is_not_marked_apart_in_the_text():
    in_title, snippet, in_snippet = passages("Tình hữu nghị", "Hội nghị khai mạc.", read_terms("hữu nghị"))
    assert (shown("Tình hữu nghị", in_title), snippet, in_snippet) == (["hữu", "nghị"], "Hội nghị khai mạc.", ())


def test_the_window_is_around_what_stands_together():
    text = "Hội nghị khai mạc. " + "Một dòng. " * 30 + "Tình hữu nghị."
    _, snippet, in_snippet = passages("", text, read_terms("hữu nghị"))
    assert snippet.endswith("Tình hữu nghị.")
    assert shown(snippet, in_snippet) == ["hữu", "nghị"]


def test_hits_carry_passages_with_accents(archive):
    hit = archive.find(Query(text="hoi an nang")).hits[-1]
    assert shown(hit.item.title, hit.title_marks) == ["Nẵng"]
    assert hit.snippet == "Thành phố Đà Nẵng và Hội An mời bạn bè."
    assert shown(hit.snippet, hit.snippet_marks) == ["Nẵng", "Hội", "An"]


def test_a_long_text_is_cut_between_words_around_the_first_match():
    text = "đầu " * 100 + "the consul\nspoke " + "cuối " * 100
    snippet, spans = passages("", text, read_terms("consul"))[1:]
    assert snippet.startswith("…đầu ")
    assert snippet.endswith(" cuối…")
    assert "the consul spoke" in snippet
    assert shown(snippet, spans) == ["consul"]
    assert 150 < len(snippet) <= 202


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("x" * 150 + " the end of a sentence. " + "y" * 90, " a sentence."),
        ("x" * 150 + " one of many things, " + "y" * 90, " many things…"),
        ("x" * 150 + " as it was said: " + "y" * 90, " was said…"),
    ],
)
def test_a_cut_leaves_no_mark_before_its_dots(said, ends):
    assert passages("", said, read_terms("absent"))[1].endswith(ends)


def test_a_text_without_a_match_is_shown_from_its_beginning():
    assert passages("", "Short text.", read_terms("absent"))[1:] == ("Short text.", ())
    assert passages("", "", read_terms("absent"))[1:] == ("", ())


@given(text=st.text(alphabet="aà đĐ.\n" + "x", max_size=600), typed=st.text(alphabet='aàdđ "-', max_size=12))
def test_a_passage_is_a_piece_of_the_text_with_its_marks_inside(text, typed):
    snippet, spans = passages("", text, read_terms(typed))[1:]
    assert snippet.strip("…") in " ".join(text.split())
    assert len(snippet) <= 202
    assert all(0 <= start < end <= len(snippet) for start, end in spans)
    assert not any("…" in snippet[start:end] for start, end in spans)


def test_words_typed_with_accents_stand_near_one_another_where_accents_do_not_tell(store):
    """ "ấn độ" is not "ăn" here and "do" there; "Da Nang and Hue" is what "Đà Nẵng Huế" asks for."""
    far = "Ăn tối xong, đoàn dạo phố cổ, thăm chợ đêm và nghe hòa nhạc " + "bên bờ sông Hương " * 3 + "do nắng đẹp."
    add(store, an_item("Bữa tối", far), an_item("An do sang tham", "An Do mo tong lanh su quan."))
    add(store, an_item("Trains between Da Nang and Hue", "Two more trains a day."))
    assert found(store.archive, "ấn độ") == ["An do sang tham"]
    assert found(store.archive, "đà nẵng huế") == ["Trains between Da Nang and Hue"]
    assert found(store.archive, "an do") == ["An do sang tham", "Bữa tối"]


# Without words, what else to ask, and how an answer divides


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        (Query(topics=("state",)), ["Talks three", "Talks one"]),
        (Query(places=("VN",)), ["Talks three", "Talks one"]),
        (Query(since=MIDNIGHT + timedelta(hours=2)), ["Talks four", "Talks three"]),
        (Query(languages=("en",), limit=1), ["Talks four"]),
        (Query(languages=("vi",)), []),
        (Query(sources=(OTHER, FEED), until=MIDNIGHT + timedelta(hours=1)), ["Talks one"]),
        (Query(without=Filters(topics=("state",))), ["Talks four", "Talks two"]),
        (Query(text="talks", without=Filters(places=("VN", "CU"))), ["Talks four"]),
        (Query(topics=("state",), without=Filters(pairs=("LA-VN",))), ["Talks three"]),
        (Query(text="-three", without=Filters(sources=(OTHER,))), ["Talks two", "Talks one"]),
        (Query(without=Filters(sources=("nobody",))), ["Talks four", "Talks three", "Talks two", "Talks one"]),
        (Query(), []),
    ],
)
@pytest.mark.parametrize("order", ["newest", "relevance"])
def test_without_words_the_newest_that_pass_are_found(labelled, query, titles, order):
    hits = labelled.find(replace(query, order=order))
    assert [hit.item.title for hit in hits.hits] == titles
    if not query.text:
        assert {(hit.title_marks, hit.snippet_marks) for hit in hits.hits} <= {((), ())}


def test_an_empty_archive_finds_nothing(store):
    for query in (Query(text="-lao"), Query(topics=("ngo",)), Query(since=MIDNIGHT), Query(text="lao")):
        assert store.archive.find(query).hits == ()
        assert store.archive.suggest(query) == ()
        assert store.archive.facets(query, now=NOW) == Facets(total=0, more=False)


def test_outlets_are_found_by_names_with_accents_in_any_case(store):
    store.sources.sync([a_source(name="Báo Đối Ngoại")], now=NOW)
    add(store, an_item("Talks"))
    assert found(store.archive, "talks", sources=("BÁO ĐỐI NGOẠI",)) == ["Talks"]
    assert store.archive.outlets() == ("Báo Đối Ngoại", "The Other")


def suggested(archive, query):
    return [(one.kind, one.query.text, one.total, one.more) for one in archive.suggest(query)]


@pytest.mark.parametrize(
    ("typed", "suggestions"),
    [
        ("consull", [("spelling", "consul", 2, False)]),
        ("cosnul lao", [("spelling", "consul lao", 2, False), ("wider", "lao", 3, False)]),
        ("hoian", [("spelling", "hoi an", 2, False)]),
        ('"lao consull" visits', [("spelling", '"lao consul" visits', 1, False), ("wider", "visits", 1, False)]),
        ('"consul lao"', [("wider", "consul lao", 2, False)]),
        ("lao cuba", [("wider", "lao", 3, False), ("wider", "cuba", 1, False)]),
        ("consul -lao", [("wider", "consul", 2, False)]),
        ("xqzzy qqqq", []),
        ("vizit laos", [("spelling", "visit lao", 1, False)]),
        ('"lao consul" -visits hue', [("wider", '"lao consul" -"visits hue"', 1, False)]),
        ("cuba lanterns river lao consul", [("wider", "lao consul", 2, False)]),
        ("la lo xu", []),
        ("", []),
    ],
)
def test_what_finds_nothing_is_answered_with_what_does(archive, typed, suggestions):
    assert found(archive, typed) == []
    assert suggested(archive, Query(text=typed)) == suggestions


@pytest.mark.parametrize(
    ("query", "left"),
    [
        (Query(text="talks", topics=("climate",)), [Query(text="talks")]),
        (
            Query(topics=("ngo",), places=("LA",)),
            [Query(places=("LA",)), Query(topics=("ngo",))],
        ),
        (Query(text="talks", since=MIDNIGHT + timedelta(days=9), limit=3), [Query(text="talks", limit=3)]),
        (
            Query(text="talks", topics=("state",), without=Filters(places=("VN",)), offset=5),
            [Query(text="talks", without=Filters(places=("VN",))), Query(text="talks", topics=("state",))],
        ),
        (Query(text="talks", topics=("climate",), places=("US",)), [Query(text="talks")]),
        (Query(text="nothing", places=("LA",)), [Query(places=("LA",))]),
    ],
)
def test_a_filter_too_many_is_left_out(labelled, query, left):
    suggestions = labelled.suggest(query)
    assert {one.query for one in suggestions} == set(left)
    assert all(len(labelled.find(replace(one.query, limit=50)).hits) == one.total > 0 for one in suggestions)


def test_suggestions_stop_at_their_deadline(archive):
    assert archive.suggest(Query(text="consull lao"), deadline=-1) == ()


def test_an_answer_divides_by_what_its_items_are_about(labelled):
    facets = labelled.facets(Query(text="talks", limit=1, offset=1), now=MIDNIGHT + timedelta(hours=25))
    assert facets == Facets(
        total=4,
        more=False,
        topics=(Count("state", 2), Count("ngo", 1), Count("party", 1)),
        places=(Count("LA", 2), Count("VN", 2), Count("CU", 1), Count("VN-SG", 1)),
        sources=(Count("The Example", 3), Count("The Other", 1)),
        periods=(Count("1", 3), Count("7", 4), Count("30", 4)),
    )
    for kind in ("topics", "places", "sources"):
        for key, n in getattr(facets, kind):
            assert len(labelled.find(Query(text="talks", **{kind: (key,)})).hits) == n


def test_the_newest_two_hundred_are_counted(store):
    news = [an_item(f"Accord {n}", published=MIDNIGHT + timedelta(seconds=n)) for n in range(201)]
    store.items.save_poll(a_poll(), news[:200], [])
    assert (store.archive.facets(Query(text="accord"), now=NOW).total, COUNTED) == (200, 200)
    assert not store.archive.facets(Query(text="accord"), now=NOW).more
    store.items.save_poll(a_poll(), news[200:], [])
    facets = store.archive.facets(Query(text="accord"), now=NOW)
    assert (facets.total, facets.more, facets.sources) == (200, True, (Count("The Example", 200),))
    assert suggested(store.archive, Query(text="acord")) == [("spelling", "accord", 200, True)]
