"""The newsroom's nouns: what travels between the rooms. Frozen values; every time is aware and in UTC."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Literal, NamedTuple

#: A language we speak to readers in, as its BCP 47 primary tag; which there are is known to render/words.py.
Language = str
Grouping = Literal["topic", "place"]
Mark = Literal["new", "update"]


class Topic(StrEnum):
    """What diplomacy is about here; the ids are agreed and stored."""

    PEOPLE = "people"
    PARTY = "party"
    STATE = "state"
    MULTILATERAL = "multilateral"
    ECONOMIC = "economic"
    CULTURAL = "cultural"
    NGO = "ngo"
    DIASPORA = "diaspora"
    SECURITY = "security"
    CLIMATE = "climate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One feed of feeds.yaml."""

    url: str
    name: str
    #: BCP 47 primary tag ("en", "vi") of what the feed writes; None where entries must tell.
    language: str | None = None
    #: ISO 3166-1 alpha-2 of the outlet's country.
    country: str | None = None
    #: 1 (most trusted) to 3.
    tier: int = 2
    #: Labels that every entry of this feed carries in addition to what its words say.
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    #: The wire whose reports this feed reprints, for instance "TTXVN".
    origin: str | None = None
    #: The operator's own polling interval for this feed.
    every: timedelta | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed, cleaned, before it is stored."""

    #: guid, else canonical link, else a hash: unique within its feed.
    identity: str
    #: The link exactly as published, and the same without tracking parameters and fragment.
    url: str
    canonical_url: str
    title: str
    #: Plain text, paragraphs separated by a newline; may be empty.
    text: str
    #: The publisher's time, never later than the fetch; the time of the fetch where there was none (`dated` False).
    published: datetime
    dated: bool
    language: str

    @property
    def fingerprint(self) -> tuple[str, str, str]:
        """What makes an edit: a change of any of these."""
        return (self.url, self.title, self.text)


class Reason(NamedTuple):
    """Why a label was given, for "Why here?"."""

    label: str
    rule: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What an item is about."""

    #: 0 to 3 topic ids, the most central first; none: not diplomacy.
    topics: tuple[str, ...] = ()
    #: ISO 3166-1 and 3166-2 codes, the most central first.
    places: tuple[str, ...] = ()
    #: Two country codes in alphabetical order: "LA-VN".
    pairs: tuple[str, ...] = ()
    #: What is done, coarsely: visit, call, talks, signing, aid, statement, protest, exchange or anniversary.
    act: str | None = None
    #: The highest protocol level named as acting: 5 head of state or Party chief, 4 head of government or speaker,
    #: 3 minister, 2 ambassador or deputy minister, 1 consul or leader of a province, 0 an association or nobody.
    level: int = 0
    #: Whether it belongs in digests; all items stay searchable.
    relevant: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """An entry with our thoughts on it, ready to be stored."""

    entry: Entry
    labels: Labels
    summary: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One stored entry with what we think of it."""

    id: int
    source_url: str
    #: The outlet's name and its trust (1 to 3) from feeds.yaml; the wire that the text credits, else the outlet's own.
    outlet: str
    tier: int
    origin: str | None
    url: str
    canonical_url: str
    title: str
    text: str
    language: str
    published: datetime
    first_seen: datetime
    labels: Labels
    #: Sentences that stand verbatim in `text`.
    summary: tuple[str, ...] = ()
    story_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Story:
    """The items that report one event, oldest first."""

    id: int
    items: tuple[Item, ...]

    @cached_property
    def published(self) -> datetime:
        """When it was last reported."""
        return max(item.published for item in self.items)

    @cached_property
    def outlets(self) -> tuple[str, ...]:
        """Who reported it, in the order of reporting, each once."""
        return tuple(dict.fromkeys(item.outlet for item in self.items))

    @cached_property
    def origins(self) -> int:
        """How many newsrooms wrote it: reprints of one wire count once."""
        return len({item.origin or item.outlet for item in self.items})

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Up to three topics that its items agree on, the most agreed first."""
        return _agreed([item.labels.topics for item in self.items if item.labels.relevant], limit=3)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The places its items agree on, the most agreed first."""
        return _agreed([item.labels.places for item in self.items if item.labels.relevant], limit=6)

    @cached_property
    def pairs(self) -> tuple[str, ...]:
        """The pairs its items agree on."""
        return _agreed([item.labels.pairs for item in self.items if item.labels.relevant], limit=6)

    @cached_property
    def act(self) -> str | None:
        """What most of its items say is done; of equals the one reported first."""
        acts: list[tuple[str, ...]] = [
            (item.labels.act,) for item in self.items if item.labels.relevant and item.labels.act
        ]
        return next(iter(_agreed(acts, limit=1)), None) if acts else None

    @cached_property
    def level(self) -> int:
        """The highest protocol level that one of its items names as acting."""
        return max((item.labels.level for item in self.items if item.labels.relevant), default=0)


def _agreed(votes: list[tuple[str, ...]], *, limit: int) -> tuple[str, ...]:
    """Labels by how centrally their voters placed them; a label that under a third of the voters gave is dropped.

    >>> _agreed([("state", "economic"), ("state",), ("state",), ("state",)], limit=3)
    ('state',)
    """
    weight: dict[str, float] = {}
    count: dict[str, int] = {}
    for labels in votes:
        for rank, label in enumerate(labels):
            weight[label] = weight.get(label, 0) + 1 / (1 + rank)
            count[label] = count.get(label, 0) + 1
    kept = [label for label in weight if count[label] * 3 >= len(votes)]
    return tuple(sorted(kept, key=lambda label: -weight[label])[:limit])


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What one reader wants to be told. Empty `topics` means every topic, empty `places` and `pairs` everywhere.

    A story is wanted when its topic is wished for and its place or its pair is; or when it has a wanted word;
    and never when it has an unwanted one.
    """

    topics: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    #: Topic ids, place codes and outlets that the reader wants less of: they rank lower, and are never left out.
    less: frozenset[str] = frozenset()
    #: A search that a story must also answer; see digest.asking.
    query: str = ""
    language: Language = "en"
    by: Grouping = "topic"

    @property
    def bare(self) -> "Wishes":
        """What is wished for, without whose wish it is: no language, no taste."""
        return replace(self, language="en", less=frozenset())

    def same_as(self, other: "Wishes") -> bool:
        """Whether both wish for the same, in whatever language and grouping."""
        return replace(self.bare, by=other.by) == other.bare

    @property
    def everything(self) -> bool:
        """Whether nothing was chosen."""
        return self.same_as(Wishes())


class Sentence(NamedTuple):
    """A sentence that a publisher really wrote, and where."""

    text: str
    item_id: int
    language: str


class Report(NamedTuple):
    """One outlet's report of a story: a name to show and a link to open."""

    outlet: str
    url: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestStory:
    """A story as a reader meets it."""

    story_id: int
    headline: str
    url: str
    outlet: str
    #: Language of the headline; differs from the reader's where no source in it exists.
    language: str
    sentences: tuple[Sentence, ...]
    topics: tuple[str, ...]
    places: tuple[str, ...]
    pairs: tuple[str, ...]
    #: One report an outlet, the headline's first.
    reports: tuple[Report, ...]
    origins: int
    published: datetime
    #: What its rank is made of, name → points, and their sum.
    worth: tuple[tuple[str, float], ...]
    score: float
    #: The newest item of the story as told here: what comes later may be an update.
    upto: int
    #: "new" to this chat, or told before and now with something new; None where nobody keeps count.
    mark: Mark | None = None
    #: The how-manieth day this chat is told of it, 1 for the first.
    day: int = 1


#: The key of the section that gathers small ones.
OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Stories under one topic id or place code; OTHER gathers small ones that would be lost alone."""

    key: str
    stories: tuple[DigestStory, ...]
    #: How many more stories of this section the cap left out.
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The honest last line: what was read, what came of it, what is shown."""

    feeds: int
    failing: int
    items: int
    stories: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The stories of one window, chosen, ranked and grouped for one set of wishes."""

    wishes: Wishes
    since: datetime
    until: datetime
    sections: tuple[Section, ...]
    #: Wanted stories that the cap left out, all sections together.
    left_out: int
    coverage: Coverage
    #: Wanted stories of which the chat was told before all there is to them.
    known: int = 0
    #: Every wanted story and its newest item, those shown first; what a digest's pages are made of.
    offered: tuple[tuple[int, int], ...] = ()
    #: The country most of the window is about, "" for none.
    home: str = ""

    @property
    def stories(self) -> tuple[DigestStory, ...]:
        """All stories shown, in reading order."""
        return tuple(story for section in self.sections for story in section.stories)
