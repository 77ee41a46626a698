"""News in any chat: "@bot laos aid" there lists what was found; a tap sends it."""

from dataclasses import replace
from datetime import timedelta

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.constants import ParseMode
from telegram.ext import Application, InlineQueryHandler

from chat.answers import NO_PREVIEW
from chat.callback import number
from chat.errors import OldButtonError
from chat.switchboard import Desk
from digest.asking import read_query
from digest.compose import Window, compose
from digest.model import DigestStory, Story, Wishes
from render.inline_view import InlineArticle, inline_hit, inline_item, inline_story
from render.words import Words

#: Results on one page; Telegram asks for the next one as the list is scrolled.
PAGE = 10
#: Telegram may give the same answer to the same person again for so long.
_CACHE = timedelta(minutes=1)
_LATEST = timedelta(days=1)
_LONGEST_OFFSET = 6
#: How the share button names a story.
STORY = "story:"


class Inline(Desk):
    """Answering inline queries."""

    def register(self, application: Application) -> None:  # type: ignore[type-arg]
        """Take the inline queries of an application."""
        application.add_handler(InlineQueryHandler(self.answer))

    async def answer(self, update: Update, context: object) -> None:  # noqa: ARG002
        """What was found for the words written so far; the day's news where there are none."""
        query = update.inline_query
        if query is None:
            return
        words, zone = await self.reception.speaker(update)
        offset = _offset(query.offset)
        if query.query.startswith(STORY):
            articles, more = await self._story(query.query.removeprefix(STORY), words, zone), False
        elif query.query.strip():
            articles, more = await self._found(query.query, words, zone, offset)
        else:
            articles, more = await self._latest(words, zone, offset)
        await query.answer(
            [_result(article) for article in articles],
            cache_time=_CACHE,
            is_personal=True,
            next_offset=str(offset + PAGE) if more else "",
            button=InlineQueryResultsButton(words.t("Your own digest every morning"), start_parameter="inline"),
        )

    async def _found(self, text: str, words: Words, zone: str, offset: int) -> tuple[list[InlineArticle], bool]:
        now = self.newsroom.clock()
        outlets = await self.newsroom.store.read(lambda store: store.archive.outlets())
        asked = read_query(text, gazetteer=self.newsroom.gazetteer, now=now, zone=zone, outlets=outlets)
        hits = await self.newsroom.search(replace(asked.query, limit=PAGE, offset=offset))
        names = self.newsroom.names
        return [inline_hit(hit, words=words, names=names, zone=zone, now=now) for hit in hits.hits], hits.more

    async def _latest(self, words: Words, zone: str, offset: int) -> tuple[list[InlineArticle], bool]:
        now = self.newsroom.clock()
        wishes = Wishes(language=words.language)
        digest = await self.newsroom.digest(wishes, since=now - _LATEST, until=now, cap=offset + PAGE)
        stories = sorted(digest.stories, key=lambda story: -story.score)[offset : offset + PAGE]
        return [self._article(story, words, zone) for story in stories], digest.left_out > 0

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


def _result(article: InlineArticle) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=article.id,
        title=article.title,
        description=article.description,
        input_message_content=InputTextMessageContent(
            article.html, parse_mode=ParseMode.HTML, link_preview_options=NO_PREVIEW
        ),
    )


def _offset(text: str) -> int:
    """Where a page begins; 0 for what is not ours."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_OFFSET else 0
