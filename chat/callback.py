"""What a button carries: a version, an act and its arguments, within Telegram's 64 bytes.

State lives in storage, so a press says what should be, never "change it": pressing twice does no more than once.
"""

from typing import NamedTuple

from chat.errors import OldButtonError

#: Raised when acts or arguments change their meaning; older buttons then answer that they are old.
VERSION = "v2"
#: https://core.telegram.org/bots/api#inlinekeyboardbutton, callback_data: 1-64 bytes.
MAX_BYTES = 64


#: Numbers in our buttons are shorter.
_DIGITS = 16


class Press(NamedTuple):
    """A button's act and arguments."""

    act: str
    args: tuple[str, ...]


def pack(act: str, *args: object) -> str:
    """The callback data of a button; raises ValueError if it is too long for Telegram.

    >>> pack("topic", "ngo", 1)
    'v2:topic:ngo:1'
    """
    data = ":".join([VERSION, act, *(str(arg) for arg in args)])
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(f"callback data over {MAX_BYTES} bytes: {data!r}")
    return data


def unpack(data: str | None) -> Press | None:
    """What a press means; None for another version's button or anything that is not ours.

    >>> unpack("v2:topic:ngo:1")
    Press(act='topic', args=('ngo', '1'))
    >>> unpack("v1:topic") is None
    True
    """
    version, *rest = (data or "").split(":")
    if version != VERSION or not rest or not rest[0]:
        return None
    return Press(rest[0], tuple(rest[1:]))


def number(digits: str) -> int:
    """A number in a button; raises OldButtonError for anything else.

    >>> number("42")
    42
    """
    if not (digits.isascii() and digits.isdigit() and len(digits) < _DIGITS):
        raise OldButtonError
    return int(digits)
