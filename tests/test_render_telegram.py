import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.blocks import Heading, Index, Lines, Moment, Paragraph, Quote, Rule, Small, Span, Story, plain
from render.telegram import ENTITY_LIMIT, MESSAGE_LIMIT, to_even_messages, to_messages
from tests.telegram_html import parse, utf16

FAMILY = "👩‍👩‍👧"

# Text of every kind: markup, bidi, emoji and their joiners, flags, invisible letters, lone surrogates, any plane.
TEXTS = st.text(
    st.one_of(
        st.sampled_from([*"<&>\"'@/ \n\t.", "…", "\u202e", "\u2066", "\u200d", "\u2060", "\u2800", "\ud800", "\udfff"]),
        st.sampled_from([*"🇱🇦👩🏽ạ日", "\u0301", "\ufe0f", "\u00a0", "\u3164"]),
        st.characters(),
    ),
    max_size=60,
)
LONG_TEXTS = st.builds(lambda text, times: text * times, TEXTS, st.integers(1, 40))
URLS = st.sampled_from(
    ["", "", 'https://a.example/?a=1&b="2"\'<3>', "javascript:alert(1)", "#here", "http://[", "tg://user?id=1"]
)
SPANS = st.builds(
    Span,
    LONG_TEXTS,
    url=URLS,
    bold=st.booleans(),
    italic=st.booleans(),
    mark=st.booleans(),
    theirs=st.booleans(),
)
MOMENTS = st.builds(
    Moment,
    LONG_TEXTS,
    italic=st.booleans(),
    at=st.none() | st.integers(1, 2**31 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    form=st.sampled_from(["dt", "d", ""]),
)
INLINES = st.lists(st.one_of(SPANS, SPANS, MOMENTS), max_size=4).map(tuple)
BLOCKS = st.one_of(
    st.builds(Heading, text=INLINES, level=st.sampled_from([1, 2]), note=TEXTS),
    st.builds(
        Story,
        headline=INLINES,
        number=st.none() | st.integers(1, 99),
        details=INLINES,
        body=st.lists(INLINES, max_size=2).map(tuple),
        sources=INLINES,
    ),
    st.builds(Paragraph, INLINES),
    st.builds(Quote, INLINES, folded=st.booleans()),
    st.builds(Index, st.lists(INLINES, max_size=3).map(tuple), label=TEXTS),
    st.builds(Lines, st.lists(INLINES, max_size=3).map(tuple)),
    st.builds(Small, INLINES),
    st.just(Rule()),
)


def inlines(block):
    """What a block says, in reading order."""
    match block:
        case Heading(text=text, note=note):
            return [text, plain(note)]
        case Story(number=number, headline=headline, details=details, body=body, sources=sources):
            return [plain(f"{number}." if number is not None else ""), headline, details, *body, sources]
        case Index(entries=entries, label=label):
            return [plain(label), *entries]
        case Lines(rows=rows):
            return list(rows)
        case Rule():
            return []
        case _:
            return [block.text]


def seen(text):
    """The characters a reader sees, without what the layout adds (white space, middle dots, a colon after a label)."""
    unseen = ("Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me")
    return "".join(
        c for c in text if unicodedata.category(c) not in unseen and c not in "·:\u2800\u3164\u115f\u1160\uffa0"
    )


@settings(max_examples=150)
@given(st.lists(BLOCKS, max_size=8), st.sampled_from([2, 3, 17, 120, MESSAGE_LIMIT]))
def test_any_blocks_become_messages_that_fit_and_parse_and_lose_nothing(blocks, limit):
    messages = to_messages(blocks, limit=limit)

    parsed = [parse(message) for message in messages]
    for text, entities in parsed:
        assert seen(text) or ":" in text or "·" in text
        assert text == text.strip()
        assert 1 <= utf16(text) <= limit
        assert len(entities) <= ENTITY_LIMIT
    said = "".join(span.text for block in blocks for inline in inlines(block) for span in inline)
    assert seen("".join(text for text, _ in parsed)) == seen(said)


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.builds(lambda n: Heading(text=plain(f"§ {n}")), st.integers(1, 99)),
            st.builds(lambda n: Paragraph(plain("word " * n)), st.integers(1, 60)),
        ),
        max_size=12,
    )
)
def test_no_message_ends_in_a_heading(blocks):
    for message in to_messages([*blocks, Paragraph(plain("The end."))], limit=100):
        assert not parse(message)[0].splitlines()[-1].startswith("§")


def test_blocks_are_parted_by_an_empty_line_and_a_heading_stands_on_what_follows():
    blocks = [
        Heading(level=1, text=plain("Digest"), note="Saturday"),
        Small(plain("Laos")),
        Heading(text=plain("People"), note="1"),
        Story(
            number=1,
            headline=(Span("Union & city", url="https://a.example/?x=1&y=2", bold=True), Span(" (in Lao)")),
            details=plain("Laos · 18:40"),
            body=(plain("One sentence."),),
        ),
        Small(plain("+2 more")),
        Small(plain("41 feeds")),
    ]

    assert to_messages(blocks) == [
        "<b>Digest</b> · Saturday\n<i>Laos</i>\n\n"
        '<b>People</b> · 1\n1. <a href="https://a.example/?x=1&amp;y=2"><b>Union &amp; city</b></a> (in Lao)\n'
        "<i>Laos · 18:40</i>\nOne sentence.\n\n"
        "<i>+2 more</i>\n<i>41 feeds</i>"
    ]


def test_a_message_is_split_between_blocks():
    first, second = "a " * 1500 + "a.", "b " * 1500 + "b."

    assert to_messages([Paragraph(plain(first)), Paragraph(plain(second))]) == [first, second]


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("One two. Three four. Five", 22, ["One two. Three four.", "Five"]),
        ("One two three four five", 12, ["One two", "three four", "five"]),
        ("First line\nsecond. Line", 19, ["First line", "second. Line"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("🇱🇦🇨🇺🇻🇳", 6, ["🇱🇦", "🇨🇺", "🇻🇳"]),
        ("x🇱🇦🇨🇺", 8, ["x🇱🇦", "🇨🇺"]),
        (f"{FAMILY}{FAMILY}", 12, [FAMILY, FAMILY]),
        ("cafe\u0301s", 4, ["caf", "e\u0301s"]),
    ],
)
def test_a_block_too_long_is_cut_where_it_hurts_least(text, limit, expected):
    assert to_messages([Paragraph(plain(text))], limit=limit) == expected


def test_tags_are_closed_before_a_cut_and_opened_again_after():
    link = Span("alpha beta", url="https://a.example", bold=True)

    assert to_messages([Quote((link,), folded=True)], limit=6) == [
        '<blockquote expandable><a href="https://a.example"><b>alpha</b></a></blockquote>',
        '<blockquote expandable><a href="https://a.example"><b>beta</b></a></blockquote>',
    ]


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("Title", "one two three four", ["<b>Title</b>\none two", "three four"]),
        ("Long title", "abcdefghij klm", ["<b>Long title</b>\nabc", "defghij klm"]),
    ],
)
def test_a_heading_keeps_the_beginning_of_a_block_that_is_too_long(title, text, expected):
    assert to_messages([Heading(text=plain(title)), Paragraph(plain(text))], limit=14) == expected


def test_more_than_a_hundred_styles_go_into_two_messages():
    words = tuple(span for n in range(150) for span in (Span(f"w{n}", bold=True), Span(" ")))

    counts = [len(parse(message)[1]) for message in to_messages([Paragraph(words)])]

    assert sum(counts) == 150
    assert max(counts) <= ENTITY_LIMIT


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "/relative", "ftp://a.example/", "https://", "#anchor", "https://a b/"]
)
def test_a_link_that_is_no_web_address_is_plain_text(url):
    assert to_messages([Paragraph((Span("here", url=url),))]) == ["here"]


def test_a_moment_is_shown_by_the_readers_own_clock():
    at = datetime(2026, 11, 20, 8, 6, tzinfo=UTC)
    said = (
        Span("Courier · "),
        Moment("20 Nov 15:06", at=at, form="dt"),
        Span(" · "),
        Moment("now", italic=True, at=at),
    )

    assert to_messages([Small(said)]) == [
        '<i>Courier · <tg-time unix="1795161960" format="dt">20 Nov 15:06</tg-time> · '
        '<tg-time unix="1795161960">now</tg-time></i>'
    ]


@pytest.mark.parametrize("limit", [16, 17, 18, 19, 20])
def test_a_moment_is_not_parted(limit):
    at = datetime(2026, 11, 20, 8, 6, tzinfo=UTC)
    said = (Span("Courier "), Moment("20 Nov 15:06", at=at, form="dt"), Span(" and on"))

    messages = to_messages([Paragraph(said)], limit=limit)

    assert sum(message.count("<tg-time") for message in messages) == 1
    assert any(">20 Nov 15:06</tg-time>" in message for message in messages)


def test_quotes_in_an_address_cannot_leave_the_attribute():
    (message,) = to_messages([Paragraph((Span("x", url="https://a.example/\"><b>'"),))])

    assert message == '<a href="https://a.example/&quot;&gt;&lt;b&gt;&#x27;">x</a>'


def test_commands_and_mentions_work_in_our_words_and_not_in_theirs():
    said = "send /stop to @everyone (/start) at 5 km/h, mail a@b.example, see https://a.example/@b"
    said += " and said:/stop:@all/ /@all"

    assert to_messages([Paragraph((Span(said),))]) == [said]
    assert to_messages([Paragraph((Span(said, theirs=True),))]) == [
        "send /\u2060stop to @\u2060everyone (/\u2060start) at 5 km/h, mail a@b.example, see https://a.example/@b"
        " and said:/\u2060stop:@\u2060all/ /@\u2060all"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1b[1mc\x7f", "ab[1mc"),
        ("tab\tfeed\x0c", "tab feed "),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("left \u202eright\u202c \u2066isolated\u2069", "left right isolated"),
        ("lone \ud83c surrogate", "lone \ufffd surrogate"),
        ("Việt Nam 👩🏽\u200d🎓 🇻🇳 שלום", "Việt Nam 👩🏽\u200d🎓 🇻🇳 שלום"),
    ],
)
def test_a_span_holds_only_what_may_be_shown(text, expected):
    assert Span(text).text == expected


def test_a_searched_word_is_bold():
    spans = (Span("the ", url="https://a.example"), Span("Lao", url="https://a.example", mark=True))

    assert to_messages([Story(headline=spans)]) == ['<a href="https://a.example">the <b>Lao</b></a>']


@pytest.mark.parametrize("text", ["", "  \n ", "\u2800", "\u200b\u2060", "\u202e", "\u3164"])
def test_nothing_to_see_gives_no_message(text):
    assert to_messages([Heading(text=plain(text)), Paragraph(plain(text)), Rule()]) == []


def test_a_limit_that_holds_no_emoji_is_refused():
    with pytest.raises(ValueError, match="cannot hold"):
        to_messages([], limit=1)


def test_even_messages_leave_no_crumb_behind():
    blocks = [Paragraph(plain(f"Story {n}. " + "word " * 60)) for n in range(14)] + [Small(plain("That was all."))]
    greedy, even = to_messages(blocks), to_even_messages(blocks)
    assert len(even) == len(greedy) == 2
    assert len(greedy[1]) < 600 < 1500 < len(even[1])
    assert " ".join(even).split() == " ".join(greedy).split()


def test_one_message_stays_one():
    assert to_even_messages([Paragraph(plain("Short."))]) == ["Short."]
