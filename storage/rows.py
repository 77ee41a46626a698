"""Rows of readers as nouns, and wishes as they are stored."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from functools import lru_cache

from digest.model import Wishes
from digest.readers import Cadence, Chat, ChatState, Line
from storage.clock import moment

#: The slot of a line that delivers at once: it is due when we are to look again.
AT_ONCE = "now"
#: `paused` of a line that rests because its forum topic is closed; 1 is a reader's own wish.
TOPIC_CLOSED = 2


def chat_of(row: sqlite3.Row) -> Chat:
    """A row of `chats` as a noun."""
    return Chat(
        id=row["id"],
        kind=row["kind"],
        title=row["title"],
        language=row["language"],
        zone=row["zone"],
        state=ChatState(row["state"]),
        created_at=moment(row["created_at"]),
        quiet=quiet_of(row),
        silent=bool(row["silent"]),
        previews=bool(row["previews"]),
        paused_until=moment(row["paused_until"]),
    )


def quiet_of(row: sqlite3.Row) -> tuple[time, time] | None:
    """The quiet hours in a row of `chats`, from and to in its zone; None for none."""
    return (time.fromisoformat(row["quiet_from"]), time.fromisoformat(row["quiet_to"])) if row["quiet_to"] else None


def line_of(row: sqlite3.Row) -> Line:
    """A row of `lines`, with its `slots` as a JSON list and its id as `line_id`, as a noun.

    The row has `language` and `less` of its chat, which hold for all its lines.
    """
    hours = sorted(at for at in json.loads(row["slots"]) if at != AT_ONCE)
    return Line(
        id=row["line_id"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        wishes=replace(wishes_of(row["wishes"]), language=row["language"], less=frozenset(json.loads(row["less"]))),
        cadence=Cadence(
            hours=tuple(time.fromisoformat(at) for at in hours),
            days=frozenset(map(int, row["days"])),
            cap=row["cap"],
        ),
        paused=bool(row["paused"]),
    )


def wishes_text(wishes: Wishes) -> str:
    """Wishes as stored; equal wishes give equal texts."""
    fields: dict[str, Sequence[str] | str] = {
        "topics": sorted(wishes.topics),
        "places": sorted(wishes.places),
        "pairs": sorted(wishes.pairs),
        "wanted": wishes.wanted,
        "unwanted": wishes.unwanted,
        "less": sorted(wishes.less),
        "query": wishes.query,
        "language": wishes.language,
        "by": wishes.by,
    }
    return json.dumps(fields, ensure_ascii=False)


@lru_cache(maxsize=1024)
def wishes_of(text: str) -> Wishes:
    """Stored wishes; most readers wish for one of a few things, so each is read once."""
    fields = json.loads(text)
    return Wishes(
        topics=frozenset(fields["topics"]),
        places=frozenset(fields["places"]),
        pairs=frozenset(fields["pairs"]),
        wanted=tuple(fields["wanted"]),
        unwanted=tuple(fields["unwanted"]),
        less=frozenset(fields.get("less", ())),  # wishes from before there was such a thing
        query=fields.get("query", ""),
        language=fields["language"],
        by=fields["by"],
    )
