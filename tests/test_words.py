import ast
from datetime import UTC, date, datetime
from pathlib import Path
from string import Formatter

import pytest

import render.words
from render.locale.update import extract, read, translated, update
from render.words import LANGUAGES, load_words

ROOT = Path(render.words.__file__).parents[1]
CATALOGUES = sorted((ROOT / "render" / "locale").glob("*.po"))
EN, VI = load_words("en"), load_words("vi")
ZONE = "Asia/Ho_Chi_Minh"
#: 07:00 on Saturday 21 November in Viet Nam.
NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def english(message):
    """The English of a message, its plural where it has two forms."""
    return message.id if isinstance(message.id, str) else message.id[1]


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_every_language_but_english_has_its_file():
    assert [path.stem for path in CATALOGUES] == sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_every_message_is_translated_and_none_is_left_over(path):
    in_code = {english(message) for message in extract(ROOT) if message.id}
    in_file = {english(message): message for message in read(path) if message.id}

    assert sorted(in_code - set(in_file)) == [], "run: python -m render.locale.update, then translate"
    assert sorted(set(in_file) - in_code) == [], "run: python -m render.locale.update"
    assert [text for text, message in in_file.items() if not translated(message)] == []
    assert [text for text, message in in_file.items() if message.fuzzy] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_the_placeholders(path):
    for message in read(path):
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        if message.id:
            assert [placeholders(form) for form in forms] == [placeholders(english(message))] * len(forms)


def test_every_call_gives_its_words_literally():
    """What is not a literal would never reach a catalogue."""
    wrong = []
    for path in [*(ROOT / "render").rglob("*.py"), *(ROOT / "chat").rglob("*.py"), *ROOT.glob("bot.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("t", "tn"):
                said = node.args[: 2 if node.func.attr == "tn" else 1]
                if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in said):
                    wrong.append(f"{path.name}:{node.lineno}")
    assert wrong == []


def test_updating_keeps_translations_adds_new_messages_and_drops_old_ones(tmp_path):
    room = tmp_path / "chat"
    room.mkdir()
    (room / "hello.py").write_text('words.t("Hello {name}")\nwords.tn("{n} day", "{n} days", 2)\n', encoding="utf-8")
    path = tmp_path / "vi.po"
    assert update(path, extract(tmp_path)) == 2

    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace('msgid "Hello {name}"\nmsgstr ""', 'msgid "Hello {name}"\nmsgstr "Chào {name}"'), "utf-8"
    )
    (room / "hello.py").write_text('words.t("Hello {name}")\nwords.t("Good-bye")\n', encoding="utf-8")

    assert update(path, extract(tmp_path)) == 1
    assert {message.id: message.string for message in read(path) if message.id} == {
        "Hello {name}": "Chào {name}",
        "Good-bye": "",
    }


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_updating_without_a_change_changes_nothing(path, tmp_path):
    copy = tmp_path / path.name
    copy.write_bytes(path.read_bytes())
    update(copy, extract(ROOT))
    once = copy.read_bytes()

    update(copy, extract(ROOT))

    assert copy.read_bytes() == once


@pytest.mark.parametrize(
    ("asked", "language"),
    [("en", "en"), ("vi", "vi"), ("vi-VN", "vi"), ("VI_vn", "vi"), ("fr", "en"), ("", "en"), ("../vi", "en")],
)
def test_the_nearest_language_is_found(asked, language):
    assert load_words(asked).language == language


def test_a_message_without_translation_stays_english():
    unknown = "Never {what} in a catalogue"

    assert VI.t(unknown, what="seen") == "Never seen in a catalogue"
    assert VI.tn("{n} crumb", "{n} crumbs", 2) == "2 crumbs"


def test_what_is_filled_in_is_never_read_as_a_pattern():
    assert EN.t("Search: {query}", query="{n} {query.__class__}") == "Search: {n} {query.__class__}"


@pytest.mark.parametrize(
    ("words", "n", "expected"),
    [
        (EN, 0, "0 stories"),
        (EN, 1, "1 story"),
        (EN, 1204, "1,204 stories"),
        (VI, 1, "1 tin"),
        (VI, 1204, "1.204 tin"),
    ],
)
def test_numbers_and_plurals_follow_the_language(words, n, expected):
    assert words.tn("{n} story", "{n} stories", n) == expected


@pytest.mark.parametrize(
    ("words", "day", "expected"),
    [
        (EN, date(2026, 11, 21), "Saturday 21 November"),
        (VI, date(2026, 11, 21), "Thứ Bảy, 21 tháng 11"),
        (EN, date(2026, 9, 2), "Wednesday 2 September"),
        (VI, date(2026, 9, 6), "Chủ Nhật, 6 tháng 9"),
    ],
)
def test_a_day_is_written_in_full(words, day, expected):
    assert words.day(day) == expected


@pytest.mark.parametrize(
    ("moment", "english", "vietnamese"),
    [
        (datetime(2026, 11, 20, 23, 40, tzinfo=UTC), "06:40", "06:40"),
        (datetime(2026, 11, 20, 16, 59, tzinfo=UTC), "yesterday 23:59", "23:59 hôm qua"),
        (datetime(2026, 11, 20, 17, 0, tzinfo=UTC), "00:00", "00:00"),
        (datetime(2026, 11, 19, 16, 59, tzinfo=UTC), "19 Nov", "19/11"),
        (datetime(2025, 11, 21, 0, 0, tzinfo=UTC), "21 Nov 2025", "21/11/2025"),
        (datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "tomorrow 07:00", "07:00 ngày mai"),
        (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), "23 Nov", "23/11"),
    ],
)
def test_a_moment_is_said_as_one_would_say_it_now(moment, english, vietnamese):
    assert (EN.moment(moment, ZONE, NOW), VI.moment(moment, ZONE, NOW)) == (english, vietnamese)


@pytest.mark.parametrize(
    ("words", "code", "expected"),
    [(EN, "vi", "Vietnamese"), (VI, "en", "tiếng Anh"), (VI, "lo", "tiếng Lào"), (EN, "xx", "xx")],
)
def test_languages_are_named_inside_a_sentence(words, code, expected):
    assert words.language_name(code) == expected
