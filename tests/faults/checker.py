"""Judges a history of the fault bench from outside. Imports nothing of ours: what was due it works out itself.

history ─→ lines, slots (due.py) ─→ editions as Telegram accepted them ─→ each slot one edition? each story once? …

A history is a list of events with `what`, `at` (the simulated moment, unix seconds) and `real` (seconds of a clock that
only runs forward). The invariants are those of docs/reliability.md.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.faults.due import Plan, Slot, slots_of

Event = Mapping[str, Any]

HOURS = 3600.0
#: An edition that is so late is left to the next one; planned just before, it may wait as long again.
TOO_LATE = 12 * HOURS
#: So many real seconds of the bot at work and nothing wrong are enough for any digest.
ENOUGH = 6.0
#: A reply that the bot got so shortly (real seconds) before it died or lost its disk may not have been written down.
_SETTLING = 3.0
#: First overdue delivery after a start, in real seconds.
FIRST_DELIVERY = 10.0
#: Answers of Telegram for which nobody's reply was lost, and yet the message may be there.
UNHEARD = ("lost", "silent", "garbage", "killed")
#: Answers that leave it open although the message is not there, and how often a message may meet such.
UNANSWERED, _TRIES = ("error", "hang", "reset"), 2
_NO_FAULT_OF_OURS = (
    "chat not found",
    "topic_closed",
    "thread not found",
    "upgraded",
    "not modified",
    "query is too old",
)
_MONTHS = "January February March April May June July August September October November December".split()
_EN = re.compile(r"\b\w+day (\d{1,2}) (" + "|".join(_MONTHS) + r")\b")
_VI = re.compile(r"\b(?:Thứ \w+|Chủ nhật), (\d{1,2}) tháng (\d{1,2})\b", re.IGNORECASE)
_HEADLINE = re.compile(r'^(\d+)\. (.*?)<a href="([^"]+)">', re.MULTILINE)


@dataclass
class Verdict:
    """What the checker found."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    #: Real seconds from a start to the first overdue edition, one a start that had any.
    first_deliveries: list[float] = field(default_factory=list)

    def wrong(self, invariant: str, what: str) -> None:
        self.violations.append(f"{invariant}: {what}")


@dataclass
class Edition:
    """The messages of one edition as they were accepted, copies apart."""

    at: float
    real: float
    day: date | None
    parts: list[Event] = field(default_factory=list)
    copies: int = 0

    @property
    def complete(self) -> bool:
        """The last part is the one with buttons."""
        return bool(self.parts and self.parts[-1]["buttons"])

    def links(self) -> list[tuple[str, bool]]:
        """Its headlines' links, and whether each is marked as told before."""
        return [(url, bool(mark.strip())) for part in self.parts for _, mark, url in _HEADLINE.findall(part["text"])]


def judge(history: Sequence[Event]) -> Verdict:
    """All that is wrong with a history."""
    verdict = Verdict()
    story = History(history)
    for key, plans in story.plans.items():
        editions = _editions(story, key, verdict)
        if plans[0].hours:
            _served(story, key, editions, verdict)
        _told_once(key, editions, verdict)
    _nobody_else(story, verdict)
    _items(story, verdict)
    _wording(story, verdict)
    _pace(story, verdict)
    _restarts(story, verdict)
    for event in story.events:
        for fault in event.get("faults", ()) if event["what"] == "file" else ():
            verdict.wrong("I10", f"after {event['after']}: {fault}")
        for lost in event.get("lost", ()) if event["what"] == "file" else ():
            verdict.wrong("I1", f"after {event['after']} the item {lost} is gone")
        for leak in event.get("leaks", ()) if event["what"] == "log" else ():
            verdict.wrong("I9", leak)
        if event["what"] == "wrong":
            verdict.wrong(event["invariant"], event["how"])
    return verdict


def open_slots(history: Sequence[Event]) -> list[Slot]:
    """The slots that are due and have no edition yet, and no excuse."""
    story, verdict = History(history), Verdict()
    found = []
    for key, plans in story.plans.items():
        if plans[0].hours:
            editions = _editions(story, key, verdict)
            matched = _match(story.slots(key), editions)
            found += [
                slot
                for number, slot in enumerate(story.slots(key))
                if slot.due >= story.peaks[-1] - TOO_LATE
                and not story.refused(key, slot)
                and (number not in matched or not editions[matched[number]].complete)
            ]
    return found


class History:
    """The events in order, with what follows from them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        #: The latest simulated moment seen up to each event: the clock may be set back.
        self.peaks: list[float] = []
        peak = 0.0
        for event in events:
            peak = max(peak, event["at"])
            self.peaks.append(peak)
        self.header = events[0]
        self._moved = {event["chat"]: event["to"] for event in events if event["what"] == "moved"}
        self.plans: dict[tuple[int, int], list[Plan]] = defaultdict(list)
        for event in events:
            if event["what"] == "line":
                plan = Plan(event["at"], event["zone"], tuple(event["hours"]))
                self.plans[self.home(event["chat"]), event["thread"]].append(plan)
        self.messages: dict[tuple[int, int], list[tuple[float, Event]]] = defaultdict(list)
        unheard: Counter[tuple[int, int, str]] = Counter()
        for event, at in zip(events, self.peaks, strict=True):
            if event["what"] != "request" or event["method"] != "sendmessage":
                continue
            key = self.home(event["chat"]), event["thread"]
            if event["accepted"]:
                self.messages[key].append((at, event))
                unheard[*key, event["text"]] = -9
            elif event["outcome"] in UNANSWERED:
                unheard[*key, event["text"]] += 1
                if unheard[*key, event["text"]] == _TRIES:
                    # Nobody but Telegram knows whether it arrived: it counts as if, and is counted.
                    self.messages[key].append((at, event))
        self._ends = [event["real"] for event in events if event["what"] == "end" and event["how"] != 0]
        self.segments = self._segments()
        self._slots: dict[tuple[int, int], list[Slot]] = {}

    def home(self, chat: int) -> int:
        """The id that a chat has in the end."""
        return self._moved.get(chat, chat)

    def slots(self, key: tuple[int, int]) -> list[Slot]:
        """The slots of a line, up to the end."""
        if key not in self._slots:
            self._slots[key] = slots_of(*key, self.plans[key], self.peaks[-1])
        return self._slots[key]

    def doubtful(self, message: Event) -> bool:
        """Whether the bot may not know, or may not have been able to write down, that a message was accepted."""
        if message["outcome"] in UNHEARD:
            return True
        soon = message["real"] + _SETTLING
        if any(message["real"] <= end <= soon for end in self._ends):
            return True
        return any(
            start <= soon and message["real"] <= end for start, end, kind in self.troubles if kind in ("full", "locked")
        )

    def lived_on(self, real: float) -> bool:
        """Whether the bot had time to store what it was given at a moment."""
        soon = real + _SETTLING / 2
        ended = any(event["what"] == "end" and real <= event["real"] <= soon for event in self.events)
        hindered = any(
            since <= soon and real <= end for since, end, kind in self.troubles if kind in ("full", "locked")
        )
        return not (ended or hindered)

    def _segments(self) -> list[tuple[float, float, float, bool]]:
        """Stretches of real time: from, to, what to add for the simulated moment, and whether all was well."""
        self.troubles: list[tuple[float, float, str]] = []
        stretches, alive, trouble = [], 0, dict[str, float]()
        for event, following in zip(self.events, self.events[1:], strict=False):
            match event["what"]:
                case "start":
                    alive += 1
                case "end":
                    alive -= 1
                case "trouble" if event["on"]:
                    trouble.setdefault(event["kind"], event["real"])
                case "trouble":
                    self.troubles.append((trouble.pop(event["kind"], event["real"]), event["real"], event["kind"]))
            if following["real"] > event["real"]:
                well = alive > 0 and not trouble
                stretches.append((event["real"], following["real"], event["at"] - event["real"], well))
        self.troubles += [(since, self.events[-1]["real"], kind) for kind, since in trouble.items()]
        return stretches

    def healthy(self, since: float, until: float) -> float:
        """For how many real seconds the bot could work between two simulated moments."""
        holds = self.holds()
        total = 0.0
        for start, end, offset, well in self.segments:
            low, high = max(start + offset, since), min(end + offset, until)
            if well and high > low and not any(a < high and low < b for a, b in holds):
                total += high - low
        return total

    def holds(self) -> list[tuple[float, float]]:
        """From when to when Telegram had asked for patience, for one chat or all."""
        if not hasattr(self, "_holds"):
            self._holds = [
                (event["at"], event["at"] + event["retry_after"] + 2)
                for event in self.events
                if event["what"] == "request" and event.get("retry_after")
            ]
        return self._holds

    def refused(self, key: tuple[int, int], slot: Slot) -> bool:
        """Whether Telegram would not have had this edition while it was in time."""
        since = None
        for event in self.events:
            if event["what"] not in ("refuse", "restore") or self.home(event["chat"]) != key[0]:
                continue
            if event["what"] == "refuse" and event.get("thread") in (None, key[1]):
                since = event["at"] if since is None else since
            elif event["what"] == "restore" and since is not None:
                if since <= slot.due + TOO_LATE and slot.due <= event["at"]:
                    return True
                since = None
        return since is not None and since <= slot.due + TOO_LATE


def _editions(story: History, key: tuple[int, int], verdict: Verdict) -> list[Edition]:
    """What a chat and thread was given, copies put with their originals."""
    editions: list[Edition] = []
    copies: dict[str, list[Event]] = {}
    for at, message in story.messages[key]:
        text = message["text"]
        day, headlines = _heading(text, at), _HEADLINE.findall(text)
        if day is None and not headlines:
            continue  # an answer to a command
        earlier = copies.get(text, [])
        if earlier and story.doubtful(earlier[-1]):
            earlier.append(message)
            verdict.counts["extra copies"] += 1
            if len(earlier) > 2:
                verdict.wrong("I3", f"{_name(key)} got a part {len(earlier)} times, {_shown(at)}: {text[:90]!r}")
            continue
        copies[text] = [message]
        at_once = not story.plans[key][0].hours
        begins = day is not None or (at_once and headlines[0][0] == "1")
        if not begins and editions and not _complete(editions[-1]):
            editions[-1].parts.append(message)
            continue
        if not begins:
            verdict.wrong("I5", f"{_name(key)} got a part that begins nothing, {_shown(at)}: {text[:90]!r}")
            continue
        if editions and not _complete(editions[-1]) and not _given_up(story, key, editions[-1], at):
            verdict.wrong("I5", f"{_name(key)} got an edition before the last was whole, {_shown(at)}")
        editions.append(Edition(at, message["real"], day, [message]))
    for edition in editions:
        numbers = [int(number) for part in edition.parts for number, _, _ in _HEADLINE.findall(part["text"])]
        if numbers != list(range(1, len(numbers) + 1)):
            verdict.wrong("I5", f"{_name(key)} got its parts in the order {numbers}, {_shown(edition.at)}")
    verdict.counts["editions"] += len(editions)
    verdict.counts["messages twice unanswered"] += sum(not m["accepted"] for _, m in story.messages[key])
    verdict.counts["messages"] += sum(len(edition.parts) for edition in editions)
    return editions


def _complete(edition: Edition) -> bool:
    return edition.complete


def _given_up(story: History, key: tuple[int, int], edition: Edition, at: float) -> bool:
    """Whether the rest of an edition had no chance: refused, or twelve hours late."""
    slot = Slot(*key, date.min, "", edition.at, "UTC")
    return story.refused(key, slot) or story.healthy(edition.at, min(at, edition.at + TOO_LATE)) < ENOUGH


def _served(story: History, key: tuple[int, int], editions: list[Edition], verdict: Verdict) -> None:
    """I3: each slot has one edition."""
    slots = story.slots(key)
    matched = _match(slots, editions)
    for number, edition in enumerate(editions):
        if number not in matched.values():
            verdict.wrong("I3", f"{_name(key)} got an edition too many, {_shown(edition.at)}, headed {edition.day}")
    now = story.peaks[-1]
    for number, slot in enumerate(slots):
        verdict.counts["slots"] += 1
        if number in matched:
            edition = editions[matched[number]]
            if not edition.complete and not _given_up(story, key, edition, now) and now - edition.at > TOO_LATE:
                verdict.wrong("I5", f"{_name(key)} never got the last part of {slot.day}")
            continue
        end = min(slot.due + TOO_LATE, now)
        if story.refused(key, slot):
            verdict.counts["slots refused"] += 1
        elif story.healthy(slot.due, end) < ENOUGH:
            verdict.counts["slots in outages"] += 1
        elif any(
            other > number
            and slots[other].due - slot.due < TOO_LATE
            and story.healthy(slot.due, slots[other].due) < ENOUGH
            for other in matched
        ):
            verdict.counts["slots coalesced"] += 1
        else:
            verdict.counts["missed"] += 1
            verdict.wrong("I3", f"{_name(key)} missed the {slot.hour} of {slot.day} ({slot.zone}), {_shown(slot.due)}")


def _match(slots: Sequence[Slot], editions: Sequence[Edition]) -> dict[int, int]:
    """Which edition served which slot: as many as possible (augmenting paths)."""
    choices = [[number for number, slot in enumerate(slots) if _may_serve(edition, slot)] for edition in editions]
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


def _told_once(key: tuple[int, int], editions: Sequence[Edition], verdict: Verdict) -> None:
    """I4: no story twice, unless as an update."""
    told: dict[str, float] = {}
    for edition in editions:
        for url, marked in edition.links():
            if url in told and not marked:
                verdict.wrong("I4", f"{_name(key)} was told {url} {_shown(told[url])} and again {_shown(edition.at)}")
            told.setdefault(url, edition.at)
            verdict.counts["stories told"] += 1


def _nobody_else(story: History, verdict: Verdict) -> None:
    """No edition goes where nobody subscribed."""
    for key, messages in story.messages.items():
        for at, message in messages:
            if key not in story.plans and _heading(message["text"], at):
                verdict.wrong("I3", f"{_name(key)} has no line and got an edition, {_shown(at)}")


def _items(story: History, verdict: Verdict) -> None:
    """I2: what a feed showed in a whole answer is stored after its next two good answers."""
    answers: dict[int, list[Event]] = defaultdict(list)
    shown: set[str] = set()
    missed: set[str] = set()
    for event in story.events:
        if event["what"] == "served" and event["whole"] and story.lived_on(event["real"]):
            answers[event["feed"]].append(event)
            for answer in answers[event["feed"]][:-2][-1:]:
                shown |= set(answer["links"])
        if event["what"] == "file":
            # The last answer may have come too late to be stored, and what was stored is of one moment.
            missed |= shown - set(event["links"])
    verdict.counts["items shown"] = len(shown)
    for link in sorted(missed):
        verdict.counts["items lost"] += 1
        verdict.wrong("I2", f"{link} was shown and is not stored")


def _wording(story: History, verdict: Verdict) -> None:
    """I7: what we write is accepted as it is."""
    for event in story.events:
        if event["what"] == "request" and event["outcome"] == "400":
            why = event["why"].lower()
            if not any(words in why for words in _NO_FAULT_OF_OURS):
                verdict.wrong("I7", f"{event['method']} was refused, {_shown(event['at'])}: {event['why']}")


def _pace(story: History, verdict: Verdict) -> None:
    """I8: what Telegram asks of our speed."""
    speed, rate = story.header["speed"], story.header["send_rate"]
    held: dict[int, float] = {}
    by_chat: dict[int, list[float]] = defaultdict(list)
    for event in story.events:
        if event["what"] != "request" or event["method"] != "sendmessage" or "chat" not in event:
            continue
        chat = event["chat"]
        if not _HEADLINE.search(event["text"]):
            continue  # an answer to somebody who wrote
        if event["at"] < held.get(chat, 0) - 0.01:
            verdict.wrong("I8", f"chat {chat} was written to {held[chat] - event['at']:.1f} s before it might be")
        if event["outcome"] == "429":
            held[chat] = max(held.get(chat, 0), event["at"] + event["retry_after"])
        by_chat[chat].append(event["real"] * speed)
        by_chat[0].append(event["real"] * speed)
    for chat, times in by_chat.items():
        window, most = (10.0, rate * 10 * 1.1 + 3) if chat == 0 else (60.0, 21) if chat < 0 else (4.0, 5)
        for number, end in enumerate(times):
            start = number - int(most)
            if start >= 0 and end - times[start] < window:
                whom = f"chat {chat}" if chat else "all chats"
                verdict.wrong("I8", f"{whom}: {int(most) + 1} messages in {end - times[start]:.1f} s")
                break


def _restarts(story: History, verdict: Verdict) -> None:
    """I11: the first overdue edition comes soon after a start."""
    sent = sorted(
        (message["real"], at, key)
        for key, messages in story.messages.items()
        for at, message in messages
        if _HEADLINE.search(message["text"]) or _heading(message["text"], at)
    )
    tried: dict[int, list[float]] = defaultdict(list)
    for event in story.events:
        if event["what"] == "request" and event["method"] == "sendmessage" and "chat" in event:
            tried[story.home(event["chat"])].append(event["real"])
    for event, at in zip(story.events, story.peaks, strict=True):
        if event["what"] != "start":
            continue
        began = event["real"]
        waiting = [key for key in story.plans if story.plans[key][0].hours and _overdue(story, key, event, at, tried)]
        if not waiting:
            continue
        took = next((real - began for real, _, key in sent if real >= began and key in waiting), FIRST_DELIVERY + 1)
        if took <= FIRST_DELIVERY:
            verdict.first_deliveries.append(took)
        elif _calm(story, began, began + FIRST_DELIVERY):
            verdict.wrong("I11", f"{len(waiting)} lines were overdue at a start {_shown(at)}; nothing in 10 s")


def _calm(story: History, began: float, end: float) -> bool:
    """Whether nothing went wrong meanwhile."""
    if story.events[-1]["real"] < end or any(since < end and began < until for since, until, _ in story.troubles):
        return False
    meanwhile = [event for event in story.events if began < event["real"] <= end]
    return not any(event["what"] in ("end", "refuse") or event.get("outcome", "ok") != "ok" for event in meanwhile)


def _overdue(
    story: History, key: tuple[int, int], start: Event, at: float, tried: Mapping[int, Sequence[float]]
) -> bool:
    """Whether a line had a slot in time that nothing had been tried for; what was tried may wait its half minute."""
    now = start["at"]
    if any(since <= now < until for since, until in story.holds()):
        return False
    for slot in story.slots(key):
        if now - TOO_LATE + 60 < slot.due <= now and not story.refused(key, slot):
            came = next((e["real"] for e, peak in zip(story.events, story.peaks, strict=True) if peak >= slot.due), 0)
            if not any(came <= real < start["real"] for real in tried.get(key[0], ())):
                return True
    return False


def _heading(text: str, at: float) -> date | None:
    """The date that heads a message, of the year that fits."""
    first = text.split("\n", 1)[0]
    if found := _EN.search(first):
        day, month = int(found[1]), _MONTHS.index(found[2]) + 1
    elif found := _VI.search(first):
        day, month = int(found[1]), int(found[2])
    else:
        return None
    near = datetime.fromtimestamp(at, UTC).date()
    years = [date(near.year + more, month, day) for more in (-1, 0, 1) if (month, day) != (2, 29) or not more]
    return min(years, key=lambda one: abs((one - near).days))


def _name(key: tuple[int, int]) -> str:
    return f"chat {key[0]}" + (f", thread {key[1]}" if key[1] else "")


def _shown(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


class FileWatch:
    """Looks at copies of the database between two lives of the bot."""

    def __init__(self) -> None:
        self._links: set[str] = set()

    def look(self, database: Path) -> dict[str, Any]:
        """What is wrong with a copied file: its own checks (I10), and items that were there before (I1)."""
        connection = sqlite3.connect(database)
        try:
            faults = [row[0] for row in connection.execute("pragma integrity_check") if row[0] != "ok"]
            faults += [f"foreign key: {tuple(row)}" for row in connection.execute("pragma foreign_key_check")]
            try:
                connection.execute("insert into items_fts(items_fts, rank) values ('integrity-check', 1)")
            except sqlite3.Error as error:
                faults.append(f"the search index: {error}")
            links = {row[0] for row in connection.execute("select url from items")}
        except sqlite3.Error as error:
            return {"faults": [str(error)], "lost": [], "links": []}
        finally:
            connection.close()
        lost, self._links = sorted(self._links - links), self._links | links
        return {"faults": faults, "lost": lost, "links": sorted(links)}


def leaks(log: Path, secrets: Mapping[str, str]) -> list[str]:
    """Lines of a log that hold what must not be there: name → text."""
    found: dict[str, str] = {}
    with log.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            for name, secret in secrets.items():
                if secret in line:
                    found.setdefault(name, f"{log.name} holds {name}: {line.strip()[:120].replace(secret, '…')}")
    return list(found.values())
