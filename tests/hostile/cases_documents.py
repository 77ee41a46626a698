"""Documents that are no feed, broken XML, XML that bites, and the formats that feeds come in."""

import json

from tests.feedserver import item, rss
from tests.hostile.manifest import PLAIN, STORED, Case, Poll, refused, sends, stored

_TWO = rss(item(1), item(2))
_BOTH = ("Report 1", "Report 2")


def _declaring(doctype: str, *items: str) -> bytes:
    return rss(*items).replace(b"<rss", f"<!DOCTYPE rss [{doctype}]>\n<rss".encode(), 1)


def _entities(count: int) -> str:
    """Each stands for ten of the one before."""
    return '<!ENTITY e0 "ha ha ha ">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count))


def _dated(number: int) -> str:
    """An entry of an archive that begins with the oldest, one a minute."""
    hour, minute = divmod(number % 1440, 60)
    return (
        f"<item><title>T{number}</title><link>https://news.example/{number}</link>"
        f"<pubDate>{1 + number // 1440:02} Nov 2026 {hour:02}:{minute:02}:00 GMT</pubDate></item>"
    )


NO_FEED = (
    refused("web-page", "A web page is told from a feed.", b"<!DOCTYPE html><html><p>News</html>", "not_feed"),
    refused(
        "web-page-that-speaks-of-feeds",
        "Also one that has a feed in a comment and a script.",
        b"<!-- <rss><channel/></rss> -->\n<html><script>'<rss><channel><item>'</script></html>",
        "not_feed",
    ),
    refused(
        "xhtml-said-to-be-a-feed",
        "What the server calls it decides nothing.",
        sends(b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', ("Content-Type", "text/rss+xml")),
        "not_feed",
    ),
    stored(
        "feed-said-to-be-a-picture",
        "Neither here.",
        sends(PLAIN, ("Content-Type", "image/png; charset=binary")),
    ),
    refused("json-of-an-api", "JSON of another kind is no JSON Feed.", b'{"error": {"code": 7}}', "not_feed"),
    refused("plain-text", "Nor is text a feed.", b"Blocked by our friendly firewall.", "not_feed"),
    refused("path", "A body that is a path opens no file: feedparser would.", b"/etc/passwd", "not_feed"),
    refused(
        "address",
        "A body that is an address fetches nothing: feedparser would.",
        b"http://address.test/more",
        "not_feed",
        pages={"/more": sends(PLAIN)},
        holds={"requests": ["address.test/feed"]},
    ),
    refused(
        "sitemap",
        "A sitemap is XML, and no feed.",
        b"<urlset><url><loc>https://a.example/</loc></url></urlset>",
        "not_feed",
    ),
    refused("picture", "A picture is no text at all.", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "encoding"),
    refused("feed-without-entries", "A feed that is empty all at once is a fault of theirs.", rss(), "empty"),
    refused(
        "entries-without-anything",
        "Entries without title, text and link are nothing to keep.",
        rss("<item/>", "<item><guid>1</guid></item>"),
        "parse",
    ),
)

BROKEN = (
    refused(
        "end-missing",
        "Without its end a document saves nothing, though its length was right.",
        PLAIN[:-20],
        "truncated",
    ),
    refused("end-missing-in-an-entry", "Nor do the entries before.", _TWO[:-150], "truncated"),
    refused(
        "nested-wrongly",
        "Too broken to hold an entry.",
        b"<rss><channel><item><title>x</item></rss></channel>",
        "parse",
    ),
    stored(
        "bare-ampersands",
        "Unescaped, and meant as letters.",
        rss(item(1, title="Tom & Jerry <b>meet</b> AT&T"), item(2)),
        ("Report 2", "Tom & Jerry meet AT&T"),
    ),
    stored(
        "entities-of-html",
        "HTML's entities are no XML, and understood.",
        rss(item(1, title="Caf&eacute;&nbsp;&mdash; &nosuch;")),
        ("Café — &nosuch;",),
    ),
    stored("end-tag-missing", "One tag unclosed spoils no other entry.", _TWO.replace(b"</channel>", b""), _BOTH),
    stored(
        "two-documents",
        "Two documents in one answer, as when caches stumble: nothing of either is lost.",
        _TWO + b"\n" + rss(item(3)),
        (*_BOTH, "Report 3"),
    ),
    stored(
        "warning-before",
        "A warning of the publisher's program before the document does not hide it.",
        b"<br />\n<b>Warning</b>: mysql_connect() in <b>/var/www/feed.php</b> on line <b>7</b>\n" + _TWO,
        _BOTH,
    ),
    stored(
        "marks-and-lines-before",
        "Byte order marks and blank lines before it neither.",
        b"\xef\xbb\xbf\r\n\n" + _TWO,
        _BOTH,
    ),
    stored(
        "forbidden-characters",
        "Characters that XML forbids, plain or as references, are left out and end nothing.",
        rss(item(1, title="A\x01B\x0bC&#0;D&#xFFFE;E&#xFFFFFFFF;F&#99999999999;G")),
        ("ABCDEFG",),
    ),
    stored(
        "cdata-unclosed",
        "A CDATA that never ends swallows what follows, and only that.",
        rss(item(1), item(2, title="<![CDATA[Report two")),
        STORED,
    ),
    stored(
        "cdata-in-cdata",
        "Two ends of CDATA are one too many.",
        rss(item(1, title="<![CDATA[One <![CDATA[two]]> three]]>"), item(2)),
        ("One two three", "Report 2"),
    ),
    stored(
        "comment-with-dashes",
        "Comments as they may not be written hide nothing.",
        rss("<!-- a -- b --->", item(1), "<!-- <item><title>No</title></item> -->"),
    ),
    stored(
        "prefix-unknown",
        "A prefix nobody declared spoils no entry.",
        rss(item(1, more="<media:thing url='x'><x:y/></media:thing>"), item(2)),
        _BOTH,
    ),
    stored(
        "capital-tags",
        "HTML's habits: tags in capitals, attributes without quotes.",
        b"<RSS VERSION=2.0><CHANNEL><ITEM><TITLE>Report 1</TITLE><LINK>https://news.example/1</LINK></ITEM></CHANNEL></RSS>",
    ),
    stored("xml-1.1", "XML 1.1 is read as what it nearly is.", PLAIN.replace(b'version="1.0"', b'version="1.1"')),
)

BITING = (
    stored(
        "billion-laughs",
        "Entities of entities would unfold to gigabytes; they are not unfolded at all.",
        _declaring(_entities(12), item(1, title="Ha &e11;")),
        ("Ha &e11;",),
    ),
    refused(
        "quadratic-blow-up",
        "One long entity, ten thousand times.",
        _declaring(f'\n<!ENTITY a "{"ha " * 20_000}">\n', item(1, title="&a;" * 10_000)),
        "bomb",
    ),
    stored(
        "entity-of-a-file",
        "An entity that stands for a file reads none.",
        _declaring('<!ENTITY x SYSTEM "file:///etc/passwd">', item(1, title="Before &x; after")),
        ("Before &x; after",),
    ),
    stored(
        "entity-of-an-address",
        "Nor does a document type fetch anything, by whichever of its ways.",
        _declaring(
            '<!ENTITY % p SYSTEM "http://entity-of-an-address.test/dtd"> %p; '
            '<!ENTITY x SYSTEM "http://entity-of-an-address.test/x">',
            item(1, more="<author>&x;</author>"),
        ),
        pages={"/dtd": sends(b"<!ENTITY y 'z'>"), "/x": sends(b"x")},
        holds={"requests": ["entity-of-an-address.test/feed"]},
    ),
    stored(
        "document-type-outside",
        "RSS 0.91 named one by custom; it is not fetched, and the feed is read.",
        PLAIN.replace(b"<rss", b'<!DOCTYPE rss SYSTEM "http://document-type-outside.test/rss.dtd">\n<rss', 1),
        pages={"/rss.dtd": sends(b"<!ENTITY y 'z'>")},
        holds={"requests": ["document-type-outside.test/feed"]},
    ),
    stored(
        "include-and-stylesheet",
        "Neither are inclusions and style sheets.",
        rss(
            '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="http://include-and-stylesheet.test/x"/>',
            item(1),
        ).replace(b"<rss", b'<?xml-stylesheet href="http://include-and-stylesheet.test/s" type="text/xsl"?><rss', 1),
        pages={"/x": sends(b"x"), "/s": sends(b"s")},
        holds={"requests": ["include-and-stylesheet.test/feed"]},
    ),
    refused(
        "pattern-that-backtracks",
        "A long author keeps one of feedparser's patterns busy for minutes; its worker has seconds.",
        rss(item(1, more=f"<author>{'a' * 200_000}</author>")),
        "bomb",
    ),
    stored(
        "pattern-that-backtracks-early",
        "Another looks for an encoding through all of the first line, which may be the whole document.",
        b'<?xml version="1.0"?><?xml-stylesheet href="x"?>'
        + rss(item(1, more="<x>" + "encoding='" * 3_000 + "</x>")).partition(b"\n")[2],
    ),
    stored(
        "nested-a-thousand-deep",
        "Depth costs memory, not sense.",
        rss(item(1, more="<x>" * 1000 + "</x>" * 1000)),
    ),
    stored(
        "attributes-by-the-thousand",
        "So do attributes.",
        rss(item(1, more="<x " + " ".join(f'a{n}="{n}"' for n in range(5000)) + "/>")),
    ),
    stored(
        "title-of-four-megabytes",
        "A title is cut at what a screen could hold, whatever it weighed.",
        rss(item(1, title="Long " * 800_000)),
        (("Long " * 99).strip() + "…",),
        holds={"lengths": [(495, 22)]},
    ),
    Case(
        name="ten-thousand-entries",
        must="Of an archive the newest 500 are kept; when it grows by one, that one is new, and no older one comes in.",
        polls=(
            Poll(answer=sends(rss(*(_dated(n) for n in range(10_000)))), new=500),
            Poll(answer=sends(rss(*(_dated(n) for n in range(10_001)))), new=1),
        ),
        titles=tuple(sorted(f"T{n}" for n in range(9_500, 10_001))),
    ),
)

FORMATS = (
    stored(
        "rdf",
        "RSS 1.0 has its entries beside the channel.",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        '<channel rdf:about="https://r.example/"><link>https://r.example/</link></channel>'
        '<item rdf:about="https://r.example/a"><title>Envoys meet</title><link>https://r.example/a</link></item></rdf:RDF>',
        ("Envoys meet",),
        holds={"identities": ["https://r.example/a"]},
    ),
    stored(
        "rss-0.91",
        "RSS 0.91 knows neither guid nor date.",
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Old</title>'
        "<item><title>Old news</title><link>https://o.example/1</link></item></channel></rss>",
        ("Old news",),
        holds={"identities": ["https://o.example/1"], "published": {"Old news": "~2026-11-21 05:00"}},
    ),
    stored(
        "rss-of-a-stranger",
        "RSS in a namespace of somebody's own is RSS.",
        PLAIN.replace(b"<rss", b'<rss xmlns="https://stranger.example/ns"', 1),
    ),
    stored(
        "atom-with-xhtml",
        "XHTML within Atom is markup, its prefix or not; the source of a reprint is not the entry.",
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml"><title>F</title>'
        '<entry><id>1</id><title type="xhtml"><h:div>Envoys <h:b>meet</h:b></h:div></title>'
        "<source><title>Another</title><id>other</id></source>"
        '<link rel="self" href="https://a.example/self"/><link rel="enclosure" href="https://a.example/e.mp3"/>'
        '<link href="https://a.example/page"/>'
        '<content type="xhtml"><h:div><h:p>First.</h:p><h:p>Second.</h:p></h:div></content></entry></feed>',
        ("Envoys meet",),
        holds={"texts": {"Envoys meet": "First.\nSecond."}, "urls": {"Envoys meet": "https://a.example/page"}},
    ),
    stored(
        "atom-with-bases",
        "Addresses are relative to the base that stands nearest.",
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/x/"><title>F</title><link href="/"/>'
        '<entry xml:base="y/"><id>1</id><title>Envoys meet</title><link href="1.html"/></entry></feed>',
        ("Envoys meet",),
        holds={"urls": {"Envoys meet": "https://a.example/x/y/1.html"}},
    ),
    stored(
        "atom-of-pictures",
        "Content that is no text, or lies elsewhere, is no text of ours.",
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><link href="https://a.example/"/>'
        '<entry><id>1</id><title>One</title><content type="image/png">aGVsbG8gdGhlcmU=</content></entry>'
        '<entry><id>2</id><title>Two</title><content src="https://a.example/v" type="video/mp4"/></entry></feed>',
        ("One", "Two"),
        holds={"texts": {"One": "", "Two": ""}},
    ),
    stored(
        "json-feed",
        "JSON Feed is a feed; its ids may be numbers, nulls are nothing.",
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": None,
                "items": [
                    {"id": 17, "url": "https://j.example/17", "title": "1 < 2 & <b>3</b>", "content_text": "a <b> c"},
                    {"id": None, "external_url": "https://j.example/18", "content_html": "<p>Only a text.</p>"},
                    "nonsense",
                    {"id": "19"},
                ],
            }
        ),
        ("1 < 2 & 3", "Only a text."),
        holds={"identities": ["17", "https://j.example/18"]},
    ),
    refused("json-nested", "Brackets by the hundred thousand are not followed down.", b"[" * 200_000, "parse"),
    refused(
        "json-number",
        "A number of a million digits is not worked out.",
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * 1_000_000 + b"}]}",
        "parse",
    ),
    stored(
        "json-half-characters",
        "Halves of characters, which JSON can spell, reach neither store nor Telegram.",
        b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1\\ud800", "title": "A\\udc00B", '
        b'"url": "https://j.example/\\ud83d", "content_text": "x\\ud800y"}]}',
        ("AB",),
        holds={"texts": {"AB": "xy"}, "identities": ["1"], "urls": {"AB": "https://j.example/"}},
    ),
)


CASES = NO_FEED + BROKEN + BITING + FORMATS
