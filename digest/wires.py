"""Which news agency a report is reprinted from, by the credit that papers print: "HANOI (VNA) –", "(Theo TTXVN)"."""

import re
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

#: Credits stand in the dateline at the beginning or in a last line; an agency named in between is news itself.
_HEAD, _TAIL = 100, 80


def wire_of(text: str) -> str | None:
    """The agency that a text credits, named as data/wires.yaml names it; None where it credits none.

    >>> wire_of("HÀ NỘI, 21 November (VNS) – The two sides signed."), wire_of("AP reporters were sent away.")
    ('TTXVN', None)
    """
    pattern, origins = _credits()
    found = pattern.search(text[:_HEAD])
    if found is None or "\n" in text[: found.start()].lstrip():
        found = _last(pattern, text)
    return origins[found["wire"] or found["cited"] or found["dashed"]] if found else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """A credit that ends the text: nothing but closing marks comes after it."""
    tail = text[-_TAIL:].rstrip(" .)]\n") if len(text) > _TAIL else ""
    return next((match for match in pattern.finditer(f"{tail})") if match.end() >= len(tail)), None)


@cache
def _credits() -> tuple[re.Pattern[str], dict[str, str]]:
    data = YAML(typ="safe", pure=True).load((files("digest.data") / "wires.yaml").read_text(encoding="utf-8"))
    origins = {name: origin for origin, names in data.items() for name in names}
    names = "|".join(re.escape(name) for name in sorted(origins, key=len, reverse=True))
    in_brackets = rf"[(\[]\s*(?:Theo\s+|Source:\s*|Nguồn:\s*)?(?P<wire>{names})\s*[)\]]"
    cited = rf"(?:^|\n|[.!?…]\s+)(?:Theo|Source:|Nguồn:|By)\s+(?P<cited>{names})\s*[)\]]"
    dashed = rf"^(?P<dashed>{names})\s*[-–—]\s"
    return re.compile(f"{in_brackets}|{cited}|{dashed}"), origins
