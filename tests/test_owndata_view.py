import pytest

from render.owndata_view import forget_blocks
from render.text import to_text
from render.words import load_words


@pytest.mark.parametrize(
    ("lines", "saved", "expected"),
    [
        (2, 1, "2 subscriptions, 1 saved story, settings, searches and what was delivered."),
        (1, 0, "1 subscription, settings, searches and what was delivered."),
        (0, 0, "settings, searches and what was delivered."),
    ],
)
def test_what_is_not_there_is_not_said_to_go(lines, saved, expected):
    blocks = forget_blocks(load_words("en"), lines=lines, saved=saved, group=False)

    assert f"Everything kept about you will be deleted: {expected}" in to_text(blocks, width=500)
