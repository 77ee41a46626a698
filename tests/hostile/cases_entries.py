"""What a feed does over several polls: guids that lie, edits, withdrawals, hours that cannot be."""

from tests.feedserver import item, rss
from tests.hostile.manifest import PLAIN, STORED, Case, Poll, sends, stored
from tests.hostile.publisher import Answer


def _polls(*polls: tuple[bytes, int, int]) -> tuple[Poll, ...]:
    """Documents, each with how many entries must be new and how many edited."""
    return tuple(Poll(answer=sends(body), new=new, updated=updated) for body, new, updated in polls)


def _reports(*numbers: int) -> tuple[str, ...]:
    return tuple(sorted(f"Report {number}" for number in numbers))


def _bare(number: int, *, link: str | None = None, more: str = "") -> str:
    """An entry without guid and date."""
    link = link or f"https://news.example/{number}"
    return f"<item><title>Report {number}</title><link>{link}</link>{more}</item>"


GUIDS = (
    Case(
        name="guids-all-equal",
        must="One guid for all: told apart by link, in this poll and in those to come.",
        polls=_polls(
            (rss(*(item(n, guid="same") for n in range(3))), 3, 0),
            (rss(*(item(n, guid="same") for n in range(4))), 1, 0),
        ),
        titles=_reports(0, 1, 2, 3),
        holds={"identity_by": "link"},
    ),
    Case(
        name="guid-taken-over",
        must="A new entry with the guid of one that stands beside it, unchanged, replaces nothing.",
        polls=_polls((rss(item(1), item(2)), 2, 0), (rss(item(3, guid="guid-1"), item(1), item(2)), 1, 0)),
        titles=_reports(1, 2, 3),
        holds={"identity_by": "link", "edited": []},
    ),
    Case(
        name="guids-new-every-time",
        must="Guids made anew at each poll bring nothing twice.",
        polls=_polls(
            *((rss(*(item(n, guid=f"{day}-{n}") for n in range(4))), 4 if day == 0 else 0, 0) for day in range(3))
        ),
        titles=_reports(0, 1, 2, 3),
        holds={"identity_by": "link"},
    ),
    Case(
        name="guids-of-places-in-the-list",
        must="Guids 1, 2, 3 for whatever stands first, second, third: no old entry is overwritten by a new one.",
        polls=_polls(
            *((rss(*(item(day + 3 - n, guid=str(n)) for n in range(4))), 4 if day == 0 else 1, 0) for day in range(3))
        ),
        titles=_reports(0, 1, 2, 3, 4, 5),
        holds={"identity_by": "link", "edited": []},
    ),
    Case(
        name="guids-missing",
        must="Without guids the links tell.",
        polls=_polls((rss(_bare(1), _bare(2)), 2, 0), (rss(_bare(3), _bare(1), _bare(2)), 1, 0)),
        titles=_reports(1, 2, 3),
        holds={"identities": [f"https://news.example/{n}" for n in (1, 2, 3)]},
    ),
    Case(
        name="guids-missing-and-links-equal",
        must="Where links do not tell either, titles do: nothing is lost.",
        polls=_polls(
            (rss(*(_bare(n, link="https://news.example/") for n in (1, 2, 3))), 3, 0),
            (rss(*(_bare(n, link="https://news.example/") for n in (4, 1, 2, 3))), 1, 0),
        ),
        titles=_reports(1, 2, 3, 4),
        holds={"identity_by": "title"},
    ),
    stored(
        "guid-empty",
        "An empty guid is none.",
        rss(item(1, guid=" \u200b"), item(2, guid="")),
        _reports(1, 2),
        holds={"identities": ["https://news.example/1", "https://news.example/2"]},
    ),
    stored(
        "guid-of-five-thousand",
        "Long guids are kept short, and differ where their ends do.",
        rss(item(1, guid="x" * 5000), item(2, guid="x" * 4999 + "y")),
        _reports(1, 2),
    ),
    Case(
        name="guid-with-blanks",
        must="Blanks around a guid come and go without making it another.",
        polls=_polls((rss(item(1, guid=" g 1\n")), 1, 0), (rss(item(1, guid="g 1")), 0, 0)),
        titles=STORED,
        holds={"identities": ["g 1"]},
    ),
    stored("listed-twice", "One entry listed twice is one.", rss(item(1), item(2), item(1)), _reports(1, 2)),
    Case(
        name="guid-added-later",
        must="A feed that begins to give guids does not give its entries twice.",
        polls=_polls((rss(_bare(1), _bare(2), _bare(3)), 3, 0), (rss(item(1), item(2), item(3)), 0, 0)),
        titles=_reports(1, 2, 3),
    ),
    Case(
        name="guid-of-another-feed",
        must="Guids belong to their feed: this one shares those of all the others here.",
        polls=_polls((rss(item(1), item(2)), 2, 0)),
        titles=_reports(1, 2),
    ),
)

EDITS = (
    Case(
        name="edited",
        must="An edited entry keeps its number, and its words are the new ones.",
        polls=_polls((rss(item(1), item(2)), 2, 0), (rss(item(1, title="Mended"), item(2)), 0, 1)),
        titles=("Mended", "Report 2"),
        holds={"ids": ["Mended", "Report 2"], "edited": ["Mended"]},
    ),
    Case(
        name="edited-in-one-word",
        must="An edit within the text is noticed, though nothing else in the document changed.",
        polls=_polls((PLAIN, 1, 0), (PLAIN.replace(b"What happened", b"What did not happen"), 0, 1)),
        titles=STORED,
        holds={"texts": {"Report 1": "What did not happen, part 1."}},
    ),
    Case(
        name="edited-back-and-forth",
        must="Each edit counts, also the one that takes the last one back.",
        polls=_polls((PLAIN, 1, 0), (rss(item(1, title="Mended")), 0, 1), (PLAIN, 0, 1)),
        titles=STORED,
    ),
    Case(
        name="edited-beside-the-words",
        must="Markup, blanks and the order of elements are not the words.",
        polls=_polls(
            (rss(item(1)), 1, 0),
            (rss(item(1, title="<![CDATA[ <b>Report</b>  1 ]]>", more="<category>x</category>")), 0, 0),
        ),
        titles=STORED,
        holds={"edited": []},
    ),
    Case(
        name="withdrawn",
        must="What a publisher takes out of the feed stays with us.",
        polls=_polls((rss(item(1), item(2)), 2, 0), (rss(item(2)), 0, 0)),
        titles=_reports(1, 2),
    ),
    Case(
        name="withdrawn-and-back",
        must="What comes back is neither new nor edited.",
        polls=_polls((rss(item(1), item(2)), 2, 0), (rss(item(2)), 0, 0), (rss(item(1), item(2)), 0, 0)),
        titles=_reports(1, 2),
        holds={"edited": []},
    ),
    Case(
        name="comment-that-changes",
        must="A document that differs by a comment and a date of its own brings nothing.",
        polls=_polls(
            *((rss(item(1), more=f"<lastBuildDate>{n}</lastBuildDate><!-- {n} -->"), int(n == 0), 0) for n in range(3))
        ),
        titles=STORED,
        holds={"edited": []},
    ),
    Case(
        name="order-reversed",
        must="Another order is no news.",
        polls=_polls((rss(item(1), item(2), item(3)), 3, 0), (rss(item(3), item(2), item(1)), 0, 0)),
        titles=_reports(1, 2, 3),
    ),
    Case(
        name="tracking-that-changes",
        must="Another tracking parameter at each poll is no edit.",
        polls=_polls(
            *((rss(item(1, link=f"https://news.example/1?utm_id={n}&amp;a=b")), int(n == 0), 0) for n in range(3))
        ),
        titles=STORED,
        holds={"edited": [], "urls": {"Report 1": "https://news.example/1?utm_id=0&a=b"}},
    ),
    Case(
        name="moved-article",
        must="Another address of the same article is an edit: the link must lead there.",
        polls=_polls((rss(item(1)), 1, 0), (rss(item(1, link="https://news.example/moved")), 0, 1)),
        titles=STORED,
        holds={"urls": {"Report 1": "https://news.example/moved"}},
    ),
    Case(
        name="page-of-the-feed-moved",
        must="Relative links follow the page of the feed, though the entries are the same byte for byte.",
        polls=_polls(
            (rss(item(1, link="/1")), 1, 0),
            (rss(item(1, link="/1")).replace(b"https://news.example/</link>", b"https://new.example/</link>"), 0, 1),
        ),
        titles=STORED,
        holds={"urls": {"Report 1": "https://new.example/1"}},
    ),
    Case(
        name="new-among-broken",
        must="A new entry is found also where the document around it stopped being well-formed.",
        polls=_polls((rss(item(1), item(2)), 2, 0), (rss(item(1), item(2), item(3), more="<open>"), 1, 0)),
        titles=_reports(1, 2, 3),
    ),
    Case(
        name="cut-then-whole",
        must="A document cut short saves nothing, not even its validator; the whole one gives all.",
        polls=(
            Poll(answer=sends(rss(item(1), item(2))[:-60], ("ETag", '"a"')), error="truncated"),
            Poll(answer=sends(rss(item(1), item(2)), ("ETag", '"a"'), conditional=True), new=2),
        ),
        titles=_reports(1, 2),
        holds={"validators": [(None, None)] * 2},
    ),
    Case(
        name="emptied-then-filled",
        must="A feed that is empty for a day costs nothing that was there.",
        polls=(
            Poll(answer=sends(PLAIN), new=1),
            Poll(answer=sends(rss()), error="empty"),
            Poll(answer=sends(rss(item(1), item(2))), new=1),
        ),
        titles=_reports(1, 2),
    ),
)


def _hour(name: str, must: str, written: str, read: str, **source) -> Case:
    return stored(
        name,
        must,
        rss(_bare(1, more=f"<pubDate>{written}</pubDate>")),
        holds={"published": {"Report 1": read}},
        source=source,
    )


HOURS = (
    _hour(
        "date-in-the-future",
        "Nothing is published after we saw it.",
        "Sat, 21 Nov 2027 05:00:00 GMT",
        "2026-11-21 05:00",
    ),
    _hour("date-of-the-year-9999", "Nor ever so late.", "31 Dec 9999 23:59:59 -1200", "~2026-11-21 05:00"),
    _hour(
        "date-of-1970", "The zero of somebody's clock is no date.", "Thu, 01 Jan 1970 00:00:00 GMT", "~2026-11-21 05:00"
    ),
    _hour("date-that-cannot-be", "Nor is the 31st of February.", "31 Feb 2026 08:00:00 GMT", "~2026-11-21 05:00"),
    _hour("date-of-words", "Nor are words.", "yesterday, after lunch", "~2026-11-21 05:00"),
    _hour(
        "date-of-many-digits",
        "A number of any length is read in time, and never as later than now.",
        "9" * 5000,
        "2026-11-21 05:00",
    ),
    _hour(
        "date-with-a-wild-zone",
        "A zone that nobody lives in is none.",
        "20 Nov 2026 08:00:00 +9999",
        "2026-11-20 08:00",
    ),
    _hour(
        "local-time-called-gmt",
        "An hour that would lie ahead is the outlet's own, called GMT by mistake.",
        "Sat, 21 Nov 2026 11:30:00 GMT",
        "2026-11-21 04:30",
        country="VN",
    ),
    _hour(
        "date-of-midnight-24", "24:00 is the next day's beginning.", "Thu, 19 Nov 2026 24:00:00 GMT", "2026-11-20 00:00"
    ),
    _hour(
        "date-in-vietnamese",
        "Dates are read in the words of the country.",
        "Thứ Sáu, 20 tháng 11 năm 2026, 8:05 SA",
        "2026-11-20 01:05",
        country="VN",
    ),
    Case(
        name="date-of-now-every-time",
        must="A feed that dates everything now, at each poll, makes nothing new by it.",
        polls=_polls(
            *(
                (rss(_bare(1, more=f"<pubDate>2{1 + n} Nov 2026 05:00:00 GMT</pubDate>")), int(n == 0), 0)
                for n in range(3)
            )
        ),
        titles=STORED,
        holds={"published": {"Report 1": "2026-11-21 05:00"}},
    ),
    stored(
        "dates-missing",
        "Without dates the order of the feed, newest first, is that of storing.",
        rss(_bare(3), _bare(2), _bare(1)),
        _reports(1, 2, 3),
        holds={"ids": ["Report 1", "Report 2", "Report 3"]},
    ),
)


def _pause(name: str, must: str, answer: Answer, wait: tuple[float, float], **fields) -> Case:
    return stored(name, must, answer, wait=wait, **fields)


PAUSES = (
    _pause(
        "ttl-of-hours",
        "A publisher who asks for five hours gets them.",
        sends(rss(item(1), more="<ttl>300</ttl>")),
        (5, 5.5),
    ),
    _pause(
        "ttl-of-years",
        "But nobody disappears for longer than a day.",
        sends(rss(item(1), more="<ttl>99999999999</ttl>")),
        (24, 26.4),
    ),
    _pause("ttl-nonsense", "A ttl below nothing is none.", sends(rss(item(1), more="<ttl>-5</ttl>")), (0.25, 0.28)),
    _pause(
        "max-age-of-years",
        "Caches may keep it for years; we look once a day.",
        sends(PLAIN, ("Cache-Control", "public, max-age=31536000")),
        (24, 26.4),
    ),
    _pause(
        "expires-long-ago",
        "What expired is asked for at the usual time.",
        sends(PLAIN, ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT")),
        (0.25, 0.28),
    ),
    _pause(
        "period-of-syndication",
        "The syndication module counts in periods.",
        sends(
            rss(
                item(1), more="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
            ).replace(b"<rss", b'<rss xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"', 1)
        ),
        (6, 6.6),
    ),
    Case(
        name="pauses-that-a-304-leaves-out",
        must="A 304 repeats neither ttl nor max-age; what was asked for holds.",
        polls=(
            Poll(
                answer=sends(rss(item(1), more="<ttl>60</ttl>"), ("ETag", '"a"'), ("Cache-Control", "max-age=28800")),
                new=1,
                wait=(8, 8.8),
            ),
            Poll(answer=Answer(status="304 Not Modified", length=""), wait=(8, 8.8)),
        ),
        titles=STORED,
    ),
    Case(
        name="pause-taken-back",
        must="A 304 that says for how long it is fresh says so for itself.",
        polls=(
            Poll(answer=sends(PLAIN, ("ETag", '"a"'), ("Cache-Control", "max-age=28800")), new=1, wait=(8, 8.8)),
            Poll(
                answer=Answer(status="304 Not Modified", length="", headers=(("Cache-Control", "no-cache"),)),
                wait=(0.25, 6.6),
            ),
        ),
        titles=STORED,
    ),
    Case(
        name="quiet",
        must="A feed without news is asked less often, and at once more often when it has some.",
        polls=(
            Poll(answer=sends(PLAIN), new=1, wait=(0.25, 0.28)),
            Poll(answer=sends(PLAIN), wait=(0.37, 0.46)),
            Poll(answer=sends(PLAIN), wait=(0.55, 0.75)),
            Poll(answer=sends(rss(item(1), item(2))), new=1, wait=(0.25, 0.28)),
        ),
        titles=_reports(1, 2),
    ),
)

CASES = GUIDS + EDITS + HOURS + PAUSES
