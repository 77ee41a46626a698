"""The buttons for groups, forum topics and channels."""

from collections.abc import Sequence
from urllib.parse import quote

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards import start
from chat.keyboards.shared import DANGER, PRIMARY, line_label
from chat.reception import Subscriber
from digest.presets import load_presets
from digest.readers import Chat, Line
from render.names import Names
from render.words import Words

#: A button shows about so many characters of a title on a phone.
_TITLE = 40


def arrived(who: Subscriber, *, kept: bool) -> Keyboard:
    """For the admins of a chat that we have just come into: choose, or go on with what was `kept`."""
    if not kept:
        return start.welcome(who, load_presets())
    words, line = who.words, who.line.id
    return Keyboard(
        [
            [Button(words.t("Go on as before"), callback_data=pack("goon", line), style=PRIMARY)],
            [Button(words.t("Settings"), callback_data=pack("settings", line))],
        ]
    )


def to_room(line_id: int, words: Words) -> Keyboard:
    """The way to what is set for a channel or group."""
    return Keyboard([[Button(words.t("Open its settings"), callback_data=pack("room", line_id))]])


def rooms(chats: Sequence[tuple[Chat, Line]], bot_name: str, words: Words) -> Keyboard:
    """A button for each channel and group, and the two ways to more of them."""
    rows = _each(chats)
    link = f"https://t.me/{quote(bot_name)}"
    # https://core.telegram.org/api/links#bot-links: the app then asks where to add us, with which rights.
    rows.append([Button(words.t("Add me to a channel"), url=f"{link}?startchannel&admin=post_messages")])
    rows.append([Button(words.t("Add me to a group"), url=f"{link}?startgroup")])
    return Keyboard(rows)


def waiting(chats: Sequence[tuple[Chat, Line]]) -> Keyboard:
    """A button for each channel that nobody has set up."""
    return Keyboard(_each(chats))


def _each(chats: Sequence[tuple[Chat, Line]]) -> list[list[Button]]:
    return [[Button(_short(chat.title), callback_data=pack("room", line.id))] for chat, line in chats]


def to_channels(words: Words) -> list[Button]:
    """The way back to the list."""
    return [Button("‹ " + words.t("Channels and groups"), callback_data=pack("rooms"))]


def left(words: Words) -> Keyboard:
    """Under our goodbye, in the private chat of who sent us away."""
    return Keyboard([to_channels(words)])


def room(who: Subscriber, *, names: Names, inside: bool) -> Keyboard:
    """What an admin does with a channel or group, from their private chat or `inside` it, where there is no list."""
    words, line = who.words, who.line.id
    if not who.active:
        rows = [[Button(words.t("Go on as before"), callback_data=pack("goon", line), style=PRIMARY)]]
    else:
        rows = [[Button(words.t("Send a test post"), callback_data=pack("testpost", line))]]
    if len(who.lines) > 1:
        rows += [[Button(line_label(one, names, words), callback_data=pack("settings", one.id))] for one in who.lines]
    else:
        rows.append([Button(words.t("Settings"), callback_data=pack("settings", line))])
    rows.append([Button(words.t("Leave and forget it"), callback_data=pack("leaving", line), style=DANGER)])
    return Keyboard(rows if inside else [*rows, to_channels(words)])


def leaving(who: Subscriber) -> Keyboard:
    """Really, or not."""
    words, line = who.words, who.line.id
    sure = Button(words.t("Leave and delete everything"), callback_data=pack("leave", line), style=DANGER)
    return Keyboard([[sure], [Button(words.t("Keep everything"), callback_data=pack("room", line))]])


def here(lines: Sequence[Line], *, names: Names, words: Words) -> Keyboard:
    """Which line is to come into this forum topic."""
    return Keyboard([[Button(line_label(line, names, words), callback_data=pack("here", line.id))] for line in lines])


def _short(title: str) -> str:
    title = " ".join(title.split()) or "?"
    return title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip() + "…"
