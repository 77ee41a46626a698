"""Asking later: a search of everything past, narrowed by buttons, kept as an alert."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from telegram import InlineKeyboardMarkup as Keyboard

from chat import answers
from chat.callback import pack
from chat.desk import Call, Desk, Toast, command, press
from chat.desks.reading import in_private
from chat.errors import OldButtonError
from chat.keyboards import asking as keys
from chat.keyboards import help as help_keys
from chat.links import SharedSearch, private_link, read_search_payload, search_payload
from chat.reception import Reception, zone_of
from chat.searches import LONGEST_QUERY, Searches
from digest.asking import write_query
from digest.lifting import Reading, lifted
from digest.model import Topic
from digest.query import Facets, Hits, Query, Suggestion
from digest.settings import require_token
from render.blocks import Block, Heading, Span
from render.help_view import command_blocks, command_said
from render.search_view import lifted_row, search_blocks, wordless_search_blocks
from render.telegram import to_messages
from storage.store import Store

#: Results on one page of a search; and on the one message where several read, if there is room for them.
PAGE, _WHOLE = 5, 8
#: Other readings of a query that are offered, and how long each may be looked for, in seconds.
_LIFTED, _LIFTING_SECONDS = 2, 0.02
_PERIODS = ("0", "1", "7", "30")
_TOPICS = tuple(topic.value for topic in Topic)


class Asking(Desk):
    """Searching past news."""

    def __init__(self, reception: Reception) -> None:
        super().__init__(reception)
        self._searches = Searches(reception.newsroom)

    @command("search")
    async def search(self, call: Call) -> None:
        """Past items, newest first; without words it asks for some."""
        if not call.text:
            await self.look(call)
            return
        message = call.update.effective_message
        free = message is not None and not (message.text or "").startswith("/")
        await self._begin(call, command=command_said(call.text) if free else "")

    @press("look")
    async def look(self, call: Call) -> None:
        """Ask what to look for; the answer is a search."""
        if call.text:
            await self._begin(call)
            return
        t = call.words.t
        question = t("What shall I look for? For example: lao consul · place:laos aid · “friendship union” -football")
        asked = await answers.ask(call.update, question, placeholder=t("lao consul"))
        now = self.newsroom.clock()
        await self.newsroom.store.run(
            lambda store: store.memory.ask(call.reader.chat_id, asked.message_id, pack("look"), now=now)
        )

    async def _begin(self, call: Call, *, command: str = "") -> None:
        """The first page for what was written; `command` is one that may have been meant by it."""
        text = call.text[:LONGEST_QUERY]
        asked = await self._searches.read(call.reader, text)
        if not self._searches.row(call.reader, asked.query):
            blocks = wordless_search_blocks(asked.remarks, words=call.words, names=self.newsroom.names)
            await answers.show(call.update, blocks, help_keys.news(call.words) if call.reader.private else None)
            return
        await self._show(call, text, await self._searches.keep(call.reader, text), 0, command=command)

    async def open(self, call: Call, payload: str) -> None:
        """A search that was made in a group, made anew for whoever opens its link."""
        shared = read_search_payload(payload, require_token(self.newsroom.settings))
        text = None if shared is None else await self._searches.text_of(shared)
        if not text:
            gone = call.words.t("This search is too old to be opened. Write what you look for, and I search anew.")
            await answers.show(call.update, answers.note(gone))
            return
        await self._show(call, text, await self._searches.keep(call.reader, text), 0)

    @press("found")
    async def found(self, call: Call) -> Toast:
        """Another page of a search."""
        if not call.reader.private:
            return in_private(call)
        search_id, offset = call.number(0), call.number(1)
        await self._show(call, await self._searches.kept(call.reader, search_id), search_id, offset)
        return None

    @press("filters")
    async def filters(self, call: Call) -> Toast:
        """What the results could be narrowed to."""
        if not call.reader.private:
            return in_private(call)
        search_id = call.number(0)
        await self._filters(call, await self._searches.kept(call.reader, search_id), search_id)
        return None

    @press("narrow")
    async def narrow(self, call: Call) -> Toast:
        """Set a filter or take it off; the results of that."""
        if not call.reader.private:
            return in_private(call)
        search_id, kind, value, on = call.number(0), call.arg(1), call.arg(2), call.on(3)
        asked = await self._searches.read(call.reader, await self._searches.kept(call.reader, search_id))
        query = await self._narrowed(asked.query, kind, value, on=on)
        text = write_query(query, zone=zone_of(self.newsroom, call.reader))
        await self._show(call, text, await self._searches.keep(call.reader, text), 0)
        return None

    @press("retry")
    async def retry(self, call: Call) -> Toast:
        """What was suggested instead."""
        if not call.reader.private:
            return in_private(call)
        search_id, number = call.number(0), call.number(1)
        asked = await self._searches.read(call.reader, await self._searches.kept(call.reader, search_id))
        suggestions = await self._suggest(asked.query)
        if number >= len(suggestions):
            raise OldButtonError
        text = write_query(suggestions[number].query, zone=zone_of(self.newsroom, call.reader))
        await self._show(call, text, await self._searches.keep(call.reader, text), 0)
        return None

    async def _show(
        self,
        call: Call,
        text: str,
        search_id: int,
        offset: int,
        *,
        command: str = "",
        instead_of: Query | None = None,
    ) -> None:
        """One page of results. Where nothing is found: those of its nearest reading, or else what to try instead.

        `command` may have been meant by the words; `instead_of` is what was asked for and not found.
        """
        asked = await self._searches.read(call.reader, text)
        zone, private = zone_of(self.newsroom, call.reader), call.reader.private
        query = replace(asked.query, limit=PAGE if private else _WHOLE, offset=offset)
        hits = await self.newsroom.search(query)
        readings = () if offset else await other_readings(self, query, zone=zone, whole=bool(hits.hits))
        if not hits.hits and readings and instead_of is None:
            text = write_query(readings[0].query, zone=zone)
            kept = await self._searches.keep(call.reader, text)
            await self._show(call, text, kept, 0, command=command, instead_of=query)
            return
        facets, suggestions = None, tuple[Suggestion, ...]()
        if hits.hits or offset:
            facets = await self._facets(query)
        else:
            suggestions = await self._suggest(query)
        screen = partial(
            search_blocks,
            words=call.words,
            names=self.newsroom.names,
            zone=zone,
            now=self.newsroom.clock(),
            remarks=asked.remarks,
            facets=facets,
            suggestions=suggestions,
            instead_of=instead_of,
        )
        if not private:
            await self._show_whole(call, hits, screen, search_id)
            return
        others = [one for one in readings if facets is None or (one.total, one.more) != (facets.total, facets.more)]
        keyboard = await self._keyboard(call, search_id, hits, others, suggestions, command=command)
        blocks = (command_blocks(command, call.words) if command else []) + screen(hits)
        await answers.show(call.update, blocks, keyboard)

    async def _keyboard(
        self,
        call: Call,
        search_id: int,
        hits: Hits,
        others: Sequence[Suggestion],
        suggestions: Sequence[Suggestion],
        *,
        command: str,
    ) -> Keyboard:
        """What can be done with results, or instead of them."""
        words, names = call.words, self.newsroom.names
        zone, now = zone_of(self.newsroom, call.reader), self.newsroom.clock()
        if not (hits.hits or hits.query.offset):
            keyboard = keys.instead(search_id, suggestions, words=words, names=names, zone=zone, now=now)
        else:
            ways = []
            for other in others:
                label = lifted_row(other, words=words, names=names, zone=zone, now=now)
                ways.append((await self._searches.keep(call.reader, write_query(other.query, zone=zone)), label))
            keyboard = keys.results(search_id, hits, size=PAGE, words=words, others=ways)
        return help_keys.above(command, call.reader.line, keyboard, words)

    async def _show_whole(self, call: Call, hits: Hits, screen: Callable[[Hits], list[Block]], search_id: int) -> None:
        """Results where several read: as many as one message holds, and the way to one's own chat for the rest."""
        shown = hits
        while len(to_messages(screen(shown))) > 1 and len(shown.hits) > 1:
            shown = replace(shown, hits=shown.hits[:-1], more=True)
        search = SharedSearch(search_id, call.reader.chat_id)
        payload = search_payload(search, require_token(self.newsroom.settings))
        link = private_link(call.update.get_bot().username, payload)
        await answers.show(call.update, screen(shown), keys.continued(link, call.words))

    async def _filters(self, call: Call, text: str, search_id: int) -> None:
        asked = await self._searches.read(call.reader, text)
        names = self.newsroom.names
        facets = await self._facets(asked.query)
        question = call.words.t("Narrow it to:")
        keyboard = keys.filters(search_id, asked.query, facets, words=call.words, names=names)
        row = self._searches.row(call.reader, asked.query)
        heading = call.words.t("Search: {query}", query=row) if row else call.words.t("Search")
        blocks: list[Block] = [Heading(level=1, text=(Span(heading, theirs=True),)), *answers.note(question)]
        await answers.show(call.update, blocks, keyboard)

    async def _narrowed(self, query: Query, kind: str, value: str, *, on: bool) -> Query:
        """A query with one filter more or less; raises OldButtonError for a value that means nothing."""
        if kind == "since":
            if value not in _PERIODS:
                raise OldButtonError
            since = self.newsroom.clock() - timedelta(days=int(value)) if on and value != "0" else None
            return replace(query, since=since, until=None)
        if kind == "source":
            outlets = await self.newsroom.store.read(lambda store: store.archive.outlets())
            value = next((name for name in outlets if keys.code_of(kind, name) == value), "")
            return replace(query, sources=_with(query.sources, value, on=on and bool(value)))
        if kind == "place":
            return replace(query, places=_with(query.places, value, on=on and self.newsroom.gazetteer.known(value)))
        if kind == "topic":
            return replace(query, topics=_with(query.topics, value, on=on and value in _TOPICS))
        raise OldButtonError

    async def _facets(self, query: Query) -> Facets:
        return await self.newsroom.store.read(lambda store: store.archive.facets(query, now=self.newsroom.clock()))

    async def _suggest(self, query: Query) -> tuple[Suggestion, ...]:
        return await self.newsroom.store.read(lambda store: store.archive.suggest(query))


async def other_readings(desk: Desk, query: Query, *, zone: str, whole: bool) -> tuple[Suggestion, ...]:
    """The query with its words read as places, pairs, topics and times, where that finds something, the best first.

    If `whole`, no word that means something is left out.
    """
    newsroom, now = desk.newsroom, desk.newsroom.clock()
    proposals = lifted(query, Reading(gazetteer=newsroom.gazetteer, now=now, zone=zone), whole=whole)

    def count(store: Store) -> tuple[Suggestion, ...]:
        found: list[Suggestion] = []
        for proposal in proposals:
            counted = store.archive.facets(proposal, now=now, deadline=_LIFTING_SECONDS)
            if counted.total:
                found.append(Suggestion(query=proposal, kind="lifted", total=counted.total, more=counted.more))
            if len(found) == _LIFTED:
                break
        return tuple(found)

    return await newsroom.store.read(count) if proposals else ()


def _with(chosen: tuple[str, ...], value: str, *, on: bool) -> tuple[str, ...]:
    """The chosen ones with a value or without it."""
    others = tuple(one for one in chosen if one != value)
    return (*others, value) if on else others
