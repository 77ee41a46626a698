"""Updates by webhook: Telegram calls us, behind the operator's proxy, instead of us asking."""

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


class Webhook:
    """A small HTTP server on `port` that takes Telegram's calls at the path of `url`."""

    def __init__(self, application: Application, url: str, secret: str | None, port: int) -> None:  # type: ignore[type-arg]
        self._application = application
        self._url = url
        self._secret = secret or secrets.token_urlsafe(32)
        self._port = port
        self._runner: web.AppRunner | None = None

    async def start(self, updates: Sequence[str]) -> None:
        """Listen, then tell Telegram where. Raises ConfigError if the port cannot be had."""
        app = web.Application(client_max_size=_MAX_BYTES)
        app.router.add_post(urlsplit(self._url).path or "/", self._receive)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, port=self._port).start()
        except OSError as error:
            raise ConfigError(f"PORT {self._port} cannot be listened on: {error.strerror}") from error
        await self._application.bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=list(updates))
        log.info("listening for Telegram on port %s", self._port)

    async def stop(self) -> None:
        """Take no more calls; those begun are finished."""
        if self._runner:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.headers.get(_SECRET_HEADER, "").encode(), self._secret.encode()):
            return web.Response(status=403)
        try:
            update = Update.de_json(json.loads(await request.read()), self._application.bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            log.warning("a call to the webhook that is no update")
            return web.Response(status=400)
        await self._application.update_queue.put(update)
        return web.Response()
