"""Every command in one place: what the help says of it, and which of Telegram's menus show it."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from digest.lexicon import key
from digest.places import squeeze
from digest.text import WORD, fold, marked, normalise
from render.blocks import Block, Heading, Lines, Paragraph, Small, Span, plain
from render.words import Words, load_words

#: A page of the help.
HelpPage = Literal["digests", "wishes", "times", "search", "rooms", "privacy"]
HELP_PAGES: tuple[HelpPage, ...] = get_args(HelpPage)
#: Whose menu shows a command: private chats, groups, the admins of groups.
MenuOf = Literal["private", "group", "admin"]

_EVERYWHERE: frozenset[MenuOf] = frozenset(("private", "group", "admin"))
_SETTING: frozenset[MenuOf] = frozenset(("private", "admin"))
_PRIVATE: frozenset[MenuOf] = frozenset(("private",))
_ADMIN: frozenset[MenuOf] = frozenset(("admin",))
_NOWHERE: frozenset[MenuOf] = frozenset()

#: What people write for a command of ours, in English and in Vietnamese.
_ALIASES = {
    "subscribe": "start", "begin": "start", "bắt đầu": "start", "đăng ký": "start", "đăng kí": "start",
    "unsubscribe": "stop", "quit": "stop", "dừng": "stop", "dừng lại": "stop", "hủy đăng ký": "stop",
    "cancel": "cancel", "hủy": "cancel", "hủy bỏ": "cancel", "thôi": "cancel",
    "news": "digest", "today": "digest", "now": "digest", "bản tin": "digest", "hôm nay": "digest", "tin": "digest",
    "new": "latest", "newest": "latest", "mới nhất": "latest", "tin mới": "latest",
    "find": "search", "tìm": "search", "tìm kiếm": "search", "tra": "search",
    "menu": "settings", "options": "settings", "config": "settings", "cài đặt": "settings", "thiết lập": "settings",
    "topic": "topics", "chủ đề": "topics", "place": "places", "country": "places", "nơi": "places", "tỉnh": "places",
    "hour": "time", "giờ": "time", "schedule": "time", "timezone": "zone", "múi": "zone", "múi giờ": "zone",
    "lang": "language", "ngôn ngữ": "language", "tạm dừng": "pause", "tiếp tục": "resume",
    "about": "help", "info": "help", "commands": "help", "trợ giúp": "help", "hướng dẫn": "help", "giúp": "help",
    "channel": "channels", "groups": "channels", "kênh": "channels", "nhóm": "channels",
    "delete": "forget", "xóa": "forget", "data": "mydata", "dữ liệu": "mydata", "quyền riêng tư": "privacy",
    "save": "saved", "bookmarks": "saved", "đã lưu": "saved",
}  # fmt: skip
#: The same as one writes them after a slash.
_SLASHED = {squeeze(said): command for said, command in _ALIASES.items()}
#: Commands that are no word by which anybody asks for them.
_NO_WORDS = ("here", "corrections")


@dataclass(frozen=True, slots=True)
class Described:
    """One command."""

    name: str
    #: As in a menu: a few words.
    text: str
    #: The page of the help that has it.
    page: HelpPage
    menus: frozenset[MenuOf]
    #: What may be written after it, for the help.
    example: str = ""


def described(words: Words) -> tuple[Described, ...]:
    """Every command in a language, the daily ones first."""
    t = words.t
    return (
        Described("digest", t("today's digest, now"), "digests", _EVERYWHERE),
        Described("latest", t("the newest stories"), "digests", _EVERYWHERE),
        Described("search", t("search past news"), "search", _EVERYWHERE, t("lao consul")),
        Described("saved", t("the stories you saved"), "digests", _PRIVATE),
        Described("settings", t("everything on one screen"), "times", _SETTING),
        Described("topics", t("choose topics"), "wishes", _SETTING),
        Described("places", t("choose countries, provinces and cities"), "wishes", _SETTING, t("hue, cuba")),
        Described("pair", t("news between two countries"), "wishes", _NOWHERE, t("viet nam, laos")),
        Described("words", t("words you want, or do not want"), "wishes", _NOWHERE, t("friendship, -football")),
        Described("lines", t("several subscriptions, each with its hours"), "wishes", _SETTING),
        Described("time", t("set your hour"), "times", _SETTING, "07:30"),
        Described("days", t("days of the week"), "times", _NOWHERE),
        Described("quiet", t("quiet hours"), "times", _NOWHERE),
        Described("zone", t("set your time zone"), "times", _NOWHERE, "Europe/Berlin"),
        Described("language", t("choose the language"), "times", _SETTING),
        Described("pause", t("no digests for now"), "times", _SETTING),
        Described("resume", t("digests again"), "times", _SETTING),
        Described("here", t("digests in this forum topic"), "rooms", _ADMIN, t("Laos, climate")),
        Described("channels", t("manage your channels and groups"), "rooms", _PRIVATE),
        Described("privacy", t("what is kept, and how long"), "privacy", _NOWHERE),
        Described("mydata", t("everything kept about you, as a file"), "privacy", _NOWHERE),
        Described("forget", t("delete everything kept about you"), "privacy", _NOWHERE),
        Described("start", t("subscribe"), "digests", _NOWHERE),
        Described("stop", t("unsubscribe"), "times", _SETTING),
        Described("cancel", t("close an open question"), "times", _NOWHERE),
        Described("help", t("what I can do"), "digests", _EVERYWHERE),
        # For operators alone, so on no page that readers see: named here that nobody suggests another for it.
        Described("corrections", t("corrections that readers propose"), "privacy", _NOWHERE),
    )


def page_title(page: HelpPage, words: Words) -> str:
    """What a page of the help is called, on its button and above it."""
    match page:
        case "digests":
            return words.t("Digests")
        case "wishes":
            return words.t("What you follow")
        case "times":
            return words.t("Times and settings")
        case "search":
            return words.t("Search")
        case "rooms":
            return words.t("Groups and channels")
        case "privacy":
            return words.t("Privacy")


def help_blocks(words: Words, *, private: bool) -> list[Block]:
    """The short help: what one does daily; the rest is a tap away."""
    t = words.t
    daily = ("digest", "latest", "search", "settings") if private else ("digest", "latest", "search")
    commands = [command for command in described(words) if command.name in daily]
    hint = t("Any other words you write to me in private are a search.")
    if not private:
        hint = t("Admins set what comes here: /settings, /topics, /places, /time, /here.")
    return [
        Heading(level=1, text=plain(t("What I can do"))),
        Lines(tuple(_line(command) for command in commands)),
        Small(plain(hint)),
    ]


def help_page_blocks(page: HelpPage, words: Words) -> list[Block]:
    """One page of the help: what it is about, its commands, and what is worth knowing."""
    # Whoever reads this has found /help.
    hidden = ("corrections", "help")
    commands = [command for command in described(words) if command.page == page and command.name not in hidden]
    intro, hint = _around(page, words)
    blocks: list[Block] = [Heading(level=1, text=plain(page_title(page, words))), Paragraph(plain(intro))]
    blocks.append(Lines(tuple(_line(command) for command in commands)))
    return [*blocks, Small(plain(hint))] if hint else blocks


def unknown_blocks(name: str, words: Words) -> list[Block]:
    """To somebody who wrote a command that we do not have: the nearest one, and where all are."""
    t = words.t
    said = (Span(t("I do not know this command:") + " "), Span(f"/{name[:32]}", theirs=True))
    likely = nearest(name, [command.name for command in described(words)])
    hint = t("/help lists what I can do.")
    if likely:
        hint = t("Did you mean /{command}?", command=likely) + " " + hint
    return [Paragraph(said), Paragraph(plain(hint))]


def wordless_blocks(words: Words) -> list[Block]:
    """To somebody who sent a picture, a voice message or the like."""
    t = words.t
    return [
        Paragraph(plain(t("I can only read words: pictures, stickers, files and voice messages tell me nothing."))),
        Paragraph(plain(t("Write what you look for and I search past news; /digest has today's, /help the rest."))),
    ]


def too_many_blocks(most: int, words: Words) -> list[Block]:
    """To somebody who wrote more names at once than are looked at."""
    sentence = words.t("Those were a lot of names at once: only the first {n} were read.", n=words.number(most))
    return [Paragraph(plain(sentence))]


def nearest(name: str, known: Sequence[str]) -> str:
    """The command that was probably meant; "" where nothing is near.

    >>> nearest("serch", ["start", "search"]), nearest("TimKiem", ["search"]), nearest("xyzzy", ["search"])
    ('search', 'search', '')
    """
    said = name.lower().replace("_", "")
    if said in _SLASHED:
        return _SLASHED[said] if _SLASHED[said] in known else ""
    beginning = [one for one in known if len(said) > 1 and one.startswith(said)]
    return next(iter(beginning or difflib.get_close_matches(said, known, n=1, cutoff=0.6)), "")


def command_said(text: str) -> str:
    """The command that is meant by somebody who writes nothing but its name, in either language; "" for none.

    Accents count where there are some: "dừng" stops, "Dũng" is a name.

    >>> command_said("Stop!"), command_said("trợ giúp"), command_said("tro giup"), command_said("Dũng")
    ('stop', 'help', 'help', '')
    """
    said = " ".join(key(word) for word in WORD.findall(normalise(text)))
    spelt = {" ".join(map(key, alias.split())): command for alias, command in _ALIASES.items()}
    names = {command.name for command in described(load_words("en"))} - set(_NO_WORDS)
    if said in names:
        return said
    if marked(said):
        return spelt.get(said, "")
    return next((command for alias, command in spelt.items() if fold(alias) == said), "")


def command_label(name: str, words: Words) -> str:
    """A command and what it does, for a button: "/stop – unsubscribe"."""
    return next(f"/{each.name} – {each.text}" for each in described(words) if each.name == name)


def command_blocks(name: str, words: Words) -> list[Block]:
    """To somebody whose words may have been meant as a command, above what was found for them."""
    label = command_label(name, words)
    return [Paragraph(plain(words.t("If you meant the command: {command}", command=label)))]


def _line(command: Described) -> tuple[Span, ...]:
    example = f" {command.example}" if command.example else ""
    return (Span(f"/{command.name}{example}"), Span(f" – {command.text}"))


def _around(page: HelpPage, words: Words) -> tuple[str, str]:
    """What a page begins and ends with."""
    t = words.t
    match page:
        case "digests":
            return (
                t("Once a day, at your hour: the stories that matter to you, with their sources, none of them twice."),
                t("Tap a story's number to read more, see why it is here, or save it."),
            )
        case "wishes":
            return (
                t("A digest is about topics, places, pairs of countries and words of your choice. None chosen: all."),
                t("Places can be typed in any spelling, also by their former names."),
            )
        case "times":
            return (
                t("Digests come at your hours and in your time zone; what you missed is made up for."),
                t("/settings has a button for each of these."),
            )
        case "search":
            return (
                t("Any words you write to me in private are searched in everything past, with or without accents."),
                t('Narrow it: topic:ngo place:laos pair:vn-la source:relief from:7d "friendship union" -football'),
            )
        case "rooms":
            return (
                t(
                    "Add me to a group, and its admins choose what comes; or to a channel as an admin who may post, "
                    "and set it up here in private."
                ),
                t("Admins who write anonymously: use commands, or make me an admin so that I know your taps."),
            )
        case "privacy":
            return (t("We keep only what your digests need, and hand it to nobody."), "")
