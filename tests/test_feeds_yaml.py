"""The list of feeds we ship: every entry is one that the bot can read, once."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from digest.model import Source
from feeds.sources import load_sources

FEEDS = Path(__file__).parent.parent / "feeds.yaml"
LANGUAGES = {"en", "vi"}


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    return load_sources(FEEDS)


def test_lists_at_least_fifty_feeds_in_both_languages(sources: list[Source]) -> None:
    enabled = [source for source in sources if source.enabled]
    assert len(enabled) >= 50
    assert {source.language for source in enabled} == LANGUAGES
    assert min(sum(source.language == language for source in enabled) for language in LANGUAGES) >= 15


def test_every_feed_has_its_own_url_and_name(sources: list[Source]) -> None:
    assert len({source.url for source in sources}) == len(sources)
    assert len({source.name.casefold() for source in sources}) == len(sources)


def test_every_feed_is_public_and_fetched_over_tls(sources: list[Source]) -> None:
    plain = [source.url for source in sources if urlsplit(source.url).scheme != "https"]
    local = [source.url for source in sources if "." not in (urlsplit(source.url).hostname or "")]
    assert (plain, local) == ([], [])


def test_feeds_of_one_host_in_one_language_name_one_newsroom(sources: list[Source]) -> None:
    """Otherwise one newsroom would count as several behind a story."""
    newsrooms: dict[tuple[str, str | None], set[str]] = {}
    for source in sources:
        host = (urlsplit(source.url).hostname or "").removeprefix("www.")
        if not host.endswith("gov.uk"):
            newsrooms.setdefault((host, source.language), set()).add(source.origin or source.name)
    assert {key: names for key, names in newsrooms.items() if len(names) > 1} == {}


def test_the_example_in_the_opening_comment_is_a_valid_entry_with_every_key(tmp_path: Path) -> None:
    comment = FEEDS.read_text(encoding="utf-8").split("\n#\n")[1]
    example = "\n".join(line.removeprefix("#") for line in comment.splitlines())
    path = tmp_path / "feeds.yaml"
    path.write_text(f"feeds:\n{example}\n", encoding="utf-8")
    (source,) = load_sources(path)
    assert source.url == "https://news.example/world.rss"
    assert {name for name in Source.__slots__ if f" {name}:" in example} == set(Source.__slots__)
