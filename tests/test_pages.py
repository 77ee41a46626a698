"""A digest's page gives the digest back: in either grouping, after merges, with what found no room."""

from dataclasses import replace
from itertools import count

import pytest

from digest.compose import Window, compose
from digest.model import Item, Labels, Story, Wishes
from digest.pages import MOST_STORIES, REST, front_stories, page_of, recompose, retell, section_ids
from digest.readers import Told
from storage.pages import page_token
from tests.conftest import utc

SINCE, UNTIL = utc("2026-11-20 00:00"), utc("2026-11-21 00:00")
_TOPICS = ("state", "economic", "cultural")


def an_item(number: int, topic: str = "state", place: str = "LA", *, story: int = 0, **changes: object) -> Item:
    values = {
        "id": number,
        "source_url": f"https://o{number % 7}.example/rss",
        "outlet": f"Outlet {number % 7}",
        "tier": 2,
        "origin": None,
        "url": f"https://o{number % 7}.example/{number}",
        "canonical_url": f"https://o{number % 7}.example/{number}",
        "title": f"Headline number {number}",
        "text": f"The minister number {number} opened a bridge over river {number} near the border town on Friday.",
        "language": "en",
        "published": utc("2026-11-20 12:00").replace(minute=number % 60),
        "first_seen": utc("2026-11-20 13:00"),
        "labels": Labels(topics=(topic,), places=(place, "VN"), relevant=True),
        "story_id": story or number,
    }
    return Item(**values | changes)  # type: ignore[arg-type]


def stories_of(how_many: int) -> dict[int, Story]:
    numbers = count(1)
    return {
        n: Story(id=n, items=(an_item(n, _TOPICS[n % 3], "LA" if n % 2 else "CU"),))
        for n in (next(numbers) for _ in range(how_many))
    }


def window(stories: dict[int, Story]) -> Window:
    return Window(since=SINCE, until=UNTIL, stories=tuple(stories.values()), items=len(stories), feeds=9, failing=1)


@pytest.fixture
def stories() -> dict[int, Story]:
    return stories_of(20)


@pytest.mark.parametrize("told", [None, {}, {3: Told(SINCE, 3)}])
def test_a_page_gives_back_the_digest_it_was_made_of(stories: dict[int, Story], told) -> None:
    digest = compose(window(stories), Wishes(), told=told)
    again = recompose(page_of(digest, told), stories)
    assert again == digest


def test_items_that_came_later_change_nothing(stories: dict[int, Story]) -> None:
    digest = compose(window(stories), Wishes())
    later = an_item(99, "climate", "JP", story=1, published=utc("2026-11-22 00:00"))
    grown = stories | {1: Story(id=1, items=(*stories[1].items, later))}
    assert recompose(page_of(digest), grown) == digest


def test_the_other_grouping_has_the_same_stories_and_the_same_front(stories: dict[int, Story]) -> None:
    digest = compose(window(stories), Wishes())
    by_place = recompose(page_of(digest), stories, by="place")
    assert {one.story_id for one in by_place.stories} == {one.story_id for one in digest.stories}
    assert {section.key for section in by_place.sections} != {section.key for section in digest.sections}
    front = [one.story_id for one in front_stories(digest, 3)]
    assert [one.story_id for one in front_stories(by_place, 3)] == front


@pytest.mark.parametrize("by", ["topic", "place"])
def test_sections_and_the_rest_hold_every_wanted_story(stories: dict[int, Story], by) -> None:
    page = page_of(compose(window(stories), Wishes()))
    digest = recompose(page, stories, by=by)
    told = {one.story_id for one in digest.stories}
    rest = section_ids(page, stories, digest, REST)
    assert told | set(rest) == set(stories)
    assert not told & set(rest)
    in_sections = [story for part in digest.sections for story in section_ids(page, stories, digest, part.key)]
    assert sorted(in_sections) == sorted(stories)
    for part in digest.sections:
        ids = section_ids(page, stories, digest, part.key)
        assert list(ids[: len(part.stories)]) == [one.story_id for one in part.stories]
        assert len(ids) == len(part.stories) + part.more


def test_an_unknown_section_is_empty(stories: dict[int, Story]) -> None:
    page = page_of(compose(window(stories), Wishes()))
    assert section_ids(page, stories, recompose(page, stories), "climate") == ()


def test_what_found_no_room_can_be_told(stories: dict[int, Story]) -> None:
    page = page_of(compose(window(stories), Wishes()))
    rest = section_ids(page, stories, recompose(page, stories), REST)
    told = retell(page, stories, rest)
    assert set(told) == set(rest)
    assert all(told[story].sentences for story in rest)


def test_a_story_that_ended_in_another_is_told_there_and_once(stories: dict[int, Story]) -> None:
    digest = compose(window(stories), Wishes(), told={})
    one, other = digest.stories[0].story_id, digest.stories[1].story_id
    merged = Story(id=one, items=(*stories[one].items, *stories[other].items))
    again = recompose(page_of(digest, {}), stories | {one: merged, other: merged})
    ids = [story.story_id for story in again.stories]
    assert len(ids) == len(set(ids)) == len(digest.stories) - 1
    assert one in ids
    assert other not in ids


def test_an_update_stays_on_its_page_when_its_story_merges_with_what_was_told(stories: dict[int, Story]) -> None:
    update = an_item(50, text="The bridge closed again after 340 lorries crossed it.", story=3)
    grown = stories | {3: Story(id=3, items=(*stories[3].items, update))}
    told = {3: Told(SINCE, 3)}
    page = page_of(compose(window(grown), Wishes(), told=told), told)
    assert 3 in [one.story_id for one in recompose(page, grown).stories]
    # Story 4 was told up to the newest item since: of the whole nothing is news any more.
    merged = Story(id=4, items=(*grown[3].items, *stories[4].items))
    heard = replace(page, told={3: Told(SINCE, 3), 4: Told(SINCE, 50)})
    again = recompose(heard, grown | {3: merged, 4: merged})
    assert 4 in [one.story_id for one in again.stories]


def test_beyond_what_a_page_holds_is_counted() -> None:
    many = stories_of(MOST_STORIES + 7)
    page = page_of(compose(window(many), Wishes()))
    assert (len(page.stories), page.beyond) == (MOST_STORIES, 7)
    assert recompose(page, many).left_out == len(many) - page.shown


def test_the_front_is_of_the_best_with_variety(stories: dict[int, Story]) -> None:
    digest = compose(window(stories), Wishes())
    front = front_stories(digest, 3)
    assert len({story.topics for story in front}) == 3
    assert front[0].score == max(story.score for story in digest.stories)


def test_a_kept_page_comes_back_whole_and_equal_ones_share_a_token(store, stories: dict[int, Story]) -> None:
    told = {3: Told(SINCE, 3, frozenset({2}))}
    page = page_of(compose(window(stories), Wishes(places=frozenset({"LA"})), told=told), told)
    token = store.pages.keep(7, page, now=UNTIL)
    assert store.pages.get(token, chat_id=7) == page
    assert token == page_token(page) == store.pages.keep(8, page, now=UNTIL)
    assert page_token(replace(page, shown=1)) != token


@pytest.mark.parametrize(("holder", "asks", "opens"), [(7, 7, True), (7, 8, False), (-7, 8, True), (-7, -7, True)])
def test_a_page_is_its_readers_own_unless_a_group_has_it(
    store, stories: dict[int, Story], holder: int, asks: int, opens: bool
) -> None:
    token = store.pages.keep(holder, page_of(compose(window(stories), Wishes())), now=UNTIL)
    assert (store.pages.get(token, chat_id=asks) is not None) == opens
