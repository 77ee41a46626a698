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
#: Inline queries a minute of one person: an app asks anew at every pause in typing. What has a number of its own is
#: counted apart.
INLINE = 45
_WINDOW = 60.0
#: Beyond so many people, those who said nothing for a minute are forgotten, at most once in so many seconds; beyond
#: so many those who have been remembered longest.
REMEMBERED, _SWEEP, MOST = 5000, 1.0, 50_000


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
        #: How much of what a person asked was left unanswered.
        self._unheard: dict[tuple[int, int], int] = {}
        self._swept = float("-inf")

    def take(self, *who: int, most: int = ANSWERS) -> Verdict:
        """Count one question of everybody in `who` (the person first, then their group); whether to answer it."""
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
        if verdict is not Verdict.ANSWER:
            self._unheard[who[0], most] = self._unheard.get((who[0], most), 0) + 1
        return verdict

    def exhausted(self, one: int, *, most: int = ANSWERS) -> bool:
        """Whether a person or group has asked as much as is answered in a minute. Counts nothing."""
        now = self._monotonic()
        return sum(at > now - _WINDOW for at in self._asked.get((one, most), ())) >= most

    def unheard(self, who: int, *, most: int = ANSWERS) -> int:
        """How much of what a person asked was left unanswered since this was last asked."""
        return self._unheard.pop((who, most), 0)

    def _of(self, key: tuple[int, int], now: float) -> deque[float]:
        if len(self._asked) > REMEMBERED and now - self._swept >= _SWEEP:
            self._swept = now
            self._asked = {one: times for one, times in self._asked.items() if times and times[-1] > now - _WINDOW}
            self._said = {one: at for one, at in self._said.items() if one in self._asked}
            self._unheard = {one: count for one, count in self._unheard.items() if one in self._asked}
        if key not in self._asked and len(self._asked) >= MOST:
            oldest = next(iter(self._asked))
            del self._asked[oldest]
            self._said.pop(oldest, None)
            self._unheard.pop(oldest, None)
        asked = self._asked.setdefault(key, deque())
        while asked and asked[0] <= now - _WINDOW:
            asked.popleft()
        return asked
