"""Operators hear in Telegram what only they can mend, once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chat.alarms import DEAD_AFTER
from digest.model import Source
from digest.polling import Polled
from playground.faults import Kind
from playground.people import User
from tests.world import DAWN, World, running_bot, subscribed

FEED = Polled(url="http://127.0.0.1:1/feed", at=DAWN, next_poll_at=DAWN, error="timeout", failures=DEAD_AFTER)


async def test_a_feed_that_died_is_reported_once_by_name(tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", admin_ids=frozenset({1001, 9999})) as world:
        ann = world.api.user("Ann")  # the first to come is 1001
        await ann.say("/help")
        seen = len(ann.messages)
        await world.newsroom.store.run(
            lambda store: store.sources.sync([Source(url=FEED.url, name="The <Courier>")], now=DAWN)
        )
        for failures in range(DEAD_AFTER - 1, DEAD_AFTER + 3):
            await world.bot.alarms.feeds([replace(FEED, failures=failures)])
        await world.bot.alarms.feeds([replace(FEED, failures=1, error="gone")])
        await world.bot.alarms.feeds([replace(FEED, failures=DEAD_AFTER, error="none")])
        told = [message.text for message in ann.messages[seen:]]
    assert len(told) == 2
    assert "The <Courier> failed 8 times in a row (timeout)" in told[0]
    assert "gone for good" in told[1]


@pytest.mark.parametrize("kind", ["error", "reset"])
async def test_what_no_admin_heard_is_told_when_one_can_hear_it(news: Path, tmp_path: Path, kind: Kind) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, _):
        await world.newsroom.store.run(
            lambda store: store.sources.sync([Source(url=FEED.url, name="The Courier")], now=DAWN)
        )
        world.api.fail(kind, method="sendMessage")
        await world.bot.alarms.feeds([FEED])
        world.clock.forward(minutes=11)
        await world.bot.deliver()
        seen = len(admin.messages)
        world.api.heal()
        await world.bot.deliver()  # not yet: it was tried just now
        assert len(admin.messages) == seen
        for _ in range(2):
            world.clock.forward(minutes=11)
            await world.bot.deliver()
        assert ["The Courier failed 8 times" in message.text for message in admin.messages[seen:]] == [True]


async def test_an_alarm_that_comes_while_others_are_tried_again_is_not_lost(news: Path, tmp_path: Path) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, _):
        await world.newsroom.store.run(
            lambda store: store.sources.sync([Source(url=FEED.url, name="The Courier")], now=DAWN)
        )
        world.api.fail("error", method="sendMessage")
        alarms = world.bot.alarms
        await alarms.feeds([FEED] * 6)  # to try them all again takes longer than to hear of one more
        world.clock.forward(minutes=11)
        await asyncio.gather(alarms.deliveries(), alarms.feeds([replace(FEED, error="gone")]))
        world.api.heal()
        seen = len(admin.messages)
        world.clock.forward(minutes=11)
        await alarms.deliveries()
        told = " ".join(message.text for message in admin.messages[seen:])
    assert "failed 8 times" in told
    assert "gone for good" in told


async def test_a_feeds_password_is_told_to_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    feed = replace(FEED, url="http://editor:hush@127.0.0.1:1/feed")
    async with running_bot(tmp_path / "bot.db", admin_ids=frozenset({1001})) as world:
        ann = world.api.user("Ann")
        await ann.say("/help")
        await world.newsroom.store.run(
            lambda store: store.sources.sync([Source(url=feed.url, name="The Courier")], now=DAWN)
        )
        await world.bot.alarms.feeds([feed, replace(feed, error="gone")])
    assert [message.text for message in ann.messages if "hush" in message.text] == []
    assert "http://127.0.0.1:1/feed" in ann.messages[-1].text
    assert "hush" not in caplog.text


@asynccontextmanager
async def an_admin_and_a_reader(news: Path, tmp_path: Path) -> AsyncIterator[tuple[World, User, User]]:
    """The bot with an admin to be told, and a reader whose edition is due in two hours."""
    async with running_bot(tmp_path / "bot.db", news=news, admin_ids=frozenset({1001})) as world:
        admin = world.api.user("Ann")  # the first to come is 1001
        await admin.say("/help")
        yield world, admin, await subscribed(world, name="Bob")


async def test_messages_of_unknown_fate_are_reported(news: Path, tmp_path: Path) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, reader):
        world.api.fail("lost", method="sendMessage", chat=reader.id)
        world.clock.forward(hours=2)
        for _ in range(4):
            world.clock.forward(minutes=1)
            await world.bot.deliver()
    assert any("may or may not have reached" in message.text for message in admin.messages)


async def test_an_alarm_that_reached_nobody_is_raised_again(news: Path, tmp_path: Path) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, _):
        world.api.fail("lost", method="sendMessage")  # to the reader and to the admin
        world.clock.forward(hours=2)
        for _ in range(4):
            world.clock.forward(minutes=1)
            await world.bot.deliver()
        world.api.heal()
        seen = len(admin.messages)
        world.clock.forward(minutes=11)
        await world.bot.deliver()
        assert "1 message may or may not have reached" in admin.messages[-1].text
        world.clock.forward(minutes=11)
        await world.bot.deliver()
    assert len(admin.messages) == seen + 1


async def test_what_two_crashes_left_in_the_air_is_reported_too(news: Path, tmp_path: Path) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, _):
        world.clock.forward(hours=2)
        await world.bot.planner.plan(world.clock())
        for _ in range(2):
            await world.newsroom.store.run(lambda store: store.outbox.claim(world.clock()))
            await world.newsroom.store.run(lambda store: store.outbox.recover(now=world.clock()))
            world.clock.forward(minutes=1)
        await world.bot.deliver()
    assert "may or may not have reached" in admin.messages[-1].text


async def test_a_text_that_telegram_refuses_twice_is_reported(news: Path, tmp_path: Path) -> None:
    async with an_admin_and_a_reader(news, tmp_path) as (world, admin, _):
        world.clock.forward(hours=2)
        await world.bot.planner.plan(world.clock())
        await world.newsroom.store.run(
            lambda store: store._db.execute("update deliveries set text = :long", long="x" * 5000)
        )
        await world.bot.deliver()
    assert "refused the text of 1 message" in admin.messages[-1].text
    world.api.refused.clear()
