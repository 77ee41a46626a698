"""A checker that finds nothing is worth nothing: each planted bug must be found, by the invariant it breaks."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults import checker
from tests.faults.bench import play
from tests.faults.bugs import BUGS
from tests.faults.schedule import Drawn
from tests.faults.test_bench import ROOT, SLOWLY


def of(*names: str, dice: tuple[float, float, float] = (0.3, 0.6, 0.5)) -> list[Drawn]:
    return [Drawn(name, dice) for name in names]


#: A death while polls are saved, then an hour in which the feed says twice that it has nothing new; looked at
#: after another death.
_DEATHS = [
    drawn
    for place in (0.45, 0.55, 0.65, 0.75, 0.85)
    for drawn in (
        *of("after the store transaction", dice=(place, 0.5, 0.9)),
        *of(*["backup killed"] * 4, "kill at a random moment", dice=(0.9, 0.5, 0.81)),
    )
]
#: A death between the plannings of a storm.
_UNPLANNED = [one for place in (0.1, 0.3, 0.5) for one in of("before planning", dice=(place, 0.6, 0.5))]
#: Bug → what brings it out, and the invariant that it breaks.
CAUGHT = {
    "told_is_forgotten": (of("clock a day on"), "I4"),
    "attempt_after_the_request": (of("kill at every try"), "I3"),
    "retry_without_limit": (of("lost 100 %"), "I3"),
    "slot_before_planning": (_UNPLANNED, "I3"),
    "request_tries_again": (of("lost 100 %"), "I3"),
    "impatient": (of("429 to all"), "I8"),
    "parts_in_any_order": (of("clock an hour on"), "I5"),
    "validators_first": (_DEATHS, "I2"),
    "every_hour_twice": (of("clock an hour on"), "I3"),
    "lazy_sent": (of("kill at a random moment"), "I3"),
    "no_stop": (of("stop in a storm"), "stop"),
    "no_pace": (of("clock an hour on"), "I8"),
    "no_chat_pace": (of("clock an hour on"), "I8"),
}
#: Bugs that some other test sees.
SEEN_ELSEWHERE = {
    "conflict_unheard": "tests/test_delivery.py::test_while_another_listens_nothing_is_delivered_and_it_is_said_once"
}


_WITH_A_BUG = """
import sys, pytest
from tests.faults.bugs import BUGS
BUGS["{bug}"]()
sys.exit(pytest.main(["{test}", "-q", "-p", "no:cacheprovider"]))
"""


def test_all_bugs_are_tried() -> None:
    assert set(CAUGHT) | set(SEEN_ELSEWHERE) == set(BUGS)


@pytest.mark.parametrize("bug", SEEN_ELSEWHERE)
def test_a_bug_that_the_bench_cannot_see_is_seen_by_another_test(bug: str) -> None:
    """The test is run with the bug put in: it must fail."""
    command = (sys.executable, "-c", _WITH_A_BUG.format(bug=bug, test=SEEN_ELSEWHERE[bug]))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout


@pytest.mark.faults
@pytest.mark.parametrize("bug", CAUGHT)
async def test_the_checker_finds_a_planted_bug(tmp_path: Path, bug: str) -> None:
    schedule, invariant = CAUGHT[bug]
    # What is missed is only seen if the bot had every chance to send it.
    patience = 9 if bug == "slot_before_planning" else 3
    cast = SLOWLY | {"topics": 3} if bug.endswith("_pace") else {}
    theatre = await play(tmp_path, seed=3, schedule=schedule, bug=bug, days=0.6, patience=patience, **cast)
    found = {violation.partition(":")[0] for violation in checker.judge(theatre.history).violations}
    assert invariant in found
