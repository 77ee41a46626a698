"""Fits the weights of digest/salience.py to summaries that people wrote.

python -m benchmarks.train_summaries ROWS.jsonl… > digest/data/summary.yaml
    rows {"id","lang","docs":[{"title","text"}],"title","refs":[…]}; a language and several reports each get their own
python -m benchmarks.train_summaries --cross ROWS.jsonl… < rows.jsonl
    cross-fitting: summarises each row of standard input ({…,"max_words"}, as benchmarks.quality does) with weights
    fitted on the rows whose id falls into the other half by hash, for a scorer to judge

One logistic regression a kind, by Newton's method: whether the references have a word at least once, twice …, each
occurrence of each word of the reports being one observation.
"""

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.halves import half
from digest.choice import choose
from digest.salience import FEATURES, Material, kind_of, stem
from digest.summarise import Report, read_material
from digest.text import words

Row = dict[str, Any]

#: The penalty on every squared weight but the first, beside the sum over all observations; chosen on held-out rows.
PENALTY = 5.0
#: Newton's steps: the last changes no weight by a thousandth.
STEPS = 8


class Sample(NamedTuple):
    """One observation: the features that are not zero, and the part of the references that have the word so often."""

    features: list[tuple[int, float]]
    target: float


def main() -> int:
    """Fit, and print the weights or the cross-fitted summaries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--cross", action="store_true")
    arguments = parser.parse_args()
    rows = [
        json.loads(line) for path in arguments.rows for line in path.read_text(encoding="utf-8").split("\n") if line
    ]
    if arguments.cross:
        fitted = [fit_all([row for row in rows if half(row["id"]) != held_out]) for held_out in (0, 1)]
        for line in sys.stdin:
            row = json.loads(line)
            print(json.dumps({"id": row["id"], "summary": _summarise(row, fitted[half(row["id"])])}))
    else:
        print("\n".join(_as_yaml(fit_all(rows))))
    return 0


def fit_all(rows: Iterable[Row]) -> dict[str, tuple[float, ...]]:
    """The weights of each kind of material among the rows."""
    samples: dict[str, list[Sample]] = {}
    for row in rows:
        material = read_material(_reports(row))
        if material.candidates:
            samples.setdefault(_kind(row), []).extend(_samples(material, row["refs"]))
    return {kind: fit(samples[kind], len(FEATURES)) for kind in sorted(samples)}


def fit(samples: Sequence[Sample], size: int) -> tuple[float, ...]:
    """The weights of one kind by penalised logistic regression."""
    weights = [0.0] * size
    for _ in range(STEPS):
        system = [[0.0] * (size + 1) for _ in range(size)]
        for features, target in samples:
            chance = 1 / (1 + math.exp(-sum(weights[i] * value for i, value in features)))
            missed, bend = target - chance, chance * (1 - chance) + 1e-9
            for n, (i, value) in enumerate(features):
                line, bent = system[i], bend * value
                line[size] += missed * value
                for j, other in features[n:]:
                    line[j] += bent * other
        for i in range(size):
            penalty = PENALTY if i else 1e-6
            system[i][i] += penalty
            system[i][size] -= penalty * weights[i]
            for j in range(i):
                system[i][j] = system[j][i]
        weights = [weight + step for weight, step in zip(weights, _solve(system), strict=True)]
    return tuple(weights)


def _solve(system: list[list[float]]) -> tuple[float, ...]:
    size = len(system)
    for i in range(size):
        pivot = max(range(i, size), key=lambda row: abs(system[row][i]))
        system[i], system[pivot] = system[pivot], system[i]
        for row in range(i + 1, size):
            factor = system[row][i] / system[i][i]
            for column in range(i, size + 1):
                system[row][column] -= factor * system[i][column]
    solution = [0.0] * size
    for i in reversed(range(size)):
        known = sum(system[i][j] * solution[j] for j in range(i + 1, size))
        solution[i] = (system[i][size] - known) / system[i][i]
    return tuple(solution)


def _samples(material: Material, references: Sequence[str]) -> Iterator[Sample]:
    bags = [Counter(stem(word) for word in words(text)) for text in references]
    budget = round(sum(len(text.split()) for text in references) / len(references))
    for term, rows in material.features(budget).items():
        for times, row in enumerate(rows, start=1):
            features = [(i, value) for i, value in enumerate(row) if value]
            yield Sample(features, sum(bag[term] >= times for bag in bags) / len(bags))


def _summarise(row: Row, weights: dict[str, tuple[float, ...]]) -> str:
    material = read_material(_reports(row))
    if not material.candidates:
        return ""
    chosen = choose(material, weights[_kind(row)], max_words=row["max_words"], max_sentences=1000, overflow=True)
    return " ".join(c.sentence.text for c in chosen)


def _reports(row: Row) -> list[Report]:
    return [Report(n, row["lang"], doc.get("title") or row["title"], doc["text"]) for n, doc in enumerate(row["docs"])]


def _kind(row: Row) -> str:
    return kind_of(row["lang"], len(row["docs"]))


def _as_yaml(fitted: dict[str, tuple[float, ...]]) -> Iterator[str]:
    yield "# What each feature of a word counts (digest/salience.py): in one article of a language, or in several of an"
    yield "# event. Fitted by `python -m benchmarks.train_summaries`; docs/quality.md says on what and how well."
    for kind, weights in fitted.items():
        yield f"{kind}:"
        yield from (f"  {name}: {value:.3f}" for name, value in zip(FEATURES, weights, strict=True))


if __name__ == "__main__":
    sys.exit(main())
