"""A digest as blocks: what a reader sees each morning, on whatever surface."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.model import OTHER, Coverage, Digest, DigestStory, Grouping, Section
from render.blocks import (
    DOT,
    Block,
    Heading,
    Index,
    Inline,
    Paragraph,
    Rule,
    Small,
    Span,
    Story,
    joined,
    one_line,
    plain,
)
from render.moments import moment
from render.names import Names, flagged, places_row, wishes_row
from render.words import Words

#: From the day after these an update is counted by days.
_DAYS = 2
#: With fewer the sections themselves are the index.
_SECTIONS_WITH_INDEX = 3


def digest_blocks(
    digest: Digest,
    *,
    words: Words,
    names: Names,
    zone: str,
    title: str = "",
    day: date | None = None,
    span: str = "",
    reports: bool = False,
) -> list[Block]:
    """The whole digest, in the language of `words` and the hours of the IANA `zone`.

    `title` stands for the bot's own name, `day` for the local day on which the window ends, `span` says from when to
    when it looked. `reports` adds to a story of several outlets a line with a link to each. Without stories it says
    why: a quiet day, or feeds that are silent.
    """
    day = day or digest.until.astimezone(ZoneInfo(zone)).date()
    blocks: list[Block] = [
        Heading(level=1, text=plain(title or words.t("Diplomacy Digest")), note=words.day(day)),
        Small(joined((plain(span), plain(wishes_row(digest.wishes, words, names))))),
    ]
    if digest.stories:
        if len(digest.sections) >= _SECTIONS_WITH_INDEX:
            blocks.append(_index(digest, words, names))
        first = 1
        for section in digest.sections:
            blocks += section_blocks(
                section, digest=digest, words=words, names=names, zone=zone, first=first, reports=reports
            )
            first += len(section.stories)
    else:
        blocks.append(Paragraph(plain(empty_sentence(digest, words))))
    return [*blocks, Rule(), *footer_blocks(digest, words=words)]


def footer_blocks(digest: Digest, *, words: Words, pages: bool = False) -> list[Block]:
    """The small print: what found no room (where no `pages` have it), whether we were cut off, and the coverage."""
    # Where one section alone left stories out, its own line has just said so.
    said = pages or [section.more for section in digest.sections if section.more] == [digest.left_out]
    blocks = [] if said else left_out_blocks(digest, words)
    if digest.stories and all_down(digest.coverage):
        blocks.append(Small(plain(words.t("None of our feeds is answering now: this is what we had before."))))
    blocks.append(Small(plain(coverage_line(digest.coverage, words))))
    return blocks


def left_out_blocks(digest: Digest, words: Words) -> list[Block]:
    """How many stories found no room."""
    if not digest.left_out:
        return []
    sentence = words.tn(
        "{n} more story you follow did not fit.",
        "{n} more stories you follow did not fit.",
        digest.left_out,
    )
    return [Small(plain(sentence))]


def section_blocks(
    section: Section,
    *,
    digest: Digest,
    words: Words,
    names: Names,
    zone: str,
    first: int = 1,
    reports: bool = False,
) -> list[Block]:
    """One section of `digest`: its title, its stories numbered from `first`, and how many it left out."""
    title = section_title(section, by=digest.wishes.by, words=words, names=names)
    shown = words.number(len(section.stories))
    blocks: list[Block] = [Heading(text=plain(title), note=shown, anchor=section.key)]
    gathered = section.key == OTHER
    if gathered:
        blocks.append(Small(plain(words.t("Short sections, gathered in one."))))
    for number, story in enumerate(section.stories, start=first):
        topic = story.topics[0] if gathered and digest.wishes.by == "topic" and story.topics else ""
        blocks.append(
            story_block(
                story,
                words=words,
                names=names,
                zone=zone,
                now=digest.until,
                number=number,
                topic=topic,
                reports=reports,
                marked=any(one.mark == "update" for one in digest.stories),
            )
        )
    if section.more:
        blocks.append(Small(plain(words.tn("+{n} more story", "+{n} more stories", section.more))))
    return blocks


def section_title(section: Section, *, by: Grouping, words: Words, names: Names, short: bool = False) -> str:
    """What a section is called: a topic's name (`short` for a button), a place with its flag, or "Also"."""
    if section.key == OTHER:
        return words.t("Also")
    if by == "place":
        return flagged(section.key, words, names)
    return names.topic(section.key, words.language, short=short)


def story_block(
    story: DigestStory,
    *,
    words: Words,
    names: Names,
    zone: str,
    now: datetime,
    number: int | None = None,
    topic: str = "",
    reports: bool = False,
    marked: bool = False,
) -> Story:
    """One story: headline, then topic (where given), places, outlets and time, then its sentences.

    An update says so, or the how-manieth day it is; with `marked` a new story says that it is new.
    """
    language = _foreign(story.language, words)
    headline = Span(one_line(story.headline), url=story.url, bold=True, language=language, theirs=True)
    details = joined(
        (
            story_mark(story, words, new=marked),
            plain(names.topic(topic, words.language, short=True)) if topic else (),
            plain(places_row(story.places, words, names)),
            outlets_said(story.outlet, len(story.reports), story.origins, words),
            moment(story.published, zone, now, words),
        )
    )
    return Story(
        number=number,
        headline=(headline, *language_mark(story.language, words)),
        details=details,
        body=(_sentences(story, words),) if story.sentences else (),
        sources=_reports(story, words) if reports and len(story.reports) > 1 else (),
    )


def story_mark(story: DigestStory, words: Words, *, new: bool) -> Inline:
    """Whether a story is an update, and of which day; with `new` also that it is new."""
    if story.mark == "update":
        # Translators: {n} counts the days of a story that goes on
        return (Span(words.t("DAY {n}", n=story.day) if story.day > _DAYS else words.t("UPDATE"), bold=True),)
    return (Span(words.t("NEW"), bold=True),) if new else ()


def coverage_line(coverage: Coverage, words: Words) -> str:
    """The honest last line: "38 feeds read, 3 not answering · 412 items → 63 stories → 12 for you"."""
    read = coverage.feeds - coverage.failing
    feeds = words.tn("{n} feed read", "{n} feeds read", read)
    if coverage.failing:
        feeds += ", " + words.tn("{n} not answering", "{n} not answering", coverage.failing)
    steps = (
        words.tn("{n} item", "{n} items", coverage.items),
        words.tn("{n} story", "{n} stories", coverage.stories),
        words.t("{n} for you", n=words.number(coverage.shown)),
    )
    return feeds + DOT + " → ".join(steps)


def _index(digest: Digest, words: Words, names: Names) -> Index:
    entries = []
    for section in digest.sections:
        title = section_title(section, by=digest.wishes.by, words=words, names=names, short=True)
        # A non-breaking space keeps the number beside its title.
        entries.append((Span(f"{title}\u00a0{words.number(len(section.stories))}", url=f"#{section.key}"),))
    return Index(tuple(entries), label=words.t("In this digest"))


def empty_sentence(digest: Digest, words: Words) -> str:
    """Why there is nothing: no feeds, feeds that are silent, all told before, or a quiet day."""
    coverage = digest.coverage
    if coverage.feeds == 0:
        return words.t("No feeds are being read yet, so there is no news to show.")
    if all_down(coverage):
        return words.t("None of our feeds is answering, so we cannot tell whether there is news. We keep trying.")
    if digest.known:
        return words.tn(
            "Nothing new in what you follow: the {n} story of these days has been in an earlier digest.",
            "Nothing new in what you follow: the {n} stories of these days have been in earlier digests.",
            digest.known,
        )
    return words.t("A quiet day: nothing new in what you follow.")


def all_down(coverage: Coverage) -> bool:
    """Whether no feed is answering."""
    return 0 < coverage.feeds <= coverage.failing


def outlets_said(outlet: str, outlets: int, origins: int, words: Words) -> Inline:
    """Who carried a story: its leading outlet, how many more, and how many newsrooms wrote it where these are fewer.

    "Mekong Courier" · "Mekong Courier +3" · "Mekong Courier +3 · 2 origins"
    """
    name: Inline = (Span(one_line(outlet), theirs=True),)
    if outlets > 1:
        # A non-breaking space keeps the number beside the name.
        name += plain(f"\u00a0+{words.number(outlets - 1)}")
    wrote = plain(words.tn("{n} origin", "{n} origins", origins)) if origins < outlets else ()
    return joined((name, wrote))


def _sentences(story: DigestStory, words: Words) -> Inline:
    """The sentences in one paragraph."""
    sentences = tuple(
        (
            Span(one_line(sentence.text), language=_foreign(sentence.language, words), theirs=True),
            *language_mark(sentence.language, words, beside=story.language),
        )
        for sentence in story.sentences
    )
    return joined(sentences, by=" ")


def _reports(story: DigestStory, words: Words) -> Inline:
    """Every outlet with a link to its report."""
    links = tuple(
        (
            Span(one_line(report.outlet), url=report.url, theirs=True),
            *language_mark(report.language, words, beside=story.language),
        )
        for report in story.reports
    )
    return (Span(words.t("Reports:") + " "), *joined(links))


def language_mark(language: str, words: Words, *, beside: str = "") -> Inline:
    """Says "(in Vietnamese)" of text in neither the reader's language nor that of the headline `beside` it."""
    foreign = _foreign(language, words)
    if not foreign or language == beside:
        return ()
    return (Span(" (" + words.t("in {language}", language=words.language_name(foreign)) + ")"),)


def _foreign(language: str, words: Words) -> str:
    base = language.split("-")[0].lower()
    return "" if base in ("", "und", words.language) else base
