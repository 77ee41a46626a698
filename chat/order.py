"""What comes from one chat is dealt with in its order; chats side by side.

Two commands at once would else each change what the other read: a time set twice could end as the first, and what was
under way could write again what /forget has just deleted. Whoever only waits for Telegram's pace steps aside.
"""

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor

#: So many updates are dealt with at one time; PTB's own figure for `concurrent_updates(True)`.
SIDE_BY_SIDE = 256
#: Nobody waits longer (seconds) for those before them in their chat.
PATIENCE = 10.0


class _Turn:
    """One update's turn in its chat."""

    def __init__(self, lock: asyncio.Lock) -> None:
        self._lock = lock
        self._held = False

    async def begin(self) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                self._held = await self._lock.acquire()
        except TimeoutError:
            self._held = False

    def end(self) -> None:
        if self._held:
            self._held = False
            self._lock.release()


_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


def step_aside() -> None:
    """Let the next update of the chat begin: this one has only to wait until it may answer."""
    if turn := _turn.get():
        turn.end()


class InOrder(BaseUpdateProcessor):
    """Deals with the updates of one chat one after the other."""

    def __init__(self) -> None:
        super().__init__(SIDE_BY_SIDE)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_process_update(self, update: object, coroutine: Awaitable[object]) -> None:
        """Deal with an update when those before it in its chat have been; one of no chat at once."""
        chat = update.effective_chat if isinstance(update, Update) else None
        if chat is None:
            await coroutine
            return
        turn = _Turn(self._locks.setdefault(chat.id, asyncio.Lock()))
        _turn.set(turn)
        await turn.begin()
        try:
            await coroutine
        finally:
            turn.end()
