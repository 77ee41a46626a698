"""All hostile feeds at once, beside five good ones: each comes to what its case says, and nobody disturbs another."""

import asyncio
from collections.abc import Mapping

import pytest

from digest.errors import FEED_ERROR_KINDS
from tests.hostile import cases_answers, cases_documents, cases_entries, cases_good, cases_letters, cases_redirects
from tests.hostile.bench import play
from tests.hostile.manifest import Case, Outcome

HOSTILE = (
    *cases_answers.CASES,
    *cases_redirects.CASES,
    *cases_documents.CASES,
    *cases_letters.CASES,
    *cases_entries.CASES,
)
GOOD = cases_good.CASES
#: Seconds after which a good feed would be late: what one fetch may take by itself.
LATE = 30


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Outcome]:
    return asyncio.run(play((*HOSTILE, *GOOD), tmp_path_factory.mktemp("hostile")))


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_feed_comes_to_what_it_must(case: Case, outcomes: Mapping[str, Outcome]) -> None:
    as_it_must(case, outcomes[case.name])


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.name)
def test_a_good_feed_beside_them_is_neither_late_nor_short(case: Case, outcomes: Mapping[str, Outcome]) -> None:
    as_it_must(case, outcomes[case.name])
    assert max(outcomes[case.name].seconds) < LATE


def as_it_must(case: Case, outcome: Outcome) -> None:
    polls = [(poll.error, poll.new, poll.updated) for poll in case.polls]
    assert [(p.error, p.new, p.updated) for p in outcome.polled] == polls, case.must
    assert outcome.titles == case.titles, case.must
    assert {name: getattr(outcome, name) for name in case.holds} == case.holds, case.must
    for poll, polled in zip(case.polls, outcome.polled, strict=True):
        hours = (polled.next_poll_at - polled.at).total_seconds() / 3600
        least, most = poll.wait or (0.25, 24 * 32)
        assert least <= hours <= most, case.must


def test_the_manifest_is_as_large_as_promised_and_without_doubles() -> None:
    """No two cases send the same, and every error that a source can have is among what they come to."""
    assert len(HOSTILE) >= 120
    assert len({case.name for case in HOSTILE}) == len(HOSTILE)
    sent = [repr((case.polls, case.pages, case.source, case.names)) for case in HOSTILE]
    assert len(set(sent)) == len(sent)
    assert {poll.error for case in HOSTILE for poll in case.polls} == {"none", *FEED_ERROR_KINDS}
