"""How much a story matters: points, and where they come from. The figures are an editor's, in data/ranking.yaml."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from digest.model import Story, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The figures of data/ranking.yaml, which explains each."""

    origin: float
    most_origins: float
    tier: float
    fresh: float
    own_language: float
    wished: float
    level: float
    update: float
    less: float
    acts: Mapping[str, float]
    same_section: float
    same_outlet: float


@cache
def load_weights() -> Weights:
    """The weights of the package's data."""
    data = YAML(typ="safe", pure=True).load((files("digest.data") / "ranking.yaml").read_text(encoding="utf-8"))
    figures = {name: float(value) for name, value in {**data["points"], **data["variety"]}.items()}
    return Weights(**figures, acts={act: float(value) for act, value in data["acts"].items()})


def worth(
    story: Story,
    wishes: Wishes,
    *,
    since: datetime,
    until: datetime,
    wished_places: Collection[str],
    update: bool,
    weights: Weights,
) -> tuple[tuple[str, float], ...]:
    """The points of a story by name, those that are not nought, for one reader and window; their sum is its score."""
    tier = min(item.tier for item in story.items)
    age = (until - story.published) / (until - since)
    unloved = wishes.less.intersection((*story.topics, *story.places, *story.outlets[:1]))
    named = [rank for rank, topic in enumerate(story.topics) if topic in wishes.topics]
    named += [rank for rank, place in enumerate(story.places) if place in wished_places]
    points = {
        "origins": weights.origin * (min(story.origins, weights.most_origins) - 1),
        "tier": weights.tier * (3 - tier) / 2,
        "fresh": weights.fresh * max(0.0, 1 - age),
        "own_language": weights.own_language * any(item.language == wishes.language for item in story.items),
        "wished": sum(weights.wished / (1 + rank) for rank in sorted(named)[:2]),
        "level": weights.level * story.level,
        "act": weights.acts.get(story.act or "", 0.0),
        "update": weights.update * update,
        "less": weights.less * len(unloved),
    }
    return tuple((name, round(value, 3)) for name, value in points.items() if value)
