"""Feeds that nobody thought of: `python -m benchmarks.fuzz_feeds --seed S --count 10000 [--keep FOLDER]`.

The sample feeds and the odd ones of tests/data are broken at random, in bytes, in tags, in encodings, and read by the
bot's own parsing processes as a second document after the sound one. Each must end in a feed whose entries keep every
promise of `Entry`, or in one of the agreed errors, within HANG seconds. Prints what they came to; exit status 1, and
the numbers of the documents (with --keep the documents themselves), where one did not. Same seed, same documents.
"""

import argparse
import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from digest.errors import FEED_ERROR_KINDS, FeedError
from digest.model import Entry, Source
from feeds.document import MAX_ENTRIES, ParsedFeed
from feeds.normalise import MAX_IDENTITY, MAX_TEXT, MAX_TITLE, MAX_URL
from feeds.parse import Parser
from playground.newsstand import Newsstand
from playground.samples import load_outlets

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
#: Seconds that one document may take, with all that the limits do about it.
HANG = 10
_ODD = Path(__file__).resolve().parent.parent / "tests" / "data"
_SOURCE = Source(url="https://fuzz.example/rss", name="Fuzz", language="vi", country="VN")
#: What no word of an entry may hold: controls, overrides of direction, halves of characters.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_TAG = re.compile(rb"<[^<>]{1,300}>")
_ENCODINGS = ("utf-16", "utf-16-be", "utf-32", "cp1258", "latin-1", "utf-7", "iso2022_jp", "utf-8-sig", "cp037")
_TYPES = (
    "",
    "text/xml",
    "application/rss+xml; charset=utf-16",
    "text/html; charset=windows-1258",
    "x; charset=\x00'\"",
)
_TOKENS = (
    *(
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<?xml",
        "?>",
        "<!DOCTYPE rss [",
        "]>",
        "<!ENTITY a 'ha'>",
        "&a;",
        "&",
        "<",
        ">",
    ),
    *(
        "&#0;",
        "&#xFFFFFFFF;",
        "&#xD800;",
        "&nbsp;",
        "\0",
        "\u202e",
        "\ufeff",
        "\ud7ff\ue000",
        "\U0010ffff",
        "'",
        '"',
        "=",
    ),
    *(
        "<item>",
        "</item>",
        "<entry>",
        "<title>",
        "</title>",
        "<guid>",
        "<link/>",
        "</rss>",
        "<rss>",
        "</channel>",
        "<x:y>",
    ),
    *(
        "<description>&lt;p&gt;",
        "javascript:1",
        "http://[",
        "http://a:99999/",
        "%00",
        "9" * 400,
        "-1",
        "31 Feb 0000 99:99",
    ),
    *(" xml:base='//[::1'", " xml:lang='" + "x" * 300 + "'", "<author>" + "a" * 500, "<atom:link href='", "{", "[[[["),
)
Mutator = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def _span(body: bytes, rng: random.Random, longest: int = 400) -> tuple[int, int]:
    start = rng.randrange(len(body) + 1)
    return start, min(len(body), start + rng.randint(0, longest))


def flip(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """A few bytes become others."""
    made = bytearray(body)
    for _n in range(rng.choice((1, 3, 10, 200)) if made else 0):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def drop(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """A span is missing, or all from somewhere on."""
    start, end = _span(body, rng)
    return body[:start] + (body[end:] if rng.random() < 0.8 else b"")


def repeat(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """A span comes again, up to thousands of times."""
    start, end = _span(body, rng)
    return body[:end] + body[start:end] * min(rng.choice((1, 20, 3000)), 500_000 // (end - start + 1)) + body[end:]


def insert(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """Something that means something stands where it does not belong."""
    for _n in range(rng.choice((1, 2, 8))):
        at = rng.randrange(len(body) + 1)
        body = body[:at] + rng.choice(_TOKENS).encode("utf-8", "surrogatepass") + body[at:]
    return body


def garble_tags(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """Tags are lost, doubled, opened for closed or another's."""
    tags = _TAG.findall(body)
    if not tags:
        return body
    some = set(rng.sample(range(len(tags)), min(len(tags), rng.choice((1, 2, 6)))))
    count = iter(range(len(tags)))

    def garbled(found: re.Match[bytes]) -> bytes:
        tag = found[0]
        if next(count) not in some:
            return tag
        return rng.choice((b"", tag * 2, tag[:-1], tag.replace(b"</", b"<"), tag.upper(), rng.choice(tags), tag * 2000))

    return _TAG.sub(garbled, body)


def splice(body: bytes, rng: random.Random, samples: Sequence[bytes]) -> bytes:
    """It goes on as another feed."""
    other = rng.choice(samples)
    return body[: rng.randrange(len(body) + 1)] + other[rng.randrange(len(other)) :]


def recode(body: bytes, rng: random.Random, _: Sequence[bytes]) -> bytes:
    """In another encoding, and perhaps declared as a third."""
    made = body.decode("utf-8", "replace").encode(rng.choice(_ENCODINGS), "ignore")
    return made.replace(b'encoding="utf-8"', f'encoding="{rng.choice(_ENCODINGS)}"'.encode(), 1)


MUTATORS: tuple[Mutator, ...] = (flip, drop, repeat, insert, insert, garble_tags, garble_tags, splice, recode)


def samples() -> list[bytes]:
    """The sound documents: six reports of each outlet, and the odd feeds of the tests."""
    stand = Newsstand(NOW, outlets=[replace(outlet, reports=outlet.reports[:6]) for outlet in load_outlets()])
    paths = [f"/{o.id}.{'atom' if n % 3 == 2 else 'rss'}" for n, o in enumerate(stand.outlets)]
    return [*(stand.document(path)[0] for path in paths), *(path.read_bytes() for path in sorted(_ODD.iterdir()))]


def mutate(rng: random.Random, sound: Sequence[bytes]) -> tuple[bytes, bytes, str]:
    """A sound document, what became of it, and what its server calls it."""
    before = body = rng.choice(sound)
    for mutator in rng.choices(MUTATORS, k=rng.choice((1, 1, 2, 4))):
        body = mutator(body, rng, sound)
    return before, body[:5_000_000], rng.choice(_TYPES)


@dataclass
class Tally:
    """What the documents came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    #: Numbers of documents and the promise that each broke.
    broken: list[tuple[int, str]] = field(default_factory=list)


async def fuzz(*, seed: int, count: int, first: int = 0, keep: Path | None = None) -> Tally:
    """Reads `count` mutated documents, beginning with number `first`."""
    sound, tally = samples(), Tally()
    numbers = iter(range(first, first + count))
    async with Parser(deadline=HANG - 1, cpu_seconds=HANG - 2) as parser:
        seen = {body: (await _read(parser, body, "")).seen for body in sound}

        async def work() -> None:
            for number in numbers:
                before, body, content_type = mutate(random.Random(f"{seed}-{number}"), sound)
                started = time.perf_counter()
                try:
                    feed = await _read(parser, body, content_type, seen=seen[before])
                    outcome, fault = "read" if feed.entries else "unchanged", broken_promise(feed)
                except FeedError as error:
                    outcome, fault = error.kind, "" if error.kind in FEED_ERROR_KINDS else "an error nobody agreed on"
                except Exception as error:  # noqa: BLE001 -- finding these is what we are here for
                    outcome, fault = "crash", repr(error)
                seconds = time.perf_counter() - started
                fault = fault or (f"took {seconds:.0f} seconds" if seconds > HANG else "")
                tally.outcomes[outcome] += 1
                tally.slowest = max(tally.slowest, seconds)
                if fault:
                    tally.broken.append((number, fault))
                    if keep is not None:
                        await asyncio.to_thread((keep / f"{seed}-{number}.xml").write_bytes, body)

        await asyncio.gather(work(), work())
    return tally


async def _read(parser: Parser, body: bytes, content_type: str, *, seen: str = "") -> ParsedFeed:
    return await parser.parse(
        body, {"content-type": content_type}, source=_SOURCE, url=_SOURCE.url, fetched_at=NOW, seen=seen
    )


def broken_promise(feed: ParsedFeed) -> str:
    """Which promise of a parsed feed does not hold; empty if all do."""
    if len({entry.identity for entry in feed.entries}) != len(feed.entries) or len(feed.entries) > MAX_ENTRIES:
        return "entries are not each once, or too many"
    if feed.identity_by not in ("guid", "link", "title"):
        return "identity by something else"
    return next((fault for entry in feed.entries if (fault := _broken_entry(entry))), "")


def _broken_entry(entry: Entry) -> str:
    words = f"{entry.title}{entry.text}{entry.url}{entry.identity}{entry.canonical_url}"
    parts = urlsplit(entry.url)
    promises = {
        "a title of one line": 0 < len(entry.title) <= MAX_TITLE and "\n" not in entry.title,
        "a text that is not too long": len(entry.text) <= MAX_TEXT,
        "an identity": 0 < len(entry.identity) <= MAX_IDENTITY,
        "a link": parts.scheme in ("http", "https") and bool(parts.hostname) and len(entry.url) <= MAX_URL,
        "nothing hidden": not _HIDDEN.search(words),
        "a time that is not ahead": entry.published <= NOW,
        "a language": 2 <= len(entry.language) <= 3,
    }
    return next((f"not {promise}" for promise, kept in promises.items() if not kept), "")


def main() -> int:
    """Fuzz and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="begin with this number, to see one again")
    parser.add_argument("--keep", type=Path, help="a folder for the documents that broke a promise")
    args = parser.parse_args()
    started = time.perf_counter()
    tally = asyncio.run(fuzz(seed=args.seed, count=args.count, first=args.first, keep=args.keep))
    counts = ", ".join(f"{outcome} {count}" for outcome, count in tally.outcomes.most_common())
    print(f"seed {args.seed}: {args.count} documents in {time.perf_counter() - started:.0f} s: {counts}")
    print(f"slowest {tally.slowest:.1f} s; {len(tally.broken)} broke a promise")
    for number, fault in sorted(tally.broken):
        print(f"  {number}: {fault}")
    return 1 if tally.broken else 0


if __name__ == "__main__":
    sys.exit(main())
