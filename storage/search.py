"""Asking later: a search of everything past."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Literal

from digest.hints import Labelled, divide, respelled, spellings, wider
from digest.matching import Terms, read_terms
from digest.query import Facets, Hit, Hits, Query, Suggestion
from storage.clock import moment
from storage.database import Database, DeadlineError
from storage.items import SELECT_ITEMS, item_of
from storage.limits import expressions
from storage.passages import passages
from storage.runs import Run, Runs

#: A query that takes longer is stopped, and what it found is given; each thing that follows it has a limit of its own.
DEADLINE_SECONDS = 0.2
#: Ranking costs as much as there are matches, so only the newest are ranked; older ones follow, newest first.
RANKED = 2000
#: So many of the matches are counted for facets and totals.
COUNTED = 200
#: A reader who found nothing has waited for that already. It takes 15 ms (docs/performance.md), and longer where others
#: want the processor.
SUGGESTING_SECONDS = 0.1
#: Misspelt words looked at, other spellings of one that are tried in its place, and of those so many are told.
_MISSPELT, _TRIED, _OTHER_SPELLINGS = 2, 6, 2
#: Between words of fewer letters one letter is no slip of the pen.
_SPELT_LETTERS = 4


class Archive:
    """Every item ever stored, to be searched."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._index = Runs(database)

    def find(self, query: Query, *, deadline: float = DEADLINE_SECONDS) -> Hits:
        """One page of the items that have all the words asked for and none of the excluded ones.

        Accents: a word typed without them matches with and without. Where some were typed, the items that have all
        of those words exactly so come first, then others that have them side by side without. Syllables that were
        typed side by side come first where they stand so. Both hold in either order and across pages.
        The last word may be the beginning of one (see `read_terms`) in a query that says so, and where otherwise
        nothing would be found; the query of the answer tells.
        Filters: one of the topics, one of the places, one of the pairs and so on, none of `without`, published from
        `since` until before `until`. Without a word to look for, the newest that pass; a query that asks for nothing
        at all finds nothing. `digest.matching.matches` says the same of one item.
        Orders: "newest" is by time of publishing, within each 5,000 matches as they were stored; what was dated anew
        stays where it was first seen. "relevance" ranks the 2,000 matches of each kind that were stored last by bm25
        and lets older ones follow. After `deadline` seconds the answer is what was found until then, the newest if the
        ranking came to nothing, and says that it is `partial`.
        """
        if not read_terms(query.text).wanted and query.order == "relevance":
            # Labels rank nothing.
            found = self.find(replace(query, order="newest"), deadline=deadline)
            return replace(found, query=query)
        if query.limit < 1:
            return Hits(query=query, hits=(), more=False)
        asked, ids, partial = self._found(query, deadline)
        if partial and not ids and query.order == "relevance":
            ids, _ = self._collect(replace(query, order="newest"), deadline / 5)
        terms = read_terms(asked.text, unfinished=asked.unfinished)
        return Hits(
            query=asked, hits=self._hits(ids[: query.limit], terms), more=len(ids) > query.limit, partial=partial
        )

    def facets(self, query: Query, *, now: datetime, deadline: float = DEADLINE_SECONDS) -> Facets:
        """How many items a query finds, counted up to 200, and how those found first divide by what they are about.

        Its page and order make no difference. After `deadline` seconds what was found until then is counted.
        """
        _, ids, partial = self._found(replace(query, order="newest", offset=0, limit=COUNTED), deadline)
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

    def _found(self, query: Query, deadline: float) -> tuple[Query, list[int], bool]:
        """The ids of a page and the one after it, whether the deadline cut them short, and the query that found them.

        That is the one asked but where nothing has its last word whole.
        """
        end = monotonic() + deadline
        ids, partial = self._collect(query, deadline)
        other = _unfinished(query)
        if ids or partial or other is None:
            return query, ids, partial
        if query.offset and self._collect(replace(query, offset=0, limit=1), end - monotonic())[0]:
            return query, ids, partial
        ids, partial = self._collect(other, end - monotonic())
        return (other if ids else query), ids, partial

    def _collect(self, query: Query, deadline: float) -> tuple[list[int], bool]:
        """The ids of a page and the one after it, and whether the deadline cut them short."""
        ids: list[int] = []
        try:
            with self._db.deadline(deadline):
                for item_id in self._page(query):
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
        terms = read_terms(query.text, unfinished=True)
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
        return self._index.length(Query(), Run(f'"{word}"'), at_most=COUNTED)

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
        for match in self._matches(query):
            total += self._index.length(query, Run(match), at_most=COUNTED + 1 - total)
        other = None if total else _unfinished(query)
        return total if other is None else self._total(other)

    def _matches(self, query: Query) -> list[str]:
        return expressions(self._db, query, read_terms(query.text, unfinished=query.unfinished))

    def _page(self, query: Query) -> Iterator[int]:
        """The ids of one page and, where there is one, of the item after it: a stretch of all runs end to end."""
        skip, left = max(0, query.offset), query.limit + 1
        for run in self._runs(query):
            found = 0
            for item_id in self._index.ids(query, run, limit=left, offset=skip):
                found += 1
                yield item_id
            left -= found
            if left == 0:
                return
            # This run ended inside the page or before it: only in the latter case is its length still unknown.
            skip = 0 if found else skip - self._index.length(query, run, at_most=skip)

    def _runs(self, query: Query) -> Iterator[Run]:
        for match in self._matches(query):
            if query.order == "newest":
                yield Run(match)
                continue
            oldest_ranked = self._index.nth(query, match, RANKED)
            yield Run(match, lowest=oldest_ranked, ranked=True)
            if oldest_ranked:
                yield Run(match, below=oldest_ranked)

    def _hits(self, ids: list[int], terms: Terms) -> tuple[Hit, ...]:
        rows = self._db.rows(
            f"{SELECT_ITEMS} where items.id in (select value from json_each(:ids))",  # noqa: S608
            ids=json.dumps(ids),
        )
        items = {row["id"]: item_of(row) for row in rows}
        hits = []
        for item_id in ids:
            item = items[item_id]
            title_marks, snippet, snippet_marks = passages(item.title, item.text, terms)
            hits.append(Hit(item=item, snippet=snippet, title_marks=title_marks, snippet_marks=snippet_marks))
        return tuple(hits)


def _unfinished(query: Query) -> Query | None:
    """The query with its last word left open; None where that makes no difference."""
    if query.unfinished or read_terms(query.text, unfinished=True) == read_terms(query.text):
        return None
    return replace(query, unfinished=True)
