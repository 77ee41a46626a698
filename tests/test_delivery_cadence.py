"""Cadence: at once with a cap, quiet hours, days of the week, pauses with one catch-up; each through the real bot."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from chat.editions import LONGEST_WINDOW, WEEK
from chat.planning import Planner
from digest.readers import Cadence, ChatState
from tests.world import World, running_bot

WEEKLY = Cadence(hours=(time(7),), days=frozenset({1}))


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made


async def reader(world: World, cadence: Cadence, name: str = "Ann"):
    """Somebody who follows Viet Nam at this cadence since Saturday, 05:00; what they saw at first is history."""
    user = world.api.user(name)
    await user.say("/start")
    await user.press("Everything about Viet Nam")
    line = await first_line(world, user)
    await world.newsroom.store.run(lambda store: store.lines.set_cadence(line.id, cadence, now=world.clock()))
    world.api.history.clear()
    return user


async def first_line(world: World, user):
    return (await world.newsroom.store.run(lambda store: store.lines.of(user.id)))[0]


async def pass_time(world: World, *, step: timedelta = timedelta(minutes=30), **parts: float) -> None:
    """Let the clock go on, polling and delivering as it does."""
    end = world.clock() + timedelta(**parts)
    while world.clock() < end:
        world.clock.now = min(end, world.clock() + step)
        world.stand.now = world.clock.now
        await world.bot.poll()
        await world.bot.deliver()


async def editions(world: World, user) -> list[tuple[str, str, int]]:
    """Local date, slot and number of parts of what was delivered, in order."""
    rows = await world.newsroom.store.run(
        lambda store: store._db.rows(
            """
            select local_date, slot, parts from deliveries
            where chat_id = :id and part = 1 and state = 'sent' order by id
            """,
            id=user.id,
        )
    )
    return [(row["local_date"], row["slot"], row["parts"]) for row in rows]


def received(world: World, user) -> list[str]:
    return [each.text for each in world.api.history if each.chat_id == user.id and each.method == "sendMessage"]


def links(user, since: int = 0) -> list[str]:
    return [
        entity.url
        for message in user.messages[since:]
        if message.by_bot
        for entity in message.entities
        if entity.type == "text_link" and "/start" not in entity.url
    ]


async def told(world: World, user) -> dict[int, object]:
    return await world.newsroom.store.run(lambda store: store.memory.told(user.id, 0))


async def test_what_comes_at_once_comes_within_minutes_of_its_poll(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    before = await told(world, ann)
    await world.bot.deliver()
    assert received(world, ann) == []  # what was there when it was chosen is no news
    world.clock.forward(hours=3)
    world.stand.now = world.clock.now
    await world.bot.poll()
    world.clock.forward(minutes=2)
    await world.bot.deliver()
    assert received(world, ann)
    assert set(await told(world, ann)) > set(before)
    assert await editions(world, ann) == [("2026-11-21", "08:02", len(received(world, ann)))]


async def test_without_news_nothing_comes_at_once_and_nothing_is_written_down(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    for _ in range(10):
        world.clock.forward(minutes=2)
        await world.bot.deliver()
    assert received(world, ann) == []
    assert await editions(world, ann) == []


async def test_over_two_days_at_once_nothing_is_told_twice(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    await pass_time(world, hours=48)
    assert len(await editions(world, ann)) > 5
    headlines = links(ann)
    assert len(headlines) == len(set(headlines))


async def test_what_the_cap_holds_back_comes_the_next_day_in_one(world: World) -> None:
    ann, bob = await reader(world, Cadence(cap=1)), await reader(world, Cadence(cap=50), "Bob")
    await pass_time(world, hours=18)  # 23:00 of the first day
    assert [day for day, _, _ in await editions(world, ann)] == ["2026-11-21"]
    assert len(await editions(world, bob)) > 1
    held = set(await told(world, bob)) - set(await told(world, ann))
    assert held
    await pass_time(world, hours=2)
    assert [day for day, _, _ in await editions(world, ann)] == ["2026-11-21", "2026-11-22"]
    assert held & set(await told(world, ann))


async def test_a_higher_cap_lets_the_rest_come_today(world: World) -> None:
    ann = await reader(world, Cadence(cap=1))
    await pass_time(world, hours=12)
    assert len(await editions(world, ann)) == 1
    line = await first_line(world, ann)
    await world.newsroom.store.run(lambda store: store.lines.set_cadence(line.id, Cadence(cap=5), now=world.clock()))
    await world.bot.deliver()
    assert len(await editions(world, ann)) == 2


async def test_quiet_hours_hold_what_would_come_at_once(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    await quiet(world, ann, time(4), time(11, 30))
    await pass_time(world, hours=6, minutes=29)
    assert await editions(world, ann) == []
    await pass_time(world, minutes=1)
    assert [slot for _, slot, _ in await editions(world, ann)] == ["11:30"]


async def test_quiet_hours_that_are_lifted_hold_nothing_back_any_more(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    await quiet(world, ann, time(4), time(23, 30))
    await pass_time(world, hours=6)
    assert await editions(world, ann) == []
    await ann.say("/quiet none")
    await world.bot.deliver()
    assert len(await editions(world, ann)) == 1


async def test_a_look_back_after_more_than_a_day_loses_nothing(world: World) -> None:
    """The cap was reached in the morning, and quiet hours last past the next one: over 24 hours between two looks."""
    ann = await reader(world, Cadence(cap=1))
    await pass_time(world, hours=2)
    assert len(await editions(world, ann)) == 1
    await quiet(world, ann, time(22), time(14))
    await pass_time(world, hours=31)
    assert [slot for _, slot, _ in await editions(world, ann)][1:] == ["14:00"]
    assert await window(world, ann) > timedelta(hours=29)


async def quiet(world: World, user, start: time, end: time) -> None:
    await world.newsroom.store.run(lambda store: store.readers.set_quiet(user.id, (start, end), now=world.clock()))


async def test_a_digest_in_quiet_hours_comes_without_a_sound(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7), time(12))))
    await quiet(world, ann, time(22), time(8))
    seen = len(ann.messages)
    await pass_time(world, hours=2)
    assert {message.silent for message in ann.messages[seen:]} == {True}
    seen = len(ann.messages)
    await pass_time(world, hours=5)
    assert {message.silent for message in ann.messages[seen:]} == {False}


async def test_silence_and_previews_reach_telegram(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7),)))
    seen = len(ann.messages)
    await pass_time(world, hours=2)
    assert {(message.silent, (message.preview or {}).get("is_disabled")) for message in ann.messages[seen:]} == {
        (False, True)
    }
    await ann.say("/settings")
    await ann.press("🔔 Sound: on")
    await ann.press("Previews: off")
    seen = len(ann.messages)
    await pass_time(world, hours=24, step=timedelta(hours=2))
    assert {(message.silent, (message.preview or {}).get("is_disabled")) for message in ann.messages[seen:]} == {
        (True, None)
    }


async def test_a_weekly_digest_comes_on_its_day_alone_with_a_week_in_it(world: World) -> None:
    ann = await reader(world, WEEKLY)
    await pass_time(world, hours=49, step=timedelta(hours=1))  # Monday 06:00
    assert await editions(world, ann) == []
    await pass_time(world, hours=1)
    assert [each[:2] for each in await editions(world, ann)] == [("2026-11-23", "07:00")]
    assert await window(world, ann) == WEEK
    await pass_time(world, days=6, hours=23, step=timedelta(hours=6))
    assert len(await editions(world, ann)) == 1
    await pass_time(world, hours=1)
    assert [each[:2] for each in await editions(world, ann)][1:] == [("2026-11-30", "07:00")]
    assert await window(world, ann) == timedelta(days=7, hours=12)


async def window(world: World, user) -> timedelta:
    """How far the last edition's window reached back."""
    row = await world.newsroom.store.run(
        lambda store: store._db.row(
            """
            select token, kept_at from pages join page_holders using (token) where chat_id = :id
            order by kept_at desc limit 1
            """,
            id=user.id,
        )
    )
    page = await world.newsroom.store.run(lambda store: store.pages.get(row["token"], chat_id=user.id))
    return page.until - page.since


async def test_a_weekly_digest_that_an_outage_cost_is_made_up_for_by_the_next(world: World) -> None:
    ann = await reader(world, WEEKLY)
    await pass_time(world, hours=50, step=timedelta(hours=5))
    assert len(await editions(world, ann)) == 1
    world.clock.forward(days=7, hours=13)  # past the second Monday, and over 12 hours late
    await pass_time(world, minutes=30)
    assert len(await editions(world, ann)) == 1
    await pass_time(world, days=6, hours=10, minutes=30, step=timedelta(hours=6))
    assert [day for day, _, _ in await editions(world, ann)] == ["2026-11-23", "2026-12-07"]
    assert timedelta(days=14) < await window(world, ann) <= LONGEST_WINDOW


async def test_a_pause_with_an_end_is_followed_by_one_catch_up(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7),)))
    await pass_time(world, hours=3)
    assert len(await editions(world, ann)) == 1
    assert "Tuesday 24 November" in (await ann.say("/pause 3 days")).text
    await pass_time(world, days=2, hours=22, minutes=30, step=timedelta(hours=3))  # Tuesday 06:30
    assert len(await editions(world, ann)) == 1
    assert (await chat(world, ann)).state is ChatState.ACTIVE
    await pass_time(world, minutes=30)
    assert [day for day, _, _ in await editions(world, ann)] == ["2026-11-21", "2026-11-24"]
    assert await window(world, ann) == timedelta(days=3, hours=12)
    await pass_time(world, hours=23)
    assert len(await editions(world, ann)) == 2


async def test_a_pause_of_what_comes_at_once_ends_in_the_morning_with_one_catch_up(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    await pass_time(world, hours=4)
    before = len(await editions(world, ann))
    await ann.say("/pause 3 days")
    await pass_time(world, days=2, hours=20, minutes=58, step=timedelta(hours=2))  # Tuesday 05:58
    assert len(await editions(world, ann)) == before
    await pass_time(world, minutes=1)
    assert [each[:2] for each in await editions(world, ann)][before:] == [("2026-11-24", "05:59")]
    assert await window(world, ann) > timedelta(days=2)


async def chat(world: World, user):
    return await world.newsroom.store.run(lambda store: store.readers.chat(user.id))


async def test_one_line_rests_while_the_other_goes_on(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7),)))
    line = await first_line(world, ann)
    other = await world.newsroom.store.run(
        lambda store: store.lines.add(
            ann.id, 0, replace(line.wishes, places=frozenset({"LA"})), Cadence(hours=(time(8),)), now=world.clock()
        )
    )
    await ann.forge(f"v2:rest:{line.id}:1")
    await pass_time(world, hours=4)
    assert [slot for _, slot, _ in await editions(world, ann)] == ["08:00"]
    await ann.forge(f"v2:rest:{line.id}:0")
    await ann.forge(f"v2:rest:{other.id}:1")
    await pass_time(world, hours=24)
    assert [slot for _, slot, _ in await editions(world, ann)] == ["08:00", "07:00"]


async def test_after_two_days_without_power_what_comes_at_once_comes_once_and_whole(world: World) -> None:
    ann = await reader(world, Cadence(cap=50))
    await pass_time(world, hours=4)
    before = len(await editions(world, ann))
    world.clock.forward(days=2)
    await pass_time(world, minutes=30)
    assert len(await editions(world, ann)) == before + 1
    assert await window(world, ann) > timedelta(days=2)


async def test_a_line_that_is_removed_takes_back_what_had_not_gone_out(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7),)))
    line = await first_line(world, ann)
    before = await told(world, ann)
    world.clock.forward(hours=2)
    await world.bot.planner.plan(world.clock())
    assert len(await told(world, ann)) > len(before)
    await world.newsroom.store.run(lambda store: store.lines.remove(line.id))
    assert await told(world, ann) == before


async def test_an_hour_that_is_due_is_served_although_another_is_added_that_second(world: World) -> None:
    ann = await reader(world, Cadence(hours=(time(7),)))
    world.clock.forward(hours=2)
    await ann.say("/time")
    await ann.press("18:00")
    await world.bot.deliver()
    assert [slot for _, slot, _ in await editions(world, ann)] == ["07:00"]


@pytest.mark.parametrize("cadence", [Cadence(hours=(time(7),)), Cadence(cap=10)], ids=["daily", "at once"])
async def test_an_edition_that_cannot_be_made_is_tried_again_after_five_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch, cadence: Cadence
) -> None:
    await reader(world, cadence)
    tried = []

    def fail(*args: object) -> None:
        tried.append(world.clock())
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(Planner, "_make", fail)
    world.clock.forward(hours=2)
    for _ in range(22):
        world.clock.forward(seconds=30)
        await world.bot.deliver()
    assert len(tried) == 3
