"""Wishes as readers type and share them: "hue, cuba", "viet nam - laos", "friendship, -football", "topic_ngo"."""

import re
from dataclasses import replace
from typing import NamedTuple

from digest.browse import find_shelf, shelf_members
from digest.model import Topic, Wishes
from digest.places import Gazetteer, squeeze
from digest.text import fold, normalise

_DASH = re.compile(r"\s*[-–—]\s*")
_SPACED_DASH = re.compile(r"\s+[-–—]\s+")
#: Fewer letters are no beginning of a name that anybody means.
_LETTERS = 3
#: So many places are offered where a name is nearly known.
_OFFERED = 3
#: So many names of one message are looked at. Whoever writes more hears it; nobody has to wait for them.
MOST_NAMES = 20
#: No name has more words, and no two countries have.
_WORDS_OF_A_NAME, _WORDS_OF_A_PAIR = 10, 24
#: Between two countries, folded: "laos and viet nam", "Việt Nam với Lào".
_BETWEEN = re.compile(r"\s*(?:[,;+/&]|\b(?:and|with|va|voi)\b)\s*")
_TOPICS = tuple(topic.value for topic in Topic)
#: A word shorter than this stands in every story; a longer phrase than this stands in none.
_SHORTEST_WORD, _LONGEST_WORD = 2, 40
#: https://core.telegram.org/bots/features#deep-linking: "up to 64 base64url characters".
_LONGEST_LINK = 64


class AskedPlaces(NamedTuple):
    """What was asked for: codes, pairs of countries, names that are nearly known or leave a choice, and others."""

    places: frozenset[str]
    pairs: frozenset[str]
    unknown: tuple[str, ...] = ()
    #: What was typed, and what it may mean, the likeliest first.
    near: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Regions and groups of countries, as shelves.
    shelves: tuple[str, ...] = ()
    #: Former units as typed, and the present provinces among `places` that they became.
    became: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: Whether there were more names than MOST_NAMES; what follows those was not looked at.
    more: bool = False

    @property
    def likely(self) -> frozenset[str]:
        """The places, and of names nearly known the nearest."""
        return self.places | {codes[0] for _, codes in self.near}


def exact_places(name: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """All places that a name stands for, in any language: one, both Congos, what a province became, a region's."""
    whole = gazetteer.became(name) or gazetteer.several(name) or gazetteer.named(name)[:1] or gazetteer.foreign(name)
    return whole or shelf_members(find_shelf(name, gazetteer) or "", gazetteer)


def read_places(text: str, gazetteer: Gazetteer, *, choosing: bool = False) -> AskedPlaces:
    """The places and pairs in a list with commas or semicolons.

    A part is a name, two countries with a dash, or several names in a row. Slips of the pen are not taken for granted:
    `near` says what they may mean, the likeliest first. For somebody who is `choosing` a name of two countries stands
    in `near` too and a region in `shelves`; else either stands for all that it holds. Only the first MOST_NAMES are
    looked at.
    """
    places, pairs = set[str](), set[str]()
    unknown, near = list[str](), list[tuple[str, tuple[str, ...]]]()
    shelves, became = list[str](), list[tuple[str, tuple[str, ...]]]()
    parts = read_list(text)
    more = len(parts) > MOST_NAMES
    for part in parts[:MOST_NAMES]:
        if codes := gazetteer.became(part):
            places.update(codes)
            became.append((part, codes))
        elif choosing and (codes := gazetteer.several(part)):
            near.append((part, codes))
        elif choosing and not _one_name(part, gazetteer) and (shelf := find_shelf(part, gazetteer)):
            shelves.append(shelf)
        elif codes := exact_places(part, gazetteer):
            places.update(codes)
        elif pair := _dashed(part, gazetteer):
            pairs.add(pair)
        elif codes := _in_a_row(part, gazetteer):
            places.update(codes[:MOST_NAMES])
            more = more or len(codes) > MOST_NAMES
        elif codes := _nearest(part, gazetteer):
            near.append((part, codes))
        else:
            unknown.append(part)
    return AskedPlaces(
        frozenset(places),
        frozenset(pairs),
        tuple(unknown),
        tuple(near),
        tuple(dict.fromkeys(shelves)),
        tuple(became),
        more,
    )


def read_list(text: str) -> list[str]:
    """The parts of a list with commas or semicolons that are not empty."""
    return [part.strip() for part in re.split(r"[,;]", text) if part.strip()]


class AskedPair(NamedTuple):
    """Two countries as typed: their pair, or pairs that may be meant; neither where it was something else.

    Of two names `unknown` are those that no country has.
    """

    pair: str | None
    near: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_pair(text: str, gazetteer: Gazetteer) -> AskedPair:
    """Two countries in any order and with any word between: "vn la", "Việt Nam với Lào", "Hà Nội - Viêng Chăn"."""
    text = " ".join(normalise(text).split())
    if (pair := _dashed(text, gazetteer)) and not any(map(gazetteer.several, _DASH.split(text))):
        return AskedPair(pair)
    ends = _split(_BETWEEN, text)
    if len(ends) == 1:
        ends = _two_names(text, gazetteer, known=2) or _split(_DASH, text)
    if len(ends) == 1:
        ends = _two_names(text, gazetteer, known=1)
    if len(ends) != 2:
        return AskedPair(None)
    one, other = (_countries(end, gazetteer) for end in ends)
    if not (one and other):
        return AskedPair(None, unknown=tuple(end for end, known in zip(ends, (one, other), strict=True) if not known))
    pairs = [paired(a, b) for a in one for b in other if a != b]
    sure = all(_one_name(end, gazetteer) and not gazetteer.several(end) for end in ends)
    return AskedPair(pairs[0]) if sure and pairs else AskedPair(None, tuple(dict.fromkeys(pairs))[:_OFFERED])


def read_words(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Words wanted and, after a minus, unwanted, in a list with commas; what is no word is passed over.

    >>> read_words("friendship union, -football, “hữu nghị”")
    (('friendship union', 'hữu nghị'), ('football',))
    """
    wanted, unwanted = dict[str, str](), dict[str, str]()
    for part in re.split(r"[,;\n]", normalise(text)):
        minus = bool(re.match(r"\s*[-–—−]", part))
        word = " ".join(part.split()).strip(" -–—−+\"'“”‘’«»")[:_LONGEST_WORD].strip()
        if len(word) >= _SHORTEST_WORD and any(c.isalnum() for c in word):
            (unwanted if minus else wanted).setdefault(fold(word), word)
    return tuple(wanted.values()), tuple(unwanted.values())


class Asked(NamedTuple):
    """A few topics, places and pairs that a link asks for."""

    topics: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    pairs: frozenset[str] = frozenset()

    def over(self, wishes: Wishes) -> Wishes:
        """These wishes and nothing else, in the reader's language and grouping."""
        return Wishes(topics=self.topics, places=self.places, pairs=self.pairs, language=wishes.language, by=wishes.by)

    def added_to(self, wishes: Wishes) -> Wishes:
        """The wishes with these besides. Who has every topic or follows everywhere keeps that."""
        where = wishes.places or wishes.pairs
        return replace(
            wishes,
            topics=wishes.topics | self.topics if wishes.topics else wishes.topics,
            places=wishes.places | self.places if where else wishes.places,
            pairs=wishes.pairs | self.pairs if where else wishes.pairs,
        )


def read_link(payload: str, gazetteer: Gazetteer) -> Asked | None:
    """What a deep link asks for: "topic_ngo", "place_VN-SG", "pair_LA-VN" or "pair_la_vn", several joined by "__".

    None where a part of it is nothing that we know.

    >>> from digest.places import load_gazetteer
    >>> read_link("topic_ngo__place_la", load_gazetteer())
    Asked(topics=frozenset({'ngo'}), places=frozenset({'LA'}), pairs=frozenset())
    """
    topics, places, pairs = set[str](), set[str](), set[str]()
    for part in payload[:_LONGEST_LINK].split("__"):
        kind, _, value = part.partition("_")
        codes = gazetteer.named(value)[:1]
        pair = _dashed(value.replace("_", "-"), gazetteer)
        if kind == "topic" and value in _TOPICS:
            topics.add(value)
        elif kind == "place" and codes:
            places.update(codes)
        elif kind == "pair" and pair:
            pairs.add(pair)
        else:
            return None
    return Asked(frozenset(topics), frozenset(places), frozenset(pairs))


def link_for(asked: Asked) -> str | None:
    """The payload of a deep link that asks for this; None for nothing and for too much.

    >>> link_for(Asked(topics=frozenset({"ngo"}), pairs=frozenset({"LA-VN"})))
    'topic_ngo__pair_LA-VN'
    """
    parts = [
        f"{kind}_{one}" for kind, some in zip(("topic", "place", "pair"), asked, strict=True) for one in sorted(some)
    ]
    payload = "__".join(parts)
    return payload if 0 < len(payload) <= _LONGEST_LINK else None


def short(asked: Asked) -> str:
    """What a link asked for, so short that it fits on a button: "ngo.VN-SG.LA+VN"."""
    pairs = [pair.replace("-", "+") for pair in sorted(asked.pairs)]
    return ".".join([*sorted(asked.topics), *sorted(asked.places), *pairs])


def read_short(text: str, gazetteer: Gazetteer) -> Asked | None:
    """What `short` wrote; None for anything else."""
    topics, places, pairs = set[str](), set[str](), set[str]()
    for part in text.split("."):
        ends = part.split("+")
        if part in _TOPICS:
            topics.add(part)
        elif gazetteer.known(part):
            places.add(part)
        elif len(ends) == 2 and ends == sorted(set(ends)) and all(gazetteer.known(end) for end in ends):
            pairs.add("-".join(ends))
        else:
            return None
    return Asked(frozenset(topics), frozenset(places), frozenset(pairs))


def _dashed(part: str, gazetteer: Gazetteer) -> str | None:
    # Between spaces a dash parts two names, else it may belong to one: Guinea-Bissau.
    dash = _SPACED_DASH if _SPACED_DASH.search(part) else _DASH
    ends = [_one_name(end, gazetteer) for end in dash.split(part)]
    countries = {code for codes in ends for code in codes if gazetteer.parent(code) is None}
    return paired(*countries) if len(ends) == len(countries) == 2 else None


def paired(one: str, other: str) -> str:
    """The pair of two countries."""
    return "-".join(sorted((one, other)))


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    """The parts of a text between what the pattern finds in it folded; folding keeps every letter's place."""
    parts, start = list[str](), 0
    for found in pattern.finditer(fold(text)):
        parts.append(text[start : found.start()])
        start = found.end()
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def _two_names(text: str, gazetteer: Gazetteer, *, known: int) -> list[str]:
    """Two names in a row of which so many are known, the other nearly where that can be; [] where no cut gives that."""
    words = text.split()
    if len(words) > _WORDS_OF_A_PAIR:
        return []
    cuts = [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    fitting = [cut for cut in cuts if sum(bool(gazetteer.named(end)) for end in cut) == known]
    return next((cut for cut in fitting if all(map(gazetteer.resolve, cut))), fitting[0] if fitting else [])


def _one_name(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """The one place that goes by this name in any language first; () for none."""
    return (gazetteer.named(text) or gazetteer.foreign(text))[:1]


def _countries(text: str, gazetteer: Gazetteer) -> list[str]:
    """The countries that a name stands for, or may; a capital stands for its country."""
    codes = gazetteer.several(text) or _one_name(text, gazetteer) or gazetteer.resolve(text)[:_OFFERED]
    seated = [gazetteer.seat_of(code) or code for code in codes]
    return [code for code in dict.fromkeys(seated) if gazetteer.parent(code) is None]


def _nearest(part: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    return gazetteer.resolve(part)[:_OFFERED] if len(squeeze(part)) >= _LETTERS else ()


def _in_a_row(part: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Names without commas between them: every word must belong to one, as far as they are looked at."""
    words, found, start = part.split(), list[str](), 0
    while start < len(words) and len(found) <= MOST_NAMES:
        for length in range(min(len(words) - start, _WORDS_OF_A_NAME), 0, -1):
            if codes := _one_name(" ".join(words[start : start + length]), gazetteer):
                found.append(codes[0])
                start += length
                break
        else:
            return ()
    return tuple(found)
