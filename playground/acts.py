"""What a visitor of the page does in the name of a person: write, press, pick, block, add the bot, move the clock."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, get_args

from playground.botapi import BotApi
from playground.clockwork import Clockwork
from playground.faults import ACCEPTED, TELEGRAM, Kind
from playground.nouns import RULING, InlineAnswer, Message
from playground.people import Group, User
from render.words import LANGUAGES

JSON = Any

#: How long a press or an inline query may wait for the bot, in seconds; Telegram's own clients give up about then.
PATIENCE = 15.0
#: A message longer than this is not sent by Telegram's clients as one.
MAX_TYPED = 4096
#: How long a flood that was switched on lasts, in seconds.
FLOOD_SECONDS = 10
#: Trouble that a visitor can switch on and how often it meets the bot; the others are for tests.
_TIMES: Mapping[str, int | None] = {"flood": None, "error": 3, "hang": 1, "lost": 1, "garbage": 1}
#: Trouble that is of interest where a message is sent; the other kinds meet every request.
_OF_MESSAGES: tuple[Kind, ...] = (*ACCEPTED, "hang")
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


class Acts:
    """One method an act. All take the JSON of the request and answer JSON; ValueError says what is wrong with it."""

    def __init__(self, api: BotApi, clockwork: Clockwork) -> None:
        self._api = api
        self._clockwork = clockwork
        #: The last inline answer of each person, from which they pick.
        self._inline: dict[int, InlineAnswer] = {}
        self.all: dict[str, Callable[[JSON], Awaitable[JSON]]] = {
            "write": self.write,
            "edit": self.edit,
            "press": self.press,
            "inline": self.inline,
            "pick": self.pick,
            "share": self.share,
            "block": self.block,
            "bot": self.bot,
            "upgrade": self.upgrade,
            "topic": self.topic,
            "person": self.person,
            "time": self.time,
            "trouble": self.trouble,
        }

    async def write(self, given: JSON) -> JSON:
        """Send a message."""
        user, place, text = self._who(given), self._place(given), self._text(given)
        thread = given.get("thread")
        chat = (place or user).chat
        if thread is not None and thread not in chat.threads:
            raise ValueError("there is no such topic")
        reply = chat.messages.get(given.get("reply", 0))
        return {"id": user.write(text, chat=place, thread=thread, reply_to=reply).id}

    async def edit(self, given: JSON) -> JSON:
        """Change a text that one has written oneself."""
        user, place, text = self._who(given), self._place(given), self._text(given)
        message = self._message(given, place or user)
        if message.sender_id != user.id or message.via_bot or message.file or message.service is not None:
            raise ValueError("only a text of one's own can be edited")
        if text != message.text:
            user.edit(message, text, chat=place)
        return {"id": message.id}

    async def press(self, given: JSON) -> JSON:
        """Press a button that reaches the bot; its answer."""
        user, place = self._who(given), self._place(given)
        message = self._message(given, place or user)
        data = given.get("data")
        if not any(button.data == data for button in message.buttons) or not isinstance(data, str):
            raise ValueError("the message has no such button any more")
        answer = await user.forge(data, message=message, chat=place, within=PATIENCE)
        return {"text": answer.text, "alert": answer.alert, "url": answer.url}

    async def inline(self, given: JSON) -> JSON:
        """Ask the bot inline."""
        user = self._who(given)
        found = await user.inline(
            str(given.get("text", ""))[:256], offset=str(given.get("offset", "")), within=PATIENCE
        )
        more = found
        if given.get("offset") and user.id in self._inline:
            more = found._replace(results=[*self._inline[user.id].results, *found.results])
        self._inline[user.id] = more
        return {
            "results": [{"title": one["title"], "description": one.get("description", "")} for one in found.results],
            "button": found.button,
            "next": found.next_offset,
        }

    async def pick(self, given: JSON) -> JSON:
        """Send one of the results of the last inline query."""
        user, place = self._who(given), self._place(given)
        answer, number = self._inline.get(user.id), given.get("number")
        if answer is None or not isinstance(number, int) or not 0 <= number < len(answer.results):
            raise ValueError("there is no such result")
        return {"id": user.choose(answer, number, chat=place).id}

    async def share(self, given: JSON) -> JSON:
        """Show the bot a chat it asked for, which lets it in as a side effect if it asked for that."""
        user, place = self._who(given), self._place(given)
        if place is None or not isinstance(given.get("request"), int):
            raise ValueError("a group or channel and a request are needed")
        self._ruler(user, place)
        if given.get("bot") and place.chat.members.get(self._api.world.bot_id) not in RULING:
            place.add_bot(user, admin=True)
        return {"id": user.share(place, given["request"]).id}

    async def block(self, given: JSON) -> JSON:
        """Block the bot, or let it write again."""
        user = self._who(given)
        user.block() if given.get("on") else user.unblock()
        return {}

    async def bot(self, given: JSON) -> JSON:
        """Add the bot to a group or channel, promote or demote it, or throw it out."""
        user, place = self._who(given), self._place(given)
        if place is None:
            raise ValueError("the bot is in every private chat already")
        self._ruler(user, place)
        match given.get("do"):
            case "add":
                place.add_bot(user)
            case "promote":
                place.add_bot(user, admin=True)
            case "demote":
                place.demote_bot(user)
            case "kick":
                place.kick_bot(user)
            case _:
                raise ValueError("add, promote, demote or kick")
        return {}

    async def upgrade(self, given: JSON) -> JSON:
        """Make a supergroup of a basic group: a chat with another id, as Telegram does by itself at times."""
        user, place = self._who(given), self._place(given)
        if place is None or place.chat.type != "group":
            raise ValueError("only a basic group becomes a supergroup")
        self._ruler(user, place)
        return {"id": place.upgrade().id}

    async def topic(self, given: JSON) -> JSON:
        """Open a forum topic."""
        user, place = self._who(given), self._place(given)
        name = str(given.get("name", "")).strip()[:128]
        if place is None or not name:
            raise ValueError("a forum and a name are needed")
        self._ruler(user, place)
        return {"id": place.thread(name)}

    async def person(self, given: JSON) -> JSON:
        """Invite one more person."""
        name = str(given.get("name", "")).strip()[:64]
        language = str(given.get("language", "en"))
        if not name or language not in LANGUAGES:
            raise ValueError(f"a name and a language are needed: {', '.join(LANGUAGES)}")
        user = self._api.user(name, language_code=language)
        self._api.world.change()
        return {"id": user.id}

    async def time(self, given: JSON) -> JSON:
        """Move the demo's clock, or read the feeds now."""
        to = given.get("to")
        if to == "delivery":
            return {"moved": await self._clockwork.to_next_delivery()}
        if to == "news":
            await self._clockwork.read_news()
        elif to in _STEPS:
            await self._clockwork.forward(_STEPS[to])
        else:
            raise ValueError("delivery, news, hour or day")
        return {"moved": True}

    async def trouble(self, given: JSON) -> JSON:
        """Let Telegram be in trouble, or heal it."""
        kind = given.get("kind")
        self._api.heal()
        if kind == "limits":
            self._api.limit(TELEGRAM)
        elif kind in _TIMES:
            known: tuple[Kind, ...] = get_args(Kind)
            fault = next(each for each in known if each == kind)
            method = "sendMessage" if fault in _OF_MESSAGES else None
            self._api.fail(fault, method=method, times=_TIMES[kind], retry_after=FLOOD_SECONDS)
        elif kind != "none":
            raise ValueError(f"none, limits, {', '.join(_TIMES)}")
        return {}

    # Who and where

    def _who(self, given: JSON) -> User:
        chat = self._api.world.chats.get(given.get("as", 0))
        if chat is None or chat.type != "private":
            raise ValueError("nobody of that number is here")
        return User(self._api.world, chat)

    def _place(self, given: JSON) -> Group | None:
        """The group or channel of a request; None for the person's private chat."""
        chat_id = given.get("chat", given.get("as"))
        if chat_id == given.get("as"):
            return None
        chat = self._api.world.chats.get(chat_id)
        if chat is None or chat.type == "private" or chat.moved_to is not None:
            raise ValueError("there is no such chat")
        return Group(self._api.world, chat)

    @staticmethod
    def _text(given: JSON) -> str:
        text = str(given.get("text", "")).strip()
        if not text or len(text) > MAX_TYPED:
            raise ValueError(f"a message has 1 to {MAX_TYPED} characters")
        return text

    @staticmethod
    def _message(given: JSON, place: Group | User) -> Message:
        message = place.chat.messages.get(given.get("message", 0))
        if message is None:
            raise ValueError("there is no such message any more")
        return message

    @staticmethod
    def _ruler(user: User, place: Group) -> None:
        if place.chat.members.get(user.id) not in RULING:
            raise ValueError(f"{user.chat.title} does not rule {place.chat.title}")
