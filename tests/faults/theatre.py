"""The stage with somebody who waits: until what was injected is mended, until the bot has done what it can."""

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

from playground.botapi import BotApi
from tests.faults import checker
from tests.faults.cast import PROMPT, READER
from tests.faults.due import Slot
from tests.faults.evidence import leaks
from tests.faults.stage import Stage

#: A wait (simulated seconds) that is not jumped over; after how long (real seconds) the clock is nudged.
_LONG, _NUDGE = 200.0, 4.0
#: How often (simulated seconds) a line that delivers at once is looked at, and how many looks a day's news may take.
_LOOK, _LOOKS = 121.0, 6
_STEP = 0.05
#: How long the bot may take to do what it can, in real seconds.
PATIENCE = 15.0


class Theatre(Stage):
    """A stage on which acts are mended; `patience` is in real seconds."""

    def __init__(self, folder: Path, *, patience: float = PATIENCE, **cast: Any) -> None:
        super().__init__(folder, **cast)
        self.patience = patience

    async def met(self, outcome: str, *, within: float) -> None:
        """Wait until a request has had this outcome."""
        began, deadline = len(self.history), time.monotonic() + within
        while time.monotonic() < deadline:
            if any(event.get("outcome") == outcome for event in self.history[began:]):
                return
            await asyncio.sleep(0.05)

    async def mend(self) -> None:
        """Heal everything, start the bot if it died, and let it do its work."""
        self.api.heal()
        self.api.on_accepted = None
        self.press.trouble = None
        for kind in list(self.troubles):
            self.trouble(kind, on=False)
        for _ in range(4):
            if not self.alive:
                await self.look_at_file(self._last_fault())
                await self.start()
            if await self.settle(well=True) and await self._tell_at_once():
                break
        self.control.disarm()

    async def _tell_at_once(self) -> bool:
        """Let the line that delivers at once look until it has told all there is; False where the bot died."""
        for _ in range(_LOOKS):
            told = self._messages_to(PROMPT)
            self.jump(_LOOK)
            if not await self.settle(well=True):
                return False
            if self._messages_to(PROMPT) == told:
                break
        return True

    def _messages_to(self, number: int) -> int:
        return sum(message.by_bot for message in self.api.world.chats[READER + number].messages.values())

    def _last_fault(self) -> str:
        return next((e["name"] for e in reversed(self.history) if e["what"] == "fault"), "the start")

    async def settle(self, *, well: bool = False) -> bool:
        """Wait until the bot has done what it can; False where it died. Short waits of its own are jumped over.

        Where all is `well` and it still does not come to rest, that is noted.
        """
        waited = nudged = 0.0
        while waited < self.patience:
            if not self.alive:
                return False
            waits = self._waits()
            if waits is not None and waits >= _LONG:
                return True  # whom Telegram asked us to leave alone
            if waits == 0 and not await self.look_for_open_slots():
                return True
            if waits:
                self.jump(waits + 0.5)
            elif waited - nudged > _NUDGE:
                nudged = waited
                self.jump(301)  # what rests a minute after a conflict, five after an edition could not be made
            asked = time.monotonic()
            await asyncio.sleep(_STEP)
            # A busy machine is slow for the bot as well: what it was late is not counted in full.
            waited += min(time.monotonic() - asked, 2 * _STEP)
        if well:
            open_ = [f"{slot.chat} {slot.hour}" for slot in (await self.look_for_open_slots())[:3]]
            self.record("unsettled", waits=self._waits(), open=open_)
        return bool(self.alive)

    def _waits(self) -> float | None:
        """How many simulated seconds the bot waits of its own: 0 for nothing to do, None for work in progress."""
        now = self.control.seconds()
        try:
            connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=0.2)
            try:
                due, polls, open_, until = connection.execute(_WAITING, {"now": int(now)}).fetchone()
            finally:
                connection.close()
        except sqlite3.Error:
            return None
        if due or polls:
            return None
        if not open_:
            return 0
        if until is None or until <= now:
            return None
        return float(until - now)

    def _lately(self) -> list[dict[str, Any]]:
        """The events of the last thirty hours, and of older ones what still counts."""
        since = self.control.seconds() - 30 * 3600
        place = len(self.history)
        # An hour more: the clock may have been set back.
        while place and self.history[place - 1]["at"] > since - 3600:
            place -= 1
        first = self.history[place]["real"] if place < len(self.history) else 0.0
        return [event for event in self.plot if event["real"] < first] + self.history[place:]

    async def look_for_open_slots(self) -> list[Slot]:
        """What is due and was not delivered yet. In a thread: meanwhile the Bot API goes on answering."""
        return await asyncio.to_thread(checker.open_slots, self._lately())

    async def calm(self, days: float) -> None:
        """Let some days go by without faults."""
        until = self.control.seconds() + days * 86400
        while self.control.seconds() < until:
            self.to_next_due()
            await self.mend()

    async def finish(self) -> None:
        """Stop the bot as an operator does, and look at what it leaves."""
        self.stop()
        if not await self.gone():
            self.record("wrong", invariant="stop", how="SIGTERM was not heard in 20 s")
            self.kill()
            await self.gone()
        await self.look_at_file("the end")
        self.record("log", leaks=leaks(self.log, secrets_of(self.api)))


def secrets_of(api: BotApi) -> dict[str, str]:
    """What must stand in no log, by name: the token, what the ids of all readers begin with, each group's id."""
    groups = [chat.id for chat in api.world.chats.values() if chat.type != "private"]
    ids = {f"the id of a group, {number}": str(-chat_id) for number, chat_id in enumerate(groups, 1)}
    return {"the token": api.token.partition(":")[2], "a reader's id": str(READER)[:6], **ids}


_WAITING = """
select (select count(*) from slots join lines on lines.id = line_id join chats on chats.id = chat_id
        where due_at <= :now and chats.state = 'active' and not paused),
       (select count(*) from sources where enabled and last_error <> 'gone' and coalesce(next_poll_at, 0) <= :now),
       count(*),
       min(iif(deliveries.state = 'sending', 0, max(not_before, held_until,
           coalesce((select until from holds where name = 'all'), 0))))
from deliveries join chats on chats.id = chat_id
where deliveries.state in ('ready', 'sending') and chats.state = 'active' and not exists (
    select 1 from deliveries as earlier
    where earlier.state in ('ready', 'sending') and earlier.id < deliveries.id
      and earlier.chat_id = deliveries.chat_id and earlier.thread_id = deliveries.thread_id)
"""
