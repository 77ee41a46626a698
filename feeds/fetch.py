"""The one place that talks to publishers: a careful GET that trusts neither the address nor the answer.

Each hop of one fetch:
    wait for this host's turn, then for a free slot
    resolve the name and check every address it leads to
    connect to exactly those addresses (there is no second DNS answer)
    read the body raw, counting on the wire and inside the decompressor
    a redirect begins the next hop, up to MAX_REDIRECTS
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import ResolveResult
from yarl import URL

from digest.errors import FeedError, FeedErrorKind
from feeds.guard import CheckedResolver, Decoder, is_local, is_public
from feeds.schedule import retry_after

MAX_REDIRECTS = 5
#: A publisher's redirect that may be remembered, and all that we follow.
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_STATUS_KINDS: Mapping[int, FeedErrorKind] = {
    206: "truncated",
    401: "unauthorized",
    403: "unauthorized",
    407: "unauthorized",
    410: "gone",
    429: "rate_limited",
}
#: A host and a port to what `socket.getaddrinfo` makes of them.
Lookup = Callable[[str, int], Sequence[tuple[Any, ...]]]
_HTTP, _HTTPS = 80, 443
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of our patience one publisher may use: seconds and bytes."""

    connect: float = 10
    total: float = 30
    wire_bytes: int = 5_000_000
    decoded_bytes: int = 10_000_000
    concurrency: int = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A complete answer: 200 with its decoded body, or 304 with none."""

    status: int
    body: bytes
    #: Names in lower case; several of one name are joined by a comma.
    headers: Mapping[str, str]
    #: Where the last hop led.
    url: str
    #: Where a chain of only permanent redirects led, else None.
    permanent: str | None
    #: Of the work itself, without waiting for the host's turn.
    seconds: float


def user_agent(version: str, contact_url: str | None = None) -> str:
    """Who we say we are, so that a publisher can find the operator.

    >>> user_agent("1.0", "https://example.org/bot")
    'DiplomacyDigest/1.0 (+https://example.org/bot)'
    """
    contact = "".join(c for c in contact_url or "" if c.isascii() and c.isprintable() and c not in " ()")
    return f"DiplomacyDigest/{version}" + (f" (+{contact})" if contact else "")


class Fetcher:
    """Fetches feeds, politely and safely. An async context manager; one serves all feeds.

    `allowed` are the (host, port) pairs that the operator wrote: at them alone a private or loopback address is
    accepted, if the host is an address or a local name. A chain of redirects that has once met a public address may
    not use them either: nobody outside chooses where in our network we go. `lookup` finds addresses as
    `socket.getaddrinfo` does, and `public` says which of them belong to the public internet.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allowed: frozenset[tuple[str, int]] = frozenset(),
        limits: Limits | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        lookup: Lookup = lambda host, port: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM),
        public: Callable[[str], bool] = is_public,
    ) -> None:
        self._user_agent = user_agent
        self._allowed = allowed
        self._limits = limits or Limits()
        self._clock = clock
        self._lookup = lookup
        self._public = public
        self._turns: WeakValueDictionary[tuple[str, int], _Turn] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        # getaddrinfo may hang for long; in a pool of its own it blocks nobody else's threads.
        self._resolvers = ThreadPoolExecutor(self._limits.concurrency, thread_name_prefix="resolve")
        self._slots = asyncio.Semaphore(self._limits.concurrency)
        self._checked = CheckedResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=self._checked, socket_factory=self._checked.open_socket, use_dns_cache=False, limit=0
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect),
            headers={"User-Agent": self._user_agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
            auto_decompress=False,
            trust_env=False,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        self._resolvers.shutdown(wait=False, cancel_futures=True)

    async def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The feed at `url`; 304 if it still is what the validators, sent back verbatim, stand for.

        Raises FeedError, and nothing else, for whatever goes wrong: of kind http, gone, rate_limited, unauthorized,
        timeout, too_large, bomb, network, truncated, redirect, blocked, or encoding (a compression nobody asked for).
        """
        validators = {}
        if etag:
            validators["If-None-Match"] = etag
        if last_modified:
            validators["If-Modified-Since"] = last_modified
        chain = _Chain(feed=url, at=_parse(url, feed=url))
        for _ in range(MAX_REDIRECTS + 1):
            fetched = await self._hop(chain, validators)
            if fetched is not None:
                return fetched
        raise FeedError(f"More than {MAX_REDIRECTS} redirects, or a loop of them", url=url, kind="redirect")

    async def _hop(self, chain: "_Chain", validators: Mapping[str, str]) -> Fetched | None:
        """One request: the answer, or None after noting in `chain` where it redirects to."""
        host, port = chain.host_port
        # http and https of a host are one publisher; other ports may be other servers.
        turn = self._turns.setdefault((host, _HTTP if port == _HTTPS else port), _Turn())
        asked = time.perf_counter()
        async with turn.lock, self._slots:
            if asked < turn.silent_at:
                raise FeedError("Its host did not answer another feed just now", url=chain.feed, kind="timeout")
            chain.answered = False
            started = time.perf_counter()
            try:
                async with asyncio.timeout(self._limits.total - chain.seconds):
                    return await self._request(chain, validators)
            except TimeoutError as error:
                if not chain.answered:
                    turn.silent_at = time.perf_counter()
                raise FeedError("No complete answer in time", url=chain.feed, kind="timeout") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                # ValueError: addresses and headers that aiohttp refuses to write down.
                raise FeedError(_sentence(error), url=chain.feed, kind="network") from error
            finally:
                chain.seconds += time.perf_counter() - started

    async def _request(self, chain: "_Chain", validators: Mapping[str, str]) -> Fetched | None:
        started = time.perf_counter()
        addresses = await self._resolve(chain)
        with self._checked.pinned(chain.host_port, addresses):
            async with self._session.get(chain.at, headers=validators, allow_redirects=False) as response:
                chain.answered = True
                if response.status in _REDIRECTS:
                    chain.follow(response)
                    return None
                headers = _plain(response)
                if response.status == 304 and validators:
                    body = b""
                elif 200 <= response.status < 300 and response.status != 206:
                    body = await self._body(response, chain)
                else:
                    raise self._refusal(chain, response.status, headers)
                return Fetched(
                    status=304 if response.status == 304 else 200,
                    body=body,
                    headers=headers,
                    url=str(chain.at),
                    permanent=str(chain.at) if chain.hops and chain.permanent else None,
                    seconds=chain.seconds + time.perf_counter() - started,
                )

    def _refusal(self, chain: "_Chain", status: int, headers: Mapping[str, str]) -> FeedError:
        wait = retry_after(headers, now=self._clock()) if status in (429, 503) else None
        kind = _STATUS_KINDS.get(status, "http")
        return FeedError(f"HTTP status {status}", url=chain.feed, kind=kind, status=status, retry_after=wait)

    async def _resolve(self, chain: "_Chain") -> list[ResolveResult]:
        """Every address of the hop's host, all of them checked. Raises FeedError of kind blocked or network."""
        host, port = chain.host_port
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._limits.connect):
            try:
                infos = await loop.run_in_executor(self._resolvers, self._lookup, host, port)
            except (socket.gaierror, UnicodeError) as error:
                raise FeedError(f"The name {host} is not known", url=chain.feed, kind="network") from error
        addresses = list(dict.fromkeys((info[0], str(info[4][0])) for info in infos))
        if not all(self._public(address) for _, address in addresses):
            if not (chain.private_so_far and (host, port) in self._allowed and is_local(host)):
                raise FeedError(f"{host} leads to a private address", url=chain.feed, kind="blocked")
        else:
            chain.private_so_far = False
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
            for family, address in addresses
        ]

    async def _body(self, response: aiohttp.ClientResponse, chain: "_Chain") -> bytes:
        limits = self._limits
        decoder = Decoder(response.headers.get("Content-Encoding", ""), feed=chain.feed, limit=limits.decoded_bytes)
        too_large = FeedError(f"Larger than {limits.wire_bytes:,} bytes", url=chain.feed, kind="too_large")
        if (response.content_length or 0) > limits.wire_bytes:
            raise too_large
        received = 0
        try:
            async for chunk in response.content.iter_any():
                received += len(chunk)
                if received > limits.wire_bytes:
                    raise too_large
                decoder.feed(chunk)
        except (aiohttp.ClientError, ConnectionError) as error:
            # Also a Content-Length that was not reached and chunks without their end.
            raise FeedError("The answer broke off", url=chain.feed, kind="truncated") from error
        return decoder.finish()


@dataclass(slots=True, weakref_slot=True)
class _Turn:
    """Whose turn it is at a host."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: When it last answered nothing at all: for those who were waiting then, one silence is enough.
    silent_at: float = 0.0


@dataclass(slots=True)
class _Chain:
    """How far one fetch has come over its redirects."""

    feed: str
    at: URL
    hops: int = 0
    permanent: bool = True
    #: No hop so far had a public address, so nobody outside has chosen where we go.
    private_so_far: bool = True
    seconds: float = 0.0
    #: Whether anything came back at the last hop.
    answered: bool = False

    @property
    def host_port(self) -> tuple[str, int]:
        return ((self.at.raw_host or "").rstrip("."), self.at.port or 80)

    def follow(self, response: aiohttp.ClientResponse) -> None:
        """Moves on to where a redirect points. Raises FeedError of kind redirect or blocked."""
        # Header bytes outside UTF-8 arrive as lone surrogates.
        location = response.headers.get("Location", "").encode("utf-8", "replace").decode()
        if not location:
            raise FeedError("A redirect to nowhere", url=self.feed, kind="redirect", status=response.status)
        try:
            target = self.at.join(URL(location)).with_fragment(None)
        except ValueError as error:
            raise FeedError("A redirect to no address", url=self.feed, kind="redirect") from error
        self.at = _parse(str(target), feed=self.feed)
        self.hops += 1
        self.permanent = self.permanent and response.status in _PERMANENT


def _parse(url: str, *, feed: str) -> URL:
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError as error:
        raise FeedError("Not a web address", url=feed, kind="blocked") from error
    if parsed.scheme not in ("http", "https") or not parsed.raw_host or not port:
        raise FeedError("Only http and https addresses are fetched", url=feed, kind="blocked")
    return parsed


def _plain(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        # Bytes outside UTF-8 cannot be kept, and a validator that is not verbatim is worse than none.
        if not any("\ud800" <= c <= "\udfff" for c in value):
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _sentence(error: Exception) -> str:
    """Why there was no answer, without addresses in it that an operator may have given a password."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError | ssl.SSLError):
        return "No secure connection: the certificate or the TLS of the server is not in order"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"No connection ({error.os_error.strerror or type(error).__name__})"
    return f"No answer ({type(error).__name__})"
