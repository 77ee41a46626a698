"""Planning: each due slot gets its edition once.

due slots ─→ digest of their window ─→ messages, frozen in the outbox together with the next due time
"""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from telegram import Bot
from telegram.constants import ChatType

from chat.editions import Message, Setting, edition_messages, edition_window, upto
from chat.newsroom import Newsroom
from digest.compose import Window, compose
from digest.daily import open_window
from digest.due import LATE, is_quiet, local_time, next_look, next_midnight
from digest.pages import Page, page_of
from digest.readers import DueSlot
from storage.pages import page_token
from storage.store import Store

log = logging.getLogger(__name__)

#: After an outage longer than this an edition is not made up for: the next one covers the gap.
TOO_LATE = timedelta(hours=12)
#: A slot whose edition could not be made is tried again after this.
_MAKE_AGAIN = timedelta(minutes=5)


class _Made(NamedTuple):
    """An edition: its messages, what it tells (story id → newest item), and what it was made of."""

    messages: list[Message]
    stories: dict[int, int]
    page: Page


@dataclass(slots=True)
class Planner:
    """Makes the editions of due slots. Equal wishes with nothing different told are rendered once."""

    newsroom: Newsroom
    #: Who links lead to.
    bot: Bot
    _windows: dict[tuple[datetime, datetime], Window] = field(default_factory=dict)
    #: Line and hour, None for one that delivers at once → when its edition could not be made.
    _failed: dict[tuple[int, time | None], datetime] = field(default_factory=dict)
    _rendered: dict[tuple[object, ...], _Made] = field(default_factory=dict)

    async def plan(self, now: datetime) -> int:
        """Put the editions of every slot due at `now` into the outbox; how many."""

        def look(store: Store) -> list[DueSlot]:
            store.readers.resume_due(now)
            return store.lines.due(now)

        dues = await self.newsroom.store.run(look)
        # Of the hours of a line that an outage missed the latest is served; its edition covers the others.
        latest = {due.line.id: due for due in dues}
        self._windows.clear()
        self._rendered.clear()
        self._failed = {slot: at for slot, at in self._failed.items() if now - at < _MAKE_AGAIN}
        planned = 0
        for due in dues:
            slot = (due.line.id, None if due.line.cadence.at_once else due.at)
            if slot in self._failed:
                continue
            try:
                planned += await self._plan_one(due, now, covered=latest[due.line.id] is not due)
            except Exception:  # one reader's edition that fails must not cost the others theirs
                log.exception("the edition of line %s could not be made; trying again later", due.line.id)
                self._failed[slot] = now
        return planned

    async def _plan_one(self, due: DueSlot, now: datetime, *, covered: bool) -> bool:
        store = self.newsroom.store
        if covered or (now - due.due_at > TOO_LATE and not due.line.cadence.at_once):
            await store.run(lambda shelves: shelves.editions.skip(due, now=now))
            return False
        if due.line.cadence.at_once and (later := await store.read(lambda shelves: _rest_until(shelves, due, now))):
            await store.run(lambda shelves: shelves.editions.look_again(due, later))
            return False
        made = await store.read(lambda shelves: self._make(shelves, due, now))
        planned = await store.run(
            lambda shelves: shelves.editions.plan(
                due, made.messages, stories=made.stories, page=made.page, covers_until=now, now=now
            )
        )
        return planned and bool(made.messages)

    def _make(self, store: Store, due: DueSlot, now: datetime) -> _Made:
        window = self._window(store, due, now)
        wishes = due.line.wishes
        told = store.memory.told(due.chat.id, due.line.thread_id)
        told_here = {story.id: told[story.id] for story in window.stories if story.id in told}
        at_once, private = due.line.cadence.at_once, due.chat.kind == ChatType.PRIVATE
        looked_at = tuple(story.id for story in window.stories) if at_once else ()
        key = (wishes, due.chat.zone, private, at_once, window.since, looked_at, frozenset(told_here.items()))
        if key not in self._rendered:
            digest = compose(window, wishes, told=told_here)
            page = page_of(digest, told_here)
            setting = Setting(self.newsroom.names, due.chat.zone, private, self.bot.username)
            messages = edition_messages(digest, page_token(page), setting, at_once=at_once)
            if at_once and not digest.stories:
                messages = []
            self._rendered[key] = _Made(messages, upto(digest), page)
        return self._rendered[key]

    def _window(self, store: Store, due: DueSlot, now: datetime) -> Window:
        """The window of an edition; of a line that delivers at once only what came since its last look."""
        at_once = due.line.cadence.at_once
        since, until = edition_window(due, now=now)
        window = self._windows.get((since, until))
        if window is None:
            window = self._windows[since, until] = open_window(store, since, until)
        if not at_once or due.covered_until is None:
            return window
        after = due.covered_until - LATE
        news = (story for story in window.stories if max(item.first_seen for item in story.items) > after)
        return replace(window, stories=tuple(news))


def _rest_until(store: Store, due: DueSlot, now: datetime) -> datetime | None:
    """When a line that delivers at once may speak again; None for now."""
    chat = due.chat
    if is_quiet(chat.quiet, local_time(now, chat.zone)):
        return next_look(chat.zone, chat.quiet, not_before=now)
    if store.editions.count(due.line.id, due.local_date) >= due.line.cadence.cap:
        return next_look(chat.zone, chat.quiet, not_before=next_midnight(now, chat.zone))
    return None
