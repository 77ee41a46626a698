"""How an answer gets to a reader: as a new message, or in place of the screen whose button was pressed."""

from collections.abc import Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any

from telegram import ForceReply, InlineKeyboardMarkup, LinkPreviewOptions, Message, Update
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated

from chat.keyboards.shared import keyboard_of
from chat.reception import where
from render.blocks import Block, Paragraph, plain
from render.telegram import to_messages

#: A digest holds a dozen links; a preview of the first would only be in the way.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
#: https://core.telegram.org/bots/api#forcereply
_PLACEHOLDER_LIMIT = 64
#: Why Telegram does not edit a message: too old, gone, or a file. The answer then is a new message.
_NOT_TO_EDIT = ("can't be edited", "not found", "no text in the message")

#: Whether the last answer found its screen in place. Every update is dealt with in a task, hence a context, of its own.
_stands: ContextVar[bool] = ContextVar("stands", default=False)
#: Whether the message whose button was pressed is not to be edited.
_left: ContextVar[bool] = ContextVar("left", default=False)
#: The supergroup that a group became while it was being answered; 0 if it did not.
_moved: ContextVar[int] = ContextVar("moved", default=0)


def note(sentence: str) -> list[Block]:
    """One sentence of ours as a screen."""
    return [Paragraph(plain(sentence))]


def stands() -> bool:
    """Whether the update that is being dealt with was answered by what stood on the screen already."""
    return _stands.get()


def leave_screen() -> None:
    """Answer the update that is being dealt with by new messages only: what stands there is everybody's."""
    _left.set(True)


async def show(
    update: Update, blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None = None, *, fresh: bool = False
) -> None:
    """Answer with one screen: in place of the message whose button was pressed, else or if `fresh` as a new one."""
    texts = to_messages(blocks)
    first, rest = texts[0], texts[1:]
    keys = keyboard if not rest else None
    if update.callback_query is None or fresh or _left.get() or not await _edit(update, first, keys):
        await send(update, first, keys)
    for number, text in enumerate(rest, start=1):
        await send(update, text, keyboard if number == len(rest) else None)


async def send(update: Update, text: str, keyboard: InlineKeyboardMarkup | str | None = None) -> Message:
    """Send one message of Telegram HTML to where the update came from."""
    _stands.set(False)
    keys = keyboard_of(keyboard) if isinstance(keyboard, str) else keyboard
    return await _post(update, text, reply_markup=keys, link_preview_options=NO_PREVIEW)


async def ask(update: Update, question: str, *, placeholder: str = "") -> Message:
    """Ask for words: the reader's client opens a reply to this message."""
    reply = ForceReply(selective=True, input_field_placeholder=placeholder[:_PLACEHOLDER_LIMIT] or None)
    return await _post(update, to_messages(note(question))[0], reply_markup=reply)


async def _post(update: Update, text: str, **more: Any) -> Message:
    """Write to where the update came from, or to the supergroup which that has become meanwhile.

    What is kept of the group follows by itself: Telegram tells of the move as well (chat/membership.py).
    """
    chat_id, _, thread = where(update)
    send = partial(
        update.get_bot().send_message, text=text, parse_mode=ParseMode.HTML, message_thread_id=thread or None, **more
    )
    try:
        return await send(chat_id=_moved.get() or chat_id)
    except ChatMigrated as error:
        _moved.set(error.new_chat_id)
        return await send(chat_id=error.new_chat_id)


async def _edit(update: Update, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
    """Put a screen in place of the one whose button was pressed; False where Telegram lets it be edited no more."""
    query = update.callback_query
    _stands.set(False)
    if query is None or query.message is None:
        return False
    try:
        await query.edit_message_text(
            text, parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=NO_PREVIEW
        )
    except BadRequest as error:
        if "not modified" in error.message:  # pressed twice, or what is set already: the screen is right
            _stands.set(True)
            return True
        if any(reason in error.message for reason in _NOT_TO_EDIT):
            return False
        raise
    except ChatMigrated as error:  # the old group's messages are not ours to edit any more
        _moved.set(error.new_chat_id)
        return False
    return True
