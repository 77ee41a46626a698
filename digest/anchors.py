"""What a report holds whatever its language: proper names, figures, dates, ordinals and newsroom words.

    title, text → words with their capitals → names, folded       ┐
                → dates, numbers, ordinals (figures.py)           ├→ Anchors
                → meanings of the glossary (data/newsroom.yaml)   ┘

Vietnamese names stand unaccented in English texts and foreign names stay Latin in Vietnamese ones, so the folded form
is the one that both have.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from digest.errors import ConfigError
from digest.figures import read_dates, read_figures, read_ordinals, read_periods
from digest.lexicon import Phrases, folded_key, key, read_data, terms
from digest.text import WORD, normalise

#: Words after which nothing is read, and those that count as the lead.
READ_WORDS, LEAD_WORDS = 250, 45
#: What an anchor is worth by where it stands.
TITLE, LEAD, BODY = 2.0, 1.4, 1.0

#: A headline on what is still to come.
_AHEAD_EN = re.compile(
    r"\b(?:to|will|set to|plans? to|upcoming|ahead of|prepares? (?:to|for)|next (?:week|month))\s\w", re.IGNORECASE
)
_AHEAD_VI = re.compile(r"\b(?:sẽ|sắp|chuẩn bị|dự kiến|tuần tới|tháng tới)\b", re.IGNORECASE)
#: Meanings that say how things turn, and which turn is the contrary of which.
_TURNS = {
    "m:begin": "begins", "m:opening": "begins", "m:arrive": "begins", "m:ending": "ends",
    "m:agree": "agreed", "m:sign": "agreed", "m:fail": "fails",
    "m:resume": "goes on", "m:extend": "goes on", "m:suspend": "stops",
}  # fmt: skip
_OPPOSITE = {"begins": "ends", "agreed": "fails", "goes on": "stops"}
_OPPOSITE |= {other: one for one, other in _OPPOSITE.items()}


@dataclass(frozen=True, slots=True)
class Anchors:
    """What reports of one event share across languages, and what sets look-alikes apart."""

    #: Anchor → its worth: "n:kovacic", "n:minh chau" (neighbours in a name), "m:visit", "#6.1e+08", "d310", "o7".
    terms: dict[str, float]
    #: Days of the opening, as month * 100 + day.
    dates: frozenset[int]
    #: Which of a series: the 7th round.
    ordinals: frozenset[int]
    #: Months from January that are reported on, 3 or 6; quarters as 101 to 104.
    periods: frozenset[int]
    #: Amounts and counts; percentages are negative.
    figures: frozenset[float]
    #: How things turn in the headline: they begin, or end; are agreed, or fail. And the opposites of these.
    turns: frozenset[str]
    opposites: frozenset[str]
    #: The headline is on a call; on what is still to come.
    call: bool
    ahead: bool


class _Place(NamedTuple):
    anchor: str
    word: int


def read_anchors(title: str, text: str, language: str) -> Anchors:
    """The anchors of one report. Any language but "vi" is read as English."""
    vietnamese = language == "vi"
    title, body = normalise(title), normalise(text)
    in_title, in_body = list(WORD.finditer(title)), list(WORD.finditer(body))
    if len(in_body) > READ_WORDS:
        body, in_body = body[: in_body[READ_WORDS].start()], in_body[:READ_WORDS]
    opening = body[: in_body[LEAD_WORDS].start()] if len(in_body) > LEAD_WORDS else body
    opening, whole = f"{title}\n{opening}", f"{title}\n{body}"
    dates = frozenset(read_dates(opening, vietnamese=vietnamese))
    figures = frozenset(read_figures(whole, vietnamese=vietnamese))
    ordinals = frozenset(read_ordinals(opening, vietnamese=vietnamese)) - {1}  # a first is rarely one of a series

    found: dict[str, float] = {}
    for place in (*_meanings(in_body, vietnamese=vietnamese), *_names(body, in_body)):
        worth = LEAD if place.word < LEAD_WORDS else BODY
        found[place.anchor] = max(worth, found.get(place.anchor, 0.0))
    headline = list(_meanings(in_title, vietnamese=vietnamese))
    turns = frozenset(_TURNS[place.anchor] for place in headline if place.anchor in _TURNS)
    for place in (*headline, *_names(title, in_title)):
        found[place.anchor] = TITLE
    found |= {f"#{figure:g}": LEAD for figure in figures}
    found |= {f"d{date}": LEAD for date in dates}
    found |= {f"o{ordinal}": LEAD for ordinal in ordinals}
    return Anchors(
        terms=found,
        dates=dates,
        ordinals=ordinals,
        periods=frozenset(read_periods(opening)),
        figures=figures,
        turns=turns,
        opposites=frozenset(_OPPOSITE[turn] for turn in turns),
        call=any(place.anchor == "m:call" for place in headline),
        ahead=bool((_AHEAD_VI if vietnamese else _AHEAD_EN).search(title)),
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    """Terms of one language → what they mean; and the words that terms begin with, to look no further at others."""

    trie: Phrases[tuple[str, ...]]
    firsts: frozenset[str]


class _Glossary(NamedTuple):
    english: _Terms
    vietnamese: _Terms
    #: Vietnamese typed without accents.
    plain: _Terms


@cache
def _glossary() -> _Glossary:
    english: dict[str, set[str]] = {}
    vietnamese: dict[str, set[str]] = {}
    for meaning, line in read_data("newsroom.yaml").items():
        cells = line.split("|")
        if len(cells) != 2:
            raise ConfigError(f"digest/data/newsroom.yaml: {meaning}: English | Vietnamese was expected")
        for table, cell in zip((english, vietnamese), cells, strict=True):
            for term in terms(cell):
                table.setdefault(term, set()).add(f"m:{meaning}")
    return _Glossary(_terms(english), _terms(vietnamese), _terms(vietnamese, folded=True))


def _terms(meanings: dict[str, set[str]], *, folded: bool = False) -> _Terms:
    trie: Phrases[tuple[str, ...]] = Phrases()
    for term, values in meanings.items():
        trie.add(term, tuple(sorted(values)), folded=folded)
    opening = (WORD.findall(term)[0] for term in meanings)
    return _Terms(trie, frozenset((folded_key if folded else key)(word) for word in opening))


def _meanings(found: list[re.Match[str]], *, vietnamese: bool) -> Iterator[_Place]:
    words = [match.group() for match in found]
    glossary = _glossary()
    if not vietnamese:
        known, keys = glossary.english, [key(word) for word in words]
    elif sum(not word.isascii() for word in words) * 12 < len(words):
        known, keys = glossary.plain, [folded_key(word) for word in words]
    else:
        known, keys = glossary.vietnamese, [key(word) for word in words]
    ends = [False] * len(keys)
    position = 0
    while position < len(keys):
        match = known.trie.at(keys, ends, position) if keys[position] in known.firsts else None
        if match is None:
            position += 1
            continue
        yield from (_Place(anchor, position) for anchor in match.value)
        position = match.end


def _names(part: str, found: list[re.Match[str]]) -> Iterator[_Place]:
    """Capitalised words, folded, and pairs of neighbours.

    Words that only open a sentence come too: the other language has no such word, so they are never shared.
    """
    before, end = "", -1
    for position, match in enumerate(found):
        word = match.group()
        if not word[0].isupper():
            before = ""
            continue
        folded = folded_key(word)
        if len(word) > 1:
            yield _Place(f"n:{folded}", position)
        if before and part[end : match.start()] in {" ", "-"}:
            yield _Place(f"n:{before} {folded}", position)
        before, end = folded, match.end()
