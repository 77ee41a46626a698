"""The accents of a word as a token of its own, so that a search can demand them or leave them open."""

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from digest.text import marked, words

#: Letters and accents of a word in one token: "đà" is "da00df", which nobody writes.
_MARK = "0"
#: The accents of a syllable as a whole: where a tone stands in it is a matter of taste (hoà, hòa).
_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
#: Breve, circumflex, horn; any other accent goes by its code point.
_SHAPES = {"\u0306": "b", "\u0302": "c", "\u031b": "h"}


def marks_of(*texts: str) -> str:
    """The accented words of texts as their tokens, each once, with spaces between them."""
    seen = dict.fromkeys(word for text in texts for word in words(text))
    return " ".join(dict.fromkeys(mark_tokens(seen)))


def mark_tokens(spoken: Iterable[str]) -> Iterator[str]:
    """One token for each accented word: its letters, then its accents. Words without accents have none.

    >>> list(mark_tokens(["đà", "nẵng", "hoà", "hòa", "lao"]))
    ['da00df', 'nang01bx', 'hoa0f', 'hoa0f']
    """
    return (token for word in spoken if not word.isascii() and (token := _mark_token(word)))


@lru_cache(maxsize=16384)
def _mark_token(word: str) -> str:
    """The token of one lower-case word, empty where it has no accents. Vietnamese has only some thousand syllables."""
    if not marked(word):
        return ""
    letters: list[str] = []
    shapes: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        if char == "đ":
            letters.append("d")
            shapes.append(f"{len(letters) - 1}d")
        elif char in _TONES:
            tones.append(_TONES[char])
        elif unicodedata.combining(char):
            shapes.append(f"{len(letters) - 1}{_SHAPES.get(char, f'u{ord(char):x}')}")
        elif char != "_":
            letters.append(char)
    return "".join(letters) + _MARK + "".join(shapes) + "".join(sorted(tones))
