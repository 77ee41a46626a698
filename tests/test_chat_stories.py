"""One story opened: at length, why it is here, kept, passed on, less of it."""

import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from telegram import InlineKeyboardButton
from telegram.ext import CommandHandler

from chat.callback import MAX_BYTES
from chat.desk import Call, Desk, command
from chat.desks.stories import open_story
from chat.keyboards import stories as keys
from chat.switchboard import Switchboard
from digest.model import Labels, Story, Topic
from digest.places import load_gazetteer
from playground.botapi import BotApi
from playground.entities import covered
from playground.world import Message
from render.names import HouseNames
from render.story_view import citation
from render.telegram import utf16_length
from render.words import load_words
from tests.test_chat_reading import BACK, headlines, labelled, sections
from tests.test_pages import an_item
from tests.world import DAWN, World, lines_of, running_bot, subscribed

WHY = {"en": "Why here?", "vi": "Vì sao có tin này?"}
SAVE = {"en": "Save", "vi": "Lưu"}


async def opened(world: World, language: str = "en"):
    """Somebody who has opened the first story of their digest."""
    user = await subscribed(world, language)
    await user.press("1")
    return user


def story_of(message: Message) -> int:
    return int(labelled(message, "v2:why").split(":")[2])


async def the_story(world: World, story_id: int):
    return await world.newsroom.store.run(lambda store: store.stories.get(story_id))


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_a_story_opens_in_place_with_every_source_and_goes_back(world: World, language: str) -> None:
    user = await subscribed(world, language)
    front = user.last
    await user.press("1")
    shown = user.last
    assert shown.id == front.id
    story = await the_story(world, story_of(shown))
    assert {item.url for item in story.items} <= set(headlines(shown))
    assert all(item.outlet in shown.text for item in story.items)
    assert "<blockquote expandable>" in shown.html
    foreign = {"en": "(in Vietnamese)", "vi": "(tiếng Anh)"}[language]
    assert shown.text.count(foreign) == sum(item.language != language for item in story.items)
    await user.press({"en": "‹ Back", "vi": "‹ Quay lại"}[language])
    assert (user.last.text, user.last.keyboard) == (front.text, front.keyboard)


async def test_every_sentence_of_a_story_stands_in_its_reports(world: World) -> None:
    ann = await subscribed(world)
    front = ann.last
    for data in [button.data or "" for button in front.rows[0]]:
        await ann.forge(data, message=front)
        story = await the_story(world, story_of(ann.last))
        texts = [" ".join(f"{item.title} {item.text}".split()) for item in story.items]
        [quote] = [entity for entity in ann.last.entities if entity.type == "expandable_blockquote"]
        quoted = ann.last.text.encode("utf-16-le")[2 * quote.offset : 2 * (quote.offset + quote.length)].decode(
            "utf-16-le"
        )
        assert any(quoted[:60] in text for text in texts)


async def test_a_story_opened_from_a_section_goes_back_to_that_part_of_it(world: World) -> None:
    ann = await subscribed(world)
    rest = next(str(button.data) for button in ann.last.buttons if ":rest:" in str(button.data))
    await ann.press(rest)
    await ann.press(next(button.data for button in ann.last.buttons if button.text.endswith("›")) or "")
    part = ann.last
    await ann.press("7")
    assert WHY["en"] in [button.text for button in ann.last.buttons]
    await ann.press("‹ Back")
    assert (ann.last.text, ann.last.keyboard) == (part.text, part.keyboard)


@pytest.mark.parametrize("start", ["/latest", "/search friendship"])
async def test_the_same_story_opens_from_lists_and_goes_back_there(world: World, start: str) -> None:
    ann = await subscribed(world)
    listed = await ann.say(start)
    await ann.press(next(button.data for button in listed.buttons if str(button.data).startswith("v2:story")) or "")
    assert "Reports" in ann.last.text or "Why here?" in [button.text for button in ann.last.buttons]
    await ann.press("‹ Back")
    assert ann.last.id == listed.id
    assert ann.last.text == listed.text


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_why_shows_words_and_sums_and_goes_back(world: World, language: str) -> None:
    user = await opened(world, language)
    story = user.last
    await user.press(WHY[language])
    why = user.last
    assert "“" in why.text
    rank = next(line for line in why.text.splitlines() if " = " in line)
    total, _, parts = rank.partition(" = ")
    numbers = [int(word) for word in parts.replace("− ", "−").replace("−", "-").split() if word.lstrip("-").isdigit()]
    assert total.split()[-1].isdigit()
    assert numbers
    await user.press({"en": "‹ Back to the story", "vi": "‹ Về tin này"}[language])
    assert (user.last.text, user.last.keyboard) == (story.text, story.keyboard)


async def test_an_opened_story_carries_the_mark_that_its_digest_gave_it(world: World) -> None:
    ann = await subscribed(world)
    listed = marked = 0
    for hours in (2, 24, 24):
        world.clock.forward(hours=hours)
        world.stand.now = world.clock.now
        await world.bot.poll()
        await world.bot.deliver()
        front = ann.last
        for part in sections(front):
            await ann.forge(part, message=front)
            page = ann.last
            listed += marks(page)
            for data in [str(button.data) for button in page.rows[0]]:
                await ann.forge(data, message=front)
                marked += marks(ann.last)
    assert listed == marked > 0


def marks(message: Message) -> int:
    return sum(message.text.count(f"{mark} · ") for mark in ("UPDATE", "DAY 3"))


async def test_a_story_of_several_days_tells_them_one_by_one(world: World) -> None:
    ann = await subscribed(world)
    for _ in range(2):
        world.clock.forward(hours=24)
        world.stand.now = world.clock.now
        await world.bot.poll()
    ids = await world.newsroom.store.run(
        lambda store: [row["story_id"] for row in store._db.rows(
            "select story_id from items group by story_id having max(published) - min(published) > 86400 * 1.2"
        )]
    )  # fmt: skip
    assert ids
    await ann.forge(f"v2:story:{ids[0]}")
    assert "Day by day" in ann.last.text


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_saving_listing_opening_and_removing(world: World, language: str) -> None:
    user = await opened(world, language)
    story = story_of(user.last)
    toast = await user.press(SAVE[language])
    assert "/saved" in toast.text
    assert {"en": "✓ Saved", "vi": "✓ Đã lưu"}[language] in [button.text for button in user.last.buttons]
    listed = await user.say("/saved")
    assert len(headlines(listed)) == 1
    await user.press("1")
    assert story_of(user.last) == story
    await user.press({"en": "‹ Back", "vi": "‹ Quay lại"}[language])
    assert user.last.text == listed.text
    await user.press({"en": "Remove some", "vi": "Bỏ bớt"}[language])
    await user.press({"en": "Remove no. 1", "vi": "Bỏ tin 1"}[language])
    assert headlines(user.last) == []
    assert await world.newsroom.store.run(lambda store: store.memory.saved(user.id)) == []


async def test_saved_stories_have_pages(world: World) -> None:
    ann = await subscribed(world)
    ids = await world.newsroom.store.run(lambda store: [row["id"] for row in store._db.rows("select id from stories")])
    for number, story_id in enumerate(ids[:14]):
        at = world.clock.now.replace(minute=number)
        await world.newsroom.store.run(lambda store, one=story_id, at=at: store.memory.save(ann.id, one, now=at))
    first = await ann.say("/saved")
    assert "14" in first.text.splitlines()[0]
    assert len(headlines(first)) == 6
    await ann.press("Older ›")
    await ann.press("Older ›")
    assert len(headlines(ann.last)) == 2
    await ann.press("Remove some")
    await ann.press("Remove no. 13")
    await ann.press("Remove no. 13")
    assert len(headlines(ann.last)) == 6  # the page before: nothing was left on this one
    await ann.press("Done")
    assert [button.text for button in ann.last.rows[0]] == [str(number) for number in range(7, 13)]


async def test_somebody_who_never_subscribed_can_save_and_gets_no_editions(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/latest")
    await ann.press("1")
    await ann.press("Save")
    assert len(headlines(await ann.say("/saved"))) == 1
    sent = len(ann.messages)
    world.clock.forward(hours=30)
    await world.bot.deliver()
    assert len(ann.messages) == sent


async def test_sharing_opens_inline_with_that_story(world: World) -> None:
    ann = await opened(world)
    story = story_of(ann.last)
    [share] = [button for button in ann.last.buttons if button.text == "Share"]
    query = share.raw["switch_inline_query_chosen_chat"]["query"]
    assert query == f"story:{story}"
    answer = await ann.inline(query)
    assert len(answer.results) == 1


async def test_without_inline_mode_a_story_is_shared_as_a_link_that_opens_it(news: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        api.world.inline_mode = False
        async with running_bot(tmp_path / "bot.db", news=news, api=api) as world:
            ann = await opened(world)
            story = story_of(ann.last)
            [share] = [button for button in ann.last.buttons if button.text == "Share"]
            assert share.raw["url"].startswith("https://t.me/share/url?")
            given = parse_qs(urlsplit(share.raw["url"]).query)
            assert given["text"][0] in ann.last.text
            link = urlsplit(given["url"][0])
            assert link.path == f"/{api.world.bot_username}"
            binh = world.api.user("Bình")
            said = await binh.say("/start " + parse_qs(link.query)["start"][0])
            assert story_of(said) == story
            assert given["text"][0] in said.text


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_a_story_can_be_cited(world: World, language: str) -> None:
    user = await opened(world, language)
    [copied] = [button.raw["copy_text"]["text"] for button in user.last.buttons if "copy_text" in button.raw]
    headline = user.last.text.partition("\n")[0]
    story = await the_story(world, story_of(user.last))
    [lead] = [item for item in story.items if item.title == headline and item.url in copied]
    date = load_words(language).full_date(lead.published, "Asia/Ho_Chi_Minh")
    assert copied == f"{lead.outlet}, “{headline}”, {date}, {lead.url}"


@pytest.mark.parametrize(
    ("title", "url", "ends"),
    [
        ("A headline", "https://a.example/1", "“A headline”, 21 Nov 2026, https://a.example/1"),
        ("word " * 90, "https://a.example/1", " word…”, 21 Nov 2026, https://a.example/1"),
        ("🇱🇦" * 90, "https://a.example/1", "…”, 21 Nov 2026, https://a.example/1"),
        ("A headline", "https://a.example/" + "x" * 250, "“A headline”, 21 Nov 2026"),
        ("", "https://a.example/1", "Courier, 21 Nov 2026, https://a.example/1"),
    ],
)
def test_a_citation_has_room_in_its_button(title: str, url: str, ends: str) -> None:
    item = replace(an_item(1), title=title, url=url, outlet="Courier", published=DAWN)
    cited = citation(item, words=load_words("en"), zone="Asia/Ho_Chi_Minh")
    assert cited.startswith("Courier, ")
    assert cited.endswith(ends)
    assert 1 <= utf16_length(cited) <= 256


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_times_are_told_by_the_readers_own_clock(world: World, language: str) -> None:
    user = await opened(world, language)
    shown = user.last
    times = {(each.unix_time, covered(shown.text, each)) for each in shown.entities if each.type == "date_time"}
    story = await the_story(world, story_of(shown))
    assert {at for at, _ in times} == {int(item.published.timestamp()) for item in story.items}
    assert all(re.search(r"\d\d:\d\d", said) and re.search(r"Nov|/11", said) for _, said in times)


async def test_less_like_this_is_a_wish_of_every_line_and_can_be_undone(world: World) -> None:
    ann = await opened(world)
    story = await the_story(world, story_of(ann.last))
    line = (await lines_of(world, ann))[0]
    await world.newsroom.store.run(
        lambda store: store.lines.add(ann.id, 0, line.wishes, line.cadence, now=world.clock.now)
    )
    await ann.press("Less like this")
    [place] = [button for button in ann.last.buttons if button.text.endswith("Australia")]
    toast = await ann.press(place.data or "")
    assert "Australia" in toast.text
    lines = await world.newsroom.store.run(lambda store: store.lines.of(ann.id))
    assert [one.wishes.less for one in lines] == [{"AU"}, {"AU"}]
    outlet = story.outlets[0]
    await ann.press(outlet)
    assert ((await lines_of(world, ann))[0]).wishes.less == {"AU", outlet}
    assert f"✓ {outlet}" in [button.text for button in ann.last.buttons]
    await ann.press(f"✓ {outlet}")
    await ann.forge(f"v2:keep:{story.id}:AU")
    assert ((await lines_of(world, ann))[0]).wishes.less == frozenset()


async def test_less_moves_a_story_down_but_not_out(world: World) -> None:
    ann = await subscribed(world)
    line = (await lines_of(world, ann))[0]
    story = int(labelled(ann.last, "v2:story").split(":")[2])
    await ann.press("1")
    await ann.press("Less like this")
    for button in [button for button in ann.last.buttons if (button.data or "").startswith("v2:less:")]:
        await ann.forge(button.data or "", message=ann.last)
    wishes = ((await lines_of(world, ann))[0]).wishes
    assert wishes == replace(line.wishes, less=wishes.less)
    await ann.say("/digest")
    assert int(labelled(ann.last, "v2:story").split(":")[2]) != story


class Door(Desk):
    """Opens a story as a deep link would."""

    @command("door")
    async def door(self, call: Call) -> None:
        """The story that is named."""
        await open_story(self, call, int(call.text))


async def test_a_link_to_a_story_opens_it_with_a_way_on(world: World) -> None:
    switchboard = Switchboard(world.bot.reception, [Door(world.bot.reception)])
    world.bot.application.handlers[0].insert(0, CommandHandler("door", switchboard._commanded("door")))
    ann = world.api.user("Ann")
    assert "Why here?" in [button.text for button in (await ann.say("/door 1")).buttons]
    await ann.press(WHY["en"])
    await ann.press("‹ Back to the story")
    await ann.press("Today's digest")
    assert "Diplomacy Digest" in ann.last.text
    assert "not to be found" in (await ann.say("/door 99999")).text


async def test_a_story_that_ended_in_another_still_opens_from_old_buttons(world: World) -> None:
    ann = await subscribed(world)
    front = ann.last
    first, second = (int(str(button.data).split(":")[2]) for button in front.rows[0][:2])
    await world.newsroom.store.run(lambda store: store.stories.merge(first, second, now=world.clock.now))
    for number in ("1", "2"):
        await ann.press(number, message=front)
        assert "Why here?" in [button.text for button in ann.last.buttons]
        await ann.press("Why here?")
        await ann.press("‹ Back to the story")
    await ann.press("Save")
    assert await world.newsroom.store.run(lambda store: store.memory.saved(ann.id)) == [second]
    await ann.press("‹ Back")
    for data in sections(front):
        await ann.forge(data, message=ann.last)
        await ann.press(BACK["en"])


async def test_many_reports_have_a_page_of_their_own(world: World) -> None:
    ann = await subscribed(world)
    story = int(labelled(ann.last, "v2:story").split(":")[2])

    def gather(store) -> None:
        others = [row["id"] for row in store._db.rows("select id from stories where id <> :id limit 12", id=story)]
        for other in others:
            store.stories.merge(other, story, now=world.clock.now)

    await world.newsroom.store.run(gather)
    await ann.press("1")
    assert "more report" in ann.last.text
    shown = ann.last
    await ann.press("All reports")
    seen = headlines(ann.last)
    while "More ›" in [button.text for button in ann.last.buttons]:
        await ann.press("More ›")
        seen += headlines(ann.last)
    urls = {item.url for item in (await the_story(world, story)).items}
    assert set(seen) == urls
    assert len(seen) == len(urls) > 12
    await ann.press("‹ Back to the story")
    assert ann.last.text == shown.text


@pytest.mark.parametrize("evil", ["<b>/stop</b> @bot &lt;x&gt; " * 90, "\u202e" + "Á" * 3900, "👩‍🚀" * 900])
async def test_hostile_reports_are_shown_as_text_on_every_screen(world: World, evil: str) -> None:
    """The world fixture sees to it that Telegram took every message as first written."""
    ann = await subscribed(world)
    story = int(labelled(ann.last, "v2:story").split(":")[2])
    await world.newsroom.store.run(
        lambda store: store._db.execute(
            "update items set title = :evil, text = :evil || text where story_id = :id", evil=evil, id=story
        )
    )
    for act in ("story", "why", "lessof"):
        await ann.forge(f"v2:{act}:{story}", message=ann.last)
    for data in (f"v2:wrong:{story}:t", f"v2:srcs:{story}:0", f"v2:save:{story}:1"):
        await ann.forge(data, message=ann.last)
    await ann.say("/saved")
    await ann.say("/latest")
    await ann.say("/digest")
    called = [
        covered(message.text, entity) for message in ann.messages if message.by_bot for entity in message.entities
    ]
    assert not {"/stop", "@bot"} & set(called)


async def test_after_a_restart_an_opened_story_goes_on(news: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        async with running_bot(tmp_path / "bot.db", news=news, api=api) as world:
            ann = await opened(world)
            story = ann.last
        async with running_bot(tmp_path / "bot.db", api=api) as world:
            await ann.press(WHY["en"])
            await ann.press("‹ Back to the story")
            assert ann.last.text == story.text
            await ann.press("Save")
            await ann.press("‹ Back")
            assert sections(ann.last)


async def test_nobody_elses_saved_stories_are_seen(world: World) -> None:
    ann = await opened(world)
    await ann.press("Save")
    story = story_of(ann.last)
    bob = world.api.user("Bob")
    await bob.say("/saved")
    assert headlines(bob.last) == []
    await bob.forge(f"v2:unsave:{story}:0")
    assert await world.newsroom.store.run(lambda store: store.memory.saved(ann.id)) == [story]


def test_the_longest_buttons_fit() -> None:
    """A story id of seven digits, the longest topic in both its places."""
    origin = ("sect", "0123456789", "t", max(Topic, key=len).value, "75")
    words, names = load_words("vi"), HouseNames(load_gazetteer())
    labels = Labels(topics=(max(Topic, key=len).value,), places=("LA", "VN-SG"), relevant=True)
    story = Story(id=1, items=(an_item(1, labels=labels),))
    share = InlineKeyboardButton("Share", url="https://t.me/share/url?url=x")
    keyboards = [
        keys.story(9_999_999, origin, saved=True, all_reports=True, share=share, citation="x", words=words),
        keys.why(story, 9_999_999, origin, words),
        keys.which_label(story.topics, 9_999_999, origin, words=words, names=names),
        keys.less(story, 9_999_999, {"LA"}, origin, words=words, names=names),
        keys.reports(9_999_999, 120, 12, origin, more=True, words=words),
    ]
    data = [
        button["callback_data"]
        for keyboard in keyboards
        for row in json.loads(keyboard.to_json())["inline_keyboard"]
        for button in row
        if "callback_data" in button
    ]
    assert len(data) > 12
    assert max(len(one.encode()) for one in data) <= MAX_BYTES
