"""The buttons of the first minute."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import PRIMARY, asking, in_rows
from chat.keyboards.wishes import title
from chat.reception import Subscriber
from digest.browse import Shelf
from digest.places import Gazetteer
from digest.presets import Preset
from render.words import LANGUAGES, Words, load_words


def welcome(who: Subscriber, presets: Sequence[Preset], *, before: bool = False) -> Keyboard:
    """Ready-made choices, or choose oneself; first of all what was chosen `before`."""
    words, line = who.words, who.line.id
    rows = [[Button(_called(preset, words), callback_data=pack("preset", line, preset.id))] for preset in presets]
    if before:
        rows.insert(0, [Button(words.t("Go on as before"), callback_data=pack("again", line), style=PRIMARY)])
    rows.append([Button(words.t("My province or city…"), callback_data=pack("city", line))])
    rows.append([Button(words.t("Choose topics and places"), callback_data=pack("topics", line))])
    others = [load_words(language) for language in LANGUAGES if language != words.language]
    rows += in_rows([Button(one.own_name, callback_data=pack("hello", line, one.language)) for one in others], 3)
    return Keyboard(rows)


def city(who: Subscriber, shelf: Shelf, *, gazetteer: Gazetteer) -> Keyboard:
    """The regions of a country or the provinces of a region, for somebody new: one more tap subscribes."""
    words, line = who.words, who.line.id
    ways = [Button(title(key, gazetteer, words), callback_data=pack("city", line, key)) for key in shelf.shelves]
    if not ways:
        ways = [
            Button(gazetteer.name(code, words.language), callback_data=pack("city", line, code))
            for code in shelf.places
        ]
    width = 1 if shelf.shelves else 2
    return Keyboard([*in_rows(ways, width), [asking("city", line, words.t("Type a name…")), _back(who, shelf)]])


def cities(who: Subscriber, codes: Sequence[str], *, gazetteer: Gazetteer) -> Keyboard:
    """Places that may have been meant."""
    words, line = who.words, who.line.id
    ways = [Button(gazetteer.name(code, words.language), callback_data=pack("city", line, code)) for code in codes]
    again = [
        asking("city", line, words.t("Type a name…")),
        Button("‹ " + words.t("Back"), callback_data=pack("city", line)),
    ]
    return Keyboard([*in_rows(ways, 2), again])


def _back(who: Subscriber, shelf: Shelf) -> Button:
    where = pack("city", who.line.id) if shelf.above else pack("hello", who.line.id, who.words.language)
    return Button("‹ " + who.words.t("Back"), callback_data=where)


def _called(preset: Preset, words: Words) -> str:
    return words.name(preset.names.get(words.language, preset.names["en"]))
