"""What the chat says around the digest: the first hello, choosing, settings, help. Blocks, like everything shown."""

from digest.model import Wishes
from digest.readers import Chat, ChatState, Line
from render.blocks import Block, Heading, Lines, Paragraph, Small, Span, plain
from render.names import Names, wishes_row
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


def subscribed_blocks(chat: Chat, line: Line, *, words: Words, names: Names) -> list[Block]:
    """What somebody gets from now on, and how to change it."""
    return [
        Heading(level=1, text=plain(words.t("You are subscribed"))),
        Lines(
            (
                plain(wishes_row(line.wishes, words, names)),
                plain(words.t("Every day at {hours} ({zone})", hours=hours(line), zone=chat.zone)),
            )
        ),
        Small(
            plain(words.t("Change it whenever you like: /topics /places /time /settings. Your first digest follows."))
        ),
    ]


def settings_blocks(chat: Chat, line: Line, *, words: Words, names: Names) -> list[Block]:
    """Everything that can be set, on one screen."""
    return [
        Heading(level=1, text=plain(words.t("Settings")), note=state_name(chat.state, words)),
        Lines(
            (
                _row(words.t("Topics and places"), wishes_row(line.wishes, words, names)),
                _row(words.t("Grouped"), grouping_name(line.wishes, words)),
                _row(words.t("Every day at"), hours(line)),
                _row(words.t("Time zone"), chat.zone),
                _row(words.t("Language"), words.own_name),
            )
        ),
    ]


def topics_blocks(wishes: Wishes, *, words: Words, names: Names) -> list[Block]:
    """The head of the topics keyboard."""
    return _chooser(words.t("Topics"), words.t("Tap a topic to add it or take it out."), wishes, words, names)


def places_blocks(wishes: Wishes, *, words: Words, names: Names, title: str = "") -> list[Block]:
    """The head of the places keyboard, or of one region of it."""
    hint = words.t("Tap a place to add it or take it out, or write for example: /places Hue, Cuba")
    return _chooser(title or words.t("Places"), hint, wishes, words, names)


def help_blocks(words: Words) -> list[Block]:
    """Every command in one line each."""
    commands = (
        ("digest", words.t("today's digest, now")),
        ("search", words.t("search everything past: /search lao consul")),
        ("topics", words.t("choose topics")),
        ("places", words.t("choose countries, provinces and cities")),
        ("time", words.t("your hour: /time 07:30")),
        ("zone", words.t("your time zone: /zone Europe/Berlin")),
        ("language", words.t("English or Vietnamese")),
        ("settings", words.t("everything on one screen")),
        ("pause", words.t("no digests for now")),
        ("resume", words.t("digests again")),
        ("stop", words.t("unsubscribe")),
    )
    return [
        Heading(level=1, text=plain(words.t("What I can do"))),
        Lines(tuple((Span(f"/{name}"), Span(f" – {what}")) for name, what in commands)),
        Small(plain(words.t("Any other words you write to me in private are a search."))),
    ]


def hours(line: Line) -> str:
    """The delivery hours of a line: "07:00, 18:30"."""
    return ", ".join(f"{slot:%H:%M}" for slot in line.cadence.hours)


def grouping_name(wishes: Wishes, words: Words) -> str:
    """How a digest is grouped, in a word or two."""
    return words.t("by topic") if wishes.by == "topic" else words.t("by place")


def state_name(state: ChatState, words: Words) -> str:
    """Whether digests are coming."""
    match state:
        case ChatState.ACTIVE:
            return words.t("subscribed")
        case ChatState.PAUSED:
            return words.t("paused")
        case _:
            return words.t("not subscribed")


def _row(label: str, value: str) -> tuple[Span, ...]:
    return (Span(f"{label}: ", bold=True), Span(value))


def _chooser(title: str, hint: str, wishes: Wishes, words: Words, names: Names) -> list[Block]:
    return [
        Heading(level=1, text=plain(title)),
        Paragraph((Span(words.t("You follow:") + " ", bold=True), Span(wishes_row(wishes, words, names)))),
        Small(plain(hint)),
    ]
