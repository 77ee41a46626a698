"""When a source is asked again."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Source
from digest.polling import SourceState
from feeds.schedule import after_failure, after_success, freshness, retry_after

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
STATE = SourceState(source=Source(url="https://a/", name="A"), fetch_url="https://a/")


def waited(before: timedelta | None) -> SourceState:
    """A source that was last asked `before` now, and well."""
    if before is None:
        return STATE
    return replace(STATE, last_polled_at=NOW - before, next_poll_at=NOW, last_ok_at=NOW - before)


def success(state: SourceState = STATE, *, new: int = 1, **fields) -> timedelta:
    return after_success(state, new=new, interval=QUARTER, now=NOW, rng=random.Random(7), **fields) - NOW


def failure(failures: int, state: SourceState = STATE, **fields) -> timedelta:
    return after_failure(state, failures=failures, interval=QUARTER, now=NOW, rng=random.Random(7), **fields) - NOW


@pytest.mark.parametrize(
    ("fields", "least"),
    [
        ({}, QUARTER),
        ({"ttl": HOUR}, HOUR),
        ({"max_age": HOUR}, HOUR),
        ({"ttl": HOUR, "max_age": 2 * HOUR}, 2 * HOUR),
        ({"ttl": timedelta(minutes=1)}, QUARTER),
        ({"ttl": timedelta(days=400)}, timedelta(days=1)),
    ],
)
def test_a_source_with_news_is_asked_after_the_longest_of_all_wishes(fields: dict, least: timedelta) -> None:
    assert least <= success(**fields) <= least * 1.1


def test_the_operators_own_interval_counts() -> None:
    state = replace(STATE, source=replace(STATE.source, every=2 * HOUR))
    assert 2 * HOUR <= success(state) <= 2 * HOUR * 1.1
    assert failure(1, state) >= 2 * HOUR


@pytest.mark.parametrize(
    ("before", "least"),
    [(None, QUARTER), (QUARTER, QUARTER * 1.5), (QUARTER * 3, QUARTER * 4), (QUARTER * 4, QUARTER * 4)],
)
def test_a_quiet_source_is_asked_less_often_up_to_four_times(before: timedelta | None, least: timedelta) -> None:
    assert least <= success(waited(before), new=0) <= least * 1.1


def test_a_quiet_source_is_asked_at_least_every_six_hours() -> None:
    state = replace(waited(5 * HOUR), source=replace(STATE.source, every=2 * HOUR))
    assert 6 * HOUR <= success(state, new=0) <= 6.6 * HOUR


def test_news_end_the_quiet() -> None:
    assert success(waited(QUARTER * 4), new=1) <= QUARTER * 1.1


def test_a_back_off_is_no_quiet() -> None:
    assert success(replace(waited(timedelta(hours=20)), last_error="timeout"), new=0) <= QUARTER * 1.1


@pytest.mark.parametrize(("failures", "times"), [(0, 1), (1, 1), (2, 2), (3, 4), (5, 16)])
def test_each_failure_doubles_the_wait(failures: int, times: int) -> None:
    assert QUARTER * times <= failure(failures) <= QUARTER * times * 1.25


@given(st.integers(min_value=0, max_value=10**6))
def test_no_source_is_ever_given_up(failures: int) -> None:
    assert QUARTER <= failure(failures) <= timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "least"),
    [(7200.0, 2 * HOUR), (1.0, QUARTER), (0.0, QUARTER), (3 * 86400.0, timedelta(days=3)), (1e9, timedelta(days=7))],
)
def test_what_the_publisher_asked_for_is_waited_in_full(asked: float, least: timedelta) -> None:
    assert least <= failure(1, retry_after=asked) <= max(least, QUARTER * 1.25)


def test_a_source_that_is_gone_rests_for_long() -> None:
    assert failure(1, gone=True) > timedelta(days=7)


@pytest.mark.parametrize(
    ("headers", "span"),
    [
        ({"cache-control": "public, max-age=3600"}, HOUR),
        ({"cache-control": "max-age=3600", "age": "600"}, timedelta(minutes=50)),
        ({"cache-control": "s-maxage=9, Max-Age = 60"}, timedelta(minutes=1)),
        ({"cache-control": "max-age=60", "age": "600"}, None),
        ({"cache-control": "max-age=99999999"}, timedelta(days=1)),
        ({"cache-control": "no-cache", "expires": "Sat, 21 Nov 2026 07:00:00 GMT"}, None),
        ({"expires": "Sat, 21 Nov 2026 06:00:00 GMT"}, HOUR),
        ({"expires": "Sat, 21 Nov 2026 06:00:00 GMT", "date": "Sat, 21 Nov 2026 05:30:00 GMT"}, HOUR / 2),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
        ({}, None),
    ],
)
def test_freshness_is_what_the_publisher_calls_fresh(headers: dict[str, str], span: timedelta | None) -> None:
    assert freshness(headers, now=NOW) == span


@given(st.text())
def test_no_header_raises(value: str) -> None:
    names = ("retry-after", "date", "expires", "cache-control", "age")
    headers = dict.fromkeys(names, value)
    assert (retry_after(headers, now=NOW) or 0) >= 0
    assert (freshness(headers, now=NOW) or HOUR) > timedelta(0)
    only_expires = {"expires": value, "date": value}
    assert freshness(only_expires, now=NOW) is None
