"""The buttons for when digests come."""

from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import in_rows, tick, to_settings
from chat.reception import Subscriber
from digest.zones import offered_zones

#: Hours offered as buttons; any other can be written.
HOURS = ("06:00", "06:30", "07:00", "07:30", "08:00", "12:00", "18:00", "20:00")


def hours(who: Subscriber) -> Keyboard:
    """Common delivery hours, the chosen ones ticked."""
    chosen = {f"{at:%H:%M}" for at in who.line.cadence.hours}
    buttons = [tick(hour, hour in chosen, pack("time", who.line.id, hour.replace(":", ""))) for hour in HOURS]
    return Keyboard([*in_rows(buttons, 4), [to_settings(who.line.id, who.words)]])


def zones(who: Subscriber) -> Keyboard:
    """Zones where many readers live, the chosen one ticked."""
    buttons = [
        tick(zone.split("/")[1].replace("_", " "), zone == who.chat.zone, pack("zone", who.line.id, zone))
        for zone in offered_zones()
    ]
    return Keyboard([*in_rows(buttons, 2), [to_settings(who.line.id, who.words)]])
