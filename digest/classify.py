"""What an item is about: topics by weighed concepts, places, pairs, and whether it belongs in digests at all.

    title, text → tokens → places named → subjects ─┐
                         → concepts (words)  ───────┴→ scores → topics, relevance, pairs, each with its reason

The words are in `data/concepts.yaml`, what they weigh in `data/topics.yaml`: a linear model small enough to read.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from digest.acts import ActReader, passages
from digest.lexicon import Phrases, Tokens, read_data, terms, tokenise
from digest.model import Labels, Reason, Source, Topic
from digest.pairs import BOND, PairFinder, Party
from digest.places import Gazetteer, load_gazetteer
from digest.subjects import LEAD_WORDS, SubjectFinder, Subjects
from digest.text import WORD, fold

#: How strongly one word of a concept speaks, by where it stands; and each further word of the same concept.
_FIRST = {"title": 1.0, "lead": 0.65, "body": 0.25}
_AGAIN = {"title": 0.25, "lead": 0.15, "body": 0.05}
_MOST = 1.6
#: Words after which nothing is read: the rest of a long article says what its opening said.
_READ = 400
MOST_TOPICS = 3


@dataclass(slots=True)
class _Concept:
    """How much of a concept an item holds, and the words that showed it."""

    strength: float
    words: list[str]


class _Weight(NamedTuple):
    concepts: tuple[str, ...]
    weight: float


class Classifier:
    """Labels items. Built once from the package's data; keeps no state, so one may serve all threads."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        topics, concepts, acts = (read_data(f"{name}.yaml") for name in ("topics", "concepts", "acts"))
        self._subjects = SubjectFinder(gazetteer)
        self._acts, self._pairs = ActReader(acts), PairFinder(acts)
        self._gazetteer = gazetteer
        self._words: dict[str, Phrases[tuple[str, ...]]] = {
            "en": _concept_trie(concepts, "en"),
            "vi": _concept_trie(concepts, "vi"),
            "vi-plain": _concept_trie(concepts, "vi", folded=True),
        }
        self._weights = {topic: _weights(topics["topics"][topic]["weights"], concepts) for topic in Topic}
        self._lookalikes = _weights(topics["lookalikes"]["weights"], concepts)
        self._needs, self._second = float(topics["needs"]), float(topics["second"])
        self._share, self._against = float(topics["share"]), float(topics["against"])
        self._joined = float(topics["joined"])
        self._own = frozenset(topics["own"].split())
        self._abroad = frozenset(topics["abroad"].split())

    def label(self, title: str, text: str, *, language: str, source: Source) -> Labels:
        """Say what an item is about.

        `language` is a BCP 47 primary tag; any but "vi" is read as English. The topics of `source` need no further
        words to stand, but what clearly is something else (a football match) loses them too; its places always stay.
        An item that is not diplomacy keeps its places and has no topics, pairs, act or level.
        """
        in_title, in_text = tokenise(title), tokenise(text)
        subjects = self._subjects.find(in_title, in_text, language=language, source=source)
        concepts = self._concepts(in_title, in_text, language)
        self._note_countries(concepts, subjects, source)
        pairs, act, level = self._doings(in_title, in_text, subjects, language, source)
        if pairs and pairs[0].rule != BOND:
            concepts["@pair"] = _Concept(1.0, list(pairs[0].words))
        scores, reasons = self._score(concepts)
        for topic in source.topics:
            scores[topic] += self._needs
            if not reasons[topic].words:
                reasons[topic] = Reason(topic, "source", (source.name,))
        against = _sum(self._lookalikes, concepts)[0]
        labels = self._choose(scores, against, concepts, own=self._own.union(source.topics))
        labels += [topic for topic in source.topics if labels and topic not in labels][: MOST_TOPICS - len(labels)]
        why = [reasons[topic] if reasons[topic].words else Reason(topic, "@pair", pairs[0].words) for topic in labels]
        if not labels:
            return Labels(places=subjects.places, reasons=subjects.reasons)
        doings = (*pairs, *filter(None, (act, level)))
        return Labels(
            topics=tuple(labels),
            places=subjects.places,
            pairs=tuple(pair.label for pair in pairs),
            act=act.label if act else None,
            level=int(level.rule) if level else 0,
            relevant=True,
            reasons=(*why, *subjects.reasons, *doings),
        )

    def _doings(
        self, title: Tokens, text: Tokens, subjects: Subjects, language: str, source: Source
    ) -> tuple[tuple[Reason, ...], Reason | None, Reason | None]:
        """Who does what with whom: pairs, the act, the protocol level."""
        lang = "vi" if language == "vi" else "en"
        mentions = [(True, m) for m in subjects.in_title] + [(False, m) for m in subjects.in_text]
        places = frozenset((t, m.word + n) for t, m in mentions for n in range(len(WORD.findall(m.text))))
        # A city that hosts organisations is never a party; nor is an office named in passing, without its capital.
        parties = [(t, Party(self._gazetteer.country(m.code), m.word, m.text)) for t, m in mentions if not m.venue]
        parties += [(o.in_title, Party(source.country or "", o.word, o.words)) for o in subjects.offices if o.formal]
        parties.sort(key=lambda party: party[1].word)
        parts = passages(title, text, skip=subjects.begins)
        hits = [self._acts.hits(part, lang, places) for part in parts]
        named = [[p for t, p in parties if t == part.in_title and part.start <= p.word < part.end] for part in parts]
        asides = [self._acts.aside(part, lang) for part in parts]
        pairs = self._pairs.find(parts, hits, named, language=lang, asides=asides)
        return pairs, self._acts.act(parts, hits), self._acts.level(parts, lang, places)

    def _concepts(self, title: Tokens, text: Tokens, language: str) -> dict[str, _Concept]:
        """The concepts that title and text speak of."""
        found: dict[str, _Concept] = {}
        for tokens, where in ((title, "title"), (text, "text")):
            plain = language == "vi" and tokens.plain
            trie = self._words["vi-plain" if plain else "vi" if language == "vi" else "en"]
            for match in trie.find((tokens.folded() if plain else tokens.keys)[:_READ], tokens.ends):
                place = where if where == "title" else "lead" if match.start < LEAD_WORDS else "body"
                words = tokens.text[tokens.spans[match.start][0] : tokens.spans[match.end - 1][1]]
                for name in match.value:
                    concept = found.setdefault(name, _Concept(0.0, []))
                    step = _AGAIN[place] if concept.words else _FIRST[place]
                    if words not in concept.words:
                        concept.strength = min(_MOST, concept.strength + step)
                        concept.words.append(words)
        return found

    def _note_countries(self, concepts: dict[str, _Concept], subjects: Subjects, source: Source) -> None:
        """Two more concepts: a country that is not the outlet's own (@one), and two countries or more (@two).

        Their words are the countries as the text names them; one that only the feed gives has none.
        """
        written: dict[str, str] = {}
        for reason in subjects.reasons:
            country = self._gazetteer.country(reason.label)
            words = "" if reason.rule == "source" else reason.words[0]
            written[country] = written.get(country) or words
        foreign = [words for country, words in written.items() if country != source.country]
        if foreign:
            concepts["@one"] = _Concept(1.0, [words for words in foreign if words])
        # The Union has no code here, yet it visits, trades and helps as a country does.
        if "europe" in concepts:
            written.setdefault("EU", concepts["europe"].words[0])
            concepts.setdefault("@one", _Concept(concepts["europe"].strength, concepts["europe"].words))
        if len(written) > 1:
            concepts["@two"] = _Concept(1.0, [words for words in written.values() if words])

    def _score(self, concepts: dict[str, _Concept]) -> tuple[dict[str, float], dict[str, Reason]]:
        scores, reasons = {}, {}
        for topic, weights in self._weights.items():
            score, rule, words = _sum(weights, concepts)
            scores[topic.value] = score
            reasons[topic.value] = Reason(topic.value, rule, words)
        return scores, reasons

    def _choose(
        self, scores: dict[str, float], against: float, concepts: dict[str, _Concept], *, own: frozenset[str]
    ) -> list[str]:
        """The topics that stand out, most central first; none for what only looks like diplomacy."""
        abroad = "@one" in concepts or "@two" in concepts or not self._abroad.isdisjoint(concepts)
        ranked = sorted(
            ((score, topic) for topic, score in scores.items() if abroad or topic in own), key=lambda s: -s[0]
        )
        needs = self._needs - (self._joined if "@pair" in concepts else 0.0)
        if not ranked or ranked[0][0] - self._against * max(0.0, against) < needs:
            # What one state does to another is theirs, be it about fishermen, if nothing else explains the words.
            return [Topic.STATE.value] if "@pair" in concepts and against <= 0 else []
        top = ranked[0][0]
        more = [topic for score, topic in ranked[1:MOST_TOPICS] if score >= max(self._second, self._share * top)]
        return [ranked[0][1], *more]


def _concept_trie(concepts: dict[str, Any], language: str, *, folded: bool = False) -> Phrases[tuple[str, ...]]:
    by_phrase: dict[str, list[str]] = {}
    for name, cells in concepts.items():
        for phrase in terms(cells[language]):
            by_phrase.setdefault(fold(phrase) if folded else " ".join(tokenise(phrase).keys), []).append(name)
    trie: Phrases[tuple[str, ...]] = Phrases()
    for phrase, names in by_phrase.items():
        trie.add(phrase, tuple(dict.fromkeys(names)))
    return trie


def _weights(cell: str, concepts: dict[str, Any]) -> tuple[_Weight, ...]:
    """Read "visit 1.2, relief+disaster 0.9". Raises KeyError for a concept that does not exist."""
    found = []
    for part in terms(cell):
        names, weight = part.split()
        together = tuple(names.split("+"))
        for name in together:
            if not name.startswith("@"):
                concepts[name]
        found.append(_Weight(together, float(weight)))
    return tuple(found)


def _sum(weights: tuple[_Weight, ...], concepts: dict[str, _Concept]) -> tuple[float, str, tuple[str, ...]]:
    """The score, the rule that gave most of it ("leader+visit") and the words behind that rule."""
    total, best = 0.0, 0.0
    rule: tuple[str, ...] = ()
    for names, weight in weights:
        held = [concepts[name] for name in names if name in concepts]
        if len(held) < len(names):
            continue
        part = weight * min(concept.strength for concept in held)
        total += part
        if part > best:
            best, rule = part, names
    words = tuple(dict.fromkeys(word for name in rule for word in concepts[name].words[:3]))
    return total, "+".join(rule), words


@cache
def load_classifier() -> Classifier:
    """The classifier of the package's data, read once."""
    return Classifier(load_gazetteer())


@cache
def _topic_names() -> dict[str, dict[str, tuple[str, str]]]:
    topics = read_data("topics.yaml")["topics"]
    names: dict[str, dict[str, tuple[str, str]]] = {}
    for topic in Topic:
        for language in ("en", "vi"):
            full, short = (part.strip() for part in topics[topic][language].split("|"))
            names.setdefault(topic.value, {})[language] = (full, short)
    return names


def topic_name(topic: str, language: str, *, short: bool = False) -> str:
    """What to show for a topic id, `short` for a button; an unknown id is shown as it is."""
    full, brief = _topic_names().get(topic, {}).get("vi" if language == "vi" else "en", (topic, topic))
    return brief if short else full
