"""The front desk of a chat: who is writing, what they chose, and whether they may change it. The store holds all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from telegram import Bot, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import TelegramError

from chat.newsroom import Newsroom
from digest.errors import StorageError
from digest.model import Language, Wishes
from digest.readers import Cadence, Chat, ChatState, Line
from render.words import LANGUAGES, Words, load_words
from storage.store import Store

_RULING = (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is writing to us, as far as we know them. `chat` and `line` are None until they choose something."""

    chat_id: int
    thread_id: int
    kind: str
    words: Words
    #: Who wrote or pressed; None for somebody who writes as a group or channel.
    user_id: int | None
    #: The lines of this chat, or of this forum topic of it, the oldest first.
    lines: tuple[Line, ...]
    chat: Chat | None = None
    #: The one that is spoken of: the first, unless a button named another.
    line: Line | None = None
    #: What a group or channel that is written in calls itself; "" elsewhere.
    title: str = ""

    @property
    def private(self) -> bool:
        """Whether nobody else reads here."""
        return self.kind == ChatType.PRIVATE

    @property
    def active(self) -> bool:
        """Whether editions go to this chat."""
        return self.chat is not None and self.chat.state is ChatState.ACTIVE

    @property
    def wishes(self) -> Wishes:
        """What they chose, in their language; everything, if they chose nothing."""
        language = self.chat.language if self.chat else self.words.language
        return replace(self.line.wishes if self.line else Wishes(), language=language)


@dataclass(frozen=True, slots=True)
class Subscriber(Reader):
    """A reader with a chat and a line in the store: what a change is made of.

    The chat may be a channel that its admin speaks of in private: `words` are then the admin's.
    """

    chat: Chat
    line: Line


class Reception:
    """Knows the reader behind an update, and keeps what they change."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom

    async def reader(self, update: Update) -> Reader:
        """The reader that an update comes from; their language from their settings, else from Telegram, else ours."""
        chat_id, kind, thread = where(update)
        chat, lines = await self.newsroom.store.read(lambda store: _find(store, chat_id, thread))
        words = load_words(chat.language if chat else self._language_of(update))
        user = update.effective_user.id if update.effective_user else None
        title = (update.effective_chat.title if update.effective_chat else None) or ""
        return Reader(chat_id, thread, kind, words, user, lines, chat, next(iter(lines), None), title)

    async def speaker(self, update: Update) -> tuple[Words, str]:
        """The language and zone of whoever asks from another chat."""
        user = update.effective_user
        chat = await self.newsroom.store.read(lambda store: store.readers.chat(user.id)) if user else None
        words = load_words(chat.language if chat else self._language_of(update))
        return words, chat.zone if chat else self.newsroom.settings.zone

    async def words_of(self, user_id: int, chat_id: int) -> Words:
        """The language of somebody to whom we write first: theirs, else that of the chat we write about."""
        known = await self.newsroom.store.read(lambda store: store.readers.chat(user_id) or store.readers.chat(chat_id))
        return load_words(known.language if known else self.newsroom.settings.language)

    async def at_line(self, reader: Reader, line_id: int) -> Subscriber | None:
        """The reader with the line that a button names, perhaps of a channel; None where there is no such line.

        Whether they may change it is for `may_configure` to say, of the chat that is given back.
        """

        def find(store: Store) -> tuple[Chat, Line, tuple[Line, ...]] | None:
            line = store.lines.get(line_id)
            chat = store.readers.chat(line.chat_id) if line else None
            return (chat, line, tuple(store.lines.of(chat.id))) if chat and line else None

        found = await self.newsroom.store.read(find)
        if found is None:
            return None
        chat, line, lines = found
        if chat.id != reader.chat_id and not reader.private:
            return None  # a group speaks of its own lines only
        beside = tuple(one for one in lines if one.thread_id == line.thread_id)
        return Subscriber(chat.id, line.thread_id, chat.kind, reader.words, reader.user_id, beside, chat, line)

    async def may_configure(self, update: Update, chat_id: int) -> bool:
        """Whether whoever wrote or pressed may change a chat's settings: anyone their own, elsewhere only admins."""
        here, who = update.effective_chat, update.effective_user
        if here is None:
            return False
        if chat_id == here.id:
            if here.type == ChatType.PRIVATE:
                return True
            sender = update.effective_message.sender_chat if isinstance(update.effective_message, Message) else None
            if who is None or (update.callback_query is None and sender is not None):
                return sender is not None and sender.id == here.id  # an anonymous admin writes as the group itself
        elif here.type != ChatType.PRIVATE or chat_id > 0:
            return False
        return who is not None and await rules(update.get_bot(), chat_id, who.id)

    async def change(self, reader: Reader, job: Callable[[Store, Chat, Line], object]) -> Subscriber:
        """Change something of a reader, in one transaction, on what is kept of them at that moment.

        A new reader is enrolled first, with the operator's defaults and no editions yet. The reader as they are then.
        Raises StorageError where their line went away meanwhile.
        """

        def work(store: Store) -> tuple[Chat, Line, tuple[Line, ...]]:
            with store.transaction():
                chat, line = self.enrolled(store, reader)
                job(store, chat, line)
                kept, lines = _find(store, reader.chat_id, reader.thread_id)
                after = store.lines.get(line.id) or next(iter(lines or store.lines.of(reader.chat_id)), None)
                if after is not None:  # the last line of a forum topic may be gone, while others have theirs
                    lines = _find(store, reader.chat_id, after.thread_id)[1]
            if kept is None or after is None:
                raise StorageError(f"chat {reader.chat_id} went away while it was being changed")
            return kept, after, lines

        chat, line, lines = await self.newsroom.store.run(work)
        # Who speaks of a channel keeps their own language; whose language has just changed hears the new one.
        spoken = reader.words if reader.chat and reader.chat.language == chat.language else load_words(chat.language)
        return Subscriber(reader.chat_id, line.thread_id, reader.kind, spoken, reader.user_id, lines, chat, line)

    def enrolled(self, store: Store, reader: Reader) -> tuple[Chat, Line]:
        """A reader's chat and line, made if need be; to be called inside a transaction."""
        settings, now = self.newsroom.settings, self.newsroom.clock()
        chat, lines = _find(store, reader.chat_id, reader.thread_id)
        if chat is None:
            chat = store.readers.add_chat(
                Chat(
                    id=reader.chat_id,
                    kind=reader.kind,
                    title=reader.title,
                    language=reader.words.language,
                    zone=settings.zone,
                    state=ChatState.STOPPED,
                    created_at=now,
                )
            )
        line = store.lines.get(reader.line.id) if reader.line else next(iter(lines), None)
        if line is None:
            cadence = Cadence(hours=(settings.delivery_time,))
            line = store.lines.add(chat.id, reader.thread_id, reader.wishes, cadence, now=now)
        return chat, line

    async def enrol(self, reader: Reader) -> Subscriber:
        """The reader with a chat and a line, which are made if need be."""
        return await self.change(reader, lambda *_: None)

    async def change_wishes(self, reader: Reader, wish: Callable[[Wishes], Wishes]) -> Subscriber:
        """Keep other wishes, made from those that are kept now."""
        return await self.change(reader, lambda store, _, line: store.lines.set_wishes(line.id, wish(line.wishes)))

    async def change_cadence(self, reader: Reader, plan: Callable[[Cadence], Cadence]) -> Subscriber:
        """Deliver at other times, made from those that are kept now."""
        now = self.newsroom.clock()
        return await self.change(
            reader, lambda store, _, line: store.lines.set_cadence(line.id, plan(line.cadence), now=now)
        )

    async def set_state(self, reader: Reader, state: ChatState) -> Subscriber:
        """Pause, resume or stop."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, chat, _: store.readers.set_state(chat.id, state, now=now))

    async def subscribe(
        self, reader: Reader, *, wish: Callable[[Wishes], Wishes] | None = None, again: bool = False
    ) -> tuple[Subscriber, bool]:
        """Let editions of a line go to a reader, perhaps with other wishes; of all their lines as they were `again`.

        Whether none went before, so that they should be shown a first one.
        """
        now, were = self.newsroom.clock(), list[ChatState]()

        def job(store: Store, chat: Chat, line: Line) -> None:
            were.append(chat.state)
            if wish is not None:
                store.lines.set_wishes(line.id, wish(line.wishes))
            if chat.state is ChatState.PAUSED or again:
                store.readers.set_state(chat.id, ChatState.ACTIVE, now=now)
            else:
                self.wake(store, chat, line.id)

        subscriber = await self.change(reader, job)
        return subscriber, were != [ChatState.ACTIVE]

    def wake(self, store: Store, chat: Chat, line_id: int) -> None:
        """Let editions of one line go to a chat that had stopped or refused us; to be called inside a transaction.

        What was stopped besides was not asked for again: it rests. A pause goes on.
        """
        now = self.newsroom.clock()
        if chat.state is ChatState.REFUSED:
            store.readers.readmit(chat.id, now=now)
        elif chat.state is ChatState.STOPPED:
            for line in store.lines.of(chat.id):
                store.lines.set_paused(line.id, line.id != line_id, now=now)
            store.readers.set_state(chat.id, ChatState.ACTIVE, now=now)

    def _language_of(self, update: Update) -> Language:
        code = (update.effective_user.language_code or "") if update.effective_user else ""
        return next((known for known in LANGUAGES if code.split("-")[0] == known), self.newsroom.settings.language)


async def rules(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Whether somebody is an admin of a group or channel at this moment, as far as Telegram lets us see it."""
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except TelegramError:  # not ours to see: we are out of there, or it is gone
        return False
    return member.status in _RULING


def zone_of(newsroom: Newsroom, reader: Reader) -> str:
    """The IANA zone that a reader lives by."""
    return reader.chat.zone if reader.chat else newsroom.settings.zone


def where(update: Update) -> tuple[int, str, int]:
    """The chat, its kind and the forum topic (0 for none) that an update comes from."""
    chat, message = update.effective_chat, update.effective_message
    if chat is None:
        raise ValueError("an update without a chat")  # our handlers are registered for none such
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return chat.id, chat.type, topic or 0


def _find(store: Store, chat_id: int, thread_id: int) -> tuple[Chat | None, tuple[Line, ...]]:
    """A chat and its lines for a forum topic; those of the whole chat where the topic has none of its own."""
    lines = store.lines.of(chat_id)
    here = tuple(line for line in lines if line.thread_id == thread_id)
    return store.readers.chat(chat_id), here or tuple(lines)
