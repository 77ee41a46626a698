"""Composing: which stories of a window a reader is told, in what order and under which headings.

window ─→ wanted by these wishes, not told before ─→ ranked ─→ picked with variety up to the cap ─→ sections
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from digest.model import (
    OTHER,
    Coverage,
    Digest,
    DigestStory,
    Item,
    Mark,
    Report,
    Section,
    Sentence,
    Story,
    Wishes,
)
from digest.ranking import Weights, load_weights, worth
from digest.readers import Told
from digest.summarise import summarise_items
from digest.updates import fresh_sentences
from digest.wanted import is_wanted, wanting, wished_places

#: Stories in one digest: two minutes of reading at about 50 words a story.
STORY_CAP = 12
#: The reports of so long before the newest one speak for a story.
_LATEST = timedelta(hours=12)
#: Reports of a story that are read for its summary: more say the same again.
_SUMMARISED = 12
#: From so many sections of one story each they are gathered in one.
_THIN_SECTIONS = 2
_DAY, _HALF_DAY = timedelta(days=1), timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What was reported between two moments, and how well we listened."""

    since: datetime
    until: datetime
    stories: tuple[Story, ...]
    items: int
    feeds: int
    failing: int
    #: The country most of the day is about, "" for none; None where that is still to be seen.
    home: str | None = None
    #: Story and language → its summary: made once for all the readers of a window.
    quoted: dict[tuple[int, str], tuple[Sentence, ...]] = field(default_factory=dict, compare=False, repr=False)


class _Candidate(NamedTuple):
    """A wanted story with what it is worth to this reader."""

    story: Story
    points: tuple[tuple[str, float], ...]
    score: float
    news: tuple[Sentence, ...]
    mark: Mark | None
    day: int


def compose(
    window: Window,
    wishes: Wishes,
    *,
    told: Mapping[int, Told] | None = None,
    cap: int = STORY_CAP,
    weights: Weights | None = None,
    chosen: Sequence[int] | None = None,
) -> Digest:
    """The digest of a window for one set of wishes, of at most `cap` stories.

    `told` is what the chat knows (by story id): such a story comes again only with a sentence that is new, as an
    update. Without `told` nobody keeps count and stories carry no marks. What the cap leaves out is counted, in each
    section and in all. Where stories were `chosen` before, by id, just these are picked, in that order.
    """
    weights = weights or load_weights()
    diplomatic = [story for story in window.stories if story.topics]
    wants = wanting(wishes, window.stories, now=window.until)
    candidates = [_candidate(story, window, wishes, told, weights) for story in window.stories if wants(story)]
    wanted = [one for one in candidates if one]
    home = _home(diplomatic, wishes) if window.home is None else window.home
    heading = {one.story.id: heading_of(one.story, wishes, home) for one in wanted}
    if chosen is None:
        picked = _pick(wanted, heading, wishes, cap, weights)
    else:
        picked = [one for story_id in chosen for one in wanted if one.story.id == story_id]
    return Digest(
        wishes=wishes,
        since=window.since,
        until=window.until,
        sections=_sections(picked, wanted, heading, wishes, window),
        left_out=len(wanted) - len(picked),
        known=len(candidates) - len(wanted),
        offered=_offered(picked, wanted),
        home=home,
        coverage=Coverage(
            feeds=window.feeds,
            failing=window.failing,
            items=window.items,
            stories=len(diplomatic),
            shown=len(picked),
        ),
    )


def points_of(
    story: Story,
    wishes: Wishes,
    *,
    since: datetime,
    until: datetime,
    update: bool = False,
    weights: Weights | None = None,
) -> tuple[tuple[str, float], ...]:
    """What a story's rank is made of for these wishes and window: name → points; `update` if it was told before."""
    return worth(
        story,
        wishes,
        since=since,
        until=until,
        wished_places=wished_places(story, wishes),
        update=update,
        weights=weights or load_weights(),
    )


def _offered(picked: Sequence[_Candidate], wanted: Sequence[_Candidate]) -> tuple[tuple[int, int], ...]:
    """Every wanted story with its newest item: those that are told, then those that found no room, the best first."""
    shown = {one.story.id for one in picked}
    rest = sorted((one for one in wanted if one.story.id not in shown), key=lambda one: (-one.score, -one.story.id))
    return tuple((one.story.id, max(item.id for item in one.story.items)) for one in (*picked, *rest))


def _home(stories: Sequence[Story], wishes: Wishes) -> str:
    """The country that most of the day is about: as a heading it would say nothing. Of two, the one wished for."""
    counts = Counter(country for story in stories for country in {place[:2] for place in story.places})
    country = max(counts, key=lambda code: (counts[code], code in wishes.places, code), default=None)
    return country if country and counts[country] * 2 > len(stories) else ""


def heading_of(story: Story, wishes: Wishes, home: str) -> str:
    """The topic or place under which a story stands; `home` is the country most of the day is about, "" for none."""
    if wishes.by == "topic":
        wished = [topic for topic in story.topics if topic in wishes.topics]
        return next(iter(wished or story.topics), OTHER)
    # To somebody who follows the whole home country its name says nothing: with whom, or where in it, does.
    wished = [] if home in wishes.places else wished_places(story, wishes)
    places = wished or list(story.places)
    if not places:
        return OTHER
    return next((place for place in places if place != home), places[0])


def _candidate(
    story: Story, window: Window, wishes: Wishes, told: Mapping[int, Told] | None, weights: Weights
) -> _Candidate | None:
    """A story with its points; None if the chat was told all there is to it."""
    before = told.get(story.id) if told else None
    news: tuple[Sentence, ...] = ()
    if before:
        news = fresh_sentences(story.items, upto=before.upto, unknown=before.unknown, language=wishes.language)
        if not news:
            return None
    points = points_of(story, wishes, since=window.since, until=window.until, update=bool(before), weights=weights)
    mark: Mark | None = None if told is None else "update" if before else "new"
    day = (window.until - before.first + _HALF_DAY) // _DAY + 1 if before else 1
    return _Candidate(story, points, round(sum(value for _, value in points), 3), news, mark, day)


def _pick(
    wanted: Sequence[_Candidate], heading: dict[int, str], wishes: Wishes, cap: int, weights: Weights
) -> list[_Candidate]:
    """First the best of each wish, so that a small place is never starved; then greedily the best with variety."""
    left, picked = list(wanted), list[_Candidate]()
    sections, outlets = Counter[str](), Counter[str]()

    def worth_now(one: _Candidate) -> tuple[float, datetime, int]:
        story = one.story
        variety = weights.same_section ** sections[heading[story.id]] * weights.same_outlet ** outlets[story.outlets[0]]
        return (one.score * variety, story.published, story.id)

    def take(one: _Candidate) -> None:
        left.remove(one)
        picked.append(one)
        sections[heading[one.story.id]] += 1
        outlets[one.story.outlets[0]] += 1

    for wish in _single_wishes(wishes):
        if len(picked) < cap and not any(is_wanted(one.story, wish) for one in picked):
            best = max((one for one in left if is_wanted(one.story, wish)), key=worth_now, default=None)
            if best:
                take(best)
    while left and len(picked) < cap:
        take(max(left, key=worth_now))
    return picked


def _single_wishes(wishes: Wishes) -> list[Wishes]:
    """Each wish by itself; places before pairs before topics."""
    return [
        *(Wishes(places=frozenset({place})) for place in sorted(wishes.places)),
        *(Wishes(pairs=frozenset({pair})) for pair in sorted(wishes.pairs)),
        *(Wishes(topics=frozenset({topic})) for topic in sorted(wishes.topics)),
    ]


def _sections(
    picked: Sequence[_Candidate],
    wanted: Sequence[_Candidate],
    heading: dict[int, str],
    wishes: Wishes,
    window: Window,
) -> tuple[Section, ...]:
    keys = list(dict.fromkeys(heading[one.story.id] for one in picked))
    counts = Counter(heading.values())
    alone = {key for key in keys if counts[key] == 1 and key not in wishes.places | wishes.topics}
    # Where nothing else is left, a heading each says more than one for all.
    if len(alone) < _THIN_SECTIONS or len(alone) == len(keys):
        alone = set()
    title = {key: OTHER if key in alone else key for key in heading.values()}
    shown = {one.story.id for one in picked}
    sections = []
    for key in dict.fromkeys(title[key] for key in keys):
        members = [one for one in picked if title[heading[one.story.id]] == key]
        members.sort(key=lambda one: (-one.score, -one.story.id))
        more = sum(1 for one in wanted if one.story.id not in shown and title[heading[one.story.id]] == key)
        told = tuple(_tell(one, wishes.language, window) for one in members)
        sections.append(Section(key=key, stories=told, more=more))
    sections.sort(key=lambda section: (section.key == OTHER, -section.stories[0].score))
    return tuple(sections)


def _tell(one: _Candidate, language: str, window: Window) -> DigestStory:
    story = one.story
    lead = lead_of(story, language)
    if one.news:  # the report that brings the news speaks for the story
        lead = next(item for item in story.items if item.id == one.news[0].item_id)
    reports: dict[str, Report] = {}
    for item in (lead, *story.items):
        reports.setdefault(item.outlet, Report(item.outlet, item.url, item.language))
    if not one.news and (story.id, language) not in window.quoted:
        reported = [lead, *(item for item in _latest(story, language) if item is not lead)]
        window.quoted[story.id, language] = summarise_items(reported[:_SUMMARISED], language)
    return DigestStory(
        story_id=story.id,
        headline=lead.title,
        url=lead.url,
        outlet=lead.outlet,
        language=lead.language,
        sentences=one.news or window.quoted[story.id, language],
        topics=story.topics,
        places=story.places,
        pairs=story.pairs,
        reports=tuple(reports.values()),
        origins=story.origins,
        published=story.published,
        worth=one.points,
        score=one.score,
        upto=max(item.id for item in story.items),
        mark=one.mark,
        day=one.day,
    )


def lead_of(story: Story, language: str) -> Item:
    """The report that speaks for a story as it stands now."""
    return min(_latest(story, language), key=lambda item: _lead_rank(item, language))


def _latest(story: Story, language: str) -> list[Item]:
    """The reports of the last hours, in this language where there are any: not what the first ones still hoped."""
    own = [item for item in story.items if item.language == language] or list(story.items)
    newest = max(item.published for item in own)
    return [item for item in own if newest - item.published <= _LATEST]


def _lead_rank(item: Item, language: str) -> tuple[bool, bool, int, int, int]:
    """The report that speaks for a story: in the reader's language, trusted, with something to quote, the first."""
    return (item.language != language, not item.labels.relevant, item.tier, -min(len(item.summary), 1), item.id)
