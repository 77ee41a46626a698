"""Reading: the digest now, its pages, the newest stories."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from telegram.error import TelegramError

from chat import answers
from chat.delivery import is_ambiguous
from chat.desk import Call, Desk, Toast, command, press
from chat.editions import FIRST_WINDOW, SMALL, Setting, edition_messages, first_screen, upto
from chat.errors import OldButtonError
from chat.keyboards import help as help_keys
from chat.keyboards import reading as keys
from chat.links import private_link
from chat.reception import Reader, Subscriber, zone_of
from digest.model import Digest, Grouping, Story, Wishes
from digest.pages import Page, page_of, recompose, retell, section_ids
from digest.wanted import wanting
from render.digest_view import section_title
from render.reading_view import list_blocks, section_page_blocks
from render.telegram import to_messages
from storage.store import Store

#: The longest that somebody without a morning's news is offered instead.
WEEK = timedelta(days=7)
#: Stories on a page of a section; one that would be left over comes along.
_SECTION_PAGE = SMALL
#: Stories on a page of the newest ones, and how far these go back.
_LATEST_PAGE, _LATEST_WINDOW = 6, timedelta(days=7)
#: Stories looked at in one go for those that are wished for.
_LOOKED_AT = 60


class Opened(NamedTuple):
    """A page with its stories, by the ids it knows them by."""

    page: Page
    stories: dict[int, Story]


class Reading(Desk):
    """Showing digests and turning their pages."""

    @command("digest")
    async def digest(self, call: Call) -> None:
        """The digest of the last day, now."""
        await send_digest(self, call, await digest_now(self, call.reader.wishes))

    @press("digest")
    async def again(self, call: Call) -> None:
        """The digest of the last day, as a new message; buttons of old digests name a grouping."""
        wishes = call.reader.wishes
        if call.args:
            wishes = replace(wishes, by=cast("Grouping", call.one_of(("topic", "place"), 0)))
        await send_digest(self, call, await digest_now(self, wishes))

    @press("front")
    async def front(self, call: Call) -> Toast:
        """The first screen of a digest, in either grouping."""
        if not call.reader.private:
            return in_private(call)
        by = keys.BY[call.one_of(tuple(keys.BY), 1)]
        opened = await open_kept(self, call, call.arg(0))
        if opened:
            await _show_front(self, call, opened, call.arg(0), by)
        return None

    @press("week")
    async def week(self, call: Call) -> Toast:
        """The last week, after a quiet day."""
        if not call.reader.private:
            return in_private(call)
        opened = await open_kept(self, call, call.arg(0))
        if opened is None:
            return None
        until = opened.page.until
        digest = await self.newsroom.digest(opened.page.wishes, since=until - WEEK, until=until)
        if not digest.stories:
            return call.words.t("The whole week was quiet. Follow more topics or places?")
        token = await _keep(self, call.reader, digest)
        blocks, keyboard = first_screen(digest, token, setting_of(self, call), call.words)
        await answers.show(call.update, blocks, keyboard)
        return None

    @press("sect")
    async def section(self, call: Call) -> Toast:
        """A part of one section, with what found no room after what was told."""
        if not call.reader.private:
            return in_private(call)
        by = call.one_of(tuple(keys.BY), 1)
        opened = await open_kept(self, call, call.arg(0))
        if opened:
            await self._section(call, opened, by, key=call.arg(2), start=call.number(3))
        return None

    @command("latest")
    async def latest(self, call: Call) -> None:
        """The newest stories that somebody follows."""
        await self._latest(call, self.newsroom.clock(), 0, mine=True)

    @press("latest")
    async def turn_latest(self, call: Call) -> Toast:
        """Another page of the newest stories, as they were when they were asked for."""
        if not call.reader.private:
            return in_private(call)
        if not call.args:
            await self.latest(call)
            return None
        # No page of ours is of a day to come; a number beyond any calendar is forged.
        if call.number(0) > (self.newsroom.clock() + _LATEST_WINDOW).timestamp():
            raise OldButtonError
        until = datetime.fromtimestamp(call.number(0), UTC)
        await self._latest(call, until, call.number(1), mine=call.one_of(("mine", "all"), 2) == "mine")
        return None

    async def _section(self, call: Call, opened: Opened, by: str, *, key: str, start: int) -> None:
        words, names = call.words, self.newsroom.names
        digest = recompose(opened.page, opened.stories, by=keys.BY[by], quoted=0)
        ids = section_ids(opened.page, opened.stories, digest, key)
        if start >= len(ids):
            raise OldButtonError
        title = words.t("What found no room")
        for section in digest.sections:
            if section.key == key:
                title = section_title(section, by=keys.BY[by], words=words, names=names)
        left = len(ids) - start
        # One story that would be left over for a page of its own comes along.
        part = ids[start : start + (left if left <= _SECTION_PAGE + 1 else _SECTION_PAGE)]
        told = retell(opened.page, opened.stories, part)
        while True:
            blocks = section_page_blocks(
                title,
                [told[story_id] for story_id in part if story_id in told],
                digest=digest,
                first=start + 1,
                total=len(ids),
                told=sum(story.story_id in ids for story in digest.stories),
                words=words,
                names=names,
                zone=zone_of(self.newsroom, call.reader),
            )
            if len(part) == 1 or len(to_messages(blocks)) == 1:
                break
            part = part[:-1]
        before = max(0, start - _SECTION_PAGE) if start else None
        token, total = call.arg(0), len(ids)
        keyboard = keys.section_page(part, token, by, key, start=start, before=before, total=total, words=words)
        await answers.show(call.update, blocks, keyboard)

    async def _latest(self, call: Call, until: datetime, offset: int, *, mine: bool) -> None:
        words, wishes = call.words, tuple(line.wishes for line in call.reader.lines)
        chooses = not all(wish.everything for wish in wishes)
        wanted = wishes if mine and chooses else ()
        stories = await self.newsroom.store.read(
            lambda store: newest(store, wanted, until=until, most=offset + _LATEST_PAGE + 1)
        )
        page, more = stories[offset : offset + _LATEST_PAGE], len(stories) > offset + _LATEST_PAGE
        if call.args and offset and not page:
            raise OldButtonError
        hint = "" if page else words.t("Nothing in the last seven days.")
        title = words.t("The latest for you") if wanted else words.t("The latest")
        blocks = list_blocks(
            title,
            page,
            first=offset + 1,
            words=words,
            names=self.newsroom.names,
            zone=zone_of(self.newsroom, call.reader),
            now=self.newsroom.clock(),
            hint=hint,
        )
        keyboard = keys.latest(
            [story.id for story in page],
            int(until.timestamp()),
            offset,
            _LATEST_PAGE,
            mine=mine if chooses else None,
            more=more,
            words=words,
        )
        if not call.reader.private:
            link = private_link(call.update.get_bot().username, "latest")
            keyboard = help_keys.to_private(link, words)
        await answers.show(call.update, blocks, keyboard)


async def digest_now(desk: Desk, wishes: Wishes) -> Digest:
    """What the last day holds for these wishes."""
    now = desk.newsroom.clock()
    return await desk.newsroom.digest(wishes, since=now - FIRST_WINDOW, until=now)


async def first_digest(desk: Desk, call: Call) -> None:
    """Send today's digest to somebody who has just subscribed, and note what they were told."""
    who = call.subscriber
    digest = await digest_now(desk, who.wishes)
    async with telling(desk, who, digest):
        await send_digest(desk, call, digest)


@asynccontextmanager
async def telling(desk: Desk, who: Subscriber, digest: Digest) -> AsyncIterator[None]:
    """Note that a line's chat is told a digest, and take that back if it surely was not: an answer may get lost."""
    told, now, store = upto(digest), desk.newsroom.clock(), desk.newsroom.store
    chat_id, thread_id = who.chat_id, who.line.thread_id
    await store.run(lambda shelves: shelves.memory.tell(chat_id, thread_id, told, now=now))
    try:
        yield
    except TelegramError as error:
        if not is_ambiguous(error):
            await store.run(lambda shelves: shelves.memory.untell_answer(chat_id, thread_id, told, now=now))
        raise


async def send_digest(desk: Desk, call: Call, digest: Digest) -> None:
    """Send a digest, part after part, and keep its page for its buttons."""
    token = await _keep(desk, call.reader, digest)
    for text, keyboard in edition_messages(digest, token, setting_of(desk, call)):
        await answers.send(call.update, text, keyboard)


async def open_page(desk: Desk, call: Call, token: str) -> None:
    """Send the first screen of a kept digest: what a group's link leads to, `/start page_<token>` in private."""
    opened = await open_kept(desk, call, token)
    if opened:
        await _show_front(desk, call, opened, token, opened.page.wishes.by)


async def open_kept(desk: Desk, call: Call, token: str) -> Opened | None:
    """A kept page in the reader's language; where it is too old they are told so, and None."""

    def find(store: Store) -> Opened | None:
        page = store.pages.get(token, chat_id=call.reader.chat_id)
        return None if page is None else Opened(page, store.stories.among(page.ids))

    opened = await desk.newsroom.store.read(find)
    if opened is None:
        gone = call.words.t("This digest is too old to be opened: digests are kept for 90 days.")
        await answers.show(call.update, answers.note(gone), keys.todays(call.words), fresh=True)
        return None
    page = replace(opened.page, wishes=replace(opened.page.wishes, language=call.words.language))
    return opened._replace(page=page)


def setting_of(desk: Desk, call: Call) -> Setting:
    """Where a reader reads."""
    bot_name = call.update.get_bot().username
    return Setting(desk.newsroom.names, zone_of(desk.newsroom, call.reader), call.reader.private, bot_name)


def in_private(call: Call) -> str:
    """What somebody hears who presses, where several read, a button that is for one reader."""
    return call.words.t("Open it in your own chat with me: there the buttons turn your pages only.")


async def _keep(desk: Desk, reader: Reader, digest: Digest) -> str:
    """Keep the page of a digest; its token."""
    page, now = page_of(digest), desk.newsroom.clock()
    return await desk.newsroom.store.run(lambda store: store.pages.keep(reader.chat_id, page, now=now))


async def _show_front(desk: Desk, call: Call, opened: Opened, token: str, by: Grouping) -> None:
    digest = recompose(opened.page, opened.stories, by=by, quoted=SMALL)
    blocks, keyboard = first_screen(digest, token, setting_of(desk, call), call.words)
    await answers.show(call.update, blocks, keyboard)


def newest(store: Store, wishes: Sequence[Wishes], *, until: datetime, most: int) -> list[Story]:
    """The last reported stories that one of these wishes wants, or any where there are none."""
    found: list[Story] = []
    ids = store.stories.newest(until - _LATEST_WINDOW, until)
    for start in range(0, len(ids), _LOOKED_AT):
        batch = ids[start : start + _LOOKED_AT]
        stories = store.stories.among(batch)
        wants = [wanting(wish, list(stories.values()), now=until) for wish in wishes or (Wishes(),)]
        in_order = (stories[story_id] for story_id in batch if story_id in stories)
        found += [story for story in in_order if any(want(story) for want in wants)]
        if len(found) >= most:
            break
    return found[:most]
