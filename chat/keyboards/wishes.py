"""The buttons for choosing topics and places."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import in_rows, tick, to_settings
from chat.reception import Subscriber
from digest.model import Topic
from digest.places import Gazetteer
from digest.text import fold
from render.names import Names, pair_name
from render.words import Words

#: UN M49 for the world: what lies in no region, such as the Antarctic.
NOWHERE = "001"
#: Chosen places with a button to take them out. Telegram allows 100 buttons; the regions need two dozen.
_CHOSEN_SHOWN = 48
#: Buttons of one screen of places; more are on further pages. Telegram allows 100.
_PLACES_A_PAGE = 24


def topics(who: Subscriber, *, names: Names) -> Keyboard:
    """The ten topics, chosen ones ticked. New readers go on to places, others are done."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    buttons = []
    for topic in Topic:
        chosen = topic in wishes.topics
        label = names.topic(topic, words.language, short=True)
        buttons.append(tick(label, chosen, pack("topic", line, topic, 0 if chosen else 1)))
    rows = in_rows(buttons, 2)
    if wishes.topics:
        rows.append([Button(words.t("All topics"), callback_data=pack("topics", line, "all"))])
    rows.append(_way_on(who, Button(words.t("Places"), callback_data=pack("places", line))))
    return Keyboard(rows)


def places(who: Subscriber, *, gazetteer: Gazetteer, names: Names) -> Keyboard:
    """What is chosen, to be taken out, and the regions of the world and of countries with provinces."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    language = words.language
    chosen = sorted(wishes.places, key=lambda code: fold(gazetteer.name(code, language)))
    buttons = [
        tick(gazetteer.name(code, language), True, pack("place", line, code, 0)) for code in chosen[:_CHOSEN_SHOWN]
    ]
    pairs = sorted(wishes.pairs)[:_PLACES_A_PAGE]
    buttons += [tick(pair_name(pair, words, names), True, pack("pair", line, pair, 0)) for pair in pairs]
    rows = in_rows(buttons, 2)
    for country in (code for code in gazetteer.countries() if gazetteer.provinces(code)):
        label = words.t("{country}: provinces and cities", country=gazetteer.name(country, language))
        rows.append([Button(label, callback_data=pack("region", line, country, 0))])
    named = {region: region_name(region, gazetteer, words) for region in gazetteer.regions()}
    regions = sorted(named, key=lambda region: (region == NOWHERE, fold(named[region])))
    buttons = [Button(named[region], callback_data=pack("region", line, region, 0)) for region in regions]
    rows += in_rows(buttons, 2)
    if wishes.places or wishes.pairs:
        rows.append([Button(words.t("Everywhere"), callback_data=pack("places", line, "all"))])
    rows.append(_way_on(who, Button(words.t("Topics"), callback_data=pack("topics", line))))
    return Keyboard(rows)


def region_name(region: str, gazetteer: Gazetteer, words: Words) -> str:
    """What a region of the world or of a country is called."""
    return words.t("Elsewhere") if region == NOWHERE else gazetteer.name(region, words.language)


def places_in(gazetteer: Gazetteer, region: str) -> tuple[str, ...]:
    """What lies in a region of the world (a UN M49 number: countries) or in a country (its provinces)."""
    if gazetteer.known(region):
        return gazetteer.provinces(region)
    return tuple(code for code in gazetteer.countries() if gazetteer.region(code) == region)


def region(region: str, page: int, who: Subscriber, *, gazetteer: Gazetteer) -> Keyboard:
    """The places of one region, a page at a time, and the way back."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    language = words.language
    codes = sorted(places_in(gazetteer, region), key=lambda code: fold(gazetteer.name(code, language)))
    first = page * _PLACES_A_PAGE
    buttons = [
        tick(
            gazetteer.name(code, language),
            code in wishes.places,
            pack("place", line, code, 0 if code in wishes.places else 1, region, page),
        )
        for code in codes[first : first + _PLACES_A_PAGE]
    ]
    rows = in_rows(buttons, 2)
    turns = []
    if page:
        turns.append(Button("‹ " + words.t("Back"), callback_data=pack("region", line, region, page - 1)))
    if first + _PLACES_A_PAGE < len(codes):
        turns.append(Button(words.t("More") + " ›", callback_data=pack("region", line, region, page + 1)))
    rows.append([*turns, Button(words.t("All regions"), callback_data=pack("places", line))])
    return Keyboard(rows)


def _way_on(who: Subscriber, other: Button) -> list[Button]:
    if who.active:
        return [other, to_settings(who.line.id, who.words)]
    return [other, Button(who.words.t("Subscribe"), callback_data=pack("subscribe", who.line.id))]
