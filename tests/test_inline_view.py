"""News for other chats: what one chooses by, and the message that is sent there."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Report, Sentence
from playground.rules import formatted
from render.inline_view import inline_hit, inline_item, inline_story
from render.telegram import MESSAGE_LIMIT, utf16_length
from render.words import load_words
from tests.render_sample import NAMES, UNTIL, ZONE, hits, item, story

EN, VI = load_words("en"), load_words("vi")
HOW = {"names": NAMES, "zone": ZONE, "now": UNTIL}


def test_a_hit_is_chosen_by_what_matched_and_sent_as_its_summary():
    (hit,) = hits().hits
    assert inline_hit(hit, words=EN, **HOW) == (
        "item-7",
        "Lao consul thanks city for scholarships",
        "Mekong Courier · 🇱🇦 Laos, Ho Chi Minh City · 2 Dec 2025\n… the Lao consul general thanked the city …",
        '<a href="https://courier.example/consul?utm_source=rss"><b>Lao consul thanks city for scholarships</b></a>\n'
        "<i>Mekong Courier · 🇱🇦 Laos, Ho Chi Minh City · 2 Dec 2025</i>\n"
        "The Lao consul general thanked the city. He named twelve students.",
        hit.item.story_id,
    )


def test_a_hit_in_another_language_says_so():
    english, vietnamese = (inline_item(item(), words=words, **HOW) for words in (EN, VI))
    assert english.title == "Lao consul thanks city for scholarships"
    assert vietnamese.title == "Lao consul thanks city for scholarships (tiếng Anh)"
    assert "scholarships</b></a> (tiếng Anh)\n" in vietnamese.html


def test_an_item_is_chosen_by_its_summary():
    article = inline_item(item(), words=VI, **HOW)
    assert article.description == (
        "Mekong Courier · 🇱🇦 Lào, TP.HCM · 2/12/2025\n"
        "The Lao consul general thanked the city. He named twelve students."
    )


def test_an_item_without_a_summary_is_sent_with_the_beginning_of_its_text():
    article = inline_item(item(summary=(), text="One.\nTwo. " + "word " * 900), words=EN, **HOW)
    assert "One. Two. word word" in article.html
    assert article.html.endswith(" word…")
    assert len(article.html) < 1300


def test_a_story_is_sent_with_every_outlet_that_reported_it_and_without_a_mark():
    article = inline_story(story(mark="update", day=3), words=EN, **HOW)
    assert (article.id, article.story_id) == ("story-1", 1)
    assert article.title == "City friendship union marks Lao National Day"
    assert article.html == (
        '<a href="https://courier.example/lao-day?a=1&amp;b=2"><b>City friendship union marks Lao National Day</b>'
        "</a>\n"
        "<i>Mekong Courier · 🇱🇦 Laos, Ho Chi Minh City · 20 Nov</i>\n"
        "The union and the Lao consulate marked the day with a concert of students."
        " Twelve students received scholarships.\n"
        'Reports: <a href="https://outlet1.example/1">Outlet 1</a> · <a href="https://outlet2.example/1">Outlet 2</a>'
        ' · <a href="https://outlet3.example/1">Outlet 3</a> · <a href="https://outlet4.example/1">Outlet 4</a>'
        ' (in Vietnamese) · <a href="https://outlet5.example/1">Outlet 5</a>'
    )


def test_a_story_of_one_outlet_needs_no_list_of_reports():
    alone = story(reports=(Report("Mekong Courier", "https://courier.example/lao-day", "en"),))
    assert "Reports:" not in inline_story(alone, words=EN, **HOW).html


def test_a_message_of_too_much_still_has_its_link_and_outlet():
    reports = tuple(Report(f"Outlet {n}", f"https://o{n}.example/", "en") for n in range(300))
    long = story(sentences=(Sentence("word " * 2000, 1, "en"),), reports=reports, headline="head " * 500)
    article = inline_story(long, words=EN, **HOW)
    assert article.html.startswith('<a href="https://courier.example/lao-day')
    assert "Mekong Courier" in article.html
    assert utf16_length(formatted(article.html, "HTML", None).text) <= MESSAGE_LIMIT


@pytest.mark.parametrize("title", ["", " \n", "\u202e"])
def test_what_has_no_headline_goes_by_its_outlet(title):
    assert inline_item(item(title=title), words=EN, **HOW).title == "Mekong Courier"


@given(text=st.text(max_size=400), url=st.sampled_from(['https://a.example/?a=1&b="<', "javascript:x", ""]))
def test_hostile_text_is_never_markup(text, url):
    one = item(title=f"<b>{text}", text=f"</a>{text}" * 20, summary=(f"<i>{text}",), outlet=f"<u>{text}", url=url)
    for article in (
        inline_item(one, words=EN, **HOW),
        inline_item(replace(one, summary=()), words=EN, **HOW),
        inline_story(story(headline=f"<b>{text}", url=url, outlet=f"<u>{text}"), words=EN, **HOW),
    ):
        seen = formatted(article.html, "HTML", None)
        assert 0 < utf16_length(seen.text) <= MESSAGE_LIMIT
        assert "<b>" in seen.text
        assert len(article.title) <= 200
        assert len(article.description) <= 250
        assert "\n" not in article.title


def test_an_item_of_this_year_names_no_year():
    article = inline_item(item(published=datetime(2026, 11, 20, 12, tzinfo=UTC)), words=EN, **HOW)
    assert "· 20 Nov\n" in article.description
