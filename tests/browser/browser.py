"""A visitor of the page: Chromium driven by Playwright, and the few places of the page that tests name.

Everything that depends on how the page or the chat looks stands here and nowhere else in the tests.
"""

import os
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

try:
    from playwright.async_api import Browser, Locator, Page, async_playwright, expect
except ImportError:  # the development requirements are not all there
    async_playwright = expect = None

#: Debian's and other systems' names for it.
_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Where pictures of each test go; nowhere unless the environment says.
ARTEFACTS = os.environ.get("ARTEFACTS", "")
#: How long the bot and the page may take for one step, in milliseconds.
PATIENCE = 20_000

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}


def missing() -> str:
    """Why there can be no browser here; empty if there can."""
    if async_playwright is None:
        return "Playwright is not installed: make setup, then make test"
    if chromium() is None:
        return "there is no Chromium: apt-get install chromium"
    return ""


def chromium() -> str | None:
    """The browser's program."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Visitor:
    """One browser tab at the demo's page."""

    def __init__(self, tab: "Page", name: str) -> None:
        self.tab = tab
        self.name = name
        #: What the console complained of and what failed to load.
        self.complaints: list[str] = []
        tab.on("console", lambda said: said.type in ("error", "warning") and self.complaints.append(said.text))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._pictures = 0

    async def picture(self, what: str, *, folder: Path | None = None) -> None:
        """A screenshot among the artefacts, or as `<what>.png` in a folder."""
        if folder is not None:
            await self.tab.screenshot(path=folder / f"{what}.png")
        elif ARTEFACTS:
            self._pictures += 1
            await self.tab.screenshot(
                path=Path(ARTEFACTS) / f"{self.name}-{self._pictures:02}-{what.replace(' ', '-')}.png"
            )

    # Places of the page

    @property
    def pane(self) -> "Locator":
        """The chat that was opened last."""
        return self.tab.locator(".pane").last

    @property
    def messages(self) -> "Locator":
        """What is said in the chat."""
        return self.pane.locator("article.message")

    @property
    def bot_messages(self) -> "Locator":
        """What the bot said in the chat."""
        return self.pane.locator("article.message.bot")

    @property
    def last(self) -> "Locator":
        """The bot's newest message."""
        return self.bot_messages.last

    def keys(self, on: "Locator | None" = None) -> "Locator":
        """The buttons under the bot's newest message, or under another."""
        return (on or self.last).locator(".keys button")

    def key(self, *words: str, on: "Locator | None" = None) -> "Locator":
        """The last button whose callback data has all these words in it, whatever its label says.

        The data are an act and its arguments with colons between them (chat/callback.py).
        """
        having = "".join(f':is([data-data*=":{word}:"], [data-data$=":{word}"])' for word in words)
        return (on or self.pane).locator(f".keys button{having}").last

    # What a visitor does

    async def open_chat(self, person: str, chat: int) -> None:
        """Open a chat (1 is the private one) of a person at the side."""
        section = self.tab.get_by_role("region", name=person, exact=True)
        await section.locator("button.row").nth(chat - 1).click()

    async def start(self) -> None:
        """Press the big button of a chat that has not begun; the bot's first answer is there then."""
        await self.pane.locator("button.big").click()
        await expect(self.bot_messages.first).to_be_visible(timeout=PATIENCE)

    async def say(self, text: str) -> "Locator":
        """Write a message; the bot's first message after it."""
        before = await self.messages.count()
        box = self.pane.get_by_role("textbox")
        await box.fill(text)
        await box.press("Escape")
        await box.press("Enter")
        answer = self.messages.nth(before + 1)
        await expect(answer).to_be_visible(timeout=PATIENCE)
        return answer

    async def press(self, button: "Locator") -> None:
        """Press a button under a message and wait for the bot to have answered the press."""
        await button.click()
        await expect(self.tab.locator(".keys button.waiting")).to_have_count(0, timeout=PATIENCE)

    async def jump(self) -> None:
        """Have the clock jump to the next delivery."""
        button = self.tab.locator('[data-key="time delivery"]')
        await expect(button).to_be_enabled(timeout=PATIENCE)
        await button.click()
        await expect(button).to_be_enabled(timeout=PATIENCE)

    async def says(self, *choices: str, on: "Locator | None" = None) -> None:
        """Wait until a message (the newest of the bot) has one of these in it."""
        pattern = re.compile("|".join(map(re.escape, choices)))
        await expect(on or self.last).to_contain_text(pattern, timeout=PATIENCE)

    async def wider_than_its_window(self) -> Sequence[str]:
        """Elements that reach beyond the window's right edge, which a phone would have to scroll to.

        What scrolls by itself, as a group's topics do, may hold more than the window shows.
        """
        found: list[str] = await self.tab.evaluate(
            """() => [...document.querySelectorAll("body *")]
                .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 1)
                .filter((each) => !each.parentElement.closest(".tabs, pre"))
                .map((each) => `${each.tagName}.${each.className}`)"""
        )
        return found


@asynccontextmanager
async def a_browser() -> AsyncIterator["Browser"]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def a_visitor(
    browser: "Browser",
    url: str,
    *,
    name: str = "visitor",
    size: dict[str, int] = DESK,
    scheme: Literal["light", "dark"] = "light",
    zone: str = "Asia/Ho_Chi_Minh",
    scale: float = 1,
) -> AsyncIterator[Visitor]:
    """A visitor who has opened the page."""
    context = await browser.new_context(
        viewport=size, color_scheme=scheme, timezone_id=zone, device_scale_factor=scale, reduced_motion="reduce"
    )
    context.set_default_timeout(PATIENCE)
    tab = await context.new_page()
    visitor = Visitor(tab, name)
    await tab.goto(url)
    await tab.locator(".pane, #side .row").first.wait_for(state="attached")
    try:
        yield visitor
    finally:
        await context.close()
