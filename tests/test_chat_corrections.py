"""Wrong labels: readers say so, an editor hears of it and judges, and what was taken away stays away."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.corrections import corrected, without_label
from digest.model import Labels, Reason
from digest.query import Query
from playground.botapi import BotApi
from playground.people import User
from render.words import LANGUAGES, load_words
from storage.store import Store
from tests.test_chat_reading import labelled, sections
from tests.world import World, running_bot, subscribed


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as made:
        yield made


@pytest.fixture
def editor(api: BotApi) -> User:
    return api.user("Editor")


@pytest.fixture
async def world(news: Path, tmp_path: Path, api: BotApi, editor: User) -> AsyncIterator[World]:
    async with running_bot(tmp_path / "bot.db", news=news, api=api, admin_ids=frozenset({editor.id})) as made:
        await editor.say("/help")  # Telegram lets nobody be written to who never wrote
        yield made
        assert [each for each in made.api.refused if "not modified" not in each.description] == []


LABELS = Labels(
    topics=("state", "economic"),
    places=("LA", "VN", "VN-SG"),
    pairs=("LA-VN",),
    act="visit",
    level=4,
    relevant=True,
    reasons=(Reason("state", "words", ("visit",)), Reason("LA", "title", ("Lao",)), Reason("act", "words", ("visit",))),
)


def test_a_label_goes_with_its_reason_and_an_editors_word_takes_its_place() -> None:
    left = without_label(LABELS, "economic")
    assert left == replace(LABELS, topics=("state",), reasons=(*LABELS.reasons, Reason("economic", "editor", ())))
    assert [reason.words for reason in without_label(LABELS, "state").reasons if reason.label == "state"] == [()]


def test_with_a_country_go_its_pairs_and_with_the_last_topic_everything_diplomatic() -> None:
    assert (without_label(LABELS, "LA").pairs, without_label(LABELS, "VN-SG").pairs) == ((), ("LA-VN",))
    nothing = without_label(without_label(LABELS, "state"), "economic")
    assert (nothing.topics, nothing.pairs, nothing.act, nothing.level, nothing.relevant) == ((), (), None, 0, False)
    assert nothing.places == LABELS.places


def test_what_an_editor_took_away_stays_away_when_the_item_is_read_again() -> None:
    before = without_label(without_label(LABELS, "LA"), "economic")
    assert corrected(LABELS, before.reasons) == before
    assert corrected(LABELS, LABELS.reasons) == LABELS


async def complain(
    world: World, *, kind: str = "Wrong topic", label: str = "", language: str = "en"
) -> tuple[int, str]:
    """Somebody calls a label of their first story wrong; the story and the label."""
    user, t = await subscribed(world, language), load_words(language).t
    story = int(labelled(user.last, "v2:story").split(":")[2])
    await user.press("1")
    await user.press(t("Why here?"))
    await user.press(t(kind))
    chosen = labelled(user.last, f"v2:bad:{story}:{label}")
    toast = await user.press(chosen)
    assert toast.text == t("Thank you. An editor will look at it.")
    assert t("Why is this here?") in user.last.text
    return story, chosen.split(":")[3]


async def labels_of(world: World, story_id: int) -> list[Labels]:
    story = await world.newsroom.store.run(lambda store: store.stories.get(story_id))
    return [item.labels for item in story.items]


async def test_editors_hear_of_corrections_once_an_hour(world: World, editor: User) -> None:
    await complain(world)
    said = len(editor.messages)
    await world.bot.poll()
    assert "/corrections" in editor.last.text
    assert editor.last.text.startswith("1 label")
    await complain(world, kind="Wrong place", label="AU")
    world.clock.forward(minutes=50)
    await world.bot.poll()
    assert len(editor.messages) == said + 1
    world.clock.forward(minutes=11)
    await world.bot.poll()
    assert editor.last.text.startswith("2 labels")
    world.clock.forward(hours=3)
    await world.bot.poll()
    assert len(editor.messages) == said + 2  # nothing new since


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_editor_takes_a_label_away_and_digests_and_search_follow(
    world: World, editor: User, language: str
) -> None:
    t = load_words(language).t
    story, label = await complain(world, kind="Wrong place", label="AU", language=language)
    await complain(world, kind="Wrong place", label="AU", language=language)
    await editor.say(f"/language {language}")
    found = await world.newsroom.search(Query(text="", places=("AU",), limit=50))
    assert story in [hit.item.story_id for hit in found.hits]
    shown = await editor.say("/corrections")
    assert {"en": "2 readers say", "vi": "2 bạn đọc"}[language] in shown.text
    assert "🇦🇺" in shown.text
    toast = await editor.press(t("Take the label away"))
    assert toast.text == t("The label is taken away.")
    assert t("No corrections are waiting.") in editor.last.text
    assert all(label not in labels.places for labels in await labels_of(world, story))
    assert all(not pair.startswith("AU") for labels in await labels_of(world, story) for pair in labels.pairs)
    found = await world.newsroom.search(Query(text="", places=("AU",), limit=50))
    assert story not in [hit.item.story_id for hit in found.hits]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_editor_leaves_a_label_and_is_not_asked_again(world: World, editor: User, language: str) -> None:
    story, label = await complain(world, language=language)
    before = await labels_of(world, story)
    await editor.say(f"/language {language}")
    await editor.say("/corrections")
    await editor.press(load_words(language).t("Leave it"))
    assert await labels_of(world, story) == before
    await world.newsroom.store.run(lambda store: store.corrections.ask(story, label, 4711, now=world.clock.now))
    shown = await editor.say("/corrections")  # somebody else may still say so
    assert {"en": "1 reader says", "vi": "1 bạn đọc"}[language] in shown.text


async def test_a_second_tap_of_an_editor_does_no_more(world: World, editor: User) -> None:
    story, label = await complain(world)
    shown = await editor.say("/corrections")
    take = labelled(shown, "v2:judge")
    await editor.forge(take, message=shown)
    before = await labels_of(world, story)
    toast = await editor.forge(take, message=shown)
    assert "already been decided" in toast.text
    assert await labels_of(world, story) == before
    assert all(label not in labels.topics for labels in before)


async def test_what_was_taken_away_stays_away_when_the_publisher_edits_the_report(world: World, editor: User) -> None:
    story, label = await complain(world)
    await editor.say("/corrections")
    await editor.press("Take the label away")
    # As if the publisher had had another text before: the next poll finds an edit and reads the item anew.
    await world.newsroom.store.run(
        lambda store: store._db.execute(
            "update items set text = text || ' (first version)', source_id = ("
            "  select max(s.id) from sources s join sources old on old.name = s.name where old.id = items.source_id"
            ") where story_id = :id",
            id=story,
        )
    )
    await world.bot.poll()
    edited = await world.newsroom.store.run(
        lambda store: store._db.value(
            "select count(*) from items where edited_at is not null and text not like '%(first version)%'"
        )
    )
    assert edited > 0
    assert all(label not in labels.topics for labels in await labels_of(world, story))


async def test_what_was_taken_away_stays_away_from_a_report_that_joins_later(world: World, editor: User) -> None:
    story, label = await complain(world, kind="Wrong place", label="AU")
    await editor.say("/corrections")
    await editor.press("Take the label away")

    def join(store: Store) -> None:
        about = store.items.export(None)
        other = next(item for item in about if label in item.labels.places and item.story_id != story)
        store.stories.move([other.id], story, now=world.clock.now)

    await world.newsroom.store.run(join)
    assert all(label not in labels.places for labels in await labels_of(world, story))


async def test_several_corrections_are_turned_one_at_a_time(world: World, editor: User) -> None:
    await complain(world, kind="Wrong place", label="AU")
    await complain(world, kind="Wrong place", label="VN")
    first = await editor.say("/corrections")
    assert "2" in first.text.splitlines()[0]
    second = await editor.follow("Next ›")
    assert second.text != first.text
    assert (await editor.follow("Next ›")).text == first.text


async def test_corrections_are_for_editors_alone(world: World, editor: User) -> None:
    story, label = await complain(world)
    bob = await subscribed(world)
    assert "do not know that command" in (await bob.say("/corrections")).text
    for data in (f"v2:judge:{story}:{label}:1", "v2:wrongs:0"):
        assert "older message" in (await bob.forge(data)).text
    group = world.api.group("Union", owner=editor)
    group.add_bot(editor)
    await editor.hears(chat=group)
    assert "do not know that command" in (await editor.say("/corrections", chat=group)).text
    assert any(label in labels.topics for labels in await labels_of(world, story))


async def test_a_label_that_a_story_does_not_have_cannot_be_called_wrong(world: World) -> None:
    ann = await subscribed(world)
    story = int(labelled(ann.last, "v2:story").split(":")[2])
    assert "older message" in (await ann.forge(f"v2:bad:{story}:ZZ")).text
    assert await world.newsroom.store.run(lambda store: store.corrections.waiting()) == []


async def test_what_waits_follows_a_story_into_another(world: World, editor: User) -> None:
    story, label = await complain(world, kind="Wrong place", label="VN")
    ann = await subscribed(world)
    other = next(
        int(str(button.data).split(":")[2])
        for button in ann.last.rows[0]
        if int(str(button.data).split(":")[2]) != story
    )
    await world.newsroom.store.run(lambda store: store.stories.merge(story, other, now=world.clock.now))
    shown = await editor.say("/corrections")
    assert labelled(shown, "v2:judge").split(":")[2] == str(other)
    await editor.forge(f"v2:judge:{story}:{label}:1", message=shown)  # from before the merge
    assert all(label not in labels.places for labels in await labels_of(world, other))
    assert sections(ann.last)
