"""The buttons under digests and stories."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from render.words import Words


def after_digest(by: str, words: Words) -> Keyboard:
    """Under the last message of a digest: the other grouping, and settings."""
    other = "place" if by == "topic" else "topic"
    group = words.t("By place") if other == "place" else words.t("By topic")
    return Keyboard(
        [
            [
                Button(group, callback_data=pack("digest", other)),
                Button(words.t("Settings"), callback_data=pack("menu")),
            ]
        ]
    )
