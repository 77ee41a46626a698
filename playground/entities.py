"""Formatted texts as Telegram keeps them: plain text, entities counted in UTF-16 units, and what may hold what.

Rules: https://core.telegram.org/bots/api#formatting-options and https://core.telegram.org/bots/api#messageentity.
Sentences of errors are the real server's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

#: At most so many entities of one message are kept, the rest is plain text; custom emoji do not count.
#: The documentation is silent; telegram.constants.MessageLimit.MESSAGE_ENTITIES and the real server are not.
MAX_ENTITIES = 100

#: "bold, italic, underline, strikethrough, and spoiler entities can contain and can be part of any other entities,
#: except pre and code" (https://core.telegram.org/bots/api#formatting-options).
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
#: What Telegram marks by itself.
FOUND = ("mention", "hashtag", "bot_command", "url", "email")
TYPES = frozenset({*STYLES, *QUOTES, *FOUND, "pre", "code", "text_link", "text_mention", "custom_emoji", "date_time"})
#: Which entity stands first where two begin and end together: the outer one.
_RANK = {"blockquote": 0, "expandable_blockquote": 0, "pre": 1, "code": 2, "date_time": 3, "text_link": 4} | {
    style: 10 + n for n, style in enumerate(STYLES)
}

_AUTOMATIC = re.compile(
    r"(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/<>]))"
    r"|(?P<url>\bhttps?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{2,32}\b)"
    r"|(?P<hashtag>(?<![\w#])#(?=\w*[^\W\d])\w{1,256}\b)"
)


class EntityError(ValueError):
    """A text that Telegram refuses; the sentence is the one it refuses it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One formatted stretch of a text: https://core.telegram.org/bots/api#messageentity."""

    type: str
    #: In UTF-16 units.
    offset: int
    length: int
    url: str | None = None
    user_id: int | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        """The offset behind its last unit."""
        return self.offset + self.length


class Formatted(NamedTuple):
    """A plain text and its entities, outer before inner."""

    text: str
    entities: tuple[Entity, ...]


def utf16(text: str) -> int:
    """Length in UTF-16 units, which is how Telegram counts.

    >>> utf16("Lào 🇱🇦")
    8
    """
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def clean(given: Formatted) -> Formatted:
    """The text as the server keeps it: controls become spaces, both ends trimmed, entities nested as allowed.

    Raises EntityError where nothing is left or an entity does not fit the text.
    """
    text, entities = given
    if not is_unicode(text):
        raise EntityError("Strings must be encoded in UTF-8")
    _check_offsets(text, entities)
    kept: list[str] = []
    moved = [0]  # old offset in UTF-16 units → new one
    for character in text:
        new = _kept(character)
        kept.append(new)
        if character > "\uffff":
            moved += [moved[-1] + 1, moved[-1] + 2]
        else:
            moved.append(moved[-1] + len(new))
    entities = _moved(entities, moved)
    text = "".join(kept)
    trimmed = text.rstrip(" \n")
    if not trimmed:
        raise EntityError("Text must be non-empty")
    length = utf16(trimmed)
    entities = tuple(
        replace(each, length=min(each.end, length) - each.offset) for each in entities if each.offset < length
    )
    # The left end is trimmed up to the first entity only: so does the real server.
    first = min((each.offset for each in entities), default=len(trimmed))
    blanks = min(len(trimmed) - len(trimmed.lstrip(" \n")), first)
    entities = tuple(replace(each, offset=each.offset - blanks) for each in entities)
    return Formatted(trimmed[blanks:], _limited(_nested(entities)))


def find_entities(text: str) -> tuple[Entity, ...]:
    """What Telegram marks by itself in a text: commands, addresses, e-mail, mentions and hashtags."""
    return tuple(
        Entity(type=str(found.lastgroup), offset=utf16(text[: found.start()]), length=utf16(found.group()))
        for found in _AUTOMATIC.finditer(text)
    )


def with_found(given: Formatted) -> Formatted:
    """The same with what Telegram marks by itself, outside links and code."""
    taken = [each for each in given.entities if each.type not in (*STYLES, *QUOTES)]
    found = [
        new for new in find_entities(given.text) if all(new.end <= old.offset or old.end <= new.offset for old in taken)
    ]
    return Formatted(given.text, ordered([*given.entities, *found]))


def covered(text: str, entity: Entity) -> str:
    """The part of the text that the entity marks."""
    units = text.encode("utf-16-le", errors="surrogatepass")
    return units[2 * entity.offset : 2 * entity.end].decode("utf-16-le", errors="surrogatepass")


def is_unicode(text: str) -> bool:
    """Whether it can be written in UTF-8: it has no half of a surrogate pair."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _kept(character: str) -> str:
    """One character as the server keeps it: no controls, no bidi overrides, no vertical lines."""
    if character == "\r" or "\u2028" <= character <= "\u202e" or character in "\u0333\u033f\u030a":
        return ""
    return " " if character < " " and character != "\n" else character


def _check_offsets(text: str, entities: Iterable[Entity]) -> None:
    """Refuse entities that begin or end in the middle of a character or outside the text."""
    borders = {0}
    position = 0
    for character in text:
        position += 2 if character > "\uffff" else 1
        borders.add(position)
    for each in entities:
        if each.offset > position:
            raise EntityError(f"Entity begins after the end of the text at UTF-16 offset {each.offset}")
        if each.end > position:
            raise EntityError(
                f"Entity beginning at UTF-16 offset {each.offset} ends after the end of the text at UTF-16 offset "
                f"{each.end}"
            )
        if each.offset not in borders or each.end not in borders:
            raise EntityError(f"Entity beginning at UTF-16 offset {each.offset} splits a UTF-16 symbol")


def _moved(entities: Iterable[Entity], moved: Sequence[int]) -> tuple[Entity, ...]:
    new = (
        replace(each, offset=moved[each.offset], length=moved[each.end] - moved[each.offset])
        for each in entities
        if each.length > 0
    )
    return tuple(each for each in new if each.length > 0)


def ordered(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """By offset, outer before inner."""
    return tuple(sorted(entities, key=lambda each: (each.offset, -each.length, _RANK.get(each.type, 5))))


def _nested(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Keep what may be nested and drop the rest, as the server does without an error.

    "blockquote and expandable_blockquote entities can't be nested. All other entities can't contain each other."
    (https://core.telegram.org/bots/api#formatting-options)
    """
    sequence = ordered(entities)
    quotes = _apart(each for each in sequence if each.type in QUOTES)
    solid = [
        each
        for each in _apart(each for each in sequence if each.type not in (*STYLES, *QUOTES))
        if all(_inside(each, quote) or not _overlap(each, quote) for quote in quotes)
    ]
    code = [each for each in solid if each.type in ("pre", "code")]
    styles = [
        Entity(type=style, offset=begin, length=end - begin)
        for style in STYLES
        for begin, end in _spans((each for each in sequence if each.type == style), without=code)
    ]
    return ordered([*quotes, *solid, *styles])


def _apart(entities: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for each in entities:
        if not kept or each.offset >= kept[-1].end:
            kept.append(each)
    return kept


def _inside(inner: Entity, outer: Entity) -> bool:
    return outer.offset <= inner.offset and inner.end <= outer.end


def _overlap(one: Entity, other: Entity) -> bool:
    return one.offset < other.end and other.offset < one.end


def _spans(entities: Iterable[Entity], *, without: Sequence[Entity]) -> list[tuple[int, int]]:
    """Stretches covered by any of them, touching ones joined, less those of `without`."""
    joined: list[tuple[int, int]] = []
    for each in entities:
        if joined and each.offset <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], each.end))
        else:
            joined.append((each.offset, each.end))
    for hole in without:
        joined = [
            part
            for begin, end in joined
            for part in ((begin, min(end, hole.offset)), (max(begin, hole.end), end))
            if part[0] < part[1]
        ]
    return joined


def _limited(entities: Sequence[Entity]) -> tuple[Entity, ...]:
    """The first hundred: links, code, quotes and times before styles, as the server counts."""
    counted = [each for each in entities if each.type != "custom_emoji"]
    if len(counted) <= MAX_ENTITIES:
        return tuple(entities)
    first = sorted(counted, key=lambda each: each.type in STYLES)[:MAX_ENTITIES]
    return ordered([*first, *(each for each in entities if each.type == "custom_emoji")])


def entity_json(entity: Entity) -> dict[str, Any]:
    """The entity as the Bot API shows it, without the user of a text mention (the caller knows people)."""
    fields = ("type", "offset", "length", "url", "language", "custom_emoji_id", "unix_time", "date_time_format")
    return {field: value for field in fields if (value := getattr(entity, field)) is not None}
