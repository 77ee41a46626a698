"""At Telegram's pace: editions and answers together, one person's share, and what Telegram would not take yet."""

import random
import time
from asyncio import sleep as real_sleep
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from chat.pace import EDITIONS_SHARE, GROUP_MOST, PRIVATE_GAP, Pacer
from chat.patience import ANSWERS, PRESSES, Patience, Verdict
from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState
from playground.faults import TELEGRAM
from storage.store import Store
from tests.world import running_bot


def most_within(times: list[float], seconds: float) -> int:
    """How many of these moments lie in the fullest stretch of so many seconds."""
    return max(sum(start <= at < start + seconds for at in times) for start in times)


@pytest.mark.parametrize("seed", range(5))
def test_no_second_holds_more_than_the_rate_and_editions_leave_some_of_it(seed: int) -> None:
    rng, pacer, now = random.Random(seed), Pacer(rate=25), 0.0
    editions, answers = [], []
    for _ in range(1000):
        now += rng.choice((0, 0, 0, 0.001, 0.01, 0.3))
        if rng.random() < 0.6:
            editions.append(now + pacer.turn(now))
        else:
            answers.append(now + pacer.answer_turn(now))
    assert most_within([*editions, *answers], 0.999) <= 25
    assert most_within(editions, 0.999) <= 25 * EDITIONS_SHARE


def test_an_answer_goes_before_the_editions_that_wait() -> None:
    pacer = Pacer(rate=10)
    assert max(pacer.turn(0.0) for _ in range(5)) > 0.4
    assert pacer.answer_turn(0.0) == 0


async def test_the_sender_keeps_the_rate_from_its_first_message_on(news: Path, tmp_path: Path) -> None:
    async with running_bot(
        tmp_path / "bot.db", news=news, monotonic=time.monotonic, sleep=real_sleep, send_rate=4
    ) as world:
        names = [f"Reader {n}" for n in range(6)]
        now = world.clock()

        def join(store: Store) -> None:
            for name in names:
                user = world.api.user(name)
                user.chat.met = user.chat.started = True
                store.readers.add_chat(
                    Chat(
                        id=user.id,
                        kind="private",
                        language="en",
                        zone="UTC",
                        state=ChatState.ACTIVE,
                        created_at=now,
                    )
                )
                store.lines.add(
                    user.id,
                    0,
                    Wishes(places=frozenset({"LA"})),
                    Cadence(hours=((now + timedelta(hours=1)).time(),)),
                    now=now,
                )

        await world.newsroom.store.run(join)
        world.clock.forward(hours=2)
        await world.bot.deliver()
        times = [sent.at for sent in world.api.history if sent.method == "sendMessage"]
        assert len(times) == len(names)
        assert most_within(times, 0.95) <= 4 * EDITIONS_SHARE


@pytest.mark.parametrize("rate", [0.5, 1, 3])
def test_a_slow_rate_is_kept_too(rate: float) -> None:
    pacer = Pacer(rate=rate)
    times = [pacer.answer_turn(0.0) for _ in range(6)]
    assert most_within(times, 0.999 * max(1, 1 / rate)) <= max(1, rate)


@pytest.mark.parametrize("chat_id", [7, -7])
def test_one_chat_is_written_to_once_a_second(chat_id: int) -> None:
    pacer = Pacer(rate=25)
    assert [pacer.chat_turn(chat_id, 0.0) for _ in range(4)] == pytest.approx([n * PRIVATE_GAP for n in range(4)])


def test_a_group_gets_no_more_than_twenty_messages_a_minute() -> None:
    rng, pacer, now, times = random.Random(1), Pacer(rate=25), 0.0, []
    for _ in range(120):
        now += rng.choice((0, 0.5, 2))
        if rng.random() < 0.5:
            times.append(now + pacer.chat_turn(-7, now))
        elif -7 not in pacer.resting(now):
            times.append(now + pacer.chat_turn(-7, now, edition=True))
    assert most_within(times, 60) <= GROUP_MOST
    assert all(later - earlier > 1 for earlier, later in pairwise(times))


def test_what_telegram_asked_for_holds_answers_back() -> None:
    pacer = Pacer(rate=25)
    pacer.hold(7, 30.0)
    assert pacer.chat_turn(7, 10.0) == 20
    assert pacer.chat_turn(8, 10.0) == 0
    pacer.hold_all(40.0)
    assert pacer.answer_turn(10.0) == 30


# One person's share


def test_twenty_answers_a_minute_then_one_sentence_then_silence() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    verdicts = [patience.take(7) for _ in range(ANSWERS + 3)]
    assert verdicts == [Verdict.ANSWER] * ANSWERS + [Verdict.ENOUGH, Verdict.SILENCE, Verdict.SILENCE]
    assert patience.take(8) is Verdict.ANSWER
    now[0] = 61.0
    assert patience.take(7) is Verdict.ANSWER


def test_a_whole_group_has_one_share() -> None:
    patience = Patience(lambda: 0.0)
    verdicts = [patience.take(person, -9) for person in range(1, ANSWERS + 2)]
    assert verdicts[-2:] == [Verdict.ANSWER, Verdict.ENOUGH]


async def test_whoever_writes_too_much_is_told_once_and_others_are_served(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news, monotonic=lambda: 1.0) as world:
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        for _ in range(ANSWERS):
            assert "What I can do" in (await ann.say("/help")).text
        assert "try again in a minute" in (await ann.say("/help")).text
        ann.write("/help")
        ann.write("laos")
        assert "What I can do" in (await bob.say("/help")).text
        assert sum(message.by_bot for message in ann.messages) == ANSWERS + 1


async def test_a_button_is_answered_whatever_was_pressed_before(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news, monotonic=lambda: 1.0) as world:
        ann = world.api.user("Ann")
        await ann.say("/help")
        for _ in range(PRESSES):
            assert "try again" not in (await ann.forge("v2:help")).text
        assert "try again in a minute" in (await ann.forge("v2:help")).text
        assert "try again in a minute" in (await ann.forge("v2:help")).text


# With the real clock


async def test_quick_commands_are_answered_at_telegrams_pace(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news, monotonic=time.monotonic, sleep=real_sleep) as world:
        world.api.limit(TELEGRAM)
        ann = world.api.user("Ann")
        for _ in range(3):
            ann.write("/help")
        await ann.wait_for(lambda: sum(message.by_bot for message in ann.messages) == 3)
        assert world.api.refused == []


# What Telegram would not take yet


async def test_an_answer_that_must_wait_is_sent_after_the_wait(news: Path, tmp_path: Path) -> None:
    waits = list[float]()

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    async with running_bot(tmp_path / "bot.db", news=news, sleep=wait, monotonic=lambda: 1.0) as world:
        ann = world.api.user("Ann")
        await ann.say("/settings")
        world.api.fail("flood", method="sendMessage", chat=ann.id, retry_after=7, times=1)
        since = len(waits)
        assert "What I can do" in (await ann.say("/help")).text
        assert max(waits[since:]) == pytest.approx(7)
        held = await world.newsroom.store.run(lambda store: store.outbox.held(world.clock()))
        assert held == {ann.id: world.clock() + timedelta(seconds=7)}


async def test_a_wait_outlasts_a_restart(news: Path, tmp_path: Path) -> None:
    waits = list[float]()

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    async with running_bot(tmp_path / "bot.db", news=news) as world:
        ann = world.api.user("Ann")
        await ann.say("/settings")
        until = world.clock() + timedelta(seconds=90)
        await world.newsroom.store.run(lambda store: store.outbox.hold_chat(ann.id, until))
        name = ann.chat
    async with running_bot(tmp_path / "bot.db", sleep=wait, monotonic=lambda: 1.0) as world:
        again = world.api.user("Ann")
        assert again.id == name.id
        await again.say("/help")
        assert max(waits) == pytest.approx(90)


async def test_an_endless_wait_is_logged_and_not_sat_out(
    news: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        await ann.say("/settings")
        world.api.fail("flood", method="sendMessage", chat=ann.id, retry_after=90_000, times=1)
        for lost in (1, 2, 3):
            ann.write("/help")
            for _ in range(500):
                if caplog.text.count("an answer was lost") == lost:
                    break
                await real_sleep(0.01)
        assert caplog.text.count("an answer was lost") == 3
        assert len(world.api.refused) == 1  # not one request more to a chat that is to be left alone
        assert "What I can do" in (await bob.say("/help")).text
