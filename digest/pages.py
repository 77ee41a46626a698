"""The pages of a digest: what it was made of, kept small, so that its buttons can open them long afterwards.

digest ─→ page_of ─→ (kept in the store) ─→ recompose with its stories ─→ the same digest
                                        └─→ section_ids, retell       ─→ one section of it, with what found no room

A page remembers which stories were wanted, as they stood then, and what the chat knew of them; composing does the rest,
in either grouping.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose import Window, compose, heading_of
from digest.model import Coverage, Digest, DigestStory, Grouping, Story, Wishes
from digest.ranking import load_weights
from digest.readers import Told

#: More stories than these nobody turns pages for.
MOST_STORIES = 80
#: The section of all that found no room in a digest.
REST = "rest"


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
    #: How many more were wanted and known to the chat already.
    known: int
    #: Wanted stories beyond MOST_STORIES, which no page has.
    beyond: int
    #: What the chat had been told of them; None where nobody kept count.
    told: Mapping[int, Told] | None

    @property
    def ids(self) -> tuple[int, ...]:
        """The ids that its stories had."""
        return tuple(story for story, _ in self.stories)


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
        known=digest.known,
        beyond=len(digest.offered) - len(kept),
        told=None if told is None else {story: told[story] for story, _ in kept if story in told},
    )


def recompose(
    page: Page, stories: Mapping[int, Story], *, by: Grouping | None = None, quoted: int | None = None
) -> Digest:
    """The digest of a page, in either grouping. `stories` are those of `page.ids`, whatever their own ids are now.

    Each story is read as it stood: items that came later are passed over. Finding sentences to quote is most of the
    work: with `quoted` only so many stories have them, those that `front_stories` names.
    """
    shown = dict.fromkeys(stories[asked].id for asked in page.ids[: page.shown] if asked in stories)
    digest = _compose(page, stories, list(shown), by=by, quoting=quoted is None)
    if quoted:
        front = retell(page, stories, [story.story_id for story in front_stories(digest, quoted)])
        sections = (
            replace(part, stories=tuple(front.get(story.story_id, story) for story in part.stories))
            for part in digest.sections
        )
        digest = replace(digest, sections=tuple(sections))
    return replace(digest, coverage=page.coverage, known=page.known, left_out=digest.left_out + page.beyond)


def section_ids(page: Page, stories: Mapping[int, Story], digest: Digest, key: str) -> tuple[int, ...]:
    """The ids of one section of the recomposed `digest` of a page, told stories first and then what found no room.

    The section REST has all that found no room. An unknown section is empty.
    """
    shown = {story.story_id for story in digest.stories}
    told = [story.story_id for section in digest.sections if section.key == key for story in section.stories]
    left = {story.id: story for asked in page.ids if (story := stories.get(asked)) and story.id not in shown}
    if key != REST:
        left = {
            story.id: story
            for story in _as_they_stood(left.values(), _upto(page, stories))
            if told and heading_of(story, digest.wishes, digest.home) == key
        }
    return (*told, *left)


def retell(page: Page, stories: Mapping[int, Story], ids: Sequence[int]) -> dict[int, DigestStory]:
    """Some stories of a page, by the ids they have now, as a digest tells them; those that it had no room for too."""
    return {story.story_id: story for story in _compose(page, stories, ids).stories}


def front_stories(digest: Digest, most: int) -> tuple[DigestStory, ...]:
    """The stories for the first screen: the best, each of a topic that has one there already counting less.

    The same ones in either grouping.
    """
    variety = load_weights().same_section
    before = Counter[str]()
    ranked = []
    for story in sorted(digest.stories, key=lambda story: (story.score, story.upto), reverse=True):
        topic = next(iter(story.topics), "")
        ranked.append((story.score * variety ** before[topic], story.upto, story))
        before[topic] += 1
    best = sorted(ranked, key=lambda one: one[:2], reverse=True)[:most]
    return tuple(sorted((story for *_, story in best), key=lambda story: (story.score, story.upto), reverse=True))


def _compose(
    page: Page,
    stories: Mapping[int, Story],
    chosen: Sequence[int],
    *,
    by: Grouping | None = None,
    quoting: bool = True,
) -> Digest:
    then = _as_they_stood({story.id: story for story in stories.values()}.values(), _upto(page, stories))
    window = Window(
        since=page.since,
        until=page.until,
        stories=tuple(sorted(then, key=lambda story: story.id)),
        items=page.coverage.items,
        feeds=page.coverage.feeds,
        failing=page.coverage.failing,
        home=page.home,
        quoted={} if quoting else {(story.id, page.wishes.language): () for story in then},
    )
    wishes = replace(page.wishes, by=by or page.wishes.by)
    told = _told(page, stories)
    digest = compose(window, wishes, told=told, chosen=chosen)
    silent = set(chosen) - {story.story_id for story in digest.stories}
    if told and silent & set(told):  # where stories merged, their news may look like what was told: they stay
        told = {story: known for story, known in told.items() if story not in silent}
        digest = compose(window, wishes, told=told, chosen=chosen)
    return digest


def _upto(page: Page, stories: Mapping[int, Story]) -> dict[int, int]:
    """The newest item of each story then, by the id it has now."""
    upto: dict[int, int] = {}
    for asked, newest in page.stories:
        if asked in stories:
            now = stories[asked].id
            upto[now] = max(newest, upto.get(now, 0))
    return upto


def _as_they_stood(stories: Collection[Story], upto: Mapping[int, int]) -> Sequence[Story]:
    then = []
    for story in stories:
        items = tuple(item for item in story.items if item.id <= upto.get(story.id, 0))
        if items:
            then.append(replace(story, items=items))
    return then


def _told(page: Page, stories: Mapping[int, Story]) -> dict[int, Told] | None:
    """What the chat knew then, by the ids that stories have now."""
    if page.told is None:
        return None
    told: dict[int, Told] = {}
    for asked, known in page.told.items():
        if asked in stories:
            now = stories[asked].id
            other = told.get(now, known)
            told[now] = Told(min(known.first, other.first), max(known.upto, other.upto), known.unknown | other.unknown)
    return told
