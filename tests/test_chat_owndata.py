"""One's own data: seen whole, and really gone."""

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from render.words import LANGUAGES, load_words
from storage.owndata import WHOSE
from storage.store import Store
from tests.world import PRESET, World, running_bot, subscribed

#: A word that nobody else writes.
WORD = "zanzibarquux"


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made
        assert made.api.refused == []


async def a_busy_reader(world: World, name: str = "Ann", language: str = "en"):
    """Somebody who left a trace in many tables."""
    user = await subscribed(world, language, name)
    await user.say(f"/search {WORD} laos")
    world.clock.forward(hours=2)
    await world.bot.deliver()
    return user


def mydata_of(world: World, user) -> dict:
    document = next(message.document for message in reversed(user.messages) if message.document)
    return json.loads(document.content)


def rows_with(database: Path, needle: str) -> list[str]:
    """The tables in which a value contains this text or is this number."""
    connection = sqlite3.connect(database)
    tables = [name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")]
    found = []
    for table in tables:
        # The news is nobody's, and its ids may be alike; so may the microseconds at which a table was made.
        if table.startswith(("items", "stories", "sources", "_sqlite_migrations")):
            continue
        for row in connection.execute(f"select * from {table}"):
            if any(needle in str(value) if isinstance(value, str) else str(value) == needle for value in row):
                found.append(table)
                break
    connection.close()
    return found


@pytest.mark.parametrize(
    ("language", "terms"), [("en", ("90 days", "30 days", "12 months")), ("vi", ("90 ngày", "30 ngày", "12 tháng"))]
)
async def test_privacy_says_what_is_kept(world: World, language: str, terms: tuple[str, ...]) -> None:
    said = (await world.api.user("Ann", language_code=language).say("/privacy")).text
    assert [term for term in terms if term not in said] == []


async def test_mydata_has_all_of_mine_and_nothing_of_others(world: World) -> None:
    ann, bob = await a_busy_reader(world), await a_busy_reader(world, "Bob")
    await ann.say("/mydata")
    told = mydata_of(world, ann)
    assert told["chats"][0]["id"] == ann.id
    assert told["chats"][0]["less"] == []
    assert told["searches"][0]["text"] == f"{WORD} laos"
    assert told["lines"][0]["wishes"]["places"] == ["VN"]
    assert told["deliveries"]
    assert told["told"]
    assert not re.search(rf"\b{bob.id}\b", json.dumps(told))


async def test_nothing_is_kept_of_a_stranger(world: World) -> None:
    ann = world.api.user("Ann")
    assert "We keep nothing" in (await ann.say("/mydata")).text
    assert "We keep nothing" in (await ann.say("/forget")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_forget_asks_first_and_can_be_called_off(world: World, language: str) -> None:
    ann, t = await a_busy_reader(world, language=language), load_words(language).t
    assert t("Forget everything?") in (await ann.say("/forget")).text
    await ann.press(t("Keep everything"))
    assert "chats" in rows_with(world.database, str(ann.id))
    assert [button.text for button in ann.last.buttons] == [t("Privacy"), t("Settings")]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_forget_leaves_no_row_and_no_word(world: World, language: str) -> None:
    ann, bob = await a_busy_reader(world, language=language), await a_busy_reader(world, "Bob")
    assert rows_with(world.database, str(ann.id))
    await ann.say("/forget")
    await ann.press(load_words(language).t("Delete everything"))
    assert rows_with(world.database, str(ann.id)) == []
    assert "chats" in rows_with(world.database, str(bob.id))
    await bob.say("/forget")
    await bob.press("Delete everything")
    assert rows_with(world.database, WORD) == []
    raw = b"".join(path.read_bytes() for path in world.database.parent.glob("bot.db*"))
    assert WORD.encode() not in raw


async def test_what_was_changed_or_let_go_earlier_is_overwritten_too(world: World) -> None:
    ann, bob = await a_busy_reader(world), await a_busy_reader(world, "Bob")
    await ann.say("/forget")
    await ann.press("Delete everything")
    for n in range(40):
        await world.newsroom.store.run(
            lambda store, n=n: store.memory.keep_search(bob.id, f"{WORD}{n} of a search", now=world.clock())
        )
    world.clock.forward(days=31)
    await world.bot.prune()
    await bob.say("/forget")
    await bob.press("Delete everything")
    await world.bot.poll()
    raw = b"".join(path.read_bytes() for path in world.database.parent.glob("bot.db*"))
    assert WORD.encode() not in raw


async def test_forget_waits_for_nobody_who_reads_and_empties_the_log_later(world: World) -> None:
    ann = await a_busy_reader(world)
    connection = sqlite3.connect(world.database, isolation_level=None)
    connection.execute("begin")
    connection.execute("select count(*) from chats").fetchone()
    await ann.say("/forget")
    await ann.press("Delete everything")  # it is answered in time
    connection.close()
    await world.bot.poll()
    raw = b"".join(path.read_bytes() for path in world.database.parent.glob("bot.db*"))
    assert WORD.encode() not in raw


async def test_after_forget_start_is_a_first_minute(world: World) -> None:
    ann = await a_busy_reader(world)
    await ann.say("/forget")
    await ann.press("Delete everything")
    assert "What would you like to follow?" in (await ann.say("/start")).text


async def test_no_edition_comes_after_forget(world: World) -> None:
    ann = await a_busy_reader(world)
    await ann.say("/forget")
    await ann.press("Delete everything")
    before = len(ann.messages)
    world.clock.forward(hours=24)
    await world.bot.deliver()
    assert len(ann.messages) == before


async def test_when_all_are_forgotten_every_table_is_as_it_was(world: World) -> None:
    before = sizes(world.database)
    ann = await a_busy_reader(world)
    channel = world.api.group("Gazette", owner=ann, kind="channel", username="gazette_news")
    since = world.api.world.revision
    channel.add_bot(ann)
    await ann.hears(lambda message: "Gazette" in message.text, since=since)
    await ann.press(PRESET["en"])
    await ann.press("Send a test post")
    await ann.press("Leave and forget it")
    await ann.press("Leave and delete everything")
    await ann.say("/forget")
    await ann.press("Delete everything")
    assert sizes(world.database) == before


def sizes(database: Path) -> dict[str, int]:
    """How many rows each table has, save SQLite's own of the numbers that were given out."""
    connection = sqlite3.connect(database)
    names = [name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")]
    names.remove("sqlite_sequence")
    found = {name: connection.execute(f"select count(*) from {name}").fetchone()[0] for name in names}
    connection.close()
    return found


async def test_every_table_that_names_a_person_is_forgotten(world: World) -> None:
    connection = sqlite3.connect(world.database)
    tables = [name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")]
    naming = set()
    for table in tables:
        columns = {row[1] for row in connection.execute(f"pragma table_info({table})")}
        if columns & {"chat_id", "user_id", "line_id"}:
            naming.add(table)
    connection.close()
    assert naming - set(WHOSE) == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_groups_file_goes_to_the_admin_who_asked_and_to_nobody_else(world: World, language: str) -> None:
    ann, bob = (world.api.user(name, language_code=language) for name in ("Ann", "Bob"))
    group = world.api.group("Union", owner=ann, members=[bob])
    group.add_bot(ann)
    await ann.hears(chat=group)
    t = load_words(language).t
    for command in ("/mydata", "/forget"):
        told = await bob.say(command, chat=group)
        hint = t("This is about the group's data, for its admins alone. For your own, write to me in private.")
        assert told.text == hint
        assert [button.raw["url"] for button in told.buttons] == ["https://t.me/diplomacy_digest_bot?start=privacy"]
    assert t("My data") in [button.text for button in (await bob.start("privacy")).buttons]
    assert "/start" in (await ann.say("/mydata", chat=group)).text  # we may not write to her yet
    await ann.say("/help")
    assert t("I sent it to you in private.") in (await ann.say("/mydata", chat=group)).text
    assert mydata_of(world, ann)["chats"][0]["title"] == "Union"
    assert not any(message.document for message in group.messages)
    world.api.refused.clear()


async def test_a_group_is_forgotten_by_its_admins_word_alone(world: World) -> None:
    ann, bob = world.api.user("Ann"), world.api.user("Bob")
    group = world.api.group("Union", owner=ann, members=[bob])
    group.add_bot(ann)
    await ann.hears(chat=group)
    await ann.press(PRESET["en"], chat=group)
    await ann.say(f"/search {WORD}", chat=group)
    assert "group's data" in (await bob.say("/forget", chat=group)).text
    assert "about this group" in (await ann.say("/forget", chat=group)).text
    assert "group's data" in (await bob.press("Delete everything", chat=group)).text
    await ann.press("Delete everything", chat=group)
    assert rows_with(world.database, str(group.id)) == []
    assert rows_with(world.database, WORD) == []
    before = len(group.messages)
    world.clock.forward(hours=26)
    await world.bot.deliver()
    assert len(group.messages) == before


async def test_a_press_on_the_file_is_answered_by_a_new_message(world: World) -> None:
    ann = await a_busy_reader(world)
    await ann.say("/mydata")
    file = ann.last
    assert file.document
    assert not (await ann.forge("v2:menu", message=file)).text
    await ann.forge("v2:privacy", message=file)
    assert "Privacy" in ann.last.text
    assert ann.last.id != file.id
    assert [each.description for each in world.api.refused] == ["Bad Request: there is no text in the message to edit"]
    world.api.refused.clear()


async def test_who_forgets_themselves_leaves_their_channel_its_digests(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/help")
    channel = world.api.group("Gazette", owner=ann, kind="channel", username="gazette_news")
    channel.add_bot(ann)
    await ann.hears(lambda message: "Gazette" in message.text)
    await ann.press("Everything about Viet Nam")
    await ann.say("/forget")
    await ann.press("Delete everything")
    assert rows_with(world.database, str(ann.id)) == []
    world.clock.forward(hours=2)
    await world.bot.deliver()
    assert any(message.by_bot for message in channel.messages)
    assert "Viet Nam" in (await ann.say("/channels @gazette_news")).text


def test_every_field_of_the_file_is_in_the_documentation(store: Store) -> None:
    told = (Path(__file__).parents[1] / "docs" / "json.md").read_text(encoding="utf-8").partition("## `/mydata`")[2]
    for table in (*WHOSE, "pages"):
        section = told.partition(f"| `{table}`")[2].partition("\n")[0]
        columns = [row["name"] for row in store._db.rows(f"select name from pragma_table_info('{table}')")]
        assert [column for column in columns if f"`{column}`" not in section] == [], table
