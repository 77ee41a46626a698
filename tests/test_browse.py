"""The world as one browses it: everything can be reached, and one always finds back."""

import pytest

from digest.browse import doors, find_shelf, shelf, shelf_members, shelf_name
from digest.places import load_gazetteer

GAZETTEER = load_gazetteer()


def reached(start: tuple[str, ...]) -> tuple[set[str], set[str]]:
    """Shelves and places that can be reached from these shelves."""
    shelves, places, waiting = set[str](), set[str](), list(start)
    while waiting:
        key = waiting.pop()
        found = shelf(key, GAZETTEER, language="en")
        assert found is not None, key
        shelves.add(key)
        places.update(found.places)
        waiting += found.shelves
    return shelves, places


def test_every_country_and_every_province_can_be_reached() -> None:
    countries, continents = doors(GAZETTEER, home="VN", language="en")
    _, places = reached((*countries, *continents))
    provinces = {code for country in countries for code in GAZETTEER.provinces(country)}
    assert places == {*GAZETTEER.countries(), *provinces}


def test_the_home_country_comes_first() -> None:
    assert doors(GAZETTEER, home="VN", language="en")[0][0] == "VN"


def test_every_shelf_has_a_name_in_both_languages_and_a_way_back() -> None:
    countries, continents = doors(GAZETTEER, home="VN", language="en")
    shelves, _ = reached((*countries, *continents))
    for key in shelves:
        assert shelf_name(key, GAZETTEER, "vi") not in ("", key)
        above = shelf(key, GAZETTEER, language="vi").above
        assert above == "" or key in shelf(above, GAZETTEER, language="vi").shelves


@pytest.mark.parametrize("key", ["", "XX", "VN.nowhere", "VN:mekong", "000", "DE", "."])
def test_there_is_no_other_shelf(key: str) -> None:
    assert shelf(key, GAZETTEER, language="en") is None


@pytest.mark.parametrize("key", GAZETTEER.groups())
def test_a_group_is_a_shelf_found_by_its_names_in_both_languages(key: str) -> None:
    group = shelf(key.replace(":", "."), GAZETTEER, language="en")
    assert group is not None
    assert sorted(group.places) == sorted(GAZETTEER.group(key))
    assert len(set(group.places)) == len(group.places) > 1
    for language in ("en", "vi"):
        assert find_shelf(shelf_name(group.key, GAZETTEER, language), GAZETTEER) == group.key


@pytest.mark.parametrize(
    ("group", "members"),
    [("asean", 11), ("eu", 27), ("g7", 7), ("g20", 19), ("nato", 32), ("apec", 21), ("arab-league", 22), ("rcep", 15)],
)
def test_groups_have_their_members(group: str, members: int) -> None:
    assert len(GAZETTEER.group(group)) == members


def test_a_region_is_found_by_its_name_unless_a_country_has_it() -> None:
    countries, continents = doors(GAZETTEER, home="VN", language="en")
    shelves, _ = reached((*countries, *continents))
    for key in shelves - {*countries, "001"}:
        name = shelf_name(key, GAZETTEER, "vi")
        assert find_shelf(name, GAZETTEER) == key or GAZETTEER.named(name) == ("CF",)  # Trung Phi


def test_the_members_of_a_continent_are_its_countries() -> None:
    assert {"CN", "LA", "VN", "TR"} <= set(shelf_members("142", GAZETTEER))
    assert set(shelf_members("VN", GAZETTEER)) == set(GAZETTEER.provinces("VN"))
    assert shelf_members("nowhere", GAZETTEER) == ()
