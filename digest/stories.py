"""Grouping: which items report one event.

    unplaced and reworded items ─→ observe (terms, anchors, traits) ─→ their odds with what is near
        ─→ they, the stories near them and those they are in ─→ joined, the likeliest first (linkage.py)
        ─→ whoever does not fit goes to a better story or its own ─→ what the store must change

The method is average linkage. Each batch of items is taken as a whole and with the stories it touches, so that the
order in which feeds answer hardly matters: two stories that a later report shows to be one are merged, a report that
was reworded or misplaced leaves. Nothing that was delivered breaks by that; storage/stories.py says how.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from digest.index import WINDOW, Grouped, StoryIndex
from digest.model import Item


class StoryShelf(Protocol):
    """Where stories are kept."""

    def unplaced(self, limit: int) -> list[Item]:
        """Items in no story yet, by id."""
        ...

    def reworded(self, limit: int) -> list[Item]:
        """Items whose publisher changed their words after they were placed, by id."""
        ...

    def placed_after(self, item_id: int, *, since: datetime) -> list[Item]:
        """Items in a story with a higher id, published since."""
        ...

    def moved_after(self, move_id: int, *, since: datetime) -> tuple[list[Item], int]:
        """Items published since that changed story or words by later moves, as they are now; the last move's id."""
        ...

    def told_among(self, story_ids: Collection[int]) -> set[int]:
        """Which of these stories some chat was told."""
        ...

    def open_story(self, item: Item) -> int:
        """A new story for this item; its id."""
        ...

    def assign(self, item_id: int, story_id: int) -> None:
        """Put an item that is in no story into one."""
        ...

    def split(self, item_id: int, *, now: datetime) -> int:
        """A new story for an item that leaves its own; its id."""
        ...

    def move(self, item_ids: Collection[int], story_id: int, *, now: datetime) -> None:
        """Take items out of the stories they are in and put them into another."""
        ...

    def merge(self, story_id: int, into: int, *, now: datetime) -> None:
        """Put all items of a story into another, which from now on answers for it."""
        ...

    def note_reworded(self, item_ids: Collection[int], *, now: datetime) -> None:
        """Note that the new words of these items have been taken into account."""
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
    """Give items without a story one and look again at reworded ones, at most so many of each, in one transaction.

    How many were placed, 0 when all are. Stories near these items may merge, and items may leave them.
    Safe to repeat and to run in two processes at once: what another process did is caught up with first. If the
    store fails, the index forgets everything, lest it remember what was rolled back, and is rebuilt the next time.
    """
    since = now - 2 * WINDOW
    index.forget(before=since)
    try:
        with store.transaction():
            _catch_up(store.stories, index, since)
            new, reworded = store.stories.unplaced(most), store.stories.reworded(most)
            items = {item.id: item for item in (*new, *(one for one in reworded if one.published >= since))}
            for item in items.values():
                index.observe(item)
            _carry_out(store.stories, index, index.settle(items.keys()), items, now)
            if reworded:
                store.stories.note_reworded([item.id for item in reworded], now=now)
            for item in new:
                index.last_item_id = max(index.last_item_id, item.id)
    except BaseException:
        index.clear()
        raise
    return len(new)


def _catch_up(shelf: StoryShelf, index: StoryIndex, since: datetime) -> None:
    """Remember what was placed, moved and reworded since the index looked last."""
    for item in shelf.placed_after(index.last_item_id, since=since):
        index.remember(item, item.story_id or 0)
    moved, index.last_move_id = shelf.moved_after(index.last_move_id, since=since)
    for item in moved:
        index.remember(item, item.story_id or 0)


def _carry_out(
    shelf: StoryShelf, index: StoryIndex, groups: Sequence[Grouped], items: dict[int, Item], now: datetime
) -> None:
    """Make the store and the index as the groups say; first who leaves a story, then who joins."""
    contested = {story_id for group in groups if len(group.stories) > 1 for story_id in group.stories}
    told = shelf.told_among(contested) if contested else set()
    targets: list[tuple[int, Grouped]] = []
    for group in groups:
        if not group.items:
            continue  # all its items left: it answers for where they went
        # Of several the one that readers know goes on, and the oldest of these.
        story_id = min(group.stories, key=lambda one: (one not in told, one), default=None)
        if story_id is None:
            first = group.items[0]
            placed = index.story_of(first) is not None
            story_id = shelf.split(first, now=now) if placed else shelf.open_story(items[first])
            index.place(first, story_id)
        targets.append((story_id, group))
    for story_id, group in targets:
        coming = [one for one in group.items if index.story_of(one) not in {None, *group.stories, story_id}]
        if coming:
            shelf.move(coming, story_id, now=now)
            for item_id in coming:
                index.place(item_id, story_id)
    for story_id, group in targets:
        for other in group.stories:
            if other != story_id:
                shelf.merge(other, story_id, now=now)
                index.merge(other, story_id)
        for item_id in group.items:
            if index.story_of(item_id) is None:
                shelf.assign(item_id, story_id)
                index.place(item_id, story_id)
