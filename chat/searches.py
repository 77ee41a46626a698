"""What somebody searches for: understood as it was meant, kept for the buttons under its results, said back."""

from chat.errors import OldButtonError
from chat.links import SharedSearch
from chat.newsroom import Newsroom
from chat.reception import Reader, zone_of
from digest.asking import read_query
from digest.query import Query, Understood
from render.search_view import query_row

#: Longer questions are cut: Telegram messages hold 4,096 characters, no question needs them.
LONGEST_QUERY = 200


class Searches:
    """The searches of all readers."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom

    async def read(self, reader: Reader, text: str) -> Understood:
        """A search in a reader's words, understood at this moment in their zone."""
        outlets = await self._newsroom.store.read(lambda store: store.archive.outlets())
        return read_query(
            text,
            gazetteer=self._newsroom.gazetteer,
            now=self._newsroom.clock(),
            zone=zone_of(self._newsroom, reader),
            outlets=outlets,
        )

    async def keep(self, reader: Reader, text: str) -> int:
        """The number that a search is kept under; the same one for the same search of a chat."""
        kept, now = text[:LONGEST_QUERY], self._newsroom.clock()
        return await self._newsroom.store.run(lambda store: store.memory.keep_search(reader.chat_id, kept, now=now))

    async def kept(self, reader: Reader, search_id: int) -> str:
        """A search of a reader's chat; raises OldButtonError where that was too long ago, or was another chat's."""
        text = await self.text_of(SharedSearch(search_id, reader.chat_id))
        if text is None:
            raise OldButtonError
        return text

    async def text_of(self, search: SharedSearch) -> str | None:
        """What was searched for; None where that was too long ago."""
        return await self._newsroom.store.read(lambda store: store.memory.kept_search(search.chat_id, search.search_id))

    def row(self, reader: Reader, query: Query) -> str:
        """A query in one line of a reader's words; "" for one that asks for nothing."""
        return query_row(
            query,
            words=reader.words,
            names=self._newsroom.names,
            zone=zone_of(self._newsroom, reader),
            now=self._newsroom.clock(),
        )
