"""Joining groups of reports, and leaving them."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.linkage import BETTER, EVEN, HOPE, LEAVE, SPEAKERS, bar, link, review

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Odds:
    """Log odds by pair; −3 for pairs that are not named."""

    def __init__(self, pairs: dict[tuple[int, int], float]) -> None:
        self._pairs = {frozenset(pair): odds for pair, odds in pairs.items()}

    def near(self, item_id: int) -> Iterable[int]:
        found = [other for pair, odds in self._pairs.items() if odds > HOPE and item_id in pair for other in pair]
        return [other for other in found if other != item_id]

    def odds(self, item_id: int, others: Sequence[int]) -> float:
        return sum(self._pairs.get(frozenset((item_id, other)), -3.0) for other in others)


def order(item_id: int) -> tuple[datetime, int]:
    return NOW, item_id


def joined(pairs: dict[tuple[int, int], float], *groups: list[int]) -> list[list[int]]:
    """The groups that result, as sorted items."""
    by_key = {group[0]: group for group in groups}
    linked = link(by_key, Odds(pairs), order)
    return sorted(sorted(item_id for key in keys for item_id in by_key[key]) for keys in linked)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ({(1, 2): 1.0}, [[1, 2], [3]]),
        ({(1, 2): 0.0}, [[1], [2], [3]]),
        ({(1, 2): 1.0, (2, 3): 2.0}, [[1], [2, 3]]),  # the likelier first; then 1 is too far from 3
        ({(1, 2): 1.0, (2, 3): 2.0, (1, 3): -0.5}, [[1, 2, 3]]),
    ],
)
def test_the_likeliest_are_joined_first_by_their_mean(pairs, expected) -> None:
    assert joined(pairs, [1], [2], [3]) == expected


def test_two_groups_of_several_need_less_than_a_report_by_itself() -> None:
    pairs = {(1, 2): 4.0, (3, 4): 4.0, (1, 3): 0.8, (1, 4): -0.5, (2, 3): -0.5, (2, 4): -0.6}
    assert bar(2, 2) < -0.2 < bar(1, 2) == EVEN
    assert joined(pairs, [1, 2], [3, 4]) == [[1, 2, 3, 4]]
    assert joined({(1, 2): 4.0, (1, 3): 0.4, (2, 3): -0.8}, [1, 2], [3]) == [[1, 2], [3]]


@given(st.dictionaries(st.tuples(st.integers(1, 9), st.integers(1, 9)), st.floats(-2.9, 4.0)), st.integers(0, 9))
def test_the_order_in_which_reports_come_does_not_matter(pairs, seed) -> None:
    pairs = {(a, b): odds + a / 1000 + b / 100_000 for (a, b), odds in pairs.items() if a < b}
    ids = list(range(1, 10))
    first = joined(pairs, *([one] for one in ids))
    random.Random(seed).shuffle(ids)
    assert joined(pairs, *([one] for one in ids)) == first


def reviewed(groups: list[list[int]], pairs: dict[tuple[int, int], float], *, bound: set[int] | None = None):
    return [sorted(group) for group in review(groups, Odds(pairs), order, bound=bound or set())]


def test_who_does_not_fit_leaves_and_who_fits_badly_stays() -> None:
    fits = {(1, 2): 4.0, (1, 3): LEAVE - 0.1, (2, 3): LEAVE - 0.1}
    assert reviewed([[1, 2, 3]], fits) == [[1, 2], [3]]
    assert reviewed([[1, 2, 3]], fits, bound={3}) == [[1, 2, 3]]
    assert reviewed([[1, 2, 3]], {**fits, (1, 3): LEAVE + 0.1, (2, 3): LEAVE + 0.1}) == [[1, 2, 3]]


def test_a_report_goes_over_only_where_it_fits_clearly_better() -> None:
    here = {(1, 2): 4.0, (1, 3): 0.5, (2, 3): 0.5, (4, 5): 4.0}
    clearly = {(3, 4): 0.5 + BETTER + 0.1, (3, 5): 0.5 + BETTER + 0.1}
    barely = {(3, 4): 0.5 + BETTER - 0.1, (3, 5): 0.5 + BETTER - 0.1}
    assert reviewed([[1, 2, 3], [4, 5]], here | clearly) == [[1, 2], [3, 4, 5]]
    assert reviewed([[1, 2, 3], [4, 5]], here | barely) == [[1, 2, 3], [4, 5]]
    # Back again it does not come.
    assert reviewed([[1, 2], [3, 4, 5]], here | clearly) == [[1, 2], [3, 4, 5]]


@given(st.dictionaries(st.tuples(st.integers(1, 7), st.integers(1, 7)), st.floats(-2.9, 4.0)))
def test_what_was_joined_is_not_left_at_once(pairs) -> None:
    """Who has just joined a pair or a single report passes the bar, far above what makes it leave."""
    pairs = {(a, b): odds for (a, b), odds in pairs.items() if a < b}
    linked = [sorted(keys) for keys in link({one: [one] for one in range(1, 8)}, Odds(pairs), order)]
    small = [group for group in linked if len(group) <= 2]
    assert reviewed(small, pairs)[: len(small)] == small


def test_the_newest_speak_for_a_large_story() -> None:
    old, new = range(100, 140), range(200, 200 + SPEAKERS)
    pairs = {(1, one): 4.0 for one in new}
    assert joined(pairs, [1], [*old, *new]) == [[1, *old, *new]]
