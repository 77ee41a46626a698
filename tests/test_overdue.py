"""The bench of benchmarks/overdue.py in small: all who were overdue are served, at Telegram's pace."""

from benchmarks.overdue import overdue

READERS = 50
#: Of 25 messages a second, which SEND_RATE is, some are kept for answers.
RATE = 25


async def test_all_who_waited_are_served_in_pace() -> None:
    found = await overdue(READERS)
    assert found.messages == READERS
    assert found.last - found.first >= READERS / RATE - 1
