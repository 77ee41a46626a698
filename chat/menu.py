"""What Telegram shows of the bot before one word is written: its command menus, name and descriptions.

Telegram limits how often these may be set, the name above all: each is asked for first and set only where it differs.
"""

import logging
from collections.abc import Awaitable, Callable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from digest.model import Language
from render.help_view import MenuOf, described
from render.words import LANGUAGES, Words, load_words

log = logging.getLogger(__name__)

#: What an unknown kind of chat is shown is what private chats are.
SCOPES: tuple[tuple[BotCommandScope, MenuOf], ...] = (
    (BotCommandScopeDefault(), "private"),
    (BotCommandScopeAllPrivateChats(), "private"),
    (BotCommandScopeAllGroupChats(), "group"),
    (BotCommandScopeAllChatAdministrators(), "admin"),
)


def commands(words: Words, menu: MenuOf) -> list[BotCommand]:
    """One of the command menus in a language, the daily ones first."""
    return [BotCommand(each.name, each.text) for each in described(words) if menu in each.menus]


async def set_menus(bot: Bot, *, default: Language) -> None:
    """Tell Telegram our commands, name and descriptions, in each language and for all others in the `default` one.

    What it will not take now is logged and left as it was: the next start tries again.
    """
    for code, words in [("", load_words(default)), *((language, load_words(language)) for language in LANGUAGES)]:
        for scope, menu in SCOPES:
            await _kept(_set_commands, bot, scope, commands(words, menu), code)
        await _kept(_set_description, bot, words, code)
        await _kept(_set_short_description, bot, words, code)
        await _kept(_set_name, bot, words, code)


async def _kept(step: Callable[..., Awaitable[None]], *given: object) -> None:
    try:
        await step(*given)
    except TelegramError as error:
        log.warning("a menu, name or description could not be set: %s", error.message)


async def _set_commands(bot: Bot, scope: BotCommandScope, wanted: list[BotCommand], code: str) -> None:
    if list(await bot.get_my_commands(scope=scope, language_code=code or None)) != wanted:
        await bot.set_my_commands(wanted, scope=scope, language_code=code or None)


async def _set_description(bot: Bot, words: Words, code: str) -> None:
    wanted = words.t(
        "Once a day, at your own hour: what happened in your corner of foreign affairs, in sentences that "
        "publishers really wrote, each with its source. Choose topics and places; search everything past."
    )
    if (await bot.get_my_description(language_code=code or None)).description != wanted:
        await bot.set_my_description(wanted, language_code=code or None)


async def _set_short_description(bot: Bot, words: Words, code: str) -> None:
    wanted = words.t("Diplomacy news for your topics and places, once a day, with sources.")
    if (await bot.get_my_short_description(language_code=code or None)).short_description != wanted:
        await bot.set_my_short_description(wanted, language_code=code or None)


async def _set_name(bot: Bot, words: Words, code: str) -> None:
    wanted = words.t("Diplomacy Digest")
    if (await bot.get_my_name(language_code=code or None)).name != wanted:
        await bot.set_my_name(wanted, language_code=code or None)
