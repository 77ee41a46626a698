"""Questions that want words: a button asks, the reply goes to where the words belong."""

from collections.abc import Callable

from chat import answers
from chat.callback import pack
from chat.errors import OldButtonError
from chat.reception import where
from chat.switchboard import Call, Desk, press
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
    "hours": lambda w: (w.t("At which hour shall it come as well?"), "06:45"),
    "quiet": lambda w: (w.t("From when until when shall it be quiet?"), "22:00-06:30"),
    "zones": lambda w: (w.t("In which city do you read?"), "Berlin"),
    "pause": lambda w: (w.t("Until when shall your digests rest? A date, or so many days."), w.t("1 December")),
}


class Questions(Desk):
    """Asking for words."""

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
