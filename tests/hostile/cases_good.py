"""Five good feeds that stand beside the hostile ones: they are never late and never short."""

import gzip
import json

from tests.feedserver import item, rss
from tests.hostile.manifest import Case, Poll, sends
from tests.hostile.publisher import Answer

#: As many as the longest of the hostile ones has.
_DAYS = 4


def _numbers(day: int) -> range:
    """Three reports on the first day, two more on each day after, the newest first."""
    return range(3 + 2 * day, 0, -1)


def _rss(day: int) -> Answer:
    return sends(rss(*(item(n) for n in _numbers(day))), ("ETag", f'"{day}"'), conditional=True)


def _packed(day: int) -> Answer:
    body = gzip.compress(rss(*(item(n, title=f"Tin {n}: Đối ngoại nhân dân") for n in _numbers(day))))
    return sends(body, ("Content-Encoding", "gzip"), chunked=True)


def _atom(day: int) -> Answer:
    entries = "".join(
        f'<entry><id>tag:{n}</id><title>Report {n}</title><link href="https://news.example/{n}"/>'
        f"<updated>2026-11-20T{n:02}:00:00Z</updated></entry>"
        for n in _numbers(day)
    )
    return sends(f'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title>{entries}</feed>')


def _rdf(day: int) -> Answer:
    entries = "".join(
        f'<item rdf:about="https://news.example/{n}"><title>Report {n}</title><link>https://news.example/{n}</link></item>'
        for n in _numbers(day)
    )
    return sends(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        f"<channel><title>R</title></channel>{entries}</rdf:RDF>"
    )


def _json(day: int) -> Answer:
    entries = [{"id": str(n), "url": f"https://news.example/{n}", "title": f"Report {n}"} for n in _numbers(day)]
    return sends(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": entries}))


def _good(name: str, answer, title: str = "Report {}") -> Case:
    return Case(
        name=name,
        must="A good feed is read in full and in time, whoever stands beside it.",
        polls=tuple(Poll(answer=answer(day), new=3 if day == 0 else 2) for day in range(_DAYS)),
        titles=tuple(sorted(title.format(n) for n in _numbers(_DAYS - 1))),
        holds={"edited": [], "failures": [0] * _DAYS},
    )


CASES = (
    _good("good-rss", _rss),
    _good("good-rss-packed", _packed, "Tin {}: Đối ngoại nhân dân"),
    _good("good-atom", _atom),
    _good("good-rdf", _rdf),
    _good("good-json", _json),
)
