"""How fast we may write: a rate over all chats and a distance between messages to one.

Telegram's own figures ("My bot is hitting limits, how do I avoid this?", https://core.telegram.org/bots/faq): about 30
messages a second over all chats, one a second to one chat, 20 a minute to one group.
"""

from dataclasses import dataclass, field

#: Seconds between two messages to one private chat, and to one group or channel.
PRIVATE_GAP = 1.05
GROUP_GAP = 3.1
#: The part of the rate that editions may use; the rest is for answers to commands.
EDITIONS_SHARE = 0.8
#: Chats remembered at most; older ones have long had their gap.
_REMEMBER = 10_000


@dataclass(slots=True)
class Pacer:
    """Gives each message its moment. Times are seconds of one monotonic clock, handed in."""

    #: Messages a second over all chats.
    rate: float
    _next: float = 0.0
    _chats: dict[int, float] = field(default_factory=dict)

    def reserve(self, chat_id: int, *, group: bool, now: float) -> float:
        """Take the next moment for a message to a chat; how many seconds to wait for it."""
        at = max(now, self._next, self._chats.get(chat_id, now))
        self._next = max(self._next, now) + 1 / (self.rate * EDITIONS_SHARE)
        self._chats.pop(chat_id, None)
        self._chats[chat_id] = at + (GROUP_GAP if group else PRIVATE_GAP)
        while len(self._chats) > _REMEMBER:
            self._chats.pop(next(iter(self._chats)))
        return at - now
