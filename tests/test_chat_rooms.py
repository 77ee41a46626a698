"""Groups, forum topics and channels: who is told what, where digests come, and who may say so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import ChatMember

from chat.desks.here import read_asked
from chat.membership import Standing, standing
from digest.places import load_gazetteer
from digest.readers import ChatState
from playground.members import member_json
from playground.nouns import RIGHTS
from render.words import LANGUAGES, load_words
from storage.store import Store
from tests.world import PRESET, World, chat_of, idle, lines_of, running_bot


@pytest.fixture
async def world(news: Path, tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news) as made:
        yield made
        refused = [each for each in made.api.refused if "not modified" not in each.description]
        assert [each for each in refused if each.code == 400 and each.method != "sendChatAction"] == []


async def a_group(world: World, *, language: str = "en", **how):
    """A group whose owner has just added us, and the greeting."""
    ann = world.api.user("Ann", language_code=language)
    bob = world.api.user("Bob")
    group = world.api.group("Union", owner=ann, members=[bob], **how)
    group.add_bot(ann)
    return ann, bob, group, await ann.hears(chat=group)


async def a_channel(world: World, *, started: bool = True, language: str = "en"):
    ann = world.api.user("Ann", language_code=language)
    if started:
        await ann.say("/help")
    channel = world.api.group("Gazette", owner=ann, kind="channel", username="gazette_news")
    since = world.api.world.revision
    channel.add_bot(ann)
    if started:
        await ann.hears(lambda message: "Gazette" in message.text, since=since)
    await idle(world)  # nobody is told of it whom we cannot write to
    return ann, channel


def lose_the_right_to_post(world: World, channel, by) -> None:
    """An admin takes one right away and leaves us the others."""
    us, telegram = world.api.world.bot_id, world.api.world
    before = member_json(telegram, us, "administrator", rights=channel.chat.rights)
    channel.allow_bot(*(RIGHTS - {"can_post_messages"}))
    after = member_json(telegram, us, "administrator", rights=channel.chat.rights)
    change = {"chat": telegram.chat_json(channel.chat), "from": telegram.user_json(by.id), "date": 1_795_000_000}
    telegram.tell("my_chat_member", change | {"old_chat_member": before, "new_chat_member": after}, by.id)


async def settled(world: World, person, group, word: str = "/help") -> None:
    """Everything before this was dealt with: an answer came that was asked for later."""
    await person.say(word, chat=group)


async def morning(world: World) -> None:
    world.clock.forward(hours=2)
    await world.bot.deliver()


# Groups


@pytest.mark.parametrize(("language", "said"), [("en", "Only its admins"), ("vi", "quản trị viên")])
async def test_a_group_is_greeted_once_quietly_in_the_adders_language(world: World, language: str, said: str) -> None:
    _, _, group, hello = await a_group(world, language=language)
    assert said in hello.text
    assert hello.silent
    assert PRESET[language] in [button.text for button in hello.buttons]
    assert sum(message.by_bot for message in group.messages) == 1
    assert (await chat_of(world, group)).title == "Union"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_comes_to_a_group_until_an_admin_chose(world: World, language: str) -> None:
    t = load_words(language).t
    ann, bob, group, _ = await a_group(world, language=language)
    await morning(world)
    assert sum(message.by_bot for message in group.messages) == 1
    assert (await bob.press(PRESET[language], chat=group)).text == t("Only admins of this group can change settings.")
    await ann.press(PRESET[language], chat=group)
    world.clock.forward(hours=24)
    before = len(group.messages)
    await world.bot.deliver()
    assert len(group.messages) > before


async def test_an_anonymous_admin_is_an_admin(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    assert "06:45" in (await ann.say("/time 06:45", chat=group, anonymous=True)).text


async def test_whoever_added_us_is_greeted_in_the_language_they_chose(world: World) -> None:
    ann = world.api.user("Ann", language_code="en")
    await ann.say("/language tiếng việt")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann)
    assert "quản trị viên" in (await ann.hears(chat=group)).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_thrown_out_and_asked_back_nothing_comes_before_an_admin_says_so(world: World, language: str) -> None:
    t = load_words(language).t
    ann, _, group, _ = await a_group(world, language=language)
    await ann.press(PRESET[language], chat=group)
    group.kick_bot(ann)
    world.clock.forward(hours=3)
    await world.bot.deliver()
    assert (await chat_of(world, group)).state is ChatState.REFUSED
    since = world.api.world.revision
    group.add_bot(ann)
    again = await ann.hears(chat=group, since=since)
    assert (await chat_of(world, group)).state is ChatState.REFUSED
    await ann.press(t("Go on as before"), message=again, chat=group)
    assert (await chat_of(world, group)).state is ChatState.ACTIVE


async def test_silenced_in_a_group_its_digests_rest_until_we_may_write_again(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    await ann.say("/help")
    await ann.press(PRESET["en"], chat=group)
    since = world.api.world.revision
    group.mute_bot(ann)
    assert "write there" in (await ann.hears(since=since)).text
    assert (await chat_of(world, group)).state is ChatState.REFUSED
    group.add_bot(ann)
    await settled(world, ann, group)
    assert (await chat_of(world, group)).state is ChatState.ACTIVE


async def test_promotion_and_demotion_change_nothing(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    await ann.press(PRESET["en"], chat=group)
    group.add_bot(ann, admin=True)
    group.demote_bot(ann)
    await settled(world, ann, group)
    assert (await chat_of(world, group)).state is ChatState.ACTIVE
    assert sum("Only its admins" in message.text for message in group.messages) <= 1


async def test_a_group_that_becomes_a_supergroup_is_not_greeted_anew(world: World) -> None:
    ann, _, group, _ = await a_group(world, kind="group")
    await ann.press(PRESET["en"], chat=group)
    new = group.upgrade()
    # As Telegram does: https://github.com/tdlib/telegram-bot-api/issues/266
    new.chat.members[world.api.world.bot_id] = "left"
    new.add_bot(ann)
    await settled(world, ann, new)
    assert not any("Only its admins" in message.text for message in new.messages)
    assert (await chat_of(world, new)).state is ChatState.ACTIVE
    assert await chat_of(world, group) is None


async def test_another_group_of_the_same_name_is_left_alone(world: World) -> None:
    ann, _, group, _ = await a_group(world, kind="group")
    await ann.press(PRESET["en"], chat=group)
    other = world.api.group("Union", owner=ann)
    other.add_bot(ann)
    await ann.hears(chat=other)
    assert (await chat_of(world, group)).state is ChatState.ACTIVE
    assert (await chat_of(world, other)).state is ChatState.STOPPED


async def test_the_title_of_a_group_is_kept_up_to_date(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    group.rename("Union of Friends", ann)
    await settled(world, ann, group)
    assert (await chat_of(world, group)).title == "Union of Friends"


# Forum topics


@pytest.mark.parametrize("language", LANGUAGES)
async def test_here_moves_the_only_subscription_into_the_topic(world: World, language: str) -> None:
    t = load_words(language).t
    ann, bob, group, _ = await a_group(world, language=language, forum=True)
    await ann.press(PRESET[language], chat=group)
    laos = group.thread("Laos")
    assert (await bob.say("/here", chat=group, thread=laos)).text == t("Only admins of this group can change settings.")
    all_news = {"en": "All topics · Viet Nam", "vi": "Mọi chủ đề · Việt Nam"}[language]
    assert all_news in (await ann.say("/here", chat=group, thread=laos)).text
    await morning(world)
    assert [message.thread_id for message in group.messages if message.by_bot][-1] == laos
    assert len(await lines_of(world, group)) == 1


async def test_here_with_words_begins_a_subscription_of_the_topic(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    await ann.press(PRESET["en"], chat=group)
    thread = group.thread("Laos")
    reply = await ann.say("/here Lào, climate, viet nam - cuba, Narnia", chat=group, thread=thread)
    assert "Narnia" in reply.text
    first, second = await lines_of(world, group)
    assert (first.thread_id, second.thread_id) == (0, thread)
    wishes = second.wishes
    assert (wishes.places, wishes.topics, wishes.pairs) == ({"LA"}, {"climate"}, {"CU-VN"})
    await ann.say("/here Lào, climate, viet nam - cuba", chat=group, thread=thread)
    assert len(await lines_of(world, group)) == 2


async def test_here_with_words_alone_does_not_bring_everything_else(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    thread = group.thread("Laos")
    await ann.say("/here laos", chat=group, thread=thread)
    (line,) = await lines_of(world, group)
    assert (line.thread_id, line.wishes.places) == (thread, {"LA"})
    assert (await chat_of(world, group)).state is ChatState.ACTIVE


async def test_here_with_words_wakes_nothing_else_that_was_stopped(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    await ann.press(PRESET["en"], chat=group)
    await ann.say("/here cuba", chat=group, thread=group.thread("Cuba"))
    await ann.say("/stop", chat=group)
    await ann.say("/here laos", chat=group, thread=group.thread("Laos"))
    lines = await lines_of(world, group)
    assert [(sorted(line.wishes.places), line.paused) for line in lines] == [
        (["VN"], True), (["CU"], True), (["LA"], False)
    ]  # fmt: skip
    assert (await chat_of(world, group)).state is ChatState.ACTIVE


async def test_here_before_anything_was_chosen_offers_choices_for_the_topic(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    thread = group.thread("News")
    reply = await ann.say("/here", chat=group, thread=thread)
    await ann.press(PRESET["en"], message=reply, chat=group)
    (line,) = await lines_of(world, group)
    assert (line.thread_id, line.wishes.places) == (thread, {"VN"})


async def test_here_asks_which_of_several(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    await ann.press(PRESET["en"], chat=group)
    thread = group.thread("Laos")
    await ann.say("/here laos", chat=group, thread=group.thread("Cuba"))
    question = await ann.say("/here", chat=group, thread=thread)
    assert "Which" in question.text
    await ann.press("All topics · Laos", message=question, chat=group)
    assert [line.thread_id for line in await lines_of(world, group)] == [0, thread]


async def test_here_with_words_that_mean_nothing_says_how(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    reply = await ann.say("/here xyzzyx", chat=group, thread=group.thread("Laos"))
    assert "xyzzyx" in reply.text
    assert "/here Laos, climate" in reply.text
    assert len(await lines_of(world, group)) == 1


async def test_here_in_private_points_to_groups(world: World) -> None:
    ann = world.api.user("Ann")
    assert "/channels" in (await ann.say("/here")).text
    assert await lines_of(world, ann) == []


async def test_a_command_in_another_topic_begins_no_subscription(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    await ann.press(PRESET["en"], chat=group)
    await ann.say("/settings", chat=group, thread=group.thread("Chatter"))
    assert len(await lines_of(world, group)) == 1


async def test_a_closed_topic_rests_alone_and_goes_on_when_it_is_reopened(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    await ann.say("/help")
    await ann.press(PRESET["en"], chat=group)
    thread = group.thread("Laos")
    await ann.say("/here laos", chat=group, thread=thread)
    group.close(thread)
    since = world.api.world.revision
    world.clock.forward(hours=2)
    await world.bot.deliver()
    first, second = await lines_of(world, group)
    assert (first.paused, second.paused) == (False, True)
    notice = await ann.hears(lambda message: "closed" in message.text, since=since)
    assert "Laos" in notice.text
    assert any(message.by_bot and message.thread_id is None for message in group.messages)
    group.reopen(thread, ann)
    await settled(world, ann, group)
    assert [line.paused for line in await lines_of(world, group)] == [False, False]
    world.clock.forward(hours=24)
    await world.bot.deliver()
    last = [message for message in group.messages if message.by_bot and message.thread_id == thread][-1]
    assert last.at == world.clock()
    world.api.refused.clear()  # the one refusal by which we learnt of it


async def test_a_reopened_topic_leaves_what_an_admin_paused(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    thread = group.thread("Laos")
    await ann.say("/here laos", chat=group, thread=thread)
    group.close(thread)
    world.clock.forward(hours=2)
    await world.bot.deliver()
    now = world.clock()

    def pause(store: Store) -> None:
        (line,) = store.lines.of(group.id)
        store.lines.set_paused(line.id, True, now=now)

    await world.newsroom.store.run(pause)
    group.reopen(thread, ann)
    await settled(world, ann, group)
    assert [line.paused for line in await lines_of(world, group)] == [True]
    world.api.refused.clear()


async def test_here_again_wakes_a_subscription_whose_topic_is_gone(world: World) -> None:
    ann, _, group, _ = await a_group(world, forum=True)
    thread = group.thread("Laos")
    await ann.say("/here laos", chat=group, thread=thread)
    del group.chat.threads[thread]
    world.clock.forward(hours=2)
    await world.bot.deliver()
    (line,) = await lines_of(world, group)
    assert line.paused
    # Nobody was ever written to in private: so the group itself is told.
    assert any("closed or gone" in message.text for message in group.messages)
    other = group.thread("Laos again")
    await ann.say("/here", chat=group, thread=other)
    (line,) = await lines_of(world, group)
    assert (line.paused, line.thread_id) == (False, other)
    world.api.refused.clear()


@pytest.mark.parametrize(
    ("text", "topics", "places", "unknown"),
    [
        ("laos", set(), {"LA"}, ()),
        ("Lào; khí hậu", {"climate"}, {"LA"}, ()),
        ("ngo, huế", {"ngo"}, {"VN-26"}, ()),
        ("Narnia", set(), set(), ("Narnia",)),
        (" , ;", set(), set(), ()),
    ],
)
def test_what_was_written_is_read_as_topics_and_places(text: str, topics: set, places: set, unknown: tuple) -> None:
    asked, not_known = read_asked(text, load_gazetteer())
    assert (asked.topics, asked.places, not_known) == (topics, places, unknown)


# Channels


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_channel_is_set_up_from_its_admins_private_chat(world: World, language: str) -> None:
    ann, channel = await a_channel(world, language=language)
    assert "Gazette" in ann.last.text
    assert [message for message in channel.messages if message.by_bot] == []
    await ann.press(PRESET[language])
    assert (await chat_of(world, channel)).state is ChatState.ACTIVE
    assert (await lines_of(world, channel))[0].wishes.places == {"VN"}
    assert await lines_of(world, ann) == []
    assert [message for message in channel.messages if message.by_bot] == []
    await morning(world)
    posts = [message for message in channel.messages if message.by_bot]
    assert posts
    assert [button for post in posts for button in post.buttons if button.data] == []


async def test_whoever_never_wrote_to_us_finds_the_channel_under_channels(world: World) -> None:
    ann, channel = await a_channel(world, started=False)
    await ann.say("/channels")
    screen = await ann.follow("Gazette")
    assert "Nothing comes yet" in screen.text
    assert "everywhere" not in screen.text
    assert "every day" not in screen.text
    await ann.press(PRESET["en"])
    assert (await chat_of(world, channel)).state is ChatState.ACTIVE
    assert "Viet Nam – 07:00 every day" in (await ann.say("/channels @gazette_news")).text


async def test_start_shows_whoever_never_wrote_to_us_the_channels_that_wait(world: World) -> None:
    ann, _ = await a_channel(world, started=False)
    await ann.say("/start")
    await ann.hears(lambda message: "Waiting to be set up" in message.text)
    assert "Nothing comes yet" in (await ann.follow("Gazette")).text
    await ann.press(PRESET["en"])
    before = len(ann.messages)
    await ann.say("/start")
    await ann.say("/help")
    assert not any("Waiting" in message.text for message in ann.messages[before:])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_test_post_goes_to_the_channel_once(world: World, language: str) -> None:
    t = load_words(language).t
    ann, channel = await a_channel(world, language=language)
    await ann.press(PRESET[language])
    assert (await ann.press(t("Send a test post"))).text == t("Sent: today's digest, as it will look.")
    posts = [message for message in channel.messages if message.by_bot]
    assert posts
    assert (await ann.press(t("Send a test post"))).text == t("It has just been sent; look there.")
    assert len([message for message in channel.messages if message.by_bot]) == len(posts)
    told = await world.newsroom.store.run(lambda store: store.memory.told(channel.id, 0))
    assert told


async def test_a_test_post_where_we_may_not_write_says_so(world: World) -> None:
    ann, channel = await a_channel(world)
    await ann.press(PRESET["en"])
    await ann.say("/channels")
    screen = await ann.follow("Gazette")
    lose_the_right_to_post(world, channel, ann)
    await ann.hears(lambda message: "write there" in message.text)
    assert "may not write" in (await ann.press("Send a test post", message=screen)).text
    assert (await chat_of(world, channel)).state is ChatState.REFUSED
    world.api.refused.clear()


async def test_only_its_admins_reach_a_channel_and_only_while_they_are(world: World) -> None:
    ann, channel = await a_channel(world)
    bob = world.api.user("Bob")
    await bob.say("/start")
    (line,) = await lines_of(world, channel)
    for act in ("room", "testpost", "leave", "leaving", "goon", "settings", "topics", "preset"):
        answer = await bob.forge(f"v2:{act}:{line.id}:home")
        assert "older message" in answer.text
    del channel.chat.members[ann.id]
    assert "Gazette" not in str((await ann.say("/channels")).buttons)
    assert "older message" in (await ann.forge(f"v2:room:{line.id}")).text
    assert (await chat_of(world, channel)).state is ChatState.STOPPED


async def test_another_admin_takes_on_a_channel_by_its_name(world: World) -> None:
    _, channel = await a_channel(world)
    bob, eve = world.api.user("Bob"), world.api.user("Eve")
    channel.chat.members[bob.id] = "administrator"
    await bob.say("/help")
    assert "Nothing comes yet" in (await bob.say("/channels @gazette_news")).text
    assert "Gazette" in str((await bob.say("/channels")).buttons)
    assert "I am in no channel" in (await eve.say("/channels @gazette_news")).text
    assert "I am in no channel" in (await eve.say("/channels https://t.me/nobody_here")).text
    world.api.refused.clear()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_leaving_a_channel_forgets_it(world: World, language: str) -> None:
    t = load_words(language).t
    ann, channel = await a_channel(world, language=language)
    await ann.press(PRESET[language])
    await ann.say("/channels")
    await ann.follow("Gazette")
    await ann.follow(t("Leave and forget it"))
    done = await ann.follow(t("Leave and delete everything"))
    assert [button.data for button in done.buttons] == ["v2:rooms"]
    assert channel.chat.members[world.api.world.bot_id] == "left"
    assert await chat_of(world, channel) is None
    kept = await world.newsroom.store.run(lambda store: store.owndata.of(channel.id))
    assert not any(kept.values())


async def test_what_is_posted_in_a_channel_is_never_answered(world: World) -> None:
    ann, channel = await a_channel(world)
    ann.write("/digest", chat=channel)
    ann.write("laos", chat=channel)
    await ann.say("/help")
    assert [message for message in channel.messages if message.by_bot] == []


async def test_channels_with_none_says_how_to_add_us(world: World) -> None:
    reply = await world.api.user("Ann").say("/channels")
    assert "None yet" in reply.text
    links = [button.raw["url"] for button in reply.buttons]
    assert "https://t.me/diplomacy_digest_bot?startchannel&admin=post_messages" in links


async def test_a_group_too_is_managed_from_private(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    await ann.press(PRESET["en"], chat=group)
    await ann.say("/channels")
    screen = await ann.follow("Union")
    assert "Viet Nam" in screen.text
    assert "Settings" in (await ann.follow("Settings")).text


async def test_inside_a_group_its_screen_leads_to_no_list_and_leaving_says_so(world: World) -> None:
    ann, _, group, _ = await a_group(world)
    await ann.press(PRESET["en"], chat=group)
    group.kick_bot(ann)
    await idle(world)
    since = world.api.world.revision
    group.add_bot(ann)
    again = await ann.hears(chat=group, since=since)
    await ann.press("Go on as before", message=again, chat=group)
    assert "v2:rooms" not in [button.data for button in group.messages[-1].buttons]
    await ann.press("Leave and forget it", chat=group)
    assert "nothing about it is kept" in (await ann.press("Leave and delete everything", chat=group)).text
    await ann.say("/start")
    (own,) = await lines_of(world, ann)
    assert "older message" in (await ann.forge(f"v2:leave:{own.id}")).text  # her own chat is not ours to leave


async def test_what_a_status_lets_us_do(world: World) -> None:
    telegram = world.api.world

    def as_seen(status: str, *, channel: bool, **changed):
        shown = member_json(telegram, telegram.bot_id, status, rights=changed.pop("rights", RIGHTS)) | changed
        return standing(ChatMember.de_json(shown, world.bot.application.bot), channel=channel)

    silent = RIGHTS - {"can_post_messages"}
    assert as_seen("administrator", channel=True) is Standing.IN
    assert as_seen("administrator", channel=True, rights=silent) is Standing.MUTE
    assert as_seen("administrator", channel=False, rights=silent) is Standing.IN
    assert as_seen("member", channel=False) is Standing.IN
    assert as_seen("restricted", channel=False) is Standing.MUTE
    assert as_seen("restricted", channel=False, can_send_messages=True) is Standing.IN
    assert as_seen("restricted", channel=False, is_member=False) is Standing.OUT
    assert as_seen("left", channel=True) is Standing.OUT
    assert as_seen("kicked", channel=False) is Standing.OUT
