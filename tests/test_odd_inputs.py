"""What feeds really bring: wrong languages, empty titles, capitals, no accents, markup. Sane labels, no exception."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.classify import load_classifier
from digest.model import Labels, Source, Topic
from digest.places import load_gazetteer

GAZETTEER = load_gazetteer()
ABROAD = Source(url="https://a.example/feed", name="A", language="en")
HANOI = Source(url="https://b.example/feed", name="B", language="vi", country="VN")


def label(title: str, text: str = "", *, language: str = "en", source: Source = ABROAD) -> Labels:
    return load_classifier().label(title, text, language=language, source=source)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Le maire inaugure une piscine", "On a dit que la ville pourrait ouvrir un autre bassin. Il a plu hier."),
        ("Der Trainer lobt die Mannschaft", "Nach dem Spiel war die Stimmung gut, sagte er am Abend."),
        ("中国外交部长访问老挝", "外交部长与老挝总理举行会谈。"),
        ("ປະທານປະເທດ ຕ້ອນຮັບ ທູດ", "ນາຍົກລັດຖະມົນຕີ ຢ້ຽມຢາມ ຫວຽດນາມ"),
        ("รัฐมนตรีต่างประเทศเยือนลาว", "การประชุมจัดขึ้นที่เวียงจันทน์"),
        ("Министр прибыл с визитом", "Переговоры прошли в понедельник."),
    ],
)
@pytest.mark.parametrize("language", ["en", "vi", "fr", "lo"])
def test_a_language_we_do_not_read_is_about_nothing(title: str, text: str, language: str) -> None:
    assert label(title, text, language=language) == Labels()


def test_french_in_an_english_feed_keeps_the_places_that_it_spells_as_we_do() -> None:
    labels = label("Le président reçoit l'ambassadeur du Laos à Paris", "La rencontre a porté sur le Mékong.")
    assert set(labels.places) == {"LA", "FR"}
    assert labels.pairs == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Lao prime minister arrives in Hanoi for an official visit", ""),
        ("", "Lao prime minister arrives in Hanoi for an official visit"),
        ("LAO PRIME MINISTER ARRIVES IN HANOI FOR AN OFFICIAL VISIT", "THE TRIP MARKS 60 YEARS OF TIES."),
        ("Lao Prime Minister Arrives In Hanoi For An Official Visit", ""),
        ("\u202eLao\u202c prime minister arrives in Hanoi for an official visit\x00", "\ufeff"),
        ("<b>Lao</b> prime minister arrives in Hanoi for an <i>official visit</i>", "<p>&nbsp;</p>"),
    ],
)
def test_one_headline_however_it_comes_is_one_thing(title: str, text: str) -> None:
    labels = label(title, text)
    assert (labels.topics, set(labels.places), labels.pairs) == (("state",), {"LA", "VN"}, ("LA-VN",))
    assert (labels.act, labels.level) == ("visit", 4)


@pytest.mark.parametrize(
    ("with_accents", "without"),
    [
        ("Chủ tịch nước tiếp Đại sứ Lào", "Chu tich nuoc tiep Dai su Lao"),
        ("Thủ tướng Đức thăm chính thức Nhật Bản", "Thu tuong Duc tham chinh thuc Nhat Ban"),
        ("Việt Nam và Campuchia ký thỏa thuận thương mại", "Viet Nam va Campuchia ky thoa thuan thuong mai"),
        ("Đoàn Lào thăm Đà Nẵng và Huế", "Doan Lao tham Da Nang va Hue"),
        ("Hội nghị Việt – Lào tại Hà Nội", "Hoi nghi Viet - Lao tai Ha Noi"),
    ],
)
def test_vietnamese_typed_without_accents_is_labelled_as_with_them(with_accents: str, without: str) -> None:
    one, other = (label(title, language="vi", source=HANOI) for title in (with_accents, without))
    assert (one.topics, one.places, one.pairs, one.act) == (other.topics, other.places, other.pairs, other.act)
    assert one.places


def test_a_text_of_two_languages_is_read_by_that_of_most_of_it() -> None:
    labels = label(
        "Chủ tịch nước tiếp Đại sứ Lào", "See also: PM visits Cuba to sign a deal.", language="vi", source=HANOI
    )
    assert labels.topics[0] == "state"
    assert labels.places[0] == "LA"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("A visit", "Lao prime minister arrives in Hanoi and signs a trade deal with Viet Nam. " * 300),
        ("Laos - " * 800, "Laos - Cuba " * 2000),
        ("(" * 3000, "[(“" * 5000),
        ("A" * 8000, "B " * 5000),
        ("HANOI " * 800, "HANOI, Nov. 21 (VNA) – " * 500),
        ("," * 5000, ". " * 9000),
        ("\n" * 5000, "x\n" * 5000),
        ("'s " * 3000, "U.S. " * 3000),
    ],
    ids=lambda value: value[:12],
)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_four_thousand_words_and_worse_cost_steps_by_their_length_alone(title: str, text: str, language: str) -> None:
    """Counted in calls, not in seconds: what backtracks or is quadratic would take millions."""
    label("Lao minister visits Hanoi", "Bộ trưởng Lào thăm Hà Nội. A minister visits.", language=language)
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        label(title, text, language=language)
    finally:
        sys.setprofile(None)
    assert calls < 60 * (len(title) + len(text)) + 10_000


PIECES = st.sampled_from(
    "Lao Laos Hanoi Mỹ Anh Đức – - ( ) : “ ” , . … $ the of and visits signs PM Thủ tướng thăm ký Nguyễn Đoàn tỉnh "
    "Viêng Chăn Vientiane says between giữa US U.S. ambassador đại sứ <b> &nbsp; \n \t \u200b 中 ລາວ 12".split(" ")
)
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=30).map(" ".join))


@settings(max_examples=300)
@given(title=TEXTS, text=TEXTS, language=st.sampled_from(["en", "vi", "fr", "", "zh-Hant"]))
def test_whatever_comes_the_labels_are_known_ones_with_their_reasons(title: str, text: str, language: str) -> None:
    for source in (ABROAD, HANOI):
        labels = label(title, text, language=language, source=source)
        assert set(labels.topics) <= {topic.value for topic in Topic}
        assert all(GAZETTEER.known(place) for place in labels.places)
        assert len(set(labels.places)) == len(labels.places) <= 9
        assert all(GAZETTEER.known(code) for pair in labels.pairs for code in pair.split("-"))
        assert labels.relevant == bool(labels.topics)
        assert {reason.label for reason in labels.reasons} >= {*labels.topics, *labels.places, *labels.pairs}
        assert all(reason.words for reason in labels.reasons)
