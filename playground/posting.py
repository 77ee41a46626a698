"""Sending, editing, deleting and pinning messages, as the Bot API lets a bot do it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from playground import rules
from playground.entities import Formatted
from playground.keyboards import reply_markup
from playground.nouns import Chat, Message
from playground.pixels import picture_size
from playground.rules import File, Params, bad
from playground.world import World

JSON = Any
Method = Callable[[World, Params], JSON]

#: https://core.telegram.org/bots/api#deletemessage
DELETABLE_FOR = timedelta(hours=48)
#: https://core.telegram.org/bots/api#deletemessages: "A JSON-serialized list of 1-100 identifiers".
MAX_DELETED = 100
#: https://core.telegram.org/bots/api#sendphoto: "The photo must be at most 10 MB in size. The photo's width and height
#: must not exceed 10000 in total. Width and height ratio must be at most 20."
MAX_PHOTO = 10 * 1024 * 1024
MAX_PHOTO_SIDES = 10_000
MAX_PHOTO_RATIO = 20


def send_message(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#sendmessage."""
    content = rules.message_text(params)
    preview = rules.link_preview(params)
    chat = world.chat_for(params, write=True)
    return _post(world, params, chat, content, preview=preview)


def send_document(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#senddocument: an upload or a file_id of this server."""
    content = rules.caption(params)
    file = _file(world, params, "document")
    chat = world.chat_for(params, write=True)
    return _post(world, params, chat, content, document=file)


def send_photo(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#sendphoto: an upload or a file_id of this server."""
    content = rules.caption(params)
    file = _file(world, params, "photo")
    if len(file.content) > MAX_PHOTO:
        raise bad("file is too big")
    size = picture_size(file.content)
    if size is None or not all(size):
        raise bad("IMAGE_PROCESS_FAILED")
    if sum(size) > MAX_PHOTO_SIDES or max(size) > MAX_PHOTO_RATIO * min(size):
        raise bad("PHOTO_INVALID_DIMENSIONS")
    chat = world.chat_for(params, write=True)
    return _post(world, params, chat, content, photo=file)


def _file(world: World, params: Params, what: str) -> File:
    """https://core.telegram.org/bots/api#sending-files: a part of the form, or attach:// and its name, or a file_id."""
    given = params.text(what)
    uploaded = params.files.get(given.removeprefix("attach://") if given else what)
    file = uploaded or world.files.get(given)
    if file is None:
        raise bad(f"there is no {what} in the request" if not given else "Wrong file identifier/HTTP URL specified")
    if not file.content:
        raise bad("file must be non-empty")
    return file


def _post(world: World, params: Params, chat: Chat, content: Formatted, **more: Any) -> JSON:
    thread_id = world.thread_for(chat, params)
    keyboard = reply_markup(params, channel=chat.type == "channel", private=chat.type == "private")
    message = world.post(
        chat,
        world.bot_id,
        content,
        keyboard=keyboard,
        thread_id=thread_id,
        reply_to=_reply_to(params, chat),
        silent=params.flag("disable_notification"),
        **more,
    )
    return world.message_json(message)


def _reply_to(params: Params, chat: Chat) -> int | None:
    """https://core.telegram.org/bots/api#replyparameters, within one chat."""
    raw = params.parsed("reply_parameters", "reply parameters")
    if raw is None:
        return None
    if not isinstance(raw, dict) or not isinstance(raw.get("message_id"), int):
        raise bad("Can't parse reply parameters JSON object")
    if raw["message_id"] in chat.messages:
        return int(raw["message_id"])
    if raw.get("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def edit_message_text(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#editmessagetext."""
    # A text that is too long is refused by the server behind the Bot API, with its own code.
    content = rules.message_text(params, too_long="MESSAGE_TOO_LONG")
    preview = rules.link_preview(params)
    message = _own(world, params)
    if message.file is not None:
        raise bad("there is no text in the message to edit")
    return _edit(world, params, message, {"text": content.text, "entities": content.entities, "preview": preview})


def edit_message_caption(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#editmessagecaption."""
    content = rules.caption(params)
    message = _own(world, params)
    if message.file is None:
        raise bad("there is no caption in the message to edit")
    return _edit(world, params, message, {"text": content.text, "entities": content.entities})


def edit_message_reply_markup(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    return _edit(world, params, _own(world, params), {})


def _own(world: World, params: Params) -> Message:
    """The message to edit, which must be the bot's or picked from its inline results."""
    if inline_id := params.text("inline_message_id"):
        if inline_id not in world.inline:
            raise bad("MESSAGE_ID_INVALID")
        chat_id, message_id = world.inline[inline_id]
        picked = world.chats[chat_id].messages.get(message_id)
        if picked is None:
            raise bad("MESSAGE_ID_INVALID")
        return picked
    if not params.text("chat_id") and not params.text("message_id"):
        raise bad("Message identifier is not specified")
    chat = world.chat_for(params, write=True)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad("message to edit not found")
    if not message.by_bot or message.service is not None:
        raise bad("message can't be edited")
    return message


def _edit(world: World, params: Params, message: Message, changed: dict[str, Any]) -> JSON:
    """Edit; a keyboard that the request leaves out goes away.

    "On success, if the edited message is not an inline message, the edited Message is returned, otherwise True is
    returned." (https://core.telegram.org/bots/api#editmessagetext)
    """
    chat = world.chats[message.chat_id]
    keyboard = reply_markup(params, inline_only=True, channel=chat.type == "channel")
    changed = {**changed, "keyboard": keyboard}
    if all(getattr(message, name) == value for name, value in changed.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    edited = world.edit(message, at=world.now(), **changed)
    return True if params.text("inline_message_id") else world.message_json(edited)


def delete_message(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#deletemessage."""
    if not params.text("chat_id"):
        raise bad("Chat identifier is not specified")
    if not params.number("message_id"):
        raise bad("Message identifier is not specified")
    chat = world.chat_for(params, write=True)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad("message to delete not found")
    if not _deletable(world, chat, message):
        raise bad("message can't be deleted")
    world.delete(message)
    return True


def _deletable(world: World, chat: Chat, message: Message) -> bool:
    """The rules of https://core.telegram.org/bots/api#deletemessage, the 48 hours kept for all alike."""
    sent = message.earlier[0].at if message.earlier else message.at
    allowed = message.by_bot or chat.type == "private" or world.may(chat, "can_delete_messages")
    return allowed and world.now() - sent <= DELETABLE_FOR


def delete_messages(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#deletemessages: those that cannot be found or deleted "are skipped"."""
    wanted = params.parsed("message_ids", "message identifiers")
    if not isinstance(wanted, list) or not all(isinstance(each, int) for each in wanted):
        raise bad("Expected an Array of message identifiers")
    if not wanted:
        raise bad("Message identifiers are not specified")
    if len(wanted) > MAX_DELETED:
        raise bad("too many message identifiers specified")
    chat = world.chat_for(params, write=True)
    for message in [chat.messages[each] for each in wanted if each in chat.messages]:
        if _deletable(world, chat, message):
            world.delete(message)
    return True


def pin_chat_message(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#pinchatmessage; the chat is told by a service message."""
    chat = _pinnable(world, params)
    message = chat.messages.get(params.number("message_id"))
    if message is None:
        raise bad("message to pin not found")
    if message.service is not None:
        raise bad("service messages can't be pinned")
    if message.id in chat.pinned:
        return True
    chat.pinned.append(message.id)
    told = {"pinned_message": world.message_json(replace(message, reply_to=None))}
    silent = params.flag("disable_notification")
    note = world.post(
        chat, world.bot_id, Formatted("", ()), service=told, thread_id=message.thread_id, silent=silent, reply_to=None
    )
    # The public server gives a bot the service messages of its own pins too.
    world.tell("channel_post" if chat.type == "channel" else "message", world.message_json(note))
    return True


def unpin_chat_message(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#unpinchatmessage: without a message "the most recent pinned message"."""
    chat = _pinnable(world, params)
    given = params.number("message_id")
    if (given and given not in chat.pinned) or not chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(given or chat.pinned[-1])
    world.change()
    return True


def unpin_all_chat_messages(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#unpinallchatmessages."""
    _pinnable(world, params).pinned.clear()
    world.change()
    return True


def _pinnable(world: World, params: Params) -> Chat:
    """ "the bot must be an administrator in the chat … and must have the 'can_pin_messages' administrator right in a
    supergroup or 'can_edit_messages' administrator right in a channel" (#pinchatmessage)."""
    chat = world.chat_for(params, write=True)
    right = "can_edit_messages" if chat.type == "channel" else "can_pin_messages"
    if chat.type != "private" and not world.may(chat, right):
        raise bad("not enough rights to manage pinned messages in the chat")
    return chat


POSTING_METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendDocument": send_document,
    "sendPhoto": send_photo,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
