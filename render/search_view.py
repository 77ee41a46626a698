"""Found items as blocks: what was understood, a page of hits with the matched words marked, or what to try instead."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from digest.matching import read_chunks
from digest.query import OPEN, Facets, Filters, Hit, Hits, Query, Remark, Suggestion
from render.blocks import DOT, Block, Heading, Lines, Paragraph, Small, Span, Story, joined, marked, one_line, plain
from render.digest_view import language_mark
from render.moments import exact_moment, moment
from render.names import Names, pair_name, places_row
from render.words import Words

#: A search ends before its `until`: what is shown is the last moment that it holds.
_INSTANT = timedelta(seconds=1)
#: A remark that tells of many guesses at once would push the hits off the screen.
_REMARKS = 5


def search_blocks(
    hits: Hits,
    *,
    words: Words,
    names: Names,
    zone: str,
    now: datetime,
    remarks: Sequence[Remark] = (),
    facets: Facets | None = None,
    suggestions: Sequence[Suggestion] = (),
    instead_of: Query | None = None,
) -> list[Block]:
    """One page of results, numbered over all pages, dated in the IANA `zone`; without any, what to try instead.

    The heading says what was understood, `remarks` what was not, and `instead_of` which search found nothing before
    this one; that the last word was taken for the beginning of one is said too. With `facets` the last line tells how
    many there are.
    """
    query = hits.query
    row = query_row(query, words=words, names=names, zone=zone, now=now)
    heading = words.t("Search: {query}", query=row) if row else words.t("Search")
    blocks: list[Block] = [Heading(level=1, text=(Span(heading, theirs=True),))]
    blocks += [
        Small((Span(_remark(remark, words, names), theirs=True),)) for remark in list(dict.fromkeys(remarks))[:_REMARKS]
    ]
    if instead_of is not None:
        typed = query_row(instead_of, words=words, names=names, zone=zone, now=now)
        nothing = words.t("Nothing was found for “{query}”. This is the nearest that there is.", query=typed)
        blocks.append(Small((Span(nothing, theirs=True),)))
    if not hits.hits:
        return blocks + _instead(hits, suggestions, words=words, names=names, zone=zone, now=now)
    if query.unfinished and (chunks := read_chunks(query.text)):
        begins = words.t("Nothing has the word “{word}” itself. These have words that begin so.", word=chunks[-1].said)
        blocks.append(Small((Span(begins, theirs=True),)))
    blocks += [
        hit_block(hit, words=words, names=names, zone=zone, now=now, number=number)
        for number, hit in enumerate(hits.hits, start=query.offset + 1)
    ]
    blocks.append(Small(plain(_page_line(hits, facets, words))))
    if hits.partial:
        blocks.append(Small(plain(words.t("The search was stopped after a while: there may be more."))))
    return blocks


def query_row(query: Query, *, words: Words, names: Names, zone: str, now: datetime) -> str:
    """What a query asks for, in words and on one line: "Laos · NGO aid · from 1 Nov · “hữu nghị”"; "" for nothing.

    What was typed stands in it: a Span of it is `theirs`.
    """
    parts = _labels(query, words, names)
    if query.since:
        parts.append(words.t("from {date}", date=_edge(query.since, query.since, words, zone, now)))
    if query.until:
        parts.append(words.t("to {date}", date=_edge(query.until, query.until - _INSTANT, words, zone, now)))
    chunks = [(chunk, f"“{chunk.said}”" if chunk.quoted else chunk.said) for chunk in read_chunks(query.text)]
    parts.append(one_line(" ".join(said for chunk, said in chunks if not chunk.minus)))
    unwanted = [said for chunk, said in chunks if chunk.minus]
    unwanted += _labels(query.without, words, names) if query.without != OPEN else []
    if unwanted:
        # Translators: words, topics, places or outlets that a search leaves out
        parts.append(words.t("not {what}", what=one_line(", ".join(unwanted))))
    return DOT.join(part for part in parts if part)


def suggestion_row(suggestion: Suggestion, *, words: Words, names: Names, zone: str, now: datetime) -> str:
    """Another query in words and how many it finds: "lao consul · 12 found". What was typed stands in it."""
    asked = query_row(suggestion.query, words=words, names=names, zone=zone, now=now)
    return asked + DOT + found_line(suggestion.total, words, more=suggestion.more)


def lifted_row(suggestion: Suggestion, *, words: Words, names: Names, zone: str, now: datetime) -> str:
    """Words read as filters and how many these find: "Laos as a place · 16"."""
    query, n = suggestion.query, words.number(suggestion.total)
    row = query_row(query, words=words, names=names, zone=zone, now=now)
    if row == query_row(Query(places=query.places), words=words, names=names, zone=zone, now=now):
        row = words.t("{name} as a place", name=row)
    elif row == query_row(Query(pairs=query.pairs), words=words, names=names, zone=zone, now=now):
        row = words.t("{name} as two countries", name=row)
    elif row == query_row(Query(topics=query.topics), words=words, names=names, zone=zone, now=now):
        row = words.t("{name} as a topic", name=row)
    return row + DOT + (words.t("over {n}", n=n) if suggestion.more else n)


def wordless_search_blocks(remarks: Sequence[Remark], *, words: Words, names: Names) -> list[Block]:
    """To somebody who wrote nothing that can be looked for: a thumb, a question mark, places that nobody knows."""
    t = words.t
    blocks: list[Block] = [
        Small((Span(_remark(remark, words, names), theirs=True),)) for remark in list(dict.fromkeys(remarks))[:_REMARKS]
    ]
    sentence = t(
        "There is no word in that to look for. Write a place, a topic or a few words, for example: {example}",
        example=t("lao consul"),
    )
    return [*blocks, Paragraph(plain(sentence))]


def found_line(total: int, words: Words, *, more: bool) -> str:
    """How many were found: "12 found", "more than 200 found"."""
    if more:
        return words.t("more than {n} found", n=words.number(total))
    return words.tn("{n} found", "{n} found", total)


def hit_block(hit: Hit, *, words: Words, names: Names, zone: str, now: datetime, number: int | None = None) -> Story:
    """One found item: its title linked, its date, outlet and places, and the passage around the matched words."""
    item = hit.item
    language = item.language if item.language != words.language else ""
    details = joined(
        (
            moment(item.published, zone, now, words),
            (Span(one_line(item.outlet), theirs=True),),
            plain(places_row(item.labels.places, words, names)),
        )
    )
    snippet = marked(hit.snippet, hit.snippet_marks, language=language)
    return Story(
        number=number,
        headline=(
            *marked(item.title, hit.title_marks, url=item.url, language=language),
            *language_mark(item.language, words),
        ),
        details=details,
        body=(snippet,) if hit.snippet.strip() else (),
    )


def _labels(filters: Filters, words: Words, names: Names) -> list[str]:
    parts = [names.place(place, words.language) for place in filters.places]
    parts += [pair_name(pair, words, names) for pair in filters.pairs]
    parts += [names.topic(topic, words.language, short=True) for topic in filters.topics]
    parts += [one_line(source) for source in filters.sources]
    return parts + [words.t("in {language}", language=words.language_name(code)) for code in filters.languages]


def _edge(instant: datetime, shown: datetime, words: Words, zone: str, now: datetime) -> str:
    """Where a window begins or ends: a day, or of the last days the hour too."""
    local = instant.astimezone(ZoneInfo(zone))
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return words.short_date(shown, zone, now)
    return exact_moment(instant, zone, now, words)[0].text


def _remark(remark: Remark, words: Words, names: Names) -> str:
    """What was not understood, or how it was read."""
    said = one_line(remark.said)
    match remark.kind:
        case "topic" | "place" if remark.meant:
            name = names.topic if remark.kind == "topic" else names.place
            return words.t("I read “{said}” as {name}.", said=said, name=name(remark.meant, words.language))
        case "operator":
            return words.t("I know no filter called “{said}:”, so I looked for the words.", said=said)
        case "missing":
            return words.t("After “{said}” something is missing, for example place:laos.", said=said)
        case "backwards":
            return words.t("The end date is before the start date. Swap from: and to:")
        case "topic":
            return words.t("I do not know the topic “{said}”, so I left it out.", said=said)
        case "place":
            return words.t("I do not know the place “{said}”, so I left it out.", said=said)
        case "pair":
            return words.t("I do not know the two countries “{said}”, so I left them out.", said=said)
        case "source":
            return words.t("I do not know the outlet “{said}”, so I left it out.", said=said)
        case "language":
            return words.t("I do not know the language “{said}”, so I left it out.", said=said)
        case "date":
            return words.t("I do not understand the date “{said}”, so I left it out.", said=said)


def _instead(
    hits: Hits, suggestions: Sequence[Suggestion], *, words: Words, names: Names, zone: str, now: datetime
) -> list[Block]:
    """Why there is nothing to show, and what would show something."""
    if not suggestions:
        query = hits.query
        filtered = query != Query(text=query.text, order=query.order, limit=query.limit, offset=query.offset)
        return [Paragraph(plain(_nothing(hits, words, filtered=filtered)))]
    rows = [suggestion_row(one, words=words, names=names, zone=zone, now=now) for one in suggestions]
    offer = words.tn(
        "Nothing found. Perhaps you want this:", "Nothing found. Perhaps you want one of these:", len(rows)
    )
    numbered = rows if len(rows) == 1 else [f"{number}. {row}" for number, row in enumerate(rows, start=1)]
    return [Paragraph(plain(offer)), Lines(tuple((Span(row, theirs=True),) for row in numbered))]


def _nothing(hits: Hits, words: Words, *, filtered: bool) -> str:
    if hits.partial:
        return words.t("This search took too long. Try rarer words or a filter.")
    if hits.query.offset:
        return words.t("There are no more results.")
    if filtered:
        return words.t("Nothing found. Try fewer words, another spelling, or fewer filters.")
    return words.t("Nothing found. Try fewer words, another spelling, or the words without accents.")


def _page_line(hits: Hits, facets: Facets | None, words: Words) -> str:
    first = hits.query.offset + 1
    last = hits.query.offset + len(hits.hits)
    numbers = words.number(first) if first == last else f"{words.number(first)}–{words.number(last)}"
    shown = words.tn("Result {numbers}", "Results {numbers}", len(hits.hits), numbers=numbers)
    if facets and not hits.more and not hits.query.offset:
        return found_line(last, words, more=False)
    if facets and facets.total >= last and facets.more:
        return words.t("{results} of more than {n}", results=shown, n=words.number(facets.total))
    if facets and facets.total >= last:
        return words.t("{results} of {n}", results=shown, n=words.number(facets.total))
    if hits.more:
        return words.t("{results}, more follow", results=shown)
    if hits.query.offset:
        return words.t("{results}, that is all", results=shown)
    return found_line(last, words, more=False)
