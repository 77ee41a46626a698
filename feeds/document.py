"""A publisher's bytes to a ParsedFeed. Plain and synchronous; `feeds.parse` runs it where it can be killed.

bytes → text → without the entries that were read before → feedparser or JSON Feed → Entry by Entry
"""

import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import feedparser

from digest.errors import FeedError, FeedErrorKind
from digest.model import Entry, Source
from feeds import sift
from feeds.dates import publication_time
from feeds.letters import decode, escape_ampersands
from feeds.markup import one_line, shorten, to_text
from feeds.normalise import MAX_TITLE, absolute, normalise_entry

#: The newest entries of one document; a feed that shows more is an archive.
MAX_ENTRIES = 500
#: How feedparser gets every document: a first line of its own is where its search for an encoding ends.
_DECLARED = b'<?xml version="1.0" encoding="utf-8"?>\n'
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?>(?:<!--(?>.*?-->)\s*)*)<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(r"<(rss|feed|(?:\w+:)?RDF|(?:\w+:)feed)\b", re.IGNORECASE)
#: So many titles of one identity are no longer one article that is listed with its edits.
_COLLISION = 3
#: Where an entry says when it was published, roughly: enough to choose among thousands.
_DATE = re.compile(rb"<(?:\w+:)?(?:pubDate|published|issued|date|updated)\b[^>]*>\s*([^<]{4,60})<", re.IGNORECASE)
_UPDATE_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168}

_Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed document says."""

    #: The newest first (of one time in the order of the document), each identity once, at most MAX_ENTRIES.
    entries: tuple[Entry, ...]
    title: str = ""
    #: As the feed states it, unchecked.
    language: str | None = None
    #: How often the publisher wants to be asked: `ttl` or the syndication module.
    ttl: timedelta | None = None
    #: "link" where guids of this document stand for more than one link, "title" where links of it do for several
    #: articles; else as asked for.
    identity_by: str = "guid"
    #: How many more entries were left out, byte for byte those of the document that gave `seen`.
    unchanged: int = 0
    #: What to hand in as `seen` with the next document (see feeds.sift); empty where each is to be read whole.
    seen: str = ""


def read_document(
    body: bytes,
    headers: Mapping[str, str],
    *,
    source: Source,
    url: str,
    fetched_at: datetime,
    identity_by: str = "guid",
    seen: str = "",
) -> ParsedFeed:
    """The feed in `body`, fetched from `url` with `headers` (names in lower case).

    Raises FeedError: empty (nothing at all, or a feed without entries), not_feed, encoding, truncated (the end of the
    document is missing), parse (a feed too broken to hold a usable entry).
    """
    if not body.strip(b"\0 \t\r\n"):
        raise _error(source, "empty", "The answer is empty")
    text = decode(body, headers.get("content-type", ""), source=source)
    reading = _Reading(source, url, fetched_at, identity_by)
    if text.lstrip()[:1] in ("{", "["):
        return reading.feed(*_read_json(text, source))
    if _HTML.match(text):
        raise _error(source, "not_feed", "A web page, not a feed")
    # The text is clean UTF-8 now and says so; a declaration of its own could only contradict.
    document = escape_ampersands(_DECLARATION.sub("", text, count=1).strip()).encode()
    pieces = sift.pieces(document, context=(url, source.language or "", source.country or "", identity_by))
    if len(pieces) > MAX_ENTRIES:
        return reading.whole(_of_archive(document, pieces, source=source, now=fetched_at), ())
    known = sift.recalled(seen)
    return reading.rest(document, pieces, known) or reading.whole(document, pieces)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One document on its way to a ParsedFeed."""

    source: Source
    url: str
    fetched_at: datetime
    identity_by: str

    def whole(self, document: bytes, pieces: Sequence[sift.Piece]) -> ParsedFeed:
        """What a whole document says, and what to remember of it."""
        return self.feed(*_read_xml(document, self.source), pieces=pieces)

    def rest(self, document: bytes, pieces: Sequence[sift.Piece], known: Mapping[str, str]) -> ParsedFeed | None:
        """What a document says without the pieces that are `known`, if there are any.

        None where that does not tell enough: it cannot be read by itself, or one of its entries has the identity of
        one that was left out, so that both must be seen to tell them apart.
        """
        left_out = {piece.mark: known[piece.mark] for piece in pieces if piece.mark in known}
        fresh = [piece for piece in pieces if piece.mark not in known]
        if not left_out:
            return None
        try:
            feed, raws = _read_xml(sift.without(document, pieces, left_out), self.source, may_be_empty=not fresh)
            parsed = self.feed(feed, raws, pieces=fresh, may_be_empty=True)
        except FeedError:
            return None
        marks = sift.recalled(parsed.seen)
        told_apart = parsed.identity_by == self.identity_by and len(raws) == len(fresh)
        if not told_apart or set(marks.values()) & set(left_out.values()):
            return None
        seen = sift.remembered(pieces, {**marks, **left_out})
        return replace(parsed, unchanged=len(pieces) - len(fresh), seen=seen)

    def feed(
        self, feed: _Raw, raws: Sequence[_Raw], *, pieces: Sequence[sift.Piece] = (), may_be_empty: bool = False
    ) -> ParsedFeed:
        """What feedparser, or our reader of JSON Feed, found. Raises FeedError if that is nothing usable.

        `pieces` are where the entries stand in the document; they are remembered if there is one for each.
        """
        identity_by = self.identity_by
        read = self._entries(feed, raws, identity_by)
        if identity_by == "guid" and _guids_repeat(read):
            identity_by = "link"
            read = self._entries(feed, raws, identity_by)
        if identity_by != "title" and _articles_collide(read):
            identity_by = "title"
            read = self._entries(feed, raws, identity_by)
        unique: dict[str, Entry] = {}
        for entry in read:
            if entry is not None:
                unique.setdefault(entry.identity, entry)
        if not unique and not may_be_empty:
            raise _error(self.source, "parse", "No entry has a title or text and a link")
        marks = {}
        if len(pieces) == len(raws) and identity_by == self.identity_by:
            marks = {p.mark: sift.identity_mark(e.identity if e else p.mark) for p, e in zip(pieces, read, strict=True)}
        return ParsedFeed(
            entries=tuple(sorted(unique.values(), key=lambda entry: entry.published, reverse=True)),
            title=shorten(one_line(to_text(_string(feed.get("title")))), MAX_TITLE),
            language=_string(feed.get("language")) or None,
            ttl=_ttl(feed),
            identity_by=identity_by,
            seen=sift.remembered(pieces, marks) if marks else "",
        )

    def _entries(self, feed: _Raw, raws: Sequence[_Raw], identity_by: str) -> list[Entry | None]:
        """One for each of the raw entries (of an archive for each of the newest); None for what cannot be used."""
        page = absolute(_string(feed.get("link")), self.url) or self.url
        language = _string(feed.get("language")) or None
        return [
            normalise_entry(raw, self.source, language, self.fetched_at, page, identity_by=identity_by)
            for raw in _newest(raws)
        ]


def _read_xml(document: bytes, source: Source, *, may_be_empty: bool = False) -> tuple[_Raw, list[_Raw]]:
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # BytesIO always: given bytes or a string, feedparser may open a file or an address of that name.
        parsed = feedparser.parse(
            io.BytesIO(_DECLARED + document), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever feedparser lets through; a foreign library ends here
        raise _error(source, "parse", f"Too broken to read ({type(error).__name__})") from error
    text = document.decode()
    root = _ROOT.search(text)
    if root is None or (not parsed.get("version") and not parsed.entries):
        raise _error(source, "not_feed", "Not a feed")
    if parsed.bozo and f"</{root[1]}" not in text:
        raise _error(source, "truncated", "The end of the feed is missing")
    if not parsed.entries and not may_be_empty:
        if parsed.bozo:
            raise _error(source, "parse", "Too broken to hold an entry")
        raise _error(source, "empty", "A feed without entries")
    # Plain dicts: feedparser's answer to one missing key with another, and warn about it.
    return dict(parsed.feed), [_plain(entry) for entry in parsed.entries]


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    raw = dict(entry.items())
    detail = raw.get("title_detail") or {}
    raw["language"] = detail.get("language")
    if not raw.get("link"):
        links = [link for link in raw.get("links", ()) if link.get("rel") in ("alternate", "related", "via")]
        raw["link"] = next((link["href"] for link in links if link.get("href")), None)
    return raw


def _read_json(text: str, source: Source) -> tuple[_Raw, list[_Raw]]:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org) in the words of feedparser."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _error(source, "parse", "Neither XML nor JSON that can be read") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version")):
        raise _error(source, "not_feed", "JSON, but not a JSON Feed")
    raws: list[_Raw] = []
    for item in items:
        if not isinstance(item, dict):
            continue
        # Plain text of JSON is no markup: escaped, it survives the reading of markup.
        plain = [_escaped(item.get(key)) for key in ("content_text", "summary")]
        raws.append(
            {
                # The standard asks readers to accept numbers here.
                "id": _string(item.get("id")) if not isinstance(item.get("id"), int) else str(item["id"]),
                "link": item.get("url") or item.get("external_url"),
                "title": _escaped(item.get("title")),
                "summary": plain[1],
                "content": [{"value": item.get("content_html")}, {"value": plain[0]}],
                "published": item.get("date_published"),
                "updated": item.get("date_modified"),
                "language": item.get("language"),
            }
        )
    if not raws:
        raise _error(source, "empty", "A feed without entries")
    return {
        "title": _escaped(document.get("title")),
        "link": document.get("home_page_url"),
        "language": document.get("language"),
    }, raws


def _of_archive(document: bytes, pieces: Sequence[sift.Piece], *, source: Source, now: datetime) -> bytes:
    """The document with its newest MAX_ENTRIES entries only; those whose date is not understood are taken for new."""

    def published(piece: sift.Piece) -> datetime:
        found = _DATE.search(document, piece.start, piece.end)
        when = publication_time(found[1].decode(), country=source.country, now=now) if found else None
        return when or now

    old = sorted(pieces, key=published, reverse=True)[MAX_ENTRIES:]
    return sift.without(document, pieces, {piece.mark for piece in old})


def _newest(raws: Sequence[_Raw]) -> Iterable[_Raw]:
    """The newest MAX_ENTRIES by the dates that are already understood; others are taken for new."""
    if len(raws) <= MAX_ENTRIES:
        return raws
    stamps = [raw.get("published_parsed") or raw.get("updated_parsed") or (9999,) for raw in raws]
    order = sorted(range(len(raws)), key=lambda n: tuple(stamps[n]), reverse=True)
    return [raws[n] for n in order[:MAX_ENTRIES]]


def _guids_repeat(entries: Iterable[Entry | None]) -> bool:
    links: dict[str, str] = {}
    return any(e and links.setdefault(e.identity, e.canonical_url) != e.canonical_url for e in entries)


def _articles_collide(entries: Iterable[Entry | None]) -> bool:
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry is not None:
            titles[entry.identity].add(entry.title)
    return any(len(found) >= _COLLISION for found in titles.values())


def _ttl(feed: Mapping[str, Any]) -> timedelta | None:
    minutes = _string(feed.get("ttl")).strip()
    if minutes.isascii() and minutes.isdigit():
        return timedelta(minutes=int(minutes[:6])) or None
    hours = _UPDATE_PERIODS.get(_string(feed.get("sy_updateperiod")).strip().lower())
    if hours is None:
        return None
    often = _string(feed.get("sy_updatefrequency")).strip()
    return timedelta(hours=hours) / max(1, int(often[:4]) if often.isascii() and often.isdigit() else 1)


def _escaped(value: Any) -> str:
    return _string(value).replace("&", "&amp;").replace("<", "&lt;")


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _error(source: Source, kind: FeedErrorKind, message: str) -> FeedError:
    return FeedError(message, url=source.url, kind=kind)
