"""How an answer gets to a reader: as a new message, or in place of the screen whose button was pressed."""

from collections.abc import Sequence

from telegram import ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest

from chat.keyboards.shared import keyboard_of
from chat.reception import where
from render.blocks import Block, Paragraph, plain
from render.telegram import to_messages

#: A digest holds a dozen links; a preview of the first would only be in the way.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
#: https://core.telegram.org/bots/api#forcereply
_PLACEHOLDER_LIMIT = 64


def note(sentence: str) -> list[Block]:
    """One sentence of ours as a screen."""
    return [Paragraph(plain(sentence))]


async def show(
    update: Update, blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None = None, *, fresh: bool = False
) -> None:
    """Answer with one screen: in place of the message whose button was pressed, else or if `fresh` as a new one."""
    texts = to_messages(blocks)
    first, rest = texts[0], texts[1:]
    keys = keyboard if not rest else None
    if update.callback_query is None or fresh or not await _edit(update, first, keys):
        await send(update, first, keys)
    for number, text in enumerate(rest, start=1):
        await send(update, text, keyboard if number == len(rest) else None)


async def send(update: Update, text: str, keyboard: InlineKeyboardMarkup | str | None = None) -> Message:
    """Send one message of Telegram HTML to where the update came from."""
    chat_id, _, thread = where(update)
    return await update.get_bot().send_message(
        chat_id,
        text,
        parse_mode=ParseMode.HTML,
        reply_markup=keyboard_of(keyboard) if isinstance(keyboard, str) else keyboard,
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread or None,
    )


async def ask(update: Update, question: str, *, placeholder: str = "") -> Message:
    """Ask for words: the reader's client opens a reply to this message."""
    chat_id, _, thread = where(update)
    return await update.get_bot().send_message(
        chat_id,
        to_messages(note(question))[0],
        parse_mode=ParseMode.HTML,
        reply_markup=ForceReply(selective=True, input_field_placeholder=placeholder[:_PLACEHOLDER_LIMIT] or None),
        message_thread_id=thread or None,
    )


async def _edit(update: Update, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Put a screen in place of the one whose button was pressed; False where Telegram lets it be edited no more."""
    query = update.callback_query
    if query is None or query.message is None:
        return False
    try:
        await query.edit_message_text(
            text, parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=NO_PREVIEW
        )
    except BadRequest as error:
        if "not modified" in error.message:  # pressed twice: the screen is right already
            return True
        if "can't be edited" in error.message or "not found" in error.message:
            return False
        raise
    return True
