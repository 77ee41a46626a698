"""Choosing what to follow: topics, places, pairs and words, by buttons and by writing."""

import pytest

from chat.desks.wishes import MOST_WORDS
from render.words import LANGUAGES, load_words
from tests.test_chat_reading import labelled
from tests.world import World, subscribed


async def wishes_of(world: World, user):
    return (await world.newsroom.store.run(lambda store: store.lines.of(user.id)))[0].wishes


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_country_is_found_by_continent_and_region(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    africa, west = {"en": ("Africa", "Western Africa"), "vi": ("Châu Phi", "Tây Phi")}[language]
    await ann.say("/places")
    await ann.press(africa)
    await ann.press(west)
    await ann.press("Ghana")
    assert (await wishes_of(world, ann)).places == {"VN", "GH"}
    await ann.press("✓ Ghana")
    await ann.press(f"‹ {africa}")
    await ann.press("‹ " + load_words(language).t("Places"))
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


@pytest.mark.parametrize("language", LANGUAGES)
async def test_near_misses_are_offered_and_not_taken(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    reply = await ann.say("/places Cuba, camboda, Narnia")
    assert "camboda" in reply.text
    assert "Narnia" in reply.text
    assert (await wishes_of(world, ann)).places == {"VN", "CU"}
    await ann.press({"en": "Cambodia", "vi": "Campuchia"}[language])
    assert (await wishes_of(world, ann)).places == {"VN", "CU", "KH"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_name_can_be_typed_in_reply(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    await ann.say("/places")
    question = await ann.follow(load_words(language).t("Type a name…"))
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


@pytest.mark.parametrize("language", LANGUAGES)
async def test_words_are_added_in_reply_and_change_sides(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    await ann.say("/words friendship")
    question = await ann.follow(load_words(language).t("Leave a word out…"))
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


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_one_wants_less_of_can_be_taken_back(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    less = ("economic", "CU", "A very long outlet name that fits no button at all")
    await world.newsroom.store.run(lambda store: store.readers.set_less(ann.id, less))
    await ann.say("/settings")
    await ann.press(labelled(ann.last, "v2:fewer"))
    await ann.press("✓ Cuba")
    await ann.press({"en": "✓ Economic", "vi": "✓ Kinh tế"}[language])
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


@pytest.mark.parametrize(
    ("language", "typed", "title", "everything"),
    [("en", "/places Southeast Asia", "Southeast Asia", "All 11 of these"),
     ("vi", "/places Đông Nam Á", "Đông Nam Á", "Tất cả 11 nơi này"),
     ("vi", "/places ASEAN", "ASEAN", "Tất cả 11 nơi này")],
)  # fmt: skip
async def test_a_region_that_is_typed_opens_its_shelf_and_one_tap_takes_all(
    world: World, language: str, typed: str, title: str, everything: str
) -> None:
    ann = await subscribed(world, language)
    assert (await ann.say(typed)).text.startswith(title)
    assert (await wishes_of(world, ann)).places == {"VN"}
    await ann.press(everything)
    members = {"BN", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}
    assert (await wishes_of(world, ann)).places == members
    await ann.press(f"✓ {everything}")
    assert (await wishes_of(world, ann)).places == frozenset()


async def test_a_part_of_a_country_is_a_shelf_and_what_stands_beside_it_is_added(world: World) -> None:
    ann = await subscribed(world)
    reply = await ann.say("/places Cuba, Central Highlands")
    assert reply.text.startswith("Central Highlands")
    assert {"Gia Lai", "Dak Lak", "Lam Dong", "Quang Ngai"} <= {button.text for button in reply.buttons}
    await ann.press("Gia Lai")
    assert (await wishes_of(world, ann)).places == {"VN", "CU", "VN-30"}
    await ann.press("✓ Gia Lai")
    assert (await wishes_of(world, ann)).places == {"VN", "CU"}


async def test_several_regions_at_once_are_offered(world: World) -> None:
    ann = await subscribed(world)
    reply = await ann.say("/places EU, Mekong Delta, Narnia")
    assert "Narnia" in reply.text
    await ann.press("Mekong Delta")
    assert ann.last.text.startswith("Mekong Delta")


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [("en", "/places Nghệ Tĩnh", "Nghệ Tĩnh is now in Nghe An, Ha Tinh."),
     ("vi", "/places nghe tinh", "nghe tinh nay thuộc Nghệ An, Hà Tĩnh.")],
)  # fmt: skip
async def test_a_former_province_is_all_that_it_became_and_is_told(
    world: World, language: str, typed: str, said: str
) -> None:
    ann = await subscribed(world, language)
    assert said in (await ann.say(typed)).text
    assert (await wishes_of(world, ann)).places == {"VN", "VN-22", "VN-23"}


@pytest.mark.parametrize(
    ("language", "asked", "choice"),
    [("en", "More than one country is called so: Congo. Which?", "Congo-Brazzaville"),
     ("vi", "Có nhiều nước cùng tên: Congo. Bạn chọn nước nào?", "Congo - Brazzaville")],
)  # fmt: skip
async def test_a_name_of_two_countries_is_asked_about(world: World, language: str, asked: str, choice: str) -> None:
    ann = await subscribed(world, language)
    assert asked in (await ann.say("/places Congo")).text
    assert (await wishes_of(world, ann)).places == {"VN"}
    await ann.press(choice)
    assert (await wishes_of(world, ann)).places == {"VN", "CG"}


@pytest.mark.parametrize("data", ["v2:shelf:1:nowhere:1", "v2:shelf:1:DE:1", "v2:shelf:1:asean", "v2:shelf:1:asean:7"])
async def test_a_forged_shelf_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(data)).text
    assert (await wishes_of(world, ann)).places == {"VN"}
