from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from digest.query import Facets, Filters, Hit, Query, Remark, Suggestion
from render.blocks import marked
from render.search_view import search_blocks
from render.telegram import to_messages
from render.words import load_words
from tests.render_sample import NAMES, UNTIL, ZONE, hits, item

EN, VI = load_words("en"), load_words("vi")


def shown(found, words=EN, **more):
    return "\n====\n".join(to_messages(search_blocks(found, words=words, names=NAMES, zone=ZONE, now=UNTIL, **more)))


def test_a_page_of_results_reads_like_this():
    assert (
        shown(hits(offset=10, more=True))
        == """\
<b>Search: lao consul</b>
11. <a href="https://courier.example/consul?utm_source=rss"><b>Lao</b> <b>consul</b> thanks city for scholarships</a>
<i><tg-time unix="1764646200" format="d">2 Dec 2025</tg-time> · Mekong Courier · 🇱🇦 Laos, Ho Chi Minh City</i>
… the <b>Lao</b> <b>consul</b> general thanked the city …

<i>Result 11, more follow</i>"""
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

    assert f">{expected}</tg-time> · Mekong Courier" in shown(found, words)


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
        ({}, "1 found"),
        ({"more": True}, "Result 1, more follow"),
        ({"offset": 10}, "Result 11, that is all"),
    ],
)
def test_the_last_line_tells_where_one_is(asked, expected):
    assert shown(hits(**asked)).endswith(f"<i>{expected}</i>")


def test_a_search_that_was_stopped_says_so():
    assert shown(hits(partial=True)).endswith("\n<i>The search was stopped after a while: there may be more.</i>")


@pytest.mark.parametrize(
    ("words", "heading"),
    [
        (
            EN,
            "Search: Laos · Laos–Viet Nam · NGO aid · Mekong Courier · in Vietnamese · from 1 Nov · to 20 Nov"
            " · lao “hữu nghị” · not football, “cup final”, Cuba, Culture",
        ),
        (
            VI,
            "Tìm: Lào · Lào–Việt Nam · Viện trợ · Mekong Courier · tiếng Việt · từ 1/11 · đến 20/11"
            " · lao “hữu nghị” · trừ football, “cup final”, Cuba, Văn hóa",
        ),
    ],
)
def test_the_heading_says_what_was_understood(words, heading):
    found = hits(
        text='lao -football "hữu nghị" -"cup final"',
        topics=("ngo",),
        places=("LA",),
        pairs=("LA-VN",),
        sources=("Mekong Courier",),
        languages=("vi",),
        without=Filters(topics=("cultural",), places=("CU",)),
        since=datetime(2026, 10, 31, 17, tzinfo=UTC),
        until=datetime(2026, 11, 20, 17, tzinfo=UTC),
    )
    assert shown(found, words).splitlines()[0] == f"<b>{heading}</b>"


def test_a_window_of_hours_names_the_hour():
    found = hits(text="", since=UNTIL - timedelta(hours=24))
    assert shown(found).startswith("<b>Search: from 20 Nov 07:00</b>")


REMARKS = (
    (Remark("place", "cubba", "CU"), "I read “cubba” as Cuba.", "Đã hiểu “cubba” là Cuba."),
    (Remark("topic", "cultre", "cultural"), "I read “cultre” as Culture and education.", None),
    (Remark("place", "xyzz"), "I do not know the place “xyzz”, so I left it out.", None),
    (Remark("topic", "golf"), "I do not know the topic “golf”, so I left it out.", None),
    (Remark("pair", "a-b"), "I do not know the two countries “a-b”, so I left them out.", None),
    (Remark("source", "nobody"), "I do not know the outlet “nobody”, so I left it out.", None),
    (Remark("language", "xx"), "I do not know the language “xx”, so I left it out.", None),
    (Remark("date", "32/13"), "I do not understand the date “32/13”, so I left it out.", None),
    (Remark("operator", "author"), "I know no filter called “author:”, so I looked for the words.", None),
    (Remark("missing", "nơi:"), "After “nơi:” something is missing, for example place:laos.", None),
    (Remark("backwards", ""), "The end date is before the start date. Swap from: and to:", None),
)


@pytest.mark.parametrize(("remark", "english", "vietnamese"), REMARKS)
def test_what_was_not_understood_is_said_under_the_heading(remark, english, vietnamese):
    assert shown(hits(), remarks=(remark, remark)).count(f"<i>{english}</i>") == 1
    assert english not in shown(hits(), VI, remarks=(remark,))
    if vietnamese:
        assert vietnamese in shown(hits(), VI, remarks=(remark,))


def test_remarks_are_few_and_never_markup():
    many = tuple(Remark("place", f"<b>@x{n}") for n in range(20))
    text = shown(hits(), remarks=many)
    assert text.count("so I left it out") == 5
    assert "“&lt;b&gt;@\u2060x0”" in text


@pytest.mark.parametrize(
    ("asked", "facets", "words", "expected"),
    [
        ({}, Facets(total=1, more=False), EN, "1 found"),
        ({}, Facets(total=1, more=False), VI, "1 tin"),
        ({"more": True}, Facets(total=12, more=False), EN, "Result 1 of 12"),
        ({"more": True}, Facets(total=200, more=True), EN, "Result 1 of more than 200"),
        ({"more": True}, Facets(total=200, more=True), VI, "Kết quả 1 trong hơn 200 tin"),
        ({"offset": 11}, Facets(total=12, more=False), EN, "Result 12 of 12"),
        ({"offset": 300, "more": True}, Facets(total=200, more=True), EN, "Result 301, more follow"),
    ],
)
def test_the_last_line_tells_how_many_there_are(asked, facets, words, expected):
    assert shown(hits(**asked), words, facets=facets).endswith(f"<i>{expected}</i>")


def test_a_word_that_was_taken_for_a_beginning_is_told():
    found = hits(text="lao cons", unfinished=True)
    assert "Nothing has the word “cons” itself. These have words that begin so." in shown(found)
    assert "Không tin nào có đúng từ “cons”; đây là những tin có từ bắt đầu như vậy." in shown(found, words=VI)
    assert "itself" not in shown(hits(text="lao cons"))


def test_instead_of_nothing_there_is_something_to_try():
    suggestions = (
        Suggestion(query=Query(text="lao consul", places=("LA",)), kind="spelling", total=12, more=False),
        Suggestion(query=Query(text="<i>"), kind="wider", total=200, more=True),
    )
    assert shown(hits(text="lao consull", places=("LA",), hits=()), suggestions=suggestions) == (
        "<b>Search: Laos · lao consull</b>\nNothing found. Perhaps you want one of these:\n\n"
        "1. Laos · lao consul · 12 found\n2. &lt;i&gt; · more than 200 found"
    )
    assert "1. Lào · lao consul · 12 tin" in shown(hits(hits=()), VI, suggestions=suggestions)


def test_one_thing_to_try_is_not_numbered():
    one = (Suggestion(query=Query(text="lao consul"), kind="spelling", total=12, more=False),)
    assert shown(hits(text="lao consull", hits=()), suggestions=one) == (
        "<b>Search: lao consull</b>\nNothing found. Perhaps you want this:\n\nlao consul · 12 found"
    )


def test_a_search_without_words_has_a_plain_title():
    assert shown(hits(text="  ")).startswith("<b>Search</b>")


def test_what_was_typed_is_never_markup_or_command():
    assert shown(hits(text="<b> /stop\n@all</")).startswith("<b>Search: &lt;b&gt; /\u2060stop @\u2060all&lt;/</b>")


def test_a_result_in_another_language_carries_it_for_readers_aloud():
    found = hits(hits=(Hit(item=replace(item(), language="vi"), snippet="Tin"),))

    story = search_blocks(found, words=EN, names=NAMES, zone=ZONE, now=UNTIL)[1]

    *title, told = story.headline
    assert {span.language for span in (*title, *story.body[0])} == {"vi"}
    assert (told.text, told.language) == (" (in Vietnamese)", "")
    assert "(tiếng" not in shown(found, words=VI)


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
