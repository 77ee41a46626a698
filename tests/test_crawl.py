"""A crawler presses every button that can be reached from the commands: each answers, and each leads on or back.

    command ─→ screen ─→ button ─→ screen …     breadth first

A screen is known by what its buttons do: "place places region" are the shelves of places. On each kind of screen each
kind of button is pressed a few times, always on a copy of the screen and with everything stored as it was when the
screen was seen. So a button that deletes everything is pressed like any other, and no button may call itself old.
Questions are answered with their own example.
"""

import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chat.app import DESKS
from chat.callback import unpack
from chat.switchboard import Switchboard
from playground.botapi import BotApi
from playground.entities import Formatted
from playground.nouns import Button, Message
from playground.people import Group, User
from render.words import LANGUAGES, load_words
from storage.owndata import WHOSE
from storage.store import Store
from tests.world import PRESET, World, idle, running_bot

#: Every kind of screen that there is, a line each, by where it was seen.
KNOWN = Path(__file__).parent / "screens.txt"
#: Buttons of one act are pressed so often on one kind of screen; and all together so often at most.
EACH, MOST = 2, 2000
#: Seconds for one answer, on a busy machine.
PATIENCE = 15.0
#: The id of the first person of a playground.
FIRST = 1001
#: With words on them at most three buttons stand in a row; numbers of stories may be a page of them.
WITH_WORDS, NUMBERS = 3, 6
#: What serves a reply and no button, or a button that nobody comes to from here; who presses those.
ELSEWHERE = {
    "unwanted": "a reply, in test_chat_wishes",
    "srcs": "under a story of more reports than the sample feeds have, in test_chat_stories",
}
#: What one sees of a story depends on the story, and which comes first on the order in which the feeds answered: the
#: choices of "less like this" may all be taken, or there may be none.
SOMETIMES = {"in private: keep story", "in private: story"}

#: What is written besides the bare commands.
SAID = (
    "/search lao", "/search viet nam", "/search cuba place:KH", "/search qwxyz", "/start pair_LA-VN",
    "/start topic_climate", "/start story_1", "/places camboda", "/places la, kh, th, my, sg, id, ph, mm",
    "/places japan", "/pair vn la", "/pair viet nam, camboda", "/words friendship, -football", "/time 6:45",
    "/time 25", "/days mon", "/days someday", "/quiet 22-6", "/zone United States", "/zone Atlantis", "/language vi",
    "/pause 3 days", "/here laos", "/channels @gazette_news",
)  # fmt: skip
SAID_IN_PRIVATE = ("friendship", "stop", "cancel", "/laos", "/nonsense", "?")

_TABLES = ("pages", *WHOSE)


class State(NamedTuple):
    """All that is stored of chats, and who is in which."""

    rows: Mapping[str, list[dict[str, Any]]]
    members: Mapping[int, dict[int, str]]


class Screen(NamedTuple):
    """A message as it stood, how one came to it, and what was stored then."""

    message: Message
    name: str
    path: tuple[str, ...]
    state: State


@dataclass
class Crawler:
    """Walks through one chat as one person."""

    world: World
    user: User
    group: Group | None = None
    thread: int | None = None
    #: The kinds of screens that were seen, and the acts of the buttons that were pressed.
    seen: set[str] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)
    presses: int = 0
    #: What is wrong, each with the way there.
    faults: list[str] = field(default_factory=list)
    _tried: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _waiting: deque[Screen] = field(default_factory=deque)

    async def walk(self, *begin: str) -> None:
        """Write each of these to the bot as things are now, then press whatever there is to press."""
        state = await self._state()
        for said in begin:
            await self._back_to(state)
            await self._write(said, (said,), said.split()[0] if said.startswith("/") else "words")
        while self._waiting and self.presses < MOST:
            screen = self._waiting.popleft()
            for button in screen.message.buttons:
                if button.data and self._untried(screen, button.data):
                    await self._press(screen, button.text, button.data)
            if example := (screen.message.keyboard or {}).get("input_field_placeholder"):
                await self._back_to(screen.state)
                way = (*screen.path, f"“{example}”")
                await self._write(example, way, f"the answer to {screen.name}", reply_to=screen.message)
        await self._back_to(state)
        self._tried.clear()  # after what happens next all may look alike and be different

    async def arrive(self, what: str, since: int) -> None:
        """Take in what came by itself after a revision."""
        await self._look(since, (what,), what)

    async def _write(self, text: str, path: tuple[str, ...], cause: str, *, reply_to: Message | None = None) -> None:
        self.user.write(text, chat=self.group, thread=self.thread, reply_to=reply_to)
        since = self.world.api.world.revision
        await idle(self.world)
        if not await self._look(since, path, cause):
            self.faults.append(f"silence: {_way(path)}")

    async def _press(self, screen: Screen, label: str, data: str) -> None:
        await self._back_to(screen.state)
        copy, path = self._copy(screen.message), (*screen.path, f"[{label}]")
        since, act = self.world.api.world.revision, _act(data)
        answer = await self.user.forge(data, message=copy, chat=self.group, within=PATIENCE)
        await idle(self.world)
        self.presses += 1
        self.pressed.add(act)
        cause = f"{act} {data.split(':')[-1]}" if act == "ask" else act
        if not await self._look(since, path, cause) and not answer.text:
            self.faults.append(f"nothing happens: {_way(path)} ({data})")
        if answer.text in self._never():
            self.faults.append(f"{answer.text} {_way(path)} ({data})")

    def _never(self) -> set[str]:
        """What no button says that stands on the screen."""
        both = [load_words(language) for language in LANGUAGES]
        return {words.t("This button is from an older message. /settings shows what is set now.") for words in both} | {
            words.t("Something went wrong on our side. Please try again in a moment.") for words in both
        }

    def _untried(self, screen: Screen, data: str) -> bool:
        tried = self._tried[screen.name].setdefault(_act(data), set())
        tried.add(data)
        return len(tried) <= EACH

    async def _look(self, since: int, path: tuple[str, ...], cause: str) -> bool:
        """Judge what the bot sent or edited after a revision, and go on from there; whether it did."""
        fresh = [
            [each for each in chat.messages.values() if each.by_bot and each.revision > since]
            for chat in self.world.api.world.chats.values()
        ]
        state = await self._state() if any(fresh) else None
        for messages in filter(None, fresh):
            self._judge(messages, path)
            for message in messages:
                name = _name(message, cause)
                if state and message.chat_id == (self.group or self.user).id and name not in self._tried:
                    self.seen.add(name)
                    self._tried[name] = {}
                    self._waiting.append(Screen(message, name, path, state))
        return any(fresh)

    def _judge(self, messages: Sequence[Message], path: tuple[str, ...]) -> None:
        """One answer, perhaps in several messages: it leads on or back, and its buttons can be read."""
        if not any(each.buttons or each.file or _asks(each) or re.search(r"/[a-z]", each.text) for each in messages):
            self.faults.append(f"a dead end: {_way(path)}: {messages[-1].text[:80]!r}")
        for row in (row for message in messages for row in message.rows):
            labels = [button.text for button in row]
            if len(row) > (NUMBERS if all(label.isdigit() for label in labels) else WITH_WORDS):
                self.faults.append(f"a crowded row: {_way(path)}: {labels}")
            if not all(re.search(r"\w", label) for label in labels):
                self.faults.append(f"a button without words: {_way(path)}: {labels}")

    def _copy(self, message: Message) -> Message:
        telegram = self.world.api.world
        content = Formatted(message.text, message.entities)
        more = {"keyboard": message.keyboard, "thread_id": message.thread_id}
        return telegram.post((self.group or self.user).chat, telegram.bot_id, content, **more)

    async def _state(self) -> State:
        rows = await self.world.newsroom.store.read(_rows)
        return State(rows, {chat.id: dict(chat.members) for chat in self.world.api.world.chats.values()})

    async def _back_to(self, state: State) -> None:
        await self.world.newsroom.store.run(lambda store: _put(store, state.rows))
        for chat in self.world.api.world.chats.values():
            chat.members = dict(state.members[chat.id])


def _rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    return {table: [dict(row) for row in store._db.rows(f"select * from {table}")] for table in _TABLES}


def _put(store: Store, rows: Mapping[str, list[dict[str, Any]]]) -> None:
    with store.transaction():
        for table in reversed(_TABLES):
            store._db.execute(f"delete from {table}")
        for table in _TABLES:
            if rows[table]:
                columns = list(rows[table][0])
                values = ", ".join(f":{column}" for column in columns)
                store._db.execute_many(f"insert into {table} ({', '.join(columns)}) values ({values})", rows[table])


def _name(message: Message, cause: str) -> str:
    """A kind of screen, in no language."""
    if message.file:
        return f"a file after {cause}"
    if _asks(message):
        return f"the question of {cause}"
    return " ".join(sorted({_does(button) for button in message.buttons})) or f"only words after {cause}"


def _does(button: Button) -> str:
    if button.data:
        return _act(button.data)
    return "(link)" if "url" in button.raw else "(share)"


def _act(data: str) -> str:
    press = unpack(data)
    assert press is not None, data
    return press.act


def _asks(message: Message) -> bool:
    return bool((message.keyboard or {}).get("force_reply"))


def _way(path: tuple[str, ...]) -> str:
    return " › ".join(path)


async def in_private(world: World, language: str) -> Crawler:
    """All that one person can come to: a stranger, a reader, a busy one who also judges corrections, one who left."""
    ann = world.api.user("Ann", language_code=language)
    crawler, t = Crawler(world, ann), load_words(language).t
    await crawler.walk("/start", "/start topic_climate", *commands(world))
    await _subscribe(crawler, language)
    await crawler.walk(*commands(world), *SAID, *SAID_IN_PRIVATE)
    await ann.say("/digest")
    await ann.press("1", message=ann.last)
    await ann.press(t("Less like this"))
    await ann.press(ann.last.buttons[0].text)
    await world.newsroom.store.run(lambda store: _furnish(store, ann.id, now=world.clock()))
    since = world.api.world.revision
    world.clock.forward(hours=2)
    await world.bot.deliver()
    await crawler.arrive("the morning", since)
    await crawler.walk("/digest", "/settings", "/saved", "/corrections", f"/start story_{await _widest(world)}")
    channel = world.api.group("Gazette", owner=ann, kind="channel", username="gazette_news")
    since = world.api.world.revision
    channel.add_bot(ann)
    await ann.hears(since=since)
    await crawler.arrive("a channel", since)
    await crawler.walk("/start", "/channels")
    await ann.press(PRESET[language])
    await ann.say("/start pair_LA-VN")
    await ann.press(t("A subscription of its own"))
    await crawler.walk("/settings", "/lines", "/channels", "/time", "/start topic_climate")
    await ann.say("/stop")
    await crawler.walk("/start", "/settings", "/pause", "/resume", "/digest")
    return crawler


async def in_a_group(world: World, language: str) -> Crawler:
    """All that an admin of a group can come to there: when we come, later, and when we come back."""
    ann = world.api.user("Ann", language_code=language)
    await ann.say("/help")
    group = world.api.group("Union", owner=ann)
    crawler = Crawler(world, ann, group)
    await _bring(crawler, "being added")
    await crawler.walk(*commands(world), *SAID)
    await _subscribe(crawler, language)
    await crawler.walk(*commands(world), *SAID)
    group.kick_bot(ann)
    await idle(crawler.world)
    await _bring(crawler, "being added again")
    await crawler.walk("/settings")
    return crawler


async def in_a_topic(world: World, language: str) -> Crawler:
    """What else an admin comes to in a forum topic, beside a subscription of the whole group."""
    ann = world.api.user("Ann", language_code=language)
    group = world.api.group("Union", owner=ann, forum=True)
    crawler = Crawler(world, ann, group)
    await _bring(crawler, "being added")
    await _subscribe(crawler, language)
    await ann.say("/here laos", chat=group, thread=group.thread("Laos"))
    crawler.thread = group.thread("Cuba")
    await crawler.walk("/start", "/here", "/here cuba", "/settings", "/digest", "/time")
    return crawler


async def _bring(crawler: Crawler, what: str) -> None:
    """Let the bot into the group, and take in what it says."""
    assert crawler.group is not None
    since = crawler.world.api.world.revision
    crawler.group.add_bot(crawler.user)
    await crawler.user.hears(chat=crawler.group, since=since)
    await crawler.arrive(what, since)


async def _subscribe(crawler: Crawler, language: str) -> None:
    """The first of the ready choices."""
    await crawler.user.say("/start", chat=crawler.group)
    await crawler.user.press(PRESET[language], chat=crawler.group)


def _furnish(store: Store, chat_id: int, *, now: datetime) -> None:
    """What somebody leaves behind in some weeks: two pages of saved stories, and labels that are said to be wrong."""
    items = [item for item in store.items.export(None) if item.story_id and item.labels.topics]
    for story_id in dict.fromkeys(item.story_id for item in items[:20]):
        store.memory.save(chat_id, story_id, now=now)
    for item in items[:2]:
        store.corrections.ask(item.story_id, item.labels.topics[0], 4711, now=now)


async def _widest(world: World) -> int:
    """The story with the most reports."""

    def find(store: Store) -> int:
        return Counter(item.story_id for item in store.items.export(None) if item.story_id).most_common(1)[0][0]

    return await world.newsroom.store.read(find)


def commands(world: World) -> list[str]:
    """Every command that there is."""
    return [f"/{name}" for name in _switchboard(world).commands]


def _switchboard(world: World) -> Switchboard:
    return Switchboard(world.bot.reception, [desk(world.bot.reception) for desk in DESKS])


@asynccontextmanager
async def a_world(database: Path, news: Path) -> AsyncIterator[World]:
    """A world whose first person is the operator, who judges corrections."""
    async with BotApi() as api, running_bot(database, news=news, api=api, admin_ids=frozenset({FIRST})) as world:
        yield world


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_button_answers_and_leads_on(
    news: Path, tmp_path: Path, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    seen, pressed, faults = set[str](), set[str](), list[str]()
    for walk in (in_private, in_a_group, in_a_topic):
        async with a_world(tmp_path / f"{walk.__name__}.db", news) as world:
            crawler = await walk(world, language)
            served = set(_switchboard(world)._presses)
        place = walk.__name__.replace("_", " ")
        print(f"{place}, {language}: {crawler.presses} presses, {len(crawler.seen)} kinds of screens")
        assert crawler.presses < MOST, "it never came to an end"
        seen |= {f"{place}: {name}" for name in crawler.seen}
        pressed |= crawler.pressed
        faults += [f"{place}: {fault}" for fault in crawler.faults]
        # It asks Telegram for a channel that is not there.
        faults += [f"{place}: {each}" for each in world.api.refused if each.method != "getChat"]
    faults += [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert faults == []
    assert served - pressed == set(ELSEWHERE), "buttons that were never pressed"
    known = set(KNOWN.read_text(encoding="utf-8").splitlines())
    lost, new = ("\n".join(sorted(some)) for some in (known - seen, seen - known - SOMETIMES))
    assert not lost, f"ways to these screens of {KNOWN.name} were lost:\n{lost}"
    assert not new, f"new screens: look at them, and add them to {KNOWN.name}:\n{new}"
