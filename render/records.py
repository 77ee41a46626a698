"""JSON contracts of the command line: dicts ready for `json.dumps`. docs/json.md tells their readers the same.

Every time is ISO 8601 in UTC with a Z. Fields may be added; none is renamed, removed or given another meaning.
"""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from digest.model import Digest, DigestStory, Item, Section, Wishes
from digest.polling import Polled
from digest.query import Hit, Hits
from digest.text import without_password
from render.digest_view import section_title
from render.names import Names
from render.words import Words

Record = dict[str, Any]


def item_record(item: Item) -> Record:
    """One stored item, as `export` prints it.

    `url` is the link exactly as published; `relevance` 1 if the item belongs in digests, else 0; `topics`, `places` and
    `pairs` the most central first; `story_id` null until it is grouped; `summary` sentences joined by a space;
    `act` null where nothing is done, `level` 0 to 5.
    """
    return {
        "id": item.id,
        "url": item.url,
        "canonical_url": item.canonical_url,
        "title": item.title,
        "source": item.outlet,
        "published": iso(item.published),
        "language": item.language,
        "relevance": int(item.labels.relevant),
        "topics": list(item.labels.topics),
        "places": list(item.labels.places),
        "pairs": list(item.labels.pairs),
        "story_id": item.story_id,
        "summary": " ".join(item.summary),
        "act": item.labels.act,
        "level": item.labels.level,
    }


def hit_record(hit: Hit) -> Record:
    """One found item: the fields of `item_record`, and the matched passages.

    `title_marks` and `snippet_marks` are [start, end) in characters (code points) of `title` and `snippet`.
    """
    return item_record(hit.item) | {
        "title_marks": [list(mark) for mark in hit.title_marks],
        "snippet": hit.snippet,
        "snippet_marks": [list(mark) for mark in hit.snippet_marks],
    }


def hits_record(hits: Hits) -> Record:
    """One page of a search: what was asked, `hits` in order, and whether another page follows (`more`).

    `partial` says that the search was stopped at its deadline, so that there may be more than was found.
    """
    query = hits.query
    return {
        "query": query.text,
        "topics": list(query.topics),
        "places": list(query.places),
        "pairs": list(query.pairs),
        "source": query.sources[0] if query.sources else None,
        "sources": list(query.sources),
        "languages": list(query.languages),
        "without": {field.name: list(getattr(query.without, field.name)) for field in fields(query.without)},
        "since": iso(query.since) if query.since else None,
        "until": iso(query.until) if query.until else None,
        "order": query.order,
        "limit": query.limit,
        "offset": query.offset,
        "hits": [hit_record(hit) for hit in hits.hits],
        "more": hits.more,
        "partial": hits.partial,
    }


def digest_record(digest: Digest, words: Words, names: Names) -> Record:
    """One digest: its window, wishes, sections of stories, how many stories found no room, and the coverage.

    Titles of sections are in the language of `words`; `key` is the topic id, place code or "other".
    """
    return {
        "since": iso(digest.since),
        "until": iso(digest.until),
        "wishes": _wishes(digest.wishes),
        "sections": [_section(section, digest, words, names) for section in digest.sections],
        "left_out": digest.left_out,
        "coverage": {
            "feeds": digest.coverage.feeds,
            "failing": digest.coverage.failing,
            "items": digest.coverage.items,
            "stories": digest.coverage.stories,
            "shown": digest.coverage.shown,
        },
    }


def polled_record(polled: Polled, name: str) -> Record:
    """What one poll of the source called `name` gave, as `poll` prints it: one line a source.

    `error` is "none" or one of the agreed words; `seconds` what the poll took; `new` and `updated` count items.
    """
    return {
        "url": without_password(polled.url),
        "name": name,
        "http_status": polled.http_status,
        "error": polled.error,
        "new": polled.new,
        "updated": polled.updated,
        "next_poll_at": iso(polled.next_poll_at),
        "seconds": round(polled.seconds, 3),
    }


def iso(moment: datetime) -> str:
    """An aware time as ISO 8601 in UTC, to the second: "2026-11-21T11:40:00Z"."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _wishes(wishes: Wishes) -> Record:
    return {
        "topics": sorted(wishes.topics),
        "places": sorted(wishes.places),
        "pairs": sorted(wishes.pairs),
        "wanted": list(wishes.wanted),
        "unwanted": list(wishes.unwanted),
        "language": wishes.language,
        "by": wishes.by,
    }


def _section(section: Section, digest: Digest, words: Words, names: Names) -> Record:
    return {
        "key": section.key,
        "title": section_title(section, by=digest.wishes.by, words=words, names=names),
        "more": section.more,
        "stories": [_story(story) for story in section.stories],
    }


def _story(story: DigestStory) -> Record:
    return {
        "story_id": story.story_id,
        "headline": story.headline,
        "url": story.url,
        "outlet": story.outlet,
        "language": story.language,
        "published": iso(story.published),
        "sentences": [
            {"text": sentence.text, "item_id": sentence.item_id, "language": sentence.language}
            for sentence in story.sentences
        ],
        "topics": list(story.topics),
        "places": list(story.places),
        "pairs": list(story.pairs),
        "origins": story.origins,
        "reports": [
            {"outlet": report.outlet, "url": report.url, "language": report.language} for report in story.reports
        ],
        "score": round(story.score, 4),
        "worth": [list(points) for points in story.worth],
        "mark": story.mark,
        "day": story.day,
    }
