"""What the words of a query name, in both languages."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.asking import read_query
from digest.hints import idle_words, wider
from digest.lifting import Reading, lifted
from digest.places import load_gazetteer
from digest.query import Query

ZONE = "Asia/Ho_Chi_Minh"
#: Saturday 21 November, 07:00 in Viet Nam.
NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
READING = Reading(gazetteer=load_gazetteer(), now=NOW, zone=ZONE)
MONDAY = datetime(2026, 11, 16, tzinfo=ZoneInfo(ZONE))


def read(typed: str) -> Query:
    return read_query(typed, gazetteer=load_gazetteer(), now=NOW, zone=ZONE).query


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("laos", Query(places=("LA",))),
        ("Lào", Query(places=("LA",))),
        ("news about Laos", Query(places=("LA",))),
        ("tin tức về Lào", Query(places=("LA",))),
        ("What happened with Cuba this week?", Query(places=("CU",), since=MONDAY)),
        ("có gì mới ở Cuba tuần này?", Query(places=("CU",), since=MONDAY)),
        ("laos ngo", Query(places=("LA",), topics=("ngo",))),
        ("viện trợ lào", Query(places=("LA",), topics=("ngo",))),
        ("Ho Chi Minh City people-to-people", Query(places=("VN-SG",), topics=("people",))),
        ("lao consul", Query(text="consul", places=("LA",))),
        ("laos vietnam", Query(pairs=("LA-VN",))),
        ("Lào–Việt Nam hữu nghị", Query(text="hữu nghị", pairs=("LA-VN",))),
        ("US-China trade", Query(text="trade", pairs=("CN-US",))),
        ("hue france", Query(text="france", places=("VN-26",))),
        ("last 3 days laos", Query(places=("LA",), since=NOW - timedelta(days=3))),
        ("laos -football", Query(text="-football", places=("LA",))),
        ("topic:ngo laos", Query(topics=("ngo",), places=("LA",))),
        ("place:laos aid", Query(topics=("ngo",), places=("LA",))),
    ],
)
def test_words_that_name_something_become_filters(typed: str, first: Query) -> None:
    assert lifted(read(typed), READING)[0] == first


@pytest.mark.parametrize(
    "typed",
    ["", "friendship union", '"laos"', "-laos", "in us at no", "he is in my team", "may 2025", "Đại hội lần thứ tư",
     "?", "place:laos", "what about it", "anh em", "hello"],
)  # fmt: skip
def test_words_that_name_nothing_are_left_alone(typed: str) -> None:
    assert lifted(read(typed), READING) == []


def test_other_words_are_kept_first_and_dropped_last() -> None:
    found = lifted(read("laos aid"), READING)
    assert found == [
        Query(text="aid", places=("LA",)),
        Query(places=("LA",), topics=("ngo",)),
        Query(places=("LA",)),
    ]
    assert lifted(read("laos aid"), READING, whole=True) == found[:2]


def test_of_two_places_that_are_no_pair_one_stays_a_word() -> None:
    assert [(one.places, one.text) for one in lifted(read("hue, cuba"), READING, whole=True)] == [
        (("VN-26",), "cuba"),
        (("CU",), "hue"),
    ]


def test_idle_words_go_before_anything_else_is_left_out() -> None:
    groups = list(wider(read("what happened at the lantern festival")))
    assert groups[0] == [Query(text="lantern festival")]
    assert all(one.text in ("lantern festival", "lantern", "festival", "") for group in groups for one in group)


def test_a_query_of_idle_words_alone_is_still_widened() -> None:
    assert [Query(text="about"), Query(text="what")] in list(wider(read("what about")))


def test_vietnamese_words_of_two_syllables_are_not_torn() -> None:
    proposals = {one.text for group in wider(read("viện trợ lào")) for one in group}
    assert "viện lào" not in proposals
    assert {"viện trợ", "trợ lào"} <= proposals


def test_no_place_is_an_idle_word_in_lower_case_and_by_its_full_name() -> None:
    gazetteer = load_gazetteer()
    named = {gazetteer.name(code, language).lower() for code in gazetteer.countries() for language in ("en", "vi")}
    assert named & idle_words() <= {"anh"}  # also a brother


@settings(max_examples=200)
@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from('laos - “ " this week 1/1 US ? tuần này ngo ,'.split())).map(" ".join)
)
def test_whatever_is_typed_each_proposal_is_another_query(typed: str) -> None:
    query = read(typed)
    proposals = lifted(query, READING)
    assert query not in proposals
    assert len(set(proposals)) == len(proposals)
    assert all(one != Query() for one in proposals)
