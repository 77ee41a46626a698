"""Who was due what, worked out by the checker itself: the standard library and the calendar, nothing of ours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Slot:
    """One due time of one line."""

    chat: int
    thread: int
    day: date
    hour: str
    #: Unix seconds.
    due: float
    zone: str


@dataclass(frozen=True)
class Plan:
    """What a line is set to from a moment (unix seconds) on."""

    since: float
    zone: str
    hours: tuple[str, ...]


def slots_of(chat: int, thread: int, plans: Sequence[Plan], until: float) -> list[Slot]:
    """The slots of a line up to a moment. An hour that is moved takes the dates it has served along."""
    found: list[Slot] = []
    for plan, following in zip(plans, [*plans[1:], None], strict=True):
        end = min(until, following.since) if following else until
        served = found[-1].day if found and len(plan.hours) == 1 else None
        for hour in plan.hours:
            for day in _days(plan.since, end, plan.zone):
                due = moment_of(day, hour, plan.zone)
                if due is not None and plan.since < due <= end and (served is None or day > served):
                    found.append(Slot(chat, thread, day, hour, due, plan.zone))
        found.sort(key=lambda slot: slot.due)
    return found


def _days(since: float, until: float, zone: str) -> Iterator[date]:
    day = datetime.fromtimestamp(since, ZoneInfo(zone)).date() - _DAY
    last = datetime.fromtimestamp(until, ZoneInfo(zone)).date() + _DAY
    while day <= last:
        yield day
        day += _DAY


def moment_of(day: date, hour: str, zone: str) -> float | None:
    """When the clocks of a zone first show an hour of a date; None for a date they never show.

    By trial: every distance from UTC that the zone knows around that day is taken off, and what the clocks show then
    is read back. An hour that no clock shows is as long after the last moment before the gap as it is written.
    """
    clocks, written = ZoneInfo(zone), datetime.combine(day, time.fromisoformat(hour))
    middle = written.replace(tzinfo=UTC)
    if not any((middle + timedelta(hours=h)).astimezone(clocks).date() == day for h in range(-30, 31)):
        return None
    distances = {(middle + timedelta(hours=h)).astimezone(clocks).utcoffset() or timedelta() for h in range(-30, 31)}
    shown = [
        at
        for distance in distances
        if (at := (written - distance).replace(tzinfo=UTC)).astimezone(clocks).replace(tzinfo=None) == written
    ]
    if shown:
        return min(shown).timestamp()
    # In a gap: count on with the clock as it went before.
    minute = middle - timedelta(hours=30)
    before = minute
    while minute < middle + timedelta(hours=30):
        if minute.astimezone(clocks).replace(tzinfo=None) < written:
            before = minute
        minute += timedelta(minutes=1)
    last = before.astimezone(clocks).replace(tzinfo=None)
    return (before + (written - last)).timestamp()
