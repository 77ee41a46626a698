"""How much one person may ask in a minute, so that nobody's messages are slow because of somebody's finger.

One polite sentence at the limit, then silence; a button is always answered, be it with that sentence.
"""

from collections import deque
from collections.abc import Callable
from enum import Enum

#: Answers a minute to one person, and to all in one group together.
ANSWERS = 20
#: Presses a minute of one person: choosing twenty provinces is no abuse.
PRESSES = 60
_WINDOW = 60.0
#: So many people are remembered before those who said nothing for a minute are forgotten.
_REMEMBERED = 5000


class Verdict(Enum):
    """Whether to answer: yes, with the polite sentence, or not at all."""

    ANSWER = 1
    ENOUGH = 2
    SILENCE = 3


class Patience:
    """Counts what was asked, by whom, in the last minute. `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._asked: dict[tuple[int, int], deque[float]] = {}
        #: When who was told that it is enough.
        self._said: dict[tuple[int, int], float] = {}

    def take(self, *who: int, most: int = ANSWERS) -> Verdict:
        """Count one question of everybody in `who` (a person, their group); whether to answer it."""
        now = self._monotonic()
        verdict = Verdict.ANSWER
        for one in dict.fromkeys(who):
            asked = self._of((one, most), now)
            if len(asked) < most:
                asked.append(now)
                continue
            silent = now - self._said.get((one, most), now - _WINDOW) < _WINDOW
            if not silent:
                self._said[one, most] = now
            if verdict is not Verdict.SILENCE:
                verdict = Verdict.SILENCE if silent else Verdict.ENOUGH
        return verdict

    def _of(self, key: tuple[int, int], now: float) -> deque[float]:
        if len(self._asked) > _REMEMBERED:
            self._asked = {one: times for one, times in self._asked.items() if times and times[-1] > now - _WINDOW}
            self._said = {one: at for one, at in self._said.items() if at > now - _WINDOW}
        asked = self._asked.setdefault(key, deque())
        while asked and asked[0] <= now - _WINDOW:
            asked.popleft()
        return asked
