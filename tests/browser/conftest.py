"""The demo at work and a browser in front of it; without a browser these tests are left out, aloud."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

import bot
from chat.app import Bot
from chat.newsroom import open_newsroom
from digest.model import Language
from digest.settings import Settings
from playground.demo import page_of
from playground.stage import Stage, Wiring, set_stage
from tests.browser import browser
from tests.browser.pictures import hurried
from tests.world import DAWN

#: Why these tests are left out; empty if they are not.
MISSING = browser.missing()
_HERE = Path(__file__).parent
_left_out = 0


def pytest_collection_modifyitems(items):
    global _left_out
    for item in items:
        if item.path.is_relative_to(_HERE):
            item.add_marker(pytest.mark.browser)
            if MISSING:
                item.add_marker(pytest.mark.skip(reason=MISSING))
                _left_out += 1


def pytest_terminal_summary(terminalreporter):
    if _left_out:
        terminalreporter.write_line(f"{_left_out} browser tests were left out: {MISSING}", yellow=True)


def real_time(began: datetime):
    """A clock that goes on from DAWN as real time does."""
    return lambda: DAWN + (datetime.now(UTC) - began)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    """The demo's world at dawn, two hours before the digest."""
    wiring = Wiring(open_newsroom, Bot, bot.next_due, real_time(datetime.now(UTC)))
    async with set_stage(Settings(), wiring) as made:
        yield made
        # The real Telegram would have refused none of it; only a second press finds its screen in place, and whoever
        # lets the bot into a channel before they ever wrote to it cannot be told so.
        usual = ("not modified", "can't initiate conversation")
        assert [each for each in made.api.refused if not any(words in each.description for words in usual)] == []


@pytest.fixture
async def hurried_stage(language: Language) -> AsyncIterator[Stage]:
    """The same for somebody who walks through everything: the bot's pace and patience pass quickly."""
    wiring = Wiring(open_newsroom, partial(Bot, monotonic=hurried), bot.next_due, real_time(datetime.now(UTC)))
    async with set_stage(Settings(language=language), wiring) as made:
        yield made


@pytest.fixture
async def url(stage: Stage) -> AsyncIterator[str]:
    """The page's address."""
    async with page_of(stage) as page:
        yield page.url


@pytest.fixture
async def chromium():
    async with browser.a_browser() as opened:
        yield opened


@pytest.fixture
async def visitor(chromium, url: str, request: pytest.FixtureRequest) -> AsyncIterator[browser.Visitor]:
    """A visitor at a desk. Nothing of the page may complain in the console."""
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    async with browser.a_visitor(chromium, url, name=name) as opened:
        yield opened
        await opened.picture("end")
        assert opened.complaints == []
