"""What comes from one chat is dealt with in its order, and chats side by side."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Update

from chat import order
from chat.order import InOrder, step_aside
from tests.test_chat_owndata import sizes
from tests.world import World, idle, running_bot, subscribed


def written_in(chat_id: int) -> Update:
    chat = {"id": chat_id, "type": "private"}
    message = {"message_id": 1, "date": 0, "chat": chat, "text": "x"}
    made = Update.de_json({"update_id": 1, "message": message}, None)
    assert made is not None
    return made


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made


async def played(*works: tuple[int, float, bool]) -> list[int]:
    """Updates of (chat, seconds, whether it steps aside first), begun at once: their numbers, as they ended."""
    ended: list[int] = []

    async def work(number: int, seconds: float, aside: bool) -> None:
        if aside:
            step_aside()
        await asyncio.sleep(seconds)
        ended.append(number)

    inorder = InOrder()
    await asyncio.gather(
        *(
            asyncio.create_task(inorder.do_process_update(written_in(chat), work(number, seconds, aside)))
            for number, (chat, seconds, aside) in enumerate(works)
        )
    )
    return ended


async def test_of_one_chat_in_order_and_of_two_side_by_side() -> None:
    assert await played((1, 0.1, False), (1, 0, False), (2, 0, False)) == [2, 0, 1]


async def test_who_only_waits_to_answer_holds_nobody_up() -> None:
    assert await played((1, 0.1, True), (1, 0, False)) == [1, 0]


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "PATIENCE", 0.05)
    assert await played((1, 0.3, False), (1, 0, False)) == [1, 0]


@pytest.mark.parametrize("last", ["/time 9:00", "/search laos", "/digest", "/quiet 22-6", "/zone London"])
async def test_what_is_under_way_writes_nothing_after_forget(world: World, last: str) -> None:
    before = sizes(world.database)
    ann = await subscribed(world)
    await ann.say("/forget")
    asked = ann.last
    ann.write(last)
    await ann.press("Delete everything", message=asked)
    await idle(world)
    assert sizes(world.database) == before


async def test_of_two_settings_the_later_holds(world: World) -> None:
    ann = await subscribed(world)
    for hour in itertools.islice(itertools.cycle(("08:00", "09:00")), 6):
        ann.write(f"/time {hour}")
    await idle(world)
    (line,) = await world.newsroom.store.run(lambda store: store.lines.of(ann.id))
    assert [f"{at:%H:%M}" for at in line.cadence.hours] == ["09:00"]
