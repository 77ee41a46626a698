"""An edition as messages: a digest worded for a chat, with its buttons.

Who reads alone gets one first screen whose buttons turn its pages in place. Where several read nobody may turn
everybody's page: there the digest is whole, and a link leads to each reader's own chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram import InlineKeyboardMarkup

from chat.keyboards import reading as keys
from digest.model import Digest, DigestStory
from digest.pages import front_stories
from digest.readers import DueSlot
from render.blocks import Block
from render.names import Names
from render.reading_view import front_blocks, just_in_blocks, whole_blocks
from render.telegram import to_even_messages, to_messages
from render.words import Words, load_words

#: A first edition looks back this far; a later one to where the last ended, and a little over for late feeds.
FIRST_WINDOW = timedelta(hours=24)
OVERLAP = timedelta(hours=12)
WEEK = timedelta(days=8)
#: Two weeks away, or a weekly edition that an outage cost, are made up for; older news is not.
LONGEST_WINDOW = timedelta(days=15)
#: A digest of so many stories shows them all at once; a longer one these at first, fewer if they do not fit.
SMALL, TOP = 5, 3

#: A message's HTML and its keyboard as JSON.
Message = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Setting:
    """Where an edition is read: the names of things, the reader's zone, and whether anybody else reads there."""

    names: Names
    #: IANA name.
    zone: str
    private: bool
    #: The bot's user name, for links to it.
    bot_name: str


def edition_window(due: DueSlot, *, now: datetime) -> tuple[datetime, datetime]:
    """What an edition looks at: since the last one with an overlap, at least a day, at most fifteen.

    The first edition of a line that delivers on some weekdays only looks back a week.
    """
    since = now - (FIRST_WINDOW if len(due.line.cadence.days) > 1 or due.covered_until else WEEK)
    if due.covered_until:
        since = min(since, due.covered_until - OVERLAP)
    return max(since, now - LONGEST_WINDOW), now


def upto(digest: Digest) -> dict[int, int]:
    """What a reader of this digest has been told: story id → the newest item of it."""
    return {story.story_id: story.upto for story in digest.stories}


def edition_messages(digest: Digest, token: str, setting: Setting, *, at_once: bool = False) -> list[Message]:
    """A digest as Telegram messages: HTML that fits, and under the last one its buttons as JSON.

    `token` names the page that the buttons lead back to; `at_once` makes it short, for news told as it comes.
    """
    words = load_words(digest.wishes.language)
    keyboard = keys.to_private(token, setting.bot_name, words) if digest.stories else None
    if at_once:
        blocks: Sequence[Block] = just_in_blocks(
            digest, words=words, names=setting.names, zone=setting.zone, pages=setting.private
        )
        if setting.private:
            keyboard = keys.just_in(digest, token, words=words)
    elif setting.private:
        blocks, keyboard = first_screen(digest, token, setting, words)
    else:
        blocks = whole_blocks(digest, words=words, names=setting.names, zone=setting.zone)
    texts = to_even_messages(blocks)
    under = keyboard.to_json() if keyboard else None
    return [(text, under if number == len(texts) else None) for number, text in enumerate(texts, start=1)]


def first_screen(
    digest: Digest, token: str, setting: Setting, words: Words
) -> tuple[list[Block], InlineKeyboardMarkup]:
    """The first screen of a digest, on one message, with its buttons."""
    top, blocks = _top(digest, setting, words)
    return blocks, keys.front(digest, top, token, words=words, names=setting.names)


def _top(digest: Digest, setting: Setting, words: Words) -> tuple[tuple[DigestStory, ...], list[Block]]:
    """The stories that the first screen shows in full: as many as fit."""
    for most in (SMALL, *range(TOP, 1, -1)) if len(digest.stories) <= SMALL else range(TOP, 1, -1):
        top = digest.stories if len(digest.stories) <= most else front_stories(digest, most)
        blocks = front_blocks(digest, top, words=words, names=setting.names, zone=setting.zone)
        if len(to_messages(blocks)) <= 1:
            return top, blocks
    top = front_stories(digest, 1)
    return top, front_blocks(digest, top, words=words, names=setting.names, zone=setting.zone)
