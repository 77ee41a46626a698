"""An editor's word on labels: what readers called wrong is taken away, and stays away when the item is read again."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from digest.model import Labels, Reason

#: The rule of a label that an editor took away; its reason has no words.
EDITOR = "editor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A label of a story that readers call wrong."""

    story_id: int
    #: A topic id or a place code.
    label: str
    #: How many readers said so.
    readers: int


def without_label(labels: Labels, label: str) -> Labels:
    """Labels without a topic or place, noted as an editor's doing; others are left as they are.

    With a country go the pairs of it; without any topic an item is not diplomacy and has no pairs, act or level either.
    """
    topics = tuple(topic for topic in labels.topics if topic != label)
    reasons = tuple(reason for reason in labels.reasons if reason.label != label)
    left = replace(
        labels,
        topics=topics,
        places=tuple(place for place in labels.places if place != label),
        pairs=tuple(pair for pair in labels.pairs if label not in pair.split("-")),
        reasons=(*reasons, Reason(label, EDITOR, ())),
    )
    if labels.topics and not topics:
        return replace(left, relevant=False, pairs=(), act=None, level=0)
    return left


def corrected(labels: Labels, before: Iterable[Reason]) -> Labels:
    """Fresh labels of an item without what an editor took from its labels `before`."""
    for reason in before:
        if reason.rule == EDITOR:
            labels = without_label(labels, reason.label)
    return labels
