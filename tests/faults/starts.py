"""How soon after a start the first overdue edition comes (I11), read from a history. Nothing of ours."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import inf

from tests.faults.history import TOO_LATE, Event, History, Key, Verdict, is_edition, shown

#: First overdue delivery after a start, in real seconds.
FIRST_DELIVERY = 10.0


def first_deliveries(story: History, verdict: Verdict) -> None:
    """I11: the first overdue edition comes soon after a start."""
    sent = sorted(
        (message["real"], at, key)
        for key, messages in story.messages.items()
        for at, message in messages
        if is_edition(message)
    )
    tried: dict[int, list[float]] = defaultdict(list)
    for event in story.events:
        if event["what"] == "request" and event["method"] == "sendmessage" and "chat" in event:
            tried[story.home(event["chat"])].append(event["real"])
    for event, at in zip(story.events, story.peaks, strict=True):
        if event["what"] != "start":
            continue
        began = event["real"]
        waiting = {key for key in story.plans if story.plans[key][0].hours and _overdue(story, key, event, tried)}
        if not waiting:
            continue
        place = bisect_left(sent, began, key=lambda one: one[0])
        took = next((real - began for real, _, key in sent[place:] if key in waiting), inf)
        deadline = began + FIRST_DELIVERY + story.stalled(began, began + FIRST_DELIVERY)
        if took - story.stalled(began, began + took) <= FIRST_DELIVERY:
            verdict.first_deliveries.append(took)
        elif _calm(story, began, deadline):
            verdict.wrong("I11", f"{len(waiting)} lines were overdue at a start {shown(at)}; nothing in 10 s")


def _calm(story: History, began: float, end: float) -> bool:
    """Whether nothing went wrong meanwhile."""
    if story.events[-1]["real"] < end or any(since < end and began < until for since, until, _ in story.troubles):
        return False
    meanwhile = [event for event in story.events if began < event["real"] <= end]
    return not any(event["what"] in ("end", "refuse") or event.get("outcome", "ok") != "ok" for event in meanwhile)


def _overdue(story: History, key: Key, start: Event, tried: Mapping[int, Sequence[float]]) -> bool:
    """Whether a line had a slot in time that nothing had been tried for; what was tried may wait its half minute."""
    now = start["at"]
    if story.held(start["real"], chat=key[0]):
        return False
    for slot in story.slots(key):
        if now - TOO_LATE + 60 < slot.due <= now and not story.refused(key, slot):
            came, tries = story.reached(slot.due), tried.get(key[0], ())
            place = bisect_left(tries, came)
            if place == len(tries) or tries[place] >= start["real"]:
                return True
    return False
