"""The faults, each as an act on the stage: inject it where it hurts; `Theatre.mend` does the rest.

Each act says how often it bit, or leaves that to be counted: what Telegram answered meanwhile, what the log holds.
A fault that never bites proves nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable

from tests.faults.schedule import RANDOM, Drawn
from tests.faults.theatre import Theatre
from tests.faults.troubles import Troubles

#: Fault → the outcomes of requests that show it; of the others below, words in the log.
_OUTCOMES = {
    "kill before the reply": "killed",
    "kill at every try": "killed",
    "429 to one chat": "429",
    "429 to all": "429",
    "429 across a restart": "429",
    "5xx once": "error",
    "5xx for a while": "error",
    "reset once": "reset",
    "reset for a while": "reset",
    "hang": "hang",
    "hang for a while": "hang",
    "lost 1 %": "lost",
    "lost 10 %": "lost",
    "lost 100 %": "lost",
    "garbage": "garbage",
    "silent": "silent",
    "topic closed": "400",
    "unauthorized": "401",
    "newcomer lost": "lost",
}
_LOGGED = {
    "disk full in ingest": "disk",
    "disk full in delivery": "disk",
    "database locked": "locked",
    "second listener": "runs with the same token",
    "second copy": "uses the same database",
    "network down": "NetworkError",
}


class Acts(Troubles):
    """All faults of the schedule."""

    def __init__(self, theatre: Theatre) -> None:
        super().__init__(theatre)
        self._acts: dict[str, Callable[[Drawn], Awaitable[int | None]]] = {
            RANDOM: self.kill,
            "kill before the reply": self.kill_before_reply,
            "kill at every try": self.kill_at_every_try,
            "stop in a storm": self.stop_in_storm,
            "outage": self.outage,
            "disk full in ingest": self.full_ingest,
            "disk full in delivery": self.full_delivery,
            "database locked": self.locked,
            "clock an hour on": self.clock(3600),
            "clock an hour back": self.clock(-3600),
            "clock a day on": self.clock(86400),
            "429 to one chat": self.flood_one,
            "429 to all": self.flood_all,
            "429 across a restart": self.flood_restart,
            "5xx once": self.once("error"),
            "5xx for a while": self.for_a_while("error"),
            "reset once": self.once("reset"),
            "reset for a while": self.for_a_while("reset"),
            "hang": self.once("hang"),
            "hang for a while": self.for_a_while("hang"),
            "lost 1 %": self.lost(100),
            "lost 10 %": self.lost(10),
            "lost 100 %": self.lost(1),
            "garbage": self.once("garbage"),
            "silent": self.once("silent"),
            "blocked": self.blocked,
            "kicked": self.kicked,
            "migrated": self.migrated,
            "topic closed": self.topic_closed,
            "second listener": self.second_listener,
            "second copy": self.second_copy,
            "unauthorized": self.unauthorized,
            "network down": self.network_down,
            "feeds down": self.feeds_down,
            "command": self.command,
            "newcomer lost": self.newcomer_lost,
            "newcomer killed": self.newcomer_killed,
            "backup killed": self.backup,
        }

    async def perform(self, drawn: Drawn) -> None:
        """Inject one fault, and note how often it bit."""
        t = self._t
        began, logged = len(t.history), t.log.stat().st_size if t.log.exists() else 0
        act = self._acts.get(drawn.name, self.plant)
        bites = await act(drawn)
        if outcome := _OUTCOMES.get(drawn.name):
            bites = sum(event.get("outcome") == outcome for event in t.history[began:])
        elif words := _LOGGED.get(drawn.name):
            await asyncio.sleep(0.1)
            bites = sum(words in line for line in t.log_lines(logged))
        t.record("bite", name=drawn.name, bites=1 if bites is None else bites)
