"""Reports of one event come together; look-alikes stay apart."""

import random
from datetime import timedelta

import pytest

from digest.model import Item
from digest.stories import WINDOW, StoryIndex
from tests.newsmaker import NOW, item

FLOOD = [
    item(
        1,
        title="Red Cross brings rice to flooded villages in Quang Tri",
        text="The Red Cross of Denmark gave 40 tonnes of rice to 2,000 families in Quang Tri on Friday.",
        places=("DK", "VN-25"),
    ),
    item(
        2,
        title="Danish rice for flood victims in Quang Tri",
        text="Some 2,000 families in flooded villages received 40 tonnes of rice from the Danish Red Cross.",
        places=("DK", "VN-25"),
    ),
]
JAPAN = item(
    3,
    title="Chủ tịch tỉnh tiếp Đại sứ Nhật Bản",
    text="Sáng nay, Chủ tịch tỉnh đã tiếp Đại sứ Nhật Bản nhân chuyến thăm và làm việc tại địa phương.",
    language="vi",
    places=("JP", "VN"),
)
KOREA = item(
    4,
    title="Chủ tịch tỉnh tiếp Đại sứ Hàn Quốc",
    text="Sáng nay, Chủ tịch tỉnh đã tiếp Đại sứ Hàn Quốc nhân chuyến thăm và làm việc tại địa phương.",
    language="vi",
    places=("KR", "VN"),
)
NOISE = [
    item(
        100 + n,
        title=f"Council of district {n} meets on roads",
        text=f"The council spoke of road {n} and bridge {n * 7}.",
        places=(),
    )
    for n in range(20)
]


def group(items: list[Item]) -> dict[int, int]:
    """Item id → story id, placed in the order given after all were observed."""
    index = StoryIndex()
    for one in items:
        index.observe(one)
    stories: dict[int, int] = {}
    for one in items:
        found = index.find_story(one)
        stories[one.id] = found if found is not None else one.id
        index.remember(one, stories[one.id])
    return stories


def test_two_reports_of_one_event_are_one_story() -> None:
    stories = group([*NOISE, *FLOOD])
    assert stories[1] == stories[2]


def test_unrelated_items_stay_alone() -> None:
    stories = group([*NOISE, FLOOD[0], JAPAN])
    assert stories[1] == 1
    assert stories[3] == 3


def test_two_ambassadors_received_on_one_day_are_two_stories() -> None:
    stories = group([*NOISE, JAPAN, KOREA])
    assert stories[3] != stories[4]


def test_the_same_words_a_fortnight_later_are_another_story() -> None:
    later = item(5, title=FLOOD[0].title, text=FLOOD[0].text, places=FLOOD[0].labels.places, hours_ago=-14 * 24)
    assert group([*NOISE, FLOOD[0], later])[5] == 5


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_arrival_does_not_matter_for_clear_cases(seed: int) -> None:
    items = [*NOISE, *FLOOD, JAPAN, KOREA]
    random.Random(seed).shuffle(items)
    stories = group(items)
    assert stories[1] == stories[2]
    assert len({stories[1], stories[3], stories[4]}) == 3


def test_an_index_forgets_what_is_old_and_nothing_else() -> None:
    index = StoryIndex()
    for one in FLOOD:
        index.remember(one, 9)
    index.forget(before=NOW - WINDOW)
    assert index.find_story(FLOOD[1]) == 9
    index.forget(before=NOW + timedelta(hours=1))
    assert index.find_story(FLOOD[1]) is None
    assert index._postings == {}  # what is forgotten must not stay in memory
