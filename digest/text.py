"""Words as the newsroom reads them: folding, tokens and sentences, in English and Vietnamese."""

import re
import unicodedata

_DSTROKE = str.maketrans({"đ": "d", "Đ": "D"})
#: A word: letters and digits of any script, inner apostrophes and hyphens split it.
WORD = re.compile(r"\w+", re.UNICODE)


def normalise(text: str) -> str:
    """NFC, so that one letter is one code point whoever typed it."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """Lower case without accents, đ included; same length as the NFC text where every letter has one code point.

    >>> fold("Đà Nẵng")
    'da nang'
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_DSTROKE))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()


def words(text: str) -> list[str]:
    """Lower-case words with their accents.

    >>> words("Lào – Việt Nam: 5 năm")
    ['lào', 'việt', 'nam', '5', 'năm']
    """
    return WORD.findall(normalise(text).lower())


def marked(word: str) -> bool:
    """Whether a word carries accents, that is, differs from its folded form.

    >>> marked("Hội"), marked("Hoi")
    (True, False)
    """
    return fold(word) != word.lower()
