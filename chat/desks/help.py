"""Help, and an answer to what nobody understands."""

from chat import answers
from chat.switchboard import Call, Desk, command
from render import screens


class Help(Desk):
    """Saying what the bot can do."""

    @command("help")
    async def help(self, call: Call) -> None:
        """Every command in a line."""
        await answers.show(call.update, screens.help_blocks(call.words))

    @command("unknown")
    async def unknown(self, call: Call) -> None:
        """A command that we do not have."""
        hint = call.words.t("I do not know that command. /help lists what I can do.")
        await answers.show(call.update, answers.note(hint))
