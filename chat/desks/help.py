"""Help, and an answer to what nobody understands."""

import re
from typing import cast

from telegram.constants import MessageLimit

from chat import answers
from chat.keyboards import help as keys
from chat.switchboard import Call, Desk, command, press
from render.help_view import HELP_PAGES, HelpPage, help_blocks, help_page_blocks, unknown_blocks, wordless_blocks

#: So many albums are remembered: their pictures come one by one, and one answer is enough.
_ALBUMS = 100


class Help(Desk):
    """Saying what the bot can do."""

    #: The albums that were answered, the newest last.
    _albums: tuple[str, ...] = ()

    @command("help")
    @press("help")
    async def help(self, call: Call) -> None:
        """The daily commands, and a button for each kind of the others; or one of these pages."""
        if call.args:
            page = cast("HelpPage", call.one_of(HELP_PAGES, 0))
            await answers.show(call.update, help_page_blocks(page, call.words), keys.page(call.words))
            return
        await answers.show(call.update, help_blocks(call.words, private=call.reader.private), keys.pages(call.words))

    @command("unknown")
    async def unknown(self, call: Call) -> None:
        """A command that we do not have: the nearest that we have."""
        message = call.update.effective_message
        said = re.match(rf"/([A-Za-z0-9_]{{1,{MessageLimit.MAX_TEXT_LENGTH}}})", (message and message.text) or "")
        await answers.show(call.update, unknown_blocks(said[1] if said else "", call.words))

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
