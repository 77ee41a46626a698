"""Help, and an answer to what nobody understands."""

import re
from typing import cast

from telegram.constants import MessageLimit

from chat import answers
from chat.desk import Call, Desk, Toast, command, press
from chat.desks.reading import in_private, newest
from chat.keyboards import help as keys
from chat.links import private_link
from chat.reception import Subscriber, zone_of
from digest.asked import Asked, link_for
from digest.model import Wishes
from render.help_view import HELP_PAGES, HelpPage, help_blocks, help_page_blocks, unknown_blocks, wordless_blocks
from render.reading_view import list_blocks
from storage.store import Store

#: So many albums are remembered: their pictures come one by one, and one answer is enough.
_ALBUMS = 100
#: So many stories of a place are shown to whoever writes its name as a command.
_STORIES = 6


class Help(Desk):
    """Saying what the bot can do."""

    #: The albums that were answered, the newest last.
    _albums: tuple[str, ...] = ()

    @command("help")
    @press("help")
    async def help(self, call: Call) -> Toast:
        """The daily commands, and a button for each kind of the others; or one of these pages."""
        private = call.reader.private
        if not private and call.pressed:
            return in_private(call)
        blocks = help_blocks(call.words, private=private)
        if call.args:
            page = cast("HelpPage", call.one_of(HELP_PAGES, 0))
            await answers.show(call.update, help_page_blocks(page, call.words), keys.page(call.words))
        elif private:
            await answers.show(call.update, blocks, keys.pages(call.words))
        else:
            await answers.show(call.update, blocks, keys.to_private(self._link(call, "help"), call.words))
        return None

    @command("unknown")
    async def unknown(self, call: Call) -> None:
        """A command that we do not have: the news of the place that it names, or the nearest that we have."""
        message = call.update.effective_message
        said = re.match(rf"/([A-Za-z0-9_]{{1,{MessageLimit.MAX_TEXT_LENGTH}}})", (message and message.text) or "")
        name = said[1] if said else ""
        places = self.newsroom.gazetteer.named(name.replace("_", " "))
        if places:
            await self._place(call, places[0])
            return
        await answers.show(call.update, unknown_blocks(name, call.words))

    async def _place(self, call: Call, code: str) -> None:
        """The newest stories of a place, and a way to follow it."""
        words, names, now = call.words, self.newsroom.names, self.newsroom.clock()
        name, wishes = names.place(code, words.language), Wishes(places=frozenset({code}))
        stories = await self.newsroom.store.read(lambda store: newest(store, (wishes,), until=now, most=_STORIES))
        blocks = list_blocks(
            words.t("The latest: {place}", place=name),
            stories,
            first=1,
            words=words,
            names=names,
            zone=zone_of(self.newsroom, call.reader),
            now=now,
            hint="" if stories else words.t("Nothing in the last seven days."),
        )
        if not call.reader.private:
            link = self._link(call, link_for(Asked(places=frozenset({code}))) or "")
            await answers.show(call.update, blocks, keys.place_elsewhere(link, name, words))
            return
        who = call.reader if isinstance(call.reader, Subscriber) else await self.reception.enrol(call.reader)

        def keep(store: Store) -> int:
            return store.memory.keep_search(who.chat_id, f"place:{code}", now=now)

        search_id = await self.newsroom.store.run(keep)
        ids = [story.id for story in stories]
        await answers.show(call.update, blocks, keys.place(code, name, ids, search_id, who.line.id, words))

    def _link(self, call: Call, payload: str) -> str:
        return private_link(call.update.get_bot().username, payload)

    @command("wordless")
    async def wordless(self, call: Call) -> None:
        """A picture, a sticker, a voice message: nothing that we can read."""
        message = call.update.effective_message
        album = message.media_group_id if message else None
        if album and album in self._albums:
            return
        if album:
            self._albums = (*self._albums[-_ALBUMS:], album)
        await answers.show(call.update, wordless_blocks(call.words))
