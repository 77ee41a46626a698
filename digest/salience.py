"""How much each sentence of some reports tells: two small linear models with readable weights.

words ─→ how likely an editor's summary has each (often, early, in the title, in many reports)
sentences ─→ the part of its words that such a summary would have and that is not said yet

A sentence is worth what it tells *per word*: a score for whole sentences favours long ones. The weights are fitted by
`benchmarks/train_summaries.py`. The features are the classic ones (Edmundson 1969: position, title; centroid after
Radev et al. 2004; learned word importance after Hong and Nenkova 2014).
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from digest.errors import ConfigError
from digest.lexicon import read_data
from digest.quotable import Quotable
from digest.text import fold, marked, words

WORD_FEATURES = (
    "bias", "often", "share", "spread", "title", "early", "lead", "top", "reports", "capital", "length", "title_lead",
)  # fmt: skip
SENTENCE_FEATURES = ("bias", "early", "late", "title_part", "title_cover", "centroid", "length", "fresh", "again")
#: From here on a sentence is late; up to here a word stands near the top.
_LATE, _TOP = 10, 3
#: A sentence of which more than this part stands in the title tells nothing new.
_TITLE_AGAIN = 0.85
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|ly|s)$")


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature of a word and of a sentence counts."""

    words: tuple[float, ...]
    sentences: tuple[float, ...]


@lru_cache(maxsize=1)
def load_weights() -> dict[str, Weights]:
    """The weights beside us, by kind of material: a language, or `several` for more than one report."""
    return {kind: _read_weights(kind, row) for kind, row in read_data("summary.yaml").items()}


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


@dataclass(slots=True)
class Candidate:
    """One sentence with what is known of it before anything is chosen."""

    #: The number of its report among those given, and of the sentence among those quotable there.
    report: int
    rank: int
    sentence: Quotable
    terms: Counter[str]
    features: list[float] = field(default_factory=list)
    #: Each of its words with the likelihood that a summary has it.
    likely: dict[str, float] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """Words."""
        return len(self.sentence.words)

    def features_after(self, said: set[str]) -> list[float]:
        """All SENTENCE_FEATURES of this sentence when these words are said already."""
        fresh = sum(chance for term, chance in self.likely.items() if term not in said)
        again = sum(count for term, count in self.terms.items() if term in said) if said else 0
        return [*self.features, fresh / self.length, again / self.length]


def read_candidates(titles: Sequence[str], texts: Sequence[Sequence[Quotable]]) -> list[Candidate]:
    """The sentences of some reports, less those that only repeat their report's title."""
    found: list[Candidate] = []
    for number, (title, sentences) in enumerate(zip(titles, texts, strict=True)):
        headline = Counter(_terms(words(title), plain=False))
        rank = 0
        for sentence in sentences:
            terms = Counter(_terms(sentence.words, plain=False))
            if headline and (terms & headline).total() > _TITLE_AGAIN * terms.total():
                continue
            found.append(Candidate(number, rank, sentence, terms))
            rank += 1
    return found


class Material:
    """The candidates of one summary and the statistics they share."""

    def __init__(self, titles: Sequence[str], candidates: list[Candidate]) -> None:
        self.candidates = candidates
        # Without accents in a title, its words can only be found without accents.
        plain = not any(marked(word) for title in titles for word in words(title))
        self._key = {term: fold(term) if plain else term for c in candidates for term in c.terms}
        self._titles = [set(_terms(words(title), plain=plain)) for title in titles]
        self._reports = sorted({c.report for c in candidates})
        self._count: Counter[str] = Counter()
        self._sentences: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._in_reports: dict[str, set[int]] = {}
        for c in candidates:
            self._count.update(c.terms)
            self._sentences.update(c.terms.keys())
            for term in c.terms:
                self._first[term] = min(c.rank, self._first.get(term, c.rank))
                self._in_reports.setdefault(term, set()).add(c.report)
        self._capitals = _capitals(candidates)
        for c in candidates:
            c.features = self._sentence_features(c)

    def word_features(self) -> dict[str, list[float]]:
        """WORD_FEATURES of every word."""
        reports, sentences, total = len(self._reports), len(self.candidates), self._count.total()
        length = math.log(1 + total / max(1, reports)) / 10
        features: dict[str, list[float]] = {}
        for term, count in self._count.items():
            first = self._first[term]
            title = sum(self._key[term] in self._titles[n] for n in self._reports) / reports
            features[term] = [
                1.0,
                math.log(1 + count / reports),
                10 * count / total,
                self._sentences[term] / sentences,
                title,
                1 / (1 + first),
                float(first == 0),
                float(first < _TOP),
                (len(self._in_reports[term]) - 1) / max(1, reports - 1),
                min(1.0, self._capitals[term] / count),
                length,
                title * (first == 0),
            ]
        return features

    def weigh_words(self, weights: Sequence[float]) -> None:
        """Tell every candidate how likely its words are in a summary."""
        chance = {
            term: min(1.0, max(0.0, sum(w * f for w, f in zip(weights, features, strict=True))))
            for term, features in self.word_features().items()
        }
        for c in self.candidates:
            c.likely = {term: chance[term] for term in c.terms}

    def _sentence_features(self, c: Candidate) -> list[float]:
        title = self._titles[c.report]
        keys = {self._key[term] for term in c.terms}
        in_title = sum(count for term, count in c.terms.items() if self._key[term] in title)
        spread = sum(count * math.log(1 + self._sentences[term]) for term, count in c.terms.items())
        return [
            1.0,
            1 / (1 + c.rank),
            min(1.0, c.rank / _LATE),
            in_title / c.length,
            len(keys & title) / max(1, len(title)),
            spread / c.length / math.log(1 + len(self.candidates)),
            math.log(c.length) / 4,
        ]


def _terms(lower: Sequence[str], *, plain: bool) -> list[str]:
    return [stem(fold(word) if plain else word) for word in lower]


def _capitals(candidates: Sequence[Candidate]) -> Counter[str]:
    """How often each word is capitalised elsewhere than at the start of a sentence."""
    found: Counter[str] = Counter()
    for c in candidates:
        found.update(stem(word.lower()) for word in re.findall(r"(?<!^)\b[A-ZÀ-ỸĐ]\w*", c.sentence.text))
    return found


def _read_weights(kind: str, row: dict[str, dict[str, float]]) -> Weights:
    try:
        return Weights(
            tuple(float(row["words"][name]) for name in WORD_FEATURES),
            tuple(float(row["sentences"][name]) for name in SENTENCE_FEATURES),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"digest/data/summary.yaml: {kind}: weights expected for words and sentences") from error
