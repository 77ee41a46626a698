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
#: Of a longer row of words nobody asks which of them stand side by side.
_LONGEST_ROW = 8
#: Fewer letters are the beginning of too many words.
_BEGINNING = 4
#: A phrase in quotes or a run without spaces, either of them perhaps excluded by a minus sign before it.
_CHUNK = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')
_DSTROKE = str.maketrans("đĐ", "dD")
_LETTERS = re.compile(r"[^\W_]+")
#: A Vietnamese syllable without its accents: how it may begin, its vowels, how it may end.
_SYLLABLE = re.compile("(?:[bdghklmnprstvx]|ch|gh|gi|kh|ngh?|nh|ph|qu|th|tr|c)?[aeiouy]{1,3}(?:ch|ng?|nh|[cmpt])?")


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
    #: Whether it and the one typed right before it may be two syllables of one word.
    beside: bool = False

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
    def rows(self) -> tuple[tuple[Term, ...], ...]:
        """The wanted terms; in one tuple what may be the syllables of a word or two, typed side by side.

        Where their accents do not tell, they must stand near one another: "ấn độ" is not "ăn" here and "do" there.
        """
        rows: list[tuple[Term, ...]] = []
        for term in self.wanted:
            if term.beside:
                rows[-1] += (term,)
            else:
                rows.append((term,))
        return tuple(rows)


class Pairing(NamedTuple):
    """One way in which the syllables of a row may stand side by side: two by two, with an odd one left over."""

    pairs: tuple[tuple[Term, Term], ...]
    alone: tuple[Term, ...]


def pairings(row: Sequence[Term]) -> tuple[Pairing, ...]:
    """The ways in which a row of syllables stands together: as many pairs of neighbours as there can be.

    A Vietnamese word is most often two syllables, and its space looks like any other. No way for a syllable alone, nor
    for a very long row.

    >>> row = read_terms("viện trợ lào").wanted
    >>> [[f"{a.text} {b.text}" for a, b in way.pairs] + [one.text for one in way.alone] for way in pairings(row)]
    [['trợ lào', 'viện'], ['viện trợ', 'lào']]
    """
    if not 1 < len(row) <= _LONGEST_ROW:
        return ()
    if len(row) % 2 == 0:
        return (Pairing(tuple(zip(row[::2], row[1::2], strict=True)), ()),)
    left_out = range(0, len(row), 2)
    rests = ((n, (*row[:n], *row[n + 1 :])) for n in left_out)
    return tuple(Pairing(tuple(zip(rest[::2], rest[1::2], strict=True)), (row[n],)) for n, rest in rests)


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
def read_terms(text: str, *, unfinished: bool = False) -> Terms:
    """Read words, "phrases", -exclusions. Any text is safe and nothing in it is an error.

    Where it may be `unfinished`, the last word, from four letters on and without accents, may be the beginning of one.
    Only the first 16 terms count.

    >>> [(t.words, t.prefix) for t in read_terms('"lao consul" visit', unfinished=True).wanted]
    [(('lao', 'consul'), False), (('visit',), True)]
    """
    wanted: list[Term] = []
    unwanted: list[Term] = []
    chunks = read_chunks(text)
    syllable = False
    for n, chunk in enumerate(chunks[:MOST_TERMS], start=1):
        spoken = chunk.words
        if not spoken:
            continue
        said, before = chunk.said.lower().translate(_DSTROKE), syllable
        plain = not (chunk.quoted or chunk.minus)
        syllable = plain and len(spoken) == 1 and _is_syllable(spoken[0])
        prefix = unfinished and plain and n == len(chunks) and _may_begin(spoken[-1])
        (unwanted if chunk.minus else wanted).append(Term(said, spoken, prefix, beside=before and syllable))
    return Terms(tuple(wanted), tuple(unwanted))


def _is_syllable(word: str) -> bool:
    """Whether a word may be one of several syllables, written with spaces between them: "viện", "binh", not "visit"."""
    return marked(word) or _SYLLABLE.fullmatch(word) is not None


def _may_begin(word: str) -> bool:
    """Whether a word may be the beginning of one: "trợ" is not that of "trong", nor is "tro"."""
    return len(word) >= _BEGINNING and not marked(word)


def matches(query: Query, item: Item) -> bool:
    """Whether a search for `query` finds this item, wherever on its pages. A query that asks for nothing finds nothing.

    For saved searches: what comes in is asked without an index. What an archive finds only because nothing has the
    last word whole, is found where the query says that it is `unfinished`.
    """
    terms = read_terms(query.text, unfinished=query.unfinished)
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
    return all(len(row) < 2 or (_near(row, page) and _together(row, page)) for row in terms.rows if accented(row))


def _stands(term: Term, page: _Page) -> bool:
    looked_for = f" {term.folded}" + ("" if term.prefix else " ")
    return any(looked_for in column for column in page.columns)


def accented(row: Sequence[Term]) -> bool:
    """Whether any of these words was typed with accents."""
    return any(marked(word) for term in row for word in term.words)


def _together(row: Sequence[Term], page: _Page) -> bool:
    """Whether the syllables of a row stand side by side, two by two."""
    ways = pairings(row)
    return not ways or any(all(_stands(joined(*pair), page) for pair in way.pairs) for way in ways)


def joined(one: Term, other: Term) -> Term:
    """Two terms as one, the second right behind the first."""
    return Term(f"{one.text} {other.text}", one.words + other.words, other.prefix)


def _near(row: Sequence[Term], page: _Page) -> bool:
    """Whether one of each stands within so many words of one another, in one column."""
    return any(_near_in(row, column) for column in page.columns)


def _near_in(row: Sequence[Term], column: str) -> bool:
    spoken = column.split()
    wanted = [(term.folded, term.prefix) for term in row]
    places = [
        [n for n, word in enumerate(spoken) if (word.startswith(said) if prefix else word == said)]
        for said, prefix in wanted
    ]
    starts = {n for one in places for n in one}
    return any(all(any(start <= n <= start + NEAR + 1 for n in one) for one in places) for start in starts)
