"""Time zones as readers say them."""

import re
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from ruamel.yaml import YAML

from digest.errors import WishError
from digest.places import Gazetteer
from digest.text import fold, normalise

#: Fewer letters begin too many names.
_LETTERS = 3
#: An offset from UTC: "+7", "UTC+07:00", "gmt -3:30".
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-\u2212])\s*(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_CONTINENTS = ("Africa", "America", "Asia", "Europe")
_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def parse_zone(text: str, places: Gazetteer | None = None) -> str:
    """The IANA name of the zone a reader typed: a full name in any case, or its city; raises WishError.

    With `places` also any place of a country that has one zone: "Huế", "Viêng Chăn", "Ba Lan".

    >>> parse_zone("asia/ho_chi_minh"), parse_zone("Hà Nội"), parse_zone("new york")
    ('Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh', 'America/New_York')
    """
    if zone := _zones().get(_spoken(text)):
        return zone
    countries = dict.fromkeys(places.country(code) for code in places.named(text)[:1]) if places else {}
    for country in countries:
        if len(zones := _zones_of(country)) == 1:
            return zones[0]
    raise WishError(f"no zone is called {text[:40]!r}")


def near_zones(text: str, places: Gazetteer, *, now: datetime) -> tuple[str, ...]:
    """The zones, four at most, that somebody may have meant.

    Those of a country with several, those nearly spelt so, or for "+7" and "UTC-3:30" those with that offset `now`.
    """
    if offset := _OFFSET.fullmatch(normalise(text).strip()):
        return tuple(_zones_at(_span(*offset.groups()), now))[:4]
    spoken = _spoken(text)
    zones = [zone for code in places.named(text)[:1] for zone in _zones_of(places.country(code))]
    zones += [_zones()[name] for name in get_close_matches(spoken, _zones(), n=6, cutoff=0.75)]
    if len(spoken) >= _LETTERS:
        zones += [zone for name, zone in _zones().items() if name.startswith(spoken)]
    return tuple(dict.fromkeys(zone for zone in zones if "/" in zone))[:4]


def offered_zones() -> tuple[str, ...]:
    """The IANA names of the zones worth a button, from data/zones.yaml."""
    return tuple(_data()["offered"])


def _span(sign: str, hours: str, minutes: str | None) -> timedelta:
    span = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return span if sign == "+" else -span


def _zones_at(offset: timedelta, now: datetime) -> list[str]:
    """The zones so far from UTC now: worth a button, of best known cities, of whole countries, then all others."""
    territories = get_global("zone_territories")
    countries = sorted(set(territories.values()))
    zones = [*offered_zones(), *chain.from_iterable(_data()["chief"].values())]
    alone = [of[0] for country in countries if len(of := _zones_of(country)) == 1]
    zones += sorted(alone, key=lambda zone: not zone.startswith(_CONTINENTS))  # islands after them
    zones += sorted(zone for zone in territories if zone.startswith(_REGIONS))
    return [zone for zone in dict.fromkeys(zones) if now.astimezone(ZoneInfo(zone)).utcoffset() == offset]


def _zones_of(country: str) -> list[str]:
    """The zones of a country, those with the best known cities first."""
    territories = get_global("zone_territories")
    chief = _data()["chief"].get(country, ())
    zones = [zone for zone in territories if territories[zone] == country and zone.startswith(_REGIONS)]
    return list(chief) or zones


@cache
def _data() -> dict[str, Any]:
    text = (files("digest.data") / "zones.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe", pure=True).load(text))


@cache
def _zones() -> dict[str, str]:
    """Every way to say a zone, to its IANA name; a city in two zones' names belongs to the alphabetically first."""
    names = sorted(available_timezones())
    cities = {_spoken(name.rsplit("/", 1)[1]): name for name in reversed(names) if name.startswith(_REGIONS)}
    return cities | {_spoken(name): name for name in names} | dict(_data()["also"])


def _spoken(text: str) -> str:
    return " ".join(re.sub(r"[_.,\-]", " ", fold(normalise(text))).split())
