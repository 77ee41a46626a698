"""What is new in a story that somebody was told before: the sentence that says it, or nothing."""

import re
from collections import Counter
from collections.abc import Sequence

from digest.model import Item, Sentence
from digest.quotable import leans
from digest.summarise import Report, summarise
from digest.text import fold, words

#: A sentence of whose words this part stands in what was told before says nothing new.
_KNOWN = 0.75
#: With a number that nobody gave before, so many of its words may be known.
_KNOWN_WITH_NUMBER = 0.9
#: Sentences of a later report that are looked at, and how many of the new ones are shown.
_LOOKED_AT, _SHOWN = 4, 1
_WORDS = 200
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def fresh_sentences(items: Sequence[Item], *, upto: int, language: str) -> tuple[Sentence, ...]:
    """Of a story's items, the sentences in the later ones (id above `upto`) that tell what the earlier ones did not.

    At most one that stands by itself, of the newest report that has any, the reader's language first. A report in a
    language that nobody wrote in before must bring a new number: its words alone would always look new.
    """
    before = [item for item in items if item.id <= upto]
    later = sorted((item for item in items if item.id > upto), key=lambda item: (item.language != language, -item.id))
    known: dict[str, Counter[str]] = {}
    numbers: set[str] = set()
    for item in before:
        text = f"{item.title} {item.text}"
        known.setdefault(item.language, Counter()).update(_terms(text))
        numbers.update(_numbers(text))
    for item in later:
        report = Report(item.id, item.language, item.title, item.text)
        said = known.get(item.language)
        new = [
            sentence
            for sentence in summarise([report], max_words=_WORDS, max_sentences=_LOOKED_AT)
            if not leans(sentence.text) and _is_news(sentence.text, said, numbers)
        ]
        if new:
            return tuple(new[:_SHOWN])
    return ()


def _is_news(sentence: str, said: Counter[str] | None, numbers: set[str]) -> bool:
    counted = bool(_numbers(sentence) - numbers)
    if said is None:
        return counted
    return _share(sentence, said) < (_KNOWN_WITH_NUMBER if counted else _KNOWN)


def _terms(text: str) -> list[str]:
    return [fold(word) for word in words(text) if len(word) > 1]


def _share(sentence: str, known: Counter[str]) -> float:
    terms = _terms(sentence)
    return sum(term in known for term in terms) / len(terms) if terms else 1.0


def _numbers(text: str) -> set[str]:
    """Numbers of at least two digits, without their separators: dates and counts, not "two sides"."""
    return {digits for found in _NUMBER.findall(text) if len(digits := re.sub(r"\D", "", found)) > 1}
