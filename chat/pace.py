"""How fast we may write: a rate over all chats, a distance between messages to one, so many a minute to a group.

Telegram's own figures ("My bot is hitting limits, how do I avoid this?", https://core.telegram.org/bots/faq): about 30
messages a second over all chats, one a second to one chat, 20 a minute to one group. An edit counts like a message.
Editions (chat/delivery.py) and answers (chat/limiter.py) ask one pacer.
"""

from collections import deque
from dataclasses import dataclass, field

#: Seconds between two messages to one chat, and after an edition's message to one group or channel.
PRIVATE_GAP = 1.05
GROUP_GAP = 3.1
#: Messages to one group or channel in so many seconds; the first figure is for all, the second for editions.
GROUP_WINDOW = 60.5
GROUP_MOST, GROUP_EDITIONS = 20, 16
#: The part of the rate that editions may use; the rest is for answers to commands.
EDITIONS_SHARE = 0.8


@dataclass(slots=True)
class Pacer:
    """Says when the next message may go, and to whom not yet. Times are seconds of one monotonic clock, handed in.

    Chats have negative ids where they are groups or channels.
    """

    #: Messages a second over all chats.
    rate: float
    #: The turns of the last window and those given out ahead, in order.
    _turns: deque[float] = field(default_factory=deque)
    _edition: float = 0.0
    #: When a chat may next be written to.
    _free: dict[int, float] = field(default_factory=dict)
    #: When a group was written to in its last minute.
    _lately: dict[int, deque[float]] = field(default_factory=dict)
    #: Until when answers leave a chat alone, or everybody; editions are held in the store.
    _held: dict[int, float] = field(default_factory=dict)
    _all_held: float = 0.0

    def turn(self, now: float) -> float:
        """Take an edition's next turn to write to anybody; how many seconds to wait for it."""
        at = self._take(max(now, self._edition), now, share=EDITIONS_SHARE)
        self._edition = at + 1 / (self.rate * EDITIONS_SHARE)
        return at - now

    def answer_turn(self, now: float) -> float:
        """Take an answer's next turn to write to anybody; how many seconds to wait for it."""
        return self._take(max(now, self._all_held), now, share=1.0) - now

    def _take(self, at: float, now: float, *, share: float) -> float:
        # Turns given out ahead count as well: so no second holds more than the rate, whichever second one looks at.
        window = max(1.0, 1 / self.rate)
        most = max(1, int(self.rate * window * share))
        while self._turns and self._turns[0] <= now - window:
            self._turns.popleft()
        if len(self._turns) >= most:
            at = max(at, self._turns[-most] + window)
        if self._turns and at < self._turns[-1]:
            self._turns = deque(sorted((*self._turns, at)))
        else:
            self._turns.append(at)
        return at

    def chat_turn(self, chat_id: int, now: float, *, edition: bool = False) -> float:
        """Take the next turn to write to one chat; how many seconds to wait for it."""
        at = max(now, self._free.get(chat_id, 0.0), 0.0 if edition else self._held.get(chat_id, 0.0))
        if chat_id < 0:
            lately = self._minute(chat_id, now)
            if len(lately) >= GROUP_MOST:
                at = max(at, lately[-GROUP_MOST] + GROUP_WINDOW)
            lately.append(at)
        self._free[chat_id] = at + (GROUP_GAP if edition and chat_id < 0 else PRIVATE_GAP)
        return at - now

    def hold(self, chat_id: int, until: float) -> None:
        """Telegram asked us to leave a chat alone until then: answers wait."""
        self._held[chat_id] = max(until, self._held.get(chat_id, 0.0))

    def hold_all(self, until: float) -> None:
        """Telegram asked us to leave everybody alone until then: answers wait."""
        self._all_held = max(until, self._all_held)

    def held_for(self, chat_id: int, now: float) -> float:
        """For how many seconds Telegram asked us to leave a chat alone; 0 where it did not."""
        return max(self._held.get(chat_id, 0.0), self._all_held, now) - now

    def resting(self, now: float) -> list[int]:
        """The chats that were written to so lately that editions must wait."""
        self._free = {chat_id: until for chat_id, until in self._free.items() if until > now}
        self._held = {chat_id: until for chat_id, until in self._held.items() if until > now}
        full = [chat_id for chat_id in list(self._lately) if len(self._minute(chat_id, now)) >= GROUP_EDITIONS]
        self._lately = {chat_id: times for chat_id, times in self._lately.items() if times}
        return [*self._free, *(chat_id for chat_id in full if chat_id not in self._free)]

    def _minute(self, chat_id: int, now: float) -> deque[float]:
        lately = self._lately.setdefault(chat_id, deque())
        while lately and lately[0] <= now - GROUP_WINDOW:
            lately.popleft()
        return lately
