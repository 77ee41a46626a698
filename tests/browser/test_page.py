"""The page by itself: a made-up bot sends what Telegram allows, the page shows it as Telegram would."""

import json
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from playground.acts import Acts
from playground.botapi import BotApi
from playground.clockwork import Clockwork, DemoClock
from playground.entities import Entity, Formatted
from playground.newsstand import Newsstand
from playground.pageserver import PageServer
from playground.wording import page_words
from tests.browser.browser import PHONE, Visitor, a_visitor, expect

NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


class Idle:
    async def deliver(self) -> None: ...
    async def poll(self) -> None: ...


class MadeUp:
    """A bot that does what a test says, one request at a time."""

    def __init__(self, api: BotApi, session: aiohttp.ClientSession) -> None:
        self.api = api
        self.session = session
        self.ann = api.user("Ann")
        self.binh = api.user("Bình", language_code="vi")
        self.ann.write("/start")
        self._seen = 0

    async def __call__(self, method: str, file: tuple[str, str, bytes] | None = None, **body):
        if method.startswith("send") and "chat_id" not in body:
            body["chat_id"] = self.ann.id
        form = aiohttp.FormData({name: v if isinstance(v, str) else json.dumps(v) for name, v in body.items()})
        if file:
            form.add_field(file[0], file[2], filename=file[1], content_type="image/png")
        async with self.session.post(f"{self.api.base_url}/bot{self.api.token}/{method}", data=form) as response:
            answer = await response.json()
        assert answer["ok"], answer
        return answer["result"]

    async def hear(self, kind: str):
        """The next update of a kind."""
        while True:
            for update in await self("getUpdates", offset=self._seen, timeout=5):
                self._seen = update["update_id"] + 1
                if kind in update:
                    return update[kind]


async def never():
    return None


@pytest.fixture
async def bot() -> AsyncIterator[MadeUp]:
    async with BotApi(now=lambda: NOW) as api, aiohttp.ClientSession() as session:
        yield MadeUp(api, session)


@pytest.fixture
async def url(bot: MadeUp) -> AsyncIterator[str]:
    words = page_words()
    async with Newsstand(NOW) as stand:
        clockwork = Clockwork(DemoClock(lambda: NOW), Idle(), stand, next_due=never)
        shift = (NOW - datetime.now(UTC)).total_seconds()
        extra = {
            "words": words,
            "sites": stand.sites,
            "clock": {"ahead": shift, "next": None, "zone": "Asia/Ho_Chi_Minh"},
        }
        async with PageServer(bot.api, Acts(bot.api, clockwork), stand, extra=lambda: extra) as page:
            yield page.url


def keyboard(*rows: list[dict]) -> dict:
    return {"inline_keyboard": list(rows)}


def a_picture(width: int, height: int) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((30, 90, 160)) * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def test_every_entity_is_shown_as_what_it_is(visitor: Visitor, bot: MadeUp) -> None:
    await bot(
        "sendMessage",
        parse_mode="HTML",
        text="🇱🇦 <b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>code</code> <a href='https://x.org/'>link</a> "
        "/help a@x.org\n<blockquote>quote</blockquote>\n<pre>print()</pre>",
    )
    text = visitor.last.locator(".text")
    for what, shown in {
        "strong": "bold both", "strong em": "both", "u": "under", "s": "gone", "code": "code", "blockquote": "quote",
        "pre": "print()", "a[href='https://x.org/']": "link", "button": "/help", "a[href='mailto:a@x.org']": "a@x.org",
    }.items():  # fmt: skip
        assert await text.locator(what).inner_text() == shown, what
    assert (await text.inner_text()).startswith("🇱🇦 bold both under")


async def test_styles_that_overlap_are_both_shown(visitor: Visitor, bot: MadeUp) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}]
    await bot("sendMessage", text="abcdef", entities=entities)
    text = visitor.last.locator(".text")
    assert await text.inner_text() == "abcdef"
    assert "".join(await text.locator("strong").all_inner_texts()) == "abcd"
    assert "".join(await text.locator("em").all_inner_texts()) == "cdef"


async def test_markup_in_a_text_stays_text(visitor: Visitor, bot: MadeUp) -> None:
    hostile = '<img src=x onerror="document.title=1"> <script>alert(1)</script> &amp;'
    keys = keyboard([{"text": "<b>key</b>", "callback_data": "<b>"}])
    await bot("sendMessage", text=hostile, reply_markup=keys)
    assert await visitor.last.locator(".text").inner_text() == hostile
    assert await visitor.keys().first.inner_text() == "<b>key</b>"


@pytest.mark.parametrize("address", ["javascript:document.title=1", "data:text/html,x", "tg://resolve?domain=x"])
async def test_a_link_that_is_no_web_address_leads_nowhere(visitor: Visitor, bot: MadeUp, address: str) -> None:
    """Our Telegram refuses most of these; the page does not rely on it."""
    link = Entity(type="text_link", offset=0, length=5, url=address)
    bot.api.world.post(bot.ann.chat, bot.api.world.bot_id, Formatted("click", (link,)))
    await expect(visitor.last.locator(".text")).to_have_text("click")
    assert await visitor.last.locator("a").count() == 0


async def test_a_spoiler_is_shown_when_asked(visitor: Visitor, bot: MadeUp) -> None:
    await bot("sendMessage", text="<tg-spoiler>the end</tg-spoiler>", parse_mode="HTML")
    spoiler = visitor.last.locator(".spoiler")
    assert await spoiler.locator("span").is_hidden()
    await spoiler.focus()
    await visitor.tab.keyboard.press("Enter")
    await expect(spoiler.locator("span")).to_be_visible()


async def test_a_long_quote_unfolds_and_a_short_one_needs_not(visitor: Visitor, bot: MadeUp) -> None:
    long, short = "A sentence that goes on. " * 30, "Short."
    for text in (long, short):
        await bot("sendMessage", text=f"<blockquote expandable>{text}</blockquote>", parse_mode="HTML")
    await expect(visitor.bot_messages).to_have_count(2)
    first = visitor.bot_messages.first
    folded = (await first.bounding_box())["height"]
    await first.locator("button.fold").click()
    assert (await first.bounding_box())["height"] > 2 * folded
    await expect(first.locator("button.fold")).to_have_attribute("aria-expanded", "true")
    await expect(visitor.last.locator("button.fold")).to_have_count(0)


@pytest.mark.parametrize(("zone", "shown"), [("Asia/Ho_Chi_Minh", "07:00"), ("Europe/Berlin", "01:00")])
async def test_a_moment_is_told_in_the_viewers_zone(chromium, bot: MadeUp, url: str, zone: str, shown: str) -> None:
    stamp = f'<tg-time unix="{int(NOW.timestamp())}" format="t">then</tg-time>'
    await bot("sendMessage", text=f"At {stamp}.", parse_mode="HTML")
    async with a_visitor(chromium, url, zone=zone) as visitor:
        await expect(visitor.last.locator(".text")).to_have_text(f"At {shown}.")


async def test_an_edit_happens_in_place(visitor: Visitor, bot: MadeUp) -> None:
    sent = await bot("sendMessage", text="one", reply_markup=keyboard([{"text": "A", "callback_data": "a"}]))
    await expect(visitor.keys()).to_have_count(1)
    await bot("editMessageText", chat_id=bot.ann.id, message_id=sent["message_id"], text="two")
    await expect(visitor.last.locator(".text")).to_have_text("two")
    await expect(visitor.keys()).to_have_count(0)
    await expect(visitor.bot_messages).to_have_count(1)
    await bot("deleteMessage", chat_id=bot.ann.id, message_id=sent["message_id"])
    await expect(visitor.bot_messages).to_have_count(0)


async def test_what_one_writes_and_its_answer_come_into_view(visitor: Visitor, bot: MadeUp) -> None:
    for number in range(6):
        await bot("sendMessage", text=f"{number}\n" + "line\n" * 40)
    await expect(visitor.bot_messages).to_have_count(6)
    box = visitor.pane.get_by_role("textbox")
    for words in ("one", "two"):
        await box.fill(words)
        await box.press("Enter")
        await expect(visitor.messages.last.locator(".text")).to_have_text(words)
        await expect(visitor.messages.last).to_be_in_viewport()
        await bot("sendMessage", text=f"answer to {words}\n" + "line\n" * 60)
        await expect(visitor.last.locator(".text")).to_contain_text(f"answer to {words}")
        top = await visitor.last.evaluate("(each) => each.getBoundingClientRect().top")
        assert 0 < top < 200  # an answer longer than the window is read from its beginning


async def test_whoever_reads_further_up_is_left_there(visitor: Visitor, bot: MadeUp) -> None:
    for number in range(6):
        await bot("sendMessage", text=f"{number}\n" + "line\n" * 40)
    await expect(visitor.bot_messages).to_have_count(6)
    log = visitor.pane.locator("div.log")
    await log.hover()
    await visitor.tab.mouse.wheel(0, -1500)
    await expect(visitor.pane.locator("button.down")).to_be_visible()
    before = await log.evaluate("(each) => each.scrollTop")
    await bot("sendMessage", text="new")
    await expect(visitor.bot_messages).to_have_count(7)
    assert await log.evaluate("(each) => each.scrollTop") == before
    await visitor.pane.locator("button.down").click()
    await expect(visitor.last).to_be_in_viewport()


@pytest.mark.parametrize("alert", [False, True])
async def test_a_press_is_answered_by_a_toast_or_an_alert(visitor: Visitor, bot: MadeUp, alert: bool) -> None:
    await bot("sendMessage", text="?", reply_markup=keyboard([{"text": "Press", "callback_data": "x"}]))
    await visitor.keys().first.click()
    await expect(visitor.keys().first).to_have_attribute("aria-busy", "true")
    query = await bot.hear("callback_query")
    await bot("answerCallbackQuery", callback_query_id=query["id"], text="Pressed!", show_alert=alert)
    where = visitor.tab.get_by_role("dialog") if alert else visitor.tab.get_by_role("status")
    await expect(where).to_contain_text("Pressed!")
    if alert:
        await visitor.tab.keyboard.press("Escape")
        await expect(where).to_be_hidden()
    await expect(visitor.keys().first).not_to_have_attribute("aria-busy", "true")


async def test_buttons_copy_and_open_and_ask_inline(visitor: Visitor, bot: MadeUp) -> None:
    await visitor.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bot(
        "sendMessage",
        text="?",
        reply_markup=keyboard(
            [
                {"text": "Copy", "copy_text": {"text": "lao consul"}},
                {"text": "Here", "switch_inline_query_current_chat": "laos"},
            ],
            [{"text": "Red", "callback_data": "r", "style": "danger"}],
            [{"text": "Again", "url": "https://t.me/diplomacy_digest_bot?start=topic_ngo"}],
        ),
    )
    await visitor.keys().get_by_text("Copy").click()
    await expect(visitor.tab.get_by_role("status")).to_contain_text("Copied")
    assert await visitor.tab.evaluate("navigator.clipboard.readText()") == "lao consul"
    await expect(visitor.keys().get_by_text("Red")).to_have_class("danger")
    await visitor.keys().get_by_text("Again").click()
    await expect(visitor.messages.last).to_contain_text("/start topic_ngo")
    await visitor.keys().get_by_text("Here").click()
    assert (await bot.hear("inline_query"))["query"] == "laos"


async def test_inline_results_are_offered_and_sent(visitor: Visitor, bot: MadeUp) -> None:
    box = visitor.pane.get_by_role("textbox")
    await box.fill("@diplomacy_digest_bot lao")
    query = await bot.hear("inline_query")
    content = {"message_text": "<b>Laos</b>", "parse_mode": "HTML"}
    keys = keyboard([{"text": "More", "callback_data": "more"}])
    result = {
        "type": "article",
        "id": "1",
        "title": "About Laos",
        "description": "Two lines",
        "input_message_content": content,
    }
    await bot("answerInlineQuery", inline_query_id=query["id"], results=[result | {"reply_markup": keys}])
    option = visitor.pane.get_by_role("option")
    await expect(option).to_have_text("About LaosTwo lines")
    await box.press("ArrowDown")
    await box.press("Enter")
    picked = visitor.messages.last
    await expect(picked.locator("strong")).to_have_text("Laos")
    await expect(picked).to_contain_text("via @diplomacy_digest_bot")
    await picked.locator(".keys button").click()
    pressed = await bot.hear("callback_query")
    await bot("editMessageText", inline_message_id=pressed["inline_message_id"], text="Edited inline")
    await bot("answerCallbackQuery", callback_query_id=pressed["id"])
    await expect(picked.locator(".text")).to_have_text("Edited inline")


async def test_an_inline_query_that_finds_nothing_says_so_beside_the_bots_button(visitor: Visitor, bot: MadeUp) -> None:
    await visitor.pane.get_by_role("textbox").fill("@diplomacy_digest_bot xylophone")
    query = await bot.hear("inline_query")
    button = {"text": "Ask in private", "start_parameter": "ask"}
    await bot("answerInlineQuery", inline_query_id=query["id"], results=[], button=button)
    await expect(visitor.pane.get_by_role("option")).to_have_text("Ask in private")
    await expect(visitor.pane.get_by_role("listbox")).to_contain_text("No results")


async def test_the_last_message_of_ones_own_is_edited_with_arrow_up(visitor: Visitor, bot: MadeUp) -> None:
    box = visitor.pane.get_by_role("textbox")
    for words in ("lao consul", "laos aid"):
        await box.fill(words)
        await box.press("Enter")
        await expect(visitor.messages.last.locator(".text")).to_have_text(words)
    await bot("sendMessage", text="An answer.")
    await expect(visitor.last.locator(".text")).to_have_text("An answer.")
    await box.press("ArrowUp")
    await expect(box).to_have_value("laos aid")
    await expect(visitor.pane.locator(".replying")).to_contain_text("Editing: laos aid")
    await box.press("Escape")
    await expect(box).to_have_value("")
    await expect(visitor.pane.locator(".replying")).to_be_hidden()
    await box.press("ArrowUp")
    await box.fill("lao aid")
    await box.press("Enter")
    edited = await bot.hear("edited_message")
    assert edited["text"] == "lao aid"
    mine = visitor.pane.locator("article.mine").last
    await expect(mine.locator(".text")).to_have_text("lao aid")
    await expect(mine.locator(".meta")).to_contain_text("edited")
    await expect(box).to_have_value("")
    await expect(visitor.messages).to_have_count(4)


async def test_any_message_of_ones_own_is_edited_by_its_button_and_no_other(visitor: Visitor, bot: MadeUp) -> None:
    await bot("sendMessage", text="Of the bot.")
    bot.ann.write("first")
    bot.ann.write("second")
    mine = visitor.pane.locator("article.mine")
    await expect(mine).to_have_count(3)
    await expect(visitor.last.locator("button.edit")).to_have_count(0)
    await mine.nth(1).hover()
    await mine.nth(1).locator("button.edit").click()
    box = visitor.pane.get_by_role("textbox")
    await expect(box).to_be_focused()
    await box.fill("first, but better")
    await box.press("Enter")
    await expect(mine.nth(1).locator(".text")).to_have_text("first, but better")
    assert (await bot.hear("edited_message"))["text"] == "first, but better"


async def test_files_and_pictures_come_with_their_captions(visitor: Visitor, bot: MadeUp) -> None:
    await bot("sendPhoto", ("photo", "chart.png", a_picture(300, 120)), caption="A <b>chart</b>", parse_mode="HTML")
    await bot("sendDocument", ("document", "mydata.json", b"{}" * 900), caption="Yours", disable_notification=True)
    picture = visitor.bot_messages.first.locator("img")
    assert await picture.evaluate("async (each) => { await each.decode(); return each.naturalWidth; }") == 300
    await expect(visitor.bot_messages.first.locator("strong")).to_have_text("chart")
    await expect(visitor.last).to_contain_text("mydata.json1.8 KB")
    async with visitor.tab.expect_download() as saved:
        await visitor.last.locator("a.file").click()
    assert (await saved.value).suggested_filename == "mydata.json"


async def test_a_bot_asks_for_a_reply_and_for_a_channel(visitor: Visitor, bot: MadeUp) -> None:
    channel = bot.api.group("News", owner=bot.ann, kind="channel")
    asked = await bot(
        "sendMessage", text="Which words?", reply_markup={"force_reply": True, "input_field_placeholder": "lao consul"}
    )
    box = visitor.pane.get_by_role("textbox")
    await expect(box).to_have_attribute("placeholder", "lao consul")
    await box.fill("friendship union")
    await box.press("Enter")
    while (heard := await bot.hear("message"))["text"] == "/start":
        pass
    assert (heard["text"], heard["reply_to_message"]["message_id"]) == ("friendship union", asked["message_id"])
    request = {"request_id": 7, "chat_is_channel": True, "bot_is_member": True}
    await bot(
        "sendMessage", text="Which channel?", reply_markup={"keyboard": [[{"text": "Choose", "request_chat": request}]]}
    )
    await visitor.pane.get_by_role("button", name="Choose", exact=True).click()
    await visitor.tab.get_by_role("dialog").get_by_role("button", name="News").click()
    shared = (await bot.hear("message"))["chat_shared"]
    assert (shared["request_id"], shared["chat_id"]) == (7, channel.id)
    assert channel.chat.members[bot.api.world.bot_id] == "administrator"


async def test_topics_pins_and_typing_are_shown(visitor: Visitor, bot: MadeUp) -> None:
    group = bot.api.group("Friends", owner=bot.ann, forum=True)
    group.add_bot(bot.ann, admin=True)
    laos = (await bot("createForumTopic", chat_id=group.id, name="Laos"))["message_thread_id"]
    sent = await bot("sendMessage", chat_id=group.id, message_thread_id=laos, text="Only under Laos")
    await bot("pinChatMessage", chat_id=group.id, message_id=sent["message_id"])
    await bot("sendChatAction", chat_id=group.id, message_thread_id=laos, action="typing")
    await visitor.open_chat("Ann", 2)
    await expect(visitor.bot_messages).to_have_count(0)
    await expect(visitor.pane.locator(".who p")).to_have_text("typing …")
    await visitor.pane.locator(".tabs button").get_by_text("Laos").click()
    await expect(visitor.last.locator(".text")).to_have_text("Only under Laos")
    await expect(visitor.pane.locator(".pin")).to_contain_text("Only under Laos")
    await expect(visitor.pane.locator(".who p")).to_contain_text("Members", timeout=12_000)  # typing fades by itself


async def test_the_command_menu_is_the_readers_own(visitor: Visitor, bot: MadeUp) -> None:
    await bot("setMyCommands", commands=[{"command": "digest", "description": "today's digest"}])
    await bot("setMyCommands", commands=[{"command": "digest", "description": "bản tin hôm nay"}], language_code="vi")
    box = visitor.pane.get_by_role("textbox")
    await visitor.pane.locator("button.commands").click()
    await expect(visitor.pane.get_by_role("option")).to_have_text("/digesttoday's digest")
    await box.fill("/nothing")
    await expect(visitor.pane.get_by_role("option")).to_have_count(0)
    bot.binh.write("/start")
    await visitor.open_chat("Bình", 1)
    await visitor.pane.locator("button.commands").click()
    await expect(visitor.pane.get_by_role("option")).to_have_text("/digestbản tin hôm nay")


async def test_a_new_person_can_be_invited(visitor: Visitor, bot: MadeUp) -> None:
    await visitor.tab.locator('[data-key="invite"]').click()
    await expect(visitor.pane.locator(".as")).to_contain_text("Dana")
    await expect(visitor.pane.locator("button.big")).to_be_visible()


async def test_the_theme_is_the_visitors_choice_and_stays(visitor: Visitor, bot: MadeUp) -> None:
    wall = "getComputedStyle(document.body).backgroundColor"
    light = await visitor.tab.evaluate(wall)
    await visitor.tab.locator('[data-key="theme"]').click()
    dark = await visitor.tab.evaluate(wall)
    assert dark != light
    await visitor.tab.reload()
    await expect(visitor.pane).to_be_visible()
    assert await visitor.tab.evaluate(wall) == dark


async def test_it_says_when_the_demo_has_ended_and_comes_back(visitor: Visitor, bot: MadeUp) -> None:
    await visitor.tab.context.set_offline(True)
    await visitor.pane.get_by_role("textbox").fill("anybody?")
    await visitor.pane.get_by_role("textbox").press("Enter")
    await expect(visitor.tab.get_by_role("status")).to_contain_text("not running")
    assert await visitor.pane.get_by_role("textbox").input_value() == "anybody?"
    await visitor.tab.context.set_offline(False)
    visitor.complaints.clear()  # the browser itself notes a request that failed


async def test_contrast_is_enough_to_read(chromium, bot: MadeUp, url: str) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for small text, in both themes."""
    styles = [{"text": style, "callback_data": "a", "style": style} for style in ("success", "danger", "primary")]
    keys = keyboard(styles, [{"text": "plain", "callback_data": "b"}])
    text = "<b>Text</b> /help <blockquote>quote</blockquote>"
    await bot("sendMessage", text=text, parse_mode="HTML", reply_markup=keys)
    for scheme in ("light", "dark"):
        async with a_visitor(chromium, url, scheme=scheme) as visitor:
            await expect(visitor.keys()).to_have_count(4)
            assert await visitor.tab.evaluate(_FAINT) == [], scheme


async def test_a_phone_has_room_for_everything(chromium, bot: MadeUp, url: str) -> None:
    word = "Extraordinarilylongwordwithoutanyspace" * 5
    await bot(
        "sendMessage",
        text=f"{word}\n<pre>{word}</pre>",
        parse_mode="HTML",
        reply_markup=keyboard([{"text": word, "callback_data": "a"}]),
    )
    async with a_visitor(chromium, url, size=PHONE) as visitor:
        await expect(visitor.keys()).to_have_count(1)
        assert await visitor.wider_than_its_window() == []
        await bot("sendMessage", text="Which words shall I look for? " * 5, reply_markup={"force_reply": True})
        await expect(visitor.pane.locator(".replying")).to_be_visible()
        assert await visitor.wider_than_its_window() == []


async def test_trouble_leaves_the_chats_their_room(chromium, bot: MadeUp, url: str) -> None:
    async with a_visitor(chromium, url, size={"width": 1280, "height": 800}) as visitor:
        for _ in range(12):
            await bot("sendMessage", text="Something for the log.")
        await visitor.tab.locator('[data-key="troubleSummary"]').click()
        await expect(visitor.tab.locator('[data-key="trouble flood"]')).to_be_in_viewport()
        people = await visitor.tab.locator("#side .people").bounding_box()
        assert people["height"] > 370
        last = visitor.tab.locator(".machine .log li").last
        await last.scroll_into_view_if_needed()
        await expect(last).to_be_in_viewport()
        await bot("sendMessage", text="One more.")  # what is drawn anew stays where it was scrolled to
        await expect(visitor.last.locator(".text")).to_have_text("One more.")
        await expect(visitor.tab.locator(".machine .log li").last).to_be_in_viewport()


async def test_a_button_that_is_being_pressed_stays_there_until_it_is_let_go(chromium, bot: MadeUp, url: str) -> None:
    async with a_visitor(chromium, url, size={"width": 1280, "height": 800}) as visitor:
        summary = visitor.tab.locator('[data-key="troubleSummary"]')
        await summary.hover()
        await visitor.tab.mouse.down()
        await bot("sendMessage", text="Meanwhile.")
        await expect(visitor.last.locator(".text")).to_have_text("Meanwhile.")
        await visitor.tab.mouse.up()
        await expect(visitor.tab.locator('[data-key="trouble flood"]')).to_be_in_viewport()
        await expect(visitor.tab.locator("#side")).to_contain_text("Meanwhile.")


#: Texts whose colour stands out too little from what is behind them; translucent backgrounds are laid over each other.
_FAINT = """() => {
  const parse = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1];
  const light = ([r, g, b]) => [r, g, b].map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, n) => sum + each * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (node) => {
    const layers = [];
    for (let each = node; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      layers.push(parse(style.backgroundColor));
      const gradient = style.backgroundImage.match(/rgb[^)]*\\)/);
      if (gradient) layers.push(parse(gradient[0]));
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const said = walker.currentNode.data.trim();
    if (!said || !node.checkVisibility() || node.closest("[disabled], noscript, script")) continue;
    const ground = behind(node);
    const [a, b] = [light(over(parse(getComputedStyle(node).color), ground)), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) faint.add(`${node.tagName}.${node.className} ${said.slice(0, 20)} ${ratio.toFixed(2)}`);
  }
  return [...faint];
}"""
