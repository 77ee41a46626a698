"""News in any chat: "@bot laos aid" there lists what was found; a tap sends it."""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from telegram import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest
from telegram.ext import Application, InlineQueryHandler

from chat.answers import NO_PREVIEW
from chat.callback import number
from chat.desk import Desk
from chat.desks.asking import other_readings
from chat.desks.reading import newest
from chat.errors import OldButtonError
from chat.keyboards.shared import cut
from chat.keyboards.stories import whole_story
from chat.patience import INLINE, Patience, Verdict
from chat.reception import Reception
from digest.asking import read_query
from digest.compose import Window, compose
from digest.model import DigestStory, Story, Wishes
from digest.query import Hit, Query
from render.inline_view import InlineArticle, inline_hit, inline_item, inline_story
from render.search_view import query_row
from render.words import Words

#: Results on one page; Telegram asks for the next one as the list is scrolled.
PAGE = 10
#: Results of another query than the one that was written; there are no more pages of these.
_INSTEAD = 20
#: Telegram may give the same answer to the same person again for so long: what was found, the newest stories, and that
#: somebody asks too much.
_CACHE, _CACHE_LATEST, _CACHE_REFUSAL = timedelta(minutes=1), timedelta(minutes=5), timedelta(seconds=10)
_LATEST = timedelta(days=1)
_LONGEST_OFFSET = 6
#: The newest stories end somewhere: nobody scrolls farther.
_FARTHEST = 200
#: The button above the results is one line.
_LONGEST_BUTTON = 60
#: How the share button names a story.
STORY = "story:"


log = logging.getLogger(__name__)


class _Page(NamedTuple):
    """An answer: its results, whether a page follows, what is said above them, how long Telegram may keep it."""

    articles: list[InlineArticle]
    more: bool = False
    said: str = ""
    kept: timedelta = _CACHE


class Inline(Desk):
    """Answering inline queries."""

    def __init__(self, reception: Reception, patience: Patience) -> None:
        super().__init__(reception)
        self._patience = patience

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Take the inline queries of an application."""
        application.add_handler(InlineQueryHandler(self.answer))

    async def answer(self, update: Update, context: object) -> None:  # noqa: ARG002
        """What was found for the words written so far; the newest stories where there are none."""
        query = update.inline_query
        if query is None:
            return
        words, zone = await self.reception.speaker(update)
        page = await self._page(query, words, zone)
        text = page.said or words.t("Your own digest every morning")
        try:
            await query.answer(
                [_result(article, update.get_bot().username, words) for article in page.articles],
                cache_time=page.kept,
                is_personal=True,
                next_offset=str(_offset(query.offset) + PAGE) if page.more else "",
                button=InlineQueryResultsButton(cut(text, _LONGEST_BUTTON), start_parameter="inline"),
            )
        except BadRequest as error:  # it waited for longer than Telegram does: the app has asked anew by now
            log.info("an inline query was answered too late: %s", error.message)

    async def _page(self, query: InlineQuery, words: Words, zone: str) -> _Page:
        if self._patience.take(query.from_user.id, most=INLINE) is not Verdict.ANSWER:
            enough = words.t("That was a lot at once. Please try again in a minute.")
            return _Page([], said=enough, kept=_CACHE_REFUSAL)
        if query.query.startswith(STORY):
            return _Page(await self._story(query.query.removeprefix(STORY), words, zone))
        if query.query.strip():
            return await self._found(query.query, words, zone, _offset(query.offset))
        return await self._latest(words, zone, _offset(query.offset))

    async def _found(self, text: str, words: Words, zone: str, offset: int) -> _Page:
        """What has all the words; where that is little, what their nearest reading finds as well."""
        now = self.newsroom.clock()
        outlets = await self.newsroom.store.read(lambda store: store.archive.outlets())
        asked = read_query(text, gazetteer=self.newsroom.gazetteer, now=now, zone=zone, outlets=outlets)
        hits = await self.newsroom.search(replace(asked.query, unfinished=True, limit=PAGE, offset=offset))
        articles = [self._hit(hit, words, zone) for hit in hits.hits]
        if offset or hits.more:
            return _Page(articles, hits.more)
        nearest = await self._nearest(asked.query, zone, found=bool(articles))
        if nearest is None:
            return _Page(articles)
        more = await self.newsroom.search(replace(nearest, limit=_INSTEAD, offset=0))
        known = {article.id for article in articles}
        others = [one for one in (self._hit(hit, words, zone) for hit in more.hits) if one.id not in known]
        if not others:
            return _Page(articles)
        row = query_row(nearest, words=words, names=self.newsroom.names, zone=zone, now=now)
        said = words.t("As well: {query}", query=row) if articles else words.t("Nothing; instead: {query}", query=row)
        return _Page(articles + others, said=said)

    async def _nearest(self, query: Query, zone: str, *, found: bool) -> Query | None:
        """What else may be meant; only where nothing was `found`, also with words left out or spelt otherwise."""
        readings = await other_readings(self, query, zone=zone, whole=found)
        if readings or found:
            return readings[0].query if readings else None
        suggestions = await self.newsroom.store.read(lambda store: store.archive.suggest(query, most=1))
        return suggestions[0].query if suggestions else None

    async def _latest(self, words: Words, zone: str, offset: int) -> _Page:
        now, most = self.newsroom.clock(), min(offset, _FARTHEST) + PAGE
        stories = await self.newsroom.store.read(lambda store: newest(store, (), until=now, most=most + 1))
        told = [_as_told(story, words) for story in stories[most - PAGE : most]]
        articles = [self._article(story, words, zone) for story in told if story]
        return _Page(articles, len(stories) > most, kept=_CACHE_LATEST)

    def _hit(self, hit: Hit, words: Words, zone: str) -> InlineArticle:
        return inline_hit(hit, words=words, names=self.newsroom.names, zone=zone, now=self.newsroom.clock())

    async def _story(self, said: str, words: Words, zone: str) -> list[InlineArticle]:
        try:
            story_id = number(said)
        except OldButtonError:
            return []
        story = await self.newsroom.store.read(lambda store: store.stories.get(story_id))
        if story is None:
            return []
        told = _as_told(story, words)
        now, names = self.newsroom.clock(), self.newsroom.names
        if told is None:
            return [inline_item(story.items[-1], words=words, names=names, zone=zone, now=now)]
        return [self._article(told, words, zone)]

    def _article(self, story: DigestStory, words: Words, zone: str) -> InlineArticle:
        return inline_story(story, words=words, names=self.newsroom.names, zone=zone, now=self.newsroom.clock())


def _as_told(story: Story, words: Words) -> DigestStory | None:
    """A story as a digest would tell it; None for one that is no diplomacy."""
    window = Window(
        since=story.items[0].published, until=story.published + _LATEST, stories=(story,), items=0, feeds=0, failing=0
    )
    return next(iter(compose(window, Wishes(language=words.language)).stories), None)


def _result(article: InlineArticle, bot_name: str, words: Words) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=article.id,
        title=article.title,
        description=article.description,
        input_message_content=InputTextMessageContent(
            article.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
        ),
        reply_markup=None if article.story_id is None else whole_story(article.story_id, bot_name, words),
    )


def _offset(text: str) -> int:
    """Where a page begins; 0 for what is not ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_OFFSET else 0
