"""The command line: what each command prints, and a clear sentence for everything that is wrong."""

import asyncio
import json
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import bot
from digest.errors import FEED_ERROR_KINDS
from playground.botapi import BotApi
from playground.newsstand import Newsstand
from storage.lock import Lock

ROOT = Path(__file__).parent.parent


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to run in, with no settings of whoever runs the tests; logging is left as it was found."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    for name in [name for name in os.environ if name.startswith(("TELEGRAM_", "DEFAULT_", "FEEDS_", "DATABASE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/data/digest.db")
    monkeypatch.setenv("FEEDS_FILE", str(tmp_path / "feeds.yaml"))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.fixture
def polled(here: Path, capsys: pytest.CaptureFixture[str]) -> list[dict]:
    """A database that has polled the sample feeds now; the lines that `poll` printed."""

    async def poll() -> None:
        async with Newsstand(datetime.now(UTC)) as stand:
            (here / "feeds.yaml").write_text(stand.feeds_yaml(), encoding="utf-8")
            await asyncio.to_thread(bot.main, ["poll", "--format", "json"])

    asyncio.run(poll())
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert bot.main(list(argv)) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert bot.main(list(argv)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def test_poll_prints_a_record_for_each_source(polled: list[dict]) -> None:
    keys = {"url", "name", "http_status", "error", "new", "updated", "next_poll_at", "seconds"}
    assert len(polled) >= 8
    assert all(keys <= set(record) for record in polled)
    assert {record["error"] for record in polled} == {"none"}
    assert sum(record["new"] for record in polled) > 100


def test_poll_goes_on_past_a_source_that_fails(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def poll() -> None:
        async with Newsstand(datetime.now(UTC)) as stand:
            dead = "  - url: http://127.0.0.1:1/feed\n    name: Nobody\n"
            (here / "feeds.yaml").write_text(stand.feeds_yaml().rstrip() + "\n" + dead, encoding="utf-8")
            await asyncio.to_thread(bot.main, ["poll", "--format", "json"])

    asyncio.run(poll())
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    errors = {record["name"]: record["error"] for record in records}
    assert errors.pop("Nobody") in FEED_ERROR_KINDS
    assert set(errors.values()) == {"none"}
    assert sum(record["new"] for record in records) > 100


def test_poll_leaves_the_database_to_a_bot_that_runs(
    here: Path, polled: list[dict], capsys: pytest.CaptureFixture[str]
) -> None:
    lock = Lock(os.environ["DATABASE_URL"])
    assert lock.take()
    try:
        assert "The bot is running and polls by itself" in refused(capsys, "poll")
    finally:
        lock.release()


def test_a_feeds_password_is_in_no_output(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "feeds.yaml").write_text(
        "feeds:\n- {url: 'http://editor:hush@127.0.0.1:1/feed', name: Paid}\n", encoding="utf-8"
    )
    for argv in (["poll", "--format", "json"], ["poll"], ["feeds", "export"], ["feeds", "check"], ["stats"]):
        bot.main(argv)
    said = capsys.readouterr()
    assert "Paid" in said.out
    assert "hush" not in said.out + said.err


def test_export_has_one_line_an_item(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in told(capsys, "export").splitlines()]
    assert len(rows) == sum(record["new"] for record in polled)
    assert {
        "url", "canonical_url", "title", "source", "published", "language", "relevance", "topics", "places", "pairs",
        "story_id", "summary",
    } <= set(rows[0])  # fmt: skip
    assert all(row["story_id"] for row in rows)
    assert {row["relevance"] for row in rows} == {0, 1}
    assert len(told(capsys, "export", "--since", "1h").splitlines()) < len(rows)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("by", ["topic", "place"])
def test_digest_as_json_is_what_the_text_shows(
    polled: list[dict], capsys: pytest.CaptureFixture[str], language: str, by: str
) -> None:
    wish = ("--language", language, "--by", by)
    made = json.loads(told(capsys, "digest", "--format", "json", *wish))
    text = " ".join(told(capsys, "digest", *wish).split())
    headlines = [story["headline"] for section in made["sections"] for story in section["stories"]]
    assert 0 < len(headlines) <= 12
    assert all(" ".join(headline.split()) in text for headline in headlines)


def test_digest_keeps_to_its_wishes(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    made = json.loads(told(capsys, "digest", "--format", "json", "--topic", "ngo", "--place", "cu"))
    stories = [story for section in made["sections"] for story in section["stories"]]
    assert stories
    assert all("ngo" in story["topics"] and "CU" in story["places"] for story in stories)


@pytest.mark.parametrize(("style", "begins"), [("html", "<!doctype html>"), ("telegram", "<b>Diplomacy Digest</b>")])
def test_digest_speaks_html_and_telegram(
    polled: list[dict], capsys: pytest.CaptureFixture[str], style: str, begins: str
) -> None:
    assert told(capsys, "digest", "--format", style).startswith(begins)


def test_search_finds_with_and_without_accents(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    titles = {
        words: [hit["title"] for hit in json.loads(told(capsys, "search", words, "--format", "json"))["hits"]]
        for words in ("da nang", "Đà Nẵng")
    }
    assert titles["da nang"]
    assert "Đà Nẵng" in json.dumps(
        json.loads(told(capsys, "search", "Đà Nẵng", "--format", "json")), ensure_ascii=False
    )
    assert any("Đà Nẵng" in title for title in titles["Đà Nẵng"] + titles["da nang"])
    assert "Nothing found" in told(capsys, "search", "xyzzy")


def test_search_understands_operators_and_says_what_it_did_not(
    polled: list[dict], capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(*words: str) -> dict:
        return json.loads(told(capsys, "search", *words, "--limit", "100", "--format", "json"))

    by_option = asked("--place", "LA", "--topic", "people")
    by_operator = asked("nơi:lào", "topic:people")
    assert by_operator["hits"]
    assert by_operator["hits"] == by_option["hits"]
    assert (by_operator["query"], by_operator["places"], by_operator["topics"]) == ("", ["LA"], ["people"])
    answer = told(capsys, "search", "place:xyzz", "freindship")
    assert "I do not know the place “xyzz”, so I left it out." in answer
    assert re.search(r"Perhaps you want this:\s[^1]*friendship · \d+ found", answer)


def test_search_keeps_to_its_dates(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    def found(*window: str) -> int:
        return len(
            json.loads(told(capsys, "search", "viet nam", "--limit", "100", "--format", "json", *window))["hits"]
        )

    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert found() == found("--until", tomorrow) > 0
    assert found("--since", tomorrow) == 0
    assert found("--until", today.isoformat()) == found()  # the whole of that day
    assert found("--since", "1m") == 0
    assert "is no time" in refused(capsys, "search", "x", "--since", "sometime")


def test_words_bring_stories_in_and_keep_them_out(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    def headlines(*wish: str) -> list[str]:
        made = json.loads(told(capsys, "digest", "--format", "json", "--topic", "party", *wish))
        return [story["headline"] for section in made["sections"] for story in section["stories"]]

    assert any("Cuba" in headline for headline in headlines("--word", "Cuba"))
    assert headlines("--word", "Cuba", "--without", "cuba") != headlines("--word", "Cuba")


def test_backup_makes_a_database_that_searches(
    polled: list[dict], here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told(capsys, "backup", "copy.db")
    before = told(capsys, "export")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{here}/copy.db")
    assert told(capsys, "export") == before
    assert "copy.db" in refused(capsys, "backup", "copy.db")


def test_stats_counts(polled: list[dict], capsys: pytest.CaptureFixture[str]) -> None:
    shown = dict(line.split(": ", 1) for line in told(capsys, "stats").splitlines())
    assert int(shown["items"]) == sum(record["new"] for record in polled)
    assert shown["unplaced"] == "0"
    assert shown["sqlite"].startswith("3.")


def test_feeds_go_out_as_opml_and_come_in_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "feeds.yaml").write_text("feeds:\n  - url: https://a.example/feed\n    name: A\n", encoding="utf-8")
    (here / "list.opml").write_text(told(capsys, "feeds", "export"), encoding="utf-8")
    (here / "feeds.yaml").write_text("feeds:\n  - url: https://b.example/feed\n    name: B\n", encoding="utf-8")
    assert told(capsys, "feeds", "import", "list.opml").startswith("1 feed")
    assert told(capsys, "feeds", "import", "list.opml").endswith("; 1 was listed already\n")
    outline = '<outline text="Old" xmlUrl="ftp://old.example/rss"/></body>'
    listed = Path("list.opml").read_text(encoding="utf-8").replace("</body>", outline)
    Path("list.opml").write_text(listed, encoding="utf-8")
    left_out, _, _ = told(capsys, "feeds", "import", "list.opml").partition("\n")
    assert left_out == "Left out: “Old” has no web address that can be fetched."
    assert "https://a.example/feed" in told(capsys, "feeds", "export")
    assert "https://b.example/feed" in told(capsys, "feeds", "export")


def test_feeds_check_says_what_is_wrong(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "feeds.yaml").write_text("feeds:\n  - url: http://127.0.0.1:1/feed\n    name: Nobody\n", encoding="utf-8")
    assert bot.main(["feeds", "check"]) == 1
    assert "FAIL  Nobody: network" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("digest",), "There is no database"),
        (("poll",), "feeds.yaml"),
        (("run",), "@BotFather"),
        (("search", " "), "nothing to search for"),
        (("feeds", "import", "missing.opml"), "missing.opml"),
    ],
)
def test_what_is_missing_is_named(
    here: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], says: str
) -> None:
    assert says in refused(capsys, *argv)


@pytest.mark.parametrize(
    ("name", "value"),
    [("POLL_INTERVAL", "soon"), ("DEFAULT_TIMEZONE", "Mars"), ("DATABASE_URL", "postgres://x"), ("PORT", "a")],
)
def test_a_wrong_setting_is_one_sentence(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in refused(capsys, "stats")


def test_a_database_in_a_place_that_cannot_be_written(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "feeds.yaml").write_text("feeds:\n  - url: https://a.example/feed\n    name: A\n", encoding="utf-8")
    (here / "file").write_text("not a folder")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{here}/file/digest.db")
    assert "file/digest.db" in refused(capsys, "poll")


@pytest.mark.parametrize(
    "argv",
    [
        ("digest", "--place", "ZZ"),
        ("digest", "--pair", "VN-VN"),
        ("digest", "--topic", "x"),
    ],
)
def test_a_wrong_argument_is_refused_by_the_parser(argv: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        bot.main(list(argv))
    assert stopped.value.code == 2


def test_the_dotenv_file_is_read_and_the_environment_wins(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / ".env").write_text("PORT=nonsense\n", encoding="utf-8")
    assert "PORT" in refused(capsys, "stats")
    monkeypatch.setenv("PORT", "8080")
    assert "There is no database" in refused(capsys, "stats")


async def test_run_starts_says_so_and_stops_cleanly(here: Path) -> None:
    """The real process, its Telegram on loopback: the token in no log line, exit 0 on SIGTERM."""
    (here / "feeds.yaml").write_text("feeds:\n  - url: http://127.0.0.1:1/feed\n    name: Nobody\n", encoding="utf-8")
    async with BotApi() as api:
        env = {**os.environ, "TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.base_url, "LOG_LEVEL": "DEBUG"}
        with (here / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(ROOT / "bot.py"), "run", env=env, stderr=log
            )
            ann = api.user("Ann")
            hello = await ann.say("/start", within=30)
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), 20) == 0
    assert "Diplomacy Digest" in hello.text
    text = (here / "log").read_text(encoding="utf-8")
    assert "is running" in text
    assert api.token not in text
    assert "Traceback" not in text


async def test_a_token_that_telegram_does_not_know_is_one_sentence(here: Path) -> None:
    (here / "feeds.yaml").write_text("feeds:\n  - url: http://127.0.0.1:1/feed\n    name: Nobody\n", encoding="utf-8")
    async with BotApi() as api:
        wrong = "999999:" + "x" * 35
        env = {**os.environ, "TELEGRAM_BOT_TOKEN": wrong, "TELEGRAM_API_URL": api.base_url}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(ROOT / "bot.py"), "run", env=env, stderr=subprocess.PIPE
        )
        _, said = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 2
    assert b"@BotFather" in said
    assert wrong.encode() not in said
