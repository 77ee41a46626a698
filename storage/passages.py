"""The passages to show for a hit, cut from the original text with its accents, and where they match."""

import re
from collections.abc import Iterator, Sequence

from digest.accents import mark_tokens
from digest.matching import Term, Terms
from digest.text import fold, marked, words

#: About how many characters of a text are shown.
WINDOW = 200
#: How many of them stand before the first match.
_LEAD = 60
_BETWEEN = re.compile(r"[\W_]+")

Span = tuple[int, int]
Spans = tuple[Span, ...]


def passages(title: str, text: str, terms: Terms) -> tuple[Spans, str, Spans]:
    """Where the terms stand in a title, a window of its text, and where they stand in that, as (start, end).

    The window is on one line and between words, around the first match, with "…" where a sentence was cut; a text
    without a match is shown from its beginning. Words typed with accents are looked for with these, and only where
    they nowhere stand so, without; syllables typed side by side are looked for side by side, and only where they
    nowhere stand so, by themselves.
    """
    line = " ".join(text.split())
    in_title, in_line = _marks((title, line), terms)
    return in_title, *_window(line, in_line)


def _marks(pages: tuple[str, str], terms: Terms) -> tuple[Spans, Spans]:
    """Where the terms stand in each of the pages."""
    folded = tuple(map(_fold_in_place, pages))
    found: tuple[list[Span], list[Span]] = ([], [])
    for row in terms.rows:
        places = [[list(_places(term, *page, exact=True)) for page in zip(pages, folded, strict=True)] for term in row]
        if not all(map(any, places)):
            places = [
                [list(_places(term, *page, exact=False)) for page in zip(pages, folded, strict=True)] for term in row
            ]
        if len(row) > 1:
            places = _side_by_side(places, folded)
        for spans in places:
            for page, more in zip(found, spans, strict=True):
                page += more
    return _apart(found[0]), _apart(found[1])


def _places(term: Term, page: str, folded: str, *, exact: bool) -> Iterator[Span]:
    """Where a term stands in a page; `exact`: with the accents that it was typed with."""
    said = [(n, [*mark_tokens([word])]) for n, word in enumerate(term.words) if exact and marked(word)]
    for found in re.finditer(term.pattern, folded):
        if said:
            spoken = [part for word in words(page[slice(*found.span())]) for part in word.split("_") if part]
            if len(spoken) != len(term.words) or any([*mark_tokens([spoken[n]])] != token for n, token in said):
                continue
        yield found.span()


def _side_by_side(places: Sequence[Sequence[list[Span]]], folded: Sequence[str]) -> list[list[list[Span]]]:
    """For each term of a row and each page those of its places where its neighbour stands beside it, if there are any.

    Else all of them.
    """
    beside: list[list[set[Span]]] = [[set() for _ in folded] for _ in places]
    for n in range(len(places) - 1):
        for page, text in enumerate(folded):
            following = {span[0]: span for span in places[n + 1][page]}
            for span in places[n][page]:
                between = _BETWEEN.match(text, span[1])
                if between and (other := following.get(between.end())):
                    beside[n][page].add(span)
                    beside[n + 1][page].add(other)
    return [
        [sorted(spans) for spans in together] if any(together) else list(alone)
        for together, alone in zip(beside, places, strict=True)
    ]


def _apart(spans: list[Span]) -> Spans:
    """Spans in order, those that overlap as one."""
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], end))
        else:
            apart.append((start, end))
    return tuple(apart)


def _window(line: str, spans: Spans) -> tuple[str, Spans]:
    """What to show of a line, and those of the spans that are in it."""
    start = max(0, spans[0][0] - _LEAD) if spans else 0
    end = min(len(line), start + WINDOW)
    start = max(0, min(start, end - WINDOW))
    if start > 0:  # forward to the next word
        start = _after_space(line, start, limit=spans[0][0] if spans else end)
    if end < len(line):  # back to the last whole word, unless one word fills the window
        cut = line.rfind(" ", start + WINDOW // 2, end + 1)
        end = cut if cut > 0 else end
        end = start + len(line[start:end].rstrip(" ,;:–-"))
    before = "…" if start > 0 else ""
    shift = len(before) - start
    after = "…" if end < len(line) and not line[:end].endswith((".", "!", "?", "…")) else ""
    shown = before + line[start:end] + after
    return shown, tuple((a + shift, min(b, end) + shift) for a, b in spans if a >= start and a < end)


def _after_space(line: str, start: int, *, limit: int) -> int:
    if line[start - 1] == " ":
        return start
    space = line.find(" ", start, limit)
    return space + 1 if space >= 0 else start


def _fold_in_place(text: str) -> str:
    """Folded letter by letter, so that every position is that of the original.

    >>> _fold_in_place("Đà Nẵng ﬁ")
    'da nang ﬁ'
    """
    folded = fold(text)
    if len(folded) == len(text):
        return folded
    letters = (fold(letter) for letter in text)
    return "".join(short if len(short) == 1 else letter for short, letter in zip(letters, text, strict=True))
