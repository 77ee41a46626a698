"""Updates by webhook: Telegram calls us, behind the operator's proxy, instead of us asking."""

import asyncio
import hmac
import json
import logging
import secrets
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Update
from telegram.ext import Application

from digest.errors import ConfigError

log = logging.getLogger(__name__)

#: https://core.telegram.org/bots/api#setwebhook, secret_token
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
#: An update is a message and what it replies to: far below this.
_MAX_BYTES = 1 << 20
#: A connection may last so long, in seconds: a head or a body that has not come by then is waited for no longer.
CONNECTION_SECONDS = 30.0
#: More connections at once are not taken. Telegram opens 40 at most: setwebhook, max_connections.
MOST_CONNECTIONS = 100
#: What is left of a body that we did not want is read for so long, in seconds, so that our answer arrives.
_LINGER = 1.0


class Webhook:
    """A small HTTP server on `host` and `port` that takes Telegram's calls at the path of `url`.

    A connection lasts `seconds` at most.
    """

    def __init__(
        self,
        application: Application,  # type: ignore[type-arg]
        url: str,
        secret: str | None,
        *,
        host: str,
        port: int,
        seconds: float = CONNECTION_SECONDS,
    ) -> None:
        self._application = application
        self._url = url
        self._secret = secret or secrets.token_urlsafe(32)
        self._host = host
        self._port = port
        self._seconds = seconds
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None
        #: Connections whose call is being answered.
        self._busy: set[object] = set()

    async def start(self) -> None:
        """Listen. Raises ConfigError if the port cannot be had."""
        app = web.Application(client_max_size=_MAX_BYTES)
        app.router.add_post(urlsplit(self._url).path or "/", self._receive)
        self._runner = web.AppRunner(app, access_log=None, lingering_time=_LINGER)
        await self._runner.setup()
        try:
            # By ourselves: aiohttp's own sites wait for a head for ever, and for any number of them.
            self._server = await asyncio.get_running_loop().create_server(self._accept, self._host, self._port)
        except OSError as error:
            raise ConfigError(
                f"HOST {self._host}, PORT {self._port} cannot be listened on: {error.strerror}"
            ) from error
        log.info("listening for Telegram on %s, port %s", self._host, self._port)

    def _accept(self) -> asyncio.BaseProtocol:
        """A connection: aiohttp's, which is closed when its time is over and what was begun is done."""
        server = self._runner.server if self._runner else None
        if server is None or len(server.connections) >= MOST_CONNECTIONS:
            return _Refusal()
        connection = server()
        asyncio.get_running_loop().call_later(self._seconds, self._expire, connection)
        return connection

    def _expire(self, connection: web.RequestHandler) -> None:
        """The time of a connection is over."""
        if connection in self._busy:
            connection.close()
        else:
            connection.force_close()

    async def announce(self, updates: Sequence[str]) -> None:
        """Tell Telegram where to call. Raises TelegramError."""
        await self._application.bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=list(updates))

    async def stop(self) -> None:
        """Take no more calls; those begun are finished."""
        if self._server:
            self._server.close()
        if self._runner:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        shown = request.headers.get(_SECRET_HEADER, "").encode(errors="surrogateescape")  # bytes outside UTF-8 too
        if not hmac.compare_digest(shown, self._secret.encode()):
            return web.Response(status=403)
        self._busy.add(request.protocol)
        try:
            async with asyncio.timeout(self._seconds):
                body = await request.read()
            update = Update.de_json(json.loads(body), self._application.bot)
        except TimeoutError:
            return web.Response(status=408)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # RecursionError: too deeply nested
            log.warning("a call to the webhook that is no update")
            return web.Response(status=400)
        finally:
            self._busy.discard(request.protocol)
        await self._application.update_queue.put(update)
        return web.Response()


class _Refusal(asyncio.Protocol):
    """A connection more than we take."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Close it at once."""
        if isinstance(transport, asyncio.Transport):
            transport.abort()
