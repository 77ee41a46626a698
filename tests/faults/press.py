"""Publishers whose news comes with the simulated clock, and who fail when told to; all they served is on record.

As in life they carry one another's reports, edit and withdraw some, and two of them cannot keep a guid.
"""

import asyncio
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, NamedTuple, Self

from aiohttp import web

FEEDS = 6
#: Between two reports of one feed, and how many of them its document shows.
PACE, SHOWN = timedelta(hours=3), 60
#: Of a hundred reports so many are another feed's carried on, are edited later, are withdrawn.
_CARRIED, _EDITED, _WITHDRAWN = 15, 12, 6
#: Of those that are carried on every other one knows more.
_GROWN = 8
#: When after its publication a report is edited or withdrawn.
_LATER = timedelta(hours=5)
#: A feed that gives all its reports other guids now and then, and one that does so each time it is asked.
_RENAMED, _RESTLESS = 2, 3
_RENAMING = timedelta(days=4)
#: Prime to how many kinds of reports there are.
_STRIDE = 337

_COUNTRIES = (
    "Laos|Cambodia|Cuba|Japan|France|Germany|Australia|Norway|India|Brazil|Mexico|Egypt|Poland|Chile|Canada|Italy|"
    "Spain|Sweden|Finland|Mongolia|Thailand|Malaysia|Indonesia|Singapore|Kenya|Morocco|Peru|Greece|Portugal|Ireland|"
    "Austria|Belgium|Denmark|Hungary|Romania|Bulgaria|Ukraine|Turkey|Israel|Qatar|Kuwait|Oman|Nepal|Bangladesh|"
    "Sri Lanka|Pakistan|Kazakhstan|Uzbekistan|Argentina|Colombia|Ecuador|Uruguay|Venezuela|Panama|Nigeria|Ghana|"
    "Senegal|Angola|Mozambique|Tanzania|Ethiopia|Algeria|Tunisia|Iceland|Estonia|Latvia|Lithuania|Slovenia|Croatia"
).split("|")
_CITIES = "Hue|Da Nang|Can Tho|Hai Phong|Nghe An|Quang Tri|Lam Dong|Dong Nai|Khanh Hoa|Lao Cai".split("|")
_SYLLABLES = "ba den ko mar lin ta ver sol mi ran du pel os tir fen gal hu jor kel nam".split()
#: A title and a sentence; {one}, {two}, {three} are names and {n} a number, different each time.
_STORIES = (
    ("Ambassador {one} of {country} presents credentials in Ha Noi",
     "Ambassador {one} of {country} handed letters of credence to the State President of Viet Nam on {two} day."),
    ("Embassy of {country} donates {n} {one} incubators to {city} as humanitarian aid",
     "The Embassy of {country} handed over {n} {one} incubators as humanitarian aid to the people of {city}; bilateral "
     "friendship with Viet Nam was praised by {two}."),
    ("Friendship union of {city} and {country} opens {one} house",
     "The union of friendship organisations of {city} opened a {one} house with {two} partners from {country}."),
    ("Viet Nam and {country} sign {one} trade agreement",
     "Viet Nam and {country} signed the {one} trade agreement worth {n} million US dollars in {two}."),
    ("{country} film week named {one} begins in {city}",
     "A film week of {country} called {one} began in {city} with a drama by {two}."),
    ("NGO {one} from {country} clears mines in {city}",
     "The non-governmental organisation {one} from {country} cleared {n} hectares of unexploded ordnance in {two}."),
    ("Party delegation led by {one} visits {country}",
     "A delegation of the Communist Party of Viet Nam led by {one} paid a working visit to {two} in {country}."),
    ("Overseas Vietnamese in {country} found {one} school",
     "The overseas Vietnamese community in {country} founded the {one} language school for {n} children of {two}."),
    ("Navy ship {one} of {country} calls at {city}",
     "The navy ship {one} of {country} called at the port of {city} with {n} sailors of the {two} squadron."),
    ("{country} and Viet Nam agree on {one} climate partnership in {city}",
     "{country} will fund bilateral cooperation on climate change and floods in {city} with {n} stations by {two}."),
)  # fmt: skip
#: Enough to quote that a whole digest takes more than one message; different, so that no two stories look alike.
_MORE = (
    "{three}, who leads the {two} office, said that {n} families near the {one} river would be the first to benefit.",
    "A ceremony at the {three} pagoda was followed by songs of the {two} choir and a dinner for {n} guests.",
    "Engineers of the {two} institute measured {n} bridges with {three} instruments before the decision was taken.",
    "Farmers around {three} grow {two} pepper on {n} terraces and hope to sell more of it to {country}.",
    "The {three} museum lent {n} drums and a {two} boat, which had not left the province since the war.",
    "According to minister {three} the next round will be held in the town of {two} after {n} weeks of rest.",
    "Students of {three} college translated {n} poems by {two} for the occasion.",
    "The hospital ship {three} carried {n} doctors, among them surgeon {two} and her team.",
    "Forest rangers counted {n} {three} cranes in the wetland, a record since the {two} survey.",
    "A loan of the {three} bank over {n} months pays for {two} turbines and their repair.",
)
_EDITS = (
    "Later {four} added that {more} more would follow in spring.",
    "In the evening {four} put the figure at {more}, higher than first thought.",
    "A spokesman named {four} corrected the number to {more} on request.",
)


class Report(NamedTuple):
    """A report as its feed shows it."""

    link: str
    guid: str
    title: str
    text: str
    at: datetime
    #: The story that it tells: that of another link where it is carried on.
    story: str


class Press:
    """`FEEDS` feeds on loopback. `clock` gives unix seconds; `record` is told of every answer."""

    def __init__(
        self, clock: Callable[[], float], record: Callable[..., object], *, began: datetime, seed: int
    ) -> None:
        self._clock, self._record, self._began, self._seed = clock, record, began, seed
        #: How the next answers go wrong: a status, "cut" or "reset"; None: they do not.
        self.trouble: int | str | None = None
        #: How many answers went wrong.
        self.spoiled = 0
        self._said: set[str] = set()
        self._port = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/feed/{number}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self.plug()
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self._runner.cleanup()

    async def plug(self) -> None:
        """Be there."""
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def unplug(self) -> None:
        """Be unreachable."""
        await unplug(self._runner)

    def feeds_yaml(self) -> str:
        """What the operator writes."""
        lines = ["feeds:"]
        for number in range(FEEDS):
            lines += [f"  - url: {self.url(number)}", f"    name: Outlet {number}", "    language: en"]
        return "\n".join(lines) + "\n"

    def url(self, number: int) -> str:
        return f"http://127.0.0.1:{self._port}/feed/{number}"

    def shown(self, number: int) -> list[Report]:
        """What a feed shows now, newest first."""
        now = datetime.fromtimestamp(self._clock(), UTC)
        newest = int((now - self._first(number)) / PACE)
        reports = []
        for place in range(newest, max(-1, newest - SHOWN), -1):
            fate, age = self._rng(number, place, "fate").randrange(100), now - self._at(number, place)
            if fate >= 100 - _WITHDRAWN and age > _LATER:
                continue
            edited = fate >= 100 - _WITHDRAWN - _EDITED and age > _LATER
            reports.append(self._report(number, place, now, edited=edited or fate < _GROWN))
        return reports

    def _first(self, number: int) -> datetime:
        # Each feed a little later than the one before, two days of news when the bench begins.
        return self._began - timedelta(days=2) + number * PACE / FEEDS

    def _at(self, number: int, place: int) -> datetime:
        return self._first(number) + place * PACE

    def _rng(self, number: int, place: int, what: str) -> random.Random:
        return random.Random(f"{self._seed} {number} {place} {what}")

    def _told(self, number: int, place: int) -> tuple[int, int]:
        """Whose report a report is: another feed's of the hours before, now and then."""
        if place > 0 and self._rng(number, place, "fate").randrange(100) < _CARRIED:
            return self._told((number - 1) % FEEDS, place - 1)
        return number, place

    def _report(self, number: int, place: int, now: datetime, *, edited: bool) -> Report:
        link, at = self._link(number, place), self._at(number, place)
        author = self._told(number, place)
        rng = self._rng(*author, "words")
        # No two of the same kind about the same country within two weeks: whoever groups them shall find no likeness.
        kinds = len(_STORIES) * len(_COUNTRIES)
        nth = ((author[1] * FEEDS + author[0]) * _STRIDE + self._seed) % kinds
        title, text = _STORIES[nth % len(_STORIES)]
        text = " ".join((text, *rng.sample(_MORE, 2)))
        words = {name: "".join(rng.choices(_SYLLABLES, k=4)).capitalize() for name in ("one", "two", "three", "four")}
        words |= {
            "country": _COUNTRIES[nth // len(_STORIES)],
            "city": rng.choice(_CITIES),
            "n": str(rng.randrange(11, 990)),
        }
        words["more"] = str(rng.randrange(1000, 9000))
        if edited:
            title, text = title + ", says {four}", f"{rng.choice(_EDITS)} {text}"
        guid = link
        if number == _RENAMED:
            guid += f"#{(now - self._began) // _RENAMING}"
        elif number == _RESTLESS:
            guid += f"#{int(self._clock())}"
        return Report(link, guid, title.format(**words), text.format(**words), at, self._link(*author))

    def _link(self, number: int, place: int) -> str:
        return f"https://outlet{number}.example/{self._seed}/{place}"

    def _document(self, number: int) -> tuple[bytes, list[str]]:
        items = []
        for link, guid, title, text, at, story in self.shown(number):
            if link not in self._said:
                self._said.add(link)
                self._record("report", link=link, story=story)
            items.append(
                f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
                f"<description>{text}</description><pubDate>{format_datetime(at)}</pubDate></item>"
            )
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Outlet {number}</title>'
        links = [report.link for report in self.shown(number)]
        return (head + "\n".join(items) + "</channel></rss>").encode(), links

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["number"])
        body, links = self._document(number)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        trouble = self.trouble
        self.spoiled += trouble is not None
        if trouble == "reset" and request.transport is not None:
            request.transport.abort()
            return web.Response()
        if isinstance(trouble, int):
            self._record("served", feed=number, status=trouble, whole=False, links=[])
            return web.Response(status=trouble, text="<html>trouble</html>", content_type="text/html")
        if request.headers.get("If-None-Match") == tag:
            self._record("served", feed=number, status=304, whole=True, links=links)
            return web.Response(status=304, headers={"ETag": tag})
        response = web.StreamResponse(headers={"ETag": tag, "Content-Type": "application/rss+xml; charset=utf-8"})
        response.content_length = len(body)
        try:
            await response.prepare(request)
            if trouble == "cut":
                await response.write(body[: len(body) // 2])
                if request.transport is not None:
                    request.transport.close()
                return response
            await response.write(body)
            await response.write_eof()
        except ConnectionError:  # the bot was killed meanwhile
            return response
        self._record("served", feed=number, status=200, whole=True, links=links)
        return response


async def unplug(runner: web.AppRunner) -> None:
    """Close a server's port and every connection to it."""
    for site in list(runner.sites):
        await site.stop()
    if runner.server is not None:
        for connection in list(runner.server.connections):
            if connection.transport is not None:
                connection.transport.abort()
    await asyncio.sleep(0)
