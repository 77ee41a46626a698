"""Found items as blocks: one page of a search, the matched words marked."""

from datetime import datetime, timedelta

from digest.query import Hit, Hits, Query
from render.blocks import DOT, Block, Heading, Paragraph, Small, Span, Story, joined, marked, one_line, plain
from render.names import Names, pair_name, places_row
from render.words import Words

#: A search ends before its `until`: what is shown is the last moment that it holds.
_INSTANT = timedelta(seconds=1)


def search_blocks(hits: Hits, *, words: Words, names: Names, zone: str, now: datetime) -> list[Block]:
    """One page of results, numbered over all pages, dated in the IANA `zone`; without any, a hint what to try."""
    query = hits.query
    heading = words.t("Search: {query}", query=one_line(query.text)) if query.text.strip() else words.t("Search")
    blocks: list[Block] = [Heading(level=1, text=(Span(heading, theirs=True),))]
    filters = _filters(query, words, names, zone, now)
    if filters:
        blocks.append(Small((Span(filters, theirs=True),)))
    if not hits.hits:
        blocks.append(Paragraph(plain(_nothing(hits, words, filtered=bool(filters)))))
        return blocks
    blocks += [
        hit_block(hit, words=words, names=names, zone=zone, now=now, number=number)
        for number, hit in enumerate(hits.hits, start=query.offset + 1)
    ]
    blocks.append(Small(plain(_page_line(hits, words))))
    if hits.partial:
        blocks.append(Small(plain(words.t("The search was stopped after a while: there may be more."))))
    return blocks


def hit_block(hit: Hit, *, words: Words, names: Names, zone: str, now: datetime, number: int | None = None) -> Story:
    """One found item: its title linked, its date, outlet and places, and the passage around the matched words."""
    item = hit.item
    language = item.language if item.language != words.language else ""
    details = joined(
        (
            plain(words.short_date(item.published, zone, now)),
            (Span(one_line(item.outlet), theirs=True),),
            plain(places_row(item.labels.places, words, names)),
        )
    )
    snippet = marked(hit.snippet, hit.snippet_marks, language=language)
    return Story(
        number=number,
        headline=marked(item.title, hit.title_marks, url=item.url, language=language),
        details=details,
        body=(snippet,) if hit.snippet.strip() else (),
    )


def _filters(query: Query, words: Words, names: Names, zone: str, now: datetime) -> str:
    parts = [names.topic(topic, words.language, short=True) for topic in query.topics]
    parts += [names.place(place, words.language) for place in query.places]
    parts += [pair_name(pair, words, names) for pair in query.pairs]
    if query.source:
        parts.append(one_line(query.source))
    if query.since:
        parts.append(words.t("from {date}", date=words.short_date(query.since, zone, now)))
    if query.until:
        parts.append(words.t("to {date}", date=words.short_date(query.until - _INSTANT, zone, now)))
    return DOT.join(parts)


def _nothing(hits: Hits, words: Words, *, filtered: bool) -> str:
    if hits.partial:
        return words.t("This search took too long. Try rarer words or a filter.")
    if hits.query.offset:
        return words.t("There are no more results.")
    if filtered:
        return words.t("Nothing found. Try fewer words, another spelling, or fewer filters.")
    return words.t("Nothing found. Try fewer words, another spelling, or the words without accents.")


def _page_line(hits: Hits, words: Words) -> str:
    first = hits.query.offset + 1
    last = hits.query.offset + len(hits.hits)
    if hits.more:
        return words.t("Results {first}–{last}, more follow", first=words.number(first), last=words.number(last))
    if hits.query.offset:
        return words.t("Results {first}–{last}, that is all", first=words.number(first), last=words.number(last))
    return words.tn("{n} result", "{n} results", last)
