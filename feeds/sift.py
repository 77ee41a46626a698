"""Leaving out of a document what was read before: of thirty entries that a poll shows, one or none is new.

feedparser spends a millisecond and more on an entry; finding where entries begin and end, and whether each is byte
for byte the one of the last document, costs a fiftieth of that.

    pieces       where the entries of a document stand, each with its mark
    without      the document without those whose marks we have seen
    remembered   marks and identities of all its pieces, for the next time

A mark covers every byte of an entry, its id included, and what around it decides how it is read: so an edit is never
taken for what we know. Whatever is unusual (not well-formed, a document type, entries within entries) has no pieces and
is read whole, as if this file did not exist.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple
from xml.parsers import expat

_ENTRIES = frozenset({"item", "entry"})
#: What of the rest of a document its entries are read by: the page that links are relative to, the language.
_CONTEXT = frozenset({"link", "language"})


class Piece(NamedTuple):
    """One entry of a document: the bytes from `start` to `end`, and their mark."""

    start: int
    end: int
    mark: str


class _UnfitError(Exception):
    """This document is to be read whole."""


def pieces(document: bytes, *, context: Iterable[str]) -> list[Piece]:
    """The entries of an XML document in UTF-8, in its order; none where it is better read whole.

    `context` is what else the reading of an entry depends on.
    """
    reader = _Reader(document)
    try:
        reader.parser.Parse(document, True)
    except (expat.ExpatError, _UnfitError, ValueError):
        return []
    around = _digest("\0".join([*context, *reader.context]).encode())
    return [Piece(start, end, _digest(around, document[start:end]).hex()) for start, end in reader.spans]


def without(document: bytes, found: Sequence[Piece], marks: Collection[str]) -> bytes:
    """The document without those of its pieces that have one of these marks."""
    parts, at = [], 0
    for piece in found:
        if piece.mark in marks:
            parts.append(document[at : piece.start])
            at = piece.end
    return b"".join([*parts, document[at:]])


def identity_mark(identity: str) -> str:
    """A short name of an entry's identity."""
    return _digest(identity.encode()).hex()


def remembered(found: Iterable[Piece], identities: Mapping[str, str]) -> str:
    """The pieces of a document with their identity marks (by mark), as one text for `recalled`."""
    return " ".join(dict.fromkeys(f"{piece.mark}:{identities[piece.mark]}" for piece in found))


def recalled(text: str) -> dict[str, str]:
    """What `remembered` wrote: marks of entries, each with the mark of its identity.

    >>> recalled("0a:1b 2c:3d")
    {'0a': '1b', '2c': '3d'}
    """
    return {mark: identity for mark, _, identity in (pair.partition(":") for pair in text.split())}


class _Reader:
    """Notes where the outermost entries begin and end while expat reads."""

    def __init__(self, document: bytes) -> None:
        self.spans: list[tuple[int, int]] = []
        self.context: list[str] = []
        self._document = document
        self._depth = 0
        #: How deep the entry that we are in stands, and where it began.
        self._within = 0
        self._start = 0
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        # Entities are what bombs are made of: feedparser meets them alone, with its limits around it.
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _refuse(self, *_: object) -> None:
        raise _UnfitError

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        local = name.rpartition(":")[2]
        if local in _ENTRIES:
            if self._within:
                raise _UnfitError
            self._within, self._start = self._depth, self.parser.CurrentByteIndex
        elif not self._within:
            if local in _CONTEXT:
                self.context += [name, *(f"{key}={value}" for key, value in attributes.items())]
                self.parser.CharacterDataHandler = self.context.append
            self.context += [f"{key}={value}" for key, value in attributes.items() if key.startswith("xml")]

    def _end(self, name: str) -> None:
        if self._depth == self._within:
            tag = self.parser.CurrentByteIndex
            if not self._document.startswith(b"</" + name.encode(), tag):
                raise _UnfitError  # <item/>: where that ends, expat does not tell
            self.spans.append((self._start, self._document.index(b">", tag) + 1))
            self._within = 0
        elif not self._within and name.rpartition(":")[2] in _CONTEXT:
            self.parser.CharacterDataHandler = None
        self._depth -= 1


def _digest(*parts: bytes) -> bytes:
    found = blake2b(digest_size=8)
    for part in parts:
        found.update(part)
    return found.digest()
