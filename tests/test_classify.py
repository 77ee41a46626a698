"""What items are about. Every sentence here was written for these tests."""

import time

import pytest

from digest.classify import load_classifier, topic_name
from digest.lexicon import read_data, terms
from digest.model import Labels, Source, Topic

CLASSIFIER = load_classifier()
HOME = Source(url="https://example.org/vn", name="Home daily", country="VN")
WIRE = Source(url="https://example.org/wire", name="World wire")


def label(title: str, text: str = "", *, language: str = "en", source: Source = WIRE) -> Labels:
    return CLASSIFIER.label(title, text, language=language, source=source)


def label_vi(title: str, text: str = "") -> Labels:
    return label(title, text, language="vi", source=HOME)


# --- topics

ENGLISH = [
    ("people", "Friendship association marks ties between peoples of Viet Nam and Chile", "Members sang together."),
    ("people", "Two sister cities in Japan and Viet Nam renew youth exchange", "Students will live with families."),
    ("people", "Vietnam-India friendship society opens new branch", "Veterans and teachers joined the ceremony."),
    (
        "party",
        "Communist Party of Vietnam delegation pays working visit to Cuba",
        "They met the Cuban party's central committee.",
    ),
    (
        "party",
        "Politburo member receives head of Lao party's external relations commission",
        "The two parties will hold a theory seminar.",
    ),
    ("state", "Norwegian prime minister begins official visit to Kenya", "Talks with the president are due on Friday."),
    (
        "state",
        "New ambassador of Peru presents credentials in Nepal",
        "The president received the letters of credence.",
    ),
    ("state", "Poland expels two Belarusian diplomats", "Warsaw said they had spied; Minsk vowed to retaliate."),
    (
        "state",
        "Chile and Bolivia restore diplomatic relations after decades",
        "The foreign ministers signed a joint statement.",
    ),
    (
        "multilateral",
        "UN General Assembly adopts resolution on landlocked states",
        "Most member states voted in favour.",
    ),
    ("multilateral", "ASEAN leaders open summit in Jakarta", "The bloc will discuss its charter."),
    ("economic", "Brazil and India agree to cut tariffs on farm exports", "Two-way trade has doubled in five years."),
    (
        "economic",
        "Danish companies plan investment in Vietnamese ports",
        "A business forum in Copenhagen drew 80 firms.",
    ),
    ("economic", "World Bank approves loan for roads in Ghana", "The soft loan will be repaid over 30 years."),
    ("cultural", "Greek museum returns ancient statues to Libya", "The looted antiquities left the country in 1990."),
    ("cultural", "UNESCO lists Mongolian chant as intangible heritage", "Ulaanbaatar had applied for years."),
    ("cultural", "Korean culture week opens in Hanoi", "Music and cuisine from Seoul are on show."),
    ("ngo", "Red Cross sends relief to flood victims in Malawi", "Tents and food aid arrived on Sunday."),
    ("ngo", "Turkey rescue team flies to Morocco after earthquake", "Ankara offered humanitarian aid within hours."),
    ("diaspora", "Philippines repatriates stranded workers from Lebanon", "The embassy arranged two flights."),
    ("diaspora", "Remittances from overseas Vietnamese rise", "Money sent home by the diaspora grew by a tenth."),
    (
        "security",
        "Indonesia and Australia hold joint military exercise",
        "Navy ships and troops will train for a week.",
    ),
    ("security", "Experts clear unexploded ordnance in Laos", "Cluster bombs still kill farmers each year."),
    ("security", "Bangladesh sends peacekeepers to South Sudan", "The engineers will serve with the UN mission."),
    ("climate", "Island states call for loss and damage money at COP30", "Sea level rise threatens Tuvalu."),
    ("climate", "Ethiopia and Egypt resume talks on Nile dam", "Cairo fears for its water."),
]
VIETNAMESE = [
    ("people", "Hội hữu nghị Việt Nam - Bulgaria gặp mặt đầu xuân", "Nhiều bạn bè quốc tế cùng dự buổi giao lưu."),
    ("people", "Liên hiệp các tổ chức hữu nghị tỉnh tiếp đoàn nhân dân Campuchia", "Hai bên bàn về giao lưu nhân dân."),
    (
        "party",
        "Đoàn Đảng Cộng sản Việt Nam thăm Cuba",
        "Trưởng ban Đối ngoại Trung ương dẫn đầu đoàn, trao đổi quan hệ hai Đảng.",
    ),
    ("party", "Hội thảo lý luận lần thứ mười giữa hai Đảng Việt Nam và Lào", "Ủy viên Bộ Chính trị chủ trì."),
    (
        "state",
        "Thủ tướng New Zealand thăm chính thức Việt Nam",
        "Lễ đón diễn ra tại Phủ Chủ tịch, sau đó hai bên hội đàm.",
    ),
    ("state", "Chủ tịch nước tiếp Đại sứ Ai Cập trình quốc thư", "Hai bên nhất trí thúc đẩy quan hệ song phương."),
    ("state", "Ba Lan trục xuất nhà ngoại giao Belarus", "Minsk tuyên bố sẽ trả đũa."),
    (
        "multilateral",
        "Đại hội đồng Liên hợp quốc thông qua nghị quyết về nước sạch",
        "Nhiều quốc gia thành viên ủng hộ.",
    ),
    ("multilateral", "Hội nghị cấp cao ASEAN khai mạc", "Các nhà lãnh đạo bàn về tương lai của khối."),
    ("economic", "Việt Nam và Brazil bàn việc mở rộng thương mại", "Kim ngạch xuất khẩu cà phê tăng mạnh."),
    ("economic", "Doanh nghiệp Đan Mạch đầu tư nhà máy tại Đồng Nai", "Vốn đầu tư nước ngoài tiếp tục tăng."),
    ("cultural", "Tuần văn hóa Ấn Độ khai mạc tại Huế", "Nghệ sĩ hai nước biểu diễn âm nhạc và giới thiệu ẩm thực."),
    ("cultural", "UNESCO ghi danh thêm một di sản của Việt Nam", "Hồ sơ được chuẩn bị trong ba năm."),
    (
        "ngo",
        "Tổ chức phi chính phủ nước ngoài tặng giếng nước cho Trà Vinh",
        "Khoản viện trợ không hoàn lại giúp hai xã nghèo.",
    ),
    ("ngo", "Việt Nam gửi hàng cứu trợ giúp Philippines sau bão", "Hội Chữ thập đỏ trao lô hàng đầu tiên."),
    ("diaspora", "Kiều bào tại Séc hướng về quê hương", "Cộng đồng người Việt quyên góp sách cho trẻ em."),
    (
        "diaspora",
        "Đại sứ quán khuyến cáo công dân Việt Nam tại Lebanon sơ tán",
        "Đường dây nóng bảo hộ công dân hoạt động suốt ngày đêm.",
    ),
    ("security", "Bộ đội biên phòng Việt Nam và Lào tuần tra chung", "Hai bên kiểm tra cột mốc trên tuyến biên giới."),
    (
        "security",
        "Bàn giao hài cốt quân nhân mất tích trong chiến tranh",
        "Phía Mỹ cảm ơn Việt Nam đã hợp tác tìm kiếm MIA.",
    ),
    ("climate", "Việt Nam và Đan Mạch hợp tác chuyển dịch năng lượng", "Dự án điện gió giúp giảm phát thải."),
    (
        "climate",
        "Các nước hạ lưu Mekong chia sẻ số liệu nguồn nước",
        "Campuchia, Lào, Thái Lan và Việt Nam cùng lo hạn hán.",
    ),
]


@pytest.mark.parametrize(("topic", "title", "text"), ENGLISH)
def test_english_items_get_their_topic(topic, title, text):
    assert topic in label(title, text).topics[:2]


@pytest.mark.parametrize(("topic", "title", "text"), VIETNAMESE)
def test_vietnamese_items_get_their_topic(topic, title, text):
    assert topic in label_vi(title, text).topics[:2]


def test_every_topic_is_tried_in_both_languages():
    for table in (ENGLISH, VIETNAMESE):
        assert {topic for topic, _, _ in table} == {topic.value for topic in Topic}


# --- what only looks like diplomacy


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "Vietnam beat Thailand in international friendly",
            "The striker scored two goals; the coach praised the squad.",
        ),
        ("Actress named brand ambassador for Swiss watchmaker", "She wore a gown on the red carpet in Paris."),
        ("Roast turkey with chestnut stuffing", "Cook the bird slowly; this recipe feeds eight."),
        (
            "British tourist fined in Bali for riding without helmet",
            "Police said the backpacker left his hotel in a hurry.",
        ),
        ("Stocks slip as traders eye China data", "Shares fell and the index lost one per cent; earnings disappoint."),
        ("Man jailed for drug smuggling from Colombia", "The judge sentenced him after a short trial."),
        ("Governor vetoes school budget", "Republican lawmakers promised a new vote; Democrats cheered."),
        ("Ten best French restaurants for a weekend", "Our chef tries every dish and dessert."),
        ("Train crash delays metro traffic in Tokyo", "Passengers waited for buses."),
        ("Chess club elects new board", "The meeting lasted one hour."),
        ("Prime minister's wife opens charity concert", "Money goes to a children's hospital."),
    ],
)
def test_english_look_alikes_are_not_diplomacy(title, text):
    labels = label(title, text)
    assert (labels.topics, labels.pairs, labels.relevant) == ((), (), False)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Tuyển Việt Nam thắng Malaysia trong trận giao hữu quốc tế", "Tiền đạo ghi bàn phút cuối, HLV hài lòng."),
        ("Ca sĩ trẻ làm đại sứ thương hiệu mỹ phẩm Hàn Quốc", "Người đẹp tham dự tuần lễ thời trang."),
        ("Du khách Anh bị phạt vì leo rào khu di tích", "Khách Tây xin lỗi sau khi bị xử phạt."),
        ("VN-Index tăng nhờ cổ phiếu ngân hàng", "Khối ngoại mua ròng trong phiên giao dịch."),
        ("Bắt giữ nhóm lừa đảo người nước ngoài cầm đầu", "Công an khởi tố năm nghi phạm."),
        ("Cách nấu phở kiểu Nhật", "Công thức đơn giản cho món ăn cuối tuần."),
        ("Quốc hội chất vấn bộ trưởng về giá nhà", "Cử tri mong luật sửa đổi sớm được thông qua."),
        ("Khởi công tuyến metro mới ở Hà Nội", "Giao thông quanh nhà ga được điều chỉnh."),
    ],
)
def test_vietnamese_look_alikes_are_not_diplomacy(title, text):
    labels = label_vi(title, text)
    assert (labels.topics, labels.pairs, labels.relevant) == ((), (), False)


def test_what_is_no_diplomacy_keeps_its_places():
    labels = label("Stocks slip in Japan", "Shares fell in Tokyo as the index lost ground.")
    assert (labels.relevant, labels.places) == (False, ("JP",))


# --- places


@pytest.mark.parametrize(
    ("title", "text", "places"),
    [
        ("Norway opens embassy in Fiji", "BEIJING, Nov 21 (Xinhua) -- The flag was raised on Friday.", {"NO", "FJ"}),
        ("Norway opens embassy in Fiji", "Hanoi (VNA) – The flag was raised on Friday.", {"NO", "FJ"}),
        ("Norway opens embassy in Fiji", "RIYADH: The flag was raised on Friday.", {"NO", "FJ"}),
        ("Hanoi says talks with Beijing were frank", "", {"VN", "CN"}),
        ("Trade talks between Hanoi and Washington resume", "", {"VN", "US"}),
        ("Book street in Hanoi draws Danish readers", "", {"VN-HN", "DK"}),
        ("Hanoi People's Committee receives Danish delegation", "", {"VN-HN", "DK"}),
        ("Consul general of Laos visits Binh Duong", "", {"LA", "VN-SG"}),
        ("Envoys of Chile and Peru meet in Geneva", "", {"CL", "PE"}),
    ],
)
def test_places_are_what_the_item_is_about(title, text, places):
    assert set(label(title, text).places) == places


@pytest.mark.parametrize(
    ("title", "text", "places"),
    [
        ("Na Uy mở đại sứ quán tại Fiji", "Hà Nội (TTXVN) - Lễ thượng cờ diễn ra hôm qua.", {"NO", "FJ"}),
        ("Bắc Kinh phản đối Washington bán vũ khí cho Đài Bắc", "", {"CN", "US", "TW"}),
        ("Thủ tướng hội kiến Quốc vương Campuchia", "Cuộc gặp diễn ra sáng nay.", {"VN", "KH"}),
        ("Thủ tướng Campuchia hội kiến Quốc vương Thái Lan", "Cuộc gặp diễn ra sáng nay.", {"KH", "TH"}),
        ("Thủ tướng thăm Lào", "", {"VN", "LA"}),
        ("Bộ trưởng Quốc phòng Thái Lan thăm Lào", "", {"TH", "LA"}),
        ("Tổng lãnh sự Lào thăm Bình Dương", "", {"LA", "VN-SG"}),
        ("Phố sách Hà Nội đón bạn đọc Đan Mạch", "", {"VN-HN", "DK"}),
    ],
)
def test_vietnamese_places_and_the_country_that_goes_without_saying(title, text, places):
    assert set(label_vi(title, text).places) == places


def test_an_office_is_its_own_country_s_only_in_that_country_s_outlets():
    title = "Thủ tướng hội kiến Quốc vương Campuchia"
    assert label(title, language="vi", source=WIRE).places == ("KH",)


@pytest.mark.parametrize(
    ("title", "places"),
    [
        ("Deputy PM receives Bulgarian ambassador", {"VN", "BG"}),
        ("Japanese PM receives Bulgarian ambassador", {"JP", "BG"}),
        ("PM of Japan receives Bulgarian ambassador", {"JP", "BG"}),
    ],
)
def test_an_english_outlet_of_viet_nam_means_its_own_prime_minister(title, places):
    assert set(label(title, source=HOME).places) == places


def test_the_subject_comes_first():
    labels = label(
        "Kenya hosts tea fair", "Kenya expects buyers. Rwanda sent tea. " + "Prices were good. " * 10 + "Oman came."
    )
    assert labels.places[0] == "KE"


def test_a_passing_mention_in_a_long_text_is_no_subject():
    body = "Kenya and Uganda signed the water treaty. " + "The treaty of Kenya and Uganda covers the lake. " * 60
    assert set(label("Kenya and Uganda sign treaty", body + "A lawyer once studied in Iceland.").places) == {"KE", "UG"}


def test_a_source_s_own_labels_are_added():
    source = Source(url="https://example.org/lao", name="Lao friends", topics=("people",), places=("LA",))
    labels = label("Members plant trees", "The day ended with songs.", source=source)
    assert (labels.topics, labels.places, labels.relevant) == (("people",), ("LA",), True)
    assert {reason.rule for reason in labels.reasons} == {"source"}


def test_a_source_s_topics_do_not_make_football_diplomacy():
    source = Source(url="https://example.org/lao", name="Lao friends", topics=("people",))
    title, text = "Cup final: striker scores twice", "The coach praised the squad after the football match."
    assert label(title, text, source=source).topics == ()


# --- pairs


@pytest.mark.parametrize(
    ("title", "text", "pairs"),
    [
        ("Lao president visits Viet Nam", "", ("LA-VN",)),
        ("Consul general of Laos visits leaders of Da Nang", "", ("LA-VN",)),
        ("Foreign ministers of Japan, Laos and Cuba hold talks", "", ("CU-JP", "CU-LA", "JP-LA")),
        ("Ministers from Chad, Mali, Niger, Togo and Benin meet", "They signed a treaty.", ()),
        ("UN adopts treaty on oceans", "All member states agreed.", ()),
        ("Kenya hosts UN climate summit", "", ()),
    ],
)
def test_pairs_are_countries_brought_together(title, text, pairs):
    assert label(title, text).pairs == pairs


# --- why


def test_every_label_says_why():
    labels = label("Norwegian prime minister visits Kenya", "Talks with President Njoroge covered trade.")
    named = {*labels.topics, *labels.places, *labels.pairs, labels.act, "level"}
    assert {reason.label for reason in labels.reasons} == named
    assert all(reason.rule and reason.words for reason in labels.reasons)


def test_a_reason_quotes_the_words_as_written():
    labels = label("Norwegian Prime Minister visits Kenya", "")
    reasons = {reason.label: reason for reason in labels.reasons}
    assert reasons["state"].words == ("Prime Minister", "visits")
    assert (reasons["NO"].rule, reasons["NO"].words) == ("title", ("Norwegian",))


def test_an_implied_country_names_the_office():
    labels = label_vi("Thủ tướng hội kiến Quốc vương Campuchia", "Cuộc gặp diễn ra sáng nay.")
    assert next((r.rule, r.words) for r in labels.reasons if r.label == "VN") == ("implied", ("Thủ tướng",))


def test_an_airport_that_people_pass_through_is_no_subject():
    text = "The team left Tân Sơn Nhất Airport on Sunday to join the United Nations mission there."
    assert label("Field hospital leaves for South Sudan", text).places == ("SS",)
    text = f"Deputy Minister Nguyễn Văn A saw them off. {text}"
    assert label("Field hospital leaves for South Sudan", text, source=HOME).places == ("SS", "VN")


def test_a_dateline_with_two_hyphens_names_no_subject():
    assert label("Laos and Thailand sign pact", "Cairo -- The two countries signed a pact on rice.").places == (
        "LA",
        "TH",
    )
    assert label("Border reopens", "Laos - Thailand trade resumed on Sunday.").places == ("LA", "TH")


def test_who_visits_a_capital_brings_its_country():
    labels = label("Lao prime minister arrives in Hanoi for an official visit", "")
    assert (labels.places, labels.pairs) == (("LA", "VN"), ("LA-VN",))


def test_a_gate_called_friendship_is_a_border_and_traditional_friendship_a_tie():
    gate = label_vi("Xe không người lái chở hàng qua cửa khẩu Hữu Nghị", "Hàng sang Quảng Tây, Trung Quốc.")
    assert gate.topics == ("security",)
    rescue = label(
        "Viet Nam sends rescue team to Cuba", "It reflects the traditional friendship between the two countries."
    )
    assert "people" not in rescue.topics
    assert "ngo" in rescue.topics


@pytest.mark.parametrize(
    "title",
    ["Cambodia hands over 62 Vietnamese from scam compounds", "62 Vietnamese freed from Cambodian scam centres"],
)
def test_scam_centres_abroad_are_a_matter_between_states(title):
    assert label(title, "They had been lured with promises of work.").relevant


# --- odd input


@pytest.mark.parametrize("language", ["en", "vi", "fr", ""])
@pytest.mark.parametrize(("title", "text"), [("", ""), ("…", "—"), ("你好", "世界"), ("A", "")])
def test_text_that_says_nothing_is_about_nothing(title, text, language):
    assert label(title, text, language=language) == Labels()


def test_a_title_in_capitals_and_an_empty_title_are_read():
    assert "state" in label("NORWEGIAN PRIME MINISTER BEGINS OFFICIAL VISIT TO KENYA").topics
    assert "state" in label("", "The Norwegian prime minister began an official visit to Kenya.").topics


def test_vietnamese_typed_without_accents_is_read():
    labels = label_vi(
        "Thu tuong New Zealand tham chinh thuc Viet Nam", "Hai ben hoi dam va ban ve quan he song phuong."
    )
    assert (labels.topics[0], set(labels.places)) == ("state", {"NZ", "VN"})


def test_at_most_three_topics():
    text = "Red Cross aid, scholarships, trade, investment, peacekeeping, climate, diaspora, heritage, twin cities"
    assert len(label("Ambassadors of Peru and Chile meet on " + text).topics) == 3


# --- the vocabulary itself


def test_topic_names_come_in_both_languages_full_and_short():
    assert topic_name("people", "vi") == "Đối ngoại nhân dân"
    assert topic_name("ngo", "en", short=True) == "NGO aid"
    assert topic_name("unheard", "en") == "unheard"
    for topic in Topic:
        for language in ("en", "vi"):
            assert len(topic_name(topic, language, short=True)) <= 20


def test_every_concept_has_words_in_both_languages():
    for name, cells in read_data("concepts.yaml").items():
        assert set(cells) == {"en", "vi"}, name
        assert all(terms(cell) for cell in cells.values()), name


def test_every_concept_is_weighed_somewhere():
    topics = read_data("topics.yaml")
    cells = [cell["weights"] for cell in (*topics["topics"].values(), topics["lookalikes"])]
    weighed = {name for cell in cells for part in terms(cell) for name in part.split()[0].split("+")}
    assert set(read_data("concepts.yaml")) - weighed - set(topics["abroad"].split()) == set()


def test_an_item_of_sixty_words_takes_less_than_a_few_milliseconds():
    text = "The Norwegian prime minister met the president of Kenya to discuss trade and climate money. " * 4
    CLASSIFIER.label("Norway and Kenya sign trade deal", text, language="en", source=WIRE)
    start = time.process_time()
    for _ in range(50):
        CLASSIFIER.label("Norway and Kenya sign trade deal", text, language="en", source=WIRE)
    assert (time.process_time() - start) / 50 < 0.005
