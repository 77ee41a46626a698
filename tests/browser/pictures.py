"""Pictures of the demo: `python -m tests.browser.pictures FOLDER [NAME …]`, or `FOLDER --all` for every screen.

Names are those of the README's pictures. `--all` shows each screen on a phone and a desk, light and dark, in both
languages, for looking at.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import bot
from chat.app import Bot
from chat.newsroom import open_newsroom
from digest.settings import Settings
from playground.demo import page_of
from playground.stage import Wiring, set_stage
from tests.browser.browser import DESK, PHONE, Visitor, a_browser, a_visitor, expect, missing
from tests.world import DAWN

#: Who reads which language in the demo.
PEOPLE = {"en": "Ann", "vi": "Bình"}
SEARCHES = {"en": "/search friendship union", "vi": "/search hữu nghị"}
#: Of the README: picture → language, screen, window.
README = {
    "digest-en": ("en", "digest", PHONE),
    "digest-vi": ("vi", "digest", PHONE),
    "search-en": ("en", "search", PHONE),
    "settings-en": ("en", "settings", PHONE),
    "demo": ("en", "story", DESK),
}
#: Commands whose answers are screens of their own.
COMMANDS = ("topics", "places", "language", "time", "zone", "help", "privacy", "latest", "saved", "mydata")


async def screens(visitor: Visitor, language: str, *, phone: bool) -> AsyncIterator[str]:
    """Goes from screen to screen of a first session and names each as it stands there."""
    if phone:
        await visitor.pane.locator("button.back").click()
        yield "chats"
    await visitor.open_chat(PEOPLE[language], 1)
    yield "before"
    await visitor.start()
    yield "start"
    await visitor.press(visitor.key("preset"))
    await expect(visitor.keys(visitor.last)).not_to_have_count(0)
    await expect(visitor.key("sect")).to_be_visible()
    yield "digest"
    await visitor.say("/settings")
    yield "settings"
    for name in ("sect", "story", "why"):
        await visitor.press(visitor.key(name))
        yield {"sect": "section"}.get(name, name)
    await visitor.say(SEARCHES[language])
    yield "search"
    await visitor.press(visitor.key("filters"))
    yield "filters"
    for command in COMMANDS:
        await visitor.say(f"/{command}")
        yield command
    await visitor.pane.get_by_role("textbox").fill("/")
    yield "menu"


async def settled(visitor: Visitor) -> None:
    """Let an edit that follows its answer arrive."""
    await visitor.tab.wait_for_timeout(400)


async def take(folder: Path, wanted: Sequence[tuple[str, str, str | None, dict[str, int], str]]) -> None:
    """Take pictures as (name, language, screen or None for all, window, colours), each in a demo of its own."""
    began = datetime.now(UTC)
    wiring = Wiring(open_newsroom, Bot, bot.next_due, lambda: DAWN + (datetime.now(UTC) - began))
    async with a_browser() as browser:
        for name, language, screen, size, scheme in wanted:
            async with AsyncExitStack() as stack:
                stage = await stack.enter_async_context(set_stage(Settings(language=language), wiring))
                page = await stack.enter_async_context(page_of(stage))
                visitor = await stack.enter_async_context(
                    a_visitor(browser, page.url, name=name, size=size, scheme=scheme, scale=1.5 if screen else 1)
                )
                async for shown in screens(visitor, language, phone=size is PHONE):
                    await settled(visitor)
                    if screen is None:
                        await visitor.picture(f"{name}-{shown}", folder=folder)
                    elif shown == screen:
                        await visitor.picture(name, folder=folder)
                        print(folder / f"{name}.png")
                        break


def main() -> int:
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    if why := missing():
        print(f"No pictures: {why}", file=sys.stderr)
        return 1
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    folder.mkdir(parents=True, exist_ok=True)
    if names == ["--all"]:
        wanted = [
            (f"{language}-{scheme}-{'phone' if size is PHONE else 'desk'}", language, None, size, scheme)
            for language in PEOPLE
            for scheme in ("light", "dark")
            for size in (PHONE, DESK)
        ]
    else:
        chosen = names or list(README)
        wanted = [(name, *README[name], "light") for name in chosen]
    asyncio.run(take(folder, wanted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
