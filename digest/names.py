"""What places are called: the YAML of countries and provinces and CLDR's names, as one table that never changes."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from babel import Locale

from digest.errors import ConfigError
from digest.lexicon import read_data, terms
from digest.model import Language
from digest.text import fold, normalise

Kind = Literal["country", "demonym", "capital", "province", "city", "former"]
#: Files of provinces; another country's are one more file here.
PROVINCE_FILES = ("vietnam.yaml",)


class Name(NamedTuple):
    """One way to write a place."""

    written: str
    code: str
    kind: Kind
    #: Whose press writes it so.
    languages: tuple[Language, ...]


class Former(NamedTuple):
    """A unit before the mergers: its ISO 3166-2 code, its name, and the code of the unit it lies in now."""

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
    #: The province that is the capital → its country.
    seats: dict[str, str] = field(default_factory=dict)
    former: list[Former] = field(default_factory=list)

    def add(self, cell: str, code: str, kind: Kind, *languages: Language) -> list[str]:
        """Note each term of a cell; returns them as written, "=" taken off."""
        written = [term.removeprefix("=") for term in terms(cell)]
        self.names += [Name(normalise(name), code, kind, languages) for name in written]
        return written


def read_names() -> NameTable:
    """Read countries.yaml, the province files and CLDR. Raises ConfigError naming a line that is wrong."""
    table = NameTable()
    _read_countries(table)
    for file in PROVINCE_FILES:
        _read_provinces(table, file)
    return table


def _columns(line: str, count: int, where: str) -> list[str]:
    cells = ["" if cell.strip() == "~" else cell.strip() for cell in line.split("|")]
    if len(cells) > count:
        raise ConfigError(f"digest/data/{where}: {len(cells)} columns, at most {count} were expected")
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
    for code, line in data["countries"].items():
        if code not in table.region:
            raise ConfigError(f"digest/data/countries.yaml: {code} stands in no region")
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


def _read_provinces(table: NameTable, file: str) -> None:
    data = read_data(file)
    country = data["country"]
    if seat := data.get("seat"):
        if seat not in data["provinces"]:
            raise ConfigError(f"digest/data/{file}: the seat {seat} is none of its provinces")
        table.seats[seat] = country
    for region, line in data["regions"].items():
        table.shown[region, "en"], table.shown[region, "vi"] = _columns(line, 2, f"{file}: {region}")
    for code, line in data["provinces"].items():
        english, local, region, others, cities, former = _columns(line, 6, f"{file}: {code}")
        if region not in data["regions"]:
            raise ConfigError(f"digest/data/{file}: {code} names no region that is listed: {region}")
        table.shown[code, "en"], table.shown[code, "vi"] = english, local
        table.region[code], table.parent[code] = region, country
        for cell in (english, local, others):
            _add_local(table, cell, code, "province")
        _add_local(table, cities, code, "city")
        table.former.append(Former(code, local, code))
        for unit in filter(None, former.split(";")):
            old, _, names = unit.partition("=")
            written = _add_local(table, names, code, "former")
            table.former.append(Former(old.strip(), written[0], code))


def _add_local(table: NameTable, cell: str, code: str, kind: Kind) -> list[str]:
    """A Vietnamese name: English texts write it with accents or without."""
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
