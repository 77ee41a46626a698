"""Trouble on purpose: faults that are switched on, and flood limits that are kept when asked."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from playground.nouns import Chat
from playground.rules import too_many

Kind = Literal["flood", "error", "hang", "reset", "lost", "silent", "garbage"]

#: Kinds where Telegram does the work all the same: the message is there, the bot does not learn of it.
ACCEPTED: tuple[Kind, ...] = ("lost", "silent", "garbage")

#: Methods that flood limits count (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
COUNTED = frozenset(
    "sendmessage senddocument sendphoto editmessagetext editmessagecaption editmessagereplymarkup".split()
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of trouble and whom it meets.

    flood    429 with `retry_after`, to all it meets from the first time on until then
    error    500 with a page of HTML
    hang     no answer, nothing done
    reset    the connection is reset before the request is read (so `chat` cannot be told: any)
    lost     done, and the connection closed in place of an answer
    silent   done, and never answered
    garbage  done, and answered with half a JSON object
    """

    kind: Kind
    #: In lower case; None for all but getUpdates.
    method: str | None = None
    chat: int | None = None
    #: How often; None for always (flood: until it is over).
    times: int | None = None
    retry_after: int = 1
    #: Asked each time, for instance a seeded coin.
    when: Callable[[], bool] | None = None
    #: When a flood that has begun is over, by the clock.
    until: float | None = None

    def meets(self, method: str, chat: int) -> bool:
        """Whether a request is one of those it is for."""
        if self.method != method and (self.method is not None or method == "getupdates"):
            return False
        return self.chat in (None, chat) and (self.when is None or self.when())


class Faults:
    """The faults that are switched on; the first that meets a request has it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        self._faults.clear()

    def take(self, method: str, chat: int, *, unread: bool) -> Fault | None:
        """The fault that a request meets, if any, counted; `unread` asks for those before reading, else the others.

        Raises Refused for a flood.
        """
        now = self._clock()
        self._faults = [fault for fault in self._faults if fault.until is None or now < fault.until]
        for place, fault in enumerate(self._faults):
            if (fault.kind == "reset") == unread and fault.meets(method, chat):
                if fault.times is not None:
                    fault = replace(fault, times=fault.times - 1)
                elif fault.kind == "flood" and fault.until is None:
                    fault = replace(fault, until=now + fault.retry_after)
                self._faults[place : place + 1] = [] if fault.times == 0 else [fault]
                if fault.kind == "flood":
                    raise too_many(fault.retry_after if fault.until is None else math.ceil(fault.until - now))
                return fault
        return None


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Flood limits as (messages, seconds); None for no limit.

    The documentation (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this) says: "avoid
    sending more than one message per second" to one chat, "not be able to send more than 20 messages per minute" to a
    group, "not be able to broadcast more than about 30 messages per second" in all: that is TELEGRAM.
    """

    overall: tuple[int, float] | None = None
    chat: tuple[int, float] | None = None
    group: tuple[int, float] | None = None


TELEGRAM = Limits(overall=(30, 1.0), chat=(1, 1.0), group=(20, 60.0))


class Pace:
    """How much was sent lately, by sliding windows."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.limits = Limits()
        self._clock = clock
        self._sent: dict[tuple[str, int], deque[float]] = {}

    def take(self, chat: Chat) -> None:
        """Count one message, or raise Refused with the seconds to wait."""
        now = self._clock()
        windows = [("overall", 0, self.limits.overall), ("chat", chat.id, self.limits.chat)]
        if chat.type != "private":
            windows.append(("group", chat.id, self.limits.group))
        counted = []
        for name, chat_id, limit in windows:
            if limit is None:
                continue
            sent = self._sent.setdefault((name, chat_id), deque())
            while sent and sent[0] <= now - limit[1]:
                sent.popleft()
            if len(sent) >= limit[0]:
                raise too_many(max(1, math.ceil(sent[0] + limit[1] - now)))
            counted.append(sent)
        for sent in counted:
            sent.append(now)
