"""A newsstand on loopback: invented outlets whose feeds give the demo and the tests a day of news without a network.

    samples/*.yaml → load_outlets → Outlet, Report → (a clock) → Article → rss_document, atom_document → loopback HTTP

Reports still to come are in the samples too; they appear once the stand's clock has passed them.
"""

import hashlib
import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import ETag, web

from digest.model import Source
from feeds.opml import sources_yaml
from playground.samples import Outlet, Report, fill_dates, load_outlets

HOST = "127.0.0.1"
TTL_MINUTES = 15
ATOM = "http://www.w3.org/2005/Atom"
_FRAME = re.compile(r"\{(link|title|site|name)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One entry as a publisher serves it."""

    link: str
    title: str
    #: Plain text, or HTML where `html` is true.
    summary: str
    #: Aware; served with its own offset. None for an undated entry.
    published: datetime | None = None
    #: The whole text as HTML, where the summary is not all; empty for none.
    content: str = ""
    html: bool = False
    #: The link, if None.
    guid: str | None = None


class Reading(NamedTuple):
    """A report as its outlet's own site would show it."""

    outlet: Outlet
    title: str
    #: Paragraphs separated by a newline.
    text: str
    #: When it was published, by the outlet's clocks.
    published: datetime


def rss_document(name: str, *, site: str, language: str, articles: Iterable[Article], ttl: int | None = None) -> bytes:
    """An RSS 2.0 document of these articles, in the order given. `ttl` is in minutes."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:content": "http://purl.org/rss/1.0/modules/content/"})
    channel = ET.SubElement(root, "channel")
    for tag, text in (("title", name), ("link", site), ("description", name), ("language", language)):
        ET.SubElement(channel, tag).text = text
    if ttl is not None:
        ET.SubElement(channel, "ttl").text = str(ttl)
    for article in articles:
        item = ET.SubElement(channel, "item")
        ET.SubElement(item, "title").text = article.title
        ET.SubElement(item, "link").text = article.link
        ET.SubElement(item, "description").text = article.summary
        if article.content:
            ET.SubElement(item, "content:encoded").text = article.content
        if article.published is not None:
            ET.SubElement(item, "pubDate").text = format_datetime(article.published)
        permanent = "true" if article.guid in (None, article.link) else "false"
        ET.SubElement(item, "guid", isPermaLink=permanent).text = article.guid or article.link
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def atom_document(name: str, *, site: str, language: str, articles: Iterable[Article], updated: datetime) -> bytes:
    """An Atom 1.0 document of these articles, in the order given."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": language})
    ET.SubElement(root, "title").text = name
    ET.SubElement(root, "id").text = f"{site}/"
    ET.SubElement(root, "updated").text = updated.isoformat(timespec="seconds")
    ET.SubElement(ET.SubElement(root, "author"), "name").text = name
    ET.SubElement(root, "link", rel="alternate", href=site)
    for article in articles:
        entry = ET.SubElement(root, "entry")
        ET.SubElement(entry, "title").text = article.title
        ET.SubElement(entry, "link", rel="alternate", href=article.link)
        ET.SubElement(entry, "id").text = article.guid or article.link
        ET.SubElement(entry, "summary", type="html" if article.html else "text").text = article.summary
        if article.content:
            ET.SubElement(entry, "content", type="html").text = article.content
        when = article.published
        if when is not None:
            ET.SubElement(entry, "published").text = when.isoformat(timespec="seconds")
        ET.SubElement(entry, "updated").text = (when or updated).isoformat(timespec="seconds")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


class Newsstand:
    """Serves the sample outlets on loopback while the `async with` block lasts.

    Set `now` to move the clock: reports up to that moment are on the stand, later ones are not. Reports count their
    hours from the `now` given first. Every third outlet speaks Atom, the others RSS 2.0; all answer ETag and
    Last-Modified with 304.
    """

    def __init__(self, now: datetime, *, port: int = 0, outlets: Sequence[Outlet] | None = None) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be an aware datetime")
        self.now = self._opened = now.astimezone(UTC).replace(microsecond=0)
        self.outlets = tuple(load_outlets() if outlets is None else outlets)
        self._port = port
        self._runner: web.AppRunner | None = None
        self._paths = {f"/{o.id}.{'atom' if _is_atom(i) else 'rss'}": o for i, o in enumerate(self.outlets)}
        self._articles = {o.id: _articles(o, opened=self._opened) for o in self.outlets}

    async def __aenter__(self) -> Self:
        app = web.Application()
        for path in self._paths:
            app.router.add_get(path, self._serve)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, HOST, self._port).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def sources(self) -> list[Source]:
        """The outlets as feeds.yaml would list them; their urls lead to this stand. Only while it is open."""
        if self._runner is None:
            raise RuntimeError("the newsstand is closed")
        return [
            Source(url=f"http://{HOST}:{self._port}{path}", name=o.name, language=o.language, country=o.country,
                   tier=o.tier, topics=o.topics, origin=o.origin)
            for path, o in self._paths.items()
        ]  # fmt: skip

    @property
    def events(self) -> dict[str, str]:
        """Which event each link reports, where the samples name one; also of reports still to come."""
        return {_link(o, r): r.event for o in self.outlets for r in o.reports if r.event}

    @property
    def ends(self) -> datetime:
        """When the last report appears, in UTC: from then on the stand has nothing new."""
        return max(when for dated in self._articles.values() for when, _ in dated)

    @property
    def sites(self) -> list[str]:
        """Where the outlets would stand in the real world: the beginnings of all links."""
        return [f"{outlet.site}/" for outlet in self.outlets]

    def report(self, link: str) -> Reading | None:
        """The report behind a link, whatever follows its question mark, once it has appeared."""
        wanted = link.partition("?")[0]
        for outlet in self.outlets:
            for report in outlet.reports:
                when = _before(self._opened, report.hours_ago)
                if _link(outlet, report) == wanted and when <= self.now:
                    happened = _before(self._opened, report.happened).astimezone(outlet.zone)
                    title, text = fill_dates(report.title, happened), fill_dates(report.text, happened)
                    return Reading(outlet, title, text, when.astimezone(outlet.zone))
        return None

    def feeds_yaml(self) -> str:
        """A feeds.yaml of `sources`."""
        return sources_yaml(self.sources)

    def document(self, path: str) -> tuple[bytes, datetime]:
        """The feed at this path as it stands now, newest first, and when it last changed."""
        outlet = self._paths[path]
        dated = [(when, article) for when, article in self._articles[outlet.id] if when <= self.now]
        changed = dated[0][0] if dated else self._opened
        shown = [article for _, article in dated]
        if path.endswith(".atom"):
            local = changed.astimezone(outlet.zone)
            body = atom_document(outlet.name, site=outlet.site, language=outlet.language, articles=shown, updated=local)
        else:
            body = rss_document(
                outlet.name, site=outlet.site, language=outlet.language, articles=shown, ttl=TTL_MINUTES
            )
        return body, changed

    async def _serve(self, request: web.Request) -> web.Response:
        body, changed = self.document(request.path)
        tag = ETag(hashlib.sha256(body).hexdigest()[:20])
        if request.if_none_match is not None:
            known = any(given.value in (tag.value, "*") for given in request.if_none_match)
        else:
            known = request.if_modified_since is not None and changed <= request.if_modified_since
        kind = "atom" if request.path.endswith(".atom") else "rss"
        response = (
            web.Response(status=304)
            if known
            else web.Response(body=body, content_type=f"application/{kind}+xml", charset="utf-8")
        )
        response.etag, response.last_modified = tag, changed
        return response


def _is_atom(index: int) -> bool:
    return index % 3 == 2


def _link(outlet: Outlet, report: Report) -> str:
    return f"{outlet.site}/{report.slug}"


def _articles(outlet: Outlet, *, opened: datetime) -> list[tuple[datetime, Article]]:
    """All reports as they will be served, newest first, each with its moment in UTC."""
    dated = [(_before(opened, report.hours_ago), report) for report in outlet.reports]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return [(when, _article(outlet, report, when=when, opened=opened)) for when, report in dated]


def _before(moment: datetime, hours: float) -> datetime:
    return moment - timedelta(seconds=round(hours * 3600))


def _article(outlet: Outlet, report: Report, *, when: datetime, opened: datetime) -> Article:
    happened = _before(opened, report.happened).astimezone(outlet.zone)
    link, title, text = _link(outlet, report), fill_dates(report.title, happened), fill_dates(report.text, happened)
    article = Article(link=link, title=title, summary=text, published=when.astimezone(outlet.zone))
    if outlet.format == "text":
        return article
    body = "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in text.split("\n"))
    if report.photo:
        caption = html.escape(fill_dates(report.photo, happened), quote=False)
        body = f'<figure><img src="{link}.jpg" alt=""><figcaption>{caption}</figcaption></figure>{body}'
    values = {"link": link, "title": title, "site": outlet.site, "name": outlet.name}
    before, after = (_FRAME.sub(lambda m: html.escape(values[m[1]]), part) for part in (outlet.before, outlet.after))
    body = before + body + after
    if outlet.format == "full":
        return replace(article, summary=text.split("\n")[0], content=body)
    return replace(article, summary=body, html=True)
