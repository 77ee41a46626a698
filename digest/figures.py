"""Dates, numbers, ordinals and periods as newsrooms write them, in English and Vietnamese, in one notation.

"US$2.4 billion" and "2,4 tỉ USD" are one figure, "March 24" and "24-3" one day, "the seventh round" and "phiên thứ 7"
one ordinal. What differs in any of these is often all that tells two look-alikes apart.
"""

import re
from collections.abc import Iterator

_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september|"
        "oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(name.capitalize() for name in sorted(_MONTHS, key=len, reverse=True))
_UNTIL = r"(?:\s?(?:-|–|to|and)\s?(\d{1,2}))?"
# Patterns begin with what is rare, a digit or a capital: that is what makes them quick.
_DATE_EN = re.compile(
    rf"({_MONTH})\b\.?\s(\d{{1,2}})(?:st|nd|rd|th)?{_UNTIL}\b(?![,.]?\d)"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?{_UNTIL}\s(?:of\s)?({_MONTH})\b"
)
#: "18-22/8", "24 đến 26-3", "1 - 3.5", "9.4", "18 tháng 8"; a unit after it ("5-7 ngày") makes a range of counts.
_DATE_VI = re.compile(
    r"(?:(\d{1,2})\s?(?:-|–|đến|và)\s?(?:ngày\s)?)?(\d{1,2})"
    r"(?:([-/.])(\d{1,2})|\stháng\s(\d{1,2}))(?:[-/.](?:19|20)\d\d)?"
    r"(?![\d%]|[.,/-]\d|\s(?:ngày|tháng|năm|giờ|phút|tuổi|người|triệu|tỉ|tỷ)\b)"
)
#: A full stop makes a date only after one of these: "sáng 9.4", but "tăng 9.4".
_DATE_CUE = re.compile(r"(?:ngày|sáng|trưa|chiều|tối|đêm|nay|qua|từ|đến|hôm)\s+\(?$", re.IGNORECASE)
#: What stands before a day that is a holiday's name, not the day of the event.
_HOLIDAY = re.compile(r"(?:national day|independence day|quốc khánh|giải phóng|quốc tế|phụ nữ)\W*$", re.IGNORECASE)
_SCALE = {
    "trillion": 1e12, "nghìn tỉ": 1e12, "nghìn tỷ": 1e12, "billion": 1e9, "bn": 1e9, "tỉ": 1e9, "tỷ": 1e9,
    "million": 1e6, "mln": 1e6, "m": 1e6, "triệu": 1e6, "thousand": 1e3, "nghìn": 1e3, "ngàn": 1e3,
}  # fmt: skip
_NUMBER = re.compile(
    rf"(\d+(?:[.,]\d+)*)(?:[\s-]?({'|'.join(sorted(_SCALE, key=len, reverse=True))})\b)?"
    r"\s?(%|per cent\b|percent\b|phần trăm\b)?"
)
_CURRENCIES = ("$", "€", "£", "¥", "usd", "vnd", "eur")
#: Smaller counts are in every report; these numbers without a unit are years.
_LEAST, _YEARS = 4, range(1900, 2101)
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
}
_ORDINAL_EN = re.compile(rf"\b(?:(\d+)(?:st|nd|rd|th)|(?:round|no\.?|number|phase)\s(\d+)|({'|'.join(_ORDINALS)}))\b")
_COUNT_VI = {"hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7}
#: "thứ hai" is a Monday, "lần thứ hai" a second time.
_ORDINAL_VI = re.compile(
    rf"\b(?:lần\sthứ\s({'|'.join(_COUNT_VI)})\b"
    r"|(?:lần|thứ|vòng|phiên|số|giai đoạn|đợt)\s(?:thứ\s)?(\d+)\b(?!\s?[/.-]\d))"
)
_COUNTS = {
    word: number
    for number, words in enumerate(
        "one một|two hai|three ba|four bốn|five năm|six sáu|seven bảy|eight tám|nine chín|ten mười|eleven".split("|"),
        start=1,
    )
    for word in words.split()
}
_PERIOD = re.compile(
    r"\bfirst\s(?P<months>\w+)\smonths|\b(?P<tháng>\w+)\stháng\sđầu\snăm|\b(?P<half>first\shalf|nửa\sđầu\snăm)"
    r"|\b(?P<quarter>first|second|third|fourth)\squarter|\bquý\s(?P<quý>[1-4]|iii|ii|iv|i)\b"
)
_PERIOD_CUES = ("months", "quarter", "half", "đầu năm", "quý")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}


def read_dates(text: str, *, vietnamese: bool) -> Iterator[int]:
    """The days a text names, as month * 100 + day; holidays that are called by their day are not among them.

    >>> list(read_dates("thăm cấp nhà nước từ ngày 18-22/8", vietnamese=True))
    [818, 822]
    >>> list(read_dates("will visit from May 1 – 3", vietnamese=False))
    [501, 503]
    """
    for match in (_DATE_VI if vietnamese else _DATE_EN).finditer(text):
        before = text[max(0, match.start() - 24) : match.start()]
        if before[-1:].isalnum() or (before[-1:] in {",", ".", "/", "-"} and before[-2:-1].isdigit()):
            continue
        if _HOLIDAY.search(before):
            continue
        if vietnamese:
            first, day, separator, numbered, named = match.groups()
            if separator == "." and not first and not _DATE_CUE.search(before):
                continue
            month, days = int(numbered or named), (first, day)
        else:
            name, day, last, other_day, other_last, other_name = match.groups()
            month, days = _MONTHS[(name or other_name).lower()], (day or other_day, last or other_last)
        for value in days:
            if value and 1 <= int(value) <= 31 and 1 <= month <= 12:
                yield month * 100 + int(value)


def read_figures(text: str, *, vietnamese: bool) -> Iterator[float]:
    """The amounts and counts of a text, units of a thousand and more multiplied out, percentages below zero.

    >>> list(read_figures("US$2.4 billion, up 11 per cent in 2025", vietnamese=False))
    [2400000000.0, -11.0]
    >>> list(read_figures("2,4 tỉ USD, 9.500 hộ", vietnamese=True))
    [2400000000.0, 9500.0]
    """
    undated = (_DATE_VI if vietnamese else _DATE_EN).sub(" ", text).lower()
    for match in _NUMBER.finditer(undated):
        digits, scale, percent = match.groups()
        before = undated[max(0, match.start() - 4) : match.start()]
        money = before.rstrip().endswith(_CURRENCIES)
        if not money and (before[-1:].isalnum() or before[-1:] in {",", ".", "/", "-"}):
            continue
        value = _value(digits, vietnamese=vietnamese)
        if scale and (scale != "m" or money):  # "12 m" alone is a length
            value *= _SCALE[scale]
        elif not percent and (value < _LEAST or (digits.isdigit() and value in _YEARS)):
            continue
        yield -value if percent else value


def _value(digits: str, *, vietnamese: bool) -> float:
    """A number as its language writes it, or as the other does where only that makes sense.

    >>> _value("2,004", vietnamese=True), _value("7.8", vietnamese=True), _value("9.500", vietnamese=True)
    (2.004, 7.8, 9500.0)
    """
    decimal, thousands = (",", ".") if vietnamese else (".", ",")
    groups = digits.split(thousands)
    if any(len(group.split(decimal)[0]) != 3 for group in groups[1:]):
        decimal, thousands = thousands, decimal
    whole, _, fraction = digits.replace(thousands, "").partition(decimal)
    return float(f"{whole}.{fraction.replace(decimal, '') or 0}")


def read_ordinals(text: str, *, vietnamese: bool) -> Iterator[int]:
    """Which of a series a text names.

    >>> list(read_ordinals("the seventh round", vietnamese=False)), list(read_ordinals("phiên thứ 7", vietnamese=True))
    ([7], [7])
    """
    for match in (_ORDINAL_VI if vietnamese else _ORDINAL_EN).finditer(text.lower()):
        digits = match[2] or (None if vietnamese else match[1])
        if digits:
            yield int(digits)
        else:
            yield _COUNT_VI[match[1]] if vietnamese else _ORDINALS[match[3]]


def read_periods(text: str) -> Iterator[int]:
    """The part of a year that a text reports on: so many months from January, or 101 to 104 for its quarters.

    >>> list(read_periods("ba tháng đầu năm")), list(read_periods("the first half")), list(read_periods("quý 2"))
    ([3], [6], [102])
    """
    text = text.lower()
    if not any(cue in text for cue in _PERIOD_CUES):
        return
    for match in _PERIOD.finditer(text):
        found = {name: value for name, value in match.groupdict().items() if value}
        months = found.get("months") or found.get("tháng")
        if months and (months.isdecimal() or months in _COUNTS):
            yield int(months) if months.isdecimal() else _COUNTS[months]
        elif "half" in found:
            yield 6
        elif "quarter" in found:
            yield 100 + _ORDINALS[found["quarter"]]
        elif "quý" in found:
            yield 100 + (_ROMAN.get(found["quý"]) or int(found["quý"]))
