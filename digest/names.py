"""What places are called: the YAML of countries and provinces and CLDR's names, as one table that never changes."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any, Literal, NamedTuple

from babel import Locale

from digest.errors import ConfigError
from digest.lexicon import data_folder, read_data, terms
from digest.text import fold, normalise, words

Kind = Literal["country", "demonym", "capital", "province", "city", "former"]
#: Whose press we read.
Press = Literal["en", "vi"]
#: The line by which a file of provinces is known.
_COUNTRY_LINE = re.compile(r"^country:", re.MULTILINE)
_PROVINCE_KEYS = frozenset({"country", "seat", "alone", "regions", "provinces", "groups", "older"})
#: Where the province file says more of a name than the country's line in countries.yaml.
_YIELDING: frozenset[Kind] = frozenset({"capital", "city"})


class Name(NamedTuple):
    """One way to write a place."""

    written: str
    code: str
    kind: Kind
    #: Whose press writes it so.
    languages: tuple[Press, ...]


class Former(NamedTuple):
    """A unit as it was before a reform: its ISO 3166-2 code, its name, and the code of the unit it lies in now."""

    code: str
    name: str
    now: str


@dataclass(slots=True)
class NameTable:
    """All names with what is shown for each code. Filled once by `read_names`."""

    names: list[Name] = field(default_factory=list)
    #: (code, language) → the name to show; regions and shelves too.
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    #: Country → UN M49 sub-region; province → region of its country.
    region: dict[str, str] = field(default_factory=dict)
    parent: dict[str, str] = field(default_factory=dict)
    #: Countries about which an item on one of their provinces is not by that.
    alone: set[str] = field(default_factory=set)
    #: The province that is the capital → its country.
    seats: dict[str, str] = field(default_factory=dict)
    former: list[Former] = field(default_factory=list)
    #: A part of a country ("VN:highlands") or a group of countries ("asean") → its places.
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: A region or group → what else it is called.
    called: dict[str, list[str]] = field(default_factory=dict)
    #: A name that is only typed → the places that came of it, or that it may mean.
    older: dict[str, tuple[str, ...]] = field(default_factory=dict)
    several: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, cell: str, code: str, kind: Kind, *languages: Press) -> list[str]:
        """Note each term of a cell; returns them as written, "=" taken off."""
        written = [term.removeprefix("=") for term in terms(cell)]
        self.names += [Name(normalise(name), code, kind, languages) for name in written]
        return written


def province_files() -> list[Traversable]:
    """Every file of `digest/data` that lists a country's provinces: one that has a line `country:`."""
    files = (file for file in data_folder().iterdir() if file.name.endswith(".yaml"))
    found = [file for file in files if _COUNTRY_LINE.search(file.read_text(encoding="utf-8"))]
    return sorted(found, key=lambda file: file.name)


def read_names(*, provinces: Iterable[Traversable] | None = None) -> NameTable:
    """Read countries.yaml, CLDR and the files of provinces, by default all of `province_files`.

    Raises ConfigError naming a line that is wrong.
    """
    table = NameTable()
    _read_countries(table)
    for file in province_files() if provinces is None else provinces:
        _read_provinces(table, file)
    table.called |= {key: terms(names) for key, names in read_data("continents.yaml")["called"].items()}
    _read_groups(table, read_data("groups.yaml")["groups"], "", "groups.yaml")
    return table


def _columns(line: str, count: int, where: str) -> list[str]:
    cells = ["" if cell.strip() == "~" else cell.strip() for cell in line.split("|")]
    if len(cells) > count:
        raise ConfigError(f"{where}: {len(cells)} columns, at most {count} were expected")
    return cells + [""] * (count - len(cells))


def _press(cldr: str) -> str:
    """A CLDR name as the press writes it: "St. Kitts & Nevis" → "Saint Kitts and Nevis"."""
    return cldr.replace("St. ", "Saint ").replace(" & ", " and ")


def _read_countries(table: NameTable) -> None:
    data = read_data("countries.yaml")
    english, vietnamese = Locale.parse("en").territories, Locale.parse("vi").territories
    for region, codes in data["regions"].items():
        table.shown[region, "en"], table.shown[region, "vi"] = _press(english[region]), vietnamese[region]
        table.region |= dict.fromkeys(codes.split(), region)
    for region, line in read_data("continents.yaml")["shown"].items():
        ours = zip(("en", "vi"), _columns(line, 2, f"continents.yaml: {region}"), strict=True)
        table.shown |= {(region, language): name for language, name in ours if name}
    for code, line in data["countries"].items():
        if code not in table.region:
            raise ConfigError(f"countries.yaml: {code} stands in no region")
        in_english, demonyms, in_vietnamese, capital, capital_vi, cities = _columns(line, 6, f"countries.yaml: {code}")
        for language, cell, cldr in (
            ("en", in_english, _press(english[code])),
            ("vi", in_vietnamese, vietnamese[code]),
        ):
            chosen = next((t.strip()[1:] for t in cell.split(",") if t.strip().startswith("=")), None)
            table.shown[code, language] = chosen or cldr.replace(" & ", " và ")
            # English names stand in Vietnamese texts too, for want of an agreed spelling.
            table.add(cldr, code, "country", *(("en", "vi") if language == "en" else ("vi",)))
        table.add(english[code].replace(" - ", "-"), code, "country", "en", "vi")
        table.add(in_english, code, "country", "en", "vi")
        table.add(in_vietnamese, code, "country", "vi")
        table.add(demonyms, code, "demonym", "en")
        table.add(capital, code, "capital", "en", "vi")
        table.add(capital_vi, code, "capital", "vi")
        table.add(cities, code, "city", "en", "vi")
    table.several |= _typed_names(table, data["several"], "countries.yaml")


def _read_groups(table: NameTable, groups: dict[str, str], prefix: str, where: str) -> None:
    """Lines "English name | Vietnamese name | other names | codes" by id."""
    for key, line in groups.items():
        english, vietnamese, others, codes = _columns(line, 4, f"{where}: {key}")
        table.groups[prefix + key] = _known(table, codes, f"{where}: {key}")
        table.shown[prefix + key, "en"], table.shown[prefix + key, "vi"] = english, vietnamese or english
        table.called[prefix + key] = terms(others)


def _typed_names(table: NameTable, lines: dict[str, str], where: str) -> dict[str, tuple[str, ...]]:
    """Lines "name, other names: codes"."""
    read = {names: _known(table, codes, f"{where}: {names}") for names, codes in lines.items()}
    return {name: codes for names, codes in read.items() for name in terms(names)}


def _known(table: NameTable, codes: str, where: str) -> tuple[str, ...]:
    """The codes in a cell; raises ConfigError for one that no place has."""
    read = tuple(codes.split())
    wrong = [code for code in read if code not in table.region]
    if wrong or not read:
        raise ConfigError(f"{where}: no such place: {' '.join(wrong) or 'none is named'}")
    return read


def _read_provinces(table: NameTable, file: Traversable) -> None:
    data, where = read_data(file), file.name
    _check_provinces(data, table, where)
    country = data["country"]
    if data.get("alone"):
        table.alone.add(country)
    if seat := data.get("seat"):
        table.seats[seat] = country
    for region, line in data["regions"].items():
        key = f"{country}:{region}"
        table.shown[key, "en"], table.shown[key, "vi"], others = _columns(line, 3, f"{where}: {region}")
        table.called[key] = terms(others)
    ours = len(table.names)
    for code, line in data["provinces"].items():
        english, local, region, others, cities, former = _columns(line, 6, f"{where}: {code}")
        if region not in data["regions"]:
            raise ConfigError(f"{where}: {code} names no region that is listed: {region}")
        table.shown[code, "en"], table.shown[code, "vi"] = english, local or english
        table.region[code], table.parent[code] = f"{country}:{region}", country
        for cell in (english, local, others):
            _add_local(table, cell, code, "province")
        _add_local(table, cities, code, "city")
        table.former.append(Former(code, local or english, code))
        for unit in filter(None, former.split(";")):
            old, _, names = unit.partition("=")
            written = _add_local(table, names, code, "former")
            if not written:
                raise ConfigError(f"{where}: {code}: a former unit is written “old code = name”: {unit.strip()}")
            table.former.append(Former(old.strip(), written[0], code))
    _read_groups(table, data.get("groups", {}), f"{country}:", where)
    table.older |= _typed_names(table, data.get("older", {}), where)
    told = {tuple(words(name.written)) for name in table.names[ours:]}
    table.names = [
        name
        for name in table.names
        if not (name.code == country and name.kind in _YIELDING and tuple(words(name.written)) in told)
    ]


def _check_provinces(data: dict[str, Any], table: NameTable, where: str) -> None:
    """Raise ConfigError for what is missing, unknown, or listed already."""
    if unknown := data.keys() - _PROVINCE_KEYS:
        raise ConfigError(f"{where}: unknown key {', '.join(sorted(map(str, unknown)))}")
    country = data["country"]
    if country not in table.region or country in table.parent:
        raise ConfigError(f"{where}: {country} is no country of countries.yaml")
    if country in table.parent.values():
        raise ConfigError(f"{where}: the provinces of {country} are listed in another file")
    for part in ("regions", "provinces", *(part for part in ("groups", "older") if part in data)):
        if not isinstance(data.get(part), dict):
            raise ConfigError(f"{where}: {part}: a mapping was expected")
    for code in data["provinces"]:
        if not str(code).startswith(f"{country}-"):
            raise ConfigError(f"{where}: {code} is no ISO 3166-2 code of {country}")
    if (seat := data.get("seat")) and seat not in data["provinces"]:
        raise ConfigError(f"{where}: the seat {seat} is none of its provinces")


def _add_local(table: NameTable, cell: str, code: str, kind: Kind) -> list[str]:
    """A name as its country or the Vietnamese press writes it: English texts write it with accents or without."""
    written = table.add(cell, code, kind, "vi", "en")
    plain = [_unaccented(name) for name in written]
    table.add(", ".join(name for name, own in zip(plain, written, strict=True) if name != own), code, kind, "en")
    return written


def _unaccented(name: str) -> str:
    """Without accents, capitals kept.

    >>> _unaccented("Đà Nẵng")
    'Da Nang'
    """
    return "".join(plain.upper() if own.isupper() else plain for own, plain in zip(name, fold(name), strict=True))
