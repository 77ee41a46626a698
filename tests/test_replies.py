"""The benchmark of replies does what it says, on a database so small that it tells nothing about speed."""

import random
from contextlib import closing
from datetime import timedelta

from benchmarks.filling import DAYS, fill
from benchmarks.replies import NOW, Timed, time_replies, time_searches
from storage.store import Store


async def test_every_command_is_said_and_every_kind_of_search_asked(tmp_path):
    database = tmp_path / "year.db"
    with closing(Store.open(f"sqlite:///{database}")) as store:
        fill(store, 400, until=NOW)
        stats, items = store.stats(now=NOW), list(store.items.export(None))
        searches = list(time_searches(store, n=2, rng=random.Random(1)))
    assert (stats.items, stats.unplaced, stats.sources) == (400, 0, 40)
    assert 100 < stats.stories < 400
    assert all(NOW - timedelta(days=DAYS + 1) < one.published <= one.first_seen <= NOW for one in items)
    assert len({one.published.month for one in items}) == 12
    assert {len(one.spent) for one in searches} == {2}
    replies = await time_replies(database, rounds=1, rng=random.Random(1))
    assert {"/start", "/digest", "/latest", "/search, one word", "/saved", "/settings", "inline, some words"} <= {
        one.what for one in replies
    }
    assert all(0 < real < 60_000 for one in replies for real, _ in one.spent)


def test_a_row_tells_the_middle_the_slow_and_the_slowest():
    times = [(float(n), 1.0) for n in range(100, 0, -1)]
    assert Timed("it", times).row() == "| it | 100 | 51.0 | 96.0 | 100.0 | 1.0 | 1.0 | 1.0 |"
