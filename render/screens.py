"""What the chat says around the digest: the first hello, choosing, settings, help. Blocks, like everything shown."""

from digest.model import Wishes
from digest.readers import Line
from render.blocks import Block, Heading, Inline, Lines, Paragraph, Small, Span, plain
from render.names import Names, chosen_row, wishes_row
from render.settings_view import cadence_name
from render.words import Words


def welcome_blocks(words: Words) -> list[Block]:
    """The first message of all: what this is and what to do next."""
    return [
        Heading(level=1, text=plain(words.t("Diplomacy Digest"))),
        Paragraph(
            plain(
                words.t(
                    "Once a day, at your own hour: what happened in your corner of foreign affairs. Two minutes of "
                    "reading, in sentences that publishers really wrote, each with its source."
                )
            )
        ),
        Paragraph(plain(words.t("What would you like to follow?"))),
    ]


def city_blocks(words: Words) -> list[Block]:
    """The head of the provinces that somebody new chooses from."""
    return [
        Heading(level=1, text=plain(words.t("Your province or city"))),
        Paragraph(
            plain(words.t("Tap your region, or type the name: former provinces and any spelling are understood."))
        ),
    ]


def follow_blocks(wishes: Wishes, *, words: Words, names: Names) -> list[Block]:
    """What a link asks for, to somebody new."""
    what = chosen_row(wishes, words, names)
    return [
        Heading(level=1, text=plain(words.t("Diplomacy Digest"))),
        Paragraph(plain(words.t("Follow {what}?", what=what))),
        Small(plain(words.t("One digest a day, with sources. You can change everything later."))),
    ]


def follow_more_blocks(wishes: Wishes, *, words: Words, names: Names, covered: bool) -> list[Block]:
    """What a link asks for, to a subscriber; `covered` if their digests look for it already."""
    blocks: list[Block] = [Paragraph(plain(words.t("Follow {what}?", what=chosen_row(wishes, words, names))))]
    if covered:
        blocks.append(Small(plain(words.t("Your digest already covers this, within the places you follow."))))
    return blocks


def subscribed_blocks(line: Line, following: Inline, *, words: Words, names: Names) -> list[Block]:
    """What somebody gets from now on, and how to change it."""
    change = words.t("Change it whenever you like: /topics /places /time /settings.")
    change += " " + words.t("Your first digest follows.")
    return [
        Heading(level=1, text=plain(words.t("You are subscribed"))),
        Lines(
            (
                plain(wishes_row(line.wishes, words, names)),
                plain(cadence_name(line.cadence, words)),
                following,
            )
        ),
        Small(plain(change)),
    ]


def topics_blocks(wishes: Wishes, *, words: Words, names: Names, new: bool = False) -> list[Block]:
    """The head of the topics keyboard; `new` for a subscription that is just beginning."""
    if new:
        hint = words.t("Choose what it follows; it starts when you tap Begin.")
        return _chooser(words.t("New subscription"), hint, wishes, words, names)
    return _chooser(words.t("Topics"), words.t("Tap a topic to add it or take it out."), wishes, words, names)


def places_blocks(wishes: Wishes, *, words: Words, names: Names, title: str = "") -> list[Block]:
    """The head of the places keyboard, or of one region of it."""
    hint = words.t("Tap a place to add it or take it out, or write for example: /places Hue, Cuba")
    return _chooser(title or words.t("Places"), hint, wishes, words, names)


def whole_country(country: str, words: Words) -> Block:
    """A remark where provinces are chosen beside the whole country."""
    sentence = words.t(
        "{country} takes in all its provinces. To follow only some of them, take {country} out.", country=country
    )
    return Small(plain(sentence))


def pairs_blocks(wishes: Wishes, *, words: Words, names: Names) -> list[Block]:
    """The head of the pairs keyboard."""
    hint = words.t(
        "A pair brings what two countries do together. Tap one to take it out, or write for example: /pair vn la"
    )
    return _chooser(words.t("Pairs of countries"), hint, wishes, words, names)


def _chooser(title: str, hint: str, wishes: Wishes, words: Words, names: Names) -> list[Block]:
    return [
        Heading(level=1, text=plain(title)),
        Paragraph((Span(words.t("You follow:") + " ", bold=True), Span(wishes_row(wishes, words, names)))),
        Small(plain(hint)),
    ]
