"""The pages of a digest: what it was made of, kept small, so that its buttons can open them long afterwards.

digest ─→ page_of ─→ (kept in the store) ─→ recompose with its stories ─→ the same digest

A page remembers which stories were wanted, as they stood then, and what the chat knew of them; composing does the rest,
in either grouping and without a cap.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose import STORY_CAP, Window, compose
from digest.model import Coverage, Digest, Grouping, Story, Wishes
from digest.readers import Told

#: More stories than these nobody turns pages for.
MOST_STORIES = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a digest was made of."""

    wishes: Wishes
    since: datetime
    until: datetime
    coverage: Coverage
    home: str
    #: Wanted stories with their newest item then, those that were shown first; `shown` says how many.
    stories: tuple[tuple[int, int], ...]
    shown: int
    #: What the chat had been told of them; None where nobody kept count.
    told: Mapping[int, Told] | None


def page_of(digest: Digest, told: Mapping[int, Told] | None = None) -> Page:
    """What a digest was made of; `told` is what it was composed with."""
    kept = digest.offered[:MOST_STORIES]
    return Page(
        wishes=digest.wishes,
        since=digest.since,
        until=digest.until,
        coverage=digest.coverage,
        home=digest.home,
        stories=kept,
        shown=len(digest.stories),
        told=None if told is None else {story: told[story] for story, _ in kept if story in told},
    )


def recompose(page: Page, stories: Iterable[Story], *, by: Grouping | None = None, whole: bool = False) -> Digest:
    """The digest of a page from its stories, in either grouping; `whole` also with what found no room then.

    Each story is read as it stood: items that came later are passed over.
    """
    upto = dict(page.stories if whole else page.stories[: page.shown])
    then = []
    for story in stories:
        items = tuple(item for item in story.items if item.id <= upto.get(story.id, 0))
        if items:
            then.append(replace(story, items=items))
    window = Window(
        since=page.since,
        until=page.until,
        stories=tuple(sorted(then, key=lambda story: story.id)),
        items=page.coverage.items,
        feeds=page.coverage.feeds,
        failing=page.coverage.failing,
        home=page.home,
    )
    wishes = replace(page.wishes, by=by or page.wishes.by)
    digest = compose(window, wishes, told=page.told, cap=len(upto) if whole else max(STORY_CAP, page.shown))
    return replace(digest, coverage=page.coverage, left_out=0 if whole else max(0, len(page.stories) - page.shown))
