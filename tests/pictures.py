"""Draws pictures of real chats: `python -m tests.pictures FOLDER [NAME …]`, all without a name; needs Chromium."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playground.transcript import transcript_page
from playground.world import Message
from tests.world import read_the_news, running_bot

ZONE = "Asia/Ho_Chi_Minh"
#: A phone of today, in CSS pixels.
WIDTH = 430


async def chats(folder: Path) -> dict[str, tuple[str, Sequence[Message]]]:
    """Picture name → language and messages of a first session in each language."""
    database = folder / "news.db"
    await read_the_news(database)
    pictures: dict[str, tuple[str, Sequence[Message]]] = {}
    async with running_bot(folder / "bot.db", news=database) as world:
        for language, preset, search in (
            ("en", "Everything about Viet Nam", "friendship union"),
            ("vi", "Mọi tin về Việt Nam", "hữu nghị"),
        ):
            user = world.api.user("Reader", language_code=language)
            await user.say("/start")
            pictures[f"start-{language}"] = language, user.messages
            await user.press(preset)
            pictures[f"digest-{language}"] = language, user.messages[2:]
            for name, words in (("search", f"/search {search}"), ("settings", "/settings"), ("topics", "/topics"),
                                ("places", "/places"), ("help", "/help")):  # fmt: skip
                seen = len(user.messages)
                await user.say(words)
                pictures[f"{name}-{language}"] = language, user.messages[seen:]
    return pictures


def draw(page: Path, picture: Path, chromium: str, *, height: int, scheme: str = "light") -> None:
    """A screenshot of a page at phone width."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--force-device-scale-factor=1.5", f"--user-data-dir={profile}", f"--window-size={WIDTH + 70},{height}",
             f"--blink-settings=preferredColorScheme={1 if scheme == 'light' else 0}",
             f"--screenshot={picture}", page.as_uri()],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip


def main() -> int:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    if chromium is None:
        print("Chromium is not installed: apt-get install chromium", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as temporary:
        for name, (language, messages) in asyncio.run(chats(Path(temporary))).items():
            if sys.argv[2:] and name not in sys.argv[2:]:
                continue
            page = Path(temporary) / f"{name}.html"
            page.write_text(transcript_page(messages, title=name, language=language, zone=ZONE), encoding="utf-8")
            draw(page, folder / f"{name}.png", chromium, height=1100)
            print(folder / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
