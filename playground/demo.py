"""The demo in the browser: the page, the bot behind it, and the way in and out."""

import asyncio
import signal
import sys
import webbrowser
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from digest.settings import Settings
from playground.acts import Acts
from playground.pageserver import PageServer
from playground.stage import Stage, Wiring, set_stage
from playground.wording import page_words
from render.words import Words, load_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the demo is wanted."""

    #: Open the browser at the page.
    open_browser: bool = True
    #: Of the page; 0 takes a free one.
    port: int = 0
    #: Leave the database where it is when the demo ends.
    keep: bool = False


async def serve(settings: Settings, wiring: Wiring, options: Options) -> int:
    """The page, until Ctrl-C or SIGTERM. Gives back 0; raises ConfigError where the port cannot be had."""
    words = load_words(settings.language)
    t = words.t
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    tell(t("Starting the bot with sample feeds on this machine: no token, no internet …"))
    async with set_stage(settings, wiring, keep=options.keep) as stage, page_of(stage, port=options.port) as page:
        tell(t("Open this in a browser: {url}", url=page.url))
        tell(t("Ctrl-C ends the demo."))
        tell_kept(words, stage, keep=options.keep)
        if options.open_browser:
            await asyncio.to_thread(_open_browser, page.url)
        await stopped.wait()
    tell_farewell(words)
    return 0


def page_of(stage: Stage, *, port: int = 0) -> PageServer:
    """The page that shows a stage; an async context manager."""
    sentences, clockwork = page_words(), stage.clockwork
    clock = clockwork.clock
    # What browsers, which have only the machine's own clock, must add to it.
    shift = (clock() - clock.ahead - datetime.now(UTC)).total_seconds()

    def extra() -> dict[str, Any]:
        return {
            "words": sentences,
            "sites": stage.stand.sites,
            "clock": {
                "ahead": round(shift + clock.ahead.total_seconds()),
                "next": clockwork.next.isoformat() if clockwork.next else None,
                "ends": stage.stand.ends.isoformat(),
                "zone": stage.settings.zone,
            },
        }

    return PageServer(stage.api, Acts(stage.api, clockwork), stage.stand, extra=extra, port=port)


def _open_browser(url: str) -> None:
    """A browser where there is one; the address was printed anyway."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        return
    webbrowser.open(url)


def tell_kept(words: Words, stage: Stage, *, keep: bool) -> None:
    """Where the database stays, if it does."""
    if keep:
        path = stage.settings.database_url.removeprefix("sqlite:///")
        tell(words.t("What the demo stores stays in {path}", path=path))


def tell_farewell(words: Words) -> None:
    """How to go on."""
    tell("")
    tell(
        words.t(
            "That was a demo. To run the bot in Telegram: put a token into .env, then make run. README.md has the rest."
        )
    )


def tell(line: str) -> None:
    """A line to the terminal, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
