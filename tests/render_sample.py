"""A small world of our own writing for the tests of render: names, one digest, one page of hits."""

from datetime import UTC, datetime, timedelta

from digest.model import Coverage, Digest, DigestStory, Item, Labels, Report, Section, Sentence, Wishes
from digest.query import Hit, Hits, Query

ZONE = "Asia/Ho_Chi_Minh"
#: 07:00 in Viet Nam on Saturday 21 November.
UNTIL = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)

_PLACES = {
    "LA": ("Laos", "Lào", "🇱🇦"),
    "CU": ("Cuba", "Cuba", "🇨🇺"),
    "VN": ("Viet Nam", "Việt Nam", "🇻🇳"),
    "JP": ("Japan", "Nhật Bản", "🇯🇵"),
    "VN-SG": ("Ho Chi Minh City", "TP.HCM", "🇻🇳"),
    "VN-25": ("Quang Tri", "Quảng Trị", "🇻🇳"),
}
_TOPICS = {
    "people": ("People-to-people diplomacy", "Đối ngoại nhân dân", "People-to-people", "Nhân dân"),
    "ngo": ("NGO and humanitarian aid", "Viện trợ phi chính phủ", "NGO aid", "Viện trợ"),
    "cultural": ("Culture and education", "Văn hóa, giáo dục", "Culture", "Văn hóa"),
}


class SampleNames:
    """The handful of names that the samples use."""

    def place(self, code, language):
        return _PLACES[code][language == "vi"]

    def flag(self, code):
        return _PLACES[code][2]

    def topic(self, topic, language, *, short=False):
        return _TOPICS[topic][2 * short + (language == "vi")]


NAMES = SampleNames()


def story(number=1, **changes):
    """A Lao National Day in Ho Chi Minh City, reported by five outlets; any field can be changed."""
    reports = tuple(
        Report(f"Outlet {n}", f"https://outlet{n}.example/{number}", "vi" if n == 4 else "en") for n in range(1, 6)
    )
    values = {
        "story_id": number,
        "headline": "City friendship union marks Lao National Day",
        "url": "https://courier.example/lao-day?a=1&b=2",
        "outlet": "Mekong Courier",
        "language": "en",
        "sentences": (
            Sentence(
                "The union and the Lao consulate marked the day with a concert of students.",
                1,
                "en",
            ),
            Sentence("Twelve students received scholarships.", 2, "en"),
        ),
        "topics": ("people", "cultural"),
        "places": ("LA", "VN-SG"),
        "pairs": ("LA-VN",),
        "reports": reports,
        "origins": 3,
        "published": UNTIL - timedelta(hours=12, minutes=20),
        "worth": (("origins", 1.0), ("wished", 2.25)),
        "score": 3.25,
        "upto": 2,
    }
    return DigestStory(**(values | changes))


def sections():
    """Three sections of four stories, one of them in Vietnamese only."""
    relief = story(
        2,
        headline="Red Cross campaign for Cuba passes its target & closes early",
        url="https://relief.example/cuba",
        outlet="Relief Relay",
        places=("CU", "VN"),
        pairs=("CU-VN",),
        topics=("ngo",),
        origins=1,
        sentences=(Sentence("Donations reached 615 billion dong in nine weeks, the society said.", 3, "en"),),
        published=UNTIL - timedelta(hours=9, minutes=55),
    )
    clearance = story(
        3,
        headline="Quảng Trị bàn giao 40 héc-ta đất sạch bom mìn",
        url="https://bao.example/rpbm",
        outlet="Báo Sông Hiếu",
        language="vi",
        places=("VN-25", "JP"),
        topics=("ngo",),
        reports=(Report("Báo Sông Hiếu", "https://bao.example/rpbm", "vi"),),
        origins=1,
        sentences=(Sentence("Dự án do một tổ chức phi chính phủ Nhật Bản tài trợ.", 4, "vi"),),
        published=UNTIL - timedelta(hours=1, minutes=10),
    )
    festival = story(
        4,
        headline="Kyoto weavers open a month of workshops beside the Saigon river",
        url="https://lantern.example/weavers",
        outlet="City Lantern",
        places=("JP", "VN-SG"),
        topics=("cultural",),
        reports=tuple(Report(f"Outlet {n}", f"https://o{n}.example/w", "en") for n in range(2)),
        origins=2,
        sentences=(Sentence("Visitors may try a loom on Saturdays.", 5, "en"),),
        published=UNTIL - timedelta(hours=20),
    )
    return (
        Section(key="people", stories=(story(),), more=2),
        Section(key="ngo", stories=(relief, clearance)),
        Section(key="other", stories=(festival,)),
    )


def digest(**changes):
    """A digest of the sections above; any field can be changed."""
    values = {
        "wishes": Wishes(topics=frozenset({"people", "ngo"}), places=frozenset({"VN-SG", "LA"})),
        "since": UNTIL - timedelta(days=1),
        "until": UNTIL,
        "sections": sections(),
        "left_out": 5,
        "coverage": Coverage(feeds=41, failing=3, items=1412, stories=63, shown=4),
    }
    return Digest(**(values | changes))


def item(**changes):
    """A stored item about the Lao consul; any field can be changed."""
    values = {
        "id": 7,
        "source_url": "https://courier.example/feed",
        "outlet": "Mekong Courier",
        "tier": 1,
        "origin": None,
        "url": "https://courier.example/consul?utm_source=rss",
        "canonical_url": "https://courier.example/consul",
        "title": "Lao consul thanks city for scholarships",
        "text": "The Lao consul general thanked the city.",
        "language": "en",
        "published": datetime(2025, 12, 2, 3, 30, tzinfo=UTC),
        "first_seen": datetime(2025, 12, 2, 4, 0, tzinfo=UTC),
        "labels": Labels(topics=("state",), places=("LA", "VN-SG"), pairs=("LA-VN",), relevant=True),
        "summary": ("The Lao consul general thanked the city.", "He named twelve students."),
        "story_id": 3,
    }
    return Item(**(values | changes))


def hits(**changes):
    """One hit for "lao consul"; query fields can be changed."""
    hit = Hit(
        item=item(),
        snippet="… the Lao consul general thanked the city …",
        title_marks=((0, 3), (4, 10)),
        snippet_marks=((6, 9), (10, 16)),
    )
    page = {name: changes.pop(name) for name in ("hits", "more", "partial") if name in changes}
    return Hits(**({"query": Query(**({"text": "lao consul"} | changes)), "hits": (hit,), "more": False} | page))
