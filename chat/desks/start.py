"""The first minute: hello, a ready-made choice or one's own, subscribed; links that ask for something; and goodbye."""

import re
from collections.abc import Awaitable, Callable

from chat import answers
from chat.desk import Call, Desk, Toast, command, press
from chat.desks.asking import Asking
from chat.desks.help import Help
from chat.desks.lines import add_line
from chat.desks.owndata import OwnData
from chat.desks.reading import Reading, first_digest, open_page
from chat.desks.rooms import remind, show_room
from chat.desks.saved import Saved
from chat.desks.settings import show_settings, show_subscription, shown
from chat.desks.stories import open_story
from chat.errors import OldButtonError
from chat.keyboards import lines as line_keys
from chat.keyboards import start as keys
from chat.keyboards.shared import back
from chat.reception import where
from digest.asked import Asked, read_link, read_places, read_short, short
from digest.browse import shelf
from digest.model import Wishes
from digest.presets import home_country, load_presets
from digest.readers import MOST_LINES, ChatState
from render import screens
from render.rooms_view import arrived_blocks
from render.settings_view import before_blocks, next_sentence
from render.words import LANGUAGES, load_words

#: Links to the same digest or search in private, from a group, and to a story, from wherever it was shared.
_PAGE, _SEARCH, _STORY = "page_", "found_", re.compile(r"story_([0-9]{1,12})")


class Start(Desk):
    """Subscribing and leaving."""

    @command("start", changes=True)
    async def start(self, call: Call) -> None:
        """Say hello; to a subscriber, show what is set; to who comes by a link, offer what it asks for."""
        who = call.subscriber
        if who.chat.state is ChatState.REFUSED:
            who = await self.reception.change(who, lambda store, chat, line: self.reception.wake(store, chat, line.id))
        asked = read_link(call.text, self.newsroom.gazetteer) if call.text else None
        if await self._opened(call.by(who)):
            return
        if asked:
            await self._offer(call.by(who), asked)
        elif who.chat.state in (ChatState.ACTIVE, ChatState.PAUSED):
            await show_settings(self, call.by(who))
        else:
            await self._hello(call.by(who))
        if who.private and not call.text:
            await remind(self, call.by(who))

    async def _opened(self, call: Call) -> bool:
        """Open what a link from a group, or a shared story, leads to; False for any other link, and in groups."""
        if not call.reader.private:
            return False
        open_screen: dict[str, Callable[[Call], Awaitable[object]]] = {
            "help": Help(self.reception).help,
            "saved": Saved(self.reception).saved,
            "latest": Reading(self.reception).latest,
            "privacy": OwnData(self.reception).privacy,
        }
        if call.text in open_screen:
            await open_screen[call.text](call)
        elif call.text.startswith(_PAGE):
            await open_page(self, call, call.text.removeprefix(_PAGE))
        elif call.text.startswith(_SEARCH):
            await Asking(self.reception).open(call, call.text)
        elif shared := _STORY.fullmatch(call.text):
            await open_story(self, call, int(shared[1]))
        else:
            return False
        return True

    async def _hello(self, call: Call) -> None:
        who = call.subscriber
        lines = await self.newsroom.store.read(lambda store: store.lines.of(who.chat_id))
        before = [line for line in lines if not (line.paused or line.wishes.everything)]
        blocks = screens.welcome_blocks(who.words)
        if not who.private:
            forum = bool(call.update.effective_chat and call.update.effective_chat.is_forum)
            blocks = arrived_blocks(who.words, forum=forum, kept=False)
        if before:
            blocks += before_blocks(before, words=who.words, names=self.newsroom.names)
        await answers.show(call.update, blocks, keys.welcome(who, load_presets(), before=bool(before)))

    @press("hello", changes=True)
    async def hello(self, call: Call) -> None:
        """The first message, in this language."""
        words = load_words(call.one_of(LANGUAGES, 0))
        who = await self.reception.change(
            call.reader, lambda store, chat, _: store.readers.set_language(chat.id, words.language)
        )
        await self._hello(call.by(who))

    @press("preset", changes=True)
    async def preset(self, call: Call) -> Toast:
        """Subscribe to a ready-made choice."""
        presets = {preset.id: preset for preset in load_presets()}
        preset = presets[call.one_of(tuple(presets), 0)]
        return await self._choose(call, Asked(topics=preset.topics, places=preset.places))

    async def _choose(self, call: Call, asked: Asked) -> Toast:
        """What somebody new chose becomes their digest; who has one already is asked first what to do with it."""
        if call.subscriber.chat.state not in (ChatState.ACTIVE, ChatState.PAUSED):
            await self._begin(call, wish=asked.over)
        elif asked == Asked():
            await show_settings(self, call)
            return call.words.t("You are subscribed already; here you can change it.")
        else:
            await self._offer(call, asked)
        return None

    @press("city", changes=True)
    async def city(self, call: Call) -> Toast:
        """Subscribe to one's province or city: found by its region, or by writing its name."""
        who, gazetteer = call.subscriber, self.newsroom.gazetteer
        if call.text:
            asked = read_places(call.text, gazetteer)
            if len(asked.places) == 1 and not asked.near:
                return await self._choose(call, Asked(places=asked.places))
            await self._which_city(call, [*sorted(asked.places), *(code for _, near in asked.near for code in near)])
            return None
        key = call.args[0] if call.args else home_country()
        if call.args and gazetteer.parent(key) and gazetteer.known(key):
            return await self._choose(call, Asked(places=frozenset({key})))
        found = shelf(key, gazetteer, language=who.words.language)
        if found is None or key.partition(".")[0] != home_country():
            raise OldButtonError
        await answers.show(call.update, screens.city_blocks(who.words), keys.city(who, found, gazetteer=gazetteer))
        return None

    async def _which_city(self, call: Call, codes: list[str]) -> None:
        t = call.words.t
        hint = t("Which one do you mean?") if codes else t("I do not know that place. Try another spelling.")
        keyboard = keys.cities(call.subscriber, list(dict.fromkeys(codes))[:6], gazetteer=self.newsroom.gazetteer)
        await answers.show(call.update, answers.note(hint), keyboard)

    @press("subscribe", changes=True)
    async def subscribe(self, call: Call) -> None:
        """Subscribe to what was chosen, and give today's digest at once."""
        await self._begin(call)

    @press("again", changes=True)
    async def again(self, call: Call) -> None:
        """Go on with everything as it was before /stop."""
        await self._begin(call, again=True)

    async def _begin(self, call: Call, *, wish: Callable[[Wishes], Wishes] | None = None, again: bool = False) -> None:
        who, new = await self.reception.subscribe(call.reader, wish=wish, again=again)
        if not new:
            await show_settings(self, call.by(who))
            return
        if where(call.update)[0] != who.chat_id:  # the digest of a channel is not for its admin's private chat
            await show_room(self, call.by(who))
            return
        following = next_sentence(await shown(self, who), who.line)
        blocks = screens.subscribed_blocks(who.line, following, words=who.words, names=self.newsroom.names)
        await answers.show(call.update, blocks, back(who.line.id, who.words))
        await first_digest(self, call.by(who))

    async def _offer(self, call: Call, asked: Asked) -> None:
        """Offer what a link asks for: to somebody new as their digest, else beside what they have."""
        who, names = call.subscriber, self.newsroom.names
        code, line = short(asked), who.line
        if who.chat.state is ChatState.STOPPED:
            blocks = screens.follow_blocks(asked.over(line.wishes), words=who.words, names=names)
            await answers.show(call.update, blocks, line_keys.follow(line.id, code, who.words))
            return
        into = [one for one in who.lines if not one.wishes.query and asked.added_to(one.wishes) != one.wishes]
        blocks = screens.follow_more_blocks(asked.over(line.wishes), words=who.words, names=names, covered=not into)
        keyboard = line_keys.follow_more(who, into[:5], code, names=names)
        await answers.show(call.update, blocks, keyboard)

    @press("offer", changes=True)
    async def offer(self, call: Call) -> None:
        """Offer what a link would ask for, beside what the reader has."""
        await self._offer(call, self._asked(call))

    @press("follow", changes=True)
    async def follow(self, call: Call) -> None:
        """Subscribe to just what a link asked for."""
        asked = self._asked(call)
        await self._begin(call, wish=asked.over)

    @press("join", changes=True)
    async def join(self, call: Call) -> None:
        """Add what a link asked for to a digest."""
        asked = self._asked(call)
        who = await self.reception.change_wishes(call.reader, lambda now: asked.added_to(now))
        await show_settings(self, call.by(who))

    @press("apart", changes=True)
    async def apart(self, call: Call) -> str | None:
        """Follow what a link asked for by a subscription of its own, at the same hours as another."""
        asked = self._asked(call)
        who = await add_line(
            self, call.subscriber, asked.over(call.subscriber.line.wishes), call.subscriber.line.cadence
        )
        if who is None:
            return call.words.t("You have {n} subscriptions already; remove one first: /lines", n=MOST_LINES)
        await show_subscription(self, call.by(who))
        return None

    def _asked(self, call: Call) -> Asked:
        asked = read_short(call.arg(0), self.newsroom.gazetteer)
        if asked is None:
            raise OldButtonError
        return asked

    @command("stop", changes=True)
    @press("stop", changes=True)
    async def stop(self, call: Call) -> None:
        """Unsubscribe."""
        await self.reception.set_state(call.reader, ChatState.STOPPED)
        goodbye = call.words.t("You are unsubscribed; no more digests will come. /start brings you back.")
        await answers.show(call.update, answers.note(goodbye))
