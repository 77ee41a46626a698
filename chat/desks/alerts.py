"""Alerts: a search made a subscription of its own, at once or with the daily digest."""

from dataclasses import replace

from chat import answers
from chat.desk import Call, Desk, Toast, admins_only, press
from chat.desks.reading import in_private
from chat.keyboards import asking as keys
from chat.reception import Reader, Reception, zone_of
from chat.searches import Searches
from digest.asking import write_query
from digest.model import Wishes
from digest.query import Query
from digest.readers import MOST_LINES, Cadence, Line
from storage.store import Store

#: Messages a day of an alert that comes at once.
ALERT_CAP = 5


class Alerts(Desk):
    """Setting alerts."""

    def __init__(self, reception: Reception) -> None:
        super().__init__(reception)
        self._searches = Searches(reception.newsroom)

    @press("alert")
    async def alert(self, call: Call) -> Toast:
        """Ask how an alert shall come."""
        if not call.reader.private:
            return in_private(call)
        search_id = call.number(0)
        if not await self.reception.may_configure(call.update, call.reader.chat_id):
            return admins_only(call.words)
        row = self._searches.row(call.reader, await self._query(call, search_id))
        if not row:
            return call.words.t("There is nothing here to alert you to. Search for a word, a topic or a place first.")
        question = call.words.t("Alert you to new stories for: {query}?", query=row)
        await answers.show(call.update, answers.note(question), keys.alert(search_id, self._hour(call), call.words))
        return None

    @press("watch")
    async def watch(self, call: Call) -> Toast:
        """Make a search a subscription of its own."""
        search_id, at_once = call.number(0), call.one_of(("now", "day"), 1) == "now"
        reader, t = call.reader, call.words.t
        if not await self.reception.may_configure(call.update, reader.chat_id):
            return admins_only(call.words)
        query = await self._query(call, search_id)
        row, text = self._searches.row(reader, query), write_query(query, zone=zone_of(self.newsroom, reader))
        if not row:
            return t("There is nothing here to alert you to. Search for a word, a topic or a place first.")
        cadence = Cadence(cap=ALERT_CAP) if at_once else self._daily(reader)
        line = await self._watch(reader, text, cadence)
        if line is None:
            return t("You have {n} subscriptions already; remove one first: /lines", n=MOST_LINES)
        when = t("at once") if at_once else t("every day at {hour}", hour=self._hour(call))
        sentence = t("Alert set: {query} · {when}.", query=row, when=when)
        await answers.show(call.update, answers.note(sentence), keys.watching(line.id, call.words))
        return None

    async def _watch(self, reader: Reader, text: str, cadence: Cadence) -> Line | None:
        """The line of an alert, made once; None where there are too many."""
        now = self.newsroom.clock()
        wishes = Wishes(query=text, language=reader.wishes.language)

        def work(store: Store) -> Line | None:
            with store.transaction():
                chat, line = self.reception.enrolled(store, reader)
                lines = [one for one in store.lines.of(chat.id) if one.thread_id == line.thread_id]
                made = next((one for one in lines if one.wishes.same_as(wishes)), None)
                if made is not None:
                    made = store.lines.set_cadence(made.id, cadence, now=now)
                    store.lines.set_paused(made.id, False, now=now)
                elif len(store.lines.of(chat.id)) >= MOST_LINES:
                    return None
                else:
                    made = store.lines.add(chat.id, reader.thread_id, wishes, cadence, now=now)
                # Who had stopped and only wants this alert did not ask for the daily digest.
                self.reception.wake(store, chat, made.id)
                return store.lines.get(made.id)

        return await self.newsroom.store.run(work)

    async def _query(self, call: Call, search_id: int) -> Query:
        """A kept search without its window: an alert looks ahead."""
        asked = await self._searches.read(call.reader, await self._searches.kept(call.reader, search_id))
        return replace(asked.query, since=None, until=None, offset=0)

    def _daily(self, reader: Reader) -> Cadence:
        """The hours of the reader's digest, or the operator's."""
        hours = reader.line.cadence.hours if reader.line else ()
        return Cadence(hours=hours or (self.newsroom.settings.delivery_time,))

    def _hour(self, call: Call) -> str:
        return ", ".join(f"{at:%H:%M}" for at in self._daily(call.reader).hours)
