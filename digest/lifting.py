"""What the words of a query name: "laos aid" is a place and a topic, "what happened with Cuba this week?" has a time.

Only proposals, as in hints.py: whoever has a store tries them and keeps those that find something.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from digest.asked import paired
from digest.asking import topic_named, topic_with_word
from digest.hints import idle, idle_words
from digest.matching import Chunk, has_filters, read_chunks
from digest.places import Gazetteer, squeeze
from digest.query import Query
from digest.text import fold, marked
from digest.when import read_when

#: A name has so many words at most.
_LONGEST_NAME = 6
#: A time is only meant where one of these stands in it, or a day's number: "may", "thu" and "2025" are words as well.
_TIMELY = frozenset("this last past today yesterday ago nay truoc qua ngoai kia".split())
_DATED = re.compile(r"\d+[-/.]\d+|\d+ ?[^\W\d_]+")
#: Codes of countries are words in both languages; without capitals or accents a name has more letters.
_SHORTEST_NAME = 3
_PUNCTUATION = ".,;:!?…()[]'’*"
_DASH = re.compile("[-–—]")


class Found(NamedTuple):
    """Chunks from `start` until before `end` that name something."""

    start: int
    end: int
    #: A place, pair or topic.
    kind: str
    value: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to understand words: the names of places, and when and where somebody asks."""

    gazetteer: Gazetteer
    now: datetime
    zone: str


def lifted(query: Query, reading: Reading, *, whole: bool = False) -> list[Query]:
    """The query with the words that name a place, pair, topic or time as filters, the closest to it first.

    Other words are kept at first, then left out unless it must stay `whole`. Each is a first page; none where no word
    names anything.
    """
    chunks = [chunk._replace(said=said) for chunk in read_chunks(query.text) if (said := _bare(chunk))]
    found = list(_find(chunks, query, reading))
    others = has_filters(query) or query.since is not None or query.until is not None
    if not found and not others:
        return []
    kept, by_topic, bare = list[Query](), list[Query](), list[Query]()
    for chosen in _choices(found, reading.gazetteer):
        taken = {n for one in chosen for n in range(one.start, one.end)}
        rest = [(n, chunk) for n, chunk in enumerate(chunks) if n not in taken and not idle(chunk)]
        filtered = _filtered(query, chosen)
        by_word = [(n, topic) for n, chunk in rest if (topic := _topic_of(chunk))]
        kept.append(_worded(filtered, [chunk for _, chunk in rest]))
        if by_word and not filtered.topics and (chosen or others):
            about = tuple(dict.fromkeys(topic for _, topic in by_word))
            left = [chunk for n, chunk in rest if n not in {m for m, _ in by_word}]
            by_topic.append(_worded(replace(filtered, topics=about), left))
        if chosen and not whole:
            bare.append(_worded(filtered, [chunk for _, chunk in rest if chunk.minus]))
    plain = _worded(query, [chunk for chunk in chunks if not idle(chunk)])
    return [one for one in dict.fromkeys([*kept, *by_topic, *bare]) if one not in (plain, replace(query, offset=0))]


def _bare(chunk: Chunk) -> str:
    """What a chunk says, without the punctuation of a sentence around it; "" for one without a word."""
    if not chunk.words:
        return ""
    return chunk.said if chunk.quoted else chunk.said.strip(_PUNCTUATION)


def _find(chunks: Sequence[Chunk], query: Query, reading: Reading) -> Iterator[Found]:
    """What the chunks name from the left, the longest names first."""
    start = 0
    while start < len(chunks):
        for length in range(min(_LONGEST_NAME, len(chunks) - start), 0, -1):
            some = chunks[start : start + length]
            if any(chunk.quoted or chunk.minus for chunk in some):
                continue
            if found := _named(" ".join(chunk.said for chunk in some), start, start + length, query, reading):
                yield found
                start += length - 1
                break
        start += 1


def _named(said: str, start: int, end: int, query: Query, reading: Reading) -> Found | None:
    if not (query.since or query.until) and _timely(said):
        when = read_when(said, now=reading.now, zone=reading.zone)
        if when is not None:
            until = when.end if when.start < when.end <= reading.now else None
            return Found(start, end, "time", "", when.start, until)
    if not (query.places or query.pairs):
        if place := _place(said, reading.gazetteer):
            return Found(start, end, "place", place)
        ends = [_country(each, reading.gazetteer) for each in _DASH.split(said)]
        if len(ends) == len(set(ends)) == 2 and all(ends):
            return Found(start, end, "pair", paired(*ends))
    if not query.topics and len(squeeze(said)) >= _SHORTEST_NAME and (topics := topic_named(said)):
        return Found(start, end, "topic", topics[0])
    return None


def _timely(said: str) -> bool:
    words = fold(said).split()
    return bool(_DATED.fullmatch(fold(said))) or any(word in _TIMELY for word in words)


def _place(said: str, gazetteer: Gazetteer) -> str:
    """The place that goes by this name; "" for what is rather a word."""
    if said.lower() in idle_words() and not (said.istitle() or said.isupper()):
        return ""
    if len(squeeze(said)) < _SHORTEST_NAME and not marked(said) and not (len(said) > 1 and said.isupper()):
        return ""
    return next(iter(gazetteer.named(said)), "")


def _country(said: str, gazetteer: Gazetteer) -> str:
    place = _place(said.strip(), gazetteer)
    return place if place and gazetteer.parent(place) is None else ""


def _choices(found: Sequence[Found], gazetteer: Gazetteer) -> list[list[Found]]:
    """What to lift together: two countries as their pair; of other places one at a time, since filters say "or"."""
    places = [one for one in found if one.kind == "place"]
    rest = [one for one in found if one.kind != "place"]
    countries = {one.value for one in places if gazetteer.parent(one.value) is None}
    if len(places) < 2 or len({one.value for one in places}) == 1:
        whole = list(found)
    elif len(countries) == len(places) == 2 and not any(one.kind == "pair" for one in rest):
        pair = paired(*sorted(countries))
        whole = [*(one._replace(kind="pair", value=pair) for one in places), *rest]
    else:
        return [[place, *rest] for place in places[:2]]
    choices = [whole]
    if any(one.kind == "topic" for one in whole) and len(whole) > 1:
        choices.append([one for one in whole if one.kind != "topic"])
    return choices


def _filtered(query: Query, found: Sequence[Found]) -> Query:
    def values(kind: str, before: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*before, *(one.value for one in found if one.kind == kind))))

    times = [one for one in found if one.kind == "time"]
    return replace(
        query,
        places=values("place", query.places),
        pairs=values("pair", query.pairs),
        topics=values("topic", query.topics),
        since=times[0].since if times else query.since,
        until=times[0].until if times else query.until,
    )


def _topic_of(chunk: Chunk) -> str:
    """The topic in whose name alone this word stands: "aid"."""
    return "" if chunk.quoted or chunk.minus else topic_with_word(chunk.said)


def _worded(query: Query, chunks: Sequence[Chunk]) -> Query:
    return replace(query, text=" ".join(chunk.written for chunk in chunks), offset=0)
