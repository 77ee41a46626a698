"""What a poll means, as values: which entries are new or edited, where a source moved, whether to trust its guids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.model import Entry
from digest.polling import SourceState
from feeds.normalise import canonical_url

#: A permanent redirect is believed when it was seen so often in a row.
MOVED_AFTER = 3
#: Guids are doubted only if so many entries give cause.
_DOUBTED_FROM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one document means for what we have."""

    new: tuple[Entry, ...]
    changed: tuple[Entry, ...]


def decide(entries: Sequence[Entry], known: Mapping[str, tuple[str, str, str]]) -> Decision:
    """Which entries are new and which differ from what is `known` (fingerprints by identity)."""
    return Decision(
        new=tuple(entry for entry in entries if entry.identity not in known),
        changed=tuple(e for e in entries if e.identity in known and _differs(e, known[e.identity])),
    )


def _differs(entry: Entry, stored: tuple[str, str, str]) -> bool:
    url, *words = stored
    if words != [entry.title, entry.text]:
        return True
    # Another tracking parameter at every poll is no edit.
    return url != entry.url and canonical_url(url) != entry.canonical_url


def follow_move(state: SourceState, permanent: str | None) -> SourceState:
    """The state after a good answer that came by permanent redirects from its `fetch_url` to `permanent`, or directly.

    The same move seen MOVED_AFTER times in a row becomes the `fetch_url`.
    """
    seen = state.moved_seen + 1 if permanent is not None and permanent == state.moved_to else int(permanent is not None)
    if permanent is not None and seen >= MOVED_AFTER:
        return replace(state, fetch_url=permanent, moved_to=None, moved_seen=0)
    return replace(state, moved_to=permanent, moved_seen=seen)


def guids_recycled(entries: Sequence[Entry], known: Mapping[str, tuple[str, str, str]], *, unchanged: int) -> bool:
    """Whether a feed gives its guids, numbers of places in its list for instance, to other articles in turn.

    That is so where of all that is known of it, the `unchanged` ones included, half and no fewer than a few have both
    another link and another title under the guid of old.
    """
    other = sum(
        stored[1] != entry.title and canonical_url(stored[0]) != entry.canonical_url
        for entry in entries
        if (stored := known.get(entry.identity)) is not None
    )
    return other >= _DOUBTED_FROM and other * 2 >= len(known) + unchanged


def guids_unstable(*, offered: int, known: int, stored: int) -> bool:
    """Whether a feed gave its old entries new guids: none of them was known, yet the store, which also compares links
    and titles, found at least half of the `offered` ones to be old.
    """
    return known == 0 and offered >= _DOUBTED_FROM and stored * 2 <= offered
