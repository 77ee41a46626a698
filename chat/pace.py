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


@dataclass(slots=True)
class Pacer:
    """Says when the next message may go, and to whom not yet. Times are seconds of one monotonic clock, handed in."""

    #: Messages a second over all chats.
    rate: float
    _next: float = 0.0
    _resting: dict[int, float] = field(default_factory=dict)

    def turn(self, now: float) -> float:
        """Take the next turn to write to anybody; how many seconds to wait for it."""
        at = max(now, self._next)
        self._next = at + 1 / (self.rate * EDITIONS_SHARE)
        return at - now

    def wrote(self, chat_id: int, *, now: float) -> None:
        """A message went to a chat: it now rests for its gap. Groups and channels have negative ids."""
        self._resting[chat_id] = now + (GROUP_GAP if chat_id < 0 else PRIVATE_GAP)

    def resting(self, now: float) -> list[int]:
        """The chats that were written to so lately that they must wait."""
        self._resting = {chat_id: until for chat_id, until in self._resting.items() if until > now}
        return list(self._resting)
