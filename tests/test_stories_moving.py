"""Stories that merge, split and grow in a real store, and what readers were told of them."""

import itertools
import random
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from digest.compose import Window, compose
from digest.errors import StorageError
from digest.index import StoryIndex
from digest.model import Labels, Wishes
from digest.readers import Chat, ChatState, Told
from digest.stories import group_items
from storage.store import Store
from tests.conftest import a_poll, a_source, an_item, utc

NOW = utc("2026-11-21 06:00")
MINUTE = timedelta(minutes=1)
QUANG_TRI = Labels(topics=("ngo",), places=("VN-25",), relevant=True)

NOISE = [
    an_item(f"Council of district {n} meets on roads", f"The council spoke of road {n} and bridge {n * 7}.")
    for n in range(20)
]
RICE = an_item(
    "Danish Red Cross ship brings rice to Quang Tri",
    "A ship of the Danish Red Cross with rice for flooded villages reached Cua Viet port on Friday.",
    labels=replace(QUANG_TRI, places=("DK", "VN-25")),
)
TENTS = an_item(
    "Tents and blankets for families in Quang Tri",
    "Some 2,000 families who lost their homes received tents and blankets from European donors this week.",
    labels=QUANG_TRI,
)
BOTH = an_item(
    "Danish Red Cross brings rice, tents and blankets to flooded Quang Tri",
    "A ship of the Danish Red Cross reached Cua Viet port with rice for flooded villages, and 2,000 families who lost "
    "their homes received tents and blankets.",
    labels=replace(QUANG_TRI, places=("DK", "VN-25")),
)
MUSEUM = "The city museum opens a hall of lacquer paintings by three young artists from Hue next month."


@pytest.fixture
def index():
    return StoryIndex()


@pytest.fixture
def apart(store, index):
    """A store with two stories of which nothing shows yet that they are one: rice 21, tents 22."""
    store.sources.sync([a_source()], now=NOW)
    arrive(store, index, *NOISE, RICE, TENTS)
    assert story_of(store, 21) != story_of(store, 22)
    return story_of(store, 21), story_of(store, 22)


def arrive(store, index, *new, changed=(), now=NOW):
    """One poll and its grouping, in the order given."""
    dated = [
        replace(item, entry=replace(item.entry, published=now - timedelta(hours=5) + n * MINUTE))
        for n, item in enumerate(new)
    ]
    store.items.save_poll(a_poll(at=now), dated, list(changed))
    group(store, index, now=now)


def group(store, index, *, now=NOW):
    while group_items(store, index, now=now):
        pass


def story_of(store, item_id):
    return store.items.get(item_id).story_id


def grouping(store):
    """The stories as sets of items."""
    stories = {}
    for item in store.items.export(None):
        stories.setdefault(item.story_id, set()).add(item.id)
    return sorted(map(sorted, stories.values()))


def meet(store, *chat_ids):
    for chat_id in chat_ids:
        store.readers.add_chat(
            Chat(id=chat_id, kind="private", language="en", zone="UTC", state=ChatState.ACTIVE, created_at=NOW)
        )


def digest(store, chat_id):
    """What a chat would be told now, by headline and mark."""
    since, until = NOW - timedelta(days=2), NOW + timedelta(days=2)
    stories = tuple(store.stories.in_window(since, until))
    window = Window(since=since, until=until, stories=stories, items=0, feeds=1, failing=0)
    made = compose(window, Wishes(topics=frozenset({"ngo"})), told=store.memory.told(chat_id, 0))
    return [(one.mark, one.headline, " ".join(sentence.text for sentence in one.sentences)) for one in made.stories]


def test_a_report_that_shows_two_stories_to_be_one_merges_them(store, index, apart):
    rice, tents = apart
    arrive(store, index, BOTH, now=NOW + MINUTE)
    story = store.stories.get(rice)
    assert (story.id, {item.id for item in story.items}) == (rice, {21, 22, 23})
    assert store.stories.get(tents) == story  # an old button or link opens the story that goes on
    assert {item.story_id for item in store.items.export(None) if item.id > 20} == {rice}
    assert store.stats(now=NOW).stories == tents - 1


def test_the_story_that_readers_know_goes_on(store, index, apart):
    rice, tents = apart
    meet(store, 1)
    store.memory.tell(1, 0, {tents: 22}, now=NOW)
    arrive(store, index, BOTH, now=NOW + MINUTE)
    assert store.stories.get(rice).id == tents


def test_of_two_that_readers_know_the_older_goes_on(store, index, apart):
    rice, tents = apart
    meet(store, 1)
    store.memory.tell(1, 0, {tents: 22, rice: 21}, now=NOW)
    arrive(store, index, BOTH, now=NOW + MINUTE)
    assert store.stories.get(tents).id == rice


def test_an_alias_leads_on_through_later_merges(store, index, apart):
    rice, tents = apart
    store.stories.merge(tents, rice, now=NOW)
    third = story_of(store, 1)
    store.stories.merge(rice, third, now=NOW)
    assert store.stories.get(tents) == store.stories.get(rice) == store.stories.get(third)
    assert [item.id for item in store.stories.get(tents).items] == [1, 21, 22]


def test_after_a_merge_each_chat_is_told_what_it_does_not_know_and_nothing_twice(store, index, apart):
    rice, tents = apart
    meet(store, 1, 2, 3, 4)
    store.memory.tell(1, 0, {rice: 21}, now=NOW)
    store.memory.tell(2, 0, {tents: 22}, now=NOW)
    store.memory.tell(3, 0, {rice: 21, tents: 22}, now=NOW)
    later = NOW + MINUTE
    store.stories.merge(rice, tents, now=later)  # the older item comes into the story that has the newer one
    assert store.memory.told(1, 0) == {tents: Told(NOW, 21)}
    assert store.memory.told(2, 0) == {tents: Told(NOW, 22, frozenset({21}))}
    assert store.memory.told(3, 0) == {tents: Told(NOW, 22)}
    assert store.memory.told(4, 0) == {}
    assert digest(store, 1) == [("update", TENTS.entry.title, TENTS.entry.text)]
    assert digest(store, 2) == [("update", RICE.entry.title, RICE.entry.text)]
    assert digest(store, 3) == []
    assert [mark for mark, *_ in digest(store, 4)] == ["new"]
    for chat_id in (1, 2):
        store.memory.tell(chat_id, 0, {tents: 22}, now=later + MINUTE)
        assert store.memory.told(chat_id, 0) == {tents: Told(NOW, 22)}
        assert digest(store, chat_id) == []


def test_an_edition_made_before_a_merge_and_written_after_it_counts_for_what_it_told(store, apart):
    rice, tents = apart
    meet(store, 1, 2)
    store.stories.merge(tents, rice, now=NOW + MINUTE)
    store.memory.tell(1, 0, {tents: 22}, now=NOW)
    assert store.memory.told(1, 0) == {rice: Told(NOW, 22, frozenset({21}))}
    store.memory.tell(2, 0, {rice: 21}, now=NOW)
    assert store.memory.told(2, 0) == {rice: Told(NOW, 21)}


def test_an_item_whose_words_its_publisher_changed_leaves_its_story(store, index, apart):
    arrive(store, index, BOTH, now=NOW + MINUTE)
    meet(store, 1)
    store.memory.tell(1, 0, {story_of(store, 21): 23}, now=NOW + MINUTE)
    other = replace(TENTS, entry=replace(TENTS.entry, title="Museum opens lacquer hall", text=MUSEUM))
    arrive(store, index, changed=[other], now=NOW + 2 * MINUTE)
    museum = story_of(store, 22)
    assert grouping(store)[-2:] == [[21, 23], [22]]
    # Both parts count as told, as far as their items were.
    assert store.memory.told(1, 0) == {story_of(store, 21): Told(NOW + MINUTE, 23), museum: Told(NOW + MINUTE, 22)}
    assert digest(store, 1) == []


def test_an_edit_that_changes_little_changes_no_story_and_is_looked_at_once(store, index, apart):
    arrive(store, index, BOTH, now=NOW + MINUTE)
    before = grouping(store)
    arrive(store, index, changed=[replace(BOTH, entry=replace(BOTH.entry, title=BOTH.entry.title + " province"))])
    assert grouping(store) == before
    assert store.stories.reworded(9) == []


def test_an_edit_of_an_item_alone_in_its_story_may_bring_it_into_another(store, index, apart):
    rice, tents = apart
    same = replace(TENTS, entry=replace(RICE.entry, identity=TENTS.entry.identity, title="Rice for Quang Tri"))
    arrive(store, index, changed=[same], now=NOW + MINUTE)
    assert story_of(store, 22) == rice
    assert store.stories.get(tents).id == rice


def test_a_story_of_which_a_chat_knows_no_report_any_more_is_new_to_it(store, apart):
    rice, tents = apart
    meet(store, 1)
    store.memory.tell(1, 0, {rice: 21}, now=NOW)
    store.stories.move([22], rice, now=NOW + MINUTE)
    alone = store.stories.split(21, now=NOW + 2 * MINUTE)
    assert store.memory.told(1, 0) == {alone: Told(NOW, 21)}
    assert store.stories.get(tents).id == rice


def test_what_is_grouped_stays_so_when_nothing_new_comes(store, index, apart):
    arrive(store, index, BOTH, now=NOW + MINUTE)
    for _ in range(3):
        assert group_items(store, index, now=NOW + MINUTE) == 0
        assert group_items(store, StoryIndex(), now=NOW + MINUTE) == 0
    more = [an_item(f"Mayor of town {n} plants trees", f"The mayor planted {n + 30} trees.") for n in range(30)]
    arrive(store, index, *more, now=NOW + 2 * MINUTE)
    assert [story for story in grouping(store) if story[0] in {21, 22, 23}] == [[21, 22, 23]]
    assert store._db.value("select count(*) from moves") == 1  # the merge, and no more


def test_an_index_rebuilt_from_the_store_groups_what_comes_next_alike(store, index, apart):
    arrive(store, StoryIndex(), BOTH, now=NOW + MINUTE)
    assert grouping(store)[-1] == [21, 22, 23]


def test_two_processes_group_one_store_without_harm(store, database_url, index, apart):
    other, other_index = Store.open(database_url), StoryIndex()
    group(other, other_index)
    arrive(store, index, BOTH, now=NOW + MINUTE)
    again = an_item("Ship with rice for Quang Tri", RICE.entry.text, labels=RICE.labels)
    arrive(other, other_index, again, now=NOW + 2 * MINUTE)
    edited = replace(BOTH, entry=replace(BOTH.entry, title="Museum opens lacquer hall", text=MUSEUM))
    arrive(store, index, changed=[edited], now=NOW + 3 * MINUTE)
    last = an_item("Lacquer paintings in a new museum hall", MUSEUM, labels=QUANG_TRI)
    arrive(other, other_index, last, now=NOW + 4 * MINUTE)
    assert group_items(store, index, now=NOW + 5 * MINUTE) == 0
    stories = {item_id: index.story_of(item_id) for item_id in range(1, 26)}
    assert stories == {item_id: other_index.story_of(item_id) for item_id in range(1, 26)}
    assert stories == {item_id: story_of(store, item_id) for item_id in range(1, 26)}
    assert story_of(store, 25) == story_of(store, 23)
    other.close()


def test_what_a_failed_store_rolled_back_is_not_remembered(store, index, apart):
    store.items.save_poll(a_poll(at=NOW), [BOTH], [])
    store._db.execute("create temp trigger full before insert on moves begin select raise(abort, 'disk is full'); end")
    with pytest.raises(StorageError, match="disk is full"):
        group(store, index)
    assert (story_of(store, 21), story_of(store, 22), story_of(store, 23)) == (*apart, None)
    store._db.execute("drop trigger full")
    group(store, index)
    assert grouping(store)[-1] == [21, 22, 23]


@pytest.mark.parametrize("batch", [500, 40])
def test_a_first_poll_is_grouped_alike_whatever_feed_answers_first(news, tmp_path, batch):
    """The sample feeds, their items stored in three orders; in small batches few pairs of items may differ."""
    found = []
    for seed in range(3):
        path = tmp_path / f"{seed}.db"
        with sqlite3.connect(news) as source, sqlite3.connect(path) as copy:
            source.backup(copy)
        store = Store.open(f"sqlite:///{path}")
        found.append(shuffled(store, random.Random(seed), batch))
        store.close()
    pairs = [{(a, b) for story in one for a in story for b in story if a < b} for one in found]
    assert len(pairs[0]) > 150
    apart = [1 - len(one & other) / len(one | other) for one, other in itertools.combinations(pairs, 2)]
    # In small batches the statistics of the first ones are poor; .23 when an item once placed stayed where it was.
    assert sum(apart) / len(apart) <= (0 if batch == 500 else 0.15)


def shuffled(store, rng, batch):
    """Place all items of a store anew, stored in another order; stories as sets of links."""
    ids = [item.id for item in store.items.export(None)]
    new = list(ids)
    rng.shuffle(new)
    with store.transaction():
        store._db.execute("pragma defer_foreign_keys = on")
        store._db.execute("delete from reworded")
        store._db.execute("delete from moves")
        store._db.execute("update items set story_id = null, id = id + 100000")
        for old, to in zip(ids, new, strict=True):
            store._db.execute("update items set id = :to where id = :old", old=old + 100000, to=to)
    index = StoryIndex()
    while group_items(store, index, now=NOW, most=batch):
        pass
    stories = {}
    for item in store.items.export(None):
        stories.setdefault(item.story_id, set()).add(item.url)
    return [story for story in stories.values() if len(story) > 1]


@pytest.mark.parametrize("seed", range(12))
def test_whatever_moves_a_chat_is_known_to_have_been_given_what_it_was_given(store, seed):
    """Random merges, moves, splits and tellings, some of them late, against the plain set of items given."""
    rng, now = random.Random(seed), NOW
    store.sources.sync([a_source()], now=now)
    store.items.save_poll(a_poll(at=now), [an_item(f"Report {n}") for n in range(12)], [])
    for item in store.stories.unplaced(99):
        store.stories.open_story(item)
    meet(store, 1)
    given, late = set[int](), []
    for edition in range(1, 40):
        now += timedelta(seconds=rng.choice([1, 1, 5]))
        stories = {}
        for item in store.items.export(None):
            stories.setdefault(item.story_id, set()).add(item.id)
        one, other = rng.choice(sorted(stories)), rng.choice(sorted(stories))
        act = rng.choice(["tell", "tell", "read", "merge", "move", "split"])
        if act == "read":
            late.append((one, set(stories[one]), now))
        elif act == "tell":
            story_id, items, at = late.pop() if late and rng.random() < 0.5 else (one, stories[one], now)
            store.memory.told_by(rng.choice([0, edition]), 1, 0, {story_id: max(items)}, now=at)
            given |= items
        elif act == "split" and len(stories[one]) > 1:
            store.stories.split(rng.choice(sorted(stories[one])), now=now)
        elif one != other and act == "merge":
            store.stories.merge(one, other, now=now)
        elif one != other and act == "move":
            store.stories.move([rng.choice(sorted(stories[one]))], other, now=now)
    told = store.memory.told(1, 0)
    for items in grouping(store):
        known = given.intersection(items)
        about = told.pop(story_of(store, items[0]), None)
        believed = {one for one in items if about and one <= about.upto and one not in about.unknown}
        assert believed == known
    assert told == {}
