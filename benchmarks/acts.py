"""Scores pairs, acts and protocol levels on sentences of our own, labelled by hand: `acts.jsonl` beside this file.

python -m benchmarks.acts                 the table, by language, and the third held out while the rules were written
python -m benchmarks.acts --errors        and what went wrong, without the third that is held out
python -m benchmarks.acts --file F.jsonl  other sentences: {"id","lang","country","title","text","pairs","act","level"}
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

from digest.classify import load_classifier
from digest.model import Source

Row = dict[str, Any]
SENTENCES = Path(__file__).with_name("acts.jsonl")


def read_rows(path: Path = SENTENCES) -> list[Row]:
    """The labelled sentences of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def is_held(row: Row) -> bool:
    """Whether a row belongs to the third, by a hash of its id, that nobody looks at while working on the rules."""
    return hashlib.sha1(row["id"].encode()).digest()[0] % 3 == 0


def answer(row: Row) -> dict[str, set[str]]:
    """What the classifier says of a row: pairs, act and level, each as a set of labels."""
    source = Source(url="https://unknown.example/feed", name="unknown", language=row["lang"], country=row["country"])
    found = load_classifier().label(row["title"], row["text"], language=row["lang"], source=source)
    return _sets(found.pairs, found.act, found.level)


def _sets(pairs: Any, act: str | None, level: int) -> dict[str, set[str]]:
    return {"pairs": set(pairs), "act": {act} if act else set(), "level": {str(level)} if level else set()}


def score(rows: list[Row]) -> dict[str, tuple[float, float, int]]:
    """Precision, recall and the number of labels expected, for each kind of label. No act and level 0 are no label."""
    table = {}
    for kind in ("pairs", "act", "level"):
        right = given = expected = 0
        for row in rows:
            want, got = _sets(row["pairs"], row["act"], row["level"])[kind], answer(row)[kind]
            right, given, expected = right + len(want & got), given + len(got), expected + len(want)
        table[kind] = (right / max(1, given), right / max(1, expected), expected)
    return table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, default=SENTENCES)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    rows = read_rows(options.file)
    for language in ("en", "vi"):
        own = [row for row in rows if row["lang"] == language]
        parts = {"all": own, "seen": [r for r in own if not is_held(r)], "held out": [r for r in own if is_held(r)]}
        for name, some in parts.items():
            cells = " · ".join(f"{k} P {p:.3f} R {r:.3f} of {n}" for k, (p, r, n) in score(some).items())
            print(f"{language} {name:8} {len(some):3} sentences: {cells}")
    if options.errors:
        for row in rows:
            want, got = _sets(row["pairs"], row["act"], row["level"]), answer(row)
            wrong = [f"{k}: {sorted(got[k])} for {sorted(want[k])}" for k in want if want[k] != got[k]]
            if wrong and not is_held(row):
                print(row["id"], row["title"], "|", row["text"], "\n     ", "; ".join(wrong))


if __name__ == "__main__":
    main()
