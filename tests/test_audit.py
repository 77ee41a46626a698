"""The books close after an ordinary day, and a sum that does not is found, whichever row is broken by hand."""

import asyncio
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from digest.health import Unclosed
from digest.readers import PartState
from storage.store import Store
from tests.test_delivery import subscriber
from tests.world import DAWN, running_bot

#: 07:05 of the morning after DAWN, when the editions are out.
MORNING = DAWN + timedelta(hours=2, minutes=5)


@pytest.fixture(scope="module")
def books(news, tmp_path_factory) -> Path:
    """A database after a morning's editions: to a reader, to a group in several parts, and to who has blocked us."""
    database = tmp_path_factory.mktemp("books") / "bot.db"

    async def morning() -> None:
        async with running_bot(database, news=news) as world:
            ann, bob = await subscriber(world), await subscriber(world, "Bob")
            group = world.api.group("Union", owner=ann)
            group.add_bot(ann)
            await ann.say("/start@diplomacy_digest_bot", chat=group)
            await ann.press("Everything about Viet Nam", chat=group)
            bob.block()
            world.clock.now = MORNING
            await world.bot.deliver()
            await world.bot.deliver()

    asyncio.run(morning())
    return database


def audit_of(database: Path, *, at=MORNING):
    with closing(Store.open(f"sqlite:///{database}", read_only=True)) as store:
        return store.auditor.audit(at)


def test_after_a_morning_the_books_close(books):
    audit = audit_of(books)
    assert audit.faults == ()
    assert audit.planned == sum(audit.states.values()) > 1
    assert audit.states[PartState.SENT] > 1
    assert (audit.items > 100, audit.stories > 50, audit.editions > 1) == (True, True, True)


#: What else does not add up then.
ALSO = {
    Unclosed.NO_STATE: {Unclosed.WRONG_STATE, Unclosed.TOLD_UNSENT},
    Unclosed.TOLD_NOTHING: {Unclosed.EMPTY_STORY},
}
ONE = "(select min(id) from deliveries where state = 'sent')"

NOT_ALONE = "(select max(id) from items group by story_id having count(*) > 1 limit 1)"


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        (Unclosed.NO_STATE, f"update deliveries set state = 'lost' where id = {ONE}"),
        (Unclosed.WRONG_STATE, f"update deliveries set message_id = null where id = {ONE}"),
        (
            Unclosed.WRONG_STATE,
            f"update deliveries set state = 'uncertain', message_id = null, settled_at = null where id = {ONE}",
        ),
        (Unclosed.WRONG_STATE, f"update deliveries set state = 'ready', message_id = null where id = {ONE}"),
        (
            Unclosed.FORGOTTEN_PART,
            "update deliveries set state = 'ready', message_id = null, settled_at = null, text = 'x',"
            f" planned_at = planned_at - 50000 where id = {ONE}",
        ),
        (Unclosed.INCOMPLETE, "delete from deliveries where id = (select max(id) from deliveries where parts > 1)"),
        (Unclosed.INCOMPLETE, f"update deliveries set parts = 7 where id = {ONE}"),
        (Unclosed.OVERDUE_SLOT, "update slots set due_at = due_at - 90000"),
        (Unclosed.UNSERVED_SLOT, "delete from deliveries where line_id = (select min(line_id) from deliveries)"),
        (Unclosed.WRONG_HOUR, "update slots set due_at = due_at + 3600"),
        (Unclosed.WRONG_HOUR, "update slots set due_on = '2027-01-01', due_at = due_at + 40 * 86400"),
        (Unclosed.NO_HOUR, "delete from slots"),
        (
            Unclosed.TOLD_NOTHING,
            "update items set story_id = (select id from stories where merged_into is null and id not in"
            " (select story_id from told) limit 1) where story_id = (select min(story_id) from told)",
        ),
        (
            Unclosed.TOLD_UNSENT,
            "update deliveries set state = 'failed', message_id = null where edition = (select max(edition) from told)",
        ),
        (Unclosed.EMPTY_STORY, "insert into stories (first_seen, last_published) values (0, 0)"),
        (Unclosed.UNGROUPED_ITEM, f"update items set story_id = null where id = {NOT_ALONE}"),
    ],
)
def test_a_sum_that_does_not_close_is_found(books, tmp_path, what, broken):
    database = tmp_path / "bot.db"
    shutil.copy(books, database)
    with closing(sqlite3.connect(database)) as connection, connection:
        assert connection.execute(broken).rowcount > 0
    faults = {fault.what: fault for fault in audit_of(database).faults}
    assert set(faults) == {what} | ALSO.get(what, set())
    assert faults[what].count >= 1
    assert faults[what].example > 0


def test_a_slot_that_nobody_serves_is_found_by_the_clock_alone(books):
    assert [fault.what for fault in audit_of(books, at=MORNING + timedelta(days=1, minutes=20)).faults] == [
        Unclosed.OVERDUE_SLOT
    ]


def test_an_audit_is_due_once_a_day_also_after_a_restart(database_url):
    def turn(at):
        with closing(Store.open(database_url)) as store:
            return store.auditor.take_turn(at)

    assert [turn(MORNING + timedelta(hours=hours)) for hours in (0, 23, 24, 25, 48)] == [True, False, True, False, True]


WISHES = (
    "/time 07:30", "/time 22:15", "/time 5", "/zone Europe/Berlin", "/zone America/New_York", "/zone Asia/Tokyo",
    "/pause", "/resume", "/stop", "/start", "/places laos", "/places", "/digest", "/days 1-5", "/days", "/search aid",
)  # fmt: skip
TROUBLES = ("flood", "error", "lost", "reset")


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_books_close_after_every_day_of_a_restless_month(news, tmp_path, seed):
    """Readers who change their minds, block us and come back, Telegram in trouble, hours in which nothing runs."""
    rng = random.Random(seed)
    async with running_bot(tmp_path / "bot.db", news=news) as world:
        users = [world.api.user(name) for name in ("Ann", "Bob", "Cho")]
        for user in users:
            await user.say("/start")
            await user.press("Everything about Viet Nam")
        for step in range(90):
            user = rng.choice(users)
            match rng.randrange(8):
                case 0:
                    user.block()
                case 1:
                    await user.say("/start")
                case 2 | 3 | 4:
                    await user.say(rng.choice(WISHES))
                case 5:
                    world.api.fail(rng.choice(TROUBLES), method="sendMessage", times=rng.randrange(1, 4))
                case 6:
                    world.clock.forward(hours=rng.choice((0.5, 3, 14, 26)))  # an outage
            for _ in range(4):
                world.clock.forward(hours=rng.choice((1, 2, 3)))
                for _ in range(3):
                    await world.bot.deliver()
                    world.clock.forward(minutes=1)
            world.api.heal()
            audit = await asyncio.to_thread(audit_of, tmp_path / "bot.db", at=world.clock.now)
            assert audit.faults == (), step
        assert audit.editions > 30
