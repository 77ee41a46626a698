"""Readers: the chats that talked to us. Their lines are on a shelf of their own."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta

from digest.errors import StorageError
from digest.model import Language
from digest.readers import Chat, ChatState, PartState
from storage.clock import moment, seconds
from storage.database import Database
from storage.ledger import let_go
from storage.lines import Lines
from storage.rows import chat_of

#: How long the ledger and what was told are kept, and a chat that left us.
LEDGER_DAYS = 90
GONE_CHAT_DAYS = 365
#: How long the pages of a search can be turned.
SEARCH_DAYS = 30


#: Tables whose rows may be of a chat that is no reader of ours.
_LOOSE = ("searches", "prompts", "corrections", "page_holders")


class Readers:
    """The shelf of readers."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._lines = Lines(database)

    def chat(self, chat_id: int) -> Chat | None:
        """One chat."""
        row = self._db.row("select * from chats where id = :chat_id", chat_id=chat_id)
        return None if row is None else chat_of(row)

    def add_chat(self, chat: Chat) -> Chat:
        """Remember a chat; of one that is known only the title is set anew. The chat as it is stored."""
        row = self._db.row(
            """
            insert into chats (id, kind, title, language, zone, state, state_at, created_at)
            values (:id, :kind, :title, :language, :zone, :state, :created_at, :created_at)
            on conflict (id) do update set title = excluded.title
            returning *
            """,
            id=chat.id,
            kind=chat.kind,
            title=chat.title,
            language=chat.language,
            zone=chat.zone,
            state=chat.state,
            created_at=seconds(chat.created_at),
        )
        if row is None:
            raise StorageError("The chat could not be stored.")
        return chat_of(row)

    def set_title(self, chat_id: int, title: str) -> None:
        """What a group or channel calls itself now."""
        self._db.execute("update chats set title = :title where id = :chat_id", chat_id=chat_id, title=title)

    def groups_called(self, title: str, *, most: int) -> list[int]:
        """The basic groups of this title that digests went to, the last that changed first; any may be a supergroup."""
        rows = self._db.rows(
            """
            select id from chats where kind = 'group' and title = :title and state <> 'stopped'
            order by state_at desc, id limit :most
            """,
            title=title,
            most=most,
        )
        return [row["id"] for row in rows]

    def set_language(self, chat_id: int, language: Language) -> None:
        """What the chat is spoken to in, and its digests are written in."""
        self._db.execute(
            "update chats set language = :language where id = :chat_id", chat_id=chat_id, language=language
        )

    def keep_languages(self, spoken: Sequence[Language], *, otherwise: Language) -> None:
        """Let chats whose language is no longer `spoken` be spoken to in another."""
        self._db.execute(
            "update chats set language = :otherwise where language not in (select value from json_each(:spoken))",
            otherwise=otherwise,
            spoken=json.dumps(spoken),
        )

    def set_zone(self, chat_id: int, zone: str, now: datetime) -> None:
        """Move a chat to a valid IANA zone: its slots keep their hours, a local date served already stays served."""
        with self._db.write():
            self._db.execute("update chats set zone = :zone where id = :chat_id", chat_id=chat_id, zone=zone)
            self._lines.reschedule(chat_id, now, keep_due=True)

    def set_less(self, chat_id: int, less: Collection[str]) -> None:
        """What the chat would rather see less of: topics, places and outlets, for all its lines."""
        self._db.execute(
            "update chats set less = :less where id = :chat_id", chat_id=chat_id, less=json.dumps(sorted(less))
        )

    def set_quiet(self, chat_id: int, quiet: tuple[time, time] | None, *, now: datetime) -> None:
        """In which local hours, from and to, nothing makes a sound and what is told at once waits; None for in none."""
        start, end = (f"{at:%H:%M}" for at in quiet) if quiet else (None, None)
        with self._db.write():
            self._db.execute(
                "update chats set quiet_from = :start, quiet_to = :end where id = :chat_id",
                chat_id=chat_id,
                start=start,
                end=end,
            )
            self._lines.look_now(chat_id, now)

    def set_silent(self, chat_id: int, silent: bool) -> None:
        """Whether editions come without a sound."""
        self._db.execute("update chats set silent = :on where id = :chat_id", chat_id=chat_id, on=silent)

    def set_previews(self, chat_id: int, previews: bool) -> None:
        """Whether editions show a preview of their first link."""
        self._db.execute("update chats set previews = :on where id = :chat_id", chat_id=chat_id, on=previews)

    def set_state(self, chat_id: int, state: ChatState, *, now: datetime, until: datetime | None = None) -> None:
        """Pause (perhaps only `until`), stop or resume a chat; `refuse` and `readmit` are for what Telegram says.

        What waited to be sent is let go, and resuming counts from now, so that nothing stale comes at once; the next
        edition covers what was missed.
        """
        with self._db.write():
            self._db.execute(
                "update chats set state = :state, state_at = :now, paused_until = :until where id = :chat_id",
                chat_id=chat_id,
                state=state,
                now=seconds(now),
                until=None if until is None else seconds(until),
            )
            if state is ChatState.ACTIVE:
                self._lines.reschedule(chat_id, now)
            else:
                let_go(self._db, PartState.EXPIRED, "chat_id = :chat_id", now=now, chat_id=chat_id)

    def refuse(self, chat_id: int, *, now: datetime) -> bool:
        """Telegram says that we may not write to a chat: send it nothing; whether it was sent something until now.

        Who said /stop stays stopped: /start must ask them again.
        """
        with self._db.write():
            let_go(self._db, PartState.REFUSED, "chat_id = :chat_id", now=now, chat_id=chat_id)
            changed = self._db.execute(
                """
                update chats set before_refusal = state, state = 'refused', state_at = :now
                where id = :chat_id and state in ('active', 'paused')
                """,
                chat_id=chat_id,
                now=seconds(now),
            )
        return changed.rowcount == 1

    def readmit(self, chat_id: int, *, now: datetime) -> None:
        """We may write to a chat again: it is as it was before it refused us, a pause that has not ended goes on."""
        with self._db.write():
            changed = self._db.execute(
                """
                update chats set state = before_refusal, state_at = :now where id = :chat_id and state = 'refused'
                """,
                chat_id=chat_id,
                now=seconds(now),
            )
            if changed.rowcount:
                self._lines.reschedule(chat_id, now)

    def resume_due(self, now: datetime) -> list[int]:
        """Resume the chats whose pause has ended by itself; which."""
        with self._db.write():
            rows = self._db.rows(
                "select id, paused_until from chats where state = 'paused' and paused_until <= :now", now=seconds(now)
            )
            for row in rows:
                # Nobody may have been there at that moment: an hour that has come since then is due.
                self.set_state(row["id"], ChatState.ACTIVE, now=moment(row["paused_until"]))
        return [row["id"] for row in rows]

    def migrate_chat(self, old: int, new: int, *, now: datetime) -> None:
        """Telegram gave a group a new id: everything moves there, the ledger too, in one transaction.

        Where the new chat is known already it takes the settings of the old one, and lines that it had begun for the
        same thread and that never delivered give way to the old ones. An unknown `old` changes nothing.
        """
        ids = {"old": old, "new": new}
        with self._db.write():
            if old == new or self.chat(old) is None:
                return
            if self.chat(new) is None:
                self._db.execute("update chats set id = :new, kind = 'supergroup' where id = :old", **ids)
                for table in _LOOSE:
                    self._move_rows(table, **ids)
                return
            self._db.execute(
                """
                delete from lines
                where chat_id = :new and id not in (select line_id from deliveries)
                  and thread_id in (select thread_id from lines where chat_id = :old)
                """,
                **ids,
            )
            self._db.execute(
                """
                update chats set language = was.language, zone = was.zone, state = was.state, state_at = was.state_at,
                    created_at = was.created_at, quiet_from = was.quiet_from, quiet_to = was.quiet_to,
                    silent = was.silent, previews = was.previews, paused_until = was.paused_until,
                    before_refusal = was.before_refusal, less = was.less,
                    held_until = max(chats.held_until, was.held_until)
                from chats as was where was.id = :old and chats.id = :new
                """,
                **ids,
            )
            for table in ("lines", "deliveries", "told", "saved", "stewards", *_LOOSE):
                self._move_rows(table, **ids)
            self._db.execute("delete from chats where id = :old", **ids)
            self._lines.reschedule(new, now)

    def _move_rows(self, table: str, *, old: int, new: int) -> None:
        """Give a table's rows of one chat to another; those that this one has already are not kept twice."""
        self._db.execute(f"update or ignore {table} set chat_id = :new where chat_id = :old", old=old, new=new)  # noqa: S608
        self._db.execute(f"delete from {table} where chat_id = :old", old=old)  # noqa: S608

    def add_steward(self, chat_id: int, user_id: int) -> None:
        """Remember who brought us into a known channel or group, and may manage it from a private chat."""
        self._db.execute(
            "insert or ignore into stewards (chat_id, user_id) values (:chat_id, :user_id)",
            chat_id=chat_id,
            user_id=user_id,
        )

    def stewards(self, chat_id: int) -> list[int]:
        """Who brought us into a channel or group, by user id."""
        rows = self._db.rows("select user_id from stewards where chat_id = :chat_id order by user_id", chat_id=chat_id)
        return [row["user_id"] for row in rows]

    def entrusted(self, user_id: int) -> list[Chat]:
        """The channels and groups that somebody brought us into, by title; if they still may, Telegram must say."""
        rows = self._db.rows(
            """
            select chats.* from chats join stewards on stewards.chat_id = chats.id
            where user_id = :user_id order by title, chats.id
            """,
            user_id=user_id,
        )
        return [chat_of(row) for row in rows]

    def prune(self, now: datetime) -> None:
        """Delete the ledger after 90 days, searches after 30, and chats that stopped or refused us 12 months ago.

        What readers called wrong goes after 12 months too; what an editor made of it stays, and names nobody.
        """
        with self._db.write():
            ledger = seconds(now - timedelta(days=LEDGER_DAYS))
            self._db.execute("delete from deliveries where planned_at < :ledger", ledger=ledger)
            self._db.execute("delete from told where coalesce(again_at, told_at) < :ledger", ledger=ledger)
            searches = seconds(now - timedelta(days=SEARCH_DAYS))
            self._db.execute("delete from searches where kept_at < :searches", searches=searches)
            self._db.execute("delete from prompts where asked_at < :searches", searches=searches)
            self._db.execute("delete from pages where kept_at < :ledger", ledger=ledger)
            gone = seconds(now - timedelta(days=GONE_CHAT_DAYS))
            self._db.execute("delete from chats where state in ('stopped', 'refused') and state_at <= :gone", gone=gone)
            self._db.execute("delete from corrections where state <> 'accepted' and asked_at <= :gone", gone=gone)
