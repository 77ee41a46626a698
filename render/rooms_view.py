"""What we say in groups, forum topics and channels, and to those who bring us there."""

from collections.abc import Collection, Sequence
from datetime import datetime

from digest.model import Wishes
from digest.readers import Chat, ChatState, Line
from render.blocks import Block, Heading, Lines, Paragraph, Small, Span, plain
from render.names import Names, wishes_row
from render.settings_view import cadence_name, state_name
from render.words import Words


def arrived_blocks(words: Words, *, forum: bool, kept: bool) -> list[Block]:
    """The hello in a group: what we do, and that an admin decides."""
    t = words.t
    hints = [t("Everybody can ask: /digest, /search, /latest.")]
    if forum:
        hints.append(t("Digests can have a topic of their own: write /here in it."))
    question = t("What should this group follow? Only its admins can choose.")
    if kept:
        question = t("What was set here before is kept. Shall I go on? Only admins of this group can choose.")
    return [
        Heading(level=1, text=plain(t("Diplomacy Digest"))),
        Paragraph(plain(t("Once a day I bring diplomacy news for the topics and places you choose, with sources."))),
        Paragraph(plain(question + " " + t("Until then I send nothing by myself."))),
        Small(plain(" ".join(hints))),
    ]


def brought_blocks(title: str, words: Words, *, mute: bool, kept: bool) -> list[Block]:
    """To whoever made us an admin of a channel: choose here what it gets."""
    t = words.t
    lines = [t("Everything about the channel is set here, in our own chat; /channels brings you back to it.")]
    if mute:
        lines.append(t("I may not post there yet: give me the right to post messages."))
    question = t("What should this channel follow?")
    if kept:
        question = t("What was set for it before is kept. Shall I go on?")
    return [
        Heading(level=1, text=(Span(title, theirs=True),), note=t("new channel")),
        Paragraph(plain(question)),
        Small(plain(" ".join(lines))),
    ]


def silenced_blocks(title: str, words: Words) -> list[Block]:
    """To whoever brought us: we may not write there any more."""
    t = words.t
    return [
        _about(title),
        Paragraph(
            plain(
                t("I may not write there any more, so its digests are paused. Give me that right again and they go on.")
            )
        ),
    ]


def closed_blocks(title: str, wishes: Wishes, *, words: Words, names: Names) -> list[Block]:
    """To whoever brought us: a forum topic is closed, so its subscription rests."""
    t = words.t
    return [
        _about(title),
        Paragraph((Span(t("Paused:") + " ", bold=True), Span(wishes_row(wishes, words, names)))),
        Paragraph(
            plain(t("Its forum topic is closed or gone. Open it again, or write /here in another one, and it goes on."))
        ),
    ]


def here_blocks(line: Line, *, topic: bool, unknown: Sequence[str], words: Words, names: Names) -> list[Block]:
    """What comes to this forum topic, or this group, from now on."""
    t = words.t
    where = t("This topic gets:") if topic else t("This group gets:")
    blocks: list[Block] = [
        Lines(((Span(where + " ", bold=True), Span(wishes_row(line.wishes, words, names))), plain(when(line, words)))),
    ]
    if unknown:
        blocks.append(not_known(unknown, words))
    return blocks


def not_known(unknown: Sequence[str], words: Words) -> Block:
    """Names that are neither a topic nor a place."""
    return Paragraph(
        (Span(words.t("Neither a topic nor a place that I know:") + " "), Span(", ".join(unknown), theirs=True))
    )


def rooms_blocks(words: Words, *, found: bool) -> list[Block]:
    """The head of the list of channels and groups."""
    t = words.t
    blocks: list[Block] = [Heading(level=1, text=plain(t("Channels and groups")))]
    if found:
        blocks.append(Paragraph(plain(t("Tap one to change what it gets."))))
    else:
        none = t("None yet. Add me to a channel as an admin who may post, or to a group; it then appears here.")
        blocks.append(Paragraph(plain(none)))
    blocks.append(Small(plain(t("A channel that somebody else added me to: /channels @its_name"))))
    return blocks


def waiting_blocks(words: Words) -> list[Block]:
    """The head of the channels that nobody has set up."""
    return [Paragraph(plain(words.t("Waiting to be set up:")))]


def room_blocks(
    chat: Chat, lines: Collection[Line], *, words: Words, names: Names, now: datetime, note: str = ""
) -> list[Block]:
    """A channel or group as its admin sees it in private: what it gets and when."""
    rows = tuple(
        (Span(wishes_row(line.wishes, words, names), bold=True), Span(" – " + when(line, words))) for line in lines
    )
    blocks: list[Block] = [Heading(level=1, text=_title(chat), note=state_name(chat, words, now))]
    # What nobody has chosen yet is not said as if it were chosen.
    if chat.state is not ChatState.STOPPED or not all(line.wishes.everything for line in lines):
        blocks.append(Lines(rows))
    if chat.state is ChatState.REFUSED:
        note = words.t("I could not write there. See that I am in it and may write.")
    if note:
        blocks.append(Paragraph(plain(note)))
    return blocks


def leaving_blocks(chat: Chat, words: Words) -> list[Block]:
    """Before we leave and forget."""
    t = words.t
    return [
        Heading(level=1, text=_title(chat), note=t("leave and forget?")),
        Paragraph(
            plain(t("I leave, and everything kept about it is deleted: subscriptions, settings, what was delivered."))
        ),
        Small(plain(t("This cannot be undone. What it has received stays there."))),
    ]


def when(line: Line, words: Words) -> str:
    """When a line delivers, in a few words."""
    return words.t("paused") if line.paused else cadence_name(line.cadence, words)


def _title(chat: Chat) -> tuple[Span, ...]:
    return (Span(chat.title or str(chat.id), theirs=True),)


def _about(title: str) -> Block:
    return Heading(level=1, text=(Span(title, theirs=True),))
