"""What stands between a publisher and our machine: which addresses may be reached, how far an answer may unfold."""

import ipaddress
import socket
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from aiohttp import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from digest.errors import FeedError

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Not of the public internet, though the `ipaddress` of some Python we support calls them global.
_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # protocol assignments (RFC 6890); a cloud's metadata lives in it
            "192.88.99.0/24",  # the former anycast of 6to4 relays (RFC 7526)
            "168.63.129.16/32",  # looks public, but is the host of every machine in one large cloud
            "64:ff9b:1::/48",  # NAT64 within a network (RFC 8215)
            "3fff::/20",  # documentation (RFC 9637)
            "5f00::/16",  # segment routing within a network (RFC 9602)
        ),
    )
)
#: Names that no public DNS serves (RFC 6761, 6762, 8375 and common practice in home networks).
_LOCAL_SUFFIXES = (".localhost", ".local", ".lan", ".internal", ".home.arpa", ".test")


class CheckedResolver(AbstractResolver):
    """Gives aiohttp the addresses that were checked for this hop, so that it never asks DNS by itself.

    One request a host and port at a time: what is pinned for them belongs to the request under way.
    """

    def __init__(self) -> None:
        self._pinned: dict[tuple[str, int], list[ResolveResult]] = {}

    @contextmanager
    def pinned(self, host_port: tuple[str, int], addresses: list[ResolveResult]) -> Iterator[None]:
        """Answers for this host and port with these addresses for as long as the context lasts."""
        self._pinned[host_port] = addresses
        try:
            yield
        finally:
            del self._pinned[host_port]

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002 -- aiohttp's signature
    ) -> list[ResolveResult]:
        """The pinned addresses; OSError for any host that was not checked."""
        addresses = self._pinned.get((host.rstrip("."), port))
        if addresses is None:
            raise OSError(f"{host}:{port} was not checked")
        return addresses

    def open_socket(self, info: AddrInfoType) -> socket.socket:
        """A socket for aiohttp, which connects it to the address of `info` and nowhere else.

        The last look before we knock: OSError for an address that was not checked for a request under way, whoever
        resolved it.
        """
        family, kind, proto, _, sockaddr = info
        address, port = ipaddress.ip_address(sockaddr[0]), sockaddr[1]
        checked = (found for results in self._pinned.values() for found in results)
        if not any(found["port"] == port and ipaddress.ip_address(found["host"]) == address for found in checked):
            raise OSError(f"{address}:{port} was not checked")
        return socket.socket(family, kind, proto)

    async def close(self) -> None:
        """Nothing to release."""


class Decoder:
    """Undoes gzip or deflate, never holding more than `limit` decoded bytes. Raises FeedError."""

    def __init__(self, encoding: str, *, feed: str, limit: int) -> None:
        self._encoding = encoding.strip().lower()
        self._feed = feed
        self._limit = limit
        self._decoded = bytearray()
        self._inflater: zlib._Decompress | None = None
        if self._encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise FeedError(f"Compressed as “{encoding[:40]}”, unasked", url=feed, kind="encoding")

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes from the wire."""
        if self._encoding in ("", "identity"):
            self._keep(chunk)
            return
        while chunk:
            if self._inflater is None:
                self._inflater = zlib.decompressobj(self._window(chunk))
            # One byte over the limit is enough to know; a bomb never gets to unfold.
            room = self._limit - len(self._decoded) + 1
            try:
                self._keep(self._inflater.decompress(chunk, room))
            except zlib.error as error:
                raise FeedError("Not compressed as it says", url=self._feed, kind="encoding") from error
            chunk = self._inflater.unconsumed_tail
            if self._inflater.eof:
                # A gzip file may have several members; whatever else follows is padding.
                chunk = self._inflater.unused_data
                if not chunk.startswith(b"\x1f\x8b"):
                    return
                self._inflater = None

    def finish(self) -> bytes:
        """The whole decoded body."""
        if self._inflater is not None and not self._inflater.eof:
            raise FeedError("The compressed answer broke off", url=self._feed, kind="truncated")
        return bytes(self._decoded)

    def _keep(self, piece: bytes) -> None:
        self._decoded += piece
        if len(self._decoded) > self._limit:
            raise FeedError(f"Unfolds to more than {self._limit:,} bytes", url=self._feed, kind="bomb")

    def _window(self, first: bytes) -> int:
        if self._encoding != "deflate":
            return zlib.MAX_WBITS | 16
        # "deflate" should mean zlib's wrapping; some servers send it bare.
        wrapped = first[0] & 0x0F == 8 and (len(first) < 2 or int.from_bytes(first[:2], "big") % 31 == 0)
        return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, an IPv4 address inside an IPv6 one included.

    >>> is_public("93.184.216.34"), is_public("::ffff:127.0.0.1"), is_public("100.64.0.1")
    (True, False, False)
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.is_site_local or ip.teredo:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def is_local(host: str) -> bool:
    """Whether a host is an address or a name that only a local network serves.

    A public name may not lead to a private address even where the operator wrote it: whoever keeps its DNS could
    point it into our network one day.

    >>> is_local("10.0.0.7"), is_local("nas.lan"), is_local("nhandan.vn")
    (True, True, False)
    """
    return ":" in host or host.replace(".", "").isdigit() or "." not in host or host.endswith(_LOCAL_SUFFIXES)


def as_fetched(host: str) -> str:
    """A host as our client reads it: digits, letters and dots of any script as those that DNS knows.

    >>> as_fetched("１２７。0.0.1"), as_fetched("Foo.Bar｡LAN.")
    ('127.0.0.1', 'foo.bar.lan')
    """
    host = unicodedata.normalize("NFKC", host).lower()
    with suppress(ValueError):  # what our client cannot read it does not fetch
        host = URL.build(scheme="http", host=host).raw_host or host
    return host.replace("\u3002", ".").rstrip(".")


def may_be_private(host: str) -> bool:
    """Whether a host, as somebody wrote it, could lead into a private network; without asking DNS.

    >>> may_be_private("nas.lan"), may_be_private("0x7f.1"), may_be_private("nhandan.vn")
    (True, True, False)
    """
    host = as_fetched(host)
    try:
        # Also the forms 2130706433, 0177.0.0.1 and 127.1, as the system reads them.
        return not is_public(host if ":" in host else socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, ValueError):
        return is_local(host)
