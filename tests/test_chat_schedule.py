"""When digests come: hours, days, at once, quiet hours, zone and pause, in the reader's words."""

from datetime import time

import pytest

from digest.readers import EVERY_DAY, Cadence, ChatState
from render.words import LANGUAGES, load_words
from tests.test_chat_reading import labelled
from tests.world import World, chat_of, subscribed


async def cadence_of(world: World, user):
    return (await world.newsroom.store.run(lambda store: store.lines.of(user.id)))[0].cadence


@pytest.mark.parametrize("language", LANGUAGES)
async def test_hours_are_switched_on_and_off(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    screen = await ann.say("/time")
    await ann.press("18:00", message=screen)
    await ann.press("18:00", message=screen)
    await ann.press("06:00")
    assert (await cadence_of(world, ann)).hours == (time(6), time(7), time(18))
    await ann.press("✓ 07:00")
    assert (await cadence_of(world, ann)).hours == (time(6), time(18))


async def test_one_hour_stays_and_six_are_the_most(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/time")
    assert "has to stay" in (await ann.press("✓ 07:00")).text
    await ann.say("/time 1, 2, 3, 4, 5, 6")
    assert "At most 6" in (await ann.press("07:00")).text
    assert len((await cadence_of(world, ann)).hours) == 6
    question = await ann.follow("Another hour…")
    assert "At most 6" in (await ann.say("9", reply_to=question)).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_another_hour_in_reply_is_added(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    await ann.say("/time")
    question = await ann.follow(load_words(language).t("Another hour…"))
    assert "06:45, 07:00" in (await ann.say("6h45", reply_to=question)).text
    assert (await cadence_of(world, ann)).hours == (time(6, 45), time(7))


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        ("en", "/time 18:30", "Next: Saturday 21 Nov 18:30"),
        ("en", "/time 4:00", "Next: Sunday 22 Nov 04:00"),
        ("en", "/days mon", "Next: Monday 23 Nov 07:00"),
        ("en", "/days fri", "Next: Friday 27 Nov 07:00"),
        ("vi", "/time 18h30", "Lần tới: 18:30 Thứ Bảy, 21/11"),
        ("vi", "/days thứ hai", "Lần tới: 07:00 Thứ Hai, 23/11"),
    ],
)
async def test_the_next_one_is_said_truly(world: World, language: str, said: str, told: str) -> None:
    ann = await subscribed(world, language)
    assert told in (await ann.say(said)).text


async def test_what_is_said_is_what_comes(world: World) -> None:
    ann = await subscribed(world)
    assert "Next: Monday 23 Nov 18:30" in (await ann.say("/days mon")).text.replace("07:00", "18:30")
    await ann.say("/time 18:30")
    seen = len(ann.messages)
    world.clock.forward(days=2, hours=13, minutes=29)  # Monday 18:29
    await world.bot.deliver()
    assert len(ann.messages) == seen
    world.clock.forward(minutes=1)
    await world.bot.deliver()
    assert len(ann.messages) > seen


@pytest.mark.parametrize("language", LANGUAGES)
async def test_days_by_buttons(world: World, language: str) -> None:
    ann, t = await subscribed(world, language), load_words(language).t
    sat, sun, mon = (f"✓ {load_words(language).weekday(day, short=True)}" for day in (6, 7, 1))
    await ann.say("/time")
    await ann.press(labelled(ann.last, "v2:days"))
    await ann.press(sat)
    await ann.press(sun)
    assert (await cadence_of(world, ann)).days == {1, 2, 3, 4, 5}
    assert {"en": "on weekdays", "vi": "Thứ Hai đến Thứ Sáu"}[language] in ann.last.text
    await ann.press(t("Weekly, on Mondays"))
    assert (await cadence_of(world, ann)).days == {1}
    assert (await ann.press(mon)).text == t("One day has to stay. Tap another one first.")
    await ann.press(t("Every day"))
    assert (await cadence_of(world, ann)).days == EVERY_DAY
    assert {"en": "/days mon, thu", "vi": "/days"}[language] in (await ann.say("/days someday")).text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_at_once_with_a_cap_and_back(world: World, language: str) -> None:
    ann, words = await subscribed(world, language), load_words(language)
    await ann.say("/time 8:00, 18:00")
    await ann.press(words.t("At once instead"))
    await ann.press(words.tn("{n} a day", "{n} a day", 10))
    assert (await cadence_of(world, ann)).cap == 10
    assert (
        words.t("This subscription comes at once, on all days. /time gives it hours first.")
        in (await ann.say("/days mon")).text
    )
    await ann.press(words.t("At fixed hours instead"))
    cadence = await cadence_of(world, ann)
    assert (cadence.cap, cadence.hours) == (0, (time(7),))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_quiet_hours(world: World, language: str) -> None:
    ann, t = await subscribed(world, language), load_words(language).t
    assert "22:00–06:30" in (await ann.say("/quiet 22-6:30")).text
    await ann.press("23:00–07:00")
    assert (await chat_of(world, ann)).quiet == (time(23), time(7))
    question = await ann.follow(t("Other hours…"))
    await ann.say("từ 21h đến 5h", reply_to=question)
    assert (await chat_of(world, ann)).quiet == (time(21), time(5))
    await ann.press(t("No quiet hours"))
    assert (await chat_of(world, ann)).quiet is None
    assert "/quiet 22-6:30" in (await ann.say("/quiet at night")).text


async def test_hours_added_at_the_same_moment_are_all_kept(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/time")
    question = await ann.follow("Another hour…")
    for said in ("06:45", "19:00", "21:30"):
        ann.write(said, reply_to=question)
    await ann.hears(lambda message: all(hour in message.text for hour in ("06:45", "07:00", "19:00", "21:30")))
    assert (await cadence_of(world, ann)).hours == (time(6, 45), time(7), time(19), time(21, 30))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_old_screen_of_days_cannot_give_days_to_what_comes_at_once(world: World, language: str) -> None:
    ann, t = await subscribed(world, language), load_words(language).t
    old = await ann.say("/days")
    await ann.say("/time")
    await ann.press(t("At once instead"))
    hint = t("This subscription comes at once, on all days. /time gives it hours first.")
    for label in (labelled(old, "v2:day:1:6"), t("Weekdays")):
        assert (await ann.press(label, message=old)).text == hint
    assert await cadence_of(world, ann) == Cadence(cap=5)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_what_is_set_already_says_so(world: World, language: str) -> None:
    ann, t = await subscribed(world, language), load_words(language).t
    await ann.say("/days")
    await ann.press(t("Weekdays"))
    assert (await ann.press("✓ " + t("Weekdays"))).text == t("That is set already.")
    await ann.say("/zone")
    chosen = next(button.text for button in ann.last.buttons if button.text.startswith("✓"))
    assert (await ann.press(chosen)).text == t("That is set already.")
    screen = ann.last
    await ann.press(t("Settings"), message=screen)
    assert (await ann.press(t("Settings"), message=screen)).text == t("You are there already.")


async def test_a_zone_by_its_city_in_vietnamese(world: World) -> None:
    binh = await subscribed(world, "vi")
    assert "Europe/Prague" in (await binh.say("/zone Praha")).text
    await binh.press("Thành phố khác…")
    await binh.say("Mát-xcơ-va", reply_to=binh.last)
    assert (await chat_of(world, binh)).zone == "Europe/Moscow"


async def test_a_country_with_several_clocks_is_asked_about(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/zone United States")
    assert (await chat_of(world, ann)).zone == "Asia/Ho_Chi_Minh"
    await ann.press("Chicago")
    assert (await chat_of(world, ann)).zone == "America/Chicago"


async def test_a_pause_for_some_days(world: World) -> None:
    ann = await subscribed(world)
    assert "until you return" in (await ann.say("/pause")).text
    assert "Saturday 28 November" in (await ann.follow("A week")).text
    chat = await chat_of(world, ann)
    assert chat.state is ChatState.PAUSED
    assert f"{chat.paused_until:%Y-%m-%d %H:%M}" == "2026-11-27 22:59"  # 05:59 of the 28th in Viet Nam
    assert "Paused until Saturday 28 November" in (await ann.say("/settings")).text
    assert "until Saturday 28 November" in (await ann.say("/pause")).text  # asking changes nothing
    await ann.press("Until I return")
    assert (await chat_of(world, ann)).paused_until is None
    assert "Next: " not in (await ann.say("/settings")).text
    assert "Next: Saturday 21 Nov 07:00" in (await ann.say("/resume")).text


async def test_a_pause_until_a_date_in_reply(world: World) -> None:
    binh = await subscribed(world, "vi")
    await binh.say("/pause")
    question = await binh.follow("Đến ngày…")
    assert "Thứ Ba, 1 tháng 12" in (await binh.say("1/12", reply_to=question)).text
    assert "/pause 1/12" in (await binh.say("/pause hôm qua")).text


async def test_a_pause_of_nothing(world: World) -> None:
    assert "/start" in (await world.api.user("Bob").say("/pause")).text


@pytest.mark.parametrize(
    "data",
    ["v2:time:1:0700:2", "v2:time:1:9999:1", "v2:once:1:4", "v2:day:1:8:1", "v2:day:1:1", "v2:days:1:09",
     "v2:quiet:1:2200", "v2:pause:1:4", "v2:zone:1:Mars", "v2:rest:1:2"],
)  # fmt: skip
async def test_a_forged_button_answers_politely(world: World, data: str) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(data)).text
