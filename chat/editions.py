"""An edition as messages: a digest worded for a chat, with its buttons."""

from datetime import datetime, timedelta

from chat.keyboards.reading import after_digest
from digest.model import Digest
from digest.readers import DueSlot
from render.digest_view import digest_blocks
from render.names import Names
from render.telegram import to_even_messages
from render.words import load_words

#: A first edition looks back this far; a later one to where the last ended, and a little over for late feeds.
FIRST_WINDOW = timedelta(hours=24)
OVERLAP = timedelta(hours=12)
LONGEST_WINDOW = timedelta(days=8)

#: A message's HTML and its keyboard as JSON.
Message = tuple[str, str | None]


def edition_window(due: DueSlot, *, now: datetime) -> tuple[datetime, datetime]:
    """What an edition looks at: since the last one with an overlap, at least a day, at most eight.

    The first edition of a line that delivers on some weekdays only looks back a week.
    """
    since = now - (FIRST_WINDOW if len(due.line.cadence.days) > 1 or due.covered_until else LONGEST_WINDOW)
    if due.covered_until:
        since = min(since, due.covered_until - OVERLAP)
    return max(since, now - LONGEST_WINDOW), now


def upto(digest: Digest) -> dict[int, int]:
    """What a reader of this digest has been told: story id → the newest item of it."""
    return {story.story_id: story.upto for story in digest.stories}


def edition_messages(digest: Digest, *, names: Names, zone: str) -> list[Message]:
    """A digest as Telegram messages: HTML that fits, and under the last one its buttons as JSON."""
    words = load_words(digest.wishes.language)
    texts = to_even_messages(digest_blocks(digest, words=words, names=names, zone=zone))
    keyboard = after_digest(digest.wishes.by, words).to_json()
    return [(text, keyboard if number == len(texts) else None) for number, text in enumerate(texts, start=1)]
