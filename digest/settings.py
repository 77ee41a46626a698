"""The operator's settings: one frozen value, read once from the environment by the front door."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from digest.errors import ConfigError
from digest.model import Language

T = TypeVar("T")

_TOKEN = re.compile(r"\d{3,20}:[\w-]{20,100}")
_DURATION = re.compile(r"(\d{1,4})\s*([smhd])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with the defaults that README.md lists. The repr hides what is secret."""

    token: str | None = field(default=None, repr=False)
    api_url: str = "https://api.telegram.org"
    database_url: str = "sqlite:///data/digest.db"
    feeds_file: Path = Path("feeds.yaml")
    poll_interval: timedelta = timedelta(minutes=15)
    language: Language = "en"
    zone: str = "Asia/Ho_Chi_Minh"
    delivery_time: time = time(7, 0)
    admin_ids: frozenset[int] = frozenset()
    #: Messages a second over all chats.
    send_rate: float = 25.0
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    #: Where the webhook listens: on this machine only, for the operator's proxy.
    host: str = "127.0.0.1"
    port: int = 8080
    #: Put into the User-Agent, so that a publisher can reach the operator.
    contact_url: str | None = None
    log_level: str = "INFO"
    log_format: str = "text"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never stand in a log."""
        return tuple(secret for secret in (self.token, self.webhook_secret) if secret)


def read_settings(env: Mapping[str, str], *, languages: Sequence[Language]) -> Settings:
    """Settings from environment variables; an empty value counts as not set. `languages` are those we speak.

    Raises ConfigError with one sentence that names the variable and what would be right. The token is not asked for
    here: most commands need none; see `require_token`.
    """

    def get(name: str, read: Callable[[str], T], default: T) -> T:
        value = env.get(name, "").strip()
        if not value:
            return default
        try:
            return read(value)
        except ValueError as error:
            # A secret's value is not repeated on the screen.
            shown = "" if name in {"TELEGRAM_BOT_TOKEN", "WEBHOOK_SECRET"} else f" “{value}”"
            raise ConfigError(f"{name}{shown} {error}") from None

    d = Settings()
    settings = Settings(
        token=get("TELEGRAM_BOT_TOKEN", _token, None),
        api_url=get("TELEGRAM_API_URL", _url, d.api_url),
        database_url=get("DATABASE_URL", str, d.database_url),
        feeds_file=get("FEEDS_FILE", Path, d.feeds_file),
        poll_interval=get("POLL_INTERVAL", _poll_interval, d.poll_interval),
        language=get("DEFAULT_LANGUAGE", _choice(*languages, of="the languages we speak: "), d.language),
        zone=get("DEFAULT_TIMEZONE", _zone, d.zone),
        delivery_time=get("DEFAULT_DELIVERY_TIME", _clock, d.delivery_time),
        admin_ids=get("ADMIN_IDS", _ids, d.admin_ids),
        send_rate=get("SEND_RATE", _rate, d.send_rate),
        webhook_url=get("WEBHOOK_URL", _url, None),
        webhook_secret=get("WEBHOOK_SECRET", _secret, None),
        host=get("HOST", _host, d.host),
        port=get("PORT", _port, d.port),
        contact_url=get("CONTACT_URL", _url, None),
        log_level=get("LOG_LEVEL", _choice(*_LEVELS), d.log_level),
        log_format=get("LOG_FORMAT", _choice("text", "json"), d.log_format),
    )
    if (settings.webhook_url or "").startswith("http:") and settings.api_url == d.api_url:
        raise ConfigError(f"WEBHOOK_URL “{settings.webhook_url}” is not https; Telegram calls no other address")
    return settings


def require_token(settings: Settings) -> str:
    """The bot's token; raises ConfigError that says where to get one."""
    if settings.token is None:
        raise ConfigError(
            "TELEGRAM_BOT_TOKEN is not set. Write to @BotFather in Telegram, send /newbot, and put the token it gives "
            "into the file .env (see .env.example). To look around without a token: make demo"
        )
    return settings.token


def parse_duration(value: str) -> timedelta:
    """A length of time such as "15m", "2h" or "1d"; raises ValueError.

    >>> parse_duration("15m")
    datetime.timedelta(seconds=900)
    """
    match = _DURATION.fullmatch(value.strip().lower())
    if not match or int(match[1]) == 0:
        raise ValueError("is not a length of time; write for example 15m, 2h or 1d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def _token(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise ValueError("does not look like a bot token; @BotFather gives one such as 123456:ABC-DEF…")
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is not an address; write for example https://example.org")
    if not value.isascii() or any(c.isspace() for c in value):
        raise ValueError("holds a space or an accent; write it as a browser copies it: xn--…, %C3%AA")
    return value.rstrip("/")


def _poll_interval(value: str) -> timedelta:
    interval = parse_duration(value)
    if interval < timedelta(minutes=1):
        raise ValueError("is too often for publishers; the shortest is 1m")
    return interval


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is not an IANA time zone; write for example Asia/Ho_Chi_Minh")
    return ZoneInfo(value).key


def _clock(value: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError("is not an hour; write for example 07:00")
    return time(int(match[1]), int(match[2]))


def _ids(value: str) -> frozenset[int]:
    try:
        ids = frozenset(int(part) for part in re.split(r"[,\s]+", value) if part)
        # https://core.telegram.org/bots/api#chat: "at most 52 significant bits"
        if any(abs(each) >= 2**52 for each in ids):
            raise ValueError
    except ValueError:
        raise ValueError("are not numeric Telegram ids; write for example 12345,67890") from None
    return ids


def _rate(value: str) -> float:
    try:
        rate = float(value)
    except ValueError:
        rate = 0.0
    if not 0.1 <= rate <= 1000:
        raise ValueError("is not a number of messages a second between 0.1 and 1000")
    return rate


def _secret(value: str) -> str:
    # https://core.telegram.org/bots/api#setwebhook, secret_token
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        raise ValueError("may hold only 1 to 256 letters, digits, _ and -")
    return value


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,255}", value):
        raise ValueError("is no address of this machine; write for example 127.0.0.1, or 0.0.0.0 for all of them")
    return value


def _port(value: str) -> int:
    if not value.isdigit() or not 1 <= int(value) <= _MAX_PORT:
        raise ValueError("is not a port between 1 and 65535")
    return int(value)


def _choice(*choices: str, of: str = "") -> Callable[[str], str]:
    def read(value: str) -> str:
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ValueError(f"is none of {of}{', '.join(choices)}")

    return read
