"""What Telegram asks of our speed (I8), and how soon a stop is heard, read from a history. Nothing of ours."""

from collections import defaultdict
from collections.abc import Iterator

from tests.faults.history import WORKERS, History, is_edition

#: By so much (real seconds) two requests may come nearer to each other on their way than they were made.
JITTER = 0.1
#: Messages to a group, and in how many seconds.
_GROUP = (20, 60.0)


def pace(story: History) -> Iterator[tuple[str, str]]:
    """I8: at most `send_rate` messages a second over all chats, one a second to a chat, twenty a minute to a group."""
    rate = story.header["send_rate"]
    yield from _holds(story)
    by_chat: dict[int, list[float]] = defaultdict(list)
    for event in story.events:
        if event["what"] == "request" and event["method"] == "sendmessage" and event.get("chat"):
            by_chat[event["chat"]].append(event["real"])
            by_chat[0].append(event["real"])
    speed = story.header["speed"]
    for chat, times in by_chat.items():
        limits = (
            [(int(rate), 1.0), (int(10 * rate), 10.0)] if chat == 0 else [(each, float(each)) for each in (1, 2, 4)]
        )
        if chat < 0:
            limits.append(_GROUP)
        for most, window in limits:
            spans = (
                (end - start) * speed
                for start, end in zip(times, times[most:], strict=False)
                if (end - start + JITTER) * speed < window and (end - start + JITTER + story.lag(end)) * speed < window
            )
            if (span := next(spans, None)) is not None:
                whom = f"chat {chat}" if chat else "all chats"
                yield "I8", f"{whom}: {most + 1} messages in {span:.2f} s"
                break


def _holds(story: History) -> Iterator[tuple[str, str]]:
    """Nothing goes to a chat that is to be left alone: editions by the simulated clock, answers by their pace."""
    speed = story.header["speed"]
    held: dict[int, float] = {}
    paced: dict[int, float] = {}
    for event in story.events:
        if event["what"] != "request" or event["method"] != "sendmessage" or not event.get("chat"):
            continue
        chat, at, turn = event["chat"], event["at"], event["real"] * speed
        early = held.get(chat, 0) - at
        if early > 0.01 and (is_edition(event) or turn < paced.get(chat, 0) - 0.01):
            yield "I8", f"chat {chat} was written to {early:.1f} s before it might be"
        if event["outcome"] == "429":
            held[chat] = max(held.get(chat, 0), at + event["retry_after"])
            paced[chat] = max(paced.get(chat, 0), turn + event["retry_after"])


def stops(story: History) -> Iterator[tuple[str, str]]:
    """After SIGTERM what is in flight is finished, and nothing more is begun."""
    for place, event in enumerate(story.events):
        if event["what"] != "stop":
            continue
        after = 0
        for later in story.events[place + 1 :]:
            if later["what"] == "start":
                break
            after += is_edition(later)
        if after > WORKERS:
            yield "stop", f"{after} messages were sent after SIGTERM"
