"""The buttons under an opened story and the screens behind it. Each carries its origin: the way back to the list."""

from collections.abc import Collection, Sequence

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import SwitchInlineQueryChosenChat

from chat.callback import pack
from chat.keyboards.reading import Origin
from chat.keyboards.shared import in_rows, tick
from digest.model import Story
from render.names import Names
from render.story_view import label_name
from render.words import Words

#: Stands for a story's first outlet, whose name has no room in a button.
OUTLET = "@"


def story(story_id: int, origin: Origin, *, saved: bool, all_reports: bool, words: Words) -> Keyboard:
    """Under a story: why it is here, keep it, pass it on, less of it, and back."""
    share = SwitchInlineQueryChosenChat(
        query=f"story:{story_id}", allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
    )
    label = words.t("Saved") if saved else words.t("Save")
    keep = tick(label, saved, pack("save", story_id, 0 if saved else 1, *origin))
    rows = [
        [Button(words.t("Why here?"), callback_data=pack("why", story_id, *origin)), keep],
        [
            Button(words.t("Share"), switch_inline_query_chosen_chat=share),
            Button(words.t("Less like this"), callback_data=pack("lessof", story_id, *origin)),
        ],
    ]
    if all_reports:
        rows.append([Button(words.t("All reports"), callback_data=pack("srcs", story_id, 0, *origin))])
    rows.append([_back_to_list(origin, words)])
    return Keyboard(rows)


def reports(story_id: int, start: int, size: int, origin: Origin, *, more: bool, words: Words) -> Keyboard:
    """Under a page of reports: the pages beside it, and back to the story."""
    turns = []
    if start:
        turns.append(
            Button("‹ " + words.t("Previous"), callback_data=pack("srcs", story_id, max(0, start - size), *origin))
        )
    if more:
        turns.append(Button(words.t("More") + " ›", callback_data=pack("srcs", story_id, start + size, *origin)))
    return Keyboard([*([turns] if turns else []), [_back_to_story(story_id, origin, words)]])


def why(story: Story, story_id: int, origin: Origin, words: Words) -> Keyboard:
    """Under the reasons: say that a label is wrong."""
    wrong = []
    if story.topics:
        wrong.append(Button(words.t("Wrong topic"), callback_data=pack("wrong", story_id, "t", *origin)))
    if story.places:
        wrong.append(Button(words.t("Wrong place"), callback_data=pack("wrong", story_id, "p", *origin)))
    return Keyboard([*([wrong] if wrong else []), [_back_to_story(story_id, origin, words)]])


def which_label(labels: Sequence[str], story_id: int, origin: Origin, *, words: Words, names: Names) -> Keyboard:
    """Which label is wrong."""
    buttons = [
        Button(label_name(label, words, names), callback_data=pack("bad", story_id, label, *origin)) for label in labels
    ]
    back = Button("‹ " + words.t("Back"), callback_data=pack("why", story_id, *origin))
    return Keyboard([*in_rows(buttons, 2), [back]])


def less(
    story: Story, story_id: int, chosen: Collection[str], origin: Origin, *, words: Words, names: Names
) -> Keyboard:
    """What of a story one wants less of, ticked where that is set."""
    choices = [(label, label, label_name(label, words, names)) for label in (*story.topics, *story.places)]
    choices.append((story.outlets[0], OUTLET, story.outlets[0]))
    buttons = [
        tick(label, wish in chosen, pack("keep" if wish in chosen else "less", story_id, code, *origin))
        for wish, code, label in choices
    ]
    return Keyboard([*in_rows(buttons, 2), [_back_to_story(story_id, origin, words)]])


def _back_to_story(story_id: int, origin: Origin, words: Words) -> Button:
    return Button("‹ " + words.t("Back to the story"), callback_data=pack("story", story_id, *origin))


def _back_to_list(origin: Origin, words: Words) -> Button:
    if origin:
        return Button("‹ " + words.t("Back"), callback_data=pack(*origin))
    return Button(words.t("Today's digest"), callback_data=pack("digest"))
