"""One raw entry of a feed to one clean Entry: identity, link, words, date, language. Pure."""

import hashlib
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from digest.model import Entry, Source
from digest.text import sentence_spans, without_password
from feeds.dates import publication_time
from feeds.language import detect_language, primary
from feeds.markup import clean, one_line, shorten, to_text

MAX_TITLE = 500
MAX_TEXT = 20_000
MAX_URL = 2_000
#: Longer guids are kept as their hash.
MAX_IDENTITY = 500
#: A title made from the text, where the publisher gave none.
_MADE_TITLE = 120
_TRACKING_PREFIXES = ("utm_", "at_", "mtm_", "pk_", "hsa_")
_TRACKING = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid igshid igsh mc_cid mc_eid _ga _gl zarsrc vero_id oly_enc_id "
    "oly_anon_id cmp cmpid ocid ito maca traffic_source ns_mchannel ns_source ns_campaign smid xtor".split()
)
#: How publishing systems end a description, said on the way out of the article.
_INVITATIONS = (
    r"continue reading(?: [^\n.!?]{1,200})?",
    r"(?:click here to )?read (?:more|the full (?:article|story)|the rest of [^\n.!?]{1,80}|full (?:article|story))",
    r"(?:keep reading|learn more)",
    r"(?:mời )?(?:xem|đọc) (?:thêm|tiếp|chi tiết)(?: (?:tại|ở|trên) [^\n!?]{1,80})?",
    r"the (?:post|article) [^\n]{1,400}? (?:first )?appeared first on [^\n]{1,200}",
    r"bài viết [^\n]{1,400}? xuất hiện (?:đầu tiên )?(?:trên|tại|vào)[^\n]{1,200}",
)
#: Headings of what is not the article, with the titles that follow.
_HEADINGS = (
    r"(?:(?:xem|đọc) thêm|(?:tin|bài) liên quan|read also|see also|related(?: articles?| stories| news)?)"
    r" ?:[^\n.]{0,300}"
)
_TAIL = re.compile(
    rf"(?:[\[(]?(?:{'|'.join(_INVITATIONS)})[\])]?|{_HEADINGS}|\[ ?(?:…|\.\.\.) ?\])[\s.…»›→>|-]*\Z", re.IGNORECASE
)
#: Types of content that is words.
_WORDS = re.compile(r"text|html|xhtml|application/xhtml\+xml", re.IGNORECASE)
#: A tail is looked for in this much of the end.
_TAIL_ROOM = 700
_SENTENCE_END = re.compile(r"[.!?…:;][\"'”’»)\]]*\Z")


def normalise_entry(
    raw: Mapping[str, Any],
    source: Source,
    feed_language: str | None,
    fetched_at: datetime,
    base_url: str,
    *,
    identity_by: str = "guid",
) -> Entry | None:
    """The clean Entry of what feedparser (or `feeds.document` for JSON Feed) read; None if there is nothing to keep.

    Nothing to keep is an entry with neither title nor text, or one without any link in a feed without a page: a
    reader could not open it. An entry without a link of its own gets its guid if that is one, else `base_url`, the
    page of the feed, against which relative links are resolved too.
    """
    title = shorten(one_line(to_text(_text(raw, "title"))), MAX_TITLE)
    bodies = [to_text(body) for body in _bodies(raw)]
    language = detect_language(
        "\n".join([title, *bodies]),
        prior=source.language or primary(_text(raw, "language")) or primary(feed_language),
    )
    text = shorten(cut_boilerplate(max(bodies, key=len, default=""), language=language), MAX_TEXT)
    if text.casefold() == title.casefold():
        text = ""
    title = title or shorten(one_line(text), _MADE_TITLE)
    guid = clean(_text(raw, "id"))
    own = absolute(_text(raw, "link"), base_url) or absolute(guid, "")
    url = own or absolute(base_url, "")
    if not title or url is None:
        return None
    canonical = canonical_url(url)
    published = _published(raw, source, fetched_at)
    return Entry(
        identity=_identity(identity_by, guid=guid, canonical=canonical if own else "", title=title, text=text),
        url=url,
        canonical_url=canonical,
        title=title,
        text=text,
        published=published or fetched_at,
        dated=published is not None,
        language=language,
    )


def absolute(link: str, base: str) -> str | None:
    """`link` as published if it is an absolute http(s) address, else resolved against `base`; None where it is neither.

    A name and password in it, which may be those of the feed's own address, are left out.

    >>> absolute("/tin/1.html", "https://example.vn/rss/home.rss")
    'https://example.vn/tin/1.html'
    """
    link = clean(link).replace("\n", "").replace(" ", "%20")
    try:
        if base and link and not link.lower().startswith(("http://", "https://")):
            link = urljoin(base, link)
        parts = urlsplit(link)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return without_password(link) if usable and len(link) <= MAX_URL else None


def canonical_url(url: str) -> str:
    """One spelling of an address: no tracking parameters, no fragment, scheme and host in lower case, query sorted.

    >>> canonical_url("HTTPS://Example.VN/a?utm_source=rss&id=3#top")
    'https://example.vn/a?id=3'
    """
    try:
        parts = urlsplit(url)
        if parts.query:
            pairs = parse_qsl(parts.query, keep_blank_values=True)
            parts = parts._replace(query=urlencode([pair for pair in pairs if not _tracks(pair[0])]))
        return str(canonicalize_url(urlunsplit(parts)))
    except ValueError:
        # Only addresses that no browser opens either; the published form is then as good as any.
        return url.partition("#")[0]


def cut_boilerplate(text: str, *, language: str) -> str:
    """The text without what publishing systems append: "Continue reading…", "The post … appeared first on …".

    From Vietnamese texts the headlines of related articles behind the last full sentence are cut too. A text that is
    one sentence, with or without its full stop, stays whole.
    """
    # Capitals tell an invitation from a sentence that happens to end in "… and read more".
    while (match := _TAIL.search(text, max(0, len(text) - _TAIL_ROOM))) and not match[0][0].islower():
        text = text[: match.start()].rstrip(" \n-–|")
        if match[0].startswith(("[…", "[...", "[ ")) and not _SENTENCE_END.search(text):
            text += "…"  # the publisher's mark of a sentence that was cut, kept as such
    return _cut_related(text) if language == "vi" else text


def _cut_related(text: str) -> str:
    if not text or _SENTENCE_END.search(text):
        return text
    spans = sentence_spans(text)
    full = [span for span in spans if _SENTENCE_END.search(text[span[0] : span[1]])]
    if not full:
        return text
    kept, tail = text[: full[-1][1]], text[full[-1][1] :]
    # A short remainder may be a signature or a source; a short beginning may be an abbreviation we do not know.
    return kept if len(kept.split()) >= 12 and len(tail.split()) >= 4 else text


def _bodies(raw: Mapping[str, Any]) -> list[str]:
    contents = raw.get("content")
    parts = contents if isinstance(contents, list) else []
    # Atom may carry pictures and the like, which feedparser hands over as if they were words.
    values = [
        part.get("value") for part in parts if isinstance(part, Mapping) and _WORDS.match(part.get("type") or "text")
    ]
    return [value for value in (*values, raw.get("summary")) if isinstance(value, str) and value]


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    return value if isinstance(value, str) else ""


def _published(raw: Mapping[str, Any], source: Source, now: datetime) -> datetime | None:
    for key in ("published", "updated", "created"):
        if text := _text(raw, key):
            moment = publication_time(text, country=source.country, now=now) or _parsed(raw.get(key + "_parsed"), now)
            if moment is not None:
                return moment
    return None


def _parsed(value: Any, now: datetime) -> datetime | None:
    """feedparser's own reading, for formats that ours does not know (Greek, Hungarian, Korean, asctime)."""
    if not isinstance(value, time.struct_time):
        return None
    try:
        return publication_time(datetime(*value[:6], tzinfo=UTC).isoformat(), country=None, now=now)
    except ValueError:
        return None


def _identity(identity_by: str, *, guid: str, canonical: str, title: str, text: str) -> str:
    if identity_by == "title":
        return hashlib.sha256(f"{canonical}\n{title}".encode()).hexdigest()
    identity = (guid if identity_by == "guid" else "") or canonical
    if identity and len(identity) <= MAX_IDENTITY:
        return identity
    return hashlib.sha256((identity or f"{title}\n{text}").encode()).hexdigest()


def _tracks(name: str) -> bool:
    name = name.lower()
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
