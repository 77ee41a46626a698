"""Publishers whose news comes with the simulated clock, and who fail when told to; all they served is on record."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Self

from aiohttp import web

FEEDS = 6
#: Between two reports of one feed, and how many of them its document shows.
PACE, SHOWN = timedelta(hours=3), 60

_COUNTRIES = (
    "Laos|Cambodia|Cuba|Japan|France|Germany|Australia|Norway|India|Brazil|Mexico|Egypt|Poland|Chile|Canada|Italy|"
    "Spain|Sweden|Finland|Mongolia|Thailand|Malaysia|Indonesia|Singapore|Kenya|Morocco|Peru|Greece|Portugal|Ireland"
).split("|")
_CITIES = "Hue|Da Nang|Can Tho|Hai Phong|Nghe An|Quang Tri|Lam Dong|Dong Nai|Khanh Hoa|Lao Cai".split("|")
_SYLLABLES = "ba den ko mar lin ta ver sol mi ran du pel os tir fen gal hu jor kel nam".split()
#: A title and two sentences; {who} and {n} are different each time.
_STORIES = (
    ("Ambassador {who} of {country} presents credentials in Ha Noi",
     "Ambassador {who} of {country} presented credentials to the State President of Viet Nam. "
     "Bilateral relations and {n} joint projects were discussed."),
    ("{country} donates {n} incubators to hospital in {city}",
     "The Embassy of {country} handed over {n} incubators to the {who} hospital in {city} as humanitarian aid. "
     "Doctors will be trained by the {who} foundation."),
    ("Friendship union of {city} and {country} opens {who} house",
     "The union of friendship organisations of {city} opened a {who} house with partners from {country}. "
     "People-to-people exchanges brought {n} guests."),
    ("Viet Nam and {country} sign {who} trade agreement",
     "Viet Nam and {country} signed the {who} trade agreement worth {n} million US dollars. "
     "Exports of rice and coffee to {country} will grow."),
    ("{country} film week named {who} begins in {city}",
     "A film week of {country} called {who} began in {city} with {n} films. Cultural exchange is its purpose."),
    ("NGO {who} from {country} clears mines in {city}",
     "The non-governmental organisation {who} from {country} cleared {n} hectares of unexploded ordnance in {city}. "
     "The aid programme runs for three years."),
    ("Party delegation led by {who} visits {country}",
     "A delegation of the Communist Party of Viet Nam led by {who} paid a working visit to {country}. "
     "Party relations and {n} training courses were on the agenda."),
    ("Overseas Vietnamese in {country} found {who} school",
     "The overseas Vietnamese community in {country} founded the {who} language school for {n} children. "
     "The embassy gave books."),
    ("Navy ship {who} of {country} calls at {city}",
     "The navy ship {who} of {country} called at the port of {city} with {n} sailors on board. "
     "Defence cooperation was discussed."),
    ("{country} funds {who} flood forecast in {city}",
     "{country} will fund the {who} flood forecast and climate adaptation in {city} with {n} stations. "
     "The United Nations development programme joins in."),
)  # fmt: skip

#: Enough to quote that a whole digest takes more than one message.
_MORE = (
    " The agreement was reached in {city} after {n} days of talks between the {who} delegation and officials of the "
    "Ministry of Foreign Affairs, who praised the friendship between Viet Nam and {country} and asked for more visits."
)


class Press:
    """`FEEDS` feeds on loopback. `clock` gives unix seconds; `record` is told of every answer."""

    def __init__(self, clock: Callable[[], float], record: Callable[..., None], *, began: datetime, seed: int) -> None:
        self._clock, self._record, self._began, self._seed = clock, record, began, seed
        #: How the next answers go wrong: a status, "cut" or "reset"; None: they do not.
        self.trouble: int | str | None = None
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

    def links(self, number: int) -> list[str]:
        """What a feed shows now, newest first."""
        return [link for link, _ in self._shown(number)]

    def _shown(self, number: int) -> list[tuple[str, datetime]]:
        now = datetime.fromtimestamp(self._clock(), UTC)
        # Each feed a little later than the one before, two days of news when the bench begins.
        first = self._began - timedelta(days=2) + number * PACE / FEEDS
        newest = int((now - first) / PACE)
        dated = [(place, first + place * PACE) for place in range(max(0, newest - SHOWN + 1), newest + 1)]
        return [(f"https://outlet{number}.example/{self._seed}/{place}", at) for place, at in reversed(dated)]

    def _document(self, number: int) -> tuple[bytes, list[str]]:
        items = []
        shown = self._shown(number)
        for link, at in shown:
            rng = random.Random(link)
            title, text = rng.choice(_STORIES)
            who = "".join(rng.choices(_SYLLABLES, k=4)).capitalize()
            words = {"country": rng.choice(_COUNTRIES), "city": rng.choice(_CITIES), "who": who}
            words["n"] = str(rng.randrange(11, 990))
            text += _MORE
            items.append(
                f"<item><title>{title.format(**words)}</title><link>{link}</link><guid>{link}</guid>"
                f"<description>{text.format(**words)}</description><pubDate>{format_datetime(at)}</pubDate></item>"
            )
        head = f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>Outlet {number}</title>'
        return (head + "\n".join(items) + "</channel></rss>").encode(), [link for link, _ in shown]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        number = int(request.match_info["number"])
        body, links = self._document(number)
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        trouble = self.trouble
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
