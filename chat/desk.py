"""What a desk is: a class whose methods say which commands and buttons they serve.

class Wishes(Desk):
    @command("topics", changes=True)
    @press("topics", changes=True)
    async def topics(self, call: Call) -> None: …
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar, cast

from telegram import Update

from chat.callback import number
from chat.errors import OldButtonError
from chat.newsroom import Newsroom
from chat.reception import Reader, Reception, Subscriber
from render.words import Words

#: What a desk's method gives back is shown as a toast over a pressed button.
Toast = str | None
Method = TypeVar("Method", bound=Callable[..., Awaitable[Toast]])

#: Where a method notes what it serves.
COMMANDS, PRESSES_SERVED = "_serves_commands", "_serves_presses"


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


class Service(NamedTuple):
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
    return _marker(COMMANDS, Service(name, changes, act))


def press(name: str, *, changes: bool = False) -> Callable[[Method], Method]:
    """Marks a desk's method as serving buttons of this act. If it `changes` something the button names a line first."""
    return _marker(PRESSES_SERVED, Service(name, changes, name))


def _marker(kind: str, service: Service) -> Callable[[Method], Method]:
    def mark(method: Method) -> Method:
        setattr(method, kind, [*getattr(method, kind, []), service])
        return method

    return mark


def services(desks: Sequence[Desk], kind: str) -> dict[str, tuple[Service, Callable[[Call], Awaitable[Toast]]]]:
    """What these desks serve of a kind, COMMANDS or PRESSES_SERVED, by name. Raises ValueError where two serve one."""
    found: dict[str, tuple[Service, Callable[[Call], Awaitable[Toast]]]] = {}
    for desk in desks:
        for name in dir(type(desk)):
            for service in getattr(getattr(type(desk), name), kind, ()):
                if service.name in found:
                    raise ValueError(f"two desks serve {service.name!r}")
                found[service.name] = service, cast("Callable[[Call], Awaitable[Toast]]", getattr(desk, name))
    return found


def admins_only(words: Words) -> str:
    """What somebody hears who may not change anything here."""
    return words.t("Only admins of this group can change settings.")
