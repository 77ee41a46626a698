"""The fault bench: the real bot as a process, faults on a seeded schedule, a history, and the checker's verdict.

    python -m tests.faults.bench --seed 1 --faults 200 [--report out.json] [--keep FOLDER]

One step: advance the simulated clock to just after the next due time (or by an hour), inject one fault, mend it,
start the bot again where it died, and wait until it has done what it can.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.faults import checker
from tests.faults.acts import Acts
from tests.faults.schedule import Drawn, draw
from tests.faults.theatre import PATIENCE, Theatre

#: With so many faults every kind is in the schedule, and each must bite.
FULL = 100
#: So many violations are printed.
_SHOWN = 40


async def play(
    folder: Path,
    *,
    seed: int,
    schedule: Sequence[Drawn],
    bug: str = "",
    days: float = 1,
    patience: float = PATIENCE,
    **cast: Any,
) -> Theatre:
    """Go through a schedule and then `days` of calm; what there is to judge is in `history`.

    The bot has `patience` real seconds to do what it can, before the next fault; `cast` is as for Theatre.
    """
    async with Theatre(folder, seed=seed, bug=bug, patience=patience, **cast) as theatre:
        acts = Acts(theatre)
        await theatre.start()
        await theatre.settle()
        for number, drawn in enumerate(schedule):
            theatre.record("fault", number=number, name=drawn.name)
            await acts.perform(drawn)
            await theatre.mend()
            theatre.write()
        await theatre.calm(days)
        await theatre.finish()
    return theatre


def main() -> int:
    parser = argparse.ArgumentParser(description="Faults on a seeded schedule, judged from outside.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", type=int, default=200)
    parser.add_argument("--only", action="append", default=[], help="draw from these faults alone")
    parser.add_argument("--bug", default="", help="a bug of tests/faults/bugs.py to plant")
    parser.add_argument("--report", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for the database, the log and history.jsonl")
    args = parser.parse_args()
    began = time.monotonic()
    schedule = draw(args.seed, args.faults, args.only)
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary)
        if (folder / "bot.db").exists():
            parser.error(f"{folder} holds an earlier run")
        folder.mkdir(parents=True, exist_ok=True)
        theatre = asyncio.run(play(folder, seed=args.seed, schedule=schedule, bug=args.bug))
    verdict = checker.judge(theatre.history)
    if args.faults >= FULL:
        verdict.violations += [
            f"bench: the fault {name!r} never bit" for name, bites in bitten(theatre.history) if not bites
        ]
    report = summary(theatre.history, verdict) | {"seed": args.seed, "seconds": round(time.monotonic() - began)}
    if args.report:
        args.report.write_text(json.dumps(report, indent=1))
    print(json.dumps({name: value for name, value in report.items() if name != "violations"}, indent=1))
    for line in verdict.violations[:_SHOWN]:
        print(line)
    if (more := len(verdict.violations) - _SHOWN) > 0:
        print(f"… and {more} more")
    return 1 if verdict.violations else 0


def bitten(history: Sequence[Any]) -> list[tuple[str, int]]:
    """Each fault of a run, and how often it bit."""
    bites: Counter[str] = Counter()
    for event in history:
        if event["what"] == "bite":
            bites[event["name"]] += event["bites"]
    return sorted(bites.items(), key=lambda one: -one[1])


def summary(history: Sequence[Any], verdict: checker.Verdict) -> dict[str, Any]:
    """The figures of a run."""
    outcomes = Counter(e["outcome"] for e in history if e["what"] == "request" and e["outcome"] != "ok")
    ends = Counter(str(e["how"]) for e in history if e["what"] == "end")
    first = verdict.first_deliveries
    return {
        "faults": sum(e["what"] == "fault" for e in history),
        "by kind": dict(Counter(e["name"] for e in history if e["what"] == "fault").most_common()),
        "bites": dict(bitten(history)),
        "simulated days": round((history[-1]["at"] - history[0]["at"]) / 86400, 1),
        "lives of the bot": sum(e["what"] == "start" for e in history),
        "ends": dict(ends),
        "outcomes": dict(outcomes),
        "counts": dict(verdict.counts),
        "first overdue delivery": {"starts": len(first), "slowest": round(max(first, default=0), 1)},
        "violations": verdict.violations,
    }


if __name__ == "__main__":
    sys.exit(main())
