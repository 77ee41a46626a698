"""A query in FTS5's language, and the hidden tokens that let one expression say everything.

Two columns of the index hold tokens of ours that no newspaper prints:

- *marks*: each accented word of an item once, its accents spelled out (digest/accents.py), for a query to demand;
- *facets*: topics, places, pairs, language and source (and, added by the index itself, year, month and day).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from digest.matching import NEAR, Term, Terms
from digest.model import Labels


def expression(term: Term) -> str:
    """A term in FTS5's language. Quoted, so that nothing in it is syntax."""
    return f'"{term.text}"' + (" *" if term.prefix else "")


def tiers(terms: Terms, must: Iterable[str], never: Iterable[str]) -> Iterator[str]:
    """What to match, in FTS5's language: first with exactly the accents typed, if any were, then without.

    `must` and `never` are expressions of the caller's; there is at least one wanted term or one of `must`.
    """
    wanted = [expression(term) for term in terms.wanted] + [*must]
    unwanted = "".join(f" NOT {one}" for one in (*map(expression, terms.unwanted), *never))
    if not terms.marks:
        yield f"({' AND '.join(wanted)}){unwanted}"
        return
    exact = " AND ".join(f'"{mark}"' for mark in terms.marks)
    yield f"({' AND '.join(wanted)} AND {exact}){unwanted}"
    near = [_together(run) for run in terms.runs]
    yield f"({' AND '.join([*near, *must])}){unwanted} NOT ({exact})"


def _together(run: tuple[Term, ...]) -> str:
    said = " ".join(map(expression, run))
    return f"NEAR({said}, {NEAR})" if len(run) > 1 else said


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
