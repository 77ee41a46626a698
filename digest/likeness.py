"""Whether two reports are of one event: the odds, from how alike their words are and from what sets look-alikes apart.

    Item ─→ Report: words of its own language, anchors that any language shares (anchors.py), traits
    Report, Report, cosine ─→ Signs ─→ log odds: a logistic model of sixteen weights

The weights are those of `benchmarks/fit_stories.py`, rounded; then, by hand, what sets look-alikes apart (strangers,
turns, call) was made to count more and age less, since a story develops over days. Where the data have no example of
a sign (two rounds of talks, two quarters) its weight is a guess. docs/quality.md has the figures.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from digest.anchors import read_anchors
from digest.lexicon import folded_key
from digest.model import Item
from digest.neighbours import term_id
from digest.text import words

_TITLE_WEIGHT, _LEAD_WEIGHT, _BODY_WEIGHT = 3.0, 1.5, 1.0
_LEAD_WORDS, _MAX_WORDS = 40, 400
#: What a place that the report is about is worth among its anchors.
_PLACE_WEIGHT = 1.5
#: Odds are kept within these: one pair never decides a story alone.
FLOOR, CEILING = -3.0, 4.0
#: Days of the year this far apart are one date: a report of Tuesday night and one of Wednesday morning.
_DAYS_APART = 1.5
#: Large amounts this close are one amount, rounded by one of the two: "2.004 billion", "about 2 billion".
_ROUNDED, _LARGE = 0.02, 100_000
_MOST_DAYS, _MOST_SHARED = 7.0, 2
#: From so many reports on, more of them change nothing: their own statistics do the rest.
CROWD = 200

_STOPWORDS = frozenset(
    """a about after again all also an and any are as at be because been before being between both but by can could did
    do does during each for from further had has have he her here him his how i if in into is it its just may more most
    my new no not now of off on one only or other our out over own s said same say says she should so some such t than
    that the their them then there these they this those through to too under until up us very was we were what when
    where which while who whom why will with would you your two first year years day days week
    và của là các có cho được trong với những một khi đã tại người này từ đến không để về ra cũng như sẽ vào theo trên
    nhiều năm ông bà sau đó lại do đang phải cùng còn ở rằng hay bị thì mà nên nếu trước hơn nhất ngày tháng giữa mới
    nay việc hai ba sáng chiều tối hôm qua biết nói""".split()
)


class Signs(NamedTuple):
    """What speaks for or against one event, a number each; a model is one weight for each of them."""

    #: 1.
    bias: float
    #: Logarithm of the cosine: of words within one language, of anchors across two.
    cosine: float
    #: Logarithm of the shorter text's words, over 55: reports of one event share less of a long text.
    length: float
    #: Each names a country that the other does not; the share of countries in common (of all that either names, so
    #: that a home country left unsaid costs little); provinces, but none in common.
    strangers: float
    countries: float
    provinces: float
    #: Both name days, amounts, a number in a series or a part of the year, and none is the other's.
    days: float
    figures: float
    ordinals: float
    periods: float
    #: Amounts in common, up to _MOST_SHARED.
    shared: float
    #: What begins or is agreed in the one headline ends or fails in the other.
    turns: float
    #: Only one headline is of a call; of what is still to come.
    call: float
    ahead: float
    #: Days between them.
    age: float
    #: Logarithm of how many reports there are to choose from, over CROWD: among few, the alike one rather is the one.
    crowd: float


#: The same within a language and across two.
CROWD_WEIGHT = -0.6
SAME_LANGUAGE = Signs(
    bias=5.2, cosine=3.2, length=1.6, strangers=-4.0, countries=0.3, provinces=-1.5, days=-2.3, figures=-0.6,
    ordinals=-3.0, periods=-2.5, shared=1.2, turns=-2.5, call=-3.5, ahead=-0.2, age=-0.8, crowd=CROWD_WEIGHT,
)  # fmt: skip
CROSS_LANGUAGE = Signs(
    bias=1.8, cosine=4.3, length=0.0, strangers=-4.0, countries=2.0, provinces=-1.5, days=-2.0, figures=-0.5,
    ordinals=-3.0, periods=-2.5, shared=1.0, turns=-2.5, call=-3.5, ahead=-0.2, age=-0.8, crowd=CROWD_WEIGHT,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What the index keeps of an item: not its text."""

    item_id: int
    language: str
    published: datetime
    size: float
    countries: frozenset[str]
    provinces: frozenset[str]
    dates: frozenset[int]
    ordinals: frozenset[int]
    periods: frozenset[int]
    figures: frozenset[float]
    turns: frozenset[str]
    opposites: frozenset[str]
    call: bool
    ahead: bool


def read_report(item: Item) -> tuple[Report, dict[int, float], dict[int, float]]:
    """An item as a report, with the terms of its words and its anchors."""
    anchors = read_anchors(item.title, item.text, item.language)
    countries, provinces = _split_places(item.labels.places)
    body = words(item.text)[:_MAX_WORDS]
    report = Report(
        item_id=item.id,
        language=item.language,
        published=item.published,
        size=math.log(max(8, len(body))),
        countries=countries,
        provinces=provinces,
        dates=anchors.dates,
        ordinals=anchors.ordinals,
        periods=anchors.periods,
        figures=anchors.figures,
        turns=anchors.turns,
        opposites=anchors.opposites,
        call=anchors.call,
        ahead=anchors.ahead,
    )
    shared = {term_id(anchor): weight for anchor, weight in anchors.terms.items()}
    shared |= {term_id(f"p:{place}"): _PLACE_WEIGHT for place in item.labels.places}
    return report, word_terms(words(item.title), body, item.language), shared


@lru_cache(maxsize=5000)
def _split_places(places: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(place[:2] for place in places), frozenset(place for place in places if "-" in place)


def word_terms(title: Sequence[str], body: Sequence[str], language: str) -> dict[int, float]:
    """Weighted words of a report, folded; in Vietnamese also pairs of syllables; title and lead count more."""
    terms: dict[str, float] = defaultdict(float)
    for tokens, weight in (
        (title, _TITLE_WEIGHT),
        (body[:_LEAD_WORDS], _LEAD_WEIGHT),
        (body[_LEAD_WORDS:], _BODY_WEIGHT),
    ):
        for term in _terms_of(tokens, pairs=language == "vi"):
            terms[term] += weight
    return {term_id(term): 1 + math.log(weight) for term, weight in terms.items()}


def _terms_of(tokens: Sequence[str], *, pairs: bool) -> Iterable[str]:
    before = ""
    for token in tokens:
        if token in _STOPWORDS:
            before = ""
            continue
        folded = folded_key(token)
        if not pairs:
            yield folded[:-1] if len(folded) > 3 and folded.endswith("s") and not folded.endswith("ss") else folded
            continue
        yield folded
        if before:
            yield f"{before} {folded}"
        before = folded


def log_odds(a: Report, b: Report, cosine: float, *, crowd: float = 0.0) -> float:
    """The log odds that two reports are of one event; above 0 they rather are. Within FLOOR and CEILING.

    `crowd` is the logarithm of how many reports those days have, over CROWD; never above 0.
    """
    return bounded(weigh(a, b, cosine) + CROWD_WEIGHT * crowd) if cosine > 0 else FLOOR


def weigh(a: Report, b: Report, cosine: float) -> float:
    """The log odds of two reports with a cosine above 0, without bounds and but for the crowd, which changes."""
    weights = SAME_LANGUAGE if a.language == b.language else CROSS_LANGUAGE
    odds: float = sum(map(mul, weights, read_signs(a, b, cosine, 0.0)))
    return odds


def bounded(odds: float) -> float:
    """Log odds within FLOOR and CEILING."""
    return FLOOR if odds < FLOOR else min(odds, CEILING)


def least_cosine(report: Report, *, cross: bool, crowd: float = 0.0) -> float:
    """The cosine from which another report, all else speaking for it, has odds above 0: lower ones need no look."""
    weights = CROSS_LANGUAGE if cross else SAME_LANGUAGE
    most = weights.bias + max(0.0, weights.length) * (report.size - 4) + weights.crowd * crowd
    most += weights.countries + weights.shared * _MOST_SHARED
    return math.exp(-most / weights.cosine)


def read_signs(a: Report, b: Report, cosine: float, crowd: float) -> Signs:
    """What speaks for and against two reports being of one event; the order of the two does not matter."""
    named = len(a.countries) + len(b.countries)
    shared = _shared_figures(a.figures, b.figures) if a.figures and b.figures else 0
    return Signs(
        bias=1.0,
        cosine=math.log(cosine),
        length=min(a.size, b.size) - 4,
        strangers=bool(a.countries - b.countries and b.countries - a.countries),
        countries=2 * len(a.countries & b.countries) / named if named else 0.0,
        provinces=_apart(a.provinces, b.provinces),
        days=bool(a.dates and b.dates and not _near(a.dates, b.dates)),
        figures=bool(a.figures and b.figures and not shared),
        ordinals=_apart(a.ordinals, b.ordinals),
        periods=_apart(a.periods, b.periods),
        shared=min(_MOST_SHARED, shared),
        turns=not a.turns.isdisjoint(b.opposites) and a.turns.isdisjoint(b.turns),
        call=a.call != b.call,
        ahead=a.ahead != b.ahead,
        age=min(_MOST_DAYS, abs((a.published - b.published).total_seconds()) / 86400),
        crowd=crowd,
    )


def _apart(a: frozenset[str] | frozenset[int], b: frozenset[str] | frozenset[int]) -> bool:
    return bool(a) and bool(b) and a.isdisjoint(b)


def _near(a: frozenset[int], b: frozenset[int]) -> bool:
    if not a.isdisjoint(b):
        return True
    return any(not _DAYS_APART < abs(_day(one) - _day(other)) < 365 - _DAYS_APART for one in a for other in b)


def _day(date: int) -> float:
    """Roughly which day of the year a date is."""
    return (date // 100 - 1) * 30.4 + date % 100


def _shared_figures(a: frozenset[float], b: frozenset[float]) -> int:
    shared = len(a & b)
    if not shared:
        large = [figure for figure in b if figure >= _LARGE]
        shared = sum(any(abs(one - other) <= _ROUNDED * one for other in large) for one in a if one >= _LARGE)
    return shared
