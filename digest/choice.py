"""Which sentences to take: those that together hold most of what an editor's summary would have.

candidates, likelihoods of words (digest/salience.py) ─→ the best by their own ─→ a first choice, one by one
─→ exchanged, added, left out, moved, as long as the whole gets better

A word counts as often as a summary is likely to have it, so that what is said already adds nothing. The search is the
usual one for budgeted coverage (Lin and Bilmes 2011): greedy, then local.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, permutations

from digest.salience import Candidate, Chances, Material
from digest.text import fold

#: A first sentence may be this much longer than the budget; longer ones stand only where nothing else is there.
_STRETCH = 1.5
#: Two sentences that share this part of the shorter one's words say the same.
_REPEAT = 0.6
#: In a brief summary less will do where two reports tell one event in other words or other accents: the second sentence
#: must bring something. Long ones, of up to two hundred words, lose by it (0.3 to 1.2 ROUGE-1 on reports of one event).
_REPEAT_ELSEWHERE, _BRIEF = 0.45, 3
#: What a heading or a caption loses for ending without a full stop, a leaning sentence that opens its text, and
#: half a quotation; a word.
_NO_STOP, _LEANS, _OPEN_QUOTE = 0.3, 0.15, 0.1
#: What the first sentence of a report gains a word, by the kind of material; the second half of it, the third a third.
#: It keeps phrases whole at no cost in single words (ROUGE-2 +0.2 English, +0.9 several reports, on rows of training);
#: beside Vietnamese standfirsts, which tell other than the first sentence does, it would cost 1.1 ROUGE-1.
_EARLY = {"en": 0.06, "several": 0.06}
#: What an amount or a count adds a word in a brief summary of one long article, where long generalities would take its
#: place: all of it from so many sentences on. Readers keep figures; long summaries have room for them anyway.
_TELLS_AMOUNT, _TELLS_COUNT, _LONG = 0.35, 0.2, 30
#: A word less likely than this is not worth a reader's time: about half the part of words that a summary gets right. Of
#: several reports, each of which has more to tell than a brief summary holds, nearly any likely word is.
_COST, _COST_SEVERAL = 0.15, 0.05
#: Candidates that are looked at, and rounds of exchange.
_POOL, _TOP, _FIGURES, _ROUNDS = 12, 2, 3, 3
#: Up to so many chosen sentences are put into every order.
_PERMUTED = 4

#: "$3 million", "4.5 %", "1,2 tỷ đồng"; and a count, not a date: "nearly 400", "gần 100".
_AMOUNT = re.compile(
    r"""(?:[$€£¥]|\b(?:USD|VND|EUR))\s?\d
    | \d[\d.,]*\s?(?:%|(?:per\ ?cent|thousand|million|billion|trillion|USD|VND|euros?|dollars?
        |phần\ trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|đồng)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
_COUNT = re.compile(
    r"\b(?:nearly|almost|over|more than|some|about|around|at least|up to|gần|hơn|trên|khoảng|ít nhất)\s\d",
    re.IGNORECASE,
)


def choose(
    material: Material, weights: Sequence[float], *, max_words: int, max_sentences: int, overflow: bool = False
) -> list[Candidate]:
    """The candidates that together tell most within the budget, best first.

    With `overflow` the last may run past it and counts only as far as it fits; without, only a single sentence may.
    """
    chances = material.chances(weights, max_words)
    return _Choice(material, chances, max_words, max_sentences, overflow).best()


Taken = tuple[Candidate, ...]


@dataclass(slots=True)
class _Choice:
    material: Material
    chances: Chances
    max_words: int
    max_sentences: int
    overflow: bool
    #: What each candidate gains or loses a word, by its identity.
    bonus: dict[int, float] = field(default_factory=dict)

    def best(self) -> list[Candidate]:
        """The search: greedy, then local."""
        pool = self._pool()
        taken = self._greedy(pool)
        for _ in range(_ROUNDS):
            better = self._improved(taken, pool)
            if better == taken:
                break
            taken = better
        if not self.overflow:
            return sorted(taken, key=lambda c: -self.worth((c,)))
        return list(self._filled(taken))

    def worth(self, taken: Taken) -> float:
        """What these tell, read in this order and cut at the budget."""
        left, total = self.max_words, 0.0
        cost = 0.0 if self.overflow else _COST if self.material.alone else _COST_SEVERAL
        times: Counter[str] = Counter()
        for c in taken:
            used = min(c.length, left)
            terms = c.terms if used == c.length else c.terms[: round(len(c.terms) * used / c.length)]
            for term in terms:
                said = times[term]
                times[term] = said + 1
                chance = self.chances[term]
                if said < len(chance):
                    total += chance[said]
            leans = _LEANS * (c.sentence.leaning and c is taken[0])
            total += (self._bonus(c) - leans) * used - cost * c.length
            left -= used
        return total

    def _bonus(self, c: Candidate) -> float:
        found = self.bonus.get(id(c))
        if found is None:
            found = self._figure(c) + _EARLY.get(self.material.kind, 0.0) / (1 + c.rank)
            found -= _NO_STOP * (not c.sentence.stopped) + _OPEN_QUOTE * c.sentence.open_quote
            self.bonus[id(c)] = found
        return found

    def _figure(self, c: Candidate) -> float:
        if not self.material.alone or self.max_sentences > _BRIEF:
            return 0.0
        long = min(1.0, len(self.material.candidates) / _LONG) ** 3
        if _AMOUNT.search(c.sentence.text):
            return long * _TELLS_AMOUNT
        return long * _TELLS_COUNT if _COUNT.search(c.sentence.text) else 0.0

    def _pool(self) -> list[Candidate]:
        """The candidates worth trying: the best a word, each report's first, the best figures, what these lean on."""
        everything = self.material.candidates
        ranked = sorted(everything, key=lambda c: -self.worth((c,)) / min(c.length, self.max_words))
        wanted = {id(c) for c in ranked[:_POOL]} | {id(c) for c in everything if c.rank < _TOP}
        wanted |= {id(c) for c in [c for c in ranked if self._figure(c)][:_FIGURES]}
        for before, c in pairwise(everything):
            if id(c) in wanted and c.sentence.leaning:
                wanted.add(id(before))
        return [c for c in everything if id(c) in wanted]

    def _greedy(self, pool: Sequence[Candidate]) -> Taken:
        taken: Taken = ()
        while True:
            tries = [(*taken, c) for c in pool if self.allowed((*taken, c))]
            if not tries:
                break
            now, left = self.worth(taken), max(1, self.max_words - sum(c.length for c in taken))
            slots = self.max_sentences - len(taken)
            scarce = max(1.0, left / slots)
            gain = {t: (self.worth(t) - now) / max(scarce, min(t[-1].length, left)) for t in tries}
            best = max(tries, key=lambda t: gain[t])
            if taken and gain[best] <= 0:
                break
            taken = best
        return taken

    def _improved(self, taken: Taken, pool: Sequence[Candidate]) -> Taken:
        best, value = taken, self.worth(taken)
        for other in self._neighbours(taken, pool):
            if self.allowed(other) and self.worth(other) > value + 1e-9:
                best, value = other, self.worth(other)
        return best

    def _neighbours(self, taken: Taken, pool: Sequence[Candidate]) -> Iterator[Taken]:
        others = [c for c in pool if not any(c is one for one in taken)]
        for n in range(len(taken) + 1):
            for c in others:
                yield self._trimmed((*taken[:n], c, *taken[n + 1 :]))
                if self.overflow or n == len(taken):
                    yield self._trimmed((*taken[:n], c, *taken[n:]))
            if not self.overflow and len(taken) > 1 and n < len(taken):
                yield (*taken[:n], *taken[n + 1 :])
        if self.overflow and len(taken) <= _PERMUTED:
            yield from permutations(taken)

    def _trimmed(self, taken: Taken) -> Taken:
        """Without those of which nothing is left after the cut."""
        if not self.overflow:
            return taken
        words = 0
        for n, c in enumerate(taken):
            if words >= self.max_words:
                return taken[:n]
            words += c.length
        return taken

    def _filled(self, taken: Taken) -> Taken:
        """For a scorer that cuts: as many more as the budget still holds."""
        for c in self.material.candidates:
            if sum(one.length for one in taken) >= self.max_words or len(taken) >= self.max_sentences:
                break
            if not any(c is one for one in taken) and self.allowed((*taken, c)):
                taken = (*taken, c)
        return taken

    def allowed(self, taken: Taken) -> bool:
        """Whether these may stand together: within the budget, repeating nothing, none leaning on what is not there."""
        if len(taken) > self.max_sentences:
            return False
        words = sum(c.length for c in taken)
        if self.overflow:
            if len(taken) > 1 and words - taken[-1].length >= self.max_words:
                return False
        elif words > self.max_words and (len(taken) > 1 or not self._may_stretch(taken[0])):
            return False
        brief = self.max_sentences <= _BRIEF
        return all(self._may_follow(c, taken[:n], brief=brief) for n, c in enumerate(taken))

    def _may_stretch(self, c: Candidate) -> bool:
        limit = self.max_words * _STRETCH
        return c.length <= limit or all(one.length > limit for one in self.material.candidates)

    def _may_follow(self, c: Candidate, before: Taken, *, brief: bool) -> bool:
        if any(c is other or _repeats(c, other, brief=brief) for other in before):
            return False
        if not c.sentence.leaning:
            return True
        position = c.sentence.position - 1
        if position < 0:
            return c.report == 0
        return any(other.report == c.report and other.sentence.position == position for other in before)


def _repeats(a: Candidate, b: Candidate, *, brief: bool) -> bool:
    if _overlap(a.bag, b.bag) > _REPEAT:
        return True
    if a.report == b.report or not brief:
        return False
    plain = [Counter(fold(term) for term in c.terms) for c in (a, b)]
    return _overlap(*plain) > _REPEAT_ELSEWHERE


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    """The part of the smaller bag of words that is also in the other."""
    smaller = min(a.total(), b.total())
    return (a & b).total() / smaller if smaller else 0.0
