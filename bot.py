"""Diplomacy Digest, the front door: the commands one types, the settings, and what is wired to what.

python bot.py run · demo · poll · digest · search · export · feeds · backup · restore · stats · doctor
"""

import argparse
import asyncio
import io
import json
import logging
import os
import random
import shutil
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from dotenv import dotenv_values

from chat.logs import redact, set_up_logging
from chat.newsroom import Newsroom, open_listening, open_newsroom
from digest.asking import read_query
from digest.checkup import wrong
from digest.daily import build_digest
from digest.errors import ConfigError, DigestError
from digest.model import Topic, Wishes
from digest.places import load_gazetteer
from digest.settings import Settings, parse_duration, read_settings, require_token
from digest.when import read_when
from feeds.check import Checked, check_sources
from feeds.opml import append_sources, read_opml, write_opml
from feeds.sources import load_sources
from render.blocks import Block
from render.digest_view import digest_blocks
from render.doctor_view import doctor_record, doctor_text
from render.html import to_html
from render.names import HouseNames
from render.records import digest_record, hits_record, item_record, polled_record
from render.search_view import search_blocks
from render.telegram import to_messages
from render.text import to_text
from render.words import LANGUAGES, load_words
from storage.copies import note_backup
from storage.database import path_of
from storage.recovery import put_back
from storage.store import Store

log = logging.getLogger(__name__)

#: Seconds that whoever types a search may wait for what to try instead.
_PATIENCE = 2.0
#: Exit status for a setting, feeds.yaml or an argument that is wrong.
WRONG = 2


def utc_now() -> datetime:
    """The clock that everything is handed; tests and the demo hand in their own."""
    return datetime.now(UTC)


def run(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Poll, build, deliver and answer, until stopped."""
    from chat.app import run_bot

    require_token(settings)
    sources = load_sources(settings.feeds_file)

    async def work() -> None:
        async with open_newsroom(settings, sources, clock=utc_now, rng=random.Random()) as newsroom:
            await run_bot(newsroom)

    asyncio.run(work())
    return 0


def demo(args: argparse.Namespace, settings: Settings) -> int:
    """Try the bot in the browser: a local Telegram and sample feeds; no token, no internet."""
    from chat.app import Bot
    from playground.demo import Options, serve
    from playground.script import play_session
    from playground.stage import Wiring
    from playground.terminal import play

    settings = _as_spoken_here(settings, _environment())
    wiring = Wiring(open_newsroom, Bot, next_due, utc_now)
    # However it is ended, what it made is cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if args.terminal:
        return asyncio.run(play(settings, wiring, keep=args.keep))
    if args.script is not None or not (sys.stdin.isatty() or args.no_open or args.port):
        path = args.script if args.script != Path() else None
        return asyncio.run(play_session(settings, wiring, transcript=path, keep=args.keep))
    options = Options(open_browser=not args.no_open, port=args.port or 0, keep=args.keep)
    return asyncio.run(serve(settings, wiring, options))


def _as_spoken_here(settings: Settings, env: Mapping[str, str]) -> Settings:
    """Settings in the language of the machine, where we speak it and DEFAULT_LANGUAGE says nothing else.

    https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html: "LC_ALL", then "LC_MESSAGES", then "LANG".
    """
    here = next((env[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if env.get(name)), "")
    spoken = next((known for known in LANGUAGES if here.split("_")[0] == known), None)
    return settings if env.get("DEFAULT_LANGUAGE") or spoken is None else replace(settings, language=spoken)


async def next_due(newsroom: Newsroom) -> datetime | None:
    """When the next edition of the coming week is due: where the demo's clock may jump to."""
    week = newsroom.clock() + timedelta(days=8)
    slots = await newsroom.store.read(lambda store: store.lines.due(week))
    return min((slot.due_at for slot in slots if not slot.line.cadence.at_once), default=None)


def poll(args: argparse.Namespace, settings: Settings) -> int:
    """Poll every source once, due or not, and print what each gave."""
    sources = load_sources(settings.feeds_file)
    names = {source.url: source.name for source in sources}

    async def work() -> None:
        async with open_newsroom(settings, sources, clock=utc_now, rng=random.Random()) as newsroom:
            if not newsroom.store.alone():
                raise ConfigError("The bot is running and polls by itself. Stop it first to poll by hand.")
            polled = await newsroom.poll(due_only=False)
        for one in polled:
            record = polled_record(one, names[one.url])
            if args.format == "json":
                print(json.dumps(record, ensure_ascii=False))
            else:
                found = (
                    f"{one.new} new, {one.updated} updated" if one.error == "none" else f"{one.error}: {one.message}"
                )
                print(f"{names[one.url]}: {found}")
        if args.format == "text":
            failed = sum(one.error != "none" for one in polled)
            new = sum(one.new for one in polled)
            print(f"{len(polled)} feeds polled, {failed} failed, {new} new items")

    asyncio.run(work())
    return 0


def digest(args: argparse.Namespace, settings: Settings) -> int:
    """Print the digest that these wishes would give now."""
    wishes = Wishes(
        topics=frozenset(args.topic),
        places=frozenset(args.place),
        pairs=frozenset(args.pair),
        wanted=tuple(word for word in args.word if word.strip()),
        unwanted=tuple(word for word in args.without if word.strip()),
        language=args.language or settings.language,
        by=args.by,
    )
    now = utc_now()
    with closing(Store.open(settings.database_url, read_only=True)) as store:
        made = build_digest(store, wishes, since=now - args.since, until=now)
    words, names = load_words(wishes.language), HouseNames(load_gazetteer())
    if args.format == "json":
        print(json.dumps(digest_record(made, words=words, names=names), ensure_ascii=False, indent=1))
        return 0
    blocks = digest_blocks(made, words=words, names=names, zone=settings.zone, reports=args.format == "html")
    print_blocks(blocks, args.format, title=words.t("Diplomacy Digest"), language=wishes.language)
    return 0


def search(args: argparse.Namespace, settings: Settings) -> int:
    """Print past items that hold these words and pass these filters."""
    text, filters = " ".join(args.query), (args.topic, args.place, args.pair, args.source, args.since, args.until)
    if not text.strip() and not any(filters):
        raise ConfigError("There is nothing to search for. Write for example: search lao consul")
    gazetteer, now = load_gazetteer(), utc_now()
    since = _moment(args.since, settings.zone) if args.since else None
    until = _moment(args.until, settings.zone, end=True) if args.until else None
    with closing(Store.open(settings.database_url, read_only=True)) as store:
        archive = store.archive
        asked, remarks = read_query(text, gazetteer=gazetteer, now=now, zone=settings.zone, outlets=archive.outlets())
        query = replace(
            asked,
            topics=(*args.topic, *asked.topics),
            places=(*args.place, *asked.places),
            pairs=(*args.pair, *asked.pairs),
            sources=(*([args.source] if args.source else []), *asked.sources),
            since=since or asked.since,
            until=until or asked.until,
            order=args.order,
            limit=args.limit,
        )
        hits = archive.find(query)
        facets = archive.facets(query, now=now)
        suggestions = () if hits.hits else archive.suggest(query, deadline=_PATIENCE)
    if args.format == "json":
        print(json.dumps(hits_record(hits), ensure_ascii=False, indent=1))
        return 0
    blocks = search_blocks(
        hits,
        words=load_words(settings.language),
        names=HouseNames(gazetteer),
        zone=settings.zone,
        now=now,
        remarks=remarks,
        facets=facets,
        suggestions=suggestions,
    )
    print_blocks(blocks, "text", title="", language=settings.language)
    return 0


def export(args: argparse.Namespace, settings: Settings) -> int:
    """Print every stored item as one JSON object a line."""
    since = utc_now() - args.since if args.since else None
    with closing(Store.open(settings.database_url, read_only=True)) as store:
        for item in store.items.export(since):
            print(json.dumps(item_record(item), ensure_ascii=False))
    return 0


def feeds_check(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Try each source and say what is wrong; nothing is stored."""
    sources = load_sources(settings.feeds_file)
    enabled = [source for source in sources if source.enabled]

    async def work() -> list[Checked]:
        async with open_listening(settings, sources) as (fetcher, parser):
            return await check_sources(enabled, fetcher=fetcher, parser=parser, clock=utc_now)

    checked = asyncio.run(work())
    for one in checked:
        print(f"{'ok  ' if one.ok else 'FAIL'}  {one.source.name}: {one.message}")
    failed = sum(not one.ok for one in checked)
    print(f"{len(checked)} feeds tried, {failed} failed, {len(sources) - len(enabled)} not enabled")
    return 1 if failed else 0


def feeds_import(args: argparse.Namespace, settings: Settings) -> int:
    """Add the feeds of an OPML file to feeds.yaml; those it already has stay as they are."""
    found = read_opml(args.file)
    added = append_sources(settings.feeds_file, found.sources)
    for sentence in found.left_out:
        print(f"Left out: {sentence}.")
    had = len(found.sources) - len(added)
    told = f"{len(added)} {'feed' if len(added) == 1 else 'feeds'} added to {settings.feeds_file}"
    print(told + (f"; {had} {'was' if had == 1 else 'were'} listed already" if had else ""))
    if added:
        print("A running bot reads the list when it is started again.")
    return 0


def feeds_export(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Print the feeds of feeds.yaml as OPML."""
    print(write_opml(load_sources(settings.feeds_file)))
    return 0


def backup(args: argparse.Namespace, settings: Settings) -> int:
    """Write a consistent, checked copy of the database, while the bot may be running."""
    with closing(Store.open(settings.database_url, read_only=True)) as store:
        store.backup(args.path)
    note_backup(path_of(settings.database_url), args.path, now=utc_now())
    print(f"Backed up to {args.path}")
    return 0


def restore(args: argparse.Namespace, settings: Settings) -> int:
    """Put a backup, checked, in the place of the database, while the bot is stopped; what was there is kept."""
    aside = put_back(args.path, settings.database_url, now=utc_now())
    print(f"Restored from {args.path}" + (f"; what was there is kept as {aside}, until you delete it" if aside else ""))
    print("Who has said /forget since that backup was made is in it again.")
    return 0


def stats(args: argparse.Namespace, settings: Settings) -> int:  # noqa: ARG001
    """Print what is stored, polled and delivered."""
    with closing(Store.open(settings.database_url, read_only=True)) as store:
        found = store.stats(now=utc_now())
    for name, value in asdict(found).items():
        print(f"{name}: {value}")
    return 0


def doctor(args: argparse.Namespace, env: Mapping[str, str]) -> int:
    """Say on one screen what is wrong with settings, token, feeds, database and deliveries; 1 if anything is."""
    from chat.doctor import check_up

    checks, settings = asyncio.run(check_up(env, clock=utc_now))
    words, now = load_words(args.language or settings.language), utc_now()
    if args.format == "json":
        told = json.dumps(doctor_record(checks, words=words, zone=settings.zone, now=now), ensure_ascii=False, indent=1)
    else:
        told = doctor_text(checks, words=words, zone=settings.zone, now=now)
    # No check repeats a secret; a publisher's or Telegram's own sentence might.
    print(redact(told, settings.secrets))
    return 1 if wrong(checks) else 0


def print_blocks(blocks: Sequence[Block], style: str, *, title: str, language: str) -> None:
    """Print what a view made, as text, as a web page or as Telegram's HTML, messages apart by a line of dashes."""
    match style:
        case "html":
            print(to_html(blocks, title=title, language=language))
        case "telegram":
            print("\n----\n".join(to_messages(blocks)))
        case _:
            print(to_text(blocks, width=min(100, shutil.get_terminal_size().columns), colour=sys.stdout.isatty()))


def _moment(value: str, zone: str, *, end: bool = False) -> datetime:
    """A length of time back from now, or a day or moment of an IANA zone; of a day its beginning or its `end`."""
    found = read_when(value, now=utc_now(), zone=zone)
    if found is None:
        raise ConfigError(f"“{value}” is no time. Write for example 7d, 2026-11-01 or 2026-11-01T18:00")
    return found.end if end else found.start


def _between(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within limits; argparse's `choices` would recite them all."""

    def read(value: str) -> int:
        if not (value.isdecimal() and least <= int(value) <= most):
            raise argparse.ArgumentTypeError(f"{value} is no whole number from {least} to {most}")
        return int(value)

    return read


def _duration(value: str) -> timedelta:
    try:
        return parse_duration(value)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{value} {error}") from None


def _place(value: str) -> str:
    """A code, also a former province's, as the code of today."""
    gazetteer, code = load_gazetteer(), value.upper()
    if not gazetteer.known(code):
        code = next((unit.now for unit in gazetteer.former() if unit.code == code), "")
    if not code:
        raise argparse.ArgumentTypeError(f"{value} is no code of a country or province; write for example LA or VN-SG")
    return code


def _pair(value: str) -> str:
    """Two country codes in alphabetical order."""
    countries = sorted(_place(part) for part in value.split("-"))
    if len(countries) != 2 or countries[0] == countries[1] or any("-" in code for code in countries):
        raise argparse.ArgumentTypeError(f"{value} is no pair of countries; write for example LA-VN")
    return "-".join(countries)


class _Command(Protocol):
    """Adds a command, named and carried out so; its help is the first line of what its function says."""

    def __call__(self, name: str, do: object, *, within: object = None) -> argparse.ArgumentParser: ...


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.py", description="Diplomacy news, once a day, in Telegram.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, do: object, *, within: object = None) -> argparse.ArgumentParser:
        sentence = (do.__doc__ or "").split("\n")[0]
        made: argparse.ArgumentParser = (within or commands).add_parser(name, help=sentence, description=sentence)  # type: ignore[attr-defined]
        made.set_defaults(do=do)
        return made

    command("run", run)
    one = command("demo", demo)
    one.add_argument("--no-open", action="store_true", help="print the address and open no browser")
    one.add_argument("--port", type=_between(1, 65535), metavar="PORT", help="of the page; else a free one")
    one.add_argument("--keep", action="store_true", help="leave the demo's database where it is")
    one.add_argument("--terminal", action="store_true", help="the digest and a search in the terminal, no page")
    one.add_argument(
        "--script", nargs="?", const=Path(), type=Path, metavar="FILE.html",
        help="play a first session and write it as a web page; the way without a terminal",
    )  # fmt: skip
    _add_readers_commands(command)
    of_feeds = commands.add_parser("feeds", help="Check, import or export the feeds.")
    inner = of_feeds.add_subparsers(dest="subcommand", required=True, metavar="check|import|export")
    command("check", feeds_check, within=inner)
    command("import", feeds_import, within=inner).add_argument("file", type=Path, metavar="FILE.opml")
    command("export", feeds_export, within=inner)
    command("backup", backup).add_argument("path", type=Path, metavar="PATH")
    command("restore", restore).add_argument("path", type=Path, metavar="PATH")
    command("stats", stats)
    one = command("doctor", doctor)
    one.add_argument("--language", choices=LANGUAGES)
    one.add_argument("--format", choices=("text", "json"), default="text")
    return parser


def _add_readers_commands(command: _Command) -> None:
    """What is asked of the news: poll, digest, search, export."""
    command("poll", poll).add_argument("--format", choices=("text", "json"), default="text")
    one = command("digest", digest)
    _add_wishes(one)
    one.add_argument("--since", type=_duration, default=parse_duration("24h"), metavar="24h")
    one.add_argument("--language", choices=LANGUAGES)
    one.add_argument("--by", choices=("topic", "place"), default="topic")
    one.add_argument("--format", choices=("text", "html", "telegram", "json"), default="text")
    one.add_argument("--word", action="append", default=[], help="stories with this word, whatever they are about")
    one.add_argument("--without", action="append", default=[], metavar="WORD", help="no stories with this word")
    one = command("search", search)
    one.add_argument(
        "query",
        nargs="*",
        metavar="QUERY",
        help='words, place:laos, from:7d …; "a phrase" and -word within one argument',
    )
    _add_wishes(one)
    one.add_argument("--source", metavar="NAME")
    one.add_argument("--since", metavar="7d|2026-11-01")
    one.add_argument("--until", metavar="1d|2026-11-21", help="of a date: its end")
    one.add_argument("--order", choices=("relevance", "newest"), default="relevance")
    one.add_argument("--limit", type=_between(1, 100), default=10, metavar="1-100")
    one.add_argument("--format", choices=("text", "json"), default="text")
    one = command("export", export)
    one.add_argument("--since", type=_duration, metavar="7d", help="published within")
    one.add_argument("--format", choices=("jsonl",), default="jsonl")


def _add_wishes(parser: argparse.ArgumentParser) -> None:
    topics = [topic.value for topic in Topic]
    parser.add_argument("--topic", action="append", choices=topics, default=[], metavar="ID", help=", ".join(topics))
    parser.add_argument("--place", action="append", type=_place, default=[], metavar="CODE", help="LA, VN-SG, …")
    parser.add_argument("--pair", action="append", type=_pair, default=[], metavar="CODE-CODE", help="LA-VN, …")


def _environment() -> dict[str, str]:
    """The settings of .env and, winning over them, those of the environment."""
    try:
        written = dotenv_values(".env")
    except (OSError, ValueError) as error:  # ValueError: not UTF-8
        raise ConfigError(f"The file .env cannot be read: {error}. Save it as plain text in UTF-8.") from None
    return {**{name: value or "" for name, value in written.items()}, **os.environ}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 if it went well, 2 for a setting or an argument that is wrong, 130 after Ctrl-C."""
    args = _parser().parse_args(argv)
    os.environ.setdefault(
        "PTB_TIMEDELTA", "1"
    )  # its RetryAfter then speaks in timedelta; without, it warns of a change
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows no Vietnamese still gets the rest
    try:
        env = _environment()
        if args.command == "doctor":  # before the settings, which it examines
            set_up_logging("CRITICAL", style="text", secrets=())
            return doctor(args, env)
        settings = read_settings(env, languages=LANGUAGES)
        level = settings.log_level if env.get("LOG_LEVEL") or args.command == "run" else "ERROR"
        set_up_logging(level, style=settings.log_format, secrets=settings.secrets)
        status: int = args.do(args, settings)
        sys.stdout.flush()
    except DigestError as error:
        print(error, file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output, `head` for instance, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:  # a full disk under our output, for instance
        print(f"That did not work: {error}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception:  # a fault of ours: Python would print it as it is, the log hides secrets
        log.critical("that should not have happened", exc_info=True)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
