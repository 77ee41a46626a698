"""A publisher that may do anything: answers byte by byte as a case says, over real sockets on loopback.

Each case has a host name of its own, so that all can be polled at once; `lookup` is the DNS that knows them.
"""

import asyncio
import contextlib
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

#: What the DNS of the tests gives for names of its own, once for each time that it is asked; the last one stays.
#: Loopback has no public address: those that begin like this pass for public.
PUBLIC = "127.0.0.2"
PRIVATE = "127.0.0.1"


def public(address: str) -> bool:
    """Whether an address passes for one of the public internet."""
    return address == PUBLIC


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one request is answered. `{port}` in headers is the publisher's."""

    body: bytes = b""
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    #: The Content-Length to state; None for the true one, "" for none at all.
    length: str | None = None
    #: Send the body in chunks.
    chunked: bool = False
    #: Close after so many bytes of the body, or reset the connection there.
    cut: int | None = None
    reset: bool = False
    #: Seconds between each two bytes of the head and of the body.
    drip_head: float = 0
    drip: float = 0
    #: Never answer; go on sending the body for ever.
    silent: bool = False
    endless: bool = False
    #: Exactly these bytes instead of all that, then the end.
    raw: bytes | None = None
    #: Answer 304 to whoever brings back this page's ETag.
    conditional: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    host: str
    path: str
    #: Names in lower case.
    headers: Mapping[str, str]


@dataclass
class Publisher:
    """An async context manager; `answers` gives what stands at a host and path at its nth request."""

    answers: Callable[[str, str, int], Answer | None]
    address: str = PRIVATE
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._open: set[asyncio.Task[Any]] = set()
        self._counts: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._server = await asyncio.start_server(self._serve, self.address, self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def paths(self, host: str) -> list[str]:
        """What was asked of a host, in order."""
        return [asked.path for asked in self.asked if asked.host == host]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._answer(await reader.readuntil(b"\r\n\r\n"), writer)
        finally:
            writer.close()
            self._open.discard(task)

    async def _answer(self, head: bytes, writer: asyncio.StreamWriter) -> None:
        first, *lines = head.decode("utf-8", "replace").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        host, path = headers.get("host", "").partition(":")[0], first.split(" ")[1]
        self.asked.append(Asked(host, path, headers))
        answer = self.answers(host, path, self._counts[host, path]) or Answer(status="404 Not Found")
        self._counts[host, path] += 1
        if answer.silent:
            await asyncio.sleep(60)
        if answer.raw is not None:
            writer.write(answer.raw.replace(b"{port}", str(self.port).encode()))
        else:
            await self._send(answer, headers, writer)
        await writer.drain()

    async def _send(self, answer: Answer, headers: Mapping[str, str], writer: asyncio.StreamWriter) -> None:
        etag = dict(answer.headers).get("ETag")
        body, status = answer.body, answer.status
        if answer.conditional and etag and headers.get("if-none-match") == etag:
            body, status = b"", "304 Not Modified"
        lines = [f"HTTP/1.1 {status}", "Connection: close"]
        lines += [f"{name}: {value.replace('{port}', str(self.port))}" for name, value in answer.headers]
        if answer.chunked or answer.endless:
            lines.append("Transfer-Encoding: chunked")
        elif answer.length != "":
            lines.append(f"Content-Length: {answer.length or len(body)}")
        await _write(writer, "\r\n".join([*lines, "", ""]).encode(), drip=answer.drip_head)
        if answer.chunked or answer.endless:
            chunk = b"%x\r\n%b\r\n" % (len(body), body)
            while answer.endless:
                await _write(writer, chunk)
            body = chunk + b"0\r\n\r\n"
        await _write(writer, body if answer.cut is None else body[: answer.cut], drip=answer.drip)
        if answer.reset:
            # Linger for no time: the kernel throws away what is not sent and says RST instead of FIN.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            writer.transport.abort()


async def _write(writer: asyncio.StreamWriter, data: bytes, *, drip: float = 0) -> None:
    step = 1 if drip else max(1, len(data))
    for start in range(0, len(data), step):
        writer.write(data[start : start + step])
        await writer.drain()
        if drip:
            await asyncio.sleep(drip)


class Names:
    """The DNS of the tests: everything named in `known` leads where that says, each time anew."""

    def __init__(self, known: Mapping[str, Iterable[tuple[str, ...]]]) -> None:
        self._known = {host: list(answers) for host, answers in known.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[tuple[Any, ...]]:
        """As `socket.getaddrinfo`. A name that nobody gave an address leads to our loopback, if it ends in .test."""
        self.asked.append(host)
        answers = self._known.get(host)
        if answers:
            addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        elif host.endswith(".test"):
            addresses = (PRIVATE,)
        else:
            # Numbers in any spelling are read by the system; nothing here asks a real DNS.
            return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]
