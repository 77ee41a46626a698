"""What of a report may be quoted: its sentences without the debris around them.

text ─→ up to where an interview or the article ends ─→ sentences, one that goes on in lower case joined to its start
     ─→ a caption, a dateline taken off the front ─→ questions, credits, blurbs, headings, bylines left out
     ─→ marked: leans on the sentence before, does not end as a sentence, was cut off
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from digest.text import sentence_spans, words

#: Fewer words than this are a cry, a byline or a name, not a sentence to quote.
_MIN_WORDS = 5
#: A line in which this part of the words is capitalised is a heading or the name of somebody in a picture.
_CAPITALS = 0.75
_CLOSERS = "\"'”’»)] "
#: Capital letters, the Vietnamese ones too: in their block both cases alternate, so that no range tells them.
_UPPER = "".join(chr(code) for code in range(0x41, 0x1EFA) if chr(code).isupper())

_BOILERPLATE = re.compile(
    r"""\|  # a caption or a table's debris
    | >>  # titles of related articles
    | https?:// | \bpic\.twitter | \ba\ post\ shared\ by\b
    | ^\W*(?:photos?|pictures?|images?|video|source|by|read\ more|see\ also|related|illustration|advertisement
        |follow\ us|ảnh|nguồn|theo\ dõi|xem\ thêm|đọc\ thêm|tin\ liên\ quan|minh\ họa|minh\ hoạ|quảng\ cáo|clip
        |đồ\ họa|đồ\ hoạ)\b\s*[:/–—-]
    | ^\W*(?:xem\ thêm|đọc\ thêm|mời\ (?:quý\ )?(?:độc\ giả|bạn\ đọc)|read\ more|read\ also|also\ read|continue\ reading
        |subscribe|sign\ up|click\ here|follow\ @)
    | \b(?:all\ rights\ reserved|phiên\ bản\ di\ động|appeared\ first\ on)\b
    | \b(?:photo|picture|image|ảnh|clip|đồ\ họa|đồ\ hoạ)(?:\ minh\ họa|\ minh\ hoạ|\ tư\ liệu|\ by|\ credit)?\s?:\s
    | \((?:ảnh|nguồn|photo|source|image)\b[^)]*\)\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: A short paragraph that ends in a credit is a caption from its first word: "(Photo: Lan)", "(Lan Vy/Getty Images)".
_CAPTION = re.compile(
    r"""^.{0,300}[(\[]\s*(?:
        (?:file\s|illustrative\s)?(?:photo|picture|image|ảnh|nguồn\ ảnh)\b[^)\]\n]*
        |[^()\n]{0,60}(?:getty\ images|ap\ photo|via\ (?:ap|reuters|afp)|shutterstock|reuters/)[^()\n]{0,60}
        |(?-i:[A-Z]\w+(?:\s[A-Z][\w.]*){1,3}/[A-Z][\w\ ]{1,30})
    )[)\]][^\w\n]*$""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
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
        | [A-Z]{{2,8}}[.]?\s[–—-]\s
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
#: Openings that lean on a sentence before them.
_LEANING = re.compile(
    r"""^\W*(?:
        he|she|they|it|that|these|their|its|such|but|and|also|still|instead|i|we|my|our
        |(?:his|her)(?!\ (?:excellency|majesty|royal|highness|holiness|honou?r|eminence)\b)
        |this(?!\ (?:year|month|week|weekend|morning|afternoon|evening|summer|autumn|fall|winter|spring)\b)
        |those(?!\ who\b)|then(?!-)|(?:earlier|later)(?!\ (?:this|on|in|today)\b)
        |meanwhile|however|moreover|furthermore|besides|additionally|in\ addition|therefore|thus
        |nevertheless|afterwards|similarly|for\ (?:example|instance)|in\ (?:his|her|their)
        |(?:on|in|at|by|since|last|next)\ \w+(?:\ \w+)?,?\ (?:he|she|they)
        |for\ (?:his|her|its)\ part|according\ to\ (?:him|her|them|it)|on\ the\ other\ hand|as\ a\ result
        |the\ (?:latter|former|two\ sides|two\ countries)
        |trong\ khi\ đó|tuy\ nhiên|bên\ cạnh\ đó|ngoài\ ra|đồng\ thời|theo\ đó|do\ đó|vì\ vậy|sau\ đó|trước\ đó
        |vì\ thế|do\ vậy|như\ vậy|trong\ đó|nhờ\ đó|từ\ đó|khi\ đó|lúc\ đó|ngay\ sau\ đó|hơn\ nữa|tương\ tự|cụ\ thể
        |chẳng\ hạn|ví\ dụ|không\ (?:chỉ|những)\ vậy|cũng\ theo|mặt\ khác|nhưng|và|còn|ngược\ lại|cùng\ với\ đó|qua\ đó
        |tại\ đây|theo\ (?:ông|bà)\ (?:này|ấy)
        |về\ phần\ mình|đây\ là|hai\ (?:bên|nước|nhà)|tôi|chúng\ (?:tôi|ta)
        |(?:ông|bà|họ|anh|chị|điều|việc)\ (?:này|ấy|cho|cũng|nói|nhấn|khẳng|bày|đánh|đề|mong)
    )\b
    |^\W*(?:(?:first|second|third|final|last)(?:ly)?|thứ\ (?:nhất|hai|ba|tư|năm)|cuối\ cùng),
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: A part of something that was named before, wherever in the first words it stands.
_OF_THESE = re.compile(
    r"^(?:\W*\w+){0,6}?\W*\b(?:of\ (?:these|those|them|whom)|trong\ (?:số|đó)\ (?:này|đó|họ)|among\ (?:them|these))\b",
    re.IGNORECASE | re.VERBOSE,
)
#: "Ông cho biết", "Bà nhấn mạnh": a title without a name, told by the small letter that follows.
_NAMELESS = re.compile(rf"^\W*(?:Ông|Bà)\s(?!con\b|bà\b|chủ\b)[^\W\d{_UPPER}]")
#: What follows a quotation: "…," he said; “…”, Đại sứ Lan nói.
_ATTRIBUTION = re.compile(r"""(?:[,.!…]["”’]|["”’],)\s*[–-]?\s*(.{2,60})""")
_PRONOUN = re.compile(rf"(?:he|she|they|ông|bà|anh|chị)\s[^\W\d{_UPPER}]")
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\W{0,9}$")


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
    #: Whether a feed broke it off.
    cut: bool


def quotable_sentences(text: str, *, limit: int = sys.maxsize) -> list[Quotable]:
    """The first sentences of a text that may be quoted, in order, each a part of the text as it stands.

    Cut ones are among them only where the text holds nothing else.
    """
    found: list[Quotable] = []
    thanks = _THANKS.search(text)
    shouting = text.isupper()
    captions = [match.span() for match in _CAPTION.finditer(text)]
    for position, (start, end) in enumerate(_joined_spans(text)):
        if len(found) == limit or (thanks and start >= thanks.start()):
            break
        if any(first <= start < last for first, last in captions):
            continue
        sentence = _without_opening(text[start:end])
        terms = tuple(words(sentence))
        if len(terms) < _MIN_WORDS or _is_debris(sentence, shouting):
            continue
        stopped = sentence.rstrip(_CLOSERS).endswith((".", "!", "…"))
        rest = text[end:]
        ends_line = not rest.strip() or "\n" in rest[: len(rest) - len(rest.lstrip())]
        cut = (ends_line and bool(_ELLIPSIS.search(sentence))) or (not stopped and not rest.strip())
        found.append(Quotable(sentence, position, terms, leans(sentence), stopped, cut))
    return [sentence for sentence in found if not sentence.cut] or found


def leans(sentence: str) -> bool:
    """Whether a sentence makes a reader ask who or what is meant.

    >>> leans("He thanked the union."), leans("“We agree,” said Minister Lan."), leans("“We agree,” he said.")
    (True, False, True)
    """
    if _NAMELESS.match(sentence) or _OF_THESE.match(sentence):
        return True
    speakers = [match.group(1) for match in _ATTRIBUTION.finditer(sentence)]
    if any(_PRONOUN.match(speaker) for speaker in speakers):
        return True
    named = sentence[0] in "\"“‘'" and any(word[0].isupper() for speaker in speakers for word in speaker.split())
    return bool(_LEANING.match(sentence)) and not named


def _joined_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where sentences lie; one that begins in lower case goes on from the one before: "Why?" he asked."""
    first: int | None = None
    last = 0
    for start, end in sentence_spans(text):
        if first is not None and ("\n" in text[last:start] or not text[start].islower()):
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
    return heading or bool(_BOILERPLATE.search(sentence))
