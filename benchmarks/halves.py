"""A split of any data set in two that stays the same whoever asks: develop on one half, report both."""

import hashlib


def half(key: str) -> int:
    """0 or 1, by a hash of what must stay together (an event, a story)."""
    return hashlib.md5(str(key).encode(), usedforsecurity=False).digest()[-1] % 2
