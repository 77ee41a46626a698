"""A checker that finds nothing is worth nothing: each planted bug must be found, by the invariant it breaks."""

from pathlib import Path

import pytest

from tests.faults import checker
from tests.faults.bench import play
from tests.faults.bugs import BUGS
from tests.faults.schedule import Drawn


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
}


def test_all_bugs_are_tried() -> None:
    assert set(CAUGHT) == set(BUGS)


@pytest.mark.faults
@pytest.mark.parametrize("bug", CAUGHT)
async def test_the_checker_finds_a_planted_bug(tmp_path: Path, bug: str) -> None:
    schedule, invariant = CAUGHT[bug]
    # What is missed is only seen if the bot had every chance to send it.
    patience = 9 if bug == "slot_before_planning" else 2
    theatre = await play(tmp_path, seed=3, schedule=schedule, bug=bug, days=0.6, patience=patience)
    found = {violation.partition(":")[0] for violation in checker.judge(theatre.history).violations}
    assert invariant in found
