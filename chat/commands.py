"""What readers write: one short method a command. Each reads the words, asks the store, renders and replies."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import wraps
from typing import Any

from telegram import Update
from telegram.ext import Application, CommandHandler, MessageHandler, filters

from chat import keyboards
from chat.reception import Reader, Reception, Subscriber
from digest.asked import read_places
from digest.due import parse_time
from digest.errors import WishError
from digest.presets import load_presets
from digest.query import Query
from digest.readers import ChatState
from digest.text import fold
from digest.zones import parse_zone
from render import screens
from render.blocks import Block, Paragraph, plain
from render.search_view import search_blocks
from render.words import LANGUAGES, load_words

Handle = Callable[["Commands", Update, Reader, str], Awaitable[None]]

#: Results on one page of a search.
PAGE = 5
#: Longer questions are cut: Telegram messages hold 4,096 characters, no question needs them.
_LONGEST_QUERY = 200
#: Of places that nobody knows so many are said back, each so long at most.
_NAMES_SAID_BACK, _LONGEST_NAME = 5, 40


def note(sentence: str) -> list[Block]:
    """One sentence of ours as a screen."""
    return [Paragraph(plain(sentence))]


def setting(handle: Handle) -> Handle:
    """Marks a command that changes something: in groups only admins may use it."""

    @wraps(handle)
    async def checked(self: "Commands", update: Update, reader: Reader, words: str) -> None:
        if not await self.reception.may_configure(update):
            await self.reception.show(update, note(reader.words.t("Only admins of this group can change settings.")))
            return
        await handle(self, update, reader, words)

    return checked


class Commands:
    """The commands that the menu lists, and any other words."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self.newsroom = reception.newsroom

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Hand the commands to the application."""
        handlers: dict[str, Handle] = {
            "start": Commands.start,
            "help": Commands.help,
            "digest": Commands.digest,
            "search": Commands.search,
            "topics": Commands.topics,
            "places": Commands.places,
            "time": Commands.time,
            "zone": Commands.zone,
            "language": Commands.language,
            "settings": Commands.settings,
            "pause": Commands.pause,
            "resume": Commands.resume,
            "stop": Commands.stop,
        }
        for name, handle in handlers.items():
            application.add_handler(CommandHandler(name, self._serve(handle)))
        private = filters.ChatType.PRIVATE
        application.add_handler(MessageHandler(filters.COMMAND & private, self._serve(Commands.unknown)))
        application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND & private, self._serve(Commands.search)))
        application.add_handler(
            MessageHandler(~filters.TEXT & ~filters.StatusUpdate.ALL & private, self._serve(Commands.help))
        )

    def _serve(self, handle: Handle) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
        async def serve(update: Update, context: object) -> None:  # noqa: ARG001
            message = update.effective_message
            if update.edited_message is not None or message is None:
                return  # an edited command was answered when it was first sent
            said = (message.text or "").split()
            words = said[1:] if said and said[0].startswith("/") else said
            await handle(self, update, await self.reception.reader(update), " ".join(words))

        return serve

    @setting
    async def start(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """Say hello; to a subscriber, show what is set."""
        if reader.chat is not None and reader.chat.state is ChatState.REFUSED:
            reader = await self.reception.set_state(reader, ChatState.ACTIVE)
        if reader.active or (reader.chat is not None and reader.chat.state is ChatState.PAUSED):
            await self.settings(update, reader, "")
            return
        await self.reception.show(
            update, screens.welcome_blocks(reader.words), keyboards.welcome(load_presets(), reader.words)
        )

    async def help(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """Every command in a line."""
        await self.reception.show(update, screens.help_blocks(reader.words))

    async def digest(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """The digest of the last day, now."""
        digest = await self.reception.digest_now(reader.wishes)
        await self.reception.send_digest(update, reader, digest)

    async def search(self, update: Update, reader: Reader, words: str) -> None:
        """Past items, newest first."""
        if not words:
            hint = reader.words.t("What shall I look for? Write for example: /search lao consul")
            await self.reception.show(update, note(hint))
            return
        text = words[:_LONGEST_QUERY]
        now = self.newsroom.clock()
        search_id = await self.newsroom.store.run(lambda store: store.memory.keep_search(reader.chat_id, text, now=now))
        await self.found(update, reader, text, search_id, 0)

    async def found(self, update: Update, reader: Reader, text: str, search_id: int, offset: int) -> None:
        """One page of results."""
        hits = await self.newsroom.search(Query(text=text, limit=PAGE, offset=offset))
        zone = reader.chat.zone if reader.chat else self.newsroom.settings.zone
        now = self.newsroom.clock()
        blocks = search_blocks(hits, words=reader.words, names=self.newsroom.names, zone=zone, now=now)
        await self.reception.show(
            update, blocks, keyboards.pages(search_id, offset, PAGE, more=hits.more, words=reader.words)
        )

    @setting
    async def topics(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """Choose topics."""
        names, wishes = self.newsroom.names, reader.wishes
        await self.reception.show(
            update,
            screens.topics_blocks(wishes, words=reader.words, names=names),
            keyboards.topics(wishes, names=names, words=reader.words, new=not reader.active),
        )

    @setting
    async def places(self, update: Update, reader: Reader, words: str) -> None:
        """Choose places, by buttons or by writing their names."""
        unknown: list[str] = []
        if words:
            asked = read_places(words, self.newsroom.gazetteer)
            unknown = [name[:_LONGEST_NAME] for name in asked.unknown[:_NAMES_SAID_BACK]]
            reader = await self.reception.change_wishes(
                reader, lambda now: replace(now, places=now.places | asked.places, pairs=now.pairs | asked.pairs)
            )
        names, wishes = self.newsroom.names, reader.wishes
        blocks = screens.places_blocks(wishes, words=reader.words, names=names)
        if unknown:
            blocks += note(reader.words.t("I do not know this place: {names}", names=", ".join(unknown)))
        gazetteer = self.newsroom.gazetteer
        keyboard = keyboards.places(wishes, gazetteer=gazetteer, names=names, words=reader.words, new=not reader.active)
        await self.reception.show(update, blocks, keyboard)

    @setting
    async def time(self, update: Update, reader: Reader, words: str) -> None:
        """Set the hour, or offer hours."""
        t = reader.words.t
        if not words:
            chosen = [f"{slot:%H:%M}" for slot in reader.line.slots] if reader.line else []
            ask = t("When shall your digest come? Tap an hour, or write for example: /time 07:30")
            await self.reception.show(update, note(ask), keyboards.hours(chosen, reader.words))
            return
        try:
            hour = parse_time(words)
        except WishError:
            await self.reception.show(update, note(t("I cannot read that as an hour. Write for example: /time 07:30")))
            return
        await self._confirm_hour(update, await self.reception.set_hour(reader, hour))

    @setting
    async def zone(self, update: Update, reader: Reader, words: str) -> None:
        """Set the time zone, or offer some."""
        t = reader.words.t
        if not words:
            chosen = reader.chat.zone if reader.chat else self.newsroom.settings.zone
            ask = t("Where do you read? Tap a city, or write for example: /zone Europe/Berlin")
            await self.reception.show(update, note(ask), keyboards.zones(chosen, reader.words))
            return
        try:
            zone = parse_zone(words)
        except WishError:
            hint = t("I do not know that time zone. Write a region and a city, for example: /zone Asia/Ho_Chi_Minh")
            await self.reception.show(update, note(hint))
            return
        await self._confirm_hour(update, await self.reception.set_zone(reader, zone))

    @setting
    async def language(self, update: Update, reader: Reader, words: str) -> None:
        """Set the language, or offer ours."""
        for language in LANGUAGES:
            known = {load_words(speaker).language_name(language) for speaker in LANGUAGES}
            if fold(words) in {language, *map(fold, known)}:
                reader = await self.reception.set_language(reader, language)
                await self.reception.show(
                    update,
                    note(reader.words.t("From now on we speak {language}.", language=reader.words.own_name)),
                    keyboards.back(reader.words),
                )
                return
        await self.reception.show(update, note(reader.words.t("Choose a language:")), keyboards.languages(reader.words))

    async def settings(self, update: Update, reader: Reader, words: str, *, fresh: bool = False) -> None:  # noqa: ARG002
        """Everything on one screen."""
        if reader.chat is None or reader.line is None:
            await self.start(update, reader, "")
            return
        await self.reception.show(
            update,
            screens.settings_blocks(reader.chat, reader.line, words=reader.words, names=self.newsroom.names),
            keyboards.settings(active=reader.active, by=reader.wishes.by, words=reader.words),
            fresh=fresh,
        )

    @setting
    async def pause(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """No digests for now."""
        if not reader.active:
            await self.resume_hint(update, reader)
            return
        await self.reception.set_state(reader, ChatState.PAUSED)
        await self.reception.show(update, note(reader.words.t("Paused. /resume brings your digests back.")))

    async def resume_hint(self, update: Update, reader: Reader) -> None:
        """Nothing is coming anyway: how it would."""
        paused = reader.chat is not None and reader.chat.state is ChatState.PAUSED
        t = reader.words.t
        hint = t("Your digests are paused already. /resume brings them back.")
        if not paused:
            hint = t("No digests are coming at the moment. /start subscribes.")
        await self.reception.show(update, note(hint))

    @setting
    async def resume(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """Digests again."""
        if reader.chat is None or reader.line is None:
            await self.start(update, reader, "")
            return
        await self._confirm_hour(update, await self.reception.set_state(reader, ChatState.ACTIVE))

    async def _confirm_hour(self, update: Update, who: Subscriber) -> None:
        t, hours = who.words.t, screens.hours(who.line)
        sentence = t("Your digest comes every day at {hour} ({zone}).", hour=hours, zone=who.chat.zone)
        if who.chat.state is ChatState.PAUSED:
            sentence = t(
                "Kept: {hour} ({zone}). Your digests are paused; /resume brings them back.",
                hour=hours,
                zone=who.chat.zone,
            )
        elif not who.active:
            sentence = t(
                "Kept: {hour} ({zone}). No digests are coming yet; /start subscribes.", hour=hours, zone=who.chat.zone
            )
        await self.reception.show(update, note(sentence), keyboards.back(who.words))

    @setting
    async def stop(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """Unsubscribe."""
        if reader.chat is not None:
            await self.reception.set_state(reader, ChatState.STOPPED)
        goodbye = reader.words.t("You are unsubscribed; no more digests will come. /start brings you back.")
        await self.reception.show(update, note(goodbye))

    async def unknown(self, update: Update, reader: Reader, words: str) -> None:  # noqa: ARG002
        """A command that we do not have."""
        await self.reception.show(
            update, note(reader.words.t("I do not know that command. /help lists what I can do."))
        )
