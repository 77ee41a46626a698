"""The buttons under our messages. Each carries what should be, so that an old or repeated press does no harm."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from digest.model import Topic, Wishes
from digest.places import Gazetteer
from digest.presets import Preset
from digest.text import fold
from digest.zones import offered_zones
from render.names import Names, pair_name
from render.words import LANGUAGES, Words, load_words

#: Hours offered as buttons; any other can be written.
HOURS = ("06:00", "06:30", "07:00", "07:30", "08:00", "12:00", "18:00", "20:00")
#: UN M49 for the world: what lies in no region, such as the Antarctic.
NOWHERE = "001"
#: Chosen places with a button to take them out. Telegram allows 100 buttons; the regions need two dozen.
_CHOSEN_SHOWN = 48
#: Buttons of one screen of places; more are on further pages. Telegram allows 100.
_PLACES_A_PAGE = 24


def welcome(presets: Sequence[Preset], words: Words) -> Keyboard:
    """Ready-made choices, or choose oneself."""
    rows = [
        [Button(preset.names[words.language], callback_data=pack("preset", preset.id, words.language))]
        for preset in presets
    ]
    other = LANGUAGES[1 - LANGUAGES.index(words.language)]
    rows.append([Button(words.t("Choose topics and places"), callback_data=pack("choose", words.language))])
    rows.append([Button(load_words(other).own_name, callback_data=pack("hello", other))])
    return Keyboard(rows)


def topics(wishes: Wishes, *, names: Names, words: Words, new: bool = False) -> Keyboard:
    """The ten topics, chosen ones ticked. `new` readers go on to places, others are done."""
    buttons = []
    for topic in Topic:
        chosen = topic in wishes.topics
        label = names.topic(topic, words.language, short=True)
        buttons.append(_tick(label, chosen, pack("topic", topic, 0 if chosen else 1)))
    rows = _rows(buttons, 2)
    if wishes.topics:
        rows.append([Button(words.t("All topics"), callback_data=pack("topics", "all"))])
    rows.append(_way_on(words, new, Button(words.t("Places"), callback_data=pack("places"))))
    return Keyboard(rows)


def places(wishes: Wishes, *, gazetteer: Gazetteer, names: Names, words: Words, new: bool = False) -> Keyboard:
    """What is chosen, to be taken out, and the regions of the world and of countries with provinces."""
    language = words.language
    chosen = sorted(wishes.places, key=lambda code: fold(gazetteer.name(code, language)))
    buttons = [_tick(gazetteer.name(code, language), True, pack("place", code, 0)) for code in chosen[:_CHOSEN_SHOWN]]
    pairs = sorted(wishes.pairs)[:_PLACES_A_PAGE]
    buttons += [_tick(pair_name(pair, words, names), True, pack("pair", pair, 0)) for pair in pairs]
    rows = _rows(buttons, 2)
    for country in (code for code in gazetteer.countries() if gazetteer.provinces(code)):
        label = words.t("{country}: provinces and cities", country=gazetteer.name(country, language))
        rows.append([Button(label, callback_data=pack("region", country, 0))])
    named = {region: region_name(region, gazetteer, words) for region in gazetteer.regions()}
    regions = sorted(named, key=lambda region: (region == NOWHERE, fold(named[region])))
    buttons = [Button(named[region], callback_data=pack("region", region, 0)) for region in regions]
    rows += _rows(buttons, 2)
    if wishes.places or wishes.pairs:
        rows.append([Button(words.t("Everywhere"), callback_data=pack("places", "all"))])
    rows.append(_way_on(words, new, Button(words.t("Topics"), callback_data=pack("topics"))))
    return Keyboard(rows)


def region_name(region: str, gazetteer: Gazetteer, words: Words) -> str:
    """What a region of the world or of a country is called."""
    return words.t("Elsewhere") if region == NOWHERE else gazetteer.name(region, words.language)


def places_in(gazetteer: Gazetteer, region: str) -> tuple[str, ...]:
    """What lies in a region of the world (a UN M49 number: countries) or in a country (its provinces)."""
    if gazetteer.known(region):
        return gazetteer.provinces(region)
    return tuple(code for code in gazetteer.countries() if gazetteer.region(code) == region)


def region(region: str, page: int, wishes: Wishes, *, gazetteer: Gazetteer, words: Words) -> Keyboard:
    """The places of one region, a page at a time, and the way back."""
    language = words.language
    codes = sorted(places_in(gazetteer, region), key=lambda code: fold(gazetteer.name(code, language)))
    first = page * _PLACES_A_PAGE
    buttons = [
        _tick(
            gazetteer.name(code, language),
            code in wishes.places,
            pack("place", code, 0 if code in wishes.places else 1, region, page),
        )
        for code in codes[first : first + _PLACES_A_PAGE]
    ]
    rows = _rows(buttons, 2)
    turns = []
    if page:
        turns.append(Button("‹ " + words.t("Back"), callback_data=pack("region", region, page - 1)))
    if first + _PLACES_A_PAGE < len(codes):
        turns.append(Button(words.t("More") + " ›", callback_data=pack("region", region, page + 1)))
    rows.append([*turns, Button(words.t("All regions"), callback_data=pack("places"))])
    return Keyboard(rows)


def hours(chosen: Sequence[str], words: Words) -> Keyboard:
    """Common delivery hours, the chosen ones ticked."""
    buttons = [_tick(hour, hour in chosen, pack("time", hour.replace(":", ""))) for hour in HOURS]
    return Keyboard([*_rows(buttons, 4), _to_settings(words)])


def zones(chosen: str, words: Words) -> Keyboard:
    """Zones where many readers live, the chosen one ticked."""
    buttons = [
        _tick(zone.split("/")[1].replace("_", " "), zone == chosen, pack("zone", zone)) for zone in offered_zones()
    ]
    return Keyboard([*_rows(buttons, 2), _to_settings(words)])


def languages(words: Words) -> Keyboard:
    """The languages we speak, each in its own name."""
    buttons = [
        _tick(load_words(language).own_name, language == words.language, pack("language", language))
        for language in LANGUAGES
    ]
    return Keyboard([buttons, _to_settings(words)])


def settings(*, active: bool, by: str, words: Words) -> Keyboard:
    """A way to each setting."""
    other = "place" if by == "topic" else "topic"
    group = words.t("Group by place") if other == "place" else words.t("Group by topic")
    state = Button(words.t("Pause"), callback_data=pack("state", "paused"))
    if not active:
        state = Button(words.t("Resume"), callback_data=pack("state", "active"))
    return Keyboard(
        [
            [
                Button(words.t("Topics"), callback_data=pack("topics")),
                Button(words.t("Places"), callback_data=pack("places")),
            ],
            [
                Button(words.t("Hour"), callback_data=pack("hours")),
                Button(words.t("Time zone"), callback_data=pack("zones")),
                Button(words.t("Language"), callback_data=pack("languages")),
            ],
            [Button(group, callback_data=pack("by", other)), state],
        ]
    )


def after_digest(by: str, words: Words) -> Keyboard:
    """Under the last message of a digest: the other grouping, and settings."""
    other = "place" if by == "topic" else "topic"
    group = words.t("By place") if other == "place" else words.t("By topic")
    return Keyboard(
        [
            [
                Button(group, callback_data=pack("digest", other)),
                Button(words.t("Settings"), callback_data=pack("settings", "new")),
            ]
        ]
    )


def pages(search_id: int, offset: int, size: int, *, more: bool, words: Words) -> Keyboard | None:
    """The way to newer and older results, where there are any."""
    row = []
    if offset:
        row.append(Button("‹ " + words.t("Newer"), callback_data=pack("found", search_id, max(0, offset - size))))
    if more:
        row.append(Button(words.t("Older") + " ›", callback_data=pack("found", search_id, offset + size)))
    return Keyboard([row]) if row else None


def back(words: Words) -> Keyboard:
    """A way to the settings and nothing else."""
    return Keyboard([_to_settings(words)])


def _tick(label: str, chosen: bool, data: str) -> Button:
    return Button(f"✓ {label}" if chosen else label, callback_data=data)


def _rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def _way_on(words: Words, new: bool, other: Button) -> list[Button]:
    if new:
        return [other, Button(words.t("Subscribe"), callback_data=pack("subscribe"))]
    return [other, *_to_settings(words)]


def _to_settings(words: Words) -> list[Button]:
    return [Button(words.t("Settings"), callback_data=pack("settings"))]
