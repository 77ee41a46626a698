from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digest.query import Hit
from render.blocks import marked
from render.search_view import search_blocks
from render.telegram import to_messages
from render.words import load_words
from tests.render_sample import NAMES, UNTIL, ZONE, hits, item

EN, VI = load_words("en"), load_words("vi")


def shown(found, words=EN):
    return "\n====\n".join(to_messages(search_blocks(found, words=words, names=NAMES, zone=ZONE, now=UNTIL)))


def test_a_page_of_results_reads_like_this():
    assert (
        shown(hits(offset=10, more=True))
        == """\
<b>Search: lao consul</b>
11. <a href="https://courier.example/consul?utm_source=rss"><b>Lao</b> <b>consul</b> thanks city for scholarships</a>
<i>2 Dec 2025 · Mekong Courier · 🇱🇦 Laos, Ho Chi Minh City</i>
… the <b>Lao</b> <b>consul</b> general thanked the city …

<i>Results 11–11, more follow</i>"""
    )


@pytest.mark.parametrize(
    ("published", "words", "expected"),
    [
        (datetime(2025, 12, 2, 3, tzinfo=UTC), EN, "2 Dec 2025"),
        (datetime(2025, 12, 2, 3, tzinfo=UTC), VI, "2/12/2025"),
        (datetime(2026, 11, 19, 3, tzinfo=UTC), EN, "19 Nov"),
        (datetime(2026, 11, 19, 3, tzinfo=UTC), VI, "19/11"),
        (datetime(2025, 12, 31, 18, tzinfo=UTC), EN, "1 Jan"),
    ],
)
def test_a_result_has_its_date_with_the_year_where_it_is_another(published, words, expected):
    found = hits(hits=(Hit(item=item(published=published), snippet=""),))

    assert f"<i>{expected} · Mekong Courier" in shown(found, words)


@pytest.mark.parametrize(
    ("asked", "words", "expected"),
    [
        ({}, EN, "Nothing found. Try fewer words, another spelling, or the words without accents."),
        ({}, VI, "Không tìm thấy tin nào. Bạn thử bớt từ, đổi cách viết hoặc gõ không dấu."),
        ({"topics": ("ngo",)}, EN, "Nothing found. Try fewer words, another spelling, or fewer filters."),
        ({"offset": 20}, EN, "There are no more results."),
        ({"partial": True}, EN, "This search took too long. Try rarer words or a filter."),
    ],
)
def test_without_results_something_is_suggested(asked, words, expected):
    assert expected in shown(hits(hits=(), **asked), words)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "1 result"),
        ({"more": True}, "Results 1–1, more follow"),
        ({"offset": 10}, "Results 11–11, that is all"),
    ],
)
def test_the_last_line_tells_where_one_is(asked, expected):
    assert shown(hits(**asked)).endswith(f"<i>{expected}</i>")


def test_a_search_that_was_stopped_says_so():
    assert shown(hits(partial=True)).endswith("\n<i>The search was stopped after a while: there may be more.</i>")


def test_filters_are_named_under_the_title():
    found = hits(
        topics=("ngo",),
        places=("LA",),
        pairs=("LA-VN",),
        source="Mekong Courier",
        since=datetime(2026, 11, 1, tzinfo=UTC),
        until=datetime(2026, 11, 20, tzinfo=UTC),
    )

    assert (
        shown(found).splitlines()[1]
        == "<i>NGO aid · Laos · Laos–Viet Nam · Mekong Courier · from 1 Nov · to 20 Nov</i>"
    )


def test_a_search_without_words_has_a_plain_title():
    assert shown(hits(text="  ", topics=("ngo",))).startswith("<b>Search</b>")


def test_what_was_typed_is_never_markup_or_command():
    assert shown(hits(text="<b> /stop\n@all</")).startswith("<b>Search: &lt;b&gt; /\u2060stop @\u2060all&lt;/</b>")


def test_a_result_in_another_language_carries_it_for_readers_aloud():
    found = hits(hits=(Hit(item=replace(item(), language="vi"), snippet="Tin"),))

    story = search_blocks(found, words=EN, names=NAMES, zone=ZONE, now=UNTIL)[1]

    assert {span.language for span in (*story.headline, *story.body[0])} == {"vi"}


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ((), [("lao consul", False)]),
        (((0, 3),), [("lao", True), (" consul", False)]),
        (((4, 10), (0, 3)), [("lao", True), (" ", False), ("consul", True)]),
        (((0, 5), (3, 6)), [("lao c", True), ("o", True), ("nsul", False)]),
        (((8, 99), (50, 60), (-5, 1)), [("l", True), ("ao cons", False), ("ul", True)]),
        (((5, 5), (9, 2)), [("lao consul", False)]),
    ],
)
def test_marks_become_spans_whatever_they_are(marks, expected):
    assert [(span.text, span.mark) for span in marked("lao consul", marks)] == expected
