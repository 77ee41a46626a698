"""Who is what in a chat, and telling the bot when that is about itself."""

from typing import Any

from playground.nouns import INSIDE, RIGHTS, RULING, Chat
from playground.world import World

JSON = Any

#: https://core.telegram.org/bots/api#chatmemberrestricted; here a restricted member may do nothing but read.
_PERMISSIONS = (
    "can_send_messages can_send_audios can_send_documents can_send_photos can_send_videos can_send_video_notes "
    "can_send_voice_notes can_send_polls can_send_other_messages can_add_web_page_previews can_change_info "
    "can_invite_users can_pin_messages can_manage_topics can_react_to_messages can_edit_tag"
).split()


def change_bot(world: World, chat: Chat, status: str, *, by: int) -> None:
    """Change what the bot is in a chat and tell it: https://core.telegram.org/bots/api#chatmemberupdated."""
    before = chat.members.get(world.bot_id, "left")
    if before == status:
        return
    chat.members[world.bot_id] = status
    people = [user_id for user_id in chat.members if user_id != world.bot_id] if status in INSIDE else []
    told = world.updates.add(
        "my_chat_member",
        {
            "chat": world.chat_json(chat),
            "from": world.user_json(by),
            "date": int(world.now().timestamp()),
            "old_chat_member": member_json(world, world.bot_id, before, rights=chat.rights),
            "new_chat_member": member_json(world, world.bot_id, status, rights=chat.rights),
        },
    )
    # The bot can reach those whom it can see.
    for user_id in {*people, *({by} - {world.bot_id} if told else ())}:
        world.private(user_id).met = True
    world.change()


def change_person(world: World, chat: Chat, user_id: int, status: str, *, by: int) -> None:
    """Change what a person is in a group or channel.

    https://core.telegram.org/bots/api#update, chat_member: "The bot must be an administrator in the chat and must
    explicitly specify "chat_member" in the list of allowed_updates to receive these updates."
    """
    before = chat.members.get(user_id, "left")
    if before == status:
        return
    chat.members[user_id] = status
    if chat.members.get(world.bot_id) in RULING:
        change = {
            "chat": world.chat_json(chat),
            "from": world.user_json(by),
            "date": int(world.now().timestamp()),
            "old_chat_member": member_json(world, user_id, before),
            "new_chat_member": member_json(world, user_id, status),
        }
        if world.updates.add("chat_member", change):
            world.private(user_id).met = True
    world.change()


def member_json(world: World, user_id: int, status: str, *, rights: frozenset[str] = RIGHTS) -> JSON:
    """https://core.telegram.org/bots/api#chatmember; of an administrator with these rights."""
    member: dict[str, JSON] = {"status": status, "user": world.user_json(user_id)}
    match status:
        case "creator":
            member["is_anonymous"] = False
        case "kicked":
            member["until_date"] = 0
        case "restricted":
            member |= {"is_member": True, "until_date": 0} | dict.fromkeys(_PERMISSIONS, False)
        case "administrator":
            member |= {"can_be_edited": False, "is_anonymous": False}
            member |= {right: right in rights for right in sorted(RIGHTS)}
    return member
