"""Times as they are shown: by the reader's own clock where the client can, and true whenever and wherever one reads."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from render.blocks import Inline, Moment, Span
from render.words import Words

#: An older story's hour tells nobody anything: of these last days it is said.
_WITH_HOUR = timedelta(days=2)
#: Stands for a moment while a sentence around it is translated; no message of ours holds it.
HOLE = "\0"


def moment(at: datetime, zone: str, now: datetime, words: Words) -> Inline:
    """When something was reported, looking back from `now`: "20 Nov 15:06", of days long past "12 Nov"."""
    local = (ZoneInfo(zone), now.astimezone(ZoneInfo(zone)).date())
    if local[1] - at.astimezone(local[0]).date() < _WITH_HOUR:
        return exact_moment(at, zone, now, words)
    return (Moment(words.short_date(at, zone, now), at=at, form="d"),)


def exact_moment(at: datetime, zone: str, now: datetime, words: Words) -> Inline:
    """A day and an hour: "19 Nov 18:40", "18:40 19/11"."""
    # Translators: a day and an hour: "19 Nov 18:40", "18:40 19/11"
    text = words.t("{day} {time}", day=words.short_date(at, zone, now), time=words.time(at, zone))
    return (Moment(text, at=at, form="dt"),)


def coming_moment(at: datetime, zone: str, now: datetime, words: Words) -> Inline:
    """A time to come, by the clocks of `zone` and with its weekday: "Sunday 22 Nov 07:00"; "now" for one that is due.

    It is shown as it stands, whatever the client's own zone: a subscription's hours are those of its chat.
    """
    if at <= now:
        return (Span(words.t("now")),)
    weekday = words.weekday(at.astimezone(ZoneInfo(zone)).isoweekday())
    # Translators: a weekday and its date: "Sunday 22 Nov"
    day = words.t("{weekday} {date}", weekday=weekday, date=words.short_date(at, zone, now))
    return (Moment(words.t("{day} {time}", day=day, time=words.time(at, zone)), at=at),)


def filled(sentence: str, moment: Inline) -> Inline:
    """A translated sentence with a moment where its HOLE is."""
    before, _, after = sentence.partition(HOLE)
    return tuple(span for span in (Span(before), *moment, Span(after)) if span.text)
