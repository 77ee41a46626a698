"""The whole bot in a test: sample feeds and a Bot API on loopback, a real database, the real Application."""

import asyncio
import itertools
import random
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chat.app import Bot
from chat.delivery import Sleep
from chat.newsroom import Newsroom, open_newsroom
from digest.model import Wishes
from digest.readers import Chat, Line
from digest.settings import Settings
from playground.botapi import BotApi
from playground.newsstand import Newsstand
from playground.nouns import Message
from playground.people import Group, User

#: 05:00 on a Saturday morning in Ha Noi, two hours before the digest.
DAWN = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
#: The first of the ready choices.
PRESET = {"en": "Everything about Viet Nam", "vi": "Mọi tin về Việt Nam"}


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        """Move on by hours, minutes, days …"""
        self.now += timedelta(**parts)


@dataclass(slots=True)
class World:
    """What a journey has at hand."""

    api: BotApi
    bot: Bot
    newsroom: Newsroom
    clock: Clock
    stand: Newsstand
    database: Path


async def no_wait(seconds: float) -> None:
    """The pace between messages is tested by itself; a journey need not sit it out."""


async def read_the_news(database: Path) -> None:
    """A database into which the sample feeds were polled once, at DAWN."""
    async with Newsstand(DAWN) as stand:
        settings = Settings(database_url=f"sqlite:///{database}")
        async with open_newsroom(settings, stand.sources, clock=lambda: DAWN, rng=random.Random(1)) as newsroom:
            await newsroom.poll()


@asynccontextmanager
async def running_bot(
    database: Path,
    *,
    news: Path | None = None,
    api: BotApi | None = None,
    now: datetime = DAWN,
    monotonic: Callable[[], float] | None = None,
    sleep: Sleep = no_wait,
    **more: Any,
) -> AsyncIterator[World]:
    """The bot, listening to its Bot API but with a clock that stands still.

    `news` is a database to begin with, `monotonic` and `sleep` keep our pace, `more` are further settings.
    """
    if news is not None:
        shutil.copy(news, database)
    clock = Clock(now)
    async with AsyncExitStack() as stack:
        stand = await stack.enter_async_context(Newsstand(now))
        if api is None:
            api = await stack.enter_async_context(BotApi(now=clock))
        settings = Settings(token=api.token, api_url=api.base_url, database_url=f"sqlite:///{database}", **more)
        newsroom = await stack.enter_async_context(
            open_newsroom(settings, stand.sources, clock=clock, rng=random.Random(1))
        )
        # Ten seconds between any two looks at it, so that nobody ever asks too fast.
        bot = Bot(newsroom, sleep=sleep, monotonic=monotonic or itertools.count(step=10).__next__)
        try:
            await bot.start(ticking=False)
            assert bot.menus is not None
            await bot.menus
            yield World(api, bot, newsroom, clock, stand, database)
        finally:
            await bot.stop()


async def idle(world: World, *, within: float = 15.0) -> None:
    """Until the bot has dealt with all that it was told; raises TimeoutError after so many seconds."""
    async with asyncio.timeout(within):
        while len(world.api.world.updates):  # noqa: ASYNC110 - Telegram knows by the bot's next poll
            await asyncio.sleep(0.001)
        await world.bot.application.update_queue.join()


async def subscribed(world: World, language: str = "en", name: str = "Ann", **wishes: frozenset[str]) -> User:
    """Somebody with these wishes; all about Viet Nam without any."""
    user = world.api.user(name, language_code=language)
    await user.say("/start")
    await user.press(PRESET[language])
    if wishes:
        await wish(world, user, **wishes)
    return user


async def wish(world: World, user: User, **wishes: frozenset[str]) -> None:
    """Let somebody's first line wish for just this."""
    line = (await lines_of(world, user))[0]
    changed = Wishes(language=line.wishes.language, **wishes)  # type: ignore[arg-type]
    await world.newsroom.store.run(lambda store: store.lines.set_wishes(line.id, changed))


async def lines_of(world: World, chat: User | Group) -> list[Line]:
    """The lines of a chat as they are stored."""
    return await world.newsroom.store.run(lambda store: store.lines.of(chat.id))


async def chat_of(world: World, chat: User | Group) -> Chat | None:
    """A chat as it is stored; None for one that is not."""
    return await world.newsroom.store.run(lambda store: store.readers.chat(chat.id))


def plant(chat: User | Group, message: Message, *datas: str) -> Message:
    """Put just these buttons under a message of the bot, as an older version of it might have; the message then.

    Where several read, a press counts only if its button stands there: what is behind that guard is tested with it.
    """
    rows = [[{"text": data, "callback_data": data}] for data in datas]
    chat.chat.messages[message.id] = replace(chat.chat.messages[message.id], keyboard={"inline_keyboard": rows})
    return chat.chat.messages[message.id]
