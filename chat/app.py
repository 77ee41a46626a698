"""The bot at work: the Application with its handlers, the ticking clock, and a clean start and stop.

tick (seconds) ─→ plan what is due ─→ send what waits
tick (a minute) ─→ poll the sources that are due ─→ group into stories
"""

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    ApplicationBuilder,
    ContextTypes,
)

from chat import answers
from chat.alarms import Alarms
from chat.delivery import Sender, Sleep
from chat.desk import Desk
from chat.desks.alerts import Alerts
from chat.desks.asking import Asking
from chat.desks.corrections import Corrections
from chat.desks.help import Help
from chat.desks.here import Here
from chat.desks.inline import Inline
from chat.desks.lines import Lines
from chat.desks.owndata import OwnData
from chat.desks.questions import Questions
from chat.desks.reading import Reading
from chat.desks.rooms import Rooms
from chat.desks.saved import Saved
from chat.desks.schedule import Schedule
from chat.desks.settings import Settings
from chat.desks.start import Start
from chat.desks.stories import Stories
from chat.desks.wishes import Wishes
from chat.limiter import Limiter, wait_of
from chat.membership import Membership
from chat.menu import set_menus
from chat.newsroom import Newsroom
from chat.order import InOrder
from chat.pace import Pacer
from chat.patience import Patience
from chat.planning import Planner
from chat.reception import Reception
from chat.request import AiohttpRequest
from chat.switchboard import Switchboard
from chat.webhook import Webhook
from digest.errors import ConfigError, DigestError
from digest.polling import Polled
from digest.settings import require_token

log = logging.getLogger(__name__)

#: How often the clock looks for due editions and waiting messages, and for due sources.
DELIVERY_TICK = timedelta(seconds=1)
POLL_TICK = timedelta(seconds=30)
#: How often old rows are let go.
PRUNE_TICK = timedelta(hours=6)
#: How often, and how soon after a start, we ask whether the daily audit is due.
AUDIT_TICK, AUDIT_FIRST = timedelta(hours=1), timedelta(minutes=10)
#: How long we deliver nothing after another copy was noticed.
CONFLICT_REST = timedelta(minutes=1)
#: What is in flight at a stop may take this long.
_DRAIN_SECONDS = 10.0
#: So long editions are made before the first of them are sent.
_PLANNING_SECONDS = 1.0
#: Waits between tries while Telegram cannot be reached at the start, in seconds.
_START_AGAIN = (1, 2, 5, 10, 30, 60)
#: What we want to hear of: https://core.telegram.org/bots/api#update
UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER, Update.INLINE_QUERY]

#: Whoever answers readers.
DESKS: tuple[type[Desk], ...] = (
    Start,
    Wishes,
    Lines,
    Schedule,
    Settings,
    Questions,
    Reading,
    Stories,
    Saved,
    Corrections,
    Asking,
    Alerts,
    OwnData,
    Here,
    Rooms,
    Help,
)

App = Application  # its six type arguments say nothing here


class Bot:
    """The newsroom with Telegram around it."""

    def __init__(
        self, newsroom: Newsroom, *, sleep: Sleep = asyncio.sleep, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.newsroom = newsroom
        self.reception = Reception(newsroom)
        #: For what the bot sends, and for the long poll.
        self._requests = (AiohttpRequest(), AiohttpRequest(pool_size=1, listening=True))
        #: The pace that editions and answers keep together.
        self.pacer = Pacer(newsroom.settings.send_rate)
        self._monotonic = monotonic
        self._limiter = Limiter(self.pacer, self._hold, sleep=sleep, monotonic=monotonic)
        self.application = self._build()
        self.planner = Planner(newsroom, self.application.bot)
        self.sender = Sender(newsroom, self.application.bot, sleep=sleep, monotonic=monotonic, pacer=self.pacer)
        self.alarms = Alarms(newsroom, self.application.bot)
        #: When another copy of the bot was last noticed: then only one of us may deliver.
        self._conflict_at: datetime | None = None
        #: Whether it was said that another process uses our database.
        self._said_second = False
        self._webhook: Webhook | None = None
        self._polling: asyncio.Task[list[Polled]] | None = None
        #: Sets the command menus while the bot is at work already.
        self.menus: asyncio.Task[None] | None = None

    def _build(self) -> App:  # type: ignore[type-arg]
        settings = self.newsroom.settings
        application = (
            ApplicationBuilder()
            .token(require_token(settings))
            .base_url(f"{settings.api_url}/bot")
            .base_file_url(f"{settings.api_url}/file/bot")
            .request(self._requests[0])
            .get_updates_request(self._requests[1])
            .rate_limiter(self._limiter)
            .concurrent_updates(InOrder())
            .build()
        )
        patience = Patience(self._monotonic)
        Switchboard(self.reception, [desk(self.reception) for desk in DESKS], patience).register(application)
        Inline(self.reception, patience).register(application)
        self.membership = Membership(self.reception, application.bot)
        self.membership.register(application)
        application.add_error_handler(self._error)
        return application

    async def start(self, *, ticking: bool = True) -> None:
        """Reach Telegram, set the menus, take up what an earlier run left, and begin to listen and tick.

        Without `ticking` the clock stands still: whoever has the bot calls `deliver` and `poll`. Raises ConfigError
        for a token that Telegram does not know. While Telegram cannot be reached it keeps trying.
        """
        await self._keep_asking(self.application.initialize)
        await self._keep_holds()
        await self.application.start()
        self.menus = asyncio.create_task(self._set_menus())
        if ticking:
            self._start_clock()
        settings = self.newsroom.settings
        if settings.webhook_url:
            self._webhook = Webhook(
                self.application,
                settings.webhook_url,
                settings.webhook_secret,
                host=settings.host,
                port=settings.port,
            )
            await self._webhook.start()
            await self._keep_asking(partial(self._webhook.announce, UPDATES))
        elif self.application.updater:
            await self.application.updater.start_polling(
                allowed_updates=UPDATES, error_callback=self._polling_error, bootstrap_retries=-1
            )

    def _start_clock(self) -> None:
        queue = self.application.job_queue
        assert queue is not None  # noqa: S101 - the job-queue extra is a dependency
        # A late tick is still wanted, one is enough, and never two at once (APScheduler drops late ones by default).
        once = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        queue.run_repeating(self._tick(self.deliver), DELIVERY_TICK, first=0.1, job_kwargs=once)
        queue.run_repeating(self._tick(self.poll), POLL_TICK, first=0.1, job_kwargs=once)
        queue.run_repeating(self._tick(self.prune), PRUNE_TICK, first=PRUNE_TICK, job_kwargs=once)
        queue.run_repeating(self._tick(self.alarms.audit), AUDIT_TICK, first=AUDIT_FIRST, job_kwargs=once)

    async def stop(self) -> None:
        """Claim nothing more, let what is in flight finish, and let go of Telegram."""
        self.sender.stop()
        for task in (self.menus, self._polling):
            if task:
                task.cancel()
        application = self.application
        steps: list[Callable[[], Awaitable[None]]] = []
        if self._webhook:
            steps.append(self._webhook.stop)
        if application.updater and application.updater.running:
            steps.append(application.updater.stop)
        if application.running:
            steps.append(application.stop)
        # PTB closes the requests only of an application that was wholly initialised.
        for step in [*steps, application.shutdown, *(request.shutdown for request in self._requests)]:
            try:
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await step()
            except TimeoutError:
                log.warning("stopping took too long; what was in flight counts as uncertain")
            except RuntimeError as error:  # PTB refuses to shut down what a time-out left running
                log.warning("stopping: %s", error)

    async def _keep_asking(self, question: Callable[[], Awaitable[object]]) -> None:
        """Ask Telegram what a start depends on, until it answers."""
        attempt = 0
        while True:
            try:
                await question()
            except InvalidToken:
                raise ConfigError(
                    "Telegram does not know this TELEGRAM_BOT_TOKEN. Copy it again from @BotFather (/mybots)."
                ) from None
            except TelegramError as error:
                wait: float = _START_AGAIN[min(attempt, len(_START_AGAIN) - 1)]
                if isinstance(error, RetryAfter):
                    wait = max(wait, wait_of(error).total_seconds())
                log.warning("Telegram cannot be reached (%s); trying again in %s s", type(error).__name__, wait)
                attempt += 1
                await asyncio.sleep(wait)
            else:
                return

    async def _hold(self, chat_id: int, wait: timedelta) -> None:
        """Telegram asked us to leave a chat alone: editions wait as well, also after a restart."""
        until = self.newsroom.clock() + wait
        await self.newsroom.store.run(lambda store: store.outbox.hold_chat(chat_id, until))

    async def _keep_holds(self) -> None:
        """Answers wait for what Telegram asked of an earlier run."""
        now, ticks = self.newsroom.clock(), self._monotonic()
        held = await self.newsroom.store.read(lambda store: store.outbox.held(now))
        for chat_id, until in held.items():
            free = ticks + (until - now).total_seconds()
            if chat_id:
                self.pacer.hold(chat_id, free)
            else:
                self.pacer.hold_all(free)

    async def _set_menus(self) -> None:
        """The menus are worth having and nothing depends on them."""
        await set_menus(self.application.bot, default=self.newsroom.settings.language)

    def _tick(self, job: Callable[[], Awaitable[None]]) -> Callable[[Any], Coroutine[Any, Any, None]]:
        async def tick(context: object) -> None:  # noqa: ARG001
            try:
                await job()
            except Exception:  # the clock must go on ticking whatever one tick met
                log.exception("a tick failed; the next one tries again")

        return tick

    async def deliver(self) -> None:
        """Plan what is due and send what waits."""
        now = self.newsroom.clock()
        if (self._conflict_at and now - self._conflict_at < CONFLICT_REST) or not self._alone():
            return
        # Many editions take their time to make: what is ready goes out meanwhile.
        planning = asyncio.create_task(self.planner.plan(now))
        try:
            while not planning.done():
                await asyncio.wait({planning}, timeout=_PLANNING_SECONDS)
                await self.sender.send_waiting()
            await planning
        finally:
            planning.cancel()
        await self.alarms.deliveries()
        closed, self.sender.closed = self.sender.closed, []
        for part in closed:
            await self.membership.topic_closed(part)

    async def poll(self) -> None:
        """Poll the sources that are due, group what came, and tell the editors what waits for them."""
        await self.newsroom.store.run(lambda store: store.owndata.clear_log())
        if not self._alone():
            return
        self._polling = asyncio.create_task(self.newsroom.poll())
        await asyncio.wait({self._polling})
        # Where it was cancelled we stop: what a publisher had not sent yet is asked for at the next start.
        if not self._polling.cancelled():
            await self.alarms.feeds(self._polling.result())
            await self.alarms.corrections()

    def _alone(self) -> bool:
        """Whether no other process delivers from our database: two would each take the other's for crashed."""
        alone = self.newsroom.store.alone()
        if not alone and not self._said_second:
            log.error("Another copy of this bot uses the same database; while it does, this one delivers nothing")
        if alone and self._said_second:
            log.warning("The other copy of this bot is gone; this one delivers again")
        self._said_second = not alone
        return alone

    async def prune(self) -> None:
        """Let go of what is no longer kept: the old ledger, and chats that left a year ago."""
        await self.newsroom.store.run(lambda store: store.prune(now=self.newsroom.clock()))

    def _polling_error(self, error: TelegramError) -> None:
        if not isinstance(error, Conflict):
            log.warning("listening to Telegram: %s; trying again", type(error).__name__)
            return
        now = self.newsroom.clock()
        if self._conflict_at is None or now - self._conflict_at > CONFLICT_REST:
            log.error("Another copy of this bot runs with the same token; while it does, this one delivers nothing")
        self._conflict_at = now

    async def _error(self, update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        """A handler failed: the traceback to the log, a sentence to the reader."""
        if isinstance(context.error, RetryAfter):
            log.warning("an answer was lost: %s", context.error.message)
            return
        log.error("a handler failed", exc_info=context.error)
        if not isinstance(update, Update) or update.effective_chat is None:
            return
        with suppress(TelegramError, DigestError):
            words = (await self.reception.reader(update)).words
            sorry = words.t("Something went wrong on our side. Please try again in a moment.")
            if update.callback_query is not None:
                await update.callback_query.answer(sorry)
            else:
                await answers.send(update, sorry)


def settle() -> None:
    """Let no full collection of garbage look through what was loaded for good: in those 50 ms nobody is answered.

    For a process that is the bot's alone. https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()


async def run_bot(newsroom: Newsroom) -> None:
    """The bot until SIGINT or SIGTERM, then a clean stop."""
    bot = Bot(newsroom)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stopped.set)
    starting = asyncio.create_task(bot.start())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({starting, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            settle()
            log.info("@%s is running; Ctrl-C stops it", bot.application.bot.username)
            await waiting
        log.info("stopping: finishing what is in flight")
    finally:
        for task in (starting, waiting):
            task.cancel()
        await asyncio.gather(starting, waiting, return_exceptions=True)
        await bot.stop()
