"""A reader's own data: what is kept, a copy of it, and an end to it."""

import json
from io import BytesIO

from telegram.error import BadRequest, Forbidden

from chat import answers
from chat.desk import Call, Desk, Toast, command, press
from chat.keyboards import help as help_keys
from chat.keyboards import owndata as keys
from chat.links import private_link
from render.owndata_view import forget_blocks, forgotten_blocks, privacy_blocks
from render.words import Words
from storage.copies import KEPT_DAYS
from storage.readers import GONE_CHAT_DAYS, LEDGER_DAYS, SEARCH_DAYS


class OwnData(Desk):
    """Showing and forgetting what is kept. In a group only admins may: it is everybody's."""

    @command("privacy")
    @press("privacy")
    async def privacy(self, call: Call) -> None:
        """What is kept, and how long."""
        blocks = privacy_blocks(
            call.words,
            ledger_days=LEDGER_DAYS,
            search_days=SEARCH_DAYS,
            gone_days=GONE_CHAT_DAYS,
            copy_days=KEPT_DAYS,
        )
        await answers.show(call.update, blocks, keys.privacy(call.words))

    @command("mydata")
    @press("mydata")
    async def mydata(self, call: Call) -> Toast:
        """A JSON file with everything."""
        if not await self._may(call):
            return _not_yours(call.words)
        chat_id = call.reader.chat_id
        kept = await self.newsroom.store.read(lambda store: store.owndata.of(chat_id, asker=call.reader.user_id))
        if not any(kept.values()):
            note = answers.note(call.words.t("We keep nothing about you."))
            await answers.show(call.update, note, keys.kept(call.reader), fresh=True)
            return None
        sent = await self._send_file(call, json.dumps(kept, ensure_ascii=False, indent=1).encode())
        if not call.reader.private:
            told = call.words.t("I sent it to you in private.")
            if not sent:
                told = call.words.t("It is for admins alone: write /start to me in private, then ask here again.")
            link = help_keys.to_private(private_link(call.update.get_bot().username, "privacy"), call.words)
            await answers.show(call.update, answers.note(told), link, fresh=True)
        return None

    async def _send_file(self, call: Call, content: bytes) -> bool:
        """Send the file, that of a group to the admin who asked; False where we may not write to them."""
        t = call.words.t
        caption = t("Everything we keep about you. /privacy says how long, /forget deletes it.")
        if not call.reader.private:
            caption = t("Everything we keep about a group you are an admin of.")
        try:
            await call.update.get_bot().send_document(
                call.reader.chat_id if call.reader.private else call.reader.user_id or 0,
                BytesIO(content),
                filename="diplomacy-digest-mydata.json",
                caption=caption,
            )
        except (Forbidden, BadRequest):
            if call.reader.private:
                raise
            return False
        return True

    @command("forget")
    @press("forgetting")
    async def forgetting(self, call: Call) -> Toast:
        """Ask before everything goes."""
        if not await self._may(call):
            return _not_yours(call.words)
        chat_id = call.reader.chat_id
        kept = await self.newsroom.store.read(lambda store: store.owndata.of(chat_id))
        if not any(kept.values()):
            note = answers.note(call.words.t("We keep nothing about you."))
            await answers.show(call.update, note, keys.kept(call.reader))
            return None
        blocks = forget_blocks(
            call.words, lines=len(kept["lines"]), saved=len(kept["saved"]), group=not call.reader.private
        )
        await answers.show(call.update, blocks, keys.forget(call.words))
        return None

    @press("forget")
    async def forget(self, call: Call) -> Toast:
        """Delete everything, or keep it."""
        if not await self._may(call):
            return _not_yours(call.words)
        if not call.on(0):
            await answers.show(
                call.update, answers.note(call.words.t("Everything stays as it is.")), keys.kept(call.reader)
            )
            return None
        chat_id = call.reader.chat_id
        await self.newsroom.store.run(lambda store: store.owndata.forget(chat_id))
        await answers.show(call.update, forgotten_blocks(call.words))
        return None

    async def _may(self, call: Call) -> bool:
        may = await self.reception.may_configure(call.update, call.reader.chat_id)
        if not may and not call.pressed:
            link = help_keys.to_private(private_link(call.update.get_bot().username, "privacy"), call.words)
            await answers.show(call.update, answers.note(_not_yours(call.words)), link)
        return may


def _not_yours(words: Words) -> str:
    """What a member of a group hears who asks there for what only its admins may have, and may mean their own."""
    return words.t("This is about the group's data, for its admins alone. For your own, write to me in private.")
