"""A digest as a pocket newspaper: its first screen, one section of it, and lists of stories."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.compose import lead_of
from digest.model import Digest, DigestStory, Story
from render import blocks as block
from render.blocks import DOT, Block, Heading, Paragraph, Small, Span, joined, one_line, plain
from render.digest_view import (
    digest_blocks,
    empty_sentence,
    footer_blocks,
    language_mark,
    left_out_blocks,
    outlets_said,
    story_block,
)
from render.moments import moment
from render.names import Names, places_row, wishes_row
from render.words import Words

#: A window longer than this says when it began: a morning's is a day and a half, for feeds that are late.
_USUAL_WINDOW = timedelta(hours=48)


def front_blocks(digest: Digest, top: Sequence[DigestStory], *, words: Words, names: Names, zone: str) -> list[Block]:
    """The first screen: date and wishes, the `top` stories in full, how many there are in all, and the coverage."""
    blocks = _head(digest, words, names, zone)
    if not digest.stories:
        return [*blocks, Paragraph(plain(empty_sentence(digest, words))), *footer_blocks(digest, words=words)]
    blocks += _stories(top, digest=digest, words=words, names=names, zone=zone)
    total = len(digest.stories)
    if total > len(top):
        # Translators: under the first few stories of a digest, over the buttons of its sections
        all_of_it = words.tn(
            "{n} story in this digest; the sections below have them all.",
            "{n} stories in this digest; the sections below have them all.",
            total,
        )
        blocks.append(Paragraph(plain(all_of_it)))
    return [*blocks, *footer_blocks(digest, words=words, pages=True)]


def just_in_blocks(digest: Digest, *, words: Words, names: Names, zone: str, pages: bool) -> list[Block]:
    """News that is told at once: no more than the stories, and how many found no room where no `pages` have them."""
    everything = (words.t("All topics"), words.t("everywhere"))
    about = [part for part in wishes_row(digest.wishes, words, names).split(DOT) if part not in everything]
    heading = Heading(level=1, text=plain(words.t("Just in")), note=DOT.join(about))
    stories = _stories(digest.stories, digest=digest, words=words, names=names, zone=zone)
    return [heading, *stories, *([] if pages else left_out_blocks(digest, words))]


def section_page_blocks(
    title: str,
    stories: Sequence[DigestStory],
    *,
    digest: Digest,
    first: int,
    total: int,
    told: int,
    words: Words,
    names: Names,
    zone: str,
) -> list[Block]:
    """Some stories of a section, numbered from `first` of `total`; those after the first `told` had found no room."""
    blocks: list[Block] = [Heading(level=1, text=plain(title), note=words.number(told or total))]
    for number, story in enumerate(stories, start=first):
        if told and number == max(first, told + 1):
            rest = words.tn(
                "+{n} more story you follow did not fit in the digest:",
                "+{n} more stories you follow did not fit in the digest:",
                total - told,
            )
            blocks.append(Small(plain(rest)))
        blocks += _stories((story,), digest=digest, words=words, names=names, zone=zone, first=number)
    return blocks


def list_blocks(
    title: str,
    stories: Sequence[Story],
    *,
    first: int,
    words: Words,
    names: Names,
    zone: str,
    now: datetime,
    note: str = "",
    hint: str = "",
) -> list[Block]:
    """Stories in brief, numbered from `first`: headline, places, outlets and when they were last reported."""
    blocks: list[Block] = [Heading(level=1, text=plain(title), note=note)]
    for number, story in enumerate(stories, start=first):
        lead = lead_of(story, words.language)
        headline = Span(one_line(lead.title), url=lead.url, bold=True, theirs=True)
        details = joined(
            (
                plain(places_row(story.places, words, names)),
                outlets_said(lead.outlet, len(story.outlets), story.origins, words),
                moment(story.published, zone, now, words),
            )
        )
        mark = language_mark(lead.language, words)
        blocks.append(block.Story(number=number, headline=(headline, *mark), details=details))
    if hint:
        blocks.append(Small(plain(hint)) if stories else Paragraph(plain(hint)))
    return blocks


def whole_blocks(digest: Digest, *, words: Words, names: Names, zone: str) -> list[Block]:
    """All of a digest, for where several read it: nobody may turn its pages."""
    return digest_blocks(digest, words=words, names=names, zone=zone, span=window_span(digest, words, zone))


def window_span(digest: Digest, words: Words, zone: str) -> str:
    """From when to when a digest looked, where that is longer than a morning's usual: "14 Nov – 21 Nov"; else ""."""
    if digest.until - digest.since <= _USUAL_WINDOW:
        return ""
    return " – ".join(words.short_date(at, zone, digest.until) for at in (digest.since, digest.until))


def _head(digest: Digest, words: Words, names: Names, zone: str) -> list[Block]:
    day = digest.until.astimezone(ZoneInfo(zone)).date()
    about = joined((plain(window_span(digest, words, zone)), plain(wishes_row(digest.wishes, words, names))))
    return [Heading(level=1, text=plain(words.t("Diplomacy Digest")), note=words.day(day)), Small(about)]


def _stories(
    stories: Sequence[DigestStory], *, digest: Digest, words: Words, names: Names, zone: str, first: int = 1
) -> list[Block]:
    marked = any(one.mark == "update" for one in digest.stories)
    return [
        story_block(story, words=words, names=names, zone=zone, now=digest.until, number=number, marked=marked)
        for number, story in enumerate(stories, start=first)
    ]
