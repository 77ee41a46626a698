"""A chat as a web page of its own: what one would see on a phone, for looking at and for the README."""

from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

from playground.world import Message

_CSS = """
:root { color-scheme: light dark; --page: #d6e3cf; --bot: #fff; --me: #e1fec6; --ink: #111; --soft: #5d7186;
  --link: #1b6ca8; --key: #ffffffb8; --line: #3390ec; }
@media (prefers-color-scheme: dark) { :root { --page: #0e1621; --bot: #182533; --me: #2b5278; --ink: #f2f4f6;
  --soft: #8fa3b5; --link: #6ab3f3; --key: #2b3a4a; --line: #6ab3f3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 430px; padding: 12px 10px; background: var(--page); color: var(--ink);
  font: 15px/1.38 -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", "Noto Color Emoji", sans-serif; }
article { margin: 0 0 8px; display: flex; flex-direction: column; align-items: flex-start; }
article.me { align-items: flex-end; }
.bubble { background: var(--bot); border-radius: 14px; padding: 7px 11px 5px; max-width: 94%; white-space: pre-wrap;
  overflow-wrap: anywhere; box-shadow: 0 1px 1px #0002; }
.me .bubble { background: var(--me); }
.bubble a { color: var(--link); text-decoration: none; }
time { display: block; text-align: right; font-size: 11px; color: var(--soft); }
blockquote { margin: 3px 0; padding: 2px 8px; border-left: 3px solid var(--line); border-radius: 4px; }
.keys { width: 94%; display: grid; gap: 3px; margin-top: 3px; }
.row { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 3px; }
.row span { background: var(--key); border-radius: 9px; padding: 8px 6px; text-align: center; font-size: 14px;
  font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
"""


def transcript_page(messages: Sequence[Message], *, title: str, language: str, zone: str) -> str:
    """The messages of one chat, oldest first, as a standalone page; times are those of the IANA `zone`."""
    shown = "\n".join(_message(message, zone) for message in messages)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n{shown}\n</body>\n</html>\n"
    )


def _message(message: Message, zone: str) -> str:
    rows = "".join(
        '<div class="row">' + "".join(f"<span>{escape(button.text)}</span>" for button in row) + "</div>"
        for row in message.rows
    )
    keys = f'<div class="keys">{rows}</div>' if rows else ""
    at = message.at.astimezone(ZoneInfo(zone))
    return (
        f'<article class="{"bot" if message.by_bot else "me"}"><div class="bubble">{message.html}'
        f"<time>{at:%H:%M}</time></div>{keys}</article>"
    )
