"""The first minute: three taps from hello to today's digest, by any door."""

import pytest

from digest.readers import ChatState
from render.words import LANGUAGES, load_words
from tests.world import World, chat_of, lines_of


async def wishes_of(world: World, user):
    return (await lines_of(world, user))[0].wishes


def digests(user) -> int:
    return sum(message.by_bot and "21 November" in message.text for message in user.messages) + sum(
        message.by_bot and "21 tháng 11" in message.text for message in user.messages
    )


@pytest.mark.parametrize(
    ("language", "taps"),
    [("en", ("My province or city…", "Mekong Delta", "Can Tho")),
     ("vi", ("Tỉnh, thành của tôi…", "Đồng bằng sông Cửu Long", "Cần Thơ"))],
)  # fmt: skip
async def test_three_taps_to_the_digest_of_ones_city(world: World, language: str, taps: tuple[str, ...]) -> None:
    ann = world.api.user("Ann", language_code=language)
    await ann.say("/start")
    for tap in taps:
        await ann.press(tap)
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE
    assert (await wishes_of(world, ann)).places == {"VN-CT"}
    assert digests(ann) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_ones_city_can_be_typed_by_its_former_name(world: World, language: str) -> None:
    ann, t = world.api.user("Ann", language_code=language), load_words(language).t
    await ann.say("/start")
    await ann.press(t("My province or city…"))
    question = await ann.follow(t("Type a name…"))
    await ann.say("binh duong", reply_to=question)
    assert (await wishes_of(world, ann)).places == {"VN-SG"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_city_that_is_nearly_known_is_asked_about(world: World, language: str) -> None:
    ann, t = world.api.user("Ann", language_code=language), load_words(language).t
    await ann.say("/start")
    await ann.press(t("My province or city…"))
    question = await ann.follow(t("Type a name…"))
    assert t("Which one do you mean?") in (await ann.say("hanio", reply_to=question)).text
    assert (await chat_of(world, ann)).state is ChatState.STOPPED
    await ann.press({"en": "Hanoi", "vi": "Hà Nội"}[language])
    assert (await wishes_of(world, ann)).places == {"VN-HN"}
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_unknown_city_leads_back_to_the_regions(world: World, language: str) -> None:
    ann, t = world.api.user("Ann", language_code=language), load_words(language).t
    await ann.say("/start")
    await ann.press(t("My province or city…"))
    question = await ann.follow(t("Type a name…"))
    assert t("I do not know that place. Try another spelling.") in (await ann.say("Narnia", reply_to=question)).text
    await ann.press("‹ " + t("Back"))
    await ann.press("‹ " + t("Back"))
    assert t("What would you like to follow?") in ann.last.text


@pytest.mark.parametrize(
    ("payload", "asked", "topics", "places", "pairs"),
    [
        ("topic_ngo", "Follow NGO aid?", {"ngo"}, set(), set()),
        ("place_VN-SG", "Follow Ho Chi Minh City?", set(), {"VN-SG"}, set()),
        ("pair_LA-VN", "Follow Laos–Viet Nam?", set(), set(), {"LA-VN"}),
        ("pair_vn_la", "Follow Laos–Viet Nam?", set(), set(), {"LA-VN"}),
        ("topic_ngo__place_LA", "Follow NGO aid · Laos?", {"ngo"}, {"LA"}, set()),
    ],
)
async def test_a_link_subscribes_to_just_that_after_one_tap(
    world: World, payload: str, asked: str, topics: set[str], places: set[str], pairs: set[str]
) -> None:
    ann = world.api.user("Ann")
    assert asked in (await ann.start(payload)).text
    assert (await chat_of(world, ann)).state is ChatState.STOPPED
    await ann.press("Follow")
    wishes = await wishes_of(world, ann)
    assert (wishes.topics, wishes.places, wishes.pairs) == (topics, places, pairs)
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE
    assert digests(ann) == 1


async def test_a_link_in_vietnamese(world: World) -> None:
    binh = world.api.user("Bình", language_code="vi")
    assert "Theo dõi Lào–Việt Nam?" in (await binh.start("pair_vn_la")).text
    await binh.press("Theo dõi")
    assert digests(binh) == 1


async def test_something_else_can_be_chosen_than_the_link_says(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.start("topic_ngo")
    assert "What would you like to follow?" in (await ann.follow("Choose something else")).text


@pytest.mark.parametrize("payload", ["nonsense", "topic_cooking", "place_Atlantis", "pair_la", "page_0000000000"])
async def test_an_unknown_link_is_answered(world: World, payload: str) -> None:
    assert (await world.api.user("Ann").start(payload)).text


async def test_an_unknown_link_is_the_ordinary_hello(world: World) -> None:
    assert "What would you like to follow?" in (await world.api.user("Ann").start("topic_cooking")).text


async def subscribed(world: World, language: str = "en"):
    ann = world.api.user("Ann", language_code=language)
    await ann.say("/start")
    await ann.press("v2:preset:1:people")
    return ann


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_subscriber_adds_what_a_link_asks_for(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    await ann.start("topic_climate")
    await ann.press(load_words(language).t("Add to my digest"))
    assert (await wishes_of(world, ann)).topics == {"people", "ngo", "climate"}
    assert len(await lines_of(world, ann)) == 1


async def test_a_subscriber_follows_it_apart_and_pressing_twice_does_no_more(world: World) -> None:
    ann = await subscribed(world)
    offer = await ann.start("place_LA")
    assert "already" in offer.text  # two topics everywhere look at Laos too
    await ann.press("A subscription of its own", message=offer)
    await ann.press("A subscription of its own", message=offer)
    one, other = await lines_of(world, ann)
    assert (one.wishes.topics, other.wishes.places, other.wishes.topics) == ({"people", "ngo"}, {"LA"}, frozenset())
    assert other.cadence == one.cadence
    assert digests(ann) == 1


async def test_with_several_subscriptions_each_is_offered(world: World) -> None:
    ann = await subscribed(world)
    await ann.start("pair_vn_la")
    await ann.press("A subscription of its own")
    offer = await ann.start("topic_climate")
    labels = [button.text for button in offer.buttons]
    assert labels[0] == "Add to: People-to-people, NGO aid · eve…"
    assert len([label for label in labels if label.startswith("Add to")]) == 1


async def test_a_private_link_from_a_group_opens_its_digest(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann)
    await ann.say("/start", chat=group)
    await ann.press("Everything about Viet Nam", chat=group)
    link = next(button.raw["url"] for message in group.messages for button in message.buttons if "url" in button.raw)
    payload = link.partition("start=")[2]
    assert payload.startswith("page_")
    assert "Saturday 21 November" in (await ann.start(payload)).text


@pytest.mark.parametrize(
    "data",
    ["v2:city:1:XX", "v2:city:1:LA", "v2:city:1:LA-VT.x", "v2:follow:1", "v2:follow:1:cooking", "v2:join:1:VN+LA",
     "v2:apart:1:", "v2:city:1:035", "v2:ask:1:nothing", "v2:ask:1"],
)  # fmt: skip
async def test_a_forged_button_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(data)).text


async def test_a_link_to_a_story_opens_it(world: World) -> None:
    ann = world.api.user("Ann")
    opened = await ann.start("story_1")
    assert "Why here?" in [button.text for button in opened.buttons]
    assert "not to be found" in (await ann.start("story_999999")).text
