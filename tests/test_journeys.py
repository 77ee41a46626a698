"""Readers' journeys through the real bot: every word over HTTP, in both languages."""

import asyncio

import pytest

from digest.readers import ChatState
from tests.world import World, chat_of, lines_of, subscribed

SETTINGS = {"en": "Settings", "vi": "Cài đặt"}


async def test_two_taps_from_start_to_the_first_digest(world: World) -> None:
    ann = world.api.user("Ann")
    hello = await ann.say("/start")
    assert "What would you like to follow?" in hello.text
    await ann.press("Everything about Viet Nam")
    assert any("You are subscribed" in message.text for message in ann.messages)
    assert any("Saturday 21 November" in message.text for message in ann.messages)
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE


async def test_a_vietnamese_telegram_is_greeted_in_vietnamese(world: World) -> None:
    binh = world.api.user("Bình", language_code="vi")
    hello = await binh.say("/start")
    assert "Bản tin Đối ngoại" in hello.text
    await binh.press("Mọi tin về Việt Nam")
    assert any("Thứ Bảy, 21 tháng 11" in message.text for message in binh.messages)


async def test_the_welcome_changes_its_language_and_keeps_it(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/start")
    assert "Bản tin Đối ngoại" in (await ann.follow("Tiếng Việt")).text
    await ann.press("Mọi tin về Việt Nam")
    assert (await chat_of(world, ann)).language == "vi"


async def test_choosing_topics_and_places_oneself(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/start")
    await ann.press("Choose topics and places")
    await ann.press("v2:topic:1:ngo:1")
    await ann.press("v2:topic:1:people:1")
    await ann.press("v2:topic:1:ngo:0")
    await ann.press("Places")
    await ann.press("v2:region:1:VN:0")
    await ann.press("Red River Delta")
    await ann.press("Hanoi")
    await ann.press("v2:places:1")
    assert (await chat_of(world, ann)).state is ChatState.STOPPED
    await ann.press("Subscribe")
    line = (await lines_of(world, ann))[0]
    assert (line.wishes.topics, line.wishes.places) == ({"people"}, {"VN-HN"})
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE


async def test_two_quick_taps_subscribe_once(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/start")
    await asyncio.gather(*(ann.forge("v2:preset:1:home") for _ in range(3)))
    lines = await world.newsroom.store.run(lambda store: store.lines.of(ann.id))
    assert len(lines) == 1
    assert sum("Saturday 21 November" in message.text for message in ann.messages) == 1


async def test_topics_tapped_at_once_are_all_kept(world: World) -> None:
    ann = await subscribed(world)
    topics = ("ngo", "people", "party", "climate")
    await asyncio.gather(*(ann.forge(f"v2:topic:1:{topic}:1") for topic in topics))
    assert ((await lines_of(world, ann))[0]).wishes.topics == set(topics)


async def test_the_morning_digest_comes_at_the_readers_hour_and_once(world: World) -> None:
    ann = await subscribed(world)
    before = len(ann.messages)
    world.stand.now = world.clock.now
    world.clock.forward(hours=1, minutes=59)
    await world.bot.deliver()
    assert len(ann.messages) == before
    world.clock.forward(minutes=1)
    world.stand.now = world.clock.now
    await world.bot.poll()
    await world.bot.deliver()
    after = len(ann.messages)
    assert after > before
    await world.bot.deliver()
    assert len(ann.messages) == after
    assert "Diplomacy Digest" in ann.messages[before].text


async def test_over_three_mornings_nothing_is_told_twice(world: World) -> None:
    """Later days bring other stories, and old ones only with a sentence that the chat has not seen.

    In a group, where digests are whole.
    """
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann)
    await ann.say("/start", chat=group)
    await ann.press("Everything about Viet Nam", chat=group)
    for hours in (2, 24, 24):
        world.clock.forward(hours=hours)
        world.stand.now = world.clock.now
        await world.bot.poll()
        await world.bot.deliver()
    editions = [message for message in group.messages if message.by_bot]
    headlines = [entity.url for message in editions for entity in message.entities if entity.type == "text_link"]
    assert len(headlines) > 20
    assert len(headlines) == len(set(headlines))
    told = await world.newsroom.store.run(lambda store: store.memory.told(group.id, 0))
    updates = sum(message.text.count("UPDATE · ") + message.text.count("DAY 3 · ") for message in editions)
    assert len(told) + updates == len(headlines)


async def test_the_hour_can_be_written_and_pressed(world: World) -> None:
    ann = await subscribed(world)
    assert "06:45" in (await ann.say("/time 6:45")).text
    await ann.say("/time")
    await ann.press("08:00")
    await ann.press("✓ 06:45")
    assert [f"{slot:%H:%M}" for slot in ((await lines_of(world, ann))[0]).cadence.hours] == ["08:00"]
    assert "/time 07:30" in (await ann.say("/time late")).text


async def test_the_zone_can_be_written_and_pressed(world: World) -> None:
    ann = await subscribed(world)
    assert "Europe/Berlin" in (await ann.say("/zone berlin")).text
    await ann.say("/zone")
    await ann.press("Tokyo")
    assert (await chat_of(world, ann)).zone == "Asia/Tokyo"
    assert "/zone Asia/Ho_Chi_Minh" in (await ann.say("/zone Atlantis")).text


async def test_the_language_changes_everything(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/language")
    await ann.press("Tiếng Việt")
    assert "Thiết lập" in ann.last.text
    await ann.say("/digest")
    assert any("Bản tin Đối ngoại" in message.text for message in ann.messages)


async def test_places_can_be_typed_in_any_spelling(world: World) -> None:
    ann = await subscribed(world)
    reply = await ann.say("/places hue, Cuba, binh duong, Narnia")
    assert {"VN-26", "CU", "VN-SG", "VN"} == ((await lines_of(world, ann))[0]).wishes.places
    assert "Narnia" in reply.text


async def test_pairs_can_be_typed_and_taken_out(world: World) -> None:
    ann = await subscribed(world)
    reply = await ann.say("/places Viet Nam - Laos; cu-vn")
    assert ((await lines_of(world, ann))[0]).wishes.pairs == {"LA-VN", "CU-VN"}
    assert "Laos–Viet Nam" in reply.text
    await ann.press("✓ Laos–Viet Nam")
    assert ((await lines_of(world, ann))[0]).wishes.pairs == {"CU-VN"}


async def test_words_may_follow_a_command_on_a_new_line(world: World) -> None:
    ann = await subscribed(world)
    assert "06:15" in (await ann.say("/time\n06:15")).text


async def test_a_preset_pressed_later_asks_what_to_do_with_it(world: World) -> None:
    ann = world.api.user("Ann")
    first = await ann.say("/start")
    await ann.say("/start")
    await ann.press("Everything about Viet Nam", message=first)
    digests = len(ann.messages)
    asked = await ann.follow("People-to-people and NGOs")
    assert asked.text.startswith("Follow People-to-people, NGO aid?")
    assert (await lines_of(world, ann))[0].wishes.places == {"VN"}
    assert len(ann.messages) == digests


async def test_pausing_twice_names_the_way_back(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/pause")
    assert "/resume" in (await ann.say("/pause")).text


async def test_an_hour_kept_without_a_subscription_promises_nothing(world: World) -> None:
    assert "/start" in (await world.api.user("Ann").say("/time 08:00")).text


@pytest.mark.parametrize(("language", "query", "mark"), [("en", "friendship", "friendship"), ("vi", "huu nghi", "hữu")])
async def test_search_marks_what_it_found(world: World, language: str, query: str, mark: str) -> None:
    user = await subscribed(world, language=language)
    found = await user.say(f"/search {query}")
    assert f"<b>{mark}" in found.html.lower()


async def test_search_pages_back_and_forth_by_editing(world: World) -> None:
    ann = await subscribed(world)
    first = await ann.say("/search viet nam")
    one = first.text
    two = (await ann.follow("Older ›")).text
    assert two != one
    assert (await ann.follow("‹ Newer")).text == one


async def test_free_words_are_a_search(world: World) -> None:
    ann = world.api.user("Ann")
    assert "friendship" in (await ann.say("friendship")).text


async def test_an_empty_search_says_how(world: World) -> None:
    assert "place:laos aid" in (await world.api.user("Ann").say("/search")).text


async def test_pause_resume_and_stop(world: World) -> None:
    ann = await subscribed(world)
    assert "/resume" in (await ann.say("/pause")).text
    world.clock.forward(hours=3)
    sent = len(ann.messages)
    await world.bot.deliver()
    assert len(ann.messages) == sent
    assert "07:00" in (await ann.say("/resume")).text
    assert "/start" in (await ann.say("/stop")).text
    assert (await chat_of(world, ann)).state is ChatState.STOPPED


async def test_every_command_answers_somebody_unknown(world: World) -> None:
    for number, command in enumerate(
        "start help digest search topics places time zone language settings pause resume stop nonsense".split()
    ):
        assert (await world.api.user(f"User {number}").say(f"/{command}")).text


@pytest.mark.parametrize(
    "data",
    ["v0:topic:ngo:1", "v2:nothing", "v2:topic:1:ngo", "v2:topic:1:cooking:1", "v2:place:1:XX:1", "v2:region:1:999:0",
     "v2:region:1:VN:-1", "v2:time:1:9999", "v2:found:99999:0", "v2:found:x:y", "v2:zone:1:Mars/Olympus",
     "v2:by:1:colour", "v2:state:1:refused", "", "v1", "v2:preset:1:gone", "v2:hello:1:xx",
     "v2:pair:1:ZZ-QQ:1", "v2:pair:1:LA-LA:1", "v2:pair:1:VN-LA:1", "v2:pair:1:LA:1"],
)  # fmt: skip
async def test_a_button_that_means_nothing_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    answer = await ann.forge(data or "?")
    assert "older message" in (answer.text or "")


async def test_a_reader_who_blocks_is_left_alone_and_welcomed_back(world: World) -> None:
    ann = await subscribed(world)
    ann.block()
    world.clock.forward(hours=3)
    await world.bot.deliver()
    assert (await chat_of(world, ann)).state is ChatState.REFUSED
    ann.unblock()
    await ann.say("/start")
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE


async def test_in_a_group_only_admins_change_settings(world: World) -> None:
    ann, bob = world.api.user("Ann"), world.api.user("Bob")
    group = world.api.group("Union", owner=ann, members=[bob])
    group.add_bot(ann)
    await ann.hears(chat=group)
    assert "Only admins" in (await bob.say("/time 08:00", chat=group)).text
    assert "08:00" in (await ann.say("/time 08:00", chat=group)).text


async def test_menus_are_set_in_each_language(world: World) -> None:
    english = await world.bot.application.bot.get_my_commands(language_code="en")
    vietnamese = await world.bot.application.bot.get_my_commands(language_code="vi")
    assert [command.command for command in english] == [command.command for command in vietnamese]
    assert english[0].description != vietnamese[0].description
