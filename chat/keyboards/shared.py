"""What keyboards have in common."""

import json
from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram.constants import KeyboardButtonStyle

from chat.callback import pack
from digest.readers import Line
from render.names import Names, wishes_row
from render.words import Words

#: A button shows about so many characters of a subscription on a phone.
_LABEL = 48
#: Characters of a label that fit beside another one.
HALF = 22
#: What begins something, what is chosen, what ends or deletes something; clients that know no styles show them alike.
PRIMARY, SUCCESS, DANGER = KeyboardButtonStyle.PRIMARY, KeyboardButtonStyle.SUCCESS, KeyboardButtonStyle.DANGER


def keyboard_of(data: str) -> Keyboard | None:
    """A keyboard kept as JSON."""
    return Keyboard.de_json(json.loads(data), None)


def tick(label: str, chosen: bool, data: str) -> Button:
    """A button with a tick where it is chosen."""
    return Button(f"✓ {label}", callback_data=data, style=SUCCESS) if chosen else Button(label, callback_data=data)


def in_rows(buttons: Sequence[Button], width: int) -> list[list[Button]]:
    """Buttons in rows of so many."""
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]


def snug(buttons: Sequence[Button]) -> list[list[Button]]:
    """Two in a row where both are short, else one."""
    rows: list[list[Button]] = []
    for button in buttons:
        before = rows[-1] if rows else []
        if len(before) == 1 and max(len(before[0].text), len(button.text)) <= HALF:
            before.append(button)
        else:
            rows.append([button])
    return rows


def to_settings(line_id: int, words: Words) -> Button:
    """The way to everything about a line and its chat."""
    return Button(words.t("Settings"), callback_data=pack("settings", line_id))


def back(line_id: int, words: Words) -> Keyboard:
    """A way to the settings and nothing else."""
    return Keyboard([[to_settings(line_id, words)]])


def which_line(lines: Sequence[Line], act: str, *, names: Names, words: Words, said: int | None = None) -> Keyboard:
    """One button a line, each with the same act; `said` is the number under which the words of a command are kept."""

    def data(line: Line) -> str:
        return pack(act, line.id) if said is None else pack("said", line.id, act, said)

    return Keyboard([[Button(line_label(line, names, words), callback_data=data(line))] for line in lines])


def line_label(line: Line, names: Names, words: Words) -> str:
    """A line in so few words that they fit on a button."""
    return cut(wishes_row(line.wishes, words, names), _LABEL)


def cut(label: str, most: int) -> str:
    """A label of so many characters at most."""
    return label if len(label) <= most else label[: most - 1].rstrip(" ,·") + "…"


def asking(which: str, line_id: int, label: str) -> Button:
    """A button that asks for words, which answer `which`."""
    return Button(label, callback_data=pack("ask", line_id, which))
