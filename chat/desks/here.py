"""Binding subscriptions to forum topics and groups: /here."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chat import answers
from chat.desk import Call, Desk, admins_only, command, press
from chat.keyboards import rooms as keys
from chat.keyboards.shared import back
from chat.reception import where
from digest.asked import MOST_NAMES, Asked, read_list, read_places
from digest.asking import topic_named
from digest.model import Wishes
from digest.places import Gazetteer
from digest.readers import MOST_LINES, Cadence, Chat, ChatState, Line
from render.help_view import too_many_blocks
from render.rooms_view import here_blocks, not_known
from storage.store import Store

#: Of what was not understood so much is told back.
_SAID_BACK, _LONGEST_NAME = 5, 40


class Here(Desk):
    """Letting digests come to a place."""

    @command("here")
    async def here(self, call: Call) -> None:
        """Let digests come to this forum topic, or this group: one that there is, or a new one."""
        t = call.words.t
        if call.reader.private:
            hint = t("/here is for groups: written in a forum topic, it lets digests come there. See also /channels.")
            await answers.show(call.update, answers.note(hint))
            return
        if not await self.reception.may_configure(call.update, call.reader.chat_id):
            await answers.show(call.update, answers.note(admins_only(call.words)))
            return
        lines = await self.newsroom.store.read(lambda store: store.lines.of(call.reader.chat_id))
        names = self.newsroom.names
        if call.text:
            await self._begin(call, lines)
        elif len(lines) > 1:
            question = t("Which of your subscriptions shall come here?")
            await answers.show(call.update, answers.note(question), keys.here(lines, names=names, words=call.words))
        else:
            who = await self.reception.enrol(replace(call.reader, line=next(iter(lines), None)))
            await self._bind(call.by(who))

    @press("here", changes=True)
    async def bind(self, call: Call) -> None:
        """Let this line come to where the button stands."""
        await self._bind(call)

    async def _bind(self, call: Call) -> None:
        chat_id, _, thread = where(call.update)
        now, who = self.newsroom.clock(), call.subscriber
        if chat_id != who.chat_id:
            return

        def job(store: Store, chat: Chat, line: Line) -> None:
            store.lines.move(line.id, thread)
            if line.paused:
                store.lines.set_paused(line.id, False, now=now)
            # Thrown out and asked back: nobody need subscribe again. Who stopped it has to say so.
            if chat.state is ChatState.REFUSED:
                self.reception.wake(store, chat, line.id)

        who = await self.reception.change(replace(who, thread_id=thread), job)
        await self._confirm(call.by(who), who.line.id)

    async def _begin(self, call: Call, lines: Sequence[Line]) -> None:
        """Begin a line for this place, about what was written."""
        asked, unknown = read_asked(call.text, self.newsroom.gazetteer)
        too_many = too_many_blocks(MOST_NAMES, call.words) if len(read_list(call.text)) > MOST_NAMES else []
        if asked == Asked():
            hint = call.words.t("Write topics and places, for example: /here Laos, climate")
            await answers.show(
                call.update, [*([not_known(unknown, call.words)] if unknown else []), *too_many, *answers.note(hint)]
            )
            return
        if len(lines) >= MOST_LINES:
            full = call.words.t("This group already has {n} subscriptions; remove one first: /lines", n=len(lines))
            await answers.show(call.update, answers.note(full))
            return
        thread, now = where(call.update)[2], self.newsroom.clock()
        wishes = asked.over(call.reader.wishes)
        made = list[int]()

        def job(store: Store, chat: Chat, line: Line) -> None:
            made.append(_placed(store, chat, line, thread, wishes, now=now))
            self.reception.wake(store, chat, made[0])

        who = await self.reception.change(call.reader, job)
        await self._confirm(call.by(who), made[0], unknown)
        if too_many:
            await answers.show(call.update, too_many)

    async def _confirm(self, call: Call, line_id: int, unknown: Sequence[str] = ()) -> None:
        line = await self.newsroom.store.read(lambda store: store.lines.get(line_id))
        if line is None:
            return
        who, names = call.subscriber, self.newsroom.names
        blocks = here_blocks(line, topic=bool(line.thread_id), unknown=unknown, words=who.words, names=names)
        if who.active:
            await answers.show(call.update, blocks, back(line.id, who.words))
            return
        who = replace(who, line=line)
        if who.chat.state is ChatState.STOPPED:
            blocks += answers.note(who.words.t("Nothing comes yet. What shall it be about?"))
            await answers.show(call.update, blocks, keys.arrived(who, kept=False))
        else:
            blocks += answers.note(who.words.t("Digests are paused here; /resume brings them back."))
            await answers.show(call.update, blocks, back(line.id, who.words))


def read_asked(text: str, gazetteer: Gazetteer) -> tuple[Asked, tuple[str, ...]]:
    """Topics, places and pairs in a list with commas, "laos, climate", "lào; khí hậu", and what is none of these.

    Only the first MOST_NAMES are looked at.
    """
    topics, places, pairs, unknown = set[str](), set[str](), set[str](), list[str]()
    for part in read_list(text)[:MOST_NAMES]:
        # No topic is called like a place; what is only like a name is a topic at most, since there are few.
        found = read_places(part, gazetteer)
        if topic := topic_named(part):
            topics.update(topic)
        elif found.places or found.pairs:
            places |= found.places
            pairs |= found.pairs
        elif topic := topic_named(part, nearly=True):
            topics.update(topic)
        else:
            unknown.append(part[:_LONGEST_NAME])
    return Asked(frozenset(topics), frozenset(places), frozenset(pairs)), tuple(unknown[:_SAID_BACK])


def _placed(store: Store, chat: Chat, line: Line, thread: int, wishes: Wishes, *, now: datetime) -> int:
    """The line of these wishes in this forum topic, made if need be; its id.

    The line that was made before anybody chose anything takes them over: else it would bring everything.
    """
    lines = store.lines.of(chat.id)
    same = [one for one in lines if one.thread_id == thread and one.wishes.same_as(wishes)]
    if same:
        store.lines.set_paused(same[0].id, False, now=now)
        return same[0].id
    if chat.state is ChatState.STOPPED and len(lines) == 1 and lines[0].wishes.everything:
        store.lines.set_wishes(lines[0].id, wishes)
        store.lines.move(lines[0].id, thread)
        return lines[0].id
    cadence = Cadence(hours=line.cadence.hours, days=line.cadence.days, cap=line.cadence.cap)
    return store.lines.add(chat.id, thread, wishes, cadence, now=now).id
