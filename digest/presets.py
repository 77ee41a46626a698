"""Ready-made wishes for somebody who has just arrived; an editor changes them in data/presets.yaml."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from digest.model import Language, Wishes


@dataclass(frozen=True, slots=True)
class Preset:
    """One ready-made choice: its id, its name in each language and what it wishes for."""

    id: str
    names: dict[str, str]
    topics: frozenset[str]
    places: frozenset[str]

    def wishes(self, language: Language) -> Wishes:
        """These wishes for a reader of a language."""
        return Wishes(topics=self.topics, places=self.places, language=language)


def load_presets() -> tuple[Preset, ...]:
    """The presets in the order of the file."""
    return tuple(
        Preset(row["id"], dict(row["name"]), frozenset(row.get("topics", ())), frozenset(row.get("places", ())))
        for row in _data()["presets"]
    )


def home_country() -> str:
    """The country whose provinces are offered to somebody new."""
    return str(_data()["home"])


@cache
def _data() -> dict[str, Any]:
    text = (files("digest.data") / "presets.yaml").read_text(encoding="utf-8")
    return dict(YAML(typ="safe", pure=True).load(text))
