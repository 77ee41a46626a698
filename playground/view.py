"""What the page is shown of this Telegram: named parts, of which only those that changed are sent.

bot · people · commands · log · moved · chat:<chat> · message:<chat>:<message>
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from playground.about import visible_commands, visible_profile
from playground.botapi import BotApi
from playground.entities import entity_json
from playground.nouns import INSIDE, Chat, Message
from playground.pixels import picture_size
from playground.rules import File
from playground.world import World

JSON = Any

#: https://core.telegram.org/bots/api#sendchataction: "The status is set for 5 seconds or less".
ACTION_SECONDS = 5.0
#: So many of the latest requests stand in the log.
LOGGED = 40


class Shown:
    """What one page has been sent, so that it is sent no more than what is new."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._sent: dict[str, str | int] = {}

    def news(self, extra: Mapping[str, JSON]) -> JSON | None:
        """The parts that changed, `extra` ones among them, and the names of those gone; None for neither."""
        new: dict[str, JSON] = {}
        seen: set[str] = set()
        for name, value in (*_parts(self._api), *extra.items()):
            seen.add(name)
            mark: str | int = value.revision if isinstance(value, Message) else json.dumps(value)
            if self._sent.get(name) != mark:
                self._sent[name] = mark
                new[name] = message_view(self._api.world, value) if isinstance(value, Message) else value
        gone = sorted(self._sent.keys() - seen)
        for name in gone:
            del self._sent[name]
        return {"set": new, "gone": gone} if new or gone else None


def _parts(api: BotApi) -> Iterator[tuple[str, JSON]]:
    world = api.world
    yield "bot", {"id": world.bot_id, "username": world.bot_username}
    people = [chat for chat in world.chats.values() if chat.type == "private"]
    yield "people", [_person(world, person) for person in people]
    yield (
        "commands",
        {
            f"{person.id}:{chat.id}": visible_commands(world, chat, person.id)
            for person in people
            for chat in world.chats.values()
            if chat is person or person.id in chat.members
        },
    )
    yield "log", _log(api)
    yield "moved", {str(chat.id): chat.moved_to for chat in world.chats.values() if chat.moved_to is not None}
    for chat in world.chats.values():
        if chat.moved_to is None:
            yield f"chat:{chat.id}", _chat(world, chat)
            for message in chat.messages.values():
                yield f"message:{chat.id}:{message.id}", message


def _person(world: World, person: Chat) -> JSON:
    inside = [
        chat.id
        for chat in world.chats.values()
        if chat.type != "private" and chat.moved_to is None and chat.members.get(person.id) in INSIDE
    ]
    return {
        "id": person.id,
        "name": person.title,
        "language": person.language_code,
        "chats": [person.id, *inside],
        "bot": {field: visible_profile(world, field, person.id) for field in ("name", "description")},
    }


def _chat(world: World, chat: Chat) -> JSON:
    acting = {
        str(thread): action
        for (chat_id, thread), (action, at) in world.acting.items()
        if chat_id == chat.id and world.clock() - at < ACTION_SECONDS
    }
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "username": chat.username,
        "forum": chat.is_forum,
        "topics": [
            {"id": number, "name": topic.name, "closed": topic.closed, "colour": f"#{topic.icon_color:06x}"}
            for number, topic in chat.threads.items()
        ],
        "people": {str(user): status for user, status in chat.members.items() if user != world.bot_id},
        "bot": chat.members.get(world.bot_id, "left"),
        "started": chat.started,
        "blocked": chat.blocked,
        "pinned": chat.pinned,
        "acting": acting,
    }


def message_view(world: World, message: Message) -> JSON:
    """One message as the page draws it."""
    markup = {name: value for name, value in (message.keyboard or {}).items() if name != "inline_keyboard"}
    return {
        "id": message.id,
        "chat": message.chat_id,
        "from": message.sender_id,
        "bot": message.by_bot,
        "viaBot": message.via_bot,
        "at": (message.earlier[0] if message.earlier else message).at.isoformat(),
        "edited": message.edits > 0,
        "revision": message.revision,
        "text": message.text,
        "entities": [entity_json(entity) for entity in message.entities],
        "rows": [[dict(button.raw) for button in row] for row in message.rows],
        "markup": markup,
        "thread": message.thread_id,
        "reply": message.reply_to,
        "silent": message.silent,
        "file": _file(world, message.file, photo=message.photo is not None),
        "service": _service(world, message) if message.service is not None else None,
    }


def _file(world: World, file: File | None, *, photo: bool) -> JSON:
    if file is None:
        return None
    size = picture_size(file.content) if photo else None
    return {
        "id": world.keep(file)["file_id"],
        "name": file.name,
        "bytes": len(file.content),
        "width": size[0] if size else None,
        "height": size[1] if size else None,
    }


def _service(world: World, message: Message) -> JSON:
    """What a service message tells: what happened, who did it and to whom or what; None is the bot.

    Whom the page shows it to calls the bot by its name in their language.
    """
    service = dict(message.service or {})
    kind = next(iter(service))
    what = service[kind]
    subject: str | None = ""
    match kind:
        case "new_chat_members":
            subject = None if what[0]["id"] == world.bot_id else ", ".join(user["first_name"] for user in what)
        case "left_chat_member":
            subject = None if what["id"] == world.bot_id else what["first_name"]
        case "forum_topic_created" | "forum_topic_edited":
            subject = what.get("name", "")
        case "chat_shared":
            subject = what.get("title", "")
        case "pinned_message":
            file = what.get("document", {}).get("file_name", "")
            subject = (what.get("text") or what.get("caption") or file)[:60]
    by = None if message.by_bot else ""
    if message.sender_id in world.chats:
        by = world.private(message.sender_id).title
    return {"kind": kind, "subject": subject, "by": by}


def _log(api: BotApi) -> JSON:
    """The latest requests of the bot, newest first, with what came of them."""
    world = api.world

    def where(chat_id: int) -> str:
        return world.chats[chat_id].title if chat_id in world.chats else ""

    done = [(each.at, each.method, where(each.chat_id), "ok") for each in api.history[-LOGGED:]]
    refused = [
        (each.at, each.method, where(each.chat_id), f"{each.code} {each.description}") for each in api.refused[-LOGGED:]
    ]
    newest = sorted(done + refused, reverse=True)
    return [{"method": method, "chat": chat, "answer": answer} for _, method, chat, answer in islice(newest, LOGGED)]
