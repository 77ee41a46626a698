"""Which countries an item brings together: two that meet, sign, trade, quarrel or help, not two that are mentioned.

    passages → countries named → who acts, what is a venue or a subject of talk ─┐
             → words of acts, bonds ("exports to", "đại sứ") ────────────────────┴→ pairs, with the words as written

As in CAMEO an act goes from a source to a target: those named before its words are paired with those after them.
Where all stand on one side ("Japan, Laos and Cuba hold talks") each is paired with each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise, product
from typing import Any, NamedTuple

from digest.acts import Hit, Lexicon, Passage, word_keys
from digest.lexicon import terms
from digest.model import Reason
from digest.text import WORD

#: More countries than this are a list, not a meeting.
MOST_PARTIES = 3
#: An act of this strength brings countries together by itself; a weaker one needs a bond.
_FIRM = 0.6
#: The rule of a pair that no act but a bond joins.
BOND = "bond"
#: Words back from a preposition in which "ambassador" or "embassy" makes the place after it a party.
_MISSION_REACH = 6
#: Words after "between" in which the parties are named.
_BETWEEN_REACH = 9
_DASHES = frozenset("-–—‑")


class Party(NamedTuple):
    """A country in a passage, at a word of its tokens, as it is written there."""

    country: str
    word: int
    words: str

    @property
    def end(self) -> int:
        """The word after it."""
        return self.word + len(WORD.findall(self.words))


@dataclass(frozen=True)
class _Scene:
    """One passage as a play: who acts, where, what is done and what else ties the actors."""

    part: Passage
    hits: list[Hit]
    actors: list[Party]
    venues: list[Party]
    #: Whether the actors are named as two sides: "between Chad and Mali", "Chad-Mali".
    sided: bool
    bond: tuple[int, int] | None
    #: A gathering of many, whose host is no party.
    crowded: bool
    #: The acts that a host takes part in.
    hosted: frozenset[str]

    @cached_property
    def countries(self) -> list[str]:
        return list(dict.fromkeys(party.country for party in self.actors))

    @cached_property
    def act(self) -> Hit | None:
        """The words that stand out most."""
        return max(self.hits, key=lambda hit: (hit.strength, -hit.start), default=None)

    @property
    def firm(self) -> Hit | None:
        """The same, if they mean an act by themselves."""
        return self.act if self.act and self.act.strength >= _FIRM else None

    def hosts(self, guest: Party, act: Hit | None) -> list[Party]:
        """The one other country in which a guest does what a host takes part in; none where there are more."""
        hosts = {party.country: party for party in self.venues if party.country != guest.country}
        hosted = act is not None and act.act in self.hosted and not self.crowded
        return list(hosts.values()) if hosted and len(hosts) == 1 else []


class PairFinder:
    """Finds pairs. Built once from acts.yaml; keeps no state."""

    def __init__(self, data: dict[str, Any]) -> None:
        self._around = Lexicon(
            [(lang, words, kind) for kind in ("bonds", "gatherings", "mission") for lang, words in data[kind].items()]
        )
        self._hosted = frozenset(terms(data["hosted"]))
        self._venue, self._about, self._between, self._passed = (
            {lang: word_keys(cell) for lang, cell in data[name].items()}
            for name in ("venue", "about", "between", "passed_over")
        )

    def find(
        self,
        parts: Sequence[Passage],
        hits: Sequence[list[Hit]],
        named: Sequence[list[Party]],
        *,
        language: str,
        asides: Sequence[int],
    ) -> tuple[Reason, ...]:
        """The pairs of an item, each with its reason: the act, or "bond", and the words as written.

        `hits` are the acts of each passage, `named` its countries (an office of the outlet's own state is named as its
        country), `asides` the words from which it tells of something else.
        """
        scenes = [self._scene(*each, language) for each in zip(parts, hits, named, asides, strict=True)]
        for n, scene in enumerate(scenes[:2]):
            if scene.part.in_title and not scene.actors:
                continue
            if not scene.actors or len(scene.countries) > MOST_PARTIES or (scene.crowded and not scene.part.in_title):
                break
            found = _meeting(scene)
            if not found:
                found = _sought(scenes[n:]) if len(scene.countries) == 1 else _explained(scenes[n:])
            if found or scene.part.in_title:
                return found
            break
        return ()

    def _scene(self, part: Passage, hits: list[Hit], named: list[Party], aside: int, language: str) -> _Scene:
        around = list(self._around.find(part, language))
        missions = [start for start, _, kind in around if kind == "mission"]
        actors: list[Party] = []
        venues: list[Party] = []
        for party in named:
            if party.word > aside and len({p.country for p in (*actors, *venues)}) > 1:
                break
            role = self._role(part, party, {hit.end for hit in hits}, missions, language)
            if venues and venues[-1].country == party.country and venues[-1].end == party.word:
                role = "venue"  # "in Jakarta (Indonesia)"
            if role is not None:
                (venues if role == "venue" else actors).append(party)
        sides = self._sides(part, named, actors, language)
        return _Scene(
            part=part,
            hits=hits,
            actors=sides or actors,
            venues=venues,
            sided=bool(sides),
            bond=next(((start, end) for start, end, kind in around if kind == "bonds"), None),
            hosted=self._hosted,
            crowded=any(kind == "gatherings" for _, _, kind in around),
        )

    def _role(self, part: Passage, party: Party, ends: set[int], missions: list[int], language: str) -> str | None:
        """Whether a country acts, is where it happens, or is only talked of (None): the word before it decides."""
        keys = part.tokens.keys
        before = party.word - 1
        while before > part.start and keys[before] in self._passed[language]:
            before -= 1
        word = keys[before] if before >= part.start else ""
        if party.word in ends or before + 1 in ends:
            return "actor"
        if word in self._venue[language]:
            return "actor" if any(before - _MISSION_REACH <= start < before for start in missions) else "venue"
        return None if word in self._about[language] else "actor"

    def _sides(self, part: Passage, named: list[Party], actors: list[Party], language: str) -> list[Party]:
        """The parties named as two sides: after "between", or joined by a dash."""
        for n in range(part.start, part.end):
            if part.tokens.keys[n] in self._between[language]:
                sides = [party for party in actors if n < party.word <= n + _BETWEEN_REACH]
                if 2 <= len({party.country for party in sides}) <= MOST_PARTIES:
                    return sides
        for one, other in pairwise(named):
            if one.country != other.country and other.word == one.end and self._gap(part, one) in _DASHES:
                return [one, other]
        return []

    @staticmethod
    def _gap(part: Passage, party: Party) -> str:
        return part.tokens.gaps[party.end - 1].strip()


def _meeting(scene: _Scene) -> tuple[Reason, ...]:
    """The pairs of a scene with two or three parties, where something joins them."""
    if len(scene.countries) < 2:
        return ()
    if scene.firm:
        return _reasons(_source_target(scene, scene.firm), scene.actors, scene.firm.act, _words(scene, scene.firm))
    if not (scene.bond or scene.sided or scene.act):
        return ()
    # A bond ties the first two; a third country is told of beside them: "Laos and Thailand open bridge near Viet Nam".
    sides = [(scene.countries[0], scene.countries[1])]
    return _reasons(sides, scene.actors, BOND, _words(scene, scene.bond or scene.act))


def _sought(scenes: Sequence[_Scene]) -> tuple[Reason, ...]:
    """The counterpart of a scene with one party: its host, or who is named in the sentences that follow."""
    first = scenes[0]
    guest = first.actors[0]
    hosts = first.hosts(guest, first.act)
    if hosts and first.act and first.act.act == "visit":
        return _joined(guest, hosts, first.act.act, _words(first, first.act))
    for scene in scenes[1:]:
        others = [party for party in scene.actors if party.country != guest.country]
        if not others or not (scene.firm or scene.bond):
            continue
        # Further down the opening only more of what the title told counts, not what else those countries do.
        if scene is not scenes[1] and not (scene.firm and first.act and scene.firm.act == first.act.act):
            continue
        if len({party.country for party in others}) >= MOST_PARTIES:
            break
        return _joined(guest, others, scene.firm.act if scene.firm else BOND, _words(scene, scene.firm or scene.bond))
    if not hosts and len(scenes) > 1 and not first.crowded:
        hosts = scenes[1].hosts(guest, first.act)
    if hosts and first.act:
        return _joined(guest, hosts, first.act.act, _words(first, first.act))
    return ()


def _source_target(scene: _Scene, act: Hit) -> list[tuple[str, str]]:
    """Source and target of an act, or all with all where they stand on one side of it."""
    before = list(dict.fromkeys(party.country for party in scene.actors if party.word < act.start))
    after = [party.country for party in scene.actors if party.word >= act.start and party.country not in before]
    after = list(dict.fromkeys(after))
    if scene.sided or not before or not after:
        return list(combinations(scene.countries, 2))
    if act.act == "statement" and len(after) > 1:
        return list(combinations(after, 2))  # what is said of two countries together concerns those two
    return list(product(before, after))


def _explained(scenes: Sequence[_Scene]) -> tuple[Reason, ...]:
    """The pairs of a scene that names its parties and leaves it to the sentences that follow to say what joins them."""
    for scene in scenes[1:]:
        found = tuple(reason for reason in _meeting(scene) if set(reason.label.split("-")) <= set(scenes[0].countries))
        if found:
            return found
    return ()


def _joined(one: Party, others: list[Party], rule: str, words: str) -> tuple[Reason, ...]:
    sides = [(one.country, other) for other in dict.fromkeys(party.country for party in others)]
    return _reasons(sides, [one, *others], rule, words)


def _reasons(sides: list[tuple[str, str]], actors: list[Party], rule: str, words: str) -> tuple[Reason, ...]:
    found = {}
    for one, other in sides:
        written = [next(party.words for party in actors if party.country == code) for code in (one, other)]
        told = (written[0], words, written[1])
        found["-".join(sorted((one, other)))] = tuple(dict.fromkeys(filter(None, told)))
    return tuple(Reason(pair, rule, found[pair]) for pair in sorted(found))


def _words(scene: _Scene, found: Hit | tuple[int, int] | None) -> str:
    if found is None:
        return ""
    start, end = (found.start, found.end) if isinstance(found, Hit) else found
    return scene.part.words(start, end)
