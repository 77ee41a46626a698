"""The buttons about one's own data."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import DANGER, to_settings
from chat.reception import Reader
from render.words import Words


def forget(words: Words) -> Keyboard:
    """Really, or not."""
    return Keyboard(
        [
            [Button(words.t("Delete everything"), callback_data=pack("forget", 1), style=DANGER)],
            [Button(words.t("Keep everything"), callback_data=pack("forget", 0))],
        ]
    )


def privacy(words: Words) -> Keyboard:
    """To see it, or to have it deleted."""
    return Keyboard(
        [
            [
                Button(words.t("My data"), callback_data=pack("mydata")),
                Button(words.t("Forget me"), callback_data=pack("forgetting"), style=DANGER),
            ]
        ]
    )


def kept(reader: Reader) -> Keyboard:
    """Where to go where nothing was deleted, or nothing is kept."""
    ways = [to_settings(reader.line.id, reader.words)] if reader.line else []
    return Keyboard([[Button(reader.words.t("Privacy"), callback_data=pack("privacy")), *ways]])
