"""Which language an entry is in: English or Vietnamese by its small words, else what its feed says.

Names mislead ("ASEAN summit opens in Hà Nội"), so only words in lower case count.
"""

import re

from digest.text import fold, normalise

#: Words of grammar, frequent in any report and rarely part of a name.
_ENGLISH = frozenset(
    "the of and to in for on with at by from is was were are has have had that as after said will its an be this which "
    "their his her they it not over into about against between during under than who would could more new".split()
)
_VIETNAMESE = frozenset(
    "và của là các được trong với cho không những tại đã này người về có đến từ sẽ tới theo một để khi ra vào trên "
    "nhiều như do đang sau trước cùng hai bị năm ngày ông bà hội tác thăm nước quốc gia giữa nhằm việc nhà".split()
)
#: Vietnamese typed without accents: forms that neither English nor its neighbours in Latin letters use.
_UNACCENTED = frozenset(
    "cua duoc khong nhung nguoi voi cac trong nghi quoc gia nuoc hoi tiep tham huu ngoai giao truong thu tuong chu "
    "tich ngay nam viec giua nham thanh pho dai su doan phat trien kinh doi tac viet truoc theo cung nhieu dang".split()
)
#: Letters that no other national language writes.
_OWN_LETTERS = re.compile(r"[ăơưđạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*")
#: Enough of a text to know its language.
_ENOUGH = 1_000


def primary(tag: str | None) -> str | None:
    """The primary part of a BCP 47 tag in lower case, None for none or nonsense.

    >>> primary("vi-VN"), primary("english!"), primary(None)
    ('vi', None, None)
    """
    match = _TAG.fullmatch((tag or "").strip())
    return match[1].lower() if match else None


def detect_language(text: str, *, prior: str | None = None) -> str:
    """ "en" or "vi" where the words say so clearly; else `prior` (a primary tag); else what is likelier, or "und".

    >>> detect_language("ASEAN summit opens in Hà Nội with Phạm Minh Chính")
    'en'
    >>> detect_language("Chu tich nuoc tiep dai su Lao tai Ha Noi", prior="en")
    'vi'
    """
    words = _WORD.findall(normalise(text[:_ENOUGH]))
    small = [word for word in words if word.islower()] or [word.lower() for word in words]
    if not small:
        return prior or "und"
    english = sum(word in _ENGLISH for word in small)
    vietnamese = sum(word in _VIETNAMESE or bool(_OWN_LETTERS.search(word)) for word in small)
    if vietnamese == 0:
        bare = [word for word in small if word in _UNACCENTED]
        vietnamese = len(bare) if len(set(bare)) >= 3 and len(bare) * 3 >= len(small) else 0
    best, language = max((vietnamese, "vi"), (english, "en"))
    # Another language of the feed is believed unless a good part of the words contradicts it.
    needed = 1 if prior in (None, "en", "vi") else max(3, len(small) // 5)
    if best >= needed and (vietnamese != english or prior is None):
        return language
    if prior:
        return prior
    if _OWN_LETTERS.search(" ".join(words).lower()):
        return "vi"
    latin = sum(fold(word).isascii() for word in words)
    return "en" if latin * 2 >= len(words) else "und"
