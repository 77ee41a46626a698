import json
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from digest.model import Labels, Wishes
from digest.polling import Polled
from render.records import digest_record, hit_record, hits_record, iso, item_record, polled_record
from render.words import load_words
from tests.render_sample import NAMES, digest, hits, item

DOCS = Path(__file__).parents[1] / "docs" / "json.md"
WORDS = load_words("en")
POLLED = Polled(
    url="https://a.example/feed",
    at=datetime(2026, 11, 21, tzinfo=UTC),
    next_poll_at=datetime(2026, 11, 21, 0, 15, tzinfo=UTC),
    http_status=200,
    new=3,
    updated=1,
    seconds=0.123456,
)


def test_an_item_is_exported_with_these_fields():
    assert item_record(item()) == {
        "id": 7,
        "url": "https://courier.example/consul?utm_source=rss",
        "canonical_url": "https://courier.example/consul",
        "title": "Lao consul thanks city for scholarships",
        "source": "Mekong Courier",
        "published": "2025-12-02T03:30:00Z",
        "language": "en",
        "relevance": 1,
        "topics": ["state"],
        "places": ["LA", "VN-SG"],
        "pairs": ["LA-VN"],
        "story_id": 3,
        "summary": "The Lao consul general thanked the city. He named twelve students.",
        "act": None,
        "level": 0,
    }


def test_an_irrelevant_item_that_is_in_no_story_says_so():
    record = item_record(item(labels=Labels(places=("LA",)), story_id=None, summary=()))

    assert (record["relevance"], record["topics"], record["story_id"], record["summary"]) == (0, [], None, "")


def test_an_item_tells_what_is_done_and_by_whom_of_what_rank():
    record = item_record(item(labels=Labels(topics=("state",), act="visit", level=5, relevant=True)))

    assert (record["act"], record["level"]) == ("visit", 5)


def test_a_hit_is_its_item_and_the_passages_that_matched():
    (hit,) = hits().hits

    assert hit_record(hit) == item_record(hit.item) | {
        "title_marks": [[0, 3], [4, 10]],
        "snippet": "… the Lao consul general thanked the city …",
        "snippet_marks": [[6, 9], [10, 16]],
    }


def test_a_page_of_hits_tells_what_was_asked():
    found = hits(topics=("ngo",), since=datetime(2026, 11, 1, tzinfo=UTC), order="relevance", limit=5, more=True)

    assert hits_record(found) == {
        "query": "lao consul",
        "topics": ["ngo"],
        "places": [],
        "pairs": [],
        "source": None,
        "sources": [],
        "languages": [],
        "without": {"topics": [], "places": [], "pairs": [], "sources": [], "languages": []},
        "since": "2026-11-01T00:00:00Z",
        "until": None,
        "order": "relevance",
        "limit": 5,
        "offset": 0,
        "hits": [hit_record(found.hits[0])],
        "more": True,
        "partial": False,
    }


def test_a_digest_is_its_window_wishes_sections_and_coverage():
    one = digest(
        wishes=Wishes(topics=frozenset({"people", "ngo"}), pairs=frozenset({"LA-VN"}), unwanted=("golf",), by="topic")
    )

    record = digest_record(one, WORDS, NAMES)

    assert {key: value for key, value in record.items() if key != "sections"} == {
        "since": "2026-11-20T00:00:00Z",
        "until": "2026-11-21T00:00:00Z",
        "wishes": {
            "topics": ["ngo", "people"],
            "places": [],
            "pairs": ["LA-VN"],
            "wanted": [],
            "unwanted": ["golf"],
            "language": "en",
            "by": "topic",
        },
        "left_out": 5,
        "coverage": {"feeds": 41, "failing": 3, "items": 1412, "stories": 63, "shown": 4},
    }
    assert [(section["key"], section["title"], section["more"]) for section in record["sections"]] == [
        ("people", "People-to-people diplomacy", 2),
        ("ngo", "NGO and humanitarian aid", 0),
        ("other", "Also", 0),
    ]
    assert record["sections"][1]["stories"][1] == {
        "story_id": 3,
        "headline": "Quảng Trị bàn giao 40 héc-ta đất sạch bom mìn",
        "url": "https://bao.example/rpbm",
        "outlet": "Báo Sông Hiếu",
        "language": "vi",
        "published": "2026-11-20T22:50:00Z",
        "sentences": [{"text": "Dự án do một tổ chức phi chính phủ Nhật Bản tài trợ.", "item_id": 4, "language": "vi"}],
        "topics": ["ngo"],
        "places": ["VN-25", "JP"],
        "pairs": ["LA-VN"],
        "origins": 1,
        "reports": [{"outlet": "Báo Sông Hiếu", "url": "https://bao.example/rpbm", "language": "vi"}],
        "score": 3.25,
        "worth": [["origins", 1.0], ["wished", 2.25]],
        "mark": None,
        "day": 1,
    }


def test_a_poll_is_one_line_a_source():
    assert polled_record(POLLED, "Courier") == {
        "url": "https://a.example/feed",
        "name": "Courier",
        "http_status": 200,
        "error": "none",
        "new": 3,
        "updated": 1,
        "next_poll_at": "2026-11-21T00:15:00Z",
        "seconds": 0.123,
    }


def test_times_are_said_in_utc():
    assert iso(datetime(2026, 11, 21, 7, 0, 0, 999, tzinfo=timezone(timedelta(hours=7)))) == "2026-11-21T00:00:00Z"


def _fields(record):
    """Every field name at every depth."""
    if isinstance(record, dict):
        return {*record, *(name for value in record.values() for name in _fields(value))}
    return {name for value in record for name in _fields(value)} if isinstance(record, list) else set()


@pytest.mark.parametrize(
    ("chapter", "record"),
    [
        ("export", item_record(item())),
        ("search", hits_record(hits())),
        ("digest", digest_record(digest(), WORDS, NAMES)),
        ("poll", polled_record(POLLED, "Courier")),
    ],
)
def test_every_field_is_documented_and_every_documented_field_is_there(chapter, record):
    text = DOCS.read_text(encoding="utf-8")
    chapters = dict(re.findall(r"^## `(\w+)[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    documented = set(re.findall(r"^\| `(\w+)` \|", chapters[chapter], re.MULTILINE))
    shared = set(item_record(item())) if chapter == "search" else set()

    assert documented | shared == _fields(record)


@pytest.mark.parametrize(
    "record",
    [item_record(item()), hits_record(hits()), digest_record(digest(), WORDS, NAMES), polled_record(POLLED, "x")],
)
def test_records_are_json_as_they_are(record):
    assert json.loads(json.dumps(record)) == record
