"""Our Telegram: the real PTB Application talks to it, and it refuses what the real one refuses, in the same words."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from aiohttp import web
from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from chat.request import AiohttpRequest
from playground.botapi import BotApi
from playground.faults import Limits


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch):
    """PTB warns about RetryAfter.retry_after unless told to make it a timedelta."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def api(clock):
    async with BotApi(clock=clock, now=clock.now) as opened:
        yield opened


def an_application(api: BotApi) -> Application:
    return (
        Application.builder()
        .token(api.token)
        .base_url(f"{api.base_url}/bot")
        .request(AiohttpRequest(read_timeout=1))
        .get_updates_request(AiohttpRequest(pool_size=1))
        .job_queue(None)
        .build()
    )


@pytest.fixture
async def bot(api):
    """PTB's bot, without an application around it."""
    application = an_application(api)
    async with application.bot as opened:
        yield opened


def keyboard(*buttons: tuple[str, str]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, callback_data=data)] for text, data in buttons])


async def menu(update: Update, _context):
    await update.effective_message.reply_html(
        "<b>Menu</b>", reply_markup=keyboard(("Count", "count 1"), ("Stay", "stay"))
    )


async def pressed(update: Update, _context):
    query = update.callback_query
    word, _, number = query.data.partition(" ")
    if word == "count":
        following = f"count {int(number) + 1}"
        await query.edit_message_text(f"Pressed {number}", reply_markup=keyboard(("Count", following)))
        await query.answer(f"{number}!")
    elif word == "stay":
        try:
            await query.edit_message_text("Menu", parse_mode="HTML", reply_markup=query.message.reply_markup)
            await query.edit_message_text("Menu", parse_mode="HTML", reply_markup=query.message.reply_markup)
        except BadRequest as error:
            await query.answer(str(error), show_alert=True)
    else:
        await query.answer("This button is old")


async def echo(update: Update, _context):
    await update.effective_message.reply_text(f"You said: {update.effective_message.text}")


async def inline(update: Update, _context):
    words = update.inline_query.query
    content = InputTextMessageContent(f"About <b>{words}</b>", parse_mode="HTML")
    await update.inline_query.answer(
        [InlineQueryResultArticle("1", f"About {words}", content, reply_markup=keyboard(("More", "more")))],
        cache_time=7,
        is_personal=True,
        button=InlineQueryResultsButton("Settings", start_parameter="settings"),
    )


@pytest.fixture
async def running(api):
    """The application with its handlers, polling. Answers it; `seen` of its bot_data are my_chat_member updates."""
    application = an_application(api)
    seen = application.bot_data.setdefault("seen", [])

    async def member(update: Update, _context):
        change = update.my_chat_member
        seen.append((change.chat.type, change.old_chat_member.status, change.new_chat_member.status))

    application.add_handler(CommandHandler("menu", menu))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(InlineQueryHandler(inline))
    application.add_handler(ChatMemberHandler(member, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        await application.updater.start_polling(timeout=5)
        await application.start()
        yield application
        await application.updater.stop()
        await application.stop()


# A person and the real Application


async def test_a_person_says_something_and_is_answered(api, running):
    ada = api.user("Ada", language_code="vi")
    reply = await ada.say("xin chào 🇻🇳")
    assert reply.text == "You said: xin chào 🇻🇳"
    assert [message.text for message in ada.messages] == ["xin chào 🇻🇳", reply.text]


async def test_a_deep_link_is_a_start_command_with_a_payload(api, running):
    assert (await api.user("Ada").start("place_VN-SG")).text == "You said: /start place_VN-SG"


async def test_pressing_a_button_answers_with_a_toast_and_edits_in_place(api, running):
    ada = api.user("Ada")
    first = await ada.say("/menu")
    assert (first.html, [button.text for button in first.buttons]) == ("<b>Menu</b>", ["Count", "Stay"])
    assert await ada.press("Count") == ("1!", False, "")
    second = await ada.follow("count 2")
    assert (second.id, second.text, second.edits) == (first.id, "Pressed 2", 2)


async def test_a_button_of_an_old_state_and_forged_data_reach_the_bot_all_the_same(api, running):
    ada = api.user("Ada")
    first = await ada.say("/menu")
    await ada.press("Count")
    await ada.press("Count")
    assert (await ada.press("count 1", message=first)).text == "1!"
    assert (await ada.forge("\x00junk")).text == "This button is old"
    with pytest.raises(ValueError, match="no button 'Nowhere'"):
        await ada.press("Nowhere")


async def test_an_edit_that_changes_nothing_is_refused(api, running):
    ada = api.user("Ada")
    await ada.say("/menu")
    answer = await ada.press("Stay")
    assert answer.alert
    assert answer.text == (
        "Message is not modified: specified new message content and reply markup are exactly the same as a current "
        "content and reply markup of the message"
    )


async def test_two_people_do_not_see_each_others_chats(api, running):
    ada, binh = api.user("Ada"), api.user("Bình")
    await asyncio.gather(ada.say("a"), binh.say("b"))
    assert [message.text for message in binh.messages] == ["b", "You said: b"]


async def test_an_inline_query_gets_results(api, running):
    answer = await api.user("Ada").inline("laos")
    assert (answer.results[0]["title"], answer.results[0]["text"].text) == ("About laos", "About laos")
    assert (answer.cache_time, answer.is_personal, answer.button["start_parameter"]) == (7, True, "settings")


async def test_the_bot_is_told_of_blocks_and_of_groups(api, running):
    ada = api.user("Ada")
    await ada.say("hello")
    ada.block()
    assert (await ada.say("hello again")).text == "You said: hello again"  # writing unblocks
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    group.add_bot(ada, admin=True)
    group.kick_bot(ada)
    group.add_bot(ada)
    await ada.say("/menu", chat=group)
    assert running.bot_data["seen"] == [
        ("private", "member", "kicked"),
        ("private", "kicked", "member"),
        ("supergroup", "left", "member"),
        ("supergroup", "member", "administrator"),
        ("supergroup", "administrator", "kicked"),
        ("supergroup", "kicked", "member"),
    ]


async def test_privacy_mode_shows_the_bot_of_a_group_what_is_meant_for_it(api, running):
    ada = api.user("Ada")
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    ada.write("nothing for bots", chat=group)
    ada.write("/menu@other_bot", chat=group)
    reply = await ada.say("🎉 /menu@diplomacy_digest_bot", chat=group)
    again = await ada.say("and you?", chat=group, reply_to=reply)
    assert [each.text for each in group.messages if each.by_bot] == [reply.text, again.text]
    assert again.text == "You said: and you?"


async def test_a_bot_that_is_silent_fails_the_one_who_waits(api):
    with pytest.raises(TimeoutError, match="A reply to 'hello' did not come within"):
        await api.user("Ada").say("hello", within=0.05)


async def test_buttons_in_a_group_are_for_its_members(api, running):
    ada, eve = api.user("Ada"), api.user("Eve")
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    await ada.say("/menu", chat=group)
    assert (await ada.press("Count", chat=group)).text == "1!"
    with pytest.raises(ValueError, match="Eve is not in Friends"):
        await eve.press("Count", chat=group)


# What is refused


@pytest.fixture
def ada(api):
    person = api.user("Ada")
    person.write("/start")
    return person


BAD_TEXTS = {
    "empty": ({"text": ""}, "Bad Request: message text is empty"),
    "missing": ({}, "Bad Request: message text is empty"),
    "blank": ({"text": " \n "}, "Bad Request: text must be non-empty"),
    "empty after parsing": ({"text": "<b></b>", "parse_mode": "HTML"}, "Bad Request: text must be non-empty"),
    "too long": ({"text": "a" * 4097}, "Bad Request: message is too long"),
    "too long in UTF-16": ({"text": "🎉" * 2049}, "Bad Request: message is too long"),
    "far too long": ({"text": "a" * 40_000}, "Bad Request: text is too long"),
    "unclosed": (
        {"text": "<b>a", "parse_mode": "HTML"},
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    "unknown mode": ({"text": "a", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
    "half a surrogate": ({"text": "a\ud800"}, "Bad Request: strings must be encoded in UTF-8"),
    "chat missing": ({"text": "a", "chat_id": ""}, "Bad Request: chat_id is empty"),
    "chat unknown": ({"text": "a", "chat_id": 5}, "Bad Request: chat not found"),
    "channel unknown": ({"text": "a", "chat_id": "@nobody"}, "Bad Request: chat not found"),
    "thread unknown": ({"text": "a", "message_thread_id": 9}, "Bad Request: message thread not found"),
    "reply to nothing": (
        {"text": "a", "reply_parameters": {"message_id": 99}},
        "Bad Request: message to be replied not found",
    ),
    "preview of no address": (
        {"text": "a", "link_preview_options": {"url": "nowhere"}},
        "Bad Request: wrong HTTP URL specified",
    ),
    "preview no object": (
        {"text": "a", "link_preview_options": "{"},
        "Bad Request: can't parse link preview options JSON object",
    ),
    "entity beyond the text": (
        {"text": "a", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2",
    ),
}


async def call(api: BotApi, method: str, body=None, **form) -> tuple[int, dict]:
    """A request by hand, where PTB would not send such a thing."""
    url = f"{api.base_url}/bot{api.token}/{method}"
    async with aiohttp.ClientSession() as session, session.post(url, json=body, data=form or None) as response:
        return response.status, await response.json()


@pytest.mark.parametrize(("body", "description"), BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_a_bad_text_is_refused(api, ada, body, description):
    status, answer = await call(api, "sendMessage", {"chat_id": ada.id} | body)
    assert (status, answer) == (400, {"ok": False, "error_code": 400, "description": description})
    assert (api.refused[-1].description, api.history) == (description, [])


@pytest.mark.parametrize("text", ["a" * 4096, "🎉" * 2048, "<b>" + "a" * 4096 + "</b>", "a" * 4096 + "  \n"])
async def test_a_text_that_just_fits_is_accepted(bot, ada, text):
    sent = await bot.send_message(ada.id, text, parse_mode="HTML")
    assert len(sent.text.encode("utf-16-le")) == 2 * 4096


def button(**fields) -> dict:
    return {"inline_keyboard": [[{"text": "b"} | fields]]}


PREFIX = "Bad Request: can't parse inline keyboard button: "
BAD_KEYBOARDS = {
    "data of 65 bytes": (button(callback_data="đ" * 32 + "a"), "Bad Request: BUTTON_DATA_INVALID"),
    "no data": (button(callback_data=""), PREFIX + "Text buttons are unallowed in the inline keyboard"),
    "no action": (button(), PREFIX + "Text buttons are unallowed in the inline keyboard"),
    "no text": (button(text="", callback_data="a"), "Bad Request: inline keyboard button text must be non-empty"),
    "url of no host": (
        button(url="http://localhost"),
        "Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
    ),
    "url of another kind": (
        button(url="ftp://x.org"),
        "Bad Request: inline keyboard button URL 'ftp://x.org' is invalid: Unsupported URL protocol",
    ),
    "style": (button(callback_data="a", style="pink"), PREFIX + "invalid button style specified"),
    "copied text too long": (button(copy_text={"text": "a" * 257}), "Bad Request: BUTTON_COPY_TEXT_INVALID"),
    "web app": (
        button(web_app={"url": "https://x.org"}),
        "Bad Request: BUTTON_TYPE_INVALID (web_app is not known here)",
    ),
    "flat": ({"inline_keyboard": [{"text": "b"}]}, "must be an Array of Arrays"),
    "no button": ({"inline_keyboard": [["b"]]}, PREFIX + "InlineKeyboardButton must be an Object"),
    "no JSON": ("{", "Bad Request: can't parse reply keyboard markup JSON object"),
    "no object": ("[]", "Bad Request: object expected as reply markup"),
    "101 buttons": (
        {"inline_keyboard": [[{"text": "b", "callback_data": "a"}]] * 101},
        "Bad Request: reply markup is too long",
    ),
    "9 in a row": ({"inline_keyboard": [[{"text": "b", "callback_data": "a"}] * 9]}, "reply markup is too long"),
}


@pytest.mark.parametrize(("markup", "description"), BAD_KEYBOARDS.values(), ids=BAD_KEYBOARDS)
async def test_a_bad_keyboard_is_refused(api, ada, markup, description):
    status, answer = await call(api, "sendMessage", {"chat_id": ada.id, "text": "a", "reply_markup": markup})
    assert status == 400
    assert description in answer["description"]


async def test_good_keyboards_are_kept_as_sent(bot, ada):
    rows = [
        [InlineKeyboardButton("64 bytes", callback_data="đ" * 32)],
        [InlineKeyboardButton("web", url="https://x.org/a"), InlineKeyboardButton("tg", url="tg://resolve?domain=x")],
        [InlineKeyboardButton("copy", copy_text=CopyTextButton("a" * 256))],
        [InlineKeyboardButton("share", switch_inline_query="laos")],
        [InlineKeyboardButton("green", callback_data="a", style="success")],
    ]
    sent = await bot.send_message(ada.id, "a", reply_markup=InlineKeyboardMarkup(rows))
    assert sent.reply_markup.to_dict()["inline_keyboard"] == [[each.to_dict() for each in row] for row in rows]
    with pytest.raises(ValueError, match="'web' does not reach the bot"):
        await ada.press("web")


async def test_an_empty_keyboard_is_none(bot, ada):
    assert (await bot.send_message(ada.id, "a", reply_markup=InlineKeyboardMarkup([]))).reply_markup is None


async def test_entities_and_previews_come_back_as_ptb_understands_them(bot, ada):
    sent = await bot.send_message(
        ada.id,
        '🎉 <b>a</b> <a href="https://x.org">b</a> <tg-time unix="1795219200" format="D">t</tg-time>',
        parse_mode="HTML",
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text_html == (
        '🎉 <b>a</b> <a href="https://x.org/">b</a> <tg-time unix="1795219200" format="D">t</tg-time>'
    )
    assert sent.link_preview_options.is_disabled


async def test_markup_edits_alone_and_a_keyboard_left_out_goes_away(bot, ada):
    sent = await bot.send_message(ada.id, "a", reply_markup=keyboard(("A", "a")))
    changed = await bot.edit_message_reply_markup(ada.id, sent.message_id, reply_markup=keyboard(("B", "b")))
    assert changed.reply_markup.inline_keyboard[0][0].text == "B"
    gone = await bot.edit_message_text("b", ada.id, sent.message_id)
    assert (gone.text, gone.reply_markup) == ("b", None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"text": "sent"}, "Message is not modified"),
        ({"text": "a" * 4097}, "Message_too_long"),
        ({"message_id": 99}, "Message to edit not found"),
        ({"message_id": 1}, "Message can't be edited"),
        ({"chat_id": 5}, "Chat not found"),
        ({"text": "<i>", "parse_mode": "HTML"}, "Can't parse entities"),
        (
            {"reply_markup": InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="a" * 65)]])},
            "Button_data_invalid",
        ),
    ],
)
async def test_a_bad_edit_is_refused(bot, ada, change, sentence):
    sent = await bot.send_message(ada.id, "sent")
    with pytest.raises(BadRequest, match=f"^{sentence}"):
        await bot.edit_message_text(**{"chat_id": ada.id, "message_id": sent.message_id, "text": "new"} | change)


async def test_messages_can_be_deleted_for_two_days(bot, ada, clock):
    sent = await bot.send_message(ada.id, "sent")
    later = await bot.send_message(ada.id, "kept")
    assert await bot.delete_message(ada.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(ada.id, sent.message_id)
    clock.seconds = 48 * 3600 + 1
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(ada.id, later.message_id)


async def test_a_press_that_waits_too_long_can_no_longer_be_answered(api, bot, ada):
    await bot.send_message(ada.id, "a", reply_markup=keyboard(("A", "a")))
    press = asyncio.create_task(ada.press("A"))
    (update,) = [each for each in await bot.get_updates(timeout=1, offset=-1) if each.callback_query]
    with pytest.raises(BadRequest, match="Message_too_long"):
        await update.callback_query.answer("a" * 201)
    api.expire_queries()
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await update.callback_query.answer()
    press.cancel()


async def test_unknown_methods_and_tokens_are_refused_like_the_real_ones(api, bot):
    with pytest.raises(EndPointNotFound):
        await bot.do_api_request("sendRichMessage")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{api.base_url}/bot1:wrong/getMe") as response:
            assert (response.status, (await response.json())["description"]) == (401, "Unauthorized")
        async with session.get(f"{api.base_url}/index.html") as response:
            assert response.status == 404


async def test_parameters_come_as_json_form_multipart_or_query(api, ada):
    url = f"{api.base_url}/bot{api.token}/sendmessage"
    values = {"chat_id": str(ada.id), "text": "Đà Nẵng"}
    multipart = aiohttp.FormData(values)
    multipart.add_field("unused", b"content", filename="a.txt")
    async with aiohttp.ClientSession() as session:
        for way in (
            {"json": {"chat_id": ada.id, "text": "Đà Nẵng"}},
            {"data": values},
            {"data": multipart},
            {"params": values},
        ):
            async with session.post(url, **way) as response:
                assert response.status == 200
        async with session.get(url, params=values) as response:
            assert response.status == 200
    assert Counter(message.text for message in ada.messages) == {"Đà Nẵng": 5, "/start": 1}


# Who may be written to


async def test_a_bot_does_not_begin_conversations(api, bot):
    stranger, member = api.user("Stranger"), api.user("Member")
    api.group("Friends", owner=member).add_bot(member)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(stranger.id, "hello")
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(member.id, "hello")


async def test_a_user_who_blocked_the_bot_is_out_of_reach(bot, ada):
    ada.block()
    with pytest.raises(Forbidden, match="Forbidden: bot was blocked by the user"):
        await bot.send_message(ada.id, "hello")
    ada.unblock()
    await bot.send_message(ada.id, "hello")


async def test_an_upgraded_group_says_where_it_went(api, bot, ada):
    group = api.group("Friends", owner=ada, kind="group")
    group.add_bot(ada)
    await bot.send_message(group.id, "before")
    new = group.upgrade()
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(group.id, "after")
    assert caught.value.new_chat_id == new.id
    await bot.send_message(new.id, "after")


async def test_groups_that_the_bot_is_not_in_are_closed_to_it(api, bot, ada):
    group = api.group("Friends", owner=ada, forum=True)
    with pytest.raises(Forbidden, match="bot is not a member of the supergroup chat"):
        await bot.send_message(group.id, "hello")
    group.add_bot(ada)
    group.kick_bot(ada)
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(group.id, "hello")
    group.add_bot(ada)
    assert await bot.leave_chat(group.id)
    with pytest.raises(Forbidden, match="bot is not a member"):
        await bot.send_message(group.id, "hello")


async def test_forum_topics_are_known_and_can_be_closed(api, bot, ada):
    group = api.group("Friends", owner=ada, forum=True)
    group.add_bot(ada)
    laos = group.thread("Laos")
    sent = await bot.send_message(group.id, "hello", message_thread_id=laos)
    assert (sent.message_thread_id, sent.is_topic_message, api.history[-1].thread_id) == (laos, True, laos)
    group.close(laos)
    with pytest.raises(BadRequest, match="Topic_closed"):
        await bot.send_message(group.id, "hello", message_thread_id=laos)


async def test_a_channel_is_written_to_by_administrators(api, bot, ada):
    channel = api.group("News", owner=ada, kind="channel", username="news")
    channel.add_bot(ada)
    sent = await bot.send_message("@news", "hello")
    assert (sent.chat.id, sent.from_user, sent.sender_chat.title) == (channel.id, None, "News")
    assert api.history[-1].chat_id == channel.id
    channel.demote_bot(ada)
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(channel.id, "hello")


async def test_members_and_administrators_are_told_apart(api, bot, ada):
    binh, chi = api.user("Bình"), api.user("Chi")
    group = api.group("Friends", owner=ada, admins=[binh], members=[chi])
    group.add_bot(ada)
    assert {each.user.id: each.status for each in await bot.get_chat_administrators(group.id)} == {
        ada.id: "creator",
        binh.id: "administrator",
    }
    assert (await bot.get_chat_member(group.id, chi.id)).status == "member"
    assert (await bot.get_chat(group.id)).title == "Friends"
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(group.id, 77)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(ada.id)


# The bot's own profile


async def test_commands_are_kept_by_scope_and_language(bot, ada):
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("digest", "Bản tin hôm nay")], scope=scope, language_code="vi")
    assert [each.command for each in await bot.get_my_commands(scope=scope, language_code="vi")] == ["digest"]
    assert await bot.get_my_commands() == ()
    await bot.set_my_commands([BotCommand("admin", "Only here")], scope=BotCommandScopeChat(ada.id))
    await bot.delete_my_commands(scope=scope, language_code="vi")
    assert await bot.get_my_commands(scope=scope, language_code="vi") == ()


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"commands": [("Digest", "a")]}, "Bot_command_invalid"),
        ({"commands": [("dig-est", "a")]}, "Bot_command_invalid"),
        ({"commands": [("a" * 33, "a")]}, "Command length must not exceed 32"),
        ({"commands": [("", "a")]}, "Command must be non-empty"),
        ({"commands": [("digest", "")]}, "Command description must be non-empty"),
        ({"commands": [("digest", "a" * 257)]}, "Command description length must not exceed 256"),
        ({"commands": [("digest", "a")] * 101}, "Bot_commands_too_much"),
        ({"commands": [], "language_code": "vie"}, "Invalid language code specified"),
        ({"commands": [], "scope": BotCommandScopeChat(5)}, "Chat not found"),
    ],
)
async def test_bad_commands_are_refused(bot, request_, sentence):
    with pytest.raises(BadRequest, match=f"^{sentence}"):
        await bot.set_my_commands(**request_)


async def test_the_profile_is_kept_by_language(bot):
    await bot.set_my_description("Tin đối ngoại", language_code="vi")
    await bot.set_my_short_description("News")
    await bot.set_my_name("Bản tin", language_code="vi")
    assert (await bot.get_my_description(language_code="vi")).description == "Tin đối ngoại"
    assert (await bot.get_my_short_description(language_code="vi")).short_description == "News"
    assert (await bot.get_my_name()).name == "Diplomacy Digest"
    with pytest.raises(BadRequest, match="Short description is too long"):
        await bot.set_my_short_description("a" * 121)


async def test_chat_actions_are_known(api, bot, ada):
    await bot.send_chat_action(ada.id, "typing")
    assert api.world.actions == [(ada.id, "typing")]
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(ada.id, "dancing")


# Updates


async def test_an_update_is_given_again_until_it_is_confirmed(api, bot, ada):
    ada.write("second")
    first = await bot.get_updates(timeout=0)
    again = await bot.get_updates(timeout=0)
    assert [each.message.text for each in again] == ["/start", "second"]
    rest = await bot.get_updates(offset=first[0].update_id + 1, timeout=0)
    assert [each.message.text for each in rest] == ["second"]
    assert await bot.get_updates(offset=first[1].update_id + 1, timeout=0) == ()


async def test_a_second_poller_ends_the_first_with_a_conflict(api, bot):
    application = an_application(api)
    async with application.bot as other:
        first = asyncio.create_task(bot.get_updates(timeout=5))
        await api.polled()
        second = asyncio.create_task(other.get_updates(timeout=5))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        api.user("Ada").write("hello")
        assert (await second)[0].message.text == "hello"


async def test_only_wanted_kinds_of_updates_are_queued(api, bot, ada):
    (start,) = await bot.get_updates(timeout=0, allowed_updates=["my_chat_member"])
    ada.write("unheard")
    ada.block()
    (update,) = await bot.get_updates(offset=start.update_id + 1, timeout=0)
    assert update.my_chat_member.new_chat_member.status == "kicked"


async def test_a_webhook_gets_updates_in_order_and_once_more_after_a_failure(api, bot):
    got = []
    answers = [500]

    async def hook(request):
        status = answers.pop() if answers else 200
        secret = request.headers["X-Telegram-Bot-Api-Secret-Token"]
        got.append((status, secret, (await request.json())["message"]["text"]))
        api.world.change()
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    with pytest.raises(BadRequest, match="Bad webhook: an https url must be provided"):
        await bot.set_webhook("localhost")
    await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token="s3cret")
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates(timeout=0)
    ada = api.user("Ada")
    ada.write("one")
    ada.write("two")
    await ada.wait_for(lambda: len(got) == 3, what="The third call")
    assert got == [(500, "s3cret", "one"), (200, "s3cret", "one"), (200, "s3cret", "two")]
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    await runner.cleanup()


# Trouble on purpose


FAULTS = {
    "flood": (RetryAfter, 0),
    "error": (NetworkError, 0),
    "reset": (NetworkError, 0),
    "hang": (TimedOut, 0),
    "silent": (TimedOut, 1),
    "lost": (NetworkError, 1),
    "garbage": (TelegramError, 1),
}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_fault_meets_the_request_once_and_says_whether_it_was_accepted(api, bot, ada, kind):
    error, accepted = FAULTS[kind]
    api.fail(kind, method="sendMessage", times=1)
    with pytest.raises(error):
        await bot.send_message(ada.id, "first", read_timeout=0.1)
    assert len(api.history) == accepted
    await bot.send_message(ada.id, "second")
    assert api.history[-1].text == "second"


async def test_a_fault_is_for_one_chat_and_for_as_often_as_its_coin_says(api, bot, ada):
    binh = api.user("Bình")
    binh.write("/start")
    coin = iter([True, False])
    api.fail("error", chat=ada.id, when=lambda: next(coin))
    await bot.send_message(binh.id, "not met")
    with pytest.raises(NetworkError):
        await bot.send_message(ada.id, "met")
    await bot.send_message(ada.id, "let off")
    api.heal()
    await bot.send_message(ada.id, "healed")


async def test_a_flood_lasts_until_its_time_is_over(api, bot, ada, clock):
    api.fail("flood", chat=ada.id, retry_after=3)
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(ada.id, "too early")
    assert caught.value.retry_after == timedelta(seconds=3)
    clock.seconds = 2.5
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(ada.id, "too early")
    assert caught.value.retry_after == timedelta(seconds=1)
    clock.seconds = 3
    await bot.send_message(ada.id, "in time")


async def test_limits_are_kept_per_chat_per_group_and_overall(api, bot, ada, clock):
    binh = api.user("Bình")
    binh.write("/start")
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    api.limit(Limits(overall=(4, 1.0), chat=(1, 1.0), group=(2, 60.0)))
    accepted = {}
    for second in range(3):
        clock.seconds = float(second)
        for chat_id in (ada.id, ada.id, binh.id, group.id):
            try:
                await bot.send_message(chat_id, "hello")
                accepted[chat_id] = accepted.get(chat_id, 0) + 1
            except RetryAfter:
                pass
    assert accepted == {ada.id: 3, binh.id: 3, group.id: 2}
    api.limit(Limits(overall=(1, 1.0)))
    clock.seconds = 10
    await bot.send_message(ada.id, "hello")
    with pytest.raises(RetryAfter):
        await bot.send_message(binh.id, "hello")


async def test_the_application_goes_on_after_a_fault_in_its_poll(api, running):
    api.fail("garbage", method="getUpdates", times=1)
    api.world.updates.wake()
    assert (await api.user("Ada").say("still there?")).text == "You said: still there?"


async def test_history_keeps_what_was_accepted_in_order_with_its_time(api, bot, ada, clock):
    sent = await bot.send_message(ada.id, "<b>one</b>", parse_mode="HTML")
    clock.seconds = 2
    await bot.edit_message_text("two", ada.id, sent.message_id)
    await bot.delete_message(ada.id, sent.message_id)
    assert [(each.method, each.chat_id, each.message_id, each.text, each.at) for each in api.history] == [
        ("sendMessage", ada.id, sent.message_id, "<b>one</b>", 0.0),
        ("editMessageText", ada.id, sent.message_id, "two", 2.0),
        ("deleteMessage", ada.id, sent.message_id, "", 2.0),
    ]


async def test_inline_results_are_checked(api, ada):
    content = {"message_text": "<b>a", "parse_mode": "HTML"}
    result = {"type": "article", "id": "1", "title": "a", "input_message_content": content}
    asking = asyncio.create_task(ada.inline("laos"))
    await asyncio.sleep(0)
    query_id = next(iter(api.world.queries))
    for results, sentence in (
        ([result], "can't parse entities"),
        ([result | {"type": "photo"}], 'type "photo" is unsupported'),
        ([result | {"input_message_content": {"message_text": "a"}}] * 2, "RESULT_ID_DUPLICATE"),
        ([{}] * 51, "too many inline query results specified"),
    ):
        _, answer = await call(api, "answerInlineQuery", inline_query_id=query_id, results=json.dumps(results))
        assert sentence in answer["description"]
    asking.cancel()
