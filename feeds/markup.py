"""Publishers' HTML to plain text: what a reader would see, one paragraph a line."""

import html
import re
import unicodedata
from html.parser import HTMLParser

#: More than this of one field is never looked at; what we keep of it is far shorter.
MAX_HTML = 100_000
_BLOCKS = frozenset(
    "address article aside blockquote br caption dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main "
    "nav ol option p pre section table tbody tfoot thead tr ul".split()
)
_CELLS = frozenset({"td", "th"})
#: What stands in these is not the article's words.
_DROPPED = frozenset("script style figcaption template noscript svg iframe object head title button select".split())
#: Marked sections make html.parser raise; the text inside CDATA is kept.
_MARKED_SECTION = re.compile(r"<!\[CDATA\[|\]\]>|<!\[[^<>]*>?")
#: A description that was cut at a length may end within a tag.
_CUT_TAG = re.compile(r"<\w{1,20}\s[^<>]{0,2000}=[^<>]*\Z")
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--")
#: Controls other than newline and tab, zero-width and bidi marks and overrides, soft hyphen, surrogates, noncharacters,
#: invisible tags. (Zero-width joiners stay: emoji and some scripts are spelled with them.)
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
#: No script puts so many marks on a letter; a tower of them covers the lines around it.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_TOWER = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_SPACES = re.compile(r"[^\S\n]+")


def to_text(markup: str) -> str:
    """The words of a piece of HTML or plain text: entities decoded, one paragraph a line, no blank lines, cleaned.

    Markup that was escaped twice is decoded twice, but no further.

    >>> to_text("<p>Hà&nbsp;Nội <b>mới</b></p><p>Lào &amp; Việt</p>")
    'Hà Nội mới\\nLào & Việt'
    """
    text = _strip(markup[:MAX_HTML])
    if _ENTITY.search(text) or ("&lt;" in markup and _TAG.search(text)):
        text = _strip(text)
    return clean(text)


def clean(text: str) -> str:
    """NFC without invisible characters and towers of marks, spaces collapsed, lines trimmed and none of them blank."""
    text = _INVISIBLE.sub("", text.replace("\r", "\n").replace("\x85", "\n").replace("\u2028", "\n"))
    text = _TOWER.sub(r"\1", unicodedata.normalize("NFC", text.replace("\u2029", "\n")))
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Text without line breaks.

    >>> one_line("a\\nb")
    'a b'
    """
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut between words and marked with an ellipsis.

    >>> shorten("one two three", 9)
    'one two…'
    """
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = max(head.rfind(" "), head.rfind("\n"))
    # A text without spaces (Lao, Thai, Chinese) is cut anywhere.
    return (head[:space] if space > limit // 2 else head).rstrip(" \n,;:–-") + "…"


def _strip(markup: str) -> str:
    if "<" not in markup:
        # Plain text may be wrapped anywhere; only a blank line parts paragraphs.
        return "\n".join(" ".join(part.split("\n")) for part in _BLANK_LINE.split(html.unescape(markup)))
    reader = _Reader()
    reader.feed(_CUT_TAG.sub("", _MARKED_SECTION.sub(" ", markup)))
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    """Gathers the words of the elements that carry them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._dropping: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if self._dropping is None and tag in _DROPPED:
            self._dropping = tag
        self._space(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        # <title/> and the like hold nothing, so nothing is to be dropped.
        self._space(tag)

    def handle_endtag(self, tag: str) -> None:
        # An unclosed caption ends with its figure, so that the article after it is not lost.
        if tag == self._dropping or (tag == "figure" and self._dropping == "figcaption"):
            self._dropping = None
        self._space(tag)

    def handle_data(self, data: str) -> None:
        if self._dropping is None:
            # Line breaks in HTML are spaces.
            self.pieces.append(data.replace("\n", " "))

    def _space(self, tag: str) -> None:
        if self._dropping is None:
            if tag in _BLOCKS:
                self.pieces.append("\n")
            elif tag in _CELLS:
                self.pieces.append(" ")
