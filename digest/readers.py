"""Nouns of subscribing and delivering: who is told, when, and how far each message has come."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from digest.model import Language, Wishes

#: Lines of one chat, alerts among them.
MOST_LINES = 20


class ChatState(StrEnum):
    """Whether a chat gets editions: `refused` means Telegram will not let us write to it."""

    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A private chat, group or channel that talked to us."""

    id: int
    kind: str
    language: Language
    #: IANA zone name.
    zone: str
    state: ChatState
    created_at: datetime
    #: What a group or channel calls itself; "" for a private chat.
    title: str = ""
    #: Local hours (from, to) in which nothing makes a sound and what is told at once waits.
    quiet: tuple[time, time] | None = None
    #: Whether editions come without a sound, and with a preview of their first link.
    silent: bool = False
    previews: bool = False
    #: When a pause ends by itself.
    paused_until: datetime | None = None


#: ISO weekdays, Monday 1 to Sunday 7.
EVERY_DAY = frozenset(range(1, 8))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """When a line delivers: at local hours of some weekdays, or at once with a daily cap."""

    #: Local delivery times, hh:mm; none where it delivers at once.
    hours: tuple[time, ...] = ()
    #: ISO weekdays of the hours.
    days: frozenset[int] = EVERY_DAY
    #: With a cap news comes at once, in so many messages a day at most; 0: at the hours.
    cap: int = 0

    @property
    def at_once(self) -> bool:
        """Whether news is told as it comes."""
        return self.cap > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One subscription: wishes, the chat (or thread of it) they go to, and when."""

    id: int
    chat_id: int
    #: Forum topic, 0 for none.
    thread_id: int
    wishes: Wishes
    cadence: Cadence
    #: Whether this line alone rests: by the reader's wish, or because its forum topic is closed.
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSlot:
    """A slot whose hour has come, with what is needed to serve it."""

    chat: Chat
    line: Line
    #: The local hour it was set to; of a line that delivers at once the local hour now.
    at: time
    #: The due moment that this row stands for; unchanged rows only may be advanced.
    due_at: datetime
    local_date: date
    #: Until when the line's last edition covered, if there was one.
    covered_until: datetime | None


class Told(NamedTuple):
    """What a chat knows of a story: since when, up to which of its items, and which of these it does not know.

    A report that came into the story from another one (storage/stories.py) may be older than what was told.
    """

    first: datetime
    upto: int
    unknown: frozenset[int] = frozenset()


class PartState(StrEnum):
    """Where one message of an edition stands in the outbox.

    ready → sending → sent | ready (surely not accepted, `not_before`) | uncertain | refused | failed | expired
    """

    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One message of one edition, text frozen before the first attempt."""

    id: int
    chat_id: int
    thread_id: int
    line_id: int
    slot: time
    local_date: date
    part: int
    parts: int
    #: Telegram HTML, and the inline keyboard as JSON or None.
    text: str
    keyboard: str | None
    state: PartState
    attempts: int
    #: How it is sent: without a sound, with a preview of its first link.
    silent: bool = False
    preview: bool = False


class Troubles(NamedTuple):
    """Messages that may not have reached their readers."""

    #: Their numbers in the outbox.
    parts: tuple[int, ...] = ()
    #: How many were left without an answer, twice; how many Telegram would not have, plain or not.
    uncertain: int = 0
    failed: int = 0
