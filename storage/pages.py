"""What digests were made of, so that their buttons can turn pages: of equal ones one is kept, while anybody has it."""

import json
from datetime import datetime
from hashlib import blake2b

from digest.model import Coverage
from digest.pages import Page
from digest.readers import Told
from storage.clock import moment, seconds
from storage.database import Database
from storage.rows import wishes_of, wishes_text

#: So many digests of one chat can be come back to; an older one gives way.
MOST_PAGES = 500


class Pages:
    """The shelf of digests one can come back to. `Readers.prune` says how long they last."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def keep(self, chat_id: int, page: Page, *, now: datetime) -> str:
        """Keep a page of a chat; its token."""
        made = _text(page)
        token = _token(made)
        with self._db.write():
            self._db.execute(
                """
                insert into pages (token, made, kept_at) values (:token, :made, :now)
                on conflict do update set kept_at = excluded.kept_at
                """,
                token=token,
                made=made,
                now=seconds(now),
            )
            self._db.execute(
                "insert or ignore into page_holders (chat_id, token) values (:chat_id, :token)",
                chat_id=chat_id,
                token=token,
            )
            self._let_oldest_go(chat_id)
        return token

    def _let_oldest_go(self, chat_id: int) -> None:
        held = self._db.value("select count(*) from page_holders where chat_id = :chat_id", chat_id=chat_id)
        if held <= MOST_PAGES:
            return
        gone = self._db.rows(
            """
            delete from page_holders where chat_id = :chat_id and token in (
              select token from page_holders join pages using (token) where chat_id = :chat_id
              order by kept_at, token limit :surplus
            )
            returning token
            """,
            chat_id=chat_id,
            surplus=held - MOST_PAGES,
        )
        for row in gone:
            self._db.execute(
                "delete from pages where token = :token and token not in (select token from page_holders)",
                token=row["token"],
            )

    def get(self, token: str, *, chat_id: int) -> Page | None:
        """A page of a chat's own, or of a group or channel, whose link leads there; None for others and too old ones.

        A page tells what its reader wishes for, and a token is a name, no key.
        """
        made: str | None = self._db.value(
            """
            select made from pages where token = :token and exists (
              select 1 from page_holders as held
              where held.token = pages.token and (held.chat_id = :chat_id or held.chat_id < 0)
            )
            """,
            token=token,
            chat_id=chat_id,
        )
        return None if made is None else _page(made)


def page_token(page: Page) -> str:
    """The name of a page for a button, ten characters: the same for equal pages."""
    return _token(_text(page))


def _token(made: str) -> str:
    return blake2b(made.encode(), digest_size=5).hexdigest()


def _text(page: Page) -> str:
    """A page as it is stored; equal pages give equal texts."""
    coverage = page.coverage
    told = None
    if page.told is not None:
        told = {
            str(story): [seconds(known.first), known.upto, sorted(known.unknown)]
            for story, known in sorted(page.told.items())
        }
    fields = {
        "wishes": wishes_text(page.wishes),
        "window": [seconds(page.since), seconds(page.until)],
        "coverage": [coverage.feeds, coverage.failing, coverage.items, coverage.stories, coverage.shown],
        "home": page.home,
        "stories": page.stories,
        "shown": page.shown,
        "known": page.known,
        "beyond": page.beyond,
        "told": told,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _page(made: str) -> Page:
    fields = json.loads(made)
    since, until = (moment(int(at)) for at in fields["window"])
    feeds, failing, items, stories, shown = fields["coverage"]
    told = fields["told"]
    if told is not None:
        told = {
            int(story): Told(moment(int(first)), upto, frozenset(unknown))
            for story, (first, upto, unknown) in told.items()
        }
    return Page(
        wishes=wishes_of(fields["wishes"]),
        since=since,
        until=until,
        coverage=Coverage(feeds=feeds, failing=failing, items=items, stories=stories, shown=shown),
        home=fields["home"],
        stories=tuple((story, upto) for story, upto in fields["stories"]),
        shown=fields["shown"],
        known=fields["known"],
        beyond=fields["beyond"],
        told=told,
    )
