"""The gazetteer: names, codes, what people type, and names in running text."""

import pytest

from digest import exonyms
from digest.lexicon import data_folder, read_data, terms, tokenise
from digest.names import read_names
from digest.places import load_gazetteer, squeeze
from digest.spelling import Speller

GAZETTEER = load_gazetteer()


def codes(text: str, language: str = "en") -> list[str]:
    return [mention.code for mention in GAZETTEER.mentions(text, language)]


# --- what is known


def test_every_country_of_iso_3166_and_kosovo_is_known():
    assert len(GAZETTEER.countries()) == 250
    assert {"VN", "LA", "US", "XK", "AX", "ZW"} <= set(GAZETTEER.countries())


@pytest.mark.parametrize("code", GAZETTEER.countries())
@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_country_resolves_first_from_the_name_it_is_shown_by(code, language):
    shown = GAZETTEER.name(code, language)
    assert shown != code
    assert GAZETTEER.resolve(shown)[0] == code


@pytest.mark.parametrize("code", GAZETTEER.countries())
def test_every_country_has_a_flag_and_a_region_with_a_name(code):
    assert len(GAZETTEER.flag(code)) == 2
    region = GAZETTEER.region(code)
    assert region is not None
    assert GAZETTEER.name(region, "en") != region
    assert GAZETTEER.name(region, "vi") != region


def test_viet_nam_has_34_units_and_63_before_that_lead_to_them():
    units, former = GAZETTEER.provinces("VN"), GAZETTEER.former("VN")
    assert len(units) == 34
    assert len({unit.code for unit in former}) == 63
    assert {unit.now for unit in former} == set(units)
    assert all(GAZETTEER.region(unit) for unit in units)


@pytest.mark.parametrize("unit", GAZETTEER.former("VN"), ids=lambda unit: unit.code)
def test_a_former_unit_leads_to_the_one_it_lies_in(unit):
    assert GAZETTEER.resolve(unit.code)[0] == unit.now
    assert GAZETTEER.resolve(unit.name)[0] == unit.now
    assert codes(f"Đoàn công tác đã đến {unit.name} hôm qua.", "vi") == [unit.now]
    assert GAZETTEER.parent(unit.code) == "VN"


@pytest.mark.parametrize(
    ("now", "before"),
    [
        ("VN-07", "Hà Giang"),
        ("VN-02", "Yên Bái"),
        ("VN-69", "Bắc Kạn"),
        ("VN-68", "Vĩnh Phúc, Hòa Bình"),
        ("VN-56", "Bắc Giang"),
        ("VN-66", "Thái Bình"),
        ("VN-HP", "Hải Dương"),
        ("VN-18", "Hà Nam, Nam Định"),
        ("VN-25", "Quảng Bình"),
        ("VN-DN", "Quảng Nam"),
        ("VN-29", "Kon Tum"),
        ("VN-30", "Bình Định"),
        ("VN-34", "Ninh Thuận"),
        ("VN-35", "Đắk Nông, Bình Thuận"),
        ("VN-33", "Phú Yên"),
        ("VN-SG", "Bình Dương, Bà Rịa - Vũng Tàu"),
        ("VN-39", "Bình Phước"),
        ("VN-37", "Long An"),
        ("VN-CT", "Sóc Trăng, Hậu Giang"),
        ("VN-49", "Bến Tre, Trà Vinh"),
        ("VN-45", "Tiền Giang"),
        ("VN-59", "Bạc Liêu"),
        ("VN-44", "Kiên Giang"),
    ],
)
def test_the_mergers_of_resolution_202(now, before):
    merged = {unit.name for unit in GAZETTEER.former("VN") if unit.now == now and unit.code != now}
    assert merged == set(before.split(", "))


def test_a_code_that_nobody_knows_is_shown_as_it_is():
    assert (GAZETTEER.name("ZZ", "en"), GAZETTEER.flag("ZZ"), GAZETTEER.region("ZZ")) == ("ZZ", "🌐", None)
    assert not GAZETTEER.known("ZZ")


@pytest.mark.parametrize(
    ("code", "english", "vietnamese"),
    [
        ("VN", "Viet Nam", "Việt Nam"),
        ("US", "United States", "Mỹ"),
        ("LA", "Laos", "Lào"),
        ("KR", "South Korea", "Hàn Quốc"),
        ("AU", "Australia", "Australia"),
        ("RU", "Russia", "Nga"),
        ("VN-SG", "Ho Chi Minh City", "TP.HCM"),
        ("VN-26", "Hue", "Huế"),
        ("VN-57", "Ho Chi Minh City", "TP.HCM"),
        ("035", "Southeast Asia", "Đông Nam Á"),
        ("VN:mekong", "Mekong Delta", "Đồng bằng sông Cửu Long"),
    ],
)
def test_names_are_those_of_the_press(code, english, vietnamese):
    assert (GAZETTEER.name(code, "en"), GAZETTEER.name(code, "vi")) == (english, vietnamese)


# --- what people type


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lào", "LA"),
        ("LAO", "LA"),
        ("la", "LA"),
        ("cambodja", "KH"),
        ("Nước Mỹ", None),
        ("my", "MY"),
        ("Mỹ", "US"),
        ("hoa ky", "US"),
        ("england", "GB"),
        ("burma", "MM"),
        ("ha noi", "VN-HN"),
        ("HCMC", "VN-SG"),
        ("sai gon", "VN-SG"),
        ("tp. hồ chí minh", "VN-SG"),
        ("binh duong", "VN-SG"),
        ("vung tau", "VN-SG"),
        ("đà lạt", "VN-35"),
        ("phu quoc", "VN-44"),
        ("trường sa", "VN-34"),
        ("hoàng sa", "VN-DN"),
        ("congo", "CD"),
        ("", None),
        ("!?", None),
        ("qqqqq", None),
    ],
)
def test_what_a_person_types_resolves(typed, first):
    assert (GAZETTEER.resolve(typed) or (None,))[0] == first


def test_a_beginning_offers_all_that_begin_so():
    assert {"GN", "GW"} <= set(GAZETTEER.resolve("guinea"))
    assert {"CD", "CG"} <= set(GAZETTEER.resolve("Congo"))


# --- names in running text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The ambassador met Mr Assad.", []),
        ("Formalising the accord took years.", []),
        ("Officials from Niger and Nigeria met.", ["NE", "NG"]),
        ("Guinea-Bissau, Equatorial Guinea and Papua New Guinea signed; Guinea did not.", ["GW", "GQ", "PG", "GN"]),
        ("A guinea pig is not a country.", []),
        ("South Korean envoys met North Korean ones over the Korean Peninsula.", ["KR", "KP"]),
        ("Ships passed through the South China Sea and the Indian Ocean.", []),
        ("Latin America welcomed American investors.", ["US"]),
        ("The Paris Agreement and the Geneva Conventions were cited.", []),
        ("Talks between the US and China helped us.", ["US", "CN"]),
        ("U.S.-led forces left the U.K. base.", ["US", "GB"]),
        ("Sino-Vietnamese trade grew.", ["CN", "VN"]),
        ("Michael Jordan opened a school.", []),
        ("Jordan Baker opened a school.", []),
        ("Jordan opened a school for refugees.", ["JO"]),
        ("Chad President Mahamat Deby opened the road.", ["TD"]),
        ("Nguyen Thai Binh opened the school.", []),
        ("The team went to Lao Cai, not to the Lao capital.", ["VN-02", "LA"]),
        ("Experts from Hoa Binh and Bà Rịa - Vũng Tàu took part.", ["VN-68", "VN-SG"]),
        ("Hội An and Hue are old towns.", ["VN-DN", "VN-26"]),
        ("The two Congos: DR Congo and the Republic of Congo.", ["CD", "CG"]),
        ("Turkey signed the deal.", ["TR"]),
        ("Roast turkey with gravy", []),
        ("Turkey in the oven: a Thanksgiving recipe", []),
        ("Georgia Governor Brian Kemp spoke in Atlanta.", ["US"]),
        ("Georgia asked Tbilisi residents to stay calm.", ["GE", "GE"]),
        ("LAOS AND VIETNAM SIGN NEW DEAL", ["LA", "VN"]),
        ("PROTESTERS TELL US TO LEAVE", []),
        ("She likes to polish china in chile sauce.", []),
        ("The VN-Index rose.", []),
    ],
)
def test_english_names(text, found):
    assert codes(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Quan hệ Việt - Lào ngày càng tốt đẹp.", ["VN", "LA"]),
        ("Tập trận Mỹ-Nhật-Hàn bắt đầu.", ["US", "JP", "KR"]),
        ("Tổng thống Mỹ điện đàm với Thủ tướng Anh và Thủ tướng Đức.", ["US", "GB", "DE"]),
        ("Đại sứ Mỹ John Carter và Đại sứ Nga Ivan Petrov dự lễ.", ["US", "RU"]),
        ("Ca sĩ Mỹ Linh hát cùng Thúy Nga.", []),
        ("Chị Nga gặp anh Đức ở chợ.", []),
        ("Anh nói đã sống ở đây mười năm.", []),
        ("Anh Tuấn kể lại chuyến đi.", []),
        ("Anh cam kết hỗ trợ Campuchia.", ["GB", "KH"]),
        ("Ý kiến cử tri được ghi nhận.", []),
        ("Thủ tướng Ý thăm Áo và Bỉ.", ["IT", "AT", "BE"]),
        ("Áo dài được trình diễn tại Pháp.", ["FR"]),
        ("Pháp luật quy định rõ điều này.", []),
        ("Mỹ phẩm giả bị thu giữ.", []),
        ("Thái Bình Dương và Ấn Độ Dương dậy sóng.", []),
        ("Bình Dương đón đoàn khách.", ["VN-SG"]),
        ("Nhân dân yêu chuộng hòa bình.", []),
        ("Lãnh đạo tỉnh Hoà Bình dự lễ.", ["VN-68"]),
        ("Ông Nguyễn Thái Bình phát biểu.", []),
        ("Hội thảo ở Điện Biên Phủ; Lào Cai mưa lớn.", ["VN-71", "VN-02"]),
        ("Bán đảo Triều Tiên yên tĩnh, Triều Tiên im lặng.", ["KP"]),
        ("Công ước Hà Nội được mở ký tại Hà Nội.", ["VN-HN"]),
        ("Cộng hòa Séc, Tòa thánh Vatican và Ả Rập Xê-út", ["CZ", "VA", "SA"]),
        ("Cầu sông Hàn ở Đà Nẵng", ["VN-DN"]),
        ("Fed Mỹ giữ nguyên lãi suất.", ["US"]),
        ("THỦ TƯỚNG THĂM LÀO VÀ THÁI LAN", ["LA", "TH"]),
    ],
)
def test_vietnamese_names(text, found):
    assert codes(text, "vi") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Thu tuong tiep doan Ha Noi va TP HCM", ["VN-HN", "VN-SG"]),
        ("Thai Binh Duong day song vao mua dong", []),
        ("Tong thong My tham Nhat Ban va Han Quoc", ["US", "JP", "KR"]),
        ("Anh ay la nguoi rat tot voi moi nguoi", []),
    ],
)
def test_vietnamese_typed_without_accents(text, found):
    assert codes(text, "vi") == found


def test_no_false_friend_is_itself_the_name_of_a_place():
    names = {" ".join(tokenise(name.written).words) for name in read_names().names}
    friends = [phrase for cell in read_data("cues.yaml")["not_places"].values() for phrase in terms(cell)]
    assert [phrase for phrase in friends if " ".join(tokenise(phrase).words) in names] == []


def test_accents_count_where_the_text_has_them():
    assert codes("Chương trình nghệ thuật có tiếng Han vang lên giữa phố.", "vi") == []


def test_a_mention_says_where_it_stands_and_what_it_is():
    text = "Leaders of Lao PDR met in Beijing."
    first, second = GAZETTEER.mentions(text, "en")
    assert (text[first.start : first.end], first.kind) == ("Lao PDR", "country")
    assert (second.text, second.code, second.kind) == ("Beijing", "CN", "capital")


@pytest.mark.parametrize("text", ["", " ", "…", "()", "1234 – 5678", "你好"])
def test_text_without_words_names_nothing(text):
    assert codes(text) == codes(text, "vi") == []


# --- names that were missed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rice exports to the Philippines rise", ["PH"]),
        ("The Bahamas and the Gambia agree", ["BS", "GM"]),
        ("The RoK funds a college", ["KR"]),
        ("Us, them and Laos", ["LA"]),
        ("Cuba receives US$3 million", ["CU"]),
        ("Cuba and the US talk", ["CU", "US"]),
    ],
)
def test_an_article_a_small_letter_or_a_dollar_decides(text, expected):
    assert codes(text) == expected


def test_a_word_of_a_feast_or_a_party_before_a_short_name_makes_it_no_person():
    assert codes("Sinh viên đón Tết Lào", "vi") == ["LA"]
    assert codes("Cô Thúy Nga đến muộn", "vi") == []


def test_a_surname_before_a_place_makes_it_a_person_or_a_street_and_a_delegation_is_none():
    assert codes("An exhibition opened on Nguyen Hue Boulevard, later in Hue.") == ["VN-26"]
    assert codes("A Visit To Ho Chi Minh City And Its Port") == ["VN-SG"]
    assert codes("TRAN VAN HUNG RETURNS FROM NGUYEN, HUE AND LAOS") == ["VN-26", "LA"]
    assert codes("Đoàn Lào Cai sang thăm. Ông Đoàn Thái Bình dẫn đầu.", "vi") == ["VN-02"]


def test_a_name_that_only_says_by_which_clock_is_no_place():
    assert codes("Kick-off is at 8 p.m. Hanoi time in Doha.") == ["QA"]
    assert codes("Sáng 19/11 theo giờ Hà Nội, đoàn tới Algiers.", "vi") == ["DZ"]
    assert codes("Sang 19/11 theo gio Ha Noi, doan toi Algiers.", "vi") == ["DZ"]


def test_the_seat_of_a_government_is_data():
    assert (GAZETTEER.seat_of("VN-HN"), GAZETTEER.seat_of("VN-SG"), GAZETTEER.seat_of("LA")) == ("VN", None, None)


# --- other languages


def test_names_of_other_languages_are_those_that_babel_has_now():
    written = exonyms.written(GAZETTEER.countries(), squeeze)
    assert (data_folder() / "exonyms.yaml").read_text(encoding="utf-8") == written, "run: python -m digest.exonyms"


@pytest.mark.parametrize(
    ("code", "french"),
    [("LA", "Laos"), ("DE", "Allemagne"), ("035", "Asie du Sud-Est"), ("VN-HN", "Hanoi"), ("VN:mekong", "Mekong Delta"),
     ("asean", "ASEAN"), ("ZZ", "ZZ")],
)  # fmt: skip
def test_a_language_without_names_of_ours_takes_those_of_cldr_and_else_the_english_ones(code, french):
    assert GAZETTEER.name(code, "fr") == french
    assert GAZETTEER.name(code, "tlh") == GAZETTEER.name(code, "en")


@pytest.mark.parametrize("typed", ["Thuận Hảo", "Hà Nam Minh", "Đông Nam Phi Châu", "Pariz City Hall"])
def test_a_city_abroad_is_no_guess_for_what_is_spelt_otherwise(typed):
    assert "CN" not in GAZETTEER.resolve(typed)


def test_a_slip_or_two_is_near_by_the_length_of_the_word():
    speller = Speller(["cuba", "hanoi", "philippines"], strict=["philippines"])
    assert [speller.near(word) for word in ("cub", "cubb", "huba", "hanio", "hxnxi", "phillippines", "filippines")] == [
        [], ["cuba"], ["cuba"], ["hanoi"], [], ["philippines"], []
    ]  # fmt: skip
