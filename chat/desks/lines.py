"""Subscriptions side by side: each with wishes and hours of its own."""

from chat import answers
from chat.desk import Call, Desk, command, press
from chat.desks.settings import show_settings, show_subscription, shown
from chat.keyboards import lines as keys
from chat.keyboards import wishes as wish_keys
from chat.reception import Subscriber
from digest.model import Wishes
from digest.readers import MOST_LINES, Cadence, Chat, Line
from render import screens
from render.settings_view import lines_blocks, remove_blocks
from storage.store import Store


class Lines(Desk):
    """Adding, resting and removing subscriptions."""

    @command("lines", changes=True)
    @press("lines", changes=True)
    async def lines(self, call: Call) -> None:
        """All of them."""
        await self._list(call)

    @press("line", changes=True)
    async def line(self, call: Call) -> None:
        """One of them."""
        await show_subscription(self, call)

    @press("newline", changes=True)
    async def add(self, call: Call) -> str | None:
        """Begin another one. It rests until its reader has chosen; one that nobody has touched yet is taken up."""
        who = call.subscriber
        usual = Cadence(hours=(self.newsroom.settings.delivery_time,))
        blank = Wishes(language=who.chat.language, by=who.line.wishes.by)
        found = await add_line(self, who, blank, usual, rests=True)
        if found is None:
            return who.words.t("You have {n} subscriptions already; remove one first: /lines", n=MOST_LINES)
        names = self.newsroom.names
        blocks = screens.topics_blocks(found.line.wishes, words=found.words, names=names, new=True)
        await answers.show(call.update, blocks, wish_keys.topics(found, names=names))
        return None

    @press("rest", changes=True)
    async def rest(self, call: Call) -> None:
        """Let one subscription rest, or go on."""
        on, now = call.on(0), self.newsroom.clock()
        who = await self.reception.change(
            call.reader, lambda store, _, line: store.lines.set_paused(line.id, on, now=now)
        )
        await show_subscription(self, call.by(who))

    @press("remove", changes=True)
    async def remove(self, call: Call) -> None:
        """Remove one subscription, when the reader has said yes; the last one stays."""
        who, gone, only = call.subscriber, call.args == ("yes",), list[bool]()

        def job(store: Store, chat: Chat, line: Line) -> None:
            only.append(len(store.lines.of(chat.id)) == 1)
            if gone and not only[0]:
                store.lines.remove(line.id)

        who = await self.reception.change(who, job)
        if not only[0] and not gone:
            await answers.show(call.update, remove_blocks(await shown(self, who)), keys.remove(who.line.id, who.words))
        elif only[0]:
            sentence = who.words.t("This is your only subscription. /stop ends it; /pause stops it for a while.")
            await answers.show(call.update, answers.note(sentence), keys.only_one(who.line.id, who.words))
        else:
            await self._list(call.by(who))

    async def _list(self, call: Call) -> None:
        who: Subscriber = call.subscriber
        if len(who.lines) == 1:
            await show_settings(self, call)
            return
        keyboard = keys.lines(who, names=self.newsroom.names)
        await answers.show(call.update, lines_blocks(await shown(self, who)), keyboard)


async def add_line(
    desk: Desk, who: Subscriber, wishes: Wishes, cadence: Cadence, *, rests: bool = False
) -> Subscriber | None:
    """The reader with another line beside theirs; None where they have too many.

    One that wishes for just the same, and one that rests and was never touched, is taken up instead: pressing twice
    does no more than once.
    """
    made, now = list[Line](), desk.newsroom.clock()

    def job(store: Store, chat: Chat, line: Line) -> None:
        beside = store.lines.of(chat.id)
        same = [one for one in beside if one.wishes.same_as(wishes) and one.thread_id == line.thread_id]
        if rests:
            same = [one for one in same if one.paused]
        if not same and len(beside) < MOST_LINES:
            same = [store.lines.add(chat.id, line.thread_id, wishes, cadence, now=now)]
            if rests:
                store.lines.set_paused(same[0].id, True, now=now)
        made.extend(same[:1])

    who = await desk.reception.change(who, job)
    return await desk.reception.at_line(who, made[0].id) if made else None
