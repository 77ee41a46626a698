"""A reader of Telegram HTML as strict as Telegram, written apart from render/telegram.py to judge it."""

import re
from html import unescape
from urllib.parse import urlsplit

_TOKEN = re.compile(
    r'<(/?)(b|i|a|blockquote|tg-time)( href="([^"<>]*)"| expandable| unix="[0-9]+"(?: format="(?:dt|d)")?)?>'
    r"|&(?:lt|gt|amp|quot|#x27);|[^<>&]",
    re.DOTALL,
)


def parse(message):
    """Visible text and entities as (tag, text inside) of a message; AssertionError for what Telegram would refuse."""
    text = ""
    entities = []
    opened = []
    at = 0
    while at < len(message):
        token = _TOKEN.match(message, at)
        assert token, f"unreadable at {at}: {message[at : at + 30]!r}"
        closing, tag, attribute, url = token.group(1, 2, 3, 4)
        at = token.end()
        if not tag:
            text += unescape(token.group())
        elif closing:
            assert attribute is None
            assert opened, f"nothing to close with </{tag}>"
            name, start = opened.pop()
            assert name == tag, f"</{tag}> inside <{name}>"
            entities.append((tag, text[start:]))
        else:
            assert (tag == "a") == (url is not None)
            assert (tag == "tg-time") == (attribute or "").startswith(" unix=")
            assert tag not in ("a", "tg-time") or not {"a", "tg-time"} & {name for name, _ in opened}
            assert tag not in [name for name, _ in opened], f"<{tag}> inside itself"
            if url is not None:
                assert urlsplit(unescape(url)).scheme.lower() in ("http", "https")
            opened.append((tag, len(text)))
    assert not opened, f"left open: {opened}"
    return text, entities


def utf16(text):
    """Its length in UTF-16 code units; fails for a lone surrogate."""
    return len(text.encode("utf-16-le")) // 2
