"""From a publisher's entry to ours: words, dates, links, language, identity."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Entry, Source
from feeds.dates import publication_time
from feeds.language import detect_language
from feeds.markup import clean, one_line, shorten, to_text
from feeds.normalise import MAX_TEXT, MAX_TITLE, absolute, canonical_url, cut_boilerplate, normalise_entry

#: Saturday, 12:00 in Hà Nội.
NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
PAGE = "https://news.example/world/"


def normalised(source: Source | None = None, *, identity_by: str = "guid", **raw: object) -> Entry | None:
    raw = {"title": "A title", "link": "https://news.example/1", **raw}
    source = source or Source(url="https://news.example/rss", name="The Example")
    return normalise_entry(raw, source, "en", NOW, PAGE, identity_by=identity_by)


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain words", "plain words"),
        ("<p>One.</p><p>Two.</p>", "One.\nTwo."),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>a</li><li>b</li></ul>c", "a\nb\nc"),
        ("a  b\n\t c&nbsp;&nbsp;d", "a b c d"),
        ("<b>bold</b>er", "bolder"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("x<script>alert('<p>no</p>')</script>y<style>p{}</style>z", "xyz"),
        ("<figure><img src=a><figcaption>Photo: X</figcaption></figure>Text", "Text"),
        ("<figure><figcaption>never closed <p>x</p></figure>Text", "Text"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("Qu&#7843;ng b&aacute;", "Quảng bá"),
        ("twice &amp;amp; more", "twice & more"),
        ("wrapped\nlines\n\nnew paragraph", "wrapped lines\nnew paragraph"),
        ("&lt;p&gt;Escaped&lt;/p&gt;&lt;p&gt;markup&lt;/p&gt;", "Escaped\nmarkup"),
        ("3 < 5 and GDP <5%", "3 < 5 and GDP <5%"),
        ("<![CDATA[inside]]> outside", "inside outside"),
        ("<![if !lists]>Word<![endif]> text <![odd[", "Word text"),
        ("<!-- hidden -->shown", "shown"),
        ("unclosed <a href='x", "unclosed"),
        ("soft\u00adhyphen, zero\u200bwidth, \u202eoverride\u202c, bell\x07", "softhyphen, zerowidth, override, bell"),
        ("e\u0302\u0301 and o\u031b", "ế and ơ"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("👩\u200d👧 stays", "👩\u200d👧 stays"),
        ("", ""),
    ],
)
def test_markup_becomes_the_words_a_reader_sees(markup: str, text: str) -> None:
    assert to_text(markup) == text


@given(st.text())
def test_any_text_becomes_clean_text(text: str) -> None:
    cleaned = to_text(text)
    assert not [c for c in cleaned if unicodedata.category(c) in ("Cc", "Cs") and c != "\n"]
    assert not set(cleaned) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff")
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert all(line and line == line.strip() for line in cleaned.split("\n")) or not cleaned
    cleaned.encode()


@given(st.text(alphabet=st.sampled_from("<>/!-[]&;#xp \"'=a")))
def test_no_mixture_of_markup_raises(markup: str) -> None:
    assert isinstance(to_text(markup), str)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="ab \n,"), st.integers(min_value=2, max_value=40))
def test_shortened_text_fits(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


# ---------------------------------------------------------------- boilerplate

LONG = "Chiều 21/11, Liên hiệp các tổ chức hữu nghị thành phố đã gặp mặt đoàn đại biểu Lào sang thăm."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ministers met in Vientiane. Continue reading...", "Ministers met in Vientiane."),
        ("Ministers met in Vientiane Continue reading…", "Ministers met in Vientiane"),
        ("Talks went on. Continue reading Talks went on →", "Talks went on."),
        ("Talks went on. [Read more]", "Talks went on."),
        ("Talks went on. Read the full story", "Talks went on."),
        ("Talks [...] The post Talks went on appeared first on The Site.", "Talks…"),
        ("Talks went on. [&#8230;]", "Talks went on."),
        ("Hội nghị khai mạc. Xem thêm", "Hội nghị khai mạc."),
        ("Hội nghị khai mạc. Xem thêm: Ông A thăm Lào", "Hội nghị khai mạc."),
        ("Hội nghị khai mạc.\nTin liên quan: Ông A thăm Lào", "Hội nghị khai mạc."),
        ("Hội nghị khai mạc. Bài viết Hội nghị xuất hiện đầu tiên trên Trang Tin.", "Hội nghị khai mạc."),
        ("Continue reading...", ""),
        # Sentences that only sound like it:
        ("He vowed to go on and read more", "He vowed to go on and read more"),
        ("Pupils continue reading.", "Pupils continue reading."),
        ("Các em được khuyến khích đọc thêm.", "Các em được khuyến khích đọc thêm."),
        ("The ministry said how it is related: it pays.", "The ministry said how it is related: it pays."),
    ],
)  # fmt: skip
def test_cuts_what_publishing_systems_append(text: str, kept: str) -> None:
    assert cut_boilerplate(to_text(text), language="vi" if "ộ" in text or "ợ" in text else "en") == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (LONG + " Việt Nam và Lào ký kế hoạch hợp tác Thành phố đón đoàn Cuba", LONG),
        (LONG + "\nThành phố đón đoàn đại biểu Cuba", LONG),
        # A sentence that the publisher cut, a source, one sentence without its stop, an abbreviation:
        (LONG + " Hai bên trao đổi về kế hoạch năm tới và…", LONG + " Hai bên trao đổi về kế hoạch năm tới và…"),
        (LONG + " Theo TTXVN", LONG + " Theo TTXVN"),
        (LONG[:-1], LONG[:-1]),
        (
            "Chiều 21/11, tại TP. Hồ Chí Minh, Hội hữu nghị gặp mặt đoàn đại biểu nước bạn",
            "Chiều 21/11, tại TP. Hồ Chí Minh, Hội hữu nghị gặp mặt đoàn đại biểu nước bạn",
        ),
        ("Ngắn thôi. Nhưng câu sau không có dấu chấm hết", "Ngắn thôi. Nhưng câu sau không có dấu chấm hết"),
    ],
)
def test_cuts_headlines_of_related_articles_from_vietnamese_texts(text: str, kept: str) -> None:
    assert cut_boilerplate(text, language="vi") == kept


def test_an_english_text_keeps_its_unfinished_end() -> None:
    text = "The ministers of both countries met in the capital on Friday to discuss aid. They will meet again in May"
    assert cut_boilerplate(text, language="en") == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_is_kept_is_a_beginning_of_the_text(text: str) -> None:
    kept = cut_boilerplate(text, language="vi")
    assert text.startswith((kept, kept.removesuffix("…")))


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("text", "country", "utc"),
    [
        # Vietnamese, without a zone: local.
        ("21/11/2026 10:00", "VN", "2026-11-21 03:00"),
        ("21-11-2026 10:00:05", "VN", "2026-11-21 03:00:05"),
        ("10:00 21/11/2026", "VN", "2026-11-21 03:00"),
        ("10:00 - 21/11/2026", "VN", "2026-11-21 03:00"),
        ("21/11/2026 - 10:00", "VN", "2026-11-21 03:00"),
        ("Thứ Bảy, 21/11/2026, 10:00", "VN", "2026-11-21 03:00"),
        ("10h30, ngày 21/11/2026", "VN", "2026-11-21 03:30"),
        ("20 tháng 11, 2026 22:00", "VN", "2026-11-20 15:00"),
        ("20/11/2026 9:05:00 CH", "VN", "2026-11-20 14:05"),
        ("2026-11-21T10:00:00", "VN", "2026-11-21 03:00"),
        ("2026-11-21", "VN", "2026-11-20 17:00"),
        # With a zone: that one.
        ("T7, 21/11/2026 10:00 (GMT+7)", "VN", "2026-11-21 03:00"),
        ("T7, 21/11/2026 10:00 (GMT+7)", None, "2026-11-21 03:00"),
        ("Sat, 21 Nov 2026 10:00:00 GMT+7", None, "2026-11-21 03:00"),
        ("Sat, 21 Nov 2026 10:00:00 +0700", "VN", "2026-11-21 03:00"),
        ("Sat, 21 Nov 2026 10:00 ICT", None, "2026-11-21 03:00"),
        ("2026-11-21T10:00:00+07:00", None, "2026-11-21 03:00"),
        ("2026-11-21T03:00:00.123Z", None, "2026-11-21 03:00"),
        ("Fri, 20 Nov 2026 20:00:00 EST", None, "2026-11-21 01:00"),
        ("November 20, 2026 10:00 AM PST", "US", "2026-11-20 18:00"),
        ("Friday, 20-Nov-26 10:00:00 GMT", None, "2026-11-20 10:00"),
        ("1795230000", None, "2026-11-21 03:00"),
        ("1795230000000", None, "2026-11-21 03:00"),
        # Elsewhere, without a zone: UTC.
        ("2026-11-20 10:00:00", "FR", "2026-11-20 10:00"),
        ("20/11/2026 10:00", None, "2026-11-20 10:00"),
        ("11/20/2026 10:00", None, "2026-11-20 10:00"),
        ("11/05/2026 10:00", "US", "2026-11-05 10:00"),
        # Local time that claims to be UTC, or says nothing: no publisher writes in the future.
        ("Sat, 21 Nov 2026 11:30:00 GMT", "VN", "2026-11-21 04:30"),
        ("2026-11-21T11:30:00Z", "VN", "2026-11-21 04:30"),
        ("2026-11-21 11:30", "TH", "2026-11-21 04:30"),
        # The future otherwise: the time of the fetch.
        ("Sat, 21 Nov 2026 05:10:00 GMT", None, "2026-11-21 05:00"),
        ("Sat, 21 Nov 2026 11:30:00 GMT", "US", "2026-11-21 05:00"),
        ("2031-01-01T00:00:00Z", "VN", "2026-11-21 05:00"),
        # No date at all.
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, None),
        ("1/1/0001 12:00:00 AM", None, None),
        ("31/02/2026 10:00", "VN", None),
        ("99/99/9999 99:99", None, None),
        ("hôm qua", "VN", None),
        ("", None, None),
    ],
)
def test_reads_dates_as_publishers_write_them(text: str, country: str | None, utc: str | None) -> None:
    expected = None if utc is None else datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert publication_time(text, country=country, now=NOW) == expected


@given(st.text(alphabet="0123456789/-:., TZGMT+NovSat"), st.sampled_from(["VN", "US", None]))
def test_no_date_raises_or_lies_in_the_future(text: str, country: str | None) -> None:
    moment = publication_time(text, country=country, now=NOW)
    assert moment is None or (moment <= NOW and moment.utcoffset() == timedelta(0))


def test_an_undated_entry_has_the_time_of_the_fetch_and_says_so() -> None:
    entry = normalised(published="soon")
    assert entry is not None
    assert (entry.published, entry.dated) == (NOW, False)


def test_updated_stands_in_for_a_missing_or_unreadable_date() -> None:
    entry = normalised(published="?", updated="2026-11-20T10:00:00Z")
    assert entry is not None
    assert (entry.published, entry.dated) == (datetime(2026, 11, 20, 10, tzinfo=UTC), True)


# ---------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("text", "prior", "language"),
    [
        ("ASEAN summit opens in Hà Nội with Phạm Minh Chính", None, "en"),
        ("Talks in Đà Nẵng are to end on Friday", "vi", "en"),
        ("Hai nước ký thỏa thuận về nguồn nước", "en", "vi"),
        ("Hoi huu nghi Viet - Lao to chuc giao luu voi nguoi dan tai cac tinh", "en", "vi"),
        ("Le président français a été reçu à Hanoi par le premier ministre", "fr", "fr"),
        ("La reunión de la ONU sobre la paz en el mundo", "es", "es"),
        ("The French minister said that the talks would go on after the summit", "fr", "en"),
        ("Hà Nội", None, "vi"),
        ("Hà Nội", "en", "vi"),
        ("ASEAN 2026", "vi", "vi"),
        ("ASEAN 2026", None, "en"),
        ("ລາວ ແລະ ວຽດນາມ", None, "und"),
        ("ລາວ ແລະ ວຽດນາມ", "lo", "lo"),
        ("", "vi", "vi"),
        ("123", None, "und"),
    ],
)
def test_tells_the_language_by_its_small_words(text: str, prior: str | None, language: str) -> None:
    assert detect_language(text, prior=prior) == language


# ---------------------------------------------------------------- links and identity


@pytest.mark.parametrize(
    ("link", "base", "expected"),
    [
        ("https://news.example/a?utm_source=x#y", "", "https://news.example/a?utm_source=x#y"),
        (" https://news.example/a\n", "", "https://news.example/a"),
        ("https://news.example/tin mới", "", "https://news.example/tin%20mới"),
        ("/a/1.html", PAGE, "https://news.example/a/1.html"),
        ("1.html", PAGE, "https://news.example/world/1.html"),
        ("//other.example/a", PAGE, "https://other.example/a"),
        ("", PAGE, None),
        ("javascript:alert(1)", PAGE, None),
        ("mailto:a@news.example", PAGE, None),
        ("tag:news.example,2026:1", "", None),
        ("guid-1", "", None),
        ("http://", PAGE, None),
        ("http://[broken", PAGE, None),
        ("https://news.example/" + "a" * 3000, "", None),
    ],
)
def test_links_are_absolute_web_addresses_or_none(link: str, base: str, expected: str | None) -> None:
    assert absolute(link, base) == expected


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example/A?utm_source=rss&utm_medium=feed", "https://news.example/A"),
        ("https://news.example/a?id=3&fbclid=x&gclid=y&at_medium=RSS", "https://news.example/a?id=3"),
        ("https://news.example/a?b=2&a=1#top", "https://news.example/a?a=1&b=2"),
        ("https://news.example/tin-mới", "https://news.example/tin-m%E1%BB%9Bi"),
        ("https://news.example", "https://news.example/"),
        ("http://news.example:99999/#x", "http://news.example:99999/"),
    ],
)
def test_one_address_has_one_spelling(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text())
def test_no_address_raises_when_spelled(text: str) -> None:
    assert isinstance(canonical_url("https://news.example/" + text), str)


@pytest.mark.parametrize(
    ("raw", "identity"),
    [
        ({"id": "tag:news.example,2026:1"}, "tag:news.example,2026:1"),
        ({"id": " spaced \n guid "}, "spaced guid"),
        ({"id": ""}, "https://news.example/1"),
        ({"id": None, "link": "https://news.example/1?utm_source=x"}, "https://news.example/1"),
    ],
)
def test_identity_is_the_guid_else_the_canonical_link(raw: dict, identity: str) -> None:
    entry = normalised(**raw)
    assert entry is not None
    assert one_line(entry.identity) == identity


def test_identity_without_guid_and_link_depends_on_the_words() -> None:
    one, same, other = (normalised(link=None, title=title) for title in ("One", "One", "Other"))
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.identity == same.identity != other.identity


def test_identity_by_link_ignores_the_guid() -> None:
    entry = normalised(id="new every time", identity_by="link")
    assert entry is not None
    assert entry.identity == "https://news.example/1"


def test_a_huge_guid_is_kept_as_its_hash() -> None:
    entry = normalised(id="x" * 10_000)
    assert entry is not None
    assert len(entry.identity) == 64


def test_an_entry_without_a_link_opens_the_page_of_its_feed() -> None:
    entry = normalised(link=None, id="no address")
    assert entry is not None
    assert (entry.url, entry.identity) == (PAGE, "no address")


@pytest.mark.parametrize("raw", [{"title": "", "summary": " "}, {"title": "<b></b>", "summary": None}])
def test_an_entry_without_words_is_dropped(raw: dict) -> None:
    assert normalised(**raw) is None


def test_an_entry_without_link_in_a_feed_without_page_is_dropped() -> None:
    source = Source(url="https://news.example/rss", name="The Example")
    assert normalise_entry({"title": "A"}, source, None, NOW, "") is None


def test_the_longer_of_content_and_summary_is_the_text() -> None:
    entry = normalised(summary="Short.", content=[{"value": "<p>Much longer.</p><p>Indeed.</p>"}])
    assert entry is not None
    assert entry.text == "Much longer.\nIndeed."


def test_a_text_that_only_repeats_the_title_is_no_text() -> None:
    entry = normalised(title="A title", summary="<p>A TITLE</p>")
    assert entry is not None
    assert entry.text == ""


def test_a_missing_title_is_made_from_the_text() -> None:
    entry = normalised(title="", summary="Words " * 100)
    assert entry is not None
    assert entry.title.startswith("Words Words")
    assert len(entry.title) <= 120


def test_titles_are_one_line_and_sizes_are_capped() -> None:
    entry = normalised(title="Two<br>lines " + "x" * 5000, summary="y. " * 50_000)
    assert entry is not None
    assert "\n" not in entry.title
    assert (len(entry.title) <= MAX_TITLE, len(entry.text) <= MAX_TEXT) == (True, True)


junk = st.one_of(st.none(), st.text(), st.integers(), st.lists(st.dictionaries(st.text(), st.text())))


@given(st.dictionaries(st.sampled_from(["id", "link", "title", "summary", "content", "published", "language"]), junk))
def test_whatever_an_entry_holds_it_is_read_or_dropped(raw: dict) -> None:
    source = Source(url="https://news.example/rss", name="The Example", country="VN")
    entry = normalise_entry(raw, source, None, NOW, PAGE)
    if entry is not None:
        assert entry.title
        assert entry.identity
        assert entry.url.startswith("http")
        assert entry.published <= NOW
        "".join([entry.identity, entry.url, entry.canonical_url, entry.title, entry.text]).encode()


@pytest.mark.parametrize("link", ["/news/1", "news/1", "", "https://editor:hush@news.example/news/1"])
def test_no_password_of_a_feed_gets_into_a_link(link):
    raw = {"title": "A title", "summary": "Some words.", "link": link}
    base = "https://editor:hush@news.example/feed.xml"
    entry = normalise_entry(raw, Source(url=base, name="A"), "en", NOW, base)
    assert "hush" not in f"{entry.url} {entry.canonical_url} {entry.identity}"
