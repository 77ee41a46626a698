"""Answers that are wrong before anybody reads the document: statuses, lengths, chunks, compression, time."""

import gzip
import zlib

from tests.feedserver import item, rss
from tests.hostile.manifest import PLAIN, STORED, Case, Poll, refused, sends, stored
from tests.hostile.publisher import Answer

#: What follows the status line of a plain good answer.
_LENGTH = b"Content-Length: %d\r\n" % len(PLAIN)
_GOOD = b"HTTP/1.1 200 OK\r\n" + _LENGTH + b"\r\n" + PLAIN
_PACKED = gzip.compress(PLAIN)
_GZIP = ("Content-Encoding", "gzip")


def _status(status: str, *headers: tuple[str, str]) -> Answer:
    return Answer(status=status, headers=headers, body=b"sorry")


STATUSES = (
    refused("empty", "Nothing at all is an error of its own, not a feed without news.", b"", "empty"),
    refused("blank", "White space and NULs are nothing too.", b" \r\n\0\0\t ", "empty"),
    refused("no-content", "A 204 is an answer without a feed.", Answer(status="204 No Content", length=""), "empty"),
    refused(
        "304-unasked",
        "A 304 without validators of ours stands for nothing we have.",
        Answer(status="304 Not Modified", length=""),
        "http",
    ),
    Case(
        name="304-with-a-body",
        must="A 304 has no body: what follows it is out of step. What we had, validators first, stays as it was.",
        polls=(
            Poll(answer=sends(PLAIN, ("ETag", '"a"')), new=1),
            Poll(
                answer=Answer(raw=b'HTTP/1.1 304 Not Modified\r\nETag: "b"\r\n' + _LENGTH + b"\r\n" + PLAIN),
                error="network",
            ),
        ),
        titles=STORED,
        holds={"validators": [(None, None), ('"a"', None)], "kept": ('"a"', None, True)},
    ),
    refused("partial-unasked", "A part that nobody asked for is not the feed.", _status("206 Partial"), "truncated"),
    refused(
        "login-asked",
        "We have no password to give; asked for one, we send nothing.",
        _status("401 Unauthorized", ("WWW-Authenticate", "Basic")),
        "unauthorized",
        holds={"credentials": []},
    ),
    refused(
        "firewall-page",
        "A refusal with a long page is a refusal.",
        sends(b"<html>" * 999, status="403 No"),
        "unauthorized",
    ),
    Case(
        name="gone",
        must="After a 410 nobody asks again, for a month at least and by `due` never.",
        polls=(Poll(answer=_status("410 Gone"), error="gone", wait=(24 * 29, 24 * 31)),),
    ),
    refused(
        "not-found", "A 404 is tried again soon: it is often a mistake.", _status("404 No"), "http", wait=(0.25, 0.32)
    ),
    refused(
        "please-wait",
        "Retry-After in seconds is waited for in full.",
        _status("429 Too Many", ("Retry-After", "86400")),
        "rate_limited",
        wait=(24, 24.1),
    ),
    refused(
        "please-wait-until",
        "Retry-After as a date is measured by the publisher's own clock, here wrong by years.",
        _status(
            "503 Busy", ("Date", "Sat, 01 Jan 2000 00:00:00 GMT"), ("Retry-After", "Sat, 01 Jan 2000 03:00:00 GMT")
        ),
        "http",
        wait=(3, 3.1),
    ),
    refused(
        "please-wait-a-century",
        "Nobody talks us into silence for longer than a week.",
        _status("429 Too Many", ("Retry-After", "3155760000")),
        "rate_limited",
        wait=(24 * 7, 24 * 7),
    ),
    refused(
        "please-wait-nonsense",
        "A Retry-After that is neither number nor date is none.",
        _status("429 Too Many", ("Retry-After", "-1, soon")),
        "rate_limited",
        wait=(0.25, 0.32),
    ),
    refused(
        "retry-after-on-404",
        "Only a 429 or 503 may ask for a pause.",
        _status("404 No", ("Retry-After", "86400")),
        "http",
        wait=(0.25, 0.32),
    ),
    Case(
        name="flapping",
        must="Every second answer a 500: each success forgives, so the wait never grows and nothing is lost.",
        polls=(
            Poll(answer=_status("500 Oops"), error="http", wait=(0.25, 0.32)),
            Poll(answer=sends(PLAIN), new=1, wait=(0.25, 0.28)),
            Poll(answer=_status("500 Oops"), error="http", wait=(0.25, 0.32)),
            Poll(answer=sends(rss(item(1), item(2))), new=1, wait=(0.25, 0.28)),
        ),
        titles=("Report 1", "Report 2"),
        holds={"failures": [1, 0, 1, 0]},
    ),
    Case(
        name="failing-for-days",
        must="Each failure in a row doubles the wait.",
        polls=tuple(Poll(answer=_status("500 Oops"), error="http", wait=(0.25 * 2**n, 0.32 * 2**n)) for n in range(4)),
        holds={"failures": [1, 2, 3, 4], "statuses": [500] * 4},
    ),
    refused(
        "many-choices", "A 300 offers a choice; there is nobody to choose.", _status("300 Multiple Choices"), "http"
    ),
    refused("status-999", "A status that HTTP does not know is a refusal.", _status("999 Request denied"), "http"),
    Case(
        name="broken-then-mended",
        must="A bad answer spoils neither validators nor hash: those of the last good one are sent again.",
        polls=(
            Poll(answer=sends(PLAIN, ("ETag", '"a"'), conditional=True), new=1),
            Poll(answer=sends(b"<html>maintenance</html>", ("ETag", '"page"')), error="not_feed"),
            Poll(answer=sends(PLAIN, ("ETag", '"a"'), conditional=True)),
        ),
        titles=STORED,
        holds={"validators": [(None, None), ('"a"', None), ('"a"', None)], "statuses": [200, None, 304]},
    ),
)

WIRE = (
    stored(
        "early-hints",
        "Answers of the 100s come before the answer.",
        Answer(raw=b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + _GOOD),
    ),
    stored(
        "http-1.0",
        "Without a length the end of the connection is the end.",
        Answer(raw=b"HTTP/1.0 200 OK\r\n\r\n" + PLAIN),
    ),
    refused("http-0.9", "A document without a head is no HTTP.", Answer(raw=PLAIN), "network"),
    refused("status-line-garbage", "Nor is this.", Answer(raw=b"HTTP/9.9 OK 200\r\n\r\n"), "network"),
    refused(
        "header-without-colon",
        "A line that is no header makes the whole head doubtful.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nthis is no header\r\n" + _LENGTH + b"\r\n" + PLAIN),
        "network",
    ),
    refused(
        "header-of-a-megabyte",
        "A head is small; one that is not is refused before it fills the memory.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n" + _LENGTH + b"\r\n" + PLAIN),
        "network",
    ),
    refused(
        "headers-without-end",
        "Nor may it be many small lines.",
        Answer(raw=b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(50_000)) + b"\r\n" + PLAIN),
        "network",
    ),
    refused(
        "two-lengths",
        "Two lengths that differ are how answers are smuggled.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n" + _LENGTH + b"\r\n" + PLAIN),
        "network",
    ),
    refused(
        "negative-length",
        "A length below nothing is no length.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n" + PLAIN),
        "network",
    ),
    refused(
        "shorter-than-said",
        "An answer short of its length saves nothing.",
        sends(PLAIN, cut=len(PLAIN) - 30),
        "truncated",
    ),
    refused(
        "longer-than-said",
        "More on the wire than the answer said, and nothing else announced: one of the two is wrong.",
        sends(PLAIN, length=str(len(PLAIN) - 30)),
        "network",
    ),
    Case(
        name="answer-smuggled-behind",
        must="Bytes behind an answer are not taken for the answer to the next request.",
        polls=(
            Poll(answer=Answer(raw=_GOOD + _GOOD.replace(b"Report 1", b"Smuggled")), new=1),
            Poll(answer=sends(rss(item(1), item(2))), new=1),
        ),
        titles=("Report 1", "Report 2"),
    ),
    refused("chunks-cut", "Chunks without their end are not whole.", sends(PLAIN, chunked=True, cut=200), "truncated"),
    refused(
        "chunk-size-garbage",
        "A chunk whose size is no number is no HTTP.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n" + PLAIN),
        "network",
    ),
    refused(
        "chunk-of-four-gigabytes",
        "A chunk is as large as what comes of it, not as it says.",
        Answer(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n" + PLAIN),
        "truncated",
    ),
    refused(
        "reset-in-the-middle",
        "A connection that is reset gives nothing.",
        sends(PLAIN, length="9999", reset=True),
        "truncated",
    ),
    refused("closed-unanswered", "Nor does one that is closed.", Answer(raw=b""), "network"),
    refused(
        "silent",
        "A server that says nothing is left after its time.",
        Answer(silent=True),
        "timeout",
        wait=(0.25, 0.32),
    ),
    refused("body-drips", "Nor may a byte now and then keep us.", sends(PLAIN, drip=0.05), "timeout"),
    refused("head-drips", "In the head neither.", sends(PLAIN, drip_head=0.2), "timeout"),
    refused("endless", "A body without end is left at five megabytes.", sends(b"x" * 65536, endless=True), "too_large"),
    refused(
        "fifty-megabytes-said",
        "One that says it is too large is not even begun.",
        sends(b"<rss>", length="50000000"),
        "too_large",
    ),
    refused(
        "endless-gzip",
        "Zeros fold up well: it is what unfolds that counts.",
        sends(gzip.compress(bytes(50_000_000)), _GZIP),
        "bomb",
    ),
    refused(
        "gzip-of-many-small-bombs",
        "Nor do many members add up to more than one may hold.",
        sends(gzip.compress(b" " * 1_000_000) * 20, _GZIP),
        "bomb",
    ),
    refused(
        "gzip-twice",
        "Compressed twice is a bomb's favourite; nobody asked for it.",
        sends(gzip.compress(_PACKED), ("Content-Encoding", "gzip, gzip")),
        "encoding",
    ),
    refused(
        "brotli", "What we did not say we understand is refused.", sends(PLAIN, ("Content-Encoding", "br")), "encoding"
    ),
    refused("gzip-only-said", "Said to be compressed, and is not.", sends(PLAIN, _GZIP), "encoding"),
    refused(
        "gzip-unsaid",
        "Compressed, and not said to be: binary data.",
        _PACKED + gzip.compress(bytes(range(256)) * 9),
        "encoding",
    ),
    refused("gzip-cut", "A compressed answer without its end is not whole.", sends(_PACKED[:-12], _GZIP), "truncated"),
    refused(
        "gzip-damaged",
        "One with a wrong bit is not taken either.",
        sends(_PACKED[:60] + b"\xff\xff\xff" + _PACKED[63:], _GZIP),
        "encoding",
    ),
    stored("gzip-padded", "Padding behind a compressed answer harms nobody.", sends(_PACKED + b"\0" * 50, _GZIP)),
    stored(
        "gzip-of-two-members",
        "Two members are one answer.",
        sends(gzip.compress(PLAIN[:50]) + gzip.compress(PLAIN[50:]), _GZIP),
    ),
    stored(
        "deflate-bare",
        "Deflate without its wrapping is common, and read.",
        sends(zlib.compress(PLAIN, wbits=-15), ("Content-Encoding", "deflate")),
    ),
    Case(
        name="etag-changes-every-time",
        must="Where validators are worthless, the same bytes still are not read twice.",
        polls=tuple(Poll(answer=sends(PLAIN, ("ETag", f'"{n}"')), new=int(n == 0)) for n in range(3)),
        titles=STORED,
        holds={"validators": [(None, None), ('"0"', None), ('"1"', None)], "edited": []},
    ),
    Case(
        name="last-modified-nonsense",
        must="A validator is not ours to understand; it goes back as it came.",
        polls=(
            Poll(answer=sends(PLAIN, ("Last-Modified", "hôm qua")), new=1),
            Poll(answer=sends(rss(item(1), item(2))), new=1),
        ),
        titles=("Report 1", "Report 2"),
        holds={"validators": [(None, None), (None, "hôm qua")], "kept": (None, None, True)},
    ),
    Case(
        name="cookies",
        must="Cookies are not kept: a reader of news is nobody to be followed.",
        polls=(
            Poll(answer=sends(PLAIN, ("Set-Cookie", "who=me; Domain=test")), new=1),
            Poll(answer=sends(PLAIN)),
        ),
        titles=STORED,
        holds={"credentials": []},
    ),
)

CASES = STATUSES + WIRE
