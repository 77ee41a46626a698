"""News for another chat, after "@bot lao aid" there: a line to choose from, and the message that is then sent."""

from datetime import datetime
from typing import NamedTuple

from digest.model import DigestStory, Item
from digest.query import Hit
from render.blocks import Inline, Span, Story, clean, joined, one_line, plain
from render.digest_view import language_mark, story_block
from render.names import Names, places_row
from render.telegram import to_messages
from render.words import Words

#: A list shows about two lines of each; the whole answer must stay small.
_LONGEST_TITLE, _LONGEST_DESCRIPTION = 200, 240
#: Who reads it in another chat wants the gist, not a page.
_LONGEST_BODY = 1000


class InlineArticle(NamedTuple):
    """One result of an inline query: plain text to choose by, and the message as Telegram HTML that fits in one."""

    #: At most 64 bytes, the same for the same news.
    id: str
    title: str
    description: str
    html: str
    #: The story that it belongs to, if any.
    story_id: int | None


def inline_hit(hit: Hit, *, words: Words, names: Names, zone: str, now: datetime) -> InlineArticle:
    """A found item: to choose by, the passage that matched; sent is its summary with the link and the outlet."""
    item = hit.item
    date = words.short_date(item.published, zone, now)
    details = joined((_outlet(item.outlet), plain(places_row(item.labels.places, words, names)), plain(date)))
    said = " ".join(item.summary) or item.text
    body = (Span(_cut(said, _LONGEST_BODY), language=_foreign(item.language, words), theirs=True),)
    return _article(
        f"item-{item.id}", item.title, item.url, item.outlet, item.language,
        details=details, body=body, choose_by=hit.snippet or said, story_id=item.story_id, words=words,
    )  # fmt: skip


def inline_item(item: Item, *, words: Words, names: Names, zone: str, now: datetime) -> InlineArticle:
    """An item that was not searched for, a saved one for instance."""
    hit = Hit(item=item, snippet=" ".join(item.summary))
    return inline_hit(hit, words=words, names=names, zone=zone, now=now)


def inline_story(story: DigestStory, *, words: Words, names: Names, zone: str, now: datetime) -> InlineArticle:
    """A story of a digest, with a link to each outlet's report.

    Told to others, it is neither news nor an update, and its hour is a date: they read it some other day.
    """
    shown = story_block(story, words=words, names=names, zone=zone, now=now, reports=True)
    date = words.short_date(story.published, zone, now)
    details = joined((_outlet(story.outlet), plain(places_row(story.places, words, names)), plain(date)))
    return _article(
        f"story-{story.story_id}", story.headline, story.url, story.outlet, story.language,
        details=details, body=joined(shown.body, by=" "), sources=shown.sources,
        choose_by=" ".join(sentence.text for sentence in story.sentences), story_id=story.story_id, words=words,
    )  # fmt: skip


def _article(
    key: str,
    headline: str,
    url: str,
    outlet: str,
    language: str,
    *,
    details: Inline,
    body: Inline,
    choose_by: str,
    story_id: int | None,
    words: Words,
    sources: Inline = (),
) -> InlineArticle:
    title = _cut(headline, _LONGEST_TITLE) or _cut(outlet, _LONGEST_TITLE) or url
    linked = Span(title, url=url, bold=True, language=_foreign(language, words), theirs=True)
    foreign = language_mark(language, words)
    block = Story(headline=(linked, *foreign), details=details, body=(body,) if body else (), sources=sources)
    # Of a story with too many reports the last links are cut off, never the first.
    html = to_messages([block])[0]
    told = _cut("".join(span.text for span in details), _LONGEST_DESCRIPTION // 2)
    title += "".join(span.text for span in foreign)
    description = f"{told}\n{_cut(choose_by, _LONGEST_DESCRIPTION // 2)}".strip()
    return InlineArticle(key, title, description, html, story_id)


def _outlet(name: str) -> Inline:
    return (Span(one_line(name), theirs=True),)


def _cut(text: str, longest: int) -> str:
    """Text from outside on one line, made safe and of so many characters at most, cut between words."""
    text = one_line(clean(text))
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut).rstrip() + "…"


def _foreign(language: str, words: Words) -> str:
    return language if language != words.language else ""
