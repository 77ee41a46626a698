"""What the bot is told: the queue of updates, read by long polling or pushed to a webhook.

https://core.telegram.org/bots/api#getting-updates
"""

import asyncio
import json
import re
from dataclasses import dataclass
from typing import Any

import aiohttp

from playground.rules import Params, Refused, bad

JSON = Any

#: https://core.telegram.org/bots/api#getupdates: "Specify an empty list to receive all update types except
#: chat_member, message_reaction, and message_reaction_count (default)."
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
#: The longest poll of the real server, in seconds.
MAX_POLL = 50
#: Seconds until an update that the webhook did not take is tried again.
WEBHOOK_RETRY = 0.5
#: https://core.telegram.org/bots/api#setwebhook: secret_token.
SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Where updates are pushed to."""

    url: str
    secret: str = ""


class Updates:
    """Updates that the bot has not confirmed yet, oldest first."""

    def __init__(self) -> None:
        self._queue: list[dict[str, JSON]] = []
        self._next_id = 1000
        self._allowed: frozenset[str] | None = None
        self._poll: asyncio.Future[None] | None = None
        #: Set while a poll waits.
        self.polling = asyncio.Event()
        self._news = asyncio.Event()
        self.webhook: Webhook | None = None
        self._last_error = ""

    def __len__(self) -> int:
        return len(self._queue)

    def add(self, kind: str, payload: JSON) -> bool:
        """Queue an update; False where the bot does not want this kind."""
        if kind in NOT_BY_DEFAULT if self._allowed is None else kind not in self._allowed:
            return False
        self._queue.append({"update_id": self._next_id, kind: payload})
        self._next_id += 1
        self._news.set()
        self.wake()
        return True

    def wake(self) -> None:
        """End a poll that waits, with what there is."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def poll(self, params: Params) -> list[dict[str, JSON]]:
        """getUpdates: https://core.telegram.org/bots/api#getupdates."""
        if self.webhook is not None:
            raise _conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.allow(params)
        offset = params.number("offset")
        limit = params.number("limit", 100, low=1, high=100)
        timeout = params.number("timeout", low=0, high=MAX_POLL)
        # "An update is considered confirmed as soon as getUpdates is called with an offset higher than its update_id.
        # The negative offset can be specified to retrieve updates starting from -offset update from the end of the
        # queue. All previous updates will be forgotten."
        self._queue = self._queue[offset:] if offset < 0 else [u for u in self._queue if u["update_id"] >= offset]
        if not self._queue and timeout:
            await self._wait(timeout)
        return self._queue[:limit]

    async def _wait(self, seconds: float) -> None:
        self.interrupt(
            _conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        )
        poll = self._poll = asyncio.get_running_loop().create_future()
        self.polling.set()
        try:
            await asyncio.wait({poll}, timeout=seconds)
            if poll.done():
                poll.result()
        finally:
            if self._poll is poll:
                self._poll = None
                self.polling.clear()

    def interrupt(self, error: Refused) -> None:
        """End a poll that waits, with an error."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_exception(error)

    def allow(self, params: Params) -> None:
        """Take `allowed_updates`: missing leaves it, empty means the default."""
        raw = params.parsed("allowed_updates", "allowed updates")
        if raw is not None:
            if not isinstance(raw, list):
                raise bad("Expected an Array of allowed update types")
            self._allowed = frozenset(map(str, raw)) or None

    def set_webhook(self, params: Params) -> None:
        """setWebhook and deleteWebhook: https://core.telegram.org/bots/api#setwebhook.

        Takes http and any port as a local server does (https://core.telegram.org/bots/api#using-a-local-bot-api-server).
        """
        url = params.text("url").strip()
        if url and not re.match(r"https?://[^/\s]+", url):
            raise bad("bad webhook: An HTTPS URL must be provided for webhook")
        if not SECRET.fullmatch(params.text("secret_token")):
            raise bad("secret token contains unallowed characters")
        self.allow(params)
        if params.flag("drop_pending_updates"):
            self._queue.clear()
        if url:
            self.interrupt(_conflict("terminated by setWebhook request"))
        self.webhook = Webhook(url=url, secret=params.text("secret_token")) if url else None
        self._last_error = ""
        self._news.set()

    def info(self) -> dict[str, JSON]:
        """getWebhookInfo: https://core.telegram.org/bots/api#webhookinfo."""
        info: dict[str, JSON] = {
            "url": self.webhook.url if self.webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self._queue),
        }
        if self._allowed is not None:
            info["allowed_updates"] = sorted(self._allowed)
        if self._last_error:
            info["last_error_message"] = self._last_error
        return info

    async def push(self, session: aiohttp.ClientSession) -> None:
        """Push updates to the webhook, in order, each until it is taken; runs until cancelled."""
        while True:
            await self._news.wait()
            self._news.clear()
            while self.webhook is not None and self._queue:
                update = self._queue[0]
                if await self._pushed(session, self.webhook, update):
                    self._queue = [each for each in self._queue if each is not update]
                else:
                    await asyncio.sleep(WEBHOOK_RETRY)

    async def _pushed(self, session: aiohttp.ClientSession, webhook: Webhook, update: JSON) -> bool:
        headers = {"Content-Type": "application/json"}
        if webhook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret
        try:
            async with session.post(webhook.url, data=json.dumps(update), headers=headers) as response:
                taken = response.status < 300
                self._last_error = "" if taken else f"Wrong response from the webhook: {response.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            self._last_error = type(error).__name__
            return False
        return taken


def _conflict(why: str) -> Refused:
    """https://core.telegram.org/bots/api#getupdates, "This method will not work if an outgoing webhook is set up"."""
    return Refused(409, f"Conflict: {why}")
