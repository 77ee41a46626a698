"""Nouns of asking later: a search of everything past and what it found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from digest.model import Item

Order = Literal["relevance", "newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search of past items. `text` is whatever a person typed; filters are exact."""

    text: str
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    order: Order = "newest"
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One found item with the passages that matched: (start, end) character spans into title and `snippet`."""

    item: Item
    snippet: str
    title_marks: tuple[tuple[int, int], ...] = ()
    snippet_marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """One page of results. `more` says whether another page follows."""

    query: Query
    hits: tuple[Hit, ...]
    more: bool
    #: The search was stopped at its deadline: these were found until then, there may be more.
    partial: bool = False
