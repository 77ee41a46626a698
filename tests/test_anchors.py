"""What two languages share: names, figures, dates, ordinals, meanings."""

import pytest

from digest.anchors import Anchors, read_anchors
from digest.figures import read_dates, read_figures, read_ordinals, read_periods

ENGLISH = read_anchors(
    "Vietnamese, Dutch prime ministers talk by phone",
    "Prime Minister Vu Dinh Khoa spoke by phone with Pieter Rozendaal on March 11 about a loan of US$2.4 billion.",
    "en",
)
VIETNAMESE = read_anchors(
    "Thủ tướng Vũ Đình Khoa điện đàm với Thủ tướng Hà Lan",
    "Chiều 11-3, Thủ tướng Vũ Đình Khoa điện đàm với ông Pieter Rozendaal về khoản vay 2,4 tỉ USD.",
    "vi",
)


def test_a_report_shares_names_figures_dates_and_meanings_with_its_translation() -> None:
    shared = ENGLISH.terms.keys() & VIETNAMESE.terms.keys()
    names = {"n:dinh khoa", "n:pieter rozendaal"}
    assert {*names, "#2.4e+09", "d311", "m:call", "m:loan", "m:prime minister"} <= shared
    assert ENGLISH.call
    assert VIETNAMESE.call


def test_what_stands_in_the_title_is_worth_most() -> None:
    anchors = read_anchors(
        "Flood in Nepal", "A quake was felt. " + "Nothing else happened here. " * 30 + "A storm.", "en"
    )
    assert anchors.terms["m:flood"] > anchors.terms["m:earthquake"] > anchors.terms["m:storm"]


def test_vietnamese_typed_without_accents_has_the_same_meanings() -> None:
    plain = read_anchors("Thu tuong dien dam", "Hai ben thao luan hiep dinh ve dong dat va lu lut tai mien Trung", "vi")
    assert {"m:prime minister", "m:call", "m:agreement", "m:earthquake", "m:flood"} <= plain.terms.keys()


@pytest.mark.parametrize(
    ("text", "vietnamese", "expected"),
    [
        ("from May 1 – 3", False, [501, 503]),
        ("on 18 August 2025", False, [818]),
        ("the 22nd of October", False, [1022]),
        ("it may 5 times", False, []),
        ("In March 2026", False, []),
        ("ngày 18-22/8", True, [818, 822]),
        ("từ 24 đến 26-3", True, [324, 326]),
        ("sáng 9.4", True, [409]),
        ("tăng 9.4 lần", True, []),
        ("ngày 18 tháng 8", True, [818]),
        ("dịp Quốc khánh 2-9", True, []),
        ("kéo dài 5-7 ngày", True, []),
        ("giá 1.250.000 đồng", True, []),
    ],
)
def test_days_are_read_as_each_language_writes_them(text: str, vietnamese: bool, expected: list[int]) -> None:
    assert list(read_dates(text, vietnamese=vietnamese)) == expected


@pytest.mark.parametrize(
    ("text", "vietnamese", "expected"),
    [
        ("US$2.4 billion", False, [2.4e9]),
        ("VND7.8 billion", False, [7.8e9]),
        ("$12m", False, [12e6]),
        ("a 12 m wall", False, [12]),
        ("62-member team, 9,500 households", False, [62, 9500]),
        ("up 11 per cent in 2025", False, [-11]),
        ("on March 24", False, []),
        ("7,8 tỉ đồng", True, [7.8e9]),
        ("415 triệu USD", True, [415e6]),
        ("hơn 2,004 tỷ USD", True, [2.004e9]),
        ("9.500 hộ dân, giảm 15,6%", True, [9500, -15.6]),
        ("ngày 24-3", True, []),
        ("hai nước, 3 lần", True, []),
        ("COVID-19, điều 12a", True, [12]),
    ],
)
def test_amounts_come_out_alike(text: str, vietnamese: bool, expected: list[float]) -> None:
    assert list(read_figures(text, vietnamese=vietnamese)) == pytest.approx(expected)


def test_numbers_in_odd_notation_break_nothing() -> None:
    for text in ("1.2.3.4", "1,2.3,4", "İİ 5,5", "9" * 400, "٣٤ 12", "12³", "²"):
        for vietnamese in (False, True):
            list(read_figures(text, vietnamese=vietnamese))
            list(read_dates(text, vietnamese=vietnamese))
            list(read_ordinals(text, vietnamese=vietnamese))
            list(read_periods(text))


def test_a_weekday_is_no_ordinal_and_a_second_time_is() -> None:
    assert list(read_ordinals("sáng thứ hai", vietnamese=True)) == []
    assert list(read_ordinals("lần thứ hai", vietnamese=True)) == [2]
    assert list(read_ordinals("vòng 5, phiên thứ 7", vietnamese=True)) == [5, 7]
    assert list(read_ordinals("the 11th exchange, round 5", vietnamese=False)) == [11, 5]


def test_parts_of_a_year() -> None:
    assert list(read_periods("in the first six months")) == [6]
    assert list(read_periods("hai tháng đầu năm, quý IV")) == [2, 104]
    assert list(read_periods("third quarter")) == [103]


def test_an_empty_report_has_no_anchors() -> None:
    empty = Anchors({}, frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), frozenset(), False, False)
    assert read_anchors("", "", "vi") == empty
    assert read_anchors("", "", "en") == empty
