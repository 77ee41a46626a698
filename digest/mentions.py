"""Names of places in running text, and the many words that only look like one."""

from dataclasses import dataclass
from typing import NamedTuple

from digest.errors import ConfigError
from digest.lexicon import Phrases, Tokens, folded_key, key, read_data, terms
from digest.names import Kind, NameTable
from digest.text import WORD


class Mention(NamedTuple):
    """A place named in a text; `start` and `end` are offsets into the NFC text, `word` counts words from 0."""

    code: str
    start: int
    end: int
    text: str
    kind: Kind
    word: int
    #: A city that hosts organisations, or a place at arm's length: no subject by itself.
    venue: bool = False


class _Entry(NamedTuple):
    """What a phrase of the trie means; no code where the phrase is a known false friend."""

    code: str | None
    kind: Kind
    #: Which words carry a capital in the name as we know it.
    capitals: tuple[bool, ...] = ()
    #: "US", "UAE": only in capitals.
    exact: bool = False
    venue: bool = False


@dataclass(frozen=True, slots=True)
class _Cues:
    """The words around names, ready to look up."""

    short: frozenset[str]
    syllables: frozenset[str]
    pronouns: frozenset[str]
    surnames: frozenset[str]
    #: Of these in Vietnamese, those that open a sentence as a common word: "Đoàn Lào Cai".
    surnames_also_words: frozenset[str]
    person_verbs: frozenset[str]
    vetoes: dict[str, frozenset[str]]
    given: frozenset[str]
    given_places: frozenset[str]
    titles: frozenset[str]
    chains: dict[str, dict[str, str]]
    #: Words before an unaccented "My", "Phap", "Duc" that make it a country.
    plain_before: frozenset[str]
    #: Capitalised words before "Lào", "Nga" that are no part of a person's name: "Tết Lào".
    capital_before: frozenset[str]
    #: Unaccented syllables of names that follow "Mỹ", "Anh", "Nga" when those are people; as written.
    after: frozenset[str]
    #: Short names that open sentences as pronouns, things or people more often than as countries.
    also_words: frozenset[str]
    #: Beside a name they say by which clock.
    clock: frozenset[str]


class Spotter:
    """Finds the places a text names. Built once from the table of names and cues.yaml; it keeps no state."""

    def __init__(self, table: NameTable) -> None:
        data = read_data("cues.yaml")
        self._cues = _read_cues(data)
        self._plain_short = frozenset(folded_key(word) for word in self._cues.short)
        self._tries: dict[str, Phrases[_Entry]] = {"en": Phrases(), "vi": Phrases(), "vi-plain": Phrases()}
        venues = {v.lower() for v in terms(data["venues"])}
        for venue in terms(data["venues"]):
            for trie in self._tries.values():
                trie.add(venue, _Entry(None, "city"))
        # Where two places share a name the larger keeps it.
        for name in sorted(table.names, key=lambda n: n.kind not in {"country", "province"}):
            entry = _entry(name.written, name.code, name.kind, venue=name.written.lower() in venues)
            for language in name.languages:
                self._tries[language].add(name.written, entry, replace=entry.venue)
            if "vi" in name.languages:
                self._tries["vi-plain"].add(name.written, entry, folded=True, replace=entry.venue)
        for language, cell in data["not_places"].items():
            for phrase in terms(cell):
                self._tries[language].add(phrase, _Entry(None, "country"))
                if language == "vi":
                    self._tries["vi-plain"].add(phrase, _Entry(None, "country"), folded=True, replace=False)

    def find(self, tokens: Tokens, language: str, *, around: frozenset[str] = frozenset()) -> list[Mention]:
        """The places named, left to right, longest match first and never inside a word.

        `around` are further words of the same item: they may veto a name (a turkey among recipes).
        """
        vietnamese = language == "vi"
        plain = vietnamese and tokens.plain
        trie = self._tries["vi-plain" if plain else "vi" if vietnamese else "en"]
        keys = tokens.folded() if plain else tokens.keys
        found: list[tuple[Mention, str]] = []
        for match in trie.find(keys, tokens.ends):
            entry = match.value
            if entry.code is None or not _cased(tokens, match.start, match.end, entry):
                continue
            if tokens.gaps[match.end - 1].startswith("$"):  # "US$"
                continue
            if self._is_clock(tokens, match.start, match.end, vietnamese=vietnamese):
                continue
            name = keys[match.start] if match.end == match.start + 1 else ""
            if plain and name in self._plain_short:
                fits = self._is_place_plain(tokens, match.start, keys)
            elif vietnamese:
                fits = self._is_place_vi(tokens, match.start, match.end)
            else:
                fits = self._is_place_en(tokens, match.start, match.end, name)
            if not fits:
                continue
            start, end = tokens.spans[match.start][0], tokens.spans[match.end - 1][1]
            found.append(
                (Mention(entry.code, start, end, tokens.text[start:end], entry.kind, match.start, entry.venue), name)
            )
        chains = "vi-plain" if plain else "vi" if vietnamese else "en"
        found += [(mention, "") for mention in self._chains(tokens, chains, {m.word for m, _ in found})]
        return self._without_vetoed(found, around | frozenset(keys))

    def _is_clock(self, tokens: Tokens, start: int, end: int, *, vietnamese: bool) -> bool:
        """Whether a name only says by which clock: "8 p.m. Hanoi time", "20h giờ Hà Nội"."""
        if vietnamese:
            return start > 0 and tokens.words[start - 1] in self._cues.clock and tokens.gaps[start - 1] == " "
        return end < len(tokens.words) and tokens.words[end] in self._cues.clock and tokens.gaps[end - 1] == " "

    def _without_vetoed(self, found: list[tuple[Mention, str]], around: frozenset[str]) -> list[Mention]:
        """Drop a name that its surroundings make something else, unless the country is there by another name."""
        kept = []
        for mention, name in found:
            veto = self._cues.vetoes.get(name)
            if veto and veto & around and not any(m.code == mention.code and n != name for m, n in found):
                continue
            kept.append(mention)
        return sorted(kept, key=lambda m: m.start)

    def _is_place_en(self, tokens: Tokens, start: int, end: int, name: str) -> bool:
        """Whether an English name is no part of a person's: "Michael Jordan", "Jordan Baker", "Nguyen Thai Binh"."""
        cues = self._cues
        before = tokens.keys[start - 1] if start and tokens.gaps[start - 1] == " " else ""
        # "Nguyen Thai Binh", "Nguyen Hue Street"; in a text of capitals they say nothing
        if before in cues.surnames and tokens.words[start - 1][0].isupper() and not tokens.loud:
            return False
        if not name:
            return True
        if before in cues.given and tokens.words[start - 1][0].isupper():
            return False
        if name in cues.given_places and not tokens.titled and end < len(tokens.words) and tokens.gaps[end - 1] == " ":
            after = tokens.words[end]
            return not (after[0].isupper() and len(after) > 2 and tokens.keys[end] not in cues.titles)
        return True

    def _is_place_vi(self, tokens: Tokens, start: int, end: int) -> bool:
        """Whether a Vietnamese name is a place, not a person, a thing or "he": "Anh nói", "Mỹ Linh", "Thúy Nga"."""
        if tokens.loud:
            return True
        cues, word = self._cues, tokens.keys[start]
        before = tokens.words[start - 1] if start and tokens.gaps[start - 1] == " " else ""
        after = tokens.words[end] if end < len(tokens.words) and tokens.gaps[end - 1] == " " else ""
        capital = before[:1].isupper() and not before.isupper()
        if end - start > 1:
            # "Trần Thái Bình"; but "Đoàn Lào Cai" is a delegation where it opens a sentence, "Đoàn tỉnh …" anywhere
            person = capital and folded_key(before) in cues.surnames and not before.isascii()
            thing = key(before) in cues.surnames_also_words and tokens.opens[start - 1]
            return not (person and tokens.words[start][:1].isupper() and not thing)
        if word not in cues.short:
            return True
        named = key(before) in cues.syllables or not (before.isascii() or tokens.opens[start - 1])
        if before in cues.pronouns:
            return False
        if capital and named and key(before) not in cues.short | cues.capital_before:
            return False
        if after[:1].isupper() and (after in cues.after or (not after.isascii() and len(after) < 7)):
            return False
        if tokens.opens[start] and word in cues.also_words:
            return after[:1].islower() and key(after) not in cues.person_verbs
        return True

    def _is_place_plain(self, tokens: Tokens, start: int, keys: list[str]) -> bool:
        """Whether an unaccented "My", "Anh", "Duc" is a country: after a word that countries follow, or in a chain."""
        if start and keys[start - 1] in self._cues.plain_before:
            return not (start + 1 < len(keys) and tokens.words[start + 1] in self._cues.after)
        return bool(start and _linked(tokens, start - 1)) or (start + 1 < len(keys) and _linked(tokens, start))

    def _chains(self, tokens: Tokens, language: str, taken: set[int]) -> list[Mention]:
        """Short names in chains: "Việt - Lào", "Mỹ-Nhật-Hàn", "Sino-Indian"."""
        shorts = self._cues.chains.get(language, {})
        found = []
        for i, word in enumerate(tokens.words):
            code = shorts.get(word)
            if code is None or i in taken:
                continue
            linked = (i and _linked(tokens, i - 1) and self._is_short(tokens, i - 1, shorts, taken)) or (
                _linked(tokens, i) and self._is_short(tokens, i + 1, shorts, taken)
            )
            if linked:
                start, end = tokens.spans[i]
                found.append(Mention(code, start, end, word, "country", i))
        return found

    def _is_short(self, tokens: Tokens, i: int, shorts: dict[str, str], taken: set[int]) -> bool:
        return i < len(tokens.words) and (tokens.words[i] in shorts or i in taken)


def _linked(tokens: Tokens, i: int) -> bool:
    return tokens.gaps[i].strip() in {"-", "–", "—", "‑"}


def _entry(written: str, code: str, kind: Kind, *, venue: bool) -> _Entry:
    found = WORD.findall(written)
    capitals = tuple(w[0].isupper() and w != "The" for w in found)  # "the Philippines"
    exact = written.replace(".", "").replace(" ", "").isupper() and len(written) <= 6 and len(written) > 1
    return _Entry(code, kind, capitals, exact, venue)


def _cased(tokens: Tokens, start: int, end: int, entry: _Entry) -> bool:
    """Whether a name carries the capitals it should."""
    words = tokens.words[start:end]
    if entry.exact:
        # "RoK" too, but no "Us"
        return all(sum(map(str.isupper, w)) * 2 > len(w) for w in words) and not (tokens.loud and words == ["US"])
    if tokens.loud:
        return True
    if len(words) > 3:
        return words[0][0].isupper() == entry.capitals[0]
    return all(w[0].isupper() or not capital for w, capital in zip(words, entry.capitals, strict=True))


def _read_cues(data: dict[str, object]) -> _Cues:
    def low(cell: object) -> frozenset[str]:
        return frozenset(key(term) for term in terms(str(cell)))

    vetoes = data["vetoes"]
    chains = data["chains"]
    if not isinstance(vetoes, dict) or not isinstance(chains, dict):
        raise ConfigError("digest/data/cues.yaml: vetoes and chains are mappings")
    return _Cues(
        short=low(data["short_names"]),
        syllables=low(data["given_syllables"]),
        pronouns=low(data["pronouns"]),
        surnames=low(data["surnames_en"]),
        surnames_also_words=low(data["surnames_also_words"]),
        person_verbs=low(data["person_verbs"]),
        vetoes={key(name): low(cell) for name, cell in vetoes.items()},
        given=low(data["given_names"]),
        given_places=low(data["given_places"]),
        titles=low(data["titles"]),
        chains=chains | {"vi-plain": {folded_key(short).title(): code for short, code in chains["vi"].items()}},
        plain_before=low(data["plain_before"]),
        capital_before=low(data["capital_before"]),
        after=frozenset(terms(str(data["syllables_after"]))),
        also_words=low(data["also_words"]),
        clock=low(data["clock"]),
    )
