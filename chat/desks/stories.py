"""One story opened: what it tells, why it is here, and what a reader does with it. For private chats."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import NamedTuple

from chat import answers
from chat.desk import Call, Desk, Toast, press
from chat.desks.reading import in_private
from chat.editions import FIRST_WINDOW
from chat.errors import OldButtonError
from chat.keyboards import stories as keys
from chat.keyboards.reading import Origin
from chat.reception import zone_of
from digest.compose import lead_of, points_of
from digest.development import Step, development
from digest.model import DigestStory, Sentence, Story, Wishes
from digest.pages import Page, retell
from digest.readers import Chat, Line
from digest.summarise import Report, summarise
from digest.wanted import wanting
from render.reasons import why_blocks
from render.story_view import (
    REPORTS_SHOWN,
    all_reports_blocks,
    citation,
    label_name,
    less_blocks,
    story_blocks,
    story_reports,
    wrong_blocks,
)
from render.telegram import to_messages
from storage.memory import MOST_SAVED
from storage.store import Store

#: An opened story is summed up at this length, from so many of its reports: more say the same again.
_SENTENCES, _WORDS, _REPORTS_READ = 6, 180, 8
#: Reports on a page of all of them.
_REPORTS_PAGE = 12
#: The acts that an opened story may lead back to, with the greatest lengths of their arguments: all fit in a button.
_ORIGINS = {"front": (10, 1), "sect": (10, 1, 12, 2), "found": (9, 4), "latest": (10, 3, 4), "saved": (4,)}


class Seen(NamedTuple):
    """A story as somebody came to it."""

    #: The id in the button; the story may have ended in another since.
    asked: int
    story: Story
    #: The button that leads back, () for none.
    origin: Origin
    saved: bool
    #: The digest that led here and how it told the story, if one did.
    page: Page | None = None
    told: DigestStory | None = None


_WithStory = Callable[["Stories", Call, Seen], Awaitable[Toast]]


def with_story(own_args: int) -> Callable[[_WithStory], Callable[["Stories", Call], Awaitable[Toast]]]:
    """Opens the story that a button names first; after `own_args` more of the button's arguments comes its origin."""

    def decorate(method: _WithStory) -> Callable[["Stories", Call], Awaitable[Toast]]:
        @wraps(method)
        async def serve(self: "Stories", call: Call) -> Toast:
            if not call.reader.private:
                return in_private(call)
            origin = call.args[1 + own_args :]
            if origin and not _is_origin(origin):
                raise OldButtonError
            seen = await _find(self, call, call.number(0), origin)
            if seen is None:
                return call.words.t("This story is not to be found any more.")
            return await method(self, call, seen)

        return serve

    return decorate


class Stories(Desk):
    """Opening stories. What is saved and what is wished less of are the reader's own."""

    @press("story")
    @with_story(0)
    async def story(self, call: Call, seen: Seen) -> Toast:
        """A story at length."""
        await show_story(self, call, seen)
        return None

    @press("srcs")
    @with_story(1)
    async def reports(self, call: Call, seen: Seen) -> Toast:
        """Every report of a story."""
        start, reports = call.number(1), story_reports(seen.story)
        page = reports[start : start + _REPORTS_PAGE]
        if not page:
            raise OldButtonError
        blocks = all_reports_blocks(
            seen.story,
            page,
            first=start + 1,
            total=len(reports),
            words=call.words,
            zone=zone_of(self.newsroom, call.reader),
            now=self.newsroom.clock(),
        )
        more = start + len(page) < len(reports)
        keyboard = keys.reports(seen.asked, start, _REPORTS_PAGE, seen.origin, more=more, words=call.words)
        await answers.show(call.update, blocks, keyboard)
        return None

    @press("why")
    @with_story(0)
    async def why(self, call: Call, seen: Seen) -> Toast:
        """Why a story is here."""
        await self._show_why(call, seen)
        return None

    @press("save")
    @with_story(1)
    async def save(self, call: Call, seen: Seen) -> Toast:
        """Keep a story, or keep it no more."""
        on, now, chat_id = call.on(1), self.newsroom.clock(), call.reader.chat_id
        if call.reader.chat is None:
            await self.reception.enrol(call.reader)

        def keep(store: Store) -> bool:
            if on:
                return store.memory.save(chat_id, seen.story.id, now=now)
            store.memory.unsave(chat_id, seen.story.id)
            return True

        if not await self.newsroom.store.run(keep):
            return call.words.t("You have saved {n} stories already; remove some first: /saved", n=MOST_SAVED)
        await show_story(self, call, seen._replace(saved=on))
        return call.words.t("Saved. /saved lists what you keep.") if on else call.words.t("Not saved any more.")

    @press("lessof")
    @with_story(0)
    async def less_of(self, call: Call, seen: Seen) -> Toast:
        """Ask what of a story somebody wants less of."""
        await self._show_less(call, seen)
        return None

    @press("less")
    @with_story(1)
    async def less(self, call: Call, seen: Seen) -> Toast:
        """Want less of something."""
        return await self._set_less(call, seen, on=True)

    @press("keep")
    @with_story(1)
    async def no_less(self, call: Call, seen: Seen) -> Toast:
        """Want less of something no more."""
        return await self._set_less(call, seen, on=False)

    @press("wrong")
    @with_story(1)
    async def wrong(self, call: Call, seen: Seen) -> Toast:
        """Ask which label is wrong."""
        topics = call.one_of(("t", "p"), 1) == "t"
        labels = seen.story.topics if topics else seen.story.places
        keyboard = keys.which_label(labels, seen.asked, seen.origin, words=call.words, names=self.newsroom.names)
        await answers.show(call.update, wrong_blocks(seen.story, topics=topics, words=call.words), keyboard)
        return None

    @press("bad")
    @with_story(1)
    async def bad(self, call: Call, seen: Seen) -> Toast:
        """Queue a wrong label for the editors; they hear of it with the next poll."""
        label, now = call.arg(1), self.newsroom.clock()
        if label not in (*seen.story.topics, *seen.story.places):
            raise OldButtonError
        chat_id = call.reader.chat_id
        await self.newsroom.store.run(lambda store: store.corrections.ask(seen.story.id, label, chat_id, now=now))
        await self._show_why(call, seen)
        return call.words.t("Thank you. An editor will look at it.")

    async def _show_why(self, call: Call, seen: Seen) -> None:
        story, now = seen.story, self.newsroom.clock()
        wishes = seen.page.wishes if seen.page and seen.told else _wishes_for(call, story, now)
        points = points_of(story, wishes, since=now - FIRST_WINDOW, until=now)
        if seen.told:
            points = seen.told.worth
        blocks = why_blocks(story, wishes=wishes, points=points, words=call.words, names=self.newsroom.names)
        await answers.show(call.update, blocks, keys.why(story, seen.asked, seen.origin, call.words))

    async def _show_less(self, call: Call, seen: Seen) -> None:
        chosen = call.reader.wishes.less
        keyboard = keys.less(seen.story, seen.asked, chosen, seen.origin, words=call.words, names=self.newsroom.names)
        await answers.show(call.update, less_blocks(seen.story, words=call.words), keyboard)

    async def _set_less(self, call: Call, seen: Seen, *, on: bool) -> Toast:
        """Taste is the reader's and not a subscription's: it holds for all lines of their chat."""
        code = call.arg(1)
        if code not in (keys.OUTLET, *seen.story.topics, *seen.story.places):
            raise OldButtonError
        wish = seen.story.outlets[0] if code == keys.OUTLET else code
        who = call.reader if call.reader.line else await self.reception.enrol(call.reader)

        def choose(store: Store, chat: Chat, line: Line) -> None:
            store.readers.set_less(chat.id, line.wishes.less | {wish} if on else line.wishes.less - {wish})

        await self.reception.change(who, choose)
        await self._show_less(call.by(await self.reception.reader(call.update)), seen)
        name = wish if code == keys.OUTLET else label_name(wish, call.words, self.newsroom.names)
        if on:
            return call.words.t("From now on less of this: {name}", name=name[:_NAME])
        return call.words.t("Back to normal: {name}", name=name[:_NAME])


#: A toast holds 200 characters; some outlets have long names.
_NAME = 80


async def open_story(desk: Desk, call: Call, story_id: int) -> None:
    """Send a story as a new message: what a shared link leads to, `/start story_<id>` in private."""
    seen = await _find(desk, call, story_id, ())
    if seen is None:
        await answers.show(call.update, answers.note(call.words.t("This story is not to be found any more.")))
    else:
        await show_story(desk, call, seen)


async def show_story(desk: Desk, call: Call, seen: Seen) -> None:
    """A story at length, with what can be done with it."""
    zone = zone_of(desk.newsroom, call.reader)
    summary, steps = _read_whole(seen.story, zone, call.words.language)
    for sentences, days in ((_SENTENCES, steps), (_SENTENCES, ()), (1, ()), (0, ())):  # as much as one message holds
        blocks = story_blocks(
            seen.story,
            seen.told,
            summary=summary[:sentences],
            steps=days,
            words=call.words,
            names=desk.newsroom.names,
            zone=zone,
            now=desk.newsroom.clock(),
        )
        if len(to_messages(blocks)) == 1:
            break
    long = len(story_reports(seen.story)) > REPORTS_SHOWN
    lead = lead_of(seen.story, call.words.language)
    keyboard = keys.story(
        seen.asked,
        seen.origin,
        saved=seen.saved,
        all_reports=long,
        share=keys.sharing(seen.story.id, lead.title, call.update.get_bot(), call.words),
        citation=citation(lead, words=call.words, zone=zone),
        words=call.words,
    )
    await answers.show(call.update, blocks, keyboard)


async def _find(desk: Desk, call: Call, story_id: int, origin: Origin) -> Seen | None:
    """A story, or the one that it ended in, as the reader came to it."""
    token = origin[1] if origin[:1] in (("front",), ("sect",)) else ""

    def find(store: Store) -> Seen | None:
        story = store.stories.get(story_id)
        if story is None:
            return None
        saved = story.id in store.memory.saved(call.reader.chat_id)
        page = store.pages.get(token, chat_id=call.reader.chat_id) if token else None
        return Seen(story_id, story, origin, saved, page)

    seen = await desk.newsroom.store.read(find)
    if seen is None or seen.page is None:
        return seen
    page = replace(seen.page, wishes=replace(seen.page.wishes, language=call.words.language))
    told = retell(page, {story_id: seen.story}, [seen.story.id]) if story_id in page.ids else {}
    return seen._replace(page=page, told=told.get(seen.story.id))


def _is_origin(origin: Origin) -> bool:
    lengths = _ORIGINS.get(origin[0])
    if lengths is None or len(origin) != 1 + len(lengths):
        return False
    return all(len(arg) <= most for arg, most in zip(origin[1:], lengths, strict=True))


def _wishes_for(call: Call, story: Story, now: datetime) -> Wishes:
    """Of the reader's subscriptions the wishes that a story meets; where it meets none, those of the first."""
    wishes = [replace(line.wishes, language=call.words.language) for line in call.reader.lines]
    return next((wish for wish in wishes if wanting(wish, [story], now=now)(story)), call.reader.wishes)


def _read_whole(story: Story, zone: str, language: str) -> tuple[Sequence[Sentence], Sequence[Step]]:
    """A longer summary of a story, and its days."""
    lead = lead_of(story, language)
    own = [item for item in story.items if item.language == lead.language and item is not lead]
    own.sort(key=lambda item: item.published, reverse=True)
    reports = [Report(item.id, item.language, item.title, item.text) for item in (lead, *own)[:_REPORTS_READ]]
    summary = summarise(reports, max_words=_WORDS, max_sentences=_SENTENCES)
    return summary, development(story, zone=zone, language=language)
