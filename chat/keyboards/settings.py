"""The buttons of the settings."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import tick, to_settings
from chat.reception import Subscriber
from render.words import LANGUAGES, load_words


def languages(who: Subscriber) -> Keyboard:
    """The languages we speak, each in its own name."""
    buttons = [
        tick(load_words(language).own_name, language == who.chat.language, pack("language", who.line.id, language))
        for language in LANGUAGES
    ]
    return Keyboard([buttons, [to_settings(who.line.id, who.words)]])


def settings(who: Subscriber) -> Keyboard:
    """A way to each setting."""
    words, line, by = who.words, who.line.id, who.line.wishes.by
    other = "place" if by == "topic" else "topic"
    group = words.t("Group by place") if other == "place" else words.t("Group by topic")
    state = Button(words.t("Pause"), callback_data=pack("state", line, "paused"))
    if not who.active:
        state = Button(words.t("Resume"), callback_data=pack("state", line, "active"))
    return Keyboard(
        [
            [
                Button(words.t("Topics"), callback_data=pack("topics", line)),
                Button(words.t("Places"), callback_data=pack("places", line)),
            ],
            [
                Button(words.t("Hour"), callback_data=pack("hours", line)),
                Button(words.t("Time zone"), callback_data=pack("zones", line)),
                Button(words.t("Language"), callback_data=pack("languages", line)),
            ],
            [Button(group, callback_data=pack("by", line, other)), state],
        ]
    )
