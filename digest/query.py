"""Nouns of asking later: a search of everything past, what it found, and what it might have asked instead."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from digest.model import Item

Order = Literal["relevance", "newest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What an item must be labelled with: one of the values of each kind that has some."""

    topics: tuple[str, ...] = ()
    #: A country holds its provinces.
    places: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    #: Outlets by their name, or sources by their url.
    sources: tuple[str, ...] = ()
    #: BCP 47 primary tags.
    languages: tuple[str, ...] = ()


#: No filter at all.
OPEN = Filters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query(Filters):
    """A search of past items. `text` holds words, "phrases" and -exclusions; what people type is read by asking.py."""

    text: str = ""
    #: What an item must not be labelled with: none of these.
    without: Filters = OPEN
    #: Published from `since` until before `until`.
    since: datetime | None = None
    until: datetime | None = None
    #: Whether the last word may be the beginning of one: somebody is still typing.
    unfinished: bool = False
    order: Order = "newest"
    limit: int = 10
    offset: int = 0


class Remark(NamedTuple):
    """Something in a typed query that was not understood, or only by a guess; never an error."""

    #: "operator": no such operator, its words were looked for; "missing": an operator without a value; "backwards":
    #: the window ends before it begins; else the kind of a value that nobody knows.
    kind: Literal["operator", "missing", "backwards", "topic", "place", "pair", "source", "date", "language"]
    #: As it was typed, 40 characters at most.
    said: str
    #: The topic id, place code or pair that was taken instead; "" where nothing was.
    meant: str = ""


class Understood(NamedTuple):
    """A typed query as it was read."""

    query: Query
    remarks: tuple[Remark, ...] = ()


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

    #: What was asked; `unfinished` where only so anything was found.
    query: Query
    hits: tuple[Hit, ...]
    more: bool
    #: The search was stopped at its deadline: these were found until then, there may be more.
    partial: bool = False


class Count(NamedTuple):
    """How many of the counted items a value would leave: a topic id, place code, outlet or number of days."""

    key: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """How an answer divides. Counted are the `total` items found first; `more` says that there are others.

    Topics, places (a country counts its provinces too) and outlets come with the most frequent first, `periods` as
    the days before now, "1", "7" and "30".
    """

    total: int
    more: bool
    topics: tuple[Count, ...] = ()
    places: tuple[Count, ...] = ()
    sources: tuple[Count, ...] = ()
    periods: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another query that surely finds something, for one that does not."""

    #: As it was asked but for one change: another spelling, something left out, or words read as filters.
    query: Query
    kind: Literal["spelling", "wider", "lifted"]
    #: How many items it finds; with `more`, at least so many.
    total: int
    more: bool
