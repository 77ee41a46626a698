"""Asking in the chat: searches narrowed by buttons, alerts, and news in any other chat."""

from digest.readers import ChatState
from tests.world import World, lines_of


def labels(message) -> list[str]:
    return [button.text for button in message.buttons]


async def test_a_search_says_what_was_understood_and_how_many(world: World) -> None:
    ann = world.api.user("Ann")
    found = await ann.say("/search place:laos friendship")
    assert "Laos · friendship" in found.text
    assert "found" in found.text


async def test_operators_may_be_vietnamese(world: World) -> None:
    binh = world.api.user("Bình", language_code="vi")
    assert "Lào" in (await binh.say("/search nơi:lào hữu nghị")).text


async def test_free_text_in_private_is_a_search(world: World) -> None:
    ann = world.api.user("Ann")
    assert "Search: laos" in (await ann.say("laos")).text


async def test_a_search_without_words_asks_and_the_reply_is_searched_for(world: World) -> None:
    ann = world.api.user("Ann")
    question = await ann.say("/search")
    assert "What shall I look for?" in question.text
    assert "Search: laos" in (await ann.say("laos", reply_to=question)).text


async def test_filters_are_buttons_that_narrow_and_widen(world: World) -> None:
    ann = world.api.user("Ann")
    wide = await ann.say("/search laos")
    choices = await ann.follow("Filter", message=wide)
    narrowing = next(label for label in labels(choices) if label.startswith("People-to-people · "))
    narrow = await ann.follow(narrowing, message=choices)
    assert "People-to-people" in narrow.text.splitlines()[0]
    choices = await ann.follow("Filter", message=narrow)
    assert "✓ People-to-people" in labels(choices)
    wider = await ann.follow("✓ People-to-people", message=choices)
    assert "People-to-people" not in wider.text.splitlines()[0]


async def test_a_slip_of_the_pen_is_offered_corrected(world: World) -> None:
    ann = world.api.user("Ann")
    nothing = await ann.say("/search frendship")
    suggested = labels(nothing)[0]
    assert suggested.startswith("friendship")
    assert "found" in (await ann.follow(suggested, message=nothing)).text


async def test_an_alert_is_a_subscription_of_its_own(world: World) -> None:
    ann = world.api.user("Ann")
    await ann.say("/start")
    await ann.press("Everything about Viet Nam")
    found = await ann.say("/search friendship")
    asked = await ann.follow("Alert me", message=found)
    told = await ann.follow("At once", message=asked)
    assert "I keep watch: friendship · at once." in told.text
    first, alert = await lines_of(world, ann)
    assert alert.wishes.query == "friendship"
    assert alert.cadence.at_once
    assert not first.paused


async def test_the_same_alert_twice_is_one(world: World) -> None:
    ann = world.api.user("Ann")
    for _ in range(2):
        asked = await ann.follow("Alert me", message=await ann.say("/search friendship"))
        await ann.follow("At once", message=asked)
    assert sum(bool(line.wishes.query) for line in await lines_of(world, ann)) == 1


async def test_who_only_wants_an_alert_gets_no_daily_digest(world: World) -> None:
    ann = world.api.user("Ann")
    asked = await ann.follow("Alert me", message=await ann.say("/search friendship"))
    await ann.follow("At once", message=asked)
    chat = await world.newsroom.store.run(lambda store: store.readers.chat(ann.id))
    assert chat.state is ChatState.ACTIVE
    assert [line.paused for line in await lines_of(world, ann)] == [True, False]


async def test_an_alert_tells_what_is_new_and_nothing_else(world: World) -> None:
    ann = world.api.user("Ann")
    asked = await ann.follow("Alert me", message=await ann.say("/search visit"))
    await ann.follow("At once", message=asked)
    before = len(ann.messages)
    await world.bot.deliver()
    assert len(ann.messages) == before
    world.clock.forward(hours=24)
    world.stand.now = world.clock.now
    await world.bot.poll()
    await world.bot.deliver()
    after = ann.messages[before:]
    assert after
    assert all(message.by_bot for message in after)


async def test_news_in_any_chat(world: World) -> None:
    ann = world.api.user("Ann")
    answer = await ann.inline("laos friendship")
    assert answer.results
    assert any(entity.type == "text_link" for entity in answer.results[0]["text"].entities)
    assert all(result["title"] for result in answer.results)


async def test_an_empty_inline_query_offers_the_days_news(world: World) -> None:
    ann = world.api.user("Ann")
    assert len((await ann.inline("")).results) == 10


async def test_inline_pages_go_on(world: World) -> None:
    ann = world.api.user("Ann")
    first = await ann.inline("viet nam")
    second = await ann.inline("viet nam", offset=first.next_offset)
    assert {each["id"] for each in first.results}.isdisjoint(each["id"] for each in second.results)


async def test_a_shared_story_is_that_story(world: World) -> None:
    ann = world.api.user("Ann")
    assert len((await ann.inline("story:1")).results) == 1
    assert (await ann.inline("story:999999")).results == []
    assert (await ann.inline("story:-1; drop table items")).results == []
