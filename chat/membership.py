"""What becomes of us in groups and channels: added, silenced, thrown out, moved, a topic closed and opened again."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum

from telegram import (
    Chat,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from telegram.constants import ChatAction, ChatMemberStatus, ChatType, ParseMode
from telegram.error import ChatMigrated, TelegramError
from telegram.ext import Application, ChatMemberHandler, ExtBot, MessageHandler, filters

from chat.keyboards import rooms as keys
from chat.newsroom import Newsroom
from chat.reception import Reception, Subscriber, rules
from digest.readers import ChatState, Line, Part
from render.blocks import Block
from render.rooms_view import arrived_blocks, brought_blocks, closed_blocks, silenced_blocks
from render.telegram import to_messages
from render.words import Words, load_words
from storage.store import Store

log = logging.getLogger(__name__)

#: Where a supergroup of a name that others have too came from is asked of so many of them: anybody may call theirs so.
_MOST_ALIKE = 3


class Standing(Enum):
    """What we are in a chat."""

    OUT = 0
    #: In, and not allowed to write.
    MUTE = 1
    IN = 2


class Membership:
    """Notes where we are let in and tells those who brought us what they should know."""

    def __init__(self, reception: Reception, bot: ExtBot[str]) -> None:
        self._reception = reception
        self._bot = bot

    @property
    def _newsroom(self) -> Newsroom:
        return self._reception.newsroom

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Listen to what happens to us."""
        status = filters.StatusUpdate
        application.add_handler(ChatMemberHandler(self._changed, ChatMemberHandler.MY_CHAT_MEMBER))
        application.add_handler(MessageHandler(status.MIGRATE, self._migrated))
        application.add_handler(MessageHandler(status.NEW_CHAT_TITLE, self._renamed))
        application.add_handler(MessageHandler(status.FORUM_TOPIC_REOPENED, self._reopened))

    async def topic_closed(self, part: Part) -> None:
        """A message found its forum topic closed or gone, so that its line rests: somebody should know."""
        chat, line = await self._newsroom.store.read(
            lambda store: (store.readers.chat(part.chat_id), store.lines.get(part.line_id))
        )
        if chat is None or line is None:
            return
        names = self._newsroom.names

        def blocks(words: Words) -> Sequence[Block]:
            return closed_blocks(chat.title, line.wishes, words=words, names=names)

        told = await self._tell_stewards(chat.id, blocks, lambda words: keys.to_room(line.id, words))
        if not told:
            await self._send(chat.id, blocks(load_words(chat.language)), None, silent=True)

    async def _changed(self, update: Update, context: object) -> None:  # noqa: ARG002
        """We were let in, silenced, given our voice back, or put out."""
        change = update.my_chat_member
        if change is None:
            return
        channel = change.chat.type == ChatType.CHANNEL
        was, now = (standing(member, channel=channel) for member in (change.old_chat_member, change.new_chat_member))
        if now is Standing.OUT:
            await self._left_alone(change.chat.id)
        elif change.chat.type == ChatType.PRIVATE:
            return  # unblocked: /start brings editions back
        elif was is Standing.OUT:
            await self._arrived(update, change, now)
        elif now is Standing.MUTE:
            if await self._left_alone(change.chat.id):
                title = change.chat.title or ""
                await self._tell_stewards(change.chat.id, lambda words: silenced_blocks(title, words))
        elif was is Standing.MUTE:
            await self._heard_again(change.chat.id)

    async def _left_alone(self, chat_id: int) -> bool:
        """Send a chat nothing more; whether it was sent something until now."""
        now = self._newsroom.clock()

        return await self._newsroom.store.run(lambda store: store.readers.refuse(chat_id, now=now))

    async def _heard_again(self, chat_id: int) -> None:
        """We may write again where we could not: what was set goes on."""
        now = self._newsroom.clock()
        await self._newsroom.store.run(lambda store: store.readers.readmit(chat_id, now=now))

    async def _arrived(self, update: Update, change: ChatMemberUpdated, now: Standing) -> None:
        """Say hello, once and without a sound, in the language of whoever brought us. Nothing comes until one chose."""
        await self._follow_here(change.chat)
        reader = await self._reception.reader(update)
        if reader.chat is None:
            words, _ = await self._reception.speaker(update)
            reader = replace(reader, words=words)
        elif reader.active or reader.chat.state is ChatState.PAUSED:
            return  # the group has only become a supergroup
        bringer = change.from_user

        def remember(store: Store, chat: object, line: Line) -> None:  # noqa: ARG001
            store.readers.set_title(reader.chat_id, reader.title)
            if not bringer.is_bot:
                store.readers.add_steward(reader.chat_id, bringer.id)

        who = await self._reception.change(reader, remember)
        if change.chat.type == ChatType.CHANNEL:
            await self._show_bringer(update, who, mute=now is Standing.MUTE)
        elif now is Standing.IN:
            kept = who.chat.state is ChatState.REFUSED
            blocks = arrived_blocks(who.words, forum=bool(change.chat.is_forum), kept=kept)
            await self._send(who.chat_id, blocks, keys.arrived(who, kept=kept), silent=True)

    async def _show_bringer(self, update: Update, who: Subscriber, *, mute: bool) -> None:
        """The buttons for a channel go to whoever brought us, if they ever wrote to us; else /channels has them."""
        words, _ = await self._reception.speaker(update)
        admin = replace(who, words=words)
        kept = who.chat.state is ChatState.REFUSED
        blocks = brought_blocks(who.chat.title, words, mute=mute, kept=kept)
        bringer = update.effective_user
        if bringer is not None and not bringer.is_bot:
            await self._send(bringer.id, blocks, keys.arrived(admin, kept=kept))

    async def _follow_here(self, chat: Chat) -> None:
        """A group that becomes a supergroup welcomes us anew before it says so: take along what was set.

        https://github.com/tdlib/telegram-bot-api/issues/266
        """
        if chat.type != ChatType.SUPERGROUP:
            return
        title = chat.title or ""
        groups = await self._newsroom.store.read(lambda store: store.readers.groups_called(title, most=_MOST_ALIKE))
        for old in groups:
            try:
                await self._bot.send_chat_action(old, ChatAction.TYPING)
            except ChatMigrated as moved:
                if moved.new_chat_id == chat.id:
                    await self._migrate(old, chat.id)
            except TelegramError:
                continue  # another group of that name, which we have left

    async def _migrated(self, update: Update, context: object) -> None:  # noqa: ARG002
        """A group became a supergroup and has another id: what is kept of it moves along."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat_id
        new = message.migrate_to_chat_id or message.chat_id
        await self._migrate(old, new)

    async def _migrate(self, old: int, new: int) -> None:
        now = self._newsroom.clock()
        await self._newsroom.store.run(lambda store: store.readers.migrate_chat(old, new, now=now))

    async def _renamed(self, update: Update, context: object) -> None:  # noqa: ARG002
        """The chat has another title."""
        message = update.effective_message
        if message is not None:
            title = message.new_chat_title or ""
            await self._newsroom.store.run(lambda store: store.readers.set_title(message.chat_id, title))

    async def _reopened(self, update: Update, context: object) -> None:  # noqa: ARG002
        """A forum topic is open again: the lines that rested because it was closed go on."""
        message, now = update.effective_message, self._newsroom.clock()
        if isinstance(message, Message):
            thread = message.message_thread_id or 0
            await self._newsroom.store.run(lambda store: store.outbox.reopened(message.chat_id, thread, now=now))

    async def _tell_stewards(
        self,
        chat_id: int,
        blocks: Callable[[Words], Sequence[Block]],
        keyboard: Callable[[Words], InlineKeyboardMarkup] | None = None,
    ) -> bool:
        """Write to whoever brought us into a chat and still is its admin; whether that reached anybody."""
        stewards = await self._newsroom.store.read(lambda store: store.readers.stewards(chat_id))
        told = False
        for user_id in stewards:
            if await rules(self._bot, chat_id, user_id):
                words = await self._reception.words_of(user_id, chat_id)
                told |= await self._send(user_id, blocks(words), keyboard(words) if keyboard else None)
        return told

    async def _send(
        self, chat_id: int, blocks: Sequence[Block], keyboard: InlineKeyboardMarkup | None, *, silent: bool = False
    ) -> bool:
        """Send one screen; False where Telegram will not have it: then nobody there needs to hear it."""
        try:
            await self._bot.send_message(
                chat_id,
                to_messages(blocks)[0],
                parse_mode=ParseMode.HTML,
                reply_markup=keyboard,
                disable_notification=silent,
            )
        except TelegramError as error:
            log.info("a notice about a group or channel did not reach its reader: %s", error.message)
            return False
        return True


def standing(member: ChatMember, *, channel: bool) -> Standing:
    """What a status means for us: https://core.telegram.org/bots/api#chatmember."""
    if member.status in (ChatMemberStatus.LEFT, ChatMemberStatus.BANNED):
        return Standing.OUT
    if isinstance(member, ChatMemberRestricted):
        if not member.is_member:
            return Standing.OUT
        return Standing.IN if member.can_send_messages else Standing.MUTE
    if channel and isinstance(member, ChatMemberAdministrator) and not member.can_post_messages:
        return Standing.MUTE
    return Standing.IN
