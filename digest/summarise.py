"""Extractive summaries: one to three sentences that a publisher really wrote, within a word budget.

    reports ─→ quotable sentences (digest/quotable.py) ─→ what each tells a word, given what is said (digest/salience)
    ─→ take the best that fits and repeats nothing taken ─→ again, until the budget is spent ─→ in reading order

What is taken changes what the others still tell, in the manner of maximal marginal relevance (Carbonell and Goldstein
1998); repeats across reports are held off by overlap besides.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Item, Sentence
from digest.quotable import quotable_sentences
from digest.salience import Candidate, Material, Weights, kind_of, load_weights, read_candidates
from digest.text import fold

#: Words that a summary may have.
WORD_BUDGET = 45
MAX_SENTENCES = 2

#: A first sentence may be this much longer than the budget; longer ones stand only where nothing else is there.
_STRETCH = 1.5
#: Two sentences that share this part of the shorter one's words say the same.
_REPEAT = 0.6
#: In a brief summary less will do where two reports tell one event in other words or other accents: the second sentence
#: must bring something. Long ones, of up to two hundred words, lose by it (0.3 to 1.2 ROUGE-1 on reports of one event).
_REPEAT_ELSEWHERE, _BRIEF = 0.45, 3
#: Words of a usual sentence: more than this no place for one is counted on to hold.
_USUAL = 25
#: What a heading or a caption loses for ending without a full stop, and a leaning sentence that opens its text.
_NO_STOP, _LEANS = 0.3, 0.15
#: What an amount or a count adds in one long article, which is where generalities drown it: all of it from so many
#: sentences on. Readers keep figures; scores of summaries hardly notice.
_TELLS_FIGURE, _LONG = 0.06, 30
#: More of a story's reports, and of one report's sentences, are not read: the rest repeats what these say.
_MAX_REPORTS, _MAX_READ = 8, 60

#: An amount or a count, not a date: "$3 million", "4.5 %", "nearly 400", "gần 100", "1,2 tỷ đồng".
_FIGURE = re.compile(
    r"""(?:[$€£¥]|\b(?:USD|VND|EUR))\s?\d
    | \d[\d.,]*\s?(?:%|(?:per\ ?cent|thousand|million|billion|trillion|USD|VND|euros?|dollars?
        |phần\ trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|đồng)\b)
    | \b(?:nearly|almost|over|more\ than|some|about|around|at\ least|up\ to|gần|hơn|trên|khoảng|ít\ nhất)\s\d""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """One text to summarise; `id` comes back with each sentence."""

    id: int
    language: str
    title: str
    text: str


def summarise(
    reports: Sequence[Report],
    *,
    max_words: int = WORD_BUDGET,
    max_sentences: int = MAX_SENTENCES,
    overflow: bool = False,
) -> tuple[Sentence, ...]:
    """The sentences that tell most of what the reports say, each verbatim in the report it names, in reading order.

    Empty where no report holds a sentence worth quoting. The first may exceed `max_words`; the sum with later ones
    does not, unless `overflow` lets the last one run over, best first, for a scorer that cuts. A sentence whose
    opening leans on another ("He said") is taken only right after that one, or where it opens the first report and so
    leans on the headline.
    """
    read = reports[:_MAX_REPORTS]
    material = read_material(read)
    if not material.candidates:
        return ()
    weights = load_weights()[kind_of(read[0].language, len({c.report for c in material.candidates}))]
    chosen = choose(material, weights, max_words=max_words, max_sentences=max_sentences, overflow=overflow)
    if not overflow:
        # The report of the best sentence speaks first, each in its own order; one that leans on the headline opens.
        leaning = [c.report for c in chosen if c.sentence.leaning and c.rank == 0]
        order = list(dict.fromkeys([*leaning, *(c.report for c in chosen)]))
        chosen.sort(key=lambda c: (order.index(c.report), c.rank))
    return tuple(Sentence(c.sentence.text, read[c.report].id, read[c.report].language) for c in chosen)


def summarise_item(title: str, text: str, language: str) -> tuple[str, ...]:
    """The summary of one article on its own: sentences verbatim in `text`."""
    return tuple(sentence.text for sentence in summarise([Report(0, language, title, text)]))


def summarise_items(items: Sequence[Item], language: str) -> tuple[Sentence, ...]:
    """The summary of a story in a language: from its reports in that language, else from all of them."""
    own = [item for item in items if item.language == language]
    return summarise([Report(item.id, item.language, item.title, item.text) for item in own or items])


def read_material(reports: Sequence[Report]) -> Material:
    """What there is to choose from."""
    titles = [report.title for report in reports]
    texts = [quotable_sentences(report.text, limit=_MAX_READ) for report in reports]
    if any(not sentence.cut for sentences in texts for sentence in sentences):
        texts = [[sentence for sentence in sentences if not sentence.cut] for sentences in texts]
    return Material(titles, read_candidates(titles, texts))


def choose(
    material: Material, weights: Weights, *, max_words: int, max_sentences: int, overflow: bool = False
) -> list[Candidate]:
    """The best candidates that the budget holds, best first."""
    material.weigh_words(weights.words)
    chosen: list[Candidate] = []
    said: set[str] = set()
    left = max_words
    alone = len({c.report for c in material.candidates}) == 1
    figure = _TELLS_FIGURE * min(1.0, len(material.candidates) / _LONG) * alone
    while len(chosen) < max_sentences and left > 0:
        open_ = [c for c in material.candidates if _may_follow(c, chosen, brief=max_sentences <= _BRIEF)]
        fitting = open_ if overflow else [c for c in open_ if c.length <= (left if chosen else left * _STRETCH)]
        if not fitting and not chosen:
            fitting = open_
        if not fitting:
            break
        slots = max_sentences - len(chosen)
        worth = {id(c): _worth(_score(c, said, weights.sentences, figure), c.length, left, slots) for c in fitting}
        best = max(fitting, key=lambda c: (worth[id(c)], -c.report, -c.rank))
        chosen.append(best)
        said.update(best.terms)
        left -= best.length
    return chosen


def _score(c: Candidate, said: set[str], weights: Sequence[float], figure: float) -> float:
    """What a sentence tells a word, with what we hold against it."""
    told = sum(w * f for w, f in zip(weights, c.features_after(said), strict=True))
    told += figure * bool(_FIGURE.search(c.sentence.text))
    return told - _NO_STOP * (not c.sentence.stopped) - _LEANS * (c.sentence.leaning and not said)


def _worth(score: float, length: int, left: int, slots: int) -> float:
    """What a sentence tells for the scarcer thing it uses up: words, or places for sentences.

    With many places to fill this orders by score; with two places in a long budget, short sentences waste one.
    """
    return score * length / max(length, min(left / slots, _USUAL)) if score > 0 else score


def _may_follow(c: Candidate, chosen: Sequence[Candidate], *, brief: bool) -> bool:
    if any(c is other or _repeats(c, other, brief=brief) for other in chosen):
        return False
    if not c.sentence.leaning:
        return True
    before = c.sentence.position - 1
    if before < 0:
        return c.report == 0
    return any(other.report == c.report and other.sentence.position == before for other in chosen)


def _repeats(a: Candidate, b: Candidate, *, brief: bool) -> bool:
    if _overlap(a.terms, b.terms) > _REPEAT:
        return True
    if a.report == b.report or not brief:
        return False
    plain = [Counter(fold(term) for term in c.terms.elements()) for c in (a, b)]
    return _overlap(*plain) > _REPEAT_ELSEWHERE


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    """The part of the smaller bag of words that is also in the other."""
    smaller = min(a.total(), b.total())
    return (a & b).total() / smaller if smaller else 0.0
