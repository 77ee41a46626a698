"""When an edition is due: a local hour on a local date as one moment in UTC, and how readers write hours and zones."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from digest.errors import WishError
from digest.text import fold, normalise

_DAY = timedelta(days=1)
#: "7", "07:30", "7.30", "7h", "7h30", "7 giờ 30", "730": the ways an hour is written in English and Vietnamese.
_CLOCK = re.compile(r"([0-9]{1,2}) ?(?:[:.h]|gio|g)? ?([0-9]{2})?")
#: Cities whose people do not find themselves in the IANA names, and the one name we keep for a place with two.
_CITIES = {
    "ha noi": "Asia/Ho_Chi_Minh",
    "hanoi": "Asia/Ho_Chi_Minh",
    "saigon": "Asia/Ho_Chi_Minh",
    "sai gon": "Asia/Ho_Chi_Minh",
    "da nang": "Asia/Ho_Chi_Minh",
    "tp hcm": "Asia/Ho_Chi_Minh",
    "tp ho chi minh": "Asia/Ho_Chi_Minh",
    "viet nam": "Asia/Ho_Chi_Minh",
    "vietnam": "Asia/Ho_Chi_Minh",
}
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def next_due(at: time, zone: str, *, after: date | None, now: datetime) -> tuple[datetime, date]:
    """The first moment later than `now` when the clocks of `zone` show `at`, in UTC, and the local date it serves.

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
        if moment > now and _exists(day, clocks):
            return moment, day
        day += _DAY


def _exists(day: date, clocks: ZoneInfo) -> bool:
    """Whether a date was ever shown: a noon that lands on another date was skipped together with its day."""
    noon = datetime.combine(day, time(12), clocks)
    return noon.astimezone(UTC).astimezone(clocks).date() == day


def parse_time(text: str) -> time:
    """The hour a reader typed, to the minute.

    >>> parse_time("7h30"), parse_time("07.30"), parse_time("19"), parse_time("7 giờ")
    (datetime.time(7, 30), datetime.time(7, 30), datetime.time(19, 0), datetime.time(7, 0))
    """
    found = _CLOCK.fullmatch(" ".join(fold(text).split()))
    if found:
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise WishError(f"“{_brief(text)}” is not an hour of the day. Write it as 07:30, or 19 for seven in the evening.")


def parse_zone(text: str) -> str:
    """The IANA name of the zone a reader typed: a full name in any case, or its city.

    >>> parse_zone("asia/ho_chi_minh"), parse_zone("Hà Nội"), parse_zone("new york")
    ('Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh', 'America/New_York')
    """
    if zone := _zones().get(_spoken(text)):
        return zone
    raise WishError(f"“{_brief(text)}” is not a time zone. Write a city such as Hanoi or Paris, or Asia/Ho_Chi_Minh.")


@cache
def _zones() -> dict[str, str]:
    """Every way to say a zone, to its IANA name; a city in two zones' names belongs to the alphabetically first."""
    names = sorted(available_timezones())
    cities = {_spoken(name.rsplit("/", 1)[1]): name for name in reversed(names) if name.startswith(_REGIONS)}
    return cities | {_spoken(name): name for name in names} | _CITIES


def _spoken(text: str) -> str:
    return " ".join(re.sub(r"[_.,\-]", " ", fold(normalise(text))).split())


def _brief(text: str) -> str:
    """What was typed, on one line and short enough to be said back."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
