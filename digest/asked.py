"""Places as a reader types them: "hue, cuba", "viet nam - laos", "ha noi da nang", with slips of the pen."""

import re
from typing import NamedTuple

from digest.places import Gazetteer, squeeze

_DASH = re.compile(r"\s*[-–—]\s*")
_SPACED_DASH = re.compile(r"\s+[-–—]\s+")
#: Fewer letters are no beginning of a name that anybody means.
_LETTERS = 3


class AskedPlaces(NamedTuple):
    """What was asked for: codes, pairs of countries, and the words that nobody knows."""

    places: frozenset[str]
    pairs: frozenset[str]
    unknown: tuple[str, ...]


def read_places(text: str, gazetteer: Gazetteer) -> AskedPlaces:
    """The places and pairs in a list with commas or semicolons.

    A part is a name, two countries with a dash, several names in a row, or at last the name nearest to it.
    """
    places, pairs, unknown = set[str](), set[str](), list[str]()
    for part in (part.strip() for part in re.split(r"[,;]", text)):
        if not part:
            continue
        if codes := gazetteer.named(part):
            places.add(codes[0])
        elif pair := _pair(part, gazetteer):
            pairs.add(pair)
        elif codes := _in_a_row(part, gazetteer) or _nearest(part, gazetteer):
            places.update(codes)
        else:
            unknown.append(part)
    return AskedPlaces(frozenset(places), frozenset(pairs), tuple(unknown))


def _pair(part: str, gazetteer: Gazetteer) -> str | None:
    # Between spaces a dash parts two names, else it may belong to one: Guinea-Bissau.
    dash = _SPACED_DASH if _SPACED_DASH.search(part) else _DASH
    ends = [gazetteer.named(end)[:1] for end in dash.split(part)]
    countries = {code for codes in ends for code in codes if gazetteer.parent(code) is None}
    return "-".join(sorted(countries)) if len(ends) == len(countries) == 2 else None


def _nearest(part: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    return gazetteer.resolve(part)[:1] if len(squeeze(part)) >= _LETTERS else ()


def _in_a_row(part: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Names without commas between them: every word must belong to one."""
    words, found = part.split(), list[str]()
    while words:
        for length in range(len(words), 0, -1):
            if codes := gazetteer.named(" ".join(words[:length])):
                found.append(codes[0])
                words = words[length:]
                break
        else:
            return ()
    return tuple(found)
