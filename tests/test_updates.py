"""When a story moves on: what a chat that was told of it is told again, and what it is spared."""

from dataclasses import replace

import pytest

from digest.classify import load_classifier
from digest.lexicon import read_data
from digest.model import Item, Source
from digest.updates import fresh_sentences
from tests.newsmaker import item

HOME = Source(url="https://b.example/feed", name="B", country="VN")


def report(number: int, title: str, text: str, *, hours_ago: float, language: str = "en") -> Item:
    one = item(number, title=title, text=text, language=language, hours_ago=hours_ago, outlet=f"Outlet {number}")
    return replace(one, labels=load_classifier().label(title, text, language=language, source=HOME))


def told_again(first: tuple[str, str], later: tuple[str, str], *, after: float = 24, language: str = "en") -> list[str]:
    """The sentences for a chat that was told the first report, when another comes so many hours after it."""
    items = [
        report(1, *first, hours_ago=after + 1, language=language),
        report(2, *later, hours_ago=1, language=language),
    ]
    return [sentence.text for sentence in fresh_sentences(items, upto=1, language=language)]


RESCUE = (
    "Rescuers leave for Nepal",
    "Rescuers from Hanoi left for Nepal on Sunday. After a week in Nepal the rescuers will return home to Hanoi.",
)
CUU_HO = (
    "Đoàn cứu hộ lên đường sang Nepal",
    "Đoàn cứu hộ lên đường từ Hà Nội sang Nepal sáng Chủ nhật. Sau một tuần ở Nepal đoàn cứu hộ sẽ về nước.",
)


@pytest.mark.parametrize(
    ("first", "later", "language", "news"),
    [
        (
            RESCUE,
            ("Rescuers home", "The rescuers return home to Hanoi after a week in Nepal."),
            "en",
            ["The rescuers return home to Hanoi after a week in Nepal."],
        ),
        (RESCUE, ("Rescuers", "After a week in Nepal the rescuers will return home to Hanoi on Sunday."), "en", []),
        (
            CUU_HO,
            ("Đoàn cứu hộ về nước", "Sau một tuần ở Nepal, đoàn cứu hộ đã về nước sáng Chủ nhật."),
            "vi",
            ["Sau một tuần ở Nepal, đoàn cứu hộ đã về nước sáng Chủ nhật."],
        ),
        (CUU_HO, ("Đoàn cứu hộ", "Sau một tuần ở Nepal, đoàn cứu hộ sẽ về nước sáng Chủ nhật."), "vi", []),
        (
            (
                "Ministers to sign fishing pact",
                "Ministers of Laos and Thailand plan to sign the fishing pact in Bangkok.",
            ),
            ("Fishing pact", "Ministers of Laos and Thailand signed the fishing pact in Bangkok."),
            "en",
            ["Ministers of Laos and Thailand signed the fishing pact in Bangkok."],
        ),
        (
            ("Hai nước sắp ký hiệp định", "Lào và Thái Lan dự kiến ký hiệp định nghề cá tại Bangkok vào tuần này."),
            ("Ký hiệp định nghề cá", "Lào và Thái Lan đã ký hiệp định nghề cá tại Bangkok tuần này."),
            "vi",
            ["Lào và Thái Lan đã ký hiệp định nghề cá tại Bangkok tuần này."],
        ),
    ],
)
def test_known_words_are_news_where_what_was_to_come_has_happened(
    first: tuple[str, str], later: tuple[str, str], language: str, news: list[str]
) -> None:
    assert told_again(first, later, language=language) == news


@pytest.mark.parametrize(
    ("first", "later", "language"),
    [
        (
            ("Talks end", "The talks of Laos and Thailand on the border ended in Bangkok on Sunday evening."),
            ("Talks over", "The border talks of Laos and Thailand in Bangkok concluded on Sunday evening."),
            "en",
        ),
        (
            ("Kết thúc đàm phán", "Đàm phán biên giới Lào và Thái Lan đã kết thúc tại Bangkok tối Chủ nhật."),
            ("Đàm phán biên giới", "Đàm phán biên giới Lào và Thái Lan tại Bangkok đã khép lại tối Chủ nhật."),
            "vi",
        ),
    ],
)
def test_a_stage_that_was_told_is_no_news_in_another_word(
    first: tuple[str, str], later: tuple[str, str], language: str
) -> None:
    assert told_again(first, later, language=language) == []


def test_a_new_place_and_a_higher_rank_are_news_among_known_words() -> None:
    first = (
        "Lao ambassador visits Hue",
        "The Lao ambassador visited schools and hospitals in Hue and met students from both countries there.",
    )
    onward = "The Lao ambassador visited schools and hospitals in Champasak and met students from both countries there."
    assert told_again(first, ("Lao ambassador visits Champasak", onward)) == [onward]
    higher = "The Lao president visited schools and hospitals in Hue and met students from both countries there."
    assert told_again(first, ("Lao president visits Hue", higher)) == [higher]
    again = "The ambassador met Lao students and visited schools in Hue and hospitals there."
    assert told_again(first, ("Lao ambassador in Hue", again)) == []


def test_right_after_other_words_for_the_same_are_no_news_and_a_number_in_the_headline_is() -> None:
    first = ("Quake hits Nepal", "An earthquake killed 98 people in western Nepal, the government said.")
    other = ("Nepal mourns", "Scores of people died in western Nepal when the ground shook, the government said.")
    assert told_again(first, other, after=1) == []
    assert told_again(first, other, after=24) == [other[1]]
    toll = ("Quake toll passes 210", "The earthquake killed 212 people in western Nepal, the government said.")
    assert told_again(first, toll, after=1) == [toll[1]]
    detail = ("Quake in Nepal", "The earthquake in western Nepal hurt people in 17 districts, the government said.")
    assert told_again(first, detail, after=1) == []


def test_what_a_chat_never_knew_is_news_however_soon_it_came() -> None:
    first = report(1, "Quake hits Nepal", "An earthquake killed 98 people in western Nepal.", hours_ago=10)
    villages = report(
        2, "Nepal mourns", "People died in western Nepal when the ground shook under the hills.", hours_ago=9.5
    )
    last = report(3, "Quake in Nepal", "An earthquake killed people in western Nepal.", hours_ago=9)
    told = fresh_sentences([first, villages, last], upto=3, unknown={2}, language="en")
    assert [sentence.item_id for sentence in told] == [2]
    assert fresh_sentences([first, villages, last], upto=3, language="en") == ()


def test_numbers_are_one_in_both_languages_and_dates_are_none() -> None:
    first = report(1, "Aid for Cuba", "Donors gave 6.5 million euros on 21 November.", hours_ago=30)
    same = report(2, "Ủng hộ Cuba", "Ngày 21/11, các nhà tài trợ đã trao 6,5 triệu euro.", hours_ago=1, language="vi")
    more = report(3, "Ủng hộ Cuba", "Các nhà tài trợ đã trao 7,5 triệu euro.", hours_ago=1, language="vi")
    assert fresh_sentences([first, same], upto=1, language="vi") == ()
    assert [s.item_id for s in fresh_sentences([first, same, more], upto=1, language="vi")] == [3]


def test_every_stage_has_words_in_both_languages() -> None:
    for stage, line in read_data("updates.yaml")["stages"].items():
        cells = [cell.strip() for cell in line.split("|")]
        assert len(cells) == 2, stage
        assert all(cells), stage
