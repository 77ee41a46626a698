"""Runs the bot's own thinking over any data set: JSON lines in, JSON lines out, so that a scorer can judge it.

python -m benchmarks.quality summaries < rows.jsonl
    {"id","lang","title","docs":[{"id","title","text"}],"max_words" or "max_sentences"} → {"id","summary"}
python -m benchmarks.quality stories < rows.jsonl
    {"id","lang","title","text","time","source"?} → {"id","story"}
python -m benchmarks.quality labels < rows.jsonl
    {"id","lang","title","text","source"?} → {"id","topics","places","pairs","act","level","relevance","why"}
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.placing import place
from digest.classify import load_classifier
from digest.model import Item, Labels, Source
from digest.summarise import MAX_SENTENCES, Report, summarise

Row = dict[str, Any]


def summaries(rows: Iterable[Row]) -> Iterator[Row]:
    """One summary a row; at a word budget whole sentences run past it, for the scorer to cut."""
    for row in rows:
        docs = [
            Report(n, row["lang"], doc.get("title") or row["title"], doc["text"]) for n, doc in enumerate(row["docs"])
        ]
        if "max_words" in row:
            chosen = summarise(docs, max_words=row["max_words"], max_sentences=1000, overflow=True)
        else:
            chosen = summarise(docs, max_words=10_000, max_sentences=row.get("max_sentences", MAX_SENTENCES))
        yield {"id": row["id"], "summary": " ".join(sentence.text for sentence in chosen)}


def stories(rows: Iterable[Row]) -> Iterator[Row]:
    """One story id a row, all rows grouped as one poll's; what went before the first of them plays no part."""
    label = load_classifier().label
    items = []
    for number, row in enumerate(sorted(rows, key=lambda row: _time(row["time"])), start=1):
        source = _source(row)
        labels = label(row["title"], row["text"], language=row["lang"], source=source)
        items.append((row["id"], _item(number, row, labels)))
    placed = place(item for _, item in items)
    for row_id, item in items:
        yield {"id": row_id, "story": placed[item.id]}


def labels(rows: Iterable[Row]) -> Iterator[Row]:
    """The labels of one row, with the reasons."""
    label = load_classifier().label
    for row in rows:
        found = label(row["title"], row["text"], language=row["lang"], source=_source(row))
        yield {
            "id": row["id"],
            "topics": found.topics,
            "places": found.places,
            "pairs": found.pairs,
            "act": found.act,
            "level": found.level,
            "relevance": int(found.relevant),
            "why": [reason._asdict() for reason in found.reasons],
        }


def _source(row: Row) -> Source:
    """A row says at most the outlet's name; one that writes Vietnamese is taken to be in Viet Nam."""
    name = row.get("source") or "unknown"
    country = "VN" if row["lang"] == "vi" else row.get("country")
    return Source(url="https://unknown.example/feed", name=name, language=row["lang"], country=country)


def _item(number: int, row: Row, found: Labels) -> Item:
    time = _time(row["time"])
    return Item(
        id=number,
        source_url="",
        outlet=row.get("source") or "unknown",
        tier=2,
        origin=None,
        url=str(row["id"]),
        canonical_url=str(row["id"]),
        title=row["title"],
        text=row["text"],
        language=row["lang"],
        published=time,
        first_seen=time,
        labels=found,
    )


def _time(value: str | None) -> datetime:
    """ISO 8601, or day first as Vietnamese pages write; without one, a day long ago."""
    if not value:
        return datetime(2000, 1, 1, tzinfo=UTC)
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        time = datetime.strptime(value, "%d/%m/%Y %H:%M").replace(tzinfo=UTC)
    return time if time.tzinfo else time.replace(tzinfo=UTC)


COMMANDS: dict[str, Callable[[Iterable[Row]], Iterator[Row]]] = {
    "summaries": summaries,
    "stories": stories,
    "labels": labels,
}


def main() -> int:
    """Run one command over standard input."""
    if len(sys.argv) != 2 or sys.argv[1] not in COMMANDS:
        print(__doc__, file=sys.stderr)
        return 2
    for row in COMMANDS[sys.argv[1]](json.loads(line) for line in sys.stdin if line.strip()):
        print(json.dumps(row, ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
