"""The bot under faults: a short slice in every run of the tests, three seeds of two hundred in `make test-faults`."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import checker
from tests.faults.acts import Acts
from tests.faults.bench import play
from tests.faults.control import PLANTS
from tests.faults.schedule import FAULTS, Drawn, draw
from tests.faults.theatre import Theatre

ROOT = Path(__file__).resolve().parents[2]
#: One of each family, a few seconds in all.
SLICE = (
    "inside planning",
    "after the attempt is committed",
    "kill before the reply",
    "lost 100 %",
    "disk full in delivery",
    "second copy",
    "inside the store transaction",
    "5xx for a while",
)


def judged(theatre: Theatre) -> checker.Verdict:
    verdict = checker.judge(theatre.history)
    assert verdict.counts["editions"] > 20
    return verdict


async def test_a_slice_of_the_faults(tmp_path: Path) -> None:
    drawn = [Drawn(name, (0.3, 0.6, 0.5)) for name in SLICE]
    verdict = judged(await play(tmp_path, seed=1, schedule=drawn, days=0.3))
    assert verdict.violations == []
    assert verdict.counts["items lost"] == verdict.counts["missed"] == 0


@pytest.mark.faults
def test_two_hundred_faults_of_three_seeds(tmp_path: Path) -> None:
    """Side by side, since a bench mostly waits; each a process of its own."""
    paths = {seed: tmp_path / f"{seed}.json" for seed in (1, 2, 3)}
    command = (sys.executable, "-m", "tests.faults.bench", "--faults=200")
    benches = [
        subprocess.Popen([*command, f"--seed={seed}", f"--report={path}"], cwd=ROOT) for seed, path in paths.items()
    ]
    for bench in benches:
        bench.wait()
    reports = [json.loads(path.read_text()) for path in paths.values()]
    assert [one["violations"] for one in reports] == [[], [], []]
    assert all(one["faults"] == 200 and one["first overdue delivery"]["starts"] > 10 for one in reports)


def test_the_same_seed_is_the_same_schedule() -> None:
    assert draw(7, 200) == draw(7, 200)
    assert draw(7, 200) != draw(8, 200)


def test_every_kind_of_fault_is_drawn_and_known(tmp_path: Path) -> None:
    assert {drawn.name for drawn in draw(1, 200)} == set(FAULTS)
    acts = Acts(Theatre(tmp_path, seed=1))
    assert set(FAULTS) == set(acts._acts) | {plant.name for plant in PLANTS[1:]}


def test_the_checker_imports_nothing_of_ours() -> None:
    ours = {"bot", "chat", "digest", "feeds", "playground", "render", "storage"}
    for name in ("checker.py", "due.py"):
        tree = ast.parse((Path(__file__).parent / name).read_text())
        modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {module.split(".")[0] for module in modules} & ours == set()
        assert {module for module in modules if module.startswith("tests")} <= {"tests.faults.due"}
