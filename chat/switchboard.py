"""From an update to the desk that answers it: commands, buttons, replies to our questions.

update ─→ reader ─→ (for a change: which line, and may they?) ─→ desk ─→ answer

Every button is answered, also an old one.

A desk is a class whose methods say what they serve:

    class Wishes(Desk):
        @command("topics", changes=True)
        @press("topics", changes=True)
        async def topics(self, call: Call) -> None: …

What changes something acts on one line: a button names it first among its arguments, a command means the line of the
chat and forum topic it is written in.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar, cast

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, CommandHandler, ContextTypes, MessageHandler, filters

from chat import answers
from chat.callback import number, unpack
from chat.errors import OldButtonError
from chat.keyboards.shared import which_line
from chat.newsroom import Newsroom
from chat.reception import Reader, Reception, Subscriber
from render.words import Words

#: What a desk's method gives back is shown as a toast over a pressed button.
Toast = str | None
Method = TypeVar("Method", bound=Callable[..., Awaitable[Toast]])

_COMMANDS, _PRESSES = "_serves_commands", "_serves_presses"


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a reader asked: what they wrote after a command, or a button's arguments."""

    update: Update
    reader: Reader
    #: The words written, "" for a button.
    text: str = ""
    #: The button's arguments, without the line that a change begins with; () for a command.
    args: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """The reader's language."""
        return self.reader.words

    @property
    def pressed(self) -> bool:
        """Whether a button asked, so that its screen is edited in place."""
        return self.update.callback_query is not None

    @property
    def subscriber(self) -> Subscriber:
        """The reader of a call that changes something."""
        assert isinstance(self.reader, Subscriber)  # noqa: S101 - the switchboard enrolled them
        return self.reader

    def by(self, reader: Reader) -> "Call":
        """The same call by the reader as they are now."""
        return replace(self, reader=reader)

    def arg(self, place: int) -> str:
        """A button's argument; raises OldButtonError where it has none such."""
        if place >= len(self.args):
            raise OldButtonError
        return self.args[place]

    def number(self, place: int) -> int:
        """A button's argument that is a number; raises OldButtonError."""
        return number(self.arg(place))

    def on(self, place: int) -> bool:
        """A button's argument that says on (1) or off (0); raises OldButtonError."""
        return self.one_of(("0", "1"), place) == "1"

    def one_of(self, choices: Sequence[str], place: int) -> str:
        """A button's argument that is one of these; raises OldButtonError."""
        if self.arg(place) not in choices:
            raise OldButtonError
        return self.arg(place)


class Desk:
    """What every desk has at hand."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception

    @property
    def newsroom(self) -> Newsroom:
        """Sources, store, thinking and names."""
        return self.reception.newsroom


class _Service(NamedTuple):
    """What a method serves: a command or a button's act."""

    name: str
    changes: bool
    #: The act that opens the same thing for a line that was chosen.
    act: str | None


def command(name: str, *, changes: bool = False, act: str | None = None) -> Callable[[Method], Method]:
    """Marks a desk's method as serving a command.

    If it `changes` something only admins may use it in a group, the reader is enrolled, and where there are several
    lines the reader is asked which, if there is a button's `act` for it.
    """
    return _marker(_COMMANDS, _Service(name, changes, act))


def press(name: str, *, changes: bool = False) -> Callable[[Method], Method]:
    """Marks a desk's method as serving buttons of this act. If it `changes` something the button names a line first."""
    return _marker(_PRESSES, _Service(name, changes, name))


def _marker(kind: str, service: _Service) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        setattr(method, kind, [*getattr(method, kind, []), service])
        return method

    return mark


class Switchboard:
    """Hands each update to the desk that serves it."""

    def __init__(self, reception: Reception, desks: Sequence[Desk]) -> None:
        self._reception = reception
        self._commands = _services(desks, _COMMANDS)
        self._presses = _services(desks, _PRESSES)

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Take the commands, buttons and words of an application. "search", "help" and "unknown" take what is left."""
        for name in self._commands:
            if name != "unknown":
                application.add_handler(CommandHandler(name, self._commanded(name)))
        private = filters.ChatType.PRIVATE
        plain = filters.TEXT & ~filters.COMMAND
        application.add_handler(MessageHandler(filters.COMMAND & private, self._commanded("unknown")))
        application.add_handler(MessageHandler(filters.REPLY & plain, self._replied))
        application.add_handler(MessageHandler(plain & private, self._commanded("search")))
        application.add_handler(
            MessageHandler(~filters.TEXT & ~filters.StatusUpdate.ALL & private, self._commanded("help"))
        )
        application.add_handler(CallbackQueryHandler(self._pressed))

    def _commanded(self, name: str) -> Callable[[Update, Any], Any]:
        service, method = self._commands[name]

        async def serve(update: Update, context: object) -> None:  # noqa: ARG001
            message = update.effective_message
            if update.edited_message is not None or message is None:
                return  # an edited command was answered when it was first sent
            said = (message.text or "").split()
            text = " ".join(said[1:] if said and said[0].startswith("/") else said)
            reader = await self._reception.reader(update)
            if service.changes:
                if not await self._reception.may_configure(update, reader.chat_id):
                    await answers.show(update, answers.note(_admins_only(reader.words)))
                    return
                if service.act and not text and len(reader.lines) > 1:
                    names = self._reception.newsroom.names
                    question = reader.words.t("Which of your subscriptions?")
                    keys = which_line(reader.lines, service.act, names=names, words=reader.words)
                    await answers.show(update, answers.note(question), keys)
                    return
                reader = await self._reception.enrol(reader)
            await method(Call(update, reader, text))

        return serve

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
        try:
            await self._serve(update, reader, data, " ".join((message.text or "").split()))
        except OldButtonError:
            await answers.show(update, answers.note(_old_button(reader.words)))

    async def _pressed(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG002
        """Do what a button says and always answer it, so that it stops spinning."""
        query = update.callback_query
        if query is None or update.effective_chat is None:
            return
        reader = await self._reception.reader(update)
        try:
            toast = await self._serve(update, reader, query.data)
        except OldButtonError:
            toast = _old_button(reader.words)
        await query.answer(toast)

    async def _serve(self, update: Update, reader: Reader, data: str | None, text: str = "") -> Toast:
        asked = unpack(data)
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
                return _admins_only(reader.words)
            reader, args = found, tuple(rest)
        return await method(Call(update, reader, text, args))


def _services(desks: Sequence[Desk], kind: str) -> dict[str, tuple[_Service, Callable[[Call], Awaitable[Toast]]]]:
    found: dict[str, tuple[_Service, Callable[[Call], Awaitable[Toast]]]] = {}
    for desk in desks:
        for name in dir(type(desk)):
            for service in getattr(getattr(type(desk), name), kind, ()):
                if service.name in found:
                    raise ValueError(f"two desks serve {service.name!r}")
                found[service.name] = service, cast("Callable[[Call], Awaitable[Toast]]", getattr(desk, name))
    return found


def _admins_only(words: Words) -> str:
    return words.t("Only admins of this group can change settings.")


def _old_button(words: Words) -> str:
    return words.t("This button is from an older message. /settings shows what is set now.")
