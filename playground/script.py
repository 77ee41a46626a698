"""A first session that plays by itself: for a machine without a terminal, and for whoever wants the transcript.

/start → a ready-made choice → today's digest → the next morning's delivery → a search → settings
"""

import asyncio
import tempfile
from collections.abc import Callable
from pathlib import Path

from digest.errors import ConfigError
from digest.settings import Settings
from playground.demo import tell, tell_farewell, tell_kept
from playground.nouns import Button
from playground.people import User
from playground.stage import Stage, Wiring, set_stage
from playground.terminal import answer_searches, show_digests
from playground.transcript import transcript_page
from render.words import Words, load_words

#: The bot has said all it wants once nothing has changed for so long, in seconds.
_QUIET = 0.8
#: So long, in seconds, for one step.
_PATIENCE = 30.0
#: So many presses at most until a new reader is subscribed.
_MOST_PRESSES = 4
_SEARCHES = {"en": "/search friendship union", "vi": "/search hữu nghị"}


async def play_session(settings: Settings, wiring: Wiring, *, transcript: Path | None, keep: bool = False) -> int:
    """Play a first session, print the day's digest and write what was said as a web page. Gives back 0.

    Without a `transcript` path the page goes to a new file among the system's temporary ones, and is said where.
    Raises ConfigError where there is no folder for it.
    """
    if transcript is not None and not transcript.parent.is_dir():
        raise ConfigError(f"There is no folder {transcript.parent} to write {transcript.name} into.")
    words = load_words(settings.language)
    t = words.t
    tell(t("Nobody sits at this terminal, so a first session plays by itself: no token, no internet …"))
    async with set_stage(settings, wiring, keep=keep) as stage:
        reader = next(user for user in stage.people if user.chat.language_code == settings.language)
        await _subscribe(stage, reader, words)
        await show_digests(stage.newsroom, words, settings, stage.clockwork.clock())
        await answer_searches(stage.newsroom, words, settings.zone, stage.clockwork.clock(), ask=False)
        tell("")
        await _next_morning(stage, reader, words)
        page = transcript_page(
            reader.messages, title=t("A first session"), language=settings.language, zone=settings.zone
        )
        path = await asyncio.to_thread(_write, transcript, page)
        tell(t("What reader and bot said to each other, as a web page: {path}", path=path))
        tell_kept(words, stage, keep=keep)
    tell_farewell(words)
    return 0


async def _subscribe(stage: Stage, reader: User, words: Words) -> None:
    name = reader.chat.title
    tell(f"{name}: /start")
    await reader.say("/start", within=_PATIENCE)
    for _ in range(_MOST_PRESSES):
        await _settled(stage)
        if stage.clockwork.next is not None:
            break
        button = _way_in(reader)
        tell(f"{name}: [{button.text}]")
        await reader.press(button.data or "", within=_PATIENCE)
    for words_typed in (_SEARCHES.get(words.language, _SEARCHES["en"]), "/settings"):
        tell(f"{name}: {words_typed}")
        await reader.say(words_typed, within=_PATIENCE)
        await _settled(stage)


async def _next_morning(stage: Stage, reader: User, words: Words) -> None:
    since = stage.api.world.revision
    if await stage.clockwork.to_next_delivery():
        tell(words.t("The clock jumps to the next delivery."))
        await reader.hears(since=since, within=_PATIENCE, what="The digest")
    await _settled(stage)
    count = sum(message.by_bot for message in reader.messages)
    tell(words.tn("The bot has sent {n} message.", "The bot has sent {n} messages.", count))


def _way_in(reader: User) -> Button:
    """What a newcomer presses: the button that stands out, else the first."""
    buttons = [button for button in reader.last.buttons if button.data]
    standing_out: Callable[[Button], bool] = lambda button: button.raw.get("style") in ("primary", "success")  # noqa: E731
    return next(filter(standing_out, buttons), buttons[0])


async def _settled(stage: Stage) -> None:
    """Wait until the bot has nothing more to say."""
    world = stage.api.world
    revision = -1
    async with asyncio.timeout(_PATIENCE):
        while revision != world.revision:
            revision = world.revision
            await asyncio.sleep(_QUIET)


def _write(path: Path | None, page: str) -> Path:
    if path is None:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", prefix="diplomacy-digest-", suffix=".html", delete=False
        ) as file:
            file.write(page)
        return Path(file.name)
    path.write_text(page, encoding="utf-8")
    return path
