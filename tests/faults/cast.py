"""Who subscribes to what in the bench."""

from dataclasses import dataclass
from typing import Literal

HOME = "Asia/Ho_Chi_Minh"
#: Readers alone: zone and hours.
READERS = (
    *[(HOME, ("07:00",))] * 4,
    *[("Europe/Berlin", ("07:00",))] * 4,
    *[("America/New_York", ("08:00",))] * 4,
    ("Europe/Berlin", ("02:30",)),
    ("America/New_York", ("06:30",)),
    ("Australia/Lord_Howe", ("01:45",)),
    ("Asia/Kathmandu", ("12:45",)),
    ("Pacific/Apia", ("09:15",)),
    ("Europe/London", ("07:00", "18:00")),
)
#: Those of them who change their hour or zone now and then, and those whom Telegram shuts out.
RESTLESS, SHUT_OUT = range(12, 17), range(1, 12)
#: The id of the first reader; who has the line that delivers at once.
READER, PROMPT = 7_310_000_000, 50
#: The storm: so many more are due at one hour, once a day.
CROWD, STORM = 100, ("Europe/Berlin", ("07:00",))
#: The most editions a day of the line that delivers at once: more than there are reports.
CAP = 48
#: Groups: name, kind and hours. Their editions take several messages.
GROUPS: tuple[tuple[str, Literal["group", "supergroup"], tuple[str, ...]], ...] = (
    ("union", "supergroup", ("07:00",)),
    ("club", "group", ("06:45",)),
    ("circle", "group", ("07:20",)),
)
#: A forum: so many of its topics have a line, all at one hour.
TOPICS, TOPICS_AT = 3, ("07:15",)


@dataclass
class Line:
    """A subscription as the bench made it."""

    chat: int
    thread: int
    zone: str
    hours: tuple[str, ...]
