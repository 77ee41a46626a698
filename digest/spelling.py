"""Slips of the pen: which known names somebody may have meant, quickly enough to ask for every part of a long list."""

from collections.abc import Collection, Iterable

#: Letters of a word → how many slips it may have: fewer letters are likelier another word.
_SLIPS = ((4, 0), (9, 1), (64, 2))


class Speller:
    """Knows names as `digest.places.squeeze` gives them."""

    def __init__(self, names: Iterable[str], *, strict: Collection[str] = ()) -> None:
        """`strict` names are taken for meant with one slip at most."""
        self._strict = strict
        self._by_length: dict[int, list[tuple[int, str]]] = {}
        for name in names:
            self._by_length.setdefault(len(name), []).append((_letters(name), name))

    def near(self, word: str) -> list[str]:
        """The names within a slip of the pen or two, the nearest first.

        >>> Speller(["cambodia", "cuba", "shanghai"]).near("camboda")
        ['cambodia']
        >>> Speller(["thuonghai"], strict=["thuonghai"]).near("thuanhai")
        []
        """
        most = next((slips for below, slips in _SLIPS if len(word) < below), 0)
        letters, found = _letters(word), list[tuple[int, str]]()
        for length in range(len(word) - most, len(word) + most + 1) if most else ():
            for others, name in self._by_length.get(length, ()):
                # A slip changes two letters of the sets at most, so that few names are compared letter by letter.
                if (letters ^ others).bit_count() <= 2 * most:
                    slips = _slips(word, name, most)
                    if slips <= (1 if name in self._strict else most):
                        found.append((slips, name))
        return [name for _, name in sorted(found, key=lambda one: one[0])]


def _letters(word: str) -> int:
    """The set of a word's letters as bits."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits


def _slips(one: str, other: str, most: int) -> int:
    """Letters left out, put in, changed or swapped with their neighbour between two words; stops above `most`."""
    before, row = list[int](), list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, its in enumerate(other, start=1):
            slips = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 < j and letter == other[j - 2] and its == one[i - 2]:
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
        if min(row) > most:
            return most + 1
    return row[-1]
