"""The checker on histories written by hand: a good one passes, and each way to spoil it is seen."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.faults import checker
from tests.faults.history import SETTLING, WORKERS, heading

Event = dict[str, Any]
CHAT, GROUP = 7_310_000_001, -1_002_000_000_001
MORNING = datetime(2026, 3, 6, 0, 0, tzinfo=UTC).timestamp()  # 07:00 in Ha Noi
#: Where the parts of the first and of the second edition stand in a good history.
FIRST, SECOND = 3, 5


def good() -> list[Event]:
    """One reader, one edition of two parts on each of two mornings, and half a day on."""
    events = [
        at(-3600, "run", speed=1, send_rate=25),
        at(-3600, "line", chat=CHAT, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]),
        at(-3600, "start"),
    ]
    for day, name in enumerate(("Friday 6 March", "Saturday 7 March")):
        first = f"<b>Diplomacy Digest</b> · {name}\n{story(1, f'{day}/1')}"
        events.append(sent(day * 86400 + 1, first))
        events.append(sent(day * 86400 + 3, story(2, f"{day}/2"), buttons=True))
    return [*events, at(86400 + 50000, "end", how=0)]


def at(seconds: float, what: str, **more: Any) -> Event:
    return {"what": what, "at": MORNING + seconds, "real": MORNING + seconds, **more}


def sent(seconds: float, text: str, **more: Any) -> Event:
    fields = {"method": "sendmessage", "chat": CHAT, "thread": 0, "text": text, "buttons": False}
    return at(seconds, "request", **fields | {"outcome": "ok", "accepted": True} | more)


def story(number: int, link: str, *, mark: str = "", sentences: str = "What happened.") -> str:
    """As the bot writes one: the headline, its details, what was said."""
    details = f"<i>{mark}🇱🇦 Laos · Outlet</i>"
    return f'{number}. <a href="https://n.example/{link}"><b>A</b></a>\n{details}\n{sentences}\n'


def digest(seconds: float, *stories: str, day: str = "Friday 6 March", **more: Any) -> Event:
    """A whole edition in one message."""
    return sent(seconds, "\n".join((f"<b>Diplomacy Digest</b> · {day}", *stories)), buttons=True, **more)


def quiet(seconds: float, **more: Any) -> Event:
    return digest(seconds, "A quiet day: nothing new for your wishes.", **more)


def moved(events: list[Event], seconds: float) -> None:
    """All editions so much later."""
    for event in events:
        if event["what"] == "request":
            event["at"] += seconds
            event["real"] += seconds


def in_order(events: list[Event], *more: Event) -> None:
    events[1:] = sorted([*events[1:], *more], key=lambda event: event["at"])


def missed(events: list[Event]) -> None:
    del events[SECOND : SECOND + 2]


def twice(events: list[Event]) -> None:
    events.insert(SECOND, sent(700, events[FIRST]["text"]))


def a_third_copy(events: list[Event]) -> None:
    events[FIRST]["outcome"] = "lost"
    for seconds in (46, 92):
        events.insert(4, sent(seconds, events[FIRST]["text"], outcome="lost"))


def backwards(events: list[Event]) -> None:
    events[FIRST]["text"], events[4]["text"] = events[4]["text"], events[FIRST]["text"]


def told_again(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", sentences="The same in other words.")


def told_again_as_new(events: list[Event]) -> None:
    """What the bot writes when another story of the digest is an update."""
    events[6]["text"] = story(2, "0/2", mark="<b>NEW</b> · ")


def told_again_by_another_outlet(events: list[Event]) -> None:
    names = {"https://n.example/0/2": "the visit", "https://other.example/9": "the visit"}
    events[6]["text"] = story(2, "0/2").replace("n.example/0/2", "other.example/9")
    events[1:1] = [at(-3600, "report", link=link, story=name) for link, name in names.items()]


def an_update_of_nothing(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", mark="<b>UPDATE</b> · ")


def half(events: list[Event]) -> None:
    del events[4]


def too_soon(events: list[Event]) -> None:
    events.insert(3, sent(0.5, events[3]["text"], outcome="429", accepted=False, why="", retry_after=60))


def quiet_too_soon(events: list[Event]) -> None:
    events[3:5] = [quiet(1, outcome="429", accepted=False, why="", retry_after=3600), quiet(5)]


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


def stormy(events: list[Event], readers: int, each: float) -> None:
    """So many readers more, one every so many seconds."""
    for number in range(readers):
        line = {"chat": CHAT + 100 + number, "thread": 0, "zone": "Asia/Ho_Chi_Minh", "hours": ["07:00"]}
        in_order(events, at(-3600, "line", **line))
        for day, name in enumerate(("Friday 6 March", "Saturday 7 March")):
            in_order(events, quiet(86400 * day + 4 + number * each, chat=line["chat"], day=name))


def two_in_a_second(events: list[Event]) -> None:
    events[4]["real"] = events[FIRST]["real"] + 0.7


def too_many_for_a_group(events: list[Event]) -> None:
    for day, name in enumerate(("Friday 6 March", "Saturday 7 March")):
        parts = [f"<b>Diplomacy Digest</b> · {name}", *(story(n, f"group/{day}/{n}") for n in range(1, 21))]
        for number, part in enumerate(parts):
            more = {"chat": GROUP, "buttons": number == 20}
            in_order(events, sent(day * 86400 + 10 + 2.5 * number, part, **more))
    in_order(events, at(-3600, "line", chat=GROUP, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]))


def dies(events: list[Event], seconds: float) -> None:
    in_order(events, at(seconds, "end", how=-9, died=MORNING + seconds), at(seconds + 0.2, "start"))


def copied_after_a_death(events: list[Event], before: float) -> None:
    """The last part of the first morning was accepted so long before a death, and comes again."""
    dies(events, 3 + before)
    in_order(events, sent(40, events[4]["text"], buttons=True))


def copied_after_a_full_disk(events: list[Event]) -> None:
    in_order(events, *(at(seconds, "trouble", kind="full", on=seconds < 10) for seconds in (5, 20)))
    in_order(events, sent(40, events[4]["text"], buttons=True))


def all_copied_after_one_death(events: list[Event]) -> None:
    """Twenty readers served within the last moment."""
    for number in range(20):
        line = {"chat": CHAT + 100 + number, "thread": 0, "zone": "Asia/Ho_Chi_Minh", "hours": ["07:00"]}
        in_order(events, at(-3600, "line", **line), quiet(10, chat=line["chat"]), quiet(50 + number, chat=line["chat"]))
        in_order(events, quiet(86400 + 9 + number, chat=line["chat"], day="Saturday 7 March"))
    dies(events, 10.01)


def deaf(events: list[Event]) -> None:
    """It goes on sending after SIGTERM."""
    for number in range(WORKERS + 1):
        line = {"chat": CHAT + 100 + number, "thread": 0, "zone": "Asia/Ho_Chi_Minh", "hours": ["07:00"]}
        in_order(events, at(-3600, "line", **line), quiet(10 + number, chat=line["chat"]))
        in_order(events, quiet(86400 + 9 + number, chat=line["chat"], day="Saturday 7 March"))
    in_order(events, at(9, "stop"))
    in_order(events, at(70, "end", how=0), at(71, "start"))


def silent_at_once(events: list[Event]) -> None:
    """A line that delivers at once gets nothing of what a feed shows."""
    in_order(events, at(-3600, "line", chat=CHAT + 1, thread=0, zone="UTC", hours=[], cap=20))
    links = ["https://n.example/0/1"]
    in_order(events, *(at(5000 + n, "served", feed=0, status=200, whole=True, links=links) for n in (0, 900)))


def joined(events: list[Event]) -> None:
    """A newcomer's first digest is told again in the morning."""
    more = {"chat": CHAT + 1}
    in_order(
        events,
        at(-100, "joined", **more),
        digest(-99, story(1, "0/9"), day="Thursday 5 March", outcome="lost", **more),
        at(-90, "line", thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"], **more),
        digest(5, story(1, "0/9"), **more),
        quiet(86405, day="Saturday 7 March", **more),
    )


SPOILED = {
    "I1 I10": lambda events: events.insert(5, at(9, "file", after="a kill", faults=["a page"], lost=["a"], links=[])),
    "I2": lost_item,
    "I3": missed,
    "I3 twice": twice,
    "I3 a third copy": a_third_copy,
    "I3 an hour late": lambda events: moved(events, 3600),
    "I3 six hours late": lambda events: moved(events, 6 * 3600),
    "I3 eleven hours late": lambda events: moved(events, 11 * 3600),
    "I3 unsettled": lambda events: events.insert(5, at(30, "unsettled")),
    "I3 copied two seconds before a death": lambda events: copied_after_a_death(events, 2.0),
    "I3 copied though the disk filled up later": copied_after_a_full_disk,
    "I3 more copies than a death excuses": all_copied_after_one_death,
    "I3 silent at once": silent_at_once,
    "I4": told_again,
    "I4 as new": told_again_as_new,
    "I4 by another outlet": told_again_by_another_outlet,
    "I4 an update of nothing": an_update_of_nothing,
    "I4 after the first digest": joined,
    "I5": backwards,
    "I5 half": half,
    "I7": too_long,
    "I8": too_soon,
    "I8 a quiet day": quiet_too_soon,
    "I8 a storm": lambda events: stormy(events, 200, 0.005),
    "I8 two in a second": two_in_a_second,
    "I8 a group": too_many_for_a_group,
    "I9": lambda events: events.append(at(140000, "log", leaks=["bot.log holds the token"])),
    "I11": asleep,
    "stop": deaf,
}


def test_a_good_history_passes() -> None:
    verdict = checker.judge(good())
    assert verdict.violations == []
    assert (verdict.counts["slots"], verdict.counts["editions"], verdict.counts["messages"]) == (2, 2, 4)


def test_a_second_copy_after_a_lost_answer_is_counted_and_allowed() -> None:
    events = good()
    events[FIRST]["outcome"] = "lost"
    events.insert(4, sent(46, events[FIRST]["text"]))
    events[5]["at"] = events[5]["real"] = MORNING + 48
    verdict = checker.judge(events)
    assert verdict.violations == []
    assert (verdict.counts["extra copies"], verdict.counts["ambiguous faults"]) == (1, 1)


@pytest.mark.parametrize(("out", "open_"), [((100, 40_000), []), ((100, 1000), ["08:00"])], ids=["out", "well"])
def test_an_hour_that_a_later_one_was_served_for_is_not_open(out: tuple[float, float], open_: list[str]) -> None:
    """Of two hours that an outage missed together the later is served."""
    fell, rose = out
    events = [
        at(-3600, "run", speed=1, send_rate=25),
        at(-3600, "line", chat=CHAT, thread=0, zone="Asia/Ho_Chi_Minh", hours=["08:00", "16:00"]),
        at(-3600, "start"),
        at(fell, "end", how=9),
        at(rose, "start"),
        digest(40_010, story(1, "1")),
        at(40_100, "clock", by=1),
    ]
    assert [slot.hour for slot in checker.open_slots(events)] == open_


def an_update(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", mark="<b>UPDATE</b> · ", sentences="What is new.")


def a_storm_in_pace(events: list[Event]) -> None:
    stormy(events, 100, 1 / 20)


ALLOWED = {
    "an update that shows what is new": an_update,
    "a storm at 20 a second": a_storm_in_pace,
    "a copy of what was in the air at a death": lambda events: copied_after_a_death(events, SETTLING / 2),
}


@pytest.mark.parametrize("how", ALLOWED)
def test_what_may_be_is_no_violation(how: str) -> None:
    events = good()
    ALLOWED[how](events)
    assert checker.judge(events).violations == []


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_history_is_seen(how: str) -> None:
    events = good()
    spoil: Callable[[list[Event]], object] = SPOILED[how]
    spoil(events)
    found = {violation.partition(":")[0] for violation in checker.judge(events).violations}
    named = {word for word in how.split() if word == "stop" or (word.startswith("I") and word[1:].isdigit())}
    assert found >= named


def test_messages_that_were_never_answered_for_count_as_sent_and_are_counted_apart() -> None:
    events = good()
    first = events[SECOND]
    events[SECOND : SECOND + 1] = [
        {**first, "outcome": outcome, "accepted": False, "at": first["at"] + later, "real": first["real"] + later}
        for outcome, later in (("hang", 0), ("reset", 46))
    ]
    events[SECOND + 2]["at"] = events[SECOND + 2]["real"] = first["at"] + 50
    verdict = checker.judge(events)
    assert verdict.violations == []
    assert verdict.counts["messages twice unanswered"] == 1


def test_a_sentence_with_a_date_is_no_edition() -> None:
    at = datetime(2026, 5, 2, tzinfo=UTC).timestamp()
    assert heading("<b>Diplomacy Digest</b> · Sunday 3 May\n1. …", at) == date(2026, 5, 3)
    assert heading('Your digests are back. Next: <tg-time unix="1777766400">Sunday 3 May 07:00</tg-time>', at) is None
