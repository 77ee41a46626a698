"""Bugs that somebody might write one day, put in at run time: the checker must find each of them."""

from collections.abc import Callable
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError

import storage.outbox
from chat.app import Bot
from chat.delivery import Sender
from chat.pace import Pacer
from storage.clock import seconds
from storage.database import Database
from storage.editions import Editions
from storage.items import Items
from storage.ledger import try_again
from storage.memory import Memory
from storage.outbox import Outbox


def told_is_forgotten() -> None:
    """What an edition tells is not recorded (I4)."""
    Memory.told_by = lambda *args, **more: None  # type: ignore[method-assign]


def attempt_after_the_request() -> None:
    """An attempt is written down when its outcome is known, not before the request (I3: a third copy)."""
    claim, settle, again = Outbox.claim, storage.outbox.settle, storage.outbox.try_again

    def claimed(self: Outbox, now: Any, **more: Any) -> Any:
        part = claim(self, now, **more)
        if part is not None:
            # `not_before` keeps the other workers off it.
            change = "update deliveries set state = 'ready', attempts = 0, not_before = :later where id = :id"
            self._db.execute(change, id=part.id, later=seconds(now) + 5)
        return part

    def late(call: Any) -> Any:
        def settled(db: Database, part_id: int, *args: Any, **more: Any) -> Any:
            db.execute("update deliveries set state = 'sending' where id = :id and state = 'ready'", id=part_id)
            return call(db, part_id, *args, **more)

        return settled

    Outbox.claim = claimed  # type: ignore[method-assign]
    storage.outbox.settle, storage.outbox.try_again = late(settle), late(again)


def retry_without_limit() -> None:
    """A message whose answer got lost is tried until one comes (I3: a third copy)."""

    def ambiguous(self: Outbox, part_id: int, *, not_before: Any, now: Any) -> bool:
        try_again(self._db, part_id, not_before=not_before, doubted=False, now=now)
        return False

    Outbox.ambiguous = ambiguous  # type: ignore[method-assign]


def slot_before_planning() -> None:
    """A slot moves on in a transaction of its own, before its edition is planned (I3: a digest missed)."""
    plan, advance = Editions.plan, Editions._advance

    def planned(self: Editions, due: Any, *args: Any, **more: Any) -> bool:
        with self._db.write():
            moved = advance(self, due, now=more["now"])
        return moved and plan(self, due, *args, **more)

    Editions._advance = lambda self, due, *, now: True  # type: ignore[method-assign]
    Editions.plan = planned  # type: ignore[method-assign]


def request_tries_again() -> None:
    """A request that got no answer is made again at once, beside the tries of the outbox (I3: a third copy)."""
    call = Sender._call

    async def twice(self: Sender, *args: Any) -> int:
        try:
            return await call(self, *args)
        except (BadRequest, RetryAfter):
            raise
        except NetworkError:
            return await call(self, *args)

    Sender._call = twice  # type: ignore[method-assign]


def impatient() -> None:
    """What Telegram says of waiting is not heard (I8)."""
    retry = Outbox.retry

    def at_once(self: Outbox, part_id: int, *, not_before: Any, now: Any) -> None:
        retry(self, part_id, not_before=now, now=now)

    Outbox.retry = at_once  # type: ignore[method-assign]
    Outbox.hold_chat = lambda *args, **more: None  # type: ignore[method-assign]
    Outbox.hold_all = lambda *args, **more: None  # type: ignore[method-assign]


def parts_in_any_order() -> None:
    """Within an edition the last part goes first (I5)."""
    backwards = storage.outbox._CLAIMABLE.replace("earlier.id < d.id", "earlier.id > d.id")
    assert backwards != storage.outbox._CLAIMABLE
    storage.outbox._CLAIMABLE = backwards


def validators_first() -> None:
    """The validators of an answer are stored before its items (I2: items that never come again)."""
    save = Items.save_poll

    def saved(self: Items, polled: Any, new: Any, changed: Any) -> Any:
        save(self, polled, (), ())
        return save(self, polled, new, changed)

    Items.save_poll = saved  # type: ignore[method-assign]


def every_hour_twice() -> None:
    """A slot is served again on the same date (I3: a second edition)."""
    advance = Editions._advance

    def advanced(self: Editions, due: Any, *, now: Any) -> bool:
        moved = advance(self, due, now=now)
        self._db.execute(
            "update slots set due_at = :soon where line_id = :id and due_at > :soon",
            id=due.line.id,
            soon=seconds(now) + 600,
        )
        return moved

    Editions._advance = advanced  # type: ignore[method-assign]


def lazy_sent() -> None:
    """What was accepted is kept in memory and written down when a round of sending is over (I3: many copies)."""
    accepted: list[tuple[Any, ...]] = []
    sent, send = Outbox.sent, Sender.send_waiting

    async def in_rounds(self: Sender) -> int:
        total = 0
        while True:
            count = await send(self)
            now = self._newsroom.clock()

            def write_down(store: Any, now: Any = now) -> None:
                for part_id, message_id in accepted:
                    sent(store.outbox, part_id, message_id, now=now)
                accepted.clear()

            await self._newsroom.store.run(write_down)
            total += count
            if not count:
                return total

    Outbox.sent = lambda self, part_id, message_id, *, now: accepted.append((part_id, message_id))  # type: ignore[method-assign]
    Sender.send_waiting = in_rounds  # type: ignore[method-assign]


def no_stop() -> None:
    """After SIGTERM what waits is sent all the same."""
    Sender.stop = lambda self: None  # type: ignore[method-assign]


def no_pace() -> None:
    """Editions go out as fast as they can (I8)."""
    Pacer.turn = lambda self, now: 0.0  # type: ignore[method-assign]


def no_chat_pace() -> None:
    """The parts of an edition follow one another as fast as they can (I8)."""
    Pacer.chat_turn = lambda self, chat_id, now, *, edition=False: 0.0  # type: ignore[method-assign]


def conflict_unheard() -> None:
    """A second copy with the same token does not stop deliveries; `test_delivery.py` sees it."""
    heard = Bot._polling_error

    def forgotten(self: Bot, error: TelegramError) -> None:
        heard(self, error)
        self._conflict_at = None

    Bot._polling_error = forgotten  # type: ignore[method-assign]


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__: bug
    for bug in (
        told_is_forgotten,
        attempt_after_the_request,
        retry_without_limit,
        slot_before_planning,
        request_tries_again,
        impatient,
        parts_in_any_order,
        validators_first,
        every_hour_twice,
        lazy_sent,
        no_stop,
        no_pace,
        no_chat_pace,
        conflict_unheard,
    )
}
