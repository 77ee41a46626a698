"""Choosing what to follow: topics, places, pairs and words, by buttons and by writing."""

from dataclasses import replace

import pytest

from chat.desks.wishes import MOST_WORDS
from tests.world import World, subscribed


async def wishes_of(world: World, user):
    return (await world.newsroom.store.run(lambda store: store.lines.of(user.id)))[0].wishes


async def test_a_country_is_found_by_continent_and_region(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/places")
    await ann.press("Africa")
    await ann.press("Western Africa")
    await ann.press("Ghana")
    assert (await wishes_of(world, ann)).places == {"VN", "GH"}
    await ann.press("✓ Ghana")
    await ann.press("‹ Africa")
    await ann.press("‹ Places")
    assert (await wishes_of(world, ann)).places == {"VN"}


async def test_a_long_region_has_pages(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/places")
    await ann.press("Oceania")
    first = [button.text for button in ann.last.buttons]
    await ann.press("More ›")
    assert set(first) & {button.text for button in ann.last.buttons} <= {"More ›", "‹ Places"}
    await ann.press("‹ Back")
    assert [button.text for button in ann.last.buttons] == first


async def test_provinces_are_found_by_region_and_the_whole_country_on_top(world: World) -> None:
    binh = await subscribed(world, "vi")
    await binh.say("/places")
    await binh.press("Việt Nam: tỉnh, thành")
    await binh.press("✓ Toàn bộ Việt Nam")
    await binh.press("Bắc Trung Bộ")
    await binh.press("Huế")
    await binh.press("Quảng Trị")
    assert (await wishes_of(world, binh)).places == {"VN-26", "VN-25"}


async def test_a_province_beside_its_whole_country_is_remarked_upon(world: World) -> None:
    ann = await subscribed(world)
    assert "take Viet Nam out" in (await ann.say("/places hue")).text
    await ann.press("✓ Viet Nam")
    assert "take Viet Nam out" not in ann.last.text
    assert (await wishes_of(world, ann)).places == {"VN-26"}


async def test_near_misses_are_offered_and_not_taken(world: World) -> None:
    ann = await subscribed(world)
    reply = await ann.say("/places Cuba, camboda, Narnia")
    assert "camboda" in reply.text
    assert "Narnia" in reply.text
    assert (await wishes_of(world, ann)).places == {"VN", "CU"}
    await ann.press("Cambodia")
    assert (await wishes_of(world, ann)).places == {"VN", "CU", "KH"}


async def test_a_name_can_be_typed_in_reply(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/places")
    question = await ann.follow("Type a name…")
    await ann.say("Lào", reply_to=question)
    assert (await wishes_of(world, ann)).places == {"VN", "LA"}


async def test_a_reply_that_nobody_asked_for_is_a_search(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("friendship", reply_to=ann.last)
    assert (await wishes_of(world, ann)).places == {"VN"}


async def test_many_chosen_places_have_a_screen_of_their_own(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/places " + ", ".join("LA KH TH MY SG ID PH MM BN TL CN JP KR".split()))
    assert len(ann.last.rows) <= 10
    await ann.press("All chosen · 14")
    await ann.press("More ›")
    await ann.press("✓ Viet Nam")
    assert "VN" not in (await wishes_of(world, ann)).places
    assert "✓ Timor-Leste" in [button.text for button in ann.last.buttons]
    for place in list((await wishes_of(world, ann)).places):
        await ann.forge(f"v2:place:1:{place}:0:chosen:0")
    assert "everywhere" in ann.last.text


@pytest.mark.parametrize(
    ("language", "command", "chosen"),
    [("en", "/pair vn la", "✓ Laos–Viet Nam"), ("vi", "/pair Việt Nam với Lào", "✓ Lào–Việt Nam")],
)
async def test_a_pair_is_written_and_taken_out_by_its_button(
    world: World, language: str, command: str, chosen: str
) -> None:
    ann = await subscribed(world, language)
    await ann.say(command)
    assert (await wishes_of(world, ann)).pairs == {"LA-VN"}
    again = await ann.say(command)
    assert (await wishes_of(world, ann)).pairs == {"LA-VN"}
    await ann.press(chosen, message=again)
    assert (await wishes_of(world, ann)).pairs == frozenset()


async def test_a_pair_that_is_nearly_known_is_asked_about(world: World) -> None:
    ann = await subscribed(world)
    assert "Did you mean" in (await ann.say("/pair viet nam, camboda")).text
    await ann.press("Cambodia–Viet Nam")
    assert (await wishes_of(world, ann)).pairs == {"KH-VN"}
    assert "/pair vn la" in (await ann.say("/pair cooking")).text


async def test_words_are_wanted_and_unwanted_and_taken_out(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/words friendship, hữu nghị, -football")
    assert ((await wishes_of(world, ann)).wanted, (await wishes_of(world, ann)).unwanted) == (
        ("friendship", "hữu nghị"),
        ("football",),
    )
    screen = ann.last
    await ann.press("✓ hữu nghị", message=screen)
    await ann.press("✓ hữu nghị", message=screen)
    await ann.press("− football")
    assert ((await wishes_of(world, ann)).wanted, (await wishes_of(world, ann)).unwanted) == (("friendship",), ())


async def test_words_are_added_in_reply_and_change_sides(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/words friendship")
    question = await ann.follow("Leave a word out…")
    await ann.say("Friendship, lottery", reply_to=question)
    wishes = await wishes_of(world, ann)
    assert (wishes.wanted, wishes.unwanted) == ((), ("Friendship", "lottery"))


async def test_words_are_literal_and_bounded(world: World) -> None:
    ann = await subscribed(world)
    assert "There is no word" in (await ann.say("/words !!!")).text
    assert "At most" in (await ann.say("/words " + ", ".join(f"word{n}" for n in range(20)))).text
    wishes = await wishes_of(world, ann)
    assert len(wishes.wanted) == MOST_WORDS
    reply = await ann.say("/words <b>bold</b>, (a+)+$, @admin, /stop")
    assert "<b>bold</b>" not in reply.html


async def test_an_unwanted_word_keeps_stories_out_of_the_next_digest(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/digest")
    await ann.say("/words -Cuba, -Red Cross")
    before = len(ann.messages)
    await ann.say("/digest")
    assert all("Red Cross campaign" not in message.text for message in ann.messages[before:])


async def test_what_one_wants_less_of_can_be_taken_back(world: World) -> None:
    ann = await subscribed(world)
    line = (await world.newsroom.store.run(lambda store: store.lines.of(ann.id)))[0]
    less = replace(
        line.wishes, less=frozenset({"economic", "CU", "A very long outlet name that fits no button at all"})
    )
    await world.newsroom.store.run(lambda store: store.lines.set_wishes(line.id, less))
    await ann.say("/settings")
    await ann.press("Less of · 3")
    await ann.press("✓ Cuba")
    await ann.press("✓ Economic")
    await ann.press(ann.last.buttons[0].text)
    assert (await wishes_of(world, ann)).less == frozenset()


@pytest.mark.parametrize(
    "data",
    ["v2:region:1:VN.nowhere:0", "v2:region:1:VN", "v2:region:1::0", "v2:word:1:zz:1", "v2:word:1", "v2:chosen:1:x",
     "v2:place:1:VN:1:chosen:-1", "v2:place:1:VN:1:nowhere:0", "v2:pair:1:LA-VN"],
)  # fmt: skip
async def test_a_forged_button_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(data)).text
