"""Which faults, in which order: drawn from a seed, so that the same seed is the same schedule."""

import random
from collections.abc import Sequence
from typing import NamedTuple

from tests.faults.control import PLANTS

RANDOM = "kill at a random moment"
#: How often each is drawn. The stages of PLANTS stand for one each.
_WEIGHTS = {
    **{plant.name: 1.0 for plant in PLANTS[1:]},
    "any statement": 6.0,
    RANDOM: 2.0,
    "kill before the reply": 3.0,
    "kill at every try": 1.5,
    "stop in a storm": 3.0,
    "outage": 4.0,
    "disk full in ingest": 2.0,
    "disk full in delivery": 2.5,
    "database locked": 2.0,
    "clock an hour on": 1.0,
    "clock an hour back": 1.5,
    "clock a day on": 0.7,
    "429 to one chat": 2.0,
    "429 to all": 2.0,
    "429 across a restart": 2.0,
    "5xx once": 1.5,
    "5xx for a while": 2.0,
    "reset once": 1.5,
    "reset for a while": 1.5,
    "hang": 1.5,
    "hang for a while": 0.7,
    "lost 1 %": 1.0,
    "lost 10 %": 2.0,
    "lost 100 %": 2.0,
    "garbage": 1.5,
    "silent": 1.0,
    "blocked": 1.5,
    "kicked": 1.0,
    "migrated": 1.0,
    "topic closed": 1.0,
    "second listener": 1.0,
    "second copy": 1.5,
    "unauthorized": 1.0,
    "network down": 1.0,
    "feeds down": 2.0,
    "command": 2.0,
    "newcomer lost": 1.5,
    "newcomer killed": 1.5,
    "backup killed": 1.0,
}
FAULTS = tuple(_WEIGHTS)


class Drawn(NamedTuple):
    """One fault of the schedule, with three dice for its details."""

    name: str
    dice: tuple[float, float, float]


def draw(seed: int, count: int, only: Sequence[str] = ()) -> list[Drawn]:
    """A schedule of `count` faults: each kind once if there is room, a third random moments, the rest by weight."""
    rng = random.Random(seed)
    names = list(only or FAULTS)
    rng.shuffle(names)
    drawn = names[:count]
    if RANDOM in names:
        # Rounded up: three schedules of two hundred hold two hundred of them.
        drawn += [RANDOM] * max(0, min(count // 3 + 1, count - len(drawn) + 1) - 1)
    weights = [_WEIGHTS[name] for name in names]
    drawn += rng.choices(names, weights, k=max(0, count - len(drawn)))
    rng.shuffle(drawn)
    return [Drawn(name, (rng.random(), rng.random(), rng.random())) for name in drawn]
