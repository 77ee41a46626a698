"""What a case is: what a publisher sends at each poll, and what must have come of it.

Every case asserts the error, the new and the edited entries of each poll, all titles in the store, and whatever else
`holds` names of an Outcome. Variants of one parameter are one case; they are tables in the tests of their room.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from digest.polling import Polled
from tests.feedserver import item, rss
from tests.hostile.publisher import Answer, Asked

#: The hour of the first poll; each further one is a day later.
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
#: One plain feed, and what is in the store once it was read.
PLAIN = rss(item(1))
STORED = ("Report 1",)


@dataclass(frozen=True, kw_only=True)
class Poll:
    """What the feed answers at one poll, and what the poll must give."""

    answer: Answer
    error: str = "none"
    new: int = 0
    updated: int = 0
    #: Hours until the next poll: at least, at most.
    wait: tuple[float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hostile feed. `must` says what must happen and why."""

    name: str
    must: str
    polls: tuple[Poll, ...]
    #: All that is in the store at the end, in the order of the alphabet.
    titles: tuple[str, ...] = ()
    #: Attributes of Outcome and their values.
    holds: Mapping[str, object] = field(default_factory=dict)
    #: What stands at other paths, of this host ("/path") or of another ("host/path").
    pages: Mapping[str, Answer] = field(default_factory=dict)
    #: More fields of the Source.
    source: Mapping[str, object] = field(default_factory=dict)
    #: The host where it is not one of its own, and whether the feed lies at an address that passes for public.
    host: str = ""
    public: bool = False
    #: Addresses that the DNS gives for hosts, one tuple for each time that it is asked.
    names: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    @property
    def at(self) -> str:
        """The host of the feed."""
        return self.host or f"{self.name}.{'example' if self.public else 'test'}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one case."""

    polled: tuple[Polled, ...]
    #: Rows of its source and its items, as they are stored.
    source: Mapping[str, object]
    items: tuple[Mapping[str, object], ...]
    asked: tuple[Asked, ...]
    #: Seconds from the start of each round until its poll was saved.
    seconds: tuple[float, ...]

    def _each(self, column: str) -> dict[object, object]:
        return {row["title"]: row[column] for row in self.items}

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(sorted(str(row["title"]) for row in self.items))

    @property
    def texts(self) -> dict[object, object]:
        return self._each("text")

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """Of the titles and of the texts."""
        return [(len(str(row["title"])), len(str(row["text"]))) for row in self.items]

    @property
    def urls(self) -> dict[object, object]:
        """Without the port, which is another in each run."""
        return {title: _portless(str(url)) for title, url in self._each("url").items()}

    @property
    def languages(self) -> dict[object, object]:
        return self._each("language")

    @property
    def published(self) -> dict[object, str]:
        """With "~" before it where it is only when we first saw the entry."""
        return {
            row["title"]: ("" if row["dated"] else "~")
            + f"{datetime.fromtimestamp(int(str(row['published'])), UTC):%Y-%m-%d %H:%M}"
            for row in self.items
        }

    @property
    def identities(self) -> list[object]:
        return sorted(str(row["identity"]) for row in self.items)

    @property
    def ids(self) -> list[object]:
        """Titles in the order of their numbers, which is that of storing."""
        return [row["title"] for row in sorted(self.items, key=lambda row: int(str(row["id"])))]

    @property
    def edited(self) -> list[object]:
        return sorted(str(row["title"]) for row in self.items if row["edited_at"])

    @property
    def requests(self) -> list[str]:
        """What was asked, of whichever host, in order."""
        return [f"{asked.host}{asked.path}" for asked in self.asked]

    @property
    def validators(self) -> list[tuple[str | None, str | None]]:
        """What we sent back of ETag and Last-Modified, request by request."""
        return [(asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")) for asked in self.asked]

    @property
    def credentials(self) -> list[str]:
        """Every header we sent that could give somebody away."""
        return [f"{k}: {v}" for a in self.asked for k, v in a.headers.items() if k in ("authorization", "cookie")]

    @property
    def failures(self) -> list[int]:
        return [polled.failures for polled in self.polled]

    @property
    def statuses(self) -> list[int | None]:
        return [polled.http_status for polled in self.polled]

    @property
    def kept(self) -> tuple[object, object, bool]:
        """The validators in the store, and whether a body hash is."""
        return (self.source["etag"], self.source["last_modified"], self.source["body_hash"] is not None)

    @property
    def identity_by(self) -> object:
        return self.source["identity_by"]

    @property
    def fetched_from(self) -> str:
        return _portless(str(self.source["fetch_url"]))


def _portless(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition(':')[0] if host.rpartition(':')[2].isdigit() else host}{slash}{path}"


def sends(body: bytes | str, *headers: tuple[str, str], **fields) -> Answer:
    """An answer with this body."""
    return Answer(body=body.encode() if isinstance(body, str) else body, headers=headers, **fields)


def once(answer: Answer | bytes | str, *, error: str = "none", new: int = 0, **fields) -> tuple[Poll, ...]:
    """A single poll."""
    return (Poll(answer=answer if isinstance(answer, Answer) else sends(answer), error=error, new=new, **fields),)


def refused(name: str, must: str, answer: Answer | bytes | str, error: str, **fields) -> Case:
    """A case of one poll that fails and leaves nothing behind."""
    wait, holds = fields.pop("wait", None), {"kept": (None, None, False), **fields.pop("holds", {})}
    return Case(name=name, must=must, polls=once(answer, error=error, wait=wait), holds=holds, **fields)


def stored(name: str, must: str, answer: Answer | bytes | str, titles: tuple[str, ...] = STORED, **fields) -> Case:
    """A case of one poll after which these titles are stored."""
    wait = fields.pop("wait", None)
    return Case(name=name, must=must, polls=once(answer, new=len(titles), wait=wait), titles=titles, **fields)
