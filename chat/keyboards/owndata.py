"""The buttons about one's own data."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.constants import KeyboardButtonStyle

from chat.callback import pack
from render.words import Words


def forget(words: Words) -> Keyboard:
    """Really, or not."""
    return Keyboard(
        [
            [Button(words.t("Delete everything"), callback_data=pack("forget", 1), style=KeyboardButtonStyle.DANGER)],
            [Button(words.t("Keep everything"), callback_data=pack("forget", 0))],
        ]
    )


def privacy(words: Words) -> Keyboard:
    """To see it, or to have it deleted."""
    return Keyboard(
        [
            [
                Button(words.t("My data"), callback_data=pack("mydata")),
                Button(words.t("Forget me"), callback_data=pack("forgetting")),
            ]
        ]
    )
