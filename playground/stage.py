"""The demo's world: a Telegram of our own with people in it, invented news, and the real bot between them.

newsstand ─→ newsroom ─→ bot ⇄ local Bot API ⇄ people
                   clock ← clockwork
"""

import asyncio
import random
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from digest.model import Source
from digest.settings import Settings
from playground.botapi import BotApi
from playground.clockwork import Clockwork, DemoClock, Ticking
from playground.newsstand import Newsstand
from playground.people import Group, User
from render.words import load_words


class Bot(Ticking, Protocol):
    """What the demo starts and stops."""

    async def start(self, *, ticking: bool = True) -> None:
        """Reach Telegram and listen."""
        ...

    async def stop(self) -> None:
        """Finish what is in flight."""
        ...


class OpenNewsroom(Protocol):
    """Opens a newsroom on some sources."""

    def __call__(
        self, settings: Settings, sources: Sequence[Source], *, clock: Callable[[], datetime], rng: random.Random
    ) -> AbstractAsyncContextManager[Any]:
        """A newsroom that listens to these sources."""
        ...


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the front door hands in, since the playground knows neither chat nor Telegram's library."""

    open_newsroom: OpenNewsroom
    #: A bot over a newsroom.
    make_bot: Callable[[Any], Bot]
    #: When the next edition of a newsroom is due; None where nobody is subscribed.
    next_due: Callable[[Any], Awaitable[datetime | None]]
    #: The real clock, which the demo's begins with.
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything at work: Telegram with its people, the news, the bot and its clock."""

    api: BotApi
    people: Sequence[User]
    group: Group
    channel: Group
    #: A basic group, which may become a supergroup.
    circle: Group
    stand: Newsstand
    newsroom: Any
    clockwork: Clockwork
    settings: Settings


@asynccontextmanager
async def set_stage(settings: Settings, wiring: Wiring, *, keep: bool = False) -> AsyncIterator[Stage]:
    """The demo's world at work; its database is in a folder of its own, which goes away at the end unless kept."""
    clock = DemoClock(wiring.clock)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(_folder(keep=keep))
        # Not the known token of the tests: a page of another site must not speak to this server in the bot's name.
        api = await stack.enter_async_context(
            BotApi(
                now=clock, token=f"123456789:{secrets.token_urlsafe(32)}", name=load_words("en").t("Diplomacy Digest")
            )
        )
        people, group, channel, circle = _cast(api, settings)
        stand = await stack.enter_async_context(Newsstand(clock()))
        settings = replace(
            settings,
            token=api.token,
            api_url=api.base_url,
            webhook_url=None,
            database_url=f"sqlite:///{folder / 'demo.db'}",
            admin_ids=frozenset({people[-1].id}),
        )
        newsroom = await stack.enter_async_context(
            wiring.open_newsroom(settings, stand.sources, clock=clock, rng=random.Random(1))
        )
        bot = wiring.make_bot(newsroom)
        stack.push_async_callback(bot.stop)
        await bot.start(ticking=False)

        async def waiting() -> int:
            stats = await newsroom.store.read(lambda store: store.stats(now=clock()))
            return int(stats.waiting)

        clockwork = Clockwork(clock, bot, stand, next_due=lambda: wiring.next_due(newsroom), waiting=waiting)
        await clockwork.read_news()
        ticking = asyncio.create_task(clockwork.run(api.world.change))
        stack.push_async_callback(_cancelled, ticking)
        yield Stage(api, people, group, channel, circle, stand, newsroom, clockwork, settings)


def _cast(api: BotApi, settings: Settings) -> tuple[list[User], Group, Group, Group]:
    """Who and what there is at first: readers, an operator, a group with topics, a channel and a basic group."""
    words = load_words(settings.language)
    ann = api.user("Ann", language_code="en")
    binh = api.user("Bình", language_code="vi")
    minh = api.user("Minh", language_code=settings.language)
    # Groups are led by whoever reads the demo's language: what stands in them is what its admin was told.
    host, guest = (binh, ann) if binh.chat.language_code == settings.language else (ann, binh)
    group = api.group(words.t("Friendship union"), owner=host, members=[guest], admins=[minh], forum=True)
    group.thread(words.t("Neighbours"))
    channel = api.group(words.t("Foreign affairs in brief"), owner=minh, members=[ann, binh], kind="channel")
    circle = api.group(words.t("Reading circle"), owner=host, members=[guest], kind="group")
    return [ann, binh, minh], group, channel, circle


@contextmanager
def _folder(*, keep: bool) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="diplomacy-digest-demo-"))
    try:
        yield folder
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait({task})
