"""The buttons of the help, and of answers to what was hardly understood."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.reading import numbers
from chat.keyboards.shared import in_rows
from digest.readers import Line
from render.help_view import HELP_PAGES, command_label, page_title
from render.words import Words

#: What a button carries that does what a command does without words.
_ACTS: dict[str, str] = {
    "digest": pack("digest"),
    "latest": pack("latest"),
    "search": pack("look"),
    "saved": pack("saved", 0),
    "settings": pack("menu"),
    "start": pack("menu"),
    "help": pack("help"),
    "cancel": pack("cancel"),
    "privacy": pack("privacy"),
    "mydata": pack("mydata"),
    "forget": pack("forgetting"),
    "channels": pack("rooms"),
}
#: The same of commands about a subscription: the button names its line first.
_OF_A_LINE = {
    "topics": "topics",
    "places": "places",
    "pair": "pairs",
    "words": "words",
    "lines": "lines",
    "time": "time",
    "days": "days",
    "quiet": "quiet",
    "zone": "zones",
    "language": "languages",
    "pause": "pause",
    "stop": "stop",
}


def pages(words: Words) -> Keyboard:
    """A button for each page."""
    buttons = [Button(page_title(page, words), callback_data=pack("help", page)) for page in HELP_PAGES]
    return Keyboard(in_rows(buttons, 2))


def page(words: Words) -> Keyboard:
    """The way back."""
    return Keyboard([[Button("‹ " + words.t("Help"), callback_data=pack("help"))]])


def to_private(link: str, words: Words) -> Keyboard:
    """Where several read, and a button would turn everybody's page: the way to one's own chat."""
    return Keyboard([[Button(words.t("Continue in private"), url=link)]])


def news(words: Words) -> Keyboard:
    """To somebody whose words say nothing: today's news, and the newest."""
    buttons = [
        Button(words.t("Today's digest"), callback_data=pack("digest")),
        Button(words.t("The latest"), callback_data=pack("latest")),
    ]
    return Keyboard([buttons])


def place(code: str, name: str, ids: Sequence[int], search_id: int, line_id: int, words: Words) -> Keyboard:
    """Under the newest stories of a place: each of them, following it, and everything about it."""
    rows = in_rows(numbers(ids, ("found", str(search_id), "0")), 3)
    rows.append([Button(words.t("Follow {place}", place=name), callback_data=pack("offer", line_id, code))])
    rows.append([Button(words.t("Search: {query}", query=name), callback_data=pack("found", search_id, 0))])
    return Keyboard(rows)


def place_elsewhere(link: str, name: str, words: Words) -> Keyboard:
    """Where several read: following a place is for one's own chat."""
    return Keyboard([[Button(words.t("Follow {place}", place=name), url=link)]])


def above(command: str, line: Line | None, keyboard: Keyboard, words: Words) -> Keyboard:
    """A keyboard with a button for a command above it, if there is one and it can be pressed."""
    data = _ACTS.get(command)
    if data is None and command in _OF_A_LINE and line is not None:
        data = pack(_OF_A_LINE[command], line.id)
    if data is None:
        return keyboard
    return Keyboard([[Button(command_label(command, words), callback_data=data)], *keyboard.inline_keyboard])
