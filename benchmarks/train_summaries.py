"""Fits the weights of digest/salience.py to summaries that people wrote.

python -m benchmarks.train_summaries ROWS.jsonl… > digest/data/summary.yaml
    rows {"id","lang","docs":[{"title","text"}],"title","refs":[…]}; a language and several reports each get their own
python -m benchmarks.train_summaries --cross ROWS.jsonl… < rows.jsonl
    cross-fitting: summarises each row of standard input ({…,"max_words"}, as benchmarks.quality does) with weights
    fitted on the rows whose id falls into the other half by hash, for a scorer to judge

Both models are ridge regressions. A word's target is whether the references have it. A sentence's is the part of its
words by which it adds to what the references share with the sentences chosen before it; the states before it are those
that the selector itself runs through, first one that takes sentences in order, then the one fitted on that.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.halves import half
from digest.salience import SENTENCE_FEATURES, WORD_FEATURES, Candidate, Material, Weights, kind_of, stem
from digest.summarise import Report, choose, read_material
from digest.text import words

Row = dict[str, Any]

#: Rounds of fitting the sentences, each on the states that the one before runs into.
ROUNDS = 2
#: Ridge penalties, beside features of a mean square near 1; chosen by cross-fitting, see docs/quality.md.
WORD_RIDGE, SENTENCE_RIDGE = 1e-3, 1e-2
#: Takes sentences in the order of their texts.
IN_ORDER = Weights(
    tuple(0.0 for _ in WORD_FEATURES), tuple({"early": 1.0, "late": -1.0}.get(name, 0.0) for name in SENTENCE_FEATURES)
)


class Sample(NamedTuple):
    """One observation: features, target, and how much it counts."""

    features: Sequence[float]
    target: float
    weight: float


class Lesson(NamedTuple):
    """One row, read."""

    material: Material
    references: list[Counter[str]]
    budget: int


def main() -> int:
    """Fit, and print the weights or the cross-fitted summaries."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="+", type=Path)
    parser.add_argument("--cross", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for path in arguments.rows for line in path.read_text(encoding="utf-8").splitlines()]
    if arguments.cross:
        fitted = [fit_all([row for row in rows if half(row["id"]) != held_out]) for held_out in (0, 1)]
        for line in sys.stdin:
            row = json.loads(line)
            print(json.dumps({"id": row["id"], "summary": _summarise(row, fitted[half(row["id"])])}))
    else:
        print("\n".join(_as_yaml(fit_all(rows))))
    return 0


def fit_all(rows: Iterable[Row]) -> dict[str, Weights]:
    """The weights of each kind of material among the rows."""
    lessons: dict[str, list[Lesson]] = {}
    for row in rows:
        material = read_material(_reports(row))
        if material.candidates:
            references = [Counter(stem(word) for word in words(text)) for text in row["refs"]]
            budget = round(sum(len(text.split()) for text in row["refs"]) / len(row["refs"]))
            lessons.setdefault(_kind(row), []).append(Lesson(material, references, budget))
    return {kind: fit(lessons[kind]) for kind in sorted(lessons)}


def fit(lessons: Sequence[Lesson]) -> Weights:
    """The weights of one kind."""
    by_word = ridge([sample for lesson in lessons for sample in _word_samples(lesson)], WORD_RIDGE)
    weights = IN_ORDER
    samples: list[Sample] = []
    for _ in range(ROUNDS):
        for lesson in lessons:
            order = choose(lesson.material, weights, max_words=lesson.budget, max_sentences=1000, overflow=True)
            lesson.material.weigh_words(by_word)
            for taken in range(len(order)):
                samples += _sentence_samples(lesson, order[:taken])
        weights = Weights(by_word, ridge(samples, SENTENCE_RIDGE))
    return weights


def ridge(samples: Sequence[Sample], penalty: float) -> tuple[float, ...]:
    """Weighted least squares with a penalty on every weight but the first, solved by elimination."""
    size = len(samples[0].features)
    total = sum(sample.weight for sample in samples)
    system = [[0.0] * (size + 1) for _ in range(size)]
    for features, target, weight in samples:
        share = weight / total
        for i, feature in enumerate(features):
            if feature:
                row, scaled = system[i], feature * share
                for j in range(i, size):
                    row[j] += scaled * features[j]
                row[size] += scaled * target
    for i in range(size):
        system[i][i] += penalty if i else 1e-9
        for j in range(i):
            system[i][j] = system[j][i]
    return _solve(system)


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


def _word_samples(lesson: Lesson) -> Iterator[Sample]:
    features = lesson.material.word_features()
    for term, row in features.items():
        hits = sum(term in reference for reference in lesson.references)
        yield Sample(row, hits / len(lesson.references), 1 / len(features))


def _sentence_samples(lesson: Lesson, taken: Sequence[Candidate]) -> list[Sample]:
    said = {term for c in taken for term in c.terms}
    have: Counter[str] = Counter()
    for c in taken:
        have.update(c.terms)
    missing = [reference - have for reference in lesson.references]
    others = [c for c in lesson.material.candidates if not any(c is other for other in taken)]
    return [
        Sample(
            c.features_after(said),
            sum((c.terms & reference).total() for reference in missing) / len(missing) / c.length,
            1 / len(others),
        )
        for c in others
    ]


def _summarise(row: Row, weights: dict[str, Weights]) -> str:
    material = read_material(_reports(row))
    if not material.candidates:
        return ""
    chosen = choose(material, weights[_kind(row)], max_words=row["max_words"], max_sentences=1000, overflow=True)
    return " ".join(c.sentence.text for c in chosen)


def _reports(row: Row) -> list[Report]:
    return [Report(n, row["lang"], doc.get("title") or row["title"], doc["text"]) for n, doc in enumerate(row["docs"])]


def _kind(row: Row) -> str:
    return kind_of(row["lang"], len(row["docs"]))


def _as_yaml(fitted: dict[str, Weights]) -> Iterator[str]:
    yield "# What each feature of digest/salience.py counts: in one article of a language, or in several of an event."
    yield "# Fitted by `python -m benchmarks.train_summaries`; docs/quality.md says on what and how well."
    for kind, weights in fitted.items():
        yield f"{kind}:"
        for group, names, values in (
            ("words", WORD_FEATURES, weights.words),
            ("sentences", SENTENCE_FEATURES, weights.sentences),
        ):
            yield f"  {group}:"
            yield from (f"    {name}: {value:.4f}" for name, value in zip(names, values, strict=True))


if __name__ == "__main__":
    sys.exit(main())
