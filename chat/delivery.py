"""Delivery: what waits in the outbox is sent, each message once, whatever falls over meanwhile.

    outbox ─→ claim (the attempt is committed first) ─→ send ─→ sent | again later | uncertain | refused | failed

Telegram has no idempotency key: a send that timed out may have arrived. Only a connection that was never made is
surely unsent; everything else is ambiguous, is tried once more and then rests as uncertain. The one try that is left
must not be wasted on a Telegram that answers nobody: after an ambiguous send nothing is claimed until a question that
changes nothing was answered.
"""

import asyncio
import logging
import re
import time as clock_time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from html import unescape

from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import ExtBot

from chat.answers import NO_PREVIEW
from chat.keyboards.shared import keyboard_of
from chat.limiter import EDITION, wait_of
from chat.newsroom import Newsroom
from chat.pace import Pacer
from chat.request import NotSent
from digest.errors import StorageError
from digest.readers import Part
from storage.store import Store

log = logging.getLogger(__name__)

#: When to try again: surely unsent, and possibly sent.
_UNSENT_AGAIN = timedelta(seconds=20)
_AMBIGUOUS_AGAIN = timedelta(seconds=45)
#: Descriptions of a 400 that mean a refusal. They are not documented; these are those of the public Bot API server
#: (https://github.com/tdlib/telegram-bot-api), in lower case.
_REFUSALS = (
    "chat not found",
    "chat_write_forbidden",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "user is deactivated",
    "peer_id_invalid",
)
#: The same of a forum topic alone: the chat goes on without it.
_CLOSED_TOPICS = ("topic_closed", "topic_deleted", "message thread not found")
#: From so many chats told to wait within so long, everybody waits.
_FLOODED_CHATS = 3
_FLOOD_WINDOW = timedelta(seconds=10)
#: Little's law: 30 messages a second at 100 ms a round trip need three connections; eight leave room.
WORKERS = 8
#: Waits so many seconds.
Sleep = Callable[[float], Awaitable[None]]


class Sender:
    """Sends what is in the outbox, several chats at once, each chat's parts in order and at Telegram's pace."""

    def __init__(
        self,
        newsroom: Newsroom,
        bot: ExtBot[str],
        *,
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = clock_time.monotonic,
        pacer: Pacer | None = None,
    ) -> None:
        self._newsroom = newsroom
        self._bot = bot
        self._pacer = pacer or Pacer(newsroom.settings.send_rate)
        self._sleep = sleep
        self._monotonic = monotonic
        self._stopping = False
        #: Messages to forum topics that turned out to be closed since then.
        self.closed: list[Part] = []
        #: Whether Telegram left a message without an answer and has not answered anything since.
        self._unanswered = False
        #: Messages that were accepted and could not be written down: part → message id.
        self._unwritten: dict[int, int] = {}
        #: When which chat was told to wait, lately.
        self._floods: dict[int, datetime] = {}

    def stop(self) -> None:
        """Claim nothing more; what is in flight is finished."""
        self._stopping = True

    async def send_waiting(self) -> int:
        """Send until nothing more can be claimed; how many messages Telegram accepted.

        Not to be called while it runs: what is in flight at the beginning was left by a crash, or by a store that
        failed, and may have arrived.
        """
        now = self._newsroom.clock()

        def tidy(store: Store) -> None:
            for part_id, message_id in self._unwritten.items():
                store.outbox.sent(part_id, message_id, now=now)
            self._unwritten.clear()
            store.outbox.recover(now=now)
            store.outbox.expire(now)

        await self._newsroom.store.run(tidy)
        if self._unanswered and not await self._answers():
            return 0
        self._unanswered = False
        # One of them makes last tries: a second crash or silence then costs one edition at the most.
        workers = (self._work(last_tries=number == 0) for number in range(WORKERS))
        counts = await asyncio.gather(*workers, return_exceptions=True)
        for count in counts:
            if isinstance(count, BaseException):
                raise count
        return sum(count for count in counts if isinstance(count, int))

    async def _answers(self) -> bool:
        """Whether Telegram answers at all."""
        try:
            await self._bot.get_me()
        except NetworkError:
            return False
        except TelegramError:  # an answer too, if not the one we like
            return True
        return True

    async def _work(self, *, last_tries: bool) -> int:
        accepted = 0
        while not (self._stopping or self._unanswered):
            part = await self._claim(last_tries=last_tries)
            if part is None:
                break
            try:
                accepted += await self._send(part)
            except Exception:  # one message's trouble must not leave it in the air, nor end the other workers
                log.exception("part %s of an edition: it may or may not have been sent", part.id)
                await self._settle(part, TimedOut())
        return accepted

    async def _claim(self, *, last_tries: bool) -> Part | None:
        now, resting = self._newsroom.clock(), self._pacer.resting(self._monotonic())
        return await self._newsroom.store.run(
            lambda store: store.outbox.claim(now, resting=resting, last_tries=last_tries)
        )

    async def _send(self, part: Part) -> bool:
        """Send a part as it was written; if Telegram cannot read that, as plain text; whether it was accepted."""
        try:
            message_id = await self._call(part, part.text, ParseMode.HTML)
        except BadRequest as error:
            if is_refusal(error):
                await self._settle(part, error)
                return False
            log.error("Telegram refused the text of part %s: %s; sending it plain", part.id, error.message)
            try:
                message_id = await self._call(part, strip_tags(part.text), None)
            except TelegramError as again:
                await self._settle(part, again)
                return False
        except TelegramError as error:
            await self._settle(part, error)
            return False
        now = self._newsroom.clock()
        try:
            await self._newsroom.store.run(lambda store: store.outbox.sent(part.id, message_id, now=now))
        except StorageError as error:  # a full disk, for instance; to call it ambiguous would send it again
            log.warning("part %s was accepted, which cannot be written down now: %s", part.id, error)
            self._unwritten[part.id] = message_id
        return True

    async def _call(self, part: Part, text: str, parse_mode: str | None) -> int:
        # The chat's turn first: whoever must wait for their own chat takes nobody's turn meanwhile.
        await self._sleep(self._pacer.chat_turn(part.chat_id, self._monotonic(), edition=True))
        await self._sleep(self._pacer.turn(self._monotonic()))
        message = await self._bot.send_message(
            part.chat_id,
            text,
            parse_mode=parse_mode,
            reply_markup=keyboard_of(part.keyboard) if part.keyboard else None,
            message_thread_id=part.thread_id or None,
            disable_notification=part.silent,
            link_preview_options=None if part.preview else NO_PREVIEW,
            rate_limit_args=EDITION,
        )
        return message.message_id

    async def _settle(self, part: Part, error: TelegramError) -> None:
        """Write down what became of a part that was not accepted, from the specific error to the general one."""
        now = self._newsroom.clock()
        self._unanswered |= is_ambiguous(error)
        flooded = isinstance(error, RetryAfter) and self._is_flood(part.chat_id, now)
        if isinstance(error, RetryAfter):
            free = self._monotonic() + wait_of(error).total_seconds()
            self._pacer.hold(part.chat_id, free)
            if flooded:
                self._pacer.hold_all(free)

        def record(store: Store) -> None:
            match error:
                case RetryAfter():
                    # Moments are stored in whole seconds: without one more it would be up to a second too early.
                    until = now + wait_of(error) + timedelta(seconds=1)
                    store.outbox.hold_chat(part.chat_id, until)
                    if flooded:
                        store.outbox.hold_all(until)
                    store.outbox.retry(part.id, not_before=until, now=now)
                case ChatMigrated():
                    store.outbox.retry(part.id, not_before=now, now=now)
                    store.readers.migrate_chat(part.chat_id, error.new_chat_id, now=now)
                case InvalidToken() | NotSent():
                    store.outbox.retry(part.id, not_before=now + _UNSENT_AGAIN, now=now)
                case BadRequest() if is_closed_topic(error):
                    store.outbox.closed(part.id, now=now)
                    self.closed.append(part)
                case Forbidden() | BadRequest() if is_refusal(error):
                    store.outbox.refused(part.id, now=now)
                case BadRequest():
                    store.outbox.failed(part.id, error.message, now=now)
                case _:
                    store.outbox.ambiguous(part.id, not_before=now + _AMBIGUOUS_AGAIN, now=now)

        await self._newsroom.store.run(record)
        log.warning("part %s of an edition was not accepted: %s", part.id, type(error).__name__)

    def _is_flood(self, chat_id: int, now: datetime) -> bool:
        """Whether so many chats were told to wait at once that it must be meant for all of them."""
        self._floods = {chat: at for chat, at in self._floods.items() if now - at < _FLOOD_WINDOW} | {chat_id: now}
        return len(self._floods) >= _FLOODED_CHATS


def is_ambiguous(error: TelegramError) -> bool:
    """Whether Telegram may have accepted the message all the same."""
    known = RetryAfter | ChatMigrated | InvalidToken | NotSent | Forbidden | BadRequest
    return not isinstance(error, known)


def is_refusal(error: TelegramError) -> bool:
    """Whether Telegram says that we may not write to this chat or topic, whatever we write."""
    return (
        isinstance(error, Forbidden)
        or is_closed_topic(error)
        or any(words in error.message.lower() for words in _REFUSALS)
    )


def is_closed_topic(error: TelegramError) -> bool:
    """Whether it is only the forum topic that we may not write to."""
    return any(words in error.message.lower() for words in _CLOSED_TOPICS)


def strip_tags(html: str) -> str:
    """The text of our own Telegram HTML, for when Telegram would not have the tags."""
    return unescape(re.sub(r"<[^>]+>", "", html))
