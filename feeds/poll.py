"""The door of this room: listens to sources and hands what is new to whoever keeps it.

SourceState
  → fetch             304, or the same bytes again: nothing new, nothing parsed
  → parse             in a worker process
  → known             what of it is stored already
  → decide            pure: which entries are new, which were edited
  → think             labels and summary of those, in a thread
  → save_poll         items, validators and the next hour in one transaction
  → Polled
"""

import asyncio
import hashlib
import logging
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from digest.errors import FeedError, StorageError
from digest.model import Entry, Labels, NewItem, Source
from digest.polling import Polled, SourceState
from feeds.decide import Decision, decide, follow_move, guids_recycled, guids_unstable
from feeds.document import ParsedFeed
from feeds.fetch import Fetched, Fetcher
from feeds.parse import Parser
from feeds.schedule import after_failure, after_success, freshness

log = logging.getLogger(__name__)

#: A remembered redirect is forgotten when its address failed so often in a row.
FORGET_MOVE_AFTER = 3
#: Our own line is down, not the publishers', when more than this share of at least so many sources cannot be reached.
OWN_LINE_SHARE = 0.8
OWN_LINE_SOURCES = 5
OWN_LINE_WINDOW = timedelta(minutes=15)
#: Sources under way at once. Well above the Fetcher's own limit, since some wait for their host's turn.
_AT_ONCE = 64

Think = Callable[[Entry, Source], NewItem]


class PollStore(Protocol):
    """What listening needs of a store."""

    async def known(self, source_url: str, identities: Sequence[str]) -> Mapping[str, tuple[str, str, str]]:
        """The fingerprints of those entries of a source that are stored, by identity."""

    async def save_poll(self, polled: Polled, new: Sequence[NewItem], changed: Sequence[NewItem]) -> tuple[int, int]:
        """Keeps all of it in one transaction; how many items were really new and really changed."""


class Poller:
    """Polls sources. One instance serves the whole life of the bot; its fetcher and parser are entered elsewhere."""

    def __init__(
        self,
        *,
        store: PollStore,
        fetcher: Fetcher,
        parser: Parser,
        think: Think,
        clock: Callable[[], datetime],
        interval: timedelta,
        rng: random.Random,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._think = think
        self._clock = clock
        self._interval = interval
        self._rng = rng
        #: When each source was last tried, and whether it was reached.
        self._reached: dict[str, tuple[datetime, bool]] = {}

    async def poll(self, states: Sequence[SourceState]) -> list[Polled]:
        """Polls each source once, due or not, and saves what each gave; the results in the order of `states`.

        A source that fails is logged by name and passed over, whatever the reason. Successes are saved as they come;
        failures when all are heard, since only then it shows whether it was our own line. Raises StorageError, after
        all others had their turn, if the store failed.
        """
        slots = asyncio.Semaphore(_AT_ONCE)

        async def listen(state: SourceState) -> Polled | FeedError:
            async with slots:
                return await self._listen(state)

        heard = await asyncio.gather(*(listen(state) for state in states), return_exceptions=True)
        own_line = self._own_line_is_down()
        settled = await asyncio.gather(
            *(self._settle(state, h, counted=not own_line) for state, h in zip(states, heard, strict=True)),
            return_exceptions=True,
        )
        results: list[Polled] = []
        for result in settled:
            if isinstance(result, BaseException):
                raise result
            results.append(result)
        return results

    def _own_line_is_down(self) -> bool:
        """Whether nearly all that were polled lately, this time and before, cannot be reached.

        Polls are spread over the interval, so that one alone holds too few sources to tell.
        """
        now = self._clock()
        self._reached = {url: (at, ok) for url, (at, ok) in self._reached.items() if now - at < OWN_LINE_WINDOW}
        unreachable = sum(not ok for _, ok in self._reached.values())
        if len(self._reached) < OWN_LINE_SOURCES or unreachable <= len(self._reached) * OWN_LINE_SHARE:
            return False
        log.warning("%d of %d sources cannot be reached: taken for our own line", unreachable, len(self._reached))
        return True

    async def _fetch(self, state: SourceState) -> Fetched:
        """The answer of a source; notes whether it was reached, whatever it said."""
        reached = False
        try:
            fetched = await self._fetcher.fetch(state.fetch_url, etag=state.etag, last_modified=state.last_modified)
            reached = True
        except FeedError as error:
            reached = error.kind not in ("network", "timeout")
            raise
        finally:
            self._reached[state.source.url] = (self._clock(), reached)
        return fetched

    async def _listen(self, state: SourceState) -> Polled | FeedError:
        """One source from its address to the store. FeedErrors are returned: they are a result like any other."""
        try:
            fetched = await self._fetch(state)
            body_hash = state.body_hash if fetched.status == 304 else hashlib.sha256(fetched.body).hexdigest()
            if body_hash is not None and body_hash == state.body_hash:
                return await self._save_unchanged(state, fetched)
            return await self._save_document(state, fetched, body_hash)
        except FeedError as error:
            return error

    async def _save_unchanged(self, state: SourceState, fetched: Fetched) -> Polled:
        polled = self._success(state, fetched, new=0)
        await self._store.save_poll(polled, (), ())
        log.debug("%s: nothing new (%d)", state.source.name, fetched.status)
        return polled

    async def _save_document(self, state: SourceState, fetched: Fetched, body_hash: str | None) -> Polled:
        started = time.perf_counter()
        source = state.source
        feed, known = await self._read(state, fetched)
        if feed.identity_by == "guid" and guids_recycled(feed.entries, known, unchanged=feed.unchanged):
            log.info("%s: its guids go from article to article; entries are told apart by link", source.name)
            feed, known = await self._read(replace(state, identity_by="link"), fetched)
        decision = decide(feed.entries, known)
        new, changed = await asyncio.to_thread(self._think_over, decision, source)
        polled = replace(
            self._success(replace(state, ttl=feed.ttl), fetched, new=len(new)),
            body_hash=body_hash,
            identity_by=feed.identity_by,
            seen=feed.seen,
            seconds=fetched.seconds + time.perf_counter() - started,
        )
        stored, updated = await self._store.save_poll(polled, new, changed)
        seen_before = feed.identity_by == "guid" and state.last_ok_at is not None
        if seen_before and guids_unstable(offered=len(new), known=len(known) + feed.unchanged, stored=stored):
            log.info("%s: its guids change from poll to poll; entries are told apart by link", source.name)
            polled = replace(polled, identity_by="link")
            await self._store.save_poll(polled, (), ())
        log.log(
            logging.INFO if stored or updated else logging.DEBUG, "%s: %d new, %d updated", source.name, stored, updated
        )
        return replace(polled, new=stored, updated=updated)

    async def _read(
        self, state: SourceState, fetched: Fetched
    ) -> tuple[ParsedFeed, Mapping[str, tuple[str, str, str]]]:
        """The document, and what of it is stored already."""
        feed = await self._parser.parse(
            fetched.body,
            fetched.headers,
            source=state.source,
            url=fetched.url,
            fetched_at=self._clock(),
            identity_by=state.identity_by,
            seen=state.seen,
        )
        return feed, await self._store.known(state.source.url, [entry.identity for entry in feed.entries])

    def _think_over(self, decision: Decision, source: Source) -> tuple[list[NewItem], list[NewItem]]:
        return [self._item(e, source) for e in decision.new], [self._item(e, source) for e in decision.changed]

    def _item(self, entry: Entry, source: Source) -> NewItem:
        try:
            return self._think(entry, source)
        except Exception:
            # An item is never lost: what we fail to think about is stored and found by search, only not in digests.
            log.exception("%s: no thoughts on “%s”", source.name, entry.title[:80])
            return NewItem(entry=entry, labels=Labels(), summary=())

    def _success(self, state: SourceState, fetched: Fetched, *, new: int) -> Polled:
        now = self._clock()
        state = follow_move(state, fetched.permanent)
        headers = fetched.headers
        # A 304 need not repeat the validators; those we sent still hold then.
        kept = (state.etag, state.last_modified) if fetched.status == 304 else (None, None)
        # Nor how long it stays fresh.
        silent = fetched.status == 304 and not {"cache-control", "expires"} & set(headers)
        max_age = state.max_age if silent else freshness(headers, now=now)
        return Polled(
            url=state.source.url,
            at=now,
            next_poll_at=after_success(
                state,
                new=new,
                interval=self._interval,
                now=now,
                rng=self._rng,
                ttl=state.ttl,
                max_age=max_age,
            ),
            http_status=fetched.status,
            etag=headers.get("etag") or kept[0],
            last_modified=headers.get("last-modified") or kept[1],
            body_hash=state.body_hash,
            fetch_url=state.fetch_url,
            moved_to=state.moved_to,
            moved_seen=state.moved_seen,
            identity_by=state.identity_by,
            ttl=state.ttl,
            max_age=max_age,
            seconds=fetched.seconds,
        )

    async def _settle(self, state: SourceState, heard: Polled | BaseException, *, counted: bool) -> Polled:
        """The result of a source that was listened to, its failure saved; `counted` false spares its record."""
        if isinstance(heard, Polled):
            return heard
        if isinstance(heard, StorageError) or not isinstance(heard, Exception):
            raise heard
        if not isinstance(heard, FeedError):
            # A fault of ours in handling one source must not silence the others; the log says what to mend.
            log.error("%s: could not be handled", state.source.name, exc_info=heard)
            message = f"Could not be handled ({type(heard).__name__})"
            return await self._save_failure(
                state, FeedError(message, url=state.source.url, kind="parse"), counted=counted
            )
        return await self._save_failure(state, heard, counted=counted)

    async def _save_failure(self, state: SourceState, error: FeedError, *, counted: bool) -> Polled:
        now = self._clock()
        source = state.source
        failures = state.failures + counted
        kind = error.kind
        fetch_url = state.fetch_url
        if counted and fetch_url != source.url and (kind == "gone" or failures >= FORGET_MOVE_AFTER):
            # The address it moved to is no good any more: back to the operator's own.
            fetch_url = source.url
            kind = "http" if kind == "gone" else kind
        log.warning("%s: %s (%s)", source.name, error, kind)
        polled = Polled(
            url=source.url,
            at=now,
            next_poll_at=after_failure(
                state,
                failures=failures if counted else 0,
                interval=self._interval,
                now=now,
                rng=self._rng,
                gone=kind == "gone",
                retry_after=error.retry_after,
            ),
            error=kind,
            message=str(error),
            http_status=error.status,
            etag=state.etag,
            last_modified=state.last_modified,
            body_hash=state.body_hash,
            failures=failures,
            fetch_url=fetch_url,
            moved_to=state.moved_to,
            moved_seen=state.moved_seen,
            identity_by=state.identity_by,
        )
        await self._store.save_poll(polled, (), ())
        return polled
