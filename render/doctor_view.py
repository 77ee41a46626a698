"""The check-up worded: a line a check, for a terminal, and a sentence for each sum that does not close."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.numbers import format_decimal

from digest.health import Check, Fault, Finding, Level, Unclosed
from render.words import Words

#: So many feeds are named, the others counted.
_NAMED = 5
_KB, _MB, _GB = 1e3, 1e6, 1e9


def doctor_text(checks: Sequence[Check], *, words: Words, zone: str, now: datetime) -> str:
    """Every check on a line of its own, what is wrong first, and how much that is."""
    marks = {Level.WRONG: words.t("WRONG"), Level.NOTE: words.t("note"), Level.OK: words.t("ok")}
    width = max(map(len, marks.values()))
    rows = [
        f"{marks[level]:<{width}}  {sentence(check, words=words, zone=zone, now=now)}"
        for level in marks
        for check in checks
        if check.level is level
    ]
    wrong = sum(check.level is Level.WRONG for check in checks)
    last = words.tn("{n} thing is wrong.", "{n} things are wrong.", wrong) if wrong else words.t("Nothing is wrong.")
    return "\n".join([*rows, "", last])


def doctor_record(checks: Sequence[Check], *, words: Words, zone: str, now: datetime) -> dict[str, Any]:
    """The check-up as JSON: whether all is well, and each check with what it found, in figures and in words."""
    return {
        "ok": not any(check.level is Level.WRONG for check in checks),
        "checks": [
            {
                "level": check.level,
                "finding": check.finding,
                "values": {name: _plain(value) for name, value in check.values.items()},
                "sentence": sentence(check, words=words, zone=zone, now=now),
            }
            for check in checks
        ],
    }


def sentence(check: Check, *, words: Words, zone: str, now: datetime) -> str:
    """What a check found, for the operator; times in an IANA zone."""
    values = {name: _said(name, value, words, zone, now) for name, value in check.values.items()}
    if check.finding is Finding.BOOKS_OPEN:
        fault = Fault(what=check.values["what"], count=check.values["n"], example=check.values["example"])  # type: ignore[arg-type]
        return unclosed(fault, words)
    if check.finding in _COUNTED:
        n = check.values["n"]
        assert isinstance(n, int)  # noqa: S101 - digest/checkup.py counts
        return _COUNTED[check.finding](words, n, {name: value for name, value in values.items() if name != "n"})
    return _SENTENCES[check.finding](words, values)


def unclosed(fault: Fault, words: Words) -> str:
    """A sum that does not close, in one sentence."""
    return _UNCLOSED[fault.what](words, fault.count) + " " + words.t("(for example no. {n})", n=fault.example)


def _said(name: str, value: object, words: Words, zone: str, now: datetime) -> object:
    if isinstance(value, datetime):
        return words.moment(value, zone, now)
    if name in ("size", "free", "needed") and isinstance(value, int):
        return _size(value, words)
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, tuple):
        more = len(value) - _NAMED
        return ", ".join(value[:_NAMED]) + (f" +{words.number(more)}" if more > 0 else "")
    return value


def _size(size: int, words: Words) -> str:
    unit, name = next(
        (unit, name) for unit, name in ((_GB, "GB"), (_MB, "MB"), (_KB, "kB")) if size >= unit or unit == _KB
    )
    return f"{format_decimal(round(size / unit, 1), locale=words.language)} {name}"


def _plain(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


_SENTENCES: Mapping[Finding, Callable[[Words, Mapping[str, object]], str]] = {
    Finding.SETTINGS: lambda w, v: w.t("Every setting can be read.", **v),
    Finding.SETTING_WRONG: lambda w, v: w.t("A setting: {sentence}", **v),
    Finding.NO_ADMINS: lambda w, v: w.t("ADMIN_IDS names nobody, so nobody is told when something goes wrong.", **v),
    Finding.NO_TOKEN: lambda w, v: w.t("TELEGRAM_BOT_TOKEN is not set; “run” needs it. @BotFather gives one.", **v),
    Finding.TELEGRAM: lambda w, v: w.t("Telegram knows the bot as @{name}.", **v),
    Finding.TOKEN_UNKNOWN: lambda w, v: w.t(
        "Telegram does not know this TELEGRAM_BOT_TOKEN. Copy it again from @BotFather (/mybots).", **v
    ),
    Finding.TELEGRAM_SILENT: lambda w, v: w.t(
        "Telegram could not be asked about token, webhook and clock: {reason}.", **v
    ),
    Finding.INLINE_OFF: lambda w, v: w.t(
        "Inline mode is off: @{name} cannot be asked from other chats, and stories are shared as links. "
        "@BotFather turns it on (/setinline).",
        **v,
    ),
    Finding.POLLING: lambda w, v: w.t("What readers write comes by long polling; waiting: {waiting}.", **v),
    Finding.WEBHOOK: lambda w, v: w.t("What readers write comes by webhook to {host}; waiting: {waiting}.", **v),
    Finding.WEBHOOK_MISSING: lambda w, v: w.t(
        "WEBHOOK_URL is set, but Telegram knows no webhook: start the bot, and no other one with this token.", **v
    ),
    Finding.WEBHOOK_UNASKED: lambda w, v: w.t(
        "Telegram gives what readers write to {host}, though WEBHOOK_URL is not set: start the bot, which takes it "
        "back, and no other one with this token.",
        **v,
    ),
    Finding.WEBHOOK_ELSEWHERE: lambda w, v: w.t(
        "Telegram gives what readers write to another address ({host}) than WEBHOOK_URL ({wanted}): start the bot "
        "again, and no other one with this token.",
        **v,
    ),
    Finding.WEBHOOK_FAILING: lambda w, v: w.t("Telegram cannot reach the webhook: {reason} ({at}).", **v),
    Finding.CLOCK: lambda w, v: w.t("The clock agrees with Telegram's to within {seconds} s.", **v),
    Finding.CLOCK_OFF: lambda w, v: w.t(
        "The clock is {seconds} s off Telegram's, so digests come at a wrong hour. Let the system set it (NTP).", **v
    ),
    Finding.CLOCK_BEHIND: lambda w, v: w.t("The clock stands before the last poll ({at}): it was put back.", **v),
    Finding.FEEDS: lambda w, v: w.t("{path} can be read; feeds: {n}, enabled: {enabled}.", **v),
    Finding.FEEDS_WRONG: lambda w, v: w.t("The list of feeds: {sentence}", **v),
    Finding.FEEDS_NONE: lambda w, v: w.t("In {path} no feed is enabled.", **v),
    Finding.NO_DATABASE: lambda w, v: w.t("There is no database at {path} yet; the first “run” makes it.", **v),
    Finding.DATABASE_WRONG: lambda w, v: w.t("The database: {sentence}", **v),
    Finding.DATABASE: lambda w, v: w.t(
        "The database {path} ({size}) is sound, with its links and its search index.", **v
    ),
    Finding.DAMAGED: lambda w, v: w.t(
        "The database is damaged ({fault}). Stop the bot and put the last backup back: bot.py restore PATH", **v
    ),
    Finding.NOT_EXAMINED: lambda w, v: w.t("There is no room for a copy of the database to look for damage in.", **v),
    Finding.OPEN_TO_OTHERS: lambda w, v: w.t(
        "Other users of this machine may read {path}, or its log beside it, and so what readers chose: "
        "chmod 600 on each.",
        **v,
    ),
    Finding.UNWRITABLE: lambda w, v: w.t(
        "The bot may not write to {path} or its folder: give both to the user it runs as.", **v
    ),
    Finding.SQLITE: lambda w, v: w.t("SQLite {version}.", **v),
    Finding.SQLITE_OLD: lambda w, v: w.t(
        "SQLite {version}: before 3.51.3 two programs that write at once may, rarely, damage a database. Do not run "
        "“poll” beside the bot.",
        **v,
    ),
    Finding.DISK: lambda w, v: w.t("The disk has {free} free.", **v),
    Finding.DISK_LOW: lambda w, v: w.t("The disk has {free} free; a backup and an update need {needed}.", **v),
    Finding.WAL: lambda w, v: w.t("The database's log has {size}.", **v),
    Finding.WAL_LARGE: lambda w, v: w.t(
        "The database's log has grown to {size}: a program keeps the database open and reads on and on.", **v
    ),
    Finding.POLLED: lambda w, v: w.t("The last poll: {at}.", **v),
    Finding.NEVER_POLLED: lambda w, v: w.t("No feed has been polled yet.", **v),
    Finding.SOURCES: lambda w, v: w.t("Every feed answers ({n}).", **v),
    Finding.SOURCES_FAILING: lambda w, v: w.t("{n} of {total} feeds failed at their last poll: {names}", **v),
    Finding.SOURCES_DOWN: lambda w, v: w.t(
        "{n} of {total} feeds failed at their last poll: it may be this machine's own line.", **v
    ),
    Finding.DELIVERED: lambda w, v: w.t(
        "{items} items in {stories} stories; {editions} editions in {planned} messages = {sent} sent + {waiting} "
        "waiting + {uncertain} uncertain + {refused} refused + {failed} failed + {expired} expired.",
        **v,
    ),
    Finding.BACKUP: lambda w, v: w.t("The last backup: {at}, {path}", **v),
    Finding.BACKUP_NONE: lambda w, v: w.t("No backup has been made yet: bot.py backup PATH", **v),
    Finding.BACKUP_OLD: lambda w, v: w.t("The last backup is old: {at}, {path}", **v),
}
_COUNTED: Mapping[Finding, Callable[[Words, int, Mapping[str, object]], str]] = {
    Finding.SCHEMA_OLDER: lambda w, n, v: w.tn(
        "The database is {n} step older than this program; the next start copies it and brings it up to date.",
        "The database is {n} steps older than this program; the next start copies it and brings it up to date.",
        n,
        **v,
    ),
    Finding.POLLS_OVERDUE: lambda w, n, v: w.tn(
        "{n} feed should have been polled long ago. Is the bot running? The last poll: {at}.",
        "{n} feeds should have been polled long ago. Is the bot running? The last poll: {at}.",
        n,
        **v,
    ),
    Finding.SOURCES_GONE: lambda w, n, v: w.tn(
        "{n} feed is gone for good and can be taken out of the list: {names}",
        "{n} feeds are gone for good and can be taken out of the list: {names}",
        n,
        **v,
    ),
    Finding.FAILED: lambda w, n, v: w.tn(
        "{n} message of the last seven days was never sent, by our own fault; the log says why.",
        "{n} messages of the last seven days were never sent, by our own fault; the log says why.",
        n,
        **v,
    ),
    Finding.UNCERTAIN: lambda w, n, v: w.tn(
        "{n} message of the last seven days may or may not have reached its reader.",
        "{n} messages of the last seven days may or may not have reached their readers.",
        n,
        **v,
    ),
}
_UNCLOSED: Mapping[Unclosed, Callable[[Words, int], str]] = {
    Unclosed.NO_STATE: lambda w, n: w.tn("{n} message is in no known state.", "{n} messages are in no known state.", n),
    Unclosed.WRONG_STATE: lambda w, n: w.tn(
        "{n} message is in a state that the rest of its row denies.",
        "{n} messages are in a state that the rest of their rows denies.",
        n,
    ),
    Unclosed.FORGOTTEN_PART: lambda w, n: w.tn(
        "{n} message has waited for more than twelve hours.", "{n} messages have waited for more than twelve hours.", n
    ),
    Unclosed.INCOMPLETE: lambda w, n: w.tn("{n} edition lacks a part.", "{n} editions lack a part.", n),
    Unclosed.OVERDUE_SLOT: lambda w, n: w.tn(
        "{n} digest is overdue. Is the bot running?", "{n} digests are overdue. Is the bot running?", n
    ),
    Unclosed.UNSERVED_SLOT: lambda w, n: w.tn(
        "{n} subscription counts as served, but there is no edition.",
        "{n} subscriptions count as served, but there is no edition.",
        n,
    ),
    Unclosed.WRONG_HOUR: lambda w, n: w.tn(
        "{n} subscription is due at another time than its hour says.",
        "{n} subscriptions are due at another time than their hours say.",
        n,
    ),
    Unclosed.NO_HOUR: lambda w, n: w.tn(
        "{n} subscription has no hour at all.", "{n} subscriptions have no hour at all.", n
    ),
    Unclosed.TOLD_NOTHING: lambda w, n: w.tn(
        "{n} story that readers were told has no reports any more.",
        "{n} stories that readers were told have no reports any more.",
        n,
    ),
    Unclosed.TOLD_UNSENT: lambda w, n: w.tn(
        "{n} edition counts as told, but nothing of it was sent.",
        "{n} editions count as told, but nothing of them was sent.",
        n,
    ),
    Unclosed.EMPTY_STORY: lambda w, n: w.tn("{n} story has no reports.", "{n} stories have no reports.", n),
    Unclosed.UNGROUPED_ITEM: lambda w, n: w.tn(
        "{n} item has been in no story for over an hour.", "{n} items have been in no story for over an hour.", n
    ),
}
