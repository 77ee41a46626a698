"""Why a story is here: the words that gave its labels, and the points that gave its rank, in a reader's language."""

from collections.abc import Iterable, Iterator

from digest.compose import covers, is_wanted, wanted_words
from digest.corrections import EDITOR
from digest.model import Reason, Story, Wishes
from digest.subjects import PROVINCE, SEAT
from render.blocks import Block, Heading, Inline, Lines, Paragraph, Small, Span, joined, one_line, plain
from render.names import Names, flagged, pair_name
from render.words import Words

#: Words quoted for one label, and characters of one quotation: enough to recognise the passage.
_QUOTED, _LENGTH = 3, 60
#: A point of the arithmetic as it is shown: tenths, so that no reader meets a fraction.
_SCALE = 10


def why_blocks(
    story: Story, *, wishes: Wishes, points: tuple[tuple[str, float], ...], words: Words, names: Names
) -> list[Block]:
    """Why `story` is in a digest for `wishes`: what of them it meets, what its labels rest on, how it was ranked.

    `points` are those of digest.compose.points_of (DigestStory.worth): name and value. What is shown of them are whole
    numbers that add up to their shown sum. Of several reports one in the language of `words` is quoted first.
    """
    reasons = _first_reasons(story, words.language)
    rows = [
        *_topic_rows(story, reasons, words, names),
        *_place_rows(story, reasons, words, names),
        *_doing_rows(story, reasons, words, names),
    ]
    lead = min(story.items, key=lambda item: (item.language != words.language, item.id))
    headline = Span(one_line(lead.title) or lead.url, url=lead.url, bold=True, theirs=True)
    return [
        Heading(level=1, text=plain(words.t("Why is this here?"))),
        Paragraph((headline,)),
        Lines((_row(words.t("You follow"), plain(_met(story, wishes, words, names))),)),
        *([Lines(tuple(rows))] if rows else []),
        Paragraph(plain(_arithmetic(story, points, words))),
        Small(plain(words.t("Words in quotation marks stand in the reports."))),
    ]


def _met(story: Story, wishes: Wishes, words: Words, names: Names) -> str:
    """Which of the wishes a story meets: "NGO aid, Laos"."""
    language = words.language
    if not is_wanted(story, wishes):  # opened from a search, or from what is new for everybody
        return words.t("other things; this story you found yourself")
    met = [names.topic(topic, language) for topic in story.topics if topic in wishes.topics]
    wished = sorted(wish for wish in wishes.places if any(covers(wish, place) for place in story.places))
    met += [names.place(wish, language) for wish in wished]
    met += [pair_name(pair, words, names) for pair in story.pairs if pair in wishes.pairs]
    if wishes.query:
        met.append(_quote([wishes.query]))
    if met:
        return ", ".join(met)
    if found := wanted_words(story, wishes):
        return words.t("a word you asked for: {words}", words=_quote(found))
    return words.t("everything")


def _first_reasons(story: Story, language: str) -> dict[str, Reason]:
    """For each label the reason of one report: in the reader's language, of the oldest."""
    found: dict[str, Reason] = {}
    for item in sorted(story.items, key=lambda item: (item.language != language, item.id)):
        for reason in item.labels.reasons if item.labels.relevant else ():
            if reason.rule == EDITOR:  # took it from this report; another one may still have it
                continue
            # The level of a story is the highest that a report names.
            higher = reason.label == "level" and reason.rule > found.get("level", reason).rule
            if higher or reason.label not in found:
                found[reason.label] = reason
    return found


def _topic_rows(story: Story, reasons: dict[str, Reason], words: Words, names: Names) -> Iterator[Inline]:
    for topic in story.topics:
        name = names.topic(topic, words.language)
        reason = reasons.get(topic)
        if reason and reason.rule == "source":
            yield _row(name, _of_feed(reason, words))
        elif reason:
            yield _row(name, _quoted(reason.words))


def _place_rows(story: Story, reasons: dict[str, Reason], words: Words, names: Names) -> Iterator[Inline]:
    for place in story.places:
        reason = reasons.get(place)
        if reason is None:
            continue
        quoted = _quoted(reason.words)
        match reason.rule:
            case "source":
                why = _of_feed(reason, words)
            case "implied":
                why = (*quoted, Span(", " + words.t("an office of the outlet's own country")))
            case r if r == SEAT:
                why = (*quoted, Span(", " + words.t("the capital speaks for its government")))
            case r if r == PROVINCE:
                why = (*quoted, Span(" " + words.t("lies there")))
            case "title":
                why = (Span(words.t("in the headline:") + " "), *quoted)
            case "lead":
                why = (Span(words.t("in the opening:") + " "), *quoted)
            case _:
                why = (Span(words.t("in the text:") + " "), *quoted)
        yield _row(flagged(place, words, names), why)


def _doing_rows(story: Story, reasons: dict[str, Reason], words: Words, names: Names) -> Iterator[Inline]:
    """With whom, what is done, and how high the persons rank who do it."""
    for pair in story.pairs:
        if reason := reasons.get(pair):
            yield _row(pair_name(pair, words, names), _quoted(reason.words))
    if story.act and (reason := reasons.get(story.act)):
        yield _row(words.t("What happens"), (Span(act_name(story.act, words) + ", "), *_quoted(reason.words)))
    if story.level and (reason := reasons.get("level")):
        yield _row(words.t("Who acts"), (Span(level_name(story.level, words) + ", "), *_quoted(reason.words)))


def _arithmetic(story: Story, points: tuple[tuple[str, float], ...], words: Words) -> str:
    """The rank as a sum that adds up on screen: "Rank 41 = your wishes 15 + a signing 4 − told before 4"."""
    shown = sorted(_whole(points), key=lambda point: -point[1])
    total = sum(value for _, value in shown)
    told = ""
    for name, value in shown:
        sign = (" + " if told else "") if value > 0 else " − "
        told += f"{sign}{point_name(name, story, words)} {words.number(abs(value))}"
    rank = words.t("Rank {n}", n=words.number(total))
    return f"{rank} = {told.strip()}" if told else rank


def _whole(points: tuple[tuple[str, float], ...]) -> list[tuple[str, int]]:
    """The points as whole numbers that add up to their rounded sum, those that come to nothing left out.

    >>> _whole((("a", 0.14), ("b", 0.14), ("c", 0.14)))
    [('a', 2), ('b', 1), ('c', 1)]
    """
    scaled = [(name, value * _SCALE) for name, value in points]
    floors = {name: int(value // 1) for name, value in scaled}
    rest = round(sum(value for _, value in scaled)) - sum(floors.values())
    for name, _ in sorted(scaled, key=lambda point: -(point[1] % 1))[:rest]:
        floors[name] += 1
    return [(name, value) for name, value in floors.items() if value]


def point_name(name: str, story: Story, words: Words) -> str:
    """What gives points, in a word or two; `name` as in data/ranking.yaml, an unknown one as it is."""
    match name:
        case "origins":
            return words.tn("{n} origin", "{n} origins", story.origins)
        case "tier":
            return words.t("trusted outlet")
        case "fresh":
            return words.t("freshness")
        case "own_language":
            return words.t("in your language")
        case "wished":
            return words.t("your wishes")
        case "level":
            return level_name(story.level, words)
        case "act":
            return act_name(story.act or "", words)
        case "update":
            return words.t("told before")
        case "less":
            return words.t("less of this")
        case _:
            return name


def act_name(act: str, words: Words) -> str:
    """What is done, as data/acts.yaml knows it; an unknown act as it is."""
    names = {
        "visit": words.t("a visit"),
        "call": words.t("a call or a letter"),
        "talks": words.t("talks"),
        "signing": words.t("a signing"),
        "aid": words.t("aid"),
        "statement": words.t("a statement"),
        "protest": words.t("a protest"),
        "exchange": words.t("an exchange"),
        "anniversary": words.t("an anniversary"),
    }
    return names.get(act, act)


def level_name(level: int, words: Words) -> str:
    """Who acts, by protocol level 1 to 5; "" for 0."""
    match level:
        case 5:
            return words.t("head of state or Party chief")
        case 4:
            return words.t("head of government or speaker")
        case 3:
            return words.t("minister")
        case 2:
            return words.t("ambassador or deputy minister")
        case 1:
            return words.t("consul or provincial leader")
        case _:
            return ""


def _of_feed(reason: Reason, words: Words) -> Inline:
    return (Span(words.t("everything in this feed is filed there:") + " "), *_names_of_feeds(reason.words))


def _names_of_feeds(feeds: Iterable[str]) -> Inline:
    return joined(tuple((Span(one_line(feed), theirs=True),) for feed in feeds), by=", ")


def _quoted(found: Iterable[str]) -> Inline:
    return (Span(_quote(found), theirs=True),)


def _quote(found: Iterable[str]) -> str:
    """Words of a text in quotation marks, the first few: “trade deal”, “investment”."""
    cut = (one_line(text) for text in found)
    short = [text if len(text) <= _LENGTH else text[: _LENGTH - 1].rstrip() + "…" for text in cut if text]
    return ", ".join(f"“{text}”" for text in short[:_QUOTED])


def _row(label: str, value: Inline) -> Inline:
    return (Span(f"{label}: ", bold=True), *value)
