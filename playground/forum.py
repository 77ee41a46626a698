"""Topics of a forum, as the Bot API lets a bot open and close them."""

from collections.abc import Callable
from typing import Any

from playground.entities import Formatted
from playground.nouns import Chat, Thread
from playground.rules import Params, bad
from playground.world import World

JSON = Any
Method = Callable[[World, Params], JSON]

#: https://core.telegram.org/bots/api#createforumtopic: "Topic name, 1-128 characters" and the six colours.
MAX_TOPIC_NAME = 128
COLOURS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create_forum_topic(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#createforumtopic."""
    chat = _forum(world, params)
    if not world.may(chat, "can_manage_topics"):
        raise bad("not enough rights to create a topic")
    colour = params.number("icon_color", COLOURS[0])
    if colour not in COLOURS:
        raise bad("TOPIC_ICON_COLOR_INVALID")
    thread_id = open_topic(world, chat, _name(params), colour=colour, by=world.bot_id)
    return {"message_thread_id": thread_id, "name": chat.threads[thread_id].name, "icon_color": colour}


def open_topic(world: World, chat: Chat, name: str, *, colour: int, by: int | None) -> int:
    """Open a topic, whoever does; its message_thread_id is that of the message that tells of it."""
    told = {"forum_topic_created": {"name": name, "icon_color": colour}}
    message = world.post(chat, by, Formatted("", ()), service=told)
    chat.threads[message.id] = Thread(name, icon_color=colour)
    world.change()
    return message.id


def edit_forum_topic(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#editforumtopic."""
    chat, thread_id = _topic(world, params)
    if params.text("name"):
        name = _name(params)
        if name == chat.threads[thread_id].name:
            raise bad("TOPIC_NOT_MODIFIED")
        chat.threads[thread_id].name = name
        _tell(world, chat, thread_id, {"forum_topic_edited": {"name": name}})
    return True


def close_forum_topic(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#closeforumtopic."""
    return _set_closed(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#reopenforumtopic."""
    return _set_closed(world, params, closed=False)


def _set_closed(world: World, params: Params, *, closed: bool) -> JSON:
    chat, thread_id = _topic(world, params)
    if chat.threads[thread_id].closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    chat.threads[thread_id].closed = closed
    _tell(world, chat, thread_id, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


def delete_forum_topic(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#deleteforumtopic: "along with all its messages"."""
    chat, thread_id = _topic(world, params)
    if not world.may(chat, "can_delete_messages"):
        raise bad("not enough rights to delete the topic")
    for message in list(chat.messages.values()):
        if thread_id in (message.id, message.thread_id):
            world.delete(message)
    del chat.threads[thread_id]
    world.change()
    return True


def _tell(world: World, chat: Chat, thread_id: int, service: dict[str, JSON]) -> None:
    world.post(chat, world.bot_id, Formatted("", ()), service=service, thread_id=thread_id)


def _name(params: Params) -> str:
    name = params.text("name").strip()
    if not name:
        raise bad("topic name must be non-empty" if params.text("name") else "TOPIC_TITLE_EMPTY")
    if len(name) > MAX_TOPIC_NAME:
        raise bad("TOPIC_TITLE_TOO_LONG")
    return name


def _forum(world: World, params: Params) -> Chat:
    chat = world.chat_for(params, write=True)
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    return chat


def _topic(world: World, params: Params) -> tuple[Chat, int]:
    """A topic that the bot may manage."""
    chat = _forum(world, params)
    thread_id = params.number("message_thread_id")
    if thread_id not in chat.threads:
        raise bad("TOPIC_ID_INVALID")
    if not world.may(chat, "can_manage_topics"):
        raise bad("not enough rights to manage the topic")
    return chat, thread_id


FORUM_METHODS: dict[str, Method] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "closeForumTopic": close_forum_topic,
    "reopenForumTopic": reopen_forum_topic,
    "deleteForumTopic": delete_forum_topic,
}
