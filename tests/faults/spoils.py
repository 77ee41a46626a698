"""Histories written by hand for the checker: a good one, ways to spoil it, and what may be as well."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from tests.faults.history import SETTLING, WORKERS

Event = dict[str, Any]
CHAT, GROUP = 7_310_000_001, -1_002_000_000_001
MORNING = datetime(2026, 3, 6, 0, 0, tzinfo=UTC).timestamp()  # 07:00 in Ha Noi
#: Where the parts of the first and of the second edition stand in a good history.
FIRST, SECOND = 3, 5
DAYS = ("Friday 6 March", "Saturday 7 March")


def good() -> list[Event]:
    """One reader, one edition of two parts on each of two mornings, and half a day on."""
    events = [
        at(-3600, "run", speed=1, send_rate=25),
        at(-3600, "line", chat=CHAT, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]),
        at(-3600, "start"),
    ]
    for day, name in enumerate(DAYS):
        first = f"<b>Diplomacy Digest</b> · {name}\n{story(1, f'{day}/1')}"
        events.append(sent(day * 86400 + 1, first))
        events.append(sent(day * 86400 + 3, story(2, f"{day}/2"), buttons=True))
    return [*events, at(86400 + 50000, "end", how=0)]


def at(seconds: float, what: str, **more: Any) -> Event:
    return {"what": what, "at": MORNING + seconds, "real": MORNING + seconds, **more}


def sent(seconds: float, text: str, **more: Any) -> Event:
    fields = {"method": "sendmessage", "chat": CHAT, "thread": 0, "text": text, "buttons": False}
    return at(seconds, "request", **fields | {"outcome": "ok", "accepted": True} | more)


def story(number: int, link: str, *, mark: str = "", sentences: str = "What happened.") -> str:
    """As the bot writes one: the headline, its details, what was said."""
    details = f"<i>{mark}🇱🇦 Laos · Outlet</i>"
    return f'{number}. <a href="https://n.example/{link}"><b>A</b></a>\n{details}\n{sentences}\n'


def digest(seconds: float, *stories: str, day: str = "Friday 6 March", **more: Any) -> Event:
    """A whole edition in one message."""
    return sent(seconds, "\n".join((f"<b>Diplomacy Digest</b> · {day}", *stories)), buttons=True, **more)


def quiet(seconds: float, **more: Any) -> Event:
    return digest(seconds, "A quiet day: nothing new for your wishes.", **more)


def moved(events: list[Event], seconds: float) -> None:
    """All editions so much later."""
    for event in events:
        if event["what"] == "request":
            event["at"] += seconds
            event["real"] += seconds


def in_order(events: list[Event], *more: Event) -> None:
    events[1:] = sorted([*events[1:], *more], key=lambda event: event["at"])


def subscribe(events: list[Event], number: int = 0) -> int:
    """One more reader of seven in the morning; their chat."""
    chat = CHAT + 100 + number
    in_order(events, at(-3600, "line", chat=chat, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]))
    return chat


def missed(events: list[Event]) -> None:
    del events[SECOND : SECOND + 2]


def twice(events: list[Event]) -> None:
    events.insert(SECOND, sent(700, events[FIRST]["text"]))


def a_third_copy(events: list[Event]) -> None:
    events[FIRST]["outcome"] = "lost"
    for seconds in (46, 92):
        events.insert(4, sent(seconds, events[FIRST]["text"], outcome="lost"))


def backwards(events: list[Event]) -> None:
    events[FIRST]["text"], events[4]["text"] = events[4]["text"], events[FIRST]["text"]


def told_again(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", sentences="The same in other words.")


def told_again_as_new(events: list[Event]) -> None:
    """What the bot writes when another story of the digest is an update."""
    events[6]["text"] = story(2, "0/2", mark="<b>NEW</b> · ")


def told_again_by_another_outlet(events: list[Event]) -> None:
    names = {"https://n.example/0/2": "the visit", "https://other.example/9": "the visit"}
    events[6]["text"] = story(2, "0/2").replace("n.example/0/2", "other.example/9")
    events[1:1] = [at(-3600, "report", link=link, story=name) for link, name in names.items()]


def an_update_of_nothing(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", mark="<b>UPDATE</b> · ")


def half(events: list[Event]) -> None:
    del events[4]


def half_at_last(events: list[Event]) -> None:
    del events[6]


def too_soon(events: list[Event]) -> None:
    events.insert(3, sent(0.5, events[3]["text"], outcome="429", accepted=False, why="", retry_after=60))


def quiet_too_soon(events: list[Event]) -> None:
    events[3:5] = [quiet(1, outcome="429", accepted=False, why="", retry_after=3600), quiet(5)]


def too_long(events: list[Event]) -> None:
    events.insert(3, sent(0.5, "x", outcome="400", accepted=False, why="Bad Request: message is too long"))


def lost_item(events: list[Event]) -> None:
    links = ["https://n.example/0/1"]
    events[-1:-1] = [at(90000 + 60 * n, "served", feed=0, status=200, whole=True, links=links) for n in range(3)]
    events.insert(-1, at(99000, "file", after="a kill", faults=[], lost=[], links=[]))


def asleep(events: list[Event]) -> None:
    """Overdue at a start, and nothing for a quarter of an hour."""
    events[2:3] = [at(500, "start")]
    for event in events[3:5]:
        event["at"] += 1500
        event["real"] += 1500


def stormy(events: list[Event], readers: int, each: float) -> None:
    """So many readers more, one every so many seconds."""
    for number in range(readers):
        chat = subscribe(events, number)
        for day, name in enumerate(DAYS):
            in_order(events, quiet(86400 * day + 4 + number * each, chat=chat, day=name))


def two_in_a_second(events: list[Event]) -> None:
    events[4]["real"] = events[FIRST]["real"] + 0.7


def too_many_for_a_group(events: list[Event]) -> None:
    for day, name in enumerate(DAYS):
        in_parts(events, GROUP, day * 86400 + 10, [story(n, f"group/{day}/{n}") for n in range(1, 21)], 2.5, name)
    in_order(events, at(-3600, "line", chat=GROUP, thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"]))


def in_parts(
    events: list[Event], chat: int, seconds: float, stories: list[str], each: float, day: str = "Friday 6 March"
) -> None:
    """An edition whose heading and stories come one by one, one every so many seconds."""
    parts = [f"<b>Diplomacy Digest</b> · {day}", *stories]
    for number, part in enumerate(parts):
        in_order(events, sent(seconds + each * number, part, chat=chat, buttons=number == len(stories)))


def hasty(events: list[Event], messages: int, each: float) -> None:
    """So many messages to one chat, no two of them within a second."""
    chat = subscribe(events)
    in_parts(events, chat, 10, [story(n, f"hasty/{n}") for n in range(1, messages)], each)
    in_order(events, quiet(86410, chat=chat, day="Saturday 7 March"))


def shuffled(events: list[Event]) -> None:
    """Of four parts the third comes before the second."""
    chat = subscribe(events)
    in_parts(events, chat, 10, [story(n, f"shuffled/{n}") for n in (1, 3, 2, 4)], 2)
    in_order(events, quiet(86410, chat=chat, day="Saturday 7 March"))


def dies(events: list[Event], seconds: float) -> None:
    in_order(events, at(seconds, "end", how=-9, died=MORNING + seconds), at(seconds + 0.2, "start"))


def copied_after_a_death(events: list[Event], before: float) -> None:
    """The last part of the first morning was accepted so long before a death, and comes again."""
    dies(events, 3 + before)
    in_order(events, sent(40, events[4]["text"], buttons=True))


def copied_after_a_full_disk(events: list[Event]) -> None:
    in_order(events, *(at(seconds, "trouble", kind="full", on=seconds < 10) for seconds in (5, 20)))
    in_order(events, sent(40, events[4]["text"], buttons=True))


def copied_after_one_death(events: list[Event], copies: int, *, lost: int) -> None:
    """So many readers were served within the last moment and are again; so many replies of the next day are lost."""
    for number in range(copies):
        chat, told = subscribe(events, number), story(1, f"air/{number}")
        in_order(events, digest(10, told, chat=chat), digest(50 + number, told, chat=chat))
        outcome = "lost" if number < lost else "ok"
        in_order(events, quiet(86400 + 9 + number, chat=chat, day="Saturday 7 March", outcome=outcome))
    dies(events, 10.01)


def deaf(events: list[Event]) -> None:
    """It goes on sending after SIGTERM."""
    for number in range(WORKERS + 1):
        chat = subscribe(events, number)
        in_order(events, quiet(10 + number, chat=chat))
        in_order(events, quiet(86400 + 9 + number, chat=chat, day="Saturday 7 March"))
    in_order(events, at(9, "stop"))
    in_order(events, at(70, "end", how=0), at(71, "start"))


def silent_after_a_start(events: list[Event], *, late: float) -> None:
    """Overdue at a start, and nothing comes in a minute; the machine is late by so much in it."""
    events[2:] = [at(500, "start"), at(505, "lag", late=late), at(560, "end", how=0)]


def silent_at_once(events: list[Event]) -> None:
    """A line that delivers at once gets nothing of what a feed shows."""
    in_order(events, at(-3600, "line", chat=CHAT + 1, thread=0, zone="UTC", hours=[], cap=20))
    links = ["https://n.example/0/1"]
    in_order(events, *(at(5000 + n, "served", feed=0, status=200, whole=True, links=links) for n in (0, 900)))


def joined(events: list[Event]) -> None:
    """A newcomer's first digest is told again in the morning."""
    more = {"chat": CHAT + 1}
    in_order(
        events,
        at(-100, "joined", **more),
        digest(-99, story(1, "0/9"), day="Thursday 5 March", outcome="lost", **more),
        at(-90, "line", thread=0, zone="Asia/Ho_Chi_Minh", hours=["07:00"], **more),
        digest(5, story(1, "0/9"), **more),
        quiet(86405, day="Saturday 7 March", **more),
    )


def damaged(events: list[Event], *, faults: Sequence[str] = (), lost: Sequence[str] = ()) -> None:
    """What a look at the file found after a death."""
    events.insert(5, at(9, "file", after="a kill", faults=faults, lost=lost, links=[]))


class Spoiled(NamedTuple):
    """A way to spoil a good history, and words of the violation that must be found for it."""

    spoil: Callable[[list[Event]], object]
    words: str


#: By the invariant that is broken and how it is.
SPOILED = {
    "I1": Spoiled(lambda events: damaged(events, lost=["the item a"]), "the item a is gone"),
    "I2": Spoiled(lost_item, "was shown and is not stored"),
    "I3": Spoiled(missed, "missed the 07:00 of 2026-03-07"),
    "I3 twice": Spoiled(twice, "got again what was surely settled"),
    "I3 a third copy": Spoiled(a_third_copy, "got a part 3 times"),
    "I3 an hour late": Spoiled(lambda events: moved(events, 3600), "in which all was well"),
    "I3 six hours late": Spoiled(lambda events: moved(events, 6 * 3600), "in which all was well"),
    "I3 eleven hours late": Spoiled(lambda events: moved(events, 11 * 3600), "in which all was well"),
    "I3 an edition too many": Spoiled(lambda events: in_order(events, quiet(5000)), "got an edition too many"),
    "I3 to a stranger": Spoiled(
        lambda events: in_order(events, quiet(20, chat=CHAT + 1)), "has no line and got an edition"
    ),
    "I3 unsettled": Spoiled(lambda events: events.insert(5, at(30, "unsettled")), "did not come to rest"),
    "I3 copied two seconds before a death": Spoiled(
        lambda events: copied_after_a_death(events, 2.0), "got again what was surely settled"
    ),
    "I3 copied though the disk filled up later": Spoiled(copied_after_a_full_disk, "got again what was surely settled"),
    "I3 a ninth copy for one death": Spoiled(
        lambda events: copied_after_one_death(events, WORKERS + 1, lost=WORKERS), "got again what was surely settled"
    ),
    "I3 more copies than faults": Spoiled(
        lambda events: copied_after_one_death(events, 3, lost=1), "3 second copies of 2 ambiguous faults"
    ),
    "I3 silent at once": Spoiled(silent_at_once, "was not told at once of https://n.example/0/1"),
    "I4": Spoiled(told_again, "was told https://n.example/0/2"),
    "I4 as new": Spoiled(told_again_as_new, "was told https://n.example/0/2"),
    "I4 by another outlet": Spoiled(told_again_by_another_outlet, "was told the visit"),
    "I4 an update of nothing": Spoiled(
        an_update_of_nothing, "an update of https://n.example/0/2 that shows nothing new"
    ),
    "I4 after the first digest": Spoiled(joined, "was told https://n.example/0/9"),
    "I5": Spoiled(backwards, "got a part that begins nothing"),
    "I5 shuffled": Spoiled(shuffled, "got its parts in the order [1, 3, 2, 4]"),
    "I5 half": Spoiled(half, "got an edition before the last was whole"),
    "I5 half at last": Spoiled(half_at_last, "never got the last part of 2026-03-07"),
    "I7": Spoiled(too_long, "sendmessage was refused"),
    "I8": Spoiled(too_soon, "s before it might be"),
    "I8 a quiet day": Spoiled(quiet_too_soon, "s before it might be"),
    "I8 a storm": Spoiled(lambda events: stormy(events, 200, 0.005), "all chats: 26 messages in"),
    "I8 ten seconds": Spoiled(lambda events: stormy(events, 260, 1 / 26), "all chats: 251 messages in"),
    "I8 two in a second": Spoiled(two_in_a_second, "2 messages in 0.70 s"),
    "I8 three in two seconds": Spoiled(lambda events: hasty(events, 3, 0.94), "3 messages in 1.88 s"),
    "I8 five in four seconds": Spoiled(lambda events: hasty(events, 5, 0.96), "5 messages in 3.84 s"),
    "I8 a group": Spoiled(too_many_for_a_group, f"chat {GROUP}: 21 messages in"),
    "I9": Spoiled(
        lambda events: events.append(at(140000, "log", leaks=["bot.log holds the token"])), "holds the token"
    ),
    "I10": Spoiled(lambda events: damaged(events, faults=["a page is torn"]), "after a kill: a page is torn"),
    "I11": Spoiled(asleep, "were overdue at a start"),
    "I11 nothing at all": Spoiled(lambda events: silent_after_a_start(events, late=0), "were overdue at a start"),
    "I11 nothing at all in a busy hour": Spoiled(
        lambda events: silent_after_a_start(events, late=1.5), "were overdue at a start"
    ),
    "stop": Spoiled(deaf, f"{WORKERS + 1} messages were sent after SIGTERM"),
    "stop unheard": Spoiled(
        lambda events: events.append(at(140000, "wrong", invariant="stop", how="SIGTERM was not heard")),
        "was not heard",
    ),
}


def an_update(events: list[Event]) -> None:
    events[6]["text"] = story(2, "0/2", mark="<b>UPDATE</b> · ", sentences="What is new.")


def a_storm_in_pace(events: list[Event]) -> None:
    stormy(events, 100, 1 / 20)


ALLOWED: dict[str, Callable[[list[Event]], object]] = {
    "an update that shows what is new": an_update,
    "a storm at 20 a second": a_storm_in_pace,
    "a copy of what was in the air at a death": lambda events: copied_after_a_death(events, SETTLING / 2),
    "eight copies of what was in the air at a death": lambda events: copied_after_one_death(
        events, WORKERS, lost=WORKERS
    ),
}
