"""Who is what in a chat, and telling the bot when that is about itself."""

from typing import Any

from playground.world import INSIDE, Chat, World

JSON = Any

#: https://core.telegram.org/bots/api#chatmemberadministrator; here an administrator may do everything.
RIGHTS = (
    "can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members can_promote_members "
    "can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories can_post_messages "
    "can_edit_messages can_pin_messages can_manage_topics"
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
            "old_chat_member": member_json(world, world.bot_id, before),
            "new_chat_member": member_json(world, world.bot_id, status),
        },
    )
    # The bot can reach those whom it can see.
    for user_id in {*people, *({by} - {world.bot_id} if told else ())}:
        world.private(user_id).met = True
    world.change()


def member_json(world: World, user_id: int, status: str) -> JSON:
    """https://core.telegram.org/bots/api#chatmember."""
    member: dict[str, JSON] = {"status": status, "user": world.user_json(user_id)}
    match status:
        case "creator":
            member["is_anonymous"] = False
        case "kicked":
            member["until_date"] = 0
        case "administrator":
            member |= {"can_be_edited": False, "is_anonymous": False} | dict.fromkeys(RIGHTS, True)
    return member
