"""Brings the catalogues up to date with the code: `python -m render.locale.update [LANGUAGE …]`.

1. Write the English in the code: `words.t("Hello {name}", name=name)` or `words.tn("{n} story", "{n} stories", n)`.
2. Run this. New messages appear in every `render/locale/*.po` with an empty `msgstr`, those no longer used go.
3. Fill in each `msgstr`; a test fails until all are there.

A new language is one new file: name its two letters (`python -m render.locale.update fr`) and fill it in. Names of
countries, dates and plurals come from CLDR; what is still empty is said in English. The names of topics and ready-made
choices stand in digest/data, in English and Vietnamese; the files of all other languages ask for them.
"""

import sys
from pathlib import Path

from babel import localedata
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from digest.classify import topic_name
from digest.model import Topic
from digest.presets import load_presets

_HERE = Path(__file__).parent
#: The languages that digest/data has names in.
_NAMED = ("en", "vi")
_KEYWORDS = {"t": None, "tn": (1, 2)}
#: Comments that begin so travel to the catalogue.
_COMMENTS = ("Translators:",)


def extract(root: Path, language: str = _NAMED[0]) -> Catalog:
    """Every message in the rooms that speak to people: render/, chat/, playground/ and bot.py under `root`.

    For a `language` in which our data has no names, these too.
    """
    catalogue = Catalog(charset="utf-8")
    rooms = ("render", "chat", "playground")
    paths = [*(path for room in rooms for path in (root / room).rglob("*.py")), *root.glob("bot.py")]
    for path in sorted(paths):
        for _, message, comments, _ in extract_from_file("python", path, keywords=_KEYWORDS, comment_tags=_COMMENTS):
            # The file is enough: line numbers would change with every edit of the code.
            where = (path.relative_to(root).as_posix(), 0)
            catalogue.add(message, locations=[where], auto_comments=comments)
    if language not in _NAMED:
        for name in _names():
            catalogue.add(name, locations=[("digest/data", 0)])
    return catalogue


def _names() -> list[str]:
    """What topics and ready-made choices are called in English, in full and on buttons."""
    topics = [topic_name(topic, "en", short=short) for topic in Topic for short in (False, True)]
    return [*topics, *(preset.names["en"] for preset in load_presets())]


def read(path: Path) -> Catalog:
    """The catalogue at `path`, named for its language; an empty one if there is no such file."""
    if path.is_file():
        with path.open("rb") as file:
            return read_po(file, locale=path.stem)
    return Catalog(
        locale=path.stem,
        header_comment=f"# Diplomacy Digest: what the bot says, in {path.stem}. See update.py beside this.",
        project="Diplomacy Digest",
        version="0",
        copyright_holder="the Diplomacy Digest authors",
        msgid_bugs_address="",
        last_translator="the Diplomacy Digest authors",
        language_team="",
        charset="utf-8",
        fuzzy=False,
    )


def update(path: Path, template: Catalog) -> int:
    """Bring the catalogue at `path` up to date, or begin it; returns how many messages wait for their translation."""
    catalogue = read(path)
    # Guesses from similar messages would be wrong quietly; an empty line is honest.
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return sum(1 for message in catalogue if message.id and not translated(message))


def translated(message: Message) -> bool:
    """Whether every form of a message has its translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(forms) and all(forms)


def main(arguments: list[str]) -> None:
    """Update every catalogue, and begin those of the languages named."""
    if unknown := [language for language in arguments if not (language.isalpha() and localedata.exists(language))]:
        sys.exit(f"no language that CLDR knows: {', '.join(unknown)}; write for example fr")
    named = [_HERE / f"{language}.po" for language in arguments]
    for path in sorted({*_HERE.glob("*.po"), *named}):
        template = extract(_HERE.parents[1], path.stem)
        waiting = update(path, template)
        sys.stderr.write(f"{path.name}: {len(template)} messages, {waiting} to translate\n")


if __name__ == "__main__":
    main(sys.argv[1:])
