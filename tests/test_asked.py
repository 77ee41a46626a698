"""Wishes as readers type and share them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.asked import (
    Asked,
    AskedPair,
    AskedPlaces,
    link_for,
    read_link,
    read_pair,
    read_places,
    read_short,
    read_words,
    short,
)
from digest.model import Topic, Wishes
from digest.places import load_gazetteer

GAZETTEER = load_gazetteer()


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
        ("Narnia, , laos", {"LA"}, set(), ("Narnia",)),
        ("viet nam - narnia", set(), set(), ("viet nam - narnia",)),
        (" ,; ", set(), set(), ()),
    ],
)
def test_places_are_read(text: str, places: set[str], pairs: set[str], unknown: tuple[str, ...]) -> None:
    assert read_places(text, GAZETTEER) == AskedPlaces(frozenset(places), frozenset(pairs), unknown)


@pytest.mark.parametrize(
    ("typed", "first"),
    [("cubba", "CU"), ("hanio", "VN-HN"), ("camboda", "KH"), ("phillipines", "PH"), ("singapor", "SG"),
     ("Saigonn", "VN-SG"), ("viet nma", "VN"), ("kazakhs", "KZ")],
)  # fmt: skip
def test_a_slip_of_the_pen_is_asked_about_and_never_taken(typed: str, first: str) -> None:
    asked = read_places(f"Laos, {typed}", GAZETTEER)
    if not asked.near:  # a name after all
        assert asked.places == {"LA", first}
        return
    assert asked.places == {"LA"}
    [(said, codes)] = asked.near
    assert (said, codes[0]) == (typed, first)
    assert asked.likely == {"LA", first}


@pytest.mark.parametrize(
    ("typed", "pair"),
    [
        ("vn la", "LA-VN"),
        ("việt nam lào", "LA-VN"),
        ("Laos and Viet Nam", "LA-VN"),
        ("Việt Nam với Lào", "LA-VN"),
        ("laos - viet nam", "LA-VN"),
        ("VN/LA", "LA-VN"),
        ("Mỹ Việt Nam", "US-VN"),
        ("Trung Quốc, Việt Nam", "CN-VN"),
        ("Guinea-Bissau viet nam", "GW-VN"),
        ("Hà Nội - Viêng Chăn", "LA-VN"),
    ],
)
def test_a_pair_in_any_words(typed: str, pair: str) -> None:
    assert read_pair(typed, GAZETTEER) == AskedPair(pair)


@pytest.mark.parametrize(
    ("typed", "near"),
    [("viet nam combodia", ("KH-VN",)), ("phil, vn", ("PH-VN", "US-VN")), ("vietnam", ()), ("vn vn", ()), ("", ()),
     ("a b c", ()), ("hue da nang", ())],
)  # fmt: skip
def test_what_is_no_pair_may_be_nearly_one(typed: str, near: tuple[str, ...]) -> None:
    assert read_pair(typed, GAZETTEER) == AskedPair(None, near)


@pytest.mark.parametrize(
    ("typed", "wanted", "unwanted"),
    [
        ("friendship, -football", ("friendship",), ("football",)),
        ("“hữu nghị”; – bóng đá", ("hữu nghị",), ("bóng đá",)),
        ("Aid, aid, AID", ("Aid",), ()),
        ("a, -, --, !!", (), ()),
        (".*, (a+)+$", ("(a+)+$",), ()),  # taken literally
        ("x" * 99, ("x" * 40,), ()),
    ],
)
def test_words_wanted_and_unwanted(typed: str, wanted: tuple[str, ...], unwanted: tuple[str, ...]) -> None:
    assert read_words(typed) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("payload", "asked"),
    [
        ("topic_ngo", Asked(topics=frozenset({"ngo"}))),
        ("place_VN-SG", Asked(places=frozenset({"VN-SG"}))),
        ("place_vn-57", Asked(places=frozenset({"VN-SG"}))),
        ("pair_LA-VN", Asked(pairs=frozenset({"LA-VN"}))),
        ("pair_vn_la", Asked(pairs=frozenset({"LA-VN"}))),
        ("topic_ngo__place_LA", Asked(topics=frozenset({"ngo"}), places=frozenset({"LA"}))),
        ("topic_cooking", None),
        ("place_", None),
        ("pair_la", None),
        ("pair_la_la", None),
        ("page_abc", None),
        ("topic_ngo__", None),
        ("", None),
    ],
)
def test_links(payload: str, asked: Asked | None) -> None:
    assert read_link(payload, GAZETTEER) == asked


codes = st.sampled_from([*GAZETTEER.countries(), *GAZETTEER.provinces("VN")])
countries = st.sampled_from(GAZETTEER.countries())
wanted = st.builds(
    Asked,
    topics=st.frozensets(st.sampled_from([topic.value for topic in Topic]), max_size=3),
    places=st.frozensets(codes, max_size=3),
    pairs=st.frozensets(
        st.frozensets(countries, min_size=2, max_size=2).map(lambda two: "-".join(sorted(two))), max_size=2
    ),
)


@given(wanted)
def test_what_a_link_asks_for_comes_back_and_fits_on_a_button(asked: Asked) -> None:
    payload = link_for(asked)
    if payload is None:
        return
    assert read_link(payload, GAZETTEER) == asked
    assert read_short(short(asked), GAZETTEER) == asked
    assert len(short(asked)) <= 45


@pytest.mark.parametrize("forged", ["", "cooking", "LA+", "VN+LA", "LA+LA", "LA+VN+CU", "xx", "ngo.", "VN-57"])
def test_a_forged_button_asks_for_nothing(forged: str) -> None:
    assert read_short(forged, GAZETTEER) is None


def test_what_is_added_never_narrows() -> None:
    ngo_in_laos = Asked(topics=frozenset({"ngo"}), places=frozenset({"LA"}))
    everything = Wishes()
    assert ngo_in_laos.added_to(everything) == everything
    assert ngo_in_laos.added_to(Wishes(places=frozenset({"VN"}))) == Wishes(places=frozenset({"VN", "LA"}))
    climate = Wishes(topics=frozenset({"climate"}), pairs=frozenset({"CU-VN"}), wanted=("flood",))
    assert ngo_in_laos.added_to(climate) == Wishes(
        topics=frozenset({"climate", "ngo"}),
        places=frozenset({"LA"}),
        pairs=frozenset({"CU-VN"}),
        wanted=("flood",),
    )
