"""The demo in the terminal: the day's digest from sample feeds, then a search. Nothing is left behind."""

import shutil
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from digest.model import Digest, Wishes
from digest.query import Hits, Query
from digest.settings import Settings
from playground.demo import tell, tell_farewell, tell_kept
from playground.stage import Wiring, set_stage
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
    """What the terminal needs of the wired-up newsroom."""

    @property
    def names(self) -> Names:
        """What places and topics are called."""
        ...

    async def digest(self, wishes: Wishes, *, since: datetime, until: datetime) -> Digest:
        """What these wishes give for a window."""
        ...

    async def search(self, query: Query) -> Hits:
        """Past items."""
        ...


async def play(settings: Settings, wiring: Wiring, *, keep: bool = False) -> int:
    """Poll the sample feeds into a database of its own, show the digest by topic and by place, then answer searches.

    Ends by itself where standard input is not a terminal; else on an empty line, Ctrl-D or Ctrl-C. Gives back 0.
    """
    words = load_words(settings.language)
    t = words.t
    tell(t("Polling the sample feeds on this machine: no token, no internet …"))
    async with set_stage(settings, wiring, keep=keep) as stage:
        now = stage.clockwork.clock()
        await show_digests(stage.newsroom, words, settings, now)
        await answer_searches(stage.newsroom, words, settings.zone, now)
        tell_kept(words, stage, keep=keep)
    tell_farewell(words)
    return 0


async def show_digests(newsroom: Newsroom, words: Words, settings: Settings, now: datetime) -> None:
    """The last day by topic and by place."""
    since = now - timedelta(hours=24)
    for wishes in (Wishes(language=words.language), Wishes(language=words.language, by="place")):
        digest = await newsroom.digest(wishes, since=since, until=now)
        tell("")
        tell(words.t("— Today's digest by topic —") if wishes.by == "topic" else words.t("— The same day by place —"))
        _print(digest_blocks(digest, words=words, names=newsroom.names, zone=settings.zone))


async def answer_searches(newsroom: Newsroom, words: Words, zone: str, now: datetime, *, ask: bool = True) -> None:
    """Answer what is typed until an empty line; where nobody types, or is not to be asked, one search of ours."""
    tell("")
    if not ask or not sys.stdin.isatty():
        await _search(newsroom, _SAMPLE_SEARCHES[words.language], words, zone, now)
        return
    tell(words.t("Search everything past, for example: lao consul, or da nang. An empty line ends the demo."))
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
    tell(to_text(blocks, width=min(100, shutil.get_terminal_size().columns), colour=sys.stdout.isatty()))
