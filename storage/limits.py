"""What an item must and must not be labelled with, in FTS5's language."""

from collections.abc import Iterator
from datetime import datetime

from digest.matching import Terms, has_filters
from digest.query import Filters, Query
from storage.clock import moment
from storage.database import Database
from storage.terms import any_of, facet, tiers, time_facets, years


def expressions(database: Database, query: Query, terms: Terms) -> list[str]:
    """What to match in turn: words and labels together. Empty where nothing is asked for or can match.

    Facets of time let in whole days: the exact limits are for the caller to apply.
    """
    must = _must(database, query)
    if must is None:
        return []
    never = [one for one in _labelled(database, query.without) if one is not None]
    if not terms.wanted and not must:
        first, last = _span(database)
        if first is None or last is None or not (terms.unwanted or has_filters(query.without)):
            return []
        # FTS5 knows no NOT without something before it: everything has a year.
        must = [any_of(years(first, last))]
    return list(tiers(terms, must, never))


def _must(database: Database, query: Query) -> list[str] | None:
    """An expression for each kind of label and for the window; None where nothing can match."""
    must = []
    for one in _labelled(database, query):
        if one is None:
            return None
        must.append(one)
    if query.since is not None or query.until is not None:
        first, last = _span(database)
        if first is None or last is None:
            return None
        since, until = max(query.since or first, first), min(query.until or last, last)
        if since > until:
            return None
        must.append(any_of(time_facets(since, until)))
    return must


def _labelled(database: Database, filters: Filters) -> Iterator[str | None]:
    """An expression for each kind of label that is asked for; None for one that no item can have."""
    for kind, values in (("topic", filters.topics), ("place", filters.places), ("pair", filters.pairs)):
        if values:
            yield any_of(facet(kind, value) for value in values)
    if filters.sources:
        asked = {source.lower() for source in filters.sources}
        # Compared here: SQLite's lower() knows no accented letters.
        sources = database.rows("select id, url, name from sources")
        ids = [str(row["id"]) for row in sources if {row["url"].lower(), row["name"].lower()} & asked]
        yield any_of(facet("source", source_id) for source_id in ids) if ids else None
    if filters.languages:
        yield any_of(facet("lang", language) for language in filters.languages)


def _span(database: Database) -> tuple[datetime | None, datetime | None]:
    """When the first and the last item were published."""
    # Two look-ups in the index; asked together they would be a scan of it.
    row = database.row("select (select min(published) from items) as first, (select max(published) from items) as last")
    return (None, None) if row is None else (moment(row["first"]), moment(row["last"]))
