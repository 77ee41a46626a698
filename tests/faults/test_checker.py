"""The checker on histories written by hand: a good one passes, and each way to spoil it is seen."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.faults import checker
from tests.faults.evidence import leaks
from tests.faults.history import heading
from tests.faults.spoils import (
    ALLOWED,
    CHAT,
    FIRST,
    MORNING,
    SECOND,
    SPOILED,
    at,
    digest,
    good,
    sent,
    silent_after_a_start,
    story,
)
from tests.faults.telegram import RecordedApi
from tests.faults.theatre import secrets_of


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


@pytest.mark.parametrize("how", ALLOWED)
def test_what_may_be_is_no_violation(how: str) -> None:
    events = good()
    ALLOWED[how](events)
    assert checker.judge(events).violations == []


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_history_is_seen(how: str) -> None:
    """By the rule that is there for it: a violation of another, which may come along, does not do."""
    events, (spoil, words) = good(), SPOILED[how]
    spoil(events)
    found = [one.partition(": ") for one in checker.judge(events).violations]
    assert [what for invariant, _, what in found if invariant == how.split()[0] and words in what]


def test_a_ninth_copy_for_one_death_is_the_only_one_too_many() -> None:
    events = good()
    SPOILED["I3 a ninth copy for one death"].spoil(events)
    assert len(checker.judge(events).violations) == 1


@pytest.mark.parametrize("late", [0, 1.5])
def test_where_nothing_came_after_a_start_there_is_no_first_delivery(late: float) -> None:
    events = good()
    silent_after_a_start(events, late=late)
    assert checker.judge(events).first_deliveries == []


def test_the_ids_of_groups_are_looked_for_in_the_log(tmp_path: Path) -> None:
    """Of all kinds of chats, and of what a group was before its upgrade."""
    api = RecordedApi(dict, now=lambda: datetime.now(UTC), clock=float)
    owner = api.reader(1)
    club, union = api.gathering("club", owner, kind="group"), api.gathering("union", owner, kind="supergroup")
    ids = [owner.id, club.id, union.id, club.upgrade().id]
    log = tmp_path / "bot.log"
    log.write_text("".join(f"a line about {number}\n" for number in ids))
    assert len(leaks(log, secrets_of(api))) == len(ids)


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
