"""The first minute: hello, a ready-made choice or one's own, subscribed; and goodbye."""

from chat import answers
from chat.desks.reading import first_digest
from chat.desks.settings import show_settings
from chat.keyboards import start as keys
from chat.keyboards.shared import back
from chat.switchboard import Call, Desk, command, press
from digest.presets import load_presets
from digest.readers import ChatState
from render import screens
from render.words import LANGUAGES, load_words


class Start(Desk):
    """Subscribing and leaving."""

    @command("start", changes=True)
    async def start(self, call: Call) -> None:
        """Say hello; to a subscriber, show what is set."""
        who = call.subscriber
        if who.chat.state is ChatState.REFUSED:
            who = await self.reception.set_state(who, ChatState.ACTIVE)
        if who.chat.state in (ChatState.ACTIVE, ChatState.PAUSED):
            await show_settings(self, call.by(who))
            return
        await answers.show(call.update, screens.welcome_blocks(who.words), keys.welcome(who, load_presets()))

    @press("hello", changes=True)
    async def hello(self, call: Call) -> None:
        """The first message in the other language."""
        words = load_words(call.one_of(LANGUAGES, 0))
        who = await self.reception.change(
            call.reader, lambda store, chat, _: store.readers.set_language(chat.id, words.language)
        )
        await answers.show(call.update, screens.welcome_blocks(who.words), keys.welcome(who, load_presets()))

    @press("preset", changes=True)
    async def preset(self, call: Call) -> None:
        """Subscribe to a ready-made choice."""
        presets = {preset.id: preset for preset in load_presets()}
        wishes = presets[call.one_of(tuple(presets), 0)].wishes(call.words.language)
        await self.subscribe(call.by(await self.reception.change_wishes(call.reader, lambda _: wishes)))

    @press("subscribe", changes=True)
    async def subscribe(self, call: Call) -> None:
        """Subscribe to what was chosen, and give today's digest at once."""
        who, new = await self.reception.subscribe(call.reader)
        if not new:
            await show_settings(self, call.by(who))
            return
        blocks = screens.subscribed_blocks(who.chat, who.line, words=who.words, names=self.newsroom.names)
        await answers.show(call.update, blocks, back(who.line.id, who.words))
        await first_digest(self, call.by(who))

    @command("stop", changes=True)
    async def stop(self, call: Call) -> None:
        """Unsubscribe."""
        await self.reception.set_state(call.reader, ChatState.STOPPED)
        goodbye = call.words.t("You are unsubscribed; no more digests will come. /start brings you back.")
        await answers.show(call.update, answers.note(goodbye))
