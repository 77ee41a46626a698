"""What is done, and by whom of what rank: a coarse act in the spirit of CAMEO and PLOVER, and the protocol level.

    title, text → passages → words of acts   → the act that stands out, weighed by passage and by word
                           → titles of persons → the highest level among those who act

The words and what they mean are in `data/acts.yaml`, which also names the codes of CAMEO each act covers.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from digest.lexicon import Phrases, Tokens, key, terms
from digest.model import Reason

#: Words of the text that are read for acts and persons: what matters stands in the opening.
OPENING = 60
#: What a word of an act weighs by where it stands: any firm word of the title outweighs the lead.
TITLE, FIRST, LATER = 1.0, 0.5, 0.25
_STRENGTH = {"strong": 1.0, "plain": 0.7, "weak": 0.35, "to_place": 0.8}
#: What is left of it in an aside: "as China stalls visit".
_ASIDE = 0.75
#: What a word loses by standing at the end of its passage: the main verb comes early.
_LATE = 0.15
#: Less than this is no act: a weak word of the title, a plain one of the lead.
_LEAST = 0.4
#: What further words of the same act add.
_AGAIN = 0.1
#: Words between "former" or "deputy" and the title that they change.
_FORMER_REACH, _DEPUTY_REACH = 3, 2
#: Marks that do not part a title from the words before it: "ex-President", "Kenya's".
_SOFT = " -’'“”\"‘"

#: Where places are named: whether in the title, and at which word.
Places = frozenset[tuple[bool, int]]


class Passage(NamedTuple):
    """The title, or one sentence of the opening: words `start` to `end` (exclusive) of `tokens`."""

    tokens: Tokens
    start: int
    end: int
    weight: float

    @property
    def in_title(self) -> bool:
        """Whether this is the title."""
        return self.weight == TITLE

    def words(self, start: int, end: int) -> str:
        """Words as they are written."""
        spans = self.tokens.spans
        return self.tokens.text[spans[start][0] : spans[end - 1][1]]


class Hit(NamedTuple):
    """Words of an act in a passage."""

    act: str
    strength: float
    start: int
    end: int


def passages(title: Tokens, text: Tokens, *, skip: int = 0) -> list[Passage]:
    """The title and the sentences of the opening; `skip` is the offset where a dateline ends."""
    found = [Passage(title, 0, len(title.words), TITLE)] if title.words else []
    start = next((n for n, span in enumerate(text.spans) if span[0] >= skip), len(text.spans))
    weight, last = FIRST, min(len(text.words), start + OPENING)
    for n in range(start, last):
        if n + 1 == last or text.opens[n + 1]:
            found.append(Passage(text, start, n + 1, weight))
            start, weight = n + 1, LATER
    return found


class Lexicon:
    """Phrases of one kind with what each means, for English, Vietnamese and Vietnamese typed without accents."""

    def __init__(self, cells: list[tuple[str, str, Any]], *, nothing: dict[str, str] | None = None) -> None:
        """`cells` are (language, words, meaning); `nothing` are the phrases that only look like one of those."""
        self._tries: dict[str, Phrases[tuple[Any, ...]]] = {"en": Phrases(), "vi": Phrases(), "vi-plain": Phrases()}
        #: Capitals only: "PM" is no hour.
        self._capitals: set[str] = set()
        meant: dict[tuple[str, str], tuple[Any, ...]] = {}
        for language, cell, meaning in cells:
            for phrase in terms(cell):
                meant[language, phrase] = (*meant.get((language, phrase), ()), meaning)
        for language, cell in (nothing or {}).items():
            meant |= {(language, phrase): () for phrase in terms(cell)}
        for (language, phrase), meaning in meant.items():
            self._tries[language].add(phrase, meaning)
            if phrase.isupper() and phrase.isalpha():
                self._capitals.add(key(phrase))
            if language == "vi":
                self._tries["vi-plain"].add(phrase, meaning, folded=True, replace=False)

    def find(self, passage: Passage, language: str) -> Iterator[tuple[int, int, Any]]:
        """Words start to end of the passage's tokens, and what they mean; a phrase with two meanings comes twice."""
        tokens, start, end = passage.tokens, passage.start, passage.end
        plain = language == "vi" and tokens.plain
        keys = (tokens.folded() if plain else tokens.keys)[start:end]
        for match in self._tries["vi-plain" if plain else language].find(keys, tokens.ends[start:end]):
            first, last = start + match.start, start + match.end
            if last == first + 1 and keys[match.start] in self._capitals and not tokens.words[first].isupper():
                continue
            for meaning in match.value:
                yield first, last, meaning


class ActReader:
    """Finds acts and ranks. Built once from acts.yaml; keeps no state."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._acts = Lexicon(
            [
                (language, words, (act, strength))
                for act, languages in data["acts"].items()
                for language, cells in languages.items()
                for strength, words in cells.items()
            ],
            nothing=data["not_acts"],
        )
        self._ranks = Lexicon(
            [(language, words, level) for level, cells in data["levels"].items() for language, words in cells.items()],
            nothing=data["not_levels"],
        )
        self._with_country = Lexicon(
            [(lang, words, level) for level, cells in data["with_country"].items() for lang, words in cells.items()],
            nothing=data["not_levels"],
        )
        self._deputies = {lang: word_keys(cell) for lang, cell in data["deputies"].items()}
        self._former = {lang: word_keys(cell) for lang, cell in data["former"].items()}
        self._of, self._shared = word_keys(data["of"]), word_keys(data["of_several"])
        self._aside = Lexicon([(lang, words, True) for lang, words in data["aside"].items()])
        self._instead = Lexicon([(lang, words, True) for lang, words in data["instead"].items()])

    def hits(self, passage: Passage, language: str, places: Places) -> list[Hit]:
        """The words of acts in a passage, left to right; `places` are where places are named."""
        aside = self.aside(passage, language)
        found = []
        for start, end, (act, strength) in self._acts.find(passage, language):
            if strength == "to_place" and (passage.in_title, end) not in places:
                continue
            if all((passage.in_title, n) in places for n in range(start, end)):
                continue  # typed without accents the "Nội" of "Hà Nội" is "nói": says
            found.append(Hit(act, _STRENGTH[strength] * (_ASIDE if start > aside else 1.0), start, end))
        return found

    def aside(self, passage: Passage, language: str) -> int:
        """The word with which an aside begins; the end of the passage where there is none."""
        opens = (start for start, _, _ in self._aside.find(passage, language) if start > passage.start)
        return next(opens, passage.end)

    def act(self, parts: list[Passage], hits: list[list[Hit]]) -> Reason | None:
        """The act that stands out, with its words; `hits` are those of each passage. None where nothing is done."""
        best: dict[str, tuple[float, str]] = {}
        more: dict[str, float] = {}
        for part, found in zip(parts, hits, strict=True):
            for hit in found:
                late = (hit.start - part.start) / max(1, part.end - part.start)
                weight = part.weight * (hit.strength - _LATE * late)
                more[hit.act] = more.get(hit.act, 0.0) + weight
                if weight > best.get(hit.act, (0.0, ""))[0]:
                    best[hit.act] = weight, part.words(hit.start, hit.end)
        best = {act: found for act, found in best.items() if found[0] >= _LEAST}
        if not best:
            return None
        act = max(best, key=lambda name: best[name][0] + _AGAIN * (more[name] - best[name][0]))
        return Reason(act, "act", (best[act][1],))

    def level(self, parts: list[Passage], language: str, places: Places) -> Reason | None:
        """The highest level, its number as the rule, named as acting in the title and the first sentence; or None."""
        best, words = 0, ""
        for part in parts[:2] if parts and parts[0].in_title else parts[:1]:
            hidden = [end for _, end, _ in self._instead.find(part, language)]
            found = list(self._ranks.find(part, language))
            found += [
                m for m in self._with_country.find(part, language) if self._at_country(part, language, *m[:2], places)
            ]
            for start, end, level in found:
                near = start - len(_before(part, start, _FORMER_REACH))
                held = (
                    0
                    if any(near <= stop <= start for stop in hidden)
                    else self._held(part, language, start, end, level, places)
                )
                if held > best:
                    best, words = held, part.words(start, end)
        return Reason("level", str(best), (words,)) if best else None

    def _held(self, part: Passage, language: str, start: int, end: int, level: int, places: Places) -> int:
        """The level of a title where it stands: a deputy's is one lower, a former one's none."""
        keys = part.tokens.keys
        if self._former[language].intersection(_before(part, start, _FORMER_REACH)):
            return 0
        # "president of the football club"; but "president of Peru", "president, of whom"
        if language == "en" and end + 1 < part.end and keys[end] == "of" and part.tokens.gaps[end - 1] == " ":
            follows = next((n for n in range(end + 1, part.end) if keys[n] not in self._of), end)
            if level == 5 and keys[follows] not in self._shared and (part.in_title, follows) not in places:
                return 0
        if self._deputies[language].intersection(_before(part, start, _DEPUTY_REACH)):
            return max(1, level - 1)
        return level

    def _at_country(self, part: Passage, language: str, start: int, end: int, places: Places) -> bool:
        """Whether a country is named beside these words: "leaders of the Maldives", in English "China's leader" too."""
        keys = part.tokens.keys
        before = start - 2 if start - 2 >= part.start and keys[start - 1] == "s" else start - 1
        while end < part.end and keys[end] in self._of:
            end += 1
        return (part.in_title, end) in places or (language == "en" and (part.in_title, before) in places)


def _before(part: Passage, start: int, reach: int) -> list[str]:
    """The words, at most `reach`, that stand before a word with no comma or other mark between."""
    tokens, first = part.tokens, start
    while first > max(part.start, start - reach) and not tokens.gaps[first - 1].strip(_SOFT):
        first -= 1
    # "Nguyên" in capitals after a capital goes on a name, "Thái Nguyên"; it does not say that somebody is retired.
    words = range(first, start)
    return [tokens.keys[n] for n in words if n == part.start or tokens.titled or not _goes_on(tokens, n)]


def _goes_on(tokens: Tokens, n: int) -> bool:
    word, before = tokens.words[n], tokens.words[n - 1]
    return word[:1].isupper() and not word.isascii() and before[:1].isupper()


def word_keys(cell: str) -> frozenset[str]:
    """The single words of a cell, as they are looked up."""
    return frozenset(key(word) for term in terms(cell) for word in term.replace("-", " ").split())
