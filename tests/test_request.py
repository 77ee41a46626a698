"""The request class over aiohttp: what PTB is told when a request fails, and that nobody is told the token."""

import asyncio
import logging
import socket
import traceback
from contextlib import asynccontextmanager

import pytest
from telegram import Bot, InputFile
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError, TimedOut
from telegram.request import RequestData

from chat.request import AiohttpRequest, NotSent
from playground.botapi import TOKEN, BotApi


@pytest.fixture
async def api():
    async with BotApi() as opened:
        yield opened


def a_bot(base_url: str, token: str = TOKEN, **timeouts) -> Bot:
    return Bot(
        token, base_url=f"{base_url}/bot", request=AiohttpRequest(**timeouts), get_updates_request=AiohttpRequest()
    )


async def opened(bot: Bot) -> AiohttpRequest:
    """The bot's request, open, without the getMe that opening a bot begins with."""
    await bot.request.initialize()
    return bot.request


async def failure(bot: Bot, **call) -> TelegramError:
    await opened(bot)
    try:
        with pytest.raises(TelegramError) as caught:
            await bot.send_chat_action(1001, "typing", **call)
    finally:
        await bot.request.shutdown()
    return caught.value


async def test_a_request_that_finds_no_server_was_not_sent(free_port):
    error = await failure(a_bot(f"http://127.0.0.1:{free_port}"))
    assert type(error) is NotSent


async def test_an_address_that_is_no_url_was_not_sent():
    assert type(await failure(a_bot("http://"))) is NotSent


async def test_a_server_without_tls_behind_https_was_not_sent(api):
    error = await failure(a_bot(api.base_url.replace("http:", "https:")))
    assert type(error) is NotSent


async def test_a_connection_that_is_not_made_in_time_was_not_sent():
    # A server that accepts nobody: its queue of one is full, so that connecting hangs.
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        fillers = []
        for _ in range(3):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(full.getsockname())
            fillers.append(filler)
        port = full.getsockname()[1]
        error = await failure(a_bot(f"http://127.0.0.1:{port}"), connect_timeout=0.1, pool_timeout=0.1)
        for filler in fillers:
            filler.close()
    assert type(error) is NotSent


async def test_a_request_that_finds_no_free_connection_in_time_was_not_sent(api):
    api.fail("hang")
    bot = a_bot(api.base_url, pool_size=1, connect_timeout=0.1, pool_timeout=0.1)
    await opened(bot)
    waiting = asyncio.create_task(bot.send_chat_action(1001, "typing", read_timeout=0.5))
    await asyncio.sleep(0)  # let it take the only connection
    with pytest.raises(NotSent):
        await bot.send_chat_action(1001, "typing")
    with pytest.raises(TimedOut):
        await waiting
    await bot.request.shutdown()


@pytest.mark.parametrize("kind", ["hang", "silent"])
async def test_an_answer_that_does_not_come_in_time_is_ambiguous(api, kind):
    api.user("Ada").write("/start")
    api.fail(kind)
    error = await failure(a_bot(api.base_url), read_timeout=0.1)
    assert type(error) is TimedOut


@pytest.mark.parametrize("kind", ["reset", "lost"])
async def test_a_connection_that_breaks_is_ambiguous(api, kind):
    api.user("Ada").write("/start")
    api.fail(kind)
    bot = a_bot(api.base_url)
    await opened(bot)
    with pytest.raises(NetworkError) as caught:
        await bot.send_message(1001, "hello")
    await bot.request.shutdown()
    assert type(caught.value) is NetworkError


@asynccontextmanager
async def a_server(answer):
    """A server on loopback that answers whatever comes with `answer(writer)`."""
    tasks = set()

    async def meet(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await answer(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(meet, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await server.wait_closed()


async def test_the_total_of_the_timeouts_ends_an_answer_that_drips():
    async def drip(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    patience = {"read_timeout": 0.2, "write_timeout": 0.05, "connect_timeout": 0.05, "pool_timeout": 0.05}
    async with a_server(drip) as base_url:
        assert type(await failure(a_bot(base_url), **patience)) is TimedOut


async def test_a_redirect_is_not_followed():
    async def redirect(writer):
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/x\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with a_server(redirect) as base_url:
        assert str(await failure(a_bot(base_url))) == "Found (302)"


async def test_a_closed_request_sends_nothing_and_opens_again(api):
    request = AiohttpRequest()
    with pytest.raises(NotSent):
        await request.do_request(f"{api.base_url}/bot{TOKEN}/getMe", "POST", RequestData())
    async with request:
        status, _ = await request.do_request(f"{api.base_url}/bot{TOKEN}/getMe", "POST", RequestData())
    async with request:
        again, _ = await request.do_request(f"{api.base_url}/bot{TOKEN}/getMe", "POST")
    assert (status, again) == (200, 200)


async def test_answers_of_the_server_reach_ptb(api):
    async with a_bot(api.base_url) as bot:
        assert (await bot.get_me()).username == "diplomacy_digest_bot"
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(4, "hello")


async def test_a_wrong_token_is_an_invalid_token(api):
    bot = a_bot(api.base_url, "1:wrong")
    with pytest.raises(InvalidToken):
        await bot.initialize()
    await bot.shutdown()
    await bot.request.shutdown()


async def test_files_go_as_a_form_with_their_names_and_words(api):
    ada = api.user("Ada")
    ada.write("/start")
    async with a_bot(api.base_url) as bot:
        sent = await bot.send_document(
            ada.id, InputFile("Đà Nẵng".encode(), "dữ liệu.json"), caption="của <b>bạn</b>", parse_mode="HTML"
        )
        again = await bot.send_document(ada.id, sent.document.file_id)
    assert (ada.messages[1].document.name, ada.messages[1].document.content.decode()) == ("dữ liệu.json", "Đà Nẵng")
    assert (sent.caption, sent.caption_entities[0].offset) == ("của bạn", 4)
    assert again.document.file_unique_id == sent.document.file_unique_id


TROUBLE = {
    "no server": ("http://127.0.0.1:{port}", None),
    "impossible name": (f"http://{'a' * 64}.example", None),
    "no url": ("http://", None),
    "broken": (None, "lost"),
    "silent": (None, "silent"),
    "error page": (None, "error"),
    "garbage": (None, "garbage"),
}


@pytest.mark.parametrize(("base_url", "kind"), TROUBLE.values(), ids=TROUBLE)
async def test_no_error_and_no_log_at_debug_holds_the_token(api, caplog, free_port, base_url, kind):
    if kind:
        api.user("Ada").write("/start")
        api.fail(kind)
    bot = a_bot((base_url or api.base_url).format(port=free_port))  # PTB itself logs the address here, once
    caplog.clear()
    caplog.set_level(logging.DEBUG)
    await opened(bot)
    with pytest.raises(TelegramError) as caught:
        await bot.send_chat_action(1001, "typing", read_timeout=0.1)
    await bot.request.shutdown()
    logged = "".join(f"{record.getMessage()}{record.exc_text}" for record in caplog.records)
    chained = []
    error = caught.value
    while error is not None:
        chained.append(repr(error))
        error = error.__cause__ or error.__context__
    told = "".join(traceback.format_exception(caught.value)) + "".join(chained)
    assert "OPENS-NOTHING" not in told + logged
