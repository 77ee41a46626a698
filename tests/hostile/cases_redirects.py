"""Where publishers, or whoever owns their DNS, would like us to go."""

from tests.feedserver import item, rss
from tests.hostile.manifest import PLAIN, STORED, Case, Poll, refused, sends, stored
from tests.hostile.publisher import PRIVATE, PUBLIC, Answer


def to(location: str, status: str = "302 Found") -> Answer:
    """A redirect; "{port}" is that of the publisher."""
    return Answer(status=status, headers=(("Location", location),))


def _blocked(name: str, must: str, location: str, **fields) -> Case:
    """A public feed that sends us where nobody outside may; the only request is the first."""
    holds = {"requests": [f"{name}.example/feed"], **fields.pop("holds", {})}
    return refused(name, must, to(location), "blocked", public=True, holds=holds, **fields)


def _chain(length: int) -> dict[str, Answer]:
    """Pages /1 to /length, each leading to the next, the last a feed."""
    return {f"/{n}": to(f"/{n + 1}") for n in range(1, length)} | {f"/{length}": sends(PLAIN)}


INWARD = (
    _blocked("to-metadata", "The clouds' metadata lie at a link-local address.", "http://169.254.169.254/latest/"),
    _blocked("to-loopback", "Our own machine is no publisher.", "http://127.0.0.1:{port}/feed"),
    _blocked(
        "to-mapped", "An IPv4 address inside an IPv6 one is that address.", "http://[::ffff:127.0.0.1]:{port}/feed"
    ),
    _blocked("to-nat64", "So is one behind a translator.", "http://[64:ff9b::127.0.0.1]:{port}/feed"),
    _blocked("to-6to4", "And one in a tunnel.", "http://[2002:7f00:1::]:{port}/feed"),
    _blocked("to-decimal", "2130706433 is 127.0.0.1 to the system.", "http://2130706433:{port}/feed"),
    _blocked("to-octal", "So is this.", "http://0177.0.0.1:{port}/feed"),
    _blocked("to-hex", "And this.", "http://0x7f.1:{port}/feed"),
    _blocked("to-wide-digits", "And this, once Unicode is folded.", "http://１２７.0.0.1:{port}/feed"),
    _blocked("to-nowhere-address", "0.0.0.0 is this machine on many systems.", "http://0.0.0.0:{port}/feed"),
    _blocked("to-carrier", "Carriers' inner addresses are not public.", "http://100.100.100.200/feed"),
    _blocked("to-multicast", "Nor is a group of machines.", "http://224.0.0.1/feed"),
    _blocked("to-ula", "IPv6 has inner networks too.", "http://[fd00:ec2::254]/feed"),
    _blocked("to-azure", "One cloud's inner address looks public.", "http://168.63.129.16/feed"),
    _blocked(
        "to-userinfo",
        "What stands before an @ is not the host.",
        "http://to-userinfo.example:{port}@127.0.0.1:{port}/feed",
        holds={"credentials": []},
    ),
    _blocked(
        "to-the-operators-own",
        "A private host that the operator wrote is the operator's to ask, not a publisher's.",
        "http://operators-nas.test:{port}/feed",
        pages={"operators-nas.test/feed": sends(PLAIN)},
    ),
    _blocked(
        "to-a-name-that-leads-inward",
        "It is the address that counts, not the name.",
        "http://inward.example:{port}/feed",
        names={"inward.example": ((PRIVATE,),)},
    ),
    _blocked(
        "to-a-name-of-two-minds",
        "One private address among public ones is enough.",
        "http://two-minds.example:{port}/feed",
        names={"two-minds.example": ((PUBLIC, PRIVATE),)},
    ),
    Case(
        name="rebound",
        must="A public feed whose DNS points inward one day is not followed there, though the operator wrote its name.",
        polls=(Poll(answer=sends(PLAIN), new=1), Poll(answer=sends(rss(item(2))), error="blocked")),
        titles=STORED,
        public=True,
        names={"rebound.example": ((PUBLIC,), (PRIVATE,))},
        holds={"requests": ["rebound.example/feed"]},
    ),
    Case(
        name="rebound-within-a-poll",
        must="DNS is asked once for each request: a second answer, given to whoever connects, has nobody to reach.",
        polls=(Poll(answer=sends(PLAIN), new=1),),
        titles=STORED,
        public=True,
        # For the check; a second question, if there were one, would be answered with the other.
        names={"rebound-within-a-poll.example": ((PUBLIC,), (PRIVATE,), (PRIVATE,))},
        holds={"requests": ["rebound-within-a-poll.example/feed"]},
    ),
    refused(
        "through-the-public",
        "From a private host over a public one and back: nobody outside chooses where in our network we go.",
        to("http://relay.example:{port}/hop"),
        "blocked",
        names={"relay.example": ((PUBLIC,),)},
        pages={"relay.example/hop": to("http://through-the-public.test:{port}/inner"), "/inner": sends(PLAIN)},
        holds={"requests": ["through-the-public.test/feed", "relay.example/hop"]},
    ),
    _blocked("to-a-file", "Only http and https are fetched.", "file:///etc/passwd"),
    refused("to-port-nought", "Port 0 is no port.", to("http://to-port-nought.test:0/"), "blocked"),
    refused("to-a-port-beyond", "Nor is 99999.", to("http://to-a-port-beyond.test:99999/"), "redirect"),
    refused(
        "to-another-port",
        "The operator wrote a host and a port; another port of that host is another machine to us.",
        to("http://to-another-port.test:9/feed"),
        "blocked",
        holds={"requests": ["to-another-port.test/feed"]},
    ),
)

ROUND_ABOUT = (
    refused(
        "loop",
        "A loop is left after five hops.",
        to("/feed"),
        "redirect",
        holds={"requests": ["loop.test/feed"] * 6},
    ),
    stored("five-hops", "Five redirects are followed.", to("/1"), pages=_chain(5)),
    refused("six-hops", "And not a sixth.", to("/1"), "redirect", pages=_chain(6)),
    refused("to-nothing", "A redirect without an address leads nowhere.", Answer(status="302 Found"), "redirect"),
    stored(
        "redirect-with-endless-body",
        "The body of a redirect is not waited for.",
        Answer(status="302 Found", headers=(("Location", "/new"),), body=b"x" * 4096, endless=True),
        pages={"/new": sends(PLAIN)},
    ),
    stored(
        "redirect-in-raw-letters",
        "A Location in plain UTF-8 is meant as such.",
        Answer(raw="HTTP/1.1 302 Found\r\nLocation: /tin-tức\r\nContent-Length: 0\r\n\r\n".encode()),
        pages={"/tin-t%E1%BB%A9c": sends(PLAIN)},
    ),
    stored(
        "redirect-with-line-breaks",
        "An escaped line break in a Location makes no header of ours.",
        to("/new%0d%0aCookie:%20a=b"),
        pages={"/new%0D%0ACookie:%20a=b": sends(PLAIN)},
        holds={"credentials": []},
    ),
    refused(
        "to-a-login-page",
        "A login page in place of the feed is a page.",
        to("/login"),
        "not_feed",
        pages={"/login": sends(b"<!doctype html><form>", ("Content-Type", "application/rss+xml"))},
    ),
    refused(
        "refresh-in-html",
        "HTML that sends browsers elsewhere sends us nowhere.",
        sends(b'<html><meta http-equiv="refresh" content="0;url=/new"></html>', ("Refresh", "0;url=/new")),
        "not_feed",
        pages={"/new": sends(PLAIN)},
        holds={"requests": ["refresh-in-html.test/feed"]},
    ),
    Case(
        name="moved-for-good",
        must="A permanent redirect is remembered once three polls in a row saw the same one.",
        polls=(Poll(answer=to("/new", "301 Moved"), new=1), *(Poll(answer=to("/new", "301 Moved")),) * 3),
        titles=STORED,
        pages={"/new": sends(PLAIN)},
        holds={
            "fetched_from": "http://moved-for-good.test/new",
            "requests": ["moved-for-good.test/feed", "moved-for-good.test/new"] * 3 + ["moved-for-good.test/new"],
        },
    ),
    Case(
        name="moved-to-and-fro",
        must="One that changes its mind every time is followed and never remembered.",
        polls=tuple(Poll(answer=to(f"/{'ab'[n % 2]}", "308 Moved"), new=int(n < 2)) for n in range(4)),
        titles=("Report 1", "Report 2"),
        pages={"/a": sends(PLAIN), "/b": sends(rss(item(2)))},
        holds={"fetched_from": "http://moved-to-and-fro.test/feed"},
    ),
    Case(
        name="moved-for-a-day",
        must="A temporary redirect in a chain makes all of it temporary.",
        polls=(Poll(answer=to("/hop", "301 Moved"), new=1), *(Poll(answer=to("/hop", "301 Moved")),) * 3),
        titles=STORED,
        pages={"/hop": to("/new", "307 For now"), "/new": sends(PLAIN)},
        holds={"fetched_from": "http://moved-for-a-day.test/feed"},
    ),
)

CASES = INWARD + ROUND_ABOUT
