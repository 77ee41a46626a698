"""A new language is one file: words, names, dates and buttons follow from it."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from digest.classify import topic_name
from digest.presets import load_presets
from digest.readers import Chat, ChatState
from render.locale.update import extract, read, update
from render.settings_view import zone_city
from render.words import LANGUAGES, load_words, offered
from storage.store import Store

ROOT = Path(__file__).parents[1]
ROOMS = ("bot.py", "chat", "digest", "feeds", "feeds.yaml", "playground", "storage", "tests")
#: A few of the messages, as somebody has begun to translate them.
FRENCH = """
msgid ""
msgstr ""
"Language: fr\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Diplomacy Digest"
msgstr "Revue diplomatique"

msgid "People-to-people"
msgstr "Entre les peuples"

msgid "Everything about Viet Nam"
msgstr "Tout sur le Viêt Nam"

msgid "{n} story"
msgid_plural "{n} stories"
msgstr[0] "{n} sujet"
msgstr[1] "{n} sujets"
"""
#: What a French reader does, and what they see of it.
JOURNEY = """
import asyncio, json, sys
from pathlib import Path
from tests.world import read_the_news, running_bot

async def journey(folder):
    await read_the_news(folder / "news.db")
    async with running_bot(folder / "bot.db", news=folder / "news.db") as world:
        jean = world.api.user("Jean", language_code="fr")
        welcome = await jean.say("/start")
        await jean.press("Tout sur le Viêt Nam")
        await jean.say("/places Cuba, Allemagne")
        places = jean.last.text
        await jean.say("/digest")
        digest = [message.text for message in jean.messages if "Revue diplomatique" in message.text][-1]
        await jean.say("/topics")
        topics = [button.text for button in jean.last.buttons]
        languages = [button.text for button in (await jean.say("/language")).buttons]
        await jean.press("Tiếng Việt")
        await jean.say("/language français")
        after = jean.last.text
        ann = world.api.user("Ann", language_code="en")
        await ann.say("/start")
        return dict(welcome=[button.text for button in welcome.buttons], places=places, digest=digest, topics=topics,
                    languages=languages, after=after, english=[button.text for button in ann.last.buttons])

print(json.dumps(asyncio.run(journey(Path(sys.argv[1])))))
"""


@pytest.fixture
def catalogues(tmp_path: Path) -> Path:
    folder = tmp_path / "locale"
    folder.mkdir()
    (folder / "fr.po").write_text(FRENCH, encoding="utf-8")
    return folder


def test_we_speak_english_and_what_has_a_file() -> None:
    assert ("en", *sorted(path.stem for path in (ROOT / "render" / "locale").glob("*.po"))) == LANGUAGES


def test_only_files_named_for_a_language_are_one(catalogues: Path) -> None:
    for name in ("xx.po", "old fr.po", "pt_BR.po", "de.po", "it.po~"):
        shutil.copy(catalogues / "fr.po", catalogues / name)
    assert offered(catalogues) == ("en", "de", "fr")


def test_words_dates_and_plurals_follow_from_a_file_of_a_few_messages(catalogues: Path) -> None:
    french = load_words("fr-CA", catalogues)
    assert (french.language, french.own_name) == ("fr", "français")
    assert french.day(date(2026, 11, 21)) == "samedi 21 novembre"
    assert french.short_date(datetime(2026, 12, 1, tzinfo=UTC), "UTC", datetime(2026, 11, 21, tzinfo=UTC)) == "1 déc."
    assert [french.tn("{n} story", "{n} stories", n) for n in (0, 1, 2)] == ["0 sujet", "1 sujet", "2 sujets"]
    assert french.t("Places") == "Places"
    assert load_words("vi", catalogues).language == "en"


def test_a_new_file_asks_for_the_names_in_our_data_and_those_that_the_data_names_do_not(tmp_path: Path) -> None:
    update(tmp_path / "fr.po", extract(ROOT, "fr"))
    french = {message.id for message in read(tmp_path / "fr.po")}
    ours = {topic_name("ngo", "en"), topic_name("ngo", "en", short=True), load_presets()[0].names["en"]}
    assert ours <= french
    assert {message.id for message in extract(ROOT, "vi")} == {message.id for message in extract(ROOT)}
    assert len({message.id for message in extract(ROOT)} & ours) == 0


def test_with_one_more_file_the_whole_bot_speaks_its_language(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    for room in ROOMS:
        (house / room).symlink_to(ROOT / room)
    shutil.copytree(ROOT / "render", house / "render", ignore=shutil.ignore_patterns("__pycache__"))
    (house / "render" / "locale" / "fr.po").write_text(FRENCH, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", JOURNEY, str(tmp_path)],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout)

    assert "Tout sur le Viêt Nam" in seen["welcome"]
    assert "Cuba, Allemagne" in seen["places"] or "Allemagne, Cuba" in seen["places"]
    assert "Revue diplomatique · samedi 21 novembre" in seen["digest"]
    assert "Viêt Nam" in seen["digest"]
    assert "Entre les peuples" in seen["topics"]
    assert seen["languages"][:3] == ["English", "✓ français", "Tiếng Việt"]
    assert "français" in seen["after"]
    assert {"français", "Tiếng Việt"} <= set(seen["english"])


def test_a_chat_whose_language_is_gone_is_spoken_to_in_the_default_one(store: Store) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    for number, language in enumerate(("fr", "en", "vi"), start=1):
        chat = Chat(id=number, kind="private", language=language, zone="UTC", state=ChatState.ACTIVE, created_at=now)
        store.readers.add_chat(chat)
    store.readers.keep_languages(("en", "vi"), otherwise="vi")
    kept = [store.readers.chat(number) for number in (1, 2, 3)]
    assert [chat.language for chat in kept if chat] == ["vi", "en", "vi"]


@pytest.mark.parametrize(
    ("zone", "english", "vietnamese"),
    [
        ("Asia/Ho_Chi_Minh", "Ho Chi Minh City", "TP Hồ Chí Minh"),
        ("Asia/Saigon", "Ho Chi Minh City", "TP Hồ Chí Minh"),
        ("Asia/Kolkata", "Kolkata", "Kolkata"),
        ("Europe/Kyiv", "Kyiv", "Kiev"),
        ("America/Nuuk", "Nuuk", "Nuuk"),
        ("Asia/Shanghai", "Shanghai", "Thượng Hải"),
        ("America/New_York", "New York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires", "Buenos Aires"),
        ("UTC", "UTC", "UTC"),
    ],
)
def test_a_zone_is_called_by_its_city_also_where_it_was_renamed(zone: str, english: str, vietnamese: str) -> None:
    assert (zone_city(zone, load_words("en")), zone_city(zone, load_words("vi"))) == (english, vietnamese)
