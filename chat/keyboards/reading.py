"""The buttons under digests, their sections and lists of stories."""

from collections.abc import Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import in_rows
from digest.model import Digest, DigestStory, Grouping
from digest.pages import REST
from render.digest_view import all_down, section_title
from render.names import Names
from render.words import Words

#: Up to so many sections stand two in a row, more of them three.
_TWO_A_ROW = 8
_NUMBERS_A_ROW = 6

#: A grouping in a button.
BY: dict[str, Grouping] = {"t": "topic", "p": "place"}
_LETTER = {grouping: letter for letter, grouping in BY.items()}

#: Which message to go back to: the act and arguments of a button that shows it.
Origin = tuple[str, ...]


def front(digest: Digest, top: Sequence[DigestStory], token: str, *, words: Words, names: Names) -> Keyboard:
    """Under the first screen of a digest: its stories, its sections, the other grouping, search, settings."""
    if not digest.stories:
        return _nothing(digest, token, words)
    by = _LETTER[digest.wishes.by]
    rows = [numbers([story.story_id for story in top], ("front", token, by))]
    if len(top) < len(digest.stories):
        sections = [
            Button(
                section_title(section, by=digest.wishes.by, words=words, names=names, short=True)
                + f" {words.number(len(section.stories))}",
                callback_data=pack("sect", token, by, section.key, 0),
            )
            for section in digest.sections
        ]
        rows += in_rows(sections, 2 if len(sections) <= _TWO_A_ROW else 3)
    if digest.left_out:
        rows.append([_rest(digest, token, by, words)])
    group = []
    if len(top) < len(digest.stories):
        other: Grouping = "place" if digest.wishes.by == "topic" else "topic"
        label = words.t("By place") if other == "place" else words.t("By topic")
        group.append(Button(label, callback_data=pack("front", token, _LETTER[other])))
    search = Button(words.t("Search"), callback_data=pack("look"))
    return Keyboard([*rows, [*group, search, Button(words.t("Settings"), callback_data=pack("menu"))]])


def just_in(digest: Digest, token: str, *, words: Words) -> Keyboard:
    """Under news that is told at once: its stories, and settings."""
    by = _LETTER[digest.wishes.by]
    rows = in_rows(numbers([story.story_id for story in digest.stories], ("front", token, by)), _NUMBERS_A_ROW)
    if digest.left_out:
        rows.append([_rest(digest, token, by, words)])
    return Keyboard([*rows, [Button(words.t("Settings"), callback_data=pack("menu"))]])


def to_private(token: str, bot_name: str, words: Words) -> Keyboard:
    """Under a digest that several read: the way to one's own chat, where pages can be turned."""
    url = f"https://t.me/{bot_name}?start=page_{token}"
    return Keyboard([[Button(words.t("Read it section by section"), url=url)]])


def _rest(digest: Digest, token: str, by: str, words: Words) -> Button:
    """The way to what found no room."""
    label = words.tn("+{n} more story", "+{n} more stories", digest.left_out)
    return Button(label, callback_data=pack("sect", token, by, REST, 0))


def _nothing(digest: Digest, token: str, words: Words) -> Keyboard:
    rows = [
        [
            Button(words.t("The last week"), callback_data=pack("week", token)),
            Button(words.t("Follow more"), callback_data=pack("menu")),
        ]
    ]
    if all_down(digest.coverage):
        rows.insert(0, [Button(words.t("Try again"), callback_data=pack("digest"))])
    return Keyboard(rows)


def section_page(
    ids: Sequence[int], token: str, by: str, key: str, *, start: int, before: int | None, total: int, words: Words
) -> Keyboard:
    """Under a part of a section: its stories, the parts `before` (where it starts, if any) and after, the way back."""
    rows = [numbers(ids, ("sect", token, by, key, str(start)), first=start + 1)]
    turns = []
    if before is not None:
        turns.append(Button("‹ " + words.t("Previous"), callback_data=pack("sect", token, by, key, before)))
    rest = total - start - len(ids)
    if rest:
        label = words.tn("+{n} more story", "+{n} more stories", rest)
        turns.append(Button(f"{label} ›", callback_data=pack("sect", token, by, key, start + len(ids))))
    if turns:
        rows.append(turns)
    rows.append([Button("‹ " + words.t("Back to the digest"), callback_data=pack("front", token, by))])
    return Keyboard(rows)


def latest(
    ids: Sequence[int], until: int, offset: int, size: int, *, mine: bool | None, more: bool, words: Words
) -> Keyboard:
    """Under the newest stories: open one, turn pages, mine or everything (None for who has no wishes)."""
    kind = "all" if mine is False else "mine"
    rows = [numbers(ids, ("latest", str(until), str(offset), kind), first=offset + 1)] if ids else []
    turns = []
    if offset:
        turns.append(Button("‹ " + words.t("Newer"), callback_data=pack("latest", until, max(0, offset - size), kind)))
    if more:
        turns.append(Button(words.t("Older") + " ›", callback_data=pack("latest", until, offset + size, kind)))
    if turns:
        rows.append(turns)
    if mine is not None:
        label, other = (words.t("Everything"), "all") if mine else (words.t("Only what I follow"), "mine")
        rows.append([Button(label, callback_data=pack("latest", until, 0, other))])
    return Keyboard(rows)


def saved(ids: Sequence[int], offset: int, size: int, *, more: bool, removing: bool, words: Words) -> Keyboard | None:
    """Under saved stories: open one, or take them out; turn pages."""
    if not ids:
        return None
    if removing:
        takes = [
            Button(words.t("Remove no. {n}", n=words.number(number)), callback_data=pack("unsave", story_id, offset))
            for number, story_id in enumerate(ids, start=offset + 1)
        ]
        rows = in_rows(takes, 3)
    else:
        rows = [numbers(ids, ("saved", str(offset)), first=offset + 1)]
    turns = []
    mode = ("remove",) if removing else ()
    if offset:
        turns.append(Button("‹ " + words.t("Newer"), callback_data=pack("saved", max(0, offset - size), *mode)))
    if more:
        turns.append(Button(words.t("Older") + " ›", callback_data=pack("saved", offset + size, *mode)))
    if turns:
        rows.append(turns)
    if removing:
        rows.append([Button(words.t("Done"), callback_data=pack("saved", offset))])
    else:
        rows.append([Button(words.t("Remove some"), callback_data=pack("saved", offset, "remove"))])
    return Keyboard(rows)


def todays(words: Words) -> Keyboard:
    """A new digest, where an old one cannot be opened any more."""
    return Keyboard([[Button(words.t("Today's digest"), callback_data=pack("digest"))]])


def numbers(ids: Sequence[int], origin: Origin, *, first: int = 1) -> list[Button]:
    """A row of stories to open, by number."""
    return [
        Button(str(number), callback_data=pack("story", story_id, *origin))
        for number, story_id in enumerate(ids, start=first)
    ]
