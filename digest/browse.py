"""The world as one browses it: continents, their regions, countries; and countries by region and province.

shelf      what is on it
""         continents and countries with provinces
142        a continent: its sub-regions
035        a sub-region: its countries
VN         a country: its regions
VN.mekong  a region of a country: its provinces
"""

from dataclasses import dataclass
from functools import cache

from babel import Locale

from digest.lexicon import read_data
from digest.places import Gazetteer
from digest.text import fold

#: UN M49 for the world: what lies on no continent, such as the Antarctic.
NOWHERE = "001"


@dataclass(frozen=True, slots=True)
class Shelf:
    """One screen of browsing: `shelves` lead on, `places` can be chosen, `above` is where one came from."""

    key: str
    above: str
    shelves: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def shelf(key: str, gazetteer: Gazetteer, *, language: str) -> Shelf | None:
    """What a shelf holds, by name in a language; None for one that we do not have."""
    if key in _continents() and (regions := _continents()[key]):
        return Shelf(key, "", shelves=regions)  # the nearest first, as the file has them
    if key in gazetteer.regions():
        countries = [code for code in gazetteer.countries() if gazetteer.region(code) == key]
        above = next((continent for continent, regions in _continents().items() if key in regions), "")
        return Shelf(key, above, places=_by_name(countries, gazetteer, language))
    country, _, region = key.partition(".")
    provinces = gazetteer.provinces(country)
    if region:
        provinces = tuple(code for code in provinces if gazetteer.region(code) == f"{country}:{region}")
        return Shelf(key, country, places=_by_name(provinces, gazetteer, language)) if provinces else None
    if not provinces:
        return None
    within = dict.fromkeys((gazetteer.region(code) or "").replace(":", ".") for code in provinces)
    return Shelf(key, "", shelves=tuple(within), places=(country,))


def doors(gazetteer: Gazetteer, *, home: str, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Where browsing begins: the countries with provinces, `home` first, and the continents."""
    countries = [code for code in gazetteer.countries() if gazetteer.provinces(code)]
    ordered = sorted(_by_name(countries, gazetteer, language), key=lambda code: code != home)
    return tuple(ordered), tuple(_continents())


def shelf_name(key: str, gazetteer: Gazetteer, language: str) -> str:
    """What a shelf is called; that of NOWHERE is for whoever words it."""
    if key in _continents() and key not in gazetteer.regions():
        return str(Locale.parse(language).territories[key])
    return gazetteer.name(key.replace(".", ":"), language)


def _by_name(codes: list[str] | tuple[str, ...], gazetteer: Gazetteer, language: str) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: fold(shelf_name(code, gazetteer, language))))


@cache
def _continents() -> dict[str, tuple[str, ...]]:
    return {key: tuple(regions.split()) for key, regions in read_data("continents.yaml")["continents"].items()}
