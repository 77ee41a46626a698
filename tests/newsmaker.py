"""Items and stories for tests of the thinking, with everything that a test does not care about filled in."""

from datetime import UTC, datetime, timedelta

from digest.model import Item, Labels, Story

NOW = datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def item(
    number: int = 1,
    *,
    title: str = "A title",
    text: str = "",
    language: str = "en",
    outlet: str = "Outlet",
    origin: str | None = None,
    tier: int = 2,
    hours_ago: float = 1,
    topics: tuple[str, ...] = ("state",),
    places: tuple[str, ...] = (),
    pairs: tuple[str, ...] = (),
    act: str | None = None,
    level: int = 0,
    story_id: int | None = None,
) -> Item:
    """An item published `hours_ago` before NOW; relevant if it has a topic."""
    published = NOW - timedelta(hours=hours_ago)
    return Item(
        id=number,
        source_url=f"https://{outlet.lower().replace(' ', '-')}.example/feed",
        outlet=outlet,
        tier=tier,
        origin=origin,
        url=f"https://news.example/{number}",
        canonical_url=f"https://news.example/{number}",
        title=title,
        text=text,
        language=language,
        published=published,
        first_seen=published,
        labels=Labels(topics=topics, places=places, pairs=pairs, act=act, level=level, relevant=bool(topics)),
        story_id=story_id,
    )


def story(number: int, *items: Item) -> Story:
    """A story of these items."""
    return Story(id=number, items=items)
