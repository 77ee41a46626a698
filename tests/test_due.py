"""Due times: one moment a local date, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.due import next_due, next_look, parse_time
from digest.errors import WishError
from digest.places import load_gazetteer
from digest.zones import near_zones, offered_zones, parse_zone
from tests.conftest import utc

ZONES = [
    "Asia/Ho_Chi_Minh",
    "America/New_York",
    "Europe/Berlin",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "America/Nuuk",
    "America/Scoresbysund",
    "America/St_Johns",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "UTC",
]
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.integers(694224000, 2177452800).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))

NOW = utc("2026-11-21 00:00")


@pytest.mark.parametrize(
    ("why", "at", "zone", "after", "now", "due"),
    [
        ("strictly after now", "07:00", "Asia/Ho_Chi_Minh", None, "2026-11-21 00:00", "2026-11-22 00:00 for 22"),
        ("later today", "07:00", "Asia/Ho_Chi_Minh", None, "2026-11-20 23:59", "2026-11-21 00:00 for 21"),
        ("a served date is over", "07:00", "Asia/Ho_Chi_Minh", 21, "2026-11-20 23:00", "2026-11-22 00:00 for 22"),
        ("missed days become one", "07:00", "Asia/Ho_Chi_Minh", 10, "2026-11-21 03:00", "2026-11-22 00:00 for 22"),
        ("a repeated hour", "01:30", "America/New_York", None, "2026-11-01 05:00", "2026-11-01 05:30 for 1"),
        ("not its second pass", "01:30", "America/New_York", None, "2026-11-01 05:30", "2026-11-02 06:30 for 2"),
        ("a skipped hour", "02:30", "America/New_York", None, "2026-03-08 06:00", "2026-03-08 07:30 for 8"),
        ("a skipped midnight", "00:30", "Africa/Cairo", None, "2026-04-23 21:00", "2026-04-23 22:30 for 24"),
        ("half an hour skipped", "02:15", "Australia/Lord_Howe", None, "2026-10-03 12:00", "2026-10-03 15:45 for 4"),
        ("midnight in a gap", "23:30", "America/Scoresbysund", None, "2025-03-30 01:10", "2025-03-30 01:30 for 29"),
        ("a date that never was", "07:00", "Pacific/Apia", 29, "2011-12-29 18:00", "2011-12-30 17:00 for 31"),
    ],
)
def test_the_next_due_moment(why, at, zone, after, now, due):
    now = utc(now)
    served = None if after is None else date(now.year, now.month, after)
    moment, day = next_due(time.fromisoformat(at), zone, after=served, now=now)
    assert f"{moment:%Y-%m-%d %H:%M} for {day.day}" == due


@given(at=clocks, zone=st.sampled_from(ZONES), now=moments)
def test_it_is_later_than_now_and_at_that_hour_unless_the_clocks_skip_it(at, zone, now):
    moment, day = next_due(at, zone, after=None, now=now)
    assert moment > now
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    gap = local - datetime.combine(day, at)
    assert timedelta(0) <= gap <= timedelta(hours=1)
    if gap:
        shown = {(moment + timedelta(minutes=m)).astimezone(ZoneInfo(zone)).replace(tzinfo=None) for m in range(-90, 1)}
        assert datetime.combine(day, at) not in shown


@given(at=clocks, zone=st.sampled_from(ZONES), now=moments)
def test_walking_on_gives_every_date_once_and_in_order(at, zone, now):
    moment, day = next_due(at, zone, after=None, now=now)
    for _ in range(5):
        later, next_day = next_due(at, zone, after=day, now=moment)
        assert later > moment
        missing = [day + timedelta(days=n) for n in range(1, (next_day - day).days)]
        assert all(
            datetime.combine(d, time(12), ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).date() != d
            for d in missing
        )
        moment, day = later, next_day


@given(at=clocks, zone=st.sampled_from(ZONES), now=moments, wait=st.timedeltas(timedelta(0), timedelta(days=3)))
def test_a_later_now_never_gives_an_earlier_moment(at, zone, now, wait):
    assert next_due(at, zone, after=None, now=now + wait) >= next_due(at, zone, after=None, now=now)


@given(at=clocks, zone=st.sampled_from(ZONES), now=moments)
def test_nothing_is_due_between_now_and_the_answer(at, zone, now):
    moment, day = next_due(at, zone, after=None, now=now)
    between = now + (moment - now) / 2
    assert next_due(at, zone, after=None, now=between) == (moment, day)


@pytest.mark.parametrize(
    ("typed", "hour"),
    [
        ("07:30", time(7, 30)),
        ("7:30", time(7, 30)),
        ("07.30", time(7, 30)),
        ("7h30", time(7, 30)),
        ("7H", time(7)),
        (" 19 ", time(19)),
        ("0", time(0)),
        ("730", time(7, 30)),
        ("1930", time(19, 30)),
        ("7 giờ 30", time(7, 30)),
        ("7g", time(7)),
    ],
)
def test_an_hour_as_people_write_it(typed, hour):
    assert parse_time(typed) == hour


@pytest.mark.parametrize("typed", ["", "25:00", "24", "07:60", "seven", "7:3", "-7", "7:30:00", "٧", "7" * 5000])
def test_what_is_no_hour_is_refused(typed):
    with pytest.raises(WishError, match="is no hour of the day") as caught:
        parse_time(typed)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Ho_Chi_Minh", "Asia/Ho_Chi_Minh"),
        ("ASIA/ho chi minh", "Asia/Ho_Chi_Minh"),
        ("Saigon", "Asia/Ho_Chi_Minh"),
        ("Hà Nội", "Asia/Ho_Chi_Minh"),
        ("TP. Hồ Chí Minh", "Asia/Ho_Chi_Minh"),
        ("Ho Chi Minh", "Asia/Ho_Chi_Minh"),
        ("Vientiane", "Asia/Vientiane"),
        ("new_york", "America/New_York"),
        ("Port-au-Prince", "America/Port-au-Prince"),
        ("utc", "UTC"),
        ("Cuba", "Cuba"),
    ],
)
def test_a_zone_as_people_write_it(typed, zone):
    assert parse_zone(typed) == zone


@pytest.mark.parametrize("typed", ["", "Atlantis", "../../etc/passwd", "Asia", "\x00"])
def test_what_is_no_zone_is_refused(typed):
    with pytest.raises(WishError, match="no zone is called"):
        parse_zone(typed)


@given(st.text())
def test_any_text_is_read_or_refused(text):
    for parse in (parse_time, parse_zone):
        try:
            parse(text)
        except WishError:
            continue


def test_every_zone_offered_is_one():
    assert [parse_zone(zone) for zone in offered_zones()] == list(offered_zones())


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Huế", "Asia/Ho_Chi_Minh"),
        ("cần thơ", "Asia/Ho_Chi_Minh"),
        ("Viêng Chăn", "Asia/Vientiane"),
        ("Luân Đôn", "Europe/London"),
        ("Mát-xcơ-va", "Europe/Moscow"),
        ("Praha", "Europe/Prague"),
        ("Ba Lan", "Europe/Warsaw"),
        ("Đức", "Europe/Berlin"),
        ("Úc", "Australia/Sydney"),
        ("Oa-sinh-tơn", "America/New_York"),
    ],
)
def test_a_zone_by_a_place_that_has_one(typed, zone):
    assert parse_zone(typed, load_gazetteer()) == zone


@pytest.mark.parametrize(
    ("typed", "first"), [("Hoa Kỳ", "America/New_York"), ("berln", "Europe/Berlin"), ("new yok", "America/New_York")]
)
def test_where_several_zones_may_be_meant_they_are_offered(typed, first):
    with pytest.raises(WishError):
        parse_zone(typed, load_gazetteer())
    near = near_zones(typed, load_gazetteer(), now=NOW)
    assert near[0] == first
    assert len(near) <= 4


@pytest.mark.parametrize(
    ("typed", "first"),
    [("+7", "Asia/Ho_Chi_Minh"), ("UTC+07:00", "Asia/Ho_Chi_Minh"), ("gmt −5", "America/New_York"),
     ("+5:30", "Asia/Kolkata"), ("UTC-3:30", "America/St_Johns"), ("+9:30", "Australia/Darwin")],
)  # fmt: skip
def test_an_offset_offers_the_zones_that_have_it_now(typed, first):
    with pytest.raises(WishError):
        parse_zone(typed, load_gazetteer())
    assert near_zones(typed, load_gazetteer(), now=NOW)[0] == first


def test_an_offset_follows_summer_time():
    assert "Europe/London" in near_zones("+1", load_gazetteer(), now=utc("2026-07-01 00:00"))
    assert "Europe/London" not in near_zones("+1", load_gazetteer(), now=utc("2026-01-01 00:00"))


@pytest.mark.parametrize(
    ("zone", "quiet", "now", "look"),
    [
        ("Asia/Ho_Chi_Minh", (22, 6), "2026-11-21 16:00", "2026-11-21 23:00"),
        ("Asia/Ho_Chi_Minh", (22, 6), "2026-11-21 10:00", "2026-11-21 10:00"),
        # 02:10 for the second time, and for the first
        ("Europe/Berlin", (22, 2.5), "2026-10-25 01:10", "2026-10-25 01:30"),
        ("Europe/Berlin", (22, 2.5), "2026-10-25 00:10", "2026-10-25 00:30"),
        ("America/New_York", (22, 1.5), "2026-11-01 06:10", "2026-11-01 06:30"),
        # 02:30 does not come
        ("Europe/Berlin", (22, 2.5), "2026-03-29 00:50", "2026-03-29 01:30"),
    ],
)
def test_the_next_look_is_at_the_end_of_quiet_hours(zone, quiet, now, look):
    hours = tuple(time(int(hour), int(hour % 1 * 60)) for hour in quiet)
    assert next_look(zone, hours, not_before=utc(now)) == utc(look)


def test_nothing_is_offered_for_nothing():
    for typed in ("Atlantis", "", "+25", "+7:5", "7"):
        assert near_zones(typed, load_gazetteer(), now=NOW) == ()


@pytest.mark.parametrize(
    ("typed", "hour"),
    [("7am", time(7)), ("7:30 pm", time(19, 30)), ("12 a.m.", time(0)), ("12pm", time(12)), ("8 giờ tối", time(20)),
     ("6h sáng", time(6)), ("2 giờ chiều", time(14)), ("19 pm", time(19))],
)  # fmt: skip
def test_an_hour_of_a_half_day(typed, hour):
    assert parse_time(typed) == hour
