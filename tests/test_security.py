"""What a stranger, a member and a forger can do: nothing to others. And what a log may say: no secret and no number."""

import asyncio
import io
import itertools
import json
import logging
import random
import re
import sqlite3
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chat.app import DESKS
from chat.callback import MAX_BYTES, pack
from chat.logs import hide_ids, redact, set_up_logging
from chat.switchboard import Switchboard
from digest.readers import ChatState
from playground.people import Group, User
from playground.world import Chat
from tests.world import World, running_bot

ROOT = Path(__file__).parent.parent
#: A word that only the victim wrote.
SECRET = "zanzibarquux"
#: What a chat may leave behind that asks and changes nothing: its searches, our questions to it, pages it opened.
HARMLESS = frozenset(("searches", "prompts", "page_holders", "pages"))
#: Arguments that do something, for the acts that want some; an act that is not here gets those of OTHERS.
TAILS: dict[str, tuple[str, ...]] = {
    "topic": ("ngo", "1"), "place": ("LA", "1"), "pair": ("LA-VN", "1"), "time": ("09:45", "1"),
    "zone": ("Europe/Berlin",), "by": ("place",), "state": ("paused",), "language": ("vi",), "hello": ("vi",),
    "preset": ("home",), "silent": ("1",), "previews": ("1",), "rest": ("1",), "remove": ("yes",), "pause": ("7",),
    "quiet": ("22-7",), "once": ("5",), "days": ("15",), "day": ("1", "0"), "follow": ("topic_ngo",),
    "join": ("topic_ngo",), "apart": ("topic_ngo",), "city": ("VN-SG",), "topics": ("all",), "places": ("all",),
}  # fmt: skip
OTHERS = ((), ("1",), ("yes",))


@dataclass(frozen=True)
class Town:
    """Ann with a chat, a group and a channel of her own; Bob, who is in her group and rules one of his own."""

    world: World
    ann: User
    bob: User
    #: Whose they are: Ann's but the last.
    group: Group
    channel: Group
    bobs: Group
    #: Line ids by chat id.
    lines: dict[int, int]

    def kept(self, *whose: int) -> dict[int, Any]:
        """What is kept of these chats, but for what asking leaves behind."""
        with closing(sqlite3.connect(self.world.database)) as connection:
            tables = {
                "chats": "id", "lines": "chat_id", "deliveries": "chat_id", "told": "chat_id", "saved": "chat_id",
                "stewards": "chat_id", "corrections": "chat_id",
            }  # fmt: skip
            found = {}
            for chat_id in whose:
                rows = [
                    (table, connection.execute(f"select * from {table} where {key} = ?", [chat_id]).fetchall())
                    for table, key in tables.items()
                ]
                slots = "select * from slots where line_id in (select id from lines where chat_id = ?)"
                found[chat_id] = [*rows, connection.execute(slots, [chat_id]).fetchall()]
            return found

    def anns(self) -> dict[int, Any]:
        return self.kept(self.ann.id, self.group.id, self.channel.id)

    def seen_by_bob(self) -> str:
        places = (self.bob.messages, self.bobs.messages, self.group.messages)
        return "\n".join(message.text for place in places for message in place if message.by_bot)


@pytest.fixture
async def town(news: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with running_bot(tmp_path / "bot.db", news=news, admin_ids=frozenset({999_999})) as world:
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        group = world.api.group("Union", owner=ann, members=[bob])
        channel = world.api.group("Channel", owner=ann, kind="channel")
        bobs = world.api.group("Bob's", owner=bob)
        for chat, owner in ((group, ann), (channel, ann), (bobs, bob)):
            chat.add_bot(owner, admin=True)
        for user in (ann, bob):
            await user.say("/start")
            await user.press("Everything about Viet Nam")
        for chat, owner in ((group, ann), (bobs, bob)):
            await owner.say("/start@diplomacy_digest_bot", chat=chat)
            await owner.press("Everything about Viet Nam", chat=chat)
        await ann.say(f"/search {SECRET}")
        lines = await world.newsroom.store.run(lambda store: furnish(store, channel.id, ann.id, world.clock.now))
        yield Town(world, ann, bob, group, channel, bobs, lines)


def furnish(store: Any, channel: int, ann: int, now: Any) -> dict[int, int]:
    """Give the channel a line, and Ann's wishes a word of her own; the line of each chat."""
    known = {chat: store.lines.of(chat) for (chat,) in store._db.rows("select id from chats")}
    mine = known[ann][0]
    if not known.get(channel):
        if store.readers.chat(channel) is None:
            store._db.execute(
                "insert into chats (id, kind, language, zone, state, state_at, created_at)"
                " select :id, 'channel', language, zone, state, state_at, created_at from chats where id = :ann",
                id=channel, ann=ann,
            )  # fmt: skip
        store.lines.add(channel, 0, mine.wishes, mine.cadence, now=now)
    store.readers.set_state(channel, ChatState.ACTIVE, now=now)
    wanted = json.dumps([SECRET])
    for chat in (ann, channel):
        store._db.execute(
            "update lines set wishes = json_set(wishes, '$.wanted', json(:wanted)) where chat_id = :chat",
            wanted=wanted, chat=chat,
        )  # fmt: skip
    return {
        chat: store.lines.of(chat)[0].id for (chat,) in store._db.rows("select id from chats") if store.lines.of(chat)
    }


def presses_of(world: World) -> dict[str, bool]:
    """Every act that a button can name, and whether the switchboard takes it for one that changes something."""
    board = Switchboard(world.bot.reception, [desk(world.bot.reception) for desk in DESKS])
    return {act: service.changes for act, (service, _) in board._presses.items()}


def forgeries(world: World, line: int) -> Iterator[str]:
    """A press for every act, with the line of somebody else and arguments that would do something."""
    for act, changes in presses_of(world).items():
        tails = [TAILS[act]] if act in TAILS else OTHERS
        for tail in tails:
            yield pack(act, line, *tail) if changes else pack(act, *tail)


async def press_all(user: User, datas: list[str], *, chat: Group | None = None) -> None:
    """Press them one after the other; each is answered."""
    on = next(each for each in reversed((chat or user).messages) if each.by_bot)
    for data in datas:
        await user.forge(data, message=on, chat=chat)


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_the_owner_of_a_line_does_with_these_buttons_what_a_forger_would(town: Town) -> None:
    """The presses below are worth forging: from the right hand most of them change something."""
    worked = set()
    for act, changes in presses_of(town.world).items():
        if changes and act in TAILS:
            before = town.anns()
            await press_all(town.ann, [pack(act, town.lines[town.ann.id], *TAILS[act])])
            if town.anns() != before:
                worked.add(act)
    assert worked >= {"topic", "place", "pair", "zone", "by", "state", "silent", "hello"}
    assert len(worked) >= 12


async def test_nobody_presses_a_button_of_somebody_elses_line(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Every act, with the line of Ann's chat, group and channel, from Bob's chat and from the group he rules."""
    before = town.anns()
    for victim in (town.ann, town.group, town.channel):
        datas = list(forgeries(town.world, town.lines[victim.id]))
        changing = [data for data in datas if presses_of(town.world)[data.split(":")[1]]]
        await press_all(town.bob, changing)
        await press_all(town.bob, changing, chat=town.bobs)
    assert town.anns() == before
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


async def test_a_member_who_is_no_admin_changes_nothing_of_a_group(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Every act, with the group's own line and Ann's, on the group's own messages."""
    before = town.anns()
    for victim in (town.group, town.ann, town.channel):
        await press_all(town.bob, list(forgeries(town.world, town.lines[victim.id])), chat=town.group)
    assert town.anns() == before
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


async def test_what_names_no_line_reaches_no_further_than_ones_own_chat(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Searches, saved stories, questions, one's own data: numbers of others' are of no use."""
    before = town.anns()
    free = [act for act, changes in presses_of(town.world).items() if not changes]
    numbers = ("1", "2", str(town.ann.id), str(town.group.id), "0")
    datas = [pack(act, *args) for act in free for args in itertools.product(numbers, ("1", "0"))]
    await press_all(town.bob, [data for data in datas if not data.startswith("v2:forget:")])
    assert town.anns() == before
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


async def test_commands_of_a_member_who_is_no_admin_change_nothing_of_a_group(town: Town) -> None:
    board = Switchboard(town.world.bot.reception, [desk(town.world.bot.reception) for desk in DESKS])
    before = town.anns()
    for name in board.commands:
        for said in ("", " laos", " 09:45"):
            town.bob.write(f"/{name}@diplomacy_digest_bot{said}", chat=town.group)
    await town.bob.say("/digest@diplomacy_digest_bot", chat=town.bobs, within=20)
    await asyncio.sleep(0.3)
    assert town.anns() == before


async def test_random_bytes_are_an_old_button(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    rng, acts = random.Random(6), [*presses_of(town.world), "said", "", "no_such_act"]
    letters = "\x00\x01'\"%;:-\\/{}[]()*?\u202eđ🇻🇳 0123456789abcxyz"
    before = town.anns()
    datas = [
        "v2:"
        + ":".join(
            [rng.choice(acts), *("".join(rng.choices(letters, k=rng.randrange(9))) for _ in range(rng.randrange(5)))]
        )
        for _ in range(150)
    ]
    datas += ["".join(rng.choices(letters, k=rng.randrange(1, 30))) for _ in range(50)]
    datas = [data for data in datas if 0 < len(data.encode()) <= MAX_BYTES]
    await press_all(town.bob, datas)
    assert len(datas) > 100
    assert town.anns() == before
    assert failures(caplog) == []


@pytest.mark.parametrize("act", ["places", "topics", "words", "time", "zone", "settings", "language"])
async def test_a_reply_to_a_question_put_to_somebody_else_changes_nothing(town: Town, act: str) -> None:
    """An admin was asked; a member of the group answers."""
    question = next(each for each in reversed(town.group.messages) if each.by_bot)
    store, now = town.world.newsroom.store, town.world.clock.now
    data = pack(act, town.lines[town.group.id])
    await store.run(lambda shelves: shelves.memory.ask(town.group.id, question.id, data, now=now))
    before = town.anns()
    refusal = await town.bob.say("laos", chat=town.group, reply_to=question)
    assert "Only admins" in refusal.text
    # In his own chat the number of that question is nobody's: there his words are a search.
    await town.bob.say("laos", reply_to=town.bob.last)
    await asyncio.sleep(0.1)
    assert town.anns() == before
    # From the right hand the same words do something, if words can.
    town.ann.write(
        "Berlin" if act == "zone" else "9:45" if act == "time" else "laos", chat=town.group, reply_to=question
    )
    if act in ("places", "words", "time", "zone"):
        await town.ann.wait_for(lambda: town.anns() != before or None)


async def test_only_an_admin_of_the_bot_judges_corrections(town: Town) -> None:
    store, now = town.world.newsroom.store, town.world.clock.now
    await store.run(lambda shelves: shelves.corrections.ask(1, "state", town.ann.id, now=now))
    before = town.anns()
    for chat in (None, town.group, town.bobs):
        await press_all(town.bob, [pack("judge", 1, "state", on) for on in (0, 1)], chat=chat)
    assert "do not know that command" in (await town.bob.say("/corrections")).text
    assert town.anns() == before


# Words that want to be commands to the database

INJECTIONS = (
    "'; drop table items; --", '" or 1=1 --', "x' union select text from searches --", "title:laos", "{title text} : x",
    "^laos", "la*", "laos AND", "NOT laos", "NEAR(laos cuba, 5)", '"', "don't", "a-b", "-", "- -", "(", ")", "%", "_",
    "laos OR items_fts MATCH 'x'", "topic:'; drop table chats; --", "place:\" or 1=1", "source:');delete from items;--",
    "from:2026-13-45", "pair:a-b-c", "\\", "\x00laos", "rank:bm25(10)", "🇻🇳", "a" * 3000, '""""', "laos\u202ecuba",
)  # fmt: skip


def shape_of(database: Path) -> tuple[list[Any], list[int]]:
    """The tables, and how many rows those have that no reader may change."""
    with closing(sqlite3.connect(database)) as connection:
        schema = connection.execute("select name, sql from sqlite_schema order by name").fetchall()
        counts = [connection.execute(f"select count(*) from {one}").fetchone()[0] for one in ("items", "stories")]
        return schema, counts


async def test_words_are_searched_for_and_never_obeyed(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """In a search, inline, as places, as words wanted, in a deep link, in a plain message."""
    before, sorry = shape_of(town.world.database), "Something went wrong"
    bob = town.bob
    for said in INJECTIONS:
        for command in ("/search ", "/places ", "/words ", "/pair ", "/zone ", "/time ", "/start ", "/here ", ""):
            answer = await bob.say(command + said)
            assert sorry not in answer.text
        await bob.inline(said[:256])
        await bob.inline(f"story:{said[:200]}")
    assert shape_of(town.world.database) == before
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


@pytest.mark.parametrize("said", ["page_../../etc/passwd", "page_%2e%2e", "story_-1", "story_1;--", "page_' or 1=1 --"])
async def test_a_link_opens_nothing_but_what_it_names(town: Town, said: str) -> None:
    """Typed by hand it may hold what Telegram would put into no link."""
    before = town.anns()
    answer = await town.bob.say(f"/start {said}")
    assert "root:" not in answer.text
    assert SECRET not in answer.text
    assert town.anns() == before


# Too much of it


async def test_who_writes_too_much_is_told_once_and_then_left_alone(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        assert hasattr(world.bot, "application")
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        board = next(
            handler.callback.__self__
            for group in world.bot.application.handlers.values()
            for handler in group
            if isinstance(getattr(handler.callback, "__self__", None), Switchboard)
        )
        board._patience._monotonic = lambda: 1000.0  # no time passes
        for number in range(40):
            ann.write(f"/help {number}")
        assert (await bob.say("/help")).text  # another reader is answered meanwhile
        answers = [message for message in ann.messages if message.by_bot]
        assert len(answers) < 30
        board._patience._monotonic = lambda: 1061.0
        assert (await ann.say("/help")).text


# Logs


@pytest.fixture
def logging_at_debug() -> Iterator[Callable[[str], io.StringIO]]:
    """Sets the bot's logging up as `run` does at DEBUG, in a style; what it writes."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    levels = {name: logging.getLogger(name).level for name in ("telegram", "httpx", "httpcore", "apscheduler")}

    def set_up(style: str) -> io.StringIO:
        set_up_logging("DEBUG", style=style, secrets=[TOKEN, "hush-hush"])
        written = io.StringIO()
        root.handlers[0].setStream(written)
        return written

    yield set_up
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    logging.captureWarnings(False)


TOKEN = "987654321:" + "Zk3_" * 9
PERSON, GROUP = 5_550_123_987, -1_002_345_678_901


@pytest.mark.parametrize("style", ["text", "json"])
async def test_no_log_line_has_a_token_a_secret_or_a_number(logging_at_debug: Any, style: str) -> None:
    """Messages, arguments, tracebacks with causes, asyncio's own handler, warnings, and lines that fail to format."""
    log = logging_at_debug(style)
    url = f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    for name in ("telegram.ext.Application", "httpx", "aiohttp.client", "asyncio", "chat.app"):
        logging.getLogger(name).debug("POST %s", url)
        logging.getLogger(name).error("%s for chat %d by user_id=%s", url.replace(":", "%3A"), GROUP, 1001)
        logging.getLogger(name).error({"chat_id": PERSON, "from": {"id": PERSON}, "secret": "hush-hush"})
    try:
        try:
            raise ConnectionError(url)
        except ConnectionError as error:
            raise ValueError(f"chat {PERSON} went away; {TOKEN.partition(':')[2]}") from error
    except ValueError:
        logging.getLogger("chat.app").exception("a handler failed")

    async def fails() -> None:
        raise RuntimeError(url, GROUP)

    forgotten = asyncio.create_task(fails(), name=f"send to {PERSON}")
    await asyncio.sleep(0)
    del forgotten
    asyncio.get_running_loop().call_exception_handler({"message": url, "update": f"Chat(id={GROUP})"})
    logging.getLogger("chat.app").error("%d messages to %s", url, PERSON)  # does not format
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)  # an earlier test may have turned it on, and pytest taken it away
        logging.captureWarnings(True)
        warnings.warn(f"unclosed {url}", ResourceWarning, stacklevel=1)
    said = log.getvalue()
    assert "a handler failed" in said
    assert "could not be logged" in said
    assert "ResourceWarning: unclosed" in said
    assert "ConnectionError" in said
    assert hits(said) == []


def hits(said: str) -> list[str]:
    forbidden = (TOKEN, TOKEN[10:], "hush-hush", str(PERSON), str(GROUP), str(-GROUP), "1001")
    return [one for one in forbidden if one in said]


async def test_a_whole_morning_at_debug_names_nobody(logging_at_debug: Any, news: Path, tmp_path: Path) -> None:
    """Start, search, delivery, refusals, floods, a failing handler; a reader whose number is as long as real ones."""
    log = logging_at_debug("text")
    async with running_bot(tmp_path / "bot.db", news=news, admin_ids=frozenset({PERSON})) as world:
        world.api.world.chats[PERSON] = Chat(id=PERSON, type="private", title="Zoltanka", username="zoltanka")
        reader = User(world.api.world, world.api.world.chats[PERSON])
        await reader.say("/start")
        await reader.press("Everything about Viet Nam")
        await reader.say("/search zanzibarquux")
        await reader.inline("laos")
        await reader.say("/mydata")
        world.api.fail("flood", method="sendMessage", times=1)
        world.clock.forward(hours=2)
        for _ in range(3):
            await world.bot.deliver()
            world.clock.forward(minutes=5)
        reader.block()
        world.clock.forward(hours=24)
        await world.bot.deliver()
        reader.unblock()
        await world.newsroom.store.run(lambda store: store._db.execute("alter table searches rename to gone"))
        reader.write("/search laos")
        await asyncio.sleep(0.3)
        token = world.api.token
    said = log.getvalue()
    assert "a handler failed" in said
    assert [one for one in (token, token[10:], str(PERSON), "Zoltanka", SECRET) if one in said] == []


def test_what_is_no_secret_stays_readable() -> None:
    line = "2026-11-22 03:43:17,123 WARNING feeds.poll: The Example: 14 new of 412 in 3.25 s (port 8080, part 17 of 30)"
    assert hide_ids(redact(line, [TOKEN])) == line
    assert hide_ids("https://news.example/2026/11223344.html") == "https://news.example/2026/11223344.html"


# The table


def test_every_test_that_the_documents_name_exists() -> None:
    """`test_file.py::test_name` is a promise to whoever reads docs/security.md or docs/reliability.md."""
    for name in ("security.md", "reliability.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        named = re.findall(r"`(?:tests/)?((?:\w+/)*test_\w+\.py)::(test_\w+)`", text)
        assert named, name
        gone = [
            f"{path}::{test}"
            for path, test in named
            if not re.search(rf"def {test}\(", (ROOT / "tests" / path).read_text(encoding="utf-8"))
        ]
        assert gone == []


def test_every_bare_test_name_of_the_threat_table_is_one() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named
    assert [one for one in sorted(named) if f"def {one}(" not in tests] == []
