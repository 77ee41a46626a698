"""Everything on one screen, every line of it a button, also for a channel in its admin's private chat."""

from pathlib import Path

import pytest

from digest.readers import ChatState
from playground.botapi import BotApi
from tests.world import World, chat_of, plant, running_bot, subscribed


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_every_button_leads_somewhere_and_back_and_none_is_cut(world: World, language: str) -> None:
    ann = await subscribed(world, language)
    labels = [button.text for button in (await ann.say("/settings")).buttons]
    assert len(labels) == 12
    for n, label in enumerate(labels):
        screen = await ann.say("/settings")
        assert len(label) <= 40
        before = screen.text, [button.text for button in screen.buttons]
        await ann.press(screen.buttons[n].data)
        assert (ann.last.text, [button.text for button in ann.last.buttons]) != before, label
        ways = [button.data.split(":")[1] for button in ann.last.buttons]
        assert {"settings", "lines", "topics", "newline"} & set(ways), label


async def test_the_buttons_say_what_is_set(world: World) -> None:
    ann = await subscribed(world)
    await ann.say("/places cuba, hue")
    await ann.say("/topics")
    await ann.press("v2:topic:1:ngo:1")
    await ann.say("/words friendship, -football")
    await ann.say("/time 7, 18:30")
    await ann.say("/days weekdays")
    await ann.say("/quiet 22-6")
    labels = [button.text for button in (await ann.say("/settings")).buttons]
    assert labels == [
        "🏷 Topics · 1",
        "📍 Places · 3",
        "Words · 2",
        "Grouped by topic",
        "⏰ 07:00, 18:30 on weekdays",
        "🌙 Quiet hours: 22:00–06:00",
        "Time zone: Ho Chi Minh City",
        "🔔 Sound: on",
        "Language: English",
        "Previews: off",
        "Pause",
        "New subscription",
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
async def test_keys_stand_side_by_side_only_where_a_phone_has_room(world: World, language: str) -> None:
    ann = await subscribed(world, language, less=frozenset({"ngo"}))
    rows = (await ann.say("/settings")).keyboard["inline_keyboard"]
    assert len(rows) <= 8
    assert [row for row in rows if len(row) > 2 or (len(row) == 2 and max(len(key["text"]) for key in row) > 22)] == []


async def test_what_begins_and_what_is_chosen_stand_out(world: World) -> None:
    ann = world.api.user("Ann")

    def styles() -> dict[str, str]:
        return {button.text: button.raw["style"] for button in ann.last.buttons if "style" in button.raw}

    await ann.say("/topics")
    await ann.press("v2:topic:1:ngo:1")
    assert styles() == {"✓ NGO aid": "success", "Subscribe": "primary"}
    await ann.press("Subscribe")
    await ann.say("/lines")
    await ann.press("New subscription")
    assert styles() == {"Begin": "primary"}
    await ann.say("/forget")
    assert styles() == {"Delete everything": "danger"}


async def test_a_switch_pressed_twice_says_what_should_be(world: World) -> None:
    ann = await subscribed(world)
    screen = await ann.say("/settings")
    await ann.press("🔔 Sound: on", message=screen)
    await ann.press("🔔 Sound: on", message=screen)
    assert (await chat_of(world, ann)).silent
    await ann.press("🔕 Sound: off")
    assert not (await chat_of(world, ann)).silent


async def test_after_a_restart_every_button_still_works(news: Path, tmp_path: Path) -> None:
    async with BotApi() as api:
        async with running_bot(tmp_path / "bot.db", news=news, api=api) as world:
            ann = await subscribed(world)
            await ann.say("/settings")
            await ann.press("📍 Places · 1")
            question = await ann.follow("Type a name…")
        async with running_bot(tmp_path / "bot.db", api=api) as world:
            await ann.say("Lào", reply_to=question)
            line = (await world.newsroom.store.run(lambda store: store.lines.of(ann.id)))[0]
            assert line.wishes.places == {"VN", "LA"}
            await ann.press("✓ Laos")
            line = (await world.newsroom.store.run(lambda store: store.lines.of(ann.id)))[0]
            assert line.wishes.places == {"VN"}


async def test_a_channel_is_set_up_in_its_admins_private_chat(world: World) -> None:
    ann, bob = world.api.user("Ann"), world.api.user("Bob")
    channel = world.api.group("Laos Friends", owner=ann, kind="channel")
    await ann.say("/start")
    await bob.say("/start")
    channel.add_bot(ann)
    await ann.hears(lambda message: "Laos Friends" in message.text)
    await world.newsroom.store.run(lambda store: store.readers.set_language(channel.id, "vi"))
    line = (await world.newsroom.store.run(lambda store: store.lines.of(channel.id)))[0]
    await ann.forge(f"v2:settings:{line.id}")
    assert "Settings of Laos Friends" in ann.last.text
    await ann.press("📍 Places · all")
    question = await ann.follow("Type a name…")
    await ann.say("Laos", reply_to=question)
    await ann.press("Subscribe")
    assert (await chat_of(world, channel)).state is ChatState.ACTIVE
    assert "first digest" not in ann.last.text
    kept = (await world.newsroom.store.run(lambda store: store.lines.of(channel.id)))[0]
    assert kept.wishes.places == {"LA"}
    assert "older message" in (await bob.forge(f"v2:settings:{line.id}")).text


async def test_settings_under_a_groups_digest_are_for_admins(world: World) -> None:
    ann, bob = world.api.user("Ann"), world.api.user("Bob")
    group = world.api.group("Union", owner=ann, members=[bob])
    group.add_bot(ann)
    plant(group, await ann.say("/start", chat=group), "v2:menu")
    assert "Only admins" in (await bob.forge("v2:menu", chat=group)).text
