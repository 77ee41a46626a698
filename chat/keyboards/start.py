"""The buttons of the first minute."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.reception import Subscriber
from digest.presets import Preset
from render.words import LANGUAGES, load_words


def welcome(who: Subscriber, presets: Sequence[Preset]) -> Keyboard:
    """Ready-made choices, or choose oneself."""
    words, line = who.words, who.line.id
    rows = [[Button(preset.names[words.language], callback_data=pack("preset", line, preset.id))] for preset in presets]
    rows.append([Button(words.t("Choose topics and places"), callback_data=pack("topics", line))])
    others = [load_words(language) for language in LANGUAGES if language != words.language]
    rows.append([Button(other.own_name, callback_data=pack("hello", line, other.language)) for other in others])
    return Keyboard(rows)
