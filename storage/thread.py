"""The store for asynchronous callers: one thread writes, one reads, and the event loop never waits for a disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from storage.lock import Lock
from storage.store import Store

T = TypeVar("T")


class StoreThread:
    """Jobs for a store, in threads of their own: `run` in the one that writes, `read` in the one that only reads.

    A job gets the store and returns a finished value: nothing lazy, such as `Items.export`, may leave it.
    A caller that is cancelled leaves its job to finish.
    """

    def __init__(self, url: str) -> None:
        """Use `open`."""
        self._url = url
        self._writing = ThreadPoolExecutor(1, "store-write")
        self._reading = ThreadPoolExecutor(1, "store-read")
        self._writer: Store | None = None
        self._reader: Store | None = None
        self._lock = Lock(url)

    @classmethod
    async def open(cls, url: str) -> "StoreThread":
        """Open the store, as `Store.open` does, in its thread."""
        thread = cls(url)
        try:
            await thread.run(lambda store: None)  # noqa: ARG005
        except BaseException:
            await thread.close()
            raise
        return thread

    async def run(self, job: Callable[[Store], T]) -> T:
        """Do a job that may write; jobs are done one by one, in the order they came."""

        def work() -> T:
            if self._writer is None:
                self._writer = Store.open(self._url)
            return job(self._writer)

        return await asyncio.get_running_loop().run_in_executor(self._writing, work)

    async def read(self, job: Callable[[Store], T]) -> T:
        """Do a job that only reads, beside the writer: it sees what is committed."""

        def work() -> T:
            if self._reader is None:
                self._reader = Store.open(self._url, read_only=True)
            return job(self._reader)

        return await asyncio.get_running_loop().run_in_executor(self._reading, work)

    async def read_apart(self, job: Callable[[Store], T]) -> T:
        """Do a long job that only reads, in a thread and on a connection of its own, so that nobody waits for it."""

        def work() -> T:
            with closing(Store.open(self._url, read_only=True)) as store:
                return job(store)

        return await asyncio.to_thread(work)

    def alone(self) -> bool:
        """Whether this is the only process that says it works alone on the database; from then on until it closes."""
        return self._lock.take()

    async def close(self) -> None:
        """Finish the jobs that were begun or waiting, then close both stores, the writer last."""

        def end(store: Store | None) -> None:
            if store is not None:
                store.close()

        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._reading, lambda: end(self._reader))
        await loop.run_in_executor(self._writing, lambda: end(self._writer))
        self._lock.release()
        self._reading.shutdown()
        self._writing.shutdown()
