"""Word lists and running text meet here: one tokeniser, one trie of phrases, one way to read the YAML beside us."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import product
from typing import Any, Generic, NamedTuple, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from digest.errors import ConfigError
from digest.text import WORD, fold, normalise

V = TypeVar("V")

#: Both spellings of a tone on oa, oe, uy are in use ("Hoà Bình", "Hòa Bình"); keys keep the older one.
_TONES = dict(
    zip(
        "oà oá oả oã oạ oè oé oẻ oẽ oẹ uỳ uý uỷ uỹ uỵ".split(),
        "òa óa ỏa õa ọa òe óe ỏe õe ọe ùy úy ủy ũy ụy".split(),
        strict=True,
    )
)
_HARD = re.compile(r"[.!?…;:()\[\]|\n]")


def data_folder() -> Traversable:
    """`digest/data`, wherever the package lies."""
    return resources.files("digest.data")


def read_data(file: str | Traversable) -> dict[str, Any]:
    """The mapping in a YAML file, given by its name in `digest/data` or as itself.

    Raises ConfigError naming the file where it is no YAML or no mapping.
    """
    file = data_folder() / file if isinstance(file, str) else file
    try:
        data = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file.name}: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{file.name}: a mapping was expected")
    return data


def terms(cell: str | None, *, separator: str = ",") -> list[str]:
    """The terms of one cell of a word list, with "visit/s/ed" opened into its forms.

    >>> terms("visit/s/ed, state guest/s")
    ['visit', 'visits', 'visited', 'state guest', 'state guests']
    """
    found: list[str] = []
    for term in (cell or "").split(separator):
        choices = []
        for word in term.split():
            stem, *endings = word.split("/")
            choices.append([stem, *(stem + ending for ending in endings)])
        if choices:
            found += [" ".join(words) for words in product(*choices)]
    return found


@lru_cache(maxsize=50_000)
def key(word: str) -> str:
    """A word as it is looked up: lower case, accents kept, one spelling of tones.

    >>> key("Hoà"), key("Quý")
    ('hòa', 'quý')
    """
    low = word.lower()
    if low[-2:] in _TONES and not low.startswith("qu"):
        return low[:-2] + _TONES[low[-2:]]
    return low


@lru_cache(maxsize=50_000)
def folded_key(word: str) -> str:
    """The same without accents, for text that was typed without them."""
    return fold(word)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text cut into words, with what a matcher asks about each of them.

    Offsets are into the NFC text.
    """

    text: str
    words: list[str]
    keys: list[str]
    spans: list[tuple[int, int]]
    #: What stands between a word and the next.
    gaps: list[str]
    #: A phrase may not run over the end of this word.
    ends: list[bool]
    #: This word opens a sentence, where a capital says nothing.
    opens: list[bool]
    #: Capitals say nothing at all: the text shouts.
    loud: bool
    #: Every Word Begins Like This, as English headlines do.
    titled: bool
    #: Hardly a letter outside ASCII: if this is Vietnamese, it was typed without accents.
    plain: bool

    def folded(self) -> list[str]:
        """The keys without accents."""
        return [folded_key(word) for word in self.words]


def tokenise(text: str) -> Tokens:
    """Cut a text into words. Sentence ends, colons and brackets stop a phrase; commas, hyphens and quotes do not."""
    text = normalise(text)
    found = list(WORD.finditer(text))
    words = [m.group() for m in found]
    spans = [m.span() for m in found]
    gaps, ends, opens = [], [], [True] if found else []
    for i, word in enumerate(words):
        gap = text[spans[i][1] : spans[i + 1][0]] if i + 1 < len(words) else text[spans[i][1] :]
        gaps.append(gap)
        # "U.S.", "TP. HCM" and "St. Lucia" are not sentence ends.
        initial = gap[:1] == "." and (gap == "." or len(word) <= 2) and not _HARD.search(gap[1:])
        hard = bool(_HARD.search(gap)) and not initial
        ends.append(hard)
        opens.append((hard and "(" not in gap and ")" not in gap) or bool(re.search(r"[“\"‘]$", gap)))
    opens = opens[: len(words)]
    letters = [w for w in words if w[0].isalpha()]
    upper = sum(w.isupper() and len(w) > 1 for w in letters)
    capital = sum(w[0].isupper() for w in letters)
    longer = [w for w in letters if len(w) > 3]
    beyond = sum(not w.isascii() for w in words)
    return Tokens(
        plain=beyond == 0 if len(words) < 20 else beyond * 20 < len(words),
        text=text,
        words=words,
        keys=[key(w) for w in words],
        spans=spans,
        gaps=gaps,
        ends=ends,
        opens=opens,
        loud=len(letters) > 2 and upper > 0.6 * len(letters),
        titled=len(longer) > 2 and sum(w[0].isupper() for w in longer) > 0.8 * len(longer) and capital > 3,
    )


class Match(NamedTuple, Generic[V]):
    """A phrase found: words start to end (exclusive) and what was stored with it."""

    start: int
    end: int
    value: V


@dataclass(slots=True)
class Phrases(Generic[V]):
    """A trie over words: many thousand phrases, one look at each word of a text."""

    _root: dict[str, Any] = field(default_factory=dict)

    def add(self, phrase: str, value: V, *, folded: bool = False, replace: bool = True) -> None:
        """Store a phrase. With `replace` False an earlier value stays."""
        node = self._root
        for word in WORD.findall(normalise(phrase)):
            node = node.setdefault(folded_key(word) if folded else key(word), {})
        if node is not self._root and (replace or "" not in node):
            node[""] = value

    def at(self, keys: list[str], ends: list[bool], start: int) -> Match[V] | None:
        """The longest phrase that begins at this word."""
        node = self._root.get(keys[start])
        best = None
        position = start
        while node is not None:
            if "" in node:
                best = Match(start, position + 1, node[""])
            if ends[position] or position + 1 >= len(keys):
                break
            position += 1
            node = node.get(keys[position])
        return best

    def find(self, keys: list[str], ends: list[bool]) -> Iterator[Match[V]]:
        """The phrases of a text from left to right, longest first, none inside another."""
        position = 0
        while position < len(keys):
            match = self.at(keys, ends, position)
            if match is None:
                position += 1
            else:
                yield match
                position = match.end


def phrases(values: Iterable[tuple[str, V]]) -> Phrases[V]:
    """A trie of (phrase, value)."""
    trie: Phrases[V] = Phrases()
    for phrase, value in values:
        trie.add(phrase, value)
    return trie
