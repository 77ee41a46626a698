"""What this Telegram is made of: chats, their members and messages, and questions that wait for an answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from playground.entities import Entity, Formatted
from playground.markup import to_html
from playground.rules import File

JSON = Any

#: Statuses of https://core.telegram.org/bots/api#chatmember that are inside, and those that rule.
INSIDE = ("creator", "administrator", "member", "restricted")
RULING = ("creator", "administrator")
#: Who stands for an administrator that hides: https://core.telegram.org/bots/api#message, "from".
ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
#: https://core.telegram.org/bots/api#chatmemberadministrator
RIGHTS = frozenset(
    "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members "
    "can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories can_post_messages "
    "can_edit_messages can_pin_messages can_manage_topics".split()
)


class Button(NamedTuple):
    """One button of an inline keyboard; `data` is None where pressing it does not reach the bot."""

    text: str
    data: str | None
    raw: Mapping[str, JSON]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message as it stands; an edit makes a new one that remembers the `earlier`."""

    id: int
    chat_id: int
    #: A user's id, the bot's, or None for a channel's own post.
    sender_id: int | None
    by_bot: bool
    at: datetime
    #: Of all changes in this Telegram, the number of the one that made it so.
    revision: int
    #: For a document or a photo its caption.
    text: str = ""
    entities: tuple[Entity, ...] = ()
    #: As sent: https://core.telegram.org/bots/api#inlinekeyboardmarkup, or None.
    keyboard: JSON = None
    thread_id: int | None = None
    reply_to: int | None = None
    preview: JSON = None
    silent: bool = False
    #: Whether an administrator hides behind the group.
    as_chat: bool = False
    document: File | None = None
    photo: File | None = None
    #: Sent by a person who picked it from the bot's inline results; the bot edits it by `inline_id`.
    via_bot: bool = False
    inline_id: str | None = None
    #: Fields of a service message, for instance new_chat_members.
    service: Mapping[str, JSON] | None = None
    earlier: tuple["Message", ...] = ()

    @property
    def html(self) -> str:
        """What a reader sees, as Telegram HTML."""
        return to_html(Formatted(self.text, self.entities))

    @property
    def rows(self) -> list[list[Button]]:
        """The inline keyboard as a reader sees it."""
        rows = (self.keyboard or {}).get("inline_keyboard", [])
        return [[Button(raw["text"], raw.get("callback_data"), raw) for raw in row] for row in rows]

    @property
    def buttons(self) -> list[Button]:
        """All buttons of the inline keyboard, in reading order."""
        return [button for row in self.rows for button in row]

    @property
    def file(self) -> File | None:
        """What is attached to it."""
        return self.document or self.photo

    @property
    def edits(self) -> int:
        """How often it was edited."""
        return len(self.earlier)


@dataclass
class Thread:
    """One topic of a forum."""

    name: str
    closed: bool = False
    icon_color: int = 0x6FB9F0


@dataclass(kw_only=True)
class Chat:
    """A private chat (its id is the user's), group, supergroup or channel."""

    id: int
    type: str
    title: str
    username: str = ""
    description: str = ""
    language_code: str = ""
    #: Status of each user by id, the bot among them: https://core.telegram.org/bots/api#chatmember.
    members: dict[int, str] = field(default_factory=dict)
    #: What the bot may do here as an administrator.
    rights: frozenset[str] = RIGHTS
    #: Pinned messages by id, the newest pin last.
    pinned: list[int] = field(default_factory=list)
    is_forum: bool = False
    threads: dict[int, Thread] = field(default_factory=dict)
    #: The supergroup that a group became.
    moved_to: int | None = None
    #: Private: whether the bot has ever met this user, the user has written to it, has blocked it.
    met: bool = False
    started: bool = False
    blocked: bool = False
    #: Private: the account was deleted.
    gone: bool = False
    messages: dict[int, Message] = field(default_factory=dict)


class Answer(NamedTuple):
    """What came of pressing a button: https://core.telegram.org/bots/api#answercallbackquery."""

    text: str = ""
    alert: bool = False
    url: str = ""


class InlineAnswer(NamedTuple):
    """What an inline query found: https://core.telegram.org/bots/api#answerinlinequery.

    Of each result `text` is Formatted and `reply_markup` checked; the rest is as the bot sent it.
    """

    results: list[dict[str, JSON]]
    button: JSON
    cache_time: int
    is_personal: bool
    next_offset: str


@dataclass(kw_only=True)
class Query:
    """A callback or inline query that waits for its answer."""

    kind: str
    at: float
    answer: asyncio.Future[Any]
