"""Summaries are sentences that a publisher wrote, and none of the debris around them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.summarise import Report, summarise, summarise_item, summarise_items
from tests.newsmaker import item

LEAD = "The city's friendship union opened a week of Lao culture on Friday."
SECOND = "More than 300 students from both countries joined the opening concert."


@pytest.mark.parametrize(
    "debris",
    [
        "What does the union plan for next year?",
        "Photo: Minh Khang / Daily",
        "Nguồn: Bản tin Thành phố",
        "Source: City Bulletin, with additional reporting",
        "Students at the opening concert on Friday. (Photo: Minh Khang)",
        "Concert | Students | Friday evening in the old opera house.",
        "Xem thêm: Lễ hội té nước tại thành phố",
        "Deputy Director Of The City Friendship Union Lan Vy",
        "- Could you tell us more about the concert that you held?",
    ],
)
def test_debris_is_never_quoted(debris: str) -> None:
    text = f"{debris}\n{LEAD}\n{debris}\n{SECOND}\n{debris}"
    assert summarise_item("Lao culture week opens", text, "en") == (LEAD, SECOND)


@pytest.mark.parametrize(
    ("dateline", "language"),
    [
        ("HÀ NỘI, Nov 20 (VNS) – ", "en"),
        ("LONDON (AP) — ", "en"),
        ("(TTXVN) - ", "vi"),
        ("(TTXVN) ", "vi"),
        ("BNO - ", "vi"),
        ("Hà Nội (TTXVN) – ", "vi"),
    ],
)
def test_a_dateline_is_left_out(dateline: str, language: str) -> None:
    assert summarise_item("Culture week", dateline + LEAD, language) == (LEAD,)


@pytest.mark.parametrize(
    "leaning",
    [
        "He said that the union would come back next year with more guests.",
        "Meanwhile, the consul thanked the organisers for their welcome.",
        "Tuy nhiên, số đoàn tham gia năm nay ít hơn dự kiến của ban tổ chức.",
    ],
)
def test_a_sentence_that_leans_on_another_does_not_stand_alone(leaning: str) -> None:
    filler = "Rain fell over many of the districts of the city in the late afternoon and in the evening."
    text = f"{LEAD} {filler} {leaning}"
    chosen = summarise_item("Lao culture week opens with friendship union and consul", text, "en")
    assert leaning not in chosen


def test_a_leaning_sentence_may_follow_the_one_it_leans_on() -> None:
    leaning = "It was the fifth such week since the union was founded."
    assert summarise_item("Culture week", f"{LEAD} {leaning}", "en") == (LEAD, leaning)


def test_a_sentence_that_only_repeats_the_title_is_left_out() -> None:
    title = "Friendship union opens week of Lao culture"
    assert summarise_item(title, f"{title}. {SECOND}", "en") == (SECOND,)


def test_a_sentence_is_never_cut_however_long() -> None:
    long = "The two delegations agreed on " + ", ".join(f"point number {n}" for n in range(40)) + "."
    assert summarise_item("Talks end", long, "en") == (long,)


def test_the_second_sentence_must_fit_the_budget() -> None:
    assert summarise([Report(1, "en", "Week", f"{LEAD} {SECOND}")], max_words=15)[0].text == LEAD
    assert len(summarise([Report(1, "en", "Week", f"{LEAD} {SECOND}")], max_words=15)) == 1


def test_two_reports_of_one_fact_are_quoted_once() -> None:
    reports = [Report(1, "en", "Week", LEAD), Report(2, "en", "Week", LEAD.replace("on Friday", "on Friday evening"))]
    assert len(summarise(reports)) == 1


def test_a_story_is_summarised_in_the_readers_language_where_a_report_has_it() -> None:
    english = item(1, title="Culture week", text=LEAD, language="en")
    vietnamese = item(
        2, title="Tuần văn hóa", text="Tuần văn hóa Lào khai mạc tối thứ Sáu tại thành phố.", language="vi"
    )
    assert [s.language for s in summarise_items([english, vietnamese], "vi")] == ["vi"]
    assert [s.language for s in summarise_items([english], "vi")] == ["en"]


PARTS = st.sampled_from(
    [LEAD, SECOND, "(TTXVN) - ", "Photo: A / B", "He said so.", "\n", " ", "Hội nghị đã bế mạc.", "?"]
)


@given(st.lists(PARTS | st.text(max_size=40)).map("".join), st.sampled_from(["en", "vi"]))
def test_every_sentence_stands_verbatim_in_its_report(text: str, language: str) -> None:
    for sentence in summarise([Report(7, language, "A title", text)]):
        assert sentence.text in text
        assert sentence.text.strip()
        assert sentence.item_id == 7
