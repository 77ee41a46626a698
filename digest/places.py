"""The gazetteer: every place the bot knows, what it is called, where it lies, and how to find it in words."""

from collections.abc import Mapping
from functools import cache, cached_property

from babel import Locale, UnknownLocaleError

from digest.exonyms import load_exonyms
from digest.lexicon import tokenise
from digest.mentions import Mention, Spotter
from digest.names import Former, NameTable, read_names
from digest.spelling import Speller
from digest.text import fold, normalise

__all__ = ["Former", "Gazetteer", "Mention", "load_gazetteer"]

#: So many names are taken for nearly what was typed.
_NEAR = 3


class Gazetteer:
    """Codes are ISO 3166-1 alpha-2 (and XK) for countries and ISO 3166-2 for provinces; regions are UN M49 numbers."""

    def __init__(self, table: NameTable) -> None:
        self._table = table
        self._countries = tuple(code for code in table.region if code not in table.parent)
        self._former = {unit.code: unit.now for unit in table.former}
        self.spotter = Spotter(table)
        self._exact: dict[str, list[str]] = {}
        self._squeezed: dict[str, list[str]] = {}
        for name in table.names:
            _note(self._exact, normalise(name.written).lower(), name.code)
            _note(self._squeezed, squeeze(name.written), name.code)
        for name in table.names:  # in a text "Ho Chi Minh" is a person, typed alone it is the city
            _note(self._squeezed, squeeze(name.written.removesuffix(" City")), name.code)
        for code in (*self._countries, *table.parent):
            _note(self._exact, code.lower(), code, first=len(code) > 2)
            _note(self._squeezed, squeeze(code), code)
        for old, now in self._former.items():
            self._exact[old.lower()] = [now]
        self._note_typed(table)

    def _note_typed(self, table: NameTable) -> None:
        """Names that are looked for in no text; where a present place has one, it keeps it."""
        self._became: dict[str, tuple[str, ...]] = {
            squeeze(name.written): (name.code,) for name in table.names if name.kind == "former"
        }
        older = {squeeze(name): codes for name, codes in table.older.items()}
        self._became |= {name: codes for name, codes in older.items() if name not in self._squeezed}
        self._several = {squeeze(name): codes for name, codes in table.several.items()}
        for name, codes in (*self._became.items(), *self._several.items()):
            for code in codes:
                _note(self._squeezed, name, code)

    def known(self, code: str) -> bool:
        """Whether this is the code of a country or a present province."""
        return code in self._table.parent or code in self._countries

    def name(self, code: str, language: str) -> str:
        """What to show for a country, province, region or group; a code we do not know is shown as it is.

        Our own names first, then CLDR's for countries and regions of the world, then our English ones.
        """
        code = self._former.get(code, code)
        shown = self._table.shown
        if (code, "en") not in shown:
            return code
        return shown.get((code, language)) or _cldr_names(language).get(code) or shown[code, "en"]

    def flag(self, code: str) -> str:
        """The flag of the country as an emoji; a globe for a region or an unknown code."""
        country = code.partition("-")[0]
        if country not in self._countries:
            return "🌐"
        return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in country)

    def parent(self, code: str) -> str | None:
        """The country of a province, also of a former one; None for a country."""
        return self._table.parent.get(self._former.get(code, code))

    def seat_of(self, code: str) -> str | None:
        """The country whose government sits in this province ("VN-HN"), and is called by its name; else None."""
        return self._table.seats.get(code)

    def country(self, code: str) -> str:
        """The country of a province, or the country itself."""
        return self.parent(code) or code

    def brings(self, code: str) -> str | None:
        """The country that an item about this province is about too; None where its provinces stand alone."""
        country = self.parent(code)
        return None if country in self._table.alone else country

    def countries(self) -> tuple[str, ...]:
        """All ISO 3166-1 codes and XK."""
        return self._countries

    def regions(self) -> tuple[str, ...]:
        """UN M49 numbers of the sub-regions that countries are shelved under; `name` words them."""
        return tuple(dict.fromkeys(self._table.region[code] for code in self._countries))

    def region(self, code: str) -> str | None:
        """The sub-region of a country ("035"), the region of a province ("VN:mekong"); `name` words both."""
        return self._table.region.get(self._former.get(code, code))

    def provinces(self, country: str) -> tuple[str, ...]:
        """The provinces of a country that are known here."""
        return tuple(code for code, parent in self._table.parent.items() if parent == country)

    def former(self, country: str | None = None) -> tuple[Former, ...]:
        """The units of before, of one country or all, with where each lies now; one that still is leads to itself."""
        return tuple(unit for unit in self._table.former if country in (None, self.parent(unit.now)))

    def named(self, text: str) -> tuple[str, ...]:
        """The codes that go by exactly this name or code, with or without accents, case and spaces; best first."""
        exact, squeezed = normalise(text).strip().lower(), squeeze(text)
        found = [*self._exact.get(exact, ()), *self._squeezed.get(squeezed, ())] if squeezed else []
        return tuple(dict.fromkeys(found))

    def became(self, text: str) -> tuple[str, ...]:
        """The present provinces that the former unit of this name became, all of them; () for other names."""
        return self._became.get(squeeze(text), ())

    def several(self, text: str) -> tuple[str, ...]:
        """The countries between which this name leaves the choice: "Congo"; () where it is one's own name."""
        squeezed = squeeze(text)
        return self._several.get(squeezed) or (found if len(found := self._abroad(squeezed)) > 1 else ())

    def foreign(self, text: str) -> tuple[str, ...]:
        """The countries that are called so in other languages than ours: "Deutschland", "老挝"."""
        return self._abroad(squeeze(text))

    def _abroad(self, squeezed: str) -> tuple[str, ...]:
        return () if not squeezed or squeezed in self._squeezed else load_exonyms().get(squeezed, ())

    def group(self, key: str) -> tuple[str, ...]:
        """The places of a group of countries ("asean") or a part of a country ("VN:highlands")."""
        return self._table.groups.get(key, ())

    def groups(self) -> tuple[str, ...]:
        """The keys of all groups; `name` words them."""
        return tuple(self._table.groups)

    def called(self, key: str) -> tuple[str, ...]:
        """What a region or a group is called besides its names."""
        return tuple(self._table.called.get(key, ()))

    @cached_property
    def _speller(self) -> Speller:
        # Somebody who mistypes means a country or province more often than a city abroad.
        table, own = self._table, {"country", "province", "former"}
        names = {squeeze(name.written) for name in table.names if name.kind in own or name.code in table.parent}
        return Speller(self._squeezed, strict=self._squeezed.keys() - names - self._became.keys())

    def resolve(self, text: str) -> tuple[str, ...]:
        """Codes for what a person typed: any spelling, with or without accents, a former province, a slip of the pen.

        Best first: the exact words, the same without accents and spaces, beginnings, near misses. Empty for nothing.
        """
        squeezed = squeeze(text)
        if not squeezed:
            return ()
        found = list(self.named(text))
        if len(squeezed) > 1:
            found += [code for name, codes in self._squeezed.items() if name.startswith(squeezed) for code in codes]
        if not found:
            found = [code for name in self._speller.near(squeezed)[:_NEAR] for code in self._squeezed[name]]
        return tuple(dict.fromkeys(found))

    def mentions(self, text: str, language: str) -> list[Mention]:
        """The places a text names, in order; see `Spotter.find`."""
        return self.spotter.find(tokenise(text), language)


def squeeze(text: str) -> str:
    """Letters and digits only, folded: how spellings of one name meet.

    >>> squeeze("TP. Hồ Chí Minh")
    'tphochiminh'
    """
    return "".join(c for c in fold(normalise(text)) if c.isalnum())


def _note(index: dict[str, list[str]], name: str, code: str, *, first: bool = False) -> None:
    codes = index.setdefault(name, [])
    if code not in codes:
        codes.insert(0 if first else len(codes), code)


@cache
def _cldr_names(language: str) -> Mapping[str, str]:
    """What CLDR calls countries and regions of the world in a language; nothing in one that it does not know."""
    try:
        return Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}


@cache
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the package's data, read once (about a tenth of a second)."""
    return Gazetteer(read_names())
