"""Links from where several read to one's own chat with the bot: https://core.telegram.org/bots/features#deep-linking."""

import hmac
import re
from typing import NamedTuple

#: "found_<search>_<chat>_<seal>"
_SEARCH = re.compile(r"found_([0-9]{1,15})_(-[0-9]{1,16})_([0-9a-f]{16})")
_SEAL_LETTERS = 16


class SharedSearch(NamedTuple):
    """A search that was made where several read: its number, and the chat it was made in."""

    search_id: int
    chat_id: int


def private_link(bot_name: str, payload: str) -> str:
    """A link that opens the private chat; there the bot is sent "/start payload"."""
    return f"https://t.me/{bot_name}?start={payload}"


def search_payload(search: SharedSearch, token: str) -> str:
    """What a link to a search carries: numbers and a seal, no words.

    Searches are numbered one after another. Without the seal anybody could read by counting what others look for.
    """
    return f"found_{search.search_id}_{search.chat_id}_{_seal(search, token)}"


def read_search_payload(payload: str, token: str) -> SharedSearch | None:
    """The search that a link of ours leads to; None for anything else.

    >>> read_search_payload(search_payload(SharedSearch(7, -100), "12:ab"), "12:ab")
    SharedSearch(search_id=7, chat_id=-100)
    """
    found = _SEARCH.fullmatch(payload)
    if found is None:
        return None
    search = SharedSearch(int(found[1]), int(found[2]))
    return search if hmac.compare_digest(found[3], _seal(search, token)) else None


def _seal(search: SharedSearch, token: str) -> str:
    said = f"found:{search.search_id}:{search.chat_id}".encode()
    return hmac.new(token.encode(), said, "sha256").hexdigest()[:_SEAL_LETTERS]
