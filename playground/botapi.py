"""A Telegram of our own on loopback: the Bot API over HTTP, as strict as the real one, and people who use the bot.

    async with BotApi() as api:
        application = Application.builder().token(api.token).base_url(f"{api.base_url}/bot")…
        ada = api.user("Ada")
        reply = await ada.say("/start")

How requests are made and answered: https://core.telegram.org/bots/api#making-requests. What it does not know it refuses
as the real one does.
"""

import asyncio
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self

import aiohttp
from aiohttp import web

from playground.faults import ACCEPTED, COUNTED, Fault, Faults, Kind, Limits, Pace
from playground.methods import METHODS
from playground.nouns import Chat
from playground.people import Group, User
from playground.rules import File, Params, Refused, bad
from playground.world import World

JSON = Any

#: Not a secret: it opens nothing but this server.
TOKEN = "123456789:LOCAL-PLAYGROUND-TOKEN-OPENS-NOTHING"  # noqa: S105
#: https://core.telegram.org/bots/api#sending-files: "50 MB max size for … files"
MAX_UPLOAD = 50 * 1024 * 1024

#: Methods whose success is a change to a chat.
KEPT = COUNTED | {"deletemessage", "pinchatmessage"}


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A message that was sent, edited or deleted."""

    method: str
    chat_id: int
    message_id: int
    #: As the bot wrote it, before parsing.
    text: str
    thread_id: int
    #: By the server's clock, in seconds.
    at: float


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A request that was answered with `ok: false`."""

    method: str
    chat_id: int
    code: int
    description: str
    at: float


class BotApi:
    """The server and the people: an async context manager, listening on 127.0.0.1 while it is open.

    `base_url` is what TELEGRAM_API_URL takes. `now` gives the dates of messages and `clock` seconds for what expires
    or is paced. `port` 0 takes a free one.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        name: str = "Diplomacy Digest",
        username: str = "diplomacy_digest_bot",
        port: int = 0,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.world = World(
            bot_id=int(token.partition(":")[0]), bot_name=name, bot_username=username, now=now, clock=clock
        )
        #: All messages sent, edited and deleted, and all requests refused, in order.
        self.history: list[Accepted] = []
        self.refused: list[Rejected] = []
        self._clock = clock
        self._port = port
        self._faults = Faults(clock)
        self._pace = Pace(clock)
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._pusher: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def base_url(self) -> str:
        """The address without a trailing slash; a bot's is `<it>/bot<token>/<method>`."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=MAX_UPLOAD)
        app.router.add_route("*", "/bot{token:[^/]*}/{method:[^/]*}", self._handle)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.*}", self._download)
        app.router.add_route("*", "/{tail:.*}", self._not_found)
        # No access log: it would write the token. A handler ends when its client is gone, as a long poll must.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self._session = aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout(total=10))
        self._pusher = asyncio.create_task(self.world.updates.push(self._session))
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self.world.updates.wake()
        if self._pusher is not None:
            self._pusher.cancel()
            await asyncio.wait({self._pusher})
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # People and places

    def user(self, name: str, *, language_code: str = "en", username: str = "") -> User:
        """A new person, whom the bot has not met yet."""
        chat = Chat(
            id=1001 + sum(each.type == "private" for each in self.world.chats.values()),
            type="private",
            title=name,
            username=username,
            language_code=language_code,
        )
        self.world.chats[chat.id] = chat
        return User(self.world, chat)

    def group(
        self,
        title: str,
        *,
        owner: User,
        kind: Literal["group", "supergroup", "channel"] = "supergroup",
        members: Iterable[User] = (),
        admins: Iterable[User] = (),
        username: str = "",
        forum: bool = False,
    ) -> Group:
        """A new group, supergroup or channel, without the bot."""
        if forum and kind != "supergroup":
            raise ValueError("only a supergroup can be a forum")
        number = 1 + sum(each.type != "private" for each in self.world.chats.values())
        chat = Chat(
            id=-(4_000_000 + number) if kind == "group" else -(1_002_000_000_000 + number),
            type=kind,
            title=title,
            username=username,
            is_forum=forum,
            members={each.id: "member" for each in members}
            | {each.id: "administrator" for each in admins}
            | {owner.id: "creator"},
        )
        self.world.chats[chat.id] = chat
        return Group(self.world, chat)

    # Trouble

    def fail(
        self,
        kind: Kind,
        *,
        method: str | None = None,
        chat: int | None = None,
        times: int | None = None,
        retry_after: int = 1,
        when: Callable[[], bool] | None = None,
    ) -> None:
        """Switch a fault on, see Fault; without a method it meets all but getUpdates."""
        name = None if method is None else method.lower()
        self._faults.add(Fault(kind=kind, method=name, chat=chat, times=times, retry_after=retry_after, when=when))

    def heal(self) -> None:
        """Switch all faults and limits off."""
        self._faults.clear()
        self._pace.limits = Limits()

    def limit(self, limits: Limits) -> None:
        """Keep these flood limits from now on."""
        self._pace.limits = limits

    async def polled(self) -> None:
        """Wait until a long poll waits: the bot has started and has fetched whatever there was."""
        await self.world.updates.polling.wait()

    def expire_queries(self) -> None:
        """Let the time for answering all presses and inline queries so far be over."""
        for query in self.world.queries.values():
            query.at = float("-inf")

    # HTTP

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        if self._faults.take(method, 0, unread=True):
            return _reset(request)
        params = Params({})
        try:
            params = await self._read(request)
            fault = self._faults.take(method, params.number("chat_id"), unread=False)
            if fault is not None and fault.kind not in ACCEPTED:
                return await self._unanswered(request, fault)
            result = await self._call(method, params)
        except Refused as refused:
            self._note_refusal(method, params, refused)
            return _answer(
                refused.code,
                {"ok": False, "error_code": refused.code, "description": refused.description}
                | ({"parameters": refused.parameters} if refused.parameters else {}),
            )
        if fault is not None:
            return await self._unanswered(request, fault)
        return _answer(200, {"ok": True, "result": result})

    async def _not_found(self, _request: web.Request) -> web.Response:
        return _answer(404, {"ok": False, "error_code": 404, "description": "Not Found"})

    async def _download(self, request: web.Request) -> web.Response:
        """https://core.telegram.org/bots/api#getfile."""
        file = self.world.files.get(request.match_info["path"])
        if request.match_info["token"] != self.token or file is None:
            return await self._not_found(request)
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _read(self, request: web.Request) -> Params:
        """The token checked and the parameters read.

        "application/x-www-form-urlencoded", "application/json (except for uploading files)", "multipart/form-data (use
        to upload files)" and the query string: https://core.telegram.org/bots/api#making-requests
        """
        if request.match_info["token"] != self.token:
            raise Refused(401, "Unauthorized")
        values = dict(request.query)
        files = {}
        if request.content_type == "application/json":
            values |= _json_values(await request.read())
        elif request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            for name, value in (await request.post()).items():
                if isinstance(value, web.FileField):
                    with value.file as content:
                        files[name] = File(value.filename, value.content_type, content.read())
                else:
                    values[name] = str(value)
        return Params(values, files)

    async def _call(self, method: str, params: Params) -> JSON:
        if method == "getupdates":
            return await self.world.updates.poll(params)
        if method not in METHODS:
            raise Refused(404, "Not Found: method not found")
        name, call = METHODS[method]
        if method in COUNTED and params.number("chat_id") in self.world.chats:
            self._pace.take(self.world.chats[params.number("chat_id")])
        result = call(self.world, params)
        if method in KEPT:
            self.history.append(
                Accepted(
                    method=name,
                    chat_id=params.number("chat_id") if result is True else result["chat"]["id"],
                    message_id=params.number("message_id") if result is True else result["message_id"],
                    text=params.text("text") or params.text("caption"),
                    thread_id=params.number("message_thread_id"),
                    at=self._clock(),
                )
            )
        return result

    def _note_refusal(self, method: str, params: Params, refused: Refused) -> None:
        name = METHODS[method][0] if method in METHODS else method
        self.refused.append(
            Rejected(
                method=name,
                chat_id=params.number("chat_id"),
                code=refused.code,
                description=refused.description,
                at=self._clock(),
            )
        )

    async def _unanswered(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """What a fault does in place of the answer."""
        match fault.kind:
            case "error":
                page = "<html><head><title>500 Internal Server Error</title></head></html>"
                return web.Response(status=500, text=page, content_type="text/html")
            case "garbage":
                return web.Response(text='{"ok":true,"result":{"message_id":', content_type="application/json")
            case "hang" | "silent":
                await self._closing.wait()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _json_values(body: bytes) -> dict[str, str]:
    """Parameters of a JSON object as text: what is no string stays JSON, null is missing."""
    try:
        raw = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise bad("can't parse JSON object") from None
    if not isinstance(raw, dict):
        raise bad("can't parse JSON object: expected an Object")
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in raw.items() if value is not None
    }


def _answer(status: int, content: JSON) -> web.Response:
    return web.json_response(content, status=status)


def _reset(request: web.Request) -> web.Response:
    """Reset the connection: closing with a linger of 0 seconds sends RST."""
    if request.transport is not None:
        connection = request.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()
