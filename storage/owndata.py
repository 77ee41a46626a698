"""Everything that is kept of one person or chat: to be handed out, and to be forgotten."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from storage.database import Database

#: Table → which of its rows are of a chat. A test finds tables that name a chat, a person or a line and are not here.
WHOSE: Mapping[str, str] = {
    "chats": "id = :id",
    "lines": "chat_id = :id",
    "slots": "line_id in (select id from lines where chat_id = :id)",
    "deliveries": "chat_id = :id",
    "told": "chat_id = :id",
    "saved": "chat_id = :id",
    "searches": "chat_id = :id",
    "prompts": "chat_id = :id",
    "page_holders": "chat_id = :id",
    "stewards": "user_id = :id or chat_id = :id",
    "corrections": "chat_id = :id",
}
#: What a digest was made of is kept once for all who got the same.
_PAGES = "token in (select token from page_holders where chat_id = :id)"
#: What of a group or channel is handed out otherwise: it is other people's.
_OF_A_GROUP = {"searches": "false", "stewards": "chat_id = :id and user_id = :asker"}
#: Columns with unix seconds.
_TIMES = frozenset(
    "created_at state_at held_until paused_until covered_until due_at not_before planned_at settled_at covered_before "
    "tested_at told_at again_at saved_at kept_at asked_at".split()
)
#: Columns with JSON.
_DOCUMENTS = frozenset(("wishes", "less", "keyboard", "made"))


class OwnData:
    """The shelf that is a view of others: one chat's rows in every table."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def of(self, chat_id: int, *, asker: int | None = None) -> dict[str, list[dict[str, Any]]]:
        """Every row of a chat by table, times as ISO 8601 in UTC; tables without one are empty lists.

        Of a group or channel without what is its people's and not the `asker`'s: what they searched for, and who else
        may manage it.
        """
        tables = {**WHOSE, "pages": _PAGES} | (_OF_A_GROUP if chat_id < 0 else {})
        return {
            table: [
                _told(row)
                for row in self._db.rows(f"select * from {table} where {which}", id=chat_id, asker=asker)  # noqa: S608
            ]
            for table, which in tables.items()
        }

    def forget(self, chat_id: int) -> None:
        """Delete all of it; the log, where its words may still stand, is emptied now or as soon as nobody reads."""
        with self._db.write():
            # Children first: what hangs on a row goes with it, but a count of what went would be wrong.
            for table, which in reversed(list(WHOSE.items())):
                self._db.execute(f"delete from {table} where {which}", id=chat_id)  # noqa: S608
            self._db.execute("delete from pages where token not in (select token from page_holders)")
        self._db.clear_log()

    def clear_log(self) -> None:
        """Empty the log if a `forget` could not."""
        if self._db.log_waits:
            self._db.clear_log()


def _told(row: sqlite3.Row) -> dict[str, Any]:
    told = dict(row)
    for column, value in told.items():
        if value is None:
            continue
        if column in _TIMES:
            told[column] = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
        elif column in _DOCUMENTS:
            told[column] = json.loads(value)
    return told
