"""What a bot tells of itself: its commands, name, descriptions and menu button, by language and scope."""

import re
from collections.abc import Callable
from typing import Any

from playground.nouns import RULING, Chat
from playground.rules import Params, bad
from playground.world import World

JSON = Any
Method = Callable[[World, Params], JSON]

#: https://core.telegram.org/bots/api#setmycommands and #botcommand.
MAX_COMMANDS = 100
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
MAX_COMMAND_DESCRIPTION = 256
#: https://core.telegram.org/bots/api#botcommandscope
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
#: "Bot name; 0-64 characters", "description; 0-512 characters", "short description; 0-120 characters"
#: (https://core.telegram.org/bots/api#setmyname and the two after it).
PROFILE_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def _language_code(params: Params) -> str:
    """https://core.telegram.org/bots/api#setmycommands: "A two-letter ISO 639-1 language code", or empty."""
    code = params.text("language_code")
    if code and not re.fullmatch("[a-z]{2}", code):
        raise bad("Invalid language code specified")
    return code


def _command_scope(params: Params) -> tuple[str, str, int]:
    """(type, chat id, user id) of https://core.telegram.org/bots/api#botcommandscope, the last two empty or 0."""
    raw = params.parsed("scope", "BotCommandScope")
    if raw is None:
        return ("default", "", 0)
    trouble = "Can't parse BotCommandScope: "
    if not isinstance(raw, dict):
        raise bad(trouble + "BotCommandScope must be an Object")
    kind = raw.get("type")
    if kind in SCOPES:
        return (str(kind), "", 0)
    if kind not in CHAT_SCOPES:
        raise bad(trouble + "Unsupported type specified")
    if not str(raw.get("chat_id", "")):
        raise bad(trouble + "Empty chat_id specified")
    user = raw.get("user_id", 0) if kind == "chat_member" else 0
    if kind == "chat_member" and (not isinstance(user, int) or user <= 0):
        raise bad(trouble + "Invalid user_id specified")
    return (str(kind), str(raw["chat_id"]), user)


def _commands(params: Params) -> list[dict[str, str]]:
    """https://core.telegram.org/bots/api#setmycommands: at most 100 of https://core.telegram.org/bots/api#botcommand."""
    raw = params.parsed("commands", "commands")
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise bad("Expected an Array of BotCommand")
    kept = [_command(each) for each in raw]
    if len(kept) > MAX_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    return kept


def _command(raw: JSON) -> dict[str, str]:
    trouble = "Can't parse BotCommand: "
    if not isinstance(raw, dict):
        raise bad(trouble + "expected an Object")
    for name in ("command", "description"):
        if not isinstance(raw.get(name), str):
            raise bad(trouble + f'Can\'t find field "{name}"')
    command = raw["command"].strip().removeprefix("/")
    description = raw["description"].strip()
    if not command:
        raise bad("Command must be non-empty")
    if len(command) > 32:
        raise bad("Command length must not exceed 32")
    if not COMMAND.fullmatch(command):
        raise bad("BOT_COMMAND_INVALID")
    if not description:
        raise bad("Command description must be non-empty")
    if len(description) > MAX_COMMAND_DESCRIPTION:
        raise bad(f"Command description length must not exceed {MAX_COMMAND_DESCRIPTION}")
    return {"command": command, "description": description}


def _commands_key(world: World, params: Params) -> tuple[str, tuple[str, str, int], str]:
    kind, chat_id, user_id = _command_scope(params)
    if chat_id:
        chat_id = str(world.chat_for(Params({"chat_id": chat_id})).id)
    return ("commands", (kind, chat_id, user_id), _language_code(params))


def set_my_commands(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#setmycommands."""
    commands = _commands(params)
    world.settings[_commands_key(world, params)] = commands
    world.change()
    return True


def get_my_commands(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getmycommands: "If commands aren't set, an empty list is returned"."""
    return world.settings.get(_commands_key(world, params), [])


def delete_my_commands(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#deletemycommands."""
    world.settings.pop(_commands_key(world, params), None)
    world.change()
    return True


def _profile(field: str) -> tuple[Method, Method]:
    """The two methods that set and get a text of the bot's profile, by language."""
    nowhere = ("", "", 0)

    def set_it(world: World, params: Params) -> JSON:
        if len(params.text(field)) > PROFILE_LIMITS[field]:
            raise bad(f"{field.replace('_', ' ')} is too long")
        world.settings[(field, nowhere, _language_code(params))] = params.text(field)
        world.change()
        return True

    def get_it(world: World, params: Params) -> JSON:
        # An empty text or an unknown language leads to the default one.
        given = world.settings.get((field, nowhere, _language_code(params)))
        default = world.settings.get((field, nowhere, "")) or (world.bot_name if field == "name" else "")
        return {field: given or default}

    return set_it, get_it


def visible_commands(world: World, chat: Chat, user_id: int) -> list[dict[str, str]]:
    """The command menu that a person sees in a chat.

    https://core.telegram.org/bots/api#determining-list-of-commands: from the narrowest scope to the default one, in
    each first the user's language, then none.
    """
    language = world.private(user_id).language_code[:2]
    here = str(chat.id)
    scopes: list[tuple[str, str, int]] = []
    if chat.type == "private":
        scopes = [("chat", here, 0), ("all_private_chats", "", 0)]
    else:
        ruling = chat.members.get(user_id) in RULING
        scopes = [("chat_member", here, user_id)]
        scopes += [("chat_administrators", here, 0)] if ruling else []
        scopes += [("chat", here, 0)]
        scopes += [("all_chat_administrators", "", 0)] if ruling else []
        scopes += [("all_group_chats", "", 0)]
    for scope in [*scopes, ("default", "", 0)]:
        for code in (language, ""):
            if kept := world.settings.get(("commands", scope, code)):
                return list(kept)
    return []


def visible_profile(world: World, field: str, user_id: int) -> str:
    """The bot's name, description or short description as a person sees it, in their language if there is one."""
    nowhere = ("", "", 0)
    for code in (world.private(user_id).language_code[:2], ""):
        if kept := world.settings.get((field, nowhere, code)):
            return str(kept)
    return world.bot_name if field == "name" else ""


def set_chat_menu_button(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#setchatmenubutton; web apps are not known here."""
    raw = params.parsed("menu_button", "menu button") or {"type": "default"}
    if not isinstance(raw, dict) or raw.get("type") not in ("default", "commands"):
        raise bad("Can't parse menu button: MenuButton has unsupported type")
    world.settings[("menu", ("", _menu_chat(world, params), 0), "")] = {"type": raw["type"]}
    return True


def get_chat_menu_button(world: World, params: Params) -> JSON:
    """https://core.telegram.org/bots/api#getchatmenubutton."""
    return world.settings.get(("menu", ("", _menu_chat(world, params), 0), ""), {"type": "default"})


def _menu_chat(world: World, params: Params) -> str:
    return str(world.chat_for(params).id) if params.text("chat_id") else ""


_SET_NAME, _GET_NAME = _profile("name")
_SET_DESCRIPTION, _GET_DESCRIPTION = _profile("description")
_SET_SHORT, _GET_SHORT = _profile("short_description")


PROFILE_METHODS: dict[str, Method] = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _SET_NAME,
    "getMyName": _GET_NAME,
    "setMyDescription": _SET_DESCRIPTION,
    "getMyDescription": _GET_DESCRIPTION,
    "setMyShortDescription": _SET_SHORT,
    "getMyShortDescription": _GET_SHORT,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
