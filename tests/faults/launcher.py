"""Starts the real bot as a process of its own, as bot.py does, with a clock, plants and bugs of the bench's choice.

    python -m tests.faults.launcher  ──reads──→ {"mode": "run", …}   (JSON lines on standard input)
                                     ──forks─→ the bot, with everything imported already
                                     ──prints─→ {"pid": 7}, later {"pid": 7, "status": -9, "at": …}
                                     ──writes─→ the log, which reaches it by a pipe: a full disk leaves a trace

Simulated time jumps, so that what counts real seconds is faster here: ticks, pace and time-outs.
"""

import asyncio
import functools
import importlib
import inspect
import json
import os
import random
import select
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import chat.app
import chat.newsroom
import chat.request
import storage.database
from chat.logs import set_up_logging
from digest.classify import load_classifier
from digest.errors import DigestError
from digest.places import load_gazetteer
from digest.settings import read_settings
from feeds.sources import load_sources
from render.words import LANGUAGES, load_words
from storage.store import Store
from tests.faults.bugs import BUGS
from tests.faults.control import PLANTS, Control, Plant

#: Real seconds, shortened.
TELEGRAM_PATIENCE = 4.0
BUSY_PATIENCE = 1.0


def die(control: Control | None = None) -> None:
    """As if the power went."""
    if control is not None:
        control.dies()
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)  # never gets far


def serve() -> None:
    """The life of the launcher: starts what it is told to, tells what ended, and leaves when its input does."""
    load_classifier()
    load_gazetteer()
    for language in ("en", "vi"):
        load_words(language)
    import sqlite_utils  # noqa: F401 (imported late by the bot; here once for all starts)

    children: set[int] = set()
    #: The logs of the children: the end of a pipe to read → the file.
    logs: dict[int, int] = {}
    inbox = b""
    while True:
        ready, _, _ = select.select([0, *logs], [], [], 0.01)
        for pipe in ready:
            if pipe and not _copy(pipe, logs[pipe]):
                os.close(pipe)
                os.close(logs.pop(pipe))
        if 0 in ready:
            if not (data := os.read(0, 65536)):
                break
            *lines, inbox = (inbox + data).split(b"\n")
            for line in lines:
                children.add(_start(json.loads(line), logs))
        for pid in list(children):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                children.discard(pid)
                _say(pid=pid, status=os.waitstatus_to_exitcode(status), at=time.monotonic())
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _copy(pipe: int, file: int) -> bool:
    """Some of a child's log; False at its end."""
    data = os.read(pipe, 1 << 16)
    os.write(file, data)
    return bool(data)


def _say(**fields: Any) -> None:
    os.write(1, json.dumps(fields).encode() + b"\n")


def _start(order: dict[str, Any], logs: dict[int, int]) -> int:
    ours, theirs = os.pipe()
    if pid := os.fork():
        os.close(theirs)
        logs[ours] = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        _say(pid=pid)
        return pid
    status = 70
    try:
        for inherited in (ours, *logs, *logs.values()):
            os.close(inherited)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(theirs, 1)
        os.dup2(theirs, 2)
        status = MODES[order["mode"]](order)
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the child must end here whatever happened, never in the launcher's loop
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(status)


def run(order: dict[str, Any]) -> int:
    """`bot.py run`."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    control = Control(Path(order["control"]))
    hasten(order["ticks"], order["pace"])
    plant(control)
    if order.get("bug"):
        BUGS[order["bug"]]()
    settings = read_settings(order["env"], languages=LANGUAGES)
    set_up_logging(settings.log_level, style=settings.log_format, secrets=settings.secrets)
    try:
        sources = load_sources(settings.feeds_file)

        async def work() -> None:
            rng = random.Random(order["seed"])
            async with chat.newsroom.open_newsroom(settings, sources, clock=control.now, rng=rng) as newsroom:
                await chat.app.run_bot(newsroom)

        asyncio.run(work())
    except DigestError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def backup(order: dict[str, Any]) -> int:
    """`bot.py backup`; dies at statement `sql`."""
    _count_statements(lambda counted: die() if counted == order["sql"] else None)
    with closing(Store.open(order["url"], read_only=True)) as store:
        store.backup(Path(order["path"]))
    return 0


MODES: dict[str, Callable[[dict[str, Any]], int]] = {"run": run, "backup": backup}


def hasten(ticks: float, pace: float) -> None:
    """Let the clock tick and messages follow one another so many times as fast as in life; shorten time-outs."""
    chat.app.DELIVERY_TICK = timedelta(seconds=1 / ticks)
    chat.app.POLL_TICK = timedelta(seconds=2 / ticks)
    patience = {"read_timeout": TELEGRAM_PATIENCE, "write_timeout": 1.0, "connect_timeout": 1.0, "pool_timeout": 1.0}
    chat.request.AiohttpRequest.__init__.__kwdefaults__.update(patience)
    chat.app._START_AGAIN = (0.2,)
    storage.database.BUSY_SECONDS = BUSY_PATIENCE

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / pace)

    def monotonic() -> float:
        return time.monotonic() * pace

    chat.app.Bot = functools.partial(chat.app.Bot, sleep=sleep, monotonic=monotonic)  # type: ignore[misc]


def plant(control: Control) -> None:
    """Put all plants into the code; which of them kills, and when, says the shared page."""
    inside: list[int] = []

    def statement(_counted: int) -> None:
        for number in (1, *inside):
            if control.passed(number):
                die(control)

    _count_statements(statement)
    for number, each in enumerate(PLANTS):
        if each.at:
            owner, name = _owner(each)
            setattr(owner, name, _planted(getattr(owner, name), number, each, control, inside))


def _owner(plant: Plant) -> tuple[Any, str]:
    module, _, path = plant.at.partition(":")
    *parents, name = path.split(".")
    return functools.reduce(getattr, parents, importlib.import_module(module)), name


def _planted(call: Any, number: int, plant: Plant, control: Control, inside: list[int]) -> Any:
    def enter() -> None:
        if plant.when == "before" and control.passed(number):
            die(control)
        if plant.when == "sql":
            inside.append(number)

    def leave() -> None:
        if plant.when == "sql":
            inside.remove(number)

    def after() -> None:
        if plant.when == "after" and control.passed(number):
            die(control)

    @functools.wraps(call)
    def plain(*args: Any, **more: Any) -> Any:
        enter()
        try:
            result = call(*args, **more)
        finally:
            leave()
        after()
        return result

    @functools.wraps(call)
    async def awaited(*args: Any, **more: Any) -> Any:
        enter()
        try:
            result = await call(*args, **more)
        finally:
            leave()
        after()
        return result

    return awaited if inspect.iscoroutinefunction(call) else plain


def _count_statements(tell: Callable[[int], None]) -> None:
    """Tell the number of each statement of SQL, of any connection, before it is done."""
    connect, count = sqlite3.connect, [0]

    def statement(_sql: str) -> None:
        count[0] += 1
        tell(count[0])

    def connected(*args: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*args, **more)
        connection.set_trace_callback(statement)
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]


if __name__ == "__main__":
    serve()
