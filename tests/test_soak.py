"""The soak of benchmarks/soak.py in small, and its verdict."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.soak import FEEDS, READERS, Sample, grown, soak

SAMPLE = Sample(
    polls=1, deliveries=1, seconds=1, rss=100_000_000, workers=80_000_000, handles=36, threads=12, tasks=8,
    wal=4_000_000, database=1, items=1,
)  # fmt: skip


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at itself as Linux does")
async def test_a_few_days_lose_nothing_and_keep_their_handles():
    samples = []
    await soak(polls=4 * FEEDS, deliveries=4 * READERS, report=samples.append)
    assert (samples[-1].polls, samples[-1].deliveries) == (4 * FEEDS, 4 * READERS)
    assert samples[-1].items > FEEDS
    assert samples[-1].handles <= samples[1].handles + 4
    assert samples[-1].threads <= samples[1].threads + 2


@pytest.mark.parametrize(
    "later",
    [
        {"rss": 150_000_000},
        {"workers": 130_000_000},
        {"wal": 40_000_000},
        {"handles": 60},
        {"threads": 20},
        {"tasks": 50},
    ],
)
def test_what_grows_is_named(later):
    (said,) = grown([*[SAMPLE] * 5, *[replace(SAMPLE, **later)] * 5])
    assert said.split(":")[0] in later


def test_what_is_flat_is_not():
    assert grown([SAMPLE] * 10) == []
    assert grown([*[SAMPLE] * 5, *[replace(SAMPLE, rss=110_000_000, tasks=12)] * 5]) == []
