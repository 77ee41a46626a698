"""Clock changes and a date that never was, in simulated time, judged by a calendar of the checker's own."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from digest.due import next_due
from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState
from tests.faults import checker
from tests.faults.due import Plan, moment_of, slots_of
from tests.world import World, running_bot

#: Zone and the first of the days around the change.
CHANGES = {
    "New York, a gap": ("America/New_York", date(2026, 3, 7)),
    "New York, a fold": ("America/New_York", date(2026, 10, 31)),
    "Berlin, a gap": ("Europe/Berlin", date(2026, 3, 28)),
    "Berlin, a fold": ("Europe/Berlin", date(2026, 10, 24)),
    "Cairo, a gap at midnight": ("Africa/Cairo", date(2026, 4, 23)),
    "Cairo, a fold at midnight": ("Africa/Cairo", date(2026, 10, 28)),
    "Lord Howe, a gap of half an hour": ("Australia/Lord_Howe", date(2026, 10, 3)),
    "Lord Howe, a fold of half an hour": ("Australia/Lord_Howe", date(2026, 4, 4)),
    "Apia, a date that never was": ("Pacific/Apia", date(2011, 12, 29)),
}
HOURS = ("00:00", "00:30", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "12:00", "23:30")


@pytest.mark.parametrize("change", CHANGES)
async def test_a_slot_is_served_once_on_each_date(tmp_path: Path, change: str) -> None:
    zone, first = CHANGES[change]
    began = datetime.combine(first, time(0), UTC) - timedelta(hours=15)
    async with running_bot(tmp_path / "bot.db", now=began) as world:
        history = [event(world, "run", speed=1, send_rate=25)]
        for number, hour in enumerate(HOURS):
            await enrol(world, 7_310_000_000 + number, zone, hour)
            line = {"chat": 7_310_000_000 + number, "thread": 0, "zone": zone, "hours": [hour]}
            history.append(event(world, "line", **line))
        history.append(event(world, "start"))
        for _ in range(4 * 24 * 4):
            world.clock.forward(minutes=15)
            seen = len(world.api.history)
            await world.bot.deliver()
            for sent in world.api.history[seen:]:
                more = {"method": "sendmessage", "outcome": "ok", "accepted": True, "buttons": True}
                history.append(event(world, "request", chat=sent.chat_id, thread=0, text=sent.text, **more))
            history.append(event(world, "clock", by=900))
    verdict = checker.judge(history)
    assert verdict.violations == []
    assert verdict.counts["slots"] == verdict.counts["editions"] >= 3 * len(HOURS)


def event(world: World, what: str, **more: object) -> dict[str, object]:
    moment = world.clock.now.timestamp()
    # It leaps a quarter of an hour at a time: in real seconds nothing may be late.
    return {"what": what, "at": moment, "real": moment / 1000, **more}


async def enrol(world: World, chat: int, zone: str, hour: str) -> None:
    """A reader of an hour."""
    user = world.api.user(str(chat))
    world.api.world.chats[chat] = user.chat
    user.chat.id, user.chat.met, user.chat.started = chat, True, True
    now = world.clock.now
    kept = Chat(id=chat, kind="private", language="en", zone=zone, state=ChatState.ACTIVE, created_at=now)
    cadence = Cadence(hours=(time.fromisoformat(hour),))
    await world.newsroom.store.run(
        lambda store: (store.readers.add_chat(kept), store.lines.add(chat, 0, Wishes(), cadence, now=now))
    )


# The checker's own calendar, against the rules as they are written down


def test_a_skipped_hour_moves_forward_by_the_gap() -> None:
    assert utc(moment_of(date(2026, 3, 8), "02:30", "America/New_York")) == "2026-03-08 07:30"  # 03:30 there
    assert utc(moment_of(date(2026, 4, 24), "00:00", "Africa/Cairo")) == "2026-04-23 22:00"  # 01:00 there
    assert utc(moment_of(date(2026, 10, 4), "02:15", "Australia/Lord_Howe")) == "2026-10-03 15:45"  # 02:45 there


def test_a_repeated_hour_takes_its_first_pass() -> None:
    assert utc(moment_of(date(2026, 11, 1), "01:30", "America/New_York")) == "2026-11-01 05:30"


def test_a_date_that_never_was_has_no_hour() -> None:
    assert moment_of(date(2011, 12, 30), "07:00", "Pacific/Apia") is None
    assert moment_of(date(2011, 12, 31), "07:00", "Pacific/Apia") is not None


def utc(seconds: float | None) -> str:
    assert seconds is not None
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"


def days(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(count))


@pytest.mark.parametrize(
    "zone", ["America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Gaza"]
)
def test_the_bot_and_the_checker_agree_over_a_year(zone: str) -> None:
    began = datetime(2011, 6, 1, tzinfo=UTC)
    until = began + timedelta(days=365)
    for hour in ("00:00", "02:30", "07:00"):
        theirs = [
            (slot.due, slot.day) for slot in slots_of(1, 0, [Plan(began.timestamp(), zone, (hour,))], until.timestamp())
        ]
        ours, now, served = [], began, None
        while True:
            due, served = next_due(time.fromisoformat(hour), zone, after=served, now=now)
            if due > until:
                break
            ours.append((due.timestamp(), served))
            now = due
        assert ours == theirs
