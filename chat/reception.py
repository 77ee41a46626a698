"""The front desk of a chat: who is writing, in which language, what they chose, and how an answer gets to them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time

from telegram import InlineKeyboardMarkup, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, ParseMode
from telegram.error import BadRequest

from chat.delivery import FIRST_WINDOW, NO_PREVIEW, digest_messages, keyboard_of, upto
from chat.newsroom import Newsroom
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
        where = update.effective_chat
        assert where is not None  # noqa: S101 - the handlers are registered for updates that have a chat
        message = update.effective_message
        thread = (message.message_thread_id or 0) if isinstance(message, Message) and message.is_topic_message else 0
        chat, line = await self.newsroom.store.run(lambda store: _find(store, where.id, thread))
        language = chat.language if chat else self._language_of(update)
        return Reader(where.id, thread, where.type, load_words(language), chat, line)

    async def subscriber(self, reader: Reader) -> Subscriber:
        """The reader with a chat and a line; a new one gets the operator's defaults and no editions yet."""
        settings, now = self.newsroom.settings, self.newsroom.clock()

        def enrol(store: Store) -> tuple[Chat | None, Line | None]:
            with store.transaction():
                if reader.chat is None:
                    store.readers.add_chat(
                        Chat(
                            id=reader.chat_id,
                            kind=reader.kind,
                            language=reader.words.language,
                            zone=settings.zone,
                            state=ChatState.STOPPED,
                            created_at=now,
                        )
                    )
                if reader.line is None:
                    slots = (settings.delivery_time,)
                    store.readers.add_line(reader.chat_id, reader.thread_id, reader.wishes, slots, now=now)
            return _find(store, reader.chat_id, reader.thread_id)

        chat, line = reader.chat, reader.line
        if chat is None or line is None:
            chat, line = await self.newsroom.store.run(enrol)
        assert chat is not None and line is not None  # noqa: S101, PT018 - just stored
        return Subscriber(reader.chat_id, reader.thread_id, reader.kind, load_words(chat.language), chat, line)

    async def change(self, reader: Reader, job: Callable[[Store, Subscriber], object]) -> Subscriber:
        """Change something of a reader in the store and give back how they stand then."""
        subscriber = await self.subscriber(reader)

        def work(store: Store) -> tuple[Chat | None, Line | None]:
            job(store, subscriber)
            return _find(store, reader.chat_id, reader.thread_id)

        chat, line = await self.newsroom.store.run(work)
        assert chat is not None and line is not None  # noqa: S101, PT018 - enrolled above
        return Subscriber(reader.chat_id, reader.thread_id, reader.kind, load_words(chat.language), chat, line)

    async def set_wishes(self, reader: Reader, wishes: Wishes) -> Subscriber:
        """Keep new wishes."""
        return await self.change(reader, lambda store, who: store.readers.set_wishes(who.line.id, wishes))

    async def set_state(self, reader: Reader, state: ChatState) -> Subscriber:
        """Subscribe, pause or stop."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, who: store.readers.set_state(who.chat_id, state, now=now))

    async def set_hour(self, reader: Reader, hour: time) -> Subscriber:
        """Deliver at this local hour."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, who: store.readers.set_slots(who.line.id, (hour,), now=now))

    async def set_zone(self, reader: Reader, zone: str) -> Subscriber:
        """Count the hours in another IANA zone."""
        now = self.newsroom.clock()
        return await self.change(reader, lambda store, who: store.readers.set_zone(who.chat_id, zone, now))

    async def set_language(self, reader: Reader, language: Language) -> Subscriber:
        """Speak another language, in digests too."""
        return await self.change(reader, lambda store, who: store.readers.set_language(who.chat_id, language))

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
            lambda store: store.readers.tell(subscriber.chat_id, subscriber.thread_id, told, now=now)
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
        if update.callback_query is None or fresh:
            for number, text in enumerate(texts, start=1):
                await self.send(update, text, keyboard if number == len(texts) else None)
            return
        try:
            await update.callback_query.edit_message_text(
                texts[0], parse_mode=ParseMode.HTML, reply_markup=keyboard, link_preview_options=NO_PREVIEW
            )
        except BadRequest as error:
            if "not modified" in error.message:  # pressed twice: the screen is right already
                return
            if "can't be edited" not in error.message and "not found" not in error.message:
                raise
            await self.send(update, texts[0], keyboard)

    async def send(self, update: Update, text: str, keyboard: InlineKeyboardMarkup | str | None = None) -> None:
        """Send one message of Telegram HTML to where the update came from."""
        message = update.effective_message
        markup = keyboard if not isinstance(keyboard, str) else keyboard_of(keyboard)
        await update.get_bot().send_message(
            update.effective_chat.id if update.effective_chat else 0,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
            message_thread_id=message.message_thread_id
            if isinstance(message, Message) and message.is_topic_message
            else None,
        )

    def _language_of(self, update: Update) -> Language:
        code = (update.effective_user.language_code or "") if update.effective_user else ""
        return next((known for known in LANGUAGES if code.split("-")[0] == known), self.newsroom.settings.language)


def _find(store: Store, chat_id: int, thread_id: int) -> tuple[Chat | None, Line | None]:
    """A chat and its line for a thread; for a thread without one, none."""
    lines = store.readers.lines(chat_id)
    return store.readers.chat(chat_id), next((line for line in lines if line.thread_id == thread_id), None)
