"""A visitor who keeps on jumping: each morning of the week to come has a digest of its own."""

from datetime import UTC, datetime, timedelta

import bot
from chat.app import Bot
from chat.newsroom import open_newsroom
from digest.settings import Settings
from playground.people import User
from playground.stage import Wiring, set_stage
from tests.world import DAWN, PRESET

#: Mornings of the sample news: that of the first day and those of the week after it.
MORNINGS = 8


def digests(user: User) -> list[str]:
    """The links in each of the morning digests in a private chat, joined."""
    said = [message for message in user.messages if message.by_bot and "1. " in message.text]
    return [" ".join(each.url for each in message.entities if each.url) for message in said]


async def test_each_jump_of_the_week_brings_other_news_at_once() -> None:
    began = datetime.now(UTC)
    opened = DAWN + timedelta(hours=3)  # after the usual hour
    wiring = Wiring(open_newsroom, Bot, bot.next_due, lambda: opened + (datetime.now(UTC) - began))
    async with set_stage(Settings(), wiring) as stage:
        readers = {"en": stage.people[0], "vi": stage.people[1]}
        for language, reader in readers.items():
            await reader.start()
            await reader.press(PRESET[language])
            await reader.wait_for(lambda reader=reader: digests(reader), what="The first digest")
        for morning in range(1, MORNINGS + 1):
            assert await stage.clockwork.to_next_delivery()
            # There when the jump is over, however soon the visitor jumps again.
            assert [(morning, len(digests(reader))) for reader in readers.values()] == [(morning, 1 + morning)] * 2
        for reader in readers.values():
            _, *mornings = digests(reader)
            assert len(set(mornings)) == MORNINGS
            assert all(mornings)
