"""The demo as one starts it: the page on its port, the session that plays by itself, and nothing left behind."""

import asyncio
import contextlib
import json
import os
import re
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

import bot

ROOT = Path(__file__).parent.parent
#: Seconds that a start may take on a busy machine.
PATIENCE = 60


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """An environment whose temporary files are the test's own; the browser would be a program that leaves a note."""
    (tmp_path / "tmp").mkdir()
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path / "opened"}\n')
    browser.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("TELEGRAM_BOT_TOKEN", "DISPLAY")}
    return kept | {"LC_ALL": "C.UTF-8", "TMPDIR": str(tmp_path / "tmp"), "BROWSER": f"{browser} %s"}


@contextlib.asynccontextmanager
async def demo(env: dict[str, str], folder: Path, *args: str):
    """The demo as a process of its own, killed if need be."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(ROOT / "bot.py"), "demo", *args, env=env, cwd=folder,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def address(process) -> str:
    """What the demo prints for the browser."""
    async with asyncio.timeout(PATIENCE):
        async for line in process.stdout:
            if found := re.search(rb"http://127\.0\.0\.1:\d+/", line):
                return found[0].decode()
    raise AssertionError("the demo ended without an address")


async def test_without_a_terminal_a_first_session_plays_by_itself(env: dict[str, str], tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    async with demo(env, here) as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert "Ann: /start" in said
    assert "— Today's digest by topic —" in said
    assert "Search: friendship" in said
    # Nothing is left behind but the page that it names.
    (page,) = (tmp_path / "tmp").iterdir()
    assert str(page) in said
    assert list(here.iterdir()) == []
    text = page.read_text(encoding="utf-8")
    assert text.count('<article class="message mine">') == 3
    assert text.count('<article class="message bot">') >= 4
    assert "https://www.mekongcourier.example/" in text


async def test_a_session_in_vietnamese_goes_where_it_is_told(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    async with demo(env | {"DEFAULT_LANGUAGE": "vi"}, tmp_path, "--script", "out/session.html") as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert "Bình: /start" in said
    assert "Bản tin Đối ngoại" in (tmp_path / "out" / "session.html").read_text(encoding="utf-8")
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(("chosen", "says"), [("", "Tìm"), ("en", "Search: friendship")])
async def test_the_terminal_speaks_the_machines_language_unless_told_otherwise(
    env: dict[str, str], tmp_path: Path, chosen: str, says: str
) -> None:
    env |= {"LC_ALL": "vi_VN.UTF-8", "DEFAULT_LANGUAGE": chosen}
    async with demo(env, tmp_path, "--terminal") as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert says in said


async def test_a_mistyped_path_for_the_page_is_one_sentence(env: dict[str, str], tmp_path: Path) -> None:
    async with demo(env, tmp_path, "--script", "nowhere/session.html") as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 2
    assert "no folder nowhere" in said
    assert not (tmp_path / "nowhere").exists()


async def test_the_page_is_served_until_it_is_stopped(env: dict[str, str], tmp_path: Path, free_port: int) -> None:
    async with demo(env, tmp_path, "--no-open", "--port", str(free_port)) as process, aiohttp.ClientSession() as http:
        url = await address(process)
        assert url == f"http://127.0.0.1:{free_port}/"
        async with http.get(url) as response:
            assert "<title>" in await response.text()
        async with http.get(f"{url}events") as response:
            first = json.loads((await response.content.readuntil(b"\n\n")).removeprefix(b"data: "))["set"]
            assert [person["name"] for person in first["people"]] == ["Ann", "Bình", "Minh"]
            process.send_signal(signal.SIGTERM)  # also while a page is open
            assert await asyncio.wait_for(process.wait(), 20) == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "opened").exists()


async def test_keep_leaves_the_database(env: dict[str, str], tmp_path: Path) -> None:
    async with demo(env, tmp_path, "--no-open", "--keep") as process:
        await address(process)
        process.send_signal(signal.SIGINT)
        said = (await asyncio.wait_for(process.communicate(), 20))[0].decode()
    (folder,) = (tmp_path / "tmp").iterdir()
    assert str(folder / "demo.db") in said
    assert (folder / "demo.db").stat().st_size > 0


async def test_a_port_that_is_taken_is_one_sentence_and_status_2(env: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        async with demo(env, tmp_path, "--no-open", "--port", port) as process:
            said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 2
    assert f"The port {port} cannot be listened on" in said
    assert "Traceback" not in said
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_the_terminal_has_the_digest_and_a_search(env: dict[str, str], tmp_path: Path) -> None:
    async with demo(env, tmp_path, "--terminal") as process:
        said = (await asyncio.wait_for(process.communicate(), PATIENCE))[0].decode()
    assert process.returncode == 0, said
    assert "by topic" in said
    assert "by place" in said
    assert "Search: friendship" in said
    assert list((tmp_path / "tmp").iterdir()) == []


def test_the_way_through_is_chosen_by_what_one_asks_for() -> None:
    args = bot._parser().parse_args(["demo", "--script"])
    assert args.script == Path()
    assert bot._parser().parse_args(["demo"]).script is None
    with pytest.raises(SystemExit):
        bot._parser().parse_args(["demo", "--port", "0"])
