"""Checks over any JSON lines of items that the bot quotes nothing that a publisher did not write.

python -m benchmarks.faithful FILE.jsonl…      or rows on standard input
    {"text", "title"?, "lang" or "language"?} or {"docs": [{"text", "title"?}], …}; rows without a text are counted
    and passed over

Each row is summarised as the bot would, as one article and, with several `docs`, as one story, in short and in long.
Every sentence must be a substring of the text it names. Exit status 1 and the sentences where one is not.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from digest.summarise import Report, summarise

#: Words and sentences: the bot's own line, and one long enough to quote most of an article.
BUDGETS = ((45, 2), (60, 3), (400, 40))


def unfaithful(reports: list[Report]) -> Iterator[str | None]:
    """Each sentence quoted, as None where its text has it, else the sentence."""
    texts = {report.id: report.text for report in reports}
    for group in [reports, *([report] for report in reports if len(reports) > 1)]:
        for max_words, max_sentences in BUDGETS:
            for sentence in summarise(group, max_words=max_words, max_sentences=max_sentences):
                faithful = sentence.text.strip() and sentence.text in texts[sentence.item_id]
                yield None if faithful else sentence.text


def read_reports(row: dict[str, Any]) -> list[Report]:
    """The texts of one row."""
    language = row.get("lang") or row.get("language") or "en"
    docs = row.get("docs") or [row]
    return [
        Report(number, language, doc.get("title") or row.get("title") or "", doc["text"])
        for number, doc in enumerate(docs)
        if doc.get("text")
    ]


def main() -> int:
    """Check every row of the files, or of standard input."""
    lines: Iterable[str] = sys.stdin
    if len(sys.argv) > 1:
        lines = (line for name in sys.argv[1:] for line in Path(name).read_text(encoding="utf-8").split("\n"))
    count: Counter[str] = Counter()
    for line in lines:
        if not line.strip():
            continue
        row = json.loads(line)
        reports = read_reports(row)
        count["rows"] += 1
        count["texts"] += len(reports)
        found = list(unfaithful(reports)) if reports else []
        count["rows without a summary"] += not found
        count["sentences"] += len(found)
        for sentence in found:
            if sentence is not None:
                count["unfaithful"] += 1
                print(f"not in its text, row {row.get('id', count['rows'])}: {sentence}")
    names = ("rows", "texts", "rows without a summary", "sentences", "unfaithful")
    print(" · ".join(f"{count[name]} {name}" for name in names))
    return 1 if count["unfaithful"] else 0


if __name__ == "__main__":
    sys.exit(main())
