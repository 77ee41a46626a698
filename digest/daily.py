"""The doors of the thinking: what to think of an entry as it arrives, and the digest of a window.

entry ─→ labels, summary ─→ NewItem            (as it is stored)
store ─→ stories of the window ─→ Digest       (as it is told)
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from digest.classify import Classifier
from digest.compose import STORY_CAP, Window, compose
from digest.model import Digest, Entry, NewItem, Source, Story, Wishes
from digest.polling import SourceState
from digest.readers import Told
from digest.summarise import summarise_item


class Desk:
    """Reads entries as they come in: what each is about and which of its sentences to quote."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    def read(self, entry: Entry, source: Source) -> NewItem:
        """An entry with our thoughts on it; takes about a millisecond."""
        labels = self._classifier.label(entry.title, entry.text, language=entry.language, source=source)
        return NewItem(entry=entry, labels=labels, summary=summarise_item(entry.title, entry.text, entry.language))


class StoryShelf(Protocol):
    """Where the stories of a window are found."""

    def in_window(self, since: datetime, until: datetime) -> list[Story]:
        """Every story with an item published in the window, whole."""
        ...


class ItemShelf(Protocol):
    """Where items are counted."""

    def count(self, since: datetime, until: datetime) -> int:
        """Items published in the window."""
        ...


class SourceShelf(Protocol):
    """Where it is known how the sources do."""

    def all(self) -> Sequence[SourceState]:
        """Every enabled source."""
        ...


class DigestStore(Protocol):
    """What a digest needs of a store."""

    @property
    def stories(self) -> StoryShelf:
        """The stories."""
        ...

    @property
    def items(self) -> ItemShelf:
        """The items."""
        ...

    @property
    def sources(self) -> SourceShelf:
        """The sources."""
        ...


def open_window(store: DigestStore, since: datetime, until: datetime) -> Window:
    """All that was published between two moments, read once for any number of readers."""
    sources = [state for state in store.sources.all() if state.last_polled_at]
    return Window(
        since=since,
        until=until,
        stories=tuple(store.stories.in_window(since, until)),
        items=store.items.count(since, until),
        feeds=len(sources),
        failing=sum(1 for state in sources if state.last_error != "none"),
    )


def build_digest(
    store: DigestStore,
    wishes: Wishes,
    *,
    since: datetime,
    until: datetime,
    told: Mapping[int, Told] | None = None,
    cap: int = STORY_CAP,
) -> Digest:
    """The digest that these wishes give for a window."""
    return compose(open_window(store, since, until), wishes, told=told, cap=cap)
