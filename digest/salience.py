"""How likely an editor's summary has each word of some reports, once, twice, or more often.

Each word of the reports, at its first, second … fifth occurrence ─→ FEATURES ─→ one logistic model with readable
weights ─→ the likelihood that a summary has the word so often

A selection of sentences is then worth what it holds of those likelihoods (digest/choice.py). The weights are fitted by
`benchmarks/train_summaries.py`. Learned word importance after Hong and Nenkova 2014, with the features of Edmundson
1969 (position, title) and Radev et al. 2004 (centroid); counting a word again only as far as summaries repeat it, after
Sipos et al. 2012.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from digest.errors import ConfigError
from digest.lexicon import read_data
from digest.quotable import Quotable
from digest.text import fold, marked, words

#: What is known of a word at its n-th occurrence; `_features` says how each is counted.
FEATURES = (
    "bias", "second", "third", "more",
    "often", "share", "spread", "most", "reports",
    "title", "title_lead", "title_again", "beside_title", "beside_title_first", "untitled", "untitled_near",
    "early", "rank", "lead", "lead_has", "lead_again", "lead_length", "top", "top_has",
    "place", "place_first", "near", "near_first", "very_near", "fairly_near", "near_again",
    "in_sentence", "in_sentence_first", "in_sentence_near",
    "capital", "capital_often", "capital_lead", "capital_top", "digit", "digit_lead", "digit_top",
    "function", "function_again", "function_often", "letters", "short",
    "length", "sentences", "budget", "budget_share",
)  # fmt: skip
#: More occurrences of one word than this count for nothing.
MOST = 5
#: Up to here a sentence stands at the top; from here on all are equally late.
_TOP, _LATE = 3, 10
#: A sentence of which more than this part stands in the title tells nothing new.
_TITLE_AGAIN = 0.85
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|ly|s)$")
_CAPITALISED = re.compile(r"(?<!^)\b[A-ZÀ-ỸĐ]\w*")

#: The likelihoods of each word: that a summary has it, that it has it twice …
Chances = dict[str, tuple[float, ...]]


@lru_cache(maxsize=1)
def load_weights() -> dict[str, tuple[float, ...]]:
    """What each of FEATURES counts, by kind of material: a language, or `several` for more than one report."""
    return {kind: _read_weights(kind, row) for kind, row in read_data("summary.yaml").items()}


@lru_cache(maxsize=1)
def function_words() -> dict[str, frozenset[str]]:
    """The words of each language that carry grammar rather than news, as their stems."""
    return {
        language: frozenset(stem(word) for word in str(row).split())
        for language, row in read_data("function_words.yaml").items()
    }


def kind_of(language: str, reports: int) -> str:
    """Which weights suit this material: several reports of one event have their own in any language."""
    if reports > 1:
        return "several"
    return language if language in ("en", "vi") else "en"


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A lower-case word without the commonest English endings; Vietnamese syllables have none of them.

    >>> stem("visits"), stem("visited"), stem("gas"), stem("thanh")
    ('visit', 'visit', 'gas', 'thanh')
    """
    if len(word) < 4 or not word.isascii() or word.endswith("ss"):
        return word
    return _ENDING.sub("", word)


@lru_cache(maxsize=50_000)
def _plain(term: str) -> str:
    return fold(term)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One sentence that may be taken."""

    #: The number of its report among those given, and of the sentence among those quotable there.
    report: int
    rank: int
    sentence: Quotable
    #: Its words as stems, in order.
    terms: tuple[str, ...]
    bag: Counter[str]

    #: Words as a reader counts them, by the spaces between.
    length: int


def read_candidates(titles: Sequence[str], texts: Sequence[Sequence[Quotable]]) -> list[Candidate]:
    """The sentences of some reports, less those that only repeat their report's title."""
    found: list[Candidate] = []
    for number, (title, sentences) in enumerate(zip(titles, texts, strict=True)):
        headline = Counter(_terms(words(title), plain=False))
        rank = 0
        for sentence in sentences:
            terms = tuple(_terms(sentence.words, plain=False))
            bag = Counter(terms)
            if headline and (bag & headline).total() > _TITLE_AGAIN * len(terms):
                continue
            found.append(Candidate(number, rank, sentence, terms, bag, len(sentence.text.split())))
            rank += 1
    return found


class _Setting(NamedTuple):
    """What is the same for every word of some reports."""

    budget: int
    #: Words and sentences: a report's, all reports'.
    length: float
    sentences: int
    reports: int
    untitled: float


@dataclass(slots=True)
class _Seen:
    """What the reports show of one word."""

    count: int = 0
    sentences: int = 0
    most: int = 0
    lead: int = 0
    top: int = 0
    capitals: int = 0
    first: int = 1_000
    reports: int = 0
    last_report: int = -1
    beside_title: float = 0.0
    #: Where its first occurrences stand: words from the start of the report, and the part of the sentence before it.
    places: list[tuple[int, float]] = field(default_factory=list)


class Material:
    """The candidates of one summary and the statistics they share."""

    def __init__(self, titles: Sequence[str], candidates: Sequence[Candidate], *, language: str) -> None:
        self.candidates = candidates
        self.language = language
        # Without accents in a title, its words can only be found without accents.
        self._plain = not any(marked(word) for title in titles for word in words(title))
        self._titles = [Counter(_terms(words(title), plain=self._plain)) for title in titles]
        self._reports = sorted({c.report for c in candidates})
        self._seen: dict[str, _Seen] = {}
        place: Counter[int] = Counter()
        for c in candidates:
            self._read(c, place[c.report])
            place[c.report] += len(c.terms)

    @property
    def alone(self) -> bool:
        """Whether all comes from one report."""
        return len(self._reports) == 1

    @property
    def kind(self) -> str:
        """Which weights suit it."""
        return kind_of(self.language, len(self._reports))

    def features(self, budget: int) -> dict[str, list[list[float]]]:
        """FEATURES of every word at each of its first occurrences, for a summary of so many words."""
        reports = len(self._reports)
        setting = _Setting(
            budget,
            sum(len(c.terms) for c in self.candidates) / max(1, reports),
            len(self.candidates),
            reports,
            sum(not self._titles[n] for n in self._reports) / max(1, reports),
        )
        grammar = function_words().get(self.language, frozenset())
        return {
            term: [
                self._features(term, seen, times, setting, function=float(term in grammar))
                for times in range(1, min(seen.count, MOST) + 1)
            ]
            for term, seen in self._seen.items()
        }

    def chances(self, weights: Sequence[float], budget: int) -> Chances:
        """How likely a summary of so many words has each word at least once, twice …"""
        return {
            term: tuple(1 / (1 + math.exp(-sum(w * f for w, f in zip(weights, row, strict=True) if f))) for row in rows)
            for term, rows in self.features(budget).items()
        }

    def _read(self, c: Candidate, start: int) -> None:
        title = self._titles[c.report]
        keys = {_plain(term) for term in c.bag} if self._plain else c.bag.keys()
        beside = len(keys & title.keys()) / max(1, len(title))
        for n, term in enumerate(c.terms):
            seen = self._seen.get(term)
            if seen is None:
                seen = self._seen[term] = _Seen()
            if len(seen.places) < MOST:
                seen.places.append((start + n, n / len(c.terms)))
        for term, count in c.bag.items():
            seen = self._seen[term]
            seen.count += count
            seen.sentences += 1
            seen.most = max(seen.most, count)
            seen.first = min(seen.first, c.rank)
            seen.lead += count * (c.rank == 0)
            seen.top += count * (c.rank < _TOP)
            seen.beside_title = max(seen.beside_title, beside)
            if seen.last_report != c.report:
                seen.reports += 1
                seen.last_report = c.report
        for word in _CAPITALISED.findall(c.sentence.text):
            seen = self._seen.get(stem(word.lower()))
            if seen is not None:
                seen.capitals += 1

    def _features(self, term: str, seen: _Seen, times: int, setting: _Setting, *, function: float) -> list[float]:
        budget, length, _, reports, untitled = setting
        key = _plain(term) if self._plain else term
        title = sum(self._titles[n][key] >= times for n in self._reports) / reports
        again, lead, top = float(times > 1), float(seen.first == 0), float(seen.first < _TOP)
        often = math.log(seen.count / times)
        capital = min(1.0, seen.capitals / seen.count)
        digit = float(term[0].isdigit())
        place, within = seen.places[times - 1]
        first, within_first = seen.places[0]
        size = math.log(1 + length) / 10
        near, near_first = float(place < budget), float(first < budget)
        return [
            1.0, float(times == 2), float(times == 3), float(times > 3),
            often, seen.count / reports / length * 10, seen.sentences / setting.sentences,
            float(seen.most >= times), (seen.reports - 1) / max(1, reports - 1),
            title, title * lead, title * again, seen.beside_title, seen.beside_title * (1 - again), untitled,
            untitled * near,
            1 / (1 + seen.first), min(1.0, seen.first / _LATE), lead, float(seen.lead >= times), lead * again,
            lead * size, top, float(seen.top >= times),
            math.log(1 + place) / 7, math.log(1 + first) / 7, near, near_first, float(place < budget / 2),
            float(place < 2 * budget), near * again,
            within, within_first, within_first * near_first,
            capital, capital * often, capital * lead, capital * top, digit, digit * lead, digit * top,
            function, function * again, function * often, len(term) / 10, float(len(term) < 4),
            size, math.log(1 + setting.sentences) / 4, math.log(1 + budget) / 4, budget / (1 + length),
        ]  # fmt: skip


def _terms(lower: Sequence[str], *, plain: bool) -> list[str]:
    return [stem(_plain(word) if plain else word) for word in lower]


def _read_weights(kind: str, row: dict[str, float]) -> tuple[float, ...]:
    try:
        return tuple(float(row[name]) for name in FEATURES)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"digest/data/summary.yaml: {kind}: a weight expected for each feature") from error
