"""What a stranger, a member and a forger can do: nothing to others. And what a log may say: no secret and no number."""

import asyncio
import io
import itertools
import json
import logging
import random
import re
import shutil
import sqlite3
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chat.app import DESKS
from chat.callback import MAX_BYTES, pack
from chat.logs import hide_ids, redact, set_up_logging
from chat.patience import MOST, REMEMBERED, Patience, Verdict
from chat.switchboard import Switchboard
from digest.model import Coverage, Wishes
from digest.pages import Page
from digest.readers import ChatState
from playground.people import Group, User
from playground.world import Chat
from storage.corrections import MOST_WAITING
from storage.memory import MOST_PROMPTS, MOST_SAVED, MOST_SEARCHES
from storage.pages import MOST_PAGES
from storage.store import Store
from tests.world import DAWN, World, plant, running_bot

ROOT = Path(__file__).parent.parent
#: A word that only the victim wrote.
SECRET = "zanzibarquux"
#: Whoever runs the bot.
EDITOR = 999_999
#: What a chat may leave behind that asks and changes nothing: its searches, our questions to it, pages it opened.
HARMLESS = frozenset(("searches", "prompts", "page_holders", "pages"))
#: Arguments that do something, for the acts that want some; an act that is not here gets those of OTHERS.
TAILS: dict[str, tuple[str, ...]] = {
    "topic": ("ngo", "1"), "place": ("LA", "1"), "pair": ("LA-VN", "1"), "time": ("0945", "1"),
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
        """All that we show him, buttons and files included."""
        shown = [each for place in (self.bob, self.bobs, self.group) for each in place.messages if each.by_bot]
        files = [each.file.content.decode() for each in shown if each.file]
        return "\n".join([*(f"{each.text} {each.keyboard}" for each in shown), *files])

    def standing(self) -> dict[tuple[int, int], tuple[int, str]]:
        """What stands in Ann's chats: the last change of each message, and its words."""
        places = (self.ann, self.group, self.channel)
        return {(place.id, each.id): (each.revision, each.text) for place in places for each in place.messages}


@pytest.fixture
async def town(news: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with running_bot(tmp_path / "bot.db", news=news, admin_ids=frozenset({EDITOR})) as world:
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
        await settled(world)
        yield Town(world, ann, bob, group, channel, bobs, lines)


async def settled(world: World) -> None:
    """Until nothing comes any more: a digest has several messages, and somebody waits for the first."""
    application, since = world.bot.application, -1
    while since != world.api.world.revision or application.update_processor.current_concurrent_updates:
        since = world.api.world.revision
        await asyncio.sleep(0.15)


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
    for story in (1, 2, 3):
        store.memory.save(ann, story, now=now)
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


async def press_all(town: Town, user: User, datas: list[str], *, chat: Group | None = None) -> None:
    """Press them one after the other, each as if its button stood there; each is answered.

    After every press: no word of Ann's is on the screen, in the toast or in a file; what stands in her chats is as it
    was, and nothing came into her own chat and her channel.
    """
    place = chat or user
    on = next(each for each in reversed(place.messages) if each.by_bot)
    for data in datas:
        before = town.standing()
        toast = await user.forge(data, message=plant(place, on, data), chat=chat)
        after = town.standing()
        assert SECRET not in toast.text + town.seen_by_bob(), data
        assert {key: after.get(key) for key in before} == before, data
        new = {chat_id for chat_id, _ in after.keys() - before.keys()}
        assert new <= {town.group.id}, data


async def crawled(world: World, user: User, *, most: int = 150) -> dict[str, set[tuple[str, ...]]]:
    """What buttons really carry: the acts that somebody meets who presses one of each, with all arguments seen."""
    for said in ("/digest", "/search laos", "/latest", "/settings", "/privacy", "/help", "/lines"):
        await user.say(said)
    found: dict[str, set[tuple[str, ...]]] = {}
    pressed = {"forget", "leave", "stop", "remove"}
    for _ in range(most):
        shown = {button.data for message in user.messages for button in message.buttons if button.data}
        for data in shown:
            _, act, *args = data.split(":")
            found.setdefault(act, set()).add(tuple(args))
        unpressed = sorted(data for data in shown if data.split(":")[1] not in pressed)
        if not unpressed:
            break
        pressed.add(unpressed[0].split(":")[1])
        world.clock.forward(seconds=1)
        await user.press(unpressed[0])
    return found


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def test_the_owner_of_a_line_does_with_these_buttons_what_a_forger_would(town: Town) -> None:
    """The presses below are worth forging: from the right hand most of them change something."""
    worked = set()
    for act, changes in presses_of(town.world).items():
        if changes and act in TAILS:
            before = town.anns()
            await town.ann.forge(pack(act, town.lines[town.ann.id], *TAILS[act]))
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
        await press_all(town, town.bob, changing)
        await press_all(town, town.bob, changing, chat=town.bobs)
    assert town.anns() == before
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


async def test_a_member_who_is_no_admin_changes_nothing_of_a_group(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Every act, with the group's own line and Ann's, on the group's own messages."""
    before = town.anns()
    for victim in (town.group, town.ann, town.channel):
        await press_all(town, town.bob, list(forgeries(town.world, town.lines[victim.id])), chat=town.group)
    assert town.anns() == before
    assert [each for each in town.bob.messages if each.file] == []
    assert failures(caplog) == []


async def test_a_member_who_is_no_admin_gets_nothing_from_what_real_buttons_carry(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """What Ann met in her own chat, with her numbers and with those of the group's searches, in the group."""
    found = await crawled(town.world, town.ann)
    assert len(found) > 40
    assert {("now",), ("day",)} <= {args[1:] for args in found["watch"]}
    await town.bob.say("/search laos", chat=town.group)
    with closing(sqlite3.connect(town.world.database)) as connection:
        searches = connection.execute("select id from searches where chat_id = ?", [town.group.id]).fetchall()
    before, acts = town.anns(), presses_of(town.world)
    datas = {pack(act, *args) for act, seen in found.items() for args in seen if act in acts}
    free = [(act, args) for act, seen in found.items() for args in seen if act in acts and not acts[act]]
    datas |= {pack(act, number, *args[1:]) for act, args in free for (number,) in searches if args}
    await press_all(town, town.bob, sorted(datas), chat=town.group)
    assert town.anns() == before
    assert [each for each in town.bob.messages if each.file] == []
    assert failures(caplog) == []


async def test_what_names_no_line_reaches_no_further_than_ones_own_chat(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """Searches, saved stories, questions, one's own data: numbers of others' are of no use."""
    before = town.anns()
    free = [act for act, changes in presses_of(town.world).items() if not changes]
    numbers = ("1", "2", str(town.ann.id), str(town.group.id), "0")
    datas = {pack(act, *args) for act in free for args in itertools.product(numbers, ("1", "0", "now", "day"))}
    found = await crawled(town.world, town.ann)
    datas |= {pack(act, *args) for act in free for args in found.get(act, ())}
    before = town.anns()
    await press_all(town, town.bob, sorted(data for data in datas if not data.startswith("v2:forget:")))
    assert town.anns() == before
    assert [each for each in town.kept(town.bob.id)[town.bob.id] if SECRET in str(each)] == []
    assert SECRET not in town.seen_by_bob()
    assert failures(caplog) == []


async def test_nobody_overwrites_or_posts_what_many_read(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Every act, by a subscriber of the channel and a member of the group, on the digests that stand there."""
    ann, bob, world = town.ann, town.bob, town.world
    town.channel.join(bob)
    await ann.forge(pack("testpost", town.lines[town.channel.id]))
    await ann.say("/digest", chat=town.group)
    await bob.say("/search FREE BITCOIN see evil.example", chat=town.group)
    await settled(world)
    datas = [data for line in town.lines.values() for data in forgeries(world, line)]
    for place in (town.channel, town.group):
        digest = next(each for each in place.messages if each.by_bot and len(each.text) > 400)
        stood, posts = town.standing(), len(place.messages)
        for data in datas:
            assert (await bob.forge(data, message=digest, chat=place)).text, data
            changed = {key for key, value in town.standing().items() if stood.get(key) != value}
            assert (changed, len(place.messages)) == (set(), posts), data
    # Not even where such a button stood there, and not by an admin either: in a channel we answer nobody.
    post = next(each for each in town.channel.messages if each.by_bot)
    for who, data in itertools.product((bob, ann), datas):
        answer = await who.forge(data, message=plant(town.channel, post, data), chat=town.channel)
        assert answer.text == "Write to me in private: @diplomacy_digest_bot"
    assert len(town.channel.messages) == len([key for key in stood if key[0] == town.channel.id])
    assert failures(caplog) == []


async def test_whether_a_line_exists_is_not_told(town: Town) -> None:
    """Somebody else's and nobody's get the same answer, in one's own chat and in a group that one rules."""
    for chat in (None, town.bobs):
        on = next(each for each in reversed((chat or town.bob).messages) if each.by_bot)
        heard = set()
        for line in (*town.lines.values(), 999_999):
            if line != town.lines[town.bob.id] and line != town.lines[town.bobs.id]:
                data = pack("settings", line)
                heard.add((await town.bob.forge(data, message=plant(chat or town.bob, on, data), chat=chat)).text)
        assert len(heard) == 1


async def test_who_writes_as_another_channel_is_no_admin_of_a_group(town: Town) -> None:
    """An anonymous admin writes as the group itself; a member may write as a channel of their own."""
    people = town.world.api.world
    for sender, refused in ((town.channel, True), (town.group, False)):
        since = people.revision
        message = people.message_json(town.bob.write("hello", chat=town.group))
        body = people.chats[sender.id]
        message["sender_chat"] = {"id": body.id, "type": body.type, "title": body.title}
        message["from"] = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
        message["text"] = "/settings@diplomacy_digest_bot"
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(message["text"])}]
        people.tell("message", message)
        answer = await town.bob.hears(chat=town.group, since=since + 1)
        assert ("Only admins" in answer.text) is refused


async def test_a_page_of_anns_own_digest_opens_for_nobody_else(town: Town) -> None:
    await town.ann.say("/digest")
    with closing(sqlite3.connect(town.world.database)) as connection:
        held = "select token, made from page_holders join pages using (token) where chat_id = ?"
        pages = connection.execute(held, [town.ann.id]).fetchall()
        shared = connection.execute(held, [town.group.id]).fetchall()
    assert [token for token, made in pages if SECRET in made]
    for token, _ in pages:
        if token not in {each for each, _ in shared}:
            assert "too old" in (await town.bob.start(f"page_{token}")).text
            await press_all(town, town.bob, [pack("front", token, "t"), pack("why", 1, "front", token, "t")])


async def test_a_groups_file_names_nobody_but_whoever_asks(town: Town) -> None:
    await town.bob.say("/search secretofbob", chat=town.group)
    cara = town.world.api.user("Cara")
    town.group.join(cara)
    town.group.promote(cara, by=town.ann)
    await cara.say("/help")
    await cara.say("/mydata@diplomacy_digest_bot", chat=town.group)
    told = json.loads(next(each.file.content for each in cara.messages if each.file))
    assert (told["stewards"], told["searches"], len(told["chats"])) == ([], [], 1)
    assert "secretofbob" not in str(told)
    await town.ann.say("/mydata@diplomacy_digest_bot", chat=town.group)
    own = json.loads(next(each.file.content for each in reversed(town.ann.messages) if each.file))
    assert [row["user_id"] for row in own["stewards"]] == [town.ann.id]


async def test_commands_of_a_member_who_is_no_admin_change_nothing_of_a_group(town: Town) -> None:
    board = Switchboard(town.world.bot.reception, [desk(town.world.bot.reception) for desk in DESKS])
    before = town.anns()
    for name in board.commands:
        for said in ("", " laos", " 09:45"):
            town.bob.write(f"/{name}@diplomacy_digest_bot{said}", chat=town.group)
    await town.bob.say("/digest@diplomacy_digest_bot", chat=town.bobs, within=20)
    await asyncio.sleep(0.3)
    assert town.anns() == before
    assert [each for each in town.bob.messages if each.file] == []  # the group's /mydata would come here
    assert SECRET not in town.seen_by_bob()


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
    await press_all(town, town.bob, datas)
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
    # In his own chat that number is another message's, and nobody's question: there his words are a search.
    last = town.bob.last
    await store.run(lambda shelves: shelves.memory.ask(town.group.id, last.id, data, now=now))
    assert "Laos" in (await town.bob.say("laos", reply_to=last)).text
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
        await press_all(town, town.bob, [pack("judge", 1, "state", on) for on in (0, 1)], chat=chat)
    assert "do not know that command" in (await town.bob.say("/corrections")).text
    assert town.anns() == before
    # An editor does so in their own chat, and nowhere that others read.
    people = town.world.api.world
    people.chats[EDITOR] = Chat(id=EDITOR, type="private", title="Editor")
    editor = User(people, people.chats[EDITOR])
    town.group.join(editor)
    await press_all(town, editor, [pack("judge", 1, "state", on) for on in (0, 1)], chat=town.group)
    assert "do not know that command" in (await editor.say("/corrections@diplomacy_digest_bot", chat=town.group)).text
    assert town.anns() == before
    await editor.say("/help")
    await editor.forge(pack("judge", 1, "state", 0))
    assert town.anns() != before


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


def patience_of(world: World) -> Patience:
    """What counts how much each person asks."""
    assert hasattr(world.bot, "application")
    boards = [
        handler.callback.__self__
        for group in world.bot.application.handlers.values()
        for handler in group
        if isinstance(getattr(handler.callback, "__self__", None), Switchboard)
    ]
    return boards[0]._patience


async def test_who_writes_too_much_is_told_once_and_then_left_alone(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        patience_of(world)._monotonic = lambda: 1000.0  # no time passes
        for number in range(40):
            ann.write(f"/help {number}")
        assert (await bob.say("/help")).text  # another reader is answered meanwhile
        await settled(world)
        assert len([message for message in ann.messages if message.by_bot]) == 20 + 1
        assert sum("a lot at once" in message.text for message in ann.messages) == 1
        # Who wants it to end is heard all the same, and once the minute is over they hear what was not.
        assert "unsubscribed" in (await ann.say("/stop")).text
        assert "Forget everything?" in (await ann.say("/forget")).text
        patience_of(world)._monotonic = lambda: 1061.0
        assert "I left 20 messages unanswered" in (await ann.say("/help")).text
        await settled(world)
        assert "/search" in ann.last.text
        assert "unanswered" not in (await ann.say("/help")).text


async def test_who_presses_too_much_is_told_so_at_each_press(town: Town) -> None:
    patience_of(town.world)._monotonic = lambda: 1000.0
    toasts = [(await town.bob.forge("v2:help")).text for _ in range(65)]
    assert ["a lot at once" in toast for toast in toasts] == [False] * 60 + [True] * 5
    assert "a lot at once" not in (await town.ann.forge("v2:help")).text
    patience_of(town.world)._monotonic = lambda: 1061.0
    assert "a lot at once" not in (await town.bob.forge("v2:help")).text


async def test_a_member_silences_no_admin_of_their_group(town: Town) -> None:
    patience_of(town.world)._monotonic = lambda: 1000.0
    for number in range(25):
        town.bob.write(f"/help@diplomacy_digest_bot {number}", chat=town.group)
    await settled(town.world)
    cara = town.world.api.user("Cara")
    town.group.join(cara)
    silent = len(town.group.messages)
    cara.write("/settings@diplomacy_digest_bot", chat=town.group)
    await settled(town.world)
    assert [each for each in town.group.messages[silent:] if each.by_bot] == []
    assert "07:00" in (await town.ann.say("/settings@diplomacy_digest_bot", chat=town.group)).text


def test_patience_remembers_no_more_people_than_it_should() -> None:
    """However many ask within a minute: the one who has just been refused is still refused."""
    now = [0.0]
    patience = Patience(lambda: now[0])
    for _ in range(20):
        patience.take(7)
    for person in range(1000, 1000 + MOST + 50):
        patience.take(person)
        if person % 10_000 == 0:
            now[0] += 1
            assert patience.take(7) is not Verdict.ANSWER or person > 50_000
    assert len(patience._asked) == MOST
    now[0] += 120
    patience.take(7)
    assert len(patience._asked) == 1


def test_sweeping_is_not_done_for_every_question() -> None:
    """A second's questions cost about the same whether six thousand people or six ask."""
    swept = []

    class Noted(dict):
        def items(self):
            swept.append(1)
            return super().items()

    patience = Patience(lambda: 1000.0)
    patience._asked = Noted()
    for person in range(REMEMBERED + 500):
        patience.take(person)
    assert len(swept) <= 1


def rows_of(store: Store, table: str, chat_id: int) -> int:
    return int(store._db.value(f"select count(*) from {table} where chat_id = :id", id=chat_id))


def test_nobody_piles_up_more_than_so_much(news: Path, tmp_path: Path) -> None:
    """The oldest gives way; what somebody saved does not, they are told that it is enough. Others keep theirs."""
    shutil.copy(news, tmp_path / "bot.db")
    with closing(Store.open(f"sqlite:///{tmp_path}/bot.db")) as store:
        now = DAWN
        for number in range(MOST_SEARCHES + 5):
            search = store.memory.keep_search(7, f"word {number}", now=now + timedelta(seconds=number))
        assert rows_of(store, "searches", 7) == MOST_SEARCHES
        assert store.memory.kept_search(7, search) == f"word {MOST_SEARCHES + 4}"
        assert store.memory.kept_search(7, search - MOST_SEARCHES) is None
        other = store.memory.keep_search(8, "theirs", now=now - timedelta(days=1))
        for number in range(MOST_PROMPTS + 5):
            store.memory.ask(7, number, "v2:look", now=now + timedelta(seconds=number))
        assert (rows_of(store, "prompts", 7), store.memory.asked(7, 4)) == (MOST_PROMPTS, None)
        page = Page(
            wishes=Wishes(), since=now, until=now, home="VN", stories=(), shown=0, known=0, beyond=0, told=None,
            coverage=Coverage(feeds=1, failing=0, items=0, stories=0, shown=0),
        )  # fmt: skip
        shared = store.pages.keep(7, page, now=now)
        assert store.pages.keep(8, page, now=now) == shared
        for number in range(1, MOST_PAGES + 5):
            token = store.pages.keep(7, replace(page, shown=number), now=now + timedelta(seconds=number))
        assert rows_of(store, "page_holders", 7) == MOST_PAGES
        assert store._db.value("select count(*) from pages") == MOST_PAGES + 1
        assert [store.pages.get(one, chat_id=7) is not None for one in (shared, token)] == [False, True]
        assert store.pages.get(shared, chat_id=8) is not None
        stories = [row[0] for row in store._db.rows("select id from stories limit 8")]
        for number in range(MOST_WAITING + 5):
            at = now + timedelta(seconds=number)
            store.corrections.ask(stories[number % 8], f"label {number}", 7, now=at)
        assert rows_of(store, "corrections", 7) == MOST_WAITING
        assert store.memory.kept_search(8, other) == "theirs"


async def test_a_shelf_of_saved_stories_that_is_full_says_so(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/latest")
    await ann.press("1")
    await ann.press("Save")

    def fill(store: Store) -> None:
        for number in range(MOST_SAVED):
            story = store._db.value(
                "insert into stories (first_seen, last_published) values (:at, :at) returning id", at=number
            )
            store.memory.save(ann.id, story, now=DAWN)

    await world.newsroom.store.run(fill)
    await ann.say("/latest")
    await ann.press("2")
    assert "You have saved 500 stories already" in (await ann.press("Save")).text
    assert await world.newsroom.store.run(lambda store: len(store.memory.saved(ann.id))) == MOST_SAVED


async def test_a_name_that_many_groups_have_costs_few_questions(news: Path, tmp_path: Path) -> None:
    """A supergroup may be one of our groups under a new number; anybody may give theirs the same name."""
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        ann = world.api.user("Ann")
        for _ in range(8):
            group = world.api.group("Union", owner=ann, kind="group")
            group.add_bot(ann)
            await ann.hears(chat=group)
            await ann.press("Everything about Viet Nam", chat=group)
            await settled(world)
            group.kick_bot(ann)
        await settled(world)
        new = world.api.group("Union", owner=ann)
        new.add_bot(ann)
        await ann.hears(chat=new)
        assert [each.method for each in world.api.refused].count("sendChatAction") == 3


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
    for said in (
        f"Peer {PERSON}.", f"{PERSON}.", f"users/{PERSON}", f"t.me/c/{PERSON}/5", f"id%3D{PERSON}",
        f"tg://user?id={PERSON}", f"chat_id=%2D{-GROUP}", f"[{PERSON}]", f"user{PERSON}", f"chat{PERSON}.json",
        "user id is 1001", "user <1001>", "member #1001", "chat №1001", "users/1001", f"uid:{PERSON}.", f"{GROUP}.",
    ):  # fmt: skip
        log_of = logging.getLogger("chat.app")
        log_of.error("%s", said)
        try:
            raise ValueError(said)
        except ValueError:
            log_of.exception("a handler failed")
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


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("end", ["\n", "\r", "\x1b[2K\r", "\x85", "\u2028", "\x0b"])
def test_what_others_wrote_cannot_look_like_a_line_of_ours(logging_at_debug: Any, style: str, end: str) -> None:
    log, forged = logging_at_debug(style), f"news{end}2026-11-22 06:00:00,000 ERROR   chat.app: forged"
    logging.getLogger("feeds.poll").warning("no thoughts on “%s”", forged)
    try:
        raise ValueError(forged)
    except ValueError:
        logging.getLogger("feeds.poll").exception("“%s” failed", forged)
    said = log.getvalue()
    assert said.count("forged") >= 3
    assert [line for line in said.splitlines() if line.startswith("2026-11-22 06:00:00,000")] == []
    assert set(re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]", said)) == set()


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


def test_every_case_file_and_function_of_the_threat_table_is_there() -> None:
    """Whatever stands between backticks in the last column: cases by their name, lists of them, files, functions."""
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    cells = [row.split("|")[3] for row in text.splitlines() if row.startswith("| ") and "---" not in row]
    named = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    files = [path for folder in ("tests", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)

    def there(name: str) -> bool:
        path, _, inside = name.partition("::")
        if path.endswith(".py") or path.startswith("benchmarks."):
            path = path if path.endswith(".py") else path.replace(".", "/") + ".py"
            found = [file for file in files if file.as_posix().endswith("/" + path)]
            return (
                bool(found) and f"def {inside}" in found[0].read_text(encoding="utf-8") + f"def {inside}"[not inside :]
            )
        word = re.escape(name)
        return bool(re.search(rf'def {word}\(|^{word}\b[^\n]*=|"{word}"|{word}(?==)', code, re.MULTILINE))

    assert len(named) > 60
    assert [name for name in sorted(named) if not there(name)] == []
