"""What else one might ask: narrower where much was found, wider or in another spelling where nothing was.

Only proposals: storage/search.py tries them and keeps those that find something.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from digest.lexicon import read_data
from digest.matching import Chunk, has_filters, read_chunks
from digest.query import OPEN, Count, Facets, Filters, Query
from digest.text import fold, marked

#: Days before now that are offered as windows.
PERIODS = (1, 7, 30)
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
#: Longer words are no slips of the pen.
_LONGEST_WORD = 20


class Labelled(NamedTuple):
    """What is counted of a found item."""

    topics: Sequence[str]
    places: Sequence[str]
    outlet: str
    published: datetime


def divide(found: Iterable[Labelled], *, now: datetime, more: bool) -> Facets:
    """How items divide by what they are about, the most frequent first; as often, in the order of their keys."""
    topics, places, outlets, periods = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    total = 0
    for item in found:
        total += 1
        topics.update(item.topics)
        places.update({*item.places, *(place.partition("-")[0] for place in item.places)})
        outlets[item.outlet] += 1
        periods.update(str(days) for days in PERIODS if item.published >= now - timedelta(days=days))
    return Facets(
        total=total,
        more=more,
        topics=_counts(topics),
        places=_counts(places),
        sources=_counts(outlets),
        periods=tuple(Count(str(days), periods[str(days)]) for days in PERIODS if periods[str(days)]),
    )


def _counts(counter: Counter[str]) -> tuple[Count, ...]:
    return tuple(Count(key, n) for key, n in sorted(counter.items(), key=lambda one: (-one[1], one[0])))


def spellings(word: str) -> list[str]:
    """What somebody may have meant who typed `word`: one slip of the pen away, or two words written as one.

    Without accents. A letter is missing, one too many, another, or two have changed places.

    >>> {"laos", "loa"} <= set(spellings("loas"))
    True
    """
    word = fold(word)[:_LONGEST_WORD]
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    near = [a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1]
    near += [a + b[1:] for a, b in cuts if b]
    near += [a + c + b[1:] for a, b in cuts if b for c in _ALPHABET]
    near += [a + c + b for a, b in cuts for c in _ALPHABET]
    near += [f"{a} {b}" for a, b in cuts if len(a) > 1 and len(b) > 1]
    return [one for one in dict.fromkeys(near) if one != word and len(one) > 1]


def respelled(query: Query, word: str, other: str) -> Query:
    """The query with one wanted word written otherwise; from its first page."""

    def rewrite(chunk: Chunk) -> Chunk:
        said = pattern.sub(other, chunk.said)
        return chunk if chunk.minus else chunk._replace(said=said)

    pattern = re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)
    return _worded(query, [rewrite(chunk) for chunk in read_chunks(query.text)])


@cache
def idle_words() -> frozenset[str]:
    """Words that are not what somebody looks for: grammar, and those that ask."""
    rows = [*read_data("function_words.yaml").values(), *read_data("asking_words.yaml").values()]
    return frozenset(word for row in rows for word in str(row).split())


def idle(chunk: Chunk) -> bool:
    """Whether a chunk has nothing but such words; what is quoted or excluded is meant as it stands."""
    return not (chunk.quoted or chunk.minus) and all(word in idle_words() for word in chunk.words)


def wider(query: Query) -> Iterator[list[Query]]:
    """Queries that ask for less, in groups: those that keep most of it first. Each is a first page.

    Words that carry no news go first, and none of them is ever proposed alone.
    """
    query = replace(query, offset=0)
    chunks = [chunk for chunk in read_chunks(query.text) if chunk.words]
    meant = [chunk for chunk in chunks if not idle(chunk)]
    if meant != chunks and any(not chunk.minus for chunk in meant):
        chunks, query = meant, _worded(query, meant)
        yield [query]
    wanted = [n for n, chunk in enumerate(chunks) if not chunk.minus]
    loose = [chunk._replace(quoted=False) for chunk in chunks]
    plain = [chunk._replace(said=fold(chunk.said)) if not chunk.minus else chunk for chunk in chunks]
    yield [
        *([_worded(query, loose)] if loose != chunks else []),
        *(_worded(query, parted) for parted in _excluded_together(chunks)),
        *([_worded(query, plain)] if any(marked(word) for n in wanted for word in chunks[n].words) else []),
    ]
    yield [*_unfiltered(query), *(_worded(query, _but(chunks, n)) for n, chunk in enumerate(chunks) if chunk.minus)]
    if len(wanted) > 1:
        yield [_worded(query, _but(chunks, n)) for n in wanted if not _inside(chunks, n)]
    bare = Query(text=query.text, order=query.order, limit=query.limit)
    if wanted:
        yield [bare]
    if len(wanted) > 3:
        yield [_worded(query, [chunks[n], chunks[m]]) for n, m in pairwise(wanted)]
    if len(wanted) > 2:
        yield [_worded(query, [chunks[n]]) for n in wanted]
    if len(wanted) > 1:
        yield [_worded(bare, [chunks[n]]) for n in wanted]
    if wanted:
        yield [_worded(query, [])]


def _excluded_together(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """With what follows an excluded word excluded in one phrase: "-bóng đá" is a word of two syllables."""
    for n, (one, other) in enumerate(pairwise(chunks)):
        if one.minus and not (one.quoted or other.quoted or other.minus):
            yield [*chunks[:n], Chunk(f"{one.said} {other.said}", quoted=True, minus=True), *chunks[n + 2 :]]


def _unfiltered(query: Query) -> Iterator[Query]:
    """The query without each of its limits in turn: a window, the labels of one kind, those not wanted."""
    if query.since is not None or query.until is not None:
        yield replace(query, since=None, until=None)
    for kind in fields(Filters):
        if getattr(query, kind.name):
            yield replace(query, **{kind.name: ()})  # type: ignore[arg-type]  # a field's name is not a literal
    if has_filters(query.without):
        yield replace(query, without=OPEN)


def _worded(query: Query, chunks: Sequence[Chunk]) -> Query:
    return replace(query, text=" ".join(chunk.written for chunk in chunks), offset=0)


def _inside(chunks: Sequence[Chunk], n: int) -> bool:
    """Whether a chunk stands between others of accented syllables: without it they would be no words of anybody's."""
    around = chunks[max(0, n - 1) : n + 2]
    return len(around) == 3 and all(marked(chunk.said) for chunk in around)


def _but(chunks: Sequence[Chunk], n: int) -> list[Chunk]:
    return [*chunks[:n], *chunks[n + 1 :]]
