"""Files, pictures, keyboards and inline results of our Telegram."""

import asyncio

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeChatMember,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest

from playground.about import visible_commands, visible_profile
from playground.botapi import BotApi
from tests.test_botapi import an_application, call


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
async def api():
    async with BotApi() as opened:
        yield opened


@pytest.fixture
async def bot(api):
    async with an_application(api).bot as opened:
        yield opened


@pytest.fixture
def ada(api):
    person = api.user("Ada")
    person.write("/start")
    return person


def png(width: int, height: int) -> bytes:
    """As much of a picture as tells its size."""
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + width.to_bytes(4, "big") + height.to_bytes(4, "big")


async def test_a_document_goes_out_comes_back_and_is_sent_again_by_its_id(api, bot, ada) -> None:
    sent = await bot.send_document(
        ada.id, b'{"chat": 1}', filename="dữ liệu.json", caption="<b>Yours</b>", parse_mode="HTML"
    )
    assert (sent.document.file_name, sent.document.file_size, sent.caption_html) == ("dữ liệu.json", 11, "<b>Yours</b>")
    again = await bot.send_document(ada.id, sent.document.file_id)
    assert again.document.file_unique_id == sent.document.file_unique_id
    found = await bot.get_file(sent.document.file_id)
    status = await bot.request.retrieve(f"{api.base_url}/file/bot{api.token}/{sent.document.file_id}")
    assert (found.file_size, status) == (11, b'{"chat": 1}')
    assert ada.last.file.content == b'{"chat": 1}'


async def test_a_persons_file_reaches_the_bot(bot, ada) -> None:
    ada.send_file("feeds.opml", b"<opml/>", mime_type="text/x-opml")
    update = (await bot.get_updates(timeout=0))[-1]
    assert (update.message.document.file_name, update.message.document.mime_type) == ("feeds.opml", "text/x-opml")


async def test_a_picture_has_its_size_and_an_edited_caption(bot, ada) -> None:
    sent = await bot.send_photo(ada.id, png(640, 300), caption="one")
    assert (sent.photo[0].width, sent.photo[0].height) == (640, 300)
    edited = await bot.edit_message_caption(ada.id, sent.message_id, caption="<i>two</i>", parse_mode="HTML")
    assert edited.caption_html == "<i>two</i>"
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await bot.edit_message_text("three", ada.id, sent.message_id)
    text = await bot.send_message(ada.id, "text")
    with pytest.raises(BadRequest, match="There is no caption in the message to edit"):
        await bot.edit_message_caption(ada.id, text.message_id, caption="x")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no picture", "Image_process_failed"),
        (png(9_000, 1_001), "Photo_invalid_dimensions"),
        (png(2_100, 100), "Photo_invalid_dimensions"),
    ],
)
async def test_a_bad_picture_is_refused(bot, ada, content, sentence) -> None:
    with pytest.raises(BadRequest, match=sentence):
        await bot.send_photo(ada.id, content)


async def test_a_caption_has_1024_characters_at_most(bot, ada) -> None:
    await bot.send_document(ada.id, b"x", filename="a", caption="đ" * 1024)
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_document(ada.id, b"x", filename="a", caption="đ" * 1025)


async def test_several_messages_are_deleted_and_the_unknown_skipped(bot, ada) -> None:
    sent = [await bot.send_message(ada.id, str(n)) for n in range(3)]
    assert await bot.delete_messages(ada.id, [sent[0].message_id, 999, sent[2].message_id])
    assert [each.text for each in ada.messages if each.by_bot] == ["1"]
    with pytest.raises(BadRequest, match="Too many message identifiers specified"):
        await bot.delete_messages(ada.id, list(range(1, 102)))


async def test_a_reply_is_asked_for_with_a_placeholder(api, bot, ada) -> None:
    await bot.send_message(ada.id, "Which words?", reply_markup=ForceReply(input_field_placeholder="lao consul"))
    assert ada.last.keyboard == {"force_reply": True, "input_field_placeholder": "lao consul"}
    status, answer = await call(
        api, "sendMessage",
        {"chat_id": ada.id, "text": "a", "reply_markup": {"force_reply": True, "input_field_placeholder": "a" * 65}},
    )  # fmt: skip
    assert (status, answer["description"]) == (400, "Bad Request: input field placeholder is too long")
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await bot.edit_message_reply_markup(ada.id, ada.last.id, reply_markup=ForceReply())


async def test_a_keyboard_of_replies_asks_for_a_chat_in_private_only(api, bot, ada) -> None:
    button = KeyboardButton("Channel", request_chat=KeyboardButtonRequestChat(1, chat_is_channel=True))
    keyboard = ReplyKeyboardMarkup([[button], ["No"]], one_time_keyboard=True, resize_keyboard=True)
    await bot.send_message(ada.id, "Which?", reply_markup=keyboard)
    assert [[key["text"] for key in row] for row in ada.last.keyboard["keyboard"]] == [["Channel"], ["No"]]
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    with pytest.raises(BadRequest, match="Button_type_invalid"):
        await bot.send_message(group.id, "Which?", reply_markup=keyboard)
    await bot.send_message(ada.id, "Done", reply_markup=ReplyKeyboardRemove())
    assert ada.last.keyboard == {"remove_keyboard": True}


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        ({"keyboard": [{"text": "a"}]}, "must be an Array of Arrays"),
        ({"keyboard": [[{"text": " "}]]}, "keyboard button text must be non-empty"),
        ({"keyboard": [[{"text": "a", "request_poll": {}}]]}, "request_poll is not known here"),
        ({"keyboard": [[{"text": "a", "request_chat": {"request_id": 1}}]]}, "chat_is_channel"),
        ({"selective": True}, "can't parse reply keyboard markup JSON object"),
    ],
)
async def test_a_bad_keyboard_of_replies_is_refused(api, ada, markup, sentence) -> None:
    status, answer = await call(api, "sendMessage", {"chat_id": ada.id, "text": "a", "reply_markup": markup})
    assert status == 400
    assert sentence in answer["description"]


async def test_a_picked_inline_result_is_edited_by_its_own_id(api, bot, ada) -> None:
    asking = asyncio.create_task(ada.inline("laos"))
    query = next(each.inline_query for each in await bot.get_updates(timeout=2, offset=-1) if each.inline_query)
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("More", callback_data="more")]])
    result = InlineQueryResultArticle(
        "1", "Laos", InputTextMessageContent("About <b>Laos</b>", "HTML"), reply_markup=keys
    )
    await query.answer([result])
    picked = ada.choose(await asking, 0)
    assert (picked.html, picked.via_bot, picked.by_bot) == ("About <b>Laos</b>", True, False)
    pressing = asyncio.create_task(ada.press("More"))
    update = next(each for each in await bot.get_updates(timeout=2, offset=-1) if each.callback_query)
    assert update.callback_query.message is None
    assert await bot.edit_message_text("Edited", inline_message_id=update.callback_query.inline_message_id) is True
    await update.callback_query.answer("ok")
    assert (await pressing).text == "ok"
    assert ada.messages[-1].text == "Edited"
    with pytest.raises(BadRequest, match="Message_id_invalid"):
        await bot.edit_message_text("x", inline_message_id="nothing")


async def test_the_narrowest_scope_in_the_readers_language_makes_the_menu(api, bot, ada) -> None:
    binh = api.user("Bình", language_code="vi")
    group = api.group("Friends", owner=ada, members=[binh])
    group.add_bot(ada)

    def seen(chat, user) -> str:
        return " ".join(each["command"] for each in visible_commands(api.world, chat.chat, user.id))

    steps = [
        ({}, ("default", "default", "default")),
        ({"scope": BotCommandScopeAllPrivateChats()}, ("private", "default", "default")),
        ({"scope": BotCommandScopeAllGroupChats()}, ("private", "group", "group")),
        ({"scope": BotCommandScopeAllGroupChats(), "language_code": "vi"}, ("private", "group", "vi")),
        ({"scope": BotCommandScopeAllChatAdministrators()}, ("private", "admin", "vi")),
        ({"scope": BotCommandScopeChat(group.id)}, ("private", "chat", "chat")),
        ({"scope": BotCommandScopeChatMember(group.id, binh.id)}, ("private", "chat", "member")),
    ]
    for (given, expected), name in zip(
        steps, ("default", "private", "group", "vi", "admin", "chat", "member"), strict=True
    ):
        await bot.set_my_commands([BotCommand(name, "x")], **given)
        assert (seen(ada, ada), seen(group, ada), seen(group, binh)) == expected, name


async def test_the_description_is_shown_in_the_readers_language(api, bot) -> None:
    binh, ada = api.user("Bình", language_code="vi"), api.user("Ada")
    await bot.set_my_description("News")
    await bot.set_my_description("Tin", language_code="vi")
    assert [visible_profile(api.world, "description", each.id) for each in (ada, binh)] == ["News", "Tin"]
    assert visible_profile(api.world, "name", ada.id) == "Diplomacy Digest"
