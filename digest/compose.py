"""Composing: which stories of a window a reader is told, in what order and under which headings.

window ─→ wanted by these wishes, not told before ─→ ranked ─→ picked with variety up to the cap ─→ sections
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.model import (
    Coverage,
    Digest,
    DigestStory,
    Item,
    Report,
    Section,
    Story,
    Topic,
    Wishes,
)
from digest.summarise import summarise_items
from digest.text import fold

#: Stories in one digest: two minutes of reading at about 50 words a story.
STORY_CAP = 12
#: The key of the section that gathers stories alone under their heading.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Weights:
    """What makes a story matter; the score is their sum, before variety."""

    #: For each further newsroom that wrote it, up to `most_origins`.
    origin: float = 0.5
    most_origins: int = 4
    #: For an outlet of tier 1; half of it for tier 2.
    tier: float = 0.6
    #: For a story of this minute, falling to nothing over the window.
    fresh: float = 0.8
    #: For a report in the reader's language.
    own_language: float = 0.8
    #: For a topic or a place that the reader named, by how central it is to the story.
    wished: float = 1.0
    #: Each story already picked under the same heading, or from the same outlet, leaves this part of the score.
    same_section: float = 0.85
    same_outlet: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was reported between two moments, and how well we listened."""

    since: datetime
    until: datetime
    stories: tuple[Story, ...]
    items: int
    feeds: int
    failing: int


def compose(
    window: Window,
    wishes: Wishes,
    *,
    told: Collection[int] = frozenset(),
    cap: int = STORY_CAP,
    weights: Weights = Weights(),
) -> Digest:
    """The digest of a window for one set of wishes: at most `cap` stories, none of those in `told` (story ids).

    What the cap leaves out is counted, in each section and in all.
    """
    diplomatic = [story for story in window.stories if story.topics]
    wanted = [story for story in diplomatic if story.id not in told and is_wanted(story, wishes)]
    home = _home(diplomatic, wishes)
    heading = {story.id: _heading(story, wishes, home) for story in wanted}
    scores = {story.id: _score(story, window, wishes, weights) for story in wanted}
    picked = _pick(wanted, scores, heading, cap, weights)
    sections = _sections(picked, wanted, heading, scores, wishes)
    return Digest(
        wishes=wishes,
        since=window.since,
        until=window.until,
        sections=sections,
        left_out=len(wanted) - len(picked),
        coverage=Coverage(
            feeds=window.feeds,
            failing=window.failing,
            items=window.items,
            stories=len(diplomatic),
            shown=len(picked),
        ),
    )


def is_wanted(story: Story, wishes: Wishes) -> bool:
    """Whether a story is for these wishes; see Wishes for the rule."""
    text = None
    if wishes.wanted or wishes.unwanted:
        text = " " + " ".join(fold(f"{item.title} {item.text}") for item in story.items) + " "
        if any(_has_word(text, word) for word in wishes.unwanted):
            return False
        if any(_has_word(text, word) for word in wishes.wanted):
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


def _has_word(text: str, word: str) -> bool:
    start = text.find(folded := fold(word))
    while start >= 0:
        end = start + len(folded)
        if not text[start - 1].isalnum() and not text[end : end + 1].isalnum():
            return True
        start = text.find(folded, start + 1)
    return False


def _home(stories: Sequence[Story], wishes: Wishes) -> str | None:
    """The country that most of the day is about: as a heading it would say nothing. Of two, the one wished for."""
    counts = Counter(country for story in stories for country in {place[:2] for place in story.places})
    country = max(counts, key=lambda code: (counts[code], code in wishes.places, code), default=None)
    return country if country and counts[country] * 2 > len(stories) else None


def _heading(story: Story, wishes: Wishes, home: str | None) -> str:
    if wishes.by == "topic":
        wished = [topic for topic in story.topics if topic in wishes.topics]
        return (wished or list(story.topics))[0]
    # To somebody who follows the whole home country its name says nothing: with whom, or where in it, does.
    wished = [] if home in wishes.places else _wished_places(story, wishes)
    places = wished or list(story.places)
    if not places:
        return OTHER
    return next((place for place in places if place != home), places[0])


def _wished_places(story: Story, wishes: Wishes) -> list[str]:
    return [place for place in story.places if any(covers(wish, place) for wish in wishes.places)]


def _score(story: Story, window: Window, wishes: Wishes, weights: Weights) -> float:
    tier = min(item.tier for item in story.items)
    length = (window.until - window.since).total_seconds() or 1
    age = (window.until - story.published).total_seconds() / length
    score = weights.origin * (min(story.origins, weights.most_origins) - 1)
    score += weights.tier * (3 - tier) / 2
    score += weights.fresh * max(0.0, 1 - age)
    score += weights.own_language * any(item.language == wishes.language for item in story.items)
    named = [rank for rank, topic in enumerate(story.topics) if topic in wishes.topics]
    wished = _wished_places(story, wishes)
    named += [rank for rank, place in enumerate(story.places) if place in wished]
    return score + sum(weights.wished / (1 + rank) for rank in named[:2])


def _pick(
    stories: Sequence[Story], scores: dict[int, float], heading: dict[int, str], cap: int, weights: Weights
) -> list[Story]:
    """Greedily the best, each pick making its heading and its outlet weigh less for the next."""
    left, picked = list(stories), list[Story]()
    sections, outlets = Counter[str](), Counter[str]()

    def worth(story: Story) -> tuple[float, datetime, int]:
        variety = weights.same_section ** sections[heading[story.id]] * weights.same_outlet ** outlets[story.outlets[0]]
        return (scores[story.id] * variety, story.published, story.id)

    while left and len(picked) < cap:
        best = max(left, key=worth)
        left.remove(best)
        picked.append(best)
        sections[heading[best.id]] += 1
        outlets[best.outlets[0]] += 1
    return picked


def _sections(
    picked: Sequence[Story],
    wanted: Sequence[Story],
    heading: dict[int, str],
    scores: dict[int, float],
    wishes: Wishes,
) -> tuple[Section, ...]:
    keys = list(dict.fromkeys(heading[story.id] for story in picked))
    counts = Counter(heading.values())
    alone = {key for key in keys if wishes.by == "place" and counts[key] == 1 and key not in wishes.places}
    if len(alone) < 2 or len(alone) == len(keys) == 1:
        alone = set()
    title = {key: OTHER if key in alone else key for key in heading.values()}
    shown = {story.id for story in picked}
    sections = []
    for key in dict.fromkeys(title[key] for key in keys):
        members = [story for story in picked if title[heading[story.id]] == key]
        members.sort(key=lambda story: (-scores[story.id], -story.id))
        more = sum(1 for story in wanted if story.id not in shown and title[heading[story.id]] == key)
        told = tuple(_tell(story, scores[story.id], wishes.language) for story in members)
        sections.append(Section(key=key, stories=told, more=more))
    sections.sort(key=lambda section: (section.key == OTHER, -section.stories[0].score))
    return tuple(sections)


def _tell(story: Story, score: float, language: str) -> DigestStory:
    lead = min(story.items, key=lambda item: _lead_rank(item, language))
    reports = {item.outlet: Report(item.outlet, item.url, item.language) for item in (lead, *story.items)}
    sentences = summarise_items([lead, *(item for item in story.items if item is not lead)], language)
    return DigestStory(
        story_id=story.id,
        headline=lead.title,
        url=lead.url,
        outlet=lead.outlet,
        language=lead.language,
        sentences=sentences,
        topics=story.topics,
        places=story.places,
        pairs=story.pairs,
        reports=tuple(reports.values()),
        origins=story.origins,
        published=story.published,
        score=round(score, 3),
    )


def _lead_rank(item: Item, language: str) -> tuple[bool, bool, int, int, int]:
    """The report that speaks for a story: in the reader's language, trusted, with something to quote, the first."""
    return (item.language != language, not item.labels.relevant, item.tier, -min(len(item.summary), 1), item.id)


def all_topics() -> tuple[str, ...]:
    """The ids of the ten topics, in the order of the agreed list."""
    return tuple(topic.value for topic in Topic)
