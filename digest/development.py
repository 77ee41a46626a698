"""How a story went on from day to day: what each day added to it, for whoever opens the story."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from digest.model import Item, Sentence, Story
from digest.updates import fresh_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One local day of a story."""

    day: date
    #: When its first report of that day was published.
    at: datetime
    #: Reports of that day.
    reports: int
    #: The first report of that day: on the first day the one that brought the story.
    first: Item
    #: What the day's reports say that nobody had said before; none on the first day, and where they say nothing new.
    news: tuple[Sentence, ...]
    #: Outlets, and newsrooms that wrote their own report, that had not reported it before; in the order of reporting.
    outlets: tuple[str, ...]
    origins: tuple[str, ...]


def development(story: Story, *, zone: str, language: str) -> tuple[Step, ...]:
    """The days of a story on which it was reported, oldest first; local days of `zone`, an IANA name.

    The news of a day is quoted as in an update, in `language` where a report in it says something new.
    """
    local = ZoneInfo(zone)
    items = sorted(story.items, key=lambda item: (item.published, item.id))
    newest = max(item.id for item in items)
    before: list[Item] = []
    steps = []
    for day, group in groupby(items, key=lambda item: item.published.astimezone(local).date()):
        reports = list(group)
        # Ids grow with the time of storing, and a late feed may bring an early report: days count here, not ids.
        fresh = frozenset(item.id for item in reports)
        news = fresh_sentences([*before, *reports], upto=newest, unknown=fresh, language=language) if before else ()
        known_outlets = {item.outlet for item in before}
        known_origins = {_origin(item) for item in before}
        steps.append(
            Step(
                day=day,
                at=reports[0].published,
                reports=len(reports),
                first=reports[0],
                news=news,
                outlets=tuple(dict.fromkeys(item.outlet for item in reports if item.outlet not in known_outlets)),
                origins=tuple(dict.fromkeys(_origin(item) for item in reports if _origin(item) not in known_origins)),
            )
        )
        before += reports
    return tuple(steps)


def _origin(item: Item) -> str:
    return item.origin or item.outlet
