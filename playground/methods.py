"""The methods of the Bot API that this Telegram knows: https://core.telegram.org/bots/api#available-methods."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playground import rules
from playground.about import PROFILE_METHODS
from playground.entities import Formatted, utf16
from playground.inline import inline_button, inline_results
from playground.keyboards import reply_markup
from playground.members import change_bot, member_json
from playground.rules import File, Params, bad
from playground.world import RULING, Answer, Chat, InlineAnswer, Message, World

JSON = Any
Method = Callable[[World, Params], JSON]

#: Seconds in which a callback or an inline query must be answered. The documentation gives no figure; these are ours.
CALLBACK_LIFETIME = 60.0
INLINE_LIFETIME = 10.0
#: https://core.telegram.org/bots/api#deletemessage
DELETABLE_FOR = timedelta(hours=48)


def get_me(world: World, _params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getme."""
    return world.user_json(world.bot_id) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def set_webhook(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#setwebhook."""
    world.updates.set_webhook(params)
    return True


def delete_webhook(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#deletewebhook."""
    world.updates.set_webhook(Params({"drop_pending_updates": params.text("drop_pending_updates")}))
    return True


def get_webhook_info(world: World, _params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getwebhookinfo."""
    return world.updates.info()


def send_message(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#sendmessage."""
    content = rules.message_text(params)
    preview = rules.link_preview(params)
    chat = world.chat_for(params, write=True)
    return _post(world, params, chat, content, preview=preview)


def send_document(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#senddocument: an upload or a file_id of this server."""
    content = rules.caption(params)
    file = _file(world, params)
    chat = world.chat_for(params, write=True)
    return _post(world, params, chat, content, document=file)


def _file(world: World, params: Params) -> File:
    """https://core.telegram.org/bots/api#sending-files: a part of the form, or attach:// and its name, or a file_id."""
    given = params.text("document")
    uploaded = params.files.get(given.removeprefix("attach://") if given else "document")
    file = uploaded or world.files.get(given)
    if file is None:
        raise bad("there is no document in the request" if not given else "Wrong file identifier/HTTP URL specified")
    if not file.content:
        raise bad("file must be non-empty")
    return file


def _post(world: World, params: Params, chat: Chat, content: Formatted, **more: Any) -> JSON:
    thread_id = world.thread_for(chat, params)
    keyboard = reply_markup(params, channel=chat.type == "channel")
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
    """https://core.telegram.org/bots/api#editmessagetext. Inline messages are not known here."""
    # A text that is too long is refused by the server behind the Bot API, with its own code.
    content = rules.message_text(params, too_long="MESSAGE_TOO_LONG")
    preview = rules.link_preview(params)
    message = _own(world, params)
    if message.document is not None:
        raise bad("there is no text in the message to edit")
    return _edit(world, params, message, {"text": content.text, "entities": content.entities, "preview": preview})


def edit_message_reply_markup(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#editmessagereplymarkup."""
    return _edit(world, params, _own(world, params), {})


def _own(world: World, params: Params) -> Message:
    """The message to edit, which must be the bot's."""
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
    """Edit; a keyboard that the request leaves out goes away."""
    chat = world.chats[message.chat_id]
    keyboard = reply_markup(params, inline_only=True, channel=chat.type == "channel")
    changed = {**changed, "keyboard": keyboard}
    if all(getattr(message, name) == value for name, value in changed.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    return world.message_json(world.edit(message, at=world.now(), **changed))


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
    sent = message.earlier[0].at if message.earlier else message.at
    allowed = message.by_bot or chat.type == "private" or chat.members.get(world.bot_id) in RULING
    if not allowed or world.now() - sent > DELETABLE_FOR:
        raise bad("message can't be deleted")
    world.delete(message)
    return True


def answer_callback_query(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#answercallbackquery."""
    text = params.text("text")
    if utf16(text) > rules.MAX_TOAST:
        raise bad("MESSAGE_TOO_LONG")
    url = params.text("url")
    # "If you have created a Game …, specify the URL … Otherwise, you may use links like t.me/your_bot?start=XXXX"
    if url and f"t.me/{world.bot_username}?start=".lower() not in url.lower():
        raise bad("URL_INVALID")
    answer = Answer(text, params.flag("show_alert"), url)
    world.answer("callback", params.text("callback_query_id"), answer, lifetime=CALLBACK_LIFETIME)
    return True


def answer_inline_query(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#answerinlinequery."""
    if len(params.text("next_offset").encode()) > 64:
        raise bad("NEXT_OFFSET_INVALID")
    answer = InlineAnswer(
        results=inline_results(params),
        button=inline_button(params),
        cache_time=params.number("cache_time", 300, low=0, high=86400),
        is_personal=params.flag("is_personal"),
        next_offset=params.text("next_offset"),
    )
    world.answer("inline", params.text("inline_query_id"), answer, lifetime=INLINE_LIFETIME)
    return True


def send_chat_action(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#sendchataction."""
    if params.text("action") not in rules.CHAT_ACTIONS:
        raise bad("Wrong parameter action in request")
    chat = world.chat_for(params, write=True)
    world.thread_for(chat, params)
    # "channel chats and channel direct messages chats aren't supported"
    if chat.type == "channel":
        raise bad("CHAT_ACTION_INVALID")
    world.actions.append((chat.id, params.text("action")))
    world.change()
    return True


def get_chat(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchat, with the few fields of ChatFullInfo that are always there."""
    chat = world.chat_for(params)
    return world.chat_json(chat) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }


def get_chat_member(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchatmember."""
    chat = world.chat_for(params)
    user_id = params.number("user_id")
    if not params.text("user_id"):
        raise bad("invalid user_id specified")
    if user_id != world.bot_id and (user_id not in world.chats or not world.private(user_id).met):
        raise bad("user not found")
    if chat.type == "private":
        return member_json(world, user_id, "member")
    if user_id != world.bot_id and chat.type == "channel" and chat.members.get(world.bot_id) not in RULING:
        raise bad("member list is inaccessible")
    return member_json(world, user_id, chat.members.get(user_id, "left"))


def get_chat_administrators(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchatadministrators: "administrators in a chat, which aren't bots"."""
    chat = world.chat_for(params)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    ruling = [user_id for user_id, status in chat.members.items() if status in RULING and user_id != world.bot_id]
    return [member_json(world, user_id, chat.members[user_id]) for user_id in ruling]


def leave_chat(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#leavechat."""
    chat = world.chat_for(params)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats")
    change_bot(world, chat, "left", by=world.bot_id)
    return True


#: By their names in lower case, since names are case-insensitive (https://core.telegram.org/bots/api#making-requests);
#: with the name as the documentation writes it. getUpdates, which waits, is with the server.
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method)
    for name, method in {
        "getMe": get_me,
        "setWebhook": set_webhook,
        "deleteWebhook": delete_webhook,
        "getWebhookInfo": get_webhook_info,
        "sendMessage": send_message,
        "sendDocument": send_document,
        "editMessageText": edit_message_text,
        "editMessageReplyMarkup": edit_message_reply_markup,
        "deleteMessage": delete_message,
        "answerCallbackQuery": answer_callback_query,
        "answerInlineQuery": answer_inline_query,
        "sendChatAction": send_chat_action,
        **PROFILE_METHODS,
        "getChat": get_chat,
        "getChatMember": get_chat_member,
        "getChatAdministrators": get_chat_administrators,
        "leaveChat": leave_chat,
    }.items()
}
