"""Logging for the operator: one line a record, and never a secret or a reader's number in it."""

import json
import logging
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TextIO

#: A bot token wherever it stands, for instance in a URL: https://core.telegram.org/bots/api#authorizing-your-bot
_TOKEN = re.compile(r"\d{6,20}(?::|%3A)[A-Za-z0-9_-]{30,100}", re.IGNORECASE)
#: A person's or chat's number: named as one, part of such a name or of a link to one, or so long that it is hardly
#: anything else. Numbers in other links and in names of files are left alone.
_NAMED_ID = re.compile(
    r"""(?ix) ( \b (?:chat|user|from|sender|member|admin|owner)s? (?:_chat|_user)? (?:[_ ]?ids?)? \b
                ["']? (?:\s+ is \b)? \s* (?:[:=(<\[#№/]|%3D)? \s* ["']? ) (?:-|%2D)?\d{2,}"""
)
_JOINED_ID = re.compile(r"(?i)(\bt\.me/c/|\b(?:chat|user|member)[_-]?|\bid(?:=|%3D))(?:-|%2D)?\d{5,}")
_LONG_ID = re.compile(r"(?<![\w./%-])-?\d{7,}(?!\w|\.\w)")
#: What ends a line or drives a terminal.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
#: What stands before the host of a URL: a feed's name and password.
_USERINFO = re.compile(r"(?<=://)[^/\s?#@'\"]+@")
_HIDDEN = "[hidden]"


def redact(text: str, secrets: Sequence[str]) -> str:
    """A text without these secrets, and without anything that looks like a token or like a password in a URL.

    >>> redact("POST /bot123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe with hush", ["hush"])
    'POST /bot[hidden]/getMe with [hidden]'
    """
    text = _USERINFO.sub(f"{_HIDDEN}@", _TOKEN.sub(_HIDDEN, text))
    for secret in secrets:
        if secret:
            text = text.replace(secret, _HIDDEN)
    return text


def hide_ids(text: str) -> str:
    """A text without the numbers of chats and people.

    >>> hide_ids("chat 1001 went away; {'chat_id': -1002233445566}; part 12 of 30")
    "chat [id] went away; {'chat_id': [id]}; part 12 of 30"
    """
    for pattern in (_NAMED_ID, _JOINED_ID):
        text = pattern.sub(r"\1[id]", text)
    return _LONG_ID.sub("[id]", text)


def visible(text: str) -> str:
    """A text on one line, with what ends a line or drives a terminal written out.

    >>> visible("first\\nsecond\\x1b[2J")
    'first\\\\u000asecond\\\\u001b[2J'
    """
    return _CONTROLS.sub(lambda control: f"\\u{ord(control[0]):04x}", text)


class RedactingFormatter(logging.Formatter):
    """Formats as `inner` does and hides secrets and ids last, so that arguments and tracebacks are covered as well."""

    def __init__(self, inner: logging.Formatter, secrets: Sequence[str]) -> None:
        super().__init__()
        self._inner = inner
        # The half of a token behind the colon opens the bot as well as the whole does.
        self._secrets = [*secrets, *(secret.partition(":")[2] for secret in secrets)]

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without secrets."""
        return hide_ids(redact(self._inner.format(record), self._secrets))


class _Handler(logging.StreamHandler[TextIO]):
    """Writes to standard error, and does not print the arguments of a record that cannot be formatted."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        with suppress(OSError, ValueError):
            self.stream.write(f"A line of {record.name} ({record.module}:{record.lineno}) could not be logged.\n")


class TextFormatter(logging.Formatter):
    """One line a record: time, level, logger and message; the lines of a traceback begin with a space.

    What a publisher or a reader wrote cannot look like a line of ours.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The record's line."""
        return visible(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """A traceback."""
        return "\n".join(f" {visible(line)}" for line in super().formatException(ei).split("\n"))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's own name
        """A stack that was asked for."""
        return "\n".join(f" {visible(line)}" for line in super().formatStack(stack_info).split("\n"))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message and, where there was one, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        row = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        return visible(json.dumps(row, ensure_ascii=False))


def set_up_logging(level: str, *, style: str, secrets: Sequence[str]) -> None:
    """Send the root logger to standard error, as "text" or "json" lines."""
    inner = JsonFormatter() if style == "json" else TextFormatter()
    handler = _Handler()
    handler.setFormatter(RedactingFormatter(inner, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Python's own warnings too: they may quote what they warn of.
    logging.captureWarnings(True)
    # Both print whole URLs, and the URL of every call to Telegram holds the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # At DEBUG it prints what readers write, and who they are.
    logging.getLogger("telegram").setLevel(max(logging.INFO, logging.getLogger().level))
    # It announces every tick of the clock.
    logging.getLogger("apscheduler").setLevel(max(logging.WARNING, logging.getLogger().level))
