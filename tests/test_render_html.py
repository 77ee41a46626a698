import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from render.blocks import Heading, Index, Lines, Moment, Paragraph, Quote, Span, Story, plain
from render.digest_view import digest_blocks
from render.html import to_html
from render.words import load_words
from tests.render_sample import NAMES, ZONE, digest

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Tags in order, attributes and visible text; fails for a tag left open or closed out of turn."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.opened, self.text = [], [], [], ""
        self.feed(text)
        self.close()
        assert self.opened == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        assert self.opened.pop() == tag

    def handle_data(self, data):
        if "style" not in self.opened:
            self.text += data


def page(blocks, **options):
    return Page(to_html(blocks, **({"title": "t", "language": "en"} | options)))


def whole(language="en"):
    words = load_words(language)
    return to_html(
        digest_blocks(digest(), words=words, names=NAMES, zone=ZONE, reports=True), title="Digest", language=language
    )


def test_the_page_is_a_newspaper_in_its_structure():
    tags = [
        tag for tag in Page(whole()).tags if tag in ("header", "h1", "nav", "section", "h2", "article", "h3", "footer")
    ]

    assert tags == [
        *("header", "h1", "nav"),
        *("section", "h2", "article", "h3"),
        *("section", "h2", "article", "h3", "article", "h3"),
        *("section", "h2", "article", "h3"),
        "footer",
    ]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_says_its_language(language):
    assert ("html", "lang", language) in Page(whole(language)).attributes


def test_text_in_another_language_says_so():
    assert ("span", "lang", "vi") in Page(whole()).attributes
    assert ("span", "lang", "en") in Page(whole("vi")).attributes


def test_a_moment_says_when_to_machines_too():
    at = datetime(2026, 11, 20, 8, 6, tzinfo=UTC)

    shown = page([Paragraph((Moment("20 Nov 15:06", at=at, form="dt"),))])

    assert ("time", "datetime", "2026-11-20T08:06:00Z") in shown.attributes
    assert "20 Nov 15:06" in shown.text


def test_the_page_asks_nothing_of_the_network():
    text = whole()

    assert re.findall(r"src=|@import|url\(|<script|<link|<img|<iframe", text) == []
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL).group(1)
    own = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
    assert ("meta", "content", policy) in Page(text).attributes


def test_the_index_leads_to_every_section():
    attributes = Page(whole()).attributes

    links = [value for tag, name, value in attributes if (tag, name) == ("a", "href") and value.startswith("#")]
    assert links == [f"#{value}" for tag, name, value in attributes if (tag, name) == ("section", "id")]
    assert links == ["#people", "#ngo", "#other"]


def test_the_style_is_for_day_and_night_and_phones():
    text = whole()

    assert "prefers-color-scheme: dark" in text
    assert 'name="viewport" content="width=device-width, initial-scale=1"' in text


def _luminance(colour):
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["day", "night"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [("ink", "paper"), ("soft", "paper"), ("red", "paper"), ("link", "paper"), ("ink", "mark")],
)
def test_every_colour_of_text_can_be_read(scheme, ink, ground):
    """WCAG 2.2, 1.4.3: a contrast of at least 4.5."""
    colours = dict(re.findall(r"--(\w+): (#\w{6})", re.findall(r":root \{(.*?)\}", whole(), re.DOTALL)[scheme]))

    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_blocks_without_a_heading_are_a_page_too():
    blocks = [Paragraph(plain("a\nb")), Lines((plain("x"), plain("y"))), Quote(plain("q"))]

    assert re.search(
        r"<body>\n<section>\n<p>a<br>b</p>\n<ul><li>x</li><li>y</li></ul>\n<blockquote>q</blockquote>\n</section>\n</body>",
        to_html(blocks, title="t", language="en"),
    )


def test_a_marked_headline_is_one_link():
    headline = (Span("the ", url="https://a.example"), Span("Lao", url="https://a.example", mark=True))

    assert '<h3><span class="number">7</span> <a href="https://a.example">the <mark>Lao</mark></a></h3>' in to_html(
        [Story(number=7, headline=headline)], title="t", language="en"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "/x", "https://", "https://a b/"])
def test_only_web_addresses_and_own_headings_are_links(url):
    assert "a" not in page([Paragraph((Span("here", url=url),))]).tags


PIECES = ["<b>", "</p>", "<script>", "&amp;", "&lt;", '">', "'", "<!--", "\n", "\x00", "\x1b", "\ud800", "\u202e"]
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=8).map("".join)


@settings(max_examples=100)
@given(TEXTS, TEXTS, TEXTS)
def test_any_text_is_shown_and_never_markup(text, url, anchor):
    span = Span(text, url=f"https://a.example/{url}", bold=True, language=text)
    blocks = [Heading(text=(span,), anchor=anchor, note=text), Index(((span,),), label=text), Paragraph((span,))]

    shown = page(blocks, title=text, language=text)

    assert {"html", "head", "body", "section", "nav", "p"} <= set(shown.tags)
    assert set(shown.tags) <= {*"html head meta title style body section h2 nav ul li p a b br span".split()}
    assert "".join(shown.text.split()) == "".join(span.text.split()) * 5
    assert to_html(blocks, title=text, language=text).encode("utf-8")
