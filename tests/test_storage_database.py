"""Opening, migrating, transactions, backup: the file itself."""

import itertools
import multiprocessing
import sqlite3
import threading

import pytest

from digest.errors import StorageError
from digest.model import Wishes
from digest.readers import Cadence
from storage import migrations
from storage.store import Store
from storage.thread import StoreThread
from tests.conftest import a_poll, a_source, an_item, utc

NOW = utc("2026-11-21 01:00")


def open_and_close(url: str) -> str:
    try:
        Store.open(url).close()
    except StorageError as error:
        return str(error)
    return "ok"


def test_four_starters_at_once_all_find_the_tables(database_url):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert pool.map(open_and_close, [database_url] * 8, chunksize=1) == ["ok"] * 8
    store = Store.open(database_url, read_only=True)
    assert store.stats(now=NOW).items == 0
    store.close()


def test_four_threads_at_once_all_find_the_tables(database_url):
    answers = []
    starters = [threading.Thread(target=lambda: answers.append(open_and_close(database_url))) for _ in range(4)]
    for starter in starters:
        starter.start()
    for starter in starters:
        starter.join()
    assert answers == ["ok"] * 4


def test_opening_again_keeps_what_is_there(store, database_url):
    store.sources.sync([a_source()], now=NOW)
    again = Store.open(database_url)
    assert [state.source for state in again.sources.all()] == [a_source()]
    again.close()


def test_the_log_is_a_wal_and_keys_are_enforced(store, tmp_path):
    connection = sqlite3.connect(tmp_path / "data" / "digest.db")
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()
    with pytest.raises(StorageError, match="FOREIGN KEY"):
        store.lines.add(404, 0, Wishes(), Cadence(), now=NOW)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://me:secret@host/db", "begins with “postgres”"),
        ("data/digest.db", "begins with “data/digest.db”"),
        ("sqlite://", "must name a file"),
        ("sqlite:///", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite://data/digest.db", "must name a file"),
        ("sqlite:////proc/no/such/digest.db", "Is the folder writable"),
    ],
)
def test_a_wrong_url_is_one_clear_sentence(url, sentence):
    with pytest.raises(StorageError, match=sentence) as caught:
        Store.open(url)
    assert "secret" not in str(caught.value)


def test_a_relative_url_is_relative(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Store.open("sqlite:///here/digest.db").close()
    assert (tmp_path / "here" / "digest.db").exists()


def test_a_file_in_the_way_of_the_folder_is_one_clear_sentence(tmp_path):
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(StorageError, match="Is the folder writable"):
        Store.open(f"sqlite:///{tmp_path}/data/digest.db")


def test_a_file_that_is_no_database_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes, " * 200)
    path.chmod(0o644)
    with pytest.raises(StorageError, match="cannot be used as a database: file is not a database"):
        Store.open(f"sqlite:///{path}")
    assert path.read_text() == "my notes, " * 200
    assert path.stat().st_mode & 0o777 == 0o644


def test_the_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("create table items (id)")
    other.close()
    path.chmod(0o644)
    before = path.read_bytes()
    with pytest.raises(StorageError, match="another program"):
        Store.open(f"sqlite:///{path}")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o644)
    assert list(tmp_path.iterdir()) == [path]


def test_a_newer_schema_is_refused(store, database_url, tmp_path):
    connection = sqlite3.connect(tmp_path / "data" / "digest.db")
    with connection:
        connection.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('digest', 'from_next_year', '')"
        )
    connection.close()
    for read_only in (False, True):
        with pytest.raises(StorageError, match=r"newer version of this program \(it has from_next_year\)"):
            Store.open(database_url, read_only=read_only)


def test_an_older_schema_is_brought_up_to_date_by_a_writer_only(tmp_path):
    url = f"sqlite:///{tmp_path}/digest.db"
    first, *_ = all_steps = migrations.STEPS
    migrations.STEPS = (first,)
    try:
        Store.open(url).close()
    finally:
        migrations.STEPS = all_steps
    with pytest.raises(StorageError, match="older than this program"):
        Store.open(url, read_only=True)
    Store.open(url).close()
    Store.open(url, read_only=True).close()


def test_items_stored_before_acts_were_kept_have_none(tmp_path):
    url = f"sqlite:///{tmp_path}/digest.db"
    all_steps = migrations.STEPS
    migrations.STEPS = all_steps[:2]
    try:
        Store.open(url).close()
    finally:
        migrations.STEPS = all_steps
    connection = sqlite3.connect(tmp_path / "digest.db")
    with connection:
        connection.execute(
            "insert into sources (id, url, name, tier, topics, places, enabled, position, fetch_url, added_at)"
            " values (1, 'u', 'n', 2, '[]', '[]', 1, 0, 'u', 0)"
        )
        connection.execute(
            "insert into items (source_id, identity, url, canonical_url, title, text, language, published, dated,"
            " first_seen, topics, places, pairs, relevant, reasons, summary, marks, facets)"
            " values (1, 'i', 'u', 'u', 't', '', 'en', 0, 1, 0, '[]', '[]', '[]', 1, '[]', '[]', '', '')"
        )
    connection.close()
    store = Store.open(url)
    (item,) = store.items.export(None)
    store.close()
    assert (item.labels.act, item.labels.level) == (None, 0)


def test_a_step_that_fails_leaves_nothing_behind(tmp_path):
    def broken(db):
        db.execute("create table half_done (id)")
        db.execute("create table half_done (id)")

    all_steps = migrations.STEPS
    migrations.STEPS = (*all_steps, broken)
    try:
        with pytest.raises(StorageError, match="half_done already exists"):
            Store.open(f"sqlite:///{tmp_path}/digest.db")
    finally:
        migrations.STEPS = all_steps
    connection = sqlite3.connect(tmp_path / "digest.db")
    assert connection.execute("select count(*) from sqlite_schema").fetchone() == (0,)
    connection.close()


def test_a_reader_needs_a_database_and_cannot_write(store, database_url, tmp_path):
    with pytest.raises(StorageError, match="There is no database at"):
        Store.open(f"sqlite:///{tmp_path}/absent.db", read_only=True)
    reader = Store.open(database_url, read_only=True)
    with pytest.raises(StorageError, match="readonly"):
        reader.sources.sync([a_source()], now=NOW)
    store.sources.sync([a_source()], now=NOW)
    assert len(reader.sources.all()) == 1
    reader.close()


def test_a_transaction_is_all_or_nothing(store):
    def two_changes_then_an_error():
        with store.transaction():
            store.sources.sync([a_source()], now=NOW)
            store.items.save_poll(a_poll(), [an_item("One")], [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        two_changes_then_an_error()
    assert store.sources.all() == []


def test_a_change_that_fails_inside_a_transaction_is_undone_alone(store):
    def an_item_then_an_error():
        with store.transaction():
            store.items.save_poll(a_poll(), [an_item("One")], [])
            raise ZeroDivisionError

    with store.transaction():
        store.sources.sync([a_source()], now=NOW)
        with pytest.raises(ZeroDivisionError):
            an_item_then_an_error()
    assert len(store.sources.all()) == 1
    assert list(store.items.export(None)) == []


def test_a_transaction_keeps_other_writers_out_until_it_ends(store, database_url):
    other = Store.open(database_url)
    other._db.execute("pragma busy_timeout = 20")
    with store.transaction(), pytest.raises(StorageError, match="locked"):
        other.sources.sync([a_source()], now=NOW)
    other.sources.sync([a_source()], now=NOW)
    assert len(store.sources.all()) == 1
    other.close()


def test_the_log_stays_small_while_a_reader_looks_on(store, database_url, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    reader = Store.open(database_url, read_only=True)
    for n in range(150):
        store.items.save_poll(a_poll(), [an_item(f"Report {n}", f"word{n} " * 500)], [])
        assert reader.items.get(n + 1) is not None
    assert (tmp_path / "data" / "digest.db-wal").stat().st_size < 8 * 1024 * 1024
    reader.close()


def test_a_full_disk_keeps_what_was_stored_and_lets_go_of_the_rest(store):
    store.sources.sync([a_source()], now=NOW)
    store.items.save_poll(a_poll(etag="1"), [an_item("Before")], [])
    pages = store._db.value("pragma page_count")
    store._db.execute(f"pragma max_page_count = {pages + 5}")
    with pytest.raises(StorageError, match="full"):
        store.items.save_poll(a_poll(etag="2"), [an_item(f"Too much {n}", "word " * 2000) for n in range(9)], [])
    store._db.execute("pragma max_page_count = 1000000")
    assert [item.title for item in store.items.export(None)] == ["Before"]
    assert [state.etag for state in store.sources.all()] == ["1"]
    store.items.save_poll(a_poll(), [an_item("After")], [])
    is_sound(store)


def is_sound(store):
    """Nothing is broken, dangling or missing from the search index."""
    assert [row[0] for row in store._db.rows("pragma integrity_check")] == ["ok"]
    assert store._db.rows("pragma foreign_key_check") == []
    store._db.execute("insert into items_fts (items_fts, rank) values ('integrity-check', 1)")


def store_for_ever(url: str, stored) -> None:
    store = Store.open(url)
    for n in itertools.count():
        store.items.save_poll(a_poll(), [an_item(f"Report {n}-{m}", "some words " * 50) for m in range(20)], [])
        stored.send(n)


def test_a_kill_loses_nothing_that_was_stored(store, database_url):
    store.sources.sync([a_source()], now=NOW)
    spawn = multiprocessing.get_context("spawn")
    receiving, sending = spawn.Pipe(duplex=False)
    writer = spawn.Process(target=store_for_ever, args=(database_url, sending))
    writer.start()
    polls = [receiving.recv() for _ in range(20)]
    writer.kill()
    writer.join()
    assert store.stats(now=NOW).items >= 20 * len(polls)
    assert store.stats(now=NOW).items % 20 == 0
    is_sound(store)
    receiving.close()
    sending.close()


def test_a_backup_is_a_whole_database_while_another_writes(store, database_url, tmp_path):
    store.sources.sync([a_source()], now=NOW)
    stop = threading.Event()
    stored = []

    def write():
        writer = Store.open(database_url)
        while not stop.is_set():
            n = len(stored)
            writer.items.save_poll(a_poll(), [an_item(f"Report {n}")], [])
            stored.append(n)
        writer.close()

    writing = threading.Thread(target=write)
    writing.start()
    try:
        while len(stored) < 5:
            assert writing.is_alive()
        before = len(stored)
        reader = Store.open(database_url, read_only=True)
        reader.backup(tmp_path / "copy.db")
        reader.close()
    finally:
        stop.set()
        writing.join()
    copy = Store.open(f"sqlite:///{tmp_path}/copy.db")
    assert before <= copy.stats(now=NOW).items <= len(stored)
    is_sound(copy)
    copy.close()


def test_a_backup_never_replaces_a_file(store, tmp_path):
    precious = tmp_path / "precious.db"
    precious.write_text("mine")
    with pytest.raises(StorageError, match="File exists"):
        store.backup(precious)
    assert precious.read_text() == "mine"
    with pytest.raises(StorageError, match="No such file or directory"):
        store.backup(tmp_path / "absent" / "copy.db")


def test_stats_count_what_is_there(store):
    store.sources.sync([a_source(), a_source("https://other.example/rss")], now=NOW)
    store.items.save_poll(a_poll(), [an_item("One"), an_item("Two")], [])
    store.items.save_poll(a_poll("https://other.example/rss", error="gone", http_status=410), [], [])
    stats = store.stats(now=NOW)
    assert (stats.sources, stats.failing, stats.gone, stats.due) == (2, 1, 1, 0)
    assert (stats.items, stats.relevant, stats.unplaced, stats.stories, stats.chats) == (2, 0, 2, 0, 0)
    assert stats.last_polled_at == NOW
    assert stats.sqlite == sqlite3.sqlite_version
    assert stats.size > 0


async def test_a_store_in_its_threads_writes_and_reads(database_url):
    thread = await StoreThread.open(database_url)
    await thread.run(lambda store: store.sources.sync([a_source()], now=NOW))
    assert len(await thread.read(lambda store: store.sources.all())) == 1
    writer, reader = (
        await thread.run(lambda _: threading.get_ident()),
        await thread.read(lambda _: threading.get_ident()),
    )
    assert len({writer, reader, threading.get_ident()}) == 3
    with pytest.raises(StorageError, match="readonly"):
        await thread.read(lambda store: store.sources.sync([], now=NOW))
    await thread.close()


async def test_a_store_that_cannot_be_opened_says_so_at_once():
    with pytest.raises(StorageError, match="begins with “mysql”"):
        await StoreThread.open("mysql://host/db")
