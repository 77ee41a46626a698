"""The local Bot API with every request and its outcome on record, a plug to pull, and an order to kill."""

import contextlib
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from aiohttp import web

from playground.botapi import BotApi
from playground.faults import Fault, Faults
from playground.people import Group, User
from playground.rules import Params, Refused
from playground.world import Chat
from tests.faults.cast import READER
from tests.faults.press import unplug

#: The record of the request that this task is answering.
_ANSWERING: ContextVar[dict[str, Any] | None] = ContextVar("answering", default=None)
#: What it asked.
_READ: ContextVar[Params] = ContextVar("read")


class _Watched(Faults):
    """Faults that are noted when they meet a request before it is read."""

    def __init__(self, clock: Callable[[], float], met: Callable[[str, str], object]) -> None:
        super().__init__(clock)
        self._met = met

    def take(self, method: str, chat: int, *, unread: bool) -> Fault | None:
        fault = super().take(method, chat, unread=unread)
        if fault is not None and unread:
            self._met(method, fault.kind)
        return fault


class RecordedApi(BotApi):
    """`record` is told of every request but getUpdates: who, what, the outcome for the bot, whether it was accepted."""

    def __init__(self, record: Callable[..., dict[str, Any]], **more: Any) -> None:
        super().__init__(**more)
        self._record = record
        self._faults = _Watched(self._clock, self._met)
        #: Called once, when the next message to a reader was accepted and before the answer goes out.
        self.on_accepted: Callable[[], None] | None = None

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        _READ.set(Params({}))
        with contextlib.suppress(Refused):  # read before a fault may prevent it: the record wants to know whom it met
            _READ.set(await self._read(request))
        return await super()._handle(request)

    def _met(self, method: str, kind: str) -> None:
        self._note(method, _READ.get(), outcome=kind, accepted=False)

    async def _call(self, method: str, params: Params) -> Any:
        if method == "getupdates":
            return await super()._call(method, params)
        result = await super()._call(method, params)
        noted = self._note(method, params, outcome="ok", accepted=True)
        _ANSWERING.set(noted)
        if method == "sendmessage" and self.on_accepted is not None:
            blow, self.on_accepted = self.on_accepted, None
            noted["outcome"] = "killed"
            blow()
        return result

    def _note(self, method: str, params: Params, **more: Any) -> dict[str, Any]:
        return self._record(
            "request",
            method=method,
            chat=params.number("chat_id"),
            thread=params.number("message_thread_id"),
            text=params.text("text"),
            buttons=bool(params.text("reply_markup")),
            **more,
        )

    def _note_refusal(self, method: str, params: Params, refused: Refused) -> None:
        super()._note_refusal(method, params, refused)
        if method == "getupdates":
            return
        self._note(
            method,
            params,
            outcome=str(refused.code),
            accepted=False,
            why=refused.description,
            retry_after=refused.parameters.get("retry_after", 0),
        )

    async def _unanswered(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        noted = _ANSWERING.get()
        if fault.kind in ("lost", "silent", "garbage") and noted is not None:
            noted["outcome"] = fault.kind
        else:
            self._note(request.match_info["method"].lower(), _READ.get(), outcome=fault.kind, accepted=False)
        return await super()._unanswered(request, fault)

    # The plug

    async def unplug(self) -> None:
        """Be unreachable."""
        assert self._runner is not None
        await unplug(self._runner)

    async def plug(self) -> None:
        """Be there again, at the same address."""
        assert self._runner is not None
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()

    # People with ids that can be looked for in a log

    def reader(self, number: int, **more: Any) -> User:
        """A person who has opened the bot."""
        chat = Chat(id=READER + number, type="private", title=f"Reader {number}", met=True, started=True, **more)
        self.world.chats[chat.id] = chat
        return User(self.world, chat)

    def gathering(self, title: str, owner: User, **more: Any) -> Group:
        """A group, supergroup or channel that has let the bot in."""
        group = self.group(title, owner=owner, **more)
        group.chat.members[self.world.bot_id] = "member"
        return group
