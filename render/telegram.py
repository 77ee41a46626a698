"""Blocks as Telegram messages: HTML that Telegram accepts as first written, split between blocks.

    blocks → units (a heading with what follows it) → runs of text with their tags → packed into messages → HTML

Sizes are counted as Telegram counts them, on the text after its tags are parsed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

from render.blocks import (
    DOT,
    Block,
    Heading,
    Index,
    Inline,
    Lines,
    Moment,
    Paragraph,
    Quote,
    Rule,
    Small,
    Span,
    Story,
    joined,
    web_url,
)

#: "Text of the message to be sent, 1-4096 characters after entities parsing",
#: https://core.telegram.org/bots/api#sendmessage; characters are UTF-16 code units, as in
#: https://core.telegram.org/bots/api#messageentity ("in UTF-16 code units").
MESSAGE_LIMIT = 4096
#: Telegram ignores entities beyond the hundredth. Found by experiment, not in its documentation: MESSAGE_ENTITIES in
#: https://docs.python-telegram-bot.org/en/stable/telegram.constants.html#telegram.constants.MessageLimit.
ENTITY_LIMIT = 100

#: Tags from the outermost in, of those in https://core.telegram.org/bots/api#html-style.
_Tag = tuple[str, str]
_BOLD: _Tag = ("b", "")
_ITALIC: _Tag = ("i", "")
_QUOTE: _Tag = ("blockquote", "")
_FOLDED: _Tag = ("blockquote", " expandable")
#: The one tag whose text must not be parted: a client shows the whole time for either half.
_TIME = "tg-time"

#: "@name" and "/command" in a publisher's words would notify people and run commands when tapped; in an address, as
#: "site.example/@name", they do not.
_CALLS = re.compile(r"(?<![\w/])(/)(?=\w)|(?<!\w)(?<!\w/)(@)(?=\w)")
_WORD_JOINER = "\u2060"

#: Of these alone a message would look empty, and Telegram says "message text is empty": Unicode categories (controls,
#: formats, surrogates, separators, combining marks) and what counts as a letter or symbol but cannot be seen.
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp", "Mn", "Me"))
_UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")

#: What does not count in a message's length, as near as is needed to share it out.
_TAG_OR_ENTITY = re.compile(r"<[^>]*>|&(?=\w+;)")
#: Messages so much longer than their mean are tried, the evenest first.
_SLACK = (1.05, 1.15, 1.3, 1.5)

#: Where a block that is too long on its own may be cut, the better places first.
_BORDERS = (re.compile(r"\n+"), re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+"), re.compile(r"\s+"))
#: Two of these make a flag.
_FLAG_LETTERS = "".join(map(chr, range(0x1F1E6, 0x1F200)))


class _Run(NamedTuple):
    """Text inside the same tags."""

    text: str
    tags: tuple[_Tag, ...] = ()


_Runs = tuple[_Run, ...]


class _Unit(NamedTuple):
    """What stays in one message if it can. The first `held` characters must not be parted from what follows."""

    runs: _Runs
    held: int
    gap: str


def to_messages(blocks: Iterable[Block], *, limit: int = MESSAGE_LIMIT) -> list[str]:
    """The blocks as the fewest messages in order, each HTML for `parse_mode="HTML"`.

    Every message has 1 to `limit` UTF-16 units of text and at most 100 entities, and closes its own tags. A heading
    stays with what follows it. A block longer than a message is cut at a line's, sentence's or word's end. Blocks with
    nothing to see are left out, so that blank input gives no message. `limit` is at least 2, the size of one emoji.
    """
    if limit < 2:
        msg = f"A message of {limit} UTF-16 units cannot hold every character"
        raise ValueError(msg)
    messages: list[_Runs] = []
    for unit in _units(blocks):
        grown = (*messages[-1], _Run(unit.gap), *unit.runs) if messages else ()
        if grown and _fits(grown, limit):
            messages[-1] = grown
        else:
            messages += _cut(unit, limit)
    return [_html(runs) for runs in messages]


def to_even_messages(blocks: Sequence[Block], *, limit: int = MESSAGE_LIMIT) -> list[str]:
    """As `to_messages` and no more of them, but of about one length: no last message with one line left over."""
    texts = to_messages(blocks, limit=limit)
    whole = sum(utf16_length(_TAG_OR_ENTITY.sub("", text)) for text in texts)
    for slack in _SLACK if len(texts) > 1 else ():
        even = to_messages(blocks, limit=min(limit, int(whole / len(texts) * slack)))
        if len(even) == len(texts):
            return even
    return texts


def utf16_length(text: str) -> int:
    """How long Telegram finds a text.

    >>> utf16_length("Lào 🇱🇦")
    8
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _units(blocks: Iterable[Block]) -> list[_Unit]:
    """Blocks with something to see, each heading joined to what follows it."""
    units: list[_Unit] = []
    previous: Block | None = None
    for block in blocks:
        runs = _trimmed(_merged(_runs(block)))
        if not runs:
            continue
        if isinstance(previous, Heading):
            before = units.pop()
            title = (*before.runs, _Run("\n"))
            units.append(_Unit((*title, *runs), held=_length(title), gap=before.gap))
        else:
            small_print = isinstance(previous, Small) and isinstance(block, Small)
            units.append(_Unit(runs, held=0, gap="\n" if small_print else "\n\n"))
        previous = block
    return units


def _runs(block: Block) -> list[_Run]:
    match block:
        case Heading(text=text, note=note):
            return [*_inline(text, _BOLD), *_inline((Span(DOT + note),) if note else ())]
        case Story():
            return _story(block)
        case Paragraph(text=text):
            return _inline(text)
        case Quote(text=text, folded=folded):
            return _inline(text, _FOLDED if folded else _QUOTE)
        case Index(entries=entries, label=label):
            return [*_inline((Span(label + ": "),) if label else ()), *_inline(joined(entries))]
        case Lines(rows=rows):
            return _inline(joined(rows, by="\n"))
        case Small(text=text):
            return _inline(text, _ITALIC)
        case Rule():
            return []


def _story(story: Story) -> list[_Run]:
    number = (Span(f"{story.number}. "),) if story.number is not None else ()
    parts = [[*_inline(number), *_inline(story.headline)], _inline(story.details, _ITALIC)]
    parts += [_inline(text) for text in (*story.body, story.sources)]
    runs: list[_Run] = []
    for part in parts:
        if any(run.text for run in part):
            runs += [_Run("\n"), *part] if runs else part
    return runs


def _inline(inline: Inline, *around: _Tag) -> list[_Run]:
    runs = []
    for span in inline:
        tags = list(around)
        url = web_url(span.url)
        if url:
            tags.append(("a", f' href="{escape(url)}"'))
        elif isinstance(span, Moment) and span.at is not None:
            shown = f' format="{span.form}"' if span.form else ""
            tags.append((_TIME, f' unix="{int(span.at.timestamp())}"{shown}'))
        if (span.bold or span.mark) and _BOLD not in tags:
            tags.append(_BOLD)
        if span.italic and _ITALIC not in tags:
            tags.append(_ITALIC)
        text = _CALLS.sub(rf"\g<0>{_WORD_JOINER}", span.text) if span.theirs else span.text
        runs.append(_Run(text, tuple(tags)))
    return runs


def _cut(unit: _Unit, limit: int) -> list[_Runs]:
    """The unit in as many messages as it needs."""
    pieces: list[_Runs] = []
    runs, held = unit.runs, unit.held
    while runs and not _fits(runs, limit):
        end = _before_a_time(runs, _border(_text(runs), held, _room(runs, limit)), held)
        head, runs = _parted(runs, end)
        pieces.append(_trimmed(head))
        runs, held = _trimmed(runs), 0
    return [piece for piece in (*pieces, runs) if piece]


def _room(runs: _Runs, limit: int) -> int:
    """How many characters from the start fit in one message."""
    taken = units = entities = 0
    tags: tuple[_Tag, ...] = ()
    for run in runs:
        entities += len(run.tags) - _shared(tags, run.tags)
        tags = run.tags
        if entities > ENTITY_LIMIT:
            return taken
        for c in run.text:
            units += 2 if c > "\uffff" else 1
            if units > limit:
                return taken
            taken += 1
    return taken


def _border(text: str, held: int, room: int) -> int:
    """Where to cut, at most at `room`: the last good place in its second half, else between two visible characters."""
    for border in _BORDERS:
        places = [m.end() for m in border.finditer(text, 0, room + 1) if m.start() <= room]
        places = [min(place, room) for place in places if place > max(held, room // 2)]
        if places:
            return places[-1]
    place = room
    while place > held + 1 and _joins(text, place):
        place -= 1
    return room if _joins(text, place) else place


def _before_a_time(runs: _Runs, place: int, held: int) -> int:
    """Where to cut instead, if the cut would part a time."""
    begins = 0
    for run in runs:
        ends = begins + len(run.text)
        if max(begins, held) < place < ends and begins > held and any(name == _TIME for name, _ in run.tags):
            return begins
        begins = ends
    return place


def _joins(text: str, place: int) -> bool:
    """Whether a cut before `text[place]` would part what is seen as one: accents, emoji sequences, flags."""
    if place >= len(text):
        return False
    before, after = text[place - 1], text[place]
    if after in _FLAG_LETTERS:
        return (place - len(text[:place].rstrip(_FLAG_LETTERS))) % 2 == 1
    return (
        unicodedata.category(after) in ("Mn", "Me")
        or "\u200d" in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"  # skin tones
    )


def _parted(runs: _Runs, end: int) -> tuple[_Runs, _Runs]:
    head: list[_Run] = []
    tail: list[_Run] = []
    for run in runs:
        head.append(run._replace(text=run.text[:end]))
        tail.append(run._replace(text=run.text[end:]))
        end = max(0, end - len(run.text))
    return _merged(head), _merged(tail)


def _merged(runs: Iterable[_Run]) -> _Runs:
    """Neighbours inside the same tags as one run, empty ones gone."""
    merged: list[_Run] = []
    for run in runs:
        if not run.text:
            continue
        if merged and merged[-1].tags == run.tags:
            merged[-1] = _Run(merged[-1].text + run.text, run.tags)
        else:
            merged.append(run)
    return tuple(merged)


def _trimmed(runs: _Runs) -> _Runs:
    """Without white space at either end; nothing if nothing in it can be seen."""
    text = _text(runs)
    if not any(map(_visible, text)):
        return ()
    start = len(text) - len(text.lstrip())
    _, runs = _parted(runs, start)
    head, _ = _parted(runs, len(text.strip()))
    return head


def _visible(c: str) -> bool:
    return not (c in _UNSEEN or unicodedata.category(c) in _UNSEEN_CATEGORIES)


def _fits(runs: _Runs, limit: int) -> bool:
    return utf16_length(_text(runs)) <= limit and _entities(runs) <= ENTITY_LIMIT


def _text(runs: _Runs) -> str:
    return "".join(run.text for run in runs)


def _length(runs: _Runs) -> int:
    return sum(len(run.text) for run in runs)


def _entities(runs: _Runs) -> int:
    """How often a tag opens."""
    count = 0
    tags: tuple[_Tag, ...] = ()
    for run in runs:
        count += len(run.tags) - _shared(tags, run.tags)
        tags = run.tags
    return count


def _shared(before: tuple[_Tag, ...], after: tuple[_Tag, ...]) -> int:
    """How many tags, from the outermost in, stay open from one run to the next."""
    count = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        count += 1
    return count


def _html(runs: _Runs) -> str:
    written: list[str] = []
    tags: tuple[_Tag, ...] = ()
    for run in (*runs, _Run("")):
        shared = _shared(tags, run.tags)
        written += [f"</{name}>" for name, _ in reversed(tags[shared:])]
        written += [f"<{name}{attributes}>" for name, attributes in run.tags[shared:]]
        written.append(escape(run.text, quote=False))
        tags = run.tags
    return "".join(written)
