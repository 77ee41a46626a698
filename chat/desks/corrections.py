"""What readers call wrong, for the operator to judge: /corrections in an admin's own chat."""

from chat import answers
from chat.desk import Call, Desk, Toast, command, press
from chat.errors import OldButtonError
from chat.keyboards import corrections as keys
from chat.keyboards.reading import todays
from digest.corrections import Correction
from render.story_view import correction_blocks


class Corrections(Desk):
    """Judging corrections one at a time. To anybody but the ADMIN_IDS there is no such command."""

    @command("corrections")
    async def corrections(self, call: Call) -> None:
        """The first that waits."""
        if self._is_editor(call):
            await self._show(call, 0)
        else:
            hint = call.words.t("I do not know that command. /help lists what I can do.")
            await answers.show(call.update, answers.note(hint))

    @press("wrongs")
    async def turn(self, call: Call) -> Toast:
        """Another that waits."""
        if not self._is_editor(call):
            raise OldButtonError
        await self._show(call, call.number(0))
        return None

    @press("judge")
    async def judge(self, call: Call) -> Toast:
        """Take a label away from a story, or leave it."""
        if not self._is_editor(call):
            raise OldButtonError
        correction = Correction(story_id=call.number(0), label=call.arg(1), readers=0)
        accept = call.on(2)
        judged = await self.newsroom.store.run(lambda store: store.corrections.judge(correction, accept=accept))
        await self._show(call, 0)
        if not judged:
            return call.words.t("This correction has already been decided.")
        return call.words.t("The label is taken away.") if accept else call.words.t("The label stays.")

    def _is_editor(self, call: Call) -> bool:
        return call.reader.private and call.reader.user_id in self.newsroom.settings.admin_ids

    async def _show(self, call: Call, place: int) -> None:
        waiting = await self.newsroom.store.read(lambda store: store.wrong_labels())
        if not waiting:
            await answers.show(
                call.update, answers.note(call.words.t("No corrections are waiting.")), todays(call.words)
            )
            return
        place = place if place < len(waiting) else 0
        correction, story = waiting[place]
        words, names = call.words, self.newsroom.names
        blocks = correction_blocks(correction, story, waiting=len(waiting), words=words, names=names)
        await answers.show(call.update, blocks, keys.judge(correction, place, len(waiting), words))
