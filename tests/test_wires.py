"""Agencies are recognised by their credit, not by being spoken of."""

import pytest

from digest.wires import wire_of

FILLER = "The two delegations met for an hour and agreed to meet again next year in the other capital. " * 2


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("HÀ NỘI, Nov 21 (VNA) – The two sides signed.", "TTXVN"),
        ("(TTXVN) Ngày 21/11, hai bên ký kết.", "TTXVN"),
        ("Hà Nội (TTXVN) - Hai bên ký kết.", "TTXVN"),
        ("LONDON (Reuters) - Talks ended.", "Reuters"),
        ("GENEVA (AP) — Talks ended.", "AP"),
        ("AFP – Talks ended.", "AFP"),
        (FILLER + "(Theo TTXVN)", "TTXVN"),
        (FILLER + "(Xinhua)", "Xinhua"),
        (FILLER + "\nTheo Reuters.", "Reuters"),
        (FILLER + "Source: Xinhua", "Xinhua"),
        ("Reporters of the AP were sent away. " + FILLER, None),
        (FILLER + "The paper quoted (AP) and others on the matter before. " + FILLER, None),
        ("Theo Reuters, hai bên đã ký kết. " + FILLER, None),
        ("The map (APEC) was shown. " + FILLER, None),
        ("", None),
    ],
)
def test_a_credit_names_the_newsroom(text: str, origin: str | None) -> None:
    assert wire_of(text) == origin
