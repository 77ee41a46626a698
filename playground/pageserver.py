"""The page in the browser: its files, what it shows and what it does, on loopback and for no other site.

    GET /            the page and its files (playground/page/)
    GET /events      what changes, as server-sent events
    POST /do/<act>   what a visitor does, see playground.acts
    GET /file/<id>   a document or picture of a chat
    GET /read?url=   a report of the newsstand

A page of another site that this browser has open must not drive the demo: a foreign Host (DNS rebinding), Origin or
Sec-Fetch-Site is refused, and an act takes JSON alone, which no form of another site can send.
"""

import asyncio
import html
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from importlib.resources import files
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from aiohttp import web

from digest.errors import ConfigError
from playground.acts import Acts
from playground.botapi import BotApi
from playground.newsstand import Newsstand
from playground.pixels import picture_size
from playground.view import Shown
from playground.world import World

JSON = Any
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HOST = "127.0.0.1"
#: A request is a message at most.
_MAX_BODY = 64 * 1024
#: An idle stream is spoken to so often, in seconds: so that a chat action fades and a dead page is noticed.
_HEARTBEAT = 5.0
#: Changes that come together are sent together, in seconds.
_GATHER = 0.02
_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class PageServer:
    """The page, listening on 127.0.0.1 while it is open. `port` 0 takes a free one; ConfigError if it is taken.

    `extra` gives the parts that are not of Telegram: the clock, the words.
    """

    def __init__(
        self, api: BotApi, acts: Acts, stand: Newsstand, *, extra: Callable[[], dict[str, JSON]], port: int = 0
    ) -> None:
        self._api = api
        self._acts = acts
        self._stand = stand
        self._extra = extra
        self._port = port
        self._closing = False
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The page's address."""
        return f"http://{HOST}:{self._port}/"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._guard])
        app.router.add_get("/", self._file)
        app.router.add_get("/page/{name}", self._file)
        app.router.add_get("/events", self._events)
        app.router.add_post("/do/{act}", self._do)
        app.router.add_get("/file/{id}", self._attachment)
        app.router.add_get("/read", self._read)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, HOST, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigError(
                f"The port {self._port} cannot be listened on: {error.strerror}. Choose another with --port."
            ) from error
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closing = True
        self._api.world.change()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Only this page, by its own name, may ask."""
        hosts = (f"{HOST}:{self._port}", f"localhost:{self._port}")
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "none")
        # Any site may link to the page itself; nothing else of it is for others.
        linked = request.path == "/" and request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate"
        foreign = origin is not None and origin not in [f"http://{host}" for host in hosts]
        if request.host not in hosts or foreign or (site not in ("same-origin", "none") and not linked):
            return web.Response(status=403, text="This page answers its own browser tab only.\n", headers=_HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(_HEADERS)
            raise
        if not response.prepared:
            for name, value in _HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name", "index.html")
        file = files("playground") / "page" / name
        kind = _TYPES.get(name.rpartition(".")[2])
        if kind is None or "/" in name or name.startswith(".") or not file.is_file():
            raise web.HTTPNotFound
        return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8")

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """https://html.spec.whatwg.org/multipage/server-sent-events.html: one event a change, at first everything."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **_HEADERS})
        await response.prepare(request)
        world, shown = self._api.world, Shown(self._api)
        with suppress(ConnectionError):
            while not self._closing:
                revision = world.revision
                if (news := shown.news(self._extra())) is not None:
                    await response.write(f"data: {json.dumps(news, ensure_ascii=False)}\n\n".encode())
                else:
                    await response.write(b": still here\n\n")
                with suppress(TimeoutError):
                    await world.until(partial(_newer, world, revision), within=_HEARTBEAT, what="a change")
                await asyncio.sleep(_GATHER)
        return response

    async def _do(self, request: web.Request) -> web.Response:
        act = self._acts.all.get(request.match_info["act"])
        if act is None:
            raise web.HTTPNotFound
        if request.content_type != "application/json":
            return _refused(415, "an act is sent as JSON")
        try:
            given = json.loads(await request.read())
            if not isinstance(given, dict):
                return _refused(400, "an act is a JSON object")
            return web.json_response(await act(given))
        except TimeoutError:
            return _refused(504, "the bot did not answer")
        except (ValueError, TypeError) as error:
            return _refused(400, str(error))

    async def _attachment(self, request: web.Request) -> web.Response:
        """A picture to be shown, anything else to be saved: what a bot sends is not opened as a page of ours."""
        file = self._api.world.files.get(request.match_info["id"])
        if file is None:
            raise web.HTTPNotFound
        kind = file.mime_type if picture_size(file.content) and file.mime_type.startswith("image/") else ""
        response = web.Response(body=file.content, content_type=kind or "application/octet-stream")
        if not kind:
            response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return response

    async def _read(self, request: web.Request) -> web.Response:
        """A report as its invented outlet would show it: their addresses lead nowhere else."""
        report = self._stand.report(request.query.get("url", ""))
        if report is None:
            raise web.HTTPNotFound
        paragraphs = "".join(f"<p>{html.escape(each)}</p>" for each in report.text.split("\n"))
        page = (
            f'<!doctype html><html lang="{report.outlet.language}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{html.escape(report.title)}</title><link rel="stylesheet" href="/page/style.css"></head>'
            f'<body class="report"><main><p class="outlet">{html.escape(report.outlet.name)}</p>'
            f'<h1>{html.escape(report.title)}</h1><p class="when">{report.published:%d.%m.%Y %H:%M}</p>{paragraphs}'
            "</main></body></html>"
        )
        return web.Response(text=page, content_type="text/html")


def _newer(world: World, revision: int) -> bool:
    return world.revision > revision


def _refused(status: int, error: str) -> web.Response:
    return web.json_response({"error": error}, status=status)
