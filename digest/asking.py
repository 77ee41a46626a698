"""The language of queries: what a person types into a search, a saved alert or another chat, and back to text.

    topic: place: pair: source: lang: from: to:   or   chude: noi: cap: nguon: tieng: tu: den:   with or without accents
    "a phrase"   -word   -"a phrase"   -topic:economic

Values are whatever an editor would type: names in either language, codes, any spelling of a place, "lào-việt nam",
"1/11", "7d", "hôm qua". A value of several words needs quotes only where nobody knows it by that name. Whatever is not
understood is told back as a Remark, and the rest still searched.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digest.asked import exact_places, read_places
from digest.classify import topic_name
from digest.matching import Chunk, read_chunks
from digest.model import Topic
from digest.places import Gazetteer, squeeze
from digest.query import Filters, Query, Remark, Understood
from digest.when import read_when

#: The names of each operator, folded; the first is written by `write_query`.
OPERATORS = {
    "topic": "topic topics chude detai",
    "place": "place places country noi nuoc diadiem",
    "pair": "pair pairs cap",
    "source": "source sources outlet nguon bao",
    "language": "lang language tieng ngonngu",
    "from": "from since tu",
    "to": "to until den",
}
_KIND = {name: kind for kind, names in OPERATORS.items() for name in names.split()}
#: The field of Filters for each kind that is a label.
_FIELD = {"topic": "topics", "place": "places", "pair": "pairs", "source": "sources", "language": "languages"}
_LANGUAGES = {
    "en": "en", "english": "en", "anh": "en", "tienganh": "en",
    "vi": "vi", "vietnamese": "vi", "viet": "vi", "tiengviet": "vi",
}  # fmt: skip
#: "chủ đề:" is one name.
_SPACED = re.compile(r"\b(ch[uủ]|ng[oô]n|[dđ][iị]a)\s+([dđ][eề]|ng[uữ]|[dđ]i[eể]m)\s*:", re.IGNORECASE)
#: Words of a value beyond the first, at most.
_MOST_WORDS = 6
#: Names of outlets are long, and a paper may have a dozen feeds.
_LONGEST = 2048
#: Of what was not understood so much is told back.
_SAID = 40
#: Fewer letters name no topic that anybody means.
_SHORTEST = 3


class _Value(NamedTuple):
    """What a value stands for: labels, or a stretch of time; `guessed` where it is only like a name."""

    labels: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    guessed: bool = False


class _Reader:
    """What is needed to understand values."""

    def __init__(self, gazetteer: Gazetteer, outlets: Sequence[str], now: datetime, zone: str) -> None:
        self._gazetteer = gazetteer
        self._outlets = outlets
        self._now = now
        self._zone = zone

    def exactly(self, kind: str, said: str) -> _Value | None:
        """A value, or several with commas, each by a name it has."""
        if kind in ("from", "to"):
            when = read_when(said, now=self._now, zone=self._zone)
            return None if when is None else _Value(start=when.start, end=when.end)
        if kind == "pair":
            return self._pair(said)
        if whole := self._named(kind, said):  # an outlet's name may have a comma
            return _Value(whole)
        found = [self._named(kind, part) for part in _parts(said)]
        return _Value(_all(found)) if found and all(found) else None

    def nearly(self, kind: str, said: str) -> _Value | None:
        """The nearest that could be meant."""
        parts = _parts(said)
        if kind == "topic":
            found = [self._named(kind, part) or _topics_like(part) for part in parts]
        elif kind == "source":
            found = [self._named(kind, part) or self._outlets_like(part) for part in parts]
            return _Value(_all(found)) if any(found) else None
        elif kind == "place":
            found = [tuple(sorted(read_places(part, self._gazetteer).likely)) for part in parts]
        else:
            return None
        return _Value(_all(found), guessed=True) if found and all(found) else None

    def _named(self, kind: str, said: str) -> tuple[str, ...]:
        match kind:
            case "topic":
                return _topic_index().get(squeeze(said), ())
            case "place":
                return exact_places(said, self._gazetteer)
            case "source":
                return tuple(name for name in self._outlets if squeeze(name) == squeeze(said))
        code = _LANGUAGES.get(squeeze(said), said.lower() if re.fullmatch("[A-Za-z]{2}", said) else "")
        return (code,) if code else ()

    def _pair(self, said: str) -> _Value | None:
        asked = read_places(said, self._gazetteer)
        countries = sorted(asked.places)
        if not asked.unknown and not asked.places and asked.pairs:
            return _Value(tuple(sorted(asked.pairs)))
        if not asked.unknown and not asked.pairs and len(countries) == 2 and not any("-" in one for one in countries):
            return _Value(("-".join(countries),))
        return None

    def _outlets_like(self, said: str) -> tuple[str, ...]:
        """The outlets with these words or letters in their names: one paper has several feeds."""
        letters = squeeze(said)
        return tuple(name for name in self._outlets if letters in squeeze(name)) if len(letters) > 1 else ()


class _Reading:
    """A query as far as it is read."""

    def __init__(self, reader: _Reader, chunks: Sequence[Chunk]) -> None:
        self._reader = reader
        self._chunks = chunks
        self.kept: list[Chunk] = []
        self.labels: dict[tuple[bool, str], list[str]] = {}
        self.since: datetime | None = None
        self.until: datetime | None = None
        self.remarks: list[Remark] = []

    def read(self) -> None:
        """Read every chunk."""
        n = 0
        while n < len(self._chunks):
            chunk = self._chunks[n]
            name, rest = _operator(chunk)
            kind = _KIND.get(squeeze(name))
            if kind is not None:
                n = self._operator(kind, chunk, rest, n + 1)
                continue
            if name and rest and not rest.startswith("/"):
                self.remarks.append(Remark("operator", name[:_SAID]))
            self.kept += [chunk] if chunk.words else []
            n += 1

    def _operator(self, kind: str, chunk: Chunk, rest: str, n: int) -> int:
        """Read the value of an operator: `rest` and what follows from chunk `n` on. Where to go on."""
        if not rest:
            if n == len(self._chunks) or self._chunks[n].minus or _kind_of(self._chunks[n]) is not None:
                self.remarks.append(Remark("missing", chunk.said[:_SAID]))
                return n
            rest, quoted, n = self._chunks[n].said, self._chunks[n].quoted, n + 1
        else:
            quoted = False
        more = [] if quoted else self._words_from(n)
        for length in range(len(more), -1, -1):
            said = " ".join([rest, *more[:length]])
            if value := self._reader.exactly(kind, said):
                self._take(kind, chunk, said, value)
                return n + length
        value = self._reader.nearly(kind, rest)
        if value is None:
            unknown = "date" if kind in ("from", "to") else kind
            self.remarks.append(Remark(unknown, rest[:_SAID]))  # type: ignore[arg-type]  # of the kinds in OPERATORS
        else:
            self._take(kind, chunk, rest, value)
        return n

    def _words_from(self, n: int) -> list[str]:
        words: list[str] = []
        for chunk in self._chunks[n : n + _MOST_WORDS]:
            if chunk.quoted or chunk.minus or _kind_of(chunk) is not None:
                break
            words.append(chunk.said)
        return words

    def _take(self, kind: str, chunk: Chunk, said: str, value: _Value) -> None:
        if kind == "from":
            self.since = value.start
        elif kind == "to":
            self.until = value.end
        else:
            self.labels.setdefault((chunk.minus, _FIELD[kind]), []).extend(value.labels)
            if value.guessed:
                self.remarks += [Remark(kind, said[:_SAID], label) for label in value.labels]  # type: ignore[arg-type]


def read_query(text: str, *, gazetteer: Gazetteer, now: datetime, zone: str, outlets: Sequence[str] = ()) -> Understood:
    """What a person in an IANA `zone` asks for at `now`, and what of it was not understood. Never an error.

    `outlets` are the names that `source:` may mean; a value means all whose names hold it. The query's text is what is
    left beside the operators. `from:` begins where its value does, `to:` lasts to the end of its day, month or year.
    """
    chunks = read_chunks(_SPACED.sub(r"\1\2:", text[:_LONGEST]), longest=_LONGEST)
    reading = _Reading(_Reader(gazetteer, outlets, now, zone), chunks)
    reading.read()
    if reading.since and reading.until and reading.since >= reading.until:
        reading.remarks.append(Remark("backwards", ""))
    wanted, unwanted = (
        {field: tuple(dict.fromkeys(labels)) for (minus, field), labels in reading.labels.items() if minus is which}
        for which in (False, True)
    )
    return Understood(
        Query(
            text=" ".join(chunk.written for chunk in reading.kept),
            **wanted,  # type: ignore[arg-type]  # of the fields in _FIELD
            without=Filters(**unwanted),
            since=reading.since,
            until=reading.until,
        ),
        tuple(dict.fromkeys(reading.remarks)),
    )


def write_query(query: Query, *, zone: str) -> str:
    """A query as one types it in an IANA `zone`: read again, it asks for the same. Pages and order are not in it."""
    parts = [query.text] if query.text.strip() else []
    for minus, filters in (("", query), ("-", query.without)):
        for kind, field in _FIELD.items():
            values: tuple[str, ...] = getattr(filters, field)
            parts += [f"{minus}{kind if kind != 'language' else 'lang'}:{_quoted(value)}" for value in values]
    if query.since is not None:
        parts.append(f"from:{_written(query.since, zone)}")
    if query.until is not None:
        parts.append(f"to:{_written(query.until, zone, end=True)}")
    return " ".join(parts)


def _quoted(value: str) -> str:
    value = value.replace('"', "")
    return f'"{value}"' if " " in value else value


def _written(moment: datetime, zone: str, *, end: bool = False) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return str(local.date() - timedelta(days=end))
    return local.replace(microsecond=0).isoformat()


def _operator(chunk: Chunk) -> tuple[str, str]:
    """The name before a colon and what follows it; nothing where there is no such name."""
    name, colon, rest = chunk.said.partition(":")
    if chunk.quoted or not colon or not name.replace("-", "").replace("_", "").isalpha():
        return "", ""
    return name, rest


def _kind_of(chunk: Chunk) -> str | None:
    return _KIND.get(squeeze(_operator(chunk)[0]))


def _parts(said: str) -> list[str]:
    return [part.strip() for part in re.split("[,;]", said) if part.strip()]


def _all(found: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label for labels in found for label in labels))


def topic_named(said: str, *, nearly: bool = False) -> tuple[str, ...]:
    """The topic that somebody calls so, by its id or its name in either language; `nearly`: or most like it."""
    return _topic_index().get(squeeze(said), ()) or (_topics_like(said) if nearly else ())


@cache
def _topic_index() -> Mapping[str, tuple[str, ...]]:
    """Topics by their ids, their names in both languages, and the parts of these that one topic alone has."""
    whole: dict[str, tuple[str, ...]] = {}
    parts: dict[str, set[str]] = {}
    for topic in Topic:
        for name in _names(topic):
            whole[squeeze(name)] = (topic.value,)
            for part in re.split(r",| and | và ", name):
                parts.setdefault(squeeze(part), set()).add(topic.value)
    single = {part: tuple(topics) for part, topics in parts.items() if len(topics) == 1}
    return single | whole | {topic.value: (topic.value,) for topic in Topic}


def _names(topic: Topic) -> list[str]:
    return [topic_name(topic, language, short=short) for language in ("en", "vi") for short in (False, True)]


def _topics_like(said: str) -> tuple[str, ...]:
    """The topic whose names alone hold this word, or with a name most like it."""
    letters = squeeze(said)
    if len(letters) < _SHORTEST:
        return ()
    for like in (str.__eq__, str.startswith):
        holding = [topic for topic, said_so in _topic_words().items() if any(like(word, letters) for word in said_so)]
        if len(holding) == 1:
            return (holding[0],)
    holding = [topic.value for topic in Topic if any(letters in squeeze(name) for name in _names(topic))]
    if len(holding) == 1 and " " in said:  # "nhân dân" of "Đối ngoại nhân dân"
        return (holding[0],)
    near = difflib.get_close_matches(letters, _topic_index(), n=1, cutoff=0.8)
    return _topic_index()[near[0]] if near else ()


def topic_with_word(word: str) -> str:
    """The one topic in whose names this word stands, "" where none or several have it.

    >>> topic_with_word("aid"), topic_with_word("diplomacy")
    ('ngo', '')
    """
    letters = squeeze(word)
    holding = [topic for topic, said_so in _topic_words().items() if letters in said_so]
    return holding[0] if len(holding) == 1 and len(letters) >= _SHORTEST else ""


@cache
def _topic_words() -> Mapping[str, frozenset[str]]:
    """The words in the names of each topic, squeezed."""
    return {topic.value: frozenset(squeeze(word) for name in _names(topic) for word in name.split()) for topic in Topic}
