"""Hours, days and dates as readers say them, in English and Vietnamese, with accents or without."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.due import parse_time
from digest.errors import WishError
from digest.readers import EVERY_DAY
from digest.text import fold, normalise
from digest.when import read_when

#: Hours of one line: more would be no digest any more.
MOST_HOURS = 6
#: Nobody pauses longer and still remembers.
_LONGEST_PAUSE = 366
_WORKDAYS, _WEEKEND = frozenset(range(1, 6)), frozenset((6, 7))
_SETS = {
    "every day": EVERY_DAY, "everyday": EVERY_DAY, "daily": EVERY_DAY, "all": EVERY_DAY,
    "hang ngay": EVERY_DAY, "moi ngay": EVERY_DAY, "ca tuan": EVERY_DAY,
    "weekdays": _WORKDAYS, "working days": _WORKDAYS, "workdays": _WORKDAYS,
    "ngay thuong": _WORKDAYS, "ngay lam viec": _WORKDAYS,
    "weekend": _WEEKEND, "weekends": _WEEKEND, "cuoi tuan": _WEEKEND,
    "weekly": frozenset((1,)), "hang tuan": frozenset((1,)), "moi tuan": frozenset((1,)),
}  # fmt: skip
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ABBREVIATIONS = {
    "mon": 1,
    "tue": 2,
    "tues": 2,
    "wed": 3,
    "thu": 4,
    "thur": 4,
    "thurs": 4,
    "fri": 5,
    "sat": 6,
    "sun": 7,
}
_DAYS = (
    _ABBREVIATIONS
    | {name: n for n, name in enumerate(_ENGLISH_DAYS, start=1)}
    | {f"{name}s": n for n, name in enumerate(_ENGLISH_DAYS, start=1)}
    | {f"t{n}": n - 1 for n in range(2, 8)}
    | {"cn": 7}
)
#: "thu" alone is Thursday, "thu ba" is Tuesday.
_VIETNAMESE = re.compile(r"\bthu (hai|ba|tu|nam|sau|bay|[2-7])\b|\bchu nhat\b")
_NUMBERS = {"hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7}
_FROM = re.compile(r"^(?:from|tu|between|luc)\s+")
_TO = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\btill\b|\bden\b|\btoi\b|\band\b)\s*")
_LIST = re.compile(r"[,;]|\band\b|\bva\b|&")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "mot": 1, "hai": 2, "ba": 3, "bon": 4}
_FOR = re.compile(
    rf"(?:for |trong )?(\d{{1,3}}|{'|'.join(_COUNTS)})\s*(days?|d|ngay|weeks?|w|tuan|months?|thang)?", re.ASCII
)
#: The first letters of a unit → days.
_UNITS = {"d": 1, "da": 1, "ng": 1, "w": 7, "we": 7, "tu": 7, "mo": 30, "th": 30}
_UNTIL = re.compile(r"^(?:until|till|to|den het|cho den|den|toi|ngay)\s+(?:ngay\s+)?")
_NONE = frozenset(("none", "off", "no", "never", "0", "khong", "tat", "bo"))


def parse_hours(text: str) -> tuple[time, ...]:
    """The hours in a list, sorted; raises WishError for anything else and for more than six.

    >>> parse_hours("18h30, 7")
    (datetime.time(7, 0), datetime.time(18, 30))
    """
    parts = [part.strip() for part in _LIST.split(fold(normalise(text))) if part.strip()]
    hours = set[time]()
    for part in parts:
        try:
            hours.add(parse_time(part))
        except WishError:
            hours.update(map(parse_time, part.split()))
    if not 0 < len(hours) <= MOST_HOURS:
        raise WishError(f"{text[:40]!r} are not one to {MOST_HOURS} hours")
    return tuple(sorted(hours))


def parse_quiet(text: str) -> tuple[time, time] | None:
    """Quiet hours as typed, from and to; None for "none"; raises WishError.

    >>> parse_quiet("từ 22h đến 6h30")
    (datetime.time(22, 0), datetime.time(6, 30))
    """
    said = _FROM.sub("", " ".join(fold(normalise(text)).split()))
    if said in _NONE:
        return None
    ends = _TO.split(said)
    if len(ends) != 2:
        ends = said.split()
    if len(ends) != 2 or (start := parse_time(ends[0])) == (end := parse_time(ends[1])):
        raise WishError(f"{text[:40]!r} are no quiet hours")
    return start, end


def parse_days(text: str) -> frozenset[int]:
    """ISO weekdays as typed: "mon, thu", "weekdays", "T2 - T6", "chủ nhật"; raises WishError.

    >>> sorted(parse_days("thứ hai, thu")), sorted(parse_days("fri-sun"))
    ([1, 4], [5, 6, 7])
    """
    said = " ".join(fold(normalise(text)).split()).removeprefix("on ").removeprefix("every ").removeprefix("vao ")
    for whole in (said, f"every {said}"):
        if whole in _SETS:
            return _SETS[whole]
    said = _VIETNAMESE.sub(lambda found: f"t{_NUMBERS.get(found[1], found[1])}" if found[1] else "cn", said)
    days = set[int]()
    for part in filter(None, re.split(r"\s*(?:,|;|&|\band\b|\bva\b|(?<![-–—])\s(?![-–—]))\s*", said)):
        ends = [_DAYS.get(end) for end in re.split(r"\s*[-–—]\s*", part)]
        if None in ends or len(ends) > 2:
            raise WishError(f"{text[:40]!r} are no days of the week")
        first, last = ends[0] or 0, ends[-1] or 0
        days.update((first + n - 1) % 7 + 1 for n in range((last - first) % 7 + 1))
    if not days:
        raise WishError(f"{text[:40]!r} are no days of the week")
    return frozenset(days)


def parse_until(text: str, *, now: datetime, zone: str) -> date:
    """The local date, later than today, on which a pause ends: "3 days", "a week", "1/12", "thứ hai"; raises WishError.

    Days are counted whole: three days from Saturday end on Tuesday. A date without its year is the next one.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    said = " ".join(fold(normalise(text)).split())
    end = _after(said, today) or _date(_UNTIL.sub("", said), now, zone)
    if end is None or not timedelta(0) < end - today <= timedelta(days=_LONGEST_PAUSE):
        raise WishError(f"{text[:40]!r} is no day to come")
    return end


def _after(said: str, today: date) -> date | None:
    if said in ("tomorrow", "until tomorrow", "ngay mai", "den ngay mai"):
        return today + timedelta(days=1)
    found = _FOR.fullmatch(said)
    if found is None:
        return None
    return today + timedelta(days=int(_COUNTS.get(found[1], found[1])) * _UNITS[(found[2] or "d")[:2]])


def _date(said: str, now: datetime, zone: str) -> date | None:
    """A weekday of the next seven days or a date of the next year: the last one that has begun, seen from there."""
    try:
        ahead = 7 if len(parse_days(said)) == 1 else 0
    except WishError:
        ahead = 365
    if ahead == 365 and not re.search(r"\d", said):  # "last week" is no day to come
        return None
    found = read_when(said, now=now + timedelta(days=ahead), zone=zone)
    if found is None or found.start == found.end:
        return None
    return found.start.astimezone(ZoneInfo(zone)).date()
