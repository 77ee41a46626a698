"""What speaks for one event, and what for two that look alike."""

import pytest

from digest.likeness import CEILING, FLOOR, Report, log_odds, read_report
from digest.neighbours import TermSpace, neighbours
from tests.newsmaker import item


def report(
    title: str, *, text: str = "", language: str = "en", places: tuple[str, ...] = (), hours: float = 1
) -> Report:
    return read_report(item(title=title, text=text, language=language, places=places, hours_ago=hours))[0]


FIRST = report("The two countries hold talks", places=("LA", "VN"))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (report("The two countries hold talks", places=("CU", "VN")), "another counterpart"),
        (report("The two countries hold talks", places=("LA", "VN"), hours=72), "days later"),
        (report("The two leaders speak by phone", places=("LA", "VN")), "a call"),
        (report("The two countries to hold talks", places=("LA", "VN")), "still to come"),
    ],
)
def test_a_sign_of_another_event_lowers_the_odds(other: Report, why: str) -> None:
    assert log_odds(FIRST, other, 0.25) < log_odds(FIRST, FIRST, 0.25), why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Party to visit from May 1 – 3", "Party to visit from August 11"),
        ("Bank lends 189 million dollars", "Bank lends 4 billion dollars"),
        ("Fifth round of talks", "Sixth round of talks"),
        ("Remittances in the first quarter", "Remittances in the first six months"),
        ("Countries agree to talks on dam", "Talks on dam fail"),
        ("Minister begins visit", "Minister concludes visit"),
    ],
)
def test_look_alikes_are_told_apart_by_days_amounts_rounds_periods_and_turns(one: str, other: str) -> None:
    assert log_odds(report(one), report(other), 0.25) < log_odds(report(one), report(one), 0.25) - 0.3


def test_one_amount_rounded_by_one_of_two_reports_is_one_amount() -> None:
    exact = report("Kiều hối đạt hơn 2,004 tỉ USD", language="vi")
    rounded = report("Khoảng 2 tỷ USD kiều hối", language="vi")
    other = report("Khoảng 3 tỷ USD kiều hối", language="vi")
    assert log_odds(exact, rounded, 0.2) > log_odds(exact, other, 0.2)


def test_odds_are_symmetric_and_bounded() -> None:
    other = report("Sixth round of talks", places=("CU",), hours=200)
    assert log_odds(FIRST, other, 0.3) == log_odds(other, FIRST, 0.3)
    assert log_odds(FIRST, other, 0.0) == FLOOR
    assert log_odds(FIRST, other, 1e-9) == FLOOR
    long = report("Talks", text="word " * 300)
    assert log_odds(long, long, 1.0) == CEILING


def test_among_few_reports_the_alike_one_rather_is_the_one() -> None:
    assert log_odds(FIRST, FIRST, 0.15, crowd=-3.0) > log_odds(FIRST, FIRST, 0.15)


def test_a_space_finds_neighbours_by_rare_terms_and_forgets_without_a_trace() -> None:
    space = TermSpace()
    space.add(1, {10: 1.0, 11: 2.0})
    space.add(2, {10: 1.0, 11: 2.0})
    space.add(3, {12: 1.0})
    assert neighbours(space, space, 1) == {2: pytest.approx(1.0, abs=0.01)}
    assert neighbours(space, space, 3) == {}
    for slot in (1, 2, 3):
        space.remove(slot)
    assert (len(space), space._postings, space._norms) == (0, {}, {})


def test_between_two_spaces_what_only_one_has_counts_little_but_is_not_forgotten() -> None:
    one, other = TermSpace(), TermSpace()
    one.add(1, {10: 1.0, 99: 1.0})
    one.add(2, {10: 1.0})
    other.add(3, {10: 1.0, 77: 1.0})
    poor, rich = neighbours(one, other, 1)[3], neighbours(one, other, 2)[3]
    assert 0.1 < poor < rich < 1
    assert neighbours(one, other, 1, least=rich) == {}
