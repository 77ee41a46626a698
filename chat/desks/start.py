"""The first minute: hello, a ready-made choice or one's own, subscribed; links that ask for something; and goodbye."""

import re

from chat import answers
from chat.desks.asking import MOST_LINES
from chat.desks.lines import add_line
from chat.desks.reading import first_digest, open_page
from chat.desks.rooms import remind, show_room
from chat.desks.settings import show_settings, show_subscription, shown
from chat.desks.stories import open_story
from chat.errors import OldButtonError
from chat.keyboards import lines as line_keys
from chat.keyboards import start as keys
from chat.keyboards.shared import back
from chat.reception import where
from chat.switchboard import Call, Desk, command, press
from digest.asked import Asked, read_link, read_places, read_short, short
from digest.browse import shelf
from digest.model import Wishes
from digest.presets import home_country, load_presets
from digest.readers import ChatState
from render import screens
from render.settings_view import next_sentence
from render.words import LANGUAGES, load_words

#: Links to the same digest in private, from a group, and to a story, from wherever it was shared.
_PAGE, _STORY = "page_", re.compile(r"story_([0-9]{1,12})")


class Start(Desk):
    """Subscribing and leaving."""

    @command("start", changes=True)
    async def start(self, call: Call) -> None:
        """Say hello; to a subscriber, show what is set; to who comes by a link, offer what it asks for."""
        who = call.subscriber
        if who.chat.state is ChatState.REFUSED:
            who = await self.reception.set_state(who, ChatState.ACTIVE)
        asked = read_link(call.text, self.newsroom.gazetteer) if call.text else None
        if call.text.startswith(_PAGE) and who.private:
            await open_page(self, call.by(who), call.text.removeprefix(_PAGE))
        elif who.private and (shared := _STORY.fullmatch(call.text)):
            await open_story(self, call.by(who), int(shared[1]))
        elif asked:
            await self._offer(call.by(who), asked)
        elif who.chat.state in (ChatState.ACTIVE, ChatState.PAUSED):
            await show_settings(self, call.by(who))
        else:
            await self._hello(call.by(who))
        if who.private and not call.text:
            await remind(self, call.by(who))

    async def _hello(self, call: Call) -> None:
        who = call.subscriber
        await answers.show(call.update, screens.welcome_blocks(who.words), keys.welcome(who, load_presets()))

    @press("hello", changes=True)
    async def hello(self, call: Call) -> None:
        """The first message, in this language."""
        words = load_words(call.one_of(LANGUAGES, 0))
        who = await self.reception.change(
            call.reader, lambda store, chat, _: store.readers.set_language(chat.id, words.language)
        )
        await self._hello(call.by(who))

    @press("preset", changes=True)
    async def preset(self, call: Call) -> None:
        """Subscribe to a ready-made choice."""
        presets = {preset.id: preset for preset in load_presets()}
        wishes = presets[call.one_of(tuple(presets), 0)].wishes(call.words.language)
        await self._subscribe_to(call, wishes)

    async def _subscribe_to(self, call: Call, wishes: Wishes) -> None:
        await self.subscribe(call.by(await self.reception.change_wishes(call.reader, lambda _: wishes)))

    @press("city", changes=True)
    async def city(self, call: Call) -> None:
        """Subscribe to one's province or city: found by its region, or by writing its name."""
        who, gazetteer = call.subscriber, self.newsroom.gazetteer
        if call.text:
            asked = read_places(call.text, gazetteer)
            if len(asked.places) == 1 and not asked.near:
                await self._subscribe_to(call, Wishes(places=asked.places, language=who.chat.language))
            else:
                await self._which_city(
                    call, [*sorted(asked.places), *(code for _, near in asked.near for code in near)]
                )
            return
        key = call.args[0] if call.args else home_country()
        if call.args and gazetteer.parent(key) and gazetteer.known(key):
            await self._subscribe_to(call, Wishes(places=frozenset({key}), language=who.chat.language))
            return
        found = shelf(key, gazetteer, language=who.words.language)
        if found is None or key.partition(".")[0] != home_country():
            raise OldButtonError
        await answers.show(call.update, screens.city_blocks(who.words), keys.city(who, found, gazetteer=gazetteer))

    async def _which_city(self, call: Call, codes: list[str]) -> None:
        t = call.words.t
        hint = t("Which one do you mean?") if codes else t("I do not know that place. Try another spelling.")
        keyboard = keys.cities(call.subscriber, list(dict.fromkeys(codes))[:6], gazetteer=self.newsroom.gazetteer)
        await answers.show(call.update, answers.note(hint), keyboard)

    @press("subscribe", changes=True)
    async def subscribe(self, call: Call) -> None:
        """Subscribe to what was chosen, and give today's digest at once."""
        who, new = await self.reception.subscribe(call.reader)
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

    @press("follow", changes=True)
    async def follow(self, call: Call) -> None:
        """Subscribe to just what a link asked for."""
        asked = self._asked(call)
        await self.subscribe(call.by(await self.reception.change_wishes(call.reader, lambda now: asked.over(now))))

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
