"""Channels and groups managed from their admin's private chat."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

from telegram.constants import ChatType, ParseMode
from telegram.error import TelegramError

from chat import answers
from chat.delivery import is_refusal
from chat.desk import Call, Desk, Toast, command, press
from chat.desks.reading import digest_now, telling
from chat.editions import Setting, edition_messages
from chat.errors import OldButtonError
from chat.keyboards import rooms as keys
from chat.keyboards.shared import keyboard_of
from chat.reception import Subscriber, rules, where
from digest.pages import page_of
from digest.readers import Chat, ChatState, Line
from render.rooms_view import leaving_blocks, room_blocks, rooms_blocks, waiting_blocks
from storage.store import Store

#: Channels and groups in one list; Telegram is asked about each.
_MOST_ROOMS = 20
#: A test post is public: a second tap within this time is taken for a slip.
_TEST_REST = timedelta(minutes=1)


class Rooms(Desk):
    """Listing the channels and groups that somebody brought us into, and what an admin does with them."""

    @command("channels")
    async def channels(self, call: Call) -> None:
        """The channels and groups that somebody brought us into; "@name" takes on another of which they are admin."""
        t = call.words.t
        if not call.reader.private:
            hint = t("Write /channels to me in private: there I list what you brought me into.")
            await answers.show(call.update, answers.note(hint))
        elif call.text:
            await self._claim(call)
        else:
            await self._list(call)

    @press("rooms")
    async def rooms(self, call: Call) -> None:
        """The list again, in place."""
        if not call.reader.private:
            raise OldButtonError
        await self._list(call)

    async def _list(self, call: Call) -> None:
        found = await _brought(self, call)
        blocks = rooms_blocks(call.words, found=bool(found))
        await answers.show(call.update, blocks, keys.rooms(found, call.update.get_bot().username, call.words))

    async def _claim(self, call: Call) -> None:
        """Let another admin manage a channel that we are in."""
        t, user_id = call.words.t, call.reader.chat_id
        name = call.text.split()[0].rpartition("/")[2].removeprefix("@")
        room: tuple[Chat, tuple[Line, ...]] | None = None
        if re.fullmatch(r"[A-Za-z0-9_]{4,32}", name):
            try:
                chat_id = (await call.update.get_bot().get_chat(f"@{name}")).id
            except TelegramError:  # no such chat, or we are not in it
                chat_id = 0
            if chat_id < 0 and await rules(call.update.get_bot(), chat_id, user_id):
                room = await self.newsroom.store.run(lambda store: _entrust(store, chat_id, user_id))
        if room is None:
            hint = t(
                "I am in no channel or group of that name where you are an admin. Add me there, then write "
                "/channels again."
            )
            await answers.show(call.update, answers.note(hint))
            return
        chat, lines = room
        who = Subscriber(chat.id, lines[0].thread_id, chat.kind, call.words, user_id, lines, chat, lines[0])
        await show_room(self, call.by(who))

    @press("room", changes=True)
    async def room(self, call: Call) -> None:
        """What one channel or group gets, and what can be done."""
        await show_room(self, call)

    @press("goon", changes=True)
    async def go_on(self, call: Call) -> None:
        """Let digests come again where they stopped."""
        who = await self.reception.set_state(call.reader, ChatState.ACTIVE)
        await show_room(self, call.by(replace(who, words=call.words)))

    @press("testpost", changes=True)
    async def test_post(self, call: Call) -> Toast:
        """Send a channel or group today's digest now, so that its admin sees how it looks. It counts as told."""
        t, who, now = call.words.t, call.subscriber, self.newsroom.clock()
        if not await self.newsroom.store.run(
            lambda store: store.lines.take_test(who.line.id, every=_TEST_REST, now=now)
        ):
            return t("It has just been sent; look there.")
        digest = await digest_now(self, who.wishes)
        page = page_of(digest)
        bot = call.update.get_bot()
        setting = Setting(self.newsroom.names, who.chat.zone, False, bot.username)
        token = await self.newsroom.store.run(lambda store: store.pages.keep(who.chat_id, page, now=now))
        try:
            async with telling(self, who, digest):
                for text, keyboard in edition_messages(digest, token, setting):
                    await bot.send_message(
                        who.chat_id,
                        text,
                        parse_mode=ParseMode.HTML,
                        reply_markup=keyboard_of(keyboard) if keyboard else None,
                        message_thread_id=who.line.thread_id or None,
                        link_preview_options=None if who.chat.previews else answers.NO_PREVIEW,
                    )
        except TelegramError as error:
            if not is_refusal(error):
                raise
            return t("I may not write there. Make me an admin who may post messages.")
        return t("Sent: today's digest, as it will look.")

    @press("leaving", changes=True)
    async def leaving(self, call: Call) -> None:
        """Ask before we go."""
        who = call.subscriber
        await answers.show(call.update, leaving_blocks(who.chat, call.words), keys.leaving(who))

    @press("leave", changes=True)
    async def leave(self, call: Call) -> Toast:
        """Leave a channel or group, and forget it."""
        who = call.subscriber
        if who.chat_id > 0:
            raise OldButtonError  # a private chat is not ours to leave
        await self.newsroom.store.run(lambda store: store.owndata.forget(who.chat_id))
        try:
            await call.update.get_bot().leave_chat(who.chat_id)
        except TelegramError as error:
            if not is_refusal(error):
                raise
        done = call.words.t("Done: I have left, and nothing about it is kept.")
        if where(call.update)[0] == who.chat_id:
            return done  # we write there no more
        await answers.show(call.update, answers.note(done), keys.left(call.words))
        return None


async def show_room(desk: Desk, call: Call) -> None:
    """What one channel or group gets, and what its admin can do about it; elsewhere than in their private chat too."""
    who, names = call.subscriber, desk.newsroom.names
    lines = await desk.newsroom.store.read(lambda store: tuple(store.lines.of(who.chat_id)))
    inside = where(call.update)[0] == who.chat_id
    note, keyboard = "", keys.room(replace(who, lines=lines), names=names, inside=inside)
    if who.chat.state is ChatState.STOPPED and lines == (who.line,) and who.line.wishes.everything:
        note, keyboard = call.words.t("Nothing comes yet. What shall it be about?"), keys.arrived(who, kept=False)
    now = desk.newsroom.clock()
    blocks = room_blocks(who.chat, lines, words=call.words, names=names, now=now, note=note)
    await answers.show(call.update, blocks, keyboard)


async def remind(desk: Desk, call: Call) -> None:
    """After /start in private: who made us admin of a channel before they ever wrote to us finds its buttons now."""
    rooms = [room for room in await _brought(desk, call) if room[0].kind == ChatType.CHANNEL]
    waiting = [room for room in rooms if room[0].state is ChatState.STOPPED and room[1].wishes.everything]
    if waiting:
        await answers.show(call.update, waiting_blocks(call.words), keys.waiting(waiting), fresh=True)


async def _brought(desk: Desk, call: Call) -> list[tuple[Chat, Line]]:
    """The chats that somebody brought us into and still rules, each with its first line."""
    user_id, bot = call.reader.chat_id, call.update.get_bot()

    def find(store: Store) -> list[tuple[Chat, Line]]:
        chats = store.readers.entrusted(user_id)[:_MOST_ROOMS]
        return [(chat, lines[0]) for chat in chats if (lines := store.lines.of(chat.id))]

    found = await desk.newsroom.store.read(find)
    ruled = await asyncio.gather(*(rules(bot, chat.id, user_id) for chat, _ in found))
    return [room for room, still in zip(found, ruled, strict=True) if still]


def _entrust(store: Store, chat_id: int, user_id: int) -> tuple[Chat, tuple[Line, ...]] | None:
    """Let somebody manage a chat that we know; it and its lines, None for one that we do not know."""
    chat, lines = store.readers.chat(chat_id), tuple(store.lines.of(chat_id))
    if chat is None or not lines:
        return None
    store.readers.add_steward(chat_id, user_id)
    return chat, lines
