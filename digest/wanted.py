"""Which stories a reader's wishes want, and by which of them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from digest.asking import read_query
from digest.matching import matches
from digest.model import Story, Wishes
from digest.places import load_gazetteer
from digest.text import fold


def wanting(wishes: Wishes, among: Sequence[Story], *, now: datetime) -> Callable[[Story], bool]:
    """What these wishes want `among` some stories: what is diplomacy, or what answers the search that they hold.

    The search is understood on the day of `now`; it may keep watch for anything.
    """
    if not wishes.query:
        return lambda story: bool(story.topics) and is_wanted(story, wishes)
    outlets = sorted({item.outlet for story in among for item in story.items})
    query = read_query(wishes.query, gazetteer=load_gazetteer(), now=now, zone="UTC", outlets=outlets).query
    return lambda story: is_wanted(story, wishes) and any(matches(query, item) for item in story.items)


def is_wanted(story: Story, wishes: Wishes) -> bool:
    """Whether a story is for these wishes; see Wishes for the rule."""
    if wishes.unwanted:
        text = _folded_text(story)
        if any(_has_word(text, word) for word in wishes.unwanted):
            return False
    if wanted_words(story, wishes):
        return True
    if wishes.topics and not wishes.topics.intersection(story.topics):
        return False
    if not (wishes.places or wishes.pairs):
        return True
    return bool(wishes.pairs.intersection(story.pairs)) or any(
        covers(wish, place) for wish in wishes.places for place in story.places
    )


def covers(wish: str, place: str) -> bool:
    """Whether a wish for one place takes in another: a country takes in its provinces.

    >>> covers("VN", "VN-SG"), covers("VN-SG", "VN")
    (True, False)
    """
    return place == wish or place.startswith(f"{wish}-")


def wished_places(story: Story, wishes: Wishes) -> list[str]:
    """Those of the story's places that its reader wishes for."""
    return [place for place in story.places if any(covers(wish, place) for wish in wishes.places)]


def wanted_words(story: Story, wishes: Wishes) -> tuple[str, ...]:
    """Those of the words wished for that stand in the story."""
    if not wishes.wanted:
        return ()
    text = _folded_text(story)
    return tuple(word for word in wishes.wanted if _has_word(text, word))


def _folded_text(story: Story) -> str:
    return " " + " ".join(fold(f"{item.title} {item.text}") for item in story.items) + " "


def _has_word(text: str, word: str) -> bool:
    start = text.find(folded := fold(word))
    while start >= 0:
        end = start + len(folded)
        if not text[start - 1].isalnum() and not text[end : end + 1].isalnum():
            return True
        start = text.find(folded, start + 1)
    return False
