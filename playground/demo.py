"""The demo in the terminal: the day's digest from sample feeds, then a search. Nothing is left behind."""

import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from digest.model import Digest, Source, Wishes
from digest.query import Hits, Query
from digest.settings import Settings
from playground.newsstand import Newsstand
from render.blocks import Block
from render.digest_view import digest_blocks
from render.names import Names
from render.search_view import search_blocks
from render.text import to_text
from render.words import Words, load_words

#: What the demo asks when nobody sits at the terminal.
_SAMPLE_SEARCHES = {"en": "friendship", "vi": "hữu nghị"}
_RESULTS = 5


class Newsroom(Protocol):
    """What the demo needs of the wired-up newsroom."""

    @property
    def names(self) -> Names:
        """What places and topics are called."""
        ...

    async def poll(self, *, due_only: bool = True) -> Sequence[object]:
        """Poll the sources."""
        ...

    async def digest(self, wishes: Wishes, *, since: datetime, until: datetime) -> Digest:
        """What these wishes give for a window."""
        ...

    async def search(self, query: Query) -> Hits:
        """Past items."""
        ...


class OpenNewsroom(Protocol):
    """Opens a newsroom on some sources."""

    def __call__(
        self, settings: Settings, sources: Sequence[Source], *, clock: Callable[[], datetime], rng: random.Random
    ) -> AbstractAsyncContextManager[Newsroom]:
        """A newsroom that listens to these sources."""
        ...


async def play(settings: Settings, open_newsroom: OpenNewsroom, *, now: datetime) -> int:
    """Poll the sample feeds into a database of its own, show the digest by topic and by place, then answer searches.

    Ends by itself where standard input is not a terminal; else on an empty line, Ctrl-D or Ctrl-C. Gives back 0.
    """
    words = load_words(settings.language)
    t = words.t
    with tempfile.TemporaryDirectory(prefix="diplomacy-digest-demo-") as folder:
        settings = replace(settings, database_url=f"sqlite:///{Path(folder) / 'demo.db'}")
        async with Newsstand(now) as stand:
            _say(t("Polling {n} sample feeds on this machine: no token, no internet …", n=len(stand.sources)))
            async with open_newsroom(settings, stand.sources, clock=lambda: now, rng=random.Random(1)) as newsroom:
                await newsroom.poll()
                await _show_digests(newsroom, words, settings, now)
                await _answer_searches(newsroom, words, settings.zone, now)
    _say("")
    _say(
        t("That was a demo. To run the bot in Telegram: put a token into .env, then make run. README.md has the rest.")
    )
    return 0


async def _show_digests(newsroom: Newsroom, words: Words, settings: Settings, now: datetime) -> None:
    since = now - timedelta(hours=24)
    for wishes in (Wishes(language=words.language), Wishes(language=words.language, by="place")):
        digest = await newsroom.digest(wishes, since=since, until=now)
        _say("")
        _say(words.t("— Today's digest by topic —") if wishes.by == "topic" else words.t("— The same day by place —"))
        _print(digest_blocks(digest, words=words, names=newsroom.names, zone=settings.zone))


async def _answer_searches(newsroom: Newsroom, words: Words, zone: str, now: datetime) -> None:
    _say("")
    if not sys.stdin.isatty():
        await _search(newsroom, _SAMPLE_SEARCHES[words.language], words, zone, now)
        return
    _say(words.t("Search everything past, for example: lao consul, or da nang. An empty line ends the demo."))
    while True:
        try:
            text = _ask(words.t("Search: "))
        except (EOFError, KeyboardInterrupt):
            return
        if not text:
            return
        await _search(newsroom, text, words, zone, now)


def _ask(prompt: str) -> str:
    """A line from the terminal. Ctrl-C ends it: asyncio would only note it, to cancel what waits for the loop."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return input(prompt).strip()
    finally:
        signal.signal(signal.SIGINT, before)


async def _search(newsroom: Newsroom, text: str, words: Words, zone: str, now: datetime) -> None:
    hits = await newsroom.search(Query(text=text, order="relevance", limit=_RESULTS))
    _print(search_blocks(hits, words=words, names=newsroom.names, zone=zone, now=now))


def _print(blocks: Sequence[Block]) -> None:
    _say(to_text(blocks, width=min(100, shutil.get_terminal_size().columns), colour=sys.stdout.isatty()))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
