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


#: Full stops after these end no sentence; compared folded, without the final stop.
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr hon prof sen rep gov gen col lt capt sgt st jr sr inc ltd co corp no vs etc approx dept est "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "tp ts ths gs pgs ths.bs bs tx tt p q h x kts ls nsnd nsut vs ong ba u.s u.n u.k e.u a.m p.m d.c i.e e.g".split()
)
_BOUNDARY = re.compile(
    r"(?<![.!?…])([.!?…]++)([\"'”’»)\]]*)(?=\s+[\"'“‘«(\[–-]?\s?[\w\[])|(?<=[^\W\dA-Z]{3})(\.)(?=[A-ZĐ][^\W\dA-Z])|\n+"
)
#: Abbreviations are shorter; looking further back would cost the square of a text of dots.
_LONGEST_TOKEN = 24
_LAST_TOKEN = re.compile(r"[\w.]+$")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text lie, in order; each span is trimmed and not empty, a newline always ends one.

    >>> [ "Mr. Lee met the U.S. envoy. They talked."[a:b] for a, b in sentence_spans("Mr. Lee met the U.S. envoy. They talked.")]
    ['Mr. Lee met the U.S. envoy.', 'They talked.']
    """  # noqa: E501
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match.group(1) and not _ends_sentence(text, start, match):
            continue
        _append_trimmed(spans, text, start, match.end())
        start = match.end()
    _append_trimmed(spans, text, start, len(text))
    return spans


def sentences(text: str) -> list[str]:
    """The sentences of a text, each verbatim."""
    return [text[start:end] for start, end in sentence_spans(text)]


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    if match.group(1) != ".":  # a full stop that lacks its space has a group of its own
        return True
    token = _LAST_TOKEN.search(text, max(start, match.start() - _LONGEST_TOKEN), match.start())
    word = token.group() if token else ""
    following = text[match.end() : match.end() + _LONGEST_TOKEN].lstrip().lstrip("\"'“‘«([–- ")[:1]
    if following.islower():
        return False
    if len(word) == 1 and word.isalpha():  # an initial: "J. Smith", "P.7"
        return False
    return fold(word) not in _ABBREVIATIONS


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        spans.append((start, end))


def without_password(url: str) -> str:
    """A URL to be shown: without the name and password that may stand in it.

    >>> without_password("https://editor:hush@news.example/rss"), without_password("https://news.example/rss")
    ('https://news.example/rss', 'https://news.example/rss')
    """
    return re.sub(r"^([A-Za-z][\w+.-]*://)[^/?#]*@", r"\1", url)
