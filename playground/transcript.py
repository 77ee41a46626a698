"""A chat as a web page of its own, in the manner of the demo's page: for reading again and for passing on."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from zoneinfo import ZoneInfo

from playground.nouns import Button, Message
from render.words import load_words


def transcript_page(messages: Sequence[Message], *, title: str, language: str, zone: str) -> str:
    """The messages of one chat, oldest first, as a standalone page; times are those of the IANA `zone`."""
    style = (files("playground") / "page" / "style.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body class="transcript">\n<main>\n'
        f"{_days(messages, language, ZoneInfo(zone))}\n</main>\n</body>\n</html>\n"
    )


def _days(messages: Sequence[Message], language: str, zone: ZoneInfo) -> str:
    words, pieces, day = load_words(language), [], None
    for message in messages:
        if message.service is not None:
            continue
        at = message.at.astimezone(zone)
        if at.date() != day:
            day = at.date()
            pieces.append(f'<p class="day">{escape(words.day(day))}</p>')
        pieces.append(_message(message, f"{at:%H:%M}"))
    return "\n".join(pieces)


def _message(message: Message, at: str) -> str:
    rows = "".join(f'<div class="keyrow">{"".join(map(_key, row))}</div>' for row in message.rows)
    keys = f'<div class="keys">{rows}</div>' if rows else ""
    file = f"<p><strong>{escape(message.file.name)}</strong></p>" if message.file else ""
    return (
        f'<article class="message {"bot" if message.by_bot else "mine"}"><div class="bubble">{file}'
        f'<div class="text">{message.html}</div><p class="meta"><time>{at}</time></p></div>{keys}</article>'
    )


def _key(button: Button) -> str:
    return f'<span class="{escape(str(button.raw.get("style", "")))}">{escape(button.text)}</span>'
