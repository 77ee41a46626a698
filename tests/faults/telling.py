"""What readers are told (I3 of news told at once, I4) and what is kept (I2), judged from a history. Nothing of ours."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tests.faults.history import LATE, Edition, Event, History, Key, Verdict, headlines_of, name_of, shown

#: A line that delivers at once does so within so many simulated seconds (and `LATE` real ones).
AT_ONCE = 1800.0
#: So many stories fit into one edition of such a line; of a longer list the rest stays behind its buttons.
_ROOM = 12
#: How long (simulated seconds) after a crowd of reports its editions may be on their way.
_BACKLOG = 7200.0


def at_once(story: History, key: Key, editions: Sequence[Edition], verdict: Verdict) -> None:
    """I3 of a line that delivers at once: each report is told soon, unless its day is full or many came at once."""
    since, zone = story.plans[key][0].since, ZoneInfo(story.plans[key][0].zone)
    told: dict[str, float] = {}
    days: Counter[date] = Counter()
    crowded: list[float] = []
    for edition in editions:
        days[datetime.fromtimestamp(edition.at, zone).date()] += 1
        headlines = edition.headlines()
        if len(headlines) >= _ROOM:
            crowded.append(edition.at)
        for headline in headlines:
            told.setdefault(story.told_by.get(headline.url, headline.url), edition.real)
    # What its feeds showed when it began is older than any news.
    for name, first, real, at in _stored(story).values():
        if first <= since + AT_ONCE or any(first <= then <= at + _BACKLOG for then in crowded):
            continue
        full = any(count >= story.caps[key] for day, count in days.items() if 0 <= (day - _day(at, zone)).days <= 1)
        if full:
            continue
        verdict.counts["reports due at once"] += 1
        until = min(told.get(name, float("inf")), story.reals[-1])
        took = story.healthy(max(real, story.reached(at + AT_ONCE)), until, chat=key[0])
        if took > LATE:
            verdict.wrong("I3", f"{name_of(key)} was not told at once of {name}, stored by {shown(at)}")


def _day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


class _Stored(NamedTuple):
    """A report, when (simulated) it was first shown, and when (real, simulated) it was sure to be stored."""

    name: str
    first: float
    real: float
    at: float


def _stored(story: History) -> dict[str, _Stored]:
    """The reports that were in two whole answers which the bot lived to store, by the name of what they tell."""
    first: dict[str, float] = {}
    found: dict[str, _Stored] = {}
    for event, at in zip(story.events, story.peaks, strict=True):
        if event["what"] != "served" or not event["whole"]:
            continue
        lived = story.lived_on(event["real"])
        for link in event["links"]:
            name = story.told_by.get(link, link)
            if name not in first:
                first[name] = at
            elif lived and at > first[name]:
                found.setdefault(name, _Stored(name, first[name], event["real"], at))
    return found


def told_once(story: History, key: Key, first: Sequence[Event], editions: Sequence[Edition], verdict: Verdict) -> None:
    """I4: no story twice, whatever link tells it, unless as an update that shows what was not shown before."""
    told: dict[str, float] = {}
    sentences: dict[str, set[str]] = defaultdict(set)
    for message in first:
        for headline in headlines_of(message["text"]):
            name = story.told_by.get(headline.url, headline.url)
            told.setdefault(name, message["at"])
            sentences[name].add(headline.sentences)
    for edition in editions:
        for headline in edition.headlines():
            name = story.told_by.get(headline.url, headline.url)
            if name in told and not headline.update:
                verdict.wrong("I4", f"{name_of(key)} was told {name} {shown(told[name])} and again {shown(edition.at)}")
            elif name in told and headline.sentences in sentences[name]:
                verdict.wrong(
                    "I4", f"{name_of(key)} got an update of {name} that shows nothing new {shown(edition.at)}"
                )
            told.setdefault(name, edition.at)
            sentences[name].add(headline.sentences)
            verdict.counts["stories told"] += 1
            verdict.counts["updates"] += headline.update


def items(story: History, verdict: Verdict) -> None:
    """I2: what a feed showed in a whole answer is stored after its next two good answers."""
    answers: dict[int, list[Event]] = defaultdict(list)
    seen: set[str] = set()
    missed: set[str] = set()
    for event in story.events:
        if event["what"] == "served" and event["whole"] and story.lived_on(event["real"]):
            answers[event["feed"]].append(event)
            for answer in answers[event["feed"]][:-2][-1:]:
                seen |= set(answer["links"])
        if event["what"] == "file":
            # The last answer may have come too late to be stored, and what was stored is of one moment.
            missed |= seen - set(event["links"])
    verdict.counts["items shown"] = len(seen)
    for link in sorted(missed):
        verdict.counts["items lost"] += 1
        verdict.wrong("I2", f"{link} was shown and is not stored")
