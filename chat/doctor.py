"""The check-up behind `python bot.py doctor`: goes round settings, Telegram, feeds and database and asks each."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from chat.newsroom import Clock
from chat.request import AiohttpRequest
from digest.checkup import Telegram, judge_database, judge_settings, judge_telegram
from digest.errors import ConfigError, StorageError
from digest.health import Check, Finding, Level, found
from digest.settings import Settings
from feeds.sources import load_sources
from render.words import LANGUAGES
from storage.database import path_of, writable
from storage.doctor import examine

#: Seconds that Telegram has for each answer.
_PATIENCE = 5.0


async def check_up(env: Mapping[str, str], *, clock: Clock) -> tuple[list[Check], Settings]:
    """Every check, in the order one would mend things, and the settings as far as they can be read.

    Changes nothing; a check that fails does not end the others.
    """
    checks, settings = judge_settings(env, languages=LANGUAGES)
    if settings.token is not None:
        telegram = await _ask_telegram(settings, settings.token)
        checks += judge_telegram(telegram, settings, now=clock())
    checks.append(_check_feeds(settings))
    checks += await asyncio.to_thread(_check_database, settings, clock())
    return checks, settings


async def _ask_telegram(settings: Settings, token: str) -> Telegram:
    request = AiohttpRequest(pool_size=1, read_timeout=_PATIENCE, connect_timeout=_PATIENCE, pool_timeout=_PATIENCE)
    bot = Bot(token, base_url=f"{settings.api_url}/bot", request=request)
    await request.initialize()
    try:
        me, hook = await bot.get_me(), await bot.get_webhook_info()
    except InvalidToken:
        return Telegram(time=await _their_time(settings.api_url))
    except TelegramError as error:
        return Telegram(silent=error.message)
    finally:
        await request.shutdown()
    return Telegram(
        username=me.username,
        inline=bool(me.supports_inline_queries),
        webhook_url=hook.url,
        pending=hook.pending_update_count,
        trouble=hook.last_error_message or "",
        trouble_at=hook.last_error_date,
        time=await _their_time(settings.api_url),
    )


async def _their_time(api_url: str) -> datetime | None:
    """The hour by Telegram's clock, if it says one; the address without the token is enough for that."""
    timeout = aiohttp.ClientTimeout(total=_PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.head(api_url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"]).astimezone(UTC)
    except (aiohttp.ClientError, OSError, ValueError, KeyError):
        return None


def _check_feeds(settings: Settings) -> Check:
    try:
        sources = load_sources(settings.feeds_file)
    except ConfigError as error:
        return found(Level.WRONG, Finding.FEEDS_WRONG, sentence=str(error))
    enabled = sum(source.enabled for source in sources)
    if not enabled:
        return found(Level.WRONG, Finding.FEEDS_NONE, path=str(settings.feeds_file))
    return found(Level.OK, Finding.FEEDS, path=str(settings.feeds_file), n=len(sources), enabled=enabled)


def _check_database(settings: Settings, now: datetime) -> list[Check]:
    try:
        health = examine(settings.database_url, now=now)
        path = path_of(settings.database_url)
    except StorageError as error:
        return [found(Level.WRONG, Finding.DATABASE_WRONG, sentence=str(error))]
    if health is None and not writable(path):
        return [found(Level.WRONG, Finding.UNWRITABLE, path=str(path))]
    if health is None:
        return [found(Level.NOTE, Finding.NO_DATABASE, path=str(path))]
    return judge_database(health, now=now)
