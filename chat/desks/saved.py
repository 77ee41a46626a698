"""What a reader saved."""

from chat import answers
from chat.desk import Call, Desk, Toast, command, press
from chat.desks.reading import in_private
from chat.keyboards import help as help_keys
from chat.keyboards import reading as keys
from chat.links import private_link
from chat.reception import zone_of
from digest.model import Story
from render.reading_view import list_blocks
from storage.store import Store

#: Stories on a page.
_PAGE = 6


class Saved(Desk):
    """Showing saved stories and taking them out. A reader's own: for private chats."""

    @command("saved")
    async def saved(self, call: Call) -> None:
        """What somebody saved, the last one first."""
        if call.reader.private:
            await self._show(call, 0)
        else:
            own = call.words.t("Saved stories are each reader's own. Write /saved to me in private to see yours.")
            link = private_link(call.update.get_bot().username, "saved")
            await answers.show(call.update, answers.note(own), help_keys.to_private(link, call.words))

    @press("saved")
    async def turn(self, call: Call) -> Toast:
        """Another page, perhaps to take some out."""
        if not call.reader.private:
            return in_private(call)
        await self._show(call, call.number(0), removing=call.args[1:] == ("remove",))
        return None

    @press("unsave")
    async def unsave(self, call: Call) -> Toast:
        """Take a story out."""
        if not call.reader.private:
            return in_private(call)
        story_id, offset, chat_id = call.number(0), call.number(1), call.reader.chat_id
        await self.newsroom.store.run(lambda store: store.memory.unsave(chat_id, story_id))
        await self._show(call, offset, removing=True)
        return call.words.t("Not saved any more.")

    async def _show(self, call: Call, offset: int, *, removing: bool = False) -> None:
        words = call.words

        def find(store: Store) -> list[Story]:
            ids = store.memory.saved(call.reader.chat_id)
            kept = store.stories.among(ids)
            return [kept[story_id] for story_id in ids if story_id in kept]

        stories = await self.newsroom.store.read(find)
        offset = min(offset, max(0, len(stories) - 1) // _PAGE * _PAGE)
        page, more = stories[offset : offset + _PAGE], len(stories) > offset + _PAGE
        nothing = words.t("Nothing saved yet. Open a story by its number under a digest and press “Save”.")
        blocks = list_blocks(
            words.t("Saved stories"),
            page,
            first=offset + 1,
            words=words,
            names=self.newsroom.names,
            zone=zone_of(self.newsroom, call.reader),
            now=self.newsroom.clock(),
            note=words.number(len(stories)) if stories else "",
            hint="" if page else nothing,
        )
        ids = [story.id for story in page]
        keyboard = keys.saved(ids, offset, _PAGE, more=more, removing=removing, words=words)
        if keyboard is None:
            keyboard = help_keys.news(words)  # there one finds what to save
        await answers.show(call.update, blocks, keyboard)
