"""Logging for the operator: one line a record, and never a secret in it."""

import json
import logging
import re
from collections.abc import Sequence

#: A bot token wherever it stands, for instance in a URL: https://core.telegram.org/bots/api#authorizing-your-bot
_TOKEN = re.compile(r"\d{6,20}:[A-Za-z0-9_-]{30,100}")
_HIDDEN = "[hidden]"


class RedactingFormatter(logging.Formatter):
    """Formats as `inner` does and hides secrets last, so that arguments and tracebacks are covered as well."""

    def __init__(self, inner: logging.Formatter, secrets: Sequence[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text without secrets."""
        text = _TOKEN.sub(_HIDDEN, self._inner.format(record))
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return text


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
        return json.dumps(row, ensure_ascii=False)


def set_up_logging(level: str, *, style: str, secrets: Sequence[str]) -> None:
    """Send the root logger to standard error, as "text" or "json" lines."""
    inner = (
        JsonFormatter() if style == "json" else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(inner, secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Both print whole URLs, and the URL of every call to Telegram holds the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It announces every tick of the clock.
    logging.getLogger("apscheduler").setLevel(max(logging.WARNING, logging.getLogger().level))
