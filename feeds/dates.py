"""Dates as publishers write them, in English and Vietnamese, with the zone they mean rather than the one they state."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.core import get_global

#: A publisher's clock may run ahead of ours by this much before we doubt it.
CLOCK_SKEW = timedelta(minutes=15)
#: Earlier dates are the zero of somebody's clock, not the date of an article.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
#: Nobody's clock is further from UTC.
_FARTHEST = timedelta(hours=14)
#: Countries whose publishers mean local time where they write no zone; elsewhere it is UTC, as RFC 822 and Atom want.
_LOCAL_BY_HABIT = frozenset({"VN"})
_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1)}
#: Hours ahead of UTC of the abbreviations that news feeds use.
_ZONES = {
    "z": 0.0, "ut": 0.0, "utc": 0.0, "gmt": 0.0, "wet": 0.0, "bst": 1.0, "cet": 1.0, "cest": 2.0, "eet": 2.0,
    "eest": 3.0, "msk": 3.0, "gst": 4.0, "ist": 5.5, "ict": 7.0, "wib": 7.0, "sgt": 8.0, "hkt": 8.0, "myt": 8.0,
    "pht": 8.0, "jst": 9.0, "kst": 9.0, "aest": 10.0, "aedt": 11.0, "est": -5.0, "edt": -4.0, "cst": -6.0,
    "cdt": -5.0, "mst": -7.0, "mdt": -6.0, "pst": -8.0, "pdt": -7.0,
}  # fmt: skip
_TIME = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})\s*[:hg]\s*(?P<minute>\d{2})(?:\s*[:.]\s*(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>am|pm|sa|ch)\b)?"
)
_OFFSET = re.compile(r"(?P<sign>[+-])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<year>\d{4})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<year>\d{4})(?!\d)")
_DAY_NAME = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<month>[a-z]{3})[a-z]*\.?,?[\s-]+(?P<year>\d{4}|\d{2})(?!\d)"
)
_NAME_DAY = re.compile(r"(?P<month>[a-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)")
_VIETNAMESE = re.compile(r"(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2}),?\s+(?:năm\s+)?(?P<year>\d{4})")
#: A shape comes before those that would misread what it means.
_SHAPES = (_YEAR_FIRST, _DAY_FIRST, _VIETNAMESE, _DAY_NAME, _NAME_DAY)
_UNIX = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")


def publication_time(text: str, *, country: str | None, now: datetime) -> datetime | None:
    """What `text` says, in UTC and never later than `now`; None where it says nothing usable.

    A date without a zone is local in countries of that habit, else UTC. One without a zone, or with zone zero, that
    would lie more than CLOCK_SKEW ahead is taken as local time of the outlet's `country` if that mends it: many
    content systems print local time and call it GMT.
    """
    read = _read(text, american=country == "US")
    if read is None:
        return None
    naive, offset = read
    local = _local_zone(country)
    try:
        if offset is not None:
            moment = (naive - offset).replace(tzinfo=UTC)
        else:
            moment = naive.replace(tzinfo=local if local and country in _LOCAL_BY_HABIT else UTC).astimezone(UTC)
        if moment > now + CLOCK_SKEW and local and not offset:
            mended = naive.replace(tzinfo=local).astimezone(UTC)
            moment = mended if mended <= now + CLOCK_SKEW else moment
    except (OverflowError, ValueError):
        return None
    return min(moment, now) if moment >= _EARLIEST else None


def _read(text: str, *, american: bool) -> tuple[datetime, timedelta | None] | None:
    """The clock reading and the stated offset from UTC, None where no zone is stated."""
    text = " ".join(text.lower().split())[:100]
    if unix := _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(unix[1]), UTC).replace(tzinfo=None), timedelta(0)
    # Without its T an ISO date reads like the others.
    text = re.sub(r"(?<=\d)t(?=\d)", " ", text)
    date = next((match for shape in _SHAPES if (match := shape.search(text))), None)
    if date is None:
        return None
    rest = f"{text[: date.start()]} ~ {text[date.end() :]}"
    clock = _TIME.search(rest)
    offset = _offset(rest[clock.end() :]) if clock else None
    try:
        year, month, day = _date(date, american=american)
        hour, minute, second = _clock(clock)
        # 24:00 and leap seconds are written by people, not known to datetime.
        return datetime(year, month, day) + timedelta(hours=hour, minutes=minute, seconds=second), offset  # noqa: DTZ001
    except (ValueError, OverflowError, KeyError):
        return None


def _date(match: re.Match[str], *, american: bool) -> tuple[int, int, int]:
    year, month, day = int(match["year"]), match["month"], int(match["day"])
    number = int(month) if month.isdigit() else _MONTHS[month]
    if match.re is _DAY_FIRST and (number > 12 or (american and day <= 12)):
        number, day = day, number
    return (year + 2000 if len(match["year"]) == 2 else year), number, day


def _clock(match: re.Match[str] | None) -> tuple[int, int, int]:
    if match is None:
        return 0, 0, 0
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"] in ("pm", "ch") and hour < 12:
        hour += 12
    elif match["half"] in ("am", "sa") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError("not a time of day")
    return hour, minute, second


def _offset(text: str) -> timedelta | None:
    """The offset from UTC in what follows a time of day, for instance " (gmt+7)"; None where there is none."""
    if match := _OFFSET.search(text):
        span = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        if span > _FARTHEST:
            return None
        return -span if match["sign"] == "-" else span
    hours = (_ZONES[word] for word in re.findall(r"[a-z]+", text) if word in _ZONES)
    return next((timedelta(hours=hour) for hour in hours), None)


@lru_cache(maxsize=256)
def _local_zone(country: str | None) -> tzinfo | None:
    """The zone of a country with one; a country of many zones could mean any of them."""
    names = get_global("territory_zones").get(country or "", [])
    return ZoneInfo(names[0]) if len(names) == 1 else None
