"""Blocks as plain text for a terminal: wrapped to its width, links written out, no colour unless asked."""

import re
import unicodedata
from collections.abc import Iterable

from render.blocks import (
    DOT,
    Block,
    Heading,
    Index,
    Inline,
    Lines,
    Paragraph,
    Quote,
    Rule,
    Small,
    Span,
    Story,
    joined,
    web_url,
)

#: Narrower than this nothing reads well; a smaller width is taken as this.
MIN_WIDTH = 20

_BOLD, _DIM, _ITALIC, _MARK, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[3m", "\x1b[1;33m", "\x1b[0m"
#: A non-breaking space belongs to its word.
_WORD_OR_SPACE = re.compile(r"(?P<space>[^\S\u00a0\u202f]+)|[\S\u00a0\u202f]+")


def to_text(blocks: Iterable[Block], *, width: int = 80, colour: bool = False) -> str:
    """The blocks as text that ends in a newline ("" for no blocks), lines of at most `width` columns.

    Only an address may be wider, since a broken one cannot be opened. `colour` adds ANSI styles, never columns.
    """
    paper = _Paper(max(width, MIN_WIDTH), colour=colour)
    written = [part for part in (paper.block(block) for block in blocks) if part]
    return "\n\n".join(written) + "\n" if written else ""


def columns(text: str) -> int:
    """How many terminal columns a text takes, roughly: East Asian wide letters and emoji two, accents none.

    >>> columns("Việt Nam"), columns("日本"), columns("🇱🇦 Lào")
    (8, 4, 6)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(c: str) -> int:
    if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1


class _Paper:
    """Writes blocks at one width, in colour or without."""

    def __init__(self, width: int, *, colour: bool) -> None:
        self._width = width
        self._colour = colour

    def block(self, block: Block) -> str:
        match block:
            case Heading(text=text, note=note, level=level):
                title = _bold(text) + ((Span(DOT + note),) if note else ())
                lines = self._wrapped(title)
                longest = columns(_plain(title)) if len(lines) == 1 else self._width
                return "\n".join([*lines, ("═" if level == 1 else "─") * longest]) if lines else ""
            case Story():
                return self._story(block)
            case Paragraph(text=text):
                return self._linked(text)
            case Quote(text=text):
                return self._linked(text, first="│ ", rest="│ ")
            case Index(entries=entries, label=label):
                return "\n".join(self._wrapped((*((Span(label + ": "),) if label else ()), *joined(entries))))
            case Lines(rows=rows):
                return "\n".join(self._linked(row, first="- ", rest="  ") for row in rows if _plain(row).strip())
            case Small(text=text):
                return self._linked(text, style=_DIM)
            case Rule():
                return "─" * min(self._width, 24)

    def _story(self, story: Story) -> str:
        first = f"{story.number:>2}. " if story.number is not None else ""
        indent = " " * len(first)
        lines = self._wrapped(story.headline, first=first, rest=indent)
        lines += self._wrapped(story.details, first=indent, rest=indent, style=_DIM)
        for part in (*story.body, story.sources):
            lines += self._wrapped(part, first=indent, rest=indent)
        links = _links(
            (*story.headline, *story.details, *(span for part in story.body for span in part), *story.sources)
        )
        return "\n".join(lines + [indent + self._styled(url, _DIM) for url in links])

    def _linked(self, text: Inline, *, first: str = "", rest: str = "", style: str = "") -> str:
        lines = self._wrapped(text, first=first, rest=rest, style=style)
        return "\n".join(lines + [rest + self._styled(url, _DIM) for url in _links(text)])

    def _wrapped(self, text: Inline, *, first: str = "", rest: str = "", style: str = "") -> list[str]:
        """The text's lines, each with its indent; nothing for blank text."""
        whole = _plain(text)
        if not whole.strip():
            return []
        room = self._width - columns(rest)
        lines: list[str] = []
        for start, end in _line_spans(whole, room):
            indent = rest if lines else first
            lines.append(indent + self._slice(text, start, end, style))
        return lines

    def _slice(self, text: Inline, start: int, end: int, style: str) -> str:
        """Characters `start` to `end` of the text, styled."""
        written = []
        offset = 0
        for span in text:
            part = span.text[max(0, start - offset) : max(0, end - offset)]
            offset += len(span.text)
            own = _MARK if span.mark else _BOLD if span.bold else _ITALIC if span.italic else style
            written.append(self._styled(part, own))
        return "".join(written)

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{_RESET}" if self._colour and style and text else text


def _line_spans(text: str, room: int) -> list[tuple[int, int]]:
    """Where each line starts and ends: at a newline, else at the last space that fits; a longer word is broken."""
    lines: list[tuple[int, int]] = []
    start = end = used = 0
    for token in _WORD_OR_SPACE.finditer(text):
        word = token.group()
        if token["space"]:
            if "\n" in word:
                lines.append((start, end))
                start = end = token.end()
                used = 0
            continue
        gap = columns(text[end : token.start()]) if end > start else 0
        if end > start and used + gap + columns(word) > room:
            lines.append((start, end))
            start = end = token.start()
            used = gap = 0
        elif end == start:
            start = token.start()
        used += gap
        for position, c in enumerate(word, start=token.start()):
            if used + _columns(c) > room:
                lines.append((start, position))
                start = position
                used = 0
            used += _columns(c)
        end = token.end()
    lines.append((start, end))
    return [(start, end) for start, end in lines if end > start]


def _links(text: Iterable[Span]) -> list[str]:
    """The addresses in a text, each once."""
    return list(dict.fromkeys(url for url in (web_url(span.url) for span in text) if url))


def _bold(text: Inline) -> Inline:
    return tuple(Span(span.text, url=span.url, bold=True) for span in text)


def _plain(text: Iterable[Span]) -> str:
    return "".join(span.text for span in text)
