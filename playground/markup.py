"""Telegram's HTML read as the real server reads it, and written as a reader sees it.

Rules: https://core.telegram.org/bots/api#html-style. Sentences of errors are the real server's, which gives offsets in
bytes of UTF-8.
"""

import re
from dataclasses import replace
from html import escape
from typing import NamedTuple

from playground.entities import FOUND, Entity, EntityError, Formatted, is_unicode, ordered, utf16

#: Tag → entity type. The whole set: https://core.telegram.org/bots/api#html-style
TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_SPACE = " \t\r\n\0\v"
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
#: "All numerical HTML entities are supported. The API currently supports only the following named HTML entities:
#: &lt;, &gt;, &amp; and &quot;." (https://core.telegram.org/bots/api#html-style)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x(?P<hex>[0-9a-fA-F]+)|#(?P<decimal>[0-9]+)|(?P<name>[A-Za-z]+));?")
_NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LINK = re.compile(
    r"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://)?(?:(?P<user>[^/?#@\s]*)@)?(?P<host>[^/?#:@\s]+)"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?#]\S*)?"
)
#: tg-time's formats (https://core.telegram.org/bots/api#date-time-entity-formatting): r alone, or parts once or more.
_TIME_FORMAT = re.compile(r"[rR]|[tTdDwW]*")


class _Open(NamedTuple):
    """A start tag that waits for its end tag."""

    tag: str
    attributes: dict[str, str]
    #: Where its text begins: in UTF-16 units, and in pieces of the output.
    offset: int
    piece: int


def parse_html(source: str) -> Formatted:
    """Text and entities of Telegram HTML, untrimmed.

    Raises EntityError with the server's sentence (what follows "can't parse entities: ").

    >>> [(e.type, e.offset, e.length) for e in parse_html("🇱🇦 <b>Lào</b>").entities]
    [('bold', 5, 3)]
    """
    return _Scanner(source).run()


class _Scanner:
    """One pass over the source. Past its end stands a NUL, which counts as white space, as in the real one."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.pieces: list[str] = []
        self.units = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> Formatted:
        """Read it all."""
        while self.at < len(self.source):
            match self.source[self.at]:
                case "<" if self.peek(1) == "/":
                    self.end_tag()
                case "<":
                    self.start_tag()
                case "&":
                    self.emit(self.reference() or self.take())
                case _:
                    self.emit(self.take())
        if self.open:
            raise EntityError(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        text = "".join(self.pieces)
        if not is_unicode(text):
            raise EntityError(
                "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate "
                "code units"
            )
        # A language belongs to `pre` alone.
        return Formatted(text, ordered(replace(e, language=None) if e.type == "code" else e for e in self.entities))

    def peek(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.source[position] if position < len(self.source) else "\0"

    @property
    def ended(self) -> bool:
        return self.peek() == "\0"

    def take(self) -> str:
        character = self.source[self.at]
        self.at += 1
        return character

    def emit(self, character: str) -> None:
        self.pieces.append(character)
        self.units += 2 if character > "\uffff" else 1

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode(errors="surrogatepass"))

    def until(self, stops: str) -> str:
        begin = self.at
        while self.peek() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def skip_space(self) -> None:
        while not self.ended and self.peek() in _SPACE:
            self.at += 1

    def reference(self) -> str:
        """The character an HTML reference stands for, or "" where it is none; the semicolon may be missing."""
        found = _REFERENCE.match(self.source, self.at)
        if found is None:
            return ""
        character = ""
        if found["name"]:
            character = _NAMED.get(found["name"], "")
        elif len(found.group().rstrip(";")) < 10:
            code = int(found["hex"], 16) if found["hex"] else int(found["decimal"])
            character = chr(code) if 0 < code < 0x10FFFF else ""
        if character:
            self.at = found.end()
        return character

    def start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self.until(_SPACE + ">").translate(_LOWER)
        if self.ended:
            raise EntityError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        if tag not in TAGS:
            raise EntityError(f'Unsupported start tag "{tag}" at byte offset {self.byte(begin)}')
        attributes: dict[str, str] = {}
        while self.peek() != ">":
            self.skip_space()
            if self.peek() != ">":
                name, value = self.attribute(tag, begin)
                attributes[name] = value
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {self.byte(begin)}')
        self.open.append(_Open(tag, attributes, self.units, len(self.pieces)))

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        unclosed = f'Unclosed start tag "{tag}" at byte offset '
        name = self.until(_SPACE + "=>/\"'")
        if not name:
            raise EntityError(f'Empty attribute name in the tag "{tag}" at byte offset {self.byte(begin)}')
        self.skip_space()
        if self.ended:
            raise EntityError(unclosed + str(self.byte(begin)))
        if self.peek() != "=":
            return name, name
        self.at += 1
        self.skip_space()
        if self.ended:
            raise EntityError(unclosed + str(self.byte(begin)))
        value = self.quoted() if self.peek() in "'\"" else self.name_token()
        if self.ended:
            raise EntityError(f"Unclosed start tag at byte offset {self.byte(begin)}")
        return name, value

    def name_token(self) -> str:
        found = _NAME_TOKEN.match(self.source, self.at)
        begin, self.at = self.at, found.end() if found else self.at
        if self.peek() not in _SPACE + ">":
            raise EntityError(f"Unexpected end of name token at byte offset {self.byte(begin)}")
        return self.source[begin : self.at].translate(_LOWER)

    def quoted(self) -> str:
        quote = self.take()
        value = []
        while not self.ended and self.peek() != quote:
            value.append((self.peek() == "&" and self.reference()) or self.take())
        if not self.ended:
            self.at += 1
        return "".join(value)

    def end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise EntityError(f"Unexpected end tag at byte offset {self.byte(begin)}")
        self.at += 2
        name = self.until(_SPACE + ">").translate(_LOWER)
        self.skip_space()
        if self.peek() != ">":
            raise EntityError(f"Unclosed end tag at byte offset {self.byte(begin)}")
        self.at += 1
        opened = self.open[-1]
        if name not in ("", opened.tag):
            raise EntityError(
                f'Unmatched end tag at byte offset {self.byte(begin)}, expected "</{opened.tag}>", found "</{name}>"'
            )
        self.open.pop()
        if self.units > opened.offset:
            self.close(opened)

    def close(self, opened: _Open) -> None:
        """Add the entity that an element with some text stands for."""
        entity = Entity(type=TAGS[opened.tag], offset=opened.offset, length=self.units - opened.offset)
        given = opened.attributes
        match opened.tag:
            case "a":
                self.add_link(entity, given.get("href") or "".join(self.pieces[opened.piece :]))
                return
            case "blockquote" if "expandable" in given:
                entity = replace(entity, type="expandable_blockquote")
            case "tg-emoji":
                if not re.fullmatch(r"-?0*[1-9][0-9]{0,18}", given.get("emoji-id", "")):
                    raise EntityError("Invalid custom emoji identifier specified")
                entity = replace(entity, custom_emoji_id=given["emoji-id"])
            case "tg-time":
                self.add_time(entity, given.get("unix", ""), given.get("format", ""))
                return
            case "code" if given.get("class", "").startswith("language-"):
                entity = replace(entity, language=given["class"].removeprefix("language-") or None)
        self.add_code(entity) if entity.type in ("pre", "code") else self.entities.append(entity)

    def add_link(self, entity: Entity, href: str) -> None:
        """A link whose address is none becomes plain text, without an error."""
        user = re.fullmatch(r"tg:(?://)?user/?\?id=([0-9]{1,15})", href, re.IGNORECASE)
        if user:
            self.entities.append(replace(entity, type="text_mention", user_id=int(user[1])))
        elif url := checked_link(href):
            self.entities.append(replace(entity, url=url))

    def add_time(self, entity: Entity, unix: str, style: str) -> None:
        if not _TIME_FORMAT.fullmatch(style):
            raise EntityError("Invalid date format used")
        if (digits := re.match(r"[0-9]{1,10}", unix)) and 0 < int(digits[0]) < 2**31:
            self.entities.append(replace(entity, unix_time=int(digits[0]), date_time_format=style or None))

    def add_code(self, entity: Entity) -> None:
        """`pre` around exactly one `code class="language-…"`, or the other way round, is one `pre` with a language."""
        inner = self.entities[-1] if self.entities else None
        if inner is not None and (inner.offset, inner.length) == (entity.offset, entity.length):
            language = (inner if inner.type == "code" else entity).language
            if language and {inner.type, entity.type} == {"pre", "code"}:
                self.entities[-1] = replace(inner, type="pre", language=language)
                return
        self.entities.append(entity)


def checked_link(url: str) -> str | None:
    """The address as Telegram keeps it, or None where it takes it for none.

    http, https, tg and ton only; a host without a dot is none; a missing scheme means http.

    >>> checked_link("HTTPS://Example.org"), checked_link("javascript:alert(1)"), checked_link("http://localhost/")
    ('https://example.org/', None, None)
    """
    internal = re.fullmatch(r"(tg|ton):(?://)?([A-Za-z0-9_-]+)([/?#]\S*)?", url, re.IGNORECASE)
    if internal:
        return f"{internal[1].lower()}://{internal[2].lower()}{internal[3] or ''}"
    found = _LINK.fullmatch(url)
    if found is None or (found["scheme"] or "http").lower() not in ("http", "https") or "." not in found["host"]:
        return None
    user = f"{found['user']}@" if found["user"] else ""
    port = f":{int(found['port'])}" if found["port"] else ""
    rest = found["rest"] or "/"
    slash = "" if rest.startswith("/") else "/"
    return f"{(found['scheme'] or 'http').lower()}://{user}{found['host'].lower()}{port}{slash}{rest}"


def to_html(given: Formatted) -> str:
    """Telegram HTML that shows the text as a reader sees it; what Telegram marks by itself stays bare."""
    begins: dict[int, list[Entity]] = {}
    for entity in ordered([each for each in given.entities if each.type not in FOUND]):
        begins.setdefault(entity.offset, []).append(entity)
    pieces: list[str] = []
    standing: list[Entity] = []
    position = 0
    for character in [*given.text, ""]:
        # Styles may overlap without one holding the other: what is closed too early on the way is opened again.
        ending = next((n for n, each in enumerate(standing) if each.end == position), len(standing))
        closed, standing = standing[ending:], standing[:ending]
        pieces += [_end(each) for each in reversed(closed)]
        starting = [each for each in closed if each.end > position] + begins.get(position, [])
        pieces += [_start(each) for each in starting]
        standing += starting
        pieces.append(escape(character, quote=False))
        position += utf16(character)
    return "".join(pieces)


def _start(entity: Entity) -> str:
    match entity.type:
        case "text_link":
            return f'<a href="{escape(entity.url or "")}">'
        case "text_mention":
            return f'<a href="tg://user?id={entity.user_id}">'
        case "pre" if entity.language:
            return f'<pre><code class="language-{escape(entity.language)}">'
        case "expandable_blockquote":
            return "<blockquote expandable>"
        case "custom_emoji":
            return f'<tg-emoji emoji-id="{entity.custom_emoji_id}">'
        case "date_time":
            style = f' format="{entity.date_time_format}"' if entity.date_time_format else ""
            return f'<tg-time unix="{entity.unix_time}"{style}>'
        case _:
            return f"<{_TAG[entity.type]}>"


def _end(entity: Entity) -> str:
    return "</code></pre>" if entity.type == "pre" and entity.language else f"</{_TAG[entity.type]}>"


_TAG = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
    "text_link": "a",
    "text_mention": "a",
    "custom_emoji": "tg-emoji",
    "date_time": "tg-time",
}
