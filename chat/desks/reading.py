"""Reading: the digest now, and its pages."""

from dataclasses import replace
from typing import cast

from chat import answers
from chat.editions import FIRST_WINDOW, edition_messages, upto
from chat.reception import Reader
from chat.switchboard import Call, Desk, command, press
from digest.model import Digest, Grouping, Wishes


class Reading(Desk):
    """Showing digests."""

    @command("digest")
    async def digest(self, call: Call) -> None:
        """The digest of the last day, now."""
        await _send(self, call, await digest_now(self, call.reader.wishes))

    @press("digest")
    async def regrouped(self, call: Call) -> None:
        """The last day's digest in the other grouping."""
        by = cast("Grouping", call.one_of(("topic", "place"), 0))
        await _send(self, call, await digest_now(self, replace(call.reader.wishes, by=by)))


async def digest_now(desk: Desk, wishes: Wishes) -> Digest:
    """What the last day holds for these wishes."""
    now = desk.newsroom.clock()
    return await desk.newsroom.digest(wishes, since=now - FIRST_WINDOW, until=now)


async def first_digest(desk: Desk, call: Call) -> None:
    """Send today's digest to somebody who has just subscribed, and note what they were told."""
    who = call.subscriber
    digest = await digest_now(desk, who.wishes)
    await _send(desk, call, digest)
    told, now = upto(digest), desk.newsroom.clock()
    await desk.newsroom.store.run(lambda store: store.memory.tell(who.chat_id, who.thread_id, told, now=now))


async def _send(desk: Desk, call: Call, digest: Digest) -> None:
    """Send a digest, part after part."""
    for text, keyboard in edition_messages(digest, names=desk.newsroom.names, zone=zone_of(desk, call.reader)):
        await answers.send(call.update, text, keyboard)


def zone_of(desk: Desk, reader: Reader) -> str:
    """The IANA zone that a reader lives by."""
    return reader.chat.zone if reader.chat else desk.newsroom.settings.zone
