"""Whether a database has the tables that our steps make: nothing missing, nothing changed, nothing besides.

A trigger that somebody added would do as they like with every row that we write, and a table that is gone is found out
by the first reader who needs it.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any, NamedTuple, cast

from storage import migrations

#: What the index of FTS5 keeps its pages in: https://www.sqlite.org/fts5.html#fts5_data_structures
_SHADOWS = ("data", "idx", "content", "docsize", "config")
#: Made by SQLite itself and by the library that runs the steps.
_NOT_OURS = frozenset(
    (
        ("table", "sqlite_sequence"),
        ("table", "sqlite_stat1"),
        ("table", "sqlite_stat4"),
        ("table", "_sqlite_migrations"),
        ("index", "idx__sqlite_migrations_migration_set_name"),
    )
)
#: What may be worded otherwise in a later version.
_COMMENT, _SPACE = re.compile(r"--[^\n]*"), re.compile(r"\s+")


class _Part(NamedTuple):
    """A table, index, trigger or view: what it belongs to, and the statement that made it."""

    table: str
    sql: str | None


def differences(connection: sqlite3.Connection, steps: Sequence[str]) -> tuple[list[str], list[str]]:
    """How the tables differ from those that these `steps`, by name, make: what is missing or changed; what is besides.

    Each in a few words, such as "the table saved is missing".
    """
    known = tuple(migrations.STEPS[: len(steps)])
    if [step.__name__ for step in known] != list(steps):
        return ["its steps were not taken in their order"], []
    expected, found = _made_by(known), _parts(connection)
    missing = [f"the {kind} {name} is missing" for kind, name in expected.keys() - found.keys()]
    changed = [
        f"the {kind} {name} is not as this program makes it"
        for kind, name in expected.keys() & found.keys()
        if expected[kind, name] != found[kind, name]
    ]
    besides = [f"the {kind} {name} is not this program's" for kind, name in found.keys() - expected.keys()]
    return [*sorted(missing), *sorted(changed)], sorted(besides)


@lru_cache(maxsize=4)
def _made_by(steps: tuple[Callable[[Any], None], ...]) -> dict[tuple[str, str], _Part]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for step in steps:
            step(connection)  # a step only executes statements, which a bare connection does as well
        return _parts(connection)


def _parts(connection: sqlite3.Connection) -> dict[tuple[str, str], _Part]:
    rows = cast(
        "list[tuple[str, str, str, str | None]]",
        [tuple(row) for row in connection.execute("select type, name, tbl_name, sql from sqlite_schema")],
    )
    indexes = [name for kind, name, _, sql in rows if kind == "table" and "using fts5" in (sql or "").lower()]
    shadows = {f"{name}_{shadow}" for name in indexes for shadow in _SHADOWS}
    return {
        (kind, name): _Part(table, None if sql is None else _SPACE.sub(" ", _COMMENT.sub("", sql)))
        for kind, name, table, sql in rows
        if (kind, name) not in _NOT_OURS
        and not (kind == "table" and name in shadows)
        and not (kind == "index" and sql is None and name.startswith("sqlite_autoindex_"))
    }
