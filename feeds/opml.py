"""Lists of feeds from and for other readers: OPML in, OPML out, and feeds.yaml as text."""

import json
import os
import re
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkstemp
from urllib.parse import urlsplit
from xml.etree import ElementTree

from digest.errors import ConfigError
from digest.model import Source, Topic
from digest.text import without_password
from feeds.guard import may_be_private
from feeds.markup import clean, one_line, shorten
from feeds.sources import load_sources, same_address

#: Larger than the list of any reader's feeds.
MAX_BYTES = 5_000_000
MAX_NAME = 200
#: So many of the outlines that cannot be used are named where none can.
_NAMED = 5


@dataclass(frozen=True)
class FeedList:
    """What an OPML file lists: feeds in document order, and a sentence on each outline that was left out."""

    sources: list[Source]
    left_out: list[str]


def read_opml(path: Path) -> FeedList:
    """The feeds of an OPML file, folders flattened, each address once.

    A `category` or an enclosing folder that is one of our topic ids becomes a topic. Outlines that name no http(s)
    address are left out, and so are those that name a private one: in feeds.yaml it would count as the operator's own
    word that it may be fetched. Raises ConfigError with a sentence for a file that cannot be read, is no OPML, holds no
    feed, is too large, or declares a document type (which is where entity bombs live).
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: is larger than {MAX_BYTES:,} bytes, so it cannot be a list of feeds")
    target = _Outlines(path)
    parser = ElementTree.XMLParser(target=target)  # noqa: S314 -- its target refuses every document type
    try:
        parser.feed(data)
        parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ConfigError(f"{path}: is not well-formed XML ({error})") from error
    if not target.is_opml:
        raise ConfigError(f"{path}: is not an OPML file")
    if not target.sources:
        left_out = "".join(f"\n{sentence}" for sentence in target.left_out[:_NAMED])
        raise ConfigError(f"{path}: holds no feed to import (no outline with a public xmlUrl){left_out}")
    return FeedList(list(target.sources.values()), target.left_out)


def write_opml(sources: Iterable[Source]) -> str:
    """An OPML 2.0 document of the sources, which `read_opml` and other feed readers take; passwords are left out."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "Diplomacy Digest"
    body = ElementTree.SubElement(root, "body")
    for source in sources:
        attributes = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": without_password(source.url)}
        if source.language:
            attributes["language"] = source.language
        if source.topics:
            attributes["category"] = ",".join(source.topics)
        ElementTree.SubElement(body, "outline", attributes)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def sources_yaml(sources: Iterable[Source]) -> str:
    """A feeds.yaml of the sources, which `load_sources` reads back as they are; what is usual is left out."""
    lines = ["feeds:"]
    for source in sources:
        fields: dict[str, object] = {
            "url": source.url,
            "name": source.name,
            "language": source.language,
            "country": source.country,
            "tier": source.tier if source.tier != Source(url="", name="").tier else None,
            "topics": list(source.topics) or None,
            "places": list(source.places) or None,
            "origin": source.origin,
            "every": _duration(source.every) if source.every else None,
            "enabled": None if source.enabled else False,
        }
        # JSON is YAML 1.2; quotes keep a name such as "24" or a country such as "NO" a text.
        written = [
            f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items() if value is not None
        ]
        lines += [("  - " if n == 0 else "    ") + line for n, line in enumerate(written)]
    return "\n".join(lines) + "\n"


def append_sources(path: Path, sources: Iterable[Source]) -> list[Source]:
    """Adds to a feeds.yaml those of the sources whose address it does not have; returns them.

    All that stands in the file stays as it is, comments included; a file that does not exist is made. The file is
    replaced as a whole or not at all. Raises ConfigError where it is wrong already or cannot be written.
    """
    text, have = "", set[str]()
    if path.exists():
        have = {same_address(source.url) for source in load_sources(path)}
        text = path.read_text(encoding="utf-8-sig").rstrip() + "\n"
    added: dict[str, Source] = {}
    for source in sources:
        if same_address(source.url) not in have:
            added.setdefault(same_address(source.url), source)
    if not added:
        return []
    heading, _, entries = sources_yaml(added.values()).partition("\n")
    # The new entries stand where the old ones do: a list may be indented or not.
    dash = re.search(r"^([ ]*)- ", text, re.MULTILINE)
    lines = textwrap.indent(textwrap.dedent(entries), dash[1] if dash else "  ")
    draft = None
    try:
        # A name that nobody could foresee and put a link at; for its owner only, since addresses may hold passwords.
        handle, name = mkstemp(prefix=path.name + ".", suffix=".new", dir=path.parent)
        draft = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write((text or heading + "\n") + lines)
        if len(load_sources(draft)) != len(have) + len(added):
            raise ConfigError("entries went missing")
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror or error})") from error
    except ConfigError as error:
        raise ConfigError(f"{path}: its list is written in a way that cannot be added to; add by hand") from error
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)
    return list(added.values())


class _Outlines:
    """Gathers the sources while the XML is read: no tree is built, so nesting of any depth is fine."""

    def __init__(self, path: Path) -> None:
        self.sources: dict[str, Source] = {}
        self.is_opml = False
        self.left_out: list[str] = []
        self._path = path
        self._folders: list[str] = []
        self._depth = 0

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002
        """Called by the parser before any entity could unfold."""
        raise ConfigError(f"{self._path}: declares a document type, which an OPML file does not need")

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        """Called by the parser."""
        self.is_opml = self.is_opml or (self._depth == 0 and tag.lower() == "opml")
        self._depth += 1
        attributes = {key.lower(): one_line(clean(value)) for key, value in attrs.items()}
        name = attributes.get("title") or attributes.get("text") or ""
        self._folders.append(name.lower())
        if self.is_opml and tag.lower() == "outline" and "xmlurl" in attributes:
            self._add(attributes, name)

    def end(self, tag: str) -> None:  # noqa: ARG002
        """Called by the parser."""
        self._depth -= 1
        self._folders.pop()

    def close(self) -> None:
        """Called by the parser."""

    def _add(self, attributes: Mapping[str, str], name: str) -> None:
        url = attributes["xmlurl"]
        if url.lower().startswith("feed:"):
            # feed:https://… and feed://host/…, as some readers write them.
            url = url[5:] if url[5:].lower().startswith("http") else "http:" + url[5:]
        try:
            parts = urlsplit(url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in url
        except ValueError:
            usable = False
        if not usable:
            self.left_out.append(f"“{_called(name or url)}” has no web address that can be fetched")
            return
        if may_be_private(parts.hostname or ""):
            host = parts.hostname or ""
            sentence = f"“{_called(name or host)}” is at {host}, a private address: if you mean it, add it by hand"
            self.left_out.append(sentence)
            return
        words = [word.strip(" /").lower() for word in attributes.get("category", "").split(",")]
        topics = dict.fromkeys(word for word in [*words, *self._folders] if word in tuple(Topic))
        language = attributes.get("language", "").lower().partition("-")[0]
        self.sources.setdefault(
            url,
            Source(
                url=url,
                name=shorten(name, MAX_NAME) or parts.hostname or url,
                language=language if language.isascii() and language.isalpha() and len(language) in (2, 3) else None,
                topics=tuple(topics),
            ),
        )


def _called(name: str) -> str:
    return shorten(without_password(name), 80)


def _duration(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    unit, size = next((u, s) for u, s in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)) if seconds % s == 0)
    return f"{seconds // size}{unit}"
