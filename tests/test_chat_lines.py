"""Several subscriptions in one chat, each with wishes and hours of its own."""

import pytest

from digest.readers import MOST_LINES, ChatState
from render.words import LANGUAGES, load_words
from tests.test_chat_reading import labelled
from tests.world import World, lines_of, subscribed

#: How the two lines of `with_climate` are called on their buttons.
ALL = {"en": "All topics · Viet Nam", "vi": "Mọi chủ đề · Việt Nam"}
CLIMATE = {"en": "Climate · everywhere", "vi": "Khí hậu · mọi nơi"}


async def with_climate(world: World, language: str = "en"):
    """Somebody with a second subscription: climate, weekly."""
    ann, t = await subscribed(world, language), load_words(language).t
    await ann.say("/settings")
    await ann.press(t("New subscription"))
    await ann.press(labelled(ann.last, "v2:topic:2:climate"))
    await ann.press(t("Begin"))
    await ann.press(labelled(ann.last, "v2:hours"))
    await ann.press(labelled(ann.last, "v2:days"))
    await ann.press(t("Weekly, on Mondays"))
    return ann


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_second_subscription_with_a_cadence_of_its_own(world: World, language: str) -> None:
    ann = await with_climate(world, language)
    one, other = await lines_of(world, ann)
    assert (one.wishes.places, one.cadence.days) == ({"VN"}, frozenset(range(1, 8)))
    assert (other.wishes.topics, other.cadence.days, other.paused) == ({"climate"}, {1}, False)
    text = (await ann.say("/settings")).text
    assert ALL[language] + {"en": " – 07:00 every day", "vi": " – 07:00 hằng ngày"}[language] in text
    assert CLIMATE[language] + {"en": " – 07:00 every Monday", "vi": " – 07:00 Thứ Hai hằng tuần"}[language] in text


async def test_a_new_one_rests_until_it_is_begun_and_pressing_twice_makes_one(world: World) -> None:
    ann = await subscribed(world)
    screen = await ann.say("/settings")
    await ann.press("New subscription", message=screen)
    await ann.press("New subscription", message=screen)
    _, new = await lines_of(world, ann)
    assert new.paused


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_command_asks_which_and_keeps_its_words(world: World, language: str) -> None:
    ann = await with_climate(world, language)
    assert load_words(language).t("Which of your subscriptions?") in (await ann.say("/places hue, cuba")).text
    await ann.press(CLIMATE[language])
    one, other = await lines_of(world, ann)
    assert (one.wishes.places, other.wishes.places) == ({"VN"}, {"VN-26", "CU"})
    await ann.say("/time")
    await ann.press(ALL[language])
    await ann.press("18:00")
    one, other = await lines_of(world, ann)
    assert (len(one.cadence.hours), len(other.cadence.hours)) == (2, 1)
    await ann.say("/time 9:00")
    await ann.press(ALL[language])
    assert [f"{hour:%H:%M}" for hour in (await lines_of(world, ann))[0].cadence.hours] == ["09:00"]
    await ann.say("/pair vn la")
    await ann.press(ALL[language])
    assert (await lines_of(world, ann))[0].wishes.pairs == {"LA-VN"}


async def test_somebody_elses_words_are_nobody_elses(world: World) -> None:
    ann = await with_climate(world)
    question = await ann.say("/places hue")
    data = question.buttons[0].data
    bob = world.api.user("Bob")
    await bob.say("/start")
    assert "older message" in (await bob.forge(data)).text
    assert all("VN-26" not in line.wishes.places for line in await lines_of(world, ann))


@pytest.mark.parametrize(
    "data",
    ["v2:said:1", "v2:said:1:places:99", "v2:said:1:nothing:1", "v2:said:1:places:x", "v2:line:999", "v2:remove:x"],
)
async def test_a_forged_button_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(data)).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_is_removed_after_a_yes_and_the_last_one_stays(world: World, language: str) -> None:
    ann, t = await with_climate(world, language), load_words(language).t
    await ann.say("/lines")
    await ann.press(CLIMATE[language])
    await ann.press(t("Remove"))
    assert CLIMATE[language] in ann.last.text
    assert len(await lines_of(world, ann)) == 2
    await ann.press(t("Keep it"))
    await ann.press(t("Remove"))
    yes = ann.last
    await ann.press(t("Remove"), message=yes)
    assert [line.wishes.places for line in await lines_of(world, ann)] == [{"VN"}]
    old = t("This button is from an older message. /settings shows what is set now.")
    assert (await ann.press(t("Remove"), message=yes)).text == old
    await ann.forge("v2:remove:1:yes")
    assert "/stop" in ann.last.text
    assert len(await lines_of(world, ann)) == 1
    await ann.press(t("Unsubscribe"))
    assert (await world.newsroom.store.run(lambda store: store.readers.chat(ann.id))).state is ChatState.STOPPED


@pytest.mark.parametrize("language", LANGUAGES)
async def test_one_rests_and_goes_on(world: World, language: str) -> None:
    ann, t = await with_climate(world, language), load_words(language).t
    await ann.say("/lines")
    await ann.press(CLIMATE[language])
    await ann.press(t("Pause this one"))
    paused = CLIMATE[language] + {"en": " – paused", "vi": " – tạm dừng"}[language]
    assert paused in (await ann.say("/lines")).text
    await ann.press(CLIMATE[language])
    await ann.press(t("Resume this one"))
    assert paused not in (await ann.say("/lines")).text
    assert not (await lines_of(world, ann))[1].paused


async def test_there_is_an_end_to_subscriptions(world: World) -> None:
    ann = await subscribed(world)

    def fill(store):
        line = store.lines.of(ann.id)[0]
        for _ in range(MOST_LINES - 1):
            store.lines.add(ann.id, 0, line.wishes, line.cadence, now=world.clock())

    await world.newsroom.store.run(fill)
    await ann.say("/lines")
    assert "/lines" in (await ann.press("New subscription")).text
    assert len(await lines_of(world, ann)) == MOST_LINES


async def test_each_delivers_at_its_own_hour(world: World) -> None:
    ann = await with_climate(world)
    await ann.say("/time 9:00")
    await ann.press("All topics · Viet Nam")
    world.clock.forward(days=2, hours=2)  # Monday 07:00
    world.stand.now = world.clock.now
    await world.bot.poll()
    await world.bot.deliver()
    rows = await world.newsroom.store.run(
        lambda store: store._db.rows("select distinct line_id, slot, local_date from deliveries where state = 'sent'")
    )
    climate = (await lines_of(world, ann))[1]
    assert (climate.id, "07:00", "2026-11-23") in [(row["line_id"], row["slot"], row["local_date"]) for row in rows]


async def test_a_forum_topic_may_lose_its_only_line_while_the_chat_keeps_others(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann, forum=True)
    group.add_bot(ann)
    thread = group.thread("Laos")
    await ann.say("/start", chat=group)
    await ann.press("Everything about Viet Nam", chat=group)
    await ann.say("/here laos", chat=group, thread=thread)
    lines = await world.newsroom.store.run(lambda store: store.lines.of(group.id))
    assert [line.thread_id for line in lines] == [0, thread]
    await ann.say("/help")
    await ann.forge(f"v2:remove:{lines[1].id}:yes")  # her own chat is where she manages the group
    assert [line.thread_id for line in await world.newsroom.store.run(lambda store: store.lines.of(group.id))] == [0]
