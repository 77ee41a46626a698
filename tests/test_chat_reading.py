"""The morning digest as a pocket newspaper: one first screen, sections in place, nothing dropped silently."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from telegram.ext import CommandHandler

from chat.desk import Call, Desk, command
from chat.desks.reading import open_page
from chat.switchboard import Switchboard
from digest.readers import Cadence
from playground.botapi import BotApi
from playground.world import Message
from tests.world import PRESET, World, idle, lines_of, running_bot, subscribed, wish

BACK = {"en": "‹ Back to the digest", "vi": "‹ Về bản tin"}


def sections(message: Message) -> list[str]:
    """The buttons of a first screen that open sections."""
    data = [button.data or "" for button in message.buttons]
    return [one for one in data if one.startswith("v2:sect") and ":rest:" not in one]


def labelled(message: Message, start: str) -> str:
    """The data of the button that begins so."""
    return next(button.data or "" for button in message.buttons if (button.data or "").startswith(start))


def headlines(message: Message) -> list[str]:
    return [entity.url for entity in message.entities if entity.type == "text_link"]


async def read_on(user, data: str) -> list[str]:
    """The links of every part of a section, in order."""
    await user.press(data)
    seen = headlines(user.last)
    while more := [button for button in user.last.buttons if button.text.endswith("›")]:
        await user.press(more[0].data or "")
        seen += headlines(user.last)
    return seen


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_the_morning_digest_is_one_screen(world: World, language: str) -> None:
    user = await subscribed(world, language)
    digest = user.last
    assert len(headlines(digest)) == 3
    assert [button.text for button in digest.rows[0]] == ["1", "2", "3"]
    numbers = [
        int(button.text.rsplit(" ", 1)[1]) for button in digest.buttons if (button.data or "") in sections(digest)
    ]
    assert sum(numbers) == 12
    assert {"en": "12 for you", "vi": "12 tin cho bạn"}[language] in digest.text
    assert len(digest.rows) <= 8
    title = {"en": "Diplomacy Digest · Saturday", "vi": "Bản tin Đối ngoại · Thứ Bảy"}[language]
    assert sum(title in message.text for message in user.messages) == 1


async def test_the_edition_at_the_readers_hour_is_one_screen_with_pages(world: World) -> None:
    ann = await subscribed(world)
    world.clock.forward(hours=2)
    world.stand.now = world.clock.now
    await world.bot.poll()
    before = len(ann.messages)
    await world.bot.deliver()
    assert len(ann.messages) == before + 1
    edition = ann.last
    assert "NEW" in edition.text or "Diplomacy Digest" in edition.text
    if sections(edition):
        await ann.press(sections(edition)[0])
        assert ann.last.id == edition.id
        await ann.press(BACK["en"])
    assert ann.last.text == edition.text
    assert ann.last.keyboard == edition.keyboard


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_a_section_opens_in_place_and_closes_again(world: World, language: str) -> None:
    user = await subscribed(world, language)
    front, sent = user.last, len(user.messages)
    for data in sections(front):
        await user.press(data)
        opened = user.last
        assert (opened.id, len(user.messages)) == (front.id, sent)
        assert opened.text != front.text
        await user.press(BACK[language])
        assert (user.last.text, user.last.keyboard) == (front.text, front.keyboard)


@pytest.mark.parametrize("by", ["t", "p"])
async def test_nothing_is_dropped_every_wanted_story_can_be_opened(world: World, by: str) -> None:
    ann = await subscribed(world)
    front = ann.last
    token = sections(front)[0].split(":")[2]
    digest = await world.newsroom.digest(
        ((await lines_of(world, ann))[0]).wishes,
        since=world.clock.now - timedelta(hours=24),
        until=world.clock.now,
        cap=99,
    )
    wanted = {story.url for story in digest.stories}
    assert len(wanted) > 20
    await ann.press(f"v2:front:{token}:{by}", message=front) if by == "p" else None
    seen: list[str] = []
    buttons = [*sections(ann.last), labelled(ann.last, f"v2:sect:{token}:{by}:rest")]
    for data in buttons:
        await ann.forge(f"v2:front:{token}:{by}", message=front)
        seen += await read_on(ann, data)
    assert set(seen) == wanted


async def test_the_rest_of_a_section_says_that_it_found_no_room(world: World) -> None:
    ann = await subscribed(world)
    for data in sections(ann.last):
        await ann.forge(data, message=ann.last)
        if "did not fit in the digest:" in ann.last.text:
            break
    else:
        pytest.fail("no section has more")
    told, _, rest = ann.last.text.partition("more stor")
    assert "1. " in told
    assert rest


async def test_grouping_changes_in_place_and_the_front_stays(world: World) -> None:
    ann = await subscribed(world)
    by_topic = ann.last
    await ann.press("By place")
    by_place = ann.last
    assert by_place.id == by_topic.id
    assert headlines(by_place) == headlines(by_topic)
    assert sections(by_place) != sections(by_topic)
    await ann.press("By topic")
    assert (ann.last.text, ann.last.keyboard) == (by_topic.text, by_topic.keyboard)


async def test_opening_the_rest_tells_nothing(world: World) -> None:
    ann = await subscribed(world)
    told = await world.newsroom.store.run(lambda store: store.memory.told(ann.id, 0))
    await read_on(
        ann, labelled(ann.last, "v2:sect:") and next(b.data for b in ann.last.buttons if ":rest:" in str(b.data))
    )
    assert await world.newsroom.store.run(lambda store: store.memory.told(ann.id, 0)) == told
    assert len(told) == 12


async def test_a_small_digest_shows_all_at_once(world: World) -> None:
    ann = await subscribed(world, places=frozenset({"LA"}))
    await ann.say("/digest")
    assert 1 < len(headlines(ann.last)) <= 5
    assert sections(ann.last) == []
    assert len(ann.last.rows[0]) == len(headlines(ann.last))


async def test_a_quiet_day_offers_the_week_and_more_to_follow(world: World) -> None:
    ann = await subscribed(world, topics=frozenset({"climate"}), places=frozenset({"CU"}))
    await world.bot.poll()
    await ann.say("/digest")
    assert "A quiet day" in ann.last.text
    assert "0 for you" in ann.last.text
    toast = await ann.press("The last week")
    assert toast.text
    settings = await ann.follow("Follow more")
    assert "Settings" in settings.text


async def test_the_week_opens_in_place_where_it_has_something(world: World) -> None:
    ann = await subscribed(world, places=frozenset({"LA"}))
    await world.bot.poll()
    world.clock.forward(hours=72)
    await ann.say("/digest")
    quiet = ann.last
    assert "A quiet day" in quiet.text
    await ann.press("The last week")
    assert ann.last.id == quiet.id
    assert len(headlines(ann.last)) > 1
    assert "16 Nov – 23 Nov" in ann.last.text or "17 Nov – 24 Nov" in ann.last.text


async def test_feeds_that_are_down_are_not_a_quiet_day(world: World) -> None:
    ann = await subscribed(world, places=frozenset({"NR"}))
    await world.bot.poll()
    await world.newsroom.store.run(lambda store: store._db.execute("update sources set last_error = 'network'"))
    await ann.say("/digest")
    assert "None of our feeds is answering" in ann.last.text
    assert "quiet" not in ann.last.text
    assert "Try again" in [button.text for button in ann.last.buttons]
    await wish(world, ann, places=frozenset({"VN"}))
    await ann.press("Try again")
    assert "this is what we had before" in ann.last.text


async def test_buttons_work_after_a_restart_for_90_days_and_then_answer_politely(news: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        async with running_bot(tmp_path / "bot.db", news=news, api=api) as world:
            ann = await subscribed(world)
            front = ann.last
        late = world.clock.now + timedelta(days=89)
        async with running_bot(tmp_path / "bot.db", api=api, now=late) as world:
            await world.bot.prune()
            await ann.press(sections(front)[0])
            assert ann.last.text != front.text
            await ann.press(BACK["en"])
            assert ann.last.text == front.text
            world.clock.forward(days=2)
            await world.bot.prune()
            await ann.press(sections(front)[0])
            assert "kept for 90 days" in ann.last.text
            assert ann.last.id != front.id
            await ann.press("Today's digest")
            assert "Diplomacy Digest" in ann.last.text


async def test_a_story_that_was_corrected_away_leaves_its_page_in_order(world: World) -> None:
    ann = await subscribed(world)
    front = ann.last
    story = int(labelled(front, "v2:story").split(":")[2])
    await world.newsroom.store.run(
        lambda store: store._db.execute("update items set topics = '[]', relevant = 0 where story_id = :id", id=story)
    )
    for data in sections(front):
        await ann.forge(data, message=front)  # whatever is left opens
    await ann.forge(labelled(front, "v2:front"), message=front)
    assert str(story) not in [str(button.data).split(":")[2] for button in ann.last.rows[0]]
    assert len(headlines(ann.last)) == 3


class Door(Desk):
    """Opens a page as a deep link would."""

    @command("door")
    async def door(self, call: Call) -> None:
        """The page that is named."""
        await open_page(self, call, call.text.removeprefix("page_"))


def add_door(world: World) -> None:
    switchboard = Switchboard(world.bot.reception, [Door(world.bot.reception)])
    world.bot.application.handlers[0].insert(0, CommandHandler("door", switchboard._commanded("door")))


async def a_group(world: World, kind: str = "supergroup"):
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann, kind=kind)
    group.add_bot(ann, admin=kind == "channel")
    await idle(world)  # our greeting would be taken for an answer
    return ann, group


async def test_in_a_group_the_digest_is_whole_and_leads_to_ones_own_chat(world: World) -> None:
    ann, group = await a_group(world)
    await ann.say("/start", chat=group)
    await ann.press(PRESET["en"], chat=group)
    digest = [message for message in group.messages if "for you" in message.text or "1. " in message.text]
    assert sum(len(headlines(message)) for message in digest) == 12
    assert [button.data for message in digest for button in message.buttons] == [None]
    [button] = digest[-1].buttons
    url = button.raw["url"]
    assert url.startswith(f"https://t.me/{world.bot.application.bot.username}?start=page_")
    add_door(world)
    await ann.say(f"/door {url.partition('start=')[2]}")
    assert len(headlines(ann.last)) == 3
    await ann.press(sections(ann.last)[0])
    await ann.press(BACK["en"])
    assert "12 for you" in ann.last.text


async def test_a_link_to_a_page_that_is_gone_offers_a_new_digest(world: World) -> None:
    ann = world.api.user("Ann")
    add_door(world)
    assert "kept for 90 days" in (await ann.say("/door page_0123456789")).text
    await ann.press("Today's digest")
    assert "Diplomacy Digest" in ann.last.text


async def test_pages_are_not_turned_in_a_group(world: World) -> None:
    ann, group = await a_group(world)
    own = await subscribed(world)
    front = own.last
    await ann.say("/help", chat=group)
    before = [message.text for message in group.messages]
    for data in (sections(front)[0], labelled(front, "v2:front"), labelled(front, "v2:story"), "v2:latest:1:0:all"):
        assert "older message" in (await ann.forge(data, chat=group)).text  # it stands under no message here
    assert [message.text for message in group.messages] == before


@pytest.mark.parametrize(
    "data",
    ["v2:sect:{token}:t:nothing:0", "v2:sect:{token}:t:state:99", "v2:sect:{token}:x:state:0", "v2:front:{token}:z",
     "v2:front:{token}", "v2:sect:{token}:t", "v2:story:1:sect:a", "v2:story:1:digest:1", "v2:latest:1",
     "v2:story:1:front:0123456789ab:t", "v2:story:x", "v2:latest:1:0:some", "v2:save:1:2", "v2:srcs:1:99"],
)  # fmt: skip
async def test_a_forged_page_button_is_answered(world: World, data: str) -> None:
    ann = await subscribed(world)
    token = sections(ann.last)[0].split(":")[2]
    answer = await ann.forge(data.format(token=token))
    assert "older message" in answer.text


async def test_at_once_news_is_short(world: World) -> None:
    ann = await subscribed(world, places=frozenset({"LA", "CU"}))
    await at_once(world, ann.id)
    assert ann.last.text.startswith("Just in · Cuba, Laos\n")
    assert "feeds read" not in ann.last.text
    await ann.press("1")
    assert "Why here?" in [button.text for button in ann.last.buttons]
    await ann.press("‹ Back")
    assert headlines(ann.last)


async def at_once(world: World, chat_id: int) -> None:
    """Let the lines of a chat deliver at once, what came today being news to it, and do so."""
    now = world.clock.now

    def change(store) -> None:
        store._db.execute("delete from told")
        for line in store.lines.of(chat_id):
            store.lines.set_cadence(line.id, Cadence(cap=5), now=now - timedelta(hours=20))

    await world.newsroom.store.run(change)
    world.clock.forward(minutes=3)
    await world.bot.deliver()


async def test_at_once_news_beyond_a_dozen_can_be_opened(world: World) -> None:
    ann = await subscribed(world)
    await at_once(world, ann.id)
    news = [message for message in ann.messages if message.text.startswith("Just in") or message.id == ann.last.id]
    assert sum(len(headlines(message)) for message in news) == 12
    assert [len(row) for row in ann.last.rows[:2]] == [6, 6]
    await ann.press(next(str(button.data) for button in ann.last.buttons if ":rest:" in str(button.data)))
    assert "What found no room" in ann.last.text


async def test_at_once_news_in_a_group_is_short_and_counts_what_it_leaves_out(world: World) -> None:
    ann, group = await a_group(world)
    await ann.say("/start", chat=group)
    await ann.press(PRESET["en"], chat=group)
    before = len(group.messages)
    await at_once(world, group.id)
    news = group.messages[before:]
    assert news[0].text.startswith("Just in · Viet Nam\n")
    assert "more stories you follow did not fit" in news[-1].text
    assert [button.text for message in news for button in message.buttons] == ["Read it section by section"]


async def test_a_quiet_day_in_a_group_leads_nowhere(world: World) -> None:
    ann, group = await a_group(world)
    world.clock.forward(hours=72)
    quiet = await ann.say("/digest", chat=group)
    assert "quiet" in quiet.text or "No feeds" in quiet.text
    assert quiet.buttons == []


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_the_latest_are_newest_first_and_turn_in_place(world: World, language: str) -> None:
    user = await subscribed(world, language, places=frozenset({"VN"}))
    first = await user.say("/latest")
    seen = headlines(first)
    assert len(seen) == 6
    turned = first
    while more := [button for button in turned.buttons if button.text.endswith("›")]:
        turned = await user.follow(more[0].data or "")
        assert turned.id == first.id
        seen += headlines(turned)
    assert len(seen) == len(set(seen)) > 12
    latest = await world.newsroom.store.run(
        lambda store: store.stories.newest(world.clock.now - timedelta(days=7), world.clock.now)
    )
    stories = await world.newsroom.store.run(lambda store: store.stories.among(latest))
    times = [stories[one].published for one in latest]
    assert times == sorted(times, reverse=True)


async def test_the_latest_of_everything_are_more_than_mine(world: World) -> None:
    ann = await subscribed(world, places=frozenset({"LA"}))
    mine = await ann.say("/latest")
    assert "The latest for you" in mine.text
    await ann.press("Everything")
    assert len(headlines(ann.last)) > 0
    assert "The latest for you" not in ann.last.text
    await ann.press("Only what I follow")
    assert ann.last.text == mine.text


async def test_the_latest_for_a_stranger_are_everything(world: World) -> None:
    found = await world.api.user("Ann").say("/latest")
    assert len(headlines(found)) == 6
    assert "Everything" not in [button.text for button in found.buttons]


async def test_the_latest_in_a_group_has_no_pages(world: World) -> None:
    ann, group = await a_group(world)
    found = await ann.say("/latest", chat=group)
    assert headlines(found)
    assert [button.data for button in found.buttons] == [None]  # only the way to one's own chat


async def test_a_weekly_digest_says_from_when_to_when(world: World) -> None:
    ann = await subscribed(world)
    line = (await lines_of(world, ann))[0]
    today = replace(line.cadence, days=frozenset({6}))

    def weekly(store) -> None:
        store._db.execute("delete from told")
        store.lines.set_cadence(line.id, today, now=world.clock.now)

    await world.newsroom.store.run(weekly)
    world.clock.forward(hours=2)
    await world.bot.deliver()
    assert "13 Nov – 21 Nov" in ann.last.text
