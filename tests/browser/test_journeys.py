"""A newcomer's ways through the demo, in a real browser against the real bot."""

import re
from datetime import timedelta

import pytest

from playground.demo import page_of
from playground.stage import Stage
from tests.browser.browser import PATIENCE, PHONE, Visitor, a_visitor, expect
from tests.browser.pictures import PEOPLE, screens

#: Who reads which language, and what the bot says in it.
READERS = {
    "Ann": ("Saturday 21 November", "Sunday 22 November"),
    "Bình": ("Thứ Bảy, 21 tháng 11", "Chủ Nhật, 22 tháng 11"),
}
#: The region's number in UN M49.
ASIA, SOUTHEAST_ASIA = "142", "035"


async def subscribe(visitor: Visitor, person: str = "Ann") -> None:
    """Three taps: the chat, Start, the first ready-made choice; the first digest is there then."""
    await visitor.open_chat(person, 1)
    await visitor.start()
    await visitor.press(visitor.key("preset"))
    await expect(visitor.tab.locator('[data-key="time delivery"]')).to_be_enabled(timeout=PATIENCE)
    # It follows at Telegram's pace: a second later.
    await expect(visitor.last.locator(".text")).to_contain_text(READERS[person][0])


@pytest.mark.parametrize("person", READERS, ids=("en", "vi"))
async def test_three_taps_to_a_digest_and_the_next_one_after_a_jump(visitor: Visitor, person: str) -> None:
    today, _ = READERS[person]
    await subscribe(visitor, person)
    await visitor.says(today, on=visitor.pane.locator("div.log"))
    await visitor.picture("first digest")
    before = await visitor.bot_messages.count()
    await visitor.jump()
    await expect(visitor.bot_messages.nth(before)).to_be_visible(timeout=PATIENCE)
    await visitor.picture("morning digest")


async def test_the_next_morning_brings_the_next_digest(visitor: Visitor) -> None:
    await subscribe(visitor)
    for day in READERS["Ann"]:
        before = await visitor.bot_messages.count()
        await visitor.jump()
        await visitor.says(day, on=visitor.bot_messages.nth(before))


async def test_topics_and_places_are_chosen_by_tapping(visitor: Visitor) -> None:
    await visitor.open_chat("Ann", 1)
    await visitor.start()
    await visitor.press(visitor.key("topics"))
    await visitor.press(visitor.key("topic", "ngo"))
    await expect(visitor.key("topic", "ngo")).to_contain_text("✓")
    await visitor.press(visitor.key("places"))
    await visitor.press(visitor.key("region", ASIA))
    await visitor.press(visitor.key("region", SOUTHEAST_ASIA))
    await visitor.press(visitor.key("place", "LA"))
    await visitor.picture("places")
    await expect(visitor.key("place", "LA")).to_contain_text("✓")


async def test_a_section_and_a_story_open_in_place_and_lead_back(visitor: Visitor) -> None:
    await subscribe(visitor)
    text = visitor.last.locator(".text")
    front = await text.inner_text()
    count = await visitor.bot_messages.count()
    await visitor.press(visitor.key("sect"))
    await expect(text).not_to_have_text(front)
    await visitor.picture("section")
    section = await text.inner_text()
    await visitor.press(visitor.key("story"))
    await expect(text).not_to_have_text(section)
    await visitor.picture("story")
    await visitor.press(visitor.key("sect"))
    await expect(text).to_have_text(section)
    await visitor.press(visitor.key("front"))
    await expect(text).to_have_text(front)
    assert await visitor.bot_messages.count() == count


async def test_a_search_is_paged_in_place(visitor: Visitor) -> None:
    await visitor.open_chat("Ann", 1)
    await visitor.start()
    found = await visitor.say("/search viet nam")
    text = found.locator(".text")
    first = await text.inner_text()
    await visitor.picture("search")
    await visitor.press(visitor.key("found", on=found))
    await expect(text).not_to_have_text(first)
    await expect(found.locator(".meta")).to_contain_text("edited")
    await visitor.picture("second page")


async def test_a_search_from_any_chat_is_sent_there(visitor: Visitor, stage: Stage) -> None:
    await visitor.open_chat("Ann", 2)
    await visitor.pane.locator("button.at").click()
    await visitor.tab.keyboard.type("laos")
    found = visitor.pane.get_by_role("option")
    await expect(found.nth(1)).to_be_visible(timeout=PATIENCE)
    await visitor.picture("inline")
    await found.nth(1).click()
    sent = visitor.messages.last
    await expect(sent).to_contain_text("via @diplomacy_digest_bot")
    await expect(sent.locator(".text a").first).to_be_visible()
    assert stage.group.messages[-1].via_bot


async def test_a_reader_is_forgotten(visitor: Visitor, stage: Stage) -> None:
    await subscribe(visitor)
    ann = stage.people[0].id
    await visitor.say("/forget")
    await visitor.press(visitor.key("forget", "1"))
    await visitor.picture("forgotten")
    assert await stage.newsroom.store.read(lambda store: store.readers.chat(ann)) is None
    await expect(visitor.tab.locator('[data-key="time delivery"]')).to_be_disabled()


async def test_the_language_is_switched(visitor: Visitor) -> None:
    await subscribe(visitor)
    await visitor.say("/language")
    await visitor.press(visitor.key("language", "vi"))
    await visitor.says("Tiếng Việt")


async def test_a_command_is_chosen_from_the_menu_by_keyboard_alone(visitor: Visitor) -> None:
    await visitor.open_chat("Ann", 1)
    await visitor.pane.locator("button.big").focus()
    await visitor.tab.keyboard.press("Enter")
    await expect(visitor.bot_messages.first).to_be_visible(timeout=PATIENCE)
    await visitor.tab.locator("div.log").focus()
    await visitor.tab.keyboard.press("/")
    await visitor.tab.keyboard.type("hel")
    options = visitor.pane.get_by_role("option")
    await expect(options).to_have_count(1)
    await visitor.tab.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    before = await visitor.bot_messages.count()
    await visitor.tab.keyboard.press("Enter")
    await expect(visitor.bot_messages.nth(before)).to_be_visible(timeout=PATIENCE)
    assert await visitor.pane.get_by_role("textbox").input_value() == ""


async def test_two_people_sit_side_by_side(visitor: Visitor) -> None:
    await subscribe(visitor)
    other = visitor.tab.get_by_role("region", name="Bình", exact=True)
    await other.locator("button.beside").first.click()
    await expect(visitor.tab.locator(".pane")).to_have_count(2)
    await visitor.start()
    await visitor.press(visitor.key("preset"))
    await visitor.says(READERS["Bình"][0], on=visitor.pane.locator("div.log"))
    await visitor.says(READERS["Ann"][0], on=visitor.tab.locator(".pane").first.locator("div.log"))
    await visitor.picture("side by side")


async def test_a_group_lets_the_bot_in_and_only_its_admins_set_it_up(visitor: Visitor) -> None:
    await visitor.open_chat("Ann", 2)
    await visitor.pane.locator(".hello button.primary").click()
    await expect(visitor.pane.locator("p.service").last).to_contain_text("Diplomacy Digest", timeout=PATIENCE)
    await visitor.pane.locator(".tabs button").nth(1).click()
    await visitor.say("/start@diplomacy_digest_bot")
    await expect(visitor.keys().first).to_be_visible()
    await visitor.open_chat("Bình", 2)
    await expect(visitor.pane.locator("p.service").last).to_have_text("Ann đã thêm Bản tin Đối ngoại")
    await visitor.pane.locator(".tabs button").nth(1).click()
    await visitor.press(visitor.key("preset"))
    await expect(visitor.tab.get_by_role("status")).to_contain_text(re.compile("quản trị|admin"))
    await visitor.picture("not an admin")


async def test_a_channel_lets_the_bot_in(visitor: Visitor, stage: Stage) -> None:
    hello = visitor.pane.locator(".hello")
    await visitor.open_chat("Ann", 3)
    await expect(hello).to_contain_text("An admin can let it in: Minh.")
    await visitor.open_chat("Minh", 3)
    await hello.locator("button").click()
    await expect(visitor.tab.locator(".pane .who")).to_contain_text("4")
    assert stage.channel.chat.members[stage.api.world.bot_id] == "administrator"


async def test_a_channel_leads_its_admin_to_where_it_is_set_up(visitor: Visitor) -> None:
    hello = visitor.pane.locator(".hello")
    await visitor.open_chat("Minh", 3)
    await hello.locator("button").click()
    # Minh has never written to the bot, so that it cannot write to them.
    await expect(hello).to_contain_text("Press Start in your own chat with it")
    await visitor.picture("channel")
    await hello.locator("button").click()
    await visitor.start()
    await visitor.open_chat("Minh", 3)
    await expect(hello).to_contain_text("you choose what it posts")
    await hello.locator("button").click()
    await visitor.say("/channels")
    await visitor.press(visitor.key("room"))
    await visitor.says("Foreign affairs in brief")
    await visitor.open_chat("Bình", 3)
    await expect(hello).to_contain_text("Quản trị viên chọn nội dung đăng: Minh.")
    await expect(hello.locator("button")).to_have_count(0)


async def test_a_group_that_becomes_a_supergroup_keeps_its_digest(visitor: Visitor, stage: Stage) -> None:
    await visitor.open_chat("Ann", 4)
    await visitor.pane.locator(".hello button.primary").click()
    await expect(visitor.pane.locator("p.service").last).to_contain_text("Diplomacy Digest", timeout=PATIENCE)
    await visitor.say("/start@diplomacy_digest_bot")
    await visitor.press(visitor.key("preset"))
    await visitor.says("feeds read")  # the end of the first digest
    await visitor.pane.locator(".menu summary").click()
    await visitor.pane.locator(".menu button").last.click()
    # The page follows to the new chat, and so does the bot.
    await expect(visitor.pane.locator("p.service")).to_have_text("The group became a supergroup")
    await visitor.jump()
    await visitor.says(READERS["Ann"][0], on=visitor.pane.locator("div.log"))
    moved = stage.circle.chat.moved_to
    assert stage.api.history[-1].chat_id == moved
    await visitor.picture("supergroup")


async def test_the_page_says_where_the_invented_news_ends(visitor: Visitor, stage: Stage) -> None:
    note = visitor.tab.locator(".machine .ended")
    await expect(note).to_have_count(0)
    stage.clockwork.clock.jump(stage.stand.ends + timedelta(minutes=1))
    stage.api.world.change()
    await expect(note).to_contain_text("The invented news ended on")


async def test_the_page_says_when_the_next_delivery_is_and_that_none_is_while_all_pause(visitor: Visitor) -> None:
    due = visitor.tab.locator(".machine .due")
    await expect(due).to_contain_text("nobody has subscribed")
    await subscribe(visitor, "Bình")
    await expect(due).to_have_text(re.compile(r": Thứ Bảy, 21/11, 07:00$"))
    await visitor.say("/pause")
    await visitor.press(visitor.key("pause"))
    await expect(due).to_contain_text("tạm dừng")
    await visitor.say("/resume")
    await expect(due).to_contain_text("Thứ Bảy, 21/11")


async def test_an_edited_message_is_borne(visitor: Visitor) -> None:
    await subscribe(visitor)
    await visitor.say("/zone")
    said = await visitor.bot_messages.count()
    box = visitor.pane.get_by_role("textbox")
    await box.press("ArrowUp")
    await expect(box).to_have_value("/zone")
    await box.fill("/help")
    await box.press("Escape")  # the commands that begin so
    await box.press("Enter")
    await expect(visitor.pane.locator("article.mine").last).to_contain_text("/help")
    # Whoever corrects a command is not answered twice; the next message is answered as ever.
    await visitor.say("/settings")
    assert await visitor.bot_messages.count() == said + 1


async def test_everything_fits_a_phone_and_leads_back(chromium, url: str) -> None:
    async with a_visitor(chromium, url, name="phone", size=PHONE) as visitor:
        await visitor.start()
        await visitor.press(visitor.key("preset"))
        await visitor.says(READERS["Ann"][0], on=visitor.pane.locator("div.log"))
        assert await visitor.wider_than_its_window() == []
        await visitor.picture("digest")
        await visitor.pane.locator("button.back").click()
        await expect(visitor.tab.locator("#side")).to_be_visible()
        assert await visitor.wider_than_its_window() == []
        await visitor.picture("chats")
        await visitor.jump()
        await expect(visitor.tab.locator(".pane")).to_be_visible()
        # The morning's digest is read from its beginning, and found again by its end.
        await expect(visitor.last.locator(".text")).to_contain_text(READERS["Ann"][0])
        assert 0 < (await visitor.last.bounding_box())["y"] < 250
        await visitor.pane.locator("button.back").click()
        await visitor.open_chat("Ann", 1)
        await expect(visitor.keys().last).to_be_in_viewport()
        assert visitor.complaints == []


@pytest.mark.parametrize("language", PEOPLE)
async def test_every_screen_fits_a_phone(chromium, hurried_stage: Stage, language: str) -> None:
    seen = []
    async with page_of(hurried_stage) as page, a_visitor(chromium, page.url, size=PHONE) as visitor:
        async for name in screens(visitor, hurried_stage, language, phone=True):
            assert await visitor.wider_than_its_window() == [], name
            seen.append(name)
        assert visitor.complaints == []
    assert "search asked" in seen


async def test_a_headline_opens_the_report_of_its_outlet(visitor: Visitor) -> None:
    await subscribe(visitor)
    link = visitor.pane.locator('.text a[href*="/read?"]').first
    async with visitor.tab.expect_popup() as opened:
        await link.click()
    report = await opened.value
    await expect(report.locator("h1")).not_to_be_empty()
    await report.close()


async def test_a_reader_blocks_the_bot_and_comes_back(visitor: Visitor, stage: Stage) -> None:
    await subscribe(visitor)
    await visitor.pane.locator(".menu summary").click()
    await visitor.pane.locator(".menu button").click()
    await expect(visitor.pane.locator("button.big")).to_be_visible()
    assert stage.people[0].chat.blocked
    await visitor.pane.locator("button.big").click()
    await expect(visitor.pane.get_by_role("textbox")).to_be_visible()
    assert not stage.people[0].chat.blocked
