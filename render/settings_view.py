"""The screens of what is set: everything at a glance, each subscription, and when its digests come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from digest.model import Wishes
from digest.readers import EVERY_DAY, Cadence, Chat, ChatState, Line
from render.blocks import Block, Heading, Inline, Lines, Paragraph, Small, Span, plain
from render.moments import HOLE, coming_moment, filled
from render.names import Names, wishes_row
from render.words import Words

_WORKDAYS = frozenset(range(1, 6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the screens are worded from: a chat, the line spoken of, the lines beside it, and what is due next."""

    chat: Chat
    line: Line
    lines: Sequence[Line]
    words: Words
    names: Names
    now: datetime
    #: Line id → its next hour; of lines that deliver at once there is none.
    coming: Mapping[int, datetime] = field(default_factory=dict)


def settings_blocks(shown: Shown) -> list[Block]:
    """Everything that is set: one subscription with its next hour, or a list of several."""
    words, chat = shown.words, shown.chat
    rows: list[Inline] = []
    if len(shown.lines) == 1:
        rows.append(plain(wishes_row(shown.line.wishes, words, shown.names)))
        rows.append(next_sentence(shown, shown.line))
    else:
        for line in shown.lines:
            when = words.t("paused") if line.paused else cadence_name(line.cadence, words)
            rows.append((Span(wishes_row(line.wishes, words, shown.names), bold=True), Span(f" – {when}")))
        rows.append(plain(_state_sentence(shown)) if _state_sentence(shown) else _soonest(shown))
    return [
        Heading(level=1, text=plain(_settings_title(shown)), note=state_name(chat, words, shown.now)),
        Lines(tuple(rows)),
    ]


def line_blocks(shown: Shown) -> list[Block]:
    """One subscription among several."""
    line, words = shown.line, shown.words
    return [
        Heading(level=1, text=plain(words.t("Subscription")), note=words.t("paused") if line.paused else ""),
        Lines((plain(wishes_row(line.wishes, words, shown.names)), next_sentence(shown, line))),
    ]


def before_blocks(lines: Sequence[Line], *, words: Words, names: Names) -> list[Block]:
    """What somebody who comes back had chosen, under the first message."""
    rows = [f"{wishes_row(line.wishes, words, names)} – {cadence_name(line.cadence, words)}" for line in lines]
    return [Small(plain(words.t("What you followed before is kept:"))), Lines(tuple(map(plain, rows)))]


def lines_blocks(shown: Shown) -> list[Block]:
    """The subscriptions of a chat."""
    words = shown.words
    rows = [
        (
            Span(wishes_row(line.wishes, words, shown.names), bold=True),
            Span(" – " + (words.t("paused") if line.paused else cadence_name(line.cadence, words))),
        )
        for line in shown.lines
    ]
    return [
        Heading(level=1, text=plain(words.t("Subscriptions"))),
        Lines(tuple(rows)),
        Small(
            plain(
                words.t(
                    "Each has topics, places and hours of its own: Laos every day, climate on Mondays, the sea at once."
                )
            )
        ),
    ]


def when_blocks(shown: Shown) -> list[Block]:
    """When one subscription delivers."""
    words, line = shown.words, shown.line
    rows = [plain(_capital(cadence_name(line.cadence, words))), next_sentence(shown, line)]
    if line.cadence.at_once:
        rows.append(plain(quiet_sentence(shown.chat, words)))
        hint = words.t("News comes within minutes. Beyond the daily limit it waits for the next day.")
    else:
        hint = words.t("Tap hours on and off, six at most, or write for example: /time 7:00, 18:30")
    return [*_head(words.t("When it comes"), shown), Lines(tuple(rows)), Small(plain(hint))]


def days_blocks(shown: Shown) -> list[Block]:
    """On which days one subscription delivers."""
    words, line = shown.words, shown.line
    rows = (plain(_capital(cadence_name(line.cadence, words))), next_sentence(shown, line))
    hint = words.t("The first digest after skipped days covers those days too. Or write: /days mon, thu")
    return [*_head(words.t("Days"), shown), Lines(rows), Small(plain(hint))]


def quiet_blocks(shown: Shown) -> list[Block]:
    """When nothing makes a sound."""
    words = shown.words
    return [
        Heading(level=1, text=plain(words.t("Quiet hours"))),
        Paragraph(plain(quiet_sentence(shown.chat, words))),
        Small(
            plain(
                words.t(
                    "In quiet hours digests come without a sound, and what would come at once waits for their end. "
                    "Or write: /quiet 22-6:30"
                )
            )
        ),
    ]


def zone_blocks(shown: Shown) -> list[Block]:
    """Where the reader lives by the clock."""
    words, chat = shown.words, shown.chat
    clock = words.t(
        "{city}, where it is {time} now ({zone})",
        city=zone_city(chat.zone, words),
        time=words.time(shown.now, chat.zone),
        zone=chat.zone,
    )
    hint = words.t("Where are you? Tap a city, or write for example: /zone Europe/Berlin")
    return [Heading(level=1, text=plain(words.t("Time zone"))), Paragraph(plain(clock)), Small(plain(hint))]


def pause_blocks(shown: Shown) -> list[Block]:
    """That nothing comes for now, and until when."""
    words, chat = shown.words, shown.chat
    if chat.paused_until is not None:
        day = pause_day(chat, words)
        sentence = words.t(
            "Your digests are paused until {day}. The first one then covers what you missed, two weeks at most; "
            "/resume brings them back sooner.",
            day=day,
        )
    else:
        sentence = words.t("Your digests are paused until you return: /resume brings them back.")
    return [Heading(level=1, text=plain(words.t("Paused"))), Paragraph(plain(sentence))]


def words_blocks(shown: Shown) -> list[Block]:
    """The words that bring a story in, and those that keep one out."""
    words, wishes = shown.words, shown.line.wishes
    rows = [
        _row(words.t("Wanted"), ", ".join(wishes.wanted) or words.t("none"), theirs=bool(wishes.wanted)),
        _row(words.t("Unwanted"), ", ".join(wishes.unwanted) or words.t("none"), theirs=bool(wishes.unwanted)),
    ]
    hint = words.t(
        "A wanted word brings a story in whatever its topic and place; an unwanted one keeps it out. Or "
        "write: /words friendship, -football"
    )
    return [*_head(words.t("Words"), shown), Lines(tuple(rows)), Small(plain(hint))]


def remove_blocks(shown: Shown) -> list[Block]:
    """Whether a subscription should really go."""
    question = shown.words.t(
        "Remove “{line}”? Your other subscriptions stay as they are.",
        line=wishes_row(shown.line.wishes, shown.words, shown.names),
    )
    return [Heading(level=1, text=plain(shown.words.t("Remove"))), Paragraph(plain(question))]


def hours_name(cadence: Cadence) -> str:
    """The hours of a cadence: "07:00, 18:30"."""
    return ", ".join(f"{at:%H:%M}" for at in cadence.hours)


def cadence_name(cadence: Cadence, words: Words) -> str:
    """When a line delivers, in a few words: "07:00 every day", "at once, at most 5 a day"."""
    if cadence.at_once:
        return words.tn("at once, at most {n} a day", "at once, at most {n} a day", cadence.cap)
    return words.t("{hours} {days}", hours=hours_name(cadence), days=days_name(cadence.days, words))


def days_name(days: frozenset[int], words: Words) -> str:
    """Weekdays in a few words: "every day", "on weekdays", "on Mondays", "on Mon, Thu"."""
    if days == EVERY_DAY:
        return words.t("every day")
    if days == _WORKDAYS:
        return words.t("on weekdays")
    if len(days) == 1:
        return words.t("every {weekday}", weekday=words.weekday(min(days)))
    return words.t("on {weekdays}", weekdays=", ".join(words.weekday(day, short=True) for day in sorted(days)))


def next_sentence(shown: Shown, line: Line) -> Inline:
    """When the next digest of a line really comes, or why none does."""
    words, chat = shown.words, shown.chat
    if state := _state_sentence(shown):
        return plain(state)
    if line.paused:
        return plain(words.t("This subscription is paused."))
    if line.cadence.at_once:
        return plain(words.t("Next: as soon as there is news"))
    due = shown.coming.get(line.id)
    if due is None:
        return ()
    sentence = words.t("Next: {moment} ({city})", moment=HOLE, city=zone_city(chat.zone, words))
    return filled(sentence, coming_moment(due, chat.zone, shown.now, words))


def resumed_blocks(shown: Shown) -> list[Block]:
    """That digests come again, and when the next one does."""
    return [Paragraph((*plain(shown.words.t("Your digests are back.") + " "), *next_sentence(shown, shown.line)))]


def quiet_sentence(chat: Chat, words: Words) -> str:
    """The quiet hours in a sentence."""
    return words.t("Quiet hours: {hours}", hours=quiet_name(chat, words))


def quiet_name(chat: Chat, words: Words) -> str:
    """The quiet hours: "22:00–06:30", "none"."""
    return f"{chat.quiet[0]:%H:%M}–{chat.quiet[1]:%H:%M}" if chat.quiet else words.t("none")


def zone_city(zone: str, words: Words) -> str:
    """The city that a zone is named after, as the reader's language has it."""
    return words.city(zone)


def grouping_name(wishes: Wishes, words: Words) -> str:
    """How a digest is grouped, in a word or two."""
    return words.t("by topic") if wishes.by == "topic" else words.t("by place")


def state_name(chat: Chat, words: Words, now: datetime) -> str:
    """Whether digests are coming."""
    match chat.state:
        case ChatState.ACTIVE:
            return words.t("subscribed")
        case ChatState.PAUSED if chat.paused_until is not None and chat.paused_until > now:
            return words.t("paused until {day}", day=pause_day(chat, words))
        case ChatState.PAUSED:
            return words.t("paused")
        case _:
            return words.t("not subscribed")


def pause_day(chat: Chat, words: Words) -> str:
    """The day on which a pause ends by itself: "Tuesday 24 November". It may end just before midnight."""
    return words.day(local_day(chat.paused_until + timedelta(minutes=1), chat.zone)) if chat.paused_until else ""


def local_day(moment: datetime, zone: str) -> date:
    """The date that the clocks of a zone show."""
    return moment.astimezone(ZoneInfo(zone)).date()


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _head(title: str, shown: Shown) -> list[Block]:
    """A title, and where there are several subscriptions, which is meant."""
    if len(shown.lines) == 1:
        return [Heading(level=1, text=plain(title))]
    name = wishes_row(shown.line.wishes, shown.words, shown.names)
    return [Heading(level=1, text=plain(title)), Lines(((Span(name, bold=True),),))]


def _settings_title(shown: Shown) -> str:
    if shown.chat.title:
        return shown.words.t("Settings of {title}", title=shown.chat.title)
    return shown.words.t("Settings")


def _state_sentence(shown: Shown) -> str:
    """Why nothing comes at all, or ""."""
    words, chat = shown.words, shown.chat
    match chat.state:
        case ChatState.ACTIVE:
            return ""
        case ChatState.PAUSED if chat.paused_until is not None:
            return words.t("Paused until {day}; /resume brings your digests back sooner.", day=pause_day(chat, words))
        case ChatState.PAUSED:
            return words.t("Your digests are paused; /resume brings them back.")
        case _:
            return words.t("No digests are coming yet; /start subscribes.")


def _soonest(shown: Shown) -> Inline:
    """The next digest of all lines."""
    awake = [line for line in shown.lines if not line.paused]
    timed = [line for line in awake if line.id in shown.coming]
    if timed:
        return next_sentence(shown, min(timed, key=lambda line: shown.coming[line.id]))
    return next_sentence(shown, awake[0]) if awake else plain(shown.words.t("All your subscriptions are paused."))


def _row(label: str, value: str, *, theirs: bool = False) -> Inline:
    return (Span(f"{label}: ", bold=True), Span(value, theirs=theirs))
