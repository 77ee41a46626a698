"""The provinces of any country, from a file: Laos as the bundled example, and countries that a test makes up."""

import re
from pathlib import Path

import pytest

from digest.asked import read_places
from digest.browse import shelf
from digest.classify import Classifier, load_classifier
from digest.errors import ConfigError
from digest.model import Source, Wishes
from digest.names import province_files, read_names
from digest.places import Gazetteer, load_gazetteer
from digest.wanted import is_wanted
from tests.newsmaker import item, story

GAZETTEER = load_gazetteer()
ANYWHERE = Source(url="https://a.example/feed", name="A")
HANOI = Source(url="https://b.example/feed", name="B", country="VN")


def places(title: str, text: str = "", *, language: str = "en", source: Source = ANYWHERE) -> tuple[str, ...]:
    return load_classifier().label(title, text, language=language, source=source).places


def test_laos_has_seventeen_provinces_and_its_capital() -> None:
    units = GAZETTEER.provinces("LA")
    assert len(units) == 18
    assert {GAZETTEER.parent(unit) for unit in units} == {"LA"}
    assert {GAZETTEER.name(GAZETTEER.region(unit) or "", "en") for unit in units} == {
        "Northern Laos",
        "Central Laos",
        "Southern Laos",
    }
    assert GAZETTEER.name(GAZETTEER.region("VN-HP") or "", "en") == "Red River Delta"


@pytest.mark.parametrize("code", GAZETTEER.provinces("LA"))
@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_name_shown_is_understood_typed_and_in_a_text(code: str, language: str) -> None:
    name = GAZETTEER.name(code, language)
    assert GAZETTEER.resolve(name)[0] == code
    assert [m.code for m in GAZETTEER.mentions(f"Hôm qua ở {name} có mưa", language)] == [code]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("luang prabang", "LA-LP"),
        ("Luông Pha Băng", "LA-LP"),
        ("xa-van-na-khet", "LA-SV"),
        ("Champasak", "LA-CH"),
        ("pakse", "LA-CH"),
        ("Saravane", "LA-SL"),
        ("vientiane", "LA-VT"),
        ("vientiane province", "LA-VI"),
        ("LA-XN", "LA-XS"),
        ("savanakhett", "LA-SV"),
    ],
)
def test_typed_names_of_lao_provinces(typed: str, code: str) -> None:
    assert read_places(typed, GAZETTEER).likely == {code}


@pytest.mark.parametrize(
    ("title", "text", "found"),
    [
        ("Luang Prabang opens a night train", "", ("LA-LP", "LA")),
        ("Thailand builds a bridge to Bokeo", "", ("TH", "LA-BK", "LA")),
        ("Champasak and Savannakhet win a prize", "", ("LA", "LA-CH", "LA-SV")),
        ("Vientiane says talks with Bangkok were useful", "", ("LA", "TH")),
        ("Lao and Thai ministers meet in Vientiane", "", ("LA", "TH")),
        ("Residents of Vientiane plant trees", "", ("LA-VT", "LA")),
        ("Floods in Vientiane Province, not in the capital", "", ("LA-VI", "LA")),
    ],
)
def test_a_lao_province_brings_its_country(title: str, text: str, found: tuple[str, ...]) -> None:
    assert places(title, text) == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Quảng Trị và Xa-vẳn-na-khẹt kết nghĩa", ("LA-SV", "LA", "VN-25")),
        ("Đoàn tỉnh Viêng Chăn thăm Sơn La", ("LA-VI", "LA", "VN-05")),
        ("Viêng Chăn khẳng định lập trường", ("LA",)),
        ("Khánh thành trường học ở Hủa Phăn", ("LA-HO", "LA")),
        ("Khanh thanh truong hoc o Hua Phan", ("LA-HO", "LA")),
    ],
)
def test_lao_provinces_in_vietnamese(title: str, found: tuple[str, ...]) -> None:
    assert set(places(title, language="vi", source=HANOI)) == set(found)


def test_a_province_of_viet_nam_still_stands_alone() -> None:
    assert places("Hue restores a gate", source=HANOI) == ("VN-26",)


def test_the_country_says_which_province_brought_it() -> None:
    why = load_classifier().label("Luang Prabang opens a train", "", language="en", source=ANYWHERE).reasons
    assert ("LA", "province", ("Luang Prabang",)) in [tuple(reason) for reason in why]
    why = load_classifier().label("Train: Luang Prabang, Laos", "", language="en", source=ANYWHERE).reasons
    assert ("LA", "title", ("Laos",)) in [tuple(reason) for reason in why]


def test_a_capital_that_speaks_for_its_government_says_by_which_words() -> None:
    why = load_classifier().label("Hanoi says yes to Paris", "", language="en", source=ANYWHERE).reasons
    assert ("VN", "seat", ("Hanoi",)) in [tuple(reason) for reason in why]


def test_a_country_is_told_by_its_own_name_rather_than_by_its_capital():
    found = load_classifier().label("Hanoi says yes to Paris", "Vietnamese films go.", language="en", source=ANYWHERE)
    assert ("VN", "lead", ("Vietnamese",)) in [tuple(reason) for reason in found.reasons]


def test_who_follows_the_country_gets_its_province_and_the_other_way_round_not() -> None:
    of_province, of_country = story(1, item(places=("LA-LP",))), story(2, item(places=("LA",)))
    laos, prabang = Wishes(places=frozenset({"LA"})), Wishes(places=frozenset({"LA-LP"}))
    assert [is_wanted(one, laos) for one in (of_province, of_country)] == [True, True]
    assert [is_wanted(one, prabang) for one in (of_province, of_country)] == [True, False]


# --- a file of one's own

ATLANTIS = """\
country: IS
seat: IS-AA
regions: {dry: The dry part | Vùng khô, wet: The wet part | Vùng ướt}
provinces:
  IS-AA: Poseidonia | Hải Thần | dry | Poseidon City | Tritonport
  IS-BB: Nereida | Nê-rê-i-đa | wet | | Coral Quay | IS-CC = Old Nereida; IS-DD = Kelpshire, Kelp County
"""


def gazetteer_with(tmp_path: Path, text: str) -> Gazetteer:
    file = tmp_path / "own.yaml"
    file.write_text(text, encoding="utf-8")
    return Gazetteer(read_names(provinces=[*province_files(), file]))


def test_a_new_file_teaches_the_bot_a_country_s_provinces(tmp_path: Path) -> None:
    gazetteer = gazetteer_with(tmp_path, ATLANTIS)
    read = Classifier(gazetteer).label

    def about(title: str, language: str = "en") -> tuple[str, ...]:
        return read(title, "", language=language, source=ANYWHERE).places

    assert gazetteer.provinces("IS") == ("IS-AA", "IS-BB")
    assert read_places("kelp county; tritonport; ne re i da", gazetteer).places == {"IS-AA", "IS-BB"}
    assert about("Nereida signs a pact with Laos") == ("IS-BB", "IS", "LA")
    assert about("Lãnh đạo Nê-rê-i-đa thăm Lào", "vi") == ("IS-BB", "IS", "LA")
    assert about("Poseidonia warns Canada") == ("IS", "CA")
    assert gazetteer.name("IS-DD", "en") == "Nereida"
    assert gazetteer.name(gazetteer.region("IS-AA") or "", "vi") == "Vùng khô"


def test_a_file_may_name_parts_of_the_country_and_units_of_long_ago(tmp_path: Path) -> None:
    more = "groups: {reef: The Reef | Rạn san hô | Great Reef | IS-AA IS-BB}\nolder: {Old Kingdom: IS-BB IS-AA}\n"
    gazetteer = gazetteer_with(tmp_path, ATLANTIS.replace("Vùng ướt", "Vùng ướt | Wetlands") + more)
    asked = read_places("rạn san hô; wetlands; old kingdom", gazetteer, choosing=True)
    assert asked.shelves == ("IS.reef", "IS.wet")
    assert asked.became == (("old kingdom", ("IS-BB", "IS-AA")),)
    assert asked.places == {"IS-AA", "IS-BB"}
    reef = shelf("IS.reef", gazetteer, language="vi")
    assert reef
    assert reef.places == ("IS-AA", "IS-BB")


def test_provinces_stand_alone_where_the_file_says_so(tmp_path: Path) -> None:
    alone = Classifier(gazetteer_with(tmp_path, f"alone: true\n{ATLANTIS}"))
    assert alone.label("Nereida signs a pact", "", language="en", source=ANYWHERE).places == ("IS-BB",)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("country: IS", "country: XX", "own.yaml: XX is no country of countries.yaml"),
        ("country: IS", "country: LA", "own.yaml: the provinces of LA are listed in another file"),
        ("IS-AA: Pos", "LA-AA: Pos", "own.yaml: LA-AA is no ISO 3166-2 code of IS"),
        ("seat: IS-AA", "seat: IS-ZZ", "own.yaml: the seat IS-ZZ is none of its provinces"),
        ("seat:", "capital:", "own.yaml: unknown key capital"),
        ("| wet | |", "| cold | |", "own.yaml: IS-BB names no region that is listed: cold"),
        ("IS-CC = Old Nereida", "Old Nereida", "own.yaml: IS-BB: a former unit is written"),
        ("provinces:", "provinces: 3\nregions:", "own.yaml:"),
        ("Tritonport", "Tritonport | | | ", "own.yaml: IS-AA: 8 columns, at most 6 were expected"),
        ("provinces:", "older: {Sunken: IS-ZZ}\nprovinces:", "own.yaml: Sunken: no such place: IS-ZZ"),
        ("provinces:", "groups: {reef: Reef}\nprovinces:", "own.yaml: reef: no such place: none is named"),
        ("provinces:", "groups: none\nprovinces:", "own.yaml: groups: a mapping was expected"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in ATLANTIS
    with pytest.raises(ConfigError, match=message):
        gazetteer_with(tmp_path, ATLANTIS.replace(before, after))


def test_the_bundled_files_are_found_by_their_country_line() -> None:
    assert [file.name for file in province_files()] == ["laos.yaml", "vietnam.yaml"]


def test_the_example_of_the_manual_is_a_file_that_works(tmp_path: Path) -> None:
    manual = (Path(__file__).parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
    example = re.search(r"```yaml\n(.*?)```", manual, re.DOTALL)
    assert example
    gazetteer = gazetteer_with(tmp_path, example[1])
    about = Classifier(gazetteer).label("Oslo team visits Akureyri", "", language="en", source=ANYWHERE).places
    assert about == ("NO", "IS-6", "IS")
    assert read_places("reykjavik; oldshire", gazetteer).places == {"IS-1", "IS-6"}
    assert gazetteer.name("IS-XX", "vi") == "Đông Bắc Iceland"
    says = Classifier(gazetteer).label("Reykjavik says no to Oslo", "", language="en", source=ANYWHERE).places
    assert says == ("IS", "NO")
