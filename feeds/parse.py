"""Parsing where it cannot hurt: worker processes that are limited, watched and killed.

A few kilobytes of XML can keep feedparser busy for half a minute or fill the memory, and threads cannot be killed.

    Parser.parse → a free worker (started when first needed) → request over its standard input
                 ← reply over its standard output, or its end: past the deadline or a limit it is killed and replaced

A frame is the length of its JSON head and of its body (4 bytes each), then both. Nothing is pickled: a worker handles
hostile input, and we do not believe its answer more than the input.
"""

import asyncio
import contextlib
import json
import logging
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from digest.errors import FEED_ERROR_KINDS, FeedError, FeedErrorKind
from digest.model import Entry, Source
from feeds.document import ParsedFeed, read_document

log = logging.getLogger(__name__)

_LENGTHS = struct.Struct(">II")
#: A new worker imports feedparser; on a busy machine that takes its time.
_START_SECONDS = 60
#: A worker is replaced after so many documents: whatever a library leaks ends with it.
_DOCUMENTS_A_WORKER = 500
_ROOT = str(Path(__file__).resolve().parent.parent)
#: Isolated (-I): neither the environment nor the working directory decides what a worker imports.
_COMMAND = (
    sys.executable,
    "-I",
    "-c",
    "import sys; sys.path.insert(0, sys.argv[1]); import feeds.parse; feeds.parse.serve()",
)


class Parser:
    """Parses feeds in up to `workers` processes. An async context manager; leaving it ends them.

    `deadline` is in seconds for one document; `cpu_seconds` and `memory_bytes` limit a worker where the system can.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        deadline: float = 10,
        cpu_seconds: int = 9,
        memory_bytes: int = 600_000_000,
    ) -> None:
        self._deadline = deadline
        self._limits = (cpu_seconds, memory_bytes)
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []
        #: Sources whose last document was too heavy. They share one worker, so that the others wait for none of them.
        self._heavy: set[str] = set()
        self._heavy_turn = asyncio.Semaphore(1)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._idle:
            await self._idle.pop().end()

    async def parse(
        self,
        body: bytes,
        headers: Mapping[str, str],
        *,
        source: Source,
        url: str,
        fetched_at: datetime,
        identity_by: str = "guid",
        seen: str = "",
    ) -> ParsedFeed:
        """What `feeds.document.read_document` makes of `body`, with its errors, and two more kinds of FeedError:
        timeout (the deadline passed) and bomb (the worker hit its CPU or memory limit, or died).
        """
        request = {
            "source": {"url": source.url, "name": source.name, "language": source.language, "country": source.country},
            "content_type": headers.get("content-type", ""),
            "url": url,
            "fetched_at": fetched_at.isoformat(),
            "identity_by": identity_by,
            "seen": seen,
        }
        turn = self._heavy_turn if source.url in self._heavy else contextlib.nullcontext()
        async with turn, self._slots:
            worker = self._idle.pop() if self._idle else await _Worker.start(self._limits)
            self._heavy.add(source.url)
            try:
                async with asyncio.timeout(self._deadline):
                    reply = await worker.ask(request, body)
            except TimeoutError as error:
                log.warning("%s: parsing took over %g seconds and was stopped", source.name, self._deadline)
                raise FeedError("Could not be parsed in time", url=source.url, kind="timeout") from error
            except (EOFError, ConnectionError) as error:
                raise FeedError("Too heavy to be parsed", url=source.url, kind="bomb") from error
            else:
                if reply.get("kind") != "bomb":
                    self._heavy.discard(source.url)
                    if worker.asked < _DOCUMENTS_A_WORKER:
                        self._idle.append(worker)
            finally:
                # Failed, cancelled or worn out: its state is unknown or unwanted.
                if worker not in self._idle:
                    await worker.end()
        return _feed(reply, source)


class _Worker:
    """One child process and the two ends of our conversation with it."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.asked = 0

    @classmethod
    async def start(cls, limits: tuple[int, int]) -> "_Worker":
        """A worker that has done its imports. Raises RuntimeError where none can be had."""
        process = await asyncio.create_subprocess_exec(*_COMMAND, _ROOT, *map(str, limits), stdin=PIPE, stdout=PIPE)
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await worker._read()
        except BaseException as error:
            await worker.end()
            if isinstance(error, TimeoutError | EOFError | ConnectionError):
                raise RuntimeError("the parsing process did not start; is the installation complete?") from error
            raise
        return worker

    async def ask(self, request: Mapping[str, Any], body: bytes) -> Mapping[str, Any]:
        """The worker's reply. Raises EOFError or ConnectionError when it died."""
        self.asked += 1
        stdin = self._process.stdin
        assert stdin is not None  # noqa: S101 -- opened with PIPE
        head = json.dumps(request).encode()
        stdin.write(_LENGTHS.pack(len(head), len(body)) + head)
        stdin.write(body)
        await stdin.drain()
        return await self._read()

    async def _read(self) -> Mapping[str, Any]:
        stdout = self._process.stdout
        assert stdout is not None  # noqa: S101 -- opened with PIPE
        size, _ = _LENGTHS.unpack(await stdout.readexactly(_LENGTHS.size))
        reply: Mapping[str, Any] = json.loads(await stdout.readexactly(size))
        return reply

    async def end(self) -> None:
        """Kills the process, if it still lives, and waits until it is gone."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        # Reads what is left, so that both pipes are closed with the process.
        await self._process.communicate()


def _feed(reply: Mapping[str, Any], source: Source) -> ParsedFeed:
    """What a worker's reply says. Raises FeedError for an error it reports."""
    kind = reply.get("kind")
    if kind in FEED_ERROR_KINDS:
        raise FeedError(str(reply["message"]), url=source.url, kind=_kind(kind))
    entries = tuple(
        Entry(**{**entry, "published": datetime.fromisoformat(entry["published"])}) for entry in reply["entries"]
    )
    ttl = timedelta(seconds=reply["ttl"]) if reply["ttl"] is not None else None
    return ParsedFeed(**{**reply, "entries": entries, "ttl": ttl})


def _kind(word: Any) -> FeedErrorKind:
    kind: FeedErrorKind = word
    return kind


def serve() -> None:
    """The life of a worker: answers requests from standard input until it ends. Only for `_COMMAND`."""
    # Ctrl-C reaches the whole group of processes; when to end is for our parent to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cpu_seconds, memory_bytes = int(sys.argv[2]), int(sys.argv[3])
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # nobody's print may get between our frames
    _limit("RLIMIT_AS", memory_bytes)
    _write(stdout, {"ready": True})
    while len(lengths := stdin.read(_LENGTHS.size)) == _LENGTHS.size:
        head, body = (stdin.read(size) for size in _LENGTHS.unpack(lengths))
        _limit_cpu(cpu_seconds)
        _write(stdout, _reply(json.loads(head), body))


def _reply(request: Mapping[str, Any], body: bytes) -> dict[str, Any]:
    try:
        feed = read_document(
            body,
            {"content-type": request["content_type"]},
            source=Source(**request["source"]),
            url=request["url"],
            fetched_at=datetime.fromisoformat(request["fetched_at"]),
            identity_by=request["identity_by"],
            seen=request["seen"],
        )
    except FeedError as error:
        return {"kind": error.kind, "message": str(error)}
    except MemoryError:
        return {"kind": "bomb", "message": "Unfolds to more than fits into memory"}
    reply = asdict(feed)
    reply["ttl"] = feed.ttl.total_seconds() if feed.ttl is not None else None
    for entry in reply["entries"]:
        entry["published"] = entry["published"].isoformat()
    return reply


def _write(stdout: IO[bytes], reply: Mapping[str, Any]) -> None:
    data = json.dumps(reply).encode()
    stdout.write(_LENGTHS.pack(len(data), 0) + data)
    stdout.flush()


def _limit_cpu(seconds: int) -> None:
    """Allows so much more CPU time than was used so far; past it, the system ends the process."""
    try:
        import resource
    except ImportError:  # not on Windows; the parent's deadline holds there too
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit("RLIMIT_CPU", int(used.ru_utime + used.ru_stime) + 1 + seconds)


def _limit(name: str, value: int) -> None:
    try:
        import resource
    except ImportError:
        return
    which: int = getattr(resource, name)
    _, hard = resource.getrlimit(which)
    resource.setrlimit(which, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
