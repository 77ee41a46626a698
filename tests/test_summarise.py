"""Summaries are sentences that a publisher wrote, and none of the debris around them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.faithful import read_reports, unfaithful
from benchmarks.train_summaries import Sample, fit, fit_all
from digest.quotable import leans, quotable_sentences
from digest.salience import FEATURES, Material, load_weights, read_candidates
from digest.summarise import Report, summarise, summarise_item, summarise_items
from digest.text import fold
from tests.newsmaker import item

LEAD = "The city's friendship union opened a week of Lao culture on Friday."
SECOND = "More than 300 students from both countries joined the opening concert."


@pytest.fixture(autouse=True, scope="module")
def read_word_lists() -> None:
    """The word lists are read once, at the first summary; no test should be timed with that."""
    summarise_item("Culture week", LEAD, "en")


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
        "Students of both countries at the opening concert on Friday. (Lan Vy/Getty Images)",
        ">> Friendship union plans a second week >> Consul thanks the city for its help",
        "Follow the week at https://union.example/lao and tell your friends.",
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
        ("[City Daily] ", "en"),
        ("Sinh viên hai nước tại lễ khai mạc - Ảnh: AFP ", "vi"),
        ("(TTXVN) - ", "vi"),
        ("(TTXVN) ", "vi"),
        ("BNO - ", "vi"),
        ("BNO.VN - ", "vi"),
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


@pytest.mark.parametrize(
    ("sentence", "leaning"),
    [
        ("His visit ends on Friday.", True),
        ("On Sunday he is heading to Laos.", True),
        ("On Sunday Minister Lan said she was heading to Laos.", False),
        ("Her Excellency Lan Vy presented her credentials.", False),
        ("This shows that trade is growing.", True),
        ("This week the two ministers meet in Hue.", False),
        ("I hope that the unions will go on.", True),
        ("“We agree,” said Minister Lan of Laos.", False),
        ("“We agree,” she said.", True),
        ("First, the city will train officials.", True),
        ("First Lady Mai opened the school.", False),
        ("Ông cho biết hai tỉnh sẽ ký thỏa thuận.", True),
        ("Ông Đỗ Nam cho biết hai tỉnh sẽ ký thỏa thuận.", False),
        ("“Chúng tôi rất vui”, ông nói.", True),
        ("“Chúng tôi rất vui”, Đại sứ Lan nói.", False),
        ("Bà con kiều bào đón Tết tại Vientiane.", False),
        ("Anh và Pháp ký thỏa thuận mới.", False),
        ("Hành động này khiến hai tỉnh phải hoãn lễ ký.", True),
        ("Năm nay hai tỉnh ký thêm ba thỏa thuận.", False),
        ("“The doors are open to all of us now.”", True),
        ("“The doors are open to all,” said Consul Lan Vy.", False),
    ],
)
def test_leaning_is_told_by_who_or_what_a_reader_would_have_to_ask_for(sentence: str, leaning: bool) -> None:
    assert leans(sentence) == leaning


def test_a_sentence_that_goes_on_after_a_question_mark_is_quoted_whole() -> None:
    whole = "“Why not every year?” asked the consul of Laos when the concert was over."
    assert [found.text for found in quotable_sentences(f"{whole} {SECOND}")] == [whole, SECOND]


def test_what_follows_the_thanks_of_an_interview_is_the_page_not_the_article() -> None:
    text = f"{LEAD}\n\n- Thank you very much!\n\n{SECOND}"
    assert summarise_item("Culture week", text, "en") == (LEAD,)


@pytest.mark.parametrize("end", ["…", "...", " […]", "", " and the consul of the"])
def test_a_sentence_that_the_feed_cut_is_quoted_only_where_nothing_else_is_there(end: str) -> None:
    cut = SECOND.removesuffix(".") + end
    assert summarise_item("Culture week", f"{LEAD} {cut}", "en") == (LEAD,)
    assert summarise_item("Culture week", cut, "en") == (cut,)


def test_a_quotation_mark_that_became_a_question_mark_is_no_question() -> None:
    broken = "The two sides will build five schools in the border districts,? Minister Lan told the union on Friday."
    assert [found.text for found in quotable_sentences(f"{LEAD} {broken}")] == [LEAD, broken]


def test_a_line_torn_from_its_start_gives_way_to_a_whole_sentence() -> None:
    torn = "hours of the opening concert of the Lao culture week in the city on Friday."
    assert summarise_item("Lao culture week opens", f"{torn}\n{SECOND}", "en") == (SECOND,)


def test_a_whole_sentence_goes_before_half_a_quotation() -> None:
    half = "“The city has waited for this week of Lao culture for many years."
    text = f"{half} {LEAD} We hope to come back,” Consul Lan Vy of Laos told the students on Friday."
    assert summarise([Report(1, "en", "Lao culture week opens in city", text)], max_sentences=1)[0].text == LEAD


def test_in_a_long_article_the_amount_is_among_three_sentences() -> None:
    talk = [
        f"Cooperation of the union with partner number {n} continues to deepen friendship and mutual understanding "
        "between the peoples of both countries in many fields of work and life."
        for n in range(35)
    ]
    amount = "Over five years the aid came to nearly USD 37 million."
    text = " ".join([*talk[:20], amount, *talk[20:]])
    report = Report(1, "en", "Union deepens friendship and cooperation", text)
    assert amount in [found.text for found in summarise([report], max_words=100, max_sentences=3)]


def test_dots_inside_a_text_cut_nothing() -> None:
    listing = "Tuần văn hóa có ca nhạc, ẩm thực, trò chơi dân gian..."
    text = f"{listing} Hơn 300 sinh viên hai nước dự lễ khai mạc tối thứ Sáu."
    assert [found.cut for found in quotable_sentences(text)] == [False, False]


def test_a_leaning_sentence_may_follow_the_one_it_leans_on() -> None:
    leaning = "It was the fifth such week since the union was founded."
    assert summarise_item("Culture week", f"{LEAD} {leaning}", "en") == (LEAD, leaning)


def test_only_the_first_report_may_open_with_a_sentence_that_leans_on_the_headline() -> None:
    leaning = "It opened with a concert of students and a fair of Lao food."
    reports = [Report(1, "en", "Culture week", LEAD), Report(2, "en", "Culture week", leaning)]
    assert [sentence.item_id for sentence in summarise(reports)] == [1]
    assert [sentence.item_id for sentence in summarise(reports[::-1])] == [2, 1]


def test_a_sentence_that_only_repeats_the_title_is_left_out() -> None:
    title = "Friendship union opens week of Lao culture"
    assert summarise_item(title, f"{title}. {SECOND}", "en") == (SECOND,)


def test_a_sentence_is_never_cut_however_long() -> None:
    long = "The two delegations agreed on " + ", ".join(f"point number {n}" for n in range(40)) + "."
    assert summarise_item("Talks end", long, "en") == (long,)


def test_a_sentence_far_over_the_budget_gives_way_to_one_that_fits() -> None:
    long = "The culture week has " + ", ".join(f"hall number {n} with its concert" for n in range(20)) + "."
    assert summarise_item("Culture week", f"{long} {SECOND}", "en") == (SECOND,)


def test_the_second_sentence_must_fit_the_budget() -> None:
    assert summarise([Report(1, "en", "Week", f"{LEAD} {SECOND}")], max_words=15)[0].text == LEAD
    assert len(summarise([Report(1, "en", "Week", f"{LEAD} {SECOND}")], max_words=15)) == 1


def test_two_reports_of_one_fact_are_quoted_once() -> None:
    reports = [Report(1, "en", "Week", LEAD), Report(2, "en", "Week", LEAD.replace("on Friday", "on Friday evening"))]
    assert len(summarise(reports)) == 1


@given(st.lists(st.lists(st.sampled_from([LEAD, SECOND, "He said so.", "Hội nghị đã bế mạc tại Huế."])), max_size=12))
def test_a_story_of_any_size_stays_within_the_budget_and_repeats_nothing(texts: list[list[str]]) -> None:
    reports = [Report(n, "en", "Week", " ".join(parts)) for n, parts in enumerate(texts)]
    chosen = [sentence.text for sentence in summarise(reports, max_words=30, max_sentences=3)]
    assert sum(len(text.split()) for text in chosen) <= 30
    assert len(set(chosen)) == len(chosen)


def test_for_a_scorer_the_best_comes_first_and_the_last_runs_over() -> None:
    title = "Students of both countries join concert"
    report = Report(1, "en", title, f"{LEAD} {SECOND}")
    chosen = summarise([report], max_words=12, max_sentences=9, overflow=True)
    assert [sentence.text for sentence in chosen] == [SECOND, LEAD]


ACCENTED = "Hội hữu nghị khai mạc tuần văn hóa Lào tại thành phố vào tối thứ Sáu."
OTHER = "Trời mưa lớn trong buổi chiều ở nhiều phường nội thành."


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", f"{ACCENTED} {OTHER}"),
        ("TUẦN VĂN HÓA LÀO KHAI MẠC", f"{OTHER} {ACCENTED}"),
        ("Tuan van hoa Lao khai mac", f"{OTHER} {ACCENTED}"),
        ("", f"{ACCENTED} {OTHER}".upper()),
    ],
)
def test_odd_titles_and_letters_do_not_hide_the_news(title: str, text: str) -> None:
    (chosen,) = summarise([Report(1, "vi", title, text)], max_sentences=1)
    assert fold(chosen.text) == fold(ACCENTED)


def test_a_text_of_four_thousand_words_is_read() -> None:
    rest = " ".join(
        f"Committee number {n} met the delegation of district {n} in the old town hall." for n in range(300)
    )
    assert summarise_item("Week of Lao culture opens", f"{LEAD} {rest}", "en")[0] == LEAD


def test_every_kind_of_material_has_its_weights() -> None:
    assert set(load_weights()) == {"en", "vi", "several"}


def test_the_fit_finds_the_odds_that_were_put_in() -> None:
    groups = {0.0: 0.2, 1.0: 0.5, 2.0: 0.8}
    samples = [Sample([(0, 1.0), (1, x)], part) for x, part in groups.items() for _ in range(2_000)]
    assert fit(samples, 2) == pytest.approx((math.log(0.25), math.log(4)), abs=0.02)


def test_training_learns_from_rows_that_the_title_tells() -> None:
    rows = [
        {
            "id": str(n),
            "lang": "en",
            "title": f"Consul {n} opens school {n}",
            "docs": [{"text": f"{OTHER} {n} {n}. Consul {n} of Laos opens a school {n} in Hue. {LEAD}"}],
            "refs": [f"Consul {n} of Laos opens school {n}."],
        }
        for n in range(8)
    ]
    assert fit_all(rows)["en"][FEATURES.index("title")] > 0


def test_a_word_is_less_likely_to_come_again_and_likelier_when_the_title_has_it() -> None:
    texts = [quotable_sentences(f"{LEAD} {SECOND}")]
    material = Material(["Concert in the city"], read_candidates(["Concert in the city"], texts), language="en")
    chances = material.chances(load_weights()["en"], 45)
    assert len(chances["the"]) == 2
    assert chances["the"][0] > chances["the"][1]
    assert chances["concert"][0] > chances["both"][0]


def test_the_check_of_faithfulness_reads_articles_and_stories() -> None:
    row = {"lang": "en", "docs": [{"text": f"{LEAD} {SECOND}"}, {"text": SECOND, "title": "Week"}]}
    assert [report.title for report in read_reports(row)] == ["", "Week"]
    found = list(unfaithful(read_reports(row)))
    assert found
    assert set(found) == {None}


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


@pytest.mark.parametrize(
    "sentence",
    ["Five of them live in the city.", "Năm người trong số này ngụ tại thành phố.", "Trong số đó có ba em nhỏ."],
)
def test_a_part_of_what_was_named_before_leans(sentence: str) -> None:
    assert leans(sentence)


def test_the_report_of_the_best_sentence_speaks_first() -> None:
    aside = Report(1, "en", "Rice for the islands", "Rain fell on the harbour for most of the afternoon on Friday.")
    told = Report(
        2, "en", "Rice for the islands", "A ship with 5,000 tonnes of rice for the islands left Hai Phong on Friday."
    )
    assert summarise([aside, told])[0].item_id == 2


def test_two_reports_that_tell_the_same_in_other_words_and_accents_are_quoted_once() -> None:
    one = Report(
        1,
        "en",
        "President receives envoy",
        "State President Tạ Đình Khương on 20 November received Ingrid Sol, who presented her credentials as "
        "Ambassador of Norway to Viet Nam.",
    )
    two = Report(
        2,
        "en",
        "New envoy",
        "Ingrid Sol, the new ambassador of Norway, presented her letter of credence to President Ta Dinh Khuong in "
        "Hanoi on Friday.",
    )
    assert len(summarise([one, two])) == 1
