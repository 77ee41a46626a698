"""The methods of the Bot API that this Telegram knows: https://core.telegram.org/bots/api#available-methods."""

from collections.abc import Callable
from typing import Any

from playground import rules
from playground.about import PROFILE_METHODS
from playground.entities import utf16
from playground.forum import FORUM_METHODS
from playground.inline import inline_button, inline_results
from playground.members import change_bot, member_json
from playground.nouns import INSIDE, RIGHTS, RULING, Answer, InlineAnswer
from playground.posting import POSTING_METHODS
from playground.rules import Params, bad
from playground.world import World

JSON = Any
Method = Callable[[World, Params], JSON]

#: Seconds in which a callback or an inline query must be answered. The documentation gives no figure; these are ours.
CALLBACK_LIFETIME = 60.0
INLINE_LIFETIME = 10.0
#: https://core.telegram.org/bots/api#getfile: "bots can download files of up to 20MB in size".
MAX_DOWNLOAD = 20 * 1024 * 1024


def get_me(world: World, _params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getme."""
    return world.user_json(world.bot_id) | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": world.inline_mode,
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
    world.acting[chat.id, params.number("message_thread_id")] = (params.text("action"), world.clock())
    world.change()
    return True


def get_chat(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchat, with the few fields of ChatFullInfo that are always there."""
    chat = world.chat_for(params)
    pinned = [chat.messages[each] for each in chat.pinned if each in chat.messages]
    description = {"description": chat.description} if chat.description else {}
    shown = {"pinned_message": world.message_json(pinned[-1])} if pinned else {}
    return (
        world.chat_json(chat)
        | description
        | shown
        | {
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
    )


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
    rights = chat.rights if user_id == world.bot_id else RIGHTS
    return member_json(world, user_id, chat.members.get(user_id, "left"), rights=rights)


def get_chat_administrators(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchatadministrators: "administrators in a chat, which aren't bots"."""
    chat = world.chat_for(params)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat")
    ruling = [user_id for user_id, status in chat.members.items() if status in RULING and user_id != world.bot_id]
    return [member_json(world, user_id, chat.members[user_id]) for user_id in ruling]


def get_chat_member_count(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchatmembercount."""
    chat = world.chat_for(params)
    if chat.type == "private":
        return 2
    return sum(status in INSIDE for status in chat.members.values())


def get_file(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getfile; the server gives it out under /file/bot<token>/<file_path>."""
    if not params.text("file_id"):
        raise bad("file_id not specified")
    file = world.files.get(params.text("file_id"))
    if file is None:
        raise bad("Wrong file_id or the file is temporarily unavailable")
    if len(file.content) > MAX_DOWNLOAD:
        raise bad("file is too big")
    return world.keep(file) | {"file_path": params.text("file_id")}


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
        **POSTING_METHODS,
        **FORUM_METHODS,
        "answerCallbackQuery": answer_callback_query,
        "answerInlineQuery": answer_inline_query,
        "sendChatAction": send_chat_action,
        **PROFILE_METHODS,
        "getChat": get_chat,
        "getChatMember": get_chat_member,
        "getChatAdministrators": get_chat_administrators,
        "getChatMemberCount": get_chat_member_count,
        "getFile": get_file,
        "leaveChat": leave_chat,
    }.items()
}
