"""A seeded slice of the fuzzing that `python -m benchmarks.fuzz_feeds` does at length."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.fuzz_feeds import HANG, NOW, broken_promise, fuzz, mutate, samples
from digest.model import Entry
from feeds.document import ParsedFeed

ENTRY = Entry(
    identity="1",
    url="https://news.example/1",
    canonical_url="https://news.example/1",
    title="Envoys meet",
    text="",
    published=NOW,
    dated=True,
    language="en",
)


async def test_broken_feeds_come_to_a_feed_or_an_error_in_time() -> None:
    tally = await fuzz(seed=3, count=200)
    assert (tally.broken, tally.slowest < HANG) == ([], True)
    assert (tally.outcomes.total(), tally.outcomes["read"] > 60, len(tally.outcomes) >= 5) == (200, True, True)


def test_one_seed_makes_the_same_documents() -> None:
    sound = samples()
    assert len(sound) >= 20
    assert mutate(random.Random("3-5"), sound) == mutate(random.Random("3-5"), sound)
    assert mutate(random.Random("3-5"), sound) != mutate(random.Random("3-6"), sound)


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ((ENTRY,), ""),
        ((ENTRY, ENTRY), "entries are not each once, or too many"),
        ((replace(ENTRY, title="a\nb"),), "not a title of one line"),
        ((replace(ENTRY, title="a\u202eb"),), "not nothing hidden"),
        ((replace(ENTRY, url="javascript:1"),), "not a link"),
        ((replace(ENTRY, published=NOW + timedelta(seconds=1)),), "not a time that is not ahead"),
        ((replace(ENTRY, text="x" * 20_001),), "not a text that is not too long"),
    ],
)
def test_a_broken_promise_is_noticed(entries: tuple[Entry, ...], fault: str) -> None:
    assert broken_promise(ParsedFeed(entries=entries)) == fault
