"""How we reach Telegram: python-telegram-bot's request class over aiohttp, which costs half the CPU of its own.

PTB takes the class in two places, for what the bot sends and for the long poll, which must not share connections:

    Application.builder().token(token).request(AiohttpRequest()).get_updates_request(
        AiohttpRequest(pool_size=1, listening=True)
    )

PTB opens it in `Application.initialize()` and closes it in `Application.shutdown()`.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

#: PTB's ODVInput[float], whose module is private: seconds, None for no limit, or DEFAULT_NONE for "not given".
Seconds = Any

#: Connections. At 30 messages a second and 100 ms a round trip 3 are in use; more only wait their turn.
POOL_SIZE = 8
#: Idle connections are given up before the other side gives them up, since a request that meets a connection just
#: closed by the server cannot know whether it was read.
KEEP_ALIVE = 12.0


class NotSent(NetworkError):  # noqa: N818 -- named like its siblings in PTB, RetryAfter and TimedOut
    """Telegram surely has not seen the request: no connection was made. Whoever sent it may send it again."""

    __slots__ = ()


class Unknown(NetworkError):  # noqa: N818
    """Telegram says that it does not know the token, to a long poll that may have worked a minute ago."""

    __slots__ = ()


class AiohttpRequest(BaseRequest):
    """PTB's door to the Bot API over one aiohttp session of its own.

    Timeouts are seconds, None for no limit; a call may override each. `media_write_timeout` takes the place of
    `write_timeout` for uploads. Waiting for a free connection and connecting are one wait of `pool_timeout +
    connect_timeout`; a request as a whole may take the sum of all four. Redirects are not followed and proxy settings
    of the environment not read: the token in the address is for one host only.

    Raises, in place of aiohttp's errors: NotSent where no connection was made, TimedOut where the answer did not come
    in time and NetworkError where the connection broke; after these two Telegram may have accepted the request. No
    error names the address or keeps its cause, since aiohttp's messages hold the address and with it the token.

    With `listening`, as the long poll wants it, a 401 raises Unknown: PTB would take it for the end, and a bot that was
    refused for a moment would never listen again.
    """

    __slots__ = ("_connect", "_listening", "_media_write", "_pool", "_pool_size", "_read", "_session", "_write")

    def __init__(
        self,
        *,
        pool_size: int = POOL_SIZE,
        listening: bool = False,
        read_timeout: float | None = 10.0,
        write_timeout: float | None = 10.0,
        connect_timeout: float | None = 10.0,
        pool_timeout: float | None = 10.0,
        media_write_timeout: float | None = 20.0,
    ) -> None:
        self._pool_size = pool_size
        self._listening = listening
        self._read = read_timeout
        self._write = write_timeout
        self._connect = connect_timeout
        self._pool = pool_timeout
        self._media_write = media_write_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The read timeout, in seconds, of calls that give none."""
        return self._read

    async def initialize(self) -> None:
        """Open the session; harmless when it is open."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=KEEP_ALIVE)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=False,
            )

    async def shutdown(self) -> None:
        """Close the session and its connections; harmless when it is closed."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        write_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        connect_timeout: Seconds = BaseRequest.DEFAULT_NONE,
        pool_timeout: Seconds = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request; answers the status and the body. For errors see the class."""
        session = self._session
        if session is None or session.closed:
            raise NotSent("The connection to Telegram is not open")
        files = bool(request_data and request_data.contains_files)
        timeout = _timeout(
            read=_given(read_timeout, self._read),
            write=_given(write_timeout, self._media_write if files else self._write),
            connect=_given(connect_timeout, self._connect),
            pool=_given(pool_timeout, self._pool),
        )
        body, headers = _body(request_data)
        failure: TelegramError
        try:
            async with session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: a host name that no resolver takes.
            failure = _failure(error)
        else:
            if status != HTTPStatus.UNAUTHORIZED or not self._listening:
                return status, content
            failure = Unknown("Telegram does not know this token now")
        # Raised out here so that not even its context leads a traceback to aiohttp's message.
        raise failure


def _given(value: Seconds, default: float | None) -> float | None:
    return default if value is BaseRequest.DEFAULT_NONE else cast("float | None", value)


def _timeout(
    *, read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """PTB's four timeouts in aiohttp's words. aiohttp has none for writing: the total stands in for it."""
    total = None if None in (read, write, connect, pool) else (read or 0) + (write or 0) + (connect or 0) + (pool or 0)
    joined = None if connect is None or pool is None else connect + pool
    return aiohttp.ClientTimeout(total=total, connect=joined, sock_connect=connect, sock_read=read)


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None]:
    """The parameters as JSON, or as a form with its files."""
    if request_data is None:
        return None, None
    if not request_data.contains_files:
        return request_data.json_payload, {"Content-Type": "application/json"}
    # File names as they are, in UTF-8, as browsers write them; percent signs would be kept for part of the name.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form, None


def _failure(error: Exception) -> TelegramError:
    """PTB's error for one of aiohttp's, in words that cannot hold the address."""
    kind = type(error).__name__
    match error:
        case aiohttp.ConnectionTimeoutError():
            return NotSent("No connection to Telegram in time")
        case aiohttp.ClientConnectorError():
            return NotSent(f"No connection to Telegram: {error.strerror or kind}")
        case aiohttp.InvalidURL():
            return NotSent("The address of Telegram is not a valid URL")
        case asyncio.TimeoutError():
            return TimedOut("Telegram did not answer in time")
        case _:
            return NetworkError(f"The connection to Telegram broke: {kind}")
