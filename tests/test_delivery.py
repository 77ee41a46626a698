"""Editions under trouble: once each, in order, at Telegram's pace, whatever goes wrong on the way."""

import asyncio
import contextlib
import time as time_
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chat.delivery import strip_tags
from chat.pace import EDITIONS_SHARE, GROUP_GAP, PRIVATE_GAP, Pacer
from chat.planning import TOO_LATE, Planner
from digest.errors import StorageError
from digest.model import Source, Wishes
from digest.readers import Cadence, ChatState
from playground.botapi import BotApi
from playground.faults import Kind
from storage.lock import Lock
from storage.store import Store
from tests.feedserver import FeedServer
from tests.world import World, running_bot


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made


async def subscriber(world: World, name: str = "Ann"):
    """Somebody whose edition is due in two hours; what they were told at first does not count."""
    user = world.api.user(name)
    await user.say("/start")
    await user.press("Everything about Viet Nam")
    await world.newsroom.store.run(lambda store: store._db.execute("delete from told"))
    world.api.history.clear()
    return user


async def states(world: World) -> list[str]:
    rows = await world.newsroom.store.run(
        lambda store: store._db.rows("select state from deliveries order by chat_id, local_date, part")
    )
    return [row["state"] for row in rows]


def sent_to(world: World, user) -> list[str]:
    return [accepted.text for accepted in world.api.history if accepted.chat_id == user.id]


async def deliver(world: World, **later: float) -> None:
    world.clock.forward(**later)
    await world.bot.deliver()


async def test_a_slot_is_served_once(world: World) -> None:
    ann = await subscriber(world)
    await deliver(world, hours=2)
    parts = sent_to(world, ann)
    await deliver(world, hours=1)
    assert parts
    assert sent_to(world, ann) == parts
    assert set(await states(world)) == {"sent"}


async def test_a_surely_unsent_message_is_sent_again_byte_equal(world: World) -> None:
    ann = await subscriber(world)
    world.api.fail("flood", method="sendMessage", retry_after=7, times=1)
    await deliver(world, hours=2)
    assert sent_to(world, ann) == []
    await deliver(world, seconds=5)
    assert sent_to(world, ann) == []  # inside the time that Telegram asked us to wait
    await deliver(world, seconds=3)
    assert len(sent_to(world, ann)) == len(await states(world))


async def test_a_flood_of_one_chat_does_not_hold_up_another(world: World) -> None:
    ann, bob = await subscriber(world, "Ann"), await subscriber(world, "Bob")
    world.api.fail("flood", method="sendMessage", chat=ann.id, retry_after=60, times=1)
    await deliver(world, hours=2)
    assert sent_to(world, ann) == []
    assert sent_to(world, bob)


async def test_an_answer_that_got_lost_is_tried_once_more_and_then_rests(world: World) -> None:
    ann = await subscriber(world)
    world.api.fail("lost", method="sendMessage", chat=ann.id, times=2)
    await deliver(world, hours=2)
    first = sent_to(world, ann)
    assert len(first) == 1
    for _ in range(4):
        await deliver(world, minutes=1)
    after = sent_to(world, ann)
    assert after[:2] == [first[0], first[0]]
    assert after.count(first[0]) == 2
    assert (await states(world))[0] == "uncertain"


async def test_a_blocked_reader_is_refused_and_left_alone(world: World) -> None:
    ann = await subscriber(world)
    ann.chat.blocked = True  # without Telegram telling us
    await deliver(world, hours=2)
    assert set(await states(world)) == {"refused"}
    chat = await world.newsroom.store.run(lambda store: store.readers.chat(ann.id))
    assert chat.state is ChatState.REFUSED
    await deliver(world, hours=24)
    assert sent_to(world, ann) == []


async def test_a_group_that_became_a_supergroup_gets_its_edition_there(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann, kind="group")
    group.add_bot(ann)
    await ann.say("/start", chat=group)
    await ann.press("Everything about Viet Nam", chat=group)
    await world.newsroom.store.run(lambda store: store._db.execute("delete from told"))
    new = group.upgrade()
    world.api.history.clear()
    await deliver(world, hours=2)
    await deliver(world, minutes=1)
    assert {accepted.chat_id for accepted in world.api.history if accepted.method == "sendMessage"} == {new.id}
    assert await world.newsroom.store.run(lambda store: store.readers.chat(group.id)) is None


async def test_a_group_that_became_a_supergroup_is_followed_when_telegram_says_so(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann, kind="group")
    group.add_bot(ann)
    await ann.say("/start", chat=group)
    await ann.press("Everything about Viet Nam", chat=group)
    new = group.upgrade()
    async with asyncio.timeout(5):  # updates are handled side by side: this one has no answer to wait for
        while await world.newsroom.store.run(lambda store: store.readers.chat(group.id)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert "07:00" in (await ann.say("/settings", chat=new)).text


async def test_after_a_restart_what_was_in_flight_is_ambiguous_and_the_rest_goes_on(news: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        async with running_bot(tmp_path / "bot.db", news=news, api=api) as world:
            ann = await subscriber(world)
            world.clock.forward(hours=2)
            await world.bot.planner.plan(world.clock())
            claimed = await world.newsroom.store.run(lambda store: store.outbox.claim(world.clock()))
            assert claimed is not None  # and here the machine went down
        async with running_bot(tmp_path / "bot.db", api=api, now=world.clock.now) as again:
            await again.bot.deliver()
            assert sent_to(again, ann) == []
            await deliver(again, minutes=2)
            assert set(await states(again)) == {"sent"}


async def test_an_edition_that_is_too_late_is_left_to_the_next(world: World) -> None:
    ann = await subscriber(world)
    await deliver(world, hours=2, seconds=TOO_LATE.total_seconds() + 60)
    assert sent_to(world, ann) == []
    assert await states(world) == ["expired"]
    await deliver(world, hours=12)
    assert sent_to(world, ann)


@pytest.mark.parametrize("hours", [24, 48, 72])
async def test_after_a_long_outage_the_slot_that_is_still_in_time_is_served(world: World, hours: int) -> None:
    """07:00 came round again four hours ago: that edition is sent, those of the days before are not."""
    ann = await subscriber(world)
    await deliver(world, hours=hours + 6)
    await deliver(world, minutes=1)
    assert sent_to(world, ann)
    assert (await states(world)).count("expired") <= 1


async def test_a_text_that_telegram_refuses_goes_out_plain(world: World) -> None:
    ann = await subscriber(world)
    world.clock.forward(hours=2)
    await world.bot.planner.plan(world.clock())
    await world.newsroom.store.run(
        lambda store: store._db.execute("update deliveries set text = '<b>Broken & <i>tags</b>' where part = 1")
    )
    await world.bot.sender.send_waiting()
    assert sent_to(world, ann)[0] == "Broken & tags"


async def test_equal_wishes_are_rendered_once(world: World) -> None:
    for name in ("Ann", "Bob", "Cy"):
        await subscriber(world, name)
    world.clock.forward(hours=2)
    assert await world.bot.planner.plan(world.clock()) == 3
    assert len(world.bot.planner._rendered) == 1


async def test_an_edition_speaks_the_language_that_is_set_now(world: World) -> None:
    ann = await subscriber(world)
    await ann.say("/language vi")
    world.api.history.clear()
    await deliver(world, hours=2)
    assert "Bản tin Đối ngoại" in sent_to(world, ann)[0]


async def test_a_quiet_day_is_said_and_not_silent(world: World) -> None:
    ann = await subscriber(world)
    line = await world.newsroom.store.run(lambda store: store.lines.of(ann.id)[0])
    nowhere = Wishes(places=frozenset({"NR"}))
    await world.newsroom.store.run(lambda store: store.lines.set_wishes(line.id, replace(nowhere, language="en")))
    await world.bot.poll()
    await deliver(world, hours=2)
    assert "A quiet day" in sent_to(world, ann)[0]


async def test_of_two_subscriptions_of_one_hour_the_second_does_not_call_the_day_quiet(world: World) -> None:
    ann = await subscriber(world)
    now = world.clock()

    def add(store: Store) -> None:
        (line,) = store.lines.of(ann.id)
        laos = Wishes(places=frozenset({"LA"}), language="en")
        store.lines.set_wishes(line.id, laos)
        store.lines.add(ann.id, 0, replace(laos, pairs=frozenset({"LA-VN"})), line.cadence, now=now)

    await world.newsroom.store.run(add)
    await world.bot.poll()
    await deliver(world, hours=2)
    await deliver(world, minutes=1)
    sent = sent_to(world, ann)
    assert len(sent) == 2
    assert "stories of these days have been in earlier digests" in sent[1]


def test_tags_are_stripped_and_entities_read() -> None:
    assert strip_tags('<b>A &amp; B</b> <a href="https://a.example/?x=1&amp;y">c</a>') == "A & B c"


def test_the_pace_over_all_chats_leaves_a_share_for_answers() -> None:
    pacer = Pacer(rate=10)
    assert [pacer.turn(0.0) for _ in range(5)] == pytest.approx([n / (10 * EDITIONS_SHARE) for n in range(5)])


@pytest.mark.parametrize(("chat_id", "gap"), [(7, PRIVATE_GAP), (-7, GROUP_GAP)])
def test_a_chat_that_was_written_to_rests(chat_id: int, gap: float) -> None:
    pacer = Pacer(rate=10)
    pacer.chat_turn(chat_id, 0.0, edition=True)
    assert pacer.resting(gap - 0.01) == [chat_id]
    assert pacer.resting(gap + 0.01) == []


async def test_a_plain_text_whose_answer_got_lost_is_not_called_failed(world: World) -> None:
    ann = await subscriber(world)
    world.clock.forward(hours=2)
    await world.bot.planner.plan(world.clock())
    await world.newsroom.store.run(
        lambda store: store._db.execute("update deliveries set text = '<b>Broken & <i>tags</b>' where part = 1")
    )
    world.api.fail("lost", method="sendMessage", chat=ann.id, times=1)
    await world.bot.sender.send_waiting()
    assert "failed" not in await states(world)


async def test_a_store_that_fails_while_sending_leaves_nothing_in_the_air(world: World) -> None:
    ann = await subscriber(world)
    world.clock.forward(hours=2)
    await world.bot.planner.plan(world.clock())
    await world.newsroom.store.run(
        lambda store: store._db.execute(
            "create trigger broken before update of state on deliveries when new.state = 'sent' "
            "begin select raise(abort, 'no'); end"
        )
    )
    with contextlib.suppress(StorageError):
        await world.bot.sender.send_waiting()
    await world.newsroom.store.run(lambda store: store._db.execute("drop trigger broken"))
    for _ in range(4):
        await deliver(world, minutes=1)
    assert set(await states(world)) == {"sent"}
    assert len(sent_to(world, ann)) == len(await states(world))  # what was accepted is remembered, and sent once


async def test_when_many_chats_are_told_to_wait_everybody_waits(world: World) -> None:
    people = [await subscriber(world, name) for name in ("Ann", "Bob", "Cy", "Dee")]
    for one in people[:3]:
        world.api.fail("flood", method="sendMessage", chat=one.id, retry_after=600, times=1)
    world.clock.forward(hours=2)
    await world.bot.planner.plan(world.clock())
    await world.newsroom.store.run(
        lambda store: store._db.execute(
            "update deliveries set not_before = not_before + 60 where chat_id = :id", id=people[3].id
        )
    )
    await world.bot.sender.send_waiting()
    await deliver(world, minutes=2)
    assert sent_to(world, people[3]) == []
    await deliver(world, minutes=10)
    assert all(sent_to(world, one) for one in people)


async def test_whoever_said_stop_and_then_blocks_us_is_asked_again(world: World) -> None:
    ann = await subscriber(world)
    await ann.say("/stop")
    ann.block()
    ann.unblock()
    assert "What would you like to follow?" in (await ann.say("/start")).text


@pytest.mark.parametrize("kind", ["error", "reset", "hang"])
async def test_a_telegram_that_answers_nobody_for_an_hour_costs_nobody_their_edition(world: World, kind: str) -> None:
    people = [await subscriber(world, name) for name in ("Ann", "Bob", "Cy")]
    world.bot._requests[0]._read = 0.1
    world.api.fail(kind)
    await deliver(world, hours=2)
    for _ in range(6):
        await deliver(world, minutes=10)
    world.api.heal()
    for _ in range(3):
        await deliver(world, minutes=1)
    assert set(await states(world)) == {"sent"}
    assert all(sent_to(world, one) for one in people)


async def test_no_message_goes_out_in_the_last_second_of_a_wait(world: World) -> None:
    """Moments are stored in whole seconds."""
    ann = await subscriber(world)
    world.clock.forward(seconds=0.9)
    world.api.fail("flood", method="sendMessage", retry_after=7, times=1)
    await deliver(world, hours=2)
    await deliver(world, seconds=6.2)
    assert sent_to(world, ann) == []
    await deliver(world, seconds=2)
    assert sent_to(world, ann)


async def test_of_two_hours_that_an_outage_missed_the_later_is_served(world: World) -> None:
    ann = await subscriber(world)
    line = await world.newsroom.store.run(lambda store: store.lines.of(ann.id)[0])
    cadence = Cadence(hours=(time(7), time(12)))
    await world.newsroom.store.run(lambda store: store.lines.set_cadence(line.id, cadence, now=world.clock()))
    await deliver(world, hours=8)
    assert len([text for text in sent_to(world, ann) if "Saturday 21 November" in text]) == 1
    assert await states(world) == ["expired", "sent"]
    await deliver(world, hours=18)
    assert len([text for text in sent_to(world, ann) if "Sunday 22 November" in text]) == 1


async def test_while_another_process_delivers_from_the_database_this_one_does_not(world: World) -> None:
    """Two would each take what the other is sending for left by a crash, and send it again."""
    ann = await subscriber(world)
    other = Lock(f"sqlite:///{world.database}")
    assert other.take()
    await deliver(world, hours=2)
    assert sent_to(world, ann) == []
    other.release()
    await deliver(world, seconds=1)
    assert sent_to(world, ann)


async def test_a_token_that_is_refused_for_a_moment_does_not_make_the_bot_deaf(world: World) -> None:
    ann = await subscriber(world)
    token, world.api.token = world.api.token, "1:another"
    world.api.world.updates.wake()
    await asyncio.sleep(0.2)
    world.api.token = token
    assert "07:30" in (await ann.say("/time 07:30")).text


async def test_a_telegram_that_falls_silent_again_costs_one_last_try(world: World) -> None:
    for name in ("Ann", "Bob", "Cy", "Dee"):
        await subscriber(world, name)
    world.bot._requests[0]._read = 0.1
    world.api.fail("hang", method="sendMessage")
    await deliver(world, hours=2)
    assert await states(world) == ["ready"] * 4  # all in doubt
    await deliver(world, minutes=1)
    await deliver(world, seconds=1)
    assert sorted(await states(world)) == ["ready", "ready", "uncertain", "uncertain"]  # one a tick
    world.api.heal()
    await deliver(world, minutes=1)
    assert sorted(await states(world)) == ["sent", "sent", "uncertain", "uncertain"]


@pytest.mark.parametrize(
    ("method", "kind"),
    [("deleteWebhook", "error"), ("deleteWebhook", "reset"), ("deleteWebhook", "flood"), ("getMe", "flood")],
)
async def test_a_start_bears_a_telegram_that_first_fails(news: Path, tmp_path: Path, method: str, kind: Kind) -> None:
    async with BotApi() as api:
        api.fail(kind, method=method, times=1)
        async with running_bot(tmp_path / "bot.db", news=news, api=api):
            assert "What would you like to follow?" in (await api.user("Ann").say("/start")).text


async def test_a_webhook_is_announced_until_telegram_takes_it(news: Path, tmp_path: Path, free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}/telegram"
    async with BotApi() as api:
        api.fail("error", method="setWebhook", times=1)
        async with running_bot(tmp_path / "bot.db", news=news, api=api, webhook_url=url, port=free_port):
            assert "What would you like to follow?" in (await api.user("Ann").say("/start")).text


async def test_the_first_edition_goes_out_while_others_are_still_being_made(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With thousands of readers an outage would else end minutes later for all of them."""
    for n in range(3):
        await subscriber(world, f"Reader {n}")
    world.clock.forward(hours=2)
    make, made = Planner._make, []

    def slowly(self: Planner, *args: Any) -> Any:
        made.append(len(world.api.history))
        if len(made) == 3:
            time_.sleep(1.5)
        return make(self, *args)

    monkeypatch.setattr(Planner, "_make", slowly)
    task = asyncio.create_task(world.bot.deliver())
    await asyncio.sleep(1.3)
    before = len(world.api.history)
    await task
    assert before >= 2
    assert len(made) == 3


async def test_while_another_listens_nothing_is_delivered_and_it_is_said_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """409: another copy of the bot asks for updates with the same token, on a database of its own."""
    ann = await subscriber(world)
    await deliver(world, hours=1, minutes=59, seconds=30)
    url = f"{world.api.base_url}/bot{world.api.token}/getUpdates"
    async with aiohttp.ClientSession() as other:
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.3), other.post(url, json={"timeout": 5}):
                    pass
            await asyncio.wait_for(world.api.polled(), 10)
    said = [record for record in caplog.records if "runs with the same token" in record.message]
    assert len(said) == 1
    await deliver(world, seconds=40)
    assert (sent_to(world, ann), await states(world)) == ([], [])  # due, and neither planned nor sent
    await deliver(world, seconds=25)
    assert sent_to(world, ann)


async def test_a_slow_publisher_holds_no_stop_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with FeedServer() as server:
        slow = Source(url=server.set("/slow", b"", delay=20), name="Slow")
        async with running_bot(tmp_path / "bot.db") as world:
            await world.newsroom.store.run(lambda store: store.sources.sync([slow], now=world.clock()))
            world.newsroom.poller._fetcher._allowed |= {("127.0.0.1", server.port)}  # as if it stood in feeds.yaml
            polling = asyncio.create_task(world.bot.poll())
            await asyncio.sleep(0.5)
            assert server.requests
            began = time_.monotonic()
        await asyncio.wait_for(polling, 5)
    assert time_.monotonic() - began < 5
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
