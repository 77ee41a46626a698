"""The README stays true: its commands, settings and files exist."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import bot
from digest.model import Topic
from digest.settings import Settings, read_settings
from feeds.sources import load_sources

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_every_make_target_it_names_exists() -> None:
    named = set(re.findall(r"(?:`|^)make (\w+)", README, re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
    assert named - targets == set()


def test_every_setting_is_listed_and_listed_ones_exist() -> None:
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    example = set(
        re.findall(r"^(?:# )?([A-Z_]{4,})=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert listed == example
    assert len(listed) == len(fields(Settings))


def test_the_defaults_it_lists_are_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README, re.MULTILINE))
    assert read_settings(rows, languages=("en", "vi")) == Settings()


def test_every_command_it_lists_is_one() -> None:
    listed = set(re.findall(r"^\| `(\w+)", README.split("## Commands")[1], re.MULTILINE))
    parser = bot._parser()
    choices = parser._subparsers._group_actions[0].choices
    assert listed == set(choices)


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_is_explained(topic: Topic) -> None:
    assert f"`{topic}`" in README


def test_the_number_of_feeds_it_tells_is_right() -> None:
    count = len(load_sources(ROOT / "feeds.yaml"))
    assert f"The {count} feeds" in README
    assert f"{count} feeds" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_file_it_links_to_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
