"""What matches an expression of the index, part by part and in order: by rank, or the newest first."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from sqlite3 import Row

from digest.query import Query
from storage.clock import seconds
from storage.database import Database, DeadlineError

#: So many matches at a time, as they were stored, are ordered by when they were published: more than the first poll of
#: a hundred feeds brings. All of them are looked at only where they came at one time, and that takes ten milliseconds.
STRETCH = 5000
#: What is stored later was first seen later, but for the time that one round of polls takes.
_ROUND_SECONDS = 600
#: bm25's weights of title, text, summary, marks and facets.
_WEIGHTS = "5.0, 1.0, 2.0, 0.0, 0.0"


@dataclass(frozen=True, slots=True)
class Run:
    """A part of the results: what must match, between which ids, and whether by rank or newest first."""

    match: str
    lowest: int = 0
    below: int = 2**62
    ranked: bool = False


class Runs:
    """Reads runs from the index."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ids(self, query: Query, run: Run, *, limit: int, offset: int) -> Iterator[int]:
        """The ids of the items of a run in order, `limit` of them after the first `offset`, as they are found."""
        if not run.ranked:
            return self._newest(query, run, limit=limit, offset=offset)
        rows = self._db.each(
            f"""
            select items_fts.rowid {self._where(query)}
            order by bm25(items_fts, {_WEIGHTS}), items_fts.rowid desc limit :limit offset :offset
            """,
            **_parameters(query, run),
            limit=limit,
            offset=offset,
        )
        return (row[0] for row in rows)

    def _newest(self, query: Query, run: Run, *, limit: int, offset: int) -> Iterator[int]:
        """The ids of a run, the newest published first within each STRETCH as it was stored.

        The index knows the order of storing alone. Stretches are the same whatever the page, and so is their order.
        """
        begin, skip = offset - offset % STRETCH, offset % STRETCH
        while limit > 0:
            newest: list[tuple[int, int]] = []
            most = min(STRETCH, skip + limit)
            try:
                _keep_newest(self._stored(query, run, limit=STRETCH, offset=begin), into=newest, most=most)
            except DeadlineError:
                yield from _in_order(newest)[skip:]
                raise
            yield from _in_order(newest)[skip:]
            if len(newest) < most:
                return
            limit -= most - skip
            begin, skip = begin + STRETCH, 0

    def nth(self, query: Query, match: str, n: int) -> int:
        """The id of the nth match from the one that was stored last; 0 where there are fewer."""
        row = next(self._stored(query, Run(match), limit=1, offset=n - 1), None)
        return row["id"] if row else 0

    def _stored(self, query: Query, run: Run, *, limit: int, offset: int) -> Iterator[Row]:
        """The matches of a run with their times, the last stored first."""
        return self._db.each(
            f"""
            select items.id, items.published, items.first_seen {self._where(query, timed=True)}
            order by items_fts.rowid desc limit :limit offset :offset
            """,
            **_parameters(query, run),
            limit=limit,
            offset=offset,
        )

    def length(self, query: Query, run: Run, *, at_most: int) -> int:
        """How many items a run has, counted up to `at_most`."""
        if at_most <= 0:
            return 0
        counted: int = self._db.value(
            f"select count(*) from (select 1 {self._where(query)} limit :at_most)",  # noqa: S608
            **_parameters(query, run),
            at_most=at_most,
        )
        return counted

    @staticmethod
    def _where(query: Query, *, timed: bool = False) -> str:
        """The facets of time let in whole days: where limits are given, the items themselves are asked."""
        join = limits = ""
        if query.since is not None or query.until is not None:
            timed = True
            limits = "and items.published >= :since and items.published < :until"
        if timed:
            # Without the index every match costs the pages of its text.
            join = "cross join items indexed by items_by_times on items.id = items_fts.rowid"
        return f"""
            from items_fts {join}
            where items_fts match :match and items_fts.rowid >= :lowest and items_fts.rowid < :below {limits}
        """


def _keep_newest(stored: Iterator[Row], *, into: list[tuple[int, int]], most: int) -> None:
    """Push the time and the id of the `most` newest of some items, the last stored first, on a heap.

    An item was published before it was first seen: nothing stored before an item that is older than the oldest kept
    is newer than that, so that a page costs little more than what it shows.
    """
    for row in stored:
        seen: int = row["first_seen"]
        one = (min(row["published"], seen), row["id"])
        if len(into) < most:
            heapq.heappush(into, one)
            continue
        if seen + _ROUND_SECONDS < into[0][0]:
            return
        heapq.heappushpop(into, one)


def _in_order(newest: list[tuple[int, int]]) -> list[int]:
    return [item_id for _, item_id in sorted(newest, reverse=True)]


def _parameters(query: Query, run: Run) -> dict[str, object]:
    parameters: dict[str, object] = {"match": run.match, "lowest": run.lowest, "below": run.below}
    if query.since is not None or query.until is not None:
        parameters["since"] = -(2**62) if query.since is None else seconds(query.since)
        parameters["until"] = 2**62 if query.until is None else seconds(query.until)
    return parameters
