"""Pictures of the demo: `python -m tests.browser.pictures FOLDER [NAME …]`, or `FOLDER --all` for every screen.

Names are those of the README's pictures. `--all` shows each screen on a phone and a desk, light and dark, in both
languages, for looking at; names after it (`en-dark-phone`) choose among these.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import bot
from chat.app import Bot
from chat.newsroom import open_newsroom
from digest.settings import Settings
from playground.demo import page_of
from playground.stage import Stage, Wiring, set_stage
from tests.browser.browser import DESK, PHONE, Visitor, a_browser, a_visitor, expect, missing
from tests.world import DAWN

#: Opens a chat (its place in the list) of a person.
Go = Callable[[str, int], Awaitable[None]]
#: Hides all but the newest message and the question it answers; gives back how tall they are, in pixels.
_ONLY_THE_LAST = """(log) => {
  const all = [...log.querySelectorAll("article.message")];
  const asked = all.at(-2)?.classList.contains("mine") ? 2 : 1;
  for (const each of all.slice(0, -asked)) each.style.display = "none";
  return log.scrollHeight;
}"""
#: Who reads which language in the demo.
PEOPLE = {"en": "Ann", "vi": "Bình"}
BOT_NAMES = {"Ann": "Diplomacy Digest", "Bình": "Bản tin Đối ngoại"}
SEARCHES = {"en": "/search friendship union", "vi": "/search hữu nghị"}
#: A phone of the larger kind: the README's pictures stand two beside each other.
LARGE = {"width": 440, "height": 900}
#: Of the README: picture → language, screen, window.
README = {
    "digest-en": ("en", "digest", LARGE),
    "digest-vi": ("vi", "digest", LARGE),
    "search-en": ("en", "search", LARGE),
    "settings-en": ("en", "settings", LARGE),
    "demo": ("en", "story", DESK),
}
#: Commands whose answers are screens of their own.
COMMANDS = (
    *("topics", "places", "pair", "words", "lines", "time", "days", "quiet", "zone", "language", "channels", "help"),
    *("latest", "saved", "pause", "resume", "privacy", "mydata", "forget"),
)
#: Where things stand in the list of a person's chats.
BOT, GROUP, CHANNEL, CIRCLE = 1, 2, 3, 4


async def screens(visitor: Visitor, stage: Stage, language: str, *, phone: bool) -> AsyncIterator[str]:
    """Goes from screen to screen of a first session and names each as it stands there."""
    person = PEOPLE[language]

    async def go(who: str, chat: int) -> None:
        if phone and await visitor.pane.locator("button.back").is_visible():
            await visitor.pane.locator("button.back").click()
        await visitor.open_chat(who, chat)

    if phone:
        await visitor.pane.locator("button.back").click()
        yield "chats"
    await go(person, BOT)
    yield "before"
    await visitor.start()
    yield "start"
    await visitor.press(visitor.key("preset"))
    await expect(visitor.keys(visitor.last)).not_to_have_count(0)
    await expect(visitor.key("sect")).to_be_visible()
    yield "digest"
    async for name in _reading(visitor, language):
        yield name
    for command in COMMANDS:
        await visitor.say(f"/{command}")
        yield command
    async for name in _writing(visitor):
        yield name
    async for name in _places(visitor, go, person):
        yield name
    async for name in _machine(visitor, stage, go, person, phone=phone):
        yield name


async def _reading(visitor: Visitor, language: str) -> AsyncIterator[str]:
    digest = await visitor.last.get_attribute("data-id")
    for name in ("sect", "story"):
        await visitor.press(visitor.key(name))
        yield {"sect": "section"}.get(name, name)
    await visitor.press(visitor.key("why", on=visitor.pane.locator(f'[data-id="{digest}"]')))
    yield "why"
    await visitor.say("/settings")
    yield "settings"
    await visitor.say(SEARCHES[language])
    yield "search"
    await visitor.press(visitor.key("filters"))
    yield "filters"
    await visitor.say("/search xylophone -news")
    yield "nothing found"
    await visitor.say("/search")
    yield "search asked"


async def _writing(visitor: Visitor) -> AsyncIterator[str]:
    box = visitor.pane.get_by_role("textbox")
    await box.fill("/")
    yield "commands"
    await box.fill("")
    await box.press("ArrowUp")
    yield "editing"
    await box.press("Escape")
    await box.fill("@diplomacy_digest_bot laos")
    await expect(visitor.pane.get_by_role("option").first).to_be_visible()
    yield "inline"
    await box.fill("")
    await box.press("Escape")


async def _places(visitor: Visitor, go: Go, person: str) -> AsyncIterator[str]:
    await go(person, GROUP)
    yield "group before"
    await visitor.pane.locator(".hello button.primary").click()
    await expect(visitor.pane.locator("p.service").last).to_contain_text(BOT_NAMES[person])
    await visitor.pane.locator(".menu summary").click()
    yield "group menu"
    await visitor.pane.locator(".menu summary").click()
    await visitor.pane.locator(".tabs button").nth(1).click()
    await visitor.say("/start@diplomacy_digest_bot")
    yield "group"
    await go("Minh", CHANNEL)
    yield "channel before"
    await visitor.pane.locator(".hello button.primary").click()
    yield "channel"
    await go(person, CIRCLE)
    await visitor.pane.locator(".hello button.primary").click()
    await visitor.pane.locator(".menu summary").click()
    yield "circle menu"
    await visitor.pane.locator(".menu button").last.click()
    await expect(visitor.pane.locator(".who p")).to_be_visible()
    yield "supergroup"
    await go(person, BOT)


async def _machine(visitor: Visitor, stage: Stage, go: Go, person: str, *, phone: bool) -> AsyncIterator[str]:
    async def aside() -> None:
        if phone:
            await visitor.pane.locator("button.back").click()

    await aside()
    await visitor.jump()
    await visitor.says("1. ", on=visitor.pane.locator("div.log"))
    yield "morning"
    await aside()
    await visitor.tab.locator('[data-key="troubleSummary"]').click()
    await visitor.tab.locator('[data-key="trouble garbage"]').click()
    yield "trouble"
    await visitor.tab.locator('[data-key="trouble none"]').click()
    await visitor.tab.locator('[data-key="troubleSummary"]').click()
    stage.clockwork.clock.jump(stage.stand.ends + timedelta(minutes=1))
    stage.api.world.change()
    await expect(visitor.tab.locator(".machine .ended")).to_be_visible()
    yield "ended"


async def whole(visitor: Visitor, size: dict[str, int]) -> None:
    """Make the window so tall that the newest message, and what it answers, is in it and nothing else."""
    await visitor.tab.set_viewport_size({"width": size["width"], "height": 300})
    around = 0.0
    for part in (".pane > header", ".pane > footer"):
        box = await visitor.tab.locator(part).last.bounding_box()
        around += box["height"] if box else 0
    log = visitor.pane.locator("div.log")
    content = await log.evaluate(_ONLY_THE_LAST)
    await visitor.tab.set_viewport_size({"width": size["width"], "height": round(around + content)})
    await visitor.tab.mouse.move(0, 0)
    await log.evaluate("(each) => each.dispatchEvent(new Event('scroll'))")  # the way down is not needed any more


def hurried() -> float:
    """Seconds as they pass for the bot's patience and pace: nobody taps through all screens as fast as this does."""
    return 20 * time.monotonic()


async def settled(visitor: Visitor) -> None:
    """Let an edit that follows its answer arrive."""
    await visitor.tab.wait_for_timeout(400)


async def take(folder: Path, wanted: Sequence[tuple[str, str, str | None, dict[str, int], str]]) -> None:
    """Take pictures as (name, language, screen or None for all, window, colours), each in a demo of its own."""
    began = datetime.now(UTC)
    wiring = Wiring(
        open_newsroom, partial(Bot, monotonic=hurried), bot.next_due, lambda: DAWN + (datetime.now(UTC) - began)
    )
    async with a_browser() as browser:
        for name, language, screen, size, scheme in wanted:
            async with AsyncExitStack() as stack:
                stage = await stack.enter_async_context(set_stage(Settings(language=language), wiring))
                page = await stack.enter_async_context(page_of(stage))
                visitor = await stack.enter_async_context(
                    a_visitor(browser, page.url, name=name, size=size, scheme=scheme, scale=1.5 if screen else 1)
                )
                async for shown in screens(visitor, stage, language, phone=size is not DESK):
                    await settled(visitor)
                    if screen is None:
                        await visitor.picture(f"{name}-{shown.replace(' ', '-')}", folder=folder)
                    elif shown == screen:
                        if size is LARGE:
                            await whole(visitor, size)
                            await settled(visitor)
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
    if names[:1] == ["--all"]:
        wanted = [
            (f"{language}-{scheme}-{'phone' if size is PHONE else 'desk'}", language, None, size, scheme)
            for language in PEOPLE
            for scheme in ("light", "dark")
            for size in (PHONE, DESK)
        ]
        wanted = [each for each in wanted if each[0] in names[1:] or not names[1:]]
    else:
        chosen = names or list(README)
        wanted = [(name, *README[name], "light") for name in chosen]
    asyncio.run(take(folder, wanted))
    return 0


if __name__ == "__main__":
    sys.exit(main())
