"""What Telegram accepts in a request and with which sentence it refuses the rest.

Each rule names the place of the documentation it comes from. Where the documentation gives a limit and no sentence, the
sentence is that of the public server (https://github.com/tdlib/telegram-bot-api) or of the errors people report.
What this does not know it refuses.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playground.entities import TYPES, Entity, EntityError, Formatted, clean, is_unicode, utf16, with_found
from playground.markup import checked_link, parse_html

JSON = Any

#: https://core.telegram.org/bots/api#sendmessage: "1-4096 characters after entities parsing". Counted here in UTF-16
#: units, the strictest reading.
MAX_TEXT = 4096
#: https://core.telegram.org/bots/api#senddocument: "0-1024 characters after entities parsing"
MAX_CAPTION = 1024
#: Bytes of text before parsing; not in the documentation.
MAX_SOURCE = 1 << 15
#: https://core.telegram.org/bots/api#answercallbackquery: "0-200 characters".
MAX_TOAST = 200
#: https://core.telegram.org/bots/features#deep-linking: "up to 64 base64url characters".
START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: https://core.telegram.org/bots/api#sendchataction
CHAT_ACTIONS = frozenset(
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker "
    "find_location record_video_note upload_video_note".split()
)


class Refused(Exception):  # noqa: N818 -- an answer, not a mistake of this program
    """The request is answered with `ok: false`: https://core.telegram.org/bots/api#making-requests."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        #: https://core.telegram.org/bots/api#responseparameters
        self.parameters = parameters


def bad(sentence: str) -> Refused:
    """A 400, worded as the server words it: a code in capitals stays, a sentence begins with a small letter."""
    is_code = sentence[1:2] == "_" or sentence[1:2].isupper()
    return Refused(400, "Bad Request: " + (sentence if is_code else sentence[:1].lower() + sentence[1:]))


def forbidden(sentence: str) -> Refused:
    """A 403."""
    return Refused(403, f"Forbidden: {sentence}")


def too_many(retry_after: int) -> Refused:
    """A 429: https://core.telegram.org/bots/api#responseparameters, retry_after in whole seconds."""
    return Refused(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


@dataclass(frozen=True)
class File:
    """One uploaded file."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True)
class Params:
    """The parameters of one request, all as text whichever way they came, and its files."""

    values: Mapping[str, str]
    files: Mapping[str, File] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The parameter, or "" where it is missing."""
        return self.values.get(name, "")

    def number(self, name: str, default: int = 0, *, low: int = -(2**62), high: int = 2**62) -> int:
        """A whole number brought into its range; what is none counts as 0, a missing one as `default`."""
        raw = self.text(name).strip()
        if not raw:
            return default
        found = re.match(r"-?[0-9]{1,18}", raw)
        return max(low, min(high, int(found[0]) if found else 0))

    def flag(self, name: str) -> bool:
        """Whether it is set: "true", "yes" or "1", in any case."""
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def parsed(self, name: str, what: str) -> JSON:
        """A JSON-serialised parameter, None where it is missing; refused where it is no JSON."""
        raw = self.text(name)
        if not raw:
            return None
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            raise bad(f"Can't parse {what} JSON object") from None


def message_text(params: Params, *, too_long: str = "Message is too long") -> Formatted:
    """`text` of sendMessage and editMessageText: https://core.telegram.org/bots/api#sendmessage."""
    if not params.text("text"):
        raise bad("Message text is empty")
    entities = params.parsed("entities", "entities")
    found = formatted(params.text("text"), params.text("parse_mode"), entities)
    if utf16(found.text) > MAX_TEXT:
        raise bad(too_long)
    return found


def caption(params: Params) -> Formatted:
    """`caption` of sendDocument, which may be missing."""
    if not params.text("caption").strip():
        return Formatted("", ())
    entities = params.parsed("caption_entities", "caption entities")
    found = formatted(params.text("caption"), params.text("parse_mode"), entities)
    if utf16(found.text) > MAX_CAPTION:
        raise bad("Message caption is too long")
    return found


def formatted(source: str, parse_mode: str, entities: JSON = None) -> Formatted:
    """Text by parse mode or by entities: https://core.telegram.org/bots/api#formatting-options.

    HTML only: MarkdownV2 and Markdown exist, but nothing here knows them.
    """
    if not is_unicode(source):
        raise bad("Strings must be encoded in UTF-8")
    if len(source.encode()) > MAX_SOURCE:
        raise bad("Text is too long")
    match parse_mode.lower():
        case "html":
            try:
                given = parse_html(source)
            except EntityError as error:
                raise bad(f"Can't parse entities: {error}") from None
        case "" | "none":
            given = Formatted(source, tuple(_entity(each) for each in entities) if isinstance(entities, list) else ())
        case _:
            raise bad("Unsupported parse_mode")
    try:
        return with_found(clean(given))
    except EntityError as error:
        raise bad(str(error)) from None


def _entity(raw: JSON) -> Entity:
    """https://core.telegram.org/bots/api#messageentity."""
    trouble = "Can't parse MessageEntity: "
    if not isinstance(raw, dict):
        raise bad(trouble + "expected an Object")
    kind, offset, length = raw.get("type"), raw.get("offset"), raw.get("length")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise bad(trouble + 'Field "offset" and "length" must be of type Number')
    if kind not in TYPES:
        raise bad(trouble + "Unsupported type specified")
    if offset < 0 or length < 0:
        raise bad(f"Receive an entity with incorrect offset {offset} or length {length}")
    user = raw.get("user")
    return Entity(
        type=kind,
        offset=offset,
        length=length,
        url=checked_link(str(raw["url"])) if raw.get("url") else None,
        user_id=int(user["id"]) if isinstance(user, dict) and "id" in user else None,
        language=raw.get("language"),
        custom_emoji_id=raw.get("custom_emoji_id"),
        unix_time=raw.get("unix_time"),
        date_time_format=raw.get("date_time_format"),
    )


def link_preview(params: Params) -> JSON:
    """https://core.telegram.org/bots/api#linkpreviewoptions, or None where the request says nothing."""
    raw = params.parsed("link_preview_options", "link preview options")
    if raw is None:
        return {"is_disabled": True} if params.flag("disable_web_page_preview") else None
    if not isinstance(raw, dict):
        raise bad("Object expected as link preview options")
    kept: dict[str, JSON] = {}
    for name in ("is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"):
        if not isinstance(raw.get(name, False), bool):
            raise bad(f'Field "{name}" must be of type Boolean')
        if raw.get(name):
            kept[name] = True
    if not isinstance(raw.get("url", ""), str):
        raise bad('Field "url" must be of type String')
    if raw.get("url"):
        if checked_link(raw["url"]) is None:
            raise bad("Wrong HTTP URL specified")
        kept["url"] = raw["url"]
    return kept or None
