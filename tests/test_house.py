"""The house stays as it was drawn: imports flow one way, each outside world lives in one room."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
#: What each room may import of the others.
MAY_IMPORT = {
    "digest": set(),
    "feeds": {"digest"},
    "storage": {"digest"},
    "render": {"digest"},
    "chat": {"digest", "feeds", "render", "storage"},
    "playground": {"digest", "feeds", "render", "storage"},
}
#: Libraries that belong to one room.
ONLY_IN = {
    "telegram": {"chat", "bot"},
    "sqlite3": {"storage"},
    "sqlite_utils": {"storage"},
    "feedparser": {"feeds"},
    "httpx": set(),
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""


def modules() -> list[tuple[str, Path]]:
    files = [(room, path) for room in MAY_IMPORT for path in sorted((ROOT / room).rglob("*.py"))]
    return [*files, ("bot", ROOT / "bot.py")]


@pytest.mark.parametrize(("room", "path"), modules(), ids=lambda value: getattr(value, "name", value))
def test_imports_flow_one_way(room: str, path: Path) -> None:
    allowed = MAY_IMPORT.get(room, set(MAY_IMPORT)) | {room}
    rooms = {name.split(".")[0] for name in imports(path)} & {*MAY_IMPORT, "bot"}
    assert rooms <= allowed


@pytest.mark.parametrize(("room", "path"), modules(), ids=lambda value: getattr(value, "name", value))
def test_each_outside_world_lives_in_one_room(room: str, path: Path) -> None:
    strangers = {name.split(".")[0] for name in imports(path)} & set(ONLY_IN)
    assert all(room in ONLY_IN[name] for name in strangers), strangers


def test_every_package_of_the_rooms_is_installed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    packages = {".".join(path.parent.relative_to(ROOT).parts) for _, path in modules() if path.name == "__init__.py"}
    assert packages >= {"chat.desks", "render.locale"}
    assert all(any(fnmatch(name, kept) for kept in settings["packages"]["find"]["include"]) for name in packages)


def test_feedparser_is_only_given_bytes_io() -> None:
    """Given bytes or a string, feedparser may open a local file of that name."""
    calls = [
        node
        for path in (ROOT / "feeds").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "feedparser.parse"
    ]
    assert calls, "nobody parses feeds"
    assert {ast.unparse(call.args[0]).split("(")[0] for call in calls} <= {"io.BytesIO", "BytesIO"}


def test_running_never_imports_the_playground() -> None:
    program = "import sys, bot, chat.app; print('playground' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
