"""Telling the operators, in Telegram, what only they can mend: a feed that died, a message nobody knows the fate of."""

import logging
from collections.abc import Sequence

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from chat.newsroom import Newsroom
from digest.polling import Polled
from render.blocks import Paragraph, plain
from render.telegram import to_messages
from render.words import load_words

log = logging.getLogger(__name__)

#: Failures in a row after which a feed is reported, once: about a day, as the waits between polls double.
DEAD_AFTER = 8


class Alarms:
    """Writes to the chats of ADMIN_IDS. An admin who cannot be reached is logged; the alarm is in the log anyway."""

    def __init__(self, newsroom: Newsroom, bot: Bot) -> None:
        self._admins = sorted(newsroom.settings.admin_ids)
        self._words = load_words(newsroom.settings.language)
        self._newsroom = newsroom
        self._bot = bot

    async def feeds(self, polled: Sequence[Polled]) -> None:
        """Report the feeds that have just been given up or failed too often in a row."""
        t = self._words.t
        dead = [one for one in polled if one.error == "gone" or (one.error != "none" and one.failures == DEAD_AFTER)]
        if not dead:
            return
        names = await self._newsroom.store.read(
            lambda store: {state.source.url: state.source.name for state in store.sources.all()}
        )
        for one in dead:
            name = names.get(one.url, one.url)
            if one.error == "gone":
                text = t("The feed {name} is gone for good and is polled no more: {url}", name=name, url=one.url)
            else:
                text = t(
                    "The feed {name} failed {n} times in a row ({error}): {url}",
                    name=name,
                    n=one.failures,
                    error=one.error,
                    url=one.url,
                )
            await self._tell(text)

    async def uncertain(self, count: int) -> None:
        """Report messages that Telegram may or may not have taken, twice."""
        await self._tell(
            self._words.tn(
                "{n} message may or may not have reached its reader: Telegram did not answer, twice.",
                "{n} messages may or may not have reached their readers: Telegram did not answer, twice.",
                count,
            )
        )

    async def _tell(self, sentence: str) -> None:
        log.warning(sentence)
        for admin in self._admins:
            for text in to_messages([Paragraph(plain(sentence))]):
                try:
                    await self._bot.send_message(admin, text, parse_mode=ParseMode.HTML)
                except TelegramError as error:
                    log.warning("an admin could not be told: %s", error.message)
