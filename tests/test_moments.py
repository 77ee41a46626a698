from datetime import UTC, datetime, timedelta

import pytest

from render.moments import HOLE, coming_moment, exact_moment, filled, moment
from render.words import load_words

EN, VI = load_words("en"), load_words("vi")
ZONE = "Asia/Ho_Chi_Minh"
#: 07:00 on Saturday 21 November in Viet Nam.
NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def said(inline):
    return "".join(span.text for span in inline)


@pytest.mark.parametrize(
    ("at", "english", "vietnamese", "form"),
    [
        (datetime(2026, 11, 20, 22, 40, tzinfo=UTC), "21 Nov 05:40", "05:40 21/11", "dt"),
        (datetime(2026, 11, 19, 17, 0, tzinfo=UTC), "20 Nov 00:00", "00:00 20/11", "dt"),
        (datetime(2026, 11, 19, 16, 59, tzinfo=UTC), "19 Nov", "19/11", "d"),
        (datetime(2025, 11, 20, 22, 40, tzinfo=UTC), "21 Nov 2025", "21/11/2025", "d"),
    ],
)
def test_a_time_past_is_true_whenever_it_is_read(at, english, vietnamese, form):
    (one,) = moment(at, ZONE, NOW, EN)

    assert (one.text, said(moment(at, ZONE, NOW, VI))) == (english, vietnamese)
    assert (one.at, one.form) == (at, form)


def test_a_report_has_its_hour_however_old_it_is():
    assert said(exact_moment(datetime(2026, 3, 1, 3, 5, tzinfo=UTC), ZONE, NOW, EN)) == "1 Mar 10:05"


@pytest.mark.parametrize(
    ("later", "english", "vietnamese"),
    [
        (timedelta(0), "now", "ngay bây giờ"),
        (timedelta(hours=11, minutes=30), "Saturday 21 Nov 18:30", "18:30 Thứ Bảy, 21/11"),
        (timedelta(days=1), "Sunday 22 Nov 07:00", "07:00 Chủ Nhật, 22/11"),
        (timedelta(days=60), "Wednesday 20 Jan 2027 07:00", "07:00 Thứ Tư, 20/1/2027"),
    ],
)
def test_a_time_to_come_names_its_day(later, english, vietnamese):
    assert [said(coming_moment(NOW + later, ZONE, NOW, words)) for words in (EN, VI)] == [english, vietnamese]


def test_a_sentence_keeps_its_words_around_a_moment():
    at = exact_moment(NOW, ZONE, NOW, EN)

    assert said(filled(f"Next: {HOLE} (here)", at)) == "Next: 21 Nov 07:00 (here)"
    assert filled(HOLE, at) == at
