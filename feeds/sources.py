"""feeds.yaml, read strictly: what people write by hand deserves an answer that names file, line and feed."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from digest.errors import ConfigError
from digest.model import Source, Topic
from digest.places import load_gazetteer
from digest.settings import parse_duration
from feeds.guard import as_fetched

#: No list of feeds that a person keeps is larger; a database given by mistake is.
MAX_BYTES = 1_000_000
_TAG = "tag:yaml.org,2002:"
_TOPICS = tuple(Topic)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the file we are, for the sentence of an error."""

    path: Path
    entry: str = ""

    def error(self, node: Node, sentence: str) -> ConfigError:
        where = f"{self.path}:{node.start_mark.line + 1}: "
        return ConfigError(where + (f"{self.entry}: " if self.entry else "") + sentence)


def load_sources(path: Path) -> list[Source]:
    """The sources of a feeds.yaml (YAML 1.2), in file order, those with `enabled: false` included.

    Raises ConfigError with one sentence that names the file and, where it is known, the line and the feed.
    """
    root = _compose(path, _read_text(path))
    place = _Place(path)
    if not isinstance(root, MappingNode):
        raise place.error(root, "the file must begin with “feeds:” and a list of feeds below it")
    top = _mapping(root, place, known=("feeds",))
    key, feeds = top.get("feeds", (root, None))
    if not isinstance(feeds, SequenceNode):
        raise place.error(key, "“feeds” must be a list, one feed an entry, each beginning with “- url:”")
    if not feeds.value:
        raise place.error(feeds, "the list “feeds” is empty; add at least one feed")
    sources: list[Source] = []
    lines: dict[str, int] = {}
    for number, node in enumerate(feeds.value, start=1):
        source = _source(node, path=path, number=number)
        first = lines.setdefault(same_address(source.url), node.start_mark.line + 1)
        if len(lines) == len(sources):
            entry = _Place(path, f"feed {number} (“{source.name}”)")
            raise entry.error(node, f"its url is already that of the feed in line {first}")
        sources.append(source)
    return sources


def same_address(url: str) -> str:
    """What two spellings of one address share: scheme and host in lower case, no fragment."""
    parts = urlsplit(url)
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), fragment="").geturl()


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; set FEEDS_FILE or make one") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"{path}: is larger than {MAX_BYTES:,} bytes, so it cannot be a list of feeds")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: is not text in UTF-8; save it as UTF-8") from error
    if "\0" in text:
        raise ConfigError(f"{path}: is a binary file, not a list of feeds")
    return text


def _compose(path: Path, text: str) -> Node:
    try:
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f":{mark.line + 1}" if mark is not None else ""
        problem = (error.problem or error.context or "cannot be understood").strip()
        raise ConfigError(f"{path}{line}: is not valid YAML: {problem}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        sentence = str(error).splitlines()[0] if str(error) else "cannot be understood"
        raise ConfigError(f"{path}: is not valid YAML: {sentence}") from error
    if node is None:
        raise ConfigError(f"{path}: is empty; it must begin with “feeds:” and a list of feeds below it")
    return node


def _mapping(node: MappingNode, place: _Place, *, known: Iterable[str]) -> dict[str, tuple[Node, Node]]:
    """The keys and values of a mapping by name. Unknown and repeated keys are errors."""
    known = tuple(known)
    found: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else "(not a word)"
        if name not in known:
            raise place.error(key, f"unknown key “{name}”{_did_you_mean(name, known)}")
        if name in found:
            raise place.error(key, f"the key “{name}” stands here twice")
        found[name] = (key, value)
    return found


def _source(node: Node, *, path: Path, number: int) -> Source:
    place = _Place(path, f"feed {number}")
    if not isinstance(node, MappingNode):
        raise place.error(node, "must have at least “url:” and “name:”")
    # The name first, whatever else is wrong: an error then says which feed it means.
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == "name" and isinstance(value, ScalarNode) and value.value:
            place = _Place(path, f"feed {number} (“{value.value[:60]}”)")
    fields = _mapping(node, place, known=_FIELDS)
    for required in ("url", "name"):
        if required not in fields:
            raise place.error(node, f"has no “{required}”")
    values = {}
    for name, (key, value) in fields.items():
        try:
            values[name] = _FIELDS[name](value)
        except ConfigError as error:
            # The line of the key: an empty value has its mark on the next.
            raise place.error(key, f"“{name}”: {error}") from None
    return Source(**values)


def _text(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise ConfigError("must be one text, not a list")
    if node.tag != _TAG + "str":
        hint = f'; write it in quotes: "{node.value}"' if node.value else ""
        raise ConfigError(f"must be a text{hint}")
    text: str = node.value.strip()
    if not text:
        raise ConfigError("must not be empty")
    return text


def _url(node: Node) -> str:
    url = _text(node)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(c.isspace() for c in url):
        # Misspelt as it is, nobody can say where a password in it ends but at the last @.
        shown = "…@" + url.rpartition("@")[2] if "@" in url else url
        raise ConfigError(f"“{shown}” is not a web address; it must begin with http:// or https://")
    return url


def _whole(node: Node) -> int:
    if not isinstance(node, ScalarNode) or node.tag != _TAG + "int" or node.value not in ("1", "2", "3"):
        raise ConfigError("must be 1, 2 or 3")
    return int(node.value)


def _truth(node: Node) -> bool:
    if not isinstance(node, ScalarNode) or node.tag != _TAG + "bool":
        raise ConfigError("must be true or false")
    return bool(node.value.lower() == "true")


def _every(node: Node) -> timedelta:
    text = _text(node)
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ConfigError(f"“{text}” {error}") from None


def _shaped(shape: re.Pattern[str], example: str) -> Callable[[Node], str]:
    def read(node: Node) -> str:
        text = _text(node)
        if not shape.fullmatch(text):
            raise ConfigError(f"“{text}” is not {example}")
        return text

    return read


def _country_code(node: Node) -> str:
    text = _text(node)
    if not _COUNTRY.fullmatch(text) or not load_gazetteer().known(text):
        raise ConfigError(f"“{text}” is not a country code of two capital letters such as VN")
    return text


def _place_code(node: Node) -> str:
    text = _text(node)
    if not load_gazetteer().known(text):
        raise ConfigError(f"“{text}” is not a place code such as LA or VN-SG")
    return text


def _topic(node: Node) -> str:
    text = _text(node)
    if text not in _TOPICS:
        near = _did_you_mean(text, _TOPICS)
        raise ConfigError(f"“{text}” is not a topic{near or '; topics are ' + ', '.join(_TOPICS)}")
    return text


def _list_of(read: Callable[[Node], str]) -> Callable[[Node], tuple[str, ...]]:
    def read_all(node: Node) -> tuple[str, ...]:
        if not isinstance(node, SequenceNode):
            raise ConfigError("must be a list, like [a, b]")
        return tuple(dict.fromkeys(read(item) for item in node.value))

    return read_all


#: Every key that a feed may have, and who reads it: exactly the fields of Source.
_FIELDS: dict[str, Callable[[Node], Any]] = {
    "url": _url,
    "name": _text,
    "language": _shaped(_LANGUAGE, "a language code such as en or vi"),
    "country": _country_code,
    "tier": _whole,
    "topics": _list_of(_topic),
    "places": _list_of(_place_code),
    "origin": _text,
    "every": _every,
    "enabled": _truth,
}


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean “{near[0]}”?" if near else ""


def private_hosts(sources: Iterable[Source]) -> frozenset[tuple[str, int]]:
    """The (host, port) pairs that the operator wrote: there alone a private or loopback address may be fetched."""
    pairs = set()
    for source in sources:
        parts = urlsplit(source.url)
        pairs.add((as_fetched(parts.hostname or ""), parts.port or (443 if parts.scheme == "https" else 80)))
    return frozenset(pairs)
