"""Asking later: a search of everything past."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from digest.hints import Labelled, divide, respelled, spellings, wider
from digest.matching import Terms, read_terms
from digest.query import Facets, Hit, Hits, Query, Suggestion
from storage.clock import moment, seconds
from storage.database import Database, DeadlineError
from storage.items import SELECT_ITEMS, item_of
from storage.limits import expressions
from storage.passages import marks_in, passage

#: A query that takes longer is stopped, and what it found is given; with what follows that, a quarter of a second.
DEADLINE_SECONDS = 0.2
#: Ranking costs as much as there are matches, so only the newest are ranked; older ones follow, newest first.
RANKED = 2000
#: So many of the matches are counted for facets and totals.
COUNTED = 200
#: A reader who found nothing has waited for that already.
SUGGESTING_SECONDS = 0.05
#: Misspelt words looked at, other spellings of one that are tried in its place, and of those so many are told.
_MISSPELT, _TRIED, _OTHER_SPELLINGS = 2, 6, 2
#: Between words of fewer letters one letter is no slip of the pen.
_SPELT_LETTERS = 4
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
        Filters: one of the topics, one of the places, one of the pairs and so on, none of `without`, published from
        `since` until before `until`. Without a word to look for, the newest that pass; a query that asks for nothing
        at all finds nothing. `digest.matching.matches` says the same of one item.
        Orders: "newest" is by time of storing; "relevance" ranks the newest 2,000 matches of either kind by bm25 and
        lets older ones follow. After `deadline` seconds the answer is what was found until then, the newest if the
        ranking came to nothing, and says that it is `partial`.
        """
        terms = read_terms(query.text)
        if not terms.wanted and query.order == "relevance":
            # Labels rank nothing.
            found = self.find(replace(query, order="newest"), deadline=deadline)
            return replace(found, query=query)
        matches = expressions(self._db, query, terms)
        if not matches or query.limit < 1:
            return Hits(query=query, hits=(), more=False)
        ids, partial = self._collect(query, matches, deadline)
        if partial and not ids and query.order == "relevance":
            ids, _ = self._collect(replace(query, order="newest"), matches, deadline / 5)
        return Hits(
            query=query, hits=self._hits(ids[: query.limit], terms), more=len(ids) > query.limit, partial=partial
        )

    def facets(self, query: Query, *, now: datetime, deadline: float = DEADLINE_SECONDS) -> Facets:
        """How many items a query finds, counted up to 200, and how those found first divide by what they are about.

        Its page and order make no difference. After `deadline` seconds what was found until then is counted.
        """
        matches = expressions(self._db, query, read_terms(query.text))
        whole = replace(query, order="newest", offset=0, limit=COUNTED)
        ids, partial = self._collect(whole, matches, deadline)
        rows = self._db.rows(
            """
            select items.topics, items.places, items.published, sources.name as outlet
            from items join sources on sources.id = items.source_id
            where items.id in (select value from json_each(:ids))
            """,
            ids=json.dumps(ids[:COUNTED]),
        )
        return divide(
            [
                Labelled(json.loads(r["topics"]), json.loads(r["places"]), r["outlet"], moment(r["published"]))
                for r in rows
            ],
            now=now,
            more=partial or len(ids) > COUNTED,
        )

    def suggest(self, query: Query, *, most: int = 3, deadline: float = SUGGESTING_SECONDS) -> tuple[Suggestion, ...]:
        """Queries that find something in place of one that does not: other spellings first, then less asked for.

        Each was tried. After `deadline` seconds they are those found until then, perhaps none.
        """
        found: list[Suggestion] = []
        try:
            with self._db.deadline(deadline):
                for suggestion in self._suggestions(query):
                    found.append(suggestion)  # what was found before a deadline counts
                    if len(found) == most:
                        break
        except DeadlineError:
            pass
        return tuple(found)

    def outlets(self) -> tuple[str, ...]:
        """The names of all outlets that were ever listened to."""
        return tuple(row["name"] for row in self._db.rows("select distinct name from sources order by name"))

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

    def _suggestions(self, query: Query) -> Iterator[Suggestion]:
        spelt = self._other_spellings(query)
        found = self._tried(spelt, "spelling")[:_OTHER_SPELLINGS]
        yield from found
        for group in wider(query if found or not spelt else spelt[0]):
            found = self._tried(group, "wider")
            yield from found
            if found:
                return

    def _other_spellings(self, query: Query) -> list[Query]:
        """The query with words that nobody wrote written otherwise, the commonest words first."""
        terms = read_terms(query.text)
        said = [(word, term.prefix and word == term.words[-1]) for term in terms.wanted for word in term.words]
        strange = [
            word for word, prefix in said if len(word) >= _SPELT_LETTERS and not self._written([word], prefix=prefix)
        ]
        queries = [query]
        for word in strange[:_MISSPELT]:
            others = self._written(spellings(word))
            common = sorted(others, key=lambda other: -self._occurrences(other))[:_TRIED]
            queries = [respelled(one, word, other) for one in queries for other in common]
        return queries if strange else []

    def _written(self, words: Sequence[str], *, prefix: bool = False) -> list[str]:
        """Which of these words stand in some item."""
        rows = self._db.rows(
            """
            select value from json_each(:words)
            where exists (select 1 from items_fts where items_fts match '"' || value || '"' || :more)
            """,
            words=json.dumps(list(words)),
            more=" *" if prefix else "",
        )
        return [row["value"] for row in rows]

    def _occurrences(self, word: str) -> int:
        return self._length(Query(), _Run(f'"{word}"'), at_most=COUNTED)

    def _tried(self, queries: Sequence[Query], kind: Literal["spelling", "wider"]) -> list[Suggestion]:
        """Those of the queries that find something, the ones that find most first."""
        found = []
        for query in queries:
            total = self._total(query)
            if total:
                limited = min(total, COUNTED)
                found.append(Suggestion(query=query, kind=kind, total=limited, more=total > COUNTED))
        return sorted(found, key=lambda suggestion: -suggestion.total)

    def _total(self, query: Query) -> int:
        """How many items a query finds, counted a little further than COUNTED."""
        total = 0
        for match in expressions(self._db, query, read_terms(query.text)):
            total += self._length(query, _Run(match), at_most=COUNTED + 1 - total)
        return total

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

    def _hits(self, ids: list[int], terms: Terms) -> tuple[Hit, ...]:
        rows = self._db.rows(
            f"{SELECT_ITEMS} where items.id in (select value from json_each(:ids))",  # noqa: S608
            ids=json.dumps(ids),
        )
        items = {row["id"]: item_of(row) for row in rows}
        hits = []
        for item_id in ids:
            item = items[item_id]
            snippet, snippet_marks = passage(item.text, terms.wanted)
            title_marks = marks_in(item.title, terms.wanted)
            hits.append(Hit(item=item, snippet=snippet, title_marks=title_marks, snippet_marks=snippet_marks))
        return tuple(hits)


def _parameters(query: Query, run: _Run) -> dict[str, object]:
    parameters: dict[str, object] = {"match": run.match, "lowest": run.lowest, "below": run.below}
    if query.since is not None or query.until is not None:
        parameters["since"] = -(2**62) if query.since is None else seconds(query.since)
        parameters["until"] = 2**62 if query.until is None else seconds(query.until)
    return parameters
