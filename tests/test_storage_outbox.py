"""The outbox, state by state."""

import multiprocessing
from datetime import time, timedelta

import pytest

from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState, PartState
from storage.ledger import EXPIRES
from storage.outbox import RECOVERY
from storage.store import Store
from tests.conftest import utc

NOW = utc("2026-11-21 02:00")
#: 07:00 of 22 November in Ho Chi Minh City.
DUE = utc("2026-11-22 00:00")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def outbox(store):
    return store.outbox


def subscribe(store, chat_id=100, thread_id=0, slots=(time(7),)):
    store.readers.add_chat(
        Chat(
            id=chat_id,
            kind="private",
            language="en",
            zone="Asia/Ho_Chi_Minh",
            state=ChatState.ACTIVE,
            created_at=NOW,
        )
    )
    return store.lines.add(chat_id, thread_id, Wishes(), Cadence(hours=tuple(slots)), now=NOW)


def plan(store, *texts, now=DUE, stories=(), chat_id=None):
    """Plan every slot due (of one chat), each edition with these texts; the slots."""
    dues = [due for due in store.lines.due(now) if chat_id in (None, due.chat.id)]
    messages = [(text, None) for text in texts]
    for due in dues:
        assert store.editions.plan(due, messages, stories=dict.fromkeys(stories, 9), covers_until=now, now=now)
    return dues


def states(store):
    rows = store._db.rows("select part, state from deliveries order by id")
    return [(row["part"], row["state"]) for row in rows]


def covered_until(store, now=NOW + 9 * DAY):
    return [due.covered_until for due in store.lines.due(now)]


# Planning


def test_a_planned_edition_is_frozen_and_its_slot_moves_on(store, story_ids):
    line = subscribe(store, thread_id=7)
    (due,) = store.lines.due(DUE)
    messages = [("<b>một</b>", None), ("hai", '{"inline_keyboard": []}')]
    assert store.editions.plan(due, messages, stories=dict.fromkeys(story_ids[:2], 9), covers_until=DUE, now=DUE)
    assert set(store.memory.told(100, 7)) == set(story_ids[:2])
    (next_due,) = store.lines.due(DUE + DAY)
    assert (next_due.due_at, next_due.covered_until) == (DUE + DAY, DUE)
    part = store.outbox.claim(DUE)
    assert (part.chat_id, part.thread_id, part.line_id, part.slot, part.local_date) == (
        100,
        7,
        line.id,
        time(7),
        due.local_date,
    )
    assert (part.part, part.parts, part.text, part.keyboard) == (1, 2, "<b>một</b>", None)
    assert (part.state, part.attempts) == (PartState.SENDING, 1)
    store.outbox.sent(part.id, 1, now=DUE)
    part = store.outbox.claim(DUE)
    assert (part.part, part.parts, part.text, part.keyboard) == (2, 2, "hai", '{"inline_keyboard": []}')


def test_a_slot_is_planned_once(store, story_ids):
    subscribe(store)
    (due,) = plan(store, "once")
    assert not store.editions.plan(
        due, [("twice", None)], stories=dict.fromkeys(story_ids, 9), covers_until=NOW, now=DUE
    )
    assert states(store) == [(1, "ready")]
    assert set(store.memory.told(100, 0)) == set()


def plan_in_a_process(url: str) -> list[bool]:
    store = Store.open(url)
    dues = store.lines.due(DUE)
    won = [store.editions.plan(due, [("text", None)], stories={}, covers_until=DUE, now=DUE) for due in dues]
    store.close()
    return won


def test_two_processes_that_plan_at_once_make_one_edition(store, database_url):
    for chat_id in range(1, 41):
        subscribe(store, chat_id)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        outcomes = pool.map(plan_in_a_process, [database_url] * 2, chunksize=1)
    assert sum(sum(won) for won in outcomes) == 40
    assert states(store) == [(1, "ready")] * 40


@pytest.mark.parametrize("change", ["paused", "moved", "rezoned", "forgotten"])
def test_a_reader_who_changed_in_the_meantime_gets_nothing(store, change):
    line = subscribe(store)
    (due,) = store.lines.due(DUE)
    match change:
        case "paused":
            store.readers.set_state(100, ChatState.PAUSED, now=DUE)
        case "moved":
            store.lines.set_cadence(line.id, Cadence(hours=(time(9),)), now=DUE)
        case "rezoned":
            store.readers.set_zone(100, "Europe/Berlin", DUE)
        case "forgotten":
            store.owndata.forget(100)
    assert not store.editions.plan(due, [("text", None)], stories={}, covers_until=DUE, now=DUE)
    assert states(store) == []


def test_an_edition_without_messages_sends_nothing_and_is_over(store):
    subscribe(store)
    plan(store)
    assert states(store) == []
    assert [due.due_at for due in store.lines.due(DUE + 3 * DAY)] == [DUE + DAY]


def test_an_edition_that_is_too_late_is_written_off_and_its_window_stays_open(store):
    subscribe(store)
    plan(store, "yesterday's")
    late = DUE + DAY + 13 * HOUR
    (due,) = store.lines.due(late)
    assert store.editions.skip(due, now=late)
    assert not store.editions.skip(due, now=late)
    assert states(store) == [(1, "ready"), (1, "expired")]
    (due,) = store.lines.due(DUE + 2 * DAY)
    assert (due.due_at, due.covered_until) == (DUE + 2 * DAY, DUE)


def test_an_outage_of_days_is_made_up_for_by_one_edition(store):
    subscribe(store)
    back = DUE + 5 * DAY + HOUR
    assert len(plan(store, "all of it", now=back)) == 1
    assert store.lines.due(back) == []
    assert [due.local_date.day for due in store.lines.due(back + DAY)] == [28]


# Order


def test_parts_go_one_by_one_in_order(store, outbox):
    subscribe(store)
    plan(store, "1", "2", "3")
    order = []
    while part := outbox.claim(DUE):
        assert outbox.claim(DUE) is None
        order.append(part.text)
        outbox.sent(part.id, 1, now=DUE)
    assert order == ["1", "2", "3"]


def test_different_chats_are_served_side_by_side_the_oldest_first(store, outbox):
    for chat_id in (3, 1, 2):
        subscribe(store, chat_id)
    plan(store, "1", "2")
    assert [(part.chat_id, part.part) for part in iter(lambda: outbox.claim(DUE), None)] == [(3, 1), (1, 1), (2, 1)]


def test_nothing_of_another_edition_comes_between_the_parts_of_one(store, outbox):
    subscribe(store)
    subscribe(store)
    plan(store, "1", "2")
    part = outbox.claim(DUE)
    outbox.sent(part.id, 1, now=DUE)
    second = outbox.claim(DUE)
    outbox.retry(second.id, not_before=DUE + MINUTE, now=DUE)
    assert outbox.claim(DUE) is None
    order = []
    while part := outbox.claim(DUE + MINUTE):
        order.append((part.line_id, part.part))
        outbox.sent(part.id, 1, now=DUE + MINUTE)
    assert order == [(1, 2), (2, 1), (2, 2)]


def test_another_thread_of_the_chat_waits_only_while_something_is_in_the_air(store, outbox):
    subscribe(store, thread_id=1)
    subscribe(store, thread_id=2)
    plan(store, "1")
    first = outbox.claim(DUE)
    assert outbox.claim(DUE) is None
    outbox.retry(first.id, not_before=DUE + HOUR, now=DUE)
    assert outbox.claim(DUE).thread_id == 2


# Outcomes


@pytest.fixture
def sending(store, outbox, story_ids):
    """The first of two parts, in the air; its edition told two stories."""
    subscribe(store)
    plan(store, "1", "2", stories=story_ids[:2])
    return outbox.claim(DUE)


def test_surely_not_accepted_is_tried_again_byte_for_byte_as_often_as_need_be(outbox, sending):
    for attempt in range(2, 6):
        now = DUE + attempt * MINUTE
        outbox.retry(sending.id, not_before=now, now=DUE)
        assert outbox.claim(now - timedelta(seconds=1)) is None
        again = outbox.claim(now)
        assert (again.id, again.text, again.attempts) == (sending.id, "1", attempt)


def test_an_ambiguous_attempt_is_repeated_once_and_then_rests(store, outbox, sending):
    outbox.ambiguous(sending.id, not_before=DUE + MINUTE, now=DUE)
    assert outbox.claim(DUE) is None
    again = outbox.claim(DUE + MINUTE)
    assert (again.id, again.attempts) == (sending.id, 2)
    outbox.ambiguous(again.id, not_before=DUE + 2 * MINUTE, now=DUE + MINUTE)
    assert states(store) == [(1, "uncertain"), (2, "ready")]
    assert outbox.claim(DUE + MINUTE).part == 2


def test_a_retry_in_between_does_not_make_an_ambiguous_part_innocent(store, outbox, sending):
    outbox.ambiguous(sending.id, not_before=DUE, now=DUE)
    outbox.retry(outbox.claim(DUE).id, not_before=DUE, now=DUE)
    outbox.ambiguous(outbox.claim(DUE).id, not_before=DUE, now=DUE)
    assert states(store)[0] == (1, "uncertain")


def test_an_ambiguous_part_may_still_be_sent(store, outbox, sending):
    outbox.ambiguous(sending.id, not_before=DUE, now=DUE)
    outbox.sent(outbox.claim(DUE).id, 77, now=DUE)
    assert states(store) == [(1, "sent"), (2, "ready")]
    assert store._db.value("select message_id from deliveries where part = 1") == 77


def test_a_crash_leaves_an_ambiguous_part(store, outbox, sending, database_url):
    store.close()
    again = Store.open(database_url)
    assert again.outbox.claim(DUE + HOUR) is None
    assert again.outbox.recover(now=DUE + HOUR) == 1
    assert again.outbox.claim(DUE + HOUR) is None
    assert again.outbox.claim(DUE + HOUR + RECOVERY).id == sending.id
    assert again.outbox.recover(now=DUE + HOUR) == 1
    assert states(again) == [(1, "uncertain"), (2, "ready")]
    again.close()


def test_a_refusal_stops_the_chat_and_takes_back_what_nobody_saw(store, outbox, sending):
    outbox.refused(sending.id, now=DUE)
    assert states(store) == [(1, "refused"), (2, "refused")]
    assert store.readers.chat(100).state is ChatState.REFUSED
    assert set(store.memory.told(100, 0)) == set()
    assert outbox.claim(DUE) is None
    store.readers.set_state(100, ChatState.ACTIVE, now=DUE)
    assert covered_until(store) == [None]


def test_a_refusal_in_the_middle_keeps_what_was_seen(store, outbox, sending, story_ids):
    outbox.sent(sending.id, 1, now=DUE)
    outbox.refused(outbox.claim(DUE).id, now=DUE)
    assert states(store) == [(1, "sent"), (2, "refused")]
    assert set(store.memory.told(100, 0)) == set(story_ids[:2])


def test_a_refusal_of_one_chat_leaves_the_others(store, outbox, sending):
    subscribe(store, 200)
    plan(store, "1")
    outbox.refused(sending.id, now=DUE)
    assert outbox.claim(DUE).chat_id == 200


def test_a_failed_part_lets_the_next_one_go(store, outbox, sending, story_ids):
    outbox.failed(sending.id, "Bad Request: can't parse entities", now=DUE)
    part = outbox.claim(DUE)
    assert part.part == 2
    assert set(store.memory.told(100, 0)) == set(story_ids[:2])
    outbox.failed(part.id, "Bad Request", now=DUE)
    assert set(store.memory.told(100, 0)) == set()
    row = store._db.row("select text, reason from deliveries where part = 1")
    assert tuple(row) == ("1", "Bad Request: can't parse entities")


def test_texts_are_dropped_once_they_have_arrived(store, outbox, sending):
    outbox.sent(sending.id, 1, now=DUE)
    assert [row["text"] for row in store._db.rows("select text from deliveries order by id")] == ["", "2"]


def test_what_waited_too_long_expires_and_the_next_edition_covers_it(store, outbox, story_ids):
    subscribe(store)
    plan(store, "1", stories=story_ids[:1])
    outbox.sent(outbox.claim(DUE).id, 1, now=DUE)
    next_day = DUE + DAY
    plan(store, "1", "2", now=next_day, stories=story_ids)
    assert outbox.expire(next_day + EXPIRES - MINUTE) == 0
    assert covered_until(store) == [next_day]
    assert outbox.expire(next_day + EXPIRES) == 2
    assert states(store) == [(1, "sent"), (1, "expired"), (2, "expired")]
    assert covered_until(store) == [DUE]
    assert set(store.memory.told(100, 0)) == set(story_ids[:1])


def test_an_expired_rest_of_an_edition_keeps_what_was_told(store, outbox, sending, story_ids):
    outbox.sent(sending.id, 1, now=DUE)
    assert outbox.expire(DUE + EXPIRES) == 1
    assert set(store.memory.told(100, 0)) == set(story_ids[:2])
    assert covered_until(store) == [DUE]


def test_what_may_have_been_seen_is_not_taken_back(store, outbox, sending, story_ids):
    outbox.ambiguous(sending.id, not_before=DUE + MINUTE, now=DUE)
    assert outbox.expire(DUE + EXPIRES) == 2
    assert set(store.memory.told(100, 0)) == set(story_ids[:2])


def test_an_edition_that_expires_under_a_younger_one_leaves_its_window_open(store, outbox):
    subscribe(store, slots=[time(7), time(18)])
    yesterday = DUE - 13 * HOUR
    plan(store, now=yesterday)
    plan(store, "morning")
    plan(store, "evening", now=DUE + 11 * HOUR)
    assert covered_until(store) == [DUE + 11 * HOUR] * 2
    outbox.expire(DUE + EXPIRES)
    assert states(store) == [(1, "expired"), (1, "ready")]
    assert covered_until(store) == [yesterday] * 2


@pytest.mark.parametrize("settle", ["sent", "retry", "ambiguous", "refused", "failed"])
def test_a_settled_part_stays_settled(store, outbox, sending, settle):
    outbox.sent(sending.id, 1, now=DUE)
    match settle:
        case "sent":
            outbox.sent(sending.id, 2, now=DUE)
        case "retry":
            outbox.retry(sending.id, not_before=DUE, now=DUE)
        case "ambiguous":
            outbox.ambiguous(sending.id, not_before=DUE, now=DUE)
        case "refused":
            outbox.refused(sending.id, now=DUE)
        case "failed":
            outbox.failed(sending.id, "", now=DUE)
    assert states(store)[0] == (1, "sent")
    assert store.readers.chat(100).state is ChatState.ACTIVE


# Waiting


def test_a_held_chat_waits_and_the_others_do_not(store, outbox, database_url):
    subscribe(store, 1)
    subscribe(store, 2)
    plan(store, "1")
    outbox.hold_chat(1, DUE + HOUR)
    outbox.hold_chat(1, DUE + MINUTE)
    again = Store.open(database_url)
    assert [part.chat_id for part in iter(lambda: again.outbox.claim(DUE), None)] == [2]
    assert again.outbox.claim(DUE + HOUR).chat_id == 1
    again.close()


def test_everything_waits_while_all_are_held(store, outbox, database_url):
    subscribe(store)
    plan(store, "1")
    outbox.hold_all(DUE + HOUR)
    outbox.hold_all(DUE + MINUTE)
    again = Store.open(database_url)
    assert again.outbox.claim(DUE + HOUR - MINUTE) is None
    assert again.outbox.claim(DUE + HOUR).chat_id == 100
    again.close()


def test_a_paused_chat_gets_nothing_of_what_waits(store, outbox):
    subscribe(store)
    plan(store, "1")
    store.readers.set_state(100, ChatState.PAUSED, now=DUE)
    assert outbox.claim(DUE) is None


def test_a_chat_that_rests_is_passed_over(store, outbox):
    subscribe(store, 1)
    subscribe(store, 2)
    plan(store, "1", "2")
    assert outbox.claim(DUE, resting=[1]).chat_id == 2
    assert outbox.claim(DUE, resting=[1]) is None
    assert outbox.claim(DUE).chat_id == 1


def test_last_tries_are_passed_over_where_one_is_made_already(store, outbox):
    for chat_id in (1, 2):
        subscribe(store, chat_id)
    plan(store, "News")
    assert outbox.claim(DUE).chat_id == 1
    outbox.recover(now=DUE)
    later = DUE + MINUTE
    assert outbox.claim(later, last_tries=False).chat_id == 2
    assert outbox.claim(later, last_tries=False) is None
    assert outbox.claim(later).chat_id == 1


def test_a_reopened_topic_wakes_the_line_of_an_edition_in_parts(store, outbox):
    line = subscribe(store, -100)
    plan(store, "1", "2", "3")
    store.outbox.closed(outbox.claim(DUE).id, now=DUE)
    assert store.lines.get(line.id).paused
    assert outbox.reopened(-100, 0, now=DUE + HOUR) == [line.id]
    assert not store.lines.get(line.id).paused
