"""What is new in a story that somebody was told before: the sentence that says it, or nothing.

told before ─→ words, numbers, stages, acts, places, highest rank ─┐
later report ─→ its quotable sentences ────────────────────────────┴→ the first that tells more, by one of these
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache

from digest.acts import Lexicon, Passage
from digest.figures import read_figures
from digest.lexicon import Tokens, folded_key, read_data, terms, tokenise
from digest.model import Item, Sentence
from digest.quotable import leans
from digest.summarise import Report, summarise
from digest.text import fold, words

#: A sentence of whose words this part stands in what was told before says nothing new.
_KNOWN = 0.75
#: With a number that nobody gave before, so many of its words may be known.
_KNOWN_WITH_NUMBER = 0.9
#: With less known than this it tells another matter, not the same in other words.
_OTHER_MATTER = 0.25
#: So much later a report may tell what has happened since; sooner it mostly is the same event told by another outlet.
_LATER = timedelta(hours=6)
#: Sentences of a later report that are looked at, and how many of the new ones are shown.
_LOOKED_AT, _SHOWN = 4, 1
_WORDS = 200
#: Words before a stage in which it may be put off, and words of a text that are read for stages.
_AHEAD_REACH, _READ = 3, 250
#: Smaller numbers are in every report.
_COUNTS = 10


@dataclass(slots=True)
class _Told:
    """All that the items told before say."""

    #: Words by language; none for a language that nobody wrote in.
    words: dict[str, Counter[str]] = field(default_factory=dict)
    numbers: set[float] = field(default_factory=set)
    stages: set[str] = field(default_factory=set)
    acts: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    level: int = 0
    #: When the last of them was published.
    at: datetime | None = None

    def add(self, item: Item) -> None:
        """Note what an item says."""
        text = f"{item.title}\n{item.text}"
        self.words.setdefault(item.language, Counter()).update(_terms(text))
        self.numbers.update(_numbers(text, item.language))
        self.stages.update(_stages(text, item.language))
        self.acts.update({item.labels.act} - {None})  # type: ignore[arg-type]
        self.places.update(item.labels.places)
        self.level = max(self.level, item.labels.level)
        self.at = max(self.at or item.published, item.published)


def fresh_sentences(
    items: Sequence[Item], *, upto: int, language: str, unknown: Collection[int] = ()
) -> tuple[Sentence, ...]:
    """Of a story's items, the sentences in the later ones (id above `upto`) that tell what the earlier ones did not.

    Earlier ones that are `unknown`, by id, count as much later ones.

    At most one that stands by itself, of the newest report that has any, the reader's language first. It brings new
    words or a new number; or, some hours later, in known words a new stage ("returned"), act, place or higher rank. A
    report in a language that nobody wrote in before must bring a new number: its words alone would always look new.
    """
    told = _Told()
    for item in items:
        if item.id <= upto and item.id not in unknown:
            told.add(item)
    rest = (item for item in items if item.id > upto or item.id in unknown)
    later = sorted(rest, key=lambda item: (item.language != language, -item.id))
    for item in later:
        late = item.id in unknown or told.at is None or item.published - told.at >= _LATER
        report = Report(item.id, item.language, item.title, item.text)
        new = [
            sentence
            for sentence in summarise([report], max_words=_WORDS, max_sentences=_LOOKED_AT)
            if not leans(sentence.text) and _is_news(sentence.text, item, told, late=late)
        ]
        if new:
            return tuple(new[:_SHOWN])
    return ()


def _is_news(sentence: str, item: Item, told: _Told, *, late: bool) -> bool:
    said = told.words.get(item.language)
    # A number that the headline has is the news; any other is, right after, one more detail of the same.
    new = _numbers(sentence, item.language) - told.numbers
    headlined = bool(new) and bool(_numbers(item.title, item.language) - told.numbers)
    if said is None:
        return headlined or (late and bool(new))
    share = _share(sentence, said)
    if headlined or (late and new and share < _KNOWN_WITH_NUMBER):
        return True
    fresh = share < _KNOWN
    return (
        (late and fresh)
        or share < _OTHER_MATTER
        or ((late or fresh) and _moves_on(sentence, item, told, said, fresh=fresh))
    )


def _moves_on(sentence: str, item: Item, told: _Told, said: Counter[str], *, fresh: bool) -> bool:
    """Whether a sentence tells a new stage, or one of the item's new labels by words nobody used.

    Of a `fresh` one, in words of its own, the headline may tell the stage.
    """
    if _stages(sentence, item.language) - told.stages or (fresh and _stages(item.title, item.language) - told.stages):
        return True
    new = {place for place in item.labels.places if place not in told.places}
    if item.labels.act and item.labels.act not in told.acts:
        new.add(item.labels.act)
    if item.labels.level > told.level:
        new.add("level")
    here = set(_terms(sentence))
    named = [set(_terms(word)) for reason in item.labels.reasons if reason.label in new for word in reason.words]
    return any(name and name <= here and not any(term in said for term in name) for name in named)


@cache
def _lexicon() -> tuple[Lexicon, dict[str, frozenset[str]]]:
    data = read_data("updates.yaml")
    cells = []
    for stage, line in data["stages"].items():
        english, vietnamese = line.split("|")
        cells += [("en", english, stage), ("vi", vietnamese, stage)]
    ahead = {lang: frozenset(folded_key(term) for term in terms(cell)) for lang, cell in data["ahead"].items()}
    return Lexicon(cells), ahead


@lru_cache(maxsize=512)
def _stages(text: str, language: str) -> frozenset[str]:
    """The stages that a text tells as done."""
    lexicon, ahead = _lexicon()
    lang = "vi" if language == "vi" else "en"
    tokens = tokenise(text)
    whole = Passage(tokens, 0, min(len(tokens.words), _READ), 0.0)
    found = lexicon.find(whole, lang)
    return frozenset(stage for start, _, stage in found if not _put_off(tokens, start, ahead[lang]))


def _put_off(tokens: Tokens, start: int, ahead: frozenset[str]) -> bool:
    """Whether what begins at this word is only to come, or was not to be: "will return", "sẽ ký", "chưa ký"."""
    first = start
    while first > 0 and start - first < _AHEAD_REACH and not tokens.ends[first - 1]:
        first -= 1
    before = [folded_key(word) for word in tokens.words[first:start]]
    return any(" ".join(before[n : n + size]) in ahead for size in (1, 2) for n in range(len(before) - size + 1))


def _terms(text: str) -> list[str]:
    return [fold(word) for word in words(text) if len(word) > 1]


def _share(sentence: str, known: Counter[str]) -> float:
    terms = _terms(sentence)
    return sum(term in known for term in terms) / len(terms) if terms else 1.0


def _numbers(text: str, language: str) -> set[float]:
    """Amounts and counts from ten on, in one notation for all languages; no dates, no "two sides"."""
    return {figure for figure in read_figures(text, vietnamese=language == "vi") if abs(figure) >= _COUNTS}
