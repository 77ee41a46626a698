"""One small tree of blocks: a view builds it once and every surface (Telegram, terminal, web page) draws the same.

block    Heading · Story · Paragraph · Quote · Index · Lines · Small · Rule
inline   a tuple of Spans, drawn one after the other; a Moment is a Span that stands for a time
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

#: Bidirectional embeddings, overrides and isolates: left open in a headline they would turn the lines that follow.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_UNSAFE_IN_URL = re.compile(r"[\s\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. Its text is made safe to show: no controls, bidi overrides or lone surrogates.

    >>> Span("a\\x1b[31m b\\ud800").text
    'a[31m b\ufffd'
    """

    text: str
    #: Where a tap leads: an http(s) address, or "#anchor" of a heading; surfaces drop what they cannot open.
    url: str = ""
    bold: bool = False
    italic: bool = False
    #: A word that was searched for.
    mark: bool = False
    #: BCP 47 tag of the text where it differs from the page's, for screen readers and fonts.
    language: str = ""
    #: Words of a publisher or reader: a "/stop" or "@name" in them is never a command or a mention.
    theirs: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", clean(self.text))


Inline = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Moment(Span):
    """A time. Its text says it to whoever cannot place it; a client that can shows it by its reader's own clock.

    The text stays true when it is read days later or in another zone: it names the day.
    """

    #: An aware time; None for text alone.
    at: datetime | None = None
    #: What a client shows instead of the text, https://core.telegram.org/bots/api#date-time-entity-formatting:
    #: "dt" day and hour, "d" the day; "" leaves the text and only tells the time when it is tapped.
    form: Literal["dt", "d", ""] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A title: level 1 of the whole, level 2 of a section. `note` stands beside it, smaller: a date, a count."""

    text: Inline
    level: Literal[1, 2] = 2
    note: str = ""
    #: What "#anchor" links to.
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A headline, a line about it (places, outlets, time), the sentences under it and links to read on."""

    headline: Inline
    number: int | None = None
    details: Inline = ()
    body: tuple[Inline, ...] = ()
    sources: Inline = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Quote:
    """Someone else's words; `folded` shows the beginning until it is tapped, where the surface can."""

    text: Inline
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """What is inside, on one line. `label` opens it."""

    entries: tuple[Inline, ...]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """A list, one entry a line."""

    rows: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Small:
    """A remark in small print."""

    text: Inline


@dataclass(frozen=True, slots=True)
class Rule:
    """The end of the sections before it."""


Block = Heading | Story | Paragraph | Quote | Index | Lines | Small | Rule

#: Between the parts of a line.
DOT = " · "


def plain(text: str) -> Inline:
    """Our own words, without style."""
    return (Span(text),)


def clean(text: str) -> str:
    """The text without what cannot or must not be shown: controls (but newlines), bidi overrides, lone surrogates."""
    if text.isprintable():
        return text
    return "".join(_clean_character(c) for c in _LINE_BREAKS.sub("\n", text) if c not in _BIDI)


def one_line(text: str) -> str:
    """Text from outside on one line, every run of white space one space."""
    return " ".join(text.split())


def web_url(url: str) -> str:
    """The address if it is a complete http(s) one, else "".

    >>> web_url("https://a.example/x"), web_url("javascript:alert(1)"), web_url("/relative")
    ('https://a.example/x', '', '')
    """
    if _UNSAFE_IN_URL.search(url):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme.lower() in ("http", "https") and parts.hostname else ""


def marked(text: str, marks: tuple[tuple[int, int], ...], *, url: str = "", language: str = "") -> Inline:
    """Text from outside with the passages `marks`, (start, end) in characters, marked.

    Passages that overlap or lie outside do no harm.

    >>> [(span.text, span.mark) for span in marked("the Lao consul", ((4, 7),))]
    [('the ', False), ('Lao', True), (' consul', False)]
    """
    spans: list[Span] = []
    done = 0
    for start, end in sorted(marks):
        start, end = max(start, done), min(end, len(text))
        if start < end:
            spans.append(Span(text[done:start], url=url, language=language, theirs=True))
            spans.append(Span(text[start:end], url=url, language=language, theirs=True, mark=True))
            done = end
    spans.append(Span(text[done:], url=url, language=language, theirs=True))
    return tuple(span for span in spans if span.text)


def joined(parts: tuple[Inline, ...], *, by: str = DOT) -> Inline:
    """The parts that hold something, with `by` between them."""
    line: list[Span] = []
    for part in parts:
        if any(span.text.strip() for span in part):
            line += [Span(by), *part] if line else part
    return tuple(line)


def _clean_character(c: str) -> str:
    match unicodedata.category(c):
        case "Cc":
            return c if c == "\n" else " " if c in "\t\v\f" else ""
        case "Cs":
            return "\ufffd"
        case _:
            return c
