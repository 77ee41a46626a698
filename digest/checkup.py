"""What is wrong: looks at what the check-up gathered and says how bad it is. From values to values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from digest.errors import ConfigError
from digest.health import Check, DatabaseHealth, Finding, Level, Listening, Shelves, found
from digest.readers import PartState
from digest.settings import Settings, read_settings

OK, NOTE, WRONG = Level.OK, Level.NOTE, Level.WRONG

#: The clock may be so far off Telegram's.
CLOCK_OFF = timedelta(minutes=1)
#: What a backup and an update need at least, in bytes; more where the database is large.
ROOM = 200_000_000
#: The log is cut back to a fraction of this after each checkpoint.
LARGE_WAL = 128_000_000
#: The first SQLite in which two writers at once cannot damage a database: https://sqlite.org/releaselog/3_51_3.html
SOUND_SQLITE = (3, 51, 3)
#: When a backup is old.
OLD_BACKUP = timedelta(days=8)
#: From this share of failing feeds on it is hardly the publishers' fault.
NEARLY_ALL = 0.8
#: Telegram's last trouble with our webhook is over after so long.
WEBHOOK_TROUBLE = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telegram:
    """What Telegram says of the bot; `silent` holds why it says nothing."""

    silent: str = ""
    #: None where it does not know the token.
    username: str | None = None
    #: Whether it may be asked from other chats, "@bot laos".
    inline: bool = True
    #: "" for none.
    webhook_url: str = ""
    #: Updates that wait for us.
    pending: int = 0
    trouble: str = ""
    trouble_at: datetime | None = None
    #: The hour by its clock, to the second.
    time: datetime | None = None


def judge_settings(env: Mapping[str, str], *, languages: Sequence[str]) -> tuple[list[Check], Settings]:
    """Each setting that is wrong, not only the first, and the settings without those."""
    checks, right = [], dict(env)
    for name, value in env.items():
        try:
            read_settings({name: value}, languages=languages)
        except ConfigError as error:
            checks.append(found(WRONG, Finding.SETTING_WRONG, sentence=str(error)))
            del right[name]
    try:
        settings = read_settings(right, languages=languages)
    except ConfigError as error:  # two that do not go together
        checks.append(found(WRONG, Finding.SETTING_WRONG, sentence=str(error)))
        together = {name: value for name, value in right.items() if name != "WEBHOOK_URL"}
        settings = read_settings(together, languages=languages)
    if not checks:
        checks.append(found(OK, Finding.SETTINGS))
    if settings.token is None and not env.get("TELEGRAM_BOT_TOKEN", "").strip():
        checks.append(found(WRONG, Finding.NO_TOKEN))
    if not settings.admin_ids:
        checks.append(found(NOTE, Finding.NO_ADMINS))
    return checks, settings


def judge_telegram(telegram: Telegram, settings: Settings, *, now: datetime) -> list[Check]:
    """Token, webhook and clock."""
    if telegram.silent:
        return [found(NOTE, Finding.TELEGRAM_SILENT, reason=telegram.silent)]
    checks = []
    if telegram.username is None:
        checks.append(found(WRONG, Finding.TOKEN_UNKNOWN))
    else:
        checks.append(found(OK, Finding.TELEGRAM, name=telegram.username))
        checks.append(_judge_webhook(telegram, settings, now))
        if not telegram.inline:
            checks.append(found(NOTE, Finding.INLINE_OFF, name=telegram.username))
    if telegram.time is not None:
        off = abs(now - telegram.time)
        finding = Finding.CLOCK_OFF if off > CLOCK_OFF else Finding.CLOCK
        checks.append(found(WRONG if off > CLOCK_OFF else OK, finding, seconds=round(off.total_seconds())))
    return checks


def _judge_webhook(telegram: Telegram, settings: Settings, now: datetime) -> Check:
    is_at, wanted, waiting = telegram.webhook_url, settings.webhook_url, telegram.pending
    # Hosts only: a path may be secret.
    host, wanted_host = urlsplit(is_at).hostname or "", urlsplit(wanted or "").hostname or ""
    if is_at == (wanted or ""):
        if not wanted:
            return found(OK, Finding.POLLING, waiting=waiting)
        if telegram.trouble and telegram.trouble_at and now - telegram.trouble_at < WEBHOOK_TROUBLE:
            return found(WRONG, Finding.WEBHOOK_FAILING, reason=telegram.trouble, at=telegram.trouble_at)
        return found(OK, Finding.WEBHOOK, host=host, waiting=waiting)
    if not wanted:
        return found(WRONG, Finding.WEBHOOK_UNASKED, host=host)
    if not is_at:
        return found(WRONG, Finding.WEBHOOK_MISSING)
    return found(WRONG, Finding.WEBHOOK_ELSEWHERE, host=host, wanted=wanted_host)


def judge_database(health: DatabaseHealth, *, now: datetime) -> list[Check]:
    """The file, what holds it, and what it holds."""
    checks = []
    if health.damage:
        checks.append(found(WRONG, Finding.DAMAGED, fault=health.damage[0]))
    elif health.damage is None:
        checks.append(found(NOTE, Finding.NOT_EXAMINED))
    else:
        checks.append(found(OK, Finding.DATABASE, path=health.path, size=health.size))
    if health.open_to_others:
        checks.append(found(WRONG, Finding.OPEN_TO_OTHERS, path=health.path))
    if not health.writable:
        checks.append(found(WRONG, Finding.UNWRITABLE, path=health.path))
    if health.steps_missing:
        checks.append(found(NOTE, Finding.SCHEMA_OLDER, n=health.steps_missing))
    old = tuple(map(int, health.sqlite.split("."))) < SOUND_SQLITE
    checks.append(found(NOTE if old else OK, Finding.SQLITE_OLD if old else Finding.SQLITE, version=health.sqlite))
    needed = max(ROOM, 2 * health.size)
    if health.free < needed:
        checks.append(found(WRONG, Finding.DISK_LOW, free=health.free, needed=needed))
    else:
        checks.append(found(OK, Finding.DISK, free=health.free))
    large = health.wal > LARGE_WAL
    checks.append(found(WRONG if large else OK, Finding.WAL_LARGE if large else Finding.WAL, size=health.wal))
    checks.append(_judge_backup(health.backed_up, now))
    if health.shelves is not None:
        checks += _judge_listening(health.shelves.listening, now)
        checks += _judge_deliveries(health.shelves)
    return checks


def _judge_backup(backed_up: tuple[datetime, str] | None, now: datetime) -> Check:
    if backed_up is None:
        return found(NOTE, Finding.BACKUP_NONE)
    at, path = backed_up
    if now - at > OLD_BACKUP:
        return found(WRONG, Finding.BACKUP_OLD, at=at, path=path)
    return found(OK, Finding.BACKUP, at=at, path=path)


def _judge_listening(listening: Listening, now: datetime) -> list[Check]:
    checks, last = [], listening.last_polled_at
    if last is None:
        checks.append(found(NOTE, Finding.NEVER_POLLED))
    elif last - now > CLOCK_OFF:
        checks.append(found(WRONG, Finding.CLOCK_BEHIND, at=last))
    elif listening.overdue:
        checks.append(found(WRONG, Finding.POLLS_OVERDUE, n=listening.overdue, at=last))
    else:
        checks.append(found(OK, Finding.POLLED, at=last))
    failing, total = listening.failing, listening.enabled
    if failing and len(failing) > NEARLY_ALL * total:
        checks.append(found(WRONG, Finding.SOURCES_DOWN, n=len(failing), total=total))
    elif failing:
        checks.append(found(NOTE, Finding.SOURCES_FAILING, n=len(failing), total=total, names=failing))
    elif last is not None:
        checks.append(found(OK, Finding.SOURCES, n=total - len(listening.gone)))
    if listening.gone:
        checks.append(found(NOTE, Finding.SOURCES_GONE, n=len(listening.gone), names=listening.gone))
    return checks


def _judge_deliveries(shelves: Shelves) -> list[Check]:
    audit = shelves.audit
    states = {state.value: n for state, n in audit.states.items()}
    states["waiting"] = states.pop(PartState.READY) + states.pop(PartState.SENDING)
    books = {"items": audit.items, "stories": audit.stories, "editions": audit.editions, "planned": audit.planned}
    checks = [found(OK, Finding.DELIVERED, **books, **states)]
    if shelves.failed:
        checks.append(found(WRONG, Finding.FAILED, n=shelves.failed))
    if shelves.uncertain:
        checks.append(found(NOTE, Finding.UNCERTAIN, n=shelves.uncertain))
    checks += [
        found(WRONG, Finding.BOOKS_OPEN, what=fault.what, n=fault.count, example=fault.example)
        for fault in audit.faults
    ]
    return checks


def wrong(checks: Sequence[Check]) -> int:
    """How many of them want mending."""
    return sum(check.level is WRONG for check in checks)
