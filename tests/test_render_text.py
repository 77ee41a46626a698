import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.blocks import Heading, Index, Lines, Paragraph, Quote, Rule, Small, Span, Story, plain
from render.text import MIN_WIDTH, columns, to_text


def test_every_block_has_its_shape():
    blocks = [
        Heading(level=1, text=plain("Digest"), note="Saturday"),
        Index((plain("Laos\u00a02"), plain("Cuba\u00a01")), label="In this digest"),
        Heading(text=plain("Laos"), note="1"),
        Story(
            number=1,
            headline=(Span("Union marks the day", url="https://a.example/1"),),
            details=plain("Laos · 18:40"),
            body=(plain("One sentence."),),
            sources=(Span("Courier", url="https://a.example/1"), Span(" · "), Span("Relay", url="https://b.example/2")),
        ),
        Story(headline=plain("A story without number or link")),
        Quote(plain("Said so")),
        Lines((plain("first"), plain(" "), plain("second"))),
        Paragraph((Span("See "), Span("here", url="https://c.example"), Span(", not "), Span("there", url="#x"))),
        Rule(),
        Small(plain("41 feeds")),
    ]

    assert (
        to_text(blocks)
        == """\
Digest · Saturday
═════════════════

In this digest: Laos\u00a02 · Cuba\u00a01

Laos · 1
────────

 1. Union marks the day
    Laos · 18:40
    One sentence.
    Courier · Relay
    https://a.example/1
    https://b.example/2

A story without number or link

│ Said so

- first
- second

See here, not there
https://c.example

────────────────────────

41 feeds
"""
    )


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("one two three four five six", 20, ["one two three four", "five six"]),
        ("one  two\nthree", 20, ["one  two", "three"]),
        ("In this digest:\u00a0Laos\u00a01 and more", 21, ["In this", "digest:\u00a0Laos\u00a01 and", "more"]),
        ("日本とベトナムの友好協会が式典", 20, ["日本とベトナムの友好", "協会が式典"]),
        ("a" * 45, 20, ["a" * 20, "a" * 20, "a" * 5]),
        ("word " + "b" * 25, 20, ["word", "b" * 20, "b" * 5]),
        ("narrower than it can be", 3, ["narrower than it can", "be"]),
    ],
)
def test_lines_break_where_words_do(text, width, expected):
    assert to_text([Paragraph(plain(text))], width=width) == "\n".join(expected) + "\n"


def test_an_address_is_never_broken():
    url = "https://a.example/" + "x" * 100

    assert url in to_text([Paragraph((Span("here", url=url),))], width=30).splitlines()


@settings(max_examples=150)
@given(st.lists(st.text(max_size=80), max_size=5), st.integers(1, 60))
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(texts, width):
    spans = tuple(Span(text) for text in texts)

    written = to_text([Quote(spans)], width=width)

    assert all(columns(line) <= max(width, MIN_WIDTH) for line in written.split("\n"))
    said = "".join(span.text for span in spans)
    assert re.sub(r"[\s│]", "", written) == re.sub(r"[\s│]", "", said)


def test_without_colour_there_are_no_escapes_even_from_outside():
    text = to_text([Paragraph((Span("a\x1b[31mred", bold=True, mark=True),))])

    assert text == "a[31mred\n"


def test_colour_adds_styles_and_changes_no_line():
    blocks = [
        Heading(text=plain("Laos")),
        Story(headline=(Span("the "), Span("Lao consul in a long line", mark=True)), details=plain("Laos")),
    ]

    coloured = to_text(blocks, width=20, colour=True)

    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == to_text(blocks, width=20)
    assert "\x1b[1;33mLao consul in a\x1b[0m\n\x1b[1;33mlong line\x1b[0m" in coloured


def test_nothing_is_written_for_nothing():
    assert to_text([]) == ""
    assert to_text([Paragraph(plain("  ")), Heading(text=plain(""))]) == ""
