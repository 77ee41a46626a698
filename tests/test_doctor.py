"""The check-up finds what is broken, says so on one screen, and never says a secret."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

import bot
from digest.checkup import LARGE_WAL, Telegram, judge_database, judge_settings, judge_telegram
from digest.health import Audit, Check, DatabaseHealth, Fault, Finding, Level, Listening, Shelves, Unclosed
from digest.readers import PartState
from digest.settings import Settings
from playground.botapi import BotApi
from playground.newsstand import Newsstand
from render.doctor_view import doctor_text, sentence, unclosed
from render.words import LANGUAGES, load_words
from storage import migrations
from storage.store import Store
from tests.conftest import utc
from tests.test_commands import here  # noqa: F401 - a fixture
from tests.test_delivery import subscriber
from tests.world import DAWN, running_bot

NOW = utc("2026-11-21 01:00")
SOUND = DatabaseHealth(
    path="data/digest.db",
    size=5_000_000,
    wal=0,
    free=10**10,
    sqlite="3.51.3",
    damage=(),
    steps_missing=0,
    backed_up=(NOW - timedelta(days=1), "/backups/digest.db"),
    shelves=Shelves(
        audit=Audit(at=NOW, items=9, stories=5, editions=2, planned=3, states=dict.fromkeys(PartState, 0), faults=()),
        listening=Listening(
            enabled=10, failing=(), gone=(), overdue=0, last_polled_at=NOW - timedelta(minutes=1)
        ),
        failed=0,
        uncertain=0,
    ),
)  # fmt: skip
LISTENING = SOUND.shelves.listening
TELEGRAM = Telegram(username="digest_bot", time=NOW)
WEBHOOK = Settings(webhook_url="https://bot.example/hidden-path")


def findings(checks: list[Check], level: Level) -> list[Finding]:
    return [check.finding for check in checks if check.level is level]


def listening(**fields: Any) -> DatabaseHealth:
    return replace(SOUND, shelves=replace(SOUND.shelves, listening=replace(LISTENING, **fields)))


def test_nothing_is_wrong_with_a_sound_database():
    checks = judge_database(SOUND, now=NOW)
    assert (findings(checks, Level.WRONG), findings(checks, Level.NOTE)) == ([], [])


@pytest.mark.parametrize(
    ("health", "level", "finding"),
    [
        (replace(SOUND, damage=("page 7 is lost",), shelves=None), Level.WRONG, Finding.DAMAGED),
        (replace(SOUND, damage=None), Level.NOTE, Finding.NOT_EXAMINED),
        (replace(SOUND, open_to_others=True), Level.WRONG, Finding.OPEN_TO_OTHERS),
        (replace(SOUND, writable=False), Level.WRONG, Finding.UNWRITABLE),
        (replace(SOUND, steps_missing=2, shelves=None), Level.NOTE, Finding.SCHEMA_OLDER),
        (replace(SOUND, sqlite="3.40.1"), Level.NOTE, Finding.SQLITE_OLD),
        (replace(SOUND, free=10**6), Level.WRONG, Finding.DISK_LOW),
        (replace(SOUND, size=10**10), Level.WRONG, Finding.DISK_LOW),
        (replace(SOUND, wal=LARGE_WAL + 1), Level.WRONG, Finding.WAL_LARGE),
        (replace(SOUND, backed_up=None), Level.NOTE, Finding.BACKUP_NONE),
        (replace(SOUND, backed_up=(NOW - timedelta(days=9), "/x")), Level.WRONG, Finding.BACKUP_OLD),
        (listening(last_polled_at=None), Level.NOTE, Finding.NEVER_POLLED),
        (listening(last_polled_at=NOW + timedelta(hours=1)), Level.WRONG, Finding.CLOCK_BEHIND),
        (listening(overdue=1), Level.WRONG, Finding.POLLS_OVERDUE),
        (listening(failing=("The Example",)), Level.NOTE, Finding.SOURCES_FAILING),
        (listening(failing=tuple("abcdefghi")), Level.WRONG, Finding.SOURCES_DOWN),
        (listening(gone=("The Example",)), Level.NOTE, Finding.SOURCES_GONE),
        (replace(SOUND, shelves=replace(SOUND.shelves, failed=1)), Level.WRONG, Finding.FAILED),
        (replace(SOUND, shelves=replace(SOUND.shelves, uncertain=1)), Level.NOTE, Finding.UNCERTAIN),
    ],
)
def test_a_database_in_trouble(health: DatabaseHealth, level: Level, finding: Finding):
    checks = judge_database(health, now=NOW)
    assert findings(checks, level) == [finding]
    assert findings(checks, Level.NOTE if level is Level.WRONG else Level.WRONG) == []


@pytest.mark.parametrize("what", list(Unclosed))
def test_a_sum_that_does_not_close_is_wrong(what: Unclosed):
    audit = replace(SOUND.shelves.audit, faults=(Fault(what=what, count=2, example=17),))
    checks = judge_database(replace(SOUND, shelves=replace(SOUND.shelves, audit=audit)), now=NOW)
    assert findings(checks, Level.WRONG) == [Finding.BOOKS_OPEN]
    said = {language: unclosed(audit.faults[0], load_words(language)) for language in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    assert all("2" in one and "17" in one for one in said.values())


@pytest.mark.parametrize(
    ("telegram", "settings", "level", "found"),
    [
        (TELEGRAM, Settings(), Level.OK, [Finding.TELEGRAM, Finding.POLLING, Finding.CLOCK]),
        (replace(TELEGRAM, webhook_url=WEBHOOK.webhook_url), WEBHOOK, Level.OK,
         [Finding.TELEGRAM, Finding.WEBHOOK, Finding.CLOCK]),
        (Telegram(silent="no line"), Settings(), Level.NOTE, [Finding.TELEGRAM_SILENT]),
        (replace(TELEGRAM, username=None), Settings(), Level.WRONG, [Finding.TOKEN_UNKNOWN]),
        (replace(TELEGRAM, inline=False), Settings(), Level.NOTE, [Finding.INLINE_OFF]),
        (TELEGRAM, WEBHOOK, Level.WRONG, [Finding.WEBHOOK_MISSING]),
        (replace(TELEGRAM, webhook_url="https://thief.example/"), Settings(), Level.WRONG, [Finding.WEBHOOK_UNASKED]),
        (replace(TELEGRAM, webhook_url="https://bot.example/x"), WEBHOOK, Level.WRONG, [Finding.WEBHOOK_ELSEWHERE]),
        (replace(TELEGRAM, webhook_url=WEBHOOK.webhook_url, trouble="Connection refused",
                 trouble_at=NOW - timedelta(minutes=5)), WEBHOOK, Level.WRONG, [Finding.WEBHOOK_FAILING]),
        (replace(TELEGRAM, time=NOW + timedelta(minutes=2)), Settings(), Level.WRONG, [Finding.CLOCK_OFF]),
        (replace(TELEGRAM, time=NOW - timedelta(minutes=2)), Settings(), Level.WRONG, [Finding.CLOCK_OFF]),
    ],
)  # fmt: skip
def test_what_telegram_says(telegram: Telegram, settings: Settings, level: Level, found: list[Finding]):
    checks = judge_telegram(telegram, settings, now=NOW)
    assert findings(checks, level) == found
    assert "hidden-path" not in doctor_text(checks, words=load_words("en"), zone="UTC", now=NOW)


def test_every_setting_that_is_wrong_is_named_not_only_the_first():
    checks, settings = judge_settings(
        {"PORT": "x", "DEFAULT_LANGUAGE": "fr", "ADMIN_IDS": "1", "SEND_RATE": "5"}, languages=("en", "vi")
    )
    said = [check.values["sentence"] for check in checks if check.finding is Finding.SETTING_WRONG]
    assert [one.split()[0] for one in said] == ["PORT", "DEFAULT_LANGUAGE"]
    assert (settings.port, settings.send_rate) == (Settings().port, 5.0)


VALUES = {
    "sentence": "S", "name": "N", "reason": "R", "host": "h", "wanted": "w", "waiting": 1, "at": NOW, "seconds": 3,
    "path": "p", "n": 7, "enabled": 2, "size": 2_500_000, "fault": "f", "version": "3", "free": 9, "needed": 10**10,
    "total": 8, "names": tuple("abcdefgh"), "items": 1, "stories": 1, "editions": 1, "planned": 1, "sent": 1,
    "uncertain": 1, "refused": 1, "failed": 1, "expired": 1, "what": Unclosed.NO_HOUR, "example": 5,
}  # fmt: skip


@pytest.mark.parametrize("finding", list(Finding))
def test_every_finding_has_its_sentence_in_every_language(finding: Finding):
    check = Check(level=Level.NOTE, finding=finding, values=VALUES)
    said = {sentence(check, words=load_words(one), zone="UTC", now=NOW) for one in LANGUAGES}
    assert all(one and "{" not in one for one in said)
    assert len(said) == len(LANGUAGES) or finding is Finding.SQLITE


# The whole of it


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the sample feeds were polled just now, by the command."""
    folder = tmp_path_factory.mktemp("polled")

    async def poll() -> None:
        async with Newsstand(datetime.now(UTC)) as stand:
            (folder / "feeds.yaml").write_text(stand.feeds_yaml(), encoding="utf-8")
            run = [sys.executable, str(Path(bot.__file__)), "poll"]
            await asyncio.to_thread(subprocess.run, run, cwd=folder, env={"PATH": "/usr/bin"}, check=True)

    asyncio.run(poll())
    return folder


@pytest.fixture
async def at_work(here: Path, polled: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApi]:  # noqa: F811
    """Telegram on loopback, and a copy of that folder."""
    shutil.copytree(polled, here, dirs_exist_ok=True)
    async with BotApi() as api:
        monkeypatch.setenv("TELEGRAM_BOT_TOKEN", api.token)
        monkeypatch.setenv("TELEGRAM_API_URL", api.base_url)
        monkeypatch.setenv("ADMIN_IDS", "4242424242")
        yield api


async def doctor(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    status = await asyncio.to_thread(bot.main, ["doctor", "--format", "json", *argv])
    return status, json.loads(capsys.readouterr().out)


def wrong(told: dict[str, Any]) -> list[str]:
    return [check["finding"] for check in told["checks"] if check["level"] == "wrong"]


async def test_all_is_well(at_work: BotApi, capsys: pytest.CaptureFixture[str]):
    status, told = await doctor(capsys)
    assert (status, told["ok"], wrong(told)) == (0, True, [])
    fine = {check["finding"] for check in told["checks"] if check["level"] == "ok"}
    assert fine >= {"settings", "telegram", "polling", "clock", "feeds", "database", "polled", "sources", "delivered"}
    assert await asyncio.to_thread(bot.main, ["doctor", "--language", "vi"]) == 0
    screen = capsys.readouterr().out
    assert "Không có lỗi nào." in screen
    assert len(screen.splitlines()) <= 24


async def test_after_a_backup_it_knows_when(at_work: BotApi, here: Path, capsys: pytest.CaptureFixture[str]):  # noqa: F811
    await asyncio.to_thread(bot.main, ["backup", "copy.db"])
    _, told = await doctor(capsys)
    (check,) = [check for check in told["checks"] if check["finding"] == "backup"]
    assert check["values"]["path"] == str(here / "copy.db")


def edit(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executescript(statement)


def scribble(database: Path) -> None:
    """Overwrite pages in the middle of the file."""
    edit(database, "pragma wal_checkpoint(truncate)")
    with database.open("r+b") as file:
        for page in range(30, 60):
            file.seek(4096 * page)
            file.write(b"\xa5" * 2048)


@pytest.mark.parametrize(
    ("trouble", "finding"),
    [
        (scribble, "damaged"),
        (lambda db: edit(db, "drop trigger items_edited; update items set title = 'x' where id = 1"), "damaged"),
        (lambda db: edit(db, "update items set story_id = 99999 where id = 1"), "damaged"),
        (lambda db: edit(db, "drop table saved"), "damaged"),
        (lambda db: edit(db, "alter table chats drop column silent"), "damaged"),
        (lambda db: edit(db, "create trigger evil after insert on chats begin delete from items; end"), "damaged"),
        (lambda db: edit(db, "create view slow as select * from chats, chats"), "damaged"),
        (lambda db: db.chmod(0o640), "open_to_others"),
        (lambda db: edit(db, "insert into _sqlite_migrations values (99, 'digest', 'next_year', '')"),
         "database_wrong"),
        (lambda db: db.write_bytes(b"my notes " * 900), "database_wrong"),
        (lambda db: edit(db, "update sources set next_poll_at = 0"), "polls_overdue"),
        (lambda db: edit(db, "update sources set last_error = 'timeout'"), "sources_down"),
        (lambda db: edit(db, "update sources set last_polled_at = last_polled_at + 86400"), "clock_behind"),
        (lambda db: edit(db, "insert into stories (first_seen, last_published) values (0, 0)"), "books_open"),
        (lambda db: db.with_name("digest.db.last-backup").write_text("2020-01-01T00:00:00Z /old.db\n"), "backup_old"),
        (lambda db: (db.parent.parent / "feeds.yaml").write_text("feeds: nonsense"), "feeds_wrong"),
        (lambda db: (db.parent.parent / "feeds.yaml").write_text(
            "feeds:\n  - {url: 'https://a.example/', name: A, enabled: false}\n"), "feeds_none"),
    ],
)  # fmt: skip
async def test_what_is_broken_is_found(
    at_work: BotApi, here: Path, capsys: pytest.CaptureFixture[str], trouble: Any, finding: str  # noqa: F811
):  # fmt: skip
    trouble(here / "data" / "digest.db")
    status, told = await doctor(capsys)
    assert (status, told["ok"], wrong(told)) == (1, False, [finding])


async def test_a_webhook_that_nobody_asked_for_is_found(at_work: BotApi, capsys: pytest.CaptureFixture[str]):
    async with aiohttp.ClientSession() as session:
        url = f"{at_work.base_url}/bot{at_work.token}/setWebhook"
        await session.post(url, json={"url": "https://thief.example/path"})
    assert wrong((await doctor(capsys))[1]) == ["webhook_unasked"]


async def test_a_token_that_telegram_does_not_know_is_found(
    at_work: BotApi, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123456:" + "x" * 35)
    assert wrong((await doctor(capsys))[1]) == ["token_unknown"]


async def test_inline_mode_that_is_off_is_a_note(at_work: BotApi, capsys: pytest.CaptureFixture[str]):
    at_work.world.inline_mode = False
    status, told = await doctor(capsys)
    [note] = [check for check in told["checks"] if check["finding"] == "inline_off"]
    assert (status, note["level"]) == (0, "note")
    assert "/setinline" in note["sentence"]


async def test_a_telegram_that_is_silent_is_a_note(
    at_work: BotApi, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9")
    status, told = await doctor(capsys)
    assert (status, [check["level"] for check in told["checks"] if check["finding"] == "telegram_silent"]) == (
        0,
        ["note"],
    )


async def test_an_older_schema_is_a_note_and_a_new_one_is_left_alone(
    at_work: BotApi, here: Path, capsys: pytest.CaptureFixture[str]  # noqa: F811
):  # fmt: skip
    database = here / "data" / "digest.db"
    database.unlink()
    all_steps = migrations.STEPS
    migrations.STEPS = all_steps[:3]
    try:
        Store.open(f"sqlite:///{database}").close()
    finally:
        migrations.STEPS = all_steps
    before = database.read_bytes()
    status, told = await doctor(capsys)
    assert (status, {check["finding"] for check in told["checks"]} >= {"schema_older"}) == (0, True)
    assert database.read_bytes() == before


async def test_it_holds_nobody_up_while_the_bot_writes(at_work: BotApi, here: Path, capsys: pytest.CaptureFixture[str]):  # noqa: F811
    """The check of the search index would lock writers out: it is made in a copy."""
    with closing(Store.open(f"sqlite:///{here}/data/digest.db")) as store, store.transaction():
        store._db.execute("insert into stories (first_seen, last_published) values (0, 0)")
        status, _ = await doctor(capsys)
    assert status == 0


def test_it_says_no_secret_whatever_is_wrong(here: Path):  # noqa: F811
    token, secret, password = "987654321:" + "Zk3_" * 9, "hush-hush-hush", "dbpassword99"
    (here / "feeds.yaml").write_text("feeds:\n  - {url: 'http://u:feedpass77@127.0.0.1:1/', name: A}\n")
    for env in (
        {"TELEGRAM_BOT_TOKEN": token, "TELEGRAM_API_URL": "http://127.0.0.1:9"},
        {"TELEGRAM_BOT_TOKEN": token + " ", "TELEGRAM_API_URL": "http://[::1"},
        {"TELEGRAM_BOT_TOKEN": token[:20], "WEBHOOK_SECRET": secret + "!"},
        {"TELEGRAM_BOT_TOKEN": token, "WEBHOOK_SECRET": secret, "WEBHOOK_URL": "http://bot.example/x"},
        {"DATABASE_URL": f"postgres://me:{password}@host/db"},
    ):
        run = [sys.executable, str(Path(bot.__file__)), "doctor"]
        done = subprocess.run(run, env={"PATH": "/usr/bin", **env}, capture_output=True, text=True)
        assert done.returncode in (0, 1)
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        assert not [one for one in (token, token[:20], token[-20:], secret, password, "feedpass77") if one in said]


async def test_an_admin_hears_once_a_day_that_the_books_do_not_close(news: Path, tmp_path: Path):
    async with running_bot(tmp_path / "bot.db", news=news, admin_ids=frozenset({1001})) as world:
        ann = await subscriber(world)
        await ann.say("/language vi")
        await world.bot.alarms.audit()
        seen = len(ann.messages)
        await world.newsroom.store.run(
            lambda store: store._db.execute("insert into stories (first_seen, last_published) values (0, 0)")
        )
        world.clock.forward(hours=23)
        await world.bot.alarms.audit()
        assert len(ann.messages) == seen
        world.clock.forward(hours=1)
        await world.bot.deliver()
        seen = len(ann.messages)
        await world.bot.alarms.audit()
        await world.bot.alarms.audit()
    (told,) = ann.messages[seen:]
    assert "số liệu không khớp" in told.text
    assert "1 tin không có bài nào" in told.text
    assert world.clock.now > DAWN
