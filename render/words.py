"""The words on the screen, one gettext catalogue a language; English is written in the code itself.

    words = load_words("vi")
    words.t("Nothing new since {moment}.", moment=…)
    words.tn("{n} story", "{n} stories", 3)

`t` and `tn` take literals only, so that `python -m render.locale.update` finds them (see there how to add words, and
a language). Here alone is known which languages we speak: English, and those that have a file in render/locale.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, localedata
from babel.core import get_global
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from digest.model import Language

_CATALOGUES = Path(__file__).with_name("locale")
_TAG = re.compile("[a-z]{2,3}")

#: Where the bare language would mean American dates.
_LOCALES = {"en": "en_GB"}


class Words:
    """What we say, in one language. Unknown messages come back in English."""

    def __init__(self, language: Language, catalogue: NullTranslations) -> None:
        self.language: Language = language
        self._catalogue = catalogue
        self._locale = Locale.parse(_LOCALES.get(language, language))

    def t(self, message: str, **values: object) -> str:
        """The message in our language, its `{names}` filled with `values`."""
        return self._catalogue.gettext(message).format_map(values)

    def tn(self, one: str, many: str, n: int, **values: object) -> str:
        """The message in the form that fits `n`; `{n}` is the number as our language writes it."""
        return self._catalogue.ngettext(one, many, n).format_map({"n": self.number(n), **values})

    def name(self, ours: str) -> str:
        """The name of a topic or a ready-made choice, which our data writes in English where it lacks our language."""
        return self._catalogue.gettext(ours) if ours else ours

    def number(self, n: int) -> str:
        """A whole number: 1,204 in English, 1.204 in Vietnamese."""
        return format_decimal(n, locale=self._locale)

    def day(self, day: date) -> str:
        """A day of this year in full: "Saturday 21 November", "Thứ Bảy, 21 tháng 11"."""
        # Translators: a date pattern, see https://cldr.unicode.org/translation/date-time/date-time-patterns
        return self._date(day, self.t("EEEE d MMMM"))

    def weekday(self, number: int, *, short: bool = False) -> str:
        """An ISO weekday, 1 for Monday: "Monday", "Thứ Hai"; `short` for a button: "Mon", "T2"."""
        days = self._locale.days["format"]
        # CLDR writes "Th 2" in Vietnamese; on a button everybody writes "T2".
        return str(days["abbreviated"][number - 1]).replace("Th ", "T") if short else str(days["wide"][number - 1])

    def short_date(self, dt: datetime, zone: str, now: datetime) -> str:
        """The day of an aware time in an IANA zone, in short: "19 Nov", with its year where `now` is in another."""
        day = dt.astimezone(ZoneInfo(zone)).date()
        if day.year == now.astimezone(ZoneInfo(zone)).year:
            # Translators: a date pattern, as above: day and month, short
            return self._date(day, self.t("d MMM"))
        # Translators: a date pattern, as above: day, month and year, short
        return self._date(day, self.t("d MMM y"))

    def full_date(self, dt: datetime, zone: str) -> str:
        """The day of an aware time in an IANA zone with its year: "19 Nov 2026"."""
        return self._date(dt.astimezone(ZoneInfo(zone)).date(), self.t("d MMM y"))

    def time(self, dt: datetime, zone: str) -> str:
        """The hour of an aware time in an IANA zone: "18:40"."""
        return f"{dt.astimezone(ZoneInfo(zone)):%H:%M}"

    def moment(self, dt: datetime, zone: str, now: datetime) -> str:
        """An aware time as one would say it at `now`: "18:40" of today, "yesterday 21:05", else the day."""
        days = (dt.astimezone(ZoneInfo(zone)).date() - now.astimezone(ZoneInfo(zone)).date()) // timedelta(days=1)
        match days:
            case 0:
                return self.time(dt, zone)
            case -1:
                return self.t("yesterday {time}", time=self.time(dt, zone))
            case 1:
                return self.t("tomorrow {time}", time=self.time(dt, zone))
            case _:
                return self.short_date(dt, zone, now)

    def language_name(self, code: str) -> str:
        """A language as named inside a sentence: "Vietnamese", "tiếng Anh"; the code itself where unknown."""
        name = str(self._locale.languages.get(code, code))
        # CLDR writes Vietnamese names as they open a sentence: "Tiếng Anh".
        return name[:1].lower() + name[1:] if self.language == "vi" else name

    @property
    def own_name(self) -> str:
        """Our language as it calls itself: "English", "Tiếng Việt", "français"."""
        return str(self._locale.languages.get(self.language, self.language))

    def city(self, zone: str) -> str:
        """The city that an IANA zone is named after: "Ho Chi Minh City", "TP Hồ Chí Minh"; "UTC" for that."""
        cities = self._locale.time_zones
        found = (cities[name]["city"] for name in _zone_names(zone) if "city" in cities.get(name, ()))
        return str(next(found, zone.rpartition("/")[2].replace("_", " ")))

    def _date(self, day: date, pattern: str) -> str:
        return format_date(day, pattern, locale=self._locale)


def offered(catalogues: Path) -> tuple[Language, ...]:
    """The languages we can speak with a folder of catalogues: English, then those with a file there, by their tags."""
    stems = {file.stem for file in catalogues.glob("*.po")}
    return ("en", *sorted(tag for tag in stems - {"en"} if _TAG.fullmatch(tag) and localedata.exists(tag)))


LANGUAGES = offered(_CATALOGUES)


@cache
def load_words(language: str, catalogues: Path = _CATALOGUES) -> Words:
    """The words of a BCP 47 language ("vi", "vi-VN") from a folder of catalogues; English where that has none."""
    base = language.replace("_", "-").split("-")[0].lower()
    source = catalogues / f"{base}.po"
    if base not in offered(catalogues):
        return load_words("en", catalogues)
    if not source.is_file():
        return Words(base, NullTranslations())
    compiled = BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=base))
    compiled.seek(0)
    return Words(base, GNUTranslations(compiled))


@cache
def _zone_names(zone: str) -> tuple[str, ...]:
    """An IANA zone with the names it had before: CLDR keeps Asia/Saigon for what is Asia/Ho_Chi_Minh today."""
    present: Mapping[str, str] = get_global("zone_aliases")
    now = present.get(zone, zone)
    return (zone, now, *(old for old, new in present.items() if new == now))
