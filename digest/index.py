"""What is remembered of the recent reports, to tell which of them belong together.

    Item ─→ Report, words, anchors ─→ neighbours by words (own language), by anchors (the other) ─→ log odds, noted

It only remembers: the store is the truth and can rebuild it. Word statistics are the store's own, those of the items
remembered. Odds are worked out when an item is first looked at and again when the store has grown a good deal.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import nlargest

from digest.likeness import CROWD, CROWD_WEIGHT, FLOOR, Report, bounded, least_cosine, read_report, weigh
from digest.linkage import HOPE, SPEAKERS, link, review
from digest.model import Item
from digest.neighbours import TermSpace, neighbours

#: Items further apart than this never share a story; the index remembers twice as long.
WINDOW = timedelta(days=7)

#: A text of fewer words may be the same by chance or by a template.
_TEXT_WORDS = 12
#: The odds of two that are the same report at two addresses: enough to outvote all other members of a story.
_TWIN = 100.0
#: Odds are worked out anew when there are so many times as many items as there were then.
_GROWTH = 3
#: Of so many items the statistics hardly move any more.
_MANY = 1000
#: Odds are worked out with the nearest so many.
_NOTED = 200


@dataclass(slots=True)
class _Slot:
    """An item as the index remembers it; in no story until it has been placed."""

    report: Report
    #: The ordinal of the day it was published.
    day: int
    keys: tuple[int, ...]
    #: Hash of what was read.
    wording: int
    story_id: int | None = None
    #: Other items → log odds but for the crowd. Noted with both of two; what is not noted is FLOOR.
    odds: dict[int, float] = field(default_factory=dict)
    #: How many items there were when its odds were worked out; 0 for not yet.
    among: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """Items that are one story now, by id, oldest first, and the stories that all or some of them were in."""

    items: tuple[int, ...]
    #: Stories of which this is what they were, at most with some items more or less; one goes on, the others end.
    stories: tuple[int, ...]


class StoryIndex:
    """The recent items by their words and by their stories."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._slots: dict[int, _Slot] = {}
        self._stories: dict[int, set[int]] = defaultdict(set)
        #: Hash of an address or of a text → the items that have it.
        self._keys: dict[int, set[int]] = defaultdict(set)
        #: Language → its items by words; Vietnamese or not → its items by anchors.
        self._words: dict[str, TermSpace] = defaultdict(TermSpace)
        self._anchors: dict[bool, TermSpace] = defaultdict(TermSpace)
        #: How many items each day has, by its ordinal.
        self._days: Counter[int] = Counter()
        self._crowds: dict[int, float] = {}
        #: The highest ids of an item and of a move that were heard of; the store is asked for later ones.
        self.last_item_id = 0
        self.last_move_id = 0

    def observe(self, item: Item) -> None:
        """Read an item and count its words, again where its wording has changed; for a whole batch before `settle`."""
        wording = hash((item.title, item.text))
        slot = self._slots.get(item.id)
        if slot is not None:
            if slot.wording == wording and slot.report.published == item.published:
                return
            self._drop(item.id)
        report, words, anchors = read_report(item)
        self._slots[item.id] = _Slot(report, item.published.toordinal(), _keys(item), wording)
        self._count_day(self._slots[item.id].day, 1)
        self._words[item.language].add(item.id, words)
        self._anchors[item.language == "vi"].add(item.id, anchors)
        for key in self._slots[item.id].keys:
            self._keys[key].add(item.id)
        if slot is not None and slot.story_id is not None:
            self.place(item.id, slot.story_id)

    def remember(self, item: Item, story_id: int) -> None:
        """Note that an item is in a story, and in no other."""
        self.observe(item)
        self.place(item.id, story_id)
        self.last_item_id = max(self.last_item_id, item.id)

    def place(self, item_id: int, story_id: int) -> None:
        """Note in which story an observed item is."""
        self._take_out(item_id)
        self._slots[item_id].story_id = story_id
        self._stories[story_id].add(item_id)

    def merge(self, story_id: int, into: int) -> None:
        """Note that a story's items are another's."""
        for item_id in [*self._stories.get(story_id, ())]:
            self.place(item_id, into)

    def settle(self, item_ids: Collection[int]) -> list[Grouped]:
        """How these observed items, the stories they are near to and those they are in should be grouped now.

        Whatever did not change comes too, save stories that have nothing to do with any of the items.
        """
        stories: dict[int, list[int]] = {}
        for item_id in sorted(item_ids):
            self._look(item_id)
            for near in (item_id, *self.near(item_id)):
                story_id = self._slots[near].story_id
                if story_id is not None and story_id not in stories:
                    stories[story_id] = sorted(self._stories[story_id], key=self.order)
        groups = {min(members): members for members in stories.values()}
        groups |= {item_id: [item_id] for item_id in item_ids if self._slots[item_id].story_id is None}
        for members in stories.values():
            for item_id in members[-SPEAKERS:]:
                self._look(item_id)
        linked = link(groups, self, self.order)
        reports = [sorted((one for key in keys for one in groups[key]), key=self.order) for keys in linked]
        kept = [{self._slots[key].story_id for key in keys} - {None} for keys in linked]
        bound = {one for group in reports for one in group if self._has_twin(one, group)}
        reviewed = review(reports, self, self.order, bound=bound)
        kept += [set() for _ in reviewed[len(kept) :]]
        return [
            Grouped(items=tuple(members), stories=tuple(sorted(story_id for story_id in ids if story_id)))
            for members, ids in zip(reviewed, kept, strict=True)
        ]

    def story_of(self, item_id: int) -> int | None:
        """The story that an observed item is in."""
        return self._slots[item_id].story_id

    def order(self, item_id: int) -> tuple[datetime, int]:
        """By the time of publishing, then by id."""
        return self._slots[item_id].report.published, item_id

    def near(self, item_id: int) -> Iterable[int]:
        """The reports with odds above HOPE that were noted for one."""
        slot = self._slots[item_id]
        crowd = self._crowd_odds(slot.day)
        return [other for other, odds in slot.odds.items() if odds + crowd > HOPE]

    def odds(self, item_id: int, others: Sequence[int]) -> float:
        """The sum of a report's log odds with others."""
        slot, total = self._slots[item_id], 0.0
        noted, crowd = slot.odds, self._crowd_odds(slot.day)
        for other in others:
            odds = noted.get(other)
            if odds is None or odds == _TWIN:
                total += odds or FLOOR
            else:  # of two days the more crowded one counts; most are as crowded as can be
                total += bounded(odds + min(crowd, self._crowd_odds(self._slots[other].day)) if crowd else odds)
        return total

    def report(self, item: Item) -> Report:
        """What is remembered of an item that was observed."""
        return self._slots[item.id].report

    def alike(self, item: Item) -> dict[int, float]:
        """Cosines with the items near enough to matter, by words in its language and by anchors in the other."""
        return self._alike(self._slots[item.id].report)

    def crowd(self, published: datetime) -> float:
        """How crowded the days around a moment are, as `log_odds` wants it."""
        return self._crowd_odds(published.toordinal()) / CROWD_WEIGHT

    def forget(self, *, before: datetime) -> None:
        """Drop what was published before a moment, so that memory stays bounded."""
        for item_id in [at for at, slot in self._slots.items() if slot.report.published < before]:
            self._drop(item_id)

    def _alike(self, report: Report) -> dict[int, float]:
        own, vietnamese = self._words[report.language], report.language == "vi"
        anchors, others = self._anchors[vietnamese], self._anchors[not vietnamese]
        item_id, crowd = report.item_id, self.crowd(report.published)
        return {
            **neighbours(own, own, item_id, least=least_cosine(report, cross=False, crowd=crowd)),
            **neighbours(anchors, others, item_id, least=least_cosine(report, cross=True, crowd=crowd)),
        }

    def _crowd_odds(self, day: int) -> float:
        """What the crowd of a day and its neighbours adds to the odds of its reports."""
        known = self._crowds.get(day)
        if known is None:
            around = sum(self._days[near] for near in range(day - 2, day + 3))
            known = self._crowds[day] = CROWD_WEIGHT * math.log(min(CROWD, max(1, around)) / CROWD)
        return known

    def _count_day(self, day: int, change: int) -> None:
        self._days[day] += change
        if not self._days[day]:
            del self._days[day]
        self._crowds.clear()

    def _look(self, item_id: int) -> None:
        """Work out an item's odds with all others, unless that was done among nearly as many."""
        slot = self._slots[item_id]
        if slot.among * _GROWTH >= min(len(self._slots), _MANY):
            return
        if slot.among:  # what others noted of it meanwhile is as old; of a new one it is not
            self._unnote(item_id)
        slot.among = len(self._slots)
        crowd = self._crowd_odds(slot.day)
        alike = self._alike(slot.report)
        for other in nlargest(_NOTED, alike, key=alike.__getitem__) if len(alike) > _NOTED else alike:
            there, cosine = self._slots[other], alike[other]
            if abs(there.report.published - slot.report.published) > WINDOW:
                continue
            odds = weigh(slot.report, there.report, cosine)
            if odds + crowd > FLOOR:
                slot.odds[other] = there.odds[item_id] = odds
        for other in self._twins(item_id):
            slot.odds[other] = self._slots[other].odds[item_id] = _TWIN

    def _twins(self, item_id: int) -> set[int]:
        """The same report at other addresses, or another one at the same address."""
        slot = self._slots[item_id]
        same = {other for key in slot.keys for other in self._keys[key]} - {item_id}
        return {one for one in same if abs(self._slots[one].report.published - slot.report.published) <= WINDOW}

    def _has_twin(self, item_id: int, group: Collection[int]) -> bool:
        return not self._twins(item_id).isdisjoint(group)

    def _drop(self, item_id: int) -> None:
        self._take_out(item_id)
        self._unnote(item_id)
        slot = self._slots.pop(item_id)
        self._words[slot.report.language].remove(item_id)
        self._anchors[slot.report.language == "vi"].remove(item_id)
        self._count_day(slot.day, -1)
        for key in slot.keys:
            self._keys[key].discard(item_id)
            if not self._keys[key]:
                del self._keys[key]

    def _unnote(self, item_id: int) -> None:
        for other in self._slots[item_id].odds:
            del self._slots[other].odds[item_id]
        self._slots[item_id].odds.clear()

    def _take_out(self, item_id: int) -> None:
        story_id = self._slots[item_id].story_id
        if story_id is not None:
            self._stories[story_id].remove(item_id)
            if not self._stories[story_id]:
                del self._stories[story_id]


def _keys(item: Item) -> tuple[int, ...]:
    """Hashes of what makes two items the same report whoever carries it: the address, and a text that is no stub."""
    keys = [hash(item.canonical_url)]
    words = item.text.lower().split()
    if len(words) >= _TEXT_WORDS:
        keys.append(hash(" ".join(words)))
    return tuple(keys)
