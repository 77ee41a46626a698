from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from digest.model import Coverage, Report, Section, Sentence, Wishes
from render.digest_view import coverage_line, digest_blocks
from render.names import places_row, wishes_row
from render.telegram import to_messages
from render.text import to_text
from render.words import load_words
from tests.render_sample import NAMES, UNTIL, ZONE, digest, sections, story

EN, VI = load_words("en"), load_words("vi")


def shown(one_digest, words=EN, **options):
    """The digest as a terminal shows it, on lines wide enough not to wrap."""
    blocks = digest_blocks(one_digest, words=words, names=NAMES, zone=ZONE, **options)
    return to_text(blocks, width=300).splitlines()


def test_a_morning_in_english_reads_like_this():
    blocks = digest_blocks(digest(), words=EN, names=NAMES, zone=ZONE)

    assert to_messages(blocks) == [
        """\
<b>Diplomacy Digest</b> · Saturday 21 November
<i>People-to-people, NGO aid · Ho Chi Minh City, Laos</i>

In this digest: People-to-people\u00a01 · NGO aid\u00a02 · Also\u00a01

<b>People-to-people diplomacy</b> · 1
1. <a href="https://courier.example/lao-day?a=1&amp;b=2"><b>City friendship union marks Lao National Day</b></a>
<i>🇱🇦 Laos, Ho Chi Minh City · Mekong Courier\u00a0+4 · 3 origins · \
<tg-time unix="1795174800" format="dt">20 Nov 18:40</tg-time></i>
The union and the Lao consulate marked the day with a concert of students. Twelve students received scholarships.

<i>+2 more stories</i>

<b>NGO and humanitarian aid</b> · 2
2. <a href="https://relief.example/cuba"><b>Red Cross campaign for Cuba passes its target &amp; closes early</b></a>
<i>🇨🇺 Cuba, 🇻🇳 Viet Nam · Relief Relay\u00a0+4 · 1 origin · \
<tg-time unix="1795183500" format="dt">20 Nov 21:05</tg-time></i>
Donations reached 615 billion dong in nine weeks, the society said.

3. <a href="https://bao.example/rpbm"><b>Quảng Trị bàn giao 40 héc-ta đất sạch bom mìn</b></a> (in Vietnamese)
<i>Quang Tri, 🇯🇵 Japan · Báo Sông Hiếu · <tg-time unix="1795215000" format="dt">21 Nov 05:50</tg-time></i>
Dự án do một tổ chức phi chính phủ Nhật Bản tài trợ.

<b>Also</b> · 1
<i>Short sections, gathered in one.</i>

4. <a href="https://lantern.example/weavers"><b>Kyoto weavers open a month of workshops beside the Saigon river</b></a>
<i>Culture · 🇯🇵 Japan, Ho Chi Minh City · City Lantern\u00a0+1 · \
<tg-time unix="1795147200" format="dt">20 Nov 11:00</tg-time></i>
Visitors may try a loom on Saturdays.

<i>5 more stories you follow did not fit.</i>
<i>38 feeds read, 3 not answering · 1,412 items → 63 stories → 4 for you</i>"""
    ]


def test_a_morning_in_vietnamese_by_place_reads_like_this():
    people, aid, other = sections()
    by_place = digest(
        wishes=Wishes(places=frozenset({"VN-25", "LA"}), language="vi", by="place"),
        sections=(replace(people, key="LA"), replace(aid, key="VN-25", stories=aid.stories[1:]), other),
    )

    lines = shown(by_place, VI)

    assert [line for line in lines if line and not set(line) <= {"═", "─"}] == [
        "Bản tin Đối ngoại · Thứ Bảy, 21 tháng 11",
        "Mọi chủ đề · Lào, Quảng Trị",
        "Trong số này: 🇱🇦 Lào\u00a01 · Quảng Trị\u00a01 · Tin khác\u00a01",
        "🇱🇦 Lào · 1",
        " 1. City friendship union marks Lao National Day (tiếng Anh)",
        "    🇱🇦 Lào, TP.HCM · Mekong Courier\u00a0+4 · 3 nguồn độc lập · 18:40 20/11",
        "    The union and the Lao consulate marked the day with a concert of students. "
        "Twelve students received scholarships.",
        "    https://courier.example/lao-day?a=1&b=2",
        "+2 tin nữa",
        "Quảng Trị · 1",
        " 2. Quảng Trị bàn giao 40 héc-ta đất sạch bom mìn",
        "    Quảng Trị, 🇯🇵 Nhật Bản · Báo Sông Hiếu · 05:50 21/11",
        "    Dự án do một tổ chức phi chính phủ Nhật Bản tài trợ.",
        "    https://bao.example/rpbm",
        "Tin khác · 1",
        "Gộp các mục ít tin.",
        " 3. Kyoto weavers open a month of workshops beside the Saigon river (tiếng Anh)",
        "    🇯🇵 Nhật Bản, TP.HCM · City Lantern\u00a0+1 · 11:00 20/11",
        "    Visitors may try a loom on Saturdays.",
        "    https://lantern.example/weavers",
        "Còn 5 tin khác bạn theo dõi nhưng không đủ chỗ đăng.",
        "Đã đọc 38 nguồn, 3 nguồn không phản hồi · 1.412 bài → 63 tin → 4 tin cho bạn",
    ]


@pytest.mark.parametrize(
    ("coverage", "words", "expected"),
    [
        (
            Coverage(feeds=41, failing=3, items=412, stories=63, shown=0),
            EN,
            "A quiet day: nothing new in what you follow.",
        ),
        (
            Coverage(feeds=41, failing=3, items=412, stories=63, shown=0),
            VI,
            "Một ngày yên ắng: chưa có tin mới trong nội dung bạn theo dõi.",
        ),
        (
            Coverage(feeds=41, failing=41, items=0, stories=0, shown=0),
            EN,
            "None of our feeds is answering, so we cannot tell whether there is news. We keep trying.",
        ),
        (
            Coverage(feeds=0, failing=0, items=0, stories=0, shown=0),
            EN,
            "No feeds are being read yet, so there is no news to show.",
        ),
    ],
)
def test_an_empty_digest_says_why(coverage, words, expected):
    lines = shown(digest(sections=(), left_out=0, coverage=coverage), words)

    assert expected in lines
    assert lines[-1] == coverage_line(coverage, words)


def test_stories_from_before_all_feeds_fell_silent_say_so():
    down = Coverage(feeds=2, failing=2, items=9, stories=4, shown=4)

    assert "None of our feeds is answering now: this is what we had before." in shown(digest(coverage=down))


def test_one_of_each_is_said_in_the_singular():
    one = Coverage(feeds=1, failing=0, items=1, stories=1, shown=1)

    assert coverage_line(one, EN) == "1 feed read · 1 item → 1 story → 1 for you"


def test_what_one_section_left_out_is_said_once():
    one = digest(sections=(Section(key="people", stories=(story(),), more=1),), left_out=1)

    assert [line for line in shown(one) if "more" in line] == ["+1 more story"]


def test_few_sections_need_no_index():
    two = digest(sections=sections()[:2])

    assert not any(line.startswith("In this digest") for line in shown(two))


@pytest.mark.parametrize(
    ("outlets", "origins", "expected"),
    [
        (1, 1, "Mekong Courier"),
        (2, 1, "Mekong Courier\u00a0+1 · 1 origin"),
        (3, 3, "Mekong Courier\u00a0+2"),
        (9, 2, "Mekong Courier\u00a0+8 · 2 origins"),
    ],
)
def test_a_story_names_its_outlet_and_tells_how_many_wrote_it(outlets, origins, expected):
    reports = tuple(Report(f"Outlet {n}", f"https://o{n}.example/", "en") for n in range(outlets))
    one = digest(sections=(Section(key="people", stories=(story(reports=reports, origins=origins),)),))

    assert f"    🇱🇦 Laos, Ho Chi Minh City · {expected} · 20 Nov 18:40" in shown(one)


def test_reports_are_listed_with_links_when_asked():
    reports = (Report("Courier", "https://c.example/1", "en"), Report("Báo Sông", "https://s.example/1", "vi"))
    one = digest(sections=(Section(key="people", stories=(story(reports=reports),)),))

    blocks = digest_blocks(one, words=EN, names=NAMES, zone=ZONE, reports=True)

    assert (
        'Reports: <a href="https://c.example/1">Courier</a> · '
        '<a href="https://s.example/1">Báo Sông</a> (in Vietnamese)' in to_messages(blocks)[0]
    )


def test_a_sentence_in_another_language_than_its_headline_is_marked():
    sentences = (Sentence("Tin bằng tiếng Việt.", 1, "vi"), Sentence("In English.", 2, "en"))
    one = digest(sections=(Section(key="people", stories=(story(sentences=sentences),)),))

    assert "    Tin bằng tiếng Việt. (in Vietnamese) In English." in shown(one)


def test_a_headline_on_several_lines_stays_on_one():
    one = digest(sections=(Section(key="people", stories=(story(headline="Two\n lines\tand a tab"),)),))

    assert " 1. Two lines and a tab" in shown(one)


def test_title_and_day_can_be_given():
    lines = shown(digest(), title="Laos this week", day=date(2026, 11, 20))

    assert lines[0] == "Laos this week · Friday 20 November"


def test_the_day_is_the_readers_own():
    late = digest(until=datetime(2026, 11, 21, 18, 0, tzinfo=UTC), since=UNTIL)

    assert shown(late)[0] == "Diplomacy Digest · Sunday 22 November"


@pytest.mark.parametrize(
    ("wishes", "words", "expected"),
    [
        (Wishes(), EN, "All topics · everywhere"),
        (Wishes(), VI, "Mọi chủ đề · mọi nơi"),
        (Wishes(topics=frozenset({"ngo", "people"})), EN, "People-to-people, NGO aid · everywhere"),
        (
            Wishes(places=frozenset({"VN-SG"}), pairs=frozenset({"LA-VN"})),
            EN,
            "All topics · Ho Chi Minh City, Laos–Viet Nam",
        ),
        (
            Wishes(wanted=("lao consul",), unwanted=("football", "golf")),
            EN,
            "All topics · everywhere · with: lao consul · without: football, golf",
        ),
        (
            Wishes(unwanted=tuple("abcdefgh")),
            VI,
            "Mọi chủ đề · mọi nơi · trừ từ: a, b, c, d, e, f, +2 nữa",
        ),
    ],
)
def test_wishes_are_said_in_one_line(wishes, words, expected):
    assert wishes_row(wishes, words, NAMES) == expected


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ((), ""),
        (("LA", "VN-SG"), "🇱🇦 Laos, Ho Chi Minh City"),
        (("LA", "CU", "JP", "VN"), "🇱🇦 Laos, 🇨🇺 Cuba, 🇯🇵 Japan, 🇻🇳 Viet Nam"),
        (("LA", "CU", "JP", "VN", "VN-25"), "🇱🇦 Laos, 🇨🇺 Cuba, 🇯🇵 Japan, +2 more"),
    ],
)
def test_places_beyond_a_few_are_counted(places, expected):
    assert places_row(places, EN, NAMES) == expected


def test_a_full_digest_of_long_stories_is_several_messages_with_every_story_in_order():
    long = tuple(
        story(n, headline=f"Story number {n}", sentences=(Sentence("Word " * 80, 1, "en"),)) for n in range(1, 31)
    )

    messages = to_messages(
        digest_blocks(digest(sections=(Section(key="people", stories=long),)), words=EN, names=NAMES, zone=ZONE)
    )

    assert len(messages) > 2
    assert [n for n in range(1, 31) if f"<b>Story number {n}</b>" in "".join(messages)] == list(range(1, 31))


def test_a_story_older_than_yesterday_carries_its_date():
    old = digest(sections=(Section(key="people", stories=(story(published=UNTIL - timedelta(days=3)),)),))

    assert "    🇱🇦 Laos, Ho Chi Minh City · Mekong Courier\u00a0+4 · 3 origins · 18 Nov" in shown(old)


@pytest.mark.parametrize(
    ("words", "changes", "expected"),
    [
        (EN, {"mark": "update", "day": 2}, "UPDATE · "),
        (EN, {"mark": "update", "day": 3}, "DAY 3 · "),
        (VI, {"mark": "update", "day": 2}, "CẬP NHẬT · "),
        (VI, {"mark": "update", "day": 4}, "NGÀY THỨ 4 · "),
        (EN, {"mark": "new"}, ""),
        (EN, {}, ""),
    ],
)
def test_what_was_told_before_says_that_it_is_an_update(words, changes, expected):
    one = Section(key="people", stories=(story(1, **changes),))
    details = shown(replace(digest(), sections=(one,)), words=words)
    assert any(line.strip().startswith(f"{expected}🇱🇦") for line in details)


def test_new_stories_say_so_only_beside_updates():
    one = Section(key="people", stories=(story(1, mark="update", day=2), story(2, mark="new")))
    assert sum("NEW · " in line for line in shown(replace(digest(), sections=(one,)))) == 1
