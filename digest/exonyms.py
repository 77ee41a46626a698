"""What countries are called in other languages than ours: Deutschland, Allemagne, 老挝, Куба.

The names are CLDR's, and a few more of countries.yaml. They stand ready in data/exonyms.yaml, since Babel would take a
quarter of a second and 40 MB to give them; `python -m digest.exonyms` writes that file anew from the Babel installed.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from babel import Locale

from digest.lexicon import data_folder, read_data, terms

#: The languages of the United Nations, Europe and Asia, by CLDR's tags.
LANGUAGES = (
    "ar bg bn ca cs da de el es et fa fi fil fr he hi hr hu hy id it ja ka kk km ko lo lt lv mn ms my nb ne nl pl pt "
    "ro ru si sk sl sq sr sv sw ta th tr uk ur uz zh zh_Hant"
).split()
_HEAD = """# What countries are called in other languages than English and Vietnamese, letters only and without accents.
# Made by `python -m digest.exonyms`.
"""
_FILE = "exonyms.yaml"
#: "Myanmar (Birma)", "Кокосовые (Килинг) о-ва"
_BRACKETS = re.compile(r"\s*[(（][^)）]*[)）]")
#: Shorter names in Latin letters are words of other languages too.
_SHORTEST = 4


@cache
def load_exonyms() -> dict[str, tuple[str, ...]]:
    """Squeezed name → the countries called so; read at the first question (in about 5 ms)."""
    found: dict[str, tuple[str, ...]] = {}
    # One line a country and nothing else: a YAML reader would take a hundred times as long.
    for line in (data_folder() / _FILE).read_text(encoding="utf-8").splitlines():
        code, _, names = line.partition(":")
        if not line.startswith("#"):
            for name in names.split():
                found[name] = (*found.get(name, ()), code.strip('"'))
    return found


def written(countries: Iterable[str], squeeze: Callable[[str], str]) -> str:
    """The whole file for these countries."""
    lines, abroad = [], read_data("countries.yaml")["abroad"]
    in_each = [Locale.parse(language).territories for language in LANGUAGES]
    for code in sorted(countries):
        full = [*terms(abroad.get(code)), *(str(names.get(code, "")) for names in in_each)]
        names = sorted(
            {squeezed for name in full for one in _with_and_without_brackets(name) if (squeezed := squeeze(one))}
        )
        names = [name for name in names if len(name) >= (_SHORTEST if name.isascii() else 2)]
        if names:
            lines.append(f'"{code}": {" ".join(names)}\n')
    return _HEAD + "".join(lines)


def _with_and_without_brackets(name: str) -> set[str]:
    return {name, _BRACKETS.sub("", name)}


def _main() -> None:
    from digest.places import load_gazetteer, squeeze  # which asks us

    text = written(load_gazetteer().countries(), squeeze)
    Path(str(data_folder() / _FILE)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _main()
