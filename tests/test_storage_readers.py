"""Chats, lines, slots and what was told."""

from datetime import date, time, timedelta

import pytest

from digest.corrections import Correction
from digest.errors import StorageError
from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState, DueSlot, Told
from tests.conftest import a_poll, a_source, an_item, utc

#: 09:00 in Ho Chi Minh City.
NOW = utc("2026-11-21 02:00")
SEVEN, NINETEEN = time(7), time(19)
DAY = timedelta(days=1)


def a_chat(chat_id=100, **fields):
    return Chat(
        **{
            "id": chat_id,
            "kind": "private",
            "language": "en",
            "zone": "Asia/Ho_Chi_Minh",
            "state": ChatState.ACTIVE,
            "created_at": NOW,
        }
        | fields
    )


@pytest.fixture
def readers(store):
    return store.readers


@pytest.fixture
def line(store, readers):
    readers.add_chat(a_chat())
    return store.lines.add(100, 0, Wishes(), Cadence(hours=(SEVEN,)), now=NOW)


def stories(store, count):
    """Ids of so many new stories."""
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(), [an_item(f"Story {n}") for n in range(count)], [])
    return [store.stories.open_story(item) for item in store.stories.unplaced(count)]


def due_dates(store, *, within):
    """The local dates on which slots come due, if each is served as it comes."""
    dates, now = [], NOW
    while now < NOW + within:
        for due in store.lines.due(now):
            assert store.editions.plan(due, [], stories={}, covers_until=now, now=now)
            dates.append(f"{due.local_date.day} {due.at:%H:%M}")
        now += timedelta(minutes=30)
    return dates


def test_a_chat_comes_back_as_it_was_added_and_is_added_once(readers):
    chat = a_chat(-1001234567890, kind="supergroup", language="vi", zone="Europe/Berlin")
    assert readers.add_chat(chat) == chat
    assert readers.add_chat(a_chat(chat.id)) == chat
    assert readers.chat(chat.id) == chat
    assert readers.chat(5) is None


def test_a_line_comes_back_as_it_was_added(store, readers):
    readers.add_chat(a_chat())
    wishes = Wishes(
        topics=frozenset({"people", "ngo"}),
        places=frozenset({"LA", "VN-SG"}),
        pairs=frozenset({"LA-VN"}),
        wanted=("lãnh sự",),
        unwanted=("bóng đá", '"quoted"'),
        by="place",
    )
    line = store.lines.add(
        100,
        7,
        wishes,
        Cadence(
            hours=(
                NINETEEN,
                SEVEN,
                SEVEN,
            )
        ),
        now=NOW,
    )
    assert (line.chat_id, line.thread_id, line.wishes, line.cadence.hours) == (100, 7, wishes, (SEVEN, NINETEEN))
    assert store.lines.get(line.id) == line
    assert store.lines.of(100) == [line]
    assert store.lines.of(101) == []
    assert store.lines.get(line.id + 1) is None


def test_a_line_needs_a_chat_and_slots_need_a_line(store, readers):
    with pytest.raises(StorageError):
        store.lines.add(404, 0, Wishes(), Cadence(hours=(SEVEN,)), now=NOW)
    with pytest.raises(StorageError, match="no line 404"):
        store.lines.set_cadence(404, Cadence(hours=(SEVEN,)), now=NOW)


def test_language_and_taste_are_the_chats_and_hold_for_all_its_lines(store, readers, line):
    other = store.lines.add(100, 0, Wishes(language="en"), Cadence(hours=(NINETEEN,)), now=NOW)
    readers.set_language(100, "vi")
    readers.set_less(100, {"economic", "The Example"})
    store.lines.set_wishes(line.id, Wishes(topics=frozenset({"party"}), language="en", less=frozenset({"ngo"})))
    of_the_chat = {"language": "vi", "less": frozenset({"economic", "The Example"})}
    assert store.lines.get(line.id).wishes == Wishes(topics=frozenset({"party"}), **of_the_chat)
    assert store.lines.get(other.id).wishes == Wishes(**of_the_chat)
    assert store.lines.due(NOW + DAY)[0].line.wishes.language == "vi"


def test_a_due_slot_carries_all_that_is_needed_to_serve_it(store, readers, line):
    seven_tomorrow = utc("2026-11-22 00:00")
    assert store.lines.due(seven_tomorrow - timedelta(seconds=1)) == []
    assert store.lines.due(seven_tomorrow) == [
        DueSlot(
            chat=a_chat(),
            line=line,
            at=SEVEN,
            due_at=seven_tomorrow,
            local_date=date(2026, 11, 22),
            covered_until=None,
        )
    ]


def test_the_longest_due_comes_first(store, readers, line):
    readers.add_chat(a_chat(200, zone="Asia/Tokyo"))
    store.lines.add(200, 0, Wishes(), Cadence(hours=(SEVEN,)), now=NOW)
    assert [due.chat.id for due in store.lines.due(NOW + DAY)] == [200, 100]


@pytest.mark.parametrize("state", [ChatState.PAUSED, ChatState.STOPPED, ChatState.REFUSED])
def test_only_active_chats_are_due_and_resuming_brings_nothing_stale(store, readers, line, state):
    readers.set_state(100, state, now=NOW)
    assert readers.chat(100).state is state
    assert store.lines.due(NOW + 5 * DAY) == []
    readers.set_state(100, ChatState.ACTIVE, now=NOW + 5 * DAY)
    assert store.lines.due(NOW + 5 * DAY) == []
    assert [due.local_date for due in store.lines.due(NOW + 6 * DAY)] == [date(2026, 11, 27)]


def test_a_slot_is_due_once_a_local_date(store, line):
    store.lines.set_cadence(
        line.id,
        Cadence(
            hours=(
                SEVEN,
                NINETEEN,
            )
        ),
        now=NOW,
    )
    assert due_dates(store, within=3 * DAY) == ["21 19:00", "22 07:00", "22 19:00", "23 07:00", "23 19:00", "24 07:00"]


def serve_tomorrow(store):
    """Serve the slot of 22 November, 07:00; half past seven, then."""
    (due,) = store.lines.due(NOW + DAY)
    now = due.due_at + timedelta(minutes=30)
    assert store.editions.plan(due, [("text", None)], stories={}, covers_until=now, now=now)
    return now


def test_an_hour_that_moves_later_on_a_day_already_served_waits_for_tomorrow(store, line):
    now = serve_tomorrow(store)
    assert store.lines.set_cadence(line.id, Cadence(hours=(NINETEEN,)), now=now).cadence.hours == (NINETEEN,)
    assert [due.local_date for due in store.lines.due(now + 3 * DAY)] == [date(2026, 11, 23)]
    store.lines.set_cadence(line.id, Cadence(hours=(time(8),)), now=now)
    assert [due.due_at for due in store.lines.due(now + 3 * DAY)] == [utc("2026-11-23 01:00")]


def test_an_hour_that_is_added_counts_from_now(store, line):
    now = serve_tomorrow(store)
    store.lines.set_cadence(
        line.id,
        Cadence(
            hours=(
                SEVEN,
                NINETEEN,
            )
        ),
        now=now,
    )
    assert [(due.at, due.local_date.day) for due in store.lines.due(now + DAY)] == [(NINETEEN, 22), (SEVEN, 23)]


def test_a_move_to_another_zone_keeps_the_hour_and_the_date_already_served(store, line):
    now = serve_tomorrow(store)
    store.readers.set_zone(100, "America/New_York", now)
    assert store.readers.chat(100).zone == "America/New_York"
    (due,) = store.lines.due(now + 3 * DAY)
    assert (due.due_at, due.local_date) == (utc("2026-11-23 12:00"), date(2026, 11, 23))


def test_what_was_told_is_remembered_by_thread(store, line):
    ids = stories(store, 3)
    store.memory.tell(100, 0, dict.fromkeys(ids[:2], 5), now=NOW)
    store.memory.tell(100, 0, dict.fromkeys(ids[1:2], 7), now=NOW + timedelta(days=1))
    store.memory.tell(100, 7, dict.fromkeys(ids[2:], 5), now=NOW)
    assert set(store.memory.told(100, 0)) == set(ids[:2])
    assert store.memory.told(100, 0)[ids[1]] == Told(NOW, 7)  # told twice in answer to commands: the first counts
    assert set(store.memory.told(100, 7)) == set(ids[2:])
    assert set(store.memory.told(200, 0)) == set()


def test_a_kept_search_belongs_to_its_chat(store):
    memory = store.memory
    search_id = memory.keep_search(100, "lao consul", now=NOW)
    assert memory.kept_search(100, search_id) == "lao consul"
    assert memory.kept_search(200, search_id) is None
    assert memory.kept_search(100, search_id + 1) is None


def full_reader(store, chat_id):
    """A chat with something in every table that can hold something of a chat."""
    store.readers.add_chat(a_chat(chat_id))
    line = store.lines.add(chat_id, 0, Wishes(), Cadence(hours=(SEVEN,)), now=NOW)
    ids = stories(store, 2)
    due = next(due for due in store.lines.due(NOW + DAY) if due.chat.id == chat_id)
    assert store.editions.plan(
        due, [("1", None), ("2", None)], stories=dict.fromkeys(ids[:1], 5), covers_until=NOW, now=NOW
    )
    store.memory.tell(chat_id, 0, dict.fromkeys(ids[1:], 5), now=NOW)
    store.memory.keep_search(chat_id, "who am I", now=NOW)
    return line, set(ids)


def rows_naming(store, *values):
    """Tables with a row that has one of these values, or has it inside a text."""
    tables = [row["name"] for row in store._db.rows("select name from sqlite_schema where type = 'table'")]
    named = set()
    for table in tables:
        for row in store._db.rows(f"select * from {table}"):
            if any(value in tuple(row) or any(str(value) in str(cell) for cell in row) for value in values):
                named.add(table)
    return named


def test_forgetting_leaves_no_row_anywhere(store):
    full_reader(store, 987654321)
    full_reader(store, 123)
    assert rows_naming(store, 987654321) == {"chats", "lines", "deliveries", "told", "searches"}
    before = store.stats(now=NOW)
    store.owndata.forget(987654321)
    assert rows_naming(store, 987654321) == set()
    after = store.stats(now=NOW)
    assert (before.lines - after.lines, before.waiting - after.waiting) == (1, 2)
    assert store._db.value("select count(*) from slots") == 1
    assert store.lines.of(123) != []


def test_a_migrated_chat_takes_everything_along(store):
    line, told = full_reader(store, -42)
    store.readers.migrate_chat(-42, -10042, now=NOW)
    assert rows_naming(store, -42) - rows_naming(store, -10042) == set()
    assert store.readers.chat(-42) is None
    assert [moved.id for moved in store.lines.of(-10042)] == [line.id]
    assert set(store.memory.told(-10042, 0)) == told
    assert store.outbox.claim(NOW).chat_id == -10042
    assert store.memory.kept_search(-10042, 1) == "who am I"


def test_a_migrated_chat_that_was_met_already_keeps_its_old_settings_and_line(store):
    line, told = full_reader(store, -42)
    store.readers.set_language(-42, "vi")
    store.readers.add_chat(a_chat(-10042, zone="UTC", created_at=NOW + DAY))
    store.lines.add(-10042, 0, Wishes(), Cadence(hours=(NINETEEN,)), now=NOW)
    other_thread = store.lines.add(-10042, 7, Wishes(), Cadence(hours=(NINETEEN,)), now=NOW)
    store.memory.tell(-10042, 0, dict.fromkeys(list(told)[:1], 5), now=NOW)
    store.readers.migrate_chat(-42, -10042, now=NOW)
    assert store.readers.chat(-42) is None
    assert store.readers.chat(-10042) == a_chat(-10042, language="vi")
    assert [moved.id for moved in store.lines.of(-10042)] == [line.id, other_thread.id]
    assert set(store.memory.told(-10042, 0)) == told
    assert store.outbox.claim(NOW).chat_id == -10042
    # 19:00 in Ha Noi and no more in UTC.
    assert store.lines.upcoming(-10042)[other_thread.id] == utc("2026-11-21 12:00")


def test_of_what_both_chats_had_a_migration_leaves_nothing_behind(store):
    for chat_id in (-42, -10042):
        full_reader(store, chat_id)
        store.memory.ask(chat_id, 5, "v2:places:1", now=NOW)
        store.corrections.ask(1, "ngo", chat_id, now=NOW)
    store.readers.migrate_chat(-42, -10042, now=NOW)
    assert {table: rows for table, rows in store.owndata.of(-42).items() if rows} == {}


@pytest.mark.parametrize("state", [ChatState.PAUSED, ChatState.STOPPED])
def test_what_waits_when_a_chat_rests_is_let_go_and_covered_by_the_next(store, state):
    line, told = full_reader(store, 1)
    assert store.stats(now=NOW).waiting == 2
    store.readers.set_state(1, state, now=NOW)
    store.readers.set_state(1, ChatState.ACTIVE, now=NOW + timedelta(hours=1))
    assert store.outbox.claim(NOW + timedelta(hours=1)) is None
    assert set(store.memory.told(1, 0)) < told  # the edition's own stories are untold
    assert store._db.value("select covered_until from lines where id = :id", id=line.id) is None


def test_what_waits_when_a_line_rests_is_let_go(store):
    line, _ = full_reader(store, 1)
    store.lines.set_paused(line.id, True, now=NOW)
    assert store.outbox.claim(NOW) is None
    assert store.stats(now=NOW).expired == 2


def test_whoever_may_be_written_to_again_is_as_they_were(store, readers, line):
    readers.set_state(100, ChatState.PAUSED, now=NOW, until=NOW + 5 * DAY)
    assert readers.refuse(100, now=NOW + DAY)
    assert not readers.refuse(100, now=NOW + DAY)
    assert readers.chat(100).state is ChatState.REFUSED
    readers.readmit(100, now=NOW + 2 * DAY)
    assert (readers.chat(100).state, readers.chat(100).paused_until) == (ChatState.PAUSED, NOW + 5 * DAY)
    readers.set_state(100, ChatState.STOPPED, now=NOW + 2 * DAY)
    assert not readers.refuse(100, now=NOW + 2 * DAY)
    readers.readmit(100, now=NOW + 2 * DAY)
    assert readers.chat(100).state is ChatState.STOPPED


def test_what_was_told_again_is_kept_as_long_as_that(store):
    _, told = full_reader(store, 1)
    again = {max(told): 6}
    store.memory.tell(1, 0, again, now=NOW + 60 * DAY)
    store.readers.prune(NOW + 91 * DAY)
    assert set(store.memory.told(1, 0)) == set(again)


def test_corrections_go_after_a_year_and_an_accepted_one_names_nobody(store):
    full_reader(store, 1)
    for label in ("ngo", "people"):
        store.corrections.ask(1, label, 1, now=NOW)
    assert store.corrections.judge(Correction(story_id=1, label="ngo", readers=1), accept=True)
    assert store.owndata.of(1)["corrections"][0]["label"] == "people"
    assert len(store.owndata.of(1)["corrections"]) == 1
    store.readers.prune(NOW + 366 * DAY)
    assert [row["state"] for row in store._db.rows("select state from corrections")] == ["accepted"]


def test_an_unknown_chat_migrates_to_nothing(readers, line):
    readers.migrate_chat(404, 405, now=NOW)
    readers.migrate_chat(100, 100, now=NOW)
    assert (readers.chat(404), readers.chat(405), readers.chat(100)) == (None, None, a_chat())


def test_pruning_keeps_what_is_young_and_who_is_here(store):
    full_reader(store, 1)
    for chat_id, state in ((2, ChatState.STOPPED), (3, ChatState.REFUSED), (4, ChatState.PAUSED)):
        store.readers.add_chat(a_chat(chat_id))
        store.readers.set_state(chat_id, state, now=NOW)
    store.readers.prune(NOW + 29 * DAY)
    assert store.memory.kept_search(1, 1) == "who am I"
    store.readers.prune(NOW + 89 * DAY)
    assert store.memory.kept_search(1, 1) is None
    assert (store.stats(now=NOW).waiting, len(store.memory.told(1, 0)), store.stats(now=NOW).chats) == (2, 2, 4)
    store.readers.prune(NOW + 91 * DAY)
    assert (store.stats(now=NOW).waiting, len(store.memory.told(1, 0)), store.stats(now=NOW).chats) == (0, 0, 4)
    store.readers.prune(NOW + 365 * DAY)
    assert [store.readers.chat(n) is not None for n in (1, 2, 3, 4)] == [True, False, False, True]
