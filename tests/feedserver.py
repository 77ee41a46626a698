"""A publisher of ours on loopback: says what a test tells it to, as slowly and as wrongly as the test wants."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web


@dataclass
class Page:
    """How one path answers."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Answer 304 to a request that brings this page's own validators.
    conditional: bool = False
    #: Seconds before the answer begins, and between each two of its bytes.
    delay: float = 0
    drip: float = 0
    #: Break the connection after so many bytes of the body.
    cut_after: int | None = None
    #: Send the body in chunks, without saying how long it is.
    chunked: bool = False


@dataclass(frozen=True)
class Request:
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]


class FeedServer:
    """An async context manager. Paths that no test has set answer 404."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.host = host
        self.pages: dict[str, Page] = {}
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, 0)
        await site.start()
        self.port: int = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def url(self, path: str = "/feed", *, host: str | None = None) -> str:
        return f"http://{host or self.host}:{self.port}{path}"

    def set(self, path: str, body: bytes | str = b"", **fields) -> str:
        """Answers at `path` with a Page of these fields; its url."""
        self.pages[path] = Page(body=body.encode() if isinstance(body, str) else body, **fields)
        return self.url(path)

    def redirect(self, path: str, to: str, *, status: int = 301) -> str:
        return self.set(path, status=status, headers={"Location": to})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append(Request(request.path_qs, headers))
        page = self.pages.get(request.path_qs)
        if page is None:
            return web.Response(status=404)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self._page(request, page)
        finally:
            self.at_once -= 1

    async def _page(self, request: web.Request, page: Page) -> web.StreamResponse:
        if page.delay:
            await asyncio.sleep(page.delay)
        if page.conditional and request.headers.get("If-None-Match") == page.headers.get("ETag"):
            return web.Response(status=304, headers=page.headers)
        response = web.StreamResponse(status=page.status, headers=page.headers)
        if page.chunked:
            response.enable_chunked_encoding()
        elif "Content-Length" not in page.headers:
            response.content_length = len(page.body)
        await response.prepare(request)
        body = page.body if page.cut_after is None else page.body[: page.cut_after]
        step = 1 if page.drip else 65536
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            if page.drip:
                await asyncio.sleep(page.drip)
        if page.cut_after is not None and request.transport is not None:
            request.transport.abort() if not body else request.transport.close()
            return response
        await response.write_eof()
        return response


def rss(*items: str, title: str = "The Example", more: str = "") -> bytes:
    """An RSS 2.0 document of the items."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{title}</title><link>https://news.example/</link>{more}{''.join(items)}</channel></rss>"
    ).encode()


def item(number: int, *, title: str = "", guid: str | None = None, link: str | None = None, more: str = "") -> str:
    """One item of `rss`."""
    guid = f"guid-{number}" if guid is None else guid
    return (
        f"<item><title>{title or f'Report {number}'}</title><link>{link or f'https://news.example/{number}'}</link>"
        f'<guid isPermaLink="false">{guid}</guid><description>What happened, part {number}.</description>'
        f"<pubDate>Fri, 20 Nov 2026 {number % 24:02}:00:00 GMT</pubDate>{more}</item>"
    )
