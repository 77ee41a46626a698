"""A database as a year leaves it, for benchmarks: invented reports, their labels and their stories.

The words are those of the sample feeds, recombined: each report is one of a few thousand variants that the bot's own
thinking has labelled, with a third of its words replaced by others of its language, as often as they occur there. An
event is reported by one to seven outlets within a day. Forty feeds are polled six times a day.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digest.classify import load_classifier
from digest.daily import Desk
from digest.model import Entry, NewItem, Source
from digest.polling import Polled
from playground.samples import fill_dates, load_outlets
from storage.store import Store

DAYS = 365
#: A feed is polled every so often.
_EVERY = timedelta(hours=4)
_FEEDS = 40
_VARIANTS = 3000
#: How many outlets report an event, as often as each figure stands here.
_REPORTED_BY = (1, 1, 1, 1, 1, 2, 2, 3, 4, 7)
_CHANGED = 1 / 3


@dataclass(frozen=True, slots=True)
class _Draft:
    """One report of an event: when it is out, in which feed (by number), of which event, and its item but for that."""

    published: datetime
    feed: int
    event: int
    item: NewItem


def feeds() -> list[Source]:
    """The feeds, several of each outlet of the samples."""
    outlets = load_outlets()
    return [
        Source(
            url=f"https://feed{n}.example/rss", name=f"{outlet.name} {n}", language=outlet.language, tier=outlet.tier
        )
        for n in range(_FEEDS)
        for outlet in [outlets[n % len(outlets)]]
    ]


def fill(store: Store, count: int, *, until: datetime, seed: int = 1) -> None:
    """Store so many items of the year before `until`, each in a story, in the order in which they would have come."""
    rng, sources = random.Random(seed), feeds()
    store.sources.sync(sources, now=until - timedelta(days=DAYS))
    writer = _Writer(sources, rng, until, variants=min(count, _VARIANTS))
    polls = DAYS * timedelta(days=1) // _EVERY
    stories: dict[int, int] = {}
    written = 0
    for poll in range(1, polls + 1):
        at = until - (polls - poll) * _EVERY
        due = count * poll // polls - written
        written += due
        with store.transaction():
            for feed, drafts in writer.drafts(due, before=at):
                polled = Polled(url=sources[feed].url, at=at, next_poll_at=at + _EVERY, http_status=200)
                store.items.save_poll(polled, [draft.item for draft in reversed(drafts)], [])
            for item in store.stories.unplaced(due):
                event = int(item.url.rpartition("-")[2])
                if event in stories:
                    store.stories.assign(item.id, stories[event])
                else:
                    stories[event] = store.stories.open_story(item)


class _Writer:
    """Whoever writes the invented reports."""

    def __init__(self, sources: Sequence[Source], rng: random.Random, now: datetime, *, variants: int) -> None:
        self._sources, self._rng = sources, rng
        self._feeds: dict[str, list[int]] = defaultdict(list)
        for n, source in enumerate(sources):
            self._feeds[source.language or ""].append(n)
        desk = Desk(load_classifier())
        samples = [(outlet.language, report) for outlet in load_outlets() for report in outlet.reports]
        self._words: dict[str, list[str]] = defaultdict(list)
        for language, report in samples:
            self._words[language] += fill_dates(f"{report.title} {report.text}", now).split()
        self._variants: list[NewItem] = []
        for n in range(variants):
            language, report = samples[n % len(samples)]
            title, text = (fill_dates(said, now) for said in (report.title, report.text))
            entry = Entry(identity="", url="", canonical_url="", title=title, text=self._varied(text, language),
                          published=now, dated=True, language=language)  # fmt: skip
            self._variants.append(desk.read(entry, sources[self._feeds[language][0]]))
        self._events = 0
        #: Reports that are still to come.
        self._later: list[_Draft] = []

    def drafts(self, count: int, *, before: datetime) -> Iterator[tuple[int, list[_Draft]]]:
        """So many reports that are out before a moment, by feed, the oldest first."""
        while len(self._later) < count:
            self._later += self._event(before)
        self._later.sort(key=lambda draft: draft.published)
        now, self._later = self._later[:count], self._later[count:]
        by_feed: dict[int, list[_Draft]] = defaultdict(list)
        for draft in now:
            by_feed[draft.feed].append(draft)
        for feed, drafts in by_feed.items():
            dated = [replace(one, item=_dated(one.item, min(one.published, before))) for one in drafts]
            yield feed, dated

    def _event(self, before: datetime) -> list[_Draft]:
        """What is reported of one event, which happened in the hours before a moment."""
        rng = self._rng
        self._events += 1
        variant = rng.choice(self._variants)
        language = variant.entry.language
        happened = before - _EVERY * rng.random()
        made = []
        for nth, feed in enumerate(rng.sample(self._feeds[language], rng.choice(_REPORTED_BY))):
            title = variant.entry.title.split()
            title[rng.randrange(len(title))] = rng.choice(self._words[language])
            link = f"{self._sources[feed].url.removesuffix('rss')}{nth}-{self._events}"
            entry = replace(
                variant.entry,
                identity=link,
                url=link,
                canonical_url=link,
                title=" ".join(title),
                text=self._varied(variant.entry.text, language),
            )
            made.append(_Draft(happened + timedelta(hours=nth * 3 * rng.random()), feed, self._events,
                               replace(variant, entry=entry)))  # fmt: skip
        return made

    def _varied(self, text: str, language: str) -> str:
        rng, words = self._rng, self._words[language]
        return " ".join(rng.choice(words) if rng.random() < _CHANGED else word for word in text.split())


def _dated(item: NewItem, published: datetime) -> NewItem:
    return replace(item, entry=replace(item.entry, published=published))
