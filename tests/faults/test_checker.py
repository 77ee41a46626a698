"""The checker on histories written by hand: a good one passes, and each way to spoil it is seen."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults import checker

Event = dict[str, Any]
CHAT = 7_310_000_001
MORNING = datetime(2026, 3, 6, 0, 0, tzinfo=UTC).timestamp()  # 07:00 in Ha Noi


def good() -> list[Event]:
    """One reader, one edition of two parts on each of two mornings, and half a day on."""
    events = [
        at(-3600, "run", speed=1, send_rate=25),
        at(-3600, "line", chat=CHAT, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]),
        at(-3600, "start"),
    ]
    for day, heading in enumerate(("Friday 6 March", "Saturday 7 March")):
        first = f'<b>Diplomacy Digest</b> · {heading}\n1. <a href="https://n.example/{day}/1">A</a>'
        events.append(sent(day * 86400 + 1, first))
        events.append(sent(day * 86400 + 3, f'2. <a href="https://n.example/{day}/2">B</a>', buttons=True))
    return [*events, at(86400 + 50000, "end", how=0)]


def at(seconds: float, what: str, **more: Any) -> Event:
    return {"what": what, "at": MORNING + seconds, "real": MORNING + seconds, **more}


def sent(seconds: float, text: str, **more: Any) -> Event:
    fields = {"method": "sendmessage", "chat": CHAT, "thread": 0, "text": text, "buttons": False}
    return at(seconds, "request", **fields | {"outcome": "ok", "accepted": True} | more)


def missed(events: list[Event]) -> None:
    del events[5:7]


def twice(events: list[Event]) -> None:
    events.insert(5, sent(700, events[3]["text"]))


def a_third_copy(events: list[Event]) -> None:
    events[3]["outcome"] = "lost"
    for seconds in (46, 92):
        events.insert(4, sent(seconds, events[3]["text"], outcome="lost"))


def backwards(events: list[Event]) -> None:
    events[3]["text"], events[4]["text"] = events[4]["text"], events[3]["text"]


def told_again(events: list[Event]) -> None:
    events[6]["text"] = events[4]["text"].replace("1.", "2.")


def half(events: list[Event]) -> None:
    del events[4]


def too_soon(events: list[Event]) -> None:
    events.insert(3, sent(0.5, events[3]["text"], outcome="429", accepted=False, why="", retry_after=60))


def too_long(events: list[Event]) -> None:
    events.insert(3, sent(0.5, "x", outcome="400", accepted=False, why="Bad Request: message is too long"))


def lost_item(events: list[Event]) -> None:
    links = ["https://n.example/0/1"]
    events[-1:-1] = [at(90000 + 60 * n, "served", feed=0, status=200, whole=True, links=links) for n in range(3)]
    events.insert(-1, at(99000, "file", after="a kill", faults=[], lost=[], links=[]))


def asleep(events: list[Event]) -> None:
    """Overdue at a start, and nothing for a quarter of an hour."""
    events[2:3] = [at(500, "start")]
    for event in events[3:5]:
        event["at"] += 1500
        event["real"] += 1500


SPOILED = {
    "I1 I10": lambda events: events.insert(5, at(9, "file", after="a kill", faults=["a page"], lost=["a"], links=[])),
    "I2": lost_item,
    "I3": missed,
    "I3 twice": twice,
    "I3 a third copy": a_third_copy,
    "I4": told_again,
    "I5": backwards,
    "I5 half": half,
    "I7": too_long,
    "I8": too_soon,
    "I9": lambda events: events.append(at(140000, "log", leaks=["bot.log holds the token"])),
    "I11": asleep,
}


def test_a_good_history_passes() -> None:
    verdict = checker.judge(good())
    assert verdict.violations == []
    assert (verdict.counts["slots"], verdict.counts["editions"], verdict.counts["messages"]) == (2, 2, 4)


def test_a_second_copy_after_a_lost_answer_is_counted_and_allowed() -> None:
    events = good()
    events[3]["outcome"] = "lost"
    events.insert(4, sent(46, events[3]["text"]))
    events[5]["at"] = events[5]["real"] = MORNING + 48
    verdict = checker.judge(events)
    assert verdict.violations == []
    assert verdict.counts["extra copies"] == 1


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_history_is_seen(how: str) -> None:
    events = good()
    spoil: Callable[[list[Event]], object] = SPOILED[how]
    spoil(events)
    found = {violation.partition(":")[0] for violation in checker.judge(events).violations}
    assert found >= {word for word in how.split() if word.startswith("I") and word[1:].isdigit()}
