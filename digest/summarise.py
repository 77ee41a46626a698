"""Extractive summaries: one to three sentences that a publisher really wrote, within a word budget.

    reports ─→ quotable sentences (digest/quotable.py) ─→ how likely a summary has each word (digest/salience.py)
    ─→ the sentences that together hold most of that within the budget (digest/choice.py) ─→ in reading order

What is said already counts no more; repeats across reports are held off by overlap besides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.choice import choose
from digest.model import Item, Sentence
from digest.quotable import quotable_sentences
from digest.salience import Material, load_weights, read_candidates

#: Words that a summary may have.
WORD_BUDGET = 45
MAX_SENTENCES = 2

#: More of a story's reports, and of one report's sentences, are not read: the rest repeats what these say.
_MAX_REPORTS, _MAX_READ = 8, 60


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
    weights = load_weights()[material.kind]
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
    return Material(titles, read_candidates(titles, texts), language=reports[0].language if reports else "")
