"""Grouping: which items report one event.

    unplaced items ─→ observe (word statistics) ─→ for each, oldest first:
        candidates that share rare words ─→ average similarity to each of their stories ─→ the best above the threshold,
        unless a veto says that the two are look-alikes ─→ join it, else open a new story

The method is average linkage on TF-IDF cosine with a decay over time, done one item at a time, so that an item is in
its story within the poll that brought it. Word statistics are the store's own: those of the window's items.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from digest.model import Item
from digest.text import fold, words

#: Items further apart than this never share a story; also how long the index remembers.
WINDOW = timedelta(days=7)
#: Similarity fades by 1/e in this many days.
DECAY_DAYS = 5.0
#: Mean similarity from which an item belongs to a story.
THRESHOLD = 0.2

_TITLE_WEIGHT, _LEAD_WEIGHT, _BODY_WEIGHT = 3.0, 1.5, 1.0
_LEAD_WORDS, _MAX_WORDS = 40, 400
#: How many of an item's rarest words look for candidates, and how many candidates are compared in full.
_PROBES, _CANDIDATES = 24, 60
#: Members of a story that an item is compared with, newest first.
_MEMBERS = 20

_STOPWORDS = frozenset(
    """a about after again all also an and any are as at be because been before being between both but by can could did
    do does during each for from further had has have he her here him his how i if in into is it its just may more most
    my new no not now of off on one only or other our out over own s said same say says she should so some such t than
    that the their them then there these they this those through to too under until up us very was we were what when
    where which while who whom why will with would you your two first year years day days week
    và của là các có cho được trong với những một khi đã tại người này từ đến không để về ra cũng như sẽ vào theo trên
    nhiều năm ông bà sau đó lại do đang phải cùng còn ở rằng hay bị thì mà nên nếu trước hơn nhất ngày tháng giữa mới
    nay việc hai ba sáng chiều tối hôm qua biết nói""".split()
)


def story_terms(title: str, text: str, language: str) -> dict[str, float]:
    """Weighted terms of an item: folded words, in Vietnamese also pairs of syllables, title and lead counting more.

    The weights are raw (no inverse document frequency): those change with the store.
    """
    terms: dict[str, float] = defaultdict(float)
    body = words(text)[:_MAX_WORDS]
    parts = (
        (words(title), _TITLE_WEIGHT),
        (body[:_LEAD_WORDS], _LEAD_WEIGHT),
        (body[_LEAD_WORDS:], _BODY_WEIGHT),
    )
    for tokens, weight in parts:
        for term in _terms_of(tokens, language):
            terms[term] += weight
    return {term: 1 + math.log(weight) if weight > 1 else weight for term, weight in terms.items()}


def _terms_of(tokens: Sequence[str], language: str) -> Iterable[str]:
    kept = [fold(token) if token not in _STOPWORDS else "" for token in tokens]
    for index, token in enumerate(kept):
        if not token:
            continue
        if language != "vi":
            yield token[:-1] if len(token) > 3 and token.endswith("s") and not token.endswith("ss") else token
            continue
        yield token
        if index and kept[index - 1]:
            yield f"{kept[index - 1]} {token}"


@dataclass(frozen=True, slots=True)
class _Member:
    """An item as the index remembers it."""

    item_id: int
    story_id: int
    terms: dict[str, float]
    published: datetime
    countries: frozenset[str]


def _countries(item: Item) -> frozenset[str]:
    return frozenset(place[:2] for place in item.labels.places)


def _agreement(a: frozenset[str], b: frozenset[str]) -> float:
    """How far two reports may be of one event by their countries, 0 to 1.

    Two that each name a country the other does not are rarely one event, however alike their words: the ambassadors
    of Japan and of Korea received on one day.
    """
    if not (a - b and b - a):
        return 1.0
    return (len(a & b) / len(a | b)) ** 2


class StoryIndex:
    """The recent items by their words. It only remembers; the store is the truth and can rebuild it."""

    def __init__(self, *, threshold: float = THRESHOLD, decay_days: float = DECAY_DAYS) -> None:
        self._threshold = threshold
        self._decay_days = decay_days
        self._members: dict[int, _Member] = {}
        self._stories: dict[int, list[int]] = defaultdict(list)
        self._postings: dict[str, list[int]] = defaultdict(list)
        self._frequency: Counter[str] = Counter()
        self._observed: dict[int, dict[str, float]] = {}
        #: The highest item id that was remembered; the store is asked for later ones.
        self.last_item_id = 0

    def observe(self, item: Item) -> None:
        """Count an item's words, once; call it for a whole batch before finding any of it a story."""
        if item.id not in self._observed:
            terms = story_terms(item.title, item.text, item.language)
            self._observed[item.id] = terms
            self._frequency.update(terms.keys())

    def remember(self, item: Item, story_id: int) -> None:
        """Note that an item is in a story, so that later ones can join it."""
        self.observe(item)
        terms = self._observed[item.id]
        self._members[item.id] = _Member(item.id, story_id, terms, item.published, _countries(item))
        self._stories[story_id].append(item.id)
        for term in terms:
            self._postings[term].append(item.id)
        self.last_item_id = max(self.last_item_id, item.id)

    def find_story(self, item: Item) -> int | None:
        """The id of the story that an item belongs to, or None where it reports something new."""
        self.observe(item)
        terms = self._observed[item.id]
        candidates = {self._members[item_id].story_id for item_id in self._candidates(terms)}
        best, best_score = None, self._threshold
        for story_id in sorted(candidates):
            score = self._linkage(item, terms, story_id)
            if score > best_score:
                best, best_score = story_id, score
        return best

    def forget(self, *, before: datetime) -> None:
        """Drop what was published before a moment, so that memory stays bounded."""
        old = [member for member in self._members.values() if member.published < before]
        for member in old:
            del self._members[member.item_id], self._observed[member.item_id]
            self._frequency.subtract(member.terms.keys())
            self._stories[member.story_id].remove(member.item_id)
            if not self._stories[member.story_id]:
                del self._stories[member.story_id]
            for term in member.terms:
                self._postings[term].remove(member.item_id)
                if not self._postings[term]:
                    del self._postings[term], self._frequency[term]

    def _weight(self, term: str) -> float:
        return math.log((len(self._observed) + 1) / (self._frequency[term] + 0.5))

    def _candidates(self, terms: dict[str, float]) -> list[int]:
        common = max(20, len(self._observed) // 20)
        known = (term for term in terms if 0 < len(self._postings.get(term, ())) <= common)
        probes = sorted(known, key=self._frequency.__getitem__)
        shared: Counter[int] = Counter()
        for term in probes[:_PROBES]:
            for item_id in self._postings[term]:
                shared[item_id] += 1
        return [item_id for item_id, _ in shared.most_common(_CANDIDATES)]

    def _linkage(self, item: Item, terms: dict[str, float], story_id: int) -> float:
        members = [self._members[item_id] for item_id in self._stories[story_id][-_MEMBERS:]]
        if min(abs(member.published - item.published) for member in members) > WINDOW:
            return 0.0
        return sum(self._similarity(item, terms, member) for member in members) / len(members)

    def _similarity(self, item: Item, terms: dict[str, float], member: _Member) -> float:
        dot = sum(weight * member.terms[t] * self._weight(t) ** 2 for t, weight in terms.items() if t in member.terms)
        if not dot:
            return 0.0
        dot *= _agreement(_countries(item), member.countries)
        days = abs((member.published - item.published).total_seconds()) / 86400
        return dot / (self._norm(terms) * self._norm(member.terms)) * math.exp(-days / self._decay_days)

    def _norm(self, terms: dict[str, float]) -> float:
        return math.sqrt(sum((weight * self._weight(term)) ** 2 for term, weight in terms.items())) or 1.0


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


def group_items(store: GroupingStore, index: StoryIndex, *, now: datetime, batch: int = 5000) -> int:
    """Give every item without a story one, in one transaction a batch; how many were placed.

    Safe to repeat and to run in two processes at once: what another process placed is caught up with first.
    """
    placed = 0
    index.forget(before=now - 2 * WINDOW)
    while True:
        with store.transaction():
            for item in store.stories.placed_after(index.last_item_id, since=now - 2 * WINDOW):
                index.remember(item, item.story_id or 0)
            items = store.stories.unplaced(batch)
            for item in items:
                index.observe(item)
            for item in sorted(items, key=lambda item: (item.published, item.id)):
                story_id = index.find_story(item)
                if story_id is None:
                    story_id = store.stories.open_story(item)
                store.stories.assign(item.id, story_id)
                index.remember(item, story_id)
        placed += len(items)
        if len(items) < batch:
            return placed
