"""Days and moments as people type them: "2026-11-01", "1/11", "1 tháng 11", "24h", "7d", "yesterday", "hôm qua"."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digest.text import fold, normalise

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|"
        "oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        "monday,mon,thu hai,t2|tuesday,tue,thu ba,t3|wednesday,wed,thu tu,t4|thursday,thu,thu nam,t5|"
        "friday,fri,thu sau,t6|saturday,sat,thu bay,t7|sunday,sun,chu nhat,cn".split("|")
    )
    for name in names.split(",")
}
#: Days before today that a word stands for.
_DAYS = {"today": 0, "now": 0, "hom nay": 0, "yesterday": 1, "hom qua": 1, "hom kia": 2}
#: A word for a stretch, and how many of its kind before this one.
_STRETCHES = {
    "this week": ("week", 0), "tuan nay": ("week", 0), "last week": ("week", 1), "tuan truoc": ("week", 1),
    "this month": ("month", 0), "thang nay": ("month", 0), "last month": ("month", 1), "thang truoc": ("month", 1),
    "this year": ("year", 0), "nam nay": ("year", 0), "last year": ("year", 1), "nam ngoai": ("year", 1),
}  # fmt: skip
_UNITS = {
    unit: minutes
    for minutes, units in (
        (1, "m min phut minute minutes"),
        (60, "h gio hour hours"),
        (1440, "d ngay day days"),
        (7 * 1440, "w tuan week weeks"),
        (30 * 1440, "thang month months"),
        (365 * 1440, "y nam year years"),
    )
    for unit in units.split()
}
_AGO = re.compile(r"(?:last |past )?(\d{1,4}) ?([a-z]+)(?: ago| qua| truoc)?")
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d)"
#: A day, a month or a year, the year perhaps left out. Day before month, as Viet Nam and the United Kingdom write.
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?:[-/.](?P<month>\d{{1,2}})(?:[-/.](?P<day>\d{{1,2}}))?)?",
        rf"(?P<month>\d{{1,2}})[-/.]{_YEAR}",
        rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})(?:[-/.]{_YEAR})?",
        rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? )?(?P<name>{_NAME})\.?(?:,? {_YEAR})?",
        rf"(?P<name>{_NAME})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {_YEAR})?",
        rf"(?:(?:ngay )?(?P<day>\d{{1,2}}) )?thang (?P<month>\d{{1,2}})(?:,?(?: nam)? {_YEAR})?",
        rf"nam {_YEAR}",
    )
)
#: "200y" is no time: years before 1900 cannot be written either, in any zone.
_EARLIEST = datetime(1901, 1, 1, tzinfo=UTC)
#: A 29 February may be so many years back.
_YEARS_BACK = 8


class Stretch(NamedTuple):
    """From when until before when, aware and in UTC; of a moment both are the same."""

    start: datetime
    end: datetime


def read_when(text: str, *, now: datetime, zone: str) -> Stretch | None:
    """The day, week, month, year or moment that somebody in an IANA `zone` means at `now`; None for anything else.

    A day or month without its year is the last one that has begun. "7d" and "24h" are moments before now.

    >>> read_when("1/11", now=datetime(2026, 11, 21, tzinfo=UTC), zone="UTC").start.date()
    datetime.date(2026, 11, 1)
    """
    said = " ".join(fold(normalise(text)).split())
    today = now.astimezone(ZoneInfo(zone)).date()
    try:
        if moment := _moment(text.strip(), said, now, zone):
            return Stretch(moment, moment)
        days = _days(said, today)
        return None if days is None else Stretch(_midnight(days[0], zone), _midnight(days[1], zone))
    except (ValueError, OverflowError):  # 31/2, year 99999
        return None


def _moment(text: str, said: str, now: datetime, zone: str) -> datetime | None:
    if (ago := _AGO.fullmatch(said)) and ago[2] in _UNITS:
        moment = now - timedelta(minutes=int(ago[1]) * _UNITS[ago[2]])
        return moment if moment > _EARLIEST else None
    if re.match(r"(19|20)\d\d-\d\d-\d\d[T ]\d", text):
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    return None


def _days(said: str, today: date) -> tuple[date, date] | None:
    """The first day, and the day after the last."""
    if said in _DAYS:
        day = today - timedelta(days=_DAYS[said])
        return day, day + timedelta(days=1)
    if said in _WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - _WEEKDAYS[said]) % 7)
        return day, day + timedelta(days=1)
    if said in _STRETCHES:
        unit, back = _STRETCHES[said]
        if unit == "week":
            monday = today - timedelta(days=today.weekday() + 7 * back)
            return monday, monday + timedelta(days=7)
        if unit == "month":
            return _month(today.year * 12 + today.month - 1 - back)
        return date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1)
    for pattern in _DATES:
        if found := pattern.fullmatch(said):
            return _dated({name: value for name, value in found.groupdict().items() if value}, today)
    return None


def _dated(parts: dict[str, str], today: date) -> tuple[date, date] | None:
    if parts.keys() == {"year"}:
        return date(int(parts["year"]), 1, 1), date(int(parts["year"]) + 1, 1, 1)
    month = _MONTHS[parts["name"]] if "name" in parts else int(parts["month"])
    if not 1 <= month <= 12:
        return None
    years = [int(parts["year"])] if "year" in parts else range(today.year, today.year - _YEARS_BACK, -1)
    for year in years:
        first, after = _month(year * 12 + month - 1)
        if "day" in parts:
            try:
                first = date(year, month, int(parts["day"]))
            except ValueError:  # 29 February; or no day of any year, and then the list ends
                continue
            after = first + timedelta(days=1)
        if "year" in parts or first <= today:
            return first, after
    return None


def _month(number: int) -> tuple[date, date]:
    """A month, counted from year 0."""
    return date(number // 12, number % 12 + 1, 1), date((number + 1) // 12, (number + 1) % 12 + 1, 1)


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
