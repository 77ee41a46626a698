"""What Telegram accepts as an answer to an inline query."""

import json
from typing import Any

from playground.entities import utf16
from playground.keyboards import reply_markup
from playground.rules import MAX_TEXT, START_PARAMETER, Params, bad, formatted

JSON = Any

#: https://core.telegram.org/bots/api#answerinlinequery: "No more than 50 results per query are allowed."
MAX_INLINE_RESULTS = 50


def inline_results(params: Params) -> list[dict[str, JSON]]:
    """https://core.telegram.org/bots/api#answerinlinequery. Of the kinds of result only articles are known here."""
    raw = params.parsed("results", "inline query results")
    if not isinstance(raw, list | None):
        raise bad("Expected an Array of inline query results")
    results = raw or []
    if len(results) > MAX_INLINE_RESULTS:
        raise bad("Too many inline query results specified")
    kept = [_inline_result(each) for each in results]
    if len({each["id"] for each in kept}) < len(kept):
        raise bad("RESULT_ID_DUPLICATE")
    return kept


def _inline_result(raw: JSON) -> dict[str, JSON]:
    """https://core.telegram.org/bots/api#inlinequeryresultarticle."""
    trouble = "Can't parse inline query result: "
    if not isinstance(raw, dict):
        raise bad(trouble + "Inline query result must be an object")
    kind = raw.get("type")
    if kind != "article":
        raise bad(trouble + f'type "{kind}" is unsupported for the inline query result')
    for name in ("id", "title"):
        if not isinstance(raw.get(name), str) or not raw[name]:
            raise bad(trouble + f'Can\'t find field "{name}"')
    if len(raw["id"].encode()) > 64:
        raise bad("RESULT_ID_INVALID")
    content = raw.get("input_message_content")
    if not isinstance(content, dict) or not isinstance(content.get("message_text"), str):
        raise bad(trouble + 'Can\'t find field "message_text"')
    if not content["message_text"]:
        raise bad("Message text is empty")
    text = formatted(content["message_text"], str(content.get("parse_mode", "")), content.get("entities"))
    if utf16(text.text) > MAX_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    markup = raw.get("reply_markup")
    keyboard = reply_markup(Params({"reply_markup": json.dumps(markup)}), inline_only=True) if markup else None
    return {**raw, "text": text, "reply_markup": keyboard}


def inline_button(params: Params) -> JSON:
    """https://core.telegram.org/bots/api#inlinequeryresultsbutton: a text and a start parameter."""
    raw = params.parsed("button", "inline query results button")
    if raw is None:
        return None
    trouble = "Can't parse inline query results button: "
    if not isinstance(raw, dict):
        raise bad(trouble + "InlineQueryResultsButton must be an Object")
    if not isinstance(raw.get("text"), str) or not raw["text"]:
        raise bad(trouble + 'Can\'t find field "text"')
    start = raw.get("start_parameter")
    if start is None:
        raise bad(trouble + "InlineQueryResultsButton must have exactly one optional field")
    if not isinstance(start, str) or not START_PARAMETER.fullmatch(start):
        raise bad("Unallowed characters in start_parameter are used")
    return {"text": raw["text"], "start_parameter": start}
