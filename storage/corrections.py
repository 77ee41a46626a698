"""What readers call wrong about a story, for an editor to judge.

    ask ──→ open ──tell──→ told ──judge──→ accepted | dismissed

Accepted, the label is taken from every item of the story. items.py keeps it away when an item is read again, and
stories.py from the reports that join the story later.
"""

from datetime import datetime, timedelta

from digest.corrections import EDITOR, Correction, without_label
from storage.clock import seconds
from storage.database import Database
from storage.items import label_columns, labels_of
from storage.turns import take_turn

#: Editors are told of new ones this often at most.
TELL_EVERY = timedelta(hours=1)
#: So many of one reader's wait for a judgement; an older one gives way.
MOST_WAITING = 100
#: Whose word an accepted correction is: nobody's chat.
_EDITOR = 0


class Corrections:
    """The shelf of corrections."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def ask(self, story_id: int, label: str, chat_id: int, *, now: datetime) -> None:
        """Queue a label of a story as wrong; who has said so before is not counted twice."""
        with self._db.write():
            self._db.execute(
                """
                insert or ignore into corrections (story_id, label, chat_id, asked_at)
                values (:story_id, :label, :chat_id, :now)
                """,
                story_id=story_id,
                label=label,
                chat_id=chat_id,
                now=seconds(now),
            )
            self._db.execute(
                """
                delete from corrections where id in (
                  select id from corrections where chat_id = :chat_id and state in ('open', 'told')
                  order by asked_at desc, id desc limit -1 offset :most
                )
                """,
                chat_id=chat_id,
                most=MOST_WAITING,
            )

    def waiting(self) -> list[Correction]:
        """What waits for a judgement, the most readers first, then the oldest; of stories as they are now."""
        rows = self._db.rows(
            """
            select coalesce(merged_into, stories.id) as story, label, count(distinct chat_id) as readers
            from corrections join stories on stories.id = story_id
            where state in ('open', 'told')
            group by 1, 2 order by readers desc, min(asked_at), min(corrections.id)
            """
        )
        return [Correction(story_id=row["story"], label=row["label"], readers=row["readers"]) for row in rows]

    def tell(self, now: datetime) -> bool:
        """Whether editors are to be told now: some are new and the last telling is an hour ago. They count as told."""
        if self._db.row("select 1 from corrections where state = 'open'") is None:
            return False
        with self._db.write():
            if not take_turn(self._db, "corrections", every=TELL_EVERY, now=now):
                return False
            self._db.execute("update corrections set state = 'told' where state = 'open'")
        return True

    def judge(self, correction: Correction, *, accept: bool) -> bool:
        """Take the label away, or leave it; False, and nothing changed, where that was judged before."""
        with self._db.write():
            story_id = self._db.value(
                "select coalesce(merged_into, id) from stories where id = :story_id", story_id=correction.story_id
            )
            which = """
                state in ('open', 'told') and label = :label
                  and story_id in (select id from stories where id = :story_id or merged_into = :story_id)
            """
            asked = {"label": correction.label, "story_id": story_id}
            if self._db.row(f"select 1 from corrections where {which}", **asked) is None:  # noqa: S608
                return False
            if not accept:
                self._db.execute(f"update corrections set state = 'dismissed' where {which}", **asked)  # noqa: S608
                return True
            # What is kept of it for ever names nobody.
            self._db.execute(f"delete from corrections where {which}", **asked)  # noqa: S608
            self._db.execute(
                """
                insert or ignore into corrections (story_id, label, chat_id, asked_at, state)
                values (:story_id, :label, :editor, 0, 'accepted')
                """,
                **asked,
                editor=_EDITOR,
            )
            _take_away(self._db, correction.label, story_id)
        return True


def keep_corrected(db: Database, story_id: int) -> None:
    """Take from the reports that have joined a story what an editor took from it before."""
    rows = db.rows(
        """
        select distinct label from corrections
        where state = 'accepted' and story_id in (
            select :story_id union all select id from stories where merged_into = :story_id
        )
        """,
        story_id=story_id,
    )
    for row in rows:
        _take_away(db, row["label"], story_id)


def _take_away(db: Database, label: str, story_id: int) -> None:
    rows = db.rows(
        """
        select id, source_id, language, topics, places, pairs, act, level, relevant, reasons
        from items where story_id = :story_id
        """,
        story_id=story_id,
    )
    changed = []
    for row in rows:
        before = labels_of(row)
        if not any(reason.rule == EDITOR and reason.label == label for reason in before.reasons):
            labels = without_label(before, label)
            columns = label_columns(labels, language=row["language"], source_id=row["source_id"])
            changed.append({"id": row["id"], **columns})
    db.execute_many(
        """
        update items set topics = :topics, places = :places, pairs = :pairs, act = :act, level = :level,
            relevant = :relevant, reasons = :reasons, facets = :facets
        where id = :id
        """,
        changed,
    )
