"""Words and sentences, in English and Vietnamese."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.text import fold, marked, sentence_spans, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mr. Lee met the U.S. envoy. They talked.", ["Mr. Lee met the U.S. envoy.", "They talked."]),
        ("Trade grew 2.5 percent. More to come!", ["Trade grew 2.5 percent.", "More to come!"]),
        (
            "Tại TP. Huế, TS. Nguyễn An phát biểu. Đoàn rời đi.",
            ["Tại TP. Huế, TS. Nguyễn An phát biểu.", "Đoàn rời đi."],
        ),
        ("Lễ ký diễn ra ngày 19.8 tại P.7. Hai bên cảm ơn.", ["Lễ ký diễn ra ngày 19.8 tại P.7.", "Hai bên cảm ơn."]),
        ("“We are friends.” She smiled.", ["“We are friends.”", "She smiled."]),
        ("A heading\nA sentence.", ["A heading", "A sentence."]),
        ("The talks ended.They resume on Monday.", ["The talks ended.", "They resume on Monday."]),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_spans_are_in_order_and_lose_no_word(text: str) -> None:
    spans = sentence_spans(text)
    assert all(a < b <= c < d for (a, b), (c, d) in pairwise(spans))
    kept = "".join(text[a:b] for a, b in spans)
    assert "".join(kept.split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Đà Nẵng", "da nang"), ("ĐẮK LẮK", "dak lak"), ("Huế", "hue"), ("Ưu đãi", "uu dai"), ("Laos", "laos")],
)
def test_fold_takes_every_accent_and_d_stroke(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_words_keep_their_accents() -> None:
    assert words("Hữu nghị Việt–Lào, 65 năm") == ["hữu", "nghị", "việt", "lào", "65", "năm"]


def test_a_word_is_marked_by_its_accents() -> None:
    assert [marked(word) for word in ("Hội", "Hoi", "đi", "DI")] == [True, False, True, False]


@pytest.mark.parametrize("hostile", ["." * 300_000, "a. " * 60_000, 'a." ' * 60_000, "U.S." * 60_000, "?! " * 90_000])
def test_hostile_text_is_read_to_its_end(hostile: str) -> None:
    """A search that costs the square of the length would sit here for minutes."""
    assert sentence_spans(hostile)[-1][1] == len(hostile.rstrip())
