"""Wishes as readers type and share them."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.desks.here import read_asked
from digest.asked import (
    MOST_NAMES,
    Asked,
    AskedPair,
    AskedPlaces,
    exact_places,
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
    ("typed", "unknown"),
    [("vn xx", ("xx",)), ("viet nam, atlantis", ("atlantis",)), ("narnia and atlantis", ("narnia", "atlantis")),
     ("vn hue", ("hue",)), ("hue da nang", ("hue", "da nang")), ("xx lào", ("xx",))],
)  # fmt: skip
def test_of_two_names_that_which_no_country_has_is_told(typed: str, unknown: tuple[str, ...]) -> None:
    assert read_pair(typed, GAZETTEER) == AskedPair(None, (), unknown)


@pytest.mark.parametrize(
    ("typed", "near"),
    [("viet nam combodia", ("KH-VN",)), ("phil, vn", ("PH-VN", "US-VN")), ("vietnam", ()), ("vn vn", ()), ("", ()),
     ("a b c", ())],
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


# --- names of before, of several countries, of regions, and of other languages


@pytest.mark.parametrize(
    ("typed", "now"),
    [
        ("binh duong", "VN-SG"),
        ("Hà Tây", "VN-HN"),
        ("ha son binh", "VN-HN VN-68"),
        ("Hà Nam Ninh", "VN-18"),
        ("Nam Hà", "VN-18"),
        ("Hà Bắc", "VN-56"),
        ("Vĩnh Phú", "VN-68"),
        ("bac thai", "VN-69"),
        ("Cao Lạng", "VN-04 VN-09"),
        ("Hoàng Liên Sơn", "VN-02"),
        ("Hải Hưng", "VN-HP VN-66"),
        ("Nghệ Tĩnh", "VN-22 VN-23"),
        ("nghe-tinh", "VN-22 VN-23"),
        ("Bình Trị Thiên", "VN-25 VN-26"),
        ("Quảng Nam-Đà Nẵng", "VN-DN"),
        ("Nghĩa Bình", "VN-29 VN-30"),
        ("Gia Lai-Kon Tum", "VN-30 VN-29"),
        ("Phú Khánh", "VN-33 VN-34"),
        ("Thuận Hải", "VN-34 VN-35"),
        ("Sông Bé", "VN-SG VN-39"),
        ("Gia Định", "VN-SG"),
        ("Cửu Long", "VN-49"),
        ("Hậu Giang", "VN-CT"),
        ("Minh Hải", "VN-59"),
        ("Lai Châu cũ", "VN-71 VN-01"),
    ],
)
def test_a_former_unit_stands_for_all_that_it_became_and_the_answer_can_say_so(typed: str, now: str) -> None:
    codes = tuple(now.split())
    assert read_places(typed, GAZETTEER, choosing=True) == AskedPlaces(
        frozenset(codes), frozenset(), became=((typed, codes),)
    )


def test_a_present_province_keeps_its_name_from_its_past() -> None:
    assert read_places("Lai Châu, Quảng Trị, Huế", GAZETTEER) == AskedPlaces(
        frozenset({"VN-01", "VN-25", "VN-26"}), frozenset()
    )


@pytest.mark.parametrize(
    ("typed", "shelf"),
    [
        ("Tây Nguyên", "VN.highlands"),
        ("Central Highlands", "VN.highlands"),
        ("mekong delta", "VN.mekong"),
        ("miền Tây", "VN.mekong"),
        ("Southeast Asia", "035"),
        ("dong nam a", "035"),
        ("East Africa", "014"),
        ("châu Âu", "150"),
        ("EU", "eu"),
        ("Liên minh châu Âu", "eu"),
        ("asean", "asean"),
        ("Trung Đông", "middle-east"),
        ("Nam Lào", "LA.south"),
    ],
)
def test_a_region_or_group_opens_its_shelf_for_who_is_choosing(typed: str, shelf: str) -> None:
    assert read_places(f"{typed}, Cuba", GAZETTEER, choosing=True) == AskedPlaces(
        frozenset({"CU"}), frozenset(), shelves=(shelf,)
    )


def test_for_who_cannot_be_asked_a_region_stands_for_all_its_places_and_a_shared_name_for_both() -> None:
    assert read_places("Tây Nguyên; Congo", GAZETTEER).places == {"VN-29", "VN-30", "VN-33", "VN-35", "CD", "CG"}
    assert exact_places("Viet Nam", GAZETTEER) == ("VN",)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("Congo", ("CD", "CG")), ("korea", ("KR", "KP")), ("Cao Ly", ("KR", "KP")), ("Конго", ("CD", "CG"))],
)
def test_a_name_of_two_countries_is_asked_about(typed: str, codes: tuple[str, ...]) -> None:
    assert read_places(typed, GAZETTEER, choosing=True) == AskedPlaces(frozenset(), frozenset(), near=((typed, codes),))
    pairs = {"-".join(sorted((code, "VN"))) for code in codes}
    assert set(read_pair(f"{typed}, Viet Nam", GAZETTEER).near) == pairs
    assert set(read_pair(f"{typed} - Viet Nam", GAZETTEER).near) == pairs


@pytest.mark.parametrize("typed", ["Guinea", "South Korea", "Triều Tiên", "Niger", "DR Congo", "Georgia", "America"])
def test_one_that_has_the_name_alone_is_not_asked_about(typed: str) -> None:
    asked = read_places(typed, GAZETTEER, choosing=True)
    assert (len(asked.places), asked.near) == (1, ())


@pytest.mark.parametrize(
    ("typed", "code"),
    [("老挝", "LA"), ("寮國", "LA"), ("ラオス", "LA"), ("ลาว", "LA"), ("ລາວ", "LA"), ("Куба", "CU"), ("한국", "KR"),
     ("대한민국", "KR"), ("Deutschland", "DE"), ("Allemagne", "DE"), ("Kambodscha", "KH"), ("ប្រទេសកម្ពុជា", None),
     ("កម្ពុជា", "KH"), ("Вьетнам", "VN"), ("États-Unis", "US"), ("США", "US"), ("فيتنام", "VN")],
)  # fmt: skip
def test_a_country_in_another_language(typed: str, code: str | None) -> None:
    asked = read_places(typed, GAZETTEER, choosing=True)
    assert asked.places == ({code} if code else set())


def test_a_pair_in_another_language() -> None:
    assert read_pair("Deutschland, Вьетнам", GAZETTEER) == AskedPair("DE-VN")


@pytest.mark.parametrize("typed", ["Thuân Hai Phong Xa", "Bà Triệu", "thuong hoi xa", "hanamxyz"])
def test_what_is_far_from_every_name_is_not_guessed_at(typed: str) -> None:
    asked = read_places(typed, GAZETTEER, choosing=True)
    assert (asked.near, asked.unknown) == ((), (typed,))


# --- too much at once


def calls_of(work) -> int:
    """How many functions a piece of work calls."""
    calls = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    "text",
    [
        ", ".join(f"qwertyx{n}" for n in range(400)),
        " ".join(f"qwertyx{n}" for n in range(400)),
        "lao " * 1000,
        "viet nam " * 400 + "zz",
        ",".join(["lao " * 40 + "zz"] * 25),
        "a-" * 2000,
        "vn " * 1300,
        "x" * 4000,
        ", ".join(["thuan hay", "camboda", "hanio"] * 130),
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.parametrize("read", [read_places, read_pair, read_asked])
def test_a_whole_message_of_names_costs_little(read, text: str) -> None:
    """Counted in calls, not in seconds: a million take about 40 ms. Without a limit one message took 42 seconds."""
    read("laos", GAZETTEER)
    assert calls_of(lambda: read(text[:4096], GAZETTEER)) < 1_200_000


def test_only_so_many_names_are_looked_at_and_that_is_told() -> None:
    names = [GAZETTEER.name(code, "en") for code in GAZETTEER.countries()]
    several = read_places(", ".join(names[: MOST_NAMES + 3]), GAZETTEER)
    assert (len(several.places), several.more) == (MOST_NAMES, True)
    in_a_row = read_places("laos cuba " * MOST_NAMES, GAZETTEER)
    assert (in_a_row.places, in_a_row.more) == ({"LA", "CU"}, True)
    assert not read_places(", ".join(names[:MOST_NAMES]), GAZETTEER).more
