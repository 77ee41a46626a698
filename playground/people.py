"""People and places for tests and demonstrations: someone says something, the bot answers, someone presses a button.

Whatever waits does so for a change in this Telegram and gives up after `within` seconds with a TimeoutError: a bot that
stays silent is a failure, not a reason to sleep.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from playground.entities import Formatted, covered, find_entities
from playground.forum import COLOURS, open_topic
from playground.members import change_bot, change_person
from playground.nouns import INSIDE, RIGHTS, RULING, Answer, Button, Chat, InlineAnswer, Message
from playground.rules import START_PARAMETER, File
from playground.world import World

T = TypeVar("T")
JSON = Any

#: How long a person waits for the bot, in seconds.
PATIENCE = 5.0


class Group:
    """A group, supergroup or channel, made by `BotApi.group`."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat

    @property
    def id(self) -> int:
        """The chat id, negative."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """What stands in the chat, oldest first."""
        return list(self.chat.messages.values())

    def add_bot(self, by: "User", *, admin: bool = False) -> None:
        """Add the bot, or make a member of it an administrator; a channel takes it as administrator only."""
        was_inside = self.chat.members.get(self.world.bot_id) in INSIDE
        ruling = admin or self.chat.type == "channel"
        change_bot(self.world, self.chat, "administrator" if ruling else "member", by=by.id)
        if not was_inside and self.chat.type != "channel":
            self._service(by, {"new_chat_members": [self.world.user_json(self.world.bot_id)]})

    def demote_bot(self, by: "User") -> None:
        """Make the bot an ordinary member again."""
        change_bot(self.world, self.chat, "member", by=by.id)

    def allow_bot(self, *rights: str) -> None:
        """What the bot may do here as an administrator, and nothing else."""
        self.chat.rights = frozenset(rights) & RIGHTS

    def mute_bot(self, by: "User") -> None:
        """Let the bot read and not write."""
        change_bot(self.world, self.chat, "restricted", by=by.id)

    def join(self, user: "User") -> None:
        """A person comes in."""
        change_person(self.world, self.chat, user.id, "member", by=user.id)
        if self.chat.type != "channel":
            self._service(user, {"new_chat_members": [self.world.user_json(user.id)]})

    def leave(self, user: "User") -> None:
        """A person goes."""
        change_person(self.world, self.chat, user.id, "left", by=user.id)
        if self.chat.type != "channel":
            self._service(user, {"left_chat_member": self.world.user_json(user.id)})

    def promote(self, user: "User", *, by: "User") -> None:
        """Make an administrator of a person."""
        change_person(self.world, self.chat, user.id, "administrator", by=by.id)

    def demote(self, user: "User", *, by: "User") -> None:
        """Make an ordinary member of a person."""
        change_person(self.world, self.chat, user.id, "member", by=by.id)

    def kick_bot(self, by: "User") -> None:
        """Throw the bot out."""
        change_bot(self.world, self.chat, "kicked", by=by.id)

    def thread(self, name: str) -> int:
        """Open a forum topic; answers its message_thread_id."""
        if not self.chat.is_forum:
            raise ValueError(f"{self.chat.title} is not a forum")
        return open_topic(self.world, self.chat, name, colour=COLOURS[0], by=None)

    def close(self, thread_id: int) -> None:
        """Close a forum topic: only administrators write in it."""
        self.chat.threads[thread_id].closed = True

    def reopen(self, thread_id: int, by: "User") -> None:
        """Open a closed forum topic again."""
        self.chat.threads[thread_id].closed = False
        self._service(by, {"forum_topic_reopened": {}}, thread_id=thread_id)

    def rename(self, title: str, by: "User") -> None:
        """Give the chat another title."""
        self.chat.title = title
        self._service(by, {"new_chat_title": title})

    def upgrade(self) -> "Group":
        """Make a supergroup of a group; answers it. Writing to the old one leads to the new one."""
        old = self.chat
        if old.type != "group":
            raise ValueError(f"{old.title} is no basic group")
        new = Chat(id=-1_000_000_000_000 + old.id, type="supergroup", title=old.title, members=dict(old.members))
        self.world.chats[new.id] = new
        old.moved_to = new.id
        for chat, service in ((old, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": old.id})):
            message = self.world.post(chat, None, Formatted("", ()), service=service)
            self.world.tell("message", self.world.message_json(message))
        return Group(self.world, new)

    def _service(self, by: "User", service: dict[str, JSON], *, thread_id: int | None = None) -> None:
        message = self.world.post(self.chat, by.id, Formatted("", ()), service=service, thread_id=thread_id)
        if self.chat.members.get(self.world.bot_id) in INSIDE:
            self.world.tell("message", self.world.message_json(message), by.id)


class User:
    """A person with a Telegram, made by `BotApi.user`. `chat` is a Group; without one it is the private chat."""

    def __init__(self, world: World, chat: Chat) -> None:
        self.world = world
        self.chat = chat

    @property
    def id(self) -> int:
        """The user's id, which is also that of the private chat."""
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """The private chat as it stands, both sides, oldest first."""
        return list(self.chat.messages.values())

    @property
    def last(self) -> Message:
        """The newest message of the bot in the private chat."""
        return [message for message in self.messages if message.by_bot][-1]

    def write(
        self,
        text: str,
        *,
        chat: Group | None = None,
        thread: int | None = None,
        reply_to: Message | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Send a message without waiting for anything; answers it. An `anonymous` admin writes as the group itself.

        To write to a bot that one has blocked is to unblock it, which the app offers as "Restart".
        """
        content = Formatted(text, find_entities(text))
        replied = reply_to.id if reply_to else None
        return self._put(chat, content, thread_id=thread, reply_to=replied, as_chat=anonymous)

    def show(self, what: dict[str, JSON]) -> Message:
        """Send the bot something without words in private, by its fields of a message: {"dice": {…}}."""
        return self._put(None, Formatted("", ()), service=what)

    def send_file(self, name: str, content: bytes, *, mime_type: str = "application/octet-stream") -> Message:
        """Send the bot a file in private."""
        return self._put(None, Formatted("", ()), document=File(name, mime_type, content))

    def share(self, chat: Group, request_id: int) -> Message:
        """Show the bot a chat that it asked for: https://core.telegram.org/bots/api#chatshared."""
        shared = {"request_id": request_id, "chat_id": chat.id, "title": chat.chat.title}
        if chat.chat.username:
            shared["username"] = chat.chat.username
        return self._put(None, Formatted("", ()), service={"chat_shared": shared})

    def choose(self, answer: InlineAnswer, number: int, *, chat: Group | None = None) -> Message:
        """Send one of the inline results to a chat: https://core.telegram.org/bots/inline."""
        result = answer.results[number]
        inline_id = f"inline{len(self.world.inline) + 1}"
        place = self._place(chat)
        message = self._put(
            chat, result["text"], keyboard=result["reply_markup"], via_bot=True, inline_id=inline_id, told=False
        )
        self.world.inline[inline_id] = (place.id, message.id)
        return message

    def _put(self, chat: Group | None, content: Formatted, *, told: bool = True, **more: Any) -> Message:
        """Put a message into a chat and, if `told`, tell the bot where it may see it."""
        place = self._place(chat)
        if place is self.chat:
            self.unblock()
            self.chat.started = True
        elif place.type == "channel" and place.members.get(self.id) not in RULING:
            raise ValueError(f"{self.chat.title} only reads {place.title}")
        message = self.world.post(place, self.id, content, **more)
        if told and self._reaches_bot(place, message):
            # https://core.telegram.org/bots/api#update: channel_post; a channel does not say who of its people wrote.
            kind = "channel_post" if place.type == "channel" else "message"
            self.world.tell(kind, self.world.message_json(message), *([] if place.type == "channel" else [self.id]))
        return message

    def edit(self, message: Message, text: str, *, chat: Group | None = None) -> Message:
        """Change what one has written: https://core.telegram.org/bots/api#update, edited_message."""
        place = self._place(chat)
        edited = self.world.edit(message, at=self.world.now(), text=text, entities=find_entities(text))
        if self._reaches_bot(place, edited):
            kind = "edited_channel_post" if place.type == "channel" else "edited_message"
            self.world.tell(kind, self.world.message_json(edited))
        return edited

    def go(self) -> None:
        """Delete the account: whoever writes to it is told that the user is deactivated."""
        self.chat.gone = True
        self.world.change()

    async def say(
        self,
        text: str,
        *,
        chat: Group | None = None,
        thread: int | None = None,
        reply_to: Message | None = None,
        anonymous: bool = False,
        within: float = PATIENCE,
    ) -> Message:
        """Send a message; answers the first message that the bot then sends or edits in the same chat."""
        since = self.world.revision
        self.write(text, chat=chat, thread=thread, reply_to=reply_to, anonymous=anonymous)
        return await self.hears(chat=chat, since=since + 1, within=within, what=f"A reply to {text!r}")

    async def start(self, payload: str = "", *, within: float = PATIENCE) -> Message:
        """Open the bot by a deep link: https://core.telegram.org/bots/features#deep-linking."""
        if payload and not START_PARAMETER.fullmatch(payload):
            raise ValueError(f"Telegram opens no link with the start parameter {payload!r}")
        return await self.say(f"/start {payload}".rstrip(), within=within)

    async def hears(
        self,
        test: Callable[[Message], bool] = bool,
        *,
        chat: Group | None = None,
        since: int = 0,
        within: float = PATIENCE,
        what: str = "The message",
    ) -> Message:
        """The first message of the bot, sent or edited after revision `since`, that passes the test; waits for it."""
        place = (chat or self).chat

        def found() -> Message | None:
            fresh = [each for each in place.messages.values() if each.by_bot and each.revision > since and test(each)]
            return min(fresh, key=lambda each: each.revision, default=None)

        return await self.wait_for(found, within=within, what=what)

    async def wait_for(
        self, found: Callable[[], T | None], *, within: float = PATIENCE, what: str = "What was waited for"
    ) -> T:
        """The first true answer of `found`, asked now and after every change in this Telegram."""
        return await self.world.until(found, within=within, what=what)

    async def press(
        self, button: str, *, message: Message | None = None, chat: Group | None = None, within: float = PATIENCE
    ) -> Answer:
        """Press a button, named by its text or its callback data, and wait until the bot has answered the press.

        On the newest message of the bot that has such a button, or on the given one, be it an old state of it.
        """
        pressed, on = self._button(button, message, chat)
        if pressed.data is None:
            raise ValueError(f"{pressed.text!r} does not reach the bot: {dict(pressed.raw)}")
        return await self.forge(pressed.data, message=on, chat=chat, within=within)

    async def follow(
        self, button: str, *, message: Message | None = None, chat: Group | None = None, within: float = PATIENCE
    ) -> Message:
        """Press a button; answers what the bot then sends or edits, when it has answered the press as well."""
        since = self.world.revision
        await self.press(button, message=message, chat=chat, within=within)
        return await self.hears(chat=chat, since=since, within=within, what=f"What {button!r} leads to")

    async def forge(
        self, data: str, *, message: Message | None = None, chat: Group | None = None, within: float = PATIENCE
    ) -> Answer:
        """Send any callback data as a press on a message, as a bad client may; waits for the answer.

        https://core.telegram.org/bots/api#callbackquery
        """
        place = self._place(chat)
        on = message or next(each for each in reversed(place.messages.values()) if each.by_bot)
        query_id, query = self.world.ask("callback")
        # "inline_message_id … if the button was attached to a message sent via the bot (in inline mode)"
        where: dict[str, JSON] = {"inline_message_id": on.inline_id}
        if on.inline_id is None:
            where = {"message": self.world.message_json(place.messages.get(on.id, on))}
        pressed = {"id": query_id, "from": self.world.user_json(self.id), "chat_instance": str(place.id), "data": data}
        self.world.tell("callback_query", pressed | where, self.id)
        return await self.wait_for(
            lambda: query.answer.result() if query.answer.done() else None,
            within=within,
            what=f"An answer to the press {data!r}",
        )

    async def inline(self, text: str, *, offset: str = "", within: float = PATIENCE) -> InlineAnswer:
        """Ask the bot inline, "@bot text" in any chat: https://core.telegram.org/bots/api#inlinequery."""
        query_id, query = self.world.ask("inline")
        asked = {"id": query_id, "from": self.world.user_json(self.id), "query": text, "offset": offset}
        self.world.tell("inline_query", asked | {"chat_type": "private"}, self.id)
        return await self.wait_for(
            lambda: query.answer.result() if query.answer.done() else None,
            within=within,
            what=f"An answer to the inline query {text!r}",
        )

    def block(self) -> None:
        """Block the bot; it is told and may no longer write."""
        self._block(True)

    def unblock(self) -> None:
        """Unblock the bot; it is told and may write again."""
        self._block(False)

    def _block(self, blocked: bool) -> None:
        """ "For private chats, this update is received only when the bot is blocked or unblocked by the user."

        https://core.telegram.org/bots/api#update, my_chat_member
        """
        if self.chat.blocked != blocked:
            self.chat.blocked = blocked
            self.chat.members[self.world.bot_id] = "member" if blocked else "kicked"
            change_bot(self.world, self.chat, "kicked" if blocked else "member", by=self.id)

    def _place(self, chat: Group | None) -> Chat:
        if chat is None:
            return self.chat
        if chat.chat.members.get(self.id) not in INSIDE:
            raise ValueError(f"{self.chat.title} is not in {chat.chat.title}")
        return chat.chat

    def _reaches_bot(self, place: Chat, message: Message) -> bool:
        """https://core.telegram.org/bots/features#privacy-mode: commands meant for it and replies to it; all where it
        is an administrator; nothing where it is not."""
        if place.type == "private":
            return True
        status = place.members.get(self.world.bot_id)
        if status not in INSIDE:
            return False
        command = next((each for each in message.entities if each.type == "bot_command"), None)
        named = covered(message.text, command).partition("@")[2] if command else ""
        replied = place.messages.get(message.reply_to) if message.reply_to else None
        return (
            status in RULING
            or (command is not None and named.lower() in ("", self.world.bot_username.lower()))
            or (replied is not None and replied.by_bot)
            or f"@{self.world.bot_username}".lower() in message.text.lower()
        )

    def _button(self, button: str, message: Message | None, chat: Group | None) -> tuple[Button, Message]:
        place = self._place(chat)
        with_buttons = (each for each in reversed(place.messages.values()) if each.by_bot or each.via_bot)
        candidates = [message] if message else list(with_buttons)
        for each in candidates:
            for pressed in each.buttons:
                if button in (pressed.text, pressed.data):
                    return pressed, each
        seen = [pressed.text for each in candidates[:1] for pressed in each.buttons]
        raise ValueError(f"There is no button {button!r}; the newest message has {seen}")
