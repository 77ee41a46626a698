"""The sample world: invented outlets, invented people, real places; one YAML file an outlet.

The samples carry no dates of their own. Everything is told in hours before the moment they are opened, so that the
news is always of today, and the texts have placeholders for dates.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from digest.errors import ConfigError
from digest.model import Topic

#: How an outlet writes its entries: plain text, HTML, or a plain first paragraph with the whole text beside it.
Format = Literal["text", "html", "full"]

# Written out because strftime follows the machine's locale.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
}
_PLACEHOLDER = re.compile(r"\{(date|day)_(en|vi)([+-]\d+)?\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One entry of a sample file."""

    slug: str
    title: str
    #: Paragraphs separated by a newline, with placeholders for dates (see fill_dates).
    text: str
    #: When it is published, in hours before the samples are opened; negative is still to come.
    hours_ago: float
    #: When the event took place, likewise: what the placeholders count from, so that reports of one event agree.
    #: `hours_ago`, where the file does not say.
    happened: float
    #: Reports with the same word are about the same event, later developments included. Never served.
    event: str | None = None
    #: Caption of a photo.
    photo: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One sample file: an invented publisher and its reports, in file order."""

    id: str
    name: str
    site: str
    language: str
    format: Format
    tier: int
    reports: tuple[Report, ...]
    zone: ZoneInfo
    country: str | None = None
    origin: str | None = None
    topics: tuple[str, ...] = ()
    #: HTML around every entry, as publishers add it; {link}, {title}, {site} and {name} stand for the entry's own.
    before: str = ""
    after: str = ""


@cache
def load_outlets() -> tuple[Outlet, ...]:
    """The outlets of all *.yaml files beside this one, in the order of their file names; read once.

    Raises ConfigError with one sentence that names the file and, where it is one entry's fault, the entry.
    """
    paths = {path.name: path for path in files(__name__).iterdir() if path.name.endswith(".yaml")}
    return tuple(read_outlet(path.read_text(encoding="utf-8"), name=name) for name, path in sorted(paths.items()))


def read_outlet(text: str, *, name: str) -> Outlet:
    """One outlet of the text of its file; `name` is the file's, for errors and for the outlet's id.

    Raises ConfigError like load_outlets.
    """
    try:
        data = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ConfigError(f"{name}: is not valid YAML: {error}") from error
    fields = _checked(data, _OUTLET, required=("name", "site", "language", "tier", "format", "items"), where=name)
    if fields["format"] not in get_args(Format):
        raise ConfigError(f"{name}: “format” must be one of {', '.join(get_args(Format))}")
    if fields["tier"] not in (1, 2, 3):
        raise ConfigError(f"{name}: “tier” must be 1, 2 or 3")
    for topic in fields.get("topics", ()):
        if topic not in tuple(Topic):
            raise ConfigError(f"{name}: “{topic}” is not a topic")
    zone = fields.get("zone", "Asia/Ho_Chi_Minh")
    try:
        fields["zone"] = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(f"{name}: “{zone}” is not a time zone") from error
    fields["topics"] = tuple(fields.get("topics", ()))
    reports = tuple(_report(row, where=f"{name}: item {n}") for n, row in enumerate(fields.pop("items"), start=1))
    slugs = [report.slug for report in reports]
    twice = {slug for slug in slugs if slugs.count(slug) > 1}
    if twice:
        raise ConfigError(f"{name}: the slug “{min(twice)}” stands here twice")
    return Outlet(id=name.removesuffix(".yaml"), reports=reports, **fields)


def fill_dates(text: str, moment: datetime) -> str:
    """The text with its placeholders filled in; the day is that of `moment` in its own zone, or some days off it.

    >>> fill_dates("{date_en}, {day_en+1}; {day_vi}, {date_vi-1}", datetime(2026, 11, 21))
    '21 November, Sunday; thứ Bảy, 20/11'
    """

    def written(match: re.Match[str]) -> str:
        what, language, offset = match.groups()
        day = moment + timedelta(days=int(offset or 0))
        if what == "day":
            return _DAYS[language][day.weekday()]
        return f"{day.day} {_MONTHS[day.month - 1]}" if language == "en" else f"{day.day}/{day.month}"

    return _PLACEHOLDER.sub(written, text)


#: The keys of a file and of one of its items, with the types that YAML gives them.
_OUTLET: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("name", "site", "language", "country", "zone", "origin", "format", "before", "after"), str),
    "tier": int,
    "topics": list,
    "items": list,
}
_REPORT: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("slug", "title", "text", "event", "photo"), str),
    **dict.fromkeys(("hours_ago", "happened"), (int, float)),
}


def _report(row: Any, *, where: str) -> Report:
    if isinstance(row, dict) and isinstance(row.get("slug"), str):
        where += f" (“{row['slug']}”)"
    fields = _checked(row, _REPORT, required=("slug", "hours_ago", "title", "text"), where=where)
    for key in ("title", "text", "photo"):
        if {"{", "}"} & set(_PLACEHOLDER.sub("", fields.get(key, ""))):
            raise ConfigError(f"{where}: “{key}” has a placeholder other than date_en, date_vi, day_en and day_vi")
    if fields.setdefault("happened", fields["hours_ago"]) < fields["hours_ago"]:
        raise ConfigError(f"{where}: was reported before it happened")
    return Report(**fields)


def _checked(
    data: Any, known: Mapping[str, type | tuple[type, ...]], *, required: tuple[str, ...], where: str
) -> dict[str, Any]:
    """The mapping itself, once it is sure that it has what it must and nothing else."""
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: must be keys and values")
    for key, value in data.items():
        if key not in known:
            raise ConfigError(f"{where}: unknown key “{key}”")
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise ConfigError(f"{where}: “{key}” has the wrong type")
        if value in ("", []):
            raise ConfigError(f"{where}: “{key}” is empty")
    for key in required:
        if key not in data:
            raise ConfigError(f"{where}: has no “{key}”")
    return data
