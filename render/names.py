"""What places and topics are called: asked of whoever knows, and put in a row."""

from typing import Protocol

from digest.classify import topic_name
from digest.model import Language, Topic, Wishes
from digest.places import Gazetteer
from digest.text import fold
from render.blocks import one_line
from render.words import Words, load_words

#: A line names this many places or topics; of the rest it tells the number.
_IN_A_ROW = 3
_WISHES_IN_A_ROW = 6

_TOPIC_ORDER = [topic.value for topic in Topic]


class Names(Protocol):
    """Knows what a code is called."""

    def place(self, code: str, language: Language) -> str:
        """The name of an ISO 3166-1 or 3166-2 code."""

    def flag(self, code: str) -> str:
        """The flag of a country as an emoji; "" where there is none."""

    def topic(self, topic: str, language: Language, *, short: bool = False) -> str:
        """The name of a topic id; `short` for a button."""


class HouseNames:
    """The names of our own gazetteer and topic list."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer

    def place(self, code: str, language: Language) -> str:
        """The name of an ISO 3166-1 or 3166-2 code."""
        return self._gazetteer.name(code, language)

    def flag(self, code: str) -> str:
        """The flag of a country as an emoji."""
        return self._gazetteer.flag(code)

    def topic(self, topic: str, language: Language, *, short: bool = False) -> str:
        """The name of a topic id."""
        return load_words(language).name(topic_name(topic, language, short=short))


def flagged(code: str, words: Words, names: Names) -> str:
    """A place with its flag before the name; a province is named without, it is its country's."""
    name = names.place(code, words.language)
    flag = "" if "-" in code else names.flag(code)
    return f"{flag} {name}" if flag else name


def pair_name(pair: str, words: Words, names: Names) -> str:
    """Two countries with a dash: "Laos–Viet Nam"."""
    return "–".join(names.place(code, words.language) for code in pair.split("-"))


def places_row(places: tuple[str, ...], words: Words, names: Names) -> str:
    """The first few places of a story with their flags: "🇱🇦 Laos, Ho Chi Minh City"."""
    return _row([flagged(code, words, names) for code in places], words, _IN_A_ROW)


def wishes_row(wishes: Wishes, words: Words, names: Names) -> str:
    """Wishes in one line: "People-to-people, NGO aid · Ho Chi Minh City, Laos"."""
    language = words.language
    topics = [names.topic(topic, language, short=True) for topic in sorted(wishes.topics, key=_rank)]
    where = sorted((names.place(code, language) for code in wishes.places), key=fold)
    where += sorted((pair_name(pair, words, names) for pair in wishes.pairs), key=fold)
    if wishes.query and not (topics or where):
        return words.t("Search: {query}", query=one_line(wishes.query))
    parts = [
        _row(topics, words, _WISHES_IN_A_ROW) or words.t("All topics"),
        _row(where, words, _WISHES_IN_A_ROW) or words.t("everywhere"),
    ]
    if wishes.wanted:
        parts.append(words.t("with: {words}", words=_row(list(wishes.wanted), words, _WISHES_IN_A_ROW)))
    if wishes.unwanted:
        parts.append(words.t("without: {words}", words=_row(list(wishes.unwanted), words, _WISHES_IN_A_ROW)))
    if wishes.query:
        parts.append(words.t("Search: {query}", query=one_line(wishes.query)))
    return " · ".join(parts)


def chosen_row(wishes: Wishes, words: Words, names: Names) -> str:
    """Only what was chosen, for a question: "NGO aid · Laos"."""
    topics = [names.topic(topic, words.language, short=True) for topic in sorted(wishes.topics, key=_rank)]
    where = [names.place(code, words.language) for code in sorted(wishes.places)]
    where += [pair_name(pair, words, names) for pair in sorted(wishes.pairs)]
    return " · ".join(filter(None, (", ".join(topics), ", ".join(where))))


def _rank(topic: str) -> tuple[int, str]:
    return (_TOPIC_ORDER.index(topic) if topic in _TOPIC_ORDER else len(_TOPIC_ORDER), topic)


def _row(parts: list[str], words: Words, most: int) -> str:
    """The first `most` of the parts and how many there are besides."""
    rest = len(parts) - most
    # "+1 more" would take the room of the name that it hides.
    if rest > 1:
        parts = [*parts[:most], words.t("+{n} more", n=words.number(rest))]
    return ", ".join(parts)
