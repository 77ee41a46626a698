"""What Telegram shows of the bot before one word is written: its command menu, name and descriptions."""

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeDefault,
)

from render.words import LANGUAGES, Words, load_words


def commands(words: Words) -> list[BotCommand]:
    """The command menu in a language, the daily ones first."""
    t = words.t
    return [
        BotCommand("digest", t("today's digest, now")),
        BotCommand("search", t("search past news")),
        BotCommand("topics", t("choose topics")),
        BotCommand("places", t("choose countries, provinces and cities")),
        BotCommand("time", t("set your hour")),
        BotCommand("zone", t("set your time zone")),
        BotCommand("language", t("English or Vietnamese")),
        BotCommand("settings", t("everything on one screen")),
        BotCommand("pause", t("no digests for now")),
        BotCommand("resume", t("digests again")),
        BotCommand("stop", t("unsubscribe")),
        BotCommand("help", t("what I can do")),
    ]


async def set_menus(bot: Bot) -> None:
    """Tell Telegram our commands and descriptions, in each language and, as default, in English."""
    scopes = (BotCommandScopeDefault(), BotCommandScopeAllPrivateChats(), BotCommandScopeAllGroupChats())
    for code, words in [("", load_words("en")), *((language, load_words(language)) for language in LANGUAGES)]:
        for scope in scopes:
            await bot.set_my_commands(commands(words), scope=scope, language_code=code or None)
        await bot.set_my_description(
            words.t(
                "Once a day, at your own hour: what happened in your corner of foreign affairs, in sentences that "
                "publishers really wrote, each with its source. Choose topics and places; search everything past."
            ),
            language_code=code or None,
        )
        await bot.set_my_short_description(
            words.t("Diplomacy news for your topics and places, once a day, with sources."), language_code=code or None
        )
