"""The Telegram around the bot: people, groups, channels and what was written in them."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

from playground.entities import Formatted, entity_json
from playground.nouns import ANONYMOUS_ADMIN, INSIDE, RULING, Chat, Message, Query
from playground.pixels import picture_size
from playground.rules import File, Params, Refused, bad, forbidden
from playground.updates import Updates

JSON = Any
T = TypeVar("T")


class World:
    """Everything but HTTP. Times come from `now` (aware) and, for what expires, `clock` (seconds)."""

    def __init__(
        self, *, bot_id: int, bot_name: str, bot_username: str, now: Callable[[], datetime], clock: Callable[[], float]
    ) -> None:
        self.bot_id = bot_id
        self.bot_name = bot_name
        self.bot_username = bot_username
        self.now = now
        self.clock = clock
        self.updates = Updates()
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        #: What setMyCommands and its like were given, by (what, scope, language).
        self.settings: dict[tuple[str, tuple[str, str, int], str], JSON] = {}
        #: Chat actions that were shown: (chat id, action).
        self.actions: list[tuple[int, str]] = []
        #: What the bot does right now, by chat and thread: the action and when it was shown, by `clock`.
        self.acting: dict[tuple[int, int], tuple[str, float]] = {}
        #: Where messages stand that were picked from inline results, by inline_message_id: (chat id, message id).
        self.inline: dict[str, tuple[int, int]] = {}
        self.files: dict[str, File] = {}
        #: As @BotFather has it, /setinline.
        self.inline_mode = True
        self.revision = 0
        self._changed = asyncio.Event()
        self._ids: dict[int, int] = {}
        self._last_query = 0

    # Changes, and waiting for them

    def change(self) -> int:
        """Count one change and wake everybody who waits for one."""
        self.revision += 1
        self._changed.set()
        self._changed = asyncio.Event()
        return self.revision

    async def until(self, found: Callable[[], T | None], *, within: float, what: str) -> T:
        """The first true answer of `found`, asked at once and after every change.

        Raises TimeoutError, naming `what`, when there was none in `within` seconds.
        """
        try:
            async with asyncio.timeout(within):
                while not (answer := found()):
                    await self._changed.wait()
                return answer
        except TimeoutError:
            raise TimeoutError(f"{what} did not come within {within} s") from None

    # Chats

    def private(self, user_id: int) -> Chat:
        """The private chat with a user, which also stands for the user."""
        return self.chats[user_id]

    def tell(self, kind: str, payload: JSON, *users: int) -> None:
        """Queue an update for the bot, which meets these users by it."""
        for user in users:
            self.private(user).met = True
        self.updates.add(kind, payload)

    def chat_for(self, params: Params, *, write: bool = False) -> Chat:
        """The chat of `chat_id`, refused where the bot may not read it (or `write` to it).

        https://core.telegram.org/bots/api#sendmessage: "Unique identifier for the target chat or username of the target
        bot, supergroup or channel (in the format @username)".
        """
        raw = params.text("chat_id").strip()
        if not raw:
            raise bad("chat_id is empty")
        chat = self._named(raw[1:]) if raw.startswith("@") else self.chats.get(params.number("chat_id"))
        if chat is None or (chat.type == "private" and not chat.met):
            raise bad("chat not found")
        if chat.type == "private":
            _check_private(chat, write=write)
        elif chat.moved_to is not None and write:
            raise Refused(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.moved_to,
            )
        else:
            self._check_group(chat, write=write)
        return chat

    def _named(self, username: str) -> Chat | None:
        named = (each for each in self.chats.values() if each.username.lower() == username.lower())
        return next((each for each in named if each.type in ("supergroup", "channel")), None)

    def _check_group(self, chat: Chat, *, write: bool) -> None:
        status = chat.members.get(self.bot_id, "left")
        if chat.moved_to is None and (status == "kicked" or status not in INSIDE):
            how = "was kicked from" if status == "kicked" else "is not a member of"
            raise forbidden(f"bot {how} the {chat.type} chat")
        # https://core.telegram.org/bots/api#chatadministratorrights: can_post_messages
        if chat.type == "channel" and write and (status not in RULING or "can_post_messages" not in chat.rights):
            raise bad("need administrator rights in the channel chat")
        # https://core.telegram.org/bots/api#chatmemberrestricted: can_send_messages
        if write and status == "restricted":
            raise bad("not enough rights to send text messages to the chat")

    def may(self, chat: Chat, right: str) -> bool:
        """Whether the bot, as an administrator, has a right: https://core.telegram.org/bots/api#chatadministratorrights."""
        return chat.members.get(self.bot_id) in RULING and right in chat.rights

    def thread_for(self, chat: Chat, params: Params) -> int | None:
        """`message_thread_id`: "Unique identifier for the target message thread (topic) of a forum" (#sendmessage)."""
        thread_id = params.number("message_thread_id")
        if not thread_id:
            return None
        if thread_id not in chat.threads:
            raise bad("message thread not found")
        if chat.threads[thread_id].closed and chat.members.get(self.bot_id) not in RULING:
            raise bad("TOPIC_CLOSED")
        return thread_id

    # Messages

    def post(self, chat: Chat, sender_id: int | None, content: Formatted, **more: Any) -> Message:
        """Put a new message into a chat; `more` are fields of Message."""
        message = Message(
            id=self._next_id(chat),
            chat_id=chat.id,
            sender_id=None if chat.type == "channel" else sender_id,
            by_bot=sender_id == self.bot_id,
            at=self.now(),
            revision=self.change(),
            text=content.text,
            entities=content.entities,
            **more,
        )
        chat.messages[message.id] = message
        if message.by_bot:
            self.acting.pop((chat.id, message.thread_id or 0), None)
        return message

    def _next_id(self, chat: Chat) -> int:
        """Supergroups and channels count their messages themselves, all other chats together."""
        counter = chat.id if chat.type in ("supergroup", "channel") else 0
        self._ids[counter] = self._ids.get(counter, 0) + 1
        return self._ids[counter]

    def edit(self, message: Message, **changed: Any) -> Message:
        """Put an edited version in the place of a message."""
        new = replace(message, revision=self.change(), earlier=(*message.earlier, message), **changed)
        self.chats[message.chat_id].messages[message.id] = new
        return new

    def delete(self, message: Message) -> None:
        """Take a message away for everybody."""
        chat = self.chats[message.chat_id]
        del chat.messages[message.id]
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        self.change()

    # Queries that want an answer

    def ask(self, kind: str) -> tuple[str, Query]:
        """A new query of this kind, by id."""
        self._last_query += 1
        query_id = str(7_000_000_000 + self._last_query)
        query = self.queries[query_id] = Query(
            kind=kind, at=self.clock(), answer=asyncio.get_running_loop().create_future()
        )
        return query_id, query

    def answer(self, kind: str, query_id: str, answer: Any, *, lifetime: float) -> None:
        """Answer a query, once and in time."""
        query = self.queries.get(query_id)
        if query is None or query.kind != kind or self.clock() - query.at > lifetime:
            raise bad("query is too old and response timeout expired or query ID is invalid")
        del self.queries[query_id]
        if not query.answer.done():
            query.answer.set_result(answer)
        self.change()

    # As the Bot API shows it

    def user_json(self, user_id: int) -> JSON:
        """https://core.telegram.org/bots/api#user."""
        if user_id == self.bot_id:
            return {"id": user_id, "is_bot": True, "first_name": self.bot_name, "username": self.bot_username}
        chat = self.private(user_id)
        user = {"id": user_id, "is_bot": False, "first_name": chat.title, "language_code": chat.language_code}
        return user | ({"username": chat.username} if chat.username else {})

    def chat_json(self, chat: Chat) -> JSON:
        """https://core.telegram.org/bots/api#chat."""
        shown: dict[str, JSON] = {"id": chat.id, "type": chat.type}
        shown["first_name" if chat.type == "private" else "title"] = chat.title
        if chat.username:
            shown["username"] = chat.username
        if chat.is_forum:
            shown["is_forum"] = True
        return shown

    def message_json(self, message: Message) -> JSON:
        """https://core.telegram.org/bots/api#message."""
        chat = self.chats[message.chat_id]
        shown: dict[str, JSON] = {
            "message_id": message.id,
            "date": int((message.earlier[0] if message.earlier else message).at.timestamp()),
            "chat": self.chat_json(chat),
        }
        if message.as_chat:
            shown |= {"from": ANONYMOUS_ADMIN, "sender_chat": self.chat_json(chat)}
        elif message.sender_id is not None:
            shown["from"] = self.user_json(message.sender_id)
        else:
            shown["sender_chat"] = self.chat_json(chat)
        if message.earlier:
            shown["edit_date"] = int(message.at.timestamp())
        if message.thread_id is not None:
            shown |= {"message_thread_id": message.thread_id, "is_topic_message": True}
        if message.reply_to in chat.messages:
            shown["reply_to_message"] = self.message_json(replace(chat.messages[message.reply_to], reply_to=None))
        if message.via_bot:
            shown["via_bot"] = self.user_json(self.bot_id)
        if message.keyboard and "inline_keyboard" in message.keyboard:
            shown["reply_markup"] = message.keyboard
        return shown | self._content(message)

    def _content(self, message: Message) -> dict[str, JSON]:
        if message.service is not None:
            return dict(message.service)
        text, entities = ("caption", "caption_entities") if message.file else ("text", "entities")
        shown: dict[str, JSON] = {}
        if message.text:
            shown[text] = message.text
        if message.entities:
            shown[entities] = [
                entity_json(each) | ({"user": self.user_json(each.user_id)} if each.user_id in self.chats else {})
                for each in message.entities
            ]
        if message.preview:
            shown["link_preview_options"] = message.preview
        if message.document:
            shown["document"] = self._document(message.document)
        if message.photo:
            shown["photo"] = [self._photo_size(message.photo)]
        return shown

    def keep(self, file: File) -> dict[str, JSON]:
        """Keep a file to be sent again or fetched; the fields that name it."""
        digest = sha256(file.content + file.name.encode()).hexdigest()
        self.files[f"BQ{digest}"] = file
        return {"file_id": f"BQ{digest}", "file_unique_id": digest[:16], "file_size": len(file.content)}

    def _document(self, file: File) -> JSON:
        """https://core.telegram.org/bots/api#document."""
        return self.keep(file) | {"file_name": file.name, "mime_type": file.mime_type}

    def _photo_size(self, file: File) -> JSON:
        """https://core.telegram.org/bots/api#photosize; one size only."""
        width, height = picture_size(file.content) or (0, 0)
        return self.keep(file) | {"width": width, "height": height}


def _check_private(chat: Chat, *, write: bool) -> None:
    """https://core.telegram.org/bots/faq: "bots can't initiate conversations with users"; and they can be blocked."""
    if write and chat.gone:
        raise forbidden("user is deactivated")
    if write and chat.blocked:
        raise forbidden("bot was blocked by the user")
    if write and not chat.started:
        raise forbidden("bot can't initiate conversation with a user")
