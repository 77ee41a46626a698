"""The buttons under answers to a search. A search is named by the number it is kept under."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zlib import crc32

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard

from chat.callback import pack
from chat.keyboards.shared import in_rows, tick, to_settings
from digest.query import Count, Facets, Hits, Query, Suggestion
from render.names import Names
from render.search_view import suggestion_row
from render.words import Words

#: A button shows about so many characters on a phone.
_LABEL = 40
#: Values offered of each kind of filter.
_OFFERED = 4


def results(search_id: int, hits: Hits, *, size: int, words: Words, others: Sequence[tuple[int, str]] = ()) -> Keyboard:
    """Under a page of results: other readings (their searches and labels), each result, turns, filters, an alert."""
    offset = hits.query.offset
    here = ("found", search_id, offset)
    stories = [
        Button(str(number), callback_data=pack("story", hit.item.story_id, *here))
        for number, hit in enumerate(hits.hits, start=offset + 1)
        if hit.item.story_id
    ]
    turns = []
    if offset:
        turns.append(Button("‹ " + words.t("Newer"), callback_data=pack("found", search_id, max(0, offset - size))))
    if hits.more:
        turns.append(Button(words.t("Older") + " ›", callback_data=pack("found", search_id, offset + size)))
    more = [
        Button(words.t("Filter"), callback_data=pack("filters", search_id)),
        Button(words.t("Alert me"), callback_data=pack("alert", search_id)),
    ]
    ways = [[Button(_short(label), callback_data=pack("found", other, 0))] for other, label in others]
    return Keyboard([*ways, *(row for row in (stories, turns, more) if row)])


def continued(link: str, words: Words) -> Keyboard:
    """Under results that several read: the way to one's own chat, where the same search has pages and filters."""
    return Keyboard([[Button(words.t("Continue in private"), url=link)]])


def instead(
    search_id: int, suggestions: Sequence[Suggestion], *, words: Words, names: Names, zone: str, now: datetime
) -> Keyboard:
    """Where nothing was found: what would find something, or an alert for when it comes."""
    rows = []
    for number, suggestion in enumerate(suggestions):
        label = suggestion_row(suggestion, words=words, names=names, zone=zone, now=now)
        rows.append([Button(_short(label), callback_data=pack("retry", search_id, number))])
    rows.append([Button(words.t("Alert me when it comes"), callback_data=pack("alert", search_id))])
    return Keyboard(rows)


def filters(search_id: int, query: Query, facets: Facets, *, words: Words, names: Names) -> Keyboard:
    """What the results divide into, each with its number; what is set already is ticked and taken off by a tap."""

    def topic(key: str) -> str:
        return names.topic(key, words.language, short=True)

    def place(key: str) -> str:
        return names.place(key, words.language)

    rows = [
        *_offers(search_id, "topic", facets, facets.topics, query.topics, name=topic, words=words),
        *_offers(search_id, "place", facets, facets.places, query.places, name=place, words=words),
        *_offers(search_id, "source", facets, facets.sources, query.sources, name=str, words=words),
    ]
    if query.since or query.until:
        rows.append([Button(words.t("Any time"), callback_data=pack("narrow", search_id, "since", 0, 0))])
    else:
        periods = [(count, words.tn("{n} day", "{n} days", int(count.key))) for count in facets.periods if count.n]
        rows.append(
            [
                Button(
                    f"{label} · {words.number(count.n)}", callback_data=pack("narrow", search_id, "since", count.key, 1)
                )
                for count, label in periods
            ]
        )
    back = [Button("‹ " + words.t("Back to the results"), callback_data=pack("found", search_id, 0))]
    return Keyboard([row for row in (*rows, back) if row])


def _offers(
    search_id: int,
    kind: str,
    facets: Facets,
    counts: Sequence[Count],
    chosen: Sequence[str],
    *,
    name: Callable[[str], str],
    words: Words,
) -> list[list[Button]]:
    """The values of one kind: what is chosen, then what would narrow the results."""
    on = [tick(_short(name(key)), True, pack("narrow", search_id, kind, code_of(kind, key), 0)) for key in chosen]
    narrowing = [count for count in counts if count.key not in chosen and (count.n < facets.total or facets.more)]
    off = [
        Button(
            f"{_short(name(count.key))} · {words.number(count.n)}",
            callback_data=pack("narrow", search_id, kind, code_of(kind, count.key), 1),
        )
        for count in narrowing[:_OFFERED]
    ]
    return in_rows([*on, *off], 2)


def alert(search_id: int, hour: str, words: Words) -> Keyboard:
    """When an alert shall come."""
    return Keyboard(
        [
            [Button(words.t("At once"), callback_data=pack("watch", search_id, "now"))],
            [Button(words.t("Every day at {hour}", hour=hour), callback_data=pack("watch", search_id, "day"))],
            [Button("‹ " + words.t("Back to the results"), callback_data=pack("found", search_id, 0))],
        ]
    )


def watching(line_id: int, words: Words) -> Keyboard:
    """Under a new alert: what it is as a subscription."""
    return Keyboard([[Button(words.t("Change it"), callback_data=pack("line", line_id)), to_settings(line_id, words)]])


def code_of(kind: str, key: str) -> str:
    """A filter's value in a button: an outlet's name is too long and goes by its CRC-32."""
    return f"{crc32(key.encode()):08x}" if kind == "source" else key


def _short(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"
