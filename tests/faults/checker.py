"""Judges a history of the fault bench from outside. Imports nothing of ours: what was due it works out itself.

history ─→ lines, slots (due.py) ─→ editions as Telegram accepted them ─→ each slot one edition? each story once? …

The invariants are those of docs/reliability.md; how a history reads: history.py; pace: speed.py.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tests.faults.due import Slot
from tests.faults.history import (
    ENOUGH,
    HOURS,
    LATE,
    TOO_LATE,
    UNHEARD,
    Edition,
    Event,
    History,
    Key,
    Verdict,
    heading,
    headlines_of,
    is_edition,
    name_of,
    shown,
)
from tests.faults.speed import pace, stops
from tests.faults.starts import first_deliveries
from tests.faults.telling import at_once, items, told_once

#: So long (seconds of the bot's pace) the lines of one forum may wait for one another: twenty messages a minute.
_GROUP_PACE = 120.0
_NO_FAULT_OF_OURS = (
    "chat not found",
    "topic_closed",
    "thread not found",
    "upgraded",
    "not modified",
    "query is too old",
)


def judge(history: Sequence[Event]) -> Verdict:
    """All that is wrong with a history."""
    verdict = Verdict()
    story = History(history)
    for key, plans in story.plans.items():
        first, rest = _first_digests(story, key)
        editions = _editions(story, key, rest, verdict)
        if plans[0].hours:
            _served(story, key, editions, verdict)
        else:
            at_once(story, key, editions, verdict)
        told_once(story, key, first, editions, verdict)
    _nobody_else(story, verdict)
    _copies(story, verdict)
    items(story, verdict)
    _wording(story, verdict)
    for invariant, what in (*pace(story), *stops(story)):
        verdict.wrong(invariant, what)
    first_deliveries(story, verdict)
    _noted(story, verdict)
    return verdict


def _noted(story: History, verdict: Verdict) -> None:
    """What the bench itself saw: files, logs, a bot that does not come to rest."""
    for event in story.events:
        match event["what"]:
            case "file":
                for fault in event["faults"]:
                    verdict.wrong("I10", f"after {event['after']}: {fault}")
                for lost in event["lost"]:
                    verdict.wrong("I1", f"after {event['after']} the item {lost} is gone")
            case "log":
                for leak in event["leaks"]:
                    verdict.wrong("I9", leak)
            case "unsettled":
                verdict.wrong("I3", f"nothing was wrong, and the bot did not come to rest, {shown(event['at'])}")
            case "wrong":
                verdict.wrong(event["invariant"], event["how"])


def open_slots(history: Sequence[Event]) -> list[Slot]:
    """The slots that are due and have no edition yet, and no excuse."""
    story, verdict = History(history), Verdict()
    found = []
    for key, plans in story.plans.items():
        if plans[0].hours:
            editions, slots = _editions(story, key, _first_digests(story, key)[1], verdict), story.slots(key)
            matched = _match(slots, editions)
            found += [
                slot
                for number, slot in enumerate(slots)
                if story.peaks[-1] - TOO_LATE <= slot.due <= history[-1]["at"]
                and not story.refused(key, slot)
                and not (editions[matched[number]].complete if number in matched
                         else _coalesced(story, key, slots, number, matched))
            ]  # fmt: skip
    return found


def _first_digests(story: History, key: Key) -> tuple[list[Event], list[tuple[float, Event]]]:
    """What somebody who subscribed under our eyes was shown before their first slot, and all that came after."""
    messages = story.messages[key]
    if key[0] not in story.joined:
        return [], messages
    begins = next((slot.due for slot in story.slots(key)), float("inf"))
    split = bisect_left(messages, begins, key=lambda one: one[0])
    return [message for _, message in messages[:split] if message["accepted"]], messages[split:]


def _editions(story: History, key: Key, messages: Sequence[tuple[float, Event]], verdict: Verdict) -> list[Edition]:
    """What a chat and thread was given, copies put with their originals."""
    editions: list[Edition] = []
    copies: dict[str, list[Event]] = {}
    prompt = not story.plans[key][0].hours
    for at, message in messages:
        text = message["text"]
        day, headlines = heading(text, at), headlines_of(text)
        if day is None and not headlines:
            continue  # an answer to a command
        earlier = copies.get(text, [])
        if earlier and story.doubtful(earlier[-1]):
            earlier.append(message)
            verdict.counts["extra copies"] += 1
            if len(earlier) > 2:
                verdict.wrong("I3", f"{name_of(key)} got a part {len(earlier)} times, {shown(at)}: {text[:90]!r}")
            continue
        if earlier and headlines:
            verdict.wrong("I3", f"{name_of(key)} got again what was surely settled, {shown(at)}: {text[:90]!r}")
            continue
        copies[text] = [message]
        begins = day is not None or (prompt and headlines[0].number == 1)
        if not begins and editions and not editions[-1].complete:
            editions[-1].parts.append(message)
            continue
        if not begins:
            verdict.wrong("I5", f"{name_of(key)} got a part that begins nothing, {shown(at)}: {text[:90]!r}")
            continue
        if editions and not editions[-1].complete and not _given_up(story, key, editions[-1], message["real"]):
            verdict.wrong("I5", f"{name_of(key)} got an edition before the last was whole, {shown(at)}")
        editions.append(Edition(at, message["real"], day, [message]))
    for edition in editions:
        numbers = [headline.number for headline in edition.headlines()]
        if numbers != list(range(1, len(numbers) + 1)):
            verdict.wrong("I5", f"{name_of(key)} got its parts in the order {numbers}, {shown(edition.at)}")
    verdict.counts["editions"] += len(editions)
    verdict.counts["messages twice unanswered"] += sum(not m["accepted"] for _, m in messages)
    verdict.counts["messages"] += sum(len(edition.parts) for edition in editions)
    return editions


def _given_up(story: History, key: Key, edition: Edition, real: float) -> bool:
    """Whether the rest of an edition had no chance: refused, or twelve hours late."""
    slot = Slot(*key, date.min, "", edition.at, "UTC")
    until = min(real, story.reached(edition.at + TOO_LATE))
    return story.refused(key, slot) or story.healthy(edition.real, until, chat=key[0]) < ENOUGH


def _served(story: History, key: Key, editions: list[Edition], verdict: Verdict) -> None:
    """I3: each slot has one edition, and in time."""
    slots = story.slots(key)
    matched = _match(slots, editions)
    for number, edition in enumerate(editions):
        if number not in matched.values():
            verdict.wrong("I3", f"{name_of(key)} got an edition too many, {shown(edition.at)}, headed {edition.day}")
    now = story.peaks[-1]
    for number, slot in enumerate(slots):
        verdict.counts["slots"] += 1
        due, end = story.reached(slot.due), story.reached(slot.due + TOO_LATE)
        # What was tried and had to wait can be judged by what came after that wait.
        free = story.free_since(due, end, chat=key[0])
        if number in matched:
            edition = editions[matched[number]]
            _in_time(story, key, slot, edition, verdict)
            given_up = edition.complete or _given_up(story, key, edition, story.reals[-1])
            if not given_up and now - edition.at > TOO_LATE:
                verdict.wrong("I5", f"{name_of(key)} never got the last part of {slot.day}")
        elif story.refused(key, slot):
            verdict.counts["slots refused"] += 1
        elif story.healthy(free, end, chat=key[0]) < ENOUGH:
            verdict.counts["slots in outages"] += 1
        elif _coalesced(story, key, slots, number, matched):
            verdict.counts["slots coalesced"] += 1
        else:
            verdict.counts["missed"] += 1
            verdict.wrong("I3", f"{name_of(key)} missed the {slot.hour} of {slot.day} ({slot.zone}), {shown(slot.due)}")


def _coalesced(story: History, key: Key, slots: Sequence[Slot], number: int, matched: Mapping[int, int]) -> bool:
    """Whether a later hour was served for this one as well: an outage took all the time between them."""
    due = slots[number].due
    return any(
        other > number
        and slots[other].due - due < TOO_LATE
        and story.healthy(story.reached(due), story.reached(slots[other].due), chat=key[0]) < ENOUGH
        for other in matched
    )


def _in_time(story: History, key: Key, slot: Slot, edition: Edition, verdict: Verdict) -> None:
    due = story.reached(slot.due)
    late = LATE + (_GROUP_PACE / story.header["speed"] if key[0] < 0 else 0)
    if edition.parts[-1]["real"] - due <= late or story.refused(key, slot):
        return
    took = story.healthy(due, edition.parts[-1]["real"], chat=key[0])
    if took > late:
        verdict.wrong(
            "I3", f"{name_of(key)} got the {slot.hour} of {slot.day} after {took:.0f} s in which all was well"
        )


def _match(slots: Sequence[Slot], editions: Sequence[Edition]) -> dict[int, int]:
    """Which edition served which slot: as many as possible (augmenting paths)."""
    dues = [slot.due for slot in slots]
    choices = [
        [
            number
            for number in range(
                bisect_left(dues, edition.at - 2 * TOO_LATE - HOURS), bisect_left(dues, edition.at + 1.001)
            )
            if _may_serve(edition, slots[number])
        ]
        for edition in editions
    ]
    taken: dict[int, int] = {}

    def place(edition: int, tried: set[int]) -> bool:
        for slot in reversed(choices[edition]):
            if slot not in tried:
                tried.add(slot)
                if slot not in taken or place(taken[slot], tried):
                    taken[slot] = edition
                    return True
        return False

    for edition in range(len(editions)):
        place(edition, set())
    return taken


def _may_serve(edition: Edition, slot: Slot) -> bool:
    if not slot.due <= edition.at + 1 <= slot.due + 2 * TOO_LATE + HOURS:
        return False
    clocks = ZoneInfo(slot.zone)
    latest = datetime.fromtimestamp(min(edition.at, slot.due + TOO_LATE + HOURS) + 1, clocks).date()
    return edition.day is not None and datetime.fromtimestamp(slot.due, clocks).date() <= edition.day <= latest


def _nobody_else(story: History, verdict: Verdict) -> None:
    """No edition goes where nobody subscribed."""
    for key, messages in story.messages.items():
        for at, message in messages:
            if key not in story.plans and key[0] not in story.joined and heading(message["text"], at):
                verdict.wrong("I3", f"{name_of(key)} has no line and got an edition, {shown(at)}")


def _copies(story: History, verdict: Verdict) -> None:
    """I3, the sum: no more second copies than faults that leave open whether a message arrived."""
    lost = sum(is_edition(event) and event["outcome"] in UNHEARD and event["accepted"] for event in story.events)
    verdict.counts["replies lost"] = lost
    verdict.counts["ambiguous faults"] = ambiguous = lost + len(story.deaths) + story.deaf
    if (copies := verdict.counts["extra copies"]) > ambiguous:
        verdict.wrong("I3", f"{copies} second copies of {ambiguous} ambiguous faults")


def _wording(story: History, verdict: Verdict) -> None:
    """I7: what we write is accepted as it is."""
    for event in story.events:
        if event["what"] == "request" and event["outcome"] == "400":
            why = event["why"].lower()
            if not any(words in why for words in _NO_FAULT_OF_OURS):
                verdict.wrong("I7", f"{event['method']} was refused, {shown(event['at'])}: {event['why']}")
