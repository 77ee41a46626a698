"""Two thousand odd inputs: each gets an answer, nothing fails behind it, and nobody hears of anybody else.

Two readers keep words that nobody else would write; one of them is the admin of a group. All commands, all buttons and
inline queries are tried with arguments that are right, nearly right, somebody else's, and nonsense. What
failed once fails again: the seed is fixed.
"""

import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from chat.app import DESKS
from chat.callback import MAX_BYTES
from chat.switchboard import Switchboard
from playground.nouns import Message
from playground.people import User
from render.words import LANGUAGES, load_words
from storage.store import Store
from tests.world import World, chat_of, idle, lines_of, running_bot, subscribed

WRITTEN, PRESSED, ASKED_INLINE = 900, 2000, 150
SEED = 20261121
#: Seconds for one answer, on a busy machine.
PATIENCE = 15.0
#: The part of all that is said or pressed in a group.
IN_THE_GROUP = 0.15
#: So often a reader who may have forgotten everything gets back what only they have.
REFURNISHED = 40
#: Words of one reader alone.
CANARIES = {"Ann": "quokkazine", "Bình": "narwhalique"}
#: https://core.telegram.org/bots/api#message, text, and #inlinequery, query.
LONGEST, INLINE = 4096, 256
#: What Telegram refuses when a button is pressed twice, or on a message that never had it.
HARMLESS = ("not modified", "no text in the message to edit")
ALPHABET = (*range(32, 127), *range(0xA0, 0x2FF), *range(0x1F300, 0x1F330))

ODD = (
    "lao", "Việt Nam", "hue, cuba", "07:30", "25:99", "7h", "-1", "0", "99999999999999999999", "\u202e\u2066", "🇻🇳🇱🇦",
    "👍", "<b>bold</b>", "&lt;&amp;", '"', "“", "place:", "place:XX", "pair:vn-", "topic:ngo", "topic:ngô", "from:7d",
    "from:0000-00-00", "to:9999-99-99", "from:31/2", "mon,thu", "thứ hai", "22-6:30", "22-22", "until 30 Feb", "3 days",
    "99999999 days", "-football", "--", "- -", "Đà Nẵng", "D\u0323a\u0300", "{0}", "%s", "{name}", "%(n)s", "next week",
    "31/12", "2026-12-31", "Europe/Berlin", "../../etc/passwd", "Mars/Olympus", "vn la", "vn vn", "Laos - Viet Nam",
    "every day", "weekly", "at once", "𝓛𝓪𝓸𝓼", "ｌａｏｓ", "l" + "\u0301" * 200, "\u200b", "\ufeff", "￿", "x" * 300,
    "'; drop table chats; --", "NEAR(a b)", "a* OR b", "(((", "^", "@diplomacy_digest_bot", "https://example.org/?a=b",
    "tiếng việt", "English", "story_1", "topic_ngo__place_LA", "page_0123456789ab", "pair_vn_la", "found_1", "+84",
    "1\u0662", "①", "\u0007", "a\u2028b", "ok", "stop", "dừng", "null", "None", "1e9", "１２", "٣",
)  # fmt: skip
ARGUMENTS = (
    "0", "1", "2", "3", "-1", "99", "99999999", "999999999999999", "9" * 30, "", "x", "all", "yes", "none", "now",
    "day", "rest", "mine", "remove", "active", "paused", "stopped", "refused", "topic", "place", "since", "source", "t",
    "p", "en", "vi", "fr", "ngo", "people", "LA", "VN", "VN-SG", "LA-VN", "VN.NR", "0700", "2500", "12345", "22-6",
    "home", "front", "sect", "found", "latest", "saved", "digest", "0123456789ab", "topics", "places", "hours", "🇻🇳",
    "\u0661", "Asia/Ho_Chi_Minh", "@", "a b", "%s", "{0}",
)  # fmt: skip
#: Where the buttons to begin with stand.
SCREENS = (
    "/settings", "/digest", "/latest", "/search viet nam -{canary}", "/lines", "/places", "/topics", "/words a, -b",
    "/help", "/privacy", "/time", "/days", "/quiet", "/zone", "/language", "/pause", "/saved", "/channels",
    "/pair vn la", "/start pair_vn_la",
)  # fmt: skip
SORRY = {
    load_words(language).t("Something went wrong on our side. Please try again in a moment.") for language in LANGUAGES
}


class Fuzz:
    """The people, and what they may come upon."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = random.Random(SEED)
        switchboard = Switchboard(world.bot.reception, [desk(world.bot.reception) for desk in DESKS])
        self.commands, self.acts = switchboard.commands, sorted(switchboard._presses)
        self.faults: list[str] = []
        self.done = 0
        #: Who saw their own words again.
        self.met: set[str] = set()

    async def settle(self) -> "Fuzz":
        """Two readers, each with what only they have, and a group of one of them."""
        #: The data of buttons that stood somewhere, by act.
        self.known: dict[str, set[str]] = {}
        self.people = [await subscribed(self.world, "en", "Ann"), await subscribed(self.world, "vi", "Bình")]
        self.group = self.world.api.group("Union", owner=self.people[0], members=[self.people[1]])
        self.group.add_bot(self.people[0])
        await self.people[0].hears(chat=self.group)
        await self.furnish()
        return self

    async def furnish(self) -> None:
        """Give back to who forgot everything what only they have."""
        for user in self.people:
            if await chat_of(self.world, user) is None or not await lines_of(self.world, user):
                await user.say("/start")
                await idle(self.world)
        await self.world.newsroom.store.run(self._plant)

    def _plant(self, store: Store) -> None:
        now = self.world.clock()
        for user in self.people:
            word = CANARIES[user.chat.title]
            line = store.lines.of(user.id)[0]
            store.lines.set_wishes(line.id, replace(line.wishes, wanted=(word,), places=line.wishes.places | {"VN"}))
            store.memory.keep_search(user.id, word, now=now)

    async def write(self) -> None:
        """Somebody writes a command, or just so; in private, or a command in the group."""
        if self.done % REFURNISHED == 0:
            await self.furnish()
        user, said = self.rng.choice(self.people), ""
        while not said:
            command = self.rng.choice((*self.commands, "nonsense", ""))
            said = (f"/{command} " if command else "") + self.text()
            said = said[:LONGEST].strip()
        group = self.group if command in self.commands and self.rng.random() < IN_THE_GROUP else None
        user.write(said, chat=group)
        since = self.world.api.world.revision
        await self._watch(user, f"{user.chat.title} writes {said[:120]!r} {'in the group' if group else ''}", since)

    async def press(self) -> None:
        """Somebody presses what stood somewhere, perhaps in another's chat, or what never did."""
        if self.done % REFURNISHED == 0:
            await self.furnish()
            messages = [message for user in self.people for message in user.messages[-60:]]
            for data in (button.data for message in messages for button in message.buttons if button.data):
                self.known.setdefault(data.split(":")[1], set()).add(data)
        user, data = self.rng.choice(self.people), ""
        while not 0 < len(data.encode()) <= MAX_BYTES:
            data = self.data()
        inside = self.group.chat.members.get(self.world.api.world.bot_id) == "member"
        group = self.group if inside and self.rng.random() < IN_THE_GROUP else None
        since, what = self.world.api.world.revision, f"{user.chat.title} presses {data!r} {group and 'in the group'}"
        answer = await user.forge(data, chat=group, within=PATIENCE)
        if answer.text in SORRY:
            self.faults.append(f"sorry: {what}")
        await self._watch(user, what, since, answered=bool(answer.text))

    async def ask_inline(self) -> None:
        """Somebody writes "@bot …" in some chat."""
        user, said = self.rng.choice(self.people), self.text()[:INLINE]
        offset = self.rng.choice(("", "10", "-1", "99999999", "x"))
        answer = await user.inline(said, offset=offset, within=PATIENCE)
        self.done += 1
        for other in self.people:
            if other is not user and CANARIES[other.chat.title] in str(answer.results):
                self.faults.append(f"{user.chat.title} hears of {other.chat.title}: inline {said!r}")

    async def _watch(self, user: User, what: str, since: int, *, answered: bool = False) -> None:
        """What came of an input: an answer where it was asked, and nothing of anybody else's."""
        await idle(self.world)
        self.done += 1
        fresh = [
            message
            for chat in self.world.api.world.chats.values()
            for message in list(chat.messages.values())[-12:]
            if message.by_bot and message.revision > since
        ]
        if not answered and not fresh:
            self.faults.append(f"silence: {what}")
        for message in fresh:
            self._overhear(user, what, message)

    def _overhear(self, user: User, what: str, message: Message) -> None:
        owner = next((one for one in self.people if one.id == message.chat_id), user)
        said = message.html + str(message.keyboard) + (message.file.content.decode() if message.file else "")
        for other in self.people:
            if CANARIES[other.chat.title] not in said:
                continue
            if other is owner:
                self.met.add(owner.chat.title)
            else:
                self.faults.append(f"{owner.chat.title} hears of {other.chat.title}: {what}: {message.text[:100]!r}")
        if message.text in SORRY:
            self.faults.append(f"sorry: {what}")

    def text(self) -> str:
        """Some words, now and then as many as a message holds."""
        pick = self.rng.random()
        if pick < 0.01:
            return (self.rng.choice(ODD) + self.rng.choice((" ", ", ", ""))) * LONGEST
        if pick < 0.1:
            return "".join(map(chr, self.rng.choices(ALPHABET, k=self.rng.randrange(1, 60))))
        return " ".join(self.rng.choice(ODD) for _ in range(self.rng.randrange(4)))

    def data(self) -> str:
        """A button's data: one that stood somewhere, perhaps in another's chat; one with a part changed; or made up."""
        pick, act = self.rng.random(), self.rng.choice(self.acts)
        known = sorted(self.known.get(act, ()))
        if known and pick < 0.3:
            return self.rng.choice(known)
        if known and pick < 0.7:
            parts = self.rng.choice(known).split(":")
            place = self.rng.randrange(2, len(parts) + 1)
            parts[place : place + self.rng.randrange(2)] = [self.rng.choice(ARGUMENTS)]
            return ":".join(parts)
        if pick < 0.98:
            return ":".join(("v2", act, *self.rng.choices(ARGUMENTS, k=self.rng.randrange(6))))
        return self.rng.choice(("", "v2", "v2:", ":::", "v1:topic:1:ngo:1", "v3:front", "x" * 64, "v2:said:1:places:1"))


@pytest.fixture
async def fuzz(news: Path, tmp_path: Path) -> AsyncIterator[Fuzz]:
    """Two readers at work; afterwards each has met their own words again, and Telegram refused nothing."""
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        yield await Fuzz(world).settle()


def judge(fuzz: Fuzz, caplog: pytest.LogCaptureFixture, *, least: int) -> None:
    """Nothing went wrong, and the trial was one."""
    faults = fuzz.faults + [
        f"log: {record.getMessage()} {record.exc_info and record.exc_info[1]!r}"
        for record in caplog.records
        if record.levelno >= logging.ERROR
    ]
    refused = [each for each in fuzz.world.api.refused if each.method != "getChat"]  # a channel that is none
    faults += [str(each) for each in refused if not any(reason in each.description for reason in HARMLESS)]
    assert faults == []
    assert fuzz.done >= least
    assert fuzz.met == set(CANARIES), "nobody met even their own words"


async def test_whatever_is_written_is_answered(fuzz: Fuzz, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(WRITTEN):
        await fuzz.write()
    judge(fuzz, caplog, least=WRITTEN)


async def test_whatever_is_pressed_is_answered(fuzz: Fuzz, caplog: pytest.LogCaptureFixture) -> None:
    for user in fuzz.people:
        for said in SCREENS:
            await user.say(said.format(canary=CANARIES[user.chat.title]))
    for _ in range(PRESSED):
        await fuzz.press()
    judge(fuzz, caplog, least=PRESSED)


async def test_whatever_is_asked_inline_is_answered(fuzz: Fuzz, caplog: pytest.LogCaptureFixture) -> None:
    for user in fuzz.people:
        await user.say("/settings")  # each meets their own words
    for _ in range(ASKED_INLINE):
        await fuzz.ask_inline()
    faults = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert fuzz.faults + faults == []
    assert fuzz.done >= ASKED_INLINE
