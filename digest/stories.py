"""Grouping: which items report one event.

    unplaced items ─→ observe (terms, anchors, traits) ─→ for each, oldest first:
        the same address or the same text within the window ─→ that story
        else neighbours by rare words (own language) and by anchors (the other) ─→ log odds with each member of their
        stories ─→ the story with the best mean above the threshold ─→ join it, else open a new story

The method is average linkage, done one item at a time, so that an item is in its story within the poll that brought
it and a story does not grow by chaining. Word statistics are the store's own: those of the window's items.
"""

import math
from collections import Counter, defaultdict
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.likeness import CROWD, FLOOR, Report, least_cosine, log_odds, read_report
from digest.model import Item
from digest.neighbours import TermSpace, neighbours

#: Items further apart than this never share a story; also how long the index remembers.
WINDOW = timedelta(days=7)
#: Mean log odds from which an item belongs to a story.
THRESHOLD = 0.0

#: Stories that an item is compared with, and members of each, newest first.
_STORIES, _MEMBERS = 12, 16
#: A text of fewer words may be the same by chance or by a template.
_TEXT_WORDS = 12


@dataclass(slots=True)
class _Slot:
    """An item as the index remembers it; in no story until it has been placed."""

    report: Report
    keys: tuple[int, ...]
    story_id: int | None = None


class StoryIndex:
    """The recent items by their words. It only remembers; the store is the truth and can rebuild it."""

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        self._threshold = threshold
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._slots: dict[int, _Slot] = {}
        self._stories: dict[int, list[int]] = defaultdict(list)
        #: Hash of an address or of a text → the item placed last that has it.
        self._keys: dict[int, int] = {}
        #: Language → its items by words; Vietnamese or not → its items by anchors.
        self._words: dict[str, TermSpace] = defaultdict(TermSpace)
        self._anchors: dict[bool, TermSpace] = defaultdict(TermSpace)
        #: How many items each day has, by its ordinal.
        self._days: Counter[int] = Counter()
        #: The highest item id that was remembered; the store is asked for later ones.
        self.last_item_id = 0

    def observe(self, item: Item) -> None:
        """Read an item, once, and count its words; call it for a whole batch before finding any of it a story."""
        if item.id in self._slots:
            return
        report, words, anchors = read_report(item)
        self._slots[item.id] = _Slot(report, _keys(item))
        self._days[item.published.toordinal()] += 1
        self._words[item.language].add(item.id, words)
        self._anchors[item.language == "vi"].add(item.id, anchors)

    def remember(self, item: Item, story_id: int) -> None:
        """Note that an item is in a story, so that later ones can join it."""
        self.observe(item)
        slot = self._slots[item.id]
        slot.story_id = story_id
        self._stories[story_id].append(item.id)
        self._keys.update(dict.fromkeys(slot.keys, item.id))
        self.last_item_id = max(self.last_item_id, item.id)

    def find_story(self, item: Item) -> int | None:
        """The id of the story that an item belongs to, or None where it reports something new."""
        self.observe(item)
        slot = self._slots[item.id]
        for key in slot.keys:
            twin = self._slots.get(self._keys.get(key, item.id))
            if twin and twin.story_id is not None and abs(twin.report.published - item.published) <= WINDOW:
                return twin.story_id
        alike = self.alike(item)
        crowd = self.crowd(item.published)
        best, best_odds = None, self._threshold
        for story_id in self._candidates(alike):
            odds = self._linkage(slot.report, story_id, alike, crowd)
            if odds > best_odds:
                best, best_odds = story_id, odds
        return best

    def report(self, item: Item) -> Report:
        """What is remembered of an item that was observed."""
        return self._slots[item.id].report

    def alike(self, item: Item) -> dict[int, float]:
        """Cosines with the items near enough to matter, by words in its language and by anchors in the other."""
        own, vietnamese = self._words[item.language], item.language == "vi"
        anchors, others = self._anchors[vietnamese], self._anchors[not vietnamese]
        report, crowd = self._slots[item.id].report, self.crowd(item.published)
        return {
            **neighbours(own, own, item.id, least=least_cosine(report, cross=False, crowd=crowd)),
            **neighbours(anchors, others, item.id, least=least_cosine(report, cross=True, crowd=crowd)),
        }

    def crowd(self, published: datetime) -> float:
        """How crowded the days around a moment are, as `log_odds` wants it."""
        day = published.toordinal()
        return math.log(min(CROWD, max(1, sum(self._days[near] for near in range(day - 2, day + 3)))) / CROWD)

    def forget(self, *, before: datetime) -> None:
        """Drop what was published before a moment, so that memory stays bounded."""
        for item_id in [at for at, slot in self._slots.items() if slot.report.published < before]:
            slot = self._slots.pop(item_id)
            self._words[slot.report.language].remove(item_id)
            self._anchors[slot.report.language == "vi"].remove(item_id)
            self._days[slot.report.published.toordinal()] -= 1
            if slot.story_id is None:
                continue
            self._stories[slot.story_id].remove(item_id)
            if not self._stories[slot.story_id]:
                del self._stories[slot.story_id]
            for key in slot.keys:
                if self._keys.get(key) == item_id:
                    del self._keys[key]

    def _candidates(self, alike: dict[int, float]) -> list[int]:
        """The stories with the nearest members, at most so many."""
        nearest: dict[int, float] = {}
        for item_id, cosine in alike.items():
            story_id = self._slots[item_id].story_id
            if story_id is not None and nearest.get(story_id, 0.0) < cosine:
                nearest[story_id] = cosine
        return sorted(nearest, key=lambda story_id: (-nearest[story_id], story_id))[:_STORIES]

    def _linkage(self, report: Report, story_id: int, alike: dict[int, float], crowd: float) -> float:
        members = [self._slots[item_id].report for item_id in self._stories[story_id][-_MEMBERS:]]
        if min(abs(member.published - report.published) for member in members) > WINDOW:
            return FLOOR
        odds = (log_odds(report, member, alike.get(member.item_id, 0.0), crowd=crowd) for member in members)
        return sum(odds) / len(members)


def _keys(item: Item) -> tuple[int, ...]:
    """Hashes of what makes two items the same report whoever carries it: the address, and a text that is no stub."""
    keys = [hash(item.canonical_url)]
    words = item.text.lower().split()
    if len(words) >= _TEXT_WORDS:
        keys.append(hash(" ".join(words)))
    return tuple(keys)


class StoryShelf(Protocol):
    """Where stories are kept."""

    def unplaced(self, limit: int) -> list[Item]:
        """Items in no story yet, by id."""
        ...

    def placed_after(self, item_id: int, *, since: datetime) -> list[Item]:
        """Items in a story with a higher id, published since."""
        ...

    def open_story(self, item: Item) -> int:
        """A new story for this item; its id."""
        ...

    def assign(self, item_id: int, story_id: int) -> None:
        """Put an item into a story."""
        ...


class GroupingStore(Protocol):
    """What grouping needs of a store."""

    def transaction(self) -> AbstractContextManager[None]:
        """One writing transaction."""
        ...

    @property
    def stories(self) -> StoryShelf:
        """The stories."""
        ...


def group_items(store: GroupingStore, index: StoryIndex, *, now: datetime, most: int = 500) -> int:
    """Give items without a story one, at most so many, in one transaction; how many were placed, 0 when all are.

    Safe to repeat and to run in two processes at once: what another process placed is caught up with first. If the
    store fails, the index forgets everything, lest it remember what was rolled back, and is rebuilt the next time.
    """
    index.forget(before=now - 2 * WINDOW)
    try:
        with store.transaction():
            for item in store.stories.placed_after(index.last_item_id, since=now - 2 * WINDOW):
                index.remember(item, item.story_id or 0)
            items = store.stories.unplaced(most)
            for item in items:
                index.observe(item)
            for item in sorted(items, key=lambda item: (item.published, item.id)):
                story_id = index.find_story(item)
                if story_id is None:
                    story_id = store.stories.open_story(item)
                store.stories.assign(item.id, story_id)
                index.remember(item, story_id)
    except BaseException:
        index.clear()
        raise
    return len(items)
