"""Items: every entry of every source, stored once, in one transaction with what its poll found out."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from digest.accents import marks_of
from digest.corrections import corrected
from digest.model import Item, Labels, NewItem, Reason
from digest.polling import Polled
from digest.wires import wire_of
from storage.clock import moment, seconds
from storage.database import Database
from storage.sources import keep_poll
from storage.terms import facets_of

#: What `item_of` needs, as the select part of a query over items and their sources.
SELECT_ITEMS = """
    select items.id, sources.url as source_url, sources.name as outlet, sources.tier, sources.origin,
           items.url, items.canonical_url, items.title, items.text, items.language, items.published,
           items.first_seen, items.topics, items.places, items.pairs, items.act, items.level, items.relevant,
           items.reasons, items.summary, items.story_id
    from items join sources on sources.id = items.source_id
"""


class Items:
    """The shelf of items."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def known(self, source_url: str, identities: Sequence[str]) -> dict[str, tuple[str, str, str]]:
        """Which of these entries of a source are stored: identity to `Entry.fingerprint`."""
        rows = self._db.rows(
            """
            select identity, items.url, title, text from items join sources on sources.id = items.source_id
            where sources.url = :source_url and identity in (select value from json_each(:identities))
            """,
            source_url=source_url,
            identities=json.dumps(list(identities)),
        )
        return {row["identity"]: (row["url"], row["title"], row["text"]) for row in rows}

    def save_poll(self, polled: Polled, new: Sequence[NewItem], changed: Sequence[NewItem]) -> tuple[int, int]:
        """Keep what one poll found, all or nothing; how many items were really new and how many really changed.

        New entries are stored oldest first, so that ids grow with time. One that is stored already, by its identity
        or by link and title together (a publisher changed its guids), is passed over. A changed entry keeps its id,
        its story, when it was first seen, and when it was published unless it now states another time.
        The source must have been synced; else StorageError.
        """
        with self._db.write():
            source_id = keep_poll(self._db, polled)
            kept = self._as_corrected(source_id, changed)
            known = [_row_of(item, source_id=source_id, at=polled.at) for item in kept]
            # Feeds list the newest first: of entries without a time of their own the last is the oldest.
            fresh = [_row_of(item, source_id=source_id, at=polled.at) for item in reversed(new)]
            fresh.sort(key=lambda row: row["published"])
            return self._db.execute_many(_INSERT, fresh), self._db.execute_many(_UPDATE, known)

    def _as_corrected(self, source_id: int, changed: Sequence[NewItem]) -> list[NewItem]:
        """Changed entries without the labels that an editor took from them before."""
        if not changed:
            return []
        rows = self._db.rows(
            """
            select identity, reasons from items
            where source_id = :source_id and identity in (select value from json_each(:identities))
            """,
            source_id=source_id,
            identities=json.dumps([item.entry.identity for item in changed]),
        )
        before = {row["identity"]: _reasons(row["reasons"]) for row in rows}
        return [replace(item, labels=corrected(item.labels, before.get(item.entry.identity, ()))) for item in changed]

    def get(self, item_id: int) -> Item | None:
        """One item."""
        row = self._db.row(f"{SELECT_ITEMS} where items.id = :item_id", item_id=item_id)
        return None if row is None else item_of(row)

    def export(self, since: datetime | None) -> Iterator[Item]:
        """Every item published at `since` or later, in the order of storing, read as it is used up."""
        rows = self._db.each(
            f"{SELECT_ITEMS} where items.published >= :since order by items.id",
            since=-(2**62) if since is None else seconds(since),
        )
        return map(item_of, rows)

    def count(self, since: datetime, until: datetime) -> int:
        """How many items were published from `since` until before `until`."""
        found: int = self._db.value(
            "select count(*) from items where published >= :since and published < :until",
            since=seconds(since),
            until=seconds(until),
        )
        return found


def item_of(row: sqlite3.Row) -> Item:
    """A row of SELECT_ITEMS as a noun."""
    return Item(
        id=row["id"],
        source_url=row["source_url"],
        outlet=row["outlet"],
        tier=row["tier"],
        origin=wire_of(row["text"]) or row["origin"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        text=row["text"],
        language=row["language"],
        published=moment(row["published"]),
        first_seen=moment(row["first_seen"]),
        labels=labels_of(row),
        summary=tuple(json.loads(row["summary"])),
        story_id=row["story_id"],
    )


def labels_of(row: sqlite3.Row) -> Labels:
    """The labels in a row of `items`."""
    return Labels(
        topics=tuple(json.loads(row["topics"])),
        places=tuple(json.loads(row["places"])),
        pairs=tuple(json.loads(row["pairs"])),
        act=row["act"],
        level=row["level"],
        relevant=bool(row["relevant"]),
        reasons=_reasons(row["reasons"]),
    )


def label_columns(labels: Labels, *, language: str, source_id: int) -> dict[str, Any]:
    """Labels as columns of `items`, with what the search reads of them."""
    return {
        "topics": json.dumps(labels.topics),
        "places": json.dumps(labels.places),
        "pairs": json.dumps(labels.pairs),
        "act": labels.act,
        "level": labels.level,
        "relevant": labels.relevant,
        "reasons": json.dumps(labels.reasons, ensure_ascii=False),
        "facets": facets_of(labels, language=language, source_id=source_id),
    }


def _reasons(text: str) -> tuple[Reason, ...]:
    return tuple(Reason(label, rule, tuple(words)) for label, rule, words in json.loads(text))


def _row_of(item: NewItem, *, source_id: int, at: datetime) -> dict[str, Any]:
    entry, labels = item.entry, item.labels
    return {
        "source_id": source_id,
        "identity": entry.identity,
        "url": entry.url,
        "canonical_url": entry.canonical_url,
        "title": entry.title,
        "text": entry.text,
        "language": entry.language,
        "published": seconds(entry.published),
        "dated": entry.dated,
        "at": seconds(at),
        **label_columns(labels, language=entry.language, source_id=source_id),
        "summary": json.dumps(item.summary, ensure_ascii=False),
        "marks": marks_of(entry.title, entry.text),
    }


_INSERT = """
    insert into items (source_id, identity, url, canonical_url, title, text, language, published, dated, first_seen,
                       topics, places, pairs, act, level, relevant, reasons, summary, marks, facets)
    select :source_id, :identity, :url, :canonical_url, :title, :text, :language, :published, :dated, :at,
           :topics, :places, :pairs, :act, :level, :relevant, :reasons, :summary, :marks, :facets
    where not exists (
        select 1 from items
        where source_id = :source_id and canonical_url = :canonical_url and canonical_url <> '' and title = :title
    )
    on conflict (source_id, identity) do nothing
"""

_UPDATE = """
    update items set url = :url, canonical_url = :canonical_url, title = :title, text = :text, language = :language,
        published = iif(:dated, :published, published), dated = max(dated, :dated), edited_at = :at,
        topics = :topics, places = :places, pairs = :pairs, act = :act, level = :level, relevant = :relevant,
        reasons = :reasons, summary = :summary, marks = :marks, facets = :facets
    where source_id = :source_id and identity = :identity
"""
