"""The store: the one door to everything that is kept."""

import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.corrections import Correction
from digest.errors import StorageError
from digest.model import Story
from storage.audit import Auditor
from storage.clock import moment, seconds
from storage.copies import drop_old_copies, write_copy
from storage.corrections import Corrections
from storage.database import Database
from storage.editions import Editions
from storage.items import Items
from storage.lines import Lines
from storage.memory import Memory
from storage.outbox import Outbox
from storage.owndata import OwnData
from storage.pages import Pages
from storage.readers import Readers
from storage.search import Archive
from storage.sources import Sources
from storage.stories import Stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What is stored, polled and delivered. The deliveries are those of the last 90 days, counted in messages."""

    sources: int
    #: Enabled sources whose last poll failed; of these, `gone` for good.
    failing: int
    gone: int
    #: Sources whose hour to be polled has come.
    due: int
    last_polled_at: datetime | None
    items: int
    #: Items that belong in digests, and items not yet placed in a story.
    relevant: int
    unplaced: int
    stories: int
    chats: int
    active: int
    lines: int
    #: Messages that wait or are on their way, and what became of the others.
    waiting: int
    sent: int
    uncertain: int
    refused: int
    failed: int
    expired: int
    #: The size of the database file in bytes, and the library that keeps it.
    size: int
    sqlite: str


class Store:
    """Everything that is kept, by shelves. Confined to one thread at a time."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self.sources = Sources(database)
        self.items = Items(database)
        self.stories = Stories(database)
        self.readers = Readers(database)
        self.lines = Lines(database)
        self.memory = Memory(database)
        self.pages = Pages(database)
        self.owndata = OwnData(database)
        self.editions = Editions(database)
        self.outbox = Outbox(database)
        self.archive = Archive(database)
        self.corrections = Corrections(database)
        self.auditor = Auditor(database)

    @classmethod
    def open(cls, url: str, *, read_only: bool = False) -> "Store":
        """Open the database that `url` names; see `Database.open` for what may go wrong.

        A writer migrates. A reader sees what is committed, changes nothing and leaves checkpoints to the writer.
        """
        return cls(Database.open(url, read_only=read_only))

    def transaction(self) -> AbstractContextManager[None]:
        """Several changes as one: all of them or none, with no other writer in between. May be nested."""
        return self._db.write()

    def backup(self, path: Path) -> None:
        """Write a consistent copy to `path` while others go on writing, and check it. Never replaces a file."""
        write_copy(self._db.connection, path)

    def wrong_labels(self) -> list[tuple[Correction, Story]]:
        """The corrections that wait and still stand, each with its story: a label may have gone with a new version."""
        waiting = self.corrections.waiting()
        stories = self.stories.among({correction.story_id for correction in waiting})
        return [
            (correction, story)
            for correction in waiting
            if (story := stories.get(correction.story_id)) and correction.label in (*story.topics, *story.places)
        ]

    def prune(self, *, now: datetime) -> None:
        """Let go of what is no longer kept: see `Readers.prune`, and copies that updates made long ago."""
        self.readers.prune(now)
        drop_old_copies(self._db.path, now=now)

    def stats(self, *, now: datetime) -> Stats:
        """Counts of everything."""
        row = self._db.row(_STATS, now=seconds(now))
        if row is None:
            raise StorageError("The database gave no counts.")
        counts = dict(row) | {"last_polled_at": moment(row["last_polled_at"])}
        return Stats(**counts, sqlite=sqlite3.sqlite_version)

    def close(self) -> None:
        """Close the connection. The store is of no use afterwards."""
        self._db.close()


_STATS = """
    select *, (select page_count * page_size from pragma_page_count, pragma_page_size) as size
    from (select count(*) as sources,
                 count(*) filter (where last_error <> 'none') as failing,
                 count(*) filter (where last_error = 'gone') as gone,
                 count(*) filter (where last_error <> 'gone' and coalesce(next_poll_at, 0) <= :now) as due,
                 max(last_polled_at) as last_polled_at
          from sources where enabled),
         (select count(*) as items,
                 count(*) filter (where relevant) as relevant,
                 count(*) filter (where story_id is null) as unplaced
          from items),
         (select count(*) filter (where merged_into is null) as stories from stories),
         (select count(*) as chats, count(*) filter (where state = 'active') as active from chats),
         (select count(*) as lines from lines),
         (select count(*) filter (where state in ('ready', 'sending')) as waiting,
                 count(*) filter (where state = 'sent') as sent,
                 count(*) filter (where state = 'uncertain') as uncertain,
                 count(*) filter (where state = 'refused') as refused,
                 count(*) filter (where state = 'failed') as failed,
                 count(*) filter (where state = 'expired') as expired
          from deliveries)
"""
