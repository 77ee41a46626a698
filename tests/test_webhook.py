"""With a webhook Telegram calls us, and nobody else can."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from chat.webhook import MOST_CONNECTIONS, Webhook
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


@asynccontextmanager
async def listening(news: Path, folder: Path, port: int, *, seconds: float = 30.0) -> AsyncIterator[Webhook]:
    """A webhook of a running bot with the secret "hush"."""
    async with running_bot(folder / "bot.db", news=news) as world:
        hook = Webhook(
            world.bot.application, "https://bot.example/hook", "hush", host="127.0.0.1", port=port, seconds=seconds
        )
        await hook.start()
        try:
            yield hook
        finally:
            await hook.stop()


def call(body: bytes, *, secret: bytes = b"hush", length: int | None = None) -> bytes:
    """A call as its bytes."""
    said = len(body) if length is None else length
    head = b"POST /hook HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (secret, said) + body


async def status_of(port: int, sent: bytes, *, within: float = 5.0) -> int:
    """What a call is answered with; 0 for a connection that is closed without a word."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(within):
            line = await reader.readline()
        return int(line.split()[1]) if line else 0
    except ConnectionResetError:
        return 0
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (call(b"{}", secret=b"\xff\xfe"), 403),
        (call(b"{}", secret=b"hus"), 403),
        (call(b"{}", secret="hüsh".encode()), 403),
        (call(b"[" * 200_000), 400),
        (call(b"\xff\xfe"), 400),
        (call(b"null"), 400),
        # A megabyte of an update that would be fine by itself.
        (call(b'{"update_id": 1}' + b" " * (1 << 20)), 413),
        (call(b'{"update_id": 1}' + b" " * ((1 << 20) - 16)), 200),
    ],
    ids=["no UTF-8", "half a secret", "an umlaut", "nested", "no text", "null", "too long", "as long as may be"],
)
async def test_odd_calls_are_answered_and_leave_no_traceback(
    news: Path, tmp_path: Path, free_port: int, sent: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    async with listening(news, tmp_path, free_port):
        assert await status_of(free_port, sent) == status
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [(b"", 0), (b"POST /hook HTTP/1.1\r\nHost: x\r\n", 0), (call(b"{", length=100), 408)],
    ids=["nothing", "half a head", "half a body"],
)
async def test_who_does_not_come_to_an_end_is_not_waited_for(
    news: Path, tmp_path: Path, free_port: int, sent: bytes, status: int
) -> None:
    async with listening(news, tmp_path, free_port, seconds=0.3):
        assert await status_of(free_port, sent) == status
        assert await status_of(free_port, call(b'{"update_id": 1}')) == 200


async def test_more_connections_than_telegram_opens_are_not_taken(news: Path, tmp_path: Path, free_port: int) -> None:
    async with listening(news, tmp_path, free_port, seconds=1.0):
        opened = [await asyncio.open_connection("127.0.0.1", free_port) for _ in range(MOST_CONNECTIONS)]
        assert await status_of(free_port, call(b'{"update_id": 1}')) == 0
        for reader, _ in opened:  # their time comes
            async with asyncio.timeout(5):
                assert await reader.read() == b""
        assert await status_of(free_port, call(b'{"update_id": 1}')) == 200
        for _, writer in opened:
            writer.close()


async def test_it_listens_on_this_machine_only_unless_it_is_told_otherwise(
    news: Path, tmp_path: Path, free_port: int
) -> None:
    """127.0.0.2 is this machine too, by another address."""
    for host, reached in (("127.0.0.1", False), ("0.0.0.0", True)):
        settings = {} if host == "127.0.0.1" else {"host": host}
        url = f"http://127.0.0.1:{free_port}/telegram"
        async with running_bot(tmp_path / f"{host}.db", news=news, webhook_url=url, port=free_port, **settings):
            with socket.socket() as probe:
                assert (probe.connect_ex(("127.0.0.2", free_port)) == 0) is reached
