"""From an update to the desk that answers it: commands, buttons, replies to our questions.

update ─→ reader ─→ (for a change: which line, and may they?) ─→ desk ─→ answer

Every button is answered, also an old one. Where several read, only a button that stands under the message counts, and
only an admin's press edits it: anybody may send any press on any message, and what stands there is everybody's.

What changes something acts on one line: a button names it first among its arguments, a command means the line of the
chat and forum topic it is written in. What desks are is said in desk.py.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from chat import answers
from chat.callback import Press, number, unpack
from chat.desk import COMMANDS, PRESSES_SERVED, Call, Desk, Toast, admins_only, services
from chat.errors import OldButtonError
from chat.keyboards.shared import which_line
from chat.patience import PRESSES, Patience, Verdict
from chat.reception import Reader, Reception
from render.words import Words

#: Words after a command are kept so far while the reader is asked which line they mean.
_LONGEST_TEXT = 500

log = logging.getLogger(__name__)

#: Who writes too much can still end it all: these are counted as presses are.
_ALWAYS = frozenset(("stop", "pause", "resume", "forget"))

#: What desks serve by these names is not written by anybody: commands that we do not have, and what has no words.
LEFT_OVERS = ("unknown", "wordless")


class Switchboard:
    """Hands each update to the desk that serves it."""

    def __init__(self, reception: Reception, desks: Sequence[Desk], patience: Patience | None = None) -> None:
        self._reception = reception
        self._patience = patience or Patience(time.monotonic)
        self._commands = services(desks, COMMANDS)
        self._presses = services(desks, PRESSES_SERVED)

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Take the commands, buttons and words of an application. "search" and LEFT_OVERS take what is left."""
        for name in self.commands:
            # A channel's post that its group repeats asks us nothing.
            own = filters.UpdateType.MESSAGES & ~filters.IS_AUTOMATIC_FORWARD
            application.add_handler(CommandHandler(name, self._commanded(name), own))
        private = filters.ChatType.PRIVATE
        plain = filters.TEXT & ~filters.COMMAND
        meant = filters.COMMAND & (private | _ByName())
        application.add_handler(MessageHandler(meant, self._commanded("unknown")))
        application.add_handler(MessageHandler(filters.REPLY & plain, self._replied))
        application.add_handler(MessageHandler(plain & private, self._commanded("search")))
        application.add_handler(
            MessageHandler(~filters.TEXT & ~filters.StatusUpdate.ALL & private, self._commanded("wordless"))
        )
        application.add_handler(CallbackQueryHandler(self._pressed))

    @property
    def commands(self) -> list[str]:
        """What readers can write after a slash."""
        return sorted(set(self._commands) - set(LEFT_OVERS))

    async def _bears(self, update: Update, name: str = "") -> bool:
        """Whether to answer what was written, perhaps as the command `name`.

        Whoever writes too much is told so once, and what was left unanswered when they are answered again. What all
        in a group have used up keeps no admin of it from being answered.
        """
        here, who = update.effective_chat, update.effective_user or update.effective_chat
        if here is None or who is None:
            return False
        if name in _ALWAYS and await self._reception.may_configure(update, here.id):
            return self._patience.take(who.id, most=PRESSES) is Verdict.ANSWER
        asking = [who.id]
        if here.id != who.id and not (
            self._patience.exhausted(here.id) and await self._reception.may_configure(update, here.id)
        ):
            asking.append(here.id)
        verdict = self._patience.take(*asking)
        missed = self._patience.unheard(who.id) if verdict is Verdict.ANSWER else 0
        if verdict is Verdict.SILENCE:
            return False
        words = (await self._reception.reader(update)).words
        if verdict is Verdict.ENOUGH:
            await answers.show(update, answers.note(_enough(words)))
        elif missed:
            await answers.show(update, answers.note(_unheard(words, missed)))
        return verdict is Verdict.ANSWER

    def _commanded(self, name: str) -> Callable[[Update, Any], Any]:
        service, method = self._commands[name]

        async def serve(update: Update, context: object) -> None:  # noqa: ARG001
            message = update.effective_message
            if update.edited_message is not None or message is None:
                return  # an edited command was answered when it was first sent
            if not await self._bears(update, name):
                return
            said = (message.text or "").split()
            text = " ".join(said[1:] if said and said[0].startswith("/") else said)
            reader = await self._reception.reader(update)
            if service.changes:
                if not await self._reception.may_configure(update, reader.chat_id):
                    await answers.show(update, answers.note(admins_only(reader.words)))
                    return
                if service.act and len(reader.lines) > 1:
                    await self._which_line(update, reader, service.act, text)
                    return
                reader = await self._reception.enrol(reader)
            await method(Call(update, reader, text))

        return serve

    async def _which_line(self, update: Update, reader: Reader, act: str, text: str) -> None:
        """Ask which of several lines is meant; the words that came with the command are kept meanwhile."""
        newsroom, words, said = self._reception.newsroom, reader.words, None
        if text:
            kept, now = text[:_LONGEST_TEXT], newsroom.clock()
            said = await newsroom.store.run(lambda store: store.memory.keep_search(reader.chat_id, kept, now=now))
        keys = which_line(reader.lines, act, names=newsroom.names, words=words, said=said)
        await answers.show(update, answers.note(words.t("Which of your subscriptions?")), keys)

    async def _replied(self, update: Update, context: object) -> None:
        """Words in reply to a question of ours answer it; any other reply in private is a search."""
        message = update.effective_message
        question = message.reply_to_message if message else None
        if message is None or question is None or update.edited_message is not None:
            return
        reader = await self._reception.reader(update)
        data = await self._reception.newsroom.store.read(
            lambda store: store.memory.asked(reader.chat_id, question.message_id)
        )
        if data is None:
            if reader.private:
                await self._commanded("search")(update, context)
            return
        if not await self._bears(update):
            return
        try:
            toast = await self._serve(update, reader, data, " ".join((message.text or "").split()))
        except OldButtonError:
            toast = _old_button(reader.words)
        if toast:  # there is no button to show it over
            await answers.show(update, answers.note(toast))

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG002
        """Do what a button says and always answer it, so that it stops spinning."""
        query = update.callback_query
        if query is None or update.effective_chat is None:
            return
        reader = await self._reception.reader(update)
        try:
            if self._patience.take(query.from_user.id, most=PRESSES) is not Verdict.ANSWER:
                toast: Toast = _enough(reader.words)
            elif reader.kind == ChatType.CHANNEL:  # what we post there has no buttons but links
                toast = _write_in_private(reader.words, update.get_bot().username)
            elif reader.private or _stands_under(query):
                toast = await self._serve(update, reader, query.data)
            else:
                toast = _old_button(reader.words)
            if toast is None and answers.stands():
                toast = self._as_it_is(reader.words, query.data)
        except OldButtonError:
            toast = _old_button(reader.words)
        try:
            await query.answer(toast)
        except BadRequest as error:  # it was pressed while we were away: what it asked is done, nobody waits any more
            log.info("a press was answered too late: %s", error.message)

    async def _serve(self, update: Update, reader: Reader, data: str | None, text: str = "") -> Toast:
        asked = unpack(data)
        if asked is not None and asked.act == "said":
            asked, text = await self._said(reader, asked.args)
        if asked is None or asked.act not in self._presses:
            raise OldButtonError
        service, method = self._presses[asked.act]
        args = asked.args
        if service.changes:
            line_id, *rest = args or ("",)
            found = await self._reception.at_line(reader, number(line_id))
            if found is None:
                raise OldButtonError
            if not await self._reception.may_configure(update, found.chat_id):
                if found.chat_id == reader.chat_id:
                    return admins_only(reader.words)
                raise OldButtonError  # as for a line that is none: nobody learns which lines there are elsewhere
            reader, args = found, tuple(rest)
        elif not reader.private and not await self._reception.may_configure(update, reader.chat_id):
            answers.leave_screen()
        return await method(Call(update, reader, text, args))

    def _as_it_is(self, words: Words, data: str | None) -> str:
        """What is said to whoever set what is set, or went where they are: two quick taps do."""
        asked = unpack(data)
        setting = asked and asked.act in self._presses and self._presses[asked.act][0].changes and asked.args[1:]
        return words.t("That is set already.") if setting else words.t("You are there already.")

    async def _said(self, reader: Reader, args: tuple[str, ...]) -> tuple[Press, str]:
        """A line was chosen for a command with words: its act, and the words."""
        if len(args) != 3:  # its line, act and number
            raise OldButtonError
        line_id, act, kept = args[0], args[1], number(args[2])
        text = await self._reception.newsroom.store.read(lambda store: store.memory.kept_search(reader.chat_id, kept))
        if text is None:
            raise OldButtonError
        return Press(act, (line_id,)), text


class _ByName(filters.MessageFilter):
    """A command that names us: "/word@our_bot". In groups any other belongs to somebody else."""

    def filter(self, message: Message) -> bool:
        first = (message.text or "").split(maxsplit=1)[0]
        return first.lower().endswith(f"@{message.get_bot().username}".lower())


def _enough(words: Words) -> str:
    return words.t("That was a lot at once. Please try again in a minute.")


def _unheard(words: Words, count: int) -> str:
    return words.tn(
        "While you wrote so much I left {n} message unanswered; what it asked is not done. Please send it again.",
        "While you wrote so much I left {n} messages unanswered; what they asked is not done. Please send them again.",
        count,
    )


def _write_in_private(words: Words, bot_name: str) -> str:
    return words.t("Write to me in private: @{bot}", bot=bot_name)


def _stands_under(query: CallbackQuery) -> bool:
    """Whether a press is of a button that its message has now; of a message out of our sight nobody can say.

    https://core.telegram.org/bots/api#callbackquery: "a bad client can send arbitrary data in this field".
    """
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    rows = keyboard.inline_keyboard if keyboard else ()
    return any(button.callback_data == query.data for row in rows for button in row)


def _old_button(words: Words) -> str:
    return words.t("This button is from an older message. /settings shows what is set now.")
