"""Asking later: a search of everything past."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from digest.query import Hit, Hits, Query
from storage.clock import moment, seconds
from storage.database import Database, DeadlineError
from storage.items import SELECT_ITEMS, item_of
from storage.passages import marks_in, passage
from storage.terms import Asked, any_of, facet, folded, read_query, time_facets

#: A query that takes longer is stopped, and what it found is given; with what follows that, a quarter of a second.
DEADLINE_SECONDS = 0.2
#: Ranking costs as much as there are matches, so only the newest are ranked; older ones follow, newest first.
RANKED = 2000
#: bm25's weights of title, text, summary, marks and facets.
_WEIGHTS = "5.0, 1.0, 2.0, 0.0, 0.0"


@dataclass(frozen=True, slots=True)
class _Run:
    """A stretch of the results: what must match, between which ids, and whether by rank or newest first."""

    match: str
    lowest: int = 0
    below: int = 2**62
    ranked: bool = False


class Archive:
    """Every item ever stored, to be searched."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def find(self, query: Query, *, deadline: float = DEADLINE_SECONDS) -> Hits:
        """One page of the items that have all the words asked for and none of the excluded ones.

        Accents: a word typed without them matches with and without. Where some were typed, the items that have all
        of those words exactly so come first, then others that have them near one another without, in either order and
        across pages.
        Filters: one of the topics, one of the places, one of the pairs, published from `since` until before `until`;
        `source` is a url or an outlet's name. A text without a word to look for finds nothing.
        Orders: "newest" is by time of storing; "relevance" ranks the newest 2,000 matches of either kind by bm25 and
        lets older ones follow. After `deadline` seconds the answer is what was found until then, the newest if the
        ranking came to nothing, and says that it is `partial`.
        """
        asked = read_query(query.text)
        filters = self._filters(query)
        if not asked.wanted or filters is None or query.limit < 1:
            return Hits(query=query, hits=(), more=False)
        matches = list(_tiers(asked, filters))
        ids, partial = self._collect(query, matches, deadline)
        if partial and not ids and query.order == "relevance":
            ids, _ = self._collect(replace(query, order="newest"), matches, deadline / 5)
        return Hits(
            query=query, hits=self._hits(ids[: query.limit], asked), more=len(ids) > query.limit, partial=partial
        )

    def _collect(self, query: Query, matches: list[str], deadline: float) -> tuple[list[int], bool]:
        """The ids of a page and the one after it, and whether the deadline cut them short."""
        ids: list[int] = []
        try:
            with self._db.deadline(deadline):
                for item_id in self._page(query, matches):
                    ids.append(item_id)  # noqa: PERF402 (what was found before a deadline counts)
        except DeadlineError:
            return ids, True
        return ids, False

    def _filters(self, query: Query) -> list[str] | None:
        """What the facets must say, in FTS5's language; None where nothing can match."""
        kinds = (("topic", query.topics), ("place", query.places), ("pair", query.pairs))
        filters = [any_of(facet(kind, value) for value in values) for kind, values in kinds if values]
        if query.source is not None:
            rows = self._db.rows(
                "select id from sources where url = :source or lower(name) = lower(:source)", source=query.source
            )
            if not rows:
                return None
            filters.append(any_of(facet("source", str(row["id"])) for row in rows))
        if query.since is not None or query.until is not None:
            # Two look-ups in the index; asked together they would be a scan of it.
            row = self._db.row(
                "select (select min(published) from items) as first, (select max(published) from items) as last"
            )
            if row is None or row["first"] is None:
                return None
            first, last = moment(row["first"]), moment(row["last"])
            since, until = max(query.since or first, first), min(query.until or last, last)
            if since > until:
                return None
            filters.append(any_of(time_facets(since, until)))
        return filters

    def _page(self, query: Query, matches: list[str]) -> Iterator[int]:
        """The ids of one page and, where there is one, of the item after it: a stretch of all runs end to end."""
        skip, left = max(0, query.offset), query.limit + 1
        for run in self._runs(query, matches):
            found = 0
            for item_id in self._ids(query, run, limit=left, offset=skip):
                found += 1
                yield item_id
            left -= found
            if left == 0:
                return
            # This run ended inside the page or before it: only in the latter case is its length still unknown.
            skip = 0 if found else skip - self._length(query, run, at_most=skip)

    def _runs(self, query: Query, matches: list[str]) -> Iterator[_Run]:
        for match in matches:
            if query.order == "newest":
                yield _Run(match)
                continue
            oldest_ranked = next(self._ids(query, _Run(match), limit=1, offset=RANKED - 1), 0)
            yield _Run(match, lowest=oldest_ranked, ranked=True)
            if oldest_ranked:
                yield _Run(match, below=oldest_ranked)

    def _ids(self, query: Query, run: _Run, *, limit: int, offset: int) -> Iterator[int]:
        order = f"bm25(items_fts, {_WEIGHTS}), items_fts.rowid desc" if run.ranked else "items_fts.rowid desc"
        rows = self._db.each(
            f"select items_fts.rowid {self._where(query)} order by {order} limit :limit offset :offset",
            **_parameters(query, run),
            limit=limit,
            offset=offset,
        )
        return (row[0] for row in rows)

    def _length(self, query: Query, run: _Run, *, at_most: int) -> int:
        if at_most == 0:
            return 0
        counted: int = self._db.value(
            f"select count(*) from (select 1 {self._where(query)} limit :at_most)",  # noqa: S608
            **_parameters(query, run),
            at_most=at_most,
        )
        return counted

    @staticmethod
    def _where(query: Query) -> str:
        """The facets of time let in whole days: where limits are given, the items themselves are asked."""
        join = limits = ""
        if query.since is not None or query.until is not None:
            join = "cross join items on items.id = items_fts.rowid"
            limits = "and items.published >= :since and items.published < :until"
        return f"""
            from items_fts {join}
            where items_fts match :match and items_fts.rowid >= :lowest and items_fts.rowid < :below {limits}
        """

    def _hits(self, ids: list[int], asked: Asked) -> tuple[Hit, ...]:
        rows = self._db.rows(
            f"{SELECT_ITEMS} where items.id in (select value from json_each(:ids))",  # noqa: S608
            ids=json.dumps(ids),
        )
        items = {row["id"]: item_of(row) for row in rows}
        hits = []
        for item_id in ids:
            item = items[item_id]
            snippet, snippet_marks = passage(item.text, asked.wanted)
            title_marks = marks_in(item.title, asked.wanted)
            hits.append(Hit(item=item, snippet=snippet, title_marks=title_marks, snippet_marks=snippet_marks))
        return tuple(hits)


def _tiers(asked: Asked, filters: list[str]) -> Iterator[str]:
    """What to match, in FTS5's language: first with exactly the accents typed, if any were, then without."""
    wanted = [term.expression for term in asked.wanted] + filters
    unwanted = "".join(f" NOT {term.expression}" for term in asked.unwanted)
    if not asked.marks:
        yield f"({' AND '.join(wanted)}){unwanted}"
        return
    exact = " AND ".join(f'"{mark}"' for mark in asked.marks)
    yield f"({' AND '.join(wanted)} AND {exact}){unwanted}"
    yield f"({' AND '.join([*folded(asked.wanted), *filters])}){unwanted} NOT ({exact})"


def _parameters(query: Query, run: _Run) -> dict[str, object]:
    parameters: dict[str, object] = {"match": run.match, "lowest": run.lowest, "below": run.below}
    if query.since is not None or query.until is not None:
        parameters["since"] = -(2**62) if query.since is None else seconds(query.since)
        parameters["until"] = 2**62 if query.until is None else seconds(query.until)
    return parameters
