"""The buttons under a label that readers call wrong."""

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from digest.corrections import Correction
from render.words import Words


def judge(correction: Correction, place: int, waiting: int, words: Words) -> Keyboard:
    """Take the label away or leave it, or look at the next one; `place` is where it stands among those waiting."""
    story_id, label = correction.story_id, correction.label
    rows = [
        [
            Button(words.t("Take the label away"), callback_data=pack("judge", story_id, label, 1)),
            Button(words.t("Leave it"), callback_data=pack("judge", story_id, label, 0)),
        ]
    ]
    if waiting > 1:
        rows.append([Button(words.t("Next") + " ›", callback_data=pack("wrongs", (place + 1) % waiting))])
    return Keyboard(rows)
