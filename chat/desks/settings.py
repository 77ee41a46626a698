"""Everything that is set, on one screen, and what has no desk of its own: language, grouping, sound, previews."""

from dataclasses import replace
from typing import cast

from chat import answers
from chat.desk import Call, Desk, admins_only, command, press
from chat.keyboards import lines as line_keys
from chat.keyboards import settings as keys
from chat.keyboards.shared import back
from chat.reception import Subscriber
from digest.model import Grouping, Language
from digest.readers import ChatState
from digest.text import fold
from render.settings_view import Shown, line_blocks, settings_blocks
from render.words import LANGUAGES, load_words


class Settings(Desk):
    """The settings of a chat and its lines."""

    @command("settings", changes=True)
    @press("settings", changes=True)
    async def settings(self, call: Call) -> None:
        """Everything on one screen."""
        await show_settings(self, call)

    @press("menu")
    async def menu(self, call: Call) -> str | None:
        """The settings under a digest that should stay."""
        if not await self.reception.may_configure(call.update, call.reader.chat_id):
            return admins_only(call.words)
        await show_settings(self, call.by(await self.reception.enrol(call.reader)), fresh=True)
        return None

    @command("language", changes=True)
    @press("languages", changes=True)
    async def language(self, call: Call) -> None:
        """Set the language, or offer ours."""
        for language in LANGUAGES:
            known = {load_words(speaker).language_name(language) for speaker in LANGUAGES}
            if fold(call.text) in {language, *map(fold, known)}:
                who = await self._speak(call, language)
                sentence = who.words.t("I now write in {language}.", language=who.words.own_name)
                await answers.show(call.update, answers.note(sentence), back(who.line.id, who.words))
                return
        who = call.subscriber
        await answers.show(call.update, answers.note(who.words.t("Choose a language:")), keys.languages(who))

    @press("language", changes=True)
    async def speak(self, call: Call) -> None:
        """Set the language."""
        who = await self._speak(call, call.one_of(LANGUAGES, 0))
        await show_settings(self, call.by(who))

    @press("by", changes=True)
    async def by(self, call: Call) -> None:
        """Group digests by topic or by place."""
        by = cast("Grouping", call.one_of(("topic", "place"), 0))
        who = await self.reception.change_wishes(call.reader, lambda now: replace(now, by=by))
        await show_subscription(self, call.by(who))

    @press("state", changes=True)
    async def state(self, call: Call) -> None:
        """Pause or resume."""
        state = ChatState(call.one_of((ChatState.ACTIVE, ChatState.PAUSED), 0))
        await show_settings(self, call.by(await self.reception.set_state(call.reader, state)))

    @press("silent", changes=True)
    async def silent(self, call: Call) -> None:
        """Let digests come with or without a sound."""
        on = call.on(0)
        who = await self.reception.change(call.reader, lambda store, chat, _: store.readers.set_silent(chat.id, on))
        await show_settings(self, call.by(who))

    @press("previews", changes=True)
    async def previews(self, call: Call) -> None:
        """Show a preview of a digest's first link or none."""
        on = call.on(0)
        who = await self.reception.change(call.reader, lambda store, chat, _: store.readers.set_previews(chat.id, on))
        await show_settings(self, call.by(who))

    async def _speak(self, call: Call, language: Language) -> Subscriber:
        return await self.reception.change(
            call.reader, lambda store, chat, _: store.readers.set_language(chat.id, language)
        )


async def shown(desk: Desk, who: Subscriber) -> Shown:
    """What the screens about a reader are worded from."""
    coming = await desk.newsroom.store.read(lambda store: store.lines.upcoming(who.chat_id))
    return Shown(
        chat=who.chat,
        line=who.line,
        lines=who.lines,
        words=who.words,
        names=desk.newsroom.names,
        now=desk.newsroom.clock(),
        coming=coming,
    )


async def show_settings(desk: Desk, call: Call, *, fresh: bool = False) -> None:
    """Everything on one screen."""
    who = call.subscriber
    blocks = settings_blocks(await shown(desk, who))
    await answers.show(call.update, blocks, keys.settings(who, names=desk.newsroom.names), fresh=fresh)


async def show_subscription(desk: Desk, call: Call) -> None:
    """The screen that a line's own buttons stand on: that of one among several, or the settings."""
    who = call.subscriber
    if len(who.lines) == 1:
        await show_settings(desk, call)
        return
    await answers.show(call.update, line_blocks(await shown(desk, who)), line_keys.line(who))
