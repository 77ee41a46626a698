"""Which groups of reports are one story: average linkage, the likeliest first, and who no longer belongs.

The order in which reports arrive plays no part, as long as they are looked at together: of all pairs of groups the one
with the best mean log odds is joined first, then the odds of the joined group are worked out anew.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

#: Members that speak for a group, the newest.
SPEAKERS = 16
#: Mean log odds from which a report joins others. Two groups of several reports each need less, up to so much: where
#: many speak, one look-alike among them no longer misleads.
EVEN, GRACE = 0.0, 0.55
#: Below this mean a report leaves its story; to go over to another one, that must be so much better. The gap to what
#: is needed to join keeps anything from going to and fro.
LEAVE, BETTER = -1.0, 1.0
#: No pair of groups is weighed unless two of their members have odds above this.
HOPE = -1.0


#: What the members of a group are sorted by: the newest come last.
Order = Callable[[int], tuple[datetime, int]]


class Web(Protocol):
    """Reports by number, and how likely any two are of one event."""

    def near(self, item_id: int) -> Iterable[int]:
        """The reports with odds above HOPE."""
        ...

    def odds(self, item_id: int, others: Sequence[int]) -> float:
        """The sum of a report's log odds with others."""
        ...


def bar(a: int, b: int) -> float:
    """What the mean log odds of two groups of so many reports must exceed.

    >>> bar(1, 9), bar(2, 3)
    (0.0, -0.275)
    """
    return EVEN - GRACE * (1 - 1 / min(a, b))


def mean_odds(web: Web, ones: Sequence[int], others: Sequence[int]) -> float:
    """The mean log odds between the speakers, the last ones, of two groups."""
    ones, others = ones[-SPEAKERS:], others[-SPEAKERS:]
    return sum(web.odds(one, others) for one in ones) / (len(ones) * len(others))


def link(groups: Mapping[int, Sequence[int]], web: Web, order: Order) -> list[list[int]]:
    """Join groups (key → members, in `order`) as long as two of them pass the bar; the keys of each that results."""
    members = {key: list(reports) for key, reports in groups.items()}
    joined = {key: [key] for key in groups}
    owner = {item_id: key for key, reports in members.items() for item_id in reports}
    heap: list[tuple[float, int, int, int, int]] = []

    def weigh(key: int, others: Iterable[int]) -> None:
        for other in others:
            one, two = min(key, other), max(key, other)
            above = mean_odds(web, members[one], members[two]) - bar(len(members[one]), len(members[two]))
            if above > 0:
                heapq.heappush(heap, (-above, one, two, len(members[one]), len(members[two])))

    def around(key: int) -> set[int]:
        found = {owner[near] for item_id in members[key][-SPEAKERS:] for near in web.near(item_id) if near in owner}
        return found - {key}

    for key in groups:
        weigh(key, (other for other in around(key) if other > key))
    while heap:
        _, one, two, *sizes = heapq.heappop(heap)
        if one not in members or two not in members or [len(members[one]), len(members[two])] != sizes:
            continue  # weighed before one of them grew
        moved = members.pop(two)
        owner.update(dict.fromkeys(moved, one))
        members[one] = sorted(members[one] + moved, key=order)
        joined[one] += joined.pop(two)
        weigh(one, around(one))
    return list(joined.values())


def review(groups: Iterable[Sequence[int]], web: Web, order: Order, *, bound: Collection[int] = ()) -> list[list[int]]:
    """Let each report that does not fit its group leave it, for a better one or to stand alone; the groups then.

    The groups keep their places in the list, perhaps empty. Every report is looked at once, in the order given; those
    `bound` (a reprint has its twin there) stay.
    """
    found = [list(group) for group in groups]
    owner = {item_id: at for at, group in enumerate(found) for item_id in group}
    for item_id in [one for group in found if len(group) > 1 for one in group[-SPEAKERS:]]:
        home = owner[item_id]
        rest = [other for other in found[home] if other != item_id]
        if item_id in bound or not rest:
            continue
        own = mean_odds(web, [item_id], rest)
        best, best_odds = None, max(own + BETTER, EVEN)
        for at in sorted({owner[near] for near in web.near(item_id) if near in owner} - {home}):
            odds = mean_odds(web, [item_id], found[at])
            if odds > best_odds:
                best, best_odds = at, odds
        if best is None and own >= LEAVE:
            continue
        if best is None:
            best = len(found)
            found.append([])
        found[home] = rest
        found[best] = sorted([*found[best], item_id], key=order)
        owner[item_id] = best
    return found
