"""What a line wishes for: topics, places and pairs, by buttons or by writing their names."""

from dataclasses import replace

from chat import answers
from chat.errors import OldButtonError
from chat.keyboards import wishes as keys
from chat.switchboard import Call, Desk, command, press
from digest.asked import read_places
from digest.model import Topic
from render import screens

#: Of places that nobody knows so many are said back, each so long at most.
_NAMES_SAID_BACK, _LONGEST_NAME = 5, 40
_TOPICS = tuple(topic.value for topic in Topic)
_TWO = 2


class Wishes(Desk):
    """Choosing topics and places."""

    @command("topics", changes=True, act="topics")
    @press("topics", changes=True)
    async def topics(self, call: Call) -> None:
        """Choose topics; a button with "all" wishes for every topic."""
        who = call.subscriber
        if call.args == ("all",):
            who = await self.reception.change_wishes(who, lambda now: replace(now, topics=frozenset()))
        names = self.newsroom.names
        blocks = screens.topics_blocks(who.line.wishes, words=who.words, names=names)
        await answers.show(call.update, blocks, keys.topics(who, names=names))

    @press("topic", changes=True)
    async def topic(self, call: Call) -> None:
        """Add a topic or take it out."""
        topic, on = call.one_of(_TOPICS, 0), call.on(1)
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, topics=now.topics | {topic} if on else now.topics - {topic})
        )
        await self.topics(Call(call.update, who))

    @command("places", changes=True, act="places")
    @press("places", changes=True)
    async def places(self, call: Call) -> None:
        """Choose places, by buttons or by writing their names; a button with "all" wishes for everywhere."""
        who, unknown = call.subscriber, list[str]()
        if call.args == ("all",):
            who = await self.reception.change_wishes(
                who, lambda now: replace(now, places=frozenset(), pairs=frozenset())
            )
        if call.text:
            asked = read_places(call.text, self.newsroom.gazetteer)
            unknown = [name[:_LONGEST_NAME] for name in asked.unknown[:_NAMES_SAID_BACK]]
            who = await self.reception.change_wishes(
                who, lambda now: replace(now, places=now.places | asked.places, pairs=now.pairs | asked.pairs)
            )
        names = self.newsroom.names
        blocks = screens.places_blocks(who.line.wishes, words=who.words, names=names)
        if unknown:
            blocks += answers.note(who.words.t("I do not know this place: {names}", names=", ".join(unknown)))
        await answers.show(call.update, blocks, keys.places(who, gazetteer=self.newsroom.gazetteer, names=names))

    @press("place", changes=True)
    async def place(self, call: Call) -> None:
        """Add a place or take it out, and stay on the screen it was pressed on."""
        code, on = call.arg(0), call.on(1)
        if not self.newsroom.gazetteer.known(code):
            raise OldButtonError
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, places=now.places | {code} if on else now.places - {code})
        )
        if len(call.args) > _TWO:
            await self.region(Call(call.update, who, args=call.args[_TWO:]))
        else:
            await self.places(Call(call.update, who))

    @press("pair", changes=True)
    async def pair(self, call: Call) -> None:
        """Add a pair of countries or take it out."""
        pair, on = call.arg(0), call.on(1)
        countries = pair.split("-")
        known = [code for code in countries if self.newsroom.gazetteer.known(code)]
        if len(known) != _TWO or known != sorted(set(countries)):
            raise OldButtonError
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, pairs=now.pairs | {pair} if on else now.pairs - {pair})
        )
        await self.places(Call(call.update, who))

    @press("region", changes=True)
    async def region(self, call: Call) -> None:
        """The places of one region, a page at a time."""
        name, page, gazetteer = call.arg(0), call.number(1), self.newsroom.gazetteer
        if not keys.places_in(gazetteer, name):
            raise OldButtonError
        who = call.subscriber
        title = keys.region_name(name, gazetteer, who.words)
        blocks = screens.places_blocks(who.line.wishes, words=who.words, names=self.newsroom.names, title=title)
        await answers.show(call.update, blocks, keys.region(name, page, who, gazetteer=gazetteer))
