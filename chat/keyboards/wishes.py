"""The buttons for choosing topics, places, pairs and words."""

from collections.abc import Sequence
from hashlib import blake2b

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import HALF, PRIMARY, asking, cut, in_rows, snug, tick, to_settings
from chat.reception import Subscriber
from digest.browse import NOWHERE, Shelf, doors, shelf_name
from digest.model import Topic
from digest.places import Gazetteer
from digest.presets import home_country
from digest.readers import ChatState
from digest.text import fold
from render.names import Names, pair_name
from render.words import Words

#: Chosen places on the first screen of places; more have a screen of their own.
_CHOSEN_SHOWN = 6
#: Places on one screen; more are on further pages.
PAGE = 12
#: So few places of a shelf need no button for all.
_SOME = 3
#: Characters of a word that fit where three stand in a row.
_THIRD = 16


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
    """What is chosen, to be taken out; provinces, continents, and other ways to choose."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    chosen = chosen_places(who, gazetteer=gazetteer, names=names)
    rows = in_rows(chosen[:_CHOSEN_SHOWN], 2)
    if len(chosen) > _CHOSEN_SHOWN:
        label = words.t("All chosen · {n}", n=words.number(len(chosen)))
        rows.append([Button(label, callback_data=pack("chosen", line, 0))])
    countries, continents = doors(gazetteer, home=home_country(), language=words.language)
    buttons = [
        Button(
            words.t("{country} by province", country=gazetteer.name(code, words.language)),
            callback_data=pack("region", line, code, 0),
        )
        for code in countries
    ]
    rows += in_rows(buttons, 2 if len(countries) > 1 else 1)
    buttons = [Button(title(key, gazetteer, words), callback_data=pack("region", line, key, 0)) for key in continents]
    rows += in_rows(buttons, 3)
    last = [
        asking("places", line, words.t("Type a name…")),
        Button(words.t("Pairs"), callback_data=pack("pairs", line)),
    ]
    if wishes.places or wishes.pairs:
        last.append(Button(words.t("Everywhere"), callback_data=pack("places", line, "all")))
    rows.append(last)
    rows.append(_way_on(who, Button(words.t("Topics"), callback_data=pack("topics", line))))
    return Keyboard(rows)


def chosen_places(who: Subscriber, *, gazetteer: Gazetteer, names: Names, page: int | None = None) -> list[Button]:
    """A button to take out each place and pair that is chosen; `page` is where one stays."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    stay = () if page is None else ("chosen", page)
    codes = sorted(wishes.places, key=lambda code: fold(gazetteer.name(code, words.language)))
    buttons = [tick(gazetteer.name(code, words.language), True, pack("place", line, code, 0, *stay)) for code in codes]
    return buttons + [
        tick(pair_name(pair, words, names), True, pack("pair", line, pair, 0, *stay)) for pair in sorted(wishes.pairs)
    ]


def chosen(who: Subscriber, page: int, *, gazetteer: Gazetteer, names: Names) -> Keyboard:
    """Everything that is chosen, a page at a time."""
    page = min(page, max(0, len(who.line.wishes.places) + len(who.line.wishes.pairs) - 1) // PAGE)
    buttons = chosen_places(who, gazetteer=gazetteer, names=names, page=page)
    return _paged(buttons, page, "chosen", (), who, [_to_places(who)])


def region(shelf: Shelf, page: int, who: Subscriber, *, gazetteer: Gazetteer) -> Keyboard:
    """One shelf of the world: places to tick, a page at a time, or the way to narrower shelves; and the way back."""
    wishes, words, line = who.line.wishes, who.words, who.line.id
    page = min(page, max(0, len(shelf.places) - 1) // PAGE)
    buttons = []
    everything = [] if page or shelf.shelves or len(shelf.places) < _SOME else [[_all_of(shelf, who)]]
    for code in shelf.places:
        on = code in wishes.places
        name = gazetteer.name(code, words.language)
        label = words.t("All of {country}", country=name) if code == shelf.key else name
        buttons.append(tick(label, on, pack("place", line, code, 0 if on else 1, shelf.key, page)))
    back = [_to_places(who)]
    if shelf.above:
        above = title(shelf.above, gazetteer, words)
        back = [Button(f"‹ {above}", callback_data=pack("region", line, shelf.above, 0)), *back]
    if not shelf.shelves:
        paged = _paged(buttons, page, "region", (shelf.key,), who, back)
        return Keyboard([*everything, *paged.inline_keyboard])
    ways = [Button(title(key, gazetteer, words), callback_data=pack("region", line, key, 0)) for key in shelf.shelves]
    return Keyboard([*in_rows(buttons, 2), *snug(ways), back])


def _all_of(shelf: Shelf, who: Subscriber) -> Button:
    """All places of a shelf at once; or none of them any more, where all are chosen."""
    words, chosen = who.words, set(shelf.places) <= who.line.wishes.places
    label = words.t("All {n} of these", n=words.number(len(shelf.places)))
    return tick(label, chosen, pack("shelf", who.line.id, shelf.key, 0 if chosen else 1))


def title(key: str, gazetteer: Gazetteer, words: Words) -> str:
    """What a shelf is called."""
    return words.t("Elsewhere") if key == NOWHERE else shelf_name(key, gazetteer, words.language)


def meant(who: Subscriber, near: Sequence[str], shelves: Sequence[str] = (), *, gazetteer: Gazetteer) -> Keyboard:
    """The places that may have been meant, shelves to choose from, and other ways to say it."""
    words, line = who.words, who.line.id
    buttons = [
        Button(gazetteer.name(code, words.language), callback_data=pack("place", line, code, 1)) for code in near
    ]
    again = [asking("places", line, words.t("Type a name…")), _to_places(who)]
    ways = [Button(title(key, gazetteer, words), callback_data=pack("region", line, key, 0)) for key in shelves]
    return Keyboard([*in_rows(buttons[:PAGE], 2), *snug(ways[:PAGE]), again])


def pairs(who: Subscriber, near: Sequence[str], *, names: Names) -> Keyboard:
    """The pairs that are chosen, to be taken out, and `near` ones that may have been meant."""
    words, line, wishes = who.words, who.line.id, who.line.wishes
    buttons = [
        tick(pair_name(pair, words, names), pair in wishes.pairs, pack("pair", line, pair, on, "pairs"))
        for on, some in ((1, [pair for pair in near if pair not in wishes.pairs]), (0, sorted(wishes.pairs)))
        for pair in some
    ]
    return Keyboard(
        [*in_rows(buttons[:PAGE], 2), [asking("pairs", line, words.t("Type two countries…")), _to_places(who)]]
    )


def word_key(word: str) -> str:
    """A word's name in a button: words are longer than buttons may be.

    >>> word_key("hữu nghị") == word_key("Huu nghi")
    True
    """
    return blake2b(fold(word).encode(), digest_size=5).hexdigest()


def wished_words(who: Subscriber) -> Keyboard:
    """A button to take out each word, and to add more."""
    words, line, wishes = who.words, who.line.id, who.line.wishes
    buttons = [
        Button(f"{sign} {cut(word, _THIRD)}", callback_data=pack("word", line, word_key(word), 0))
        for sign, some in (("✓", wishes.wanted), ("−", wishes.unwanted))
        for word in some
    ]
    return Keyboard(
        [
            *in_rows(buttons, 3),
            [asking("words", line, words.t("Want a word…")), asking("unwanted", line, words.t("Leave a word out…"))],
            [to_settings(line, words)],
        ]
    )


def fewer(who: Subscriber, labels: Sequence[tuple[str, str]]) -> Keyboard:
    """What the reader wants less of, (key, label), each to be taken back."""
    line = who.line.id
    buttons = [tick(cut(label, HALF), True, pack("fewer", line, word_key(key), 0)) for key, label in labels]
    return Keyboard([*in_rows(buttons[: 2 * PAGE], 2), [to_settings(line, who.words)]])


def _paged(
    buttons: Sequence[Button], page: int, act: str, args: tuple[str, ...], who: Subscriber, back: Sequence[Button]
) -> Keyboard:
    """So many buttons as fit on a page, and the way to other pages."""
    words, line, first = who.words, who.line.id, page * PAGE
    rows = in_rows(buttons[first : first + PAGE], 2)
    turns = []
    if page:
        turns.append(Button("‹ " + words.t("Back"), callback_data=pack(act, line, *args, page - 1)))
    if first + PAGE < len(buttons):
        turns.append(Button(words.t("More") + " ›", callback_data=pack(act, line, *args, page + 1)))
    return Keyboard([*rows, *([turns] if turns else []), back])


def _to_places(who: Subscriber) -> Button:
    return Button("‹ " + who.words.t("Places"), callback_data=pack("places", who.line.id))


def _way_on(who: Subscriber, other: Button) -> list[Button]:
    """On to the other choice, and what ends the choosing."""
    t, line = who.words.t, who.line.id
    if who.chat.state in (ChatState.STOPPED, ChatState.REFUSED):
        return [other, Button(t("Subscribe"), callback_data=pack("subscribe", line), style=PRIMARY)]
    if who.line.paused:
        begin = Button(t("Begin"), callback_data=pack("rest", line, 0), style=PRIMARY)
        return [other, begin, to_settings(line, who.words)]
    return [other, to_settings(line, who.words)]
