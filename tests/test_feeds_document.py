"""A publisher's bytes, however odd, become a feed or a clear reason why not."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.model import Source
from feeds.document import MAX_ENTRIES, ParsedFeed, read_document
from tests.feedserver import item, rss

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SOURCE = Source(url="https://tin.example/rss", name="Tin", language="vi", country="VN")


def read(body: bytes, content_type: str = "", **fields) -> ParsedFeed:
    headers = {"content-type": content_type} if content_type else {}
    return read_document(body, headers, source=SOURCE, url=SOURCE.url, fetched_at=NOW, **fields)


def kind_of(body: bytes, content_type: str = "") -> str:
    with pytest.raises(FeedError) as caught:
        read(body, content_type)
    assert caught.value.url == SOURCE.url
    return caught.value.kind


@pytest.mark.parametrize(
    "name",
    [
        "windows-1258-declared.xml",
        "windows-1258-undeclared.xml",
        "utf16-with-mark.xml",
        "utf16-without-mark.xml",
        "utf8-declared-as-latin1.xml",
        "utf8-with-a-character-cut-in-half.xml",
        "bom-and-blank-lines-before-declaration.xml",
        "control-characters-and-illegal-references.xml",
    ],
)
def test_reads_the_letters_that_are_meant(name: str) -> None:
    (entry,) = read((DATA / name).read_bytes()).entries
    assert entry.title == "Hội hữu nghị Việt Nam - Lào gặp mặt đầu năm"
    assert entry.text.startswith("Buổi gặp mặt được tổ chức tại thành phố với sự tham dự của đoàn đại biểu nước b")
    assert entry.published == datetime(2026, 11, 21, 1, 30, tzinfo=UTC)


def test_a_wrong_charset_of_the_server_does_not_spoil_utf8() -> None:
    body = rss(item(1, title="Đối ngoại nhân dân"))
    assert read(body, "text/xml; charset=iso-8859-1").entries[0].title == "Đối ngoại nhân dân"


def test_a_charset_that_only_the_server_states_is_used() -> None:
    body = rss(item(1, title="Ünïcödé")).decode().replace(' encoding="UTF-8"', "").encode("latin-1")
    assert read(body, 'text/xml; charset="ISO-8859-1"').entries[0].title == "Ünïcödé"


def test_rdf_is_read() -> None:
    feed = read((DATA / "rdf.xml").read_bytes())
    (entry,) = feed.entries
    assert (feed.title, feed.language, feed.ttl) == ("Regional Desk", "en", timedelta(minutes=30))
    assert (entry.identity, entry.title) == ("https://rdf.example/a", "Envoys open river talks")
    assert (entry.published, entry.language) == (datetime(2026, 11, 20, 15, 15, tzinfo=UTC), "en")


def test_atom_is_read() -> None:
    feed = read((DATA / "atom.xml").read_bytes())
    (entry,) = feed.entries
    assert feed.title == "World & region"
    assert (entry.identity, entry.url) == ("tag:atom.example,2026:1", "https://atom.example/world/2026/1.html")
    assert (entry.title, entry.text) == ("Ministers agree on aid", "The ministers agreed.\nAid arrives on Monday.")
    assert entry.published == datetime(2026, 11, 20, 18, tzinfo=UTC)


def test_json_feed_is_read() -> None:
    feed = read((DATA / "jsonfeed.json").read_bytes(), "application/feed+json")
    first, second = feed.entries
    assert feed.title == "Aid & Relief"
    assert (first.identity, first.title, first.text) == ("17", "Relief < expected", "First & foremost.\nSecond.")
    assert first.published == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert (second.url, second.title) == ("https://else.example/18", "A note with 1 < 2 & no title.")


def test_markup_that_was_escaped_twice_is_read_once_more() -> None:
    (entry,) = read((DATA / "html-escaped-twice.xml").read_bytes()).entries
    assert (entry.title, entry.text) == ("Quảng bá văn hóa", "Tuần lễ văn hóa & du lịch.\nKhai mạc tối qua.")


def test_a_feed_whose_guids_repeat_is_told_apart_by_link() -> None:
    feed = read((DATA / "same-guid-for-every-item.xml").read_bytes())
    assert feed.identity_by == "link"
    assert [entry.identity for entry in feed.entries] == ["https://tin.example/1", "https://tin.example/2"]


def test_one_item_listed_twice_is_one_entry() -> None:
    feed = read(rss(item(1), item(1), item(2)))
    assert (len(feed.entries), feed.identity_by) == (2, "guid")


def test_identity_by_link_is_kept_when_asked_for() -> None:
    feed = read(rss(item(1)), identity_by="link")
    assert (feed.identity_by, feed.entries[0].identity) == ("link", "https://news.example/1")


def test_links_are_found_resolved_or_replaced_by_the_feeds_page() -> None:
    feed = read((DATA / "links-missing-and-relative.xml").read_bytes())
    assert {entry.title: entry.url for entry in feed.entries} == {
        "Relative": "https://www.tin.example/a/1.html",
        "Guid is the link": "https://tin.example/g",
        "No link at all": "https://www.tin.example/news/",
        "Script for a link": "https://www.tin.example/news/",
        "Only a text here. It becomes the title.": "https://tin.example/textonly",
    }


def test_entries_come_newest_first_and_undated_ones_as_listed() -> None:
    feed = read(rss(item(3), item(9), item(5)))
    assert [entry.title for entry in feed.entries] == ["Report 9", "Report 5", "Report 3"]
    undated = rss(*(f"<item><title>{n}</title><link>https://tin.example/{n}</link></item>" for n in "abc"))
    assert [entry.title for entry in read(undated).entries] == ["a", "b", "c"]


def test_of_an_archive_the_newest_are_kept() -> None:
    many = [
        f"<item><title>T{n}</title><link>https://tin.example/{n}</link>"
        f"<pubDate>{(NOW - timedelta(hours=2000 - n)):%a, %d %b %Y %H:%M:%S GMT}</pubDate></item>"
        for n in range(MAX_ENTRIES + 20)
    ]
    entries = read(rss(*many)).entries
    assert (len(entries), entries[0].title, entries[-1].title) == (MAX_ENTRIES, f"T{MAX_ENTRIES + 19}", "T20")


@pytest.mark.parametrize(
    ("more", "ttl"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>0</ttl>", None),
        ("<ttl>often</ttl>", None),
        ("", None),
    ],
)
def test_ttl_is_in_minutes(more: str, ttl: timedelta | None) -> None:
    assert read(rss(item(1), more=more)).ttl == ttl


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\0 ", "empty"),
        (rss(), "empty"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": []}', "empty"),
        (b"<!DOCTYPE html><html><head><title>News</title></head></html>", "not_feed"),
        (b"<!-- a --><!-- b -->\n<HTML lang=vi><body>x", "not_feed"),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "not_feed"),
        (b'<?xml version="1.0"?><urlset><url><loc>https://a/</loc></url></urlset>', "not_feed"),
        (b"/etc/passwd", "not_feed"),
        (b"https://news.example/rss", "not_feed"),
        (b"Forbidden by our friendly firewall.", "not_feed"),
        (b'{"error": "no"}', "not_feed"),
        (b"[1, 2]", "not_feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "parse"),
        (b"[" * 100_000, "parse"),
        (b"<rss><channel><item><title>x</item></rss></channel>", "parse"),
        (rss(item(1))[:-20], "truncated"),
        (rss(item(1), item(2))[:-300], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "encoding"),
        (b"\x1f\x8b\x08" + bytes(range(255, 0, -1)) * 20, "encoding"),
    ],
    ids=str,
)
def test_what_is_no_feed_is_told_by_its_kind(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


def test_a_body_that_is_a_path_is_never_opened(tmp_path: Path) -> None:
    secret = tmp_path / "feed.xml"
    secret.write_bytes(rss(item(1)))
    assert kind_of(str(secret).encode()) == "not_feed"


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("the secret")
    doctype = f'<!DOCTYPE rss [\n<!ENTITY x SYSTEM "file://{tmp_path}/secret">\n]>'
    body = rss(item(1, title="Before &x; after")).replace(b"<rss", doctype.encode() + b"<rss", 1)
    assert "secret" not in read(body).entries[0].title


@pytest.mark.parametrize(
    "broken",
    [
        rss(item(1, title="Tom & Jerry's <b>new</b> show"), item(2)),
        rss(item(1), item(2), more="<unclosed>"),
        rss(item(1), item(2)).replace(b"</channel>", b""),
        rss(item(1, title="x &nosuch; y"), item(2)),
    ],
    ids=["bare ampersand", "unclosed tag", "missing end tag", "unknown entity"],
)
def test_a_slightly_broken_feed_still_gives_its_entries(broken: bytes) -> None:
    assert {entry.identity for entry in read(broken).entries} == {"guid-1", "guid-2"}


@given(st.binary(max_size=400))
def test_any_bytes_give_a_feed_or_a_feed_error(body: bytes) -> None:
    for document in (body, rss(item(1)) + body, b"<rss><channel><item>" + body + b"</item></channel></rss>"):
        with contextlib.suppress(FeedError):
            assert read(document).entries
