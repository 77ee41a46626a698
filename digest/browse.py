"""The world as one browses it: continents, their regions, countries; and countries by region and province.

shelf      what is on it
""         continents and countries with provinces
142        a continent: its sub-regions
035        a sub-region: its countries
VN         a country: its regions
VN.mekong  a region of a country: its provinces
asean      a group of countries, or a part of a country (VN.highlands): reached by typing its name only
"""

from dataclasses import dataclass
from functools import cache

from babel import Locale

from digest.lexicon import read_data
from digest.places import Gazetteer, squeeze
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
    if members := gazetteer.group(key.replace(".", ":")):
        return Shelf(key, "", places=_by_name(members, gazetteer, language))
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


def find_shelf(text: str, gazetteer: Gazetteer) -> str | None:
    """The shelf of the region or group that a person typed, in English or Vietnamese; None for another name.

    >>> from digest.places import load_gazetteer
    >>> [find_shelf(text, load_gazetteer()) for text in ("Đông Nam Á", "mekong delta", "EU", "Tây Nguyên", "Cuba")]
    ['035', 'VN.mekong', 'eu', 'VN.highlands', None]
    """
    return _typed(gazetteer).get(squeeze(text))


def shelf_members(key: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Every country or province on a shelf and on those that lie on it, but no country that holds provinces."""
    found = shelf(key, gazetteer, language="en")
    if found is None:
        return ()
    deeper = [code for below in found.shelves for code in shelf_members(below, gazetteer)]
    return (*(code for code in found.places if code != key), *deeper)


def shelf_name(key: str, gazetteer: Gazetteer, language: str) -> str:
    """What a shelf is called; that of NOWHERE is for whoever words it."""
    if key in _continents() and key not in gazetteer.regions():
        territories = Locale.parse(language).territories
        return str(territories.get(key) or Locale.parse("en").territories[key])
    return gazetteer.name(key.replace(".", ":"), language)


def _by_name(codes: list[str] | tuple[str, ...], gazetteer: Gazetteer, language: str) -> tuple[str, ...]:
    return tuple(sorted(codes, key=lambda code: fold(shelf_name(code, gazetteer, language))))


@cache
def _typed(gazetteer: Gazetteer) -> dict[str, str]:
    """Every name of a shelf, squeezed, but those of a place. Where two shelves share one it is the wider one's."""
    provinces = [code for country in gazetteer.countries() for code in gazetteer.provinces(country)]
    within = dict.fromkeys((gazetteer.region(code) or "").replace(":", ".") for code in provinces)
    keys = [*within, *(key.replace(":", ".") for key in gazetteer.groups()), *gazetteer.regions(), *_continents()]
    names: dict[str, str] = {}
    for key in keys:
        shown = (shelf_name(key, gazetteer, language) for language in ("en", "vi"))
        names |= dict.fromkeys(map(squeeze, (*shown, *gazetteer.called(key.replace(".", ":")))), key)
    return {name: key for name, key in names.items() if key != NOWHERE and not gazetteer.named(name)}


@cache
def _continents() -> dict[str, tuple[str, ...]]:
    return {key: tuple(regions.split()) for key, regions in read_data("continents.yaml")["continents"].items()}
