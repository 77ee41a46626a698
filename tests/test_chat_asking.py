"""Asking in the chat: searches narrowed by buttons, alerts, and news in any other chat."""

import asyncio
import re
from pathlib import Path

import pytest

from chat.patience import INLINE
from digest.readers import ChatState
from render.help_view import command_label
from render.words import LANGUAGES, load_words
from tests.world import World, lines_of, plant, running_bot, subscribed


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
    assert "Alert set: friendship · at once." in told.text
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


async def test_what_is_sent_to_another_chat_leads_to_all_reports(world: World) -> None:
    ann, bob = world.api.user("Ann"), world.api.user("Bob")
    for query in ("story:1", "laos friendship"):
        [[button]] = (await ann.inline(query)).results[0]["reply_markup"]["inline_keyboard"]
        assert button["text"] == "Read all reports"
        _, _, payload = button["url"].partition("?start=")
        assert re.fullmatch(r"story_\d+", payload)
        assert "Why here?" in [one.text for one in (await bob.say(f"/start {payload}")).buttons]


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


@pytest.mark.parametrize(
    ("language", "typed", "read_as"),
    [
        ("en", "laos aid", "Laos · NGO aid"),
        ("en", "place:laos aid", "Laos · NGO aid"),
        ("en", "News about Laos", "Laos"),
        ("en", "What happened with Cuba this week?", "Cuba · from 16 Nov"),
        ("vi", "viện trợ lào", "Lào · Viện trợ"),
        ("vi", "có tin gì về Cuba tuần này?", "Cuba · từ 16/11"),
    ],
)
async def test_where_no_report_has_all_the_words_their_nearest_reading_is_shown(
    world: World, language: str, typed: str, read_as: str
) -> None:
    t = load_words(language).t
    user = world.api.user("Ann", language_code=language)
    found = await user.say(typed)
    assert found.text.splitlines()[0] == t("Search: {query}", query=read_as)
    nothing = t("Nothing was found for “{query}”. This is the nearest that there is.", query="@").partition("@")
    assert found.text.splitlines()[1].startswith(nothing[0])
    assert found.text.splitlines()[1].endswith(nothing[2])
    assert "1" in labels(found)
    # What is shown is a search like any other.
    assert read_as in (await user.follow(t("Filter"), message=found)).text.splitlines()[0]


@pytest.mark.parametrize(
    ("language", "typed", "label"), [("en", "laos", "Laos as a place"), ("vi", "lào", "Lào: theo địa danh")]
)
async def test_words_that_name_a_place_are_offered_as_one(world: World, language: str, typed: str, label: str) -> None:
    user = world.api.user("Ann", language_code=language)
    first = labels(await user.say(typed))[0]
    assert first.startswith(label + " · ")
    opened = await user.follow(first)
    total = first.rpartition(" ")[2]
    assert total in opened.text.splitlines()[-1]
    assert label.split(":")[0].split(" as ")[0] in opened.text.splitlines()[0]
    assert not any(label in each for each in labels(opened))


@pytest.mark.parametrize("typed", ["👍", "?", "...", "place:", '""', "/search !!"])
async def test_what_has_no_word_gets_a_sentence_and_no_alert(world: World, typed: str) -> None:
    ann = world.api.user("Ann")
    answer = await ann.say(typed)
    assert "There is no word in that to look for." in answer.text
    assert labels(answer) == ["Today's digest", "The latest"]
    assert "The latest" in (await ann.follow("The latest", message=answer)).text


@pytest.mark.parametrize(
    ("language", "typed", "command", "leads_to"),
    [
        ("en", "stop", "stop", "You are unsubscribed; no more digests will come. /start brings you back."),
        ("en", "Unsubscribe", "stop", "You are unsubscribed; no more digests will come. /start brings you back."),
        ("vi", "dừng", "stop", "You are unsubscribed; no more digests will come. /start brings you back."),
        ("vi", "hủy đăng ký", "stop", "You are unsubscribed; no more digests will come. /start brings you back."),
        ("en", "help", "help", "What I can do"),
        ("vi", "trợ giúp", "help", "What I can do"),
        ("vi", "tro giup", "help", "What I can do"),
        ("en", "cancel", "cancel", "I have not asked you anything, so there is nothing to take back."),
        ("vi", "hủy", "cancel", "I have not asked you anything, so there is nothing to take back."),
        ("en", "saved", "saved", "Saved stories"),
    ],
)
async def test_the_name_of_a_command_is_a_button_above_its_search(
    world: World, language: str, typed: str, command: str, leads_to: str
) -> None:
    words = load_words(language)
    user = await subscribed(world, language)
    answer = await user.say(typed)
    label = command_label(command, words)
    assert answer.text.startswith(words.t("If you meant the command: {command}", command=label))
    assert typed in answer.text
    assert labels(answer)[0] == label
    assert words.t(leads_to) in (await user.follow(label, message=answer)).text


async def test_a_command_is_not_offered_to_whoever_searches_for_the_word(world: World) -> None:
    ann = await subscribed(world)
    assert not any("/stop" in each for each in labels(await ann.say("/search stop")))
    await ann.say("/digest")
    question = await ann.follow("Search")
    assert not any("/stop" in each for each in labels(await ann.say("stop", reply_to=question)))
    assert not any("/stop" in each for each in labels(await ann.say("stop the war")))


async def test_who_has_no_subscription_is_offered_no_button_that_needs_one(world: World) -> None:
    answer = await world.api.user("Ann").say("stop")
    assert "/stop" in answer.text
    assert not any("/stop" in each for each in labels(answer))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_cancel_closes_an_open_question_and_says_so(world: World, language: str) -> None:
    t = load_words(language).t
    user = await subscribed(world, language)
    nothing = t("I have not asked you anything, so there is nothing to take back.")
    assert (await user.say("/cancel")).text == nothing
    await user.say("/places")
    question = await user.follow(t("Type a name…"))
    closed = await user.say("/cancel", reply_to=question)
    assert closed.text == t("All right: I no longer wait for an answer.")
    # What is written to it now is a search and changes nothing.
    before = await lines_of(world, user)
    assert t("Search: {query}", query="Cuba") in (await user.say("Cuba", reply_to=question)).text
    assert await lines_of(world, user) == before
    assert (await user.say("/cancel")).text == nothing


async def a_group(world: World):
    ann, bob, cyn = (world.api.user(name) for name in ("Ann", "Bob", "Cyn"))
    group = world.api.group("Union", owner=ann, members=[bob, cyn])
    group.add_bot(ann)
    await ann.hears(chat=group)
    return bob, cyn, group


async def test_in_a_group_results_are_whole_and_go_on_in_private(world: World) -> None:
    bob, cyn, group = await a_group(world)
    found = await bob.say("/search việt nam", chat=group)
    [button] = found.buttons
    assert button.text == "Continue in private"
    assert "8. " in found.text
    link = button.raw["url"].partition("?start=")[2]
    opened = await cyn.start(link)
    assert opened.text.splitlines()[0] == "Search: việt nam"
    older = await cyn.follow("Older ›", message=opened)
    assert "6. " in older.text
    assert (await cyn.follow("Alert me", message=older)).buttons
    assert group.chat.messages[found.id].text == found.text


async def test_a_long_page_in_a_group_is_one_message(world: World) -> None:
    bob, _, group = await a_group(world)
    await bob.say("/search viet nam", chat=group)
    await bob.say("/search hello goodbye", chat=group)
    assert [len(each.buttons) for each in group.messages if each.by_bot][-2:] == [1, 1]


async def test_nobody_reads_others_searches_by_counting(world: World) -> None:
    ann, eve = world.api.user("Ann"), world.api.user("Eve")
    bob, _, group = await a_group(world)
    await ann.say("canary in private")
    found = await bob.say("/search canary in group", chat=group)
    [button] = found.buttons
    link = button.raw["url"].partition("?start=")[2]
    _, number, chat, seal = link.split("_")
    forged = [f"found_{n}_{who}_{seal}" for n in range(1, 4) for who in (chat, f"-{ann.id}") if n != int(number)]
    for payload in ["found_1", f"found_{number}", f"found_{number}_{ann.id}", *forged]:
        assert "canary" not in (await eve.start(payload)).text
    assert "canary in group" in (await eve.start(link)).text


@pytest.mark.parametrize(
    "data", ["v2:found:1:5", "v2:filters:1", "v2:narrow:1:topic:ngo:1", "v2:retry:1:0", "v2:alert:1"]
)
async def test_no_press_turns_a_group_s_page(world: World, data: str) -> None:
    bob, cyn, group = await a_group(world)
    found = await bob.say("/search laos", chat=group)
    assert "older message" in (await cyn.forge(data, chat=group, message=found)).text
    answer = await cyn.forge(data, chat=group, message=plant(group, found, data))
    assert "your own chat with me" in answer.text
    assert group.chat.messages[found.id].text == found.text


async def test_saved_stories_in_a_group_are_each_reader_s_own(world: World) -> None:
    bob, _, group = await a_group(world)
    answer = await bob.say("/saved", chat=group)
    assert answer.text == "Saved stories are each reader's own. Write /saved to me in private to see yours."
    [button] = answer.buttons
    assert "Saved stories" in (await bob.start(button.raw["url"].partition("?start=")[2])).text


async def test_inline_results_are_never_none_where_a_wider_query_finds_some(world: World) -> None:
    ann, binh = world.api.user("Ann"), world.api.user("Bình", language_code="vi")
    answer = await ann.inline("laos aid")
    assert answer.results
    assert answer.button["text"] == "Nothing; instead: Laos · NGO aid"
    assert (await binh.inline("viện trợ lào")).button["text"] == "Không có; thay bằng: Lào · Viện trợ"
    assert (await ann.inline("frendship")).button["text"] == "Nothing; instead: friendship"
    assert (await ann.inline("zzyzx")).results == []


async def test_few_inline_results_are_followed_by_those_of_the_place(world: World) -> None:
    ann = world.api.user("Ann")
    plain = await ann.say("/search laos")
    answer = await ann.inline("laos")
    assert answer.button["text"] == "As well: Laos"
    assert len(answer.results) > int(plain.text.splitlines()[-1].split()[0])
    assert len({each["id"] for each in answer.results}) == len(answer.results)


async def test_the_newest_stories_are_kept_longer_than_what_was_searched_for(world: World) -> None:
    ann = world.api.user("Ann")
    empty, found = await ann.inline(""), await ann.inline("laos")
    assert (empty.cache_time, found.cache_time) == (300, 60)
    second = await ann.inline("", offset=empty.next_offset)
    assert second.results
    assert {each["id"] for each in empty.results}.isdisjoint(each["id"] for each in second.results)
    assert len((await ann.inline("", offset="99999")).results) <= 10


async def test_an_empty_inline_query_composes_no_digest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.newsroom.build_digest", None)
    assert len((await world.api.user("Ann").inline("")).results) == 10


async def test_inline_queries_have_a_limit_of_their_own(news: Path, tmp_path: Path) -> None:
    async with running_bot(tmp_path / "bot.db", news=news, monotonic=lambda: 0.0) as world:
        ann, bob = world.api.user("Ann"), world.api.user("Bob")
        answers = [await ann.inline("laos") for _ in range(INLINE + 3)]
        assert [bool(each.results) for each in answers] == [True] * INLINE + [False] * 3
        assert "a lot at once" in answers[-1].button["text"]
        assert answers[-1].cache_time == 10
        assert (await bob.inline("laos")).results
        assert "Search" in (await ann.say("laos")).text


async def test_an_inline_answer_that_comes_too_late_is_no_failure(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    ann = world.api.user("Ann")
    world.api.world.tell("inline_query", {
        "id": "4711", "from": world.api.world.user_json(ann.id), "query": "laos", "offset": "", "chat_type": "private",
    }, ann.id)  # fmt: skip
    with caplog.at_level("INFO"):
        await ann.say("/help")
        for _ in range(200):
            if "answered too late" in caplog.text:
                break
            await asyncio.sleep(0.01)
    assert "an inline query was answered too late" in caplog.text
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    world.api.refused.clear()


@pytest.mark.parametrize("moment", ["999999999999999", "253402300799", "253402300800", "99999999999"])
async def test_no_page_is_of_a_day_beyond_the_calendar(
    world: World, moment: str, caplog: pytest.LogCaptureFixture
) -> None:
    ann = await subscribed(world)
    assert "older message" in (await ann.forge(f"v2:latest:{moment}:0:mine")).text
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
