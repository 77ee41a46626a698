"""The buttons under answers to a search."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from render.words import Words


def pages(search_id: int, offset: int, size: int, *, more: bool, words: Words) -> Keyboard | None:
    """The way to newer and older results, where there are any."""
    row = []
    if offset:
        row.append(Button("‹ " + words.t("Newer"), callback_data=pack("found", search_id, max(0, offset - size))))
    if more:
        row.append(Button(words.t("Older") + " ›", callback_data=pack("found", search_id, offset + size)))
    return Keyboard([row]) if row else None
