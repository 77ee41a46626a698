"""With a webhook Telegram calls us, and nobody else can."""

import socket
from pathlib import Path

import aiohttp
import pytest

from digest.errors import ConfigError
from tests.world import running_bot


async def test_updates_come_by_webhook(news: Path, tmp_path: Path, free_port: int) -> None:
    url = f"http://127.0.0.1:{free_port}/telegram"
    async with running_bot(tmp_path / "bot.db", news=news, webhook_url=url, port=free_port) as world:
        ann = world.api.user("Ann")
        assert "What would you like to follow?" in (await ann.say("/start")).text
        await ann.press("Everything about Viet Nam")
        assert any("You are subscribed" in message.text for message in ann.messages)


@pytest.mark.parametrize(
    ("secret", "body", "status"),
    [("wrong", "{}", 403), ("", "{}", 403), ("hush", "not json", 400), ("hush", "[1]", 400), ("hush", "{}", 400)],
)
async def test_a_call_that_is_not_telegrams_is_refused(
    news: Path, tmp_path: Path, free_port: int, secret: str, body: str, status: int
) -> None:
    url = f"http://127.0.0.1:{free_port}/telegram"
    settings = {"webhook_url": url, "webhook_secret": "hush", "port": free_port}
    headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with (
        running_bot(tmp_path / "bot.db", news=news, **settings),
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as answer,
    ):
        assert answer.status == status


async def test_a_taken_port_is_one_sentence(tmp_path: Path, free_port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", free_port))
        taken.listen()
        with pytest.raises(ConfigError, match=f"PORT {free_port}"):
            async with running_bot(tmp_path / "bot.db", webhook_url=f"http://127.0.0.1:{free_port}/x", port=free_port):
                pass
