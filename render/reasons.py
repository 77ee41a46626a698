"""Why a story is here: the words that gave its labels, and the points that gave its rank, in a reader's language."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from digest.compose import lead_of
from digest.corrections import EDITOR
from digest.model import Item, Reason, Story, Wishes
from digest.subjects import PROVINCE, SEAT
from digest.wanted import covers, is_wanted, wanted_words
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
    numbers that add up to their shown sum. The report shown is quoted first; where it is another one, that says whose.
    """
    lead = lead_of(story, words.language)
    reasons = _first_reasons(story, lead)
    rows = [
        *_topic_rows(story, reasons, words, names),
        *_place_rows(story, reasons, words, names),
        *_doing_rows(story, reasons, words, names),
    ]
    headline = Span(one_line(lead.title) or lead.url, url=lead.url, bold=True, theirs=True)
    return [
        Heading(level=1, text=plain(words.t("Why is this here?"))),
        Paragraph((headline,)),
        Lines((_row(words.t("You follow"), plain(_met(story, wishes, words, names))),)),
        *([Lines(tuple(rows))] if rows else []),
        Paragraph(plain(_arithmetic(story, points, words))),
        Small(plain(words.t("Words in quotation marks are taken from the reports."))),
    ]


def _met(story: Story, wishes: Wishes, words: Words, names: Names) -> str:
    """Which of the wishes a story meets: "NGO aid, Laos"."""
    language = words.language
    if not is_wanted(story, wishes):  # opened from a search, or from what is new for everybody
        return words.t("other things; you found this story yourself")
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


class _Because(NamedTuple):
    """Why a story has a label."""

    reason: Reason
    #: The report whose words are quoted, if it is not the one shown.
    other: Item | None

    def quoted(self, words: Words) -> Inline:
        """The words that gave the label, and whose they are where the reader does not see them: “aid” (Courier)."""
        quoted: Inline = (Span(_quote(self.reason.words), theirs=True),)
        if self.other is None:
            return quoted
        whose: Inline = (Span(one_line(self.other.outlet), theirs=True),)
        if self.other.language != words.language:
            whose += plain(", " + words.t("in {language}", language=words.language_name(self.other.language)))
        return (*quoted, Span(" ("), *whose, Span(")"))


_Reasons = dict[str, _Because]


def _first_reasons(story: Story, lead: Item) -> _Reasons:
    """For each label the reason of one report: of the one shown, else in its language, of the oldest."""
    found: _Reasons = {}
    for item in sorted(story.items, key=lambda item: (item != lead, item.language != lead.language, item.id)):
        for reason in item.labels.reasons if item.labels.relevant else ():
            if reason.rule == EDITOR:  # took it from this report; another one may still have it
                continue
            before = found.get(reason.label)
            # The level of a story is the highest that a report names.
            if before is None or (reason.label == "level" and reason.rule > before.reason.rule):
                found[reason.label] = _Because(reason, None if item == lead else item)
    return found


def _topic_rows(story: Story, reasons: _Reasons, words: Words, names: Names) -> Iterator[Inline]:
    for topic in story.topics:
        name = names.topic(topic, words.language)
        because = reasons.get(topic)
        if because and because.reason.rule == "source":
            yield _row(name, _of_feed(because.reason, words))
        elif because:
            yield _row(name, because.quoted(words))


def _place_rows(story: Story, reasons: _Reasons, words: Words, names: Names) -> Iterator[Inline]:
    for place in story.places:
        because = reasons.get(place)
        if because is None:
            continue
        reason, quoted = because.reason, because.quoted(words)
        match reason.rule:
            case "source":
                why = _of_feed(reason, words)
            case "implied":
                why = (*quoted, Span(", " + words.t("an office of the outlet's own country")))
            case r if r == SEAT:
                why = (*quoted, Span(", " + words.t("the capital, read as its government")))
            case r if r == PROVINCE:
                why = (*quoted, Span(" " + words.t("lies there")))
            case "title":
                why = (Span(words.t("in the headline") + " "), *quoted)
            case "lead":
                why = (Span(words.t("in the opening") + " "), *quoted)
            case _:
                why = (Span(words.t("in the text") + " "), *quoted)
        yield _row(flagged(place, words, names), why)


def _doing_rows(story: Story, reasons: _Reasons, words: Words, names: Names) -> Iterator[Inline]:
    """With whom, what is done, and how high the persons rank who do it."""
    for pair in story.pairs:
        if because := reasons.get(pair):
            yield _row(pair_name(pair, words, names), because.quoted(words))
    if story.act and (because := reasons.get(story.act)):
        yield _row(words.t("What happens"), (Span(act_name(story.act, words) + ", "), *because.quoted(words)))
    if story.level and (because := reasons.get("level")):
        yield _row(words.t("Who acts"), (Span(level_name(story.level, words) + ", "), *because.quoted(words)))


def _arithmetic(story: Story, points: tuple[tuple[str, float], ...], words: Words) -> str:
    """The score as a sum that adds up on screen: "Score 41 = your wishes 15 + a signing 4 − told before 4"."""
    shown = sorted(_whole(points), key=lambda point: -point[1])
    total = sum(value for _, value in shown)
    told = ""
    for name, value in shown:
        sign = (" + " if told else "") if value > 0 else " − "
        told += f"{sign}{point_name(name, story, words)} {words.number(abs(value))}"
    rank = words.t("Score {n}", n=words.number(total))
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
    return (Span(words.t("because it comes from") + " "), *_names_of_feeds(reason.words))


def _names_of_feeds(feeds: Iterable[str]) -> Inline:
    return joined(tuple((Span(one_line(feed), theirs=True),) for feed in feeds), by=", ")


def _quote(found: Iterable[str]) -> str:
    """Words of a text in quotation marks, the first few, each once in whatever case: “trade deal”, “investment”."""
    once: dict[str, str] = {}
    for text in map(one_line, found):
        once.setdefault(text.casefold(), text)
    short = [text if len(text) <= _LENGTH else text[: _LENGTH - 1].rstrip() + "…" for text in once.values() if text]
    return ", ".join(f"“{text}”" for text in short[:_QUOTED])


def _row(label: str, value: Inline) -> Inline:
    return (Span(f"{label}: ", bold=True), *value)
