"""How the tables came to be: small named steps, appended to and never changed.

Times are INTEGER unix seconds in UTC, lists and wishes JSON in TEXT. In the comments of a table "theirs" is what a
publisher, Telegram or a reader gave us and "ours" what we made of it.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import StorageError
from storage.copies import copy_before_update

if TYPE_CHECKING:
    from sqlite_utils.db import Database

_SET = "digest"


def first_tables(db: "Database") -> None:
    """Sources, items, stories, readers and the outbox."""
    for statement in _FIRST_TABLES.split(";\n\n"):
        db.execute(statement)


def search_index(db: "Database") -> None:
    """The full-text index over items, kept by triggers.

    External content: the text is stored once, in `items`. unicode61 folds every accent but đ, so a view folds that.
    The column `marks` says which words were written with which accents, `facets` what the item is about, where it came
    from and when; both in tokens that no text contains (see terms.py). Facets of time are made here, because a
    publisher may move an item in time.
    """

    def columns(row: str) -> str:
        def folded(column: str) -> str:
            return f"replace(replace({row}.{column}, 'đ', 'd'), 'Đ', 'D')"

        when = " || ".join(
            f"' z{unit}' || strftime('{form}', {row}.published, 'unixepoch')"
            for unit, form in (("year", "%Y"), ("month", "%Y%m"), ("day", "%Y%m%d"))
        )
        return f"{folded('title')}, {folded('text')}, {folded('summary')}, {row}.marks, {row}.facets || {when}"

    fields = "title, text, summary, marks, facets"
    db.execute(f"create view items_searched({fields}, id) as select {columns('items')}, id from items")  # noqa: S608
    db.execute(
        f"create virtual table items_fts using fts5({fields}, content='items_searched', content_rowid='id', "
        "tokenize='unicode61 remove_diacritics 2', prefix='2 3')"
    )
    add = f"insert into items_fts(rowid, {fields}) values (new.id, {columns('new')});"  # noqa: S608
    drop = f"insert into items_fts(items_fts, rowid, {fields}) values ('delete', old.id, {columns('old')});"  # noqa: S608
    edits = "title, text, summary, marks, facets, published"
    # What orders the matches, without the pages of their texts.
    db.execute("create index items_by_times on items(id, published, first_seen)")
    db.execute(f"create trigger items_added after insert on items begin {add} end")
    db.execute(f"create trigger items_edited after update of {edits} on items begin {drop} {add} end")
    db.execute(f"create trigger items_dropped after delete on items begin {drop} end")


def acts_and_levels(db: "Database") -> None:
    """What is done and by whom of what rank; nothing and nobody for the items stored before."""
    db.execute("alter table items add column act text")
    db.execute("alter table items add column level integer not null default 0")


def manners_and_memory(db: "Database") -> None:
    """How a chat and a line want to be told, and what a chat can come back to."""
    for statement in _MANNERS_AND_MEMORY.split(";\n\n"):
        db.execute(statement)


def what_publishers_ask(db: "Database") -> None:
    """How long a publisher wants to be left in peace, and the entries of its last document; none known as yet."""
    db.execute("alter table sources add column ttl integer")
    db.execute("alter table sources add column max_age integer")
    db.execute("alter table sources add column seen text not null default ''")


def moving_reports(db: "Database") -> None:
    """Stories that merge and split, and what it takes that nothing breaks which was delivered."""
    for statement in _MOVING_REPORTS.split(";\n\n"):
        db.execute(statement)


#: All steps in order. Append; never change one that has been released.
STEPS: tuple[Callable[["Database"], None], ...] = (
    first_tables,
    search_index,
    acts_and_levels,
    manners_and_memory,
    what_publishers_ask,
    moving_reports,
)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StorageError unless the tables are exactly this program's."""
    if steps_seen(connection, path) != [step.__name__ for step in STEPS]:
        raise StorageError(f"The database {path} is older than this program. Run the bot once to bring it up to date.")


def apply(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables up to date, all steps or none; several processes may do so at once.

    A database with anything in it is copied first, beside itself. Raises StorageError, and changes nothing, where the
    file belongs to a newer program or to another one, or no sound copy can be made.
    """
    if len(steps_seen(connection, path)) == len(STEPS):
        return
    # Costs as much to import as the rest of a start: only where there is something to do.
    from sqlite_utils import Database, Migrations

    steps = Migrations(_SET)
    for step in STEPS:
        steps()(step)
    connection.execute("begin immediate")  # whoever comes second finds the work done
    try:
        seen = steps_seen(connection, path)
        if 0 < len(seen) < len(STEPS):
            copy_before_update(path, steps=len(seen))
        steps.apply(Database(connection, execute_plugins=False))
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def steps_seen(connection: sqlite3.Connection, path: Path) -> list[str]:
    """The names of the steps that this file has seen, known to us every one; none of an empty file.

    Raises StorageError where it belongs to a newer program or to another one.
    """
    tables = {name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")}
    if "_sqlite_migrations" not in tables:
        if tables:
            raise StorageError(f"The file {path} is the database of another program.")
        return []
    query = "select name from _sqlite_migrations where migration_set = ? order by id"
    names = [name for (name,) in connection.execute(query, [_SET])]
    if unknown := [name for name in names if name not in [step.__name__ for step in STEPS]]:
        raise StorageError(f"The database {path} belongs to a newer version of this program (it has {unknown[0]}).")
    if not names:
        raise StorageError(f"The file {path} is the database of another program.")
    return names


_FIRST_TABLES = """
create table sources (
  id integer primary key,
  -- the operator's, from feeds.yaml
  url text not null unique,
  name text not null,
  language text,
  country text,
  tier integer not null,
  topics text not null,
  places text not null,
  origin text,
  every integer,                           -- seconds
  enabled integer not null,                -- 0 also where the list no longer has it
  position integer not null,               -- in the list
  -- theirs
  etag text,
  last_modified text,
  moved_to text,
  http_status integer,
  -- ours
  fetch_url text not null,
  body_hash text,
  identity_by text not null default 'guid',
  moved_seen integer not null default 0,
  failures integer not null default 0,
  last_error text not null default 'none',
  last_message text not null default '',
  seconds real not null default 0,         -- how long the last poll took
  added_at integer not null,
  next_poll_at integer,                    -- null: at once
  last_polled_at integer,
  last_ok_at integer
) strict;

create table stories (
  id integer primary key,
  -- ours
  first_seen integer not null,
  last_published integer not null
) strict;

create table items (
  id integer primary key,                  -- grows with the time of storing, within one poll with that of publishing
  source_id integer not null references sources(id),
  -- theirs
  identity text not null,
  url text not null,
  canonical_url text not null,
  title text not null,
  text text not null,
  language text not null,
  published integer not null,
  dated integer not null,                  -- 0: published is when we first saw it
  -- ours
  first_seen integer not null,
  edited_at integer,
  topics text not null,
  places text not null,
  pairs text not null,
  relevant integer not null,
  reasons text not null,
  summary text not null,
  marks text not null,
  facets text not null,
  story_id integer references stories(id),
  unique (source_id, identity)
) strict;

create index items_by_link on items(source_id, canonical_url);

create index items_by_published on items(published);

create index items_by_story on items(story_id) where story_id is not null;

create index items_unplaced on items(id) where story_id is null;

create table chats (
  -- theirs
  id integer primary key,
  kind text not null,
  language text not null,
  zone text not null,
  -- ours
  state text not null,
  state_at integer not null,
  created_at integer not null,
  held_until integer not null default 0    -- Telegram asked us to wait
) strict;

create table lines (
  id integer primary key autoincrement,
  chat_id integer not null references chats(id) on update cascade on delete cascade,
  thread_id integer not null,
  -- theirs
  wishes text not null,
  -- ours
  created_at integer not null,
  covered_until integer
) strict;

create index lines_by_chat on lines(chat_id);

create table slots (
  line_id integer not null references lines(id) on delete cascade,
  -- theirs
  at text not null,                        -- hh:mm in the chat's zone
  -- ours
  due_at integer not null,
  due_on text not null,                    -- the local date that due_at serves
  served_on text,                          -- the last local date served
  primary key (line_id, at)
) strict, without rowid;

create index slots_by_due on slots(due_at);

create table deliveries (
  id integer primary key autoincrement,
  edition integer not null,                -- id of its first part
  chat_id integer not null references chats(id) on update cascade on delete cascade,
  thread_id integer not null,
  line_id integer not null references lines(id) on delete cascade,
  slot text not null,
  local_date text not null,
  part integer not null,
  parts integer not null,
  text text not null,                      -- emptied once it can no longer be sent
  keyboard text,
  state text not null,
  attempts integer not null default 0,
  doubted integer not null default 0,      -- 1: one attempt may have been accepted
  not_before integer not null,
  planned_at integer not null,
  settled_at integer,
  covered_before integer,                  -- the line's covered_until before this edition
  reason text,
  -- theirs
  message_id integer,
  unique (chat_id, thread_id, line_id, slot, local_date, part)
) strict;

create index deliveries_by_line on deliveries(line_id);

create index deliveries_by_edition on deliveries(edition, part);

create index deliveries_ready on deliveries(not_before, id) where state = 'ready';

create index deliveries_open on deliveries(chat_id, thread_id, id) where state in ('ready', 'sending');

create table told (
  chat_id integer not null references chats(id) on update cascade on delete cascade,
  thread_id integer not null,
  story_id integer not null references stories(id),
  edition integer not null,                -- 0: told in answer to a command
  told_at integer not null,
  upto integer not null,                   -- the newest item of the story then
  primary key (chat_id, thread_id, story_id, edition)
) strict, without rowid;

create index told_by_edition on told(edition) where edition > 0;

create table searches (
  id integer primary key autoincrement,
  chat_id integer not null,                -- perhaps of a chat that is no reader of ours
  -- theirs
  text text not null,
  -- ours
  kept_at integer not null
) strict;

create index searches_by_chat on searches(chat_id);

create table holds (
  name text primary key,                   -- 'all'
  until integer not null
) strict, without rowid
"""

_MANNERS_AND_MEMORY = """
-- theirs
alter table chats add column title text not null default '';

-- hh:mm in the chat's zone
alter table chats add column quiet_from text;

alter table chats add column quiet_to text;

alter table chats add column silent integer not null default 0;

alter table chats add column previews integer not null default 0;

alter table chats add column paused_until integer;

-- its state when Telegram first said that we may not write to it
alter table chats add column before_refusal text not null default 'active';

-- what its readers would rather see less of: JSON
alter table chats add column less text not null default '[]';

-- ISO weekdays
alter table lines add column days text not null default '1234567';

-- messages a day where it delivers at once, else 0
alter table lines add column cap integer not null default 0;

-- 1: theirs; 2: ours, while its forum topic is closed
alter table lines add column paused integer not null default 0;

-- when a test post was last asked for
alter table lines add column tested_at integer not null default 0;

alter table deliveries add column silent integer not null default 0;

alter table deliveries add column preview integer not null default 0;

-- 1: the operator heard that it failed or may not have arrived
alter table deliveries add column reported integer not null default 0;

create index deliveries_unreported on deliveries(id) where state in ('uncertain', 'failed') and not reported;

-- What a digest was made of, so that its buttons can turn its pages. Of equal digests one is kept.
create table pages (
  token text primary key,
  made text not null,
  kept_at integer not null
) strict, without rowid;

-- Whose digests they were: a page goes with the last of them.
create table page_holders (
  chat_id integer not null,
  token text not null references pages(token) on delete cascade,
  primary key (chat_id, token)
) strict, without rowid;

create index page_holders_by_token on page_holders(token);

create table saved (
  chat_id integer not null references chats(id) on update cascade on delete cascade,
  story_id integer not null references stories(id),
  saved_at integer not null,
  primary key (chat_id, story_id)
) strict, without rowid;

-- Questions of ours that wait for an answer in words.
create table prompts (
  chat_id integer not null,
  message_id integer not null,
  act text not null,
  asked_at integer not null,
  primary key (chat_id, message_id)
) strict, without rowid;

-- Who brought us into a channel and may manage it from a private chat.
create table stewards (
  chat_id integer not null references chats(id) on update cascade on delete cascade,
  user_id integer not null,
  primary key (chat_id, user_id)
) strict, without rowid;

-- "Wrong topic", "wrong place": for the operator to judge.
create table corrections (
  id integer primary key autoincrement,
  story_id integer not null references stories(id),
  label text not null,                     -- a topic id or a place code
  chat_id integer not null,
  asked_at integer not null,
  state text not null default 'open',      -- open, accepted, dismissed
  unique (story_id, label, chat_id)
) strict
"""

_MOVING_REPORTS = """
-- the story that answers for this one, which has no items any more; never itself merged
alter table stories add column merged_into integer references stories(id);

-- when a chat was first told of it
alter table stories add column told_at integer;

create index stories_merged on stories(merged_into) where merged_into is not null;

update stories set told_at = (select min(told.told_at) from told where story_id = stories.id)
where id in (select story_id from told);

-- when it was told again in answer to a command
alter table told add column again_at integer;

-- Items that went from one story to another, or got other words and stayed: then both are the same. What was told is
-- never rewritten: which items a story had when it was told is read off here.
create table moves (
  id integer primary key autoincrement,
  item_id integer not null references items(id),
  left_id integer not null references stories(id),
  joined_id integer not null references stories(id),
  moved_at integer not null
) strict;

create index moves_by_item on moves(item_id);

create index moves_by_left on moves(left_id);

create index moves_by_joined on moves(joined_id);

-- Items in a story whose publisher changed their words: to be looked at again.
create table reworded (
  item_id integer primary key references items(id)
) strict;

create trigger items_reworded after update of title, text on items
when old.story_id is not null and (old.title <> new.title or old.text <> new.text)
begin insert into reworded (item_id) values (new.id) on conflict do nothing; end
"""
