"""Everything that can go wrong on purpose, in one tree.

    DigestError
    ├── ConfigError        a setting, feeds.yaml or an argument is wrong: the operator mends it
    ├── StorageError       the database cannot be opened, written or is newer than this program
    ├── FeedError          a source gave nothing usable; `kind` is one of the agreed words
    └── WishError          a reader asked for something we cannot read: an hour, a zone, a place

The sentence of an error is written for the person who can mend it. Exceptions of other libraries are turned into
these where we call them and kept as the cause.
"""

from typing import Literal, get_args

FeedErrorKind = Literal[
    "parse",
    "encoding",
    "not_feed",
    "empty",
    "http",
    "gone",
    "rate_limited",
    "unauthorized",
    "timeout",
    "too_large",
    "bomb",
    "network",
    "truncated",
    "redirect",
    "blocked",
]
#: The words that `poll` and `export` print for a failed source; "none" stands for success.
FEED_ERROR_KINDS: tuple[str, ...] = get_args(FeedErrorKind)


class DigestError(Exception):
    """The root: `except DigestError` catches all that we raise on purpose."""


class ConfigError(DigestError):
    """A setting, a line of feeds.yaml or an argument is wrong."""


class StorageError(DigestError):
    """The database cannot be opened or written, or belongs to a newer program."""


class FeedError(DigestError):
    """One source gave nothing usable.

    `url` names the source, `kind` says why in one of FEED_ERROR_KINDS, `status` is the HTTP status if there was one,
    and `retry_after` the seconds the publisher asked us to wait.
    """

    def __init__(
        self,
        message: str,
        *,
        url: str,
        kind: FeedErrorKind,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.url = url
        self.kind: FeedErrorKind = kind
        self.status = status
        self.retry_after = retry_after


class WishError(DigestError):
    """A reader's words could not be read as an hour, a zone, a place or a query."""
