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
    assert samples[-1].handles <= samples[1].handles + 4  # so early it is still filling its pools
    assert samples[-1].threads <= samples[1].threads + 2


def run(**later):
    """Ten samples, the second half different in something."""
    return [replace(SAMPLE, polls=1000 * n, **(later if n > 5 else {})) for n in range(1, 11)]


def climbing(name, step):
    """Ten samples of which one thing grows by so much every thousand polls."""
    return [replace(one, **{name: getattr(one, name) + step * n}) for n, one in enumerate(run())]


@pytest.mark.parametrize(
    ("samples", "named"),
    [
        (climbing("rss", 2_000_000), "rss"),
        (climbing("workers", 2_000_000), "workers"),
        (run(wal=34_000_000), "wal"),
        (run(handles=37), "handles"),
        (run(threads=15), "threads"),
        (run(tasks=11), "tasks"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_grows_is_named(samples, named):
    (said,) = grown(samples)
    assert said.split(":")[0] == named


def test_what_is_flat_is_not():
    assert grown([SAMPLE] * 10) == []
    assert grown(run(rss=110_000_000, workers=85_000_000, tasks=10)) == []  # a piece of memory more, and then none
    assert grown(climbing("rss", 1_000_000)) == []
