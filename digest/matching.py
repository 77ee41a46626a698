"""The words of a query, and whether one item has them: what storage/search.py asks its index, without one.

text → chunks (a word, a "phrase", each perhaps with a minus) → terms wanted and unwanted → matches(query, item)
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from digest.accents import mark_tokens, marks_of
from digest.model import Item
from digest.query import Filters, Query
from digest.text import WORD, fold, marked, normalise

#: More than anyone means to type; a query's cost grows with its words.
MOST_TERMS = 16
LONGEST_QUERY = 256
#: Words between those that were typed together, at most, where accents do not tell.
NEAR = 8
#: A phrase in quotes or a run without spaces, either of them perhaps excluded by a minus sign before it.
_CHUNK = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')
_DSTROKE = str.maketrans("đĐ", "dD")
_LETTERS = re.compile(r"[^\W_]+")


class Chunk(NamedTuple):
    """A piece of a typed text, in NFC: what was said, whether in quotes and whether to be excluded."""

    said: str
    quoted: bool = False
    minus: bool = False

    @property
    def written(self) -> str:
        """As one types it."""
        return ("-" if self.minus else "") + (f'"{self.said}"' if self.quoted else self.said)

    @property
    def words(self) -> tuple[str, ...]:
        """Its words, lower case, with their accents."""
        # Lower case last: that of "İ" is two characters, of which one is no letter.
        return tuple(part.lower() for word in WORD.findall(self.said) for part in word.split("_") if part)


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that must follow one another."""

    #: As typed but NFC, lower case and with đ folded: what the index is asked for.
    text: str
    #: Its words, lower case, with their accents.
    words: tuple[str, ...]
    #: Whether its last word may be the beginning of a longer one.
    prefix: bool = False

    @property
    def folded(self) -> str:
        """Its words without accents, with one space between them."""
        return " ".join(map(fold, self.words))

    @property
    def pattern(self) -> str:
        """A regular expression for where it stands in folded text."""
        spoken = r"[\W_]+".join(re.escape(fold(word)) for word in self.words)
        return rf"(?<![^\W_]){spoken}" + (r"[^\W_]*" if self.prefix else r"(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Terms:
    """A query text as understood: every wanted term, none of the unwanted."""

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()

    @property
    def marks(self) -> tuple[str, ...]:
        """The tokens of the words that were typed with accents."""
        return tuple(mark_tokens(word for term in self.wanted for word in term.words))

    @property
    def runs(self) -> tuple[tuple[Term, ...], ...]:
        """The wanted terms; those in one tuple must stand near one another where accents do not tell.

        They are words that stood together and had accents: "ấn độ" is not "ăn" here and "do" there.
        """
        runs: list[tuple[Term, ...]] = []
        together = False
        for term in self.wanted:
            alone = not (len(term.words) == 1 and marked(term.words[0]))
            if together and not alone:
                runs[-1] += (term,)
            else:
                runs.append((term,))
            together = not alone
        return tuple(runs)


def read_chunks(text: str, *, longest: int = LONGEST_QUERY) -> list[Chunk]:
    """The pieces of what a person typed, those beyond `longest` characters cut off. Any text is safe.

    >>> [chunk.written for chunk in read_chunks('lao “friendship union” -football "')]
    ['lao', '"friendship union"', '-football']
    """
    clean = "".join(c if c.isprintable() else " " for c in normalise(text)[:longest].translate(_QUOTES))
    chunks = []
    for found in _CHUNK.finditer(clean):
        quoted = found["plain"] is None
        said = " ".join(found["phrase"].split()) if quoted else found["plain"]
        chunks.append(Chunk(said, quoted, found["minus"] is not None))
    return chunks


@lru_cache(maxsize=1024)
def read_terms(text: str) -> Terms:
    """Read words, "phrases", -exclusions. Any text is safe and nothing in it is an error.

    The last word, from three letters on, may be the beginning of one. Only the first 16 terms count.

    >>> [(t.words, t.prefix) for t in read_terms('"lao consul" visit').wanted]
    [(('lao', 'consul'), False), (('visit',), True)]
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    chunks = read_chunks(text)
    for n, chunk in enumerate(chunks[:MOST_TERMS], start=1):
        spoken = chunk.words
        if not spoken:
            continue
        last = not chunk.quoted and n == len(chunks) and len(spoken[-1]) >= 3
        term = Term(chunk.said.lower().translate(_DSTROKE), spoken, last and not chunk.minus)
        (unwanted if chunk.minus else wanted).append(term)
    return Terms(tuple(wanted), tuple(unwanted))


def matches(query: Query, item: Item) -> bool:
    """Whether a search for `query` finds this item, wherever on its pages. A query that asks for nothing finds nothing.

    For saved searches: what comes in is asked without an index.
    """
    terms = read_terms(query.text)
    limited = query.since is not None or query.until is not None
    if not (terms.wanted or terms.unwanted or limited or has_filters(query) or has_filters(query.without)):
        return False
    published = int(item.published.timestamp())
    if query.since is not None and published < int(query.since.timestamp()):
        return False
    if query.until is not None and published >= int(query.until.timestamp()):
        return False
    labels = _labels_of(item)
    if any(asked and not _among(asked, labels[kind]) for kind, asked in _kinds(query)):
        return False
    if any(_among(asked, labels[kind]) for kind, asked in _kinds(query.without)):
        return False
    return _has(terms, _read(item))


def has_filters(filters: Filters) -> bool:
    """Whether any label is asked for."""
    return any(asked for _, asked in _kinds(filters))


def _kinds(filters: Filters) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "topic", filters.topics
    yield "place", filters.places
    yield "pair", filters.pairs
    yield "source", filters.sources
    yield "lang", filters.languages


def _among(asked: Iterable[str], given: frozenset[str]) -> bool:
    return any(value.lower() in given for value in asked)


def _labels_of(item: Item) -> dict[str, frozenset[str]]:
    countries = [place.partition("-")[0] for place in item.labels.places]
    labels = {
        "topic": item.labels.topics,
        "place": (*item.labels.places, *countries),
        "pair": item.labels.pairs,
        "source": (item.source_url, item.outlet),
        "lang": (item.language,),
    }
    return {kind: frozenset(value.lower() for value in values) for kind, values in labels.items()}


class _Page(NamedTuple):
    """An item's title, text and summary as words without accents, and the tokens of its accents."""

    columns: tuple[str, ...]
    marks: frozenset[str]


@lru_cache(maxsize=256)
def _read(item: Item) -> _Page:
    columns = (item.title, item.text, " ".join(item.summary))
    return _Page(
        tuple(f" {' '.join(_LETTERS.findall(fold(normalise(column))))} " for column in columns),
        frozenset(marks_of(item.title, item.text).split()),
    )


def _has(terms: Terms, page: _Page) -> bool:
    if any(_stands(term, page) for term in terms.unwanted) or not all(_stands(term, page) for term in terms.wanted):
        return False
    if page.marks.issuperset(terms.marks):
        return True
    return all(len(run) < 2 or any(_near(run, column) for column in page.columns) for run in terms.runs)


def _stands(term: Term, page: _Page) -> bool:
    looked_for = f" {term.folded}" + ("" if term.prefix else " ")
    return any(looked_for in column for column in page.columns)


def _near(run: Sequence[Term], column: str) -> bool:
    """Whether one of each stands within so many words of one another."""
    spoken = column.split()
    wanted = [(term.folded, term.prefix) for term in run]
    places = [
        [n for n, word in enumerate(spoken) if (word.startswith(said) if prefix else word == said)]
        for said, prefix in wanted
    ]
    starts = {n for one in places for n in one}
    return any(all(any(start <= n <= start + NEAR + 1 for n in one) for one in places) for start in starts)
