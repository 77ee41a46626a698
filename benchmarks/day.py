"""What a busy day costs: `python -m benchmarks.day [ITEMS]` (5,000 without it).

Invented reports, made from the sample feeds with a third of their words changed, go through the thinking as the bot
does it: labels and summary, story, then a digest for 16 places × 10 topics in both languages, rendered for Telegram.
Prints CPU time of this process, and its peak memory over that at the start.
"""

import random
import resource
import sys
import time
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from benchmarks.placing import place
from digest.classify import load_classifier
from digest.compose import Window, compose
from digest.daily import Desk
from digest.model import Entry, Item, Source, Story, Topic, Wishes
from digest.places import load_gazetteer
from playground.samples import load_outlets
from render.digest_view import digest_blocks
from render.names import HouseNames
from render.telegram import to_messages
from render.words import LANGUAGES, load_words

NOW = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
PLACES = "VN LA KH CU JP KR CN US AU RU IN TH VN-SG VN-HN VN-DN VN-25".split()


def reports(count: int, rng: random.Random) -> list[tuple[Entry, Source]]:
    """Reports of invented days, each a sample report with a third of its words replaced by others of its language."""
    samples = [(outlet, report) for outlet in load_outlets() for report in outlet.reports]
    words: dict[str, list[str]] = defaultdict(list)
    for outlet, report in samples:
        words[outlet.language] += report.text.split()
    made = []
    for number in range(count):
        outlet, report = samples[number % len(samples)]
        vary = words[outlet.language]
        text = " ".join(word if rng.random() > 1 / 3 else rng.choice(vary) for word in report.text.split())
        url = f"{number}"
        entry = Entry(
            identity=url,
            url=url,
            canonical_url=url,
            title=report.title,
            text=text,
            published=NOW - timedelta(minutes=rng.randrange(24 * 60)),
            dated=True,
            language=outlet.language,
        )
        made.append((entry, Source(url=outlet.name, name=outlet.name, language=outlet.language)))
    return made


def main() -> int:
    """Print what each stage cost."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    desk, names = Desk(load_classifier()), HouseNames(load_gazetteer())
    entries = reports(count, random.Random(1))
    at_start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()

    def lap(what: str, each: int) -> None:
        nonlocal began
        spent = time.process_time() - began
        print(f"{what:<34} {spent:7.2f} s CPU   {1000 * spent / each:8.3f} ms each of {each}")
        began = time.process_time()

    new = [(desk.read(entry, source), source) for entry, source in entries]
    lap("labels and summaries", count)
    items = [
        Item(
            id=number,
            source_url=source.url,
            outlet=source.name,
            tier=2,
            origin=None,
            url=one.entry.url,
            canonical_url=one.entry.canonical_url,
            title=one.entry.title,
            text=one.entry.text,
            language=one.entry.language,
            published=one.entry.published,
            first_seen=NOW,
            labels=one.labels,
            summary=one.summary,
        )
        for number, (one, source) in enumerate(sorted(new, key=lambda pair: pair[0].entry.published), start=1)
    ]
    grouped = defaultdict[int, list[Item]](list)
    for item_id, story_id in place(items, batch=500).items():
        grouped[story_id].append(replace(items[item_id - 1], story_id=story_id))
    lap("stories", count)
    stories = tuple(Story(id=story_id, items=tuple(members)) for story_id, members in grouped.items())
    window = Window(since=NOW - timedelta(hours=24), until=NOW, stories=stories, items=count, feeds=200, failing=0)
    variants = [
        Wishes(topics=frozenset({topic.value}), places=frozenset({place}), language=language)
        for place in PLACES
        for topic in Topic
        for language in LANGUAGES
    ]
    for wishes in variants:
        digest = compose(window, wishes)
        to_messages(digest_blocks(digest, words=load_words(wishes.language), names=names, zone="Asia/Ho_Chi_Minh"))
    lap("digests, composed and rendered", len(variants))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{count} items in {len(stories)} stories; {(peak - at_start) / 1024:.0f} MB over the start")
    return 0


if __name__ == "__main__":
    sys.exit(main())
