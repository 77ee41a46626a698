"""A query in FTS5's language, and the hidden tokens that let one expression say everything.

Two columns of the index hold tokens of ours that no newspaper prints:

- *marks*: each accented word of an item once, its accents spelled out (digest/accents.py), for a query to demand;
- *facets*: topics, places, pairs, language and source (and, added by the index itself, year, month and day).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from digest.matching import NEAR, Pairing, Term, Terms, accented, joined, pairings
from digest.model import Labels


def expression(term: Term) -> str:
    """A term in FTS5's language. Quoted, so that nothing in it is syntax."""
    return f'"{term.text}"' + (" *" if term.prefix else "")


def tiers(terms: Terms, must: Iterable[str], never: Iterable[str]) -> Iterator[str]:
    """What to match in turn, in FTS5's language; what one of them finds, none of the others finds.

    First what has exactly the accents typed, if any were, and of that first where syllables stand side by side as they
    were typed (see `pairings`); then what has the letters with other accents, or without.
    `must` and `never` are expressions of the caller's; there is at least one wanted term or one of `must`.
    """
    labels, others = [*must], [*map(expression, terms.unwanted), *never]
    exact = [f'"{mark}"' for mark in terms.marks]
    wanted = [expression(term) for term in terms.wanted]
    words = {row: _words(row) for row in terms.rows if pairings(row)}
    if words:
        single = [expression(term) for row in terms.rows if row not in words for term in row]
        yield _match([*single, *words.values(), *exact, *labels], others)
    yield _match([*wanted, *exact, *labels], [*others, *([f"({' AND '.join(words.values())})"] if words else [])])
    if exact:
        yield _match([*map(_anyhow, terms.rows), *labels], [*others, f"({' AND '.join(exact)})"])


def _match(every: Iterable[str], none: Iterable[str]) -> str:
    return f"({' AND '.join(every)})" + "".join(f" NOT {one}" for one in none)


def _words(row: tuple[Term, ...]) -> str:
    """A row of syllables as words of two."""
    return "(" + " OR ".join(f"({_pairs(way)}{_and(way.alone)})" for way in pairings(row)) + ")"


def _anyhow(row: tuple[Term, ...]) -> str:
    """A row whatever its accents; if it was typed with some, its syllables near one another and two by two."""
    said = [*map(expression, row)]
    if len(row) == 1 or not accented(row):
        return " AND ".join(said)
    near = f"NEAR({' '.join(said)}, {NEAR})"
    ways = pairings(row)
    return near + (f" AND ({' OR '.join(f'({_pairs(way)})' for way in ways)})" if ways else "")


def _pairs(way: Pairing) -> str:
    return " AND ".join(expression(joined(*pair)) for pair in way.pairs)


def _and(terms: Iterable[Term]) -> str:
    return "".join(f" AND {expression(term)}" for term in terms)


def facets_of(labels: Labels, *, language: str, source_id: int) -> str:
    """The column `facets` of an item. A province also gives its country, so that a country finds its provinces."""
    countries = [place.partition("-")[0] for place in labels.places]
    return " ".join(
        dict.fromkeys(
            [
                *(facet("topic", topic) for topic in labels.topics),
                *(facet("place", place) for place in (*labels.places, *countries)),
                *(facet("pair", pair) for pair in labels.pairs),
                facet("lang", language),
                facet("source", str(source_id)),
            ]
        )
    )


def facet(kind: str, value: str) -> str:
    """One hidden token.

    >>> facet("place", "VN-SG")
    'zplacevnsg'
    """
    return "z" + kind + "".join(c for c in value.lower() if c.isascii() and c.isalnum())


def time_facets(since: datetime, until: datetime) -> list[str]:
    """The fewest days, months or years that hold every moment of [since, until), as tokens.

    They narrow a search to roughly its window whatever order items were stored in; the exact limits are for the
    caller to apply.

    >>> from datetime import UTC
    >>> time_facets(datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC))
    ['zday20261030', 'zday20261031', 'zday20261101']
    """
    if until - since <= timedelta(days=31):
        days = (until.date() - since.date()).days
        return [f"zday{since.date() + timedelta(days=n):%Y%m%d}" for n in range(days + 1)]
    months = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    if len(months) <= 24:
        return [f"zmonth{n // 12:04}{n % 12 + 1:02}" for n in months]
    return years(since, until)


def years(since: datetime, until: datetime) -> list[str]:
    """The years of [since, until] as tokens: between the first and the last item, they hold every item."""
    return [f"zyear{year:04}" for year in range(since.year, until.year + 1)]


def any_of(tokens: Iterable[str]) -> str:
    """Tokens of ours, at least one of which must be there, in FTS5's language."""
    return "(" + " OR ".join(f'"{token}"' for token in tokens) + ")"
