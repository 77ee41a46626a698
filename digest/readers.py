"""Nouns of subscribing and delivering: who is told, when, and how far each message has come."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from digest.model import Language, Wishes


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One subscription: wishes and the chat (or thread of it) they go to. Slots say when."""

    id: int
    chat_id: int
    #: Forum topic, 0 for none.
    thread_id: int
    wishes: Wishes
    #: Local delivery times, hh:mm.
    slots: tuple[time, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSlot:
    """A slot whose hour has come, with what is needed to serve it."""

    chat: Chat
    line: Line
    at: time
    #: The due moment that this row stands for; unchanged rows only may be advanced.
    due_at: datetime
    local_date: date
    #: Until when the line's last edition covered, if there was one.
    covered_until: datetime | None


class Told(NamedTuple):
    """What a chat knows of a story: since when, and up to which of its items."""

    first: datetime
    upto: int


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
