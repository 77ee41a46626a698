"""What readers press: every button answers, also an old one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from telegram import Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes

from chat import keyboards
from chat.callback import unpack
from chat.commands import Commands
from chat.reception import Reader
from digest.due import parse_time
from digest.errors import WishError
from digest.model import Grouping, Topic
from digest.presets import load_presets
from digest.readers import ChatState
from digest.zones import parse_zone
from render import screens
from render.words import LANGUAGES, load_words

T = TypeVar("T", bound=str)
#: Numbers in our buttons are shorter.
_DIGITS = 12
_TWO = 2
Act = Callable[["Buttons", Update, Reader, tuple[str, ...]], Awaitable[None]]


class OldButtonError(Exception):
    """A press that means nothing today: another version's button, or data that is not ours."""


class Buttons:
    """One method an act of callback.pack."""

    #: Acts that only look and so are for everybody in a group; all others change something.
    LOOKING = frozenset({"found", "digest", "settings"})

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._reception = commands.reception
        self._newsroom = commands.newsroom
        self._acts: dict[str, Act] = {
            "hello": Buttons.hello,
            "preset": Buttons.preset,
            "choose": Buttons.choose,
            "subscribe": Buttons.subscribe,
            "topic": Buttons.topic,
            "topics": Buttons.topics,
            "place": Buttons.place,
            "pair": Buttons.pair,
            "places": Buttons.places,
            "region": Buttons.region,
            "hours": Buttons.hours,
            "time": Buttons.time,
            "zones": Buttons.zones,
            "zone": Buttons.zone,
            "languages": Buttons.languages,
            "language": Buttons.language,
            "by": Buttons.by,
            "state": Buttons.state,
            "settings": Buttons.settings,
            "digest": Buttons.digest,
            "found": Buttons.found,
        }

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Hand all presses to the application."""
        application.add_handler(CallbackQueryHandler(self.press))

    async def press(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG002
        """Do what a button says and always answer it, so that it stops spinning."""
        query = update.callback_query
        if query is None or update.effective_chat is None:
            return
        reader = await self._reception.reader(update)
        press = unpack(query.data)
        act = self._acts.get(press.act) if press else None
        if act is None or press is None:
            await query.answer(reader.words.t("This button is from an older message. /settings shows what is set now."))
            return
        if press.act not in self.LOOKING and not await self._reception.may_configure(update):
            await query.answer(reader.words.t("Only admins of this group can change settings."))
            return
        try:
            await act(self, update, reader, press.args)
        except OldButtonError:
            await query.answer(reader.words.t("This button is from an older message. /settings shows what is set now."))
            return
        await query.answer()

    async def hello(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """The first message in the other language."""
        language = _one_of(LANGUAGES, _arg(args, 0))
        if reader.chat is not None:
            reader = await self._reception.set_language(reader, language)
        # Whoever has not chosen yet is not stored: the language rides along with the next button.
        words = load_words(language)
        await self._reception.show(update, screens.welcome_blocks(words), keyboards.welcome(load_presets(), words))

    async def preset(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Subscribe to a ready-made choice."""
        preset = next((preset for preset in load_presets() if preset.id == _arg(args, 0)), None)
        if preset is None:
            raise OldButtonError
        reader = await self._in_language(reader, args[1:])
        wishes = preset.wishes(reader.words.language)
        await self.subscribe(update, await self._reception.change_wishes(reader, lambda _: wishes), ())

    async def choose(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Choose topics first."""
        reader = await self._in_language(reader, args)
        await self._commands.topics(update, await self._reception.enrol(reader), "")

    async def subscribe(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:  # noqa: ARG002
        """Subscribe to what was chosen, and give today's digest at once."""
        subscriber, new = await self._reception.subscribe(reader)
        if not new:
            await self._commands.settings(update, subscriber, "")
            return
        blocks = screens.subscribed_blocks(
            subscriber.chat, subscriber.line, words=subscriber.words, names=self._newsroom.names
        )
        await self._reception.show(update, blocks, keyboards.back(subscriber.words))
        await self._reception.first_digest(update, subscriber)

    async def topic(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Add a topic or take it out."""
        topic, on = _one_of([topic.value for topic in Topic], _arg(args, 0)), _on(args)
        reader = await self._reception.change_wishes(
            reader, lambda now: replace(now, topics=now.topics | {topic} if on else now.topics - {topic})
        )
        await self._commands.topics(update, reader, "")

    async def topics(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """The topics; with "all", no narrower wish."""
        if args == ("all",):
            reader = await self._reception.change_wishes(reader, lambda now: replace(now, topics=frozenset()))
        await self._commands.topics(update, reader, "")

    async def place(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Add a place or take it out, and stay on the screen it was pressed on."""
        code, on = _arg(args, 0), _on(args)
        if not self._newsroom.gazetteer.known(code):
            raise OldButtonError
        reader = await self._reception.change_wishes(
            reader, lambda now: replace(now, places=now.places | {code} if on else now.places - {code})
        )
        if len(args) == 4:
            await self.region(update, reader, args[2:])
        else:
            await self._commands.places(update, reader, "")

    async def pair(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Add a pair of countries or take it out."""
        pair, on = _arg(args, 0), _on(args)
        countries = pair.split("-")
        known = [code for code in countries if self._newsroom.gazetteer.known(code)]
        if len(known) != _TWO or known != sorted(set(countries)):
            raise OldButtonError
        reader = await self._reception.change_wishes(
            reader, lambda now: replace(now, pairs=now.pairs | {pair} if on else now.pairs - {pair})
        )
        await self._commands.places(update, reader, "")

    async def places(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """The places; with "all", no narrower wish."""
        if args == ("all",):
            reader = await self._reception.change_wishes(
                reader, lambda now: replace(now, places=frozenset(), pairs=frozenset())
            )
        await self._commands.places(update, reader, "")

    async def region(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """The places of one region."""
        gazetteer, words = self._newsroom.gazetteer, reader.words
        name, page = _arg(args, 0), _number(args, 1)
        if not keyboards.places_in(gazetteer, name):
            raise OldButtonError
        title = keyboards.region_name(name, gazetteer, words)
        await self._reception.show(
            update,
            screens.places_blocks(reader.wishes, words=words, names=self._newsroom.names, title=title),
            keyboards.region(name, page, reader.wishes, gazetteer=gazetteer, words=words),
        )

    async def hours(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:  # noqa: ARG002
        """Offer hours."""
        await self._commands.time(update, reader, "")

    async def time(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Set the hour."""
        try:
            hour = parse_time(_arg(args, 0))
        except WishError:
            raise OldButtonError from None
        await self._commands.time(update, await self._reception.set_hour(reader, hour), "")

    async def zones(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:  # noqa: ARG002
        """Offer zones."""
        await self._commands.zone(update, reader, "")

    async def zone(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Set the zone."""
        try:
            zone = parse_zone(_arg(args, 0))
        except WishError:
            raise OldButtonError from None
        await self._commands.zone(update, await self._reception.set_zone(reader, zone), "")

    async def languages(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:  # noqa: ARG002
        """Offer languages."""
        await self._commands.language(update, reader, "")

    async def language(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Set the language."""
        reader = await self._reception.set_language(reader, _one_of(LANGUAGES, _arg(args, 0)))
        await self._commands.settings(update, reader, "")

    async def by(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Group digests by topic or by place."""
        by = _grouping(args)
        reader = await self._reception.change_wishes(reader, lambda now: replace(now, by=by))
        await self._commands.settings(update, reader, "")

    async def state(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Pause or resume."""
        state = _one_of((ChatState.ACTIVE, ChatState.PAUSED), _arg(args, 0))
        await self._commands.settings(update, await self._reception.set_state(reader, state), "")

    async def settings(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Everything on one screen; with "new", under a digest that should stay."""
        await self._commands.settings(update, reader, "", fresh=args == ("new",))

    async def digest(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """The last day's digest in the other grouping."""
        wishes = replace(reader.wishes, by=_grouping(args))
        await self._reception.send_digest(update, reader, await self._reception.digest_now(wishes))

    async def found(self, update: Update, reader: Reader, args: tuple[str, ...]) -> None:
        """Another page of a search."""
        search_id, offset = _number(args, 0), _number(args, 1)
        text = await self._newsroom.store.run(lambda store: store.memory.kept_search(reader.chat_id, search_id))
        if text is None:
            raise OldButtonError
        await self._commands.found(update, reader, text, search_id, offset)

    async def _in_language(self, reader: Reader, args: tuple[str, ...]) -> Reader:
        """The reader in the language that the pressed button was shown in."""
        if not args or args[0] == reader.words.language:
            return reader
        return await self._reception.set_language(reader, _one_of(LANGUAGES, _arg(args, 0)))


def _arg(args: tuple[str, ...], place: int) -> str:
    if place >= len(args):
        raise OldButtonError
    return args[place]


def _number(args: tuple[str, ...], place: int) -> int:
    digits = _arg(args, place)
    if not (digits.isascii() and digits.isdigit() and len(digits) < _DIGITS):
        raise OldButtonError
    return int(digits)


def _on(args: tuple[str, ...]) -> bool:
    return _one_of(("0", "1"), _arg(args, 1)) == "1"


def _grouping(args: tuple[str, ...]) -> Grouping:
    return "place" if _one_of(("topic", "place"), _arg(args, 0)) == "place" else "topic"


def _one_of(choices: Sequence[T], word: str) -> T:
    for choice in choices:
        if choice == word:
            return choice
    raise OldButtonError
