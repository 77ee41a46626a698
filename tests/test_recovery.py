"""Copies that can be trusted: made before an update, whole or not there at all, and put back when it matters."""

import asyncio
import json
import multiprocessing
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import bot
from digest.errors import StorageError
from playground.botapi import BotApi
from storage import migrations
from storage.copies import KEPT, copies_before_updates, copy_before_update, faults_in, last_backup, note_backup
from storage.database import path_of
from storage.recovery import put_back
from storage.store import Store
from tests.conftest import a_poll, a_source, an_item, utc
from tests.test_commands import here  # noqa: F401 - a fixture
from tests.test_delivery import subscriber
from tests.world import DAWN, running_bot

NOW = utc("2026-11-21 01:00")
ROOT = Path(__file__).parent.parent


@contextmanager
def program_of(steps: int):
    """This program as it was when it had so many steps."""
    all_steps = migrations.STEPS
    migrations.STEPS = all_steps[:steps]
    try:
        yield
    finally:
        migrations.STEPS = all_steps


@pytest.fixture
def old(tmp_path) -> Path:
    """A database of an earlier version, with something in it."""
    path = tmp_path / "digest.db"
    with program_of(2):
        Store.open(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("insert into chats values (1, 'private', 'en', 'UTC', 'active', 0, 0, 0)")
        connection.execute("insert into lines values (1, 1, 0, '{}', 0, null)")
        connection.executemany("insert into searches (chat_id, text, kept_at) values (1, ?, 0)", [("laos",)] * 50)
    return path


def open_and_close(path: Path) -> None:
    Store.open(f"sqlite:///{path}").close()


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def names_beside(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir() if one != path)


# Before an update


def test_an_update_keeps_the_old_database_beside_it_whole_and_private(old):
    before = dump(old)
    open_and_close(old)
    (copy,) = copies_before_updates(old)
    assert copy.name.startswith("digest.db.steps2-20")
    assert dump(copy) == before
    assert copy.stat().st_mode & 0o077 == 0
    assert names_beside(old) == [copy.name]


def test_a_new_database_and_one_of_today_leave_no_copy(tmp_path):
    for _ in range(2):
        open_and_close(tmp_path / "digest.db")
    assert names_beside(tmp_path / "digest.db") == []


def test_the_last_two_copies_are_kept(old):
    made = [copy_before_update(old, steps=2, now=NOW + timedelta(days=day)) for day in range(3)]
    assert copies_before_updates(old) == [made[2], made[1]]
    assert len([name for name in names_beside(old) if ".steps" in name]) == KEPT


def test_where_there_is_no_room_for_a_copy_nothing_is_changed(old):
    before = dump(old)
    with pytest.raises(StorageError, match=r"needs \d+ MB free and has 1 MB\. Nothing was changed"):
        copy_before_update(old, steps=2, free=lambda _: 1000)
    assert (dump(old), names_beside(old)) == (before, [])


def start_on_a_small_disk(path: Path, answer) -> None:
    """Files may grow to half of what the copy needs, and no further."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2,) * 2)
    try:
        open_and_close(path)
    except StorageError as error:
        answer.send(str(error))
    answer.send("opened")


def test_a_disk_that_fills_up_under_the_copy_changes_nothing(old):
    before = dump(old)
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    starter = spawn.Process(target=start_on_a_small_disk, args=(old, sending))
    starter.start()
    starter.join()
    assert "The backup to" in receiving.recv()
    receiving.close()
    sending.close()
    assert (dump(old), names_beside(old)) == (before, [])
    open_and_close(old)


#: Starts the bot's database in a child process that dies at its n-th statement, for n = 1, 2 … until one survives.
KILL_AT_EVERY_STATEMENT = """
import itertools, json, os, shutil, signal, sqlite3, sys
from pathlib import Path
import sqlite_utils
from storage import migrations
from storage.store import Store

old, folder = Path(sys.argv[1]), Path(sys.argv[2])
connect = sqlite3.connect
for n in itertools.count(1):
    path = folder / str(n) / "digest.db"
    path.parent.mkdir()
    shutil.copy(old, path)
    child = os.fork()
    if child == 0:
        count = itertools.count(1)
        def die_at(statement):
            if next(count) == n:
                os.kill(os.getpid(), signal.SIGKILL)
        def traced(*args, **kwargs):
            connection = connect(*args, **kwargs)
            connection.set_trace_callback(die_at)
            return connection
        sqlite3.connect = traced
        Store.open(f"sqlite:///{path}").close()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status):
        print(json.dumps([n, os.WEXITSTATUS(status)]))
        break
"""


def test_an_update_killed_at_any_statement_leaves_the_old_or_the_new_schema_whole(old, tmp_path):
    folder = tmp_path / "kills"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", KILL_AT_EVERY_STATEMENT, str(old), str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    statements, status = json.loads(done.stdout)
    assert (statements > 40, status) == (True, 0)
    was, will_be = dump(old), schema(folder / str(statements) / "digest.db")
    met = set()
    for n in range(1, statements + 1):
        path = folder / str(n) / "digest.db"
        with closing(sqlite3.connect(path)) as connection:
            assert faults_in(connection) == [], n
        met.add("old" if dump(path) == was else "new" if schema(path) == will_be else f"torn at {n}")
        for copy in copies_before_updates(path):
            assert dump(copy) == was, n
        open_and_close(path)
        assert schema(path) == will_be, n
        assert copies_before_updates(path), n
        assert [name for name in names_beside(path) if ".steps" not in name or "unfinished" in name] == [], n
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("select count(*) from searches").fetchone() == (50,), n
    assert met == {"old", "new"}


def schema(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select name, sql from sqlite_schema order by name").fetchall()


# Copies


#: Backs a database up again and again in child processes that are killed at moments of their own.
KILL_WHILE_COPYING = """
import os, signal, sys, time
from pathlib import Path
from storage.store import Store

url, folder = sys.argv[1], Path(sys.argv[2])
for n in range(40):
    path = folder / str(n) / "copy.db"
    path.parent.mkdir()
    child = os.fork()
    if child == 0:
        store = Store.open(url, read_only=True)
        while True:
            store.backup(path)
            path.unlink()
    time.sleep(0.003 + 0.001 * n)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def test_a_backup_that_is_killed_is_there_whole_or_not_at_all(store, database_url, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(), [an_item(f"Report {n}", "some words " * 500) for n in range(300)], [])
    folder = tmp_path / "copies"
    folder.mkdir()
    run = [sys.executable, "-c", KILL_WHILE_COPYING, database_url, str(folder)]
    subprocess.run(run, cwd=ROOT, check=True)
    interrupted = 0
    for path in (one / "copy.db" for one in folder.iterdir()):
        interrupted += names_beside(path) != []
        if path.exists():
            with closing(sqlite3.connect(path)) as connection:
                assert faults_in(connection) == []
            path.unlink()
        else:
            store.backup(path)  # what the kill left is in nobody's way
            assert names_beside(path) == []
    assert interrupted > 0


def test_a_copy_whose_search_index_does_not_fit_is_refused(store, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(), [an_item("One")], [])
    store._db.execute("drop trigger items_edited")
    store._db.execute("update items set title = 'Another'")
    with pytest.raises(StorageError, match="the search index does not fit the items"):
        store.backup(tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_copy_follows_no_link_and_is_for_its_owner_alone(store, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(StorageError, match="File exists"):
        store.backup(tmp_path / "link.db")
    assert not (tmp_path / "elsewhere.db").exists()
    store.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o077 == 0


def test_a_database_is_for_its_owner_alone(store, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    files = list((tmp_path / "data").iterdir())
    assert {"digest.db", "digest.db-wal"} <= {one.name for one in files}
    assert [one.name for one in [*files, tmp_path / "data"] if one.stat().st_mode & 0o077] == []


# Put back


async def test_a_backup_made_at_work_brings_everything_back(news, tmp_path):
    database, copy, url = tmp_path / "bot.db", tmp_path / "copy.db", f"sqlite:///{tmp_path}/bot.db"
    async with BotApi(now=lambda: DAWN) as api:
        async with running_bot(database, news=news, api=api) as world:
            ann = await subscriber(world)
            await ann.say("/time 08:15")
            world.clock.forward(hours=4)
            await world.bot.deliver()
            with closing(Store.open(url, read_only=True)) as reader:
                await asyncio.to_thread(reader.backup, copy)
            await ann.say("/forget")
            await ann.press("Delete everything")
            with pytest.raises(StorageError, match=r"is in use\. Stop the bot first"):
                put_back(copy, url, now=NOW)
            later = world.clock.now + timedelta(minutes=1)
        at_backup, at_the_end = dump(copy), dump(database)
        assert at_backup != at_the_end
        aside = put_back(copy, url, now=NOW)
        assert (dump(database), dump(aside), dump(copy)) == (at_backup, at_the_end, at_backup)
        async with running_bot(database, api=api, now=later) as world:
            audit = await world.newsroom.store.read(lambda store: store.auditor.audit(later))
            assert audit.faults == ()
            assert "08:15" in (await ann.say("/settings")).text
            sent = len(api.history)
            await world.bot.deliver()
            assert len(api.history) == sent  # this morning's edition does not come again
            world.clock.forward(hours=24)
            await world.bot.deliver()
            assert {one.chat_id for one in api.history[sent:]} == {ann.id}


def test_a_ruined_database_goes_aside_with_its_log(store, tmp_path):
    database, copy = tmp_path / "data" / "digest.db", tmp_path / "copy.db"
    store.sources.sync([a_source()], now=NOW)
    store.backup(copy)
    store.items.save_poll(a_poll(), [an_item("One")], [])
    ruined = tmp_path / "ruin" / "digest.db"
    ruined.parent.mkdir()
    ruined.write_bytes(b"no database any more " * 400)
    ruined.with_name("digest.db-wal").write_bytes(database.with_name("digest.db-wal").read_bytes())
    aside = put_back(copy, f"sqlite:///{ruined}", now=NOW)
    assert names_beside(ruined) == [aside.name, f"{aside.name}-wal"]
    assert aside.read_bytes().startswith(b"no database any more")
    assert dump(ruined) == dump(copy)
    open_and_close(ruined)


def test_putting_back_works_where_nothing_is_left(store, tmp_path):
    store.backup(tmp_path / "copy.db")
    assert put_back(tmp_path / "copy.db", f"sqlite:///{tmp_path}/new/digest.db", now=NOW) is None
    assert dump(tmp_path / "new" / "digest.db") == dump(tmp_path / "copy.db")


def test_an_older_copy_is_brought_up_to_date_by_the_next_start(old, tmp_path):
    put_back(old, f"sqlite:///{tmp_path}/new/digest.db", now=NOW)
    open_and_close(tmp_path / "new" / "digest.db")
    assert copies_before_updates(tmp_path / "new" / "digest.db")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        ("create table _sqlite_migrations (id integer primary key, migration_set, name);"
         "insert into _sqlite_migrations values (1, 'digest', 'from_next_year')", "newer version of this program"),
        ("create table notes (id)", "another program"),
        ("pragma user_version = 1", "empty database"),
        (b"my notes, " * 200, "cannot be read: file is not a database"),
        (None, "cannot be read: unable to open"),
    ],
)  # fmt: skip
def test_what_is_no_copy_of_ours_is_not_put_back(store, database_url, tmp_path, make, sentence):
    store.close()
    copy, database = tmp_path / "copy.db", tmp_path / "data" / "digest.db"
    if isinstance(make, str):
        with closing(sqlite3.connect(copy)) as connection:
            connection.executescript(make)
    elif make:
        copy.write_bytes(make)
    before = dump(database)
    with pytest.raises(StorageError, match=sentence):
        put_back(copy, database_url, now=NOW)
    assert (dump(database), names_beside(database)) == (before, [])


#: What somebody may have done to a copy; what is said of it.
CRAFTED = {
    "a trigger that does as it likes": (
        "create trigger evil after insert on chats begin insert into stewards values (new.id, 666); end",
        "the trigger evil is not this program's",
    ),
    "a trigger that forgets nothing": (
        "create trigger kept before delete on searches begin select raise(ignore); end",
        "the trigger kept is not this program's",
    ),
    "a trigger of ours that does something else": (
        "drop trigger items_reworded; create trigger items_reworded after update of title, text on items "
        "begin delete from items; end",
        "the trigger items_reworded is not as this program makes it",
    ),
    "a view": ("create view slow as select * from chats, chats", "the view slow is not this program's"),
    "a view in a table's place": (
        "alter table saved rename to saved_; create view saved as select * from saved_",
        "the table saved is missing",
    ),
    "a table": ("create table evil (a)", "the table evil is not this program's"),
    "a table named like the index's own": ("create table items_fts_evil (a)", "the table items_fts_evil is not this"),
    "an index that unfolds": (
        "create index evil on chats (hex(zeroblob(90000000)))", "the index evil is not this program's"
    ),
    "a column that unfolds": (
        "alter table chats add column x text generated always as (hex(zeroblob(100000000))) virtual",
        "the table chats is not as this program makes it",
    ),
    "no table": ("drop table saved", "the table saved is missing"),
    "no column": ("alter table chats drop column silent", "the table chats is not as this program makes it"),
    "no index": ("drop index slots_by_due", "the index slots_by_due is missing"),
    "steps out of order": (
        "delete from _sqlite_migrations where name = 'first_tables'", "its steps were not taken in their order"
    ),
}  # fmt: skip


def crafted_copy(store, path: Path, script: str) -> Path:
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(), [an_item("One")], [])
    store.backup(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


@pytest.mark.parametrize(("script", "sentence"), CRAFTED.values(), ids=CRAFTED)
def test_a_copy_with_other_tables_than_ours_is_not_put_back(store, database_url, tmp_path, script, sentence):
    copy, database = crafted_copy(store, tmp_path / "copy.db", script), tmp_path / "data" / "digest.db"
    store.close()
    before = dump(database)
    with pytest.raises(StorageError, match=sentence) as refused:
        put_back(copy, database_url, now=NOW)
    assert str(refused.value).endswith("nothing was changed.")
    assert (dump(database), names_beside(database)) == (before, [])


def test_a_copy_of_each_older_version_is_put_back(tmp_path):
    for steps in range(1, len(migrations.STEPS) + 1):
        old = tmp_path / f"{steps}.db"
        with program_of(steps):
            open_and_close(old)
        put_back(old, f"sqlite:///{tmp_path}/new{steps}/digest.db", now=NOW)
        open_and_close(tmp_path / f"new{steps}" / "digest.db")


@pytest.mark.parametrize("script", ["drop table saved", "alter table chats drop column silent"])
@pytest.mark.parametrize("read_only", [True, False])
def test_a_database_that_lacks_something_is_not_opened(store, tmp_path, script, read_only):
    broken = crafted_copy(store, tmp_path / "copy.db", script)
    with pytest.raises(StorageError, match=r"is not whole: the table \w+ is .*\. Put the last backup back"):
        Store.open(f"sqlite:///{broken}", read_only=read_only)


def test_an_operators_own_index_and_other_comments_do_not_keep_us_from_opening(store, tmp_path):
    script = """
        create index mine on items(title);
        pragma writable_schema = on;
        update sqlite_schema set sql = replace(sql, '-- their', '-- in other words: their') where type = 'table';
    """
    other = crafted_copy(store, tmp_path / "copy.db", script)
    assert any("in other words" in statement for _, statement in schema(other) if statement)
    open_and_close(other)


def test_what_is_put_aside_is_for_its_owner_alone_and_follows_no_link(store, database_url, tmp_path):
    copy, database, precious = tmp_path / "copy.db", tmp_path / "data" / "digest.db", tmp_path / "precious"
    store.backup(copy)
    store.close()
    database.chmod(0o644)
    aside = put_back(copy, database_url, now=NOW)
    assert [one.name for one in (database, aside) if one.stat().st_mode & 0o077] == []
    later = NOW + timedelta(hours=1)
    precious.write_text("precious")
    database.with_name(f"digest.db.replaced-{later:%Y%m%dT%H%M%SZ}").symlink_to(precious)
    with pytest.raises(StorageError, match="File exists"):
        put_back(copy, database_url, now=later)
    assert precious.read_text() == "precious"


def test_the_note_of_a_backup_follows_no_link_and_is_for_its_owner_alone(tmp_path):
    database, precious = tmp_path / "digest.db", tmp_path / "precious"
    precious.write_text("precious")
    note = tmp_path / "digest.db.last-backup"
    note.symlink_to(precious)
    note_backup(database, tmp_path / "copy.db", now=NOW)
    assert precious.read_text() == "precious"
    assert last_backup(database) == (NOW, tmp_path / "copy.db")
    assert (note.is_symlink(), note.stat().st_mode & 0o077) == (False, 0)
    assert names_beside(database) == ["digest.db.last-backup", "precious"]


def test_a_database_that_was_open_to_others_is_tightened_when_it_is_opened(store, database_url, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    files = [tmp_path / "data" / name for name in ("digest.db", "digest.db-wal", "digest.db-shm")]
    for one in files:
        one.chmod(0o644)
    second = Store.open(database_url)
    assert [one.name for one in files if one.stat().st_mode & 0o077] == []
    second.close()


def test_a_damaged_copy_is_not_put_back(store, database_url, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(), [an_item(f"Report {n}", "words " * 300) for n in range(50)], [])
    copy = tmp_path / "copy.db"
    store.backup(copy)
    store.close()
    with copy.open("r+b") as file:
        file.seek(copy.stat().st_size // 2)
        file.write(b"\xff" * 20_000)
    with pytest.raises(StorageError, match="This backup is damaged; nothing was changed"):
        put_back(copy, database_url, now=NOW)
    assert names_beside(tmp_path / "data" / "digest.db") == []


def test_the_command_line_backs_up_and_puts_back(here, store, tmp_path, capsys):  # noqa: F811
    """Through the front door: exit 0 and a sentence, exit 2 and a sentence while the database is in use."""
    store.sources.sync([a_source()], now=NOW)
    assert bot.main(["backup", "copy.db"]) == 0
    at, where = last_backup(tmp_path / "data" / "digest.db")
    assert (abs(datetime.now(UTC) - at) < timedelta(minutes=1), where) == (True, tmp_path / "copy.db")
    assert bot.main(["restore", "copy.db"]) == 2
    assert "Stop the bot first" in capsys.readouterr().err
    store.close()
    assert bot.main(["restore", "copy.db"]) == 0
    assert "what was there is kept as" in capsys.readouterr().out
    assert bot.main(["restore", "absent.db"]) == 2


def test_a_copy_from_before_an_update_goes_after_two_weeks(database_url: str) -> None:
    with closing(Store.open(database_url)) as store:
        store.readers.prune(NOW)
    path = path_of(database_url)
    made = [copy_before_update(path, steps=n, now=NOW - timedelta(days=days)) for n, days in ((1, 15), (2, 13))]
    with closing(Store.open(database_url)) as store:
        store.prune(now=NOW)
    assert [copy.exists() for copy in made] == [False, True]
