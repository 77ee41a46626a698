"""What we print as an example works: wherever it stands, in either language, it finds something in the sample news."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.desks.here import read_asked
from chat.desks.questions import _QUESTIONS
from digest.asked import Asked, read_pair, read_places, read_words
from digest.places import load_gazetteer
from digest.query import Query
from render.help_view import described
from render.locale.update import extract
from render.words import LANGUAGES, load_words
from tests.world import World

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
GAZETTEER = load_gazetteer()
#: A filter with its value, or an excluded word, as in "Narrow it: topic:ngo place:laos … -football".
_OPERATOR = re.compile(r'(?<![\w"])(?:[a-zơừếđ]+:[\wÀ-ỹ-]+|-"[^"]+"|(?<=\s)-[\wÀ-ỹ]+)')
_PHRASE = re.compile(r'(?<![:-])"([^"]+)"')
_IN_PROMPT = re.compile(r"(?:For example|Ví dụ): (.+)$")
_COMMAND = re.compile(r"(?:example: |chẳng hạn: |ví dụ: |`)/(search|places|pair|words|here) ([^`.)]+)")


def messages(language: str) -> list[str]:
    """Everything that we say, in a language."""
    words = load_words(language)
    return [words._catalogue.gettext(each.id) for each in extract(ROOT) if isinstance(each.id, str) and each.id]


def printed(command: str, language: str) -> Iterator[str]:
    """What is printed after a command: in the README, in messages, in the list of commands."""
    for text in (*messages(language), *([README] if language == "en" else [])):
        yield from (found[2].strip() for found in _COMMAND.finditer(text) if found[1] == command)
    yield from (each.example for each in described(load_words(language)) if each.name == command and each.example)


def searches(language: str) -> list[str]:
    """Every query that is printed as an example."""
    found = list(printed("search", language))
    for text in messages(language):
        if "{" in text and ":" not in text:
            continue
        if (prompt := _IN_PROMPT.search(text)) and " · " in prompt[1]:
            found += prompt[1].split(" · ")
        elif operators := _OPERATOR.findall(text):
            found += operators
            found += [f'"{phrase}"' for phrase in _PHRASE.findall(text)] if len(operators) > 2 else []
    if language == "en":
        found += re.findall(r"@bot ([^`]+)`", README)
        found += re.findall(r"`'([^']+)'`", README)
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", {"lao consul", "laos aid", "place:laos aid", "topic:ngo", "source:relief", "-football", "place:laos",
                "“friendship union” -football", 'place:laos from:7d "friendship union" -football'}),
        ("vi", {"lãnh sự lào", "nơi:lào viện trợ", "chude:ngo", "nguon:relief", '-"bóng đá"', '"hữu nghị"', "nơi:lào"}),
    ],
)  # fmt: skip
def test_the_examples_are_collected_from_where_they_are_printed(language: str, expected: set[str]) -> None:
    assert expected - set(searches(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_search_that_we_suggest_finds_something(world: World, language: str) -> None:
    user = world.api.user("Ann", language_code=language)
    empty = []
    for query in searches(language):
        found = await user.say(f"/search {query}")
        if "1" not in [button.text for button in found.buttons] or not (await user.inline(query)).results:
            empty.append(query)
    assert empty == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_wish_that_we_suggest_is_understood_and_finds_something(world: World, language: str) -> None:
    words = load_words(language)
    asked: list[Asked] = []
    texts = [*printed("places", language), *(_QUESTIONS[one](words)[1] for one in ("places", "city"))]
    for text in texts:
        places = read_places(text, GAZETTEER)
        assert (places.unknown, places.near) == ((), ()), text
        asked.append(Asked(places=places.places, pairs=places.pairs))
    for text in [*printed("pair", language), _QUESTIONS["pairs"](words)[1]]:
        pair = read_pair(text, GAZETTEER).pair
        assert pair, text
        asked.append(Asked(pairs=frozenset({pair})))
    for text in printed("here", language):
        here, unknown = read_asked(text, GAZETTEER)
        assert unknown == (), text
        asked.append(here)
    wanted = [read_words(text)[0] for text in [*printed("words", language), _QUESTIONS["words"](words)[1]]]
    assert len(asked) >= 6
    assert all(wanted)
    queries = [Query(**{kind: (one,)}) for each in asked for kind in Asked._fields for one in getattr(each, kind)]
    queries += [Query(text=f'"{word}"') for several in wanted for word in several]
    for query in queries:
        assert (await world.newsroom.search(query)).hits, query
