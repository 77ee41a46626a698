"""Editions: each due slot gets its digest once, whatever falls over meanwhile.

    due slots ─→ digest of their window ─→ messages, frozen in the outbox with the next due time   (plan)
    outbox ─→ claim (the attempt is committed first) ─→ send ─→ sent | again later | uncertain | refused | failed

Telegram has no idempotency key: a send that timed out may have arrived. Only a connection that was never made is
surely unsent; everything else is ambiguous, is tried once more and then rests as uncertain.
"""

import asyncio
import json
import logging
import re
import time as clock_time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from html import unescape

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from chat.keyboards import after_digest
from chat.newsroom import Newsroom
from chat.pace import Pacer
from chat.request import NotSent
from digest.compose import Window, compose
from digest.daily import open_window
from digest.model import Digest
from digest.readers import DueSlot, Part
from render.digest_view import digest_blocks
from render.names import Names
from render.telegram import to_even_messages
from render.words import load_words
from storage.store import Store

log = logging.getLogger(__name__)

#: After an outage longer than this an edition is not made up for: the next one covers the gap.
TOO_LATE = timedelta(hours=12)
#: A first edition looks back this far; a later one to where the last ended, and a little over for late feeds.
FIRST_WINDOW = timedelta(hours=24)
OVERLAP = timedelta(hours=12)
LONGEST_WINDOW = timedelta(days=7)
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
    "topic_closed",
    "topic_deleted",
    "message thread not found",
    "user is deactivated",
    "peer_id_invalid",
)
#: From so many chats told to wait within so long, everybody waits.
_FLOODED_CHATS = 3
_FLOOD_WINDOW = timedelta(seconds=10)
#: A slot whose edition could not be made is tried again after this.
_MAKE_AGAIN = timedelta(minutes=5)
#: Little's law: 30 messages a second at 100 ms a round trip need three connections; eight leave room.
WORKERS = 8
#: A digest holds a dozen links; a preview of the first would only be in the way.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)

#: A message's HTML and its keyboard as JSON.
Message = tuple[str, str | None]
#: Waits so many seconds.
Sleep = Callable[[float], Awaitable[None]]


def edition_window(due: DueSlot, *, now: datetime) -> tuple[datetime, datetime]:
    """What an edition looks at: since the last one with an overlap, at least a day, at most a week."""
    since = now - FIRST_WINDOW
    if due.covered_until:
        since = min(since, due.covered_until - OVERLAP)
    return max(since, now - LONGEST_WINDOW), now


@dataclass(slots=True)
class Planner:
    """Makes the editions of due slots. Equal wishes with nothing different told are rendered once."""

    newsroom: Newsroom
    _windows: dict[tuple[datetime, datetime], Window] = field(default_factory=dict)
    _failed: dict[tuple[int, time], datetime] = field(default_factory=dict)
    _rendered: dict[tuple[object, ...], tuple[list[Message], dict[int, int]]] = field(default_factory=dict)

    async def plan(self, now: datetime) -> int:
        """Put the editions of every slot due at `now` into the outbox; how many."""
        dues = await self.newsroom.store.run(lambda store: store.readers.due_slots(now))
        self._windows.clear()
        self._rendered.clear()
        planned = 0
        for due in dues:
            slot = (due.line.id, due.at)
            if slot in self._failed and now - self._failed[slot] < _MAKE_AGAIN:
                continue
            try:
                planned += await self._plan_one(due, now)
                self._failed.pop(slot, None)
            except Exception:  # one reader's edition that fails must not cost the others theirs
                log.exception("the edition of line %s could not be made; trying again later", due.line.id)
                self._failed[slot] = now
        return planned

    async def _plan_one(self, due: DueSlot, now: datetime) -> bool:
        store = self.newsroom.store
        if now - due.due_at > TOO_LATE:
            await store.run(lambda shelves: shelves.outbox.skip(due, now=now))
            return False
        messages, stories = await store.read(lambda shelves: self._make(shelves, due, now))
        return await store.run(
            lambda shelves: shelves.outbox.plan(due, messages, stories=stories, covers_until=now, now=now)
        )

    def _make(self, store: Store, due: DueSlot, now: datetime) -> tuple[list[Message], dict[int, int]]:
        since, until = edition_window(due, now=now)
        window = self._windows.get((since, until))
        if window is None:
            window = self._windows[since, until] = open_window(store, since, until)
        wishes = replace(due.line.wishes, language=due.chat.language)
        told = store.memory.told(due.chat.id, due.line.thread_id)
        told_here = {story.id: told[story.id] for story in window.stories if story.id in told}
        key = (wishes, due.chat.zone, since, frozenset(told_here.items()))
        if key not in self._rendered:
            digest = compose(window, wishes, told=told_here)
            messages = digest_messages(digest, names=self.newsroom.names, zone=due.chat.zone)
            self._rendered[key] = messages, upto(digest)
        return self._rendered[key]


def upto(digest: Digest) -> dict[int, int]:
    """What a reader of this digest has been told: story id → the newest item of it."""
    return {story.story_id: story.upto for story in digest.stories}


def digest_messages(digest: Digest, *, names: Names, zone: str) -> list[Message]:
    """A digest as Telegram messages: HTML that fits, and under the last one its buttons as JSON."""
    words = load_words(digest.wishes.language)
    texts = to_even_messages(digest_blocks(digest, words=words, names=names, zone=zone))
    keyboard = after_digest(digest.wishes.by, words).to_json()
    return [(text, keyboard if number == len(texts) else None) for number, text in enumerate(texts, start=1)]


class Sender:
    """Sends what is in the outbox, several chats at once, each chat's parts in order and at Telegram's pace."""

    def __init__(
        self,
        newsroom: Newsroom,
        bot: Bot,
        *,
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = clock_time.monotonic,
    ) -> None:
        self._newsroom = newsroom
        self._bot = bot
        self._pacer = Pacer(newsroom.settings.send_rate)
        self._sleep = sleep
        self._monotonic = monotonic
        self._stopping = False
        #: Messages that came to rest as uncertain since somebody last looked.
        self.uncertain = 0
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
            store.outbox.recover(now=now)
            store.outbox.expire(now)

        await self._newsroom.store.run(tidy)
        counts = await asyncio.gather(*(self._work() for _ in range(WORKERS)), return_exceptions=True)
        for count in counts:
            if isinstance(count, BaseException):
                raise count
        return sum(count for count in counts if isinstance(count, int))

    async def _work(self) -> int:
        accepted = 0
        while not self._stopping:
            part = await self._claim()
            if part is None:
                break
            try:
                accepted += await self._send(part)
            except Exception:  # one message's trouble must not leave it in the air, nor end the other workers
                log.exception("part %s of an edition: it may or may not have been sent", part.id)
                await self._settle(part, TimedOut())
            await self._sleep(self._pacer.turn(self._monotonic()))
        return accepted

    async def _claim(self) -> Part | None:
        now, resting = self._newsroom.clock(), self._pacer.resting(self._monotonic())
        return await self._newsroom.store.run(lambda store: store.outbox.claim(now, resting=resting))

    async def _send(self, part: Part) -> bool:
        """Send a part as it was written; if Telegram cannot read that, as plain text; whether it was accepted."""
        try:
            message_id = await self._call(part, part.text, ParseMode.HTML)
        except BadRequest as error:
            if is_refusal(error):
                await self._settle(part, error)
                return False
            log.error("Telegram refused the text of part %s: %s; sending it plain", part.id, error.message)
            await self._sleep(self._pacer.turn(self._monotonic()))
            try:
                message_id = await self._call(part, strip_tags(part.text), None)
            except TelegramError as again:
                await self._settle(part, again)
                return False
        except TelegramError as error:
            await self._settle(part, error)
            return False
        now = self._newsroom.clock()
        await self._newsroom.store.run(lambda store: store.outbox.sent(part.id, message_id, now=now))
        return True

    async def _call(self, part: Part, text: str, parse_mode: str | None) -> int:
        self._pacer.wrote(part.chat_id, now=self._monotonic())
        message = await self._bot.send_message(
            part.chat_id,
            text,
            parse_mode=parse_mode,
            reply_markup=keyboard_of(part.keyboard) if part.keyboard else None,
            message_thread_id=part.thread_id or None,
            link_preview_options=NO_PREVIEW,
        )
        return message.message_id

    async def _settle(self, part: Part, error: TelegramError) -> None:
        """Write down what became of a part that was not accepted, from the specific error to the general one."""
        now = self._newsroom.clock()
        flooded = isinstance(error, RetryAfter) and self._is_flood(part.chat_id, now)

        def record(store: Store) -> None:
            match error:
                case RetryAfter():
                    until = now + _retry_after(error)
                    store.outbox.hold_chat(part.chat_id, until)
                    if flooded:
                        store.outbox.hold_all(until)
                    store.outbox.retry(part.id, not_before=until, now=now)
                case ChatMigrated():
                    store.outbox.retry(part.id, not_before=now, now=now)
                    store.readers.migrate_chat(part.chat_id, error.new_chat_id)
                case InvalidToken() | NotSent():
                    store.outbox.retry(part.id, not_before=now + _UNSENT_AGAIN, now=now)
                case Forbidden() | BadRequest() if is_refusal(error):
                    store.outbox.refused(part.id, now=now)
                case BadRequest():
                    store.outbox.failed(part.id, error.message, now=now)
                case _:
                    rests = store.outbox.ambiguous(part.id, not_before=now + _AMBIGUOUS_AGAIN, now=now)
                    self.uncertain += rests

        await self._newsroom.store.run(record)
        log.warning("part %s of an edition was not accepted: %s", part.id, type(error).__name__)

    def _is_flood(self, chat_id: int, now: datetime) -> bool:
        """Whether so many chats were told to wait at once that it must be meant for all of them."""
        self._floods = {chat: at for chat, at in self._floods.items() if now - at < _FLOOD_WINDOW} | {chat_id: now}
        return len(self._floods) >= _FLOODED_CHATS


def is_refusal(error: TelegramError) -> bool:
    """Whether Telegram says that we may not write to this chat or topic, whatever we write."""
    return isinstance(error, Forbidden) or any(words in error.message.lower() for words in _REFUSALS)


def keyboard_of(data: str) -> InlineKeyboardMarkup | None:
    """A keyboard kept as JSON."""
    return InlineKeyboardMarkup.de_json(json.loads(data), None)


def strip_tags(html: str) -> str:
    """The text of our own Telegram HTML, for when Telegram would not have the tags."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def _retry_after(error: RetryAfter) -> timedelta:
    seconds = error.retry_after
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
