"""The buttons of the help."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import in_rows
from render.help_view import HELP_PAGES, page_title
from render.words import Words


def pages(words: Words) -> Keyboard:
    """A button for each page."""
    buttons = [Button(page_title(page, words), callback_data=pack("help", page)) for page in HELP_PAGES]
    return Keyboard(in_rows(buttons, 2))


def page(words: Words) -> Keyboard:
    """The way back."""
    return Keyboard([[Button("‹ " + words.t("Help"), callback_data=pack("help"))]])
