"""A digest holds what was wished for, the weightiest first, with an honest count of the rest."""

from datetime import timedelta

import pytest

from digest.compose import Window, compose
from digest.model import OTHER, Digest, Story, Wishes
from digest.readers import Told
from digest.wanted import is_wanted
from tests.newsmaker import NOW, item, story

LAOS = story(1, item(1, topics=("people",), places=("LA", "VN-SG"), pairs=("LA-VN",), title="Lao day in the city"))
CUBA = story(2, item(2, topics=("ngo",), places=("CU", "VN"), pairs=("CU-VN",), title="Rice for Cuba"))
TREATY = story(3, item(3, topics=("multilateral", "climate"), places=(), title="A treaty on plastics"))
SPORT = story(4, item(4, topics=(), places=("TH", "VN"), title="A friendly in Bangkok"))


def window(*stories: Story) -> Window:
    return Window(since=NOW - timedelta(hours=24), until=NOW, stories=stories, items=9, feeds=4, failing=1)


def shown(digest: Digest) -> list[int]:
    return [one.story_id for one in digest.stories]


@pytest.mark.parametrize(
    ("wishes", "expected"),
    [
        (Wishes(), {1, 2, 3}),
        (Wishes(topics=frozenset({"ngo"})), {2}),
        (Wishes(topics=frozenset({"climate"})), {3}),
        (Wishes(places=frozenset({"VN"})), {1, 2}),
        (Wishes(places=frozenset({"VN-SG"})), {1}),
        (Wishes(places=frozenset({"VN-HN"})), set()),
        (Wishes(pairs=frozenset({"CU-VN"})), {2}),
        (Wishes(places=frozenset({"LA"}), pairs=frozenset({"CU-VN"})), {1, 2}),
        (Wishes(topics=frozenset({"people"}), places=frozenset({"CU"})), set()),
        (Wishes(unwanted=("cuba",)), {1, 3}),
        (Wishes(topics=frozenset({"party"}), wanted=("plastics",)), {3}),
    ],
)
def test_wishes_choose(wishes: Wishes, expected: set[int]) -> None:
    assert set(shown(compose(window(LAOS, CUBA, TREATY, SPORT), wishes))) == expected


def test_an_unwanted_word_is_a_whole_word_in_any_accents() -> None:
    one = story(1, item(title="Hội chợ tại Đà Nẵng", language="vi"))
    assert not is_wanted(one, Wishes(unwanted=("da nang",)))
    assert is_wanted(one, Wishes(unwanted=("da nan",)))


def test_what_was_told_is_not_told_again() -> None:
    assert shown(compose(window(LAOS, CUBA), Wishes(), told={1: Told(NOW, upto=1)})) == [2]


FIRST = item(
    10,
    title="Rice ship leaves for Cuba",
    text="A ship with 5,000 tonnes of rice left Hai Phong for Cuba.",
    hours_ago=12,
)
COPY = item(11, title="Rice ship sails to Cuba", text="A ship with 5,000 tonnes of rice left Hai Phong.", outlet="B")
LATER = item(
    12,
    title="Rice ship reaches Havana",
    text="A ship with 5,000 tonnes of rice left Hai Phong. Some 60 dockers unloaded the rice in Havana on Sunday.",
    outlet="C",
)
YESTERDAY = NOW - timedelta(days=1)


def test_a_story_told_before_comes_again_with_the_sentence_that_is_new() -> None:
    digest = compose(window(story(1, FIRST, LATER)), Wishes(), told={1: Told(YESTERDAY, upto=10)})
    one = digest.stories[0]
    assert (one.mark, one.day, one.headline) == ("update", 2, "Rice ship reaches Havana")
    assert [sentence.text for sentence in one.sentences] == ["Some 60 dockers unloaded the rice in Havana on Sunday."]


def test_another_report_of_what_is_known_is_no_update() -> None:
    assert shown(compose(window(story(1, FIRST, COPY)), Wishes(), told={1: Told(YESTERDAY, upto=10)})) == []


@pytest.mark.parametrize(("text", "updates"), [("Tàu chở 5.000 tấn gạo.", 0), ("Thêm 700 tấn sữa đã rời cảng.", 1)])
def test_a_report_in_another_language_is_an_update_only_with_a_new_number(text: str, updates: int) -> None:
    other = item(12, title="Tàu gạo", text=text, language="vi", outlet="Báo")
    digest = compose(window(story(1, FIRST, other)), Wishes(language="vi"), told={1: Told(YESTERDAY, upto=10)})
    assert len(digest.stories) == updates


def test_stories_are_marked_only_where_somebody_keeps_count() -> None:
    assert [one.mark for one in compose(window(LAOS), Wishes()).stories] == [None]
    assert [one.mark for one in compose(window(LAOS), Wishes(), told={}).stories] == ["new"]


def test_a_wished_place_is_never_starved_by_a_busy_one() -> None:
    busy = [story(n, item(n, places=("US",), tier=1, outlet=f"O{n}")) for n in range(1, 20)]
    small = story(50, item(50, places=("NR",), tier=3, hours_ago=23, outlet="Far"))
    assert 50 in shown(compose(window(*busy, small), Wishes(places=frozenset({"US", "NR"})), cap=3))


def test_the_score_is_the_sum_of_what_it_is_made_of() -> None:
    one = compose(window(LAOS), Wishes(topics=frozenset({"people"}))).stories[0]
    assert one.score == pytest.approx(sum(points for _, points in one.worth))
    assert "wished" in dict(one.worth)


def test_the_cap_counts_what_it_leaves_out() -> None:
    stories = [story(n, item(n, topics=("state",), places=("FR",), outlet=f"Outlet {n}")) for n in range(1, 8)]
    digest = compose(window(*stories), Wishes(), cap=5)
    assert (len(digest.stories), digest.left_out, digest.sections[0].more) == (5, 2, 2)


def test_more_newsrooms_weigh_more_but_reprints_do_not() -> None:
    reprinted = story(1, *(item(n, outlet=f"Paper {n}", origin="TTXVN") for n in (1, 2, 3)))
    written = story(2, *(item(n, outlet=f"Paper {n}") for n in (4, 5)))
    assert (reprinted.origins, written.origins) == (1, 2)
    assert shown(compose(window(reprinted, written), Wishes())) == [2, 1]


def test_a_fresh_story_comes_before_an_old_one() -> None:
    old, new = story(1, item(1, hours_ago=20, outlet="A")), story(2, item(2, hours_ago=1, outlet="B"))
    assert shown(compose(window(old, new), Wishes())) == [2, 1]


def test_one_topic_does_not_drown_the_others() -> None:
    states = [story(n, item(n, tier=1, outlet=f"Outlet {n}")) for n in range(1, 15)]
    small = story(20, item(20, topics=("ngo",), tier=2, hours_ago=5, outlet="Small"))
    assert 20 in shown(compose(window(*states, small), Wishes(), cap=6))


def test_sections_follow_the_wished_topic() -> None:
    digest = compose(window(TREATY), Wishes(topics=frozenset({"climate"})))
    assert [section.key for section in digest.sections] == ["climate"]


def test_by_place_home_is_no_heading_where_another_place_says_more() -> None:
    digest = compose(window(LAOS, CUBA), Wishes(by="place", places=frozenset({"VN"})))
    assert {story.story_id: story.places[0] for story in digest.stories} == {1: "LA", 2: "CU"}
    assert {section.key for section in digest.sections} == {"LA", "CU"}
    several = compose(
        window(LAOS, story(5, item(5, places=("LA", "VN")))), Wishes(by="place", places=frozenset({"VN"}))
    )
    assert [section.key for section in several.sections] == ["LA"]


def test_by_place_a_wished_province_heads() -> None:
    digest = compose(window(LAOS), Wishes(by="place", places=frozenset({"VN-SG"})))
    assert [section.key for section in digest.sections] == ["VN-SG"]


def test_places_with_one_story_are_gathered_unless_wished_for() -> None:
    stories = [
        story(n, item(n, places=(code,), outlet=f"O{n}")) for n, code in enumerate(("FR", "FR", "KE", "PE", "FJ"), 1)
    ]
    digest = compose(window(*stories), Wishes(by="place"))
    assert [section.key for section in digest.sections] == ["FR", OTHER]
    alone = compose(window(*stories[2:]), Wishes(by="place"))  # one heading for all would say nothing
    assert {section.key for section in alone.sections} == {"KE", "PE", "FJ"}
    wished = compose(window(*stories), Wishes(by="place", places=frozenset({"FR", "KE", "PE", "FJ"})))
    assert {section.key for section in wished.sections} == {"FR", "KE", "PE", "FJ"}


def test_the_headline_is_in_the_readers_language_where_there_is_one() -> None:
    both = story(1, item(1, title="Lao day", language="en"), item(2, title="Ngày Lào", language="vi", outlet="Báo"))
    headlines = {language: compose(window(both), Wishes(language=language)).stories[0] for language in ("en", "vi")}
    assert (headlines["en"].headline, headlines["vi"].headline) == ("Lao day", "Ngày Lào")
    assert [report.outlet for report in headlines["vi"].reports] == ["Báo", "Outlet"]


def test_coverage_counts_what_was_read_and_what_is_shown() -> None:
    coverage = compose(window(LAOS, SPORT), Wishes()).coverage
    assert (coverage.feeds, coverage.failing, coverage.items, coverage.stories, coverage.shown) == (4, 1, 9, 1, 1)


def test_an_outlet_that_wrote_twice_is_linked_where_the_headline_leads() -> None:
    twice = story(1, item(1, title="First"), item(2, title="Second"))
    one = compose(window(twice), Wishes()).stories[0]
    assert [report.url for report in one.reports] == [one.url]


def test_one_more_wish_never_lowers_a_story() -> None:
    one = story(1, item(1, topics=("ngo", "people"), places=("LA", "TH", "VN")))
    fewer = Wishes(topics=frozenset({"ngo"}), places=frozenset({"LA"}))
    more = Wishes(topics=frozenset({"ngo", "people"}), places=frozenset({"LA", "TH"}))
    assert compose(window(one), more).stories[0].score >= compose(window(one), fewer).stories[0].score


def test_a_president_comes_before_an_association_and_a_signing_before_a_remark() -> None:
    stories = [
        story(1, item(1, level=0, outlet="A")),
        story(2, item(2, level=5, outlet="B")),
        story(3, item(3, level=0, act="signing", outlet="C")),
    ]
    assert shown(compose(window(*stories), Wishes())) == [2, 3, 1]


def test_a_story_that_goes_on_is_told_as_it_stands_now() -> None:
    early = item(1, title="Toll passes 100", text="Rescuers counted 104 dead in the valley on Friday.", hours_ago=20)
    late = item(2, title="Toll passes 200", text="Rescuers counted 212 dead in the valley by Sunday.", outlet="B")
    one = compose(window(story(1, early, late)), Wishes()).stories[0]
    assert one.headline == "Toll passes 200"
    assert [sentence.text for sentence in one.sentences] == ["Rescuers counted 212 dead in the valley by Sunday."]
