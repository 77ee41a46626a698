"""Help and menus: what is listed is there, what is there is listed, and nobody is left without an answer."""

from pathlib import Path

import pytest
from telegram import (
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from chat.app import DESKS
from chat.menu import commands
from chat.switchboard import Switchboard
from render.help_view import _ALIASES, HELP_PAGES, command_said, described, nearest, page_title
from render.words import LANGUAGES, load_words
from tests.world import World, lines_of, running_bot

EN, VI = load_words("en"), load_words("vi")


async def test_the_help_lists_the_commands_that_there_are(world: World) -> None:
    reception = world.bot.reception
    there = Switchboard(reception, [desk(reception) for desk in DESKS]).commands
    assert sorted(each.name for each in described(EN)) == there


@pytest.mark.parametrize("words", [EN, VI])
def test_descriptions_are_short_enough_for_a_menu(words) -> None:
    assert max(len(each.text) for each in described(words)) <= 45


async def test_menus_are_set_by_language_and_kind_of_chat(world: World) -> None:
    bot = world.bot.application.bot
    shown = {}
    for scope, name in (
        (BotCommandScopeAllPrivateChats(), "private"),
        (BotCommandScopeAllGroupChats(), "group"),
        (BotCommandScopeAllChatAdministrators(), "admin"),
    ):
        for language in LANGUAGES:
            menu = await bot.get_my_commands(scope=scope, language_code=language)
            assert list(menu) == commands(load_words(language), name)
            shown[name] = {each.command for each in menu}
    assert shown["group"] == {"digest", "latest", "search", "help"}
    assert "settings" in shown["admin"] & shown["private"]
    assert ("here" in shown["admin"], "here" in shown["private"]) == (True, False)
    assert (await bot.get_my_name(language_code="vi")).name == "Bản tin Đối ngoại"


async def test_a_second_start_sets_nothing_that_is_right_already(
    news: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        for method in ("setMyName", "setMyCommands", "setMyDescription", "setMyShortDescription"):
            world.api.fail("flood", method=method, retry_after=4000)
        again = type(world.bot)(world.newsroom)
        await again.start(ticking=False)
        try:
            assert again.menus is not None
            await again.menus
            assert "could not be set" not in caplog.text
            world.api.world.settings[("name", ("", "", 0), "en")] = "Another"
            await again._set_menus()
            assert "could not be set" in caplog.text
        finally:
            await again.stop()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_page_of_the_help_opens_in_place_and_leads_back(world: World, language: str) -> None:
    user, words = world.api.user("Ann", language_code=language), load_words(language)
    front = (await user.say("/help")).text
    for page in HELP_PAGES:
        opened = await user.follow(page_title(page, words))
        assert opened.text.startswith(page_title(page, words))
        back = await user.follow("‹ " + words.t("Help"))
        assert (back.text, back.id) == (front, opened.id)


def test_every_command_for_readers_is_on_a_page_of_the_help() -> None:
    assert {each.page for each in described(EN)} <= set(HELP_PAGES)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("serch", "search"), ("TimKiem", "search"), ("unsubscribe", "stop"), ("dig", "digest"), ("setings", "settings"),
     ("cai_dat", "settings"), ("kenh", "channels"), ("x", ""), ("qwertz", ""), ("", "")],
)  # fmt: skip
def test_the_nearest_command_is_found(said: str, meant: str) -> None:
    assert nearest(said, [each.name for each in described(EN)]) == meant


async def test_an_unknown_command_suggests_the_nearest(world: World) -> None:
    ann = world.api.user("Ann")
    assert "/search" in (await ann.say("/serch laos")).text
    assert "/help" in (await ann.say("/xyzzyx")).text


async def test_a_picture_gets_an_answer_and_an_album_only_one(world: World) -> None:
    ann = world.api.user("Ann")
    dice = {"emoji": "🎲", "value": 3}
    ann.show({"dice": dice})
    assert "only read words" in (await ann.hears()).text
    for _ in range(3):
        ann.show({"dice": dice, "media_group_id": "77"})
    await ann.say("/help")
    assert sum("only read words" in message.text for message in ann.messages) == 2


async def test_in_a_group_we_answer_only_what_is_for_us(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann, admin=True)  # an admin of a group hears every word of it
    await ann.hears(chat=group)
    for text in ("laos", "/xyzzyx", "/serch", "/weather@other_bot", "hello @somebody"):
        ann.write(text, chat=group)
    helped = await ann.say("/help", chat=group)
    assert "Admins set" in helped.text
    [button] = helped.buttons
    assert button.text == "Continue in private"
    assert (await ann.start(button.raw["url"].partition("?start=")[2])).text == (await ann.say("/help")).text
    assert "older message" in (await ann.forge("v2:help:privacy", chat=group, message=helped)).text
    assert sum(message.by_bot for message in group.messages) == 2
    assert "/search" in (await ann.say("/serch@diplomacy_digest_bot", chat=group)).text


@pytest.mark.parametrize(
    ("language", "said", "name"),
    [
        ("en", "/laos", "Laos"),
        ("en", "/lao", "Laos"),
        ("en", "/cuba", "Cuba"),
        ("en", "/hanoi", "Hanoi"),
        ("vi", "/viet_nam", "Việt Nam"),
        ("vi", "/LAOS", "Lào"),
    ],
)
async def test_a_place_written_as_a_command_has_its_news(world: World, language: str, said: str, name: str) -> None:
    t = load_words(language).t
    user = world.api.user("Ann", language_code=language)
    shown = await user.say(said)
    assert shown.text.startswith(t("The latest: {place}", place=name))
    assert "1. " in shown.text
    opened = await user.follow("1", message=shown)
    assert name in opened.text
    offered = await user.follow(t("Follow {place}", place=name), message=await user.say(said))
    assert name in offered.text
    await user.follow(t("Follow"), message=offered)
    [line] = await lines_of(world, user)
    assert line.wishes.places == {world.newsroom.gazetteer.named(name)[0]}


async def test_a_place_of_no_news_says_so_and_can_be_followed(world: World) -> None:
    shown = await world.api.user("Ann").say("/andorra")
    assert "Nothing in the last seven days." in shown.text
    assert [each.text for each in shown.buttons] == ["Follow Andorra", "Search: Andorra"]


async def test_a_place_written_as_a_command_in_a_group_is_followed_in_private(world: World) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann)
    await ann.hears(chat=group)
    shown = await ann.say("/laos@diplomacy_digest_bot", chat=group)
    [button] = shown.buttons
    assert button.text == "Follow Laos"
    assert "Laos" in (await ann.start(button.raw["url"].partition("?start=")[2])).text


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", "stop"), ("STOP!", "stop"), ("dừng", "stop"), ("dung", "stop"), ("Dũng", ""), ("đúng", ""),
        ("hủy", "cancel"), ("huỷ", "cancel"), ("cancel", "cancel"), ("hủy đăng ký", "stop"), ("huy dang ky", "stop"),
        ("trợ giúp", "help"), ("help", "help"), ("help me", ""), ("unsubscribe", "stop"), ("tìm", "search"),
        ("tim kiem", "search"), ("here", ""), ("corrections", ""), ("laos", ""), ("", ""), ("👍", ""),
    ],
)  # fmt: skip
def test_a_command_said_without_its_slash(said: str, meant: str) -> None:
    assert command_said(said) == meant


def test_no_alias_leads_to_a_command_that_there_is_not() -> None:
    names = {each.name for each in described(EN)}
    assert set(_ALIASES.values()) <= names
    assert nearest("cancel", sorted(names)) == "cancel"


@pytest.mark.parametrize("command", ["places", "here"])
async def test_of_too_many_names_the_first_are_read_and_that_is_said(world: World, command: str) -> None:
    ann = world.api.user("Ann")
    group = world.api.group("Union", owner=ann)
    group.add_bot(ann)
    await ann.hears(chat=group)
    known = ", ".join(["laos"] + [f"qwertyx{n}" for n in range(30)])
    unknown = ", ".join(f"qwertyx{n}" for n in range(30))
    for names in (known, unknown):
        since = world.api.world.revision
        await ann.say(f"/{command} {names}", chat=group)
        await ann.hears(lambda message: "only the first 20 were read" in message.text, chat=group, since=since)
