"""I6: PTB confirms an update with the next question for more, so that a kill brings it again. It has one effect."""

import contextlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import TypeHandler

from chat.callback import pack
from tests.test_security import TAILS, presses_of
from tests.world import World, idle, lines_of, running_bot, subscribed

#: What a reader's words and presses change. Moments aside, both bots must keep the same.
TABLES = (
    "chats", "lines", "slots", "told", "saved", "searches", "stewards", "corrections", "page_holders", "deliveries",
)  # fmt: skip
SAID = (
    "/search laos", "/pause", "/resume", "/time 08:15", "/days mon tue", "/zone Berlin", "/places laos", "/words rice",
    "/pair laos japan", "/new", "/digest", "/saved", "/language vi", "/stop", "/start",
)  # fmt: skip
#: To be forgotten ends what there is to compare; a removed line likewise.
_LAST = ("forget", "remove")


def repeat_everything(world: World) -> set[int]:
    """Every update comes a second time when the first was dealt with, as after a kill; which did."""
    application, seen = world.bot.application, set[int]()

    async def again(update: Update, context: Any) -> None:
        if update.update_id not in seen:
            seen.add(update.update_id)
            await application.process_update(update)

    application.add_handler(TypeHandler(Update, again), group=1000)
    return seen


async def test_the_same_update_twice_has_one_effect(news: Path, tmp_path: Path) -> None:
    once = await play(news, tmp_path / "once.db", twice=False)
    twice = await play(news, tmp_path / "twice.db", twice=True)
    assert len(once) == len(twice) > 40
    differ = {
        step: [table for table in TABLES if kept[table] != again[table]]
        for (step, kept), (_, again) in zip(once, twice, strict=True)
        if kept != again
    }
    assert differ == {}


async def play(news: Path, database: Path, *, twice: bool) -> list[tuple[str, dict[str, list[Any]]]]:
    """Press every button and say every word; what was kept after each."""
    async with running_bot(database, news=news, admin_ids=frozenset()) as world:
        seen = repeat_everything(world) if twice else set()
        user = await subscribed(world)
        line = (await lines_of(world, user))[0].id
        steps = [("subscribed", await kept(world))]
        for act, of_line in presses_of(world).items():
            if act in _LAST:
                continue
            for tail in [TAILS.get(act, ("1",))]:
                on = next(message for message in reversed(user.messages) if message.by_bot)
                with contextlib.suppress(TimeoutError):
                    await user.forge(pack(act, line, *tail) if of_line else pack(act, *tail), message=on, within=1)
                steps.append((f"press {act} {tail}", await kept(world)))
        for words in SAID:
            world.clock.forward(minutes=2)
            with contextlib.suppress(TimeoutError):
                await user.say(words, within=2)
            steps.append((words, await kept(world)))
        assert len(seen) >= len(steps) * twice
    return steps


async def kept(world: World) -> dict[str, list[Any]]:
    """The rows of every table, when whatever was begun is done."""
    await idle(world)
    with closing(sqlite3.connect(world.database)) as database:
        return {table: database.execute(f"select * from {table}").fetchall() for table in TABLES}
