"""What of a report may be quoted: its sentences without the debris around them.

text ─→ up to where an interview or the article ends ─→ sentences, one that goes on in lower case joined to its start
     ─→ a caption, a dateline taken off the front ─→ questions, credits, blurbs, headings, bylines left out
     ─→ marked: leans on the sentence before, does not end as a sentence, was cut off
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from digest.lexicon import read_data, terms
from digest.text import normalise, sentence_spans, words

#: Where a part of something named before shows: in the first so many letters, behind so many words.
_FIRST, _FIRST_WORDS = 80, 6
#: Fewer words than this are a cry, a byline or a name, not a sentence to quote.
_MIN_WORDS = 5
#: A line in which this part of the words is capitalised is a heading or the name of somebody in a picture.
_CAPITALS = 0.75
_CLOSERS = "\"'”’»)] "
#: Capital letters, the Vietnamese ones too: in their block both cases alternate, so that no range tells them.
_UPPER = "".join(chr(code) for code in range(0x41, 0x1EFA) if chr(code).isupper())

#: "… at the opening - Ảnh: AFP Theo …": a caption that lost its line; what follows an agency in capitals is text.
_CREDIT = re.compile(
    rf"^.{{0,200}}?(?<!\w)(?:[Ảả]nh|ẢNH|[Pp]hoto|PHOTO)\s?:\s?[A-Z]{{2,}}(?:/[A-Z]{{2,}})?\.?\s+(?=[{_UPPER}][^\W\d{_UPPER}])"
)
#: "HANOI, Nov 21 (VNA) – ", "LONDON (AP) — ", "(TTXVN) - ", "TTO - ", "Hà Nội (TTXVN) – ", "(Dân trí) - ", "[Daily] "
_DATELINE = re.compile(
    rf"""^\s*(?:
        (?:[^\W\d_][\w.’'-]*(?:\s[\w.’'-]+){{0,4}},?\s)?(?:[\w. ]{{0,12}}\d{{1,2}}(?:[./-]\d{{1,2}})?,?\s)?
            \(\s*[A-Z][\w À-ỹ./-]{{1,24}}\)\s*[–—:-]\s*
        | \([A-Z]{{2,8}}\)\s
        | \[[{_UPPER}][\w .-]{{1,40}}\]\s
        | [A-Z]{{2,8}}(?:[.][A-Z]{{2,3}})?[.]?\s[–—-]\s
        | [{_UPPER}][{_UPPER} .]{{2,30}}(?:,\s[\w. ]{{1,20}})?\s[–—]\s
    )""",
    re.VERBOSE,
)
#: A line with which an interview closes; what comes after it belongs to the page.
_THANKS = re.compile(
    r"^[^\w\n]*(?:thank you(?: so| very)?(?: much)?|(?:xin )?(?:trân trọng |chân thành )?cảm ơn"
    r"(?: ông| bà| anh| chị){1,2})[^\w\n]*$",
    re.IGNORECASE | re.MULTILINE,
)
#: "Ông cho biết", "Bà nhấn mạnh": a title without a name, told by the small letter that follows.
_NAMELESS = re.compile(rf"^\W*(?:Ông|Bà)\s(?!con\b|bà\b|chủ\b)[^\W\d{_UPPER}]")
#: A quotation without its speaker.
_BARE_QUOTE = re.compile(r"""\s*(?:“[^“”]*”|"[^"]*"|‘[^‘’]*’|«[^«»]*»)[\s.]*""")
#: What follows a quotation: "…," he said; “…”, Đại sứ Lan nói.
_ATTRIBUTION = re.compile(r"""(?:[,.!…]["”’]|["”’],)\s*[–-]?\s*(.{2,60})""")
_PRONOUN = re.compile(rf"(?:he|she|they|ông|bà|anh|chị)\s[^\W\d{_UPPER}]")
#: A question mark where an outlet's software lost the closing quotation mark: “We agree,? said the minister.
_BROKEN_QUOTE = (",?", ',?"')
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\W{0,9}$")


@dataclass(frozen=True, slots=True)
class _Cues:
    """The patterns that `digest/data/quoting.yaml` gives words to."""

    boilerplate: re.Pattern[str]
    #: A short paragraph that ends in a credit is a caption from its first word: "(Photo: Lan)", "(Lan/Getty Images)".
    caption: re.Pattern[str]
    leaning: re.Pattern[str]
    #: A part of something that was named before, wherever in the first words it stands.
    of_these: re.Pattern[str]


@lru_cache(maxsize=1)
def _cues() -> _Cues:
    data = read_data("quoting.yaml")
    words_of = {name: _either(cell) for name, cell in data.items() if isinstance(cell, str)}
    unless = "|".join(rf"{word}(?!\s(?:{_either(cell)})\b)" for word, cell in data["leaning_unless"].items())
    flags = re.IGNORECASE | re.MULTILINE
    return _Cues(
        boilerplate=re.compile(
            r"\|"  # a caption's or a table's debris
            r"|>>"  # titles of related articles
            r"|https?://"
            rf"|^\W*(?:{words_of['label']})\b\s*[:/–—-]"
            rf"|^\W*(?:{words_of['opening']})(?!\w)"
            rf"|(?<!\w)(?:{words_of['anywhere']})(?!\w)"
            rf"|\b(?:{words_of['credit']})(?:\s(?:{words_of['credit_more']}))?\s?:\s"
            rf"|\((?:{words_of['bracketed']})\b[^)]*\)\W*$",
            re.IGNORECASE,
        ),
        caption=re.compile(
            rf"^.{{0,300}}[(\[]\s*(?:(?:{words_of['caption']})\b[^)\]\n]*"
            rf"|[^()\n]{{0,60}}(?:{words_of['agencies']})[^()\n]{{0,60}}"
            r"|(?-i:[A-Z]\w+(?:\s[A-Z][\w.]*){1,3}/[A-Z][\w\ ]{1,30}))[)\]][^\w\n]*$",
            flags,
        ),
        leaning=re.compile(
            rf"^\W*(?:(?:{words_of['leaning']}|{unless}|then)\b(?!-)"
            rf"|(?:{words_of['nameless']})\s(?:{words_of['nameless_before']})\b"
            r"|\w+\s(?:\w+\s){0,2}(?<!tuần\s)(?<!tháng\s)(?<!năm\s)(?<!lần\s)(?<!dịp\s)(?:này|ấy)\b"
            r"|(?:on|in|at|by|since|last|next)\s\w+(?:\s\w+)?,?\s(?:he|she|they)\b"
            rf"|(?:{words_of['leaning_with_comma']}),)",
            re.IGNORECASE,
        ),
        of_these=re.compile(rf"\b(?:{words_of['of_these']})\b", re.IGNORECASE),
    )


def _either(cell: str) -> str:
    """A pattern for any of the terms, the longer ones first."""
    found = sorted({normalise(term) for term in terms(cell)}, key=len, reverse=True)
    return "|".join(re.escape(term).replace(r"\ ", r"\s") for term in found)


@dataclass(frozen=True, slots=True)
class Quotable:
    """A sentence that may be quoted, verbatim."""

    text: str
    #: Its number among all sentences of the text, debris included.
    position: int
    #: Its words in lower case.
    words: tuple[str, ...]
    #: Whether it needs the sentence before it: "He said".
    leaning: bool
    #: Whether it ends as a sentence does; a heading or a caption does not.
    stopped: bool
    #: Whether it opens a quotation that it does not close, or closes one that it does not open.
    open_quote: bool
    #: Whether a feed broke it off, or a line break tore it from its start.
    cut: bool


def quotable_sentences(text: str, *, limit: int = sys.maxsize) -> list[Quotable]:
    """The first sentences of a text that may be quoted, in order, each a part of the text as it stands.

    Cut ones are among them only where the text holds nothing else.
    """
    found: list[Quotable] = []
    thanks = _THANKS.search(text)
    shouting = text.isupper()
    captions = [match.span() for match in _cues().caption.finditer(text)]
    for position, (start, end) in enumerate(_joined_spans(text)):
        if len(found) == limit or (thanks and start >= thanks.start()):
            break
        if any(first <= start < last for first, last in captions):
            continue
        sentence = _without_opening(text[start:end])
        lower = tuple(words(sentence))
        if len(lower) < _MIN_WORDS or _is_debris(sentence, shouting):
            continue
        stopped = sentence.rstrip(_CLOSERS).endswith((".", "!", "…"))
        rest = text[end:]
        ends_line = not rest.strip() or "\n" in rest[: len(rest) - len(rest.lstrip())]
        torn = sentence[0].islower() and any(letter.isupper() for letter in sentence)
        cut = torn or (ends_line and bool(_ELLIPSIS.search(sentence))) or (not stopped and not rest.strip())
        found.append(Quotable(sentence, position, lower, leans(sentence), stopped, _open_quote(sentence), cut))
    return [sentence for sentence in found if not sentence.cut] or found


def leans(sentence: str) -> bool:
    """Whether a sentence makes a reader ask who or what is meant.

    >>> leans("He thanked the union."), leans("“We agree,” said Minister Lan."), leans("“We agree,” he said.")
    (True, False, True)
    """
    part = _cues().of_these.search(sentence, 0, _FIRST)
    if _NAMELESS.match(sentence) or (part and len(sentence[: part.start()].split()) <= _FIRST_WORDS):
        return True
    if _BARE_QUOTE.fullmatch(sentence):
        return True
    speakers = [match.group(1) for match in _ATTRIBUTION.finditer(sentence)]
    if any(_PRONOUN.match(speaker) for speaker in speakers):
        return True
    named = sentence[0] in "\"“‘'" and any(word[0].isupper() for speaker in speakers for word in speaker.split())
    return bool(_cues().leaning.match(sentence)) and not named


def _joined_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences lie; one that begins in lower case goes on from the one before: "Why?" he asked."""
    first: int | None = None
    last = 0
    for start, end in sentence_spans(text):
        broken = text[first:last].endswith(_BROKEN_QUOTE) if first is not None else False
        if first is not None and ("\n" in text[last:start] or not (text[start].islower() or broken)):
            yield first, last
            first = None
        first = start if first is None else first
        last = end
    if first is not None:
        yield first, last


def _without_opening(sentence: str) -> str:
    for opening in (_CREDIT, _DATELINE):
        match = opening.match(sentence)
        if match and match.end() < len(sentence):
            sentence = sentence[match.end() :]
    return sentence


def _is_debris(sentence: str, shouting: bool) -> bool:
    if sentence.rstrip(_CLOSERS).endswith("?") or sentence.startswith("- "):
        return True
    parts = sentence.split()
    heading = not shouting and sum(part[0].isupper() for part in parts) > _CAPITALS * len(parts)
    return heading or bool(_cues().boilerplate.search(sentence))


def _open_quote(sentence: str) -> bool:
    if sentence.count("“") != sentence.count("”"):
        return True
    return sentence.count('"') % 2 == 1 and (sentence[0] == '"' or sentence.rstrip(". ")[-1:] == '"')
