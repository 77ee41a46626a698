"""What the bot leaves on the disk, looked at from outside: its file after a death, its log. Nothing of ours."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class FileWatch:
    """Looks at copies of the database between two lives of the bot."""

    def __init__(self) -> None:
        self._links: set[str] = set()

    def look(self, database: Path) -> dict[str, Any]:
        """What is wrong with a copied file: its own checks (I10), and items that were there before (I1)."""
        connection = sqlite3.connect(database)
        try:
            faults = [row[0] for row in connection.execute("pragma integrity_check") if row[0] != "ok"]
            faults += [f"foreign key: {tuple(row)}" for row in connection.execute("pragma foreign_key_check")]
            try:
                connection.execute("insert into items_fts(items_fts, rank) values ('integrity-check', 1)")
            except sqlite3.Error as error:
                faults.append(f"the search index: {error}")
            links = {row[0] for row in connection.execute("select url from items")}
        except sqlite3.Error as error:
            return {"faults": [str(error)], "lost": [], "links": []}
        finally:
            connection.close()
        lost, self._links = sorted(self._links - links), self._links | links
        return {"faults": faults, "lost": lost, "links": sorted(links)}


def leaks(log: Path, secrets: Mapping[str, str]) -> list[str]:
    """Lines of a log that hold what must not be there: name → text."""
    found: dict[str, str] = {}
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            for name, secret in secrets.items():
                if secret in line:
                    found.setdefault(name, f"{log.name} holds {name}: {line.strip()[:120].replace(secret, '…')}")
    return list(found.values())
