"""What happens to an edition while it waits: its line, its chat or the hour may have become another."""

from datetime import time

import pytest

from digest.readers import Cadence, ChatState
from storage.ledger import EXPIRES
from tests.conftest import utc
from tests.test_storage_outbox import DUE, HOUR, MINUTE, plan, states, subscribe

#: 21:59 of the day whose 07:00 is DUE.
EVENING = utc("2026-11-22 14:59")
AT_ONCE = Cadence(hours=(), cap=10)


def at_once(store, *, now):
    line = subscribe(store)
    return store.lines.set_cadence(line.id, AT_ONCE, now=now)


def test_an_old_edition_that_fails_makes_nothing_new_for_a_line_that_now_delivers_at_once(store):
    line = subscribe(store)
    plan(store, "of the morning")
    store.lines.set_cadence(line.id, AT_ONCE, now=DUE + HOUR)
    store.outbox.failed(store.outbox.claim(DUE + HOUR).id, "why", now=DUE + HOUR)
    for n in range(1, 3):
        (due,) = store.lines.due(DUE + HOUR + n * 3 * MINUTE)
        assert due.covered_until > DUE + HOUR
        now = DUE + HOUR + n * 3 * MINUTE
        assert store.editions.plan(due, [], stories={}, covers_until=now, now=now)


def test_in_quiet_hours_what_was_planned_before_them_makes_no_sound(store):
    subscribe(store, slots=(time(21, 59),))
    store.readers.set_quiet(100, (time(22), time(6)), now=DUE)
    plan(store, "one", now=EVENING)
    part = store.outbox.claim(EVENING)
    assert not part.silent
    store.outbox.retry(part.id, not_before=EVENING + 40 * MINUTE, now=EVENING)
    assert store.outbox.claim(EVENING + 40 * MINUTE).silent


def test_in_quiet_hours_what_comes_at_once_waits_for_their_end_but_not_in_the_middle(store):
    at_once(store, now=DUE)
    store.readers.set_quiet(100, (time(22), time(6)), now=DUE)
    plan(store, "one", "two", now=EVENING)
    assert store.outbox.claim(EVENING + 5 * MINUTE) is None
    morning = utc("2026-11-22 23:00")
    assert store.outbox.claim(morning - MINUTE) is None
    first = store.outbox.claim(morning)
    assert (first.text, first.silent) == ("one", False)
    store.outbox.sent(first.id, 1, now=morning)
    store.readers.set_quiet(100, (time(6), time(7)), now=morning)
    second = store.outbox.claim(morning)
    assert (second.text, second.silent) == ("two", True)


def test_what_may_have_arrived_and_came_too_late_to_be_tried_again_rests_as_uncertain(store):
    subscribe(store)
    plan(store, "one")
    store.outbox.ambiguous(store.outbox.claim(DUE).id, not_before=DUE + MINUTE, now=DUE)
    late = DUE + EXPIRES + MINUTE
    assert store.outbox.expire(late) == 1
    assert states(store) == [(1, "uncertain")]
    assert store.outbox.troubles(every=HOUR, now=late).uncertain == 1


def test_a_topic_that_closes_leaves_a_line_that_has_moved_elsewhere(store):
    line = subscribe(store, chat_id=-5, thread_id=5)
    plan(store, "one")
    store.lines.move(line.id, 6)
    store.outbox.closed(store.outbox.claim(DUE).id, now=DUE)
    assert not store.lines.get(line.id).paused
    assert states(store) == [(1, "refused")]


@pytest.mark.parametrize("change", ["days", "zone"])
def test_an_edition_that_is_due_comes_although_a_setting_is_changed_first(store, change):
    line = subscribe(store)
    now = DUE + MINUTE
    if change == "days":
        store.lines.set_cadence(line.id, Cadence(hours=(time(7),), days=frozenset({1, 7})), now=now)
    else:
        store.readers.set_zone(100, "Asia/Bangkok", now)
    (due,) = store.lines.due(now)
    assert due.due_at == DUE
    assert store.editions.plan(due, [("one", None)], stories={}, covers_until=now, now=now)
    assert store.lines.due(now) == []


@pytest.mark.parametrize("rests", ["line", "chat"])
def test_what_was_in_the_air_when_its_reader_paused_is_not_tried_again(store, story_ids, rests):
    line = subscribe(store)
    plan(store, "one", stories=story_ids)
    part = store.outbox.claim(DUE)
    if rests == "line":
        store.lines.set_paused(line.id, True, now=DUE)
    else:
        store.readers.set_state(100, ChatState.PAUSED, now=DUE)
    store.outbox.retry(part.id, not_before=DUE + MINUTE, now=DUE)
    assert states(store) == [(1, "expired")]
    assert set(store.memory.told(100, 0)) == set()


def test_a_pause_that_ended_while_nobody_was_there_costs_no_edition(store):
    subscribe(store)
    store.readers.set_state(100, ChatState.PAUSED, now=DUE - HOUR, until=DUE - MINUTE)
    store.readers.resume_due(DUE + HOUR)
    assert [due.due_at for due in store.lines.due(DUE + HOUR)] == [DUE]


def test_a_line_that_moves_to_another_topic_knows_what_it_told(store, story_ids):
    line = subscribe(store, chat_id=-5, thread_id=5)
    plan(store, "one", stories=story_ids[:2])
    store.lines.move(line.id, 6)
    assert set(store.memory.told(-5, 6)) == set(store.memory.told(-5, 5)) == set(story_ids[:2])


@pytest.mark.parametrize(("rest", "counted"), [(False, 1), (True, 0)])
def test_of_the_messages_of_a_day_those_count_that_came_or_may_come(store, rest, counted):
    line = at_once(store, now=DUE)
    (due,) = plan(store, "one", now=DUE + 3 * MINUTE)
    if rest:
        store.readers.set_state(100, ChatState.PAUSED, now=DUE + 4 * MINUTE)
    assert store.editions.count(line.id, due.local_date) == counted
