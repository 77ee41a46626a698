"""When an edition is due: a reader's local hour on a local date, as one moment in UTC."""

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.errors import WishError
from digest.readers import EVERY_DAY
from digest.text import fold

#: An item may be placed in its story so long after it was stored: who is told at once is told of it even so.
LATE = timedelta(hours=1)
_DAY = timedelta(days=1)
#: "7", "07:30", "7.30", "7h", "7h30", "7 giờ 30", "730", "7 am", "7 giờ tối": an hour in English and Vietnamese.
_CLOCK = re.compile(r"([0-9]{1,2}) ?(?:[:.h]|gio|g)? ?([0-9]{2})? ?(a\.?m\.?|sang|p\.?m\.?|chieu|toi)?")
_NOON = 12


def next_due(
    at: time, zone: str, *, after: date | None, now: datetime, days: Collection[int] = EVERY_DAY
) -> tuple[datetime, date]:
    """The first moment later than `now` when the clocks of `zone` show `at`, in UTC, and the local date it serves.

    `days` are the ISO weekdays that count; at least one.
    `after` is the last local date already served: only later dates count. Days that an outage missed are not made up
    one by one: the answer is always later than `now`, and the edition then due covers them all.
    An hour that the clocks repeat takes its first pass, an hour that they skip moves forward by the gap, and a date
    that a zone never had (Apia, 30 December 2011) is passed over. `zone` is a valid IANA name.

    >>> next_due(time(7), "Asia/Ho_Chi_Minh", after=None, now=datetime(2026, 11, 21, 3, tzinfo=UTC))
    (datetime.datetime(2026, 11, 22, 0, 0, tzinfo=datetime.timezone.utc), datetime.date(2026, 11, 22))
    """
    clocks = ZoneInfo(zone)
    # Yesterday's 23:30 may fall into a gap and so be today's 00:30: begin a day early.
    day = now.astimezone(clocks).date() - _DAY
    if after is not None:
        day = max(day, after + _DAY)
    while True:
        moment = datetime.combine(day, at, clocks).astimezone(UTC)
        if moment > now and day.isoweekday() in days and _exists(day, clocks):
            return moment, day
        day += _DAY


def _exists(day: date, clocks: ZoneInfo) -> bool:
    """Whether a date was ever shown: a noon that lands on another date was skipped together with its day."""
    noon = datetime.combine(day, time(12), clocks)
    return noon.astimezone(UTC).astimezone(clocks).date() == day


def is_quiet(quiet: tuple[time, time] | None, at: time) -> bool:
    """Whether a local hour lies in quiet hours (from, to), which may run over midnight.

    >>> is_quiet((time(22), time(6, 30)), time(5)), is_quiet((time(22), time(6, 30)), time(6, 30))
    (True, False)
    """
    if quiet is None:
        return False
    start, end = quiet
    return start <= at < end if start <= end else at >= start or at < end


def next_look(zone: str, quiet: tuple[time, time] | None, *, not_before: datetime) -> datetime:
    """The first moment from `not_before` on, in UTC, that lies in no quiet hours.

    Of an hour that comes twice when the clocks go back the second pass counts too.
    """
    if not is_quiet(quiet, local_time(not_before, zone)) or quiet is None:
        return not_before
    clocks = ZoneInfo(zone)
    today = not_before.astimezone(clocks).date()
    ends = (
        datetime.combine(today + days * _DAY, quiet[1], clocks).replace(fold=fold).astimezone(UTC)
        for days in range(3)  # a date may be missing
        for fold in (0, 1)
    )
    return next(end for end in sorted(ends) if end > not_before and not is_quiet(quiet, local_time(end, zone)))


def next_midnight(now: datetime, zone: str) -> datetime:
    """When the local date of `zone` next changes, in UTC."""
    return next_due(time(0), zone, after=None, now=now)[0]


def local_time(moment: datetime, zone: str) -> time:
    """What the clocks of `zone` show, to the minute."""
    return moment.astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)


def parse_time(text: str) -> time:
    """The hour a reader typed, to the minute; raises WishError.

    >>> parse_time("7h30"), parse_time("07.30"), parse_time("7 pm"), parse_time("7 giờ sáng")
    (datetime.time(7, 30), datetime.time(7, 30), datetime.time(19, 0), datetime.time(7, 0))
    """
    found = _CLOCK.fullmatch(" ".join(fold(text).split()))
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "")[:1]
        if half in ("a", "s") and hour == _NOON:
            hour = 0
        elif half in ("p", "c", "t") and hour < _NOON:
            hour += _NOON
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise WishError(f"{text[:40]!r} is no hour of the day")
