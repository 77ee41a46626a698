"""Asking later: a search of everything past, narrowed by buttons, kept as an alert."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from chat import answers
from chat.callback import pack
from chat.errors import OldButtonError
from chat.keyboards import asking as keys
from chat.reception import Reader, zone_of
from chat.switchboard import Call, Desk, Toast, admins_only, command, press
from digest.asking import read_query, write_query
from digest.model import Topic, Wishes
from digest.query import Facets, Query, Suggestion, Understood
from digest.readers import Cadence, ChatState, Line
from render.blocks import Block, Heading, Span
from render.search_view import query_row, search_blocks
from storage.store import Store

#: Results on one page of a search.
PAGE = 5
#: Longer questions are cut: Telegram messages hold 4,096 characters, no question needs them.
_LONGEST_QUERY = 200
#: Messages a day of an alert that comes at once.
ALERT_CAP = 5
#: Lines of one chat, alerts among them.
MOST_LINES = 20
_PERIODS = ("0", "1", "7", "30")
_TOPICS = tuple(topic.value for topic in Topic)


class Asking(Desk):
    """Searching past news."""

    @command("search")
    async def search(self, call: Call) -> None:
        """Past items, newest first; without words it asks for some."""
        if not call.text:
            await self.look(call)
            return
        search_id = await self._keep(call.reader, call.text)
        await self._show(call, call.text[:_LONGEST_QUERY], search_id, 0)

    @press("look")
    async def look(self, call: Call) -> None:
        """Ask what to look for; the answer is a search."""
        if call.text:
            await self.search(call)
            return
        t = call.words.t
        question = t("What shall I look for? For example: lao consul · place:laos aid · “friendship union” -football")
        asked = await answers.ask(call.update, question, placeholder=t("lao consul"))
        now = self.newsroom.clock()
        await self.newsroom.store.run(
            lambda store: store.memory.ask(call.reader.chat_id, asked.message_id, pack("look"), now=now)
        )

    @press("found")
    async def found(self, call: Call) -> None:
        """Another page of a search."""
        search_id, offset = call.number(0), call.number(1)
        await self._show(call, await self._kept(call, search_id), search_id, offset)

    @press("filters")
    async def filters(self, call: Call) -> None:
        """What the results could be narrowed to."""
        search_id = call.number(0)
        await self._filters(call, await self._kept(call, search_id), search_id)

    @press("narrow")
    async def narrow(self, call: Call) -> None:
        """Set a filter or take it off; the results of that."""
        search_id, kind, value, on = call.number(0), call.arg(1), call.arg(2), call.on(3)
        asked = await self._read(call, await self._kept(call, search_id))
        query = await self._narrowed(asked.query, kind, value, on=on)
        text = write_query(query, zone=zone_of(self.newsroom, call.reader))
        await self._show(call, text, await self._keep(call.reader, text), 0)

    @press("retry")
    async def retry(self, call: Call) -> None:
        """What was suggested instead."""
        search_id, number = call.number(0), call.number(1)
        asked = await self._read(call, await self._kept(call, search_id))
        suggestions = await self._suggest(asked.query)
        if number >= len(suggestions):
            raise OldButtonError
        text = write_query(suggestions[number].query, zone=zone_of(self.newsroom, call.reader))
        await self._show(call, text, await self._keep(call.reader, text), 0)

    @press("alert")
    async def alert(self, call: Call) -> Toast:
        """Ask how an alert shall come."""
        search_id = call.number(0)
        if not await self.reception.may_configure(call.update, call.reader.chat_id):
            return admins_only(call.words)
        row = self._row(call, _for_ever((await self._read(call, await self._kept(call, search_id))).query))
        if not row:
            return call.words.t("This search names nothing to watch for.")
        question = call.words.t("Tell you of what is new for: {query}?", query=row)
        await answers.show(call.update, answers.note(question), keys.alert(search_id, self._hour(call), call.words))
        return None

    @press("watch")
    async def watch(self, call: Call) -> Toast:
        """Make a search a subscription of its own."""
        search_id, at_once = call.number(0), call.one_of(("now", "day"), 1) == "now"
        reader, t = call.reader, call.words.t
        if not await self.reception.may_configure(call.update, reader.chat_id):
            return admins_only(call.words)
        query = _for_ever((await self._read(call, await self._kept(call, search_id))).query)
        row, text = self._row(call, query), write_query(query, zone=zone_of(self.newsroom, reader))
        if not row:
            return t("This search names nothing to watch for.")
        cadence = Cadence(cap=ALERT_CAP) if at_once else self._daily(reader)
        line = await self._watch(reader, text, cadence)
        if line is None:
            return t("You have {n} subscriptions already; remove one first: /lines", n=MOST_LINES)
        when = t("at once") if at_once else t("every day at {hour}", hour=self._hour(call))
        sentence = t("I keep watch: {query} · {when}.", query=row, when=when)
        await answers.show(call.update, answers.note(sentence), keys.watching(line.id, call.words))
        return None

    async def _watch(self, reader: Reader, text: str, cadence: Cadence) -> Line | None:
        """The line of an alert, made once; None where there are too many."""
        now = self.newsroom.clock()
        wishes = Wishes(query=text, language=reader.wishes.language)

        def work(store: Store) -> Line | None:
            with store.transaction():
                chat, line = self.reception.enrolled(store, reader)
                if chat.state is not ChatState.ACTIVE:
                    # Who only wants this alert did not ask for the daily digest.
                    for one in store.lines.of(chat.id):
                        store.lines.set_paused(one.id, True, now=now)
                    store.readers.set_state(chat.id, ChatState.ACTIVE, now=now)
                lines = store.lines.of(chat.id)
                same = next((one for one in lines if one.wishes == wishes and one.thread_id == line.thread_id), None)
                if same is not None:
                    return store.lines.set_cadence(same.id, cadence, now=now)
                if len(lines) >= MOST_LINES:
                    return None
                return store.lines.add(chat.id, reader.thread_id, wishes, cadence, now=now)

        return await self.newsroom.store.run(work)

    async def _show(self, call: Call, text: str, search_id: int, offset: int) -> None:
        """One page of results, or what to try instead."""
        asked = await self._read(call, text)
        query = replace(asked.query, limit=PAGE, offset=offset)
        hits = await self.newsroom.search(query)
        words, names = call.words, self.newsroom.names
        zone, now = zone_of(self.newsroom, call.reader), self.newsroom.clock()
        facets, suggestions = None, tuple[Suggestion, ...]()
        if hits.hits or offset:
            facets = await self._facets(query)
            keyboard = keys.results(search_id, hits, size=PAGE, words=words)
        else:
            suggestions = await self._suggest(query)
            keyboard = keys.instead(search_id, suggestions, words=words, names=names, zone=zone, now=now)
        blocks = search_blocks(
            hits,
            words=words,
            names=names,
            zone=zone,
            now=now,
            remarks=asked.remarks,
            facets=facets,
            suggestions=suggestions,
        )
        await answers.show(call.update, blocks, keyboard)

    async def _filters(self, call: Call, text: str, search_id: int) -> None:
        asked = await self._read(call, text)
        names = self.newsroom.names
        facets = await self._facets(asked.query)
        question = call.words.t("Narrow it to:")
        keyboard = keys.filters(search_id, asked.query, facets, words=call.words, names=names)
        row = self._row(call, asked.query)
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

    async def _read(self, call: Call, text: str) -> Understood:
        outlets = await self.newsroom.store.read(lambda store: store.archive.outlets())
        return read_query(
            text,
            gazetteer=self.newsroom.gazetteer,
            now=self.newsroom.clock(),
            zone=zone_of(self.newsroom, call.reader),
            outlets=outlets,
        )

    async def _facets(self, query: Query) -> Facets:
        return await self.newsroom.store.read(lambda store: store.archive.facets(query, now=self.newsroom.clock()))

    async def _suggest(self, query: Query) -> tuple[Suggestion, ...]:
        return await self.newsroom.store.read(lambda store: store.archive.suggest(query))

    async def _keep(self, reader: Reader, text: str) -> int:
        """The number that a search is kept under; the same one for the same search of a chat."""
        kept, now = text[:_LONGEST_QUERY], self.newsroom.clock()
        return await self.newsroom.store.run(lambda store: store.memory.keep_search(reader.chat_id, kept, now=now))

    async def _kept(self, call: Call, search_id: int) -> str:
        text = await self.newsroom.store.read(lambda store: store.memory.kept_search(call.reader.chat_id, search_id))
        if text is None:
            raise OldButtonError
        return text

    def _row(self, call: Call, query: Query) -> str:
        word = partial(query_row, words=call.words, names=self.newsroom.names)
        return word(query, zone=zone_of(self.newsroom, call.reader), now=self.newsroom.clock())

    def _daily(self, reader: Reader) -> Cadence:
        """The hours of the reader's digest, or the operator's."""
        hours = reader.line.cadence.hours if reader.line else ()
        return Cadence(hours=hours or (self.newsroom.settings.delivery_time,))

    def _hour(self, call: Call) -> str:
        return ", ".join(f"{at:%H:%M}" for at in self._daily(call.reader).hours)


def _for_ever(query: Query) -> Query:
    """A query without its window: an alert looks ahead."""
    return replace(query, since=None, until=None, offset=0)


def _with(chosen: tuple[str, ...], value: str, *, on: bool) -> tuple[str, ...]:
    """The chosen ones with a value or without it."""
    others = tuple(one for one in chosen if one != value)
    return (*others, value) if on else others
