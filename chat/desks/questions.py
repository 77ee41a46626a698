"""Questions that want words: a button asks, the reply goes to where the words belong."""

from collections.abc import Callable
from datetime import timedelta

from chat import answers
from chat.callback import pack
from chat.desk import Call, Desk, Toast, admins_only, command, press
from chat.errors import OldButtonError
from chat.keyboards import help as help_keys
from chat.keyboards.shared import back
from chat.reception import where
from render.words import Words

#: What a reply answers (the act of a button) → the question and an example.
_Question = Callable[[Words], tuple[str, str]]
_QUESTIONS: dict[str, _Question] = {
    "city": lambda w: (w.t("Which province or city? Any spelling will do."), w.t("Hue")),
    "places": lambda w: (w.t("Which places? Countries, provinces or cities, in any spelling."), w.t("Hue, Cuba")),
    "pairs": lambda w: (w.t("Which two countries?"), w.t("Viet Nam, Laos")),
    "words": lambda w: (
        w.t("Which words bring a story in? A minus before a word leaves stories out."),
        w.t("friendship, -football"),
    ),
    "unwanted": lambda w: (w.t("Which words leave a story out?"), w.t("football, lottery")),
    "hours": lambda w: (w.t("At what other time should it come?"), "06:45"),
    "quiet": lambda w: (w.t("From what time until what time should it be quiet?"), "22:00-06:30"),
    "zones": lambda w: (w.t("Which city are you in?"), "Berlin"),
    "pause": lambda w: (
        w.t("Until when should your digests be paused? A date, or a number of days."),
        w.t("1 December"),
    ),
}


#: Who was asked longer ago has forgotten it.
_OPEN = timedelta(days=1)


class Questions(Desk):
    """Asking for words."""

    @command("cancel")
    @press("cancel")
    async def cancel(self, call: Call) -> Toast:
        """Wait for no answer any more."""
        chat_id, since, t = call.reader.chat_id, self.newsroom.clock() - _OPEN, call.words.t
        if not await self.reception.may_configure(call.update, chat_id):
            if call.pressed:
                return admins_only(call.words)
            await answers.show(call.update, answers.note(admins_only(call.words)))
            return None
        asked = await self.newsroom.store.run(lambda store: store.memory.close_questions(chat_id, since=since))
        sentence = t("All right: I no longer wait for an answer.")
        if not asked:
            sentence = t("I have not asked you anything, so there is nothing to take back.")
        line = call.reader.line
        way = back(line.id, call.words) if line else help_keys.page(call.words)
        await answers.show(call.update, answers.note(sentence), way, fresh=True)
        return None

    @press("ask", changes=True)
    async def ask(self, call: Call) -> None:
        """Ask, and remember what the reply is for."""
        act = call.arg(0)
        if act not in _QUESTIONS:
            raise OldButtonError
        question, example = _QUESTIONS[act](call.words)
        message = await answers.ask(call.update, question, placeholder=example)
        chat_id, now = where(call.update)[0], self.newsroom.clock()
        answered = pack(act, call.subscriber.line.id)
        await self.newsroom.store.run(lambda store: store.memory.ask(chat_id, message.message_id, answered, now=now))
