"""The front desk of a chat: who is writing, in which language, what they chose, and how an answer gets to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest

from chat.delivery import FIRST_WINDOW, NO_PREVIEW, digest_messages, keyboard_of, upto
from chat.newsroom import Newsroom
from digest.errors import StorageError
from digest.model import Digest, Language, Wishes
from digest.readers import Chat, ChatState, Line
from render.blocks import Block
from render.telegram import to_messages
from render.words import LANGUAGES, Words, load_words
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is writing to us, as far as we know them. `chat` and `line` are None until they choose something."""

    chat_id: int
    thread_id: int
    kind: str
    words: Words
    chat: Chat | None = None
    line: Line | None = None

    @property
    def active(self) -> bool:
        """Whether editions go to this chat."""
        return self.chat is not None and self.chat.state is ChatState.ACTIVE

    @property
    def wishes(self) -> Wishes:
        """What they chose, in their language; everything, if they chose nothing."""
        return replace(self.line.wishes if self.line else Wishes(), language=self.words.language)


@dataclass(frozen=True, slots=True)
class Subscriber(Reader):
    """A reader with a chat and a line in the store."""

    chat: Chat
    line: Line


class Reception:
    """Knows the reader behind an update and answers them. All state is in the store, none of it here."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom = newsroom

    async def reader(self, update: Update) -> Reader:
        """The reader that an update comes from; their language from their settings, else from Telegram, else ours."""
        chat_id, kind, thread = _where(update)
        chat, line = await self.newsroom.store.read(lambda store: _find(store, chat_id, thread))
        language = chat.language if chat else self._language_of(update)
        return Reader(chat_id, thread, kind, load_words(language), chat, line)

    async def change(self, reader: Reader, job: Callable[[Store, Chat, Line], object]) -> Subscriber:
        """Change something of a reader, in one transaction, on what is kept of them at that moment.

        A new reader is enrolled first, with the operator's defaults and no editions yet. The reader as they are then.
        """
        settings, now = self.newsroom.settings, self.newsroom.clock()

        def work(store: Store) -> tuple[Chat, Line]:
            with store.transaction():
                chat, line = _find(store, reader.chat_id, reader.thread_id)
                if chat is None:
                    chat = store.readers.add_chat(
                        Chat(
                            id=reader.chat_id,
                            kind=reader.kind,
                            language=reader.words.language,
                            zone=settings.zone,
                            state=ChatState.STOPPED,
                            created_at=now,
                        )
                    )
                if line is None:
                    slots = (settings.delivery_time,)
                    line = store.readers.add_line(chat.id, reader.thread_id, reader.wishes, slots, now=now)
                job(store, chat, line)
                chat, line = _find(store, reader.chat_id, reader.thread_id)
            if chat is None or line is None:
                raise StorageError(f"chat {reader.chat_id} went away while it was being changed")
            return chat, line

        chat, line = await self.newsroom.store.run(work)
        return Subscriber(reader.chat_id, reader.thread_id, reader.kind, load_words(chat.language), chat, line)

    async def enrol(self, reader: Reader) -> Subscriber:
        """The reader with a chat and a line, which are made if need be."""
        return await self.change(reader, lambda *_: None)

    async def change_wishes(self, reader: Reader, wish: Callable[[Wishes], Wishes]) -> Subscriber:
        """Keep other wishes, made from those that are kept now."""
        return await self.change(reader, lambda store, _, line: store.readers.set_wishes(line.id, wish(line.wishes)))

    async def set_state(self, reader: Reader, state: ChatState) -> Subscriber:
        """Pause, resume or stop."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, chat, _: store.readers.set_state(chat.id, state, now=now))

    async def subscribe(self, reader: Reader) -> tuple[Subscriber, bool]:
        """Let editions go to a reader; whether they did not before, and so should be shown a first one."""
        now, were = self.newsroom.clock(), list[ChatState]()

        def job(store: Store, chat: Chat, line: Line) -> None:  # noqa: ARG001
            were.append(chat.state)
            store.readers.set_state(chat.id, ChatState.ACTIVE, now=now)

        subscriber = await self.change(reader, job)
        return subscriber, were != [ChatState.ACTIVE]

    async def set_hour(self, reader: Reader, hour: time) -> Subscriber:
        """Deliver at this local hour."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, _, line: store.readers.set_slots(line.id, (hour,), now=now))

    async def set_zone(self, reader: Reader, zone: str) -> Subscriber:
        """Count the hours in another IANA zone."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, chat, _: store.readers.set_zone(chat.id, zone, now))

    async def set_language(self, reader: Reader, language: Language) -> Subscriber:
        """Speak another language, in digests too."""
        return await self.change(reader, lambda store, chat, _: store.readers.set_language(chat.id, language))

    async def digest_now(self, wishes: Wishes) -> Digest:
        """What the last day holds for these wishes."""
        now = self.newsroom.clock()
        return await self.newsroom.digest(wishes, since=now - FIRST_WINDOW, until=now)

    async def send_digest(self, update: Update, reader: Reader, digest: Digest) -> None:
        """Send a digest, part after part."""
        zone = reader.chat.zone if reader.chat else self.newsroom.settings.zone
        for text, keyboard in digest_messages(digest, names=self.newsroom.names, zone=zone):
            await self.send(update, text, keyboard)

    async def first_digest(self, update: Update, subscriber: Subscriber) -> None:
        """Send today's digest to somebody who has just subscribed, and note what they were told."""
        digest = await self.digest_now(subscriber.wishes)
        await self.send_digest(update, subscriber, digest)
        told, now = upto(digest), self.newsroom.clock()
        await self.newsroom.store.run(
            lambda store: store.memory.tell(subscriber.chat_id, subscriber.thread_id, told, now=now)
        )

    async def may_configure(self, update: Update) -> bool:
        """Whether this person may change settings here: anyone in private, only admins elsewhere."""
        where, who = update.effective_chat, update.effective_user
        if where is None or where.type == ChatType.PRIVATE:
            return where is not None
        sender = update.effective_message.sender_chat if isinstance(update.effective_message, Message) else None
        if who is None or (update.callback_query is None and sender is not None):
            return sender is not None and sender.id == where.id  # an anonymous admin writes as the group itself
        member = await where.get_member(who.id)
        return member.status in (ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR)

    async def show(
        self,
        update: Update,
        blocks: Sequence[Block],
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        fresh: bool = False,
    ) -> None:
        """Answer with one screen: in place of the message whose button was pressed, else or if `fresh` as a new one."""
        texts = to_messages(blocks)
        first, rest = texts[0], texts[1:]
        keys = keyboard if not rest else None
        if update.callback_query is None or fresh or not await self._edit(update, first, keys):
            await self.send(update, first, keys)
        for number, text in enumerate(rest, start=1):
            await self.send(update, text, keyboard if number == len(rest) else None)

    async def _edit(self, update: Update, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
        """Put a screen in place of the one whose button was pressed; False where Telegram lets it be edited no more."""
        query = update.callback_query
        if query is None:
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

    async def send(self, update: Update, text: str, keyboard: InlineKeyboardMarkup | str | None = None) -> None:
        """Send one message of Telegram HTML to where the update came from."""
        chat_id, _, thread = _where(update)
        markup = keyboard if not isinstance(keyboard, str) else keyboard_of(keyboard)
        await update.get_bot().send_message(
            chat_id,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
            message_thread_id=thread or None,
        )

    def _language_of(self, update: Update) -> Language:
        code = (update.effective_user.language_code or "") if update.effective_user else ""
        return next((known for known in LANGUAGES if code.split("-")[0] == known), self.newsroom.settings.language)


def _where(update: Update) -> tuple[int, str, int]:
    """The chat, its kind and the forum topic (0 for none) that an update comes from."""
    chat, message = update.effective_chat, update.effective_message
    if chat is None:
        raise ValueError("an update without a chat")  # our handlers are registered for none such
    topic = message.message_thread_id if isinstance(message, Message) and message.is_topic_message else None
    return chat.id, chat.type, topic or 0


def _find(store: Store, chat_id: int, thread_id: int) -> tuple[Chat | None, Line | None]:
    """A chat and its line for a thread; for a thread without one, none."""
    lines = store.readers.lines(chat_id)
    return store.readers.chat(chat_id), next((line for line in lines if line.thread_id == thread_id), None)
