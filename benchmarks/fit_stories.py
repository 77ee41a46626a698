"""Fits the weights of `digest/likeness.py`: what speaks for two reports being of one event.

python -m benchmarks.fit_stories ROWS.jsonl… [--pairs FILE] [--half 0|1]
    ROWS: {"id","lang","title","text","time","story"} a line, story null where the report is alone; the names `url`,
    `published` and `event` do as well. A file is one store. FILE: as benchmarks/bilingual.py reads it.

Every pair of reports that the index would compare is one example. The model is a logistic regression, drawn towards
PRIOR, so that a sign of which the data have no example keeps a sensible weight. With --half only stories of that half
are learned from, and the loss on the other is printed: lower is better, 0.69 is a coin.
"""

import argparse
import math
from collections.abc import Sequence
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.bilingual import PAIRS, read_rows
from benchmarks.halves import half
from benchmarks.quality import _item, _source
from digest.classify import load_classifier
from digest.index import WINDOW, StoryIndex
from digest.likeness import Signs, read_signs

#: What one would guess without data, and how strongly that is held; the bias is free.
PRIOR = Signs(
    bias=2.0, cosine=3.0, length=0.0, strangers=-2.0, countries=0.0, provinces=-1.0, days=-2.0, figures=-0.3,
    ordinals=-2.0, periods=-2.0, shared=1.0, turns=-2.0, call=-1.0, ahead=-0.5, age=-0.5, crowd=0.0,
)  # fmt: skip
STRENGTH = 1.5


class Example(NamedTuple):
    """Two reports: what speaks for one event, whether it is one, and the halves their stories are in."""

    signs: Signs
    same: bool
    halves: frozenset[int]
    cross: bool


def examples(rows: Sequence[dict[str, Any]]) -> list[Example]:
    """The pairs of one store that would be compared."""
    label, index, items, found = load_classifier().label, StoryIndex(), {}, []
    for number, given in enumerate(rows, start=1):
        row = {**given, "id": given.get("id") or given["url"], "time": given.get("time") or given["published"]}
        labels = label(row["title"], row["text"], language=row["lang"], source=_source(row))
        items[number] = (_item(number, row, labels), row.get("story") or row.get("event"), row)
        index.observe(items[number][0])
    for number, (item, story, row) in items.items():
        a = index.report(item)
        for other_number, cosine in index.alike(item).items():
            other, other_story, other_row = items[other_number]
            if other_number >= number or abs(other.published - item.published) > WINDOW:
                continue
            halves = frozenset(
                half(r.get("group") or s or r["id"]) for r, s in ((row, story), (other_row, other_story))
            )
            signs = read_signs(a, index.report(other), cosine, index.crowd(item.published))
            same = story is not None and story == other_story
            found.append(Example(signs, same, halves, item.language != other.language))
    return found


def pair_rows(path: Path) -> list[dict[str, Any]]:
    """The reports of a file of pairs as rows, each once; a look-alike is grouped with what it looks like."""
    rows: dict[str, dict[str, Any]] = {}
    for pair in sorted(read_rows(path), key=lambda pair: not pair["same"]):
        for side in "ab":
            group = pair["id"].removesuffix("-not")
            story = pair["id"] if pair["same"] else None
            rows.setdefault(
                pair[side]["title"], {**pair[side], "id": pair[side]["title"], "story": story, "group": group}
            )
    return list(rows.values())


def fit(data: Sequence[Example]) -> Signs:
    """Newton's method, each step bounded so that it cannot run away."""
    weights, size = list(PRIOR), len(PRIOR)
    for _ in range(60):
        gradient = [-STRENGTH * (w - p) * (n > 0) for n, (w, p) in enumerate(zip(weights, PRIOR, strict=True))]
        curve = [[(STRENGTH if i else 1e-3) * (i == j) for j in range(size)] for i in range(size)]
        for example in data:
            chance = _chance(weights, example)
            for i, sign in enumerate(example.signs):
                if sign:
                    gradient[i] += (example.same - chance) * sign
                    for j, other in enumerate(example.signs):
                        curve[i][j] += chance * (1 - chance) * sign * other
        step = [max(-0.5, min(0.5, s)) for s in _solve(curve, gradient)]
        weights = [w + s for w, s in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-3:
            break
    return Signs(*weights)


def loss(weights: Signs, data: Sequence[Example]) -> float:
    """Mean logarithmic loss."""
    chances = ((_chance(weights, example), example.same) for example in data)
    return sum(-math.log(max(1e-9, chance if same else 1 - chance)) for chance, same in chances) / max(1, len(data))


def _chance(weights: Sequence[float], example: Example) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, sum(map(mul, weights, example.signs))))))


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(size):
            if k != i and rows[k][i]:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]


def main() -> None:
    """Fit both models and print them."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("rows", type=Path, nargs="*")
    options.add_argument("--pairs", type=Path, default=PAIRS)
    options.add_argument("--half", type=int, choices=(0, 1))
    args = options.parse_args()
    data = [example for path in args.rows for example in examples(read_rows(path))]
    data += examples(pair_rows(args.pairs))
    for cross, name in ((False, "same language"), (True, "across languages")):
        every = [example for example in data if example.cross == cross]
        learned = [e for e in every if args.half is None or e.halves == {args.half}]
        held = [] if args.half is None else [e for e in every if e.halves == {1 - args.half}]
        weights = fit(learned)
        for part, chosen in ((name, learned), ("  held out", held)):
            if chosen:
                same = sum(example.same for example in chosen)
                print(f"{part}: {len(chosen)} pairs, {same} of one event; loss {loss(weights, chosen):.3f}")
        print("  " + ", ".join(f"{key}={value:.2f}" for key, value in weights._asdict().items()))


if __name__ == "__main__":
    main()
