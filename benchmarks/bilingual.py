"""Whether one event told in English and in Vietnamese is joined, and look-alikes are not.

python -m benchmarks.bilingual [--pairs FILE] [--among ROWS.jsonl]… [--misses]
    FILE: {"id", "same": true or false, "a": {"lang","title","text","time"}, "b": {…}} a line; ours by default
    ROWS: {"id","lang","title","text","time"}: reports that are in the store too, their times moved among the pairs'

All reports of the pairs are placed in one index, as in one day's store, each text once. Recall is the share of pairs of
one event that came into one story, precision the share of joined pairs that are of one event. Both halves are a split
of the pairs by a hash of their ids; a look-alike goes with the event it looks like.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.halves import half
from benchmarks.placing import place
from benchmarks.quality import _item, _source
from digest.classify import load_classifier
from digest.model import Item

PAIRS = Path(__file__).with_name("pairs_bilingual.jsonl")


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    """Score and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pairs", type=Path, default=PAIRS)
    options.add_argument("--among", type=Path, action="append", default=[])
    options.add_argument("--misses", action="store_true", help="name the pairs that were misjudged")
    args = options.parse_args()
    label = load_classifier().label
    pairs = read_rows(args.pairs)
    items: dict[str, Item] = {}
    for row in (pair[side] for pair in pairs for side in "ab"):
        if row["title"] not in items:
            labels = label(row["title"], row["text"], language=row["lang"], source=_source(row))
            items[row["title"]] = _item(len(items) + 1, {"id": f"pair-{len(items)}", **row}, labels)
    times = sorted(item.published for item in items.values())
    others = []
    for number, row in enumerate(row for path in args.among for row in read_rows(path)):
        labels = label(row["title"], row["text"], language=row["lang"], source=_source(row))
        item = _item(100_000 + number, {**row, "time": times[0].isoformat()}, labels)
        others.append(replace(item, published=times[number % len(times)]))
    stories = place([*items.values(), *others])
    for name, kept in (("all", (0, 1)), ("half 0", (0,)), ("half 1", (1,))):
        chosen = [pair for pair in pairs if half(pair["id"].removesuffix("-not")) in kept]
        joined = [p for p in chosen if stories[items[p["a"]["title"]].id] == stories[items[p["b"]["title"]].id]]
        same, right = sum(p["same"] for p in chosen), sum(p["same"] for p in joined)
        print(
            f"{name:7} recall {right / same:.3f} ({right} of {same})  precision {right / max(1, len(joined)):.3f}  "
            f"look-alikes joined {len(joined) - right} of {len(chosen) - same}"
        )
    if args.misses:
        for pair in pairs:
            found = stories[items[pair["a"]["title"]].id] == stories[items[pair["b"]["title"]].id]
            if found != pair["same"]:
                print(f"{'joined' if found else 'missed'}: {pair['a']['title']} | {pair['b']['title']}")


if __name__ == "__main__":
    main()
