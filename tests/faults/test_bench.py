"""The bot under faults: a short slice in every run of the tests, three seeds of two hundred in `make test-faults`."""

import ast
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from digest.classify import load_classifier
from digest.model import Source
from tests.faults import checker
from tests.faults.acts import Acts
from tests.faults.bench import bitten, play
from tests.faults.control import PLANTS
from tests.faults.press import FEEDS, Press
from tests.faults.schedule import FAULTS, RANDOM, Drawn, draw
from tests.faults.stage import BEGAN
from tests.faults.theatre import Theatre

ROOT = Path(__file__).resolve().parents[2]
#: One of each family, a few seconds in all.
SLICE = (
    "after the attempt is committed",
    "kill before the reply",
    "lost 10 %",
    "disk full in delivery",
    "newcomer lost",
    "stop in a storm",
    "inside the store transaction",
)
#: Nearer to life, so that a second is long enough to be judged; a forum whose editions fill its minute.
SLOWLY: dict[str, Any] = {"pace": 2.0, "send_rate": 24.0, "topics": 9}


def judged(theatre: Theatre) -> checker.Verdict:
    verdict = checker.judge(theatre.history)
    assert verdict.counts["editions"] > 20
    assert all(bites for _, bites in bitten(theatre.history)), bitten(theatre.history)
    return verdict


async def test_a_slice_of_the_faults(tmp_path: Path) -> None:
    drawn = [Drawn(name, (0.3, 0.6, 0.5)) for name in SLICE]
    verdict = judged(await play(tmp_path, seed=1, schedule=drawn, days=0.05, crowd=30))
    assert verdict.violations == []
    assert verdict.counts["items lost"] == verdict.counts["missed"] == 0


@pytest.mark.faults
async def test_a_storm_and_a_full_forum_keep_telegrams_pace(tmp_path: Path) -> None:
    theatre = await play(tmp_path, seed=1, schedule=[], days=0.6, patience=60, **SLOWLY)
    verdict = judged(theatre)
    assert verdict.violations == []
    forum = [event for event in theatre.history if event.get("chat") == theatre.groups["forum"].id]
    assert sum(event["what"] == "request" for event in forum) > 16
    assert verdict.counts["messages"] > 120


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
    assert sum(one["by kind"][RANDOM] for one in reports) >= 200
    assert all(one["counts"]["extra copies"] <= one["counts"]["ambiguous faults"] for one in reports)


def test_the_same_seed_is_the_same_schedule() -> None:
    assert draw(7, 200) == draw(7, 200)
    assert draw(7, 200) != draw(8, 200)


def test_two_hundred_random_moments_are_drawn_over_three_seeds() -> None:
    assert sum(drawn.name == RANDOM for seed in (1, 2, 3) for drawn in draw(seed, 200)) >= 200


def test_the_news_of_the_bench_is_news() -> None:
    """What is no diplomacy would be told to nobody, and nobody would miss it."""
    press = Press(lambda: (BEGAN + timedelta(days=5)).timestamp(), lambda *_, **__: None, began=BEGAN, seed=1)
    shown = [report for number in range(FEEDS) for report in press.shown(number)]
    source, classifier = Source(url="https://outlet.example", name="Outlet", language="en"), load_classifier()
    labels = [classifier.label(one.title, one.text, language="en", source=source) for one in shown]
    assert [one.title for one, label in zip(shown, labels, strict=True) if not label.relevant] == []
    assert len({report.story for report in shown}) < 0.95 * len(shown)  # some are carried on
    assert len({report.title for report in shown}) >= len({report.story for report in shown})


def test_every_kind_of_fault_is_drawn_and_known(tmp_path: Path) -> None:
    assert {drawn.name for drawn in draw(1, 200)} == set(FAULTS)
    acts = Acts(Theatre(tmp_path, seed=1))
    assert set(FAULTS) == set(acts._acts) | {plant.name for plant in PLANTS[1:]}


def test_the_checker_imports_nothing_of_ours() -> None:
    ours = {"bot", "chat", "digest", "feeds", "playground", "render", "storage"}
    judges = ("checker", "due", "evidence", "history", "speed", "starts", "telling")
    for name in (f"{judge}.py" for judge in judges):
        tree = ast.parse((Path(__file__).parent / name).read_text())
        modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        modules |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {module.split(".")[0] for module in modules} & ours == set()
        assert {module for module in modules if module.startswith("tests")} <= {
            f"tests.faults.{judge}" for judge in judges
        }
