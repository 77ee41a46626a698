"""Groups, channels, forums and pins of our Telegram, and the rights a bot needs in them."""

import pytest
from telegram import Update
from telegram.error import BadRequest, Forbidden

from playground.botapi import BotApi
from tests.test_botapi import an_application


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


async def kinds(bot, *, allowed=None) -> list[tuple[str, Update]]:
    """The updates that wait, with their kinds."""
    updates = await bot.get_updates(timeout=0, allowed_updates=allowed)
    if updates:
        await bot.get_updates(timeout=0, offset=updates[-1].update_id + 1)
    return [(next(iter(each.to_dict().keys() - {"update_id"})), each) for each in updates]


async def test_what_a_channel_posts_is_a_channel_post_of_the_channel(api, bot, ada) -> None:
    channel = api.group("News", owner=ada, members=[reader := api.user("Reader")], kind="channel")
    channel.add_bot(ada)
    await kinds(bot)
    post = ada.write("first", chat=channel)
    ada.edit(post, "second", chat=channel)
    (kind, first), (edited, second) = await kinds(bot)
    assert (kind, edited) == ("channel_post", "edited_channel_post")
    assert (first.channel_post.from_user, first.channel_post.sender_chat.title) == (None, "News")
    assert (second.edited_channel_post.text, second.edited_channel_post.edit_date is not None) == ("second", True)
    with pytest.raises(ValueError, match="Reader only reads News"):
        reader.write("me too", chat=channel)


async def test_an_edited_message_is_told_as_such(bot, ada) -> None:
    await kinds(bot)
    ada.edit(ada.write("/seach"), "/search")
    (_, first), (kind, second) = await kinds(bot)
    assert (first.message.text, kind, second.edited_message.text) == ("/seach", "edited_message", "/search")


async def test_comings_and_goings_are_told_to_an_administrator_who_asked(api, bot, ada) -> None:
    binh = api.user("Bình")
    group = api.group("Friends", owner=ada)
    group.add_bot(ada, admin=True)
    await kinds(bot, allowed=["message", "chat_member", "my_chat_member"])
    group.join(binh)
    group.promote(binh, by=ada)
    group.demote(binh, by=ada)
    group.leave(binh)
    told = await kinds(bot)
    changes = [
        (each.chat_member.old_chat_member.status, each.chat_member.new_chat_member.status)
        for kind, each in told
        if kind == "chat_member"
    ]
    assert changes == [("left", "member"), ("member", "administrator"), ("administrator", "member"), ("member", "left")]
    services = [each.message for kind, each in told if kind == "message"]
    assert (services[0].new_chat_members[0].first_name, services[1].left_chat_member.first_name) == ("Bình", "Bình")
    assert await bot.get_chat_member_count(group.id) == 2


async def test_comings_and_goings_are_not_told_unasked(api, bot, ada) -> None:
    group = api.group("Friends", owner=ada)
    group.add_bot(ada, admin=True)
    await kinds(bot)
    group.join(api.user("Bình"))
    assert [kind for kind, _ in await kinds(bot)] == ["message"]


async def test_a_bot_that_may_only_read_does_not_write(api, bot, ada) -> None:
    group = api.group("Friends", owner=ada)
    group.add_bot(ada)
    group.mute_bot(ada)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(group.id, "hello")
    assert (await bot.get_chat_member(group.id, bot.id)).status == "restricted"


async def test_a_deleted_account_is_out_of_reach(bot, ada) -> None:
    ada.go()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(ada.id, "hello")


async def test_an_administrator_has_the_rights_it_was_given(api, bot, ada) -> None:
    group = api.group("Friends", owner=ada, forum=True)
    group.add_bot(ada, admin=True)
    theirs = ada.write("hello", chat=group)
    sent = await bot.send_message(group.id, "hello")
    group.allow_bot("can_manage_chat")
    member = await bot.get_chat_member(group.id, bot.id)
    assert (member.can_manage_chat, member.can_pin_messages) == (True, False)
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages in the chat"):
        await bot.pin_chat_message(group.id, sent.message_id)
    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, theirs.id)
    with pytest.raises(BadRequest, match="Not enough rights to create a topic"):
        await bot.create_forum_topic(group.id, "Laos")
    channel = api.group("News", owner=ada, kind="channel")
    channel.add_bot(ada)
    channel.allow_bot("can_edit_messages")
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(channel.id, "hello")


async def test_pins_are_kept_told_and_taken_away(bot, ada) -> None:
    one, two = [await bot.send_message(ada.id, text) for text in ("one", "two")]
    await kinds(bot)
    assert await bot.pin_chat_message(ada.id, one.message_id)
    assert await bot.pin_chat_message(ada.id, one.message_id)  # twice is once
    await bot.pin_chat_message(ada.id, two.message_id)
    told = [each.message.pinned_message.text for _, each in await kinds(bot)]
    assert told == ["one", "two"]
    assert (await bot.get_chat(ada.id)).pinned_message.text == "two"
    assert await bot.unpin_chat_message(ada.id)
    assert (await bot.get_chat(ada.id)).pinned_message.text == "one"
    with pytest.raises(BadRequest, match="Message to unpin not found"):
        await bot.unpin_chat_message(ada.id, two.message_id)
    with pytest.raises(BadRequest, match="Message to pin not found"):
        await bot.pin_chat_message(ada.id, 999)
    await bot.delete_message(ada.id, one.message_id)
    assert (await bot.get_chat(ada.id)).pinned_message is None
    await bot.pin_chat_message(ada.id, two.message_id)
    assert await bot.unpin_all_chat_messages(ada.id)
    assert (await bot.get_chat(ada.id)).pinned_message is None


async def test_a_bot_opens_renames_closes_and_deletes_topics(api, bot, ada) -> None:
    group = api.group("Friends", owner=ada, forum=True)
    group.add_bot(ada, admin=True)
    topic = await bot.create_forum_topic(group.id, "Laos", icon_color=0xFFD67E)
    thread = topic.message_thread_id
    assert (topic.name, topic.icon_color) == ("Laos", 0xFFD67E)
    await bot.send_message(group.id, "hello", message_thread_id=thread)
    await bot.edit_forum_topic(group.id, thread, name="Lào")
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.edit_forum_topic(group.id, thread, name="Lào")
    await bot.close_forum_topic(group.id, thread)
    with pytest.raises(BadRequest, match="Topic_not_modified"):
        await bot.close_forum_topic(group.id, thread)
    await bot.reopen_forum_topic(group.id, thread)
    kept = [next(iter(each.service)) for each in group.messages if each.service and each.thread_id == thread]
    assert kept == ["forum_topic_edited", "forum_topic_closed", "forum_topic_reopened"]
    await bot.delete_forum_topic(group.id, thread)
    assert [each for each in group.messages if thread in (each.id, each.thread_id)] == []
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "hello", message_thread_id=thread)


@pytest.mark.parametrize(
    ("name", "colour", "sentence"),
    [
        ("", None, "Topic_title_empty"),
        ("a" * 129, None, "Topic_title_too_long"),
        ("Laos", 1, "Topic_icon_color_invalid"),
    ],
)
async def test_a_bad_topic_is_refused(api, bot, ada, name, colour, sentence) -> None:
    group = api.group("Friends", owner=ada, forum=True)
    group.add_bot(ada, admin=True)
    with pytest.raises(BadRequest, match=sentence):
        await bot.create_forum_topic(group.id, name, icon_color=colour)


async def test_where_there_are_no_topics_none_can_be_opened(api, bot, ada) -> None:
    group = api.group("Friends", owner=ada)
    group.add_bot(ada, admin=True)
    for chat_id in (group.id, ada.id):
        with pytest.raises(BadRequest, match="The chat is not a forum"):
            await bot.create_forum_topic(chat_id, "Laos")


async def test_a_chat_is_shared_with_the_bot(api, bot, ada) -> None:
    channel = api.group("News", owner=ada, kind="channel", username="news")
    await kinds(bot)
    ada.share(channel, 7)
    ((_, update),) = await kinds(bot)
    shared = update.message.chat_shared
    assert (shared.request_id, shared.chat_id, shared.title, shared.username) == (7, channel.id, "News", "news")
