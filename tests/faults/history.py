"""A history of the fault bench, read: lines, messages, troubles, and how much time the bot had. Nothing of ours.

A history is a list of events with `what`, `at` (the simulated moment, unix seconds) and `real` (seconds of a clock that
only runs forward).
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import unescape
from itertools import accumulate
from typing import Any, NamedTuple

from tests.faults.due import Plan, Slot, slots_of

Event = Mapping[str, Any]
#: A chat and a thread of it.
Key = tuple[int, int]

HOURS = 3600.0
#: An edition that is so late is left to the next one; planned just before, it may wait as long again.
TOO_LATE = 12 * HOURS
#: So many messages the bot has in the air at most.
WORKERS = 8
#: A reply that the bot got so shortly (real seconds) before it died or lost its disk may not have been written down.
SETTLING = 0.05
#: So many real seconds of the bot at work and nothing wrong are enough for any digest; later is late.
ENOUGH = 6.0
LATE = 20.0
#: A Bot API that is late by so much (real seconds) is waited for no longer; what it answers within so long is late.
_DEAF, _SOON = 1.0, 0.5
#: Answers of Telegram for which nobody's reply was lost, and yet the message may be there.
UNHEARD = ("lost", "silent", "garbage", "killed")
#: Answers that leave it open although the message is not there, and how often a message may meet such.
UNANSWERED, _TRIES = ("error", "hang", "reset"), 2
#: How long (simulated seconds) a message may rest before its last try.
_REST = 60.0
#: So many chats told to wait within so long (simulated seconds): it is meant for all.
_FLOODED, _FLOOD = 3, 10.0
_MONTHS = "January February March April May June July August September October November December".split()
_EN = re.compile(r"\b\w+day (\d{1,2}) (" + "|".join(_MONTHS) + r")\b")
_VI = re.compile(r"\b(?:Thứ \w+|Chủ nhật), (\d{1,2}) tháng (\d{1,2})\b", re.IGNORECASE)
#: An edition begins with the paper's name.
_TITLED = re.compile(r"<b>[^<]+</b> · ")
#: A headline, the line of its details and the line of its sentences.
_STORY = re.compile(r'^(\d+)\. [^\n]*?<a href="([^"]+)">[^\n]*(?:\n([^\n]*))?(?:\n([^\n]*))?', re.MULTILINE)
_UPDATE = re.compile(r"(?:<[bi]>)*(?:UPDATE|DAY \d+|CẬP NHẬT|NGÀY \d+)\b", re.IGNORECASE)


class Headline(NamedTuple):
    """A story as a message tells it."""

    number: int
    url: str
    #: Whether it says that it is an update of something told before.
    update: bool
    sentences: str


def headlines_of(text: str) -> list[Headline]:
    """The stories of a message."""
    return [
        Headline(int(number), unescape(url), bool(_UPDATE.match(details or "")), body or "")
        for number, url, details, body in _STORY.findall(text)
    ]


def heading(text: str, at: float) -> date | None:
    """The date that heads an edition, of the year that fits; None for other messages, which may name a date too."""
    first = text.split("\n", 1)[0]
    if not _TITLED.match(first):
        return None
    if found := _EN.search(first):
        day, month = int(found[1]), _MONTHS.index(found[2]) + 1
    elif found := _VI.search(first):
        day, month = int(found[1]), int(found[2])
    else:
        return None
    near = datetime.fromtimestamp(at, UTC).date()
    years = [date(near.year + more, month, day) for more in (-1, 0, 1) if (month, day) != (2, 29) or not more]
    return min(years, key=lambda one: abs((one - near).days))


def is_edition(event: Event) -> bool:
    """Whether a request carries an edition, or a part of one, and no answer to somebody who wrote."""
    if event["what"] != "request" or event["method"] != "sendmessage":
        return False
    return heading(event["text"], event["at"]) is not None or bool(_STORY.search(event["text"]))


@dataclass
class Edition:
    """The messages of one edition as they were accepted, copies apart."""

    at: float
    real: float
    day: date | None
    parts: list[Event] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """The last part is the one with buttons."""
        return bool(self.parts and self.parts[-1]["buttons"])

    def headlines(self) -> list[Headline]:
        return [one for part in self.parts for one in headlines_of(part["text"])]


@dataclass
class Verdict:
    """What the checker found."""

    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    #: Real seconds from a start to the first overdue edition, one a start that had any.
    first_deliveries: list[float] = field(default_factory=list)

    def wrong(self, invariant: str, what: str) -> None:
        self.violations.append(f"{invariant}: {what}")


class History:
    """The events in order, with what follows from them."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.header = events[0]
        #: The latest simulated moment seen up to each event: the clock may be set back.
        self.peaks = list(accumulate((event["at"] for event in events), max))
        self.reals = [event["real"] for event in events]
        self._moved = {event["chat"]: event["to"] for event in events if event["what"] == "moved"}
        #: Which story a link tells, as the publishers know it.
        self.told_by = {event["link"]: event["story"] for event in events if event["what"] == "report"}
        #: Who subscribed under our eyes, and when they first pressed.
        self.joined: dict[int, float] = {}
        self.plans: dict[Key, list[Plan]] = defaultdict(list)
        #: How many editions a day a line that delivers at once may have.
        self.caps: dict[Key, int] = {}
        self._shut: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            self._plot(event)
        self._slots: dict[Key, list[Slot]] = {}
        self._lags = [event for event in events if event["what"] == "lag"]
        self._lag_reals = [event["real"] for event in self._lags]
        self._read_messages()
        self._read_time()
        self._holds = self._read_holds()
        self._doubtful = self._read_doubts()

    def _plot(self, event: Event) -> None:
        match event["what"]:
            case "line":
                key = self.home(event["chat"]), event["thread"]
                self.plans[key].append(Plan(event.get("since", event["at"]), event["zone"], tuple(event["hours"])))
                self.caps[key] = event.get("cap") or 0
            case "joined":
                self.joined.setdefault(event["chat"], event["at"])
            case "refuse" | "restore":
                self._shut[self.home(event["chat"])].append(event)

    def home(self, chat: int) -> int:
        """The id that a chat has in the end."""
        return self._moved.get(chat, chat)

    def slots(self, key: Key) -> list[Slot]:
        """The slots of a line, up to the end."""
        if key not in self._slots:
            self._slots[key] = slots_of(*key, self.plans[key], self.peaks[-1])
        return self._slots[key]

    def lag(self, real: float) -> float:
        """By how much a busy machine was late, at the most, around a real second."""
        low, high = (bisect_left(self._lag_reals, edge) for edge in (real - 1.0, real + 1.0))
        return 2 * max((event["late"] for event in self._lags[low:high]), default=0.0)

    def stalled(self, since: float, until: float) -> float:
        """For how long (real seconds) between two of them the machine had no time for anybody."""
        low, high = (bisect_left(self._lag_reals, edge) for edge in (since, until))
        return sum(event["late"] for event in self._lags[low:high])

    # Messages

    def _read_messages(self) -> None:
        self.messages: dict[Key, list[tuple[float, Event]]] = defaultdict(list)
        unheard: Counter[tuple[int, int, str]] = Counter()
        for event, at in zip(self.events, self.peaks, strict=True):
            if event["what"] != "request" or event["method"] != "sendmessage":
                continue
            key = self.home(event["chat"]), event["thread"]
            if event["accepted"]:
                self.messages[key].append((at, event))
                unheard[*key, event["text"]] = -9
            elif event["outcome"] in UNANSWERED:
                unheard[*key, event["text"]] += 1
                if unheard[*key, event["text"]] == _TRIES:
                    # Nobody but Telegram knows whether it arrived: it counts as if, and is counted apart.
                    self.messages[key].append((at, event))

    def doubtful(self, message: Event) -> bool:
        """Whether the bot may not know, or may not have been able to write down, that a message was accepted."""
        return message["outcome"] in UNHEARD or id(message) in self._doubtful

    def _read_doubts(self) -> set[int]:
        """Messages that were in the air at a death, or just settled: no more than the bot sends at one time.

        The same for a disk that is full and a database that is locked, from just before until it is over.
        """
        sent = [
            event
            for event in self.events
            if event["what"] == "request" and event["method"] == "sendmessage" and event["accepted"]
        ]
        reals = [event["real"] for event in sent]
        # What was on its way at a death may be accepted until the bench has noticed that nobody waits any more.
        falls = [(end["died"], end["real"]) for end in self.deaths]
        falls += [(since, until) for since, until, kind in self.troubles if kind in ("full", "locked")]
        # A bench that had no time for so long answered when nobody listened any more.
        late = [event for event in self._lags if event["late"] > _DEAF]
        slow = [sent[bisect_left(reals, one["real"] - _SOON) : bisect_left(reals, one["real"] + _SOON)] for one in late]
        found = {id(event) for window in slow for event in window}
        #: How many messages a busy machine answered too late.
        self.deaf = len(found)
        for since, until in falls:
            settling = SETTLING + self.lag(since)
            window = sent[bisect_left(reals, since - settling) : bisect_left(reals, until + settling)]
            # What was accepted first after it, which a dead bot cannot have heard of; then what was the last before.
            around = sorted(window, key=lambda event: (event["real"] < since, abs(event["real"] - since)))
            found |= {id(event) for event in around[:WORKERS]}
        return found

    # Time

    def _read_time(self) -> None:
        self.troubles: list[tuple[float, float, str]] = []
        self.deaths: list[Event] = []
        self._well = [0.0]
        alive, trouble = 0, dict[str, float]()
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
            if event["what"] == "end" and event["how"] != 0:
                self.deaths.append({"died": event["real"], **event})
            step = following["real"] - event["real"]
            if following["what"] == "lag":  # the machine had no time for anybody
                step -= following["late"]
            well = alive > 0 and not trouble
            self._well.append(self._well[-1] + (max(0.0, step) if well else 0.0))
        self.troubles += [(since, self.events[-1]["real"], kind) for kind, since in trouble.items()]

    def reached(self, moment: float) -> float:
        """When (real seconds) the clock first showed a simulated moment, or the end.

        Between two events it goes as clocks go; where it leaps, that is an event.
        """
        place = bisect_left(self.peaks, moment)
        if place in (0, len(self.peaks)):
            return self.reals[min(place, len(self.reals) - 1)]
        gone = moment - self.events[place - 1]["at"]
        return min(self.reals[place], self.reals[place - 1] + gone)

    def healthy(self, since: float, until: float, *, chat: int) -> float:
        """For how many real seconds of a stretch the bot could work, and nobody asked it not to write to a chat."""
        if until <= since:
            return 0.0
        total = self._well_until(until) - self._well_until(since)
        covered = since
        for start, end in sorted([*self._holds.get(chat, ()), *self._holds.get(0, ())]):
            low, high = max(start, covered), min(end, until)
            if high > low:
                total -= self._well_until(high) - self._well_until(low)
                covered = high
        return total

    def _well_until(self, real: float) -> float:
        place = min(bisect_left(self.reals, real), len(self.reals) - 1)
        if place and self.reals[place] > real:
            place -= 1
            step = self._well[place + 1] - self._well[place]
            return self._well[place] + (min(step, real - self.reals[place]) if step else 0.0)
        return self._well[place]

    def _read_holds(self) -> dict[int, list[tuple[float, float]]]:
        """From when to when (real seconds) a chat had to wait, by chat; 0 for all.

        Because Telegram had asked for patience, because a message went unanswered, which rests before its last try, or
        because the clock was set back.
        """
        holds: dict[int, list[tuple[float, float]]] = defaultdict(list)
        lately: dict[int, float] = {}
        for place, event in enumerate(self.events):
            if event["what"] == "clock" and event["by"] < 0:
                # By the clock it is not yet time again.
                peak = self.peaks[place]
                end = next((later["real"] for later in self.events[place:] if later["at"] >= peak), self.reals[-1])
                holds[0].append((event["real"], end))
            if event["what"] != "request" or event["method"] != "sendmessage":
                continue
            asked = event.get("retry_after")
            unanswered = event["outcome"] in UNHEARD or event["outcome"] in UNANSWERED
            if not (asked or unanswered):
                continue
            chat, free = self.home(event["chat"]), event["at"] + (asked + 2 if asked else _REST)
            # The clock may be set back meanwhile: until it shows that moment.
            end = next((later["real"] for later in self.events[place:] if later["at"] >= free), self.reals[-1])
            holds[chat].append((event["real"], end))
            if not asked:
                continue
            lately = {one: at for one, at in lately.items() if 0 <= event["at"] - at < _FLOOD} | {chat: event["at"]}
            if len(lately) >= _FLOODED:
                holds[0].append((event["real"], end))
        return holds

    def held(self, real: float, *, chat: int) -> bool:
        """Whether Telegram had asked us, at a real second, not to write to a chat."""
        return any(since <= real < until for since, until in (*self._holds.get(chat, ()), *self._holds.get(0, ())))

    def free_since(self, since: float, until: float, *, chat: int) -> float:
        """When the last wait of a chat that began between two real seconds was over; the first one where none did."""
        holds = (*self._holds.get(chat, ()), *self._holds.get(0, ()))
        return max((end for began, end in holds if since <= began <= until), default=since)

    def lived_on(self, real: float, *, seconds: float = 1.5) -> bool:
        """Whether the bot had time to store what it was given at a moment."""
        soon = real + seconds
        ended = any(
            self.events[place]["what"] == "end"
            for place in range(bisect_left(self.reals, real), bisect_left(self.reals, soon))
        )
        hindered = any(
            since <= soon and real <= end for since, end, kind in self.troubles if kind in ("full", "locked")
        )
        return not (ended or hindered)

    def refused(self, key: Key, slot: Slot) -> bool:
        """Whether Telegram would not have had this edition while it was in time."""
        since = None
        for event in self._shut[key[0]]:
            if event["what"] == "refuse" and event.get("thread") in (None, key[1]):
                since = event["at"] if since is None else since
            elif event["what"] == "restore" and since is not None:
                if since <= slot.due + TOO_LATE and slot.due <= event["at"]:
                    return True
                since = None
        return since is not None and since <= slot.due + TOO_LATE


def name_of(key: Key) -> str:
    return f"chat {key[0]}" + (f", thread {key[1]}" if key[1] else "")


def shown(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"
