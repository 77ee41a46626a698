"""Which keyboards Telegram accepts under a message, and with which sentence it refuses the rest."""

import re
from collections.abc import Mapping
from typing import Any

from playground.entities import is_unicode, utf16
from playground.markup import checked_link
from playground.rules import Params, bad

JSON = Any

#: https://core.telegram.org/bots/api#inlinekeyboardbutton: callback_data "1-64 bytes".
MAX_CALLBACK_DATA = 64
#: https://core.telegram.org/bots/api#copytextbutton: "1-256 characters".
MAX_COPY_TEXT = 256
#: Not in the documentation; telegram.constants.InlineKeyboardMarkupLimit.
MAX_BUTTONS = 100
MAX_BUTTONS_IN_ROW = 8
#: https://core.telegram.org/bots/api#forcereply: input_field_placeholder, "1-64 characters".
MAX_PLACEHOLDER = 64
_MARKUP_FLAGS = (
    "force_reply", "remove_keyboard", "selective", "is_persistent", "resize_keyboard", "one_time_keyboard"
)  # fmt: skip
#: https://core.telegram.org/bots/api#inlinekeyboardbutton: style; "default" is what an empty one means.
BUTTON_STYLES = ("", "default", "danger", "success", "primary")


def reply_markup(params: Params, *, inline_only: bool = False, channel: bool = False, private: bool = False) -> JSON:
    """The inline keyboard (or, where allowed, another markup) of a message; None for none or an empty one.

    https://core.telegram.org/bots/api#inlinekeyboardmarkup
    """
    raw = params.parsed("reply_markup", "reply keyboard markup")
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise bad("Object expected as reply markup")
    rows = raw.get("inline_keyboard")
    if rows is None:
        return _other_markup(raw, inline_only=inline_only or channel, private=private)
    if not isinstance(rows, list):
        raise bad('Field "inline_keyboard" must be of type Array')
    keyboard = []
    for row in rows:
        if not isinstance(row, list):
            raise bad('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
        if row:
            keyboard.append([_button(button, channel=channel) for button in row])
    if sum(map(len, keyboard)) > MAX_BUTTONS or any(len(row) > MAX_BUTTONS_IN_ROW for row in keyboard):
        raise bad("Reply markup is too long")
    return {"inline_keyboard": keyboard} if keyboard else None


def _other_markup(raw: Mapping[str, JSON], *, inline_only: bool, private: bool) -> JSON:
    """https://core.telegram.org/bots/api#forcereply, #replykeyboardmarkup and #replykeyboardremove."""
    if not raw:
        return None
    if inline_only:
        raise bad("Inline keyboard expected")
    kept: dict[str, JSON] = {name: True for name in _MARKUP_FLAGS if raw.get(name) is True}
    placeholder = raw.get("input_field_placeholder", "")
    if not isinstance(placeholder, str) or len(placeholder) > MAX_PLACEHOLDER:
        raise bad("input field placeholder is too long")
    if placeholder:
        kept["input_field_placeholder"] = placeholder
    if "keyboard" in raw:
        rows = raw["keyboard"]
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise bad('Field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays')
        return kept | {"keyboard": [[_key(button, private=private) for button in row] for row in rows if row]}
    if not kept.keys() & {"force_reply", "remove_keyboard"}:
        raise bad("Can't parse reply keyboard markup JSON object")
    return kept


def _key(raw: JSON, *, private: bool) -> dict[str, JSON]:
    """https://core.telegram.org/bots/api#keyboardbutton: a text, sent as a message, or asking for a chat."""
    trouble = "Can't parse keyboard button: "
    if isinstance(raw, str):
        raw = {"text": raw}
    if not isinstance(raw, dict):
        raise bad(trouble + "KeyboardButton must be an Object")
    if not isinstance(raw.get("text"), str) or not raw["text"].strip():
        raise bad("Keyboard button text must be non-empty")
    if unknown := raw.keys() - {"text", "style", "request_chat"}:
        raise bad(f"BUTTON_TYPE_INVALID ({min(unknown)} is not known here)")
    button: dict[str, JSON] = {"text": raw["text"]}
    if (asked := raw.get("request_chat")) is not None:
        # "request_chat … Available in private chats only."
        if not private:
            raise bad("BUTTON_TYPE_INVALID")
        if not isinstance(asked, dict) or not isinstance(asked.get("request_id"), int):
            raise bad(trouble + 'Can\'t find field "request_id"')
        if not isinstance(asked.get("chat_is_channel"), bool):
            raise bad(trouble + 'Can\'t find field "chat_is_channel"')
        button["request_chat"] = asked
    return button


def _button(raw: JSON, *, channel: bool) -> dict[str, JSON]:
    """https://core.telegram.org/bots/api#inlinekeyboardbutton: text and exactly one thing to do."""
    trouble = "Can't parse inline keyboard button: "
    if not isinstance(raw, dict):
        raise bad(trouble + "InlineKeyboardButton must be an Object")
    if not isinstance(raw.get("text"), str):
        raise bad(trouble + 'Can\'t find field "text"')
    if not raw["text"].strip():
        raise bad("Inline keyboard button text must be non-empty")
    style = raw.get("style", "")
    if not isinstance(style, str) or style.lower() not in BUTTON_STYLES:
        raise bad(trouble + "invalid button style specified")
    button: dict[str, JSON] = {"text": raw["text"]}
    if style.lower() not in ("", "default"):
        button["style"] = style.lower()
    return button | _button_action(raw, channel=channel)


def _button_action(raw: Mapping[str, JSON], *, channel: bool) -> dict[str, JSON]:
    trouble = "Can't parse inline keyboard button: "
    for name in ("url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat"):
        if not isinstance(raw.get(name, ""), str):
            raise bad(trouble + f'Field "{name}" must be of type String')
    if raw.get("url"):
        return {"url": _button_url(raw["url"])}
    if raw.get("callback_data"):
        if not is_unicode(raw["callback_data"]) or len(raw["callback_data"].encode()) > MAX_CALLBACK_DATA:
            raise bad("BUTTON_DATA_INVALID")
        return {"callback_data": raw["callback_data"]}
    for name in ("switch_inline_query", "switch_inline_query_current_chat"):
        if name in raw:
            if channel:
                raise bad(
                    f"Can't use {name} button in a channel chat, because users will not be able to use the button "
                    "without knowing bot's username"
                )
            return {name: raw[name]}
    if isinstance(raw.get("switch_inline_query_chosen_chat"), dict):
        return {"switch_inline_query_chosen_chat": raw["switch_inline_query_chosen_chat"]}
    if isinstance(copy := raw.get("copy_text"), dict):
        text = copy.get("text")
        if not isinstance(text, str) or not 1 <= utf16(text) <= MAX_COPY_TEXT:
            raise bad("BUTTON_COPY_TEXT_INVALID")
        return {"copy_text": {"text": text}}
    if unknown := raw.keys() & {"web_app", "login_url", "pay", "callback_game"}:
        raise bad(f"BUTTON_TYPE_INVALID ({unknown.pop()} is not known here)")
    # An empty callback_data or url counts as none.
    raise bad(trouble + "Text buttons are unallowed in the inline keyboard")


def _button_url(url: str) -> str:
    """https://core.telegram.org/bots/api#inlinekeyboardbutton: "HTTP or tg:// URL to be opened"."""
    if checked := checked_link(url):
        return checked
    protocol = re.match(r"(?!https?:)[a-z][a-z0-9+.-]*://", url, re.IGNORECASE)
    reason = "Unsupported URL protocol" if protocol else "Wrong HTTP URL"
    raise bad(f"Inline keyboard button URL '{url}' is invalid: {reason}")
