"""One story opened: what it tells at length, who reported it and when, and the screens that lead on from there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from digest.compose import lead_of
from digest.corrections import Correction
from digest.development import Step
from digest.model import DigestStory, Item, Sentence, Story, Topic
from render import blocks as block
from render.blocks import (
    DOT,
    Block,
    Heading,
    Inline,
    Lines,
    Paragraph,
    Quote,
    Small,
    Span,
    clean,
    joined,
    one_line,
    plain,
    web_url,
)
from render.digest_view import language_mark, outlets_said, story_mark
from render.moments import exact_moment, moment
from render.names import Names, flagged, places_row
from render.reasons import level_name
from render.telegram import utf16_length
from render.words import Words

#: From this protocol level on who acts is said beside the headline: heads of state and of government.
_BADGE_LEVEL = 4
#: Reports listed under a story; a page of their own has all.
REPORTS_SHOWN = 8
#: Words quoted of those that gave a label.
_WORDS_SHOWN = 5
#: Days of a story that are told, the last ones.
_STEPS_SHOWN = 5
#: https://core.telegram.org/bots/api#copytextbutton: 1-256 characters. A headline of fewer than so many says nothing.
_CITATION, _HEADLINE = 256, 30


def story_blocks(
    story: Story,
    told: DigestStory | None,
    *,
    summary: Sequence[Sentence],
    steps: Sequence[Step] = (),
    words: Words,
    names: Names,
    zone: str,
    now: datetime,
) -> list[Block]:
    """A story as it stands now, with a longer `summary` and, of several days, the `steps` by which it got there.

    `told` is how the digest that led here told it.
    """
    lead = lead_of(story, words.language)
    headline = Span(one_line(lead.title) or lead.url, url=lead.url, bold=True, theirs=True)
    details = joined(
        (
            story_mark(told, words, new=told.mark == "new") if told else (),
            plain(_capital(level_name(story.level, words))) if story.level >= _BADGE_LEVEL else (),
            plain(places_row(story.places, words, names)),
        )
    )
    carried = joined(
        (
            outlets_said(lead.outlet, len(story.outlets), story.origins, words),
            moment(story.published, zone, now, words),
        )
    )
    named = (headline, *language_mark(lead.language, words))
    blocks: list[Block] = [block.Story(headline=named, details=details, body=(_small(carried),))]
    if summary:
        blocks.append(Quote(_sentences(summary, lead.language, words), folded=True))
    if len(steps) > 1:
        blocks.append(Heading(text=plain(words.t("Day by day"))))
        blocks.append(Lines(tuple(_step(step, words, zone, now) for step in steps[-_STEPS_SHOWN:])))
    reports = story_reports(story)
    if len(reports) > 1:
        blocks.append(Heading(text=plain(words.t("Reports")), note=words.number(len(reports))))
    blocks.append(reports_lines(reports[:REPORTS_SHOWN], words=words, zone=zone, now=now, titles=len(reports) == 1))
    if len(reports) > REPORTS_SHOWN:
        rest = len(reports) - REPORTS_SHOWN
        blocks.append(Small(plain(words.tn("+{n} more report", "+{n} more reports", rest))))
    return blocks


def citation(item: Item, *, words: Words, zone: str) -> str:
    """A report as one cites it, to be copied: outlet, headline, date, link; of 256 UTF-16 units at most.

    A long headline is cut; a link that leaves no room for one is left out.
    """
    outlet, headline = clean(one_line(item.outlet)), clean(one_line(item.title))
    rest = [words.full_date(item.published, zone), *([item.url] if web_url(item.url) else [])]
    if utf16_length(", ".join([outlet, *rest])) > _CITATION - _HEADLINE:
        rest, outlet = rest[:1], outlet[: _CITATION // 2]
    for length in range(len(headline), -1, -1):
        quoted = f"“{headline[:length].rstrip()}…”" if 0 < length < len(headline) else f"“{headline}”" if length else ""
        cited = ", ".join(part for part in (outlet, quoted, *rest) if part)
        if utf16_length(cited) <= _CITATION:
            break
    return cited


def all_reports_blocks(
    story: Story, reports: Sequence[Item], *, first: int, total: int, words: Words, zone: str, now: datetime
) -> list[Block]:
    """Every report of a story with its own headline, those from the `first` on, the earliest first."""
    lead = lead_of(story, words.language)
    last = first + len(reports) - 1
    note = f"{words.number(first)}–{words.number(last)} / {words.number(total)}" if total > len(reports) else ""
    return [
        Heading(level=1, text=plain(words.t("All reports")), note=note),
        Paragraph((Span(one_line(lead.title), bold=True, theirs=True),)),
        reports_lines(reports, words=words, zone=zone, now=now, titles=True),
    ]


def story_reports(story: Story) -> tuple[Item, ...]:
    """The reports of a story, the earliest first, each address once."""
    found: dict[str, Item] = {}
    for item in sorted(story.items, key=lambda item: (item.published, item.id)):
        found.setdefault(item.url, item)
    return tuple(found.values())


def reports_lines(reports: Sequence[Item], *, words: Words, zone: str, now: datetime, titles: bool = False) -> Lines:
    """Reports a line each: when, which outlet (or its headline, too), linked, in which language if not the reader's."""
    rows = []
    for item in reports:
        outlet = Span(one_line(item.outlet), url=item.url, theirs=True)
        own = (outlet,) if not titles else (Span(one_line(item.outlet) + ": ", theirs=True), _headline(item))
        when = exact_moment(item.published, zone, now, words)
        rows.append((*when, Span(DOT), *own, *language_mark(item.language, words)))
    return Lines(tuple(rows))


def less_blocks(story: Story, *, words: Words) -> list[Block]:
    """Asks what of a story somebody wants less of."""
    return [
        Heading(level=1, text=plain(words.t("Less of what?"))),
        Paragraph((Span(one_line(lead_of(story, words.language).title), bold=True, theirs=True),)),
        Small(
            plain(
                words.t(
                    "Such stories will rank lower in your digests; they are never left out. Tap again to take it back."
                )
            )
        ),
    ]


def wrong_blocks(story: Story, *, topics: bool, words: Words) -> list[Block]:
    """Asks which label of a story is wrong."""
    ask = words.t("Which topic is wrong?") if topics else words.t("Which place is wrong?")
    return [
        Heading(level=1, text=plain(ask)),
        Paragraph((Span(one_line(lead_of(story, words.language).title), bold=True, theirs=True),)),
        Small(plain(words.t("An editor will look at it. Thank you for telling us."))),
    ]


def correction_blocks(correction: Correction, story: Story, *, waiting: int, words: Words, names: Names) -> list[Block]:
    """A label that readers call wrong, with what gave it; `waiting` are there in all."""
    lead = lead_of(story, words.language)
    said = words.tn("{n} reader says: this is not about", "{n} readers say: this is not about", correction.readers)
    blocks: list[Block] = [
        Heading(level=1, text=plain(words.t("Corrections")), note=words.number(waiting)),
        Paragraph((Span(one_line(lead.title) or lead.url, url=lead.url, bold=True, theirs=True),)),
        Paragraph((Span(said + " "), Span(label_name(correction.label, words, names, short=False), bold=True))),
    ]
    if sentences := tuple((Span(one_line(text), theirs=True),) for text in lead.summary):
        blocks.insert(2, Quote(joined(sentences, by=" ")))
    found = {
        word
        for item in story.items
        for reason in item.labels.reasons
        if reason.label == correction.label
        for word in reason.words
    }
    if found:
        quoted = ", ".join(f"“{one_line(word)}”" for word in sorted(found)[:_WORDS_SHOWN])
        because = words.t("The label rests on: {words}", words=quoted)
        blocks.append(Small((Span(because, theirs=True),)))
    return blocks


def label_name(label: str, words: Words, names: Names, *, short: bool = True) -> str:
    """What a topic id or a place code is called."""
    if label in {topic.value for topic in Topic}:
        return names.topic(label, words.language, short=short)
    return flagged(label, words, names)


def _step(step: Step, words: Words, zone: str, now: datetime) -> Inline:
    """A day of a story: what was new and who joined."""
    joining = len(step.outlets)
    if step.news:
        what = _sentences(step.news, words.language, words)
    elif step.first.outlet in step.outlets[:1]:
        what = plain(words.t("reported by {outlet}", outlet=one_line(step.first.outlet)))
        joining -= 1
    else:
        what = plain(words.tn("{n} report", "{n} reports", step.reports))
    more = plain(" (" + words.tn("+{n} outlet", "+{n} outlets", joining) + ")") if joining > 0 else ()
    return (Span(words.short_date(step.at, zone, now), bold=True), Span(DOT), *what, *more)


def _headline(item: Item) -> Span:
    return Span(one_line(item.title) or item.url, url=item.url, theirs=True)


def _small(row: Inline) -> Inline:
    return tuple(replace(span, italic=True) for span in row)


def _sentences(summary: Sequence[Sentence], beside: str, words: Words) -> Inline:
    return joined(
        tuple(
            (Span(one_line(one.text), theirs=True), *language_mark(one.language, words, beside=beside))
            for one in summary
        ),
        by=" ",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
