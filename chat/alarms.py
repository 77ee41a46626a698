"""Telling the operators, in Telegram, what only they can mend: a feed that died, a message nobody knows the fate of."""

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from telegram import Bot
from telegram.constants import ParseMode
from telegram.error import TelegramError

from chat.newsroom import Newsroom
from digest.health import Audit
from digest.polling import Polled
from digest.readers import Troubles
from digest.text import without_password
from render.blocks import Paragraph, plain
from render.doctor_view import unclosed
from render.telegram import to_messages
from render.words import Words, load_words

log = logging.getLogger(__name__)

#: Failures in a row after which a feed is reported, once: about a day, as the waits between polls double.
DEAD_AFTER = 8
#: How often an admin is told of messages that went astray, and is tried again where none could be told.
_AGAIN = timedelta(minutes=10)
#: So many sentences wait for an admin who can be reached.
_MOST = 20


class Alarms:
    """Writes to the chats of ADMIN_IDS. An admin who cannot be reached is logged; the alarm is in the log anyway."""

    def __init__(self, newsroom: Newsroom, bot: Bot) -> None:
        self._admins = sorted(newsroom.settings.admin_ids)
        self._newsroom = newsroom
        self._bot = bot
        #: Sentences that no admin has heard yet, and when they were last tried.
        self._unheard: list[Callable[[Words], str]] = []
        self._tried_at = newsroom.clock()

    async def feeds(self, polled: Sequence[Polled]) -> None:
        """Report the feeds that have just been given up or failed too often in a row."""
        dead = [one for one in polled if one.error == "gone" or (one.error != "none" and one.failures == DEAD_AFTER)]
        if not dead:
            return
        names = await self._newsroom.store.read(
            lambda store: {state.source.url: state.source.name for state in store.sources.all()}
        )
        for one in dead:
            await self._tell_surely(partial(_dead_feed, one, names.get(one.url, one.url)))

    async def deliveries(self) -> None:
        """Report messages that may not have reached their readers, until an admin has heard of them.

        And what else could not be told: whenever this finds that ten minutes have passed.
        """
        now, store = self._newsroom.clock(), self._newsroom.store
        if self._unheard and now - self._tried_at >= _AGAIN:
            self._tried_at = now
            waiting, self._unheard = self._unheard, []
            for each in waiting:
                if not await self._write(each):
                    self._unheard.append(each)  # others may have come meanwhile
        troubles = await store.run(lambda shelves: shelves.outbox.troubles(every=_AGAIN, now=now))
        if troubles.parts and await self._tell(partial(_troubles, troubles)):
            await store.run(lambda shelves: shelves.outbox.reported(troubles))

    async def corrections(self) -> None:
        """Report labels that readers call wrong, once an hour at most."""
        now = self._newsroom.clock()
        if not await self._newsroom.store.run(lambda store: store.corrections.tell(now)):
            return
        if waiting := len(await self._newsroom.store.read(lambda store: store.wrong_labels())):
            await self._tell_surely(
                lambda words: words.tn(
                    "{n} label that readers call wrong waits for an editor: /corrections",
                    "{n} labels that readers call wrong wait for an editor: /corrections",
                    waiting,
                )
            )

    async def audit(self) -> None:
        """Add up the books once a day, and report where they do not close."""
        now = self._newsroom.clock()
        if not await self._newsroom.store.run(lambda store: store.auditor.take_turn(now)):
            return
        audit = await self._newsroom.store.read_apart(lambda store: store.auditor.audit(now))
        log.info("the books: %d messages planned, %d sums do not close", audit.planned, len(audit.faults))
        if audit.faults:
            await self._tell_surely(lambda words: _open_books(audit, words))

    async def _tell(self, sentence: Callable[[Words], str]) -> bool:
        """Write it to the log and to every admin; whether one of them has it, or there is none."""
        log.warning(sentence(load_words("en")))
        return await self._write(sentence)

    async def _tell_surely(self, sentence: Callable[[Words], str]) -> None:
        """Write it to the log, and to every admin until one of them has it or this process ends."""
        if not await self._tell(sentence):
            self._tried_at = self._newsroom.clock()
            self._unheard = [*self._unheard, sentence][-_MOST:]

    async def _write(self, sentence: Callable[[Words], str]) -> bool:
        heard = not self._admins
        for admin in self._admins:
            words = await self._words_of(admin)
            for text in to_messages([Paragraph(plain(sentence(words)))]):
                try:
                    await self._bot.send_message(admin, text, parse_mode=ParseMode.HTML)
                    heard = True
                except TelegramError as error:
                    log.warning("an admin could not be told: %s", error.message)
        return heard

    async def _words_of(self, admin: int) -> Words:
        chat = await self._newsroom.store.read(lambda store: store.readers.chat(admin))
        return load_words(chat.language if chat else self._newsroom.settings.language)


def _open_books(audit: Audit, words: Words) -> str:
    faults = "\n".join(f"• {unclosed(fault, words)}" for fault in audit.faults)
    return "\n".join(
        (words.t("The daily audit: the books do not close."), faults, words.t("More of it: python bot.py doctor"))
    )


def _troubles(troubles: Troubles, words: Words) -> str:
    sentences = []
    if troubles.uncertain:
        sentences.append(
            words.tn(
                "{n} message may or may not have reached its reader: Telegram did not answer, twice.",
                "{n} messages may or may not have reached their readers: Telegram did not answer, twice.",
                troubles.uncertain,
            )
        )
    if troubles.failed:
        sentences.append(
            words.tn(
                "Telegram refused the text of {n} message; the log says why, the database keeps it.",
                "Telegram refused the texts of {n} messages; the log says why, the database keeps them.",
                troubles.failed,
            )
        )
    return "\n".join(sentences)


def _dead_feed(one: Polled, name: str, words: Words) -> str:
    url = without_password(one.url)
    if one.error == "gone":
        return words.t("The feed {name} is gone for good and is polled no more: {url}", name=name, url=url)
    return words.t(
        "The feed {name} failed {n} times in a row ({error}): {url}",
        name=name,
        n=one.failures,
        error=one.error,
        url=url,
    )
