"""From places named to places an item is about, and the countries it brings together."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from digest.lexicon import Phrases, Tokens, folded_key, key, phrases, read_data, terms
from digest.mentions import Mention
from digest.model import Reason, Source
from digest.places import Gazetteer
from digest.text import WORD

#: Words after which a mention is no longer in the lead, and what a mention is worth where.
LEAD_WORDS = 40
TITLE, LEAD, BODY = 3.0, 1.5, 0.8
#: A place stays when it weighs this share of the heaviest: loose for a short text, strict for a long one.
LOOSE, STRICT = 0.3, 0.6
SHORT_TEXT, LONG_TEXT = 130, 400
MOST_PLACES = 8
#: The outlet's own country, named by its offices alone, weighs this share of the heaviest place.
IMPLIED = 0.6
#: What counts of a city where a matter of two countries takes place, or through which somebody passes.
PASSED = 0.15
#: What then counts for its country.
HOST = 0.5
#: Rules of reasons: a capital that speaks for its government, a province that brings its country.
SEAT, PROVINCE = "seat", "province"
#: A country's own name says more than its capital's, and that more than its province's.
_SAYS, _MOST = {PROVINCE: 0, SEAT: 1}, 2
_BODY = ("body", BODY)
#: In a shorter text a city that hosts organisations is no subject.
VENUE_TEXT = 150
_KIND = {"country": 1.0, "demonym": 0.9, "capital": 0.8, "city": 0.6, "province": 1.0, "former": 1.0}


class Office(NamedTuple):
    """An office of the outlet's own state that acts, at a word of the title or the text."""

    in_title: bool
    word: int
    words: str

    @property
    def formal(self) -> bool:
        """Whether it is written as an office, "Chính phủ", and not as any government, "chính phủ"."""
        return self.words[0].isupper()


@dataclass(frozen=True, slots=True)
class Subjects:
    """The places an item is about, most central first, and why; and what was named where."""

    places: tuple[str, ...]
    reasons: tuple[Reason, ...]
    in_title: tuple[Mention, ...] = ()
    #: Without those of a dateline.
    in_text: tuple[Mention, ...] = ()
    offices: tuple[Office, ...] = ()
    #: Where the text begins, after its dateline.
    begins: int = 0


class SubjectFinder:
    """Decides what places an item is about. Built once; keeps no state."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        data = read_data("cues.yaml")
        self._gazetteer = gazetteer
        self._government = _with_plain(data["government"])
        self._locative = _with_plain(data["locative"])
        self._relation = _with_plain(data["relation_before"])
        self._portfolios = phrases((term, True) for term in terms(data["portfolios"]))
        self._shared = phrases((term, True) for term in terms(data["shared"]))
        self._gateways = frozenset(term.lower() for term in terms(data["gateways"]))
        self._surnames = _keys(data["given_syllables"]) | _keys(data["surnames_en"])
        self._city: dict[str, Phrases[bool]] = {
            lang: phrases((term, True) for term in terms(data["city_actor"][lang])) for lang in ("en", "vi")
        }
        self._city["vi-plain"] = _folded(data["city_actor"]["vi"])
        self._offices: dict[str, dict[str, Phrases[bool]]] = {
            country: {lang: phrases((term, True) for term in terms(cell)) for lang, cell in cells.items()}
            for country, cells in data["offices"].items()
        }
        for tries, cells in zip(self._offices.values(), data["offices"].values(), strict=True):
            tries["vi-plain"] = _folded(cells.get("vi", ""))
        self._plain_portfolios = _folded(data["portfolios"])
        wires = "|".join(re.escape(wire) for wire in terms(data["wires"]))
        self._dateline = re.compile(
            # "Hanoi (VNA) –" · "HANOI, Nov. 21 –", "RIYADH:" · "Hà Nội, ngày 5/4 –"
            rf"\s*(?:[^\n:–—(]{{0,40}}\((?:{wires})[^)\n]{{0,20}}\)\s*[-–—:.]+|"
            rf"[A-ZÀ-Ỹ][A-ZÀ-Ỹ .’'/-]{{2,30}}[A-ZÀ-Ỹ.](?:,\s[\w .,/]{{2,30}})?\s*(?:--?|–|—|:)\s|"
            rf"[A-ZÀ-Ỹ][\w .’']{{2,25}},\s(?:ngày\s)?\d{{1,2}}[/.-]\d{{1,2}}(?:[/.-]\d{{2,4}})?\s*[-–—:]\s|"
            r"[A-ZÀ-Ỹ][\w.’']+(?:[ ,]+[A-ZÀ-Ỹ][\w.’']+){0,3}\s--\s|"  # "Cairo -- The", not "Laos – Thailand"
            rf"\((?:{wires})\)\s)"
        )

    def find(self, title: Tokens, text: Tokens, *, language: str, source: Source) -> Subjects:
        """Weigh every place named in title and text; `source` tells whose own offices are meant."""
        lang = "vi" if language == "vi" else "en"
        around = frozenset(title.keys) | frozenset(text.keys[:200])
        spotter = self._gazetteer.spotter
        in_title = spotter.find(title, language, around=around)
        dateline = self.dateline_end(text)
        in_text = [m for m in spotter.find(text, language, around=around) if m.start >= dateline]
        offices = tuple(self._acting(title, text, in_title, in_text, lang, source))
        weights, why = self._weigh(((title, in_title), (text, in_text)), lang)
        home, length = source.country, len(title.words) + len(text.words)
        places, reasons = self._choose(weights, why, source, words=length)
        told = {self._gazetteer.country(reason.label) for reason in reasons if reason.rule != "source"}
        if home and offices and home not in told:
            weights[home] = max(TITLE, *weights.values(), 0.0) * IMPLIED
            why[home] = ("implied", [offices[0].words])
            places, reasons = self._choose(weights, why, source, words=length)
        return Subjects(places, reasons, tuple(in_title), tuple(in_text), offices, dateline)

    def _weigh(
        self, parts: tuple[tuple[Tokens, list[Mention]], ...], lang: str
    ) -> tuple[dict[str, float], dict[str, tuple[str, list[str]]]]:
        """What each place weighs in title and text, and for each the rule and the words that gave it."""
        named = [mention for _, mentions in parts for mention in mentions if not mention.venue]
        countries = {self._gazetteer.country(mention.code) for mention in named}
        # Where two countries or more are named, a capital rather is where they act than what it is about.
        national = len(countries) > 1
        weights: dict[str, float] = {}
        why: dict[str, tuple[str, list[str]]] = {}
        short = len(parts[-1][0].words) < VENUE_TEXT
        for n, (tokens, mentions) in enumerate(parts):
            cues = "vi-plain" if lang == "vi" and tokens.plain else lang
            for mention in mentions:
                if mention.venue and short and mention.code not in countries:
                    continue
                spot, place = ("title", TITLE) if n == 0 else ("lead", LEAD) if mention.word < LEAD_WORDS else _BODY
                for code, share, cue in self._meaning(tokens, mention, cues, national=national):
                    weights[code] = weights.get(code, 0.0) + place * share * _KIND[mention.kind]
                    brought = code != mention.code and "-" in mention.code
                    rule = SEAT if cue else PROVINCE if brought else spot
                    if code not in why or _SAYS.get(why[code][0], _MOST) < _SAYS.get(rule, _MOST):
                        why[code] = (rule, [])
                    if mention.text not in why[code][1]:
                        why[code][1].append(mention.text)
        return weights, why

    def dateline_end(self, text: Tokens) -> int:
        """Where the dateline ends: "HANOI, Nov 21 (VNA) –" names no subject; 0 where there is none."""
        found = self._dateline.match(text.text)
        return found.end() if found else 0

    def _choose(
        self,
        weights: dict[str, float],
        why: dict[str, tuple[str, list[str]]],
        source: Source,
        *,
        words: int,
    ) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
        logs = {code: math.log1p(weight) for code, weight in weights.items() if weight > 0}
        top = max(logs.values(), default=0.0)
        share = LOOSE + (STRICT - LOOSE) * min(1.0, max(0.0, (words - SHORT_TEXT) / (LONG_TEXT - SHORT_TEXT)))
        kept = sorted((code for code in logs if logs[code] >= share * top), key=lambda code: -logs[code])[:MOST_PLACES]
        reasons = [Reason(code, why[code][0], tuple(why[code][1][:4])) for code in kept]
        for code in source.places:
            if code not in kept:
                kept.append(code)
                reasons.append(Reason(code, "source", (source.name,)))
        return tuple(kept), tuple(reasons)

    def _meaning(
        self, tokens: Tokens, mention: Mention, cues: str, *, national: bool
    ) -> tuple[tuple[str, float, bool], ...]:
        """The codes a mention stands for, how much of it counts for each, and whether as a government's seat.

        A province is itself and, where its file does not set it alone, its country. The capital of a country is the
        city or the government: "Hanoi says"; where it only is where the country acts, a share of it is the country's.
        """
        code = mention.code
        if mention.text.lower() in self._gateways:
            return ((code, PASSED, False), (self._gazetteer.country(code), HOST, False))
        brought = self._gazetteer.brings(code)
        country = ((brought, 1.0, False),) if brought else ()
        home = self._gazetteer.seat_of(code)
        if home is None:
            return ((code, 1.0, False), *country)
        end = mention.word + len(WORD.findall(mention.text))
        before = tokens.keys[mention.word - 1] if mention.word else ""
        after = tokens.keys[end] if end < len(tokens.keys) else ""
        near = tokens.keys[max(0, mention.word - 3) : end + 6]
        if any(self._city[cues].find(near, [False] * len(near))):
            return ((code, 1.0, False), *country)
        if before in self._locative[cues]:
            host = country or ((home, HOST, False),)
            return ((code, PASSED, False), *host) if national else ((code, 1.0, False), *country)
        if mention.kind == "city":  # "Hoàn Kiếm" is nobody's government
            return ((code, 0.6 if national else 1.0, False), *country)
        if after in self._government[cues] or before in self._relation[cues]:
            return ((home, 1.0, True),)
        return ((code, 0.6 if national else 1.0, False), *country)

    def _acting(
        self, title: Tokens, text: Tokens, in_title: list[Mention], in_text: list[Mention], lang: str, source: Source
    ) -> Iterator[Office]:
        """The offices of the outlet's own state that act in title and lead, in order."""
        plain = lang == "vi" and title.plain and text.plain
        offices = self._offices.get(source.country or "", {}).get("vi-plain" if plain else lang)
        if offices is None:
            return
        home = source.country
        for tokens, mentions in ((title, in_title), (text, in_text)):
            abroad = {m.word for m in mentions if self._gazetteer.country(m.code) != home}
            keys = tokens.folded() if plain else tokens.keys
            portfolios = self._plain_portfolios if plain else self._portfolios
            for match in offices.find(keys, tokens.ends):
                if match.start >= LEAD_WORDS:
                    break
                owner = match.end
                while owner < len(keys) and (more := portfolios.at(keys, tokens.ends, owner)):
                    owner = more.end
                if owner < len(keys) and self._shared.at(keys, tokens.ends, owner):
                    continue
                if owner in abroad or (lang == "en" and match.start - 1 in abroad):
                    continue
                after = tokens.words[match.end] if match.end < len(tokens.words) else ""
                if after[:1].isupper() and not tokens.ends[match.end - 1] and not self._own_name(after):
                    continue
                words = tokens.text[tokens.spans[match.start][0] : tokens.spans[match.end - 1][1]]
                yield Office(tokens is title, match.start, words)

    def _own_name(self, word: str) -> bool:
        """Whether a capitalised word may go on a Vietnamese name or title rather than a foreign one."""
        return not word.isascii() or key(word) in self._surnames


def _folded(cell: str) -> Phrases[bool]:
    """A trie of terms without accents."""
    trie: Phrases[bool] = Phrases()
    for term in terms(cell):
        trie.add(term, True, folded=True)
    return trie


def _with_plain(cells: dict[str, str]) -> dict[str, frozenset[str]]:
    """The words of each language as they are looked up, and those of Vietnamese typed without accents."""
    sets = {lang: _keys(cell) for lang, cell in cells.items()}
    return sets | {"vi-plain": frozenset(folded_key(word) for word in sets["vi"])}


def _keys(cell: str) -> frozenset[str]:
    return frozenset(key(term) for term in terms(cell))
