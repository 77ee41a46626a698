"""When digests come: hours, days, at once, quiet hours, zone and pause, in the reader's words."""

from datetime import time

import pytest

from digest.readers import EVERY_DAY, ChatState
from tests.world import World, chat_of, subscribed


async def cadence_of(world: World, user):
    return (await world.newsroom.store.run(lambda store: store.lines.of(user.id)))[0].cadence


async def test_hours_are_switched_on_and_off(world: World) -> None:
    ann = await subscribed(world)
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


async def test_another_hour_in_reply_is_added(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/time")
    question = await ann.follow("Another hour…")
    assert "06:45, 07:00" in (await ann.say("6h45", reply_to=question)).text
    assert (await cadence_of(world, ann)).hours == (time(6, 45), time(7))


@pytest.mark.parametrize(
    ("language", "said", "told"),
    [
        ("en", "/time 18:30", "Next: today 18:30"),
        ("en", "/time 4:00", "Next: tomorrow 04:00"),
        ("en", "/days mon", "Next: Monday 07:00"),
        ("en", "/days fri", "Next: Friday 07:00"),
        ("vi", "/time 18h30", "Lần tới: 18:30 hôm nay"),
        ("vi", "/days thứ hai", "Lần tới: 07:00 Thứ Hai"),
    ],
)
async def test_the_next_one_is_said_truly(world: World, language: str, said: str, told: str) -> None:
    ann = await subscribed(world, language)
    assert told in (await ann.say(said)).text


async def test_what_is_said_is_what_comes(world: World) -> None:
    ann = await subscribed(world)
    assert "Next: Monday 18:30" in (await ann.say("/days mon")).text.replace("07:00", "18:30")
    await ann.say("/time 18:30")
    seen = len(ann.messages)
    world.clock.forward(days=2, hours=13, minutes=29)  # Monday 18:29
    await world.bot.deliver()
    assert len(ann.messages) == seen
    world.clock.forward(minutes=1)
    await world.bot.deliver()
    assert len(ann.messages) > seen


async def test_days_by_buttons(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/time")
    await ann.press("Days: every day")
    await ann.press("✓ Sat")
    await ann.press("✓ Sun")
    assert (await cadence_of(world, ann)).days == {1, 2, 3, 4, 5}
    assert "on weekdays" in ann.last.text
    await ann.press("Weekly, on Mondays")
    assert (await cadence_of(world, ann)).days == {1}
    assert "has to stay" in (await ann.press("✓ Mon")).text
    await ann.press("Every day")
    assert (await cadence_of(world, ann)).days == EVERY_DAY
    assert "/days mon, thu" in (await ann.say("/days someday")).text


async def test_at_once_with_a_cap_and_back(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/time 8:00, 18:00")
    await ann.press("At once instead")
    await ann.press("10 a day")
    assert (await cadence_of(world, ann)).cap == 10
    assert "as soon as there is news" in ann.last.text
    assert "/time gives it hours" in (await ann.say("/days mon")).text
    await ann.say("/time")
    await ann.press("At fixed hours instead")
    cadence = await cadence_of(world, ann)
    assert (cadence.cap, cadence.hours) == (0, (time(7),))


async def test_quiet_hours(world: World) -> None:
    ann = await subscribed(world)
    assert "22:00–06:30" in (await ann.say("/quiet 22-6:30")).text
    await ann.press("23:00–07:00")
    assert (await chat_of(world, ann)).quiet == (time(23), time(7))
    question = await ann.follow("Other hours…")
    await ann.say("từ 21h đến 5h", reply_to=question)
    assert (await chat_of(world, ann)).quiet == (time(21), time(5))
    await ann.press("No quiet hours")
    assert (await chat_of(world, ann)).quiet is None
    assert "/quiet 22-6:30" in (await ann.say("/quiet at night")).text


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
    assert "tomorrow 07:00" not in (await ann.say("/settings")).text
    assert "Next: today 07:00" in (await ann.say("/resume")).text


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
