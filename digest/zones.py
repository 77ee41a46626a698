"""Time zones as readers say them."""

import re
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

from ruamel.yaml import YAML

from digest.errors import WishError
from digest.text import fold, normalise

_REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def parse_zone(text: str) -> str:
    """The IANA name of the zone a reader typed: a full name in any case, or its city; raises WishError.

    >>> parse_zone("asia/ho_chi_minh"), parse_zone("Hà Nội"), parse_zone("new york")
    ('Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh', 'America/New_York')
    """
    if zone := _zones().get(_spoken(text)):
        return zone
    raise WishError(f"no zone is called {text[:40]!r}")


def offered_zones() -> tuple[str, ...]:
    """The IANA names of the zones worth a button, from data/zones.yaml."""
    return tuple(_data()["offered"])


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
