"""When to listen to a source again. Pure: the hour and the dice are handed in."""

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.polling import SourceState

#: Back-off, ttl and max-age never make us wait longer than this: a source must be able to come back.
LONGEST_WAIT = timedelta(days=1)
#: A publisher who names the hour (Retry-After) is believed for longer than our own guess.
LONGEST_RETRY_AFTER = timedelta(days=7)
#: What storage is told for a source that answered 410; `due` leaves such sources out anyway.
GONE_WAIT = timedelta(days=30)
#: A quiet source is asked up to this many times less often, and at least every six hours.
QUIET_STRETCH = 4
QUIET_LIMIT = timedelta(hours=6)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?([0-9]{1,10})", re.IGNORECASE)


def http_date(text: str) -> datetime | None:
    """An HTTP date in UTC, or None where it is none."""
    try:
        moment = parsedate_to_datetime(text.strip())
    except (ValueError, IndexError, OverflowError):
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def retry_after(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms; None where there is none to honour.

    A date is measured against the publisher's own Date header, since their clock wrote both.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = http_date(value) if value else None
    if moment is None:
        return None
    return max(0.0, (moment - (http_date(headers.get("date", "")) or now)).total_seconds())


def freshness(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """How long the publisher calls this answer fresh: max-age (less the Age a cache added), else Expires."""
    control = headers.get("cache-control", "")
    match = _MAX_AGE.search(control)
    if match is not None:
        age = headers.get("age", "").strip()
        seconds = int(match[1]) - (int(age[:9]) if age.isascii() and age.isdigit() else 0)
    elif not control and (expires := http_date(headers.get("expires", ""))) is not None:
        seconds = int((expires - (http_date(headers.get("date", "")) or now)).total_seconds())
    else:
        return None
    return min(timedelta(seconds=seconds), LONGEST_WAIT) if seconds > 0 else None


def after_success(
    state: SourceState,
    *,
    new: int,
    interval: timedelta,
    now: datetime,
    rng: random.Random,
    ttl: timedelta | None = None,
    max_age: timedelta | None = None,
) -> datetime:
    """When to ask again a source that answered with `new` items.

    Never before max(interval, the operator's `every`, ttl, max-age). A source without news waits half as long again
    each time, up to QUIET_STRETCH times that but no more than QUIET_LIMIT; news brings it back at once. Up to a
    tenth is added by chance, so that sources do not march in step.
    """
    base = _base(state, interval=interval, ttl=ttl, max_age=max_age)
    wait = base
    if new == 0 and state.last_error == "none" and state.next_poll_at and state.last_polled_at:
        before = state.next_poll_at - state.last_polled_at
        wait = max(base, min(before * 1.5, base * QUIET_STRETCH, QUIET_LIMIT))
    return now + wait * rng.uniform(1.0, 1.1)


def after_failure(
    state: SourceState,
    *,
    failures: int,
    interval: timedelta,
    now: datetime,
    rng: random.Random,
    gone: bool = False,
    retry_after: float | None = None,
) -> datetime:
    """When to ask again a source that failed `failures` times in a row (0: not its fault, ask at the usual time).

    Doubles with every failure and a quarter of chance up to LONGEST_WAIT, never to "never"; what the publisher asked
    for (`retry_after`, seconds) is waited for in full, up to LONGEST_RETRY_AFTER.
    """
    if gone:
        return now + GONE_WAIT
    base = _base(state, interval=interval)
    # A timedelta cannot be doubled for ever.
    wait = min(base * (1 << min(max(failures - 1, 0), 20)) * rng.uniform(1.0, 1.25), max(LONGEST_WAIT, base))
    asked = min(timedelta(seconds=retry_after or 0), LONGEST_RETRY_AFTER)
    return now + max(wait, asked)


def _base(
    state: SourceState, *, interval: timedelta, ttl: timedelta | None = None, max_age: timedelta | None = None
) -> timedelta:
    theirs = min(max(ttl or timedelta(0), max_age or timedelta(0)), LONGEST_WAIT)
    return max(interval, state.source.every or timedelta(0), theirs)
