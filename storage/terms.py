"""What a person typed, as an FTS5 expression, and the hidden tokens that let one expression say everything.

Two columns of the index hold tokens of ours that no newspaper prints:

- *marks*: each accented word of an item once, its accents spelled out, so that a query can demand them;
- *facets*: topics, places, pairs, language and source (and, added by the index itself, year, month and day).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from digest.model import Labels
from digest.text import fold, marked, normalise, words

#: More than anyone means to type; a query's cost grows with its words.
_MOST_TERMS = 16
_LONGEST_QUERY = 256
#: Words between those that were typed together, at most, where accents do not tell.
_NEAR = 8
#: A phrase in quotes or a run without spaces, either of them perhaps excluded by a minus sign before it.
_CHUNK = re.compile(r'(?P<minus>(?<!\S)[-−–])?(?:"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+))')
_QUOTES = str.maketrans("“”„«»", '"""""')
_DSTROKE = str.maketrans("đĐ", "dD")
#: Letters and accents of a word in one token: "đà" is "da00df", which nobody writes.
_MARK = "0"
#: The accents of a syllable as a whole: where a tone stands in it is a matter of taste (hoà, hòa).
_TONES = {"\u0300": "f", "\u0301": "s", "\u0303": "x", "\u0309": "r", "\u0323": "j"}
#: Breve, circumflex, horn; any other accent goes by its code point.
_SHAPES = {"\u0306": "b", "\u0302": "c", "\u031b": "h"}


@dataclass(frozen=True, slots=True)
class Term:
    """A word, or several that must follow one another."""

    #: As typed but NFC, lower case and with đ folded: what the index is asked for.
    text: str
    #: Its words, lower case, with their accents.
    words: tuple[str, ...]
    #: Whether its last word may be the beginning of a longer one.
    prefix: bool = False

    @property
    def expression(self) -> str:
        """The term in FTS5's language. Quoted, so that nothing in it is syntax."""
        return f'"{self.text}"' + (" *" if self.prefix else "")

    @property
    def pattern(self) -> str:
        """A regular expression for where it stands in folded text."""
        spoken = r"[\W_]+".join(re.escape(fold(word)) for word in self.words)
        return rf"(?<![^\W_]){spoken}" + (r"[^\W_]*" if self.prefix else r"(?![^\W_])")


@dataclass(frozen=True, slots=True)
class Asked:
    """A query text as understood: every wanted term, none of the unwanted."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]

    @property
    def marks(self) -> tuple[str, ...]:
        """The tokens of the words that were typed with accents."""
        return tuple(mark_tokens(word for term in self.wanted for word in term.words))


def folded(wanted: Iterable[Term]) -> list[str]:
    """The expressions of wanted terms without their accents, for items that do not write them as they were typed.

    Words that stood together with accents must stand near one another: "ấn độ" is not "ăn" here and "do" there.
    """
    expressions: list[str] = []
    run: list[str] = []
    for term in [*wanted, None]:
        if term is not None and len(term.words) == 1 and marked(term.words[0]):
            run.append(term.expression)
            continue
        expressions += [f"NEAR({' '.join(run)}, {_NEAR})"] if len(run) > 1 else run
        run = []
        expressions += [term.expression] if term is not None else []
    return expressions


def read_query(text: str) -> Asked:
    """Read what a person typed: words, "phrases", -exclusions. Any text is safe and nothing in it is an error.

    The last word, from three letters on, may be the beginning of one. Only the first 16 terms count.

    >>> [(t.words, t.prefix) for t in read_query('"lao consul" visit').wanted]
    [(('lao', 'consul'), False), (('visit',), True)]
    """
    clean = "".join(c if c.isprintable() else " " for c in normalise(text)[:_LONGEST_QUERY].translate(_QUOTES))
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for chunk in list(_CHUNK.finditer(clean))[:_MOST_TERMS]:
        plain = chunk["plain"]
        said = plain if plain is not None else chunk["phrase"]
        parts = tuple(part for word in words(said) for part in word.split("_") if part)
        if not parts:
            continue
        last = plain is not None and chunk.end() == len(clean.rstrip()) and len(parts[-1]) >= 3
        prefix = last and not chunk["minus"]
        term = Term(said.lower().translate(_DSTROKE), parts, prefix)
        (unwanted if chunk["minus"] else wanted).append(term)
    return Asked(tuple(wanted), tuple(unwanted))


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


def marks_of(*texts: str) -> str:
    """The column `marks` of an item: its accented words, each once."""
    seen = dict.fromkeys(word for text in texts for word in words(text))
    return " ".join(dict.fromkeys(mark_tokens(seen)))


def facets_of(labels: Labels, *, language: str, source_id: int) -> str:
    """The column `facets` of an item. A province also gives its country, so that a country finds its provinces."""
    countries = [place.partition("-")[0] for place in labels.places]
    return " ".join(
        dict.fromkeys(
            [
                *(facet("topic", topic) for topic in labels.topics),
                *(facet("place", place) for place in (*labels.places, *countries)),
                *(facet("pair", pair) for pair in labels.pairs),
                facet("lang", language),
                facet("source", str(source_id)),
            ]
        )
    )


def facet(kind: str, value: str) -> str:
    """One hidden token.

    >>> facet("place", "VN-SG")
    'zplacevnsg'
    """
    return "z" + kind + "".join(c for c in value.lower() if c.isascii() and c.isalnum())


def time_facets(since: datetime, until: datetime) -> list[str]:
    """The fewest days, months or years that hold every moment of [since, until), as tokens.

    They narrow a search to roughly its window whatever order items were stored in; the exact limits are for the
    caller to apply.

    >>> from datetime import UTC
    >>> time_facets(datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC))
    ['zday20261030', 'zday20261031', 'zday20261101']
    """
    if until - since <= timedelta(days=31):
        days = (until.date() - since.date()).days
        return [f"zday{since.date() + timedelta(days=n):%Y%m%d}" for n in range(days + 1)]
    months = range(since.year * 12 + since.month - 1, until.year * 12 + until.month)
    if len(months) <= 24:
        return [f"zmonth{n // 12:04}{n % 12 + 1:02}" for n in months]
    return [f"zyear{year:04}" for year in range(since.year, until.year + 1)]


def any_of(tokens: Iterable[str]) -> str:
    """Tokens of ours, at least one of which must be there, in FTS5's language."""
    return "(" + " OR ".join(f'"{token}"' for token in tokens) + ")"
