"""Lists of feeds in and out."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from digest.errors import ConfigError
from digest.model import Source
from feeds.opml import append_sources, read_opml, sources_yaml, write_opml
from feeds.sources import load_sources

ONE = Source(url="https://one.example/rss?a=1&b=2", name='One & "only" <news>', language="vi", topics=("ngo", "people"))
TWO = Source(
    url="https://two.example/",
    name="24",
    language="en",
    country="NO",
    tier=1,
    places=("VN-SG", "LA"),
    origin="TTXVN",
    every=timedelta(minutes=90),
    enabled=False,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "list"


def opml(file: Path, body: str) -> Path:
    file.write_text(f'<?xml version="1.0"?><opml version="1.0"><head/><body>{body}</body></opml>')
    return file


def test_what_is_written_as_opml_is_read_back(file: Path) -> None:
    file.write_text(write_opml([ONE, TWO]), encoding="utf-8")
    assert read_opml(file).sources == [ONE, Source(url=TWO.url, name="24", language="en")]


def test_what_is_written_as_yaml_is_read_back_whole(file: Path) -> None:
    file.write_text(sources_yaml([ONE, TWO]), encoding="utf-8")
    assert load_sources(file) == [ONE, TWO]


def test_folders_are_flattened_and_lend_their_topic(file: Path) -> None:
    opml(file, '<outline text="Asia"><outline text="NGO"><outline title="A" xmlUrl="http://a.example/"/></outline>'
         '<outline text="B" XMLURL="http://b.example/"/></outline>')  # fmt: skip
    assert read_opml(file).sources == [
        Source(url="http://a.example/", name="A", topics=("ngo",)),
        Source(url="http://b.example/", name="B"),
    ]


def test_a_feed_listed_twice_is_one_and_a_nameless_one_has_its_host(file: Path) -> None:
    opml(file, '<outline xmlUrl="https://a.example/x"/><outline text="again" xmlUrl="https://a.example/x"/>')
    assert read_opml(file).sources == [Source(url="https://a.example/x", name="a.example")]


def test_what_has_no_web_address_is_left_out_aloud(file: Path) -> None:
    urls = ("file:///etc/passwd", "javascript:x", "ftp://a.example/rss", "http://", "https://ok.example/")
    opml(file, "".join(f'<outline text="{url}" xmlUrl="{url}"/>' for url in urls))
    found = read_opml(file)
    assert [source.url for source in found.sources] == ["https://ok.example/"]
    assert [re.findall("“(.*)”", sentence) for sentence in found.left_out] == [[url] for url in urls[:-1]]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.7:8080", "[::1]", "[::ffff:10.0.0.7]", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "NAS",
     "169.254。169.254", "foo.bar｡lan", "192.168．1.1",
     "feeds.lan", "printer.local.", "user:secret@192.168.1.1", "１２７.0.0.1", "169.254.169.254", "[fd00:ec2::254]"],
)  # fmt: skip
def test_somebody_elses_list_brings_no_private_address_in(file: Path, host: str) -> None:
    """In feeds.yaml an address counts as the operator's own word."""
    opml(file, f'<outline text="Inside" xmlUrl="http://{host}/rss"/><outline text="A" xmlUrl="http://1.1.1.1/x"/>')
    found = read_opml(file)
    assert [source.name for source in found.sources] == ["A"]
    (sentence,) = found.left_out
    assert "“Inside” is at" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("written", "meant"),
    [("feed://a.example/x", "http://a.example/x"), ("feed:https://a.example/", "https://a.example/")],
)
def test_addresses_of_the_feed_scheme_are_understood(file: Path, written: str, meant: str) -> None:
    assert [source.url for source in read_opml(opml(file, f'<outline xmlUrl="{written}"/>')).sources] == [meant]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('<!DOCTYPE o [<!ENTITY a "x">]><opml><body/></opml>', "declares a document type"),
        ("<rss/>", "is not an OPML file"),
        ("<opml><body/></opml>", "holds no feed to import"),
        ('<opml><outline xmlUrl="http://10.0.0.7/"/></opml>', "is at 10.0.0.7, a private address"),
        ("<opml><body>", "is not well-formed XML"),
        ("", "is not well-formed XML"),
        ("x" * 5_000_001, "is larger than"),
        ('<?xml version="1.0" encoding="nonsense"?><opml/>', "is not well-formed XML"),
    ],
    ids=lambda value: value[:30],
)
def test_what_is_no_list_of_feeds_is_one_sentence(file: Path, text: str, sentence: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError, match=sentence) as caught:
        read_opml(file)
    assert str(caught.value).startswith(str(file))


def test_entities_do_not_unfold_in_utf16_either(file: Path) -> None:
    text = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE o [<!ENTITY a "x">]><opml>&a;</opml>'
    file.write_bytes(text.encode("utf-16"))
    with pytest.raises(ConfigError, match="declares a document type"):
        read_opml(file)


def test_a_missing_file_is_one_sentence(file: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_opml(file)


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_sources_are_added_to_a_list_as_it_is_written(file: Path, indent: str) -> None:
    before = f"# mine\nfeeds:\n{indent}- url: {TWO.url}\n{indent}  name: Two # really\n\n# the end\n"
    file.write_text(before)
    assert append_sources(file, [TWO, ONE, ONE]) == [ONE]
    assert file.read_text().startswith(before)
    assert load_sources(file) == [Source(url=TWO.url, name="Two"), ONE]
    assert append_sources(file, [ONE]) == []


def test_a_list_is_drafted_through_no_link_and_for_its_owner_alone(file: Path) -> None:
    """Addresses may hold passwords; the draft's name cannot be foreseen, and what a list allowed stays so."""
    precious = file.with_name("precious")
    precious.write_text("precious")
    file.with_name(file.name + ".new").symlink_to(precious)
    for mode in (0o600, 0o640):
        file.write_text(sources_yaml([TWO]))
        file.chmod(mode)
        assert append_sources(file, [ONE]) == [ONE]
        assert (file.stat().st_mode & 0o777, file.is_symlink()) == (mode, False)
    file.unlink()
    append_sources(file, [ONE])
    assert file.stat().st_mode & 0o077 == 0
    assert precious.read_text() == "precious"
    assert sorted(one.name for one in file.parent.iterdir()) == ["list", "list.new", "precious"]


def test_a_list_that_does_not_exist_is_made(file: Path) -> None:
    assert append_sources(file, [ONE, TWO]) == [ONE, TWO]
    assert load_sources(file) == [ONE, TWO]


def test_a_list_that_cannot_be_added_to_stays_as_it_was(file: Path) -> None:
    before = "feeds: [{url: 'http://z.example/', name: Z}]\n"
    file.write_text(before)
    with pytest.raises(ConfigError, match="add by hand"):
        append_sources(file, [ONE])
    assert (file.read_text(), [path.name for path in file.parent.iterdir()]) == (before, ["list"])
