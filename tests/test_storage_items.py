"""Sources, items and stories: what polls bring in and how it is placed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.errors import StorageError
from digest.model import Labels, Reason, Story
from tests.conftest import FEED, a_poll, a_source, an_item, utc

NOW = utc("2026-11-21 01:00")
OTHER = "https://other.example/rss"


@pytest.fixture
def store(store):
    store.sources.sync([a_source(), a_source(OTHER, name="The Other", tier=1, origin="TTXVN")], now=NOW)
    return store


def index_is_sound(store):
    """Raises StorageError where the search index and the items disagree."""
    store._db.execute("insert into items_fts (items_fts, rank) values ('integrity-check', 1)")


def titles(items):
    return [item.title for item in items]


def state_of(store, url=FEED):
    return next(state for state in store.sources.all() if state.source.url == url)


# Sources


def test_a_source_comes_back_as_it_was_written(store):
    full = a_source(
        "https://full.example/rss",
        name="Đầy đủ",
        language="vi",
        country="VN",
        tier=1,
        topics=("state", "party"),
        places=("VN-SG",),
        origin="TTXVN",
        every=timedelta(minutes=20),
    )
    store.sources.sync([full], now=NOW)
    assert [state.source for state in store.sources.all()] == [full]


def test_the_list_is_in_the_order_of_the_file_and_without_what_left_it(store):
    store.sources.sync([a_source("https://new.example/"), a_source(FEED, enabled=False), a_source(OTHER)], now=NOW)
    assert [state.source.url for state in store.sources.all()] == ["https://new.example/", OTHER]
    store.sources.sync([a_source()], now=NOW)
    assert [state.source.url for state in store.sources.all()] == [FEED]


def test_items_of_a_source_that_left_the_list_stay(store):
    store.items.save_poll(a_poll(), [an_item("Kept")], [])
    store.sources.sync([], now=NOW)
    assert titles(store.items.export(None)) == ["Kept"]


def test_a_source_is_due_at_once_and_then_when_its_poll_says(store):
    assert [state.source.url for state in store.sources.due(NOW)] == [FEED, OTHER]
    store.items.save_poll(a_poll(next_poll_at=NOW + timedelta(minutes=15)), [], [])
    assert [state.source.url for state in store.sources.due(NOW)] == [OTHER]
    assert [state.source.url for state in store.sources.due(NOW + timedelta(minutes=15))] == [OTHER, FEED]


def test_a_source_that_is_gone_is_due_again_only_when_the_operator_puts_it_back(store):
    store.items.save_poll(a_poll(error="gone", http_status=410, failures=1), [], [])
    later = NOW + timedelta(days=400)
    assert [state.source.url for state in store.sources.due(later)] == [OTHER]
    store.sources.sync([a_source(), a_source(OTHER)], now=later)
    assert [state.source.url for state in store.sources.due(later)] == [OTHER]
    store.sources.sync([a_source(OTHER)], now=later)
    store.sources.sync([a_source(), a_source(OTHER)], now=later)
    assert [state.source.url for state in store.sources.due(later)] == [FEED, OTHER]


def test_a_good_poll_is_remembered(store):
    store.items.save_poll(
        a_poll(
            etag='W/"1"',
            last_modified="Sat, 21 Nov 2026 00:00:00 GMT",
            body_hash="ab",
            fetch_url="https://moved.example/",
            moved_to="https://elsewhere.example/",
            moved_seen=2,
            identity_by="link",
        ),
        [],
        [],
    )
    state = state_of(store)
    assert (state.etag, state.last_modified, state.body_hash) == ('W/"1"', "Sat, 21 Nov 2026 00:00:00 GMT", "ab")
    assert (state.fetch_url, state.moved_to, state.moved_seen) == (
        "https://moved.example/",
        "https://elsewhere.example/",
        2,
    )
    assert (state.identity_by, state.last_polled_at, state.last_ok_at) == ("link", NOW, NOW)


def test_a_failed_poll_leaves_validators_and_the_last_good_time(store):
    store.items.save_poll(a_poll(etag="1", last_modified="then", body_hash="ab"), [], [])
    later = NOW + timedelta(hours=1)
    store.items.save_poll(a_poll(at=later, error="truncated", etag="2", body_hash="cd", failures=3), [], [])
    state = state_of(store)
    assert (state.etag, state.last_modified, state.body_hash) == ("1", "then", "ab")
    assert (state.last_error, state.failures, state.last_polled_at, state.last_ok_at) == ("truncated", 3, later, NOW)


def test_a_304_keeps_validators_and_a_200_without_them_drops_them(store):
    store.items.save_poll(a_poll(etag="1", last_modified="then", body_hash="ab"), [], [])
    store.items.save_poll(a_poll(http_status=304, etag="2"), [], [])
    assert (state_of(store).etag, state_of(store).last_modified, state_of(store).body_hash) == ("2", "then", "ab")
    store.items.save_poll(a_poll(body_hash="cd"), [], [])
    assert (state_of(store).etag, state_of(store).last_modified, state_of(store).body_hash) == (None, None, "cd")


# Items


def test_an_item_comes_back_as_it_was_stored(store):
    labels = Labels(
        topics=("people", "ngo"),
        places=("LA", "VN-SG"),
        pairs=("LA-VN",),
        act="visit",
        level=3,
        relevant=True,
        reasons=(Reason("people", "words", ("hữu nghị", "giao lưu")),),
    )
    new = an_item(
        "Liên hiệp hữu nghị đón khách Lào",
        "Câu một “đẹp”.\nCâu hai.",
        labels=labels,
        summary=("Câu một “đẹp”.", "Câu hai."),
        language="vi",
        published=utc("2026-11-20 23:15:07"),
    )
    assert store.items.save_poll(a_poll(OTHER), [new], []) == (1, 0)
    item = store.items.get(1)
    assert (item.title, item.text, item.url) == (new.entry.title, new.entry.text, new.entry.url)
    assert (item.canonical_url, item.language, item.published) == (
        new.entry.canonical_url,
        "vi",
        utc("2026-11-20 23:15:07"),
    )
    assert (item.labels, item.summary, item.first_seen) == (labels, new.summary, NOW)
    assert (item.source_url, item.outlet, item.tier, item.origin) == (OTHER, "The Other", 1, "TTXVN")
    assert item.story_id is None
    assert store.items.get(2) is None


def test_ids_grow_with_the_time_of_publishing(store):
    new = [an_item(f"At {hour}", published=utc(f"2026-11-20 {hour}:00")) for hour in (12, 10, 11)]
    undated = [an_item(name, dated=False) for name in ("newest", "older")]
    store.items.save_poll(a_poll(), [*undated, *new], [])
    assert titles(store.items.export(None)) == ["At 10", "At 11", "At 12", "older", "newest"]


def test_the_same_entry_twice_is_one_item(store):
    assert store.items.save_poll(a_poll(), [an_item("Once"), an_item("Once")], []) == (1, 0)
    assert store.items.save_poll(a_poll(), [an_item("Once")], []) == (0, 0)
    assert store.items.save_poll(a_poll(OTHER), [an_item("Once")], []) == (1, 0)


def test_a_changed_guid_is_the_same_item(store):
    store.items.save_poll(a_poll(), [an_item("Once", identity="guid-1")], [])
    assert store.items.save_poll(a_poll(), [an_item("Once", identity="guid-2")], []) == (0, 0)
    assert store.items.save_poll(a_poll(), [an_item("Twice", identity="guid-3")], []) == (1, 0)


def test_entries_without_a_link_are_known_by_identity_alone(store):
    new = [an_item("Exchange rates", identity=day, url="", canonical_url="") for day in ("monday", "tuesday")]
    assert store.items.save_poll(a_poll(), new, []) == (2, 0)


def test_known_gives_the_fingerprints_of_what_is_stored_from_that_source(store):
    new = an_item("Known", "text")
    store.items.save_poll(a_poll(), [new], [])
    assert store.items.known(FEED, ["known", "unknown", 'od"d, one']) == {"known": new.entry.fingerprint}
    assert store.items.known(OTHER, ["known"]) == {}
    assert store.items.known(FEED, []) == {}


def test_an_edit_keeps_id_story_and_time_and_changes_the_rest(store):
    store.items.save_poll(a_poll(), [an_item("Talks begin", "Old words.", identity="1")], [])
    story_id = store.stories.open_story(store.items.get(1))
    labels = Labels(topics=("state",), relevant=True)
    edited = an_item("Talks end", "Đổi mới.", identity="1", labels=labels, summary=("Đổi mới.",), language="vi")
    later = NOW + timedelta(hours=2)
    assert store.items.save_poll(a_poll(at=later), [], [edited]) == (0, 1)
    item = store.items.get(1)
    assert (item.title, item.text, item.url, item.summary, item.labels, item.language) == (
        "Talks end",
        "Đổi mới.",
        edited.entry.url,
        ("Đổi mới.",),
        labels,
        "vi",
    )
    assert (item.story_id, item.first_seen, item.published) == (story_id, NOW, utc("2026-11-21 00:00"))
    index_is_sound(store)


def test_an_edit_moves_the_time_only_where_the_publisher_states_one(store):
    store.items.save_poll(a_poll(), [an_item("Talks", identity="1")], [])
    store.items.save_poll(a_poll(), [], [an_item("Talks!", identity="1", dated=False, published=NOW)])
    assert store.items.get(1).published == utc("2026-11-21 00:00")
    store.items.save_poll(a_poll(), [], [an_item("Talks!!", identity="1", published=utc("2026-11-19 05:00"))])
    assert store.items.get(1).published == utc("2026-11-19 05:00")
    index_is_sound(store)


def test_an_edit_of_an_unknown_entry_changes_nothing(store):
    assert store.items.save_poll(a_poll(), [], [an_item("Never seen")]) == (0, 0)


def test_a_poll_of_a_source_that_was_never_synced_is_refused_whole(store):
    with pytest.raises(StorageError, match="is not stored"):
        store.items.save_poll(a_poll("https://stranger.example/"), [an_item("One")], [])
    assert list(store.items.export(None)) == []


def test_a_time_without_a_zone_is_refused_and_nothing_is_kept(store):
    naive = an_item("Naive", published=NOW.replace(tzinfo=None))
    with pytest.raises(StorageError, match="has no zone"):
        store.items.save_poll(a_poll(etag="1"), [an_item("Fine"), naive], [])
    assert list(store.items.export(None)) == []
    assert state_of(store).etag is None


def test_export_and_count_go_by_the_time_of_publishing(store):
    new = [an_item(f"On {day}", published=utc(f"2026-11-{day} 00:00")) for day in (18, 19, 20)]
    store.items.save_poll(a_poll(), new, [])
    assert titles(store.items.export(utc("2026-11-19 00:00"))) == ["On 19", "On 20"]
    assert store.items.count(utc("2026-11-18 00:00"), utc("2026-11-20 00:00")) == 2


# Stories


@pytest.fixture
def three(store):
    """Three items, hours apart, of which none is placed."""
    new = [an_item(name, published=utc(f"2026-11-20 {hour}:00")) for name, hour in (("A", 10), ("B", 12), ("C", 14))]
    store.items.save_poll(a_poll(), new, [])
    return list(store.items.export(None))


def test_items_wait_for_their_story_in_order(store, three):
    assert store.stories.unplaced(2) == three[:2]
    store.stories.open_story(three[0])
    assert store.stories.unplaced(9) == three[1:]


def test_a_story_holds_its_items_oldest_first(store, three):
    a, b, _ = three
    story_id = store.stories.open_story(b)
    store.stories.assign(a.id, story_id)
    placed = tuple(replace(item, story_id=story_id) for item in (a, b))
    assert store.stories.get(story_id) == Story(id=story_id, items=placed)
    assert store.stories.get(story_id + 1) is None


def test_placed_items_after_an_id(store, three):
    a, _, c = three
    first = store.stories.open_story(a)
    second = store.stories.open_story(c)
    since = utc("2026-11-20 00:00")
    assert [(i.title, i.story_id) for i in store.stories.placed_after(0, since=since)] == [("A", first), ("C", second)]
    assert titles(store.stories.placed_after(a.id, since=since)) == ["C"]
    assert titles(store.stories.placed_after(0, since=utc("2026-11-20 11:00"))) == ["C"]


def test_a_window_has_every_story_reported_in_it_whole(store, three):
    a, b, c = three
    first = store.stories.open_story(a)
    store.stories.assign(b.id, first)
    second = store.stories.open_story(c)

    def window(since, until):
        stories = store.stories.in_window(utc(f"2026-11-20 {since}"), utc(f"2026-11-20 {until}"))
        return [(story.id, titles(story.items)) for story in stories]

    assert window("12:00", "14:00") == [(first, ["A", "B"])]
    assert window("10:00", "14:01") == [(first, ["A", "B"]), (second, ["C"])]
    assert window("15:00", "16:00") == []


def test_an_item_moves_from_one_story_to_another(store, three):
    a, b, _ = three
    first, second = store.stories.open_story(a), store.stories.open_story(b)
    store.stories.move([b.id], first, now=NOW)
    assert titles(store.stories.get(first).items) == ["A", "B"]
    assert store.stories.get(second) == store.stories.get(first)


def test_a_report_that_credits_a_wire_has_its_origin(store):
    store.sources.sync([a_source(origin="House")], now=utc("2026-11-21 00:00"))
    news = [an_item("Own words", "The union met."), an_item("A reprint", "HÀ NỘI (VNA) – The union met.")]
    store.items.save_poll(a_poll(), news, [])
    assert {item.title: item.origin for item in store.items.export(None)} == {
        "Own words": "House",
        "A reprint": "TTXVN",
    }
