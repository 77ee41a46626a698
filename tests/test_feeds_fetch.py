"""Fetching: real requests over loopback, answers of every kind a publisher has thought of."""

import asyncio
import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from aiohttp.abc import ResolveResult

from digest.errors import FeedError
from feeds.fetch import Fetcher, Limits, user_agent
from feeds.guard import CheckedResolver, is_local, is_public, may_be_private
from tests.feedserver import FeedServer, rss

NOW = datetime(2026, 11, 21, tzinfo=UTC)
QUICK = Limits(connect=2, total=5)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


def fetcher(*servers: FeedServer, limits: Limits = QUICK, **more) -> Fetcher:
    allowed = frozenset(("127.0.0.1", server.port) for server in servers)
    agent = user_agent("1", "https://bot.example")
    return Fetcher(user_agent=agent, allowed=allowed, limits=limits, clock=lambda: NOW, **more)


async def kind_of(fetch: Fetcher, url: str) -> str:
    with pytest.raises(FeedError) as caught:
        await fetch.fetch(url)
    return caught.value.kind


async def failure(server: FeedServer, url: str, *, limits: Limits = QUICK) -> FeedError:
    async with fetcher(server, limits=limits) as fetch:
        with pytest.raises(FeedError) as caught:
            await fetch.fetch(url)
    assert caught.value.url == url
    return caught.value


async def test_gives_the_body_and_the_headers_in_lower_case(server: FeedServer) -> None:
    url = server.set("/feed", rss(), headers={"ETag": '"a"', "X-Two": "1"})
    async with fetcher(server) as fetch:
        fetched = await fetch.fetch(url)
    assert (fetched.status, fetched.body, fetched.url, fetched.permanent) == (200, rss(), url, None)
    assert (fetched.headers["etag"], fetched.headers["x-two"]) == ('"a"', "1")
    assert fetched.seconds > 0


async def test_says_who_we_are_and_sends_neither_cookie_nor_referrer(server: FeedServer) -> None:
    url = server.set("/feed", headers={"Set-Cookie": "track=me"})
    async with fetcher(server) as fetch:
        await fetch.fetch(url)
        await fetch.fetch(url)
    sent = server.requests[1].headers
    assert sent["user-agent"] == "DiplomacyDigest/1 (+https://bot.example)"
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & set(sent)


@pytest.mark.parametrize("etag", ['"plain"', 'W/"weak"', "bare", '"quo"te"', '"với dấu"', '"a,b"', "'single'", '""'])
async def test_sends_validators_back_verbatim(server: FeedServer, etag: str) -> None:
    modified = "Saturday, 21-Nov-26 00:00:00 GMT+0 or so"
    url = server.set("/feed", rss(), headers={"ETag": etag, "Last-Modified": modified}, conditional=True)
    async with fetcher(server) as fetch:
        first = await fetch.fetch(url)
        again = await fetch.fetch(url, etag=first.headers["etag"], last_modified=first.headers["last-modified"])
    sent = server.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == (etag, modified)
    assert (again.status, again.body) == (304, b"")


async def test_304_to_a_question_we_did_not_ask_is_an_error(server: FeedServer) -> None:
    assert (await failure(server, server.set("/feed", status=304))).kind == "http"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(rss())),
        ("x-gzip", gzip.compress(rss()[:50]) + gzip.compress(rss()[50:])),
        ("gzip", gzip.compress(rss()) + b"\0\0padding"),
        ("deflate", zlib.compress(rss())),
        ("deflate", zlib.compress(rss(), wbits=-15)),
        ("Identity", rss()),
    ],
    ids=["gzip", "two members", "padded", "zlib", "bare deflate", "identity"],
)
async def test_undoes_compression(server: FeedServer, encoding: str, packed: bytes) -> None:
    url = server.set("/feed", packed, headers={"Content-Encoding": encoding})
    async with fetcher(server) as fetch:
        assert (await fetch.fetch(url)).body == rss()
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(("encoding", "body"), [("br", b"x"), ("gzip, gzip", b"x"), ("gzip", b"<rss>not packed")])
async def test_refuses_compression_it_cannot_undo(server: FeedServer, encoding: str, body: bytes) -> None:
    url = server.set("/feed", body, headers={"Content-Encoding": encoding})
    assert (await failure(server, url)).kind == "encoding"


async def test_a_gzip_bomb_is_stopped_before_it_fills_the_memory(server: FeedServer) -> None:
    bomb = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    url = server.set("/feed", bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        error = await failure(server, url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (len(bomb) < 250_000, error.kind, peak < 40_000_000) == (True, "bomb", True)


@pytest.mark.parametrize("chunked", [False, True], ids=["with length", "in chunks"])
async def test_too_large_an_answer_is_not_read_to_its_end(server: FeedServer, chunked: bool) -> None:
    url = server.set("/feed", b"x" * 50_001, chunked=chunked)
    assert (await failure(server, url, limits=Limits(wire_bytes=50_000))).kind == "too_large"


async def test_a_dripping_server_runs_into_the_total_time(server: FeedServer) -> None:
    url = server.set("/feed", b"x" * 1000, drip=0.02)
    assert (await failure(server, url, limits=Limits(total=0.3))).kind == "timeout"


async def test_a_server_that_never_begins_runs_into_the_total_time(server: FeedServer) -> None:
    assert (await failure(server, server.set("/feed", delay=5), limits=Limits(total=0.2))).kind == "timeout"


@pytest.mark.parametrize(
    ("page", "body"),
    [
        ({"cut_after": 40}, rss()),
        ({"cut_after": 40, "chunked": True}, rss()),
        ({"headers": {"Content-Encoding": "gzip"}}, gzip.compress(rss())[:-12]),
    ],
    ids=["less than its length", "no last chunk", "gzip without its end"],
)
async def test_an_answer_that_breaks_off_is_truncated(server: FeedServer, page: dict, body: bytes) -> None:
    assert (await failure(server, server.set("/feed", body, **page))).kind == "truncated"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "http"),
        (401, "unauthorized"),
        (403, "unauthorized"),
        (404, "http"),
        (410, "gone"),
        (429, "rate_limited"),
        (500, "http"),
        (503, "http"),
        (206, "truncated"),
        (300, "http"),
    ],
)
async def test_a_refusal_is_told_by_its_kind_and_status(server: FeedServer, status: int, kind: str) -> None:
    error = await failure(server, server.set("/feed", b"sorry", status=status))
    assert (error.kind, error.status, error.retry_after) == (kind, status, None)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("Sat, 21 Nov 2026 01:00:00 GMT", 3600.0),
        ("Fri, 20 Nov 2026 00:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_read_in_both_its_forms(
    server: FeedServer, status: int, value: str, seconds: float | None
) -> None:
    headers = {"Retry-After": value, "Date": "Sat, 21 Nov 2026 00:00:00 GMT"}
    error = await failure(server, server.set("/feed", status=status, headers=headers))
    assert error.retry_after == seconds


async def test_no_connection_is_a_network_error() -> None:
    async with FeedServer() as closed:
        pass
    assert (await failure(closed, closed.url())).kind == "network"


async def test_something_that_speaks_no_http_is_a_network_error() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff not http at all\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Fetcher(user_agent="x", allowed=frozenset({("127.0.0.1", port)}), limits=QUICK) as fetch:
        with pytest.raises(FeedError) as caught:
            await fetch.fetch(f"http://127.0.0.1:{port}/")
    assert caught.value.kind == "network"


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_follows_a_redirect_and_tells_a_permanent_one(server: FeedServer, status: int, permanent: bool) -> None:
    target = server.set("/new", rss())
    url = server.redirect("/old", "/new#part", status=status)
    async with fetcher(server) as fetch:
        fetched = await fetch.fetch(url)
    assert (fetched.body, fetched.url, fetched.permanent) == (rss(), target, target if permanent else None)


async def test_a_chain_is_permanent_only_if_each_of_its_redirects_is(server: FeedServer) -> None:
    server.set("/c", rss())
    server.redirect("/b", "/c", status=302)
    url = server.redirect("/a", "/b", status=301)
    async with fetcher(server) as fetch:
        assert (await fetch.fetch(url)).permanent is None


async def test_five_redirects_are_followed_and_not_a_sixth(server: FeedServer) -> None:
    for n in range(6):
        server.redirect(f"/{n}", f"/{n + 1}")
    server.set("/6", rss())
    async with fetcher(server) as fetch:
        assert (await fetch.fetch(server.url("/1"))).body == rss()
    assert (await failure(server, server.url("/0"))).kind == "redirect"


async def test_a_loop_and_a_redirect_to_nowhere_are_redirect_errors(server: FeedServer) -> None:
    assert (await failure(server, server.redirect("/loop", "/loop"))).kind == "redirect"
    assert (await failure(server, server.set("/nowhere", status=302))).kind == "redirect"


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://news.example/", "gopher://x", "http://", "http://a:0/"]
)
async def test_a_redirect_to_another_scheme_or_no_address_is_refused(server: FeedServer, target: str) -> None:
    assert (await failure(server, server.redirect("/feed", target, status=302))).kind in ("blocked", "redirect")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0.0.0.0", "10.0.0.1", "0x7f.1"],
)
async def test_a_redirect_opens_no_other_private_address(server: FeedServer, host: str) -> None:
    async with FeedServer() as secret:
        url = server.redirect("/feed", f"http://{host}:{secret.port}/admin", status=302)
        assert (await failure(server, url)).kind == "blocked"
        assert secret.requests == []


async def test_a_private_address_is_fetched_only_where_the_operator_wrote_it(server: FeedServer) -> None:
    server.set("/feed", rss())
    async with Fetcher(user_agent="x", limits=QUICK) as fetch:
        with pytest.raises(FeedError) as caught:
            await fetch.fetch(server.url())
    assert (caught.value.kind, server.requests) == ("blocked", [])


async def test_the_operators_hosts_may_redirect_to_each_other(server: FeedServer) -> None:
    async with FeedServer() as other, fetcher(server, other) as fetch:
        fetched = await fetch.fetch(server.redirect("/feed", other.set("/feed", rss())))
    assert fetched.body == rss()


async def test_a_public_host_may_not_redirect_to_the_operators_private_one(
    server: FeedServer,
) -> None:
    # Loopback has no public address, so another of its own must pass for one.
    async with FeedServer("127.0.0.2") as public:
        url = public.redirect("/feed", server.set("/feed", rss()))
        async with fetcher(server, public=lambda address: address == "127.0.0.2") as fetch:
            assert await kind_of(fetch, url) == "blocked"
    assert (len(public.requests), server.requests) == (1, [])


async def test_dns_is_asked_once_a_request_and_only_what_it_said_is_reached(server: FeedServer) -> None:
    """An answer that changes between check and connection finds nobody to be given to."""
    asked = []

    def lookup(host: str, port: int) -> list[tuple]:
        asked.append(host)
        address = "127.0.0.2" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    server.set("/feed", rss())
    url = server.url(host="rebound.example")
    # Nobody listens at the public address: were there a second look, the private server would be found.
    async with fetcher(server, lookup=lookup, public=lambda address: address == "127.0.0.2") as fetch:
        assert await kind_of(fetch, url) == "network"
        assert (asked, server.requests) == (["rebound.example"], [])
        assert await kind_of(fetch, url) == "blocked"
    assert server.requests == []


async def test_no_socket_is_opened_to_an_address_that_was_not_checked(server: FeedServer) -> None:
    """Whoever resolved it: the last look is at the address that is about to be connected."""
    resolver = CheckedResolver()
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", server.port))
    result = ResolveResult(hostname="a", host="127.0.0.1", port=server.port, family=socket.AF_INET, proto=0, flags=0)
    with resolver.pinned(("a", server.port), [result]):
        resolver.open_socket(info).close()
        for other in ("127.0.0.2", server.port), ("127.0.0.1", server.port + 1):
            with pytest.raises(OSError, match="was not checked"):
                resolver.open_socket((*info[:4], other))
    with pytest.raises(OSError, match="was not checked"):
        resolver.open_socket(info)


@pytest.mark.parametrize("user", ["", "reader:secret@"])
async def test_a_password_of_the_operator_goes_to_its_host_and_no_further(server: FeedServer, user: str) -> None:
    async with FeedServer() as other, fetcher(server, other) as fetch:
        url = server.redirect("/feed", other.set("/feed", rss())).replace("://", f"://{user}")
        fetched = await fetch.fetch(url)
    sent = [r.headers.get("authorization") for r in (*server.requests, *other.requests)]
    assert sent == ["Basic cmVhZGVyOnNlY3JldA==" if user else None, None]
    assert "secret" not in fetched.url


@pytest.mark.parametrize("path", ["/feed", "/moved"])
async def test_a_password_is_in_no_sentence_of_an_error(server: FeedServer, path: str) -> None:
    server.set("/feed", status=403)
    server.redirect("/moved", "http://10.0.0.7/x")
    error = await failure(server, server.url(path).replace("://", "://reader:secret@"))
    assert "secret" not in str(error)


async def test_another_spelling_of_an_allowed_host_is_another_host(server: FeedServer) -> None:
    server.set("/feed", rss())
    assert (await failure(server, server.url(host="localhost"))).kind == "blocked"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("240.0.0.1", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
        ("0.1.2.3", False),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("198.18.0.1", False),
        ("203.0.113.1", False),
        ("168.63.129.16", False),
        ("169.254.170.2", False),
        ("100.100.100.200", False),
        ("239.255.255.250", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b:1::7f00:1", False),
        ("100::1", False),
        ("2001:db8::1", False),
        ("2001:2::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1%eth0", False),
        ("ff0e::1", False),
    ],
)
def test_knows_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("nas", True),
        ("feeds.lan", True),
        ("news.example", False),
        ("10.0.0.1.news.example", False),
        ("lan", True),
        ("xlan.example", False),
    ],
)
def test_only_addresses_and_local_names_may_be_private(host: str, local: bool) -> None:
    assert is_local(host) is local


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.1", True),
        ("0x7f000001", True),
        ("017700000001", True),
        ("１０.0.0.1", True),
        ("169.254。169.254", True),
        ("192.168．1.1", True),
        ("127｡0｡0｡1", True),
        ("foo.bar｡lan", True),
        ("metadata.google。internal", True),
        ("local\u00adhost", True),
        ("ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", True),
        ("báo.example", False),
        ("đài。tiếng-nói.example", False),
        ("::1", True),
        ("::ffff:10.0.0.1", True),
        ("64:ff9b::a00:1", True),
        ("router.", True),
        ("DB.internal", True),
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
        ("news.example", False),
    ],
)
def test_knows_what_could_be_private_as_it_is_written(host: str, private: bool) -> None:
    assert may_be_private(host) is private


async def test_asks_one_host_one_thing_at_a_time(server: FeedServer) -> None:
    urls = [server.set(f"/{n}", rss(), delay=0.02) for n in range(5)]
    async with fetcher(server) as fetch:
        await asyncio.gather(*(fetch.fetch(url) for url in urls))
    assert (len(server.requests), server.most_at_once) == (5, 1)


async def test_a_slow_host_does_not_hold_up_another(server: FeedServer) -> None:
    slow = [server.set(f"/{n}", drip=0.05, body=b"x" * 1000) for n in range(2)]
    async with FeedServer() as other, fetcher(server, other, limits=Limits(total=0.8, concurrency=2)) as fetch:
        waiting = [asyncio.ensure_future(fetch.fetch(url)) for url in slow]
        fetched = await fetch.fetch(other.set("/feed", rss()))
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert fetched.body == rss()
    # Each had its own full time, however long it waited for its turn.
    assert [getattr(outcome, "kind", None) for outcome in outcomes] == ["timeout"] * 2


async def test_one_silence_of_a_host_is_enough_for_all_who_wait_for_it(server: FeedServer) -> None:
    """Forty feeds of a host that hangs would else hold up a round of polls for twenty minutes."""
    silent = [server.set(f"/{n}", rss(), delay=5) for n in range(3)]
    async with fetcher(server, limits=Limits(total=0.4)) as fetch:
        began = time.monotonic()
        outcomes = await asyncio.gather(*map(fetch.fetch, silent), return_exceptions=True)
        assert time.monotonic() - began < 0.8
        server.set("/0", rss())
        assert (await fetch.fetch(silent[0])).body == rss()  # asked anew in the next round
    assert [getattr(outcome, "kind", None) for outcome in outcomes] == ["timeout"] * 3


@pytest.mark.parametrize("concurrency", [1, 2])
async def test_no_more_requests_than_the_limit_run_at_once(server: FeedServer, concurrency: int) -> None:
    server.set("/feed", rss(), delay=0.1)
    hosts = ("127.0.0.1", "localhost")
    allowed = frozenset((host, server.port) for host in hosts)
    async with Fetcher(user_agent="x", allowed=allowed, limits=Limits(concurrency=concurrency)) as fetch:
        await asyncio.gather(*(fetch.fetch(server.url(host=host)) for host in hosts))
    assert server.most_at_once == concurrency


async def test_a_validator_that_cannot_be_kept_verbatim_is_not_kept() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b'HTTP/1.1 200 OK\r\nETag: "caf\xe9"\r\nX-Fine: yes\r\nContent-Length: 2\r\n\r\nok')
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, Fetcher(user_agent="x", allowed=frozenset({("127.0.0.1", port)}), limits=QUICK) as fetch:
        fetched = await fetch.fetch(f"http://127.0.0.1:{port}/")
    assert ("etag" in fetched.headers, fetched.headers["x-fine"]) == (False, "yes")


def test_the_user_agent_cannot_smuggle_a_header() -> None:
    assert user_agent("1", "https://x.example/\r\nX-Evil: 1") == "DiplomacyDigest/1 (+https://x.example/X-Evil:1)"
    assert user_agent("1") == "DiplomacyDigest/1"
