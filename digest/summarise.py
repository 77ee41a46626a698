"""Extractive summaries: one to three sentences that a publisher really wrote, within a word budget.

    reports ─→ sentences (boilerplate and datelines out) ─→ score: position, likeness to the title, to the whole,
    support by other reports ─→ take the best that repeats nothing taken ─→ in reading order

Scores follow the classic features of extractive summarisation (Edmundson 1969 for position and title; centroid after
Radev et al. 2004; maximal marginal relevance after Carbonell and Goldstein 1998), the weights set by hand.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Item, Sentence
from digest.text import fold, sentence_spans, words

#: Words that a summary may have; a first sentence that is longer stands all the same: none is ever cut.
WORD_BUDGET = 45
MAX_SENTENCES = 2

_POSITION, _TITLE, _CENTROID, _SUPPORT = 1.0, 0.8, 0.8, 0.5
#: Two sentences that share this part of the shorter one's words say the same.
_REPEAT = 0.6
#: A sentence of which this part stands in the title tells nothing new.
_TITLE_AGAIN = 0.85
_MIN_WORDS = 5
#: A line in which this part of the words is capitalised is a heading or the name of somebody in a picture.
_CAPITALS = 0.75
#: What a heading or a caption loses for ending without a full stop, and a leaning sentence that opens its text.
_NO_STOP, _LEANS = 1.0, 0.5

_BOILERPLATE = re.compile(
    r"""\|  # a caption or a table's debris
    | ^\W*(?:photo|picture|image|video|source|by|read\ more|see\ also|related|illustration|advertisement|follow\ us
        |ảnh|nguồn|theo\ dõi|xem\ thêm|đọc\ thêm|tin\ liên\ quan|minh\ họa|quảng\ cáo|clip|đồ\ họa)\b\s*[:/–—-]
    | ^\W*(?:xem\ thêm|đọc\ thêm|read\ more|continue\ reading|subscribe|sign\ up|click\ here)\b
    | \b(?:all\ rights\ reserved|phiên\ bản\ di\ động|appeared\ first\ on)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
#: A short paragraph that ends in a photo credit is a caption from its first word.
_CAPTION = re.compile(
    r"^.{0,300}[(\[]\s*(?:file\s|illustrative\s)?(?:photo|picture|image|ảnh|nguồn ảnh)\b[^)\]\n]*[)\]]\W*$",
    re.IGNORECASE | re.MULTILINE,
)
#: "HANOI, Nov 21 (VNA) – ", "LONDON (AP) — ", "(TTXVN) - ", "TTO - ", "Hà Nội (TTXVN) – ", "(Dân trí) - "
_DATELINE = re.compile(
    r"""^\s*(?:
        (?:[^\W\d_][\w.’'-]*(?:\s[\w.’'-]+){0,4},?\s)?(?:[\w. ]{0,12}\d{1,2}(?:[./-]\d{1,2})?,?\s)?
            \(\s*[A-Z][\w À-ỹ./-]{1,24}\)\s*[–—:-]\s*
        | \([A-Z]{2,8}\)\s
        | [A-Z]{2,8}[.]?\s[–—-]\s
        | [A-ZÀ-Ỹ][A-ZÀ-Ỹ .]{2,30}(?:,\s[\w. ]{1,20})?\s[–—]\s
    )""",
    re.VERBOSE,
)
_CLOSERS = "\"'”’»)] "
#: Openings that lean on a sentence before them.
_DANGLING = re.compile(
    r"""^\W*(?:
        he|she|they|it|this|that|these|those|his|her|their|its|such|but|and|also|then|still|instead|earlier|later
        |meanwhile|however|moreover|furthermore|besides|additionally|in\ addition|therefore|thus|nevertheless|afterwards
        |for\ (?:his|her|its)\ part|according\ to\ (?:him|her|them|it)|on\ the\ other\ hand|as\ a\ result
        |in\ (?:his|her|their)|the\ (?:latter|former|two\ sides|two\ countries)
        |trong\ khi\ đó|tuy\ nhiên|bên\ cạnh\ đó|ngoài\ ra|đồng\ thời|theo\ đó|do\ đó|vì\ vậy|sau\ đó|trước\ đó
        |cũng\ theo|mặt\ khác|nhưng|và|còn|ngược\ lại|cùng\ với\ đó|qua\ đó|tại\ đây|theo\ (?:ông|bà|đó)
        |về\ phần\ mình|đây\ là|hai\ (?:bên|nước|nhà)
        |(?:ông|bà|họ|anh|chị|điều|việc)\ (?:này|ấy|cho|cũng|nói|nhấn|khẳng|bày|đánh|đề|mong)
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Report:
    """One text to summarise; `id` comes back with each sentence."""

    id: int
    language: str
    title: str
    text: str


@dataclass(slots=True)
class _Candidate:
    report: int
    position: int
    sentence: Sentence
    length: int
    terms: Counter[str]
    dangling: bool
    score: float = 0.0


def summarise(
    reports: Sequence[Report],
    *,
    max_words: int = WORD_BUDGET,
    max_sentences: int = MAX_SENTENCES,
    overflow: bool = False,
) -> tuple[Sentence, ...]:
    """The sentences that tell most of what the reports say, each verbatim in the report it names, in reading order.

    Empty where no report holds a sentence worth quoting. The first may exceed `max_words`; the sum with later ones
    does not, unless `overflow` lets the last one run over, best first, for a scorer that cuts. A sentence whose
    opening leans on another ("He said") is taken only right after that one, or where it opens its text and so leans
    on the headline.
    """
    candidates = [c for number, report in enumerate(reports) for c in _candidates(number, report)]
    if not candidates:
        return ()
    _score(candidates, reports)
    chosen: list[_Candidate] = []
    budget = max_words
    while len(chosen) < max_sentences and budget > 0:
        fitting = [c for c in candidates if _may_follow(c, chosen, math.inf if overflow else budget)]
        if not fitting:
            break
        best = max(fitting, key=lambda c: (c.score, -c.report, -c.position))
        chosen.append(best)
        budget -= best.length
    if not overflow:
        chosen.sort(key=lambda c: (c.report, c.position))
    return tuple(c.sentence for c in chosen)


def summarise_item(title: str, text: str, language: str) -> tuple[str, ...]:
    """The summary of one article on its own: sentences verbatim in `text`."""
    return tuple(sentence.text for sentence in summarise([Report(0, language, title, text)]))


def summarise_items(items: Sequence[Item], language: str) -> tuple[Sentence, ...]:
    """The summary of a story in a language: from its reports in that language, else from all of them."""
    own = [item for item in items if item.language == language]
    return summarise([Report(item.id, item.language, item.title, item.text) for item in own or items])


def _candidates(number: int, report: Report) -> list[_Candidate]:
    title = Counter(_terms(report.title))
    found: list[_Candidate] = []
    captions = [match.span() for match in _CAPTION.finditer(report.text)]
    for position, (start, end) in enumerate(sentence_spans(report.text)):
        if any(first <= start < last for first, last in captions):
            continue
        sentence = report.text[start:end]
        dateline = _DATELINE.match(sentence)
        if dateline and dateline.end() < len(sentence):
            sentence = sentence[dateline.end() :]
        terms = Counter(_terms(sentence))
        length = len(words(sentence))
        if length < _MIN_WORDS or _unquotable(sentence) or _part_in(terms, title) > _TITLE_AGAIN:
            continue
        dangling = bool(_DANGLING.match(sentence))
        found.append(
            _Candidate(number, position, Sentence(sentence, report.id, report.language), length, terms, dangling)
        )
    whole = [c for c in found if not c.sentence.text.rstrip().endswith(("…", "..."))]
    return whole or found


def _unquotable(sentence: str) -> bool:
    stripped = sentence.rstrip(_CLOSERS)
    if sum(word[0].isupper() for word in sentence.split()) > _CAPITALS * len(sentence.split()):
        return True
    return stripped.endswith("?") or sentence.startswith("- ") or bool(_BOILERPLATE.search(sentence))


def _terms(text: str) -> list[str]:
    return [fold(word) for word in words(text) if len(word) > 1]


def _score(candidates: list[_Candidate], reports: Sequence[Report]) -> None:
    spread: Counter[str] = Counter()
    for candidate in candidates:
        spread.update(candidate.terms.keys())
    titles = [Counter(_terms(report.title)) for report in reports]
    weight = {term: math.log(1 + count) for term, count in spread.items()}
    for c in candidates:
        centroid = sum(weight[term] for term in c.terms) / (len(c.terms) * math.log(1 + len(candidates)))
        others = {o.report for o in candidates if o.report != c.report and _overlap(c.terms, o.terms) > 0.4}
        c.score = (
            _POSITION / (1 + c.position)
            + _TITLE * _overlap(titles[c.report], c.terms)
            + _CENTROID * centroid
            + _SUPPORT * len(others) / max(1, len(reports) - 1)
            - _NO_STOP * (not c.sentence.text.rstrip(_CLOSERS).endswith((".", "!", "…")))
            - _LEANS * c.dangling
        )


def _may_follow(candidate: _Candidate, chosen: list[_Candidate], budget: float) -> bool:
    if candidate in chosen or (chosen and candidate.length > budget):
        return False
    if any(_overlap(candidate.terms, other.terms) > _REPEAT for other in chosen):
        return False
    if candidate.dangling and candidate.position:
        return any(o.report == candidate.report and o.position == candidate.position - 1 for o in chosen)
    return True


def _part_in(terms: Counter[str], other: Counter[str]) -> float:
    return (terms & other).total() / terms.total() if terms else 1.0


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    """The part of the smaller bag of words that is also in the other."""
    smaller = min(a.total(), b.total())
    return (a & b).total() / smaller if smaller else 0.0
