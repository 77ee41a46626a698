"""A reader's own data: what is kept, a copy of it, and an end to it."""

import json
from io import BytesIO

from chat import answers
from chat.keyboards import owndata as keys
from chat.reception import where
from chat.switchboard import Call, Desk, Toast, command, press
from render.owndata_view import forget_blocks, forgotten_blocks, privacy_blocks
from storage.readers import GONE_CHAT_DAYS, LEDGER_DAYS, SEARCH_DAYS


class OwnData(Desk):
    """Showing and forgetting what is kept. In a group only admins may: it is everybody's."""

    @command("privacy")
    @press("privacy")
    async def privacy(self, call: Call) -> None:
        """What is kept, and how long."""
        blocks = privacy_blocks(call.words, ledger_days=LEDGER_DAYS, search_days=SEARCH_DAYS, gone_days=GONE_CHAT_DAYS)
        await answers.show(call.update, blocks, keys.privacy(call.words))

    @command("mydata")
    @press("mydata")
    async def mydata(self, call: Call) -> Toast:
        """A JSON file with everything."""
        if not await self._may(call):
            return _admins_only(call)
        chat_id, _, thread = where(call.update)
        kept = await self.newsroom.store.read(lambda store: store.owndata.of(chat_id))
        if not any(kept.values()):
            await answers.show(call.update, answers.note(call.words.t("Nothing is kept of you.")), fresh=True)
            return None
        text = json.dumps(kept, ensure_ascii=False, indent=1)
        await call.update.get_bot().send_document(
            chat_id,
            BytesIO(text.encode()),
            filename="diplomacy-digest-mydata.json",
            caption=call.words.t("Everything we keep of you. /privacy says how long, /forget deletes it."),
            message_thread_id=thread or None,
        )
        return None

    @command("forget")
    @press("forgetting")
    async def forgetting(self, call: Call) -> Toast:
        """Ask before everything goes."""
        if not await self._may(call):
            return _admins_only(call)
        chat_id = call.reader.chat_id
        kept = await self.newsroom.store.read(lambda store: store.owndata.of(chat_id))
        if not any(kept.values()):
            await answers.show(call.update, answers.note(call.words.t("Nothing is kept of you.")))
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
            return _admins_only(call)
        if not call.on(0):
            await answers.show(call.update, answers.note(call.words.t("Everything stays as it is.")))
            return None
        chat_id = call.reader.chat_id
        await self.newsroom.store.run(lambda store: store.owndata.forget(chat_id))
        await answers.show(call.update, forgotten_blocks(call.words))
        return None

    async def _may(self, call: Call) -> bool:
        may = await self.reception.may_configure(call.update, call.reader.chat_id)
        if not may and not call.pressed:
            await answers.show(call.update, answers.note(_admins_only(call)))
        return may


def _admins_only(call: Call) -> str:
    return call.words.t("Only admins of this group can change settings.")
