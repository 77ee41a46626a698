"""A publisher's bytes to a ParsedFeed. Plain and synchronous; `feeds.parse` runs it where it can be killed.

bytes → text (the encoding it has rather than the one it claims) → feedparser or JSON Feed → Entry by Entry
"""

import codecs
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import feedparser

from digest.errors import FeedError, FeedErrorKind
from digest.model import Entry, Source
from feeds.markup import one_line, shorten, to_text
from feeds.normalise import MAX_TITLE, absolute, normalise_entry

#: The newest entries of one document; a feed that shows more is an archive.
MAX_ENTRIES = 500
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
#: Characters that XML forbids, written plainly or as references: they would make a strict parser give up.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]*\?>\s*)?(?>(?:<!--(?>.*?-->)\s*)*)<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(r"<(rss|feed|(?:\w+:)?RDF|(?:\w+:)feed)\b", re.IGNORECASE)
_UPDATE_PERIODS = {"hourly": 1, "daily": 24, "weekly": 168}


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
    #: "link" where guids of this document stand for more than one link; else as asked for.
    identity_by: str = "guid"


def read_document(
    body: bytes,
    headers: Mapping[str, str],
    *,
    source: Source,
    url: str,
    fetched_at: datetime,
    identity_by: str = "guid",
) -> ParsedFeed:
    """The feed in `body`, fetched from `url` with `headers` (names in lower case).

    Raises FeedError: empty (nothing at all, or a feed without entries), not_feed, encoding, truncated (the end of the
    document is missing), parse (a feed too broken to hold a usable entry).
    """
    if not body.strip(b"\0 \t\r\n"):
        raise _error(source, "empty", "The answer is empty")
    text = decode(body, headers.get("content-type", ""), source=source)
    if text.lstrip()[:1] in ("{", "["):
        feed, raws = _read_json(text, source)
    else:
        feed, raws = _read_xml(text, source)
    page = absolute(_string(feed.get("link")), url) or url
    language = _string(feed.get("language")) or None

    def normalised(by: str) -> list[Entry]:
        found = (normalise_entry(raw, source, language, fetched_at, page, identity_by=by) for raw in _newest(raws))
        return [entry for entry in found if entry is not None]

    entries = normalised(identity_by)
    if identity_by == "guid" and _guids_repeat(entries):
        identity_by = "link"
        entries = normalised(identity_by)
    if not entries:
        raise _error(source, "parse", "No entry has a title or text and a link")
    unique: dict[str, Entry] = {}
    for entry in entries:
        unique.setdefault(entry.identity, entry)
    return ParsedFeed(
        entries=tuple(sorted(unique.values(), key=lambda entry: entry.published, reverse=True)),
        title=shorten(one_line(to_text(_string(feed.get("title")))), MAX_TITLE),
        language=language,
        ttl=_ttl(feed),
        identity_by=identity_by,
    )


def decode(body: bytes, content_type: str, *, source: Source) -> str:
    """The document's text. Raises FeedError of kind encoding where no reading of the bytes makes sense.

    A byte order mark wins; then UTF-8 if every byte agrees, whatever was declared; then what was declared; then UTF-8
    with a few broken characters replaced, as when a description was cut by bytes; then the Windows code page of the
    source's language.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return _cleaned(body[len(bom) :].decode(name, errors="replace"))
    # Without a mark, the NUL beside the first "<" gives UTF-16 away.
    if body[:2] in (b"<\0", b"\0<"):
        return _cleaned(body.decode("utf-16-le" if body[:1] == b"<" else "utf-16-be", errors="replace"))
    if body.count(b"\0") * 10 > len(body):
        raise _error(source, "encoding", "Binary data, not text")
    declared = _declared(body, content_type)
    # An encoding of ASCII bytes with escapes reads as UTF-8 too, so there the declaration comes first.
    escaped = [name for name in declared if name.lower().startswith(("iso-2022", "hz"))]
    for name in (*escaped, "utf-8", *declared):
        try:
            return _cleaned(body.decode(name))
        except (UnicodeError, LookupError, ValueError):
            continue
    mended = body.decode("utf-8", errors="replace")
    marks = mended.count("\ufffd")
    if marks <= 3 or marks * 50 <= sum(c > "\x7f" for c in mended):
        return _cleaned(mended)
    try:
        return _cleaned(body.decode("cp1258" if source.language == "vi" else "cp1252"))
    except UnicodeDecodeError as error:
        raise _error(source, "encoding", "Its letters cannot be made out") from error


def _declared(body: bytes, content_type: str) -> list[str]:
    names = [match[1] for match in [_CHARSET.search(content_type)] if match]
    names += [match[1].decode("ascii", "replace") for match in [_DECLARED.match(body)] if match]
    return [name for name in names if name.lower().replace("_", "-") not in ("utf-7", "utf-16", "utf-8", "utf8")]


def _cleaned(text: str) -> str:
    def legal(match: re.Match[str]) -> str:
        code = int(match[1], 16) if match[1] else int(match[2])
        allowed = (
            code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
        )
        return match[0] if allowed else ""

    return _REFERENCE.sub(legal, _FORBIDDEN.sub("", text))


def _read_xml(text: str, source: Source) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    if _HTML.match(text):
        raise _error(source, "not_feed", "A web page, not a feed")
    # The text is clean UTF-8 now and says so; a declaration of its own could only contradict.
    body = _DECLARATION.sub("", text, count=1).strip().encode()
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # BytesIO always: given bytes or a string, feedparser may open a file or an address of that name.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise
    except Exception as error:  # whatever feedparser lets through; a foreign library ends here
        raise _error(source, "parse", f"Too broken to read ({type(error).__name__})") from error
    root = _ROOT.search(text)
    if root is None or (not parsed.get("version") and not parsed.entries):
        raise _error(source, "not_feed", "Not a feed")
    if parsed.bozo and f"</{root[1]}" not in text:
        raise _error(source, "truncated", "The end of the feed is missing")
    if not parsed.entries:
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


def _read_json(text: str, source: Source) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    """JSON Feed 1.0 and 1.1 (jsonfeed.org) in the words of feedparser."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _error(source, "parse", "Neither XML nor JSON that can be read") from error
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in str(document.get("version")):
        raise _error(source, "not_feed", "JSON, but not a JSON Feed")
    raws: list[Mapping[str, Any]] = []
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


def _newest(raws: list[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    """The newest MAX_ENTRIES by the dates that are already understood; others are taken for new."""
    if len(raws) <= MAX_ENTRIES:
        return raws
    stamps = [raw.get("published_parsed") or raw.get("updated_parsed") or (9999,) for raw in raws]
    order = sorted(range(len(raws)), key=lambda n: tuple(stamps[n]), reverse=True)
    return [raws[n] for n in order[:MAX_ENTRIES]]


def _guids_repeat(entries: list[Entry]) -> bool:
    links: dict[str, str] = {}
    return any(links.setdefault(entry.identity, entry.canonical_url) != entry.canonical_url for entry in entries)


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
