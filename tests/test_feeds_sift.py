"""Reading only what is new of a document gives what reading all of it would have given."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Source
from feeds import sift
from feeds.document import ParsedFeed, read_document
from tests.feedserver import item, rss

DATA = Path(__file__).parent / "data"
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
SOURCE = Source(url="https://tin.example/rss", name="Tin", language="vi", country="VN")
TWO = rss(item(1), item(2))


def read(body: bytes, *, seen: str = "", **fields) -> ParsedFeed:
    source = replace(SOURCE, **fields)
    return read_document(body, {}, source=source, url=SOURCE.url, fetched_at=NOW, seen=seen)


def test_what_stands_unchanged_is_left_out_and_remembered() -> None:
    first = read(TWO)
    second = read(rss(item(3), item(2), item(1)), seen=first.seen)
    assert ([entry.title for entry in second.entries], second.unchanged) == (["Report 3"], 2)
    third = read(rss(item(3), item(1), more="<!-- another comment -->"), seen=second.seen)
    assert (third.entries, third.unchanged, third.title) == ((), 2, "The Example")


def test_a_document_of_nothing_new_still_says_how_often_to_ask() -> None:
    feed = read(rss(item(1), item(2), more="<ttl>90</ttl>"), seen=read(TWO).seen)
    assert (feed.entries, feed.unchanged, feed.ttl) == ((), 2, read(rss(item(1), more="<ttl>90</ttl>")).ttl)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"What happened, part 1", b"What happened, part one"),
        lambda body: body.replace(b"Report 1", b"Report 1 "),
        lambda body: body.replace(b"20 Nov 2026 01", b"20 Nov 2026 02"),
        lambda body: body.replace(b'isPermaLink="false">guid-1<', b'isPermaLink="false" >guid-1<'),
    ],
    ids=["text", "blank", "date", "within a tag"],
)
def test_any_byte_of_an_entry_makes_it_another(change: Callable[[bytes], bytes]) -> None:
    feed = read(change(TWO), seen=read(TWO).seen)
    assert ([entry.identity for entry in feed.entries], feed.unchanged) == (["guid-1"], 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.replace(b"<link>https://news.example/</link>", b"<link>https://else.example/</link>"),
        lambda body: body.replace(b"</title><link>", b"</title><language>lo</language><link>", 1),
        lambda body: body.replace(b"<rss ", b'<rss xml:base="https://else.example/" '),
        lambda body: body.replace(b"<rss ", b'<rss xmlns="https://else.example/ns" '),
    ],
    ids=["page", "language", "base", "namespace"],
)
def test_what_entries_are_read_by_makes_all_of_them_others(change: Callable[[bytes], bytes]) -> None:
    assert (len(read(change(TWO), seen=read(TWO).seen).entries), read(TWO, seen=read(TWO).seen).unchanged) == (2, 2)


def test_what_the_operator_says_of_a_source_does_too() -> None:
    assert len(read(TWO, seen=read(TWO).seen, language="en").entries) == 2


def test_an_entry_that_takes_the_guid_of_one_left_out_brings_both_to_light() -> None:
    feed = read(rss(item(3, guid="guid-1"), item(1), item(2)), seen=read(TWO).seen)
    assert (len(feed.entries), feed.identity_by, feed.unchanged) == (3, "link", 0)


@pytest.mark.parametrize(
    "body",
    [
        TWO.replace(b"</channel>", b""),
        TWO.replace(b"<rss", b"<!DOCTYPE rss>\n<rss", 1),
        rss(item(1), "<item/>"),
        rss(item(1, more="<item><title>x</title></item>")),
        rss("<!--", item(1), "-->", item(2)).replace(b"</rss>", b"</rss>x"),
    ],
    ids=["not well-formed", "document type", "empty tag", "entry in entry", "text behind"],
)
def test_an_unusual_document_is_read_whole_every_time(body: bytes) -> None:
    feed = read(body)
    assert feed.seen == ""
    assert read(body, seen=read(TWO).seen).entries == feed.entries


def test_entries_within_cdata_and_comments_are_none() -> None:
    body = rss(item(1, more="<x><![CDATA[<item>y</item>]]></x>"), "<!-- <item>z</item> -->", item(2))
    found = sift.pieces(body[body.index(b"<rss") :], context=())
    assert len(found) == 2


@pytest.mark.parametrize("name", ["atom.xml", "rdf.xml", "links-missing-and-relative.xml", "utf16-with-mark.xml"])
def test_every_format_is_sifted(name: str) -> None:
    body = (DATA / name).read_bytes()
    first = read(body)
    assert (read(body, seen=first.seen).entries, read(body, seen=first.seen).unchanged > 0) == ((), True)


@given(st.lists(st.integers(0, 12), max_size=12), st.lists(st.integers(0, 12), min_size=1, max_size=12), st.randoms())
def test_two_documents_in_turn_give_what_they_give_whole(
    before: list[int], after: list[int], rng: random.Random
) -> None:
    """Entries come, go, change places, share guids and are edited: what is left out was read before, as it is now."""
    edits = {n: rng.choice(["", " mended", " mended twice"]) for n in range(13)}
    first = rss(*(item(n, guid=f"g{n // 2}") for n in before), item(99))
    second = rss(*(item(n, guid=f"g{n // 2}", title=f"Report {n}{edits[n]}") for n in after), item(98))
    earlier, whole = read(first), read(second)
    sifted = read(second, seen=earlier.seen)
    assert set(sifted.entries) <= set(whole.entries)
    assert set(whole.entries) - set(sifted.entries) <= set(earlier.entries)
    assert (sifted.identity_by, sifted.seen) == (whole.identity_by, whole.seen)
