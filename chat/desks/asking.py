"""Asking later: a search of everything past."""

from chat import answers
from chat.desks.reading import zone_of
from chat.errors import OldButtonError
from chat.keyboards import asking as keys
from chat.switchboard import Call, Desk, command, press
from digest.query import Query
from render.search_view import search_blocks

#: Results on one page of a search.
PAGE = 5
#: Longer questions are cut: Telegram messages hold 4,096 characters, no question needs them.
_LONGEST_QUERY = 200


class Asking(Desk):
    """Searching past news."""

    @command("search")
    async def search(self, call: Call) -> None:
        """Past items, newest first."""
        if not call.text:
            hint = call.words.t("What shall I look for? Write for example: /search lao consul")
            await answers.show(call.update, answers.note(hint))
            return
        text, now = call.text[:_LONGEST_QUERY], self.newsroom.clock()
        search_id = await self.newsroom.store.run(
            lambda store: store.memory.keep_search(call.reader.chat_id, text, now=now)
        )
        await self._show(call, text, search_id, 0)

    @press("found")
    async def found(self, call: Call) -> None:
        """Another page of a search."""
        search_id, offset = call.number(0), call.number(1)
        text = await self.newsroom.store.read(lambda store: store.memory.kept_search(call.reader.chat_id, search_id))
        if text is None:
            raise OldButtonError
        await self._show(call, text, search_id, offset)

    async def _show(self, call: Call, text: str, search_id: int, offset: int) -> None:
        """One page of results."""
        hits = await self.newsroom.search(Query(text=text, limit=PAGE, offset=offset))
        zone, now = zone_of(self, call.reader), self.newsroom.clock()
        blocks = search_blocks(hits, words=call.words, names=self.newsroom.names, zone=zone, now=now)
        await answers.show(call.update, blocks, keys.pages(search_id, offset, PAGE, more=hits.more, words=call.words))
