"""Blocks as one web page that needs nothing else: a pocket newspaper, readable on a phone, by day and by night."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC
from html import escape

from render.blocks import (
    Block,
    Heading,
    Index,
    Inline,
    Lines,
    Moment,
    Paragraph,
    Quote,
    Rule,
    Small,
    Span,
    Story,
    clean,
    web_url,
)

_CSS = """
:root {
  --paper: #fbfaf6; --ink: #1c1b19; --soft: #5d5a53; --line: #d9d4c7; --red: #a3121f; --link: #14385f; --mark: #ffe9a3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15161a; --ink: #ebe7de; --soft: #a9a599; --line: #34363d; --red: #ff8f86; --link: #b9d4f5;
    --mark: #5c4a10;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 0.5rem; }
body {
  margin: 0 auto; padding: 1.25rem max(1.1rem, env(safe-area-inset-left)) 2.5rem; max-width: 42rem;
  background: var(--paper); color: var(--ink);
  /* System serifs that draw every Vietnamese letter themselves; Charter and Palatino borrow some. */
  font: 1.0625rem/1.55 ui-serif, "Noto Serif", Cambria, "DejaVu Serif", "Times New Roman", serif;
  overflow-wrap: break-word;
}
h1, h2, h3, p, ul { margin: 0; padding: 0; }
header { border-top: 4px solid var(--red); padding-top: 0.9rem; }
h1 { font-size: 2rem; line-height: 1.15; letter-spacing: -0.015em; text-wrap: balance; }
h1 .note { display: block; margin-top: 0.45rem; color: var(--red); }
.note, .small, .details, .number, nav, footer {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans",
    "Noto Color Emoji", sans-serif;
}
h1 .note { font-size: 0.9375rem; font-weight: 600; letter-spacing: 0; line-height: 1.4; }
.small { font-size: 0.875rem; line-height: 1.5; color: var(--soft); }
header .small { margin-top: 0.35rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.5rem; margin-top: 1rem; list-style: none; }
nav a, nav li > span {
  display: block; padding: 0.45rem 0.8rem; border: 1px solid var(--line); border-radius: 999px;
  font-size: 0.875rem; line-height: 1.35; color: var(--ink); text-decoration: none;
}
section { margin-top: 2rem; }
h2 {
  display: flex; align-items: baseline; justify-content: space-between; gap: 1rem;
  padding-bottom: 0.4rem; border-bottom: 2px solid var(--ink); font-size: 1.25rem; line-height: 1.3;
}
h2 .note { font-size: 0.875rem; font-weight: 600; color: var(--soft); }
h2 + .small { margin-top: 0.5rem; }
section > p, section > ul, blockquote { margin-top: 0.9rem; }
section > ul { padding-left: 1.2rem; }
article { padding: 1rem 0 1.05rem; border-bottom: 1px solid var(--line); }
section > article:last-child { border-bottom: 0; }
h3 { font-size: 1.125rem; font-weight: 400; line-height: 1.35; text-wrap: pretty; }
.number { font-size: 0.875rem; font-weight: 600; color: var(--red); margin-right: 0.2rem; }
a { color: var(--link); text-underline-offset: 0.18em; text-decoration-thickness: 1px; }
h3 a { color: var(--ink); text-decoration-color: var(--line); }
h3 a:visited { color: var(--soft); }
:is(h3, nav) a:hover { text-decoration-color: currentColor; color: var(--red); }
a:focus-visible { outline: 3px solid var(--red); outline-offset: 3px; border-radius: 3px; }
article p { margin-top: 0.4rem; }
.details { font-size: 0.875rem; line-height: 1.45; color: var(--soft); }
h3 + .details + p { margin-top: 0.5rem; }
p + .details { margin-top: 0.5rem; }
blockquote { margin-inline: 0; padding-left: 0.9rem; border-left: 3px solid var(--line); }
mark { background: var(--mark); color: inherit; font-weight: 700; padding: 0 0.1em; border-radius: 2px; }
footer { margin-top: 2rem; padding-top: 0.9rem; border-top: 1px solid var(--line); }
footer .small + .small { margin-top: 0.3rem; }
@media (min-width: 40rem) { body { padding-top: 2.5rem; } h1 { font-size: 2.6rem; } }
@media print { body { max-width: none; padding: 0; } nav { display: none; } article { break-inside: avoid; } }
"""


def to_html(blocks: Iterable[Block], *, title: str, language: str) -> str:
    """A standalone page: `title` for the browser's tab, `language` (BCP 47) for readers aloud and fonts.

    It asks nothing of the network and its policy allows nothing but its own style. Links lead to http(s)
    addresses or to its own headings.
    """
    digest = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        "<!doctype html>\n"
        f'<html lang="{_attribute(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{_text(title)}</title>\n<style>{_CSS}</style>\n</head>\n<body>\n"
        f"{_page(list(blocks))}\n</body>\n</html>\n"
    )


def _page(blocks: Sequence[Block]) -> str:
    """Header (a level 1 title and what stands before the first section), sections, footer (after a rule)."""
    parts: list[str] = []
    open_tag = ""

    def enter(tag: str, attributes: str = "") -> None:
        nonlocal open_tag
        if open_tag:
            parts.append(f"</{open_tag}>")
        if tag:
            parts.append(f"<{tag}{attributes}>")
        open_tag = tag

    for block in blocks:
        match block:
            case Heading(level=1):
                enter("header")
                parts.append(_block(block))
            case Heading(anchor=anchor):
                enter("section", f' id="{_attribute(anchor)}"' if anchor else "")
                parts.append(_block(block))
            case Rule():
                enter("footer")
            case Small() | Index() if open_tag == "header":
                parts.append(_block(block))
            case _:
                if open_tag in ("", "header"):
                    enter("section")
                parts.append(_block(block))
    enter("")
    return "\n".join(part for part in parts if part)


def _block(block: Block) -> str:
    match block:
        case Heading(text=text, note=note, level=level):
            aside = f' <span class="note">{_text(note)}</span>' if note else ""
            return f"<h{level}>{_inline(text)}{aside}</h{level}>"
        case Story():
            return _story(block)
        case Paragraph(text=text):
            return f"<p>{_inline(text)}</p>"
        case Quote(text=text):
            return f"<blockquote>{_inline(text)}</blockquote>"
        case Index(entries=entries, label=label):
            rows = "".join(f"<li>{_inline(entry)}</li>" for entry in entries)
            return f'<nav aria-label="{_attribute(label)}"><ul>{rows}</ul></nav>'
        case Lines(rows=rows):
            return "<ul>" + "".join(f"<li>{_inline(row)}</li>" for row in rows) + "</ul>"
        case Small(text=text):
            return f'<p class="small">{_inline(text)}</p>'
        case Rule():
            return ""


def _story(story: Story) -> str:
    number = f'<span class="number">{story.number}</span> ' if story.number is not None else ""
    parts = [f"<h3>{number}{_inline(story.headline)}</h3>"]
    if story.details:
        parts.append(f'<p class="details">{_inline(story.details)}</p>')
    parts += [f"<p>{_inline(text)}</p>" for text in story.body]
    if story.sources:
        parts.append(f'<p class="details">{_inline(story.sources)}</p>')
    return "<article>" + "".join(parts) + "</article>"


def _inline(text: Inline) -> str:
    """Spans in order; neighbours under one link are one link."""
    written = []
    url = ""
    for span in (*text, Span("")):
        if span.url != url:
            written.append("</a>" if _href(url) else "")
            url = span.url
            written.append(f'<a href="{_attribute(_href(url))}">' if _href(url) else "")
        written.append(_span(span))
    return "".join(written)


def _span(span: Span) -> str:
    text = _text(span.text).replace("\n", "<br>")
    for wanted, tag in ((span.mark, "mark"), (span.bold, "b"), (span.italic, "i")):
        if wanted and text:
            text = f"<{tag}>{text}</{tag}>"
    if isinstance(span, Moment) and span.at is not None and text:
        text = f'<time datetime="{span.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}">{text}</time>'
    return f'<span lang="{_attribute(span.language)}">{text}</span>' if span.language and text else text


def _href(url: str) -> str:
    return url if url.startswith("#") else web_url(url)


def _text(text: str) -> str:
    return escape(clean(text), quote=False)


def _attribute(text: str) -> str:
    return escape(clean(text))
