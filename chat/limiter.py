"""Everything we ask of Telegram passes here: answers keep its pace, and what it would not take yet is asked once more.

PTB's own rate limiter lets every chat wait where one was told to; this one holds that chat alone.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

from chat.order import step_aside
from chat.pace import Pacer

log = logging.getLogger(__name__)

#: What Telegram counts as a message: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
COUNTED = frozenset(("sendMessage", "sendDocument", "editMessageText", "editMessageReplyMarkup"))
#: Given as `rate_limit_args`: the caller keeps the pace and a ledger, and deals with a refusal itself.
EDITION = "edition"
#: An answer that would have to wait longer is none any more.
LONGEST_WAIT = timedelta(minutes=5)
#: Writes down for how long a chat is to be left alone.
Hold = Callable[[int, timedelta], Awaitable[None]]


class Limiter(BaseRateLimiter[str]):
    """PTB's door for whatever is sent. Answers to one chat go in order, each in its turn."""

    __slots__ = ("_hold", "_monotonic", "_pacer", "_sleep")

    def __init__(
        self,
        pacer: Pacer,
        hold: Hold,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pacer = pacer
        self._hold = hold
        self._sleep = sleep
        self._monotonic = monotonic

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> Any:
        """Make a request in its turn; where Telegram asks us to wait, wait and make it once more.

        Raises RetryAfter where it asks twice, or asks or asked for too long, and whatever else the request raises.
        """
        if rate_limit_args == EDITION:
            return await callback(*args, **kwargs)
        named = data.get("chat_id")
        chat_id = named if isinstance(named, int) and endpoint in COUNTED else None
        await self._wait(endpoint, chat_id)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            wait = await self._put_off(endpoint, chat_id, error)
        if chat_id is None:
            await self._pause(wait.total_seconds())
        await self._wait(endpoint, chat_id)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            await self._put_off(endpoint, chat_id, error)
            raise

    async def _put_off(self, endpoint: str, chat_id: int | None, error: RetryAfter) -> timedelta:
        """Leave the chat alone for as long as Telegram asks; how long. Raises the error where that is too long."""
        wait = wait_of(error)
        log.warning("%s: Telegram asks us to wait %d s", endpoint, wait.total_seconds())
        if chat_id is not None:
            self._pacer.hold(chat_id, self._monotonic() + wait.total_seconds())
            await self._hold(chat_id, wait)
        if wait > LONGEST_WAIT:
            raise error
        return wait

    async def _wait(self, endpoint: str, chat_id: int | None) -> None:
        if endpoint not in COUNTED:
            return
        held = timedelta(seconds=self._pacer.held_for(chat_id or 0, self._monotonic()))
        if held > LONGEST_WAIT:
            raise RetryAfter(held)
        # The chat's turn first: whoever must wait long for their own chat takes nobody's turn meanwhile.
        if chat_id is not None:
            await self._pause(self._pacer.chat_turn(chat_id, self._monotonic()))
        await self._pause(self._pacer.answer_turn(self._monotonic()))

    async def _pause(self, seconds: float) -> None:
        if seconds > 0:
            step_aside()
        await self._sleep(seconds)


def wait_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks us to wait; PTB says it in seconds or as a timedelta."""
    seconds = error.retry_after
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
