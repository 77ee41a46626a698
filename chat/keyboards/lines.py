"""The buttons of subscriptions: what each follows and when, and adding and removing them."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import DANGER, PRIMARY, cut, line_label, snug, to_settings
from chat.reception import Subscriber
from digest.readers import Line
from render.names import Names
from render.settings_view import cadence_name, grouping_name
from render.words import Words

#: A button as wide as the screen shows about so many characters on a phone.
_WIDE = 40


def of_line(who: Subscriber) -> list[list[Button]]:
    """What one subscription follows, and when: a button each."""
    words, line, wishes = who.words, who.line, who.line.wishes
    t = words.t
    places = len(wishes.places) + len(wishes.pairs)
    chosen = len(wishes.wanted) + len(wishes.unwanted)
    by = "place" if wishes.by == "topic" else "topic"
    when = "⏰ " + cadence_name(line.cadence, words)
    buttons = [
        Button("🏷 " + _counted(t("Topics"), len(wishes.topics), t("all")), callback_data=pack("topics", line.id)),
        Button("📍 " + _counted(t("Places"), places, t("all")), callback_data=pack("places", line.id)),
        Button(_counted(t("Words"), chosen, t("none")), callback_data=pack("words", line.id)),
        Button(t("Grouped {by}", by=grouping_name(wishes, words)), callback_data=pack("by", line.id, by)),
        Button(cut(when, _WIDE), callback_data=pack("hours", line.id)),
    ]
    if wishes.less:
        label = _counted(t("Less of"), len(wishes.less), "")
        buttons.insert(3, Button(label, callback_data=pack("fewer", line.id)))
    return snug(buttons)


def line(who: Subscriber) -> Keyboard:
    """One of several subscriptions."""
    t, number = who.words.t, who.line.id
    rest = (
        Button(t("Resume this one"), callback_data=pack("rest", number, 0))
        if who.line.paused
        else Button(t("Pause this one"), callback_data=pack("rest", number, 1))
    )
    return Keyboard(
        [
            *of_line(who),
            [rest],
            [Button(t("Remove"), callback_data=pack("remove", number), style=DANGER)],
            [
                Button("‹ " + t("Subscriptions"), callback_data=pack("lines", number)),
                to_settings(number, who.words),
            ],
        ]
    )


def lines(who: Subscriber, *, names: Names) -> Keyboard:
    """One button a subscription, and a new one."""
    rows = [[Button(line_label(one, names, who.words), callback_data=pack("line", one.id))] for one in who.lines]
    return Keyboard([*rows, [new_line(who.line.id, who.words), to_settings(who.line.id, who.words)]])


def new_line(line_id: int, words: Words) -> Button:
    """The way to another subscription."""
    return Button(words.t("New subscription"), callback_data=pack("newline", line_id))


def remove(line_id: int, words: Words) -> Keyboard:
    """Really? The way back first."""
    return Keyboard(
        [
            [
                Button(words.t("Keep it"), callback_data=pack("line", line_id)),
                Button(words.t("Remove"), callback_data=pack("remove", line_id, "yes"), style=DANGER),
            ]
        ]
    )


def only_one(line_id: int, words: Words) -> Keyboard:
    """The last subscription stays, or everything ends."""
    return Keyboard(
        [
            [
                Button(words.t("Unsubscribe"), callback_data=pack("stop", line_id), style=DANGER),
                to_settings(line_id, words),
            ]
        ]
    )


def follow(line_id: int, code: str, words: Words) -> Keyboard:
    """What a link offers somebody new."""
    return Keyboard(
        [
            [Button(words.t("Follow"), callback_data=pack("follow", line_id, code), style=PRIMARY)],
            [Button(words.t("Choose something else"), callback_data=pack("hello", line_id, words.language))],
        ]
    )


def follow_more(who: Subscriber, into: Sequence[Line], code: str, *, names: Names) -> Keyboard:
    """What a link offers a subscriber: into a digest that has not got it, or by itself."""
    words, rows = who.words, []
    for one in into:
        label = words.t("Add to my digest")
        if len(who.lines) > 1:
            label = words.t("Add to: {line}", line=line_label(one, names, words))
        rows.append([Button(cut(label, _WIDE), callback_data=pack("join", one.id, code), style=PRIMARY)])
    rows.append([Button(words.t("A subscription of its own"), callback_data=pack("apart", who.line.id, code))])
    return Keyboard([*rows, [to_settings(who.line.id, words)]])


def _counted(label: str, n: int, none: str) -> str:
    return f"{label} · {n or none}"
