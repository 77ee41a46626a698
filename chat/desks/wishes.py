"""What a line wishes for: topics, places, pairs and words, by buttons or by writing them."""

from collections.abc import Sequence
from dataclasses import replace

from chat import answers
from chat.desk import Call, Desk, command, press
from chat.desks.settings import show_settings, shown
from chat.errors import OldButtonError
from chat.keyboards import wishes as keys
from chat.reception import Subscriber
from digest.asked import MOST_NAMES, AskedPlaces, read_list, read_pair, read_places, read_words
from digest.asking import topic_named
from digest.browse import Shelf, shelf
from digest.model import Topic
from digest.model import Wishes as Wish
from digest.readers import Chat, Line
from digest.text import fold
from render import screens
from render.blocks import Block
from render.help_view import too_many_blocks
from render.settings_view import words_blocks
from storage.store import Store

#: Of places that nobody knows so many are said back, each so long at most.
_NAMES_SAID_BACK, _LONGEST_NAME = 5, 40
#: More words on either side nobody oversees.
MOST_WORDS = 12
_TOPICS = tuple(topic.value for topic in Topic)
_TWO = 2


class Wishes(Desk):
    """Choosing topics, places, pairs and words."""

    @command("topics", changes=True, act="topics")
    @press("topics", changes=True)
    async def topics(self, call: Call) -> None:
        """Choose topics; a button with "all" wishes for every topic."""
        who = call.subscriber
        if call.args == ("all",):
            who = await self.reception.change_wishes(who, lambda now: replace(now, topics=frozenset()))
        if call.text:
            await self._add_topics(call)
            return
        names = self.newsroom.names
        blocks = screens.topics_blocks(who.line.wishes, words=who.words, names=names)
        await answers.show(call.update, blocks, keys.topics(who, names=names))

    async def _add_topics(self, call: Call) -> None:
        """Add the topics whose names were written, "ngo, khí hậu"; what is none is said back."""
        who, named, unknown = call.subscriber, set[str](), list[str]()
        for part in read_list(call.text)[:MOST_NAMES]:  # there are ten topics
            found = topic_named(part, nearly=True)
            named.update(found or ())
            if not found:
                unknown.append(part)
        if named:
            who = await self.reception.change_wishes(who, lambda now: replace(now, topics=now.topics | named))
        names, t = self.newsroom.names, who.words.t
        blocks = screens.topics_blocks(who.line.wishes, words=who.words, names=names)
        if unknown:
            blocks += answers.note(t("I know no topic called {names}; choose below.", names=_said_back(unknown)))
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
        who, asked = call.subscriber, AskedPlaces(frozenset(), frozenset())
        if call.args == ("all",):
            who = await self.reception.change_wishes(
                who, lambda now: replace(now, places=frozenset(), pairs=frozenset())
            )
        if call.text:
            asked = read_places(call.text, self.newsroom.gazetteer, choosing=True)
            if asked.places or asked.pairs:
                who = await self.reception.change_wishes(
                    who, lambda now: replace(now, places=now.places | asked.places, pairs=now.pairs | asked.pairs)
                )
        key = asked.shelves[0] if len(asked.shelves) == 1 and not (asked.near or asked.unknown) else ""
        if found := shelf(key, self.newsroom.gazetteer, language=who.words.language):
            await self._show_shelf(call.by(who), found, notes=self._became(asked, who))
            return
        await self._show_places(call.by(who), asked)

    async def _show_places(self, call: Call, asked: AskedPlaces) -> None:
        """The places that are chosen; and what was not understood, with what it may mean."""
        who, t = call.subscriber, call.words.t
        names, gazetteer = self.newsroom.names, self.newsroom.gazetteer
        blocks = screens.places_blocks(who.line.wishes, words=who.words, names=names)
        blocks += self._whole_country(who) + self._became(asked, who)
        if asked.unknown:
            typed = _said_back(asked.unknown)
            sorry = t("I do not know this place: {names}. Try another spelling, or choose below.", names=typed)
            blocks += answers.note(sorry)
        if asked.more:
            blocks += too_many_blocks(MOST_NAMES, who.words)
        keyboard = keys.places(who, gazetteer=gazetteer, names=names)
        shared = [name for name, _ in asked.near if gazetteer.several(name)]
        if shared:
            blocks += answers.note(t("More than one country is called so: {names}. Which?", names=_said_back(shared)))
        if slips := [name for name, _ in asked.near if name not in shared]:
            typed = _said_back(slips)
            blocks += answers.note(t("Not quite a name that I know: {names}. Did you mean one of these?", names=typed))
        if asked.shelves:
            blocks += answers.note(t("Tap a region or a group of countries to choose in it."))
        if asked.near or asked.shelves:
            codes = list(dict.fromkeys(code for _, codes in asked.near for code in codes))
            keyboard = keys.meant(who, codes, asked.shelves, gazetteer=gazetteer)
        await answers.show(call.update, blocks, keyboard)

    def _became(self, asked: AskedPlaces, who: Subscriber) -> list[Block]:
        """Remarks on former provinces: where each lies now."""
        blocks, names = list[Block](), self.newsroom.names
        for name, codes in asked.became[:_NAMES_SAID_BACK]:
            now = ", ".join(names.place(code, who.words.language) for code in codes)
            blocks += answers.note(who.words.t("{name} is now in {places}.", name=name[:_LONGEST_NAME], places=now))
        return blocks

    def _whole_country(self, who: Subscriber) -> list[Block]:
        """A remark where provinces are chosen beside the whole of their country."""
        places, gazetteer = who.line.wishes.places, self.newsroom.gazetteer
        whole = sorted({country for code in places if (country := gazetteer.parent(code)) in places and country})
        return [screens.whole_country(self.newsroom.names.place(code, who.words.language), who.words) for code in whole]

    @press("place", changes=True)
    async def place(self, call: Call) -> None:
        """Add a place or take it out, and stay on the screen it was pressed on."""
        code, on = call.arg(0), call.on(1)
        if not self.newsroom.gazetteer.known(code):
            raise OldButtonError
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, places=now.places | {code} if on else now.places - {code})
        )
        await self._stay(call.by(who), call.args[_TWO:])

    @press("pair", changes=True)
    async def pair_pressed(self, call: Call) -> None:
        """Add a pair of countries or take it out."""
        pair, on = call.arg(0), call.on(1)
        countries = pair.split("-")
        known = [code for code in countries if self.newsroom.gazetteer.known(code)]
        if len(known) != _TWO or known != sorted(set(countries)):
            raise OldButtonError
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, pairs=now.pairs | {pair} if on else now.pairs - {pair})
        )
        await self._stay(call.by(who), call.args[_TWO:])

    async def _stay(self, call: Call, screen: tuple[str, ...]) -> None:
        """Show the screen that a button said it stands on."""
        match screen:
            case ():
                await self.places(Call(call.update, call.subscriber))
            case ("pairs",):
                await self.pairs(Call(call.update, call.subscriber))
            case ("chosen", _):
                await self.chosen(Call(call.update, call.subscriber, args=screen[1:]))
            case _:
                await self.region(Call(call.update, call.subscriber, args=screen))

    @press("chosen", changes=True)
    async def chosen(self, call: Call) -> None:
        """All places and pairs that are chosen, a page at a time."""
        who, page = call.subscriber, call.number(0)
        if not (who.line.wishes.places or who.line.wishes.pairs):
            await self.places(Call(call.update, who))
            return
        names, gazetteer = self.newsroom.names, self.newsroom.gazetteer
        blocks = screens.places_blocks(who.line.wishes, words=who.words, names=names)
        await answers.show(call.update, blocks, keys.chosen(who, page, gazetteer=gazetteer, names=names))

    @press("region", changes=True)
    async def region(self, call: Call) -> None:
        """One shelf of the world: narrower ones, or places, a page at a time."""
        await self._show_shelf(call, self._shelf(call), page=call.number(1))

    @press("shelf", changes=True)
    async def shelf(self, call: Call) -> None:
        """Add all places of a shelf or take them out."""
        found, on = self._shelf(call), call.on(1)
        some = frozenset(found.places)
        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, places=now.places | some if on else now.places - some)
        )
        await self._show_shelf(call.by(who), found)

    def _shelf(self, call: Call) -> Shelf:
        found = shelf(call.arg(0), self.newsroom.gazetteer, language=call.words.language)
        if found is None:
            raise OldButtonError
        return found

    async def _show_shelf(self, call: Call, found: Shelf, *, page: int = 0, notes: Sequence[Block] = ()) -> None:
        who, gazetteer = call.subscriber, self.newsroom.gazetteer
        title = keys.title(found.key, gazetteer, who.words)
        blocks = screens.places_blocks(who.line.wishes, words=who.words, names=self.newsroom.names, title=title)
        if found.key.partition(".")[0] in who.line.wishes.places:
            blocks += self._whole_country(who)
        blocks += notes
        await answers.show(call.update, blocks, keys.region(found, page, who, gazetteer=gazetteer))

    @command("pair", changes=True, act="pairs")
    @press("pairs", changes=True)
    async def pairs(self, call: Call) -> None:
        """Choose pairs of countries by writing them, and take them out by their buttons."""
        who, near, t = call.subscriber, list[str](), call.words.t
        remark = ""
        if call.text:
            pair, maybe, unknown = read_pair(call.text, self.newsroom.gazetteer)
            near = list(maybe)
            if pair in who.line.wishes.pairs:
                remark = t("You follow this pair already. Tap it to take it out.")
            elif pair:
                who = await self.reception.change_wishes(who, lambda now: replace(now, pairs=now.pairs | {pair}))
            elif near:
                remark = t("Not quite names that I know. Did you mean one of these?")
            elif unknown:
                typed = _said_back(unknown)
                remark = t("I know no country called {names}. Write for example: /pair vn la", names=typed)
            else:
                remark = t("I need two countries. Write for example: /pair vn la")
        names = self.newsroom.names
        blocks = screens.pairs_blocks(who.line.wishes, words=who.words, names=names)
        blocks += answers.note(remark) if remark else []
        await answers.show(call.update, blocks, keys.pairs(who, near, names=names))

    @command("words", changes=True, act="words")
    @press("words", changes=True)
    async def words(self, call: Call) -> None:
        """Choose words that bring stories in or keep them out, by writing them."""
        await self._add_words(call, *read_words(call.text))

    @press("unwanted", changes=True)
    async def unwanted(self, call: Call) -> None:
        """Choose words that keep stories out."""
        wanted, unwanted = read_words(call.text)
        await self._add_words(call, (), (*wanted, *unwanted))

    async def _add_words(self, call: Call, wanted: Sequence[str], unwanted: Sequence[str]) -> None:
        who, t, full = call.subscriber, call.words.t, list[bool]()

        def wish(now: Wish) -> Wish:
            # A word changes sides; among its own it keeps its place.
            ours = _with(_without(now.wanted, unwanted), wanted)
            others = _with(_without(now.unwanted, wanted), unwanted)
            full.append(max(len(ours), len(others)) > MOST_WORDS)
            return replace(now, wanted=ours[:MOST_WORDS], unwanted=others[:MOST_WORDS])

        if wanted or unwanted:
            who = await self.reception.change_wishes(who, wish)
        blocks = words_blocks(await shown(self, who))
        if any(full):
            blocks += answers.note(t("At most {n} words on either side. Tap one to take it out.", n=MOST_WORDS))
        elif call.text and not (wanted or unwanted):
            blocks += answers.note(t("There is no word in that. Write for example: /words friendship, -football"))
        await answers.show(call.update, blocks, keys.wished_words(who))

    @press("word", changes=True)
    async def word(self, call: Call) -> None:
        """Take a word out."""
        key, on = call.arg(0), call.on(1)
        if on:
            raise OldButtonError

        def kept(some: Sequence[str]) -> tuple[str, ...]:
            return tuple(word for word in some if keys.word_key(word) != key)

        who = await self.reception.change_wishes(
            call.reader, lambda now: replace(now, wanted=kept(now.wanted), unwanted=kept(now.unwanted))
        )
        await self.words(Call(call.update, who))

    @press("fewer", changes=True)
    async def fewer(self, call: Call) -> None:
        """What the reader wants less of; with a key, take that back."""
        who = call.subscriber
        if call.args:
            key = call.arg(0)

            def take_back(store: Store, chat: Chat, line: Line) -> None:
                store.readers.set_less(chat.id, {one for one in line.wishes.less if keys.word_key(one) != key})

            who = await self.reception.change(who, take_back)
        if not who.line.wishes.less:
            await show_settings(self, call.by(who))
            return
        labels = [(one, self._label(one, who)) for one in sorted(who.line.wishes.less)]
        hint = who.words.t("You want less of these: they rank lower and are never left out. Tap one to take that back.")
        await answers.show(call.update, answers.note(hint), keys.fewer(who, labels))

    def _label(self, one: str, who: Subscriber) -> str:
        """A topic's, a place's or an outlet's name."""
        if one in _TOPICS:
            return self.newsroom.names.topic(one, who.words.language, short=True)
        return self.newsroom.names.place(one, who.words.language) if self.newsroom.gazetteer.known(one) else one


def _said_back(names: Sequence[str]) -> str:
    return ", ".join(name[:_LONGEST_NAME] for name in names[:_NAMES_SAID_BACK])


def _with(some: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple({fold(word): word for word in (*more, *some)}[key] for key in dict.fromkeys(map(fold, (*some, *more))))


def _without(some: Sequence[str], gone: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in some if fold(word) not in {fold(each) for each in gone})
