"""Answers reach a group also where it becomes a supergroup while it is being answered."""

import logging
from pathlib import Path

import pytest

from playground.botapi import BotApi
from playground.people import Group
from tests.world import DAWN, PRESET, running_bot


class Upgraded:
    """A basic group that becomes a supergroup when the bot is about to send the next part of a digest."""

    def __init__(self, api: BotApi, *, parts_before: int) -> None:
        self._api = api
        self._parts_before = parts_before
        self.owner = api.user("Ann")
        self.group = api.group("Union", owner=self.owner, kind="group")
        self.group.add_bot(self.owner)
        self.new: Group | None = None

    def digest(self) -> list[str]:
        """What came after the screen whose button subscribed was edited, before the change and after it."""
        done = [each.method for each in self._api.history]
        if "editMessageText" not in done:
            return []
        before = done[: done.index("editMessageText")].count("sendMessage")
        messages = [*self.group.messages, *(self.new.messages if self.new else ())]
        return [each.text for each in messages if each.by_bot][before:]

    async def sleep(self, seconds: float) -> None:
        """What the bot does before each message."""
        edited = any(each.method == "editMessageText" for each in self._api.history)
        if self.new is None and edited and len(self.digest()) == self._parts_before:
            self.new = self.group.upgrade()


@pytest.mark.parametrize("parts_before", [0, 1])
async def test_the_rest_of_a_first_digest_follows_the_group(
    news: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, parts_before: int
) -> None:
    async with BotApi(now=lambda: DAWN) as api:
        here = Upgraded(api, parts_before=parts_before)
        async with running_bot(tmp_path / "bot.db", news=news, api=api, sleep=here.sleep):
            await here.owner.say("/start", chat=here.group)
            since = api.world.revision
            await here.owner.press(PRESET["en"], chat=here.group)
            assert here.new is not None
            await here.owner.hears(lambda said: "feeds read" in said.text, chat=here.new, since=since)
    refused = [each.description for each in api.refused if each.method == "sendMessage"]
    assert refused == ["Bad Request: group chat was upgraded to a supergroup chat"]
    digest = here.digest()
    assert len(digest) > 1
    assert digest[0].startswith("Diplomacy Digest")
    assert len([each for each in here.group.messages if each.text in digest]) == parts_before
    assert not [each for each in caplog.records if each.levelno >= logging.ERROR]
