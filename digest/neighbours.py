"""Which reports share words: a space of weighted terms that finds all neighbours of one in a single walk.

The cosine is that of TF-IDF vectors whose document frequencies are the store's own, those of the window's reports.
Terms in more than one report of twenty are not walked: they cost most and say least. A term is kept as a number and a
weight as a byte, so that a day's reports stay small.
"""

import math
import zlib
from array import array
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

#: Weights are kept in a byte.
_SCALE = 48
#: A term that more than this share of the reports have is not walked; within these bounds.
_COMMON_SHARE, _COMMON_LEAST, _COMMON_MOST = 0.05, 40, 500

#: What a term counts that only one of two spaces has. It could not be shared, so it says little against a likeness;
#: but a report of which hardly anything could be shared must not look like the first that shares one word.
_UNSHARED = 0.1


@lru_cache(maxsize=50_000)
def term_id(term: str) -> int:
    """A term as a number of 32 bits; the rare two that share one do no harm."""
    return zlib.crc32(term.encode())


class TermSpace:
    """Reports by their terms, with the store's own document frequencies. Slots are the caller's numbers of reports."""

    def __init__(self) -> None:
        #: Term → slot << 8 | weight, a bare number while only one report has it.
        self._postings: dict[int, array[int] | int] = {}
        self._terms: dict[int, array[int]] = {}
        self._weights: dict[int, bytes] = {}
        self._norms: dict[int, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._terms)

    def frequency(self, term: int) -> int:
        """How many reports have a term."""
        posting = self._postings.get(term)
        return 0 if posting is None else 1 if isinstance(posting, int) else len(posting)

    def add(self, slot: int, terms: Mapping[int, float]) -> None:
        """Note a report's terms."""
        weights = bytes(min(255, round(weight * _SCALE)) for weight in terms.values())
        for term, weight in zip(terms, weights, strict=True):
            packed = slot << 8 | weight
            posting = self._postings.get(term)
            if posting is None:
                self._postings[term] = packed
            elif isinstance(posting, int):
                self._postings[term] = array("Q", (posting, packed))
            else:
                posting.append(packed)
        self._terms[slot] = array("I", terms)
        self._weights[slot] = weights

    def remove(self, slot: int) -> None:
        """Forget a report."""
        for term, weight in zip(self._terms.pop(slot), self._weights.pop(slot), strict=True):
            posting = self._postings[term]
            if isinstance(posting, int):
                del self._postings[term]
            else:
                posting.remove(slot << 8 | weight)
                if not posting:
                    del self._postings[term]
        self._norms.pop(slot, None)

    def terms(self, slot: int) -> "tuple[array[int], bytes]":
        """A report's terms and their weights."""
        return self._terms[slot], self._weights[slot]


def neighbours(space: TermSpace, other: TermSpace, slot: int, *, least: float = 0.0) -> dict[int, float]:
    """The reports of `other` (which may be `space`) that share rarer terms with one of `space`: slot → cosine.

    Only cosines of at least `least`.
    """
    within = other is space
    total = len(space) if within else len(space) + len(other)
    common = max(_COMMON_LEAST, min(_COMMON_MOST, total * _COMMON_SHARE))
    dots: dict[int, float] = defaultdict(float)
    for term, weight in zip(*space.terms(slot), strict=True):
        posting = other._postings.get(term)
        if posting is None:
            continue
        found = 1 if isinstance(posting, int) else len(posting)
        if found > common:
            continue
        rare = math.log((total + 1) / ((found if within else found + space.frequency(term)) + 0.5))
        share = weight * rare * rare
        for packed in (posting,) if isinstance(posting, int) else posting:
            dots[packed >> 8] += share * (packed & 255)
    if within:
        dots.pop(slot, None)
    # The statistics move slowly, so norms are kept until the number of reports has grown by a tenth.
    epoch = int(math.log(total + 1) * 10)
    own = _norm(space, other, slot, total, epoch)
    alike = {}
    for at, dot in dots.items():
        known = other._norms.get(at)
        norm = known[1] if known is not None and known[0] == epoch else _norm(other, space, at, total, epoch)
        if dot >= least * own * norm:
            alike[at] = dot / (own * norm)
    return alike


def _norm(space: TermSpace, other: TermSpace, slot: int, total: int, epoch: int) -> float:
    """The length of a report's vector, noted for this epoch."""
    terms, weights = space.terms(slot)
    # Looked up in place: this is where most of the time of grouping goes.
    found = [1 if isinstance(posting, int) else len(posting) for posting in map(space._postings.__getitem__, terms)]
    square, log, total = 0.0, math.log, total + 1
    if other is space:
        for frequency, weight in zip(found, weights, strict=True):
            square += (weight * log(total / (frequency + 0.5))) ** 2
    else:
        for term, frequency, weight in zip(terms, found, weights, strict=True):
            others = other.frequency(term)
            share = 1.0 if others else _UNSHARED
            square += share * (weight * log(total / (frequency + others + 0.5))) ** 2
    norm = math.sqrt(square) or 1.0
    space._norms[slot] = (epoch, norm)
    return norm
