"""Grouping without a store, for the benchmarks: the same index, the same batches, ids of our own."""

from collections.abc import Iterable
from itertools import count

from digest.index import StoryIndex
from digest.model import Item


def place(items: Iterable[Item], *, batch: int | None = None) -> dict[int, int]:
    """Item id → story id. The items come in the order given, all at once or in batches of so many."""
    waiting, index, fresh, stories = list(items), StoryIndex(), count(1), dict[int, int]()
    size = batch or max(1, len(waiting))
    for first in range(0, len(waiting), size):
        arriving = waiting[first : first + size]
        for item in arriving:
            index.observe(item)
        for group in index.settle([item.id for item in arriving]):
            story_id = min(group.stories) if group.stories else next(fresh)
            for item_id in group.items:
                index.place(item_id, story_id)
                stories[item_id] = story_id
    return stories
