"""The buttons for when digests come: hours, days, at once, quiet hours, zone, pause."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import asking, in_rows, tick, to_settings
from chat.reception import Subscriber
from digest.readers import EVERY_DAY, ChatState
from digest.zones import offered_zones
from render.settings_view import days_name, quiet_name, zone_city

#: Hours offered as buttons, the most wanted first; any other can be written. So many are shown, in rows of three.
HOURS = ("07:00", "18:00", "06:00", "12:00", "08:00", "20:00", "06:30", "07:30", "21:00")
_SHOWN = 9
#: How many messages a day a line that delivers at once may send.
CAPS = (3, 5, 10)
_QUIET = ("22:00-06:00", "22:00-07:00", "23:00-07:00")
#: Days of a pause; 0 is until the reader returns.
PAUSES = (3, 7, 14)
_WORKDAYS, _MONDAYS = "12345", "1"


def when(who: Subscriber) -> Keyboard:
    """When one line delivers: hours to tick, or at once with a cap."""
    return _at_once(who) if who.line.cadence.at_once else _hours(who)


def _hours(who: Subscriber) -> Keyboard:
    words, line, cadence = who.words, who.line.id, who.line.cadence
    t = words.t
    chosen = {f"{at:%H:%M}" for at in cadence.hours}
    buttons = [
        tick(hour, hour in chosen, pack("time", line, hour.replace(":", ""), 0 if hour in chosen else 1))
        for hour in sorted([*chosen, *(hour for hour in HOURS if hour not in chosen)][:_SHOWN])
    ]
    days = t("Comes {days}", days=days_name(cadence.days, words))
    return Keyboard(
        [
            *in_rows(buttons, 3),
            [asking("hours", line, t("Another hour…")), Button(days, callback_data=pack("days", line))],
            [
                Button(t("At once instead"), callback_data=pack("once", line, CAPS[1])),
                _back(who),
            ],
        ]
    )


def _at_once(who: Subscriber) -> Keyboard:
    words, line, cap = who.words, who.line.id, who.line.cadence.cap
    t = words.t
    caps = [tick(words.tn("{n} a day", "{n} a day", n), n == cap, pack("once", line, n)) for n in sorted({*CAPS, cap})]
    quiet = "🌙 " + t("Quiet hours: {hours}", hours=quiet_name(who.chat, words))
    return Keyboard(
        [
            *in_rows(caps, 2 if len(caps) == 4 else 3),
            [Button(quiet, callback_data=pack("quiet", line))],
            [Button(t("At fixed hours instead"), callback_data=pack("once", line, 0))],
            [_back(who)],
        ]
    )


def days(who: Subscriber) -> Keyboard:
    """The days of the week, and sets of them that many want."""
    words, line, chosen = who.words, who.line.id, who.line.cadence.days
    t = words.t
    buttons = [
        tick(words.weekday(day, short=True), day in chosen, pack("day", line, day, 0 if day in chosen else 1))
        for day in sorted(EVERY_DAY)
    ]
    sets = (
        (t("Every day"), "".join(map(str, sorted(EVERY_DAY)))),
        (t("Weekdays"), _WORKDAYS),
        (t("Weekly, on Mondays"), _MONDAYS),
    )
    picked = "".join(map(str, sorted(chosen)))
    common = [tick(label, digits == picked, pack("days", line, digits)) for label, digits in sets]
    return Keyboard(
        [
            # Monday to Wednesday, Thursday and Friday, the weekend.
            buttons[:3],
            buttons[3:5],
            buttons[5:],
            common[:2],
            common[2:],
            [Button("‹ " + t("Hours"), callback_data=pack("hours", line)), to_settings(line, words)],
        ]
    )


def quiet(who: Subscriber) -> Keyboard:
    """Quiet hours that many want, and none."""
    t, line = who.words.t, who.line.id
    now = f"{who.chat.quiet[0]:%H:%M}-{who.chat.quiet[1]:%H:%M}" if who.chat.quiet else ""
    buttons = [
        tick(hours.replace("-", "–"), hours == now, pack("quiet", line, hours.replace(":", "")))
        for hours in sorted({*_QUIET, now} - {""})
    ]
    none = tick(t("No quiet hours"), not now, pack("quiet", line, "none"))
    return Keyboard(
        [
            *in_rows(buttons, 2),
            [asking("quiet", line, t("Other hours…")), none],
            [to_settings(line, who.words)],
        ]
    )


def zones(who: Subscriber) -> Keyboard:
    """Zones where many readers live, the chosen one ticked."""
    offered = offered_zones()
    codes = offered if who.chat.zone in offered else (who.chat.zone, *offered)
    return Keyboard(
        [
            *in_rows([_zone(who, zone) for zone in codes], 2),
            [asking("zones", who.line.id, who.words.t("Another city…")), to_settings(who.line.id, who.words)],
        ]
    )


def near_zones(who: Subscriber, zones: tuple[str, ...]) -> Keyboard:
    """The zones that may have been meant."""
    return Keyboard(
        [
            *in_rows([_zone(who, zone) for zone in zones], 2),
            [asking("zones", who.line.id, who.words.t("Another city…"))],
        ]
    )


def pause(who: Subscriber) -> Keyboard:
    """For how long, or an end of it."""
    words, line = who.words, who.line.id
    t = words.t
    until = t("Until a date…")
    lengths = [
        Button(t("3 days"), callback_data=pack("pause", line, PAUSES[0])),
        Button(t("A week"), callback_data=pack("pause", line, PAUSES[1])),
        Button(t("Two weeks"), callback_data=pack("pause", line, PAUSES[2])),
    ]
    open_end = tick(t("Until I return"), who.chat.paused_until is None, pack("pause", line, 0))
    resume = Button(t("Resume"), callback_data=pack("state", line, ChatState.ACTIVE))
    return Keyboard([lengths, [asking("pause", line, until), open_end], [resume, to_settings(line, words)]])


def _zone(who: Subscriber, zone: str) -> Button:
    return tick(zone_city(zone, who.words), zone == who.chat.zone, pack("zone", who.line.id, zone))


def _back(who: Subscriber) -> Button:
    """Where one came from: the settings, or of several subscriptions this one."""
    if len(who.lines) == 1:
        return to_settings(who.line.id, who.words)
    return Button("‹ " + who.words.t("Subscription"), callback_data=pack("line", who.line.id))
