"""feeds.yaml: what is right is read, what is wrong is named with its file, line and feed."""

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.errors import ConfigError
from digest.model import Source
from feeds.sources import _FIELDS, load_sources

FULL = """\
# what we listen to
feeds:
  - url: https://tin.example/rss
    name: Tin  # a comment
    language: vi
    country: "NO"
    tier: 1
    topics: [people, ngo]
    places: [VN, VN-SG, VN-26, LA]
    origin: TTXVN
    every: 2h
    enabled: no?
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feeds.yaml"


def error_of(path: Path, text: str | bytes) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigError) as caught:
        load_sources(path)
    return str(caught.value).replace(str(path), "feeds.yaml")


def entry(lines: str) -> str:
    return "feeds:\n  - url: https://a.example/\n    name: Tin\n" + "".join(
        f"    {line}\n" for line in lines.split("\n")
    )


def test_reads_every_field(path: Path) -> None:
    path.write_text(FULL.replace("no?", "false"))
    assert load_sources(path) == [
        Source(
            url="https://tin.example/rss",
            name="Tin",
            language="vi",
            country="NO",
            tier=1,
            topics=("people", "ngo"),
            places=("VN", "VN-SG", "VN-26", "LA"),
            origin="TTXVN",
            every=timedelta(hours=2),
            enabled=False,
        )
    ]


def test_knows_every_field_of_a_source() -> None:
    assert set(_FIELDS) == {field.name for field in fields(Source)}


def test_only_url_and_name_are_needed_and_the_order_is_kept(path: Path) -> None:
    path.write_text("feeds:\n" + "".join(f"- {{url: 'http://{n}.example/', name: {n}}}\n" for n in "cab"))
    assert load_sources(path) == [Source(url=f"http://{n}.example/", name=n) for n in "cab"]


def test_a_byte_order_mark_is_no_obstacle(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + entry("tier: 3").encode())
    assert [source.tier for source in load_sources(path)] == [3]


def test_norway_is_a_country_and_not_a_no(path: Path) -> None:
    path.write_text(entry("country: NO"))
    assert [source.country for source in load_sources(path)] == ["NO"]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("lnag: vi", "4: feed 1 (“Tin”): unknown key “lnag”; did you mean “language”?"),
        ("xyzzy: 1", "4: feed 1 (“Tin”): unknown key “xyzzy”"),
        ("tier: 1\ntier: 2", "5: feed 1 (“Tin”): the key “tier” stands here twice"),
        ("tier: 4", "4: feed 1 (“Tin”): “tier”: must be 1, 2 or 3"),
        ('tier: "1"', "4: feed 1 (“Tin”): “tier”: must be 1, 2 or 3"),
        ("enabled: no?", "4: feed 1 (“Tin”): “enabled”: must be true or false"),
        ("enabled: 1", "4: feed 1 (“Tin”): “enabled”: must be true or false"),
        ("language: vi-VN", "4: feed 1 (“Tin”): “language”: “vi-VN” is not a language code such as en or vi"),
        (
            "country: vn",
            "4: feed 1 (“Tin”): “country”: “vn” is not a country code of two capital letters such as VN",
        ),
        ("places: [VN-SGNN]", "4: feed 1 (“Tin”): “places”: “VN-SGNN” is not a place code such as LA or VN-SG"),
        ("places: LA", "4: feed 1 (“Tin”): “places”: must be a list, like [a, b]"),
        ("topics: [peopel]", "4: feed 1 (“Tin”): “topics”: “peopel” is not a topic; did you mean “people”?"),
        ("topics: [[people]]", "4: feed 1 (“Tin”): “topics”: must be one text, not a list"),
        (
            "every: 30",
            '4: feed 1 (“Tin”): “every”: must be a text; write it in quotes: "30"',
        ),
        (
            "every: 0m",
            "4: feed 1 (“Tin”): “every”: “0m” is not a length of time; write for example 15m, 2h or 1d",
        ),
        ("origin:", "4: feed 1 (“Tin”): “origin”: must be a text"),
        ('origin: " "', "4: feed 1 (“Tin”): “origin”: must not be empty"),
        ("- stray", "4: is not valid YAML: expected <block end>, but found '-'"),
    ],
)
def test_what_is_wrong_in_a_feed_is_named(path: Path, lines: str, sentence: str) -> None:
    assert error_of(path, entry(lines)) == "feeds.yaml:" + sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "feeds.yaml: is empty; it must begin with “feeds:” and a list of feeds below it"),
        ("# nothing\n", "feeds.yaml: is empty; it must begin with “feeds:” and a list of feeds below it"),
        ("- url: x\n", "feeds.yaml:1: the file must begin with “feeds:” and a list of feeds below it"),
        ("feeds:\n", "feeds.yaml:1: “feeds” must be a list, one feed an entry, each beginning with “- url:”"),
        ("feeds: {}\n", "feeds.yaml:1: “feeds” must be a list, one feed an entry, each beginning with “- url:”"),
        ("feeds: []\n", "feeds.yaml:1: the list “feeds” is empty; add at least one feed"),
        ("feed: []\n", "feeds.yaml:1: unknown key “feed”; did you mean “feeds”?"),
        ("feeds:\n- https://a.example/\n", "feeds.yaml:2: feed 1: must have at least “url:” and “name:”"),
        ("feeds:\n- name: A\n", "feeds.yaml:2: feed 1 (“A”): has no “url”"),
        ("feeds:\n- url: https://a.example/\n", "feeds.yaml:2: feed 1: has no “name”"),
        (
            "feeds:\n- url: https://a.example/\n  name: 24\n",
            'feeds.yaml:3: feed 1 (“24”): “name”: must be a text; write it in quotes: "24"',
        ),
        (
            "feeds:\n- url: https://a.example/\n  name: A\n- url: HTTPS://A.example/#x\n  name: B\n",
            "feeds.yaml:4: feed 2 (“B”): its url is already that of the feed in line 2",
        ),
        ("feeds: [\n", "feeds.yaml:2: is not valid YAML: expected the node content, but found '<stream end>'"),
        ("a: 1\n---\nb: 2\n", "feeds.yaml:2: is not valid YAML: but found another document"),
        (b"feeds:\n  - name: caf\xe9\n", "feeds.yaml:2: is not text in UTF-8; save it as UTF-8"),
        (b"SQLite format 3\0\x10\0", "feeds.yaml: is a binary file, not a list of feeds"),
        (b"#" * 1_000_001, "feeds.yaml: is larger than 1,000,000 bytes, so it cannot be a list of feeds"),
        ("[" * 100_000, "feeds.yaml: is not valid YAML: maximum recursion depth exceeded"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_with_the_file_is_one_sentence(path: Path, text: str | bytes, sentence: str) -> None:
    assert error_of(path, text).partition(" while ")[0] == sentence


@pytest.mark.parametrize(
    "url",
    ["tin.example/rss", "ftp://tin.example/", "https://", "https://a b/", "http://a:0/", "http://[x", "file:///etc"],
)
def test_a_url_is_a_web_address(path: Path, url: str) -> None:
    sentence = error_of(path, f"feeds:\n- name: A\n  url: {url!r}\n")
    assert sentence == (
        f"feeds.yaml:3: feed 1 (“A”): “url”: “{url}” is not a web address; it must begin with http:// or https://"
    )


def test_a_missing_file_and_a_folder_are_one_sentence_each(tmp_path: Path) -> None:
    for path, ending in ((tmp_path / "none.yaml", "there is no such file; set FEEDS_FILE or make one"),
                         (tmp_path, "cannot be read (Is a directory)")):  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            load_sources(path)
        assert str(caught.value) == f"{path}: {ending}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="feds:- url\n[]{}\"'&*!|>%@`#\tname,?\x01é"))
def test_any_text_is_read_or_named(path: Path, text: str) -> None:
    assert error_of(path, text).startswith("feeds.yaml:")
