"""Telegram's HTML: what becomes of it, and what is refused with which sentence."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from playground.entities import Entity, EntityError, Formatted, clean, covered, utf16, with_found
from playground.markup import TAGS, checked_link, parse_html, to_html
from playground.rules import formatted


def shape(entity):
    extra = entity.url or entity.language or entity.custom_emoji_id or entity.unix_time or entity.user_id
    return (entity.type, entity.offset, entity.length, *([extra] if extra else []))


VALID = {
    "plain": ("no tags", "no tags", []),
    "bold": ("a <b>b</b>", "a b", [("bold", 2, 1)]),
    "synonyms": (
        "<strong>a</strong><em>b</em><ins>c</ins><del>d</del><strike>e</strike>",
        "abcde",
        [("bold", 0, 1), ("italic", 1, 1), ("underline", 2, 1), ("strikethrough", 3, 2)],
    ),
    "emoji count twice": ("🇱🇦 <b>Lào</b> 🎉<i>!</i>", "🇱🇦 Lào 🎉!", [("bold", 5, 3), ("italic", 11, 1)]),
    "Vietnamese counts once": ("Việt <u>Nam</u>", "Việt Nam", [("underline", 5, 3)]),
    "nested": ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
    "upper case tags": ("<B>a</b>", "a", [("bold", 0, 1)]),
    "nameless end tag": ("<b>a</>", "a", [("bold", 0, 1)]),
    "link": ('<a href="https://x.org/?a=1&amp;b=2">t</a>', "t", [("text_link", 0, 1, "https://x.org/?a=1&b=2")]),
    "link in single quotes": ("<a href='http://x.org'>t</a>", "t", [("text_link", 0, 1, "http://x.org/")]),
    "link without an address is its text": ("<a>x.org</a>", "x.org", [("text_link", 0, 5, "http://x.org/")]),
    "link that is none is plain text": ('<a href="javascript:alert(1)">t</a>', "t", []),
    "link to a host without a dot is none": ('<a href="http://localhost/x">t</a>', "t", []),
    "mention of a user": ('<a href="tg://user?id=42">t</a>', "t", [("text_mention", 0, 1, 42)]),
    "spoiler": ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", 0, 1)]),
    "spoiler as a span": ('<span class="tg-spoiler">a</span>', "a", [("spoiler", 0, 1)]),
    "quote": ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
    "expandable quote": ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
    "code block with a language": ('<pre><code class="language-py">a</code></pre>', "a", [("pre", 0, 1, "py")]),
    "code takes no language": ('<code class="language-py">a</code>', "a", [("code", 0, 1)]),
    "custom emoji": ('<tg-emoji emoji-id="536">👍</tg-emoji>', "👍", [("custom_emoji", 0, 2, "536")]),
    "time": ('<tg-time unix="1647531900" format="wDT">soon</tg-time>', "soon", [("date_time", 0, 4, 1647531900)]),
    "named entities": ("&lt;&gt;&amp;&quot;", '<>&"', []),
    "numeric entities": ("&#272;&#x1F1F1;<b>!</b>", "Đ🇱!", [("bold", 3, 1)]),
    "unknown entities stay": ("&nbsp;&copy;&#0;&#1114112;", "&nbsp;&copy;&#0;&#1114112;", []),
    "entity without semicolon": ("a &lt b", "a < b", []),
    "lone ampersand and >": ("R&D > 3", "R&D > 3", []),
    "empty element": ("a<b></b>b", "ab", []),
    "nothing inside code": ("<code>a<b>b</b></code>", "ab", [("code", 0, 2)]),
    "bold around code has a hole": ("<b>a<code>b</code>c</b>", "abc", [("bold", 0, 1), ("code", 1, 1), ("bold", 2, 1)]),
    "quote in quote": ("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", [("blockquote", 0, 2)]),
    "link in link": ('<a href="x.org">a<a href="y.org">b</a></a>', "ab", [("text_link", 0, 2, "http://x.org/")]),
    "link in quote": (
        '<blockquote><a href="x.org">a</a> b</blockquote>',
        "a b",
        [("blockquote", 0, 3), ("text_link", 0, 1, "http://x.org/")],
    ),
    "touching styles join": ("<b>a</b><b>b</b>", "ab", [("bold", 0, 2)]),
    "trimmed": ("  a <b>b  </b>\n", "a b", [("bold", 2, 1)]),
    "controls and bidi overrides": ("a\tb\rc\u202ed\u2028e", "a bcde", []),
    "an address is found": ("see https://x.org/a.", "see https://x.org/a.", [("url", 4, 15)]),
    "a command is found": ("try /help@bot_bot now", "try /help@bot_bot now", [("bot_command", 4, 13)]),
}


@pytest.mark.parametrize(("source", "text", "entities"), VALID.values(), ids=VALID)
def test_valid_html_becomes_text_and_entities(source, text, entities):
    got = formatted(source, "HTML")
    assert (got.text, [shape(each) for each in got.entities]) == (text, entities)


INVALID = {
    "<b>a": 'Can\'t find end tag corresponding to start tag "b"',
    "a</b>": "Unexpected end tag at byte offset 1",
    "<b>Đ</i>": 'Unmatched end tag at byte offset 5, expected "</b>", found "</i>"',
    "<b><i>a</b></i>": 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    "<br>": 'Unsupported start tag "br" at byte offset 0',
    "<p>a</p>": 'Unsupported start tag "p" at byte offset 0',
    "Đ <h1>a</h1>": 'Unsupported start tag "h1" at byte offset 3',
    "<br/>": 'Unsupported start tag "br/" at byte offset 0',
    "a < b": 'Unsupported start tag "" at byte offset 2',
    "a <3": "Unclosed start tag at byte offset 2",
    "<b": "Unclosed start tag at byte offset 0",
    "<b>a</b": "Unclosed end tag at byte offset 4",
    "<!-- a -->": 'Unsupported start tag "!--" at byte offset 0',
    "<a href>": 'Can\'t find end tag corresponding to start tag "a"',
    '<a ="x">': 'Empty attribute name in the tag "a" at byte offset 0',
    "<a href=x/y>t</a>": "Unexpected end of name token at byte offset 8",
    '<a href="x>t</a>': "Unclosed start tag at byte offset 0",
    "<a href": 'Unclosed start tag "a" at byte offset 0',
    "<span>a</span>": 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    '<span class="x">a</span>': 'Tag "span" must have class "tg-spoiler" at byte offset 0',
    '<tg-emoji emoji-id="x">a</tg-emoji>': "Invalid custom emoji identifier specified",
    '<tg-time unix="1" format="x">a</tg-time>': "Invalid date format used",
    "&#xD83D;&#xDE00;": "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched "
    "surrogate code units",
}


@pytest.mark.parametrize(("source", "sentence"), INVALID.items(), ids=INVALID)
def test_invalid_html_is_refused_in_the_servers_words(source, sentence):
    with pytest.raises(EntityError) as caught:
        parse_html(source)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("source", ["", " \n ", "<b></b>", "<b> </b>", "\u202e"])
def test_a_text_that_is_empty_after_parsing_is_refused(source):
    with pytest.raises(EntityError, match="Text must be non-empty"):
        clean(parse_html(source))


def test_entities_beyond_a_hundred_are_ignored_styles_first():
    source = "<b>a</b> " * 60 + '<a href="x.org">a</a> ' * 60
    kinds = [each.type for each in formatted(source, "HTML").entities]
    assert (kinds.count("text_link"), kinds.count("bold")) == (60, 40)


@pytest.mark.parametrize(
    ("entity", "sentence"),
    [
        (Entity(type="bold", offset=1, length=1), "splits a UTF-16 symbol"),
        (Entity(type="bold", offset=0, length=9), "ends after the end of the text"),
        (Entity(type="bold", offset=9, length=1), "begins after the end of the text"),
    ],
)
def test_entities_that_do_not_fit_the_text_are_refused(entity, sentence):
    with pytest.raises(EntityError, match=sentence):
        clean(Formatted("🎉a", (entity,)))


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Example.ORG", "https://example.org/"),
        ("example.org/a?b#c", "http://example.org/a?b#c"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("ftp://x.org", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://a b.org", None),
        ("", None),
    ],
)
def test_links_are_kept_as_telegram_keeps_them(url, kept):
    assert checked_link(url) == kept


MARKS = [
    "<",
    ">",
    "</",
    "/",
    "&",
    "&lt;",
    "&#x1F600;",
    "&#55357;",
    '"',
    "'",
    "=",
    " ",
    "\n",
    "a",
    "Đ",
    "🎉",
    "\0",
    "href",
    "\ud800",
]
BROKEN = st.lists(st.sampled_from([*MARKS, *TAGS, *(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS)])).map(
    "".join
)


@given(st.one_of(BROKEN, st.text()))
def test_no_text_breaks_the_parser_and_entities_always_fit(source):
    try:
        got = with_found(clean(parse_html(source)))
    except EntityError:
        return
    for each in got.entities:
        assert each.length > 0
        assert each.end <= utf16(got.text)
        assert covered(got.text, each)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
TREE = st.recursive(
    TEXT.map(lambda text: to_html(Formatted(text, ()))),
    lambda inner: st.tuples(st.sampled_from(["b", "i", "u", "s", "tg-spoiler", "code", "blockquote"]), inner).map(
        lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
    ),
    max_leaves=4,
)


@example("<b>0</b><b><i>0</i></b><i>0</i>")  # two styles that overlap
@given(st.lists(TREE, min_size=1, max_size=4).map("".join))
def test_html_written_from_entities_means_the_same(source):
    try:
        once = clean(parse_html(source))
    except EntityError:
        return  # nothing but characters that Telegram drops
    assert clean(parse_html(to_html(once))) == once
