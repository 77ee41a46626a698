"""Leaving, resting and coming back: what wakes, what goes on resting, and what is kept."""

from datetime import timedelta

import pytest

from digest.readers import ChatState
from playground.people import Message, User
from render.words import load_words
from tests.test_chat_reading import headlines
from tests.world import PRESET, World, chat_of, lines_of, subscribed


async def watch(user: User, text: str = "friendship", language: str = "en") -> None:
    """Make a search an alert at once."""
    t = load_words(language).t
    found = await user.say(f"/search {text}")
    asked = await user.follow(t("Alert me"), message=found)
    await user.follow(t("At once"), message=asked)


def button(message: Message, act: str) -> str:
    """The label of the first button with this act."""
    return next(one.text for one in message.buttons if (one.data or "").startswith(f"v2:{act}:"))


async def test_an_alert_made_during_a_vacation_waits_with_everything_else(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/pause 5 days")
    await watch(ann)
    chat = await chat_of(world, ann)
    assert chat is not None
    assert (chat.state, chat.paused_until is not None) == (ChatState.PAUSED, True)
    assert [line.paused for line in await lines_of(world, ann)] == [False, False]
    world.clock.forward(days=6)
    await world.bot.deliver()
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE  # type: ignore[union-attr]


async def test_an_alert_of_somebody_who_stopped_brings_nothing_else_back(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/stop")
    await watch(ann)
    assert [(line.wishes.query, line.paused) for line in await lines_of(world, ann)] == [
        ("", True),
        ("friendship", False),
    ]
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_start_offers_what_was_followed_before_stop(world: World, language: str) -> None:
    ann = await subscribed(world, language, places=frozenset({"LA", "CU"}))
    await watch(ann, language=language)
    await ann.say("/stop")
    hello = await ann.say("/start")
    assert load_words(language).t("What you followed before is kept:") in hello.text
    await ann.press(load_words(language).t("Go on as before"), message=hello)
    assert [(sorted(line.wishes.places), line.wishes.query, line.paused) for line in await lines_of(world, ann)] == [
        (["CU", "LA"], "", False),
        ([], "friendship", False),
    ]
    assert (await chat_of(world, ann)).state is ChatState.ACTIVE  # type: ignore[union-attr]


async def test_a_ready_choice_after_stop_wakes_itself_alone(world: World) -> None:
    ann = await subscribed(world)
    await watch(ann)
    await ann.say("/stop")
    await ann.press("People-to-people and NGOs", message=await ann.say("/start"))
    assert [(sorted(line.wishes.topics), line.paused) for line in await lines_of(world, ann)] == [
        (["ngo", "people"], False),
        ([], True),
    ]


async def test_a_link_after_stop_follows_just_that(world: World) -> None:
    ann = await subscribed(world)
    await watch(ann)
    await ann.say("/stop")
    await ann.press(button(offer := await ann.say("/start topic_climate"), "follow"), message=offer)
    assert [(sorted(line.wishes.topics), line.paused) for line in await lines_of(world, ann)] == [
        (["climate"], False),
        ([], True),
    ]


@pytest.mark.parametrize(
    "choice", ["Everything about Viet Nam", "People-to-people and NGOs", "World affairs, all topics"]
)
async def test_an_old_ready_choice_changes_nothing_of_a_subscriber_unasked(world: World, choice: str) -> None:
    ann = world.api.user("Ann")
    hello = await ann.say("/start")
    await ann.press(PRESET["en"], message=hello)
    await ann.say("/places laos")
    await ann.say("/words friendship, -football")
    before = await lines_of(world, ann)
    await ann.press(choice, message=hello)
    assert await lines_of(world, ann) == before
    assert ann.last.buttons


async def test_a_subscriber_may_have_a_ready_choice_beside_theirs(world: World) -> None:
    ann = world.api.user("Ann")
    hello = await ann.say("/start")
    await ann.press(PRESET["en"], message=hello)
    await ann.press("People-to-people and NGOs", message=hello)
    await ann.press("A subscription of its own")
    first, second = await lines_of(world, ann)
    assert (first.wishes.places, second.wishes.topics) == ({"VN"}, {"people", "ngo"})


async def want_less(world: World, user: User) -> None:
    await world.newsroom.store.run(lambda store: store.readers.set_less(user.id, {"economic"}))


async def test_taste_holds_for_alerts_and_ready_choices_too(world: World) -> None:
    ann = await subscribed(world)
    await want_less(world, ann)
    await watch(ann)
    await ann.say("/stop")
    await ann.press(PRESET["en"], message=await ann.say("/start"))
    assert [line.wishes.less for line in await lines_of(world, ann)] == [{"economic"}, {"economic"}]


async def test_the_same_alert_is_made_once_in_whatever_language_and_taste(world: World) -> None:
    ann = await subscribed(world)
    await watch(ann)
    await want_less(world, ann)
    await watch(ann)
    await ann.say("/language vi")
    await watch(ann, language="vi")
    assert [line.wishes.query for line in await lines_of(world, ann)] == ["", "friendship"]


async def test_a_first_digest_whose_answer_is_lost_is_not_told_again(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/start")
    world.clock.forward(hours=1)
    # "You are subscribed" is an edit; what is sent is the digest: it arrives, and its answer does not.
    world.api.fail("lost", method="sendMessage")
    await ann.press(PRESET["en"])
    await ann.hears(lambda message: "stories in this digest" in message.text)
    first = set(headlines(ann.last))
    assert first
    world.api.heal()
    world.clock.forward(hours=1)
    world.api.history.clear()
    await world.bot.deliver()
    sent = [one for one in ann.messages if one.at == world.clock()]
    assert sent
    assert not first & {headline for message in sent for headline in headlines(message)}


async def test_a_vacation_outlives_being_silenced(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/pause 5 days")
    now = world.clock()
    await world.newsroom.store.run(lambda store: store.readers.refuse(ann.id, now=now))
    await ann.say("/start")
    chat = await chat_of(world, ann)
    assert chat is not None
    assert chat.state is ChatState.PAUSED
    assert chat.paused_until is not None
    assert chat.paused_until > now + timedelta(days=3)
