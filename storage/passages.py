"""The passages to show for a hit, cut from the original text with its accents, and where they match."""

import re
from collections.abc import Sequence

from digest.matching import Term
from digest.text import fold

#: About how many characters of a text are shown.
WINDOW = 200
#: How many of them stand before the first match.
_LEAD = 60

Spans = tuple[tuple[int, int], ...]


def marks_in(text: str, terms: Sequence[Term]) -> Spans:
    """Where the terms stand in `text`, as (start, end) in characters; accents and case make no difference."""
    if not terms:
        return ()
    pattern = re.compile("|".join(f"(?:{term.pattern})" for term in terms))
    return tuple(found.span() for found in pattern.finditer(_fold_in_place(text)))


def passage(text: str, terms: Sequence[Term]) -> tuple[str, Spans]:
    """A window of `text` around the first match, on one line and between words, with "…" where it was cut.

    With it where the terms stand in it. A text without a match is shown from its beginning.
    """
    line = " ".join(text.split())
    spans = marks_in(line, terms)
    start = max(0, spans[0][0] - _LEAD) if spans else 0
    end = min(len(line), start + WINDOW)
    start = max(0, min(start, end - WINDOW))
    if start > 0:  # forward to the next word
        start = _after_space(line, start, limit=spans[0][0] if spans else end)
    if end < len(line):  # back to the last whole word, unless one word fills the window
        cut = line.rfind(" ", start + WINDOW // 2, end + 1)
        end = cut if cut > 0 else end
    before = "…" if start > 0 else ""
    shift = len(before) - start
    shown = before + line[start:end] + ("…" if end < len(line) else "")
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
