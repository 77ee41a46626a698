"""Encodings that lie, and words that are not what they seem."""

from tests.feedserver import item, rss
from tests.hostile.manifest import Case, Poll, refused, sends, stored

#: As the windows code page of Vietnamese writes it: letters, then marks of tone.
_TITLE = "Hội hữu nghị Việt Nam - Lào gặp mặt"
_SPELLED = "Hô\u0323i hư\u0303u nghi\u0323 Viê\u0323t Nam - La\u0300o gă\u0323p mă\u0323t"
_VI = {"language": "vi"}


def _undeclared(*items: str, declared: str = "") -> str:
    return rss(*items).decode().replace(' encoding="UTF-8"', declared)


def _item(title: str = "Report 1", *, link: str = "https://news.example/1", text: str = "", more: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link><description>{text}</description>{more}</item>"


def _title(name: str, must: str, written: str, read: str, **fields) -> Case:
    return stored(name, must, rss(_item(written)), (read,), **fields)


ENCODINGS = (
    stored(
        "windows-1258-said-to-be-utf-8",
        "Bytes that are no UTF-8 are read as the code page of the source's language, whatever is declared.",
        sends(rss(item(1, title=_SPELLED)).decode().encode("cp1258"), ("Content-Type", "text/xml; charset=utf-8")),
        (_TITLE,),
        source=_VI,
    ),
    stored(
        "utf-8-said-to-be-latin-1",
        "Bytes that are UTF-8 are UTF-8, whatever server and document declare.",
        sends(
            _undeclared(item(1, title=_TITLE), declared=' encoding="windows-1252"').encode(),
            ("Content-Type", "text/xml; charset=iso-8859-1"),
        ),
        (_TITLE,),
    ),
    stored(
        "latin-1-said-by-the-server-only",
        "What only the server declares is believed where it fits.",
        sends(_undeclared(item(1, title="Ünïcödé")).encode("latin-1"), ("Content-Type", 'text/xml; charset="latin-1"')),
        ("Ünïcödé",),
    ),
    stored(
        "utf-16-said-to-be-utf-8",
        "A byte order mark wins.",
        sends(rss(item(1, title=_TITLE)).decode().encode("utf-16"), ("Content-Type", "text/xml; charset=utf-8")),
        (_TITLE,),
    ),
    stored(
        "utf-16-without-mark",
        "Without one, the NUL beside the first letter gives it away.",
        rss(item(1, title=_TITLE)).decode().encode("utf-16-be"),
        (_TITLE,),
    ),
    stored(
        "utf-32",
        "Four bytes a letter are known by their mark.",
        b"\xff\xfe\0\0" + rss(item(1, title=_TITLE)).decode().encode("utf-32-le"),
        (_TITLE,),
    ),
    stored(
        "utf-7",
        "UTF-7 smuggles markup past those who escape; it is never decoded.",
        sends(
            _undeclared(_item("+ADw-script+AD4-"), declared=' encoding="utf-7"'), ("Content-Type", "x; charset=utf-7")
        ),
        ("+ADw-script+AD4-",),
    ),
    stored(
        "iso-2022-jp",
        "Escapes that read as ASCII too are decoded as declared.",
        _undeclared(_item("外交"), declared=' encoding="iso-2022-jp"').encode("iso-2022-jp"),
        ("外交",),
        source={"language": "ja"},
    ),
    stored(
        "encoding-of-klingon",
        "An encoding that nobody knows is not declared.",
        sends(_undeclared(_item(_TITLE), declared=' encoding="klingon"'), ("Content-Type", "text/xml; charset=x-x")),
        (_TITLE,),
    ),
    stored(
        "encoding-that-is-a-codec",
        "Python knows codecs that are no encodings; none is run on a stranger's word.",
        sends(
            _undeclared(_item("Caf\xe9"), declared=' encoding="zlib_codec"').encode("latin-1"),
            ("Content-Type", "text/xml; charset=unicode_escape"),
        ),
        ("Café",),
        source={"language": "fr"},
    ),
    stored(
        "one-letter-cut-in-half",
        "A description cut by bytes costs its last letter, not the encoding of all others.",
        rss(_item(_TITLE)).replace("mặt".encode(), "mặ".encode()[:-1] + b"t"),
        ("Hội hữu nghị Việt Nam - Lào gặp mt",),
        source=_VI,
    ),
    stored(
        "letters-spelled-with-marks",
        "Letters and marks apart are the letters they make: search would miss them else.",
        rss(_item("Tiê\u0301ng Viê\u0323t")),
        ("Tiếng Việt",),
        source=_VI,
        holds={"languages": {"Tiếng Việt": "vi"}},
    ),
    refused("random-bytes", "Binary data is not guessed at.", bytes(n * 7919 % 256 for n in range(20_000)), "encoding"),
)

WORDS = (
    _title(
        "markup-in-title", "Markup is not words.", "&lt;b&gt;Envoys&lt;/b&gt; &lt;i&gt;meet&lt;/i&gt;", "Envoys meet"
    ),
    _title(
        "script-in-title",
        "What a script says is not the title.",
        "<![CDATA[Envoys <script>alert('x')</script>meet<img src=x onerror=alert(1)>]]>",
        "Envoys meet",
    ),
    _title(
        "markup-escaped-twice",
        "Escaped once too often by their system, decoded once more by ours.",
        "&amp;lt;b&amp;gt;Envoys&amp;lt;/b&amp;gt; R&amp;amp;D",
        "Envoys R&D",
    ),
    _title(
        "markup-escaped-thrice",
        "But no further: somewhere it is a text about markup, and render escapes it.",
        "Use &amp;amp;lt;script&amp;amp;gt; wisely",
        "Use <script> wisely",
    ),
    _title(
        "bidi-overrides",
        "Overrides of direction make one name look like another; they are taken out.",
        "Pay \u202egro.knab\u202c or \u2066gpj.exe\u2069\u200e now",
        "Pay gro.knab or gpj.exe now",
    ),
    _title(
        "invisible-characters",
        "Zero widths, soft hyphens and tags change nothing one sees, and everything one searches.",
        "En\u200bvo\xadys\ufeff me\u2060et \U000e0041\U000e0042",
        "Envoys meet",
    ),
    _title("joined-emoji", "The joiner that emoji are spelled with stays.", "👩\u200d⚕️ meets", "👩\u200d⚕️ meets"),
    _title(
        "title-of-many-lines",
        "A title is one line.",
        "One\n\n  two&#10;&#13;three&lt;br&gt;four\u2028five",
        "One two three four five",
    ),
    _title(
        "title-of-four-thousand",
        "A title is cut between words at 500 characters.",
        "word " * 800,
        ("word " * 99).strip() + "…",
    ),
    stored(
        "title-missing",
        "Without a title the beginning of the text is one.",
        rss(_item("", text="Only a text here. It becomes the title.")),
        ("Only a text here. It becomes the title.",),
        holds={"lengths": [(39, 39)]},
    ),
    stored(
        "title-of-nothing-visible",
        "A title that only looks empty is empty.",
        rss(_item("\u200b&nbsp;&lt;img src=x&gt;", text="The text."), _item("", link="https://news.example/2")),
        ("The text.",),
    ),
    stored(
        "text-with-scenery",
        "Scripts, styles, captions, forms and frames are not the article.",
        rss(
            _item(
                text="<![CDATA[<style>p{}</style><p>First.</p><figure><img><figcaption>Photo: X</figcaption></figure>"
                "<iframe src=x>frame</iframe><noscript>no</noscript><template>t</template><button>Share</button>"
                "<!-- hidden --><p>Second.</p>]]>"
            )
        ),
        holds={"texts": {"Report 1": "First.\nSecond."}},
    ),
    stored(
        "text-cut-within-a-tag",
        "Half a tag at the end is not text.",
        rss(_item(text='<![CDATA[<p>First.</p><a href="https://x.example/?a=1]]>')),
        holds={"texts": {"Report 1": "First."}},
    ),
    stored(
        "text-of-a-megabyte",
        "Of a text a fair length is kept.",
        rss(_item(text="A sentence of words. " * 50_000)),
        holds={"lengths": [(8, 19_994)]},
    ),
    stored(
        "text-that-commands",
        "Commands, mentions and forged cards are text like any other.",
        rss(_item("/stop @admin", text="[click](tg://user?id=1) `x` *b* /start")),
        ("/stop @admin",),
        holds={"texts": {"/stop @admin": "[click](tg://user?id=1) `x` *b* /start"}},
    ),
    stored(
        "text-of-marks",
        "A letter buried under marks keeps a few of them.",
        rss(_item("Z" + "\u0301\u0300\u0323" * 300 + "algo")),
        ("\u1e92" + "\u0323" * 4 + "algo",),
    ),
    stored(
        "markup-that-backtracks",
        "Half a million open brackets are read in time.",
        rss(_item(text="&lt;" * 200_000 + "&lt;a b=" * 50_000)),
        holds={"lengths": [(8, 20_000)]},
    ),
)


def _link(name: str, must: str, link: str, url: str, **fields) -> Case:
    return stored(name, must, rss(_item(link=link)), holds={"urls": {"Report 1": url}}, **fields)


LINKS = (
    _link(
        "link-of-script",
        "A script is no address: the page of the feed is.",
        "javascript:alert(1)",
        "https://news.example/",
    ),
    _link("link-of-data", "Nor is data.", "data:text/html,&lt;script&gt;1&lt;/script&gt;", "https://news.example/"),
    _link(
        "link-of-telegram",
        "Nor a command to the reader's own messenger.",
        "tg://resolve?domain=x",
        "https://news.example/",
    ),
    _link(
        "link-relative",
        "A relative link is relative to the page of the feed.",
        "/a/1.html",
        "https://news.example/a/1.html",
    ),
    _link(
        "link-without-scheme", "One without a scheme has that page's.", "//other.example/1", "https://other.example/1"
    ),
    _link(
        "link-with-blanks",
        "Blanks and line breaks within are taken out or escaped.",
        "\n https://news.example/a b\n/c ",
        "https://news.example/a%20b/c",
    ),
    _link(
        "link-of-five-thousand",
        "A link too long for a message is none.",
        "https://news.example/" + "x" * 5000,
        "https://news.example/",
    ),
    _link("link-to-no-host", "Nor is one to nowhere.", "http://:80/a", "https://news.example/"),
    _link(
        "link-with-hidden-letters",
        "Hidden letters in a link are taken out.",
        "https://news\u200b.example/\u202e1",
        "https://news.example/1",
    ),
    Case(
        name="link-missing",
        must="Without link and guid an entry leads to the page of the feed, and is known by its words.",
        polls=(
            Poll(answer=sends(rss("<item><title>A</title></item>", "<item><title>B</title></item>")), new=2),
            Poll(answer=sends(rss("<item><title>B</title></item>", "<item><title>C</title></item>")), new=1),
        ),
        titles=("A", "B", "C"),
        holds={"urls": dict.fromkeys("ABC", "https://news.example/")},
    ),
    stored(
        "link-in-guid",
        "A guid that is an address is the link where there is no other.",
        rss("<item><title>A</title><guid>https://news.example/g</guid></item>"),
        ("A",),
        holds={"urls": {"A": "https://news.example/g"}},
    ),
)

CASES = ENCODINGS + WORDS + LINKS
