"""Hours, days and dates as people say them, in two languages."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import WishError
from digest.readers import EVERY_DAY
from digest.spoken import parse_days, parse_hours, parse_quiet, parse_until
from tests.conftest import utc

#: Saturday, 05:00 in Viet Nam.
NOW, ZONE = utc("2026-11-20 22:00"), "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("7, 18:30", [time(7), time(18, 30)]),
        ("18h30 và 7 giờ", [time(7), time(18, 30)]),
        ("7 12 18", [time(7), time(12), time(18)]),
        ("7am and 6 pm", [time(7), time(18)]),
        ("12 am; 12 pm", [time(0), time(12)]),
        ("6 giờ sáng, 8 giờ tối", [time(6), time(20)]),
        ("07:00, 7h", [time(7)]),
    ],
)
def test_several_hours(typed, hours):
    assert list(parse_hours(typed)) == hours


@pytest.mark.parametrize("typed", ["", ",", "late", "7, late", "1,2,3,4,5,6,7", "7:00-18:00"])
def test_what_are_no_hours_or_too_many(typed):
    with pytest.raises(WishError):
        parse_hours(typed)


@pytest.mark.parametrize(
    ("typed", "quiet"),
    [
        ("22-6:30", (time(22), time(6, 30))),
        ("từ 22h đến 6h30", (time(22), time(6, 30))),
        ("from 10pm to 7am", (time(22), time(7))),
        ("22 giờ đến 6 giờ sáng", (time(22), time(6))),
        ("2200-0630", (time(22), time(6, 30))),
        ("22 6", (time(22), time(6))),
        ("none", None),
        ("không", None),
    ],
)
def test_quiet_hours(typed, quiet):
    assert parse_quiet(typed) == quiet


@pytest.mark.parametrize("typed", ["", "22", "7-7", "22-", "22-25", "1-2-3", "night"])
def test_what_are_no_quiet_hours(typed):
    with pytest.raises(WishError):
        parse_quiet(typed)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("mon, thu", {1, 4}),
        ("Mondays", {1}),
        ("every monday", {1}),
        ("fri-sun", {5, 6, 7}),
        ("sat - mon", {6, 7, 1}),
        ("weekdays", {1, 2, 3, 4, 5}),
        ("daily", set(EVERY_DAY)),
        ("weekly", {1}),
        ("T2 - T6", {1, 2, 3, 4, 5}),
        ("t2 t5", {1, 4}),
        ("thứ hai, thứ năm", {1, 4}),
        ("Thứ 2 và chủ nhật", {1, 7}),
        ("thu", {4}),
        ("hằng ngày", set(EVERY_DAY)),
        ("cuối tuần", {6, 7}),
    ],
)
def test_days_of_the_week(typed, days):
    assert parse_days(typed) == days


@pytest.mark.parametrize("typed", ["", "someday", "mon-tue-wed", "t8", "t1", "8"])
def test_what_are_no_days(typed):
    with pytest.raises(WishError):
        parse_days(typed)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("3", date(2026, 11, 24)),
        ("3 days", date(2026, 11, 24)),
        ("a week", date(2026, 11, 28)),
        ("2 weeks", date(2026, 12, 5)),
        ("hai tuần", date(2026, 12, 5)),
        ("5 ngày", date(2026, 11, 26)),
        ("1/12", date(2026, 12, 1)),
        ("until 1 December", date(2026, 12, 1)),
        ("đến ngày 1/12", date(2026, 12, 1)),
        ("1 tháng 12", date(2026, 12, 1)),
        ("2026-12-01", date(2026, 12, 1)),
        ("5/1", date(2027, 1, 5)),
        ("monday", date(2026, 11, 23)),
        ("thứ bảy", date(2026, 11, 28)),
        ("tomorrow", date(2026, 11, 22)),
        ("ngày mai", date(2026, 11, 22)),
    ],
)
def test_the_day_a_pause_ends(typed, day):
    assert parse_until(typed, now=NOW, zone=ZONE) == day


@pytest.mark.parametrize(
    "typed", ["", "0", "yesterday", "last week", "2026-11-21", "2020-01-01", "500 days", "30/2", "1 month ago", "soon"]
)
def test_what_is_no_day_to_come(typed):
    with pytest.raises(WishError):
        parse_until(typed, now=NOW, zone=ZONE)


@given(st.text() | st.text("0123456789:-/, dayskhthum", max_size=20))
def test_any_text_is_read_or_refused(text):
    for parse in (parse_hours, parse_quiet, parse_days, lambda said: parse_until(said, now=NOW, zone=ZONE)):
        try:
            parse(text)
        except WishError:
            continue
