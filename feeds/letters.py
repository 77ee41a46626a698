"""A publisher's bytes to text: in the encoding they have, rather than in the one they claim."""

import codecs
import re

from digest.errors import FeedError
from digest.model import Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
#: Characters that XML forbids, written plainly or as references: they would make a strict parser give up.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_BARE = re.compile(r"&(?!#?\w{1,32};)")
_BARE_OR_CDATA = re.compile(rf"<!\[CDATA\[.*?(?:\]\]>|\Z)|{_BARE.pattern}", re.DOTALL)
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,12})|([0-9]{1,12}));")


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
        raise _unreadable(source, "Binary data, not text")
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
        raise _unreadable(source, "Its letters cannot be made out") from error


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


def escape_ampersands(text: str) -> str:
    """XML with its bare ampersands escaped, as in AT&T; in CDATA they may stand.

    >>> escape_ampersands("<a>R&D &amp; <![CDATA[x&y]]></a>")
    '<a>R&amp;D &amp; <![CDATA[x&y]]></a>'
    """
    if not _BARE.search(text):
        return text
    return _BARE_OR_CDATA.sub(lambda found: "&amp;" if found[0] == "&" else found[0], text)


def _unreadable(source: Source, message: str) -> FeedError:
    return FeedError(message, url=source.url, kind="encoding")
