"""Places as readers type them."""

import pytest

from digest.asked import AskedPlaces, read_places
from digest.places import load_gazetteer


@pytest.mark.parametrize(
    ("text", "places", "pairs", "unknown"),
    [
        ("hue, cuba", {"VN-26", "CU"}, set(), ()),
        ("Huế; Lào", {"VN-26", "LA"}, set(), ()),
        ("viet nam - laos", set(), {"LA-VN"}, ()),
        ("LA-VN", set(), {"LA-VN"}, ()),
        ("VN-SG", {"VN-SG"}, set(), ()),
        ("ha noi ho chi minh", {"VN-HN", "VN-SG"}, set(), ()),
        ("binh duong", {"VN-SG"}, set(), ()),
        ("Guinea-Bissau", {"GW"}, set(), ()),
        ("Guinea-Bissau - Viet Nam", set(), {"GW-VN"}, ()),
        ("a b", set(), set(), ("a b",)),
        ("cubba", {"CU"}, set(), ()),
        ("Narnia, , laos", {"LA"}, set(), ("Narnia",)),
        ("viet nam - narnia", set(), set(), ("viet nam - narnia",)),
        (" ,; ", set(), set(), ()),
    ],
)
def test_places_are_read(text: str, places: set[str], pairs: set[str], unknown: tuple[str, ...]) -> None:
    assert read_places(text, load_gazetteer()) == AskedPlaces(frozenset(places), frozenset(pairs), unknown)
