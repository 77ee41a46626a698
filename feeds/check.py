"""Trying feeds without keeping anything: which of them answer, with how much, and what is wrong with the others."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.errors import FeedError
from digest.model import Source
from digest.text import without_password
from feeds.fetch import Fetcher
from feeds.parse import Parser


@dataclass(frozen=True, slots=True)
class Checked:
    """How one source did: `message` says how many entries it has and how new, or what is wrong."""

    source: Source
    ok: bool
    message: str


async def check_sources(
    sources: Sequence[Source], *, fetcher: Fetcher, parser: Parser, clock: Callable[[], datetime]
) -> list[Checked]:
    """Fetch and read each source once, in the order given. Raises nothing for a feed that fails."""
    return await asyncio.gather(*(_check(source, fetcher, parser, clock()) for source in sources))


async def _check(source: Source, fetcher: Fetcher, parser: Parser, now: datetime) -> Checked:
    try:
        fetched = await fetcher.fetch(source.url)
        feed = await parser.parse(fetched.body, fetched.headers, source=source, url=fetched.url, fetched_at=now)
    except FeedError as error:
        return Checked(source, False, f"{error.kind}: {error}")
    newest = max((entry.published for entry in feed.entries if entry.dated), default=None)
    when = f"the newest of {newest:%Y-%m-%d %H:%M} UTC" if newest else "none with a date"
    moved = f"; moved for good to {without_password(fetched.permanent)}" if fetched.permanent else ""
    return Checked(source, True, f"{len(feed.entries)} entries, {when}{moved}")
