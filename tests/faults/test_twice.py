"""I6: PTB confirms an update with the next question for more, so that a kill brings it again. It has one effect."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import TypeHandler

from chat.callback import pack
from chat.keyboards.stories import OUTLET
from chat.keyboards.wishes import word_key
from playground.people import Group, User
from tests.test_security import presses_of
from tests.world import World, idle, lines_of, plant, running_bot, subscribed

#: What a reader's words and presses change. Moments aside, both bots must keep the same.
TABLES = (
    "chats", "lines", "slots", "told", "saved", "searches", "stewards", "corrections", "page_holders", "deliveries",
)  # fmt: skip
#: Who judges corrections here: the first to open the bot.
EDITOR = 1001
#: What merely counts: ids that were drawn and not used; messages in a chat, where an answer may stand twice.
_COUNTS = {("corrections", "id"), ("deliveries", "message_id")}
#: What a reader does, in this order: a command, or a button's act and arguments; "union" is pressed for the line of
#: the group of that name, "here" in it. Each of these changes a table.
CHANGES = (
    "/search laos", "narrow {search} place LA 1", "/search kangaroo place:LA", "retry {search} 0",
    "/language vi", "language en", "hello vi", "hello en", "/pause", "/resume", "pause 7", "state active",
    "/time 08:15", "/days mon tue", "/zone Berlin", "/places laos", "/words rice, -football", "/pair laos japan",
    "time 0945 1", "days 15", "day 1 0", "once 5", "once 0", "quiet 22-7", "zone Asia/Tokyo",
    "by place", "previews 1", "silent 1",
    "topic ngo 1", "place LA 0", "pair LA-VN 1", "shelf {shelf} 1", "word {word} 0", "topics all", "places all",
    "save {story} 1", "unsave {story} 0", "save {story} 1", "less {story} {topic}", "fewer {key}",
    "less {story} {outlet}", "keep {story} {outlet}", "bad {story} {topic}", "judge {story} {topic} 1",
    "/stop", "follow ngo", "stop", "preset home", "stop", "city VN-SG", "stop", "subscribe",
    "join LA", "week {token}", "/digest", "digest place", "apart KH", "newline", "rest 1", "rest 0",
    "watch {search} now", "stop", "again", "union comes", "union rest 1", "here", "union goon", "union testpost",
    "delivered", "union leave",
)  # fmt: skip
#: What only shows something.
SHOWS = (
    "/new", "/saved", "/start", "ask words", "cancel", "look", "help", "menu", "settings", "privacy", "mydata",
    "forgetting", "rooms", "languages", "zones", "hours", "words", "unwanted", "pairs", "fewer", "topics", "places",
    "chosen 0", "region {shelf} 0", "offer LA", "line", "lines", "latest", "front {token} p", "sect {section}",
    "found {search} 0", "filters {search}", "alert {search}", "story {story}", "why {story}", "srcs {story} 0",
    "lessof {story}", "wrong {story} t", "wrongs 0", "saved 0", "union room", "union leaving",
)  # fmt: skip
#: To be forgotten ends what there is to compare; a removed line likewise.
_LAST = {"forget", "remove"}

#: The rows of every table.
Kept = dict[str, list[Any]]


def repeat_everything(world: World) -> set[int]:
    """Every update comes a second time when the first was dealt with, as after a kill; which did."""
    application, seen = world.bot.application, set[int]()

    async def again(update: Update, context: Any) -> None:
        if update.update_id not in seen:
            seen.add(update.update_id)
            await application.process_update(update)

    application.add_handler(TypeHandler(Update, again), group=1000)
    return seen


async def test_the_same_update_twice_has_one_effect(news: Path, tmp_path: Path) -> None:
    once = await play(news, tmp_path / "once.db", twice=False)
    twice = await play(news, tmp_path / "twice.db", twice=True)
    changed = [(step, differing(before, after)) for (_, before), (step, after) in pairwise(once)]
    assert [step for step, tables in changed if step in CHANGES and not tables] == []
    assert {table for _, tables in changed for table in tables} == set(TABLES)
    assert [step for step, _ in once] == [step for step, _ in twice]
    differ = [(step, differing(kept, again)) for (step, kept), (_, again) in zip(once, twice, strict=True)]
    assert [(step, tables) for step, tables in differ if tables] == []


def differing(one: Kept, other: Kept) -> list[str]:
    return [table for table in TABLES if one[table] != other[table]]


async def play(news: Path, database: Path, *, twice: bool) -> list[tuple[str, Kept]]:
    """Press every button and say some words; what was kept after each."""
    async with running_bot(database, news=news, admin_ids=frozenset({EDITOR})) as world:
        seen = repeat_everything(world) if twice else set()
        user = await subscribed(world)
        union = world.api.group("Union", owner=user)
        steps = [("subscribed", await kept(world))]
        for step in (*CHANGES[:-1], *SHOWS, CHANGES[-1]):
            world.clock.forward(minutes=2)
            await take(world, step, user, union)
            steps.append((step, await kept(world)))
        acts = {step.removeprefix("union ").split()[0] for step in (*CHANGES, *SHOWS)}
        assert presses_of(world).keys() - acts == _LAST
        assert len(seen) >= len(steps) * twice
    return steps


async def take(world: World, step: str, user: User, union: Group) -> None:
    """One step of the script."""
    match step.format(**await at_hand(world, user)).split():
        case ["delivered"]:
            world.clock.forward(days=1)
            await world.bot.deliver()
        case ["union", "comes"]:
            union.add_bot(user, admin=True)
        case ["here"]:
            line = (await lines_of(world, union))[0].id
            on = next(message for message in reversed(union.messages) if message.by_bot)
            await user.forge(pack("here", line), message=plant(union, on, pack("here", line)), chat=union)
        case ["union", act, *args]:
            await press(user, pack(act, (await lines_of(world, union))[0].id, *args))
        case [command, *_] if command.startswith("/"):
            await user.say(step)
        case [act, *args]:
            line = (await lines_of(world, user))[0].id
            await press(user, pack(act, line, *args) if presses_of(world)[act] else pack(act, *args))


async def press(user: User, data: str) -> None:
    """Press a button in one's own chat; one that we do not understand would have no effect to repeat."""
    answer = await user.forge(data)
    assert "from an older message" not in answer.text, data


async def at_hand(world: World, user: User) -> dict[str, object]:
    """What buttons carry: a story with a topic, the last search, the last digest, a section of one."""
    stories = await world.newsroom.store.read(
        lambda store: store.stories.among(store.stories.newest(world.clock() - timedelta(days=7), world.clock()))
    )
    story = next(story for story in stories.values() if story.topics and story.places)
    topic = min(story.topics)
    buttons = [button.data or "" for message in user.messages for button in message.buttons]
    section = next((data.partition(":sect:")[2].replace(":", " ") for data in buttons if ":sect:" in data), "")
    with closing(sqlite3.connect(world.database)) as database:
        (search,) = database.execute("select max(id) from searches").fetchone()
        (token,) = database.execute(
            "select token from page_holders join pages using (token) where chat_id = ? order by kept_at desc, token",
            [user.id],
        ).fetchone()
    return {
        "story": story.id, "topic": topic, "key": word_key(topic), "outlet": OUTLET, "word": word_key("rice"),
        "shelf": "035", "section": section, "search": search, "token": token,
    }  # fmt: skip


async def kept(world: World) -> Kept:
    """The rows of every table, when whatever was begun is done."""
    await idle(world)
    with closing(sqlite3.connect(world.database)) as database:
        database.row_factory = sqlite3.Row
        return {
            table: [
                {column: value for column, value in dict(row).items() if (table, column) not in _COUNTS}
                for row in database.execute(f"select * from {table}")
            ]
            for table in TABLES
        }
