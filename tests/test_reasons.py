"""Why a story is here: worded for readers, exact, in both languages, and safe whatever a publisher wrote."""

import re
from dataclasses import replace

import pytest

from digest.classify import load_classifier
from digest.compose import Window, compose, points_of
from digest.model import Item, Labels, Reason, Source, Story, Wishes
from digest.places import load_gazetteer
from render.names import HouseNames
from render.reasons import act_name, level_name, why_blocks
from render.telegram import to_messages
from render.text import to_text
from render.words import load_words
from tests.newsmaker import NOW, item, story

NAMES = HouseNames(load_gazetteer())
DAY = {"since": NOW.replace(day=20), "until": NOW}
VNS = Source(url="https://b.example/feed", name="Mekong Courier", country="VN", topics=("ngo",), places=("VN-SG",))
ABROAD = Source(url="https://a.example/feed", name="A")


def labelled(one: Item, source: Source = ABROAD) -> Item:
    return replace(
        one, labels=load_classifier().label(one.title, one.text, language=one.language, source=source), tier=2
    )


def why(of: Story, wishes: Wishes | None = None, *, language: str = "en", update: bool = False) -> list[str]:
    wishes = wishes or Wishes()
    points = points_of(of, wishes, **DAY, update=update)
    blocks = why_blocks(of, wishes=wishes, points=points, words=load_words(language), names=NAMES)
    return [line.removeprefix("- ").strip() for line in to_text(blocks, width=1000).splitlines() if line.strip()]


VISIT = labelled(item(1, title="Hanoi says Lao prime minister will visit Savannakhet", outlet="B", hours_ago=12))


def test_a_story_tells_its_words_in_english() -> None:
    lines = why(story(1, VISIT), Wishes(places=frozenset({"LA"})))
    assert lines[0] == "Why is this here?"
    assert lines[2] == "Hanoi says Lao prime minister will visit Savannakhet"
    assert "You follow: Laos" in lines
    assert "State diplomacy: “prime minister”, “visit”" in lines
    assert "🇻🇳 Viet Nam: “Hanoi”, the capital, read as its government" in lines
    assert "🇱🇦 Laos: in the headline “Lao”, “Savannakhet”" in lines
    assert "Savannakhet: in the headline “Savannakhet”" in lines
    assert "What happens: a visit, “visit”" in lines
    assert "Who acts: head of government or speaker, “prime minister”" in lines


def test_the_same_in_vietnamese_holds_no_english_of_ours() -> None:
    one = labelled(item(1, title="Thủ tướng tiếp Đại sứ Lào", text="", language="vi"), VNS)
    text = " ".join(why(story(1, one), language="vi"))
    assert "Vì sao có tin này?" in text
    assert "🇻🇳 Việt Nam: “Thủ tướng”, cơ quan của chính nước có tòa soạn" in text
    assert "Cấp tham gia: người đứng đầu chính phủ hoặc quốc hội, “Thủ tướng”" in text
    assert "Điểm xếp hạng" in text
    assert not re.search(r"\b(the|in|headline|rank|wishes|freshness|outlet)\b", text, re.IGNORECASE)


def test_what_a_feed_gives_names_the_feed() -> None:
    one = labelled(item(1, title="Vice minister receives Lao envoy", text=""), VNS)
    lines = why(story(1, one))
    assert "Ho Chi Minh City: because it comes from Mekong Courier" in lines


def test_no_code_of_a_rule_or_a_place_is_shown() -> None:
    one = labelled(item(1, title="Laos and Thailand sign trade deal", text="Trade ties of both countries grow."))
    text = " ".join(why(story(1, one)))
    assert not re.search(r"@|_|\+(?=\w)|\bLA\b|\bTH\b|\blead\b|\btitle\b", text)
    assert "Laos–Thailand: “Laos”, “sign”, “Thailand”" in text


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("wishes", [Wishes(), Wishes(topics=frozenset({"state", "ngo"}), places=frozenset({"LA"}))])
@pytest.mark.parametrize("hours", [0.2, 3.3, 7.7, 11.1, 23.9])
def test_the_arithmetic_on_screen_adds_up(wishes: Wishes, hours: float, update: bool) -> None:
    of = story(1, VISIT, replace(VISIT, id=2, outlet="C", published=NOW.replace(day=20, hour=int(hours))))
    line = next(line for line in why(of, wishes, update=update) if line.startswith("Score"))
    left, _, right = line.partition(" = ")
    signs = [1, *(1 if sign == "+" else -1 for sign in re.findall(r" ([+−]) ", right))]
    parts = [int(re.search(r"(\d+)$", part).group(1)) for part in re.split(r" [+−] ", right)]  # type: ignore[union-attr]
    total = sum(sign * part for sign, part in zip(signs, parts, strict=True))
    assert int(left.removeprefix("Score ")) == total
    score = sum(value for _, value in points_of(of, wishes, **DAY, update=update))
    assert abs(total - score * 10) <= 0.5
    assert ("− told before 4" in line) == update


def test_the_points_are_those_of_the_digest() -> None:
    window = Window(**DAY, stories=(story(1, VISIT),), items=1, feeds=1, failing=0)
    shown = compose(window, Wishes()).stories[0]
    assert shown.worth == points_of(story(1, VISIT), Wishes(), **DAY)


@pytest.mark.parametrize(
    ("wishes", "met"),
    [
        (Wishes(), "everything"),
        (Wishes(topics=frozenset({"state", "climate"})), "State diplomacy"),
        (Wishes(places=frozenset({"LA", "LA-SV", "CU"})), "Laos, Savannakhet"),
        (Wishes(query="lao prime minister"), "“lao prime minister”"),
        (Wishes(places=frozenset({"JP"})), "other things; you found this story yourself"),
        (Wishes(wanted=("rice", "visit"), topics=frozenset({"climate"})), "a word you asked for: “visit”"),
    ],
)
def test_what_of_the_wishes_is_met(wishes: Wishes, met: str) -> None:
    assert f"You follow: {met}" in why(story(1, VISIT), wishes)


VIETNAMESE = labelled(item(1, title="Đại sứ Lào chào xã giao Bộ trưởng Việt Nam", language="vi", outlet="B"))
ENGLISH = labelled(item(2, title="Lao prime minister meets Vietnamese minister", outlet="C"))


def test_the_reader_s_language_is_quoted_first_and_the_highest_level_wins() -> None:
    lines = why(story(1, VIETNAMESE, ENGLISH))
    assert "🇱🇦 Laos: in the headline “Lao”" in lines
    assert "Who acts: head of government or speaker, “prime minister”" in lines


def test_words_of_a_report_that_is_not_shown_say_whose_they_are() -> None:
    lines = why(story(1, VIETNAMESE, ENGLISH), language="vi")
    assert "Đại sứ Lào chào xã giao Bộ trưởng Việt Nam" in lines
    assert "🇱🇦 Lào: trong tiêu đề “Lào”" in lines
    assert "Cấp tham gia: người đứng đầu chính phủ hoặc quốc hội, “prime minister” (C, tiếng Anh)" in lines


def test_a_word_is_quoted_once_in_whatever_case() -> None:
    labels = Labels(topics=("cultural",), relevant=True, reasons=(Reason("cultural", "screen", ("Film", "a", "film")),))
    assert "Culture, education, tourism, heritage: “Film”, “a”" in why(story(1, replace(item(1), labels=labels)))


def test_hostile_words_are_escaped_and_cut() -> None:
    evil = "<b>/stop</b> @bot [x](http://evil.example) " + "y" * 500
    labels = Labels(
        topics=("state",),
        places=("LA",),
        relevant=True,
        reasons=(Reason("state", "talks", (evil, "a\nb\x1b[31m")), Reason("LA", "source", (evil,))),
    )
    one = replace(item(1, title=evil), labels=labels)
    blocks = why_blocks(story(1, one), wishes=Wishes(), points=(), words=load_words("en"), names=NAMES)
    html = "".join(to_messages(blocks))
    assert "<b>/stop" not in html
    assert "&lt;b&gt;" in html
    assert "\x1b" not in html
    topic = next(line for line in to_text(blocks, width=1000).splitlines() if "State" in line)
    assert len(topic) < 200


def test_an_item_without_reasons_or_points_still_has_an_answer() -> None:
    blocks = why_blocks(story(1, item(1)), wishes=Wishes(), points=(), words=load_words("en"), names=NAMES)
    lines = [line for line in to_text(blocks, width=100).splitlines() if line.strip()]
    assert lines[-2:] == ["Score 0", "Words in quotation marks are taken from the reports."]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_every_act_and_level_has_a_name(language: str) -> None:
    words = load_words(language)
    acts = ["visit", "call", "talks", "signing", "aid", "statement", "protest", "exchange", "anniversary"]
    assert len({act_name(act, words) for act in acts} - set(acts)) >= len(acts) - (2 if language == "en" else 0)
    assert len({level_name(level, words) for level in range(6)}) == 6
    assert act_name("dance", words) == "dance"
