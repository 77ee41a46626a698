"""What each day added to a story."""

from dataclasses import replace
from datetime import UTC, date, datetime

from digest.development import Step, development
from digest.model import Item, Sentence
from tests.newsmaker import item, story


def at(number: int, moment: str, outlet: str, text: str, *, origin: str | None = None, language: str = "en") -> Item:
    """A report of the flood, published at a moment in UTC."""
    published = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    report = item(number, title="Flood in Quang Tri", text=text, outlet=outlet, origin=origin, language=language)
    return replace(report, published=published, first_seen=published)


RAIN = "Heavy rain flooded 12 villages in Quang Tri on Saturday morning."
RICE = "The Red Cross brought 40 tonnes of rice to the flooded villages."
ROADS = "Engineers reopened the coastal road after three days of work."
FIRST = at(1, "2026-11-21 02:00", "The Post", RAIN)
COPY = at(2, "2026-11-21 16:00", "Courier", RAIN, origin="TTXVN")
SECOND = at(5, "2026-11-21 18:00", "Courier", f"{RAIN} {RICE}", origin="TTXVN")
LATE = at(4, "2026-11-22 03:00", "Herald", f"{RAIN} {RICE}", origin="TTXVN")
THIRD = at(6, "2026-11-24 03:00", "The Post", f"{RAIN} {ROADS}")


def test_each_local_day_tells_what_was_new_and_who_joined() -> None:
    steps = development(story(1, FIRST, COPY, LATE, SECOND, THIRD), zone="Asia/Ho_Chi_Minh", language="en")
    assert steps == (
        Step(
            day=date(2026, 11, 21),
            at=FIRST.published,
            reports=2,
            first=FIRST,
            news=(),
            outlets=("The Post", "Courier"),
            origins=("The Post", "TTXVN"),
        ),
        Step(
            day=date(2026, 11, 22),
            at=SECOND.published,  # 18:00 in London is 01:00 in Ha Noi
            reports=2,
            first=SECOND,
            news=(Sentence(RICE, 5, "en"),),
            outlets=("Herald",),
            origins=(),
        ),
        Step(
            day=date(2026, 11, 24),
            at=THIRD.published,
            reports=1,
            first=THIRD,
            news=(Sentence(ROADS, 6, "en"),),
            outlets=(),
            origins=(),
        ),
    )


def test_the_zone_decides_which_day_it_is() -> None:
    days = [step.day.day for step in development(story(1, FIRST, COPY, SECOND), zone="Europe/London", language="en")]
    assert days == [21]


def test_a_late_feed_that_brings_an_early_report_changes_what_was_new_when() -> None:
    early = at(9, "2026-11-21 09:00", "Late Paper", f"{RAIN} {RICE}")
    first, second = development(story(1, FIRST, SECOND, early), zone="Asia/Ho_Chi_Minh", language="en")
    assert (first.outlets, second.news, second.outlets) == (("The Post", "Late Paper"), (), ("Courier",))


def test_a_day_that_only_repeats_has_no_news() -> None:
    again = at(7, "2026-11-23 02:00", "Herald", RAIN)
    _, second = development(story(1, FIRST, again), zone="UTC", language="en")
    assert (second.news, second.outlets, second.reports) == ((), ("Herald",), 1)


def test_news_come_in_the_readers_language_where_a_report_in_it_has_any() -> None:
    mua = "Mưa lớn làm ngập 12 xã ở Quảng Trị sáng thứ bảy."
    gao = "Hội Chữ thập đỏ đã chuyển 40 tấn gạo đến các xã bị ngập sâu."
    vi = [at(3, "2026-11-21 05:00", "Báo", mua, language="vi"), at(8, "2026-11-22 05:00", "Báo", gao, language="vi")]
    steps = development(story(1, FIRST, LATE, *vi), zone="UTC", language="vi")
    assert [step.news for step in steps] == [(), (Sentence(gao, 8, "vi"),)]
