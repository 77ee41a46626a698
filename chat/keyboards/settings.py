"""The buttons of the settings: each says what is set now, and leads to where it is changed."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.lines import new_line, of_line
from chat.keyboards.shared import PRIMARY, in_rows, line_label, snug, tick, to_settings
from chat.reception import Subscriber
from digest.readers import ChatState
from render.names import Names
from render.settings_view import quiet_name, zone_city
from render.words import LANGUAGES, load_words

#: More subscriptions than these have a screen of their own.
_LISTED = 4


def languages(who: Subscriber) -> Keyboard:
    """The languages we speak, each in its own name."""
    buttons = [
        tick(load_words(language).own_name, language == who.chat.language, pack("language", who.line.id, language))
        for language in LANGUAGES
    ]
    return Keyboard([*in_rows(buttons, 3), [to_settings(who.line.id, who.words)]])


def settings(who: Subscriber, *, names: Names) -> Keyboard:
    """Everything: one subscription line by line, or a way to each of several; then what is the chat's."""
    words, line = who.words, who.line.id
    if len(who.lines) == 1:
        rows = of_line(who)
    elif len(who.lines) <= _LISTED:
        rows = [[Button(line_label(one, names, words), callback_data=pack("line", one.id))] for one in who.lines]
    else:
        label = words.t("Subscriptions · {n}", n=words.number(len(who.lines)))
        rows = [[Button(label, callback_data=pack("lines", line))]]
    return Keyboard([*rows, *snug([*_of_chat(who), new_line(line, words)])])


def _of_chat(who: Subscriber) -> list[Button]:
    words, chat, line = who.words, who.chat, who.line.id
    t = words.t
    quiet = "🌙 " + t("Quiet hours: {hours}", hours=quiet_name(chat, words))
    silent = ("🔕 " if chat.silent else "🔔 ") + (t("Sound: off") if chat.silent else t("Sound: on"))
    previews = t("Previews: on") if chat.previews else t("Previews: off")
    spoken = t("Language: {language}", language=load_words(chat.language).own_name)
    return [
        Button(quiet, callback_data=pack("quiet", line)),
        Button(t("Time zone: {city}", city=zone_city(chat.zone, words)), callback_data=pack("zones", line)),
        Button(silent, callback_data=pack("silent", line, 0 if chat.silent else 1)),
        Button(spoken, callback_data=pack("languages", line)),
        Button(previews, callback_data=pack("previews", line, 0 if chat.previews else 1)),
        _state(who),
    ]


def _state(who: Subscriber) -> Button:
    t, line = who.words.t, who.line.id
    match who.chat.state:
        case ChatState.ACTIVE:
            return Button(t("Pause"), callback_data=pack("pause", line, 0))
        case ChatState.PAUSED:
            return Button(t("Resume"), callback_data=pack("state", line, "active"))
        case _:
            return Button(t("Subscribe"), callback_data=pack("subscribe", line), style=PRIMARY)
