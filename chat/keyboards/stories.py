"""The buttons under an opened story and the screens behind it. Each carries its origin: the way back to the list."""

from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from telegram import Bot, CopyTextButton, SwitchInlineQueryChosenChat
from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.reading import Origin
from chat.keyboards.shared import in_rows, tick
from chat.links import private_link
from digest.model import Story
from render.names import Names
from render.story_view import label_name
from render.words import Words

#: Characters of a headline that go into a link.
_SHARED = 200
#: Stands for a story's first outlet, whose name has no room in a button.
OUTLET = "@"


def story(
    story_id: int, origin: Origin, *, saved: bool, all_reports: bool, share: Button, citation: str, words: Words
) -> Keyboard:
    """Under a story: why it is here, keep it, pass it on, cite it, less of it, and back."""
    label = words.t("Saved") if saved else words.t("Save")
    keep = tick(label, saved, pack("save", story_id, 0 if saved else 1, *origin))
    rows = [
        [Button(words.t("Why here?"), callback_data=pack("why", story_id, *origin)), keep],
        [share, Button(words.t("Copy citation"), copy_text=CopyTextButton(citation))],
        [Button(words.t("Less like this"), callback_data=pack("lessof", story_id, *origin))],
    ]
    if all_reports:
        rows[-1].append(Button(words.t("All reports"), callback_data=pack("srcs", story_id, 0, *origin)))
    rows.append([_back_to_list(origin, words)])
    return Keyboard(rows)


def sharing(story_id: int, headline: str, bot: Bot, words: Words) -> Button:
    """To pass a story on: as a message of ours in another chat, or, where inline mode is off, as a link to it."""
    if bot.supports_inline_queries:
        chosen = SwitchInlineQueryChosenChat(
            query=f"story:{story_id}", allow_user_chats=True, allow_group_chats=True, allow_channel_chats=True
        )
        return Button(words.t("Share"), switch_inline_query_chosen_chat=chosen)
    # https://core.telegram.org/widgets/share: the app then asks to whom.
    link = urlencode({"url": f"https://t.me/{bot.username}?start=story_{story_id}", "text": headline[:_SHARED]})
    return Button(words.t("Share"), url=f"https://t.me/share/url?{link}")


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


def whole_story(story_id: int, bot_name: str, words: Words) -> Keyboard:
    """Under a story that was sent to somebody else's chat: the way to all of it."""
    link = private_link(bot_name, f"story_{story_id}")
    return Keyboard([[Button(words.t("Read all reports"), url=link)]])
