"""Three nodes on one PostgreSQL, killed again and again: an acknowledged mail is one order, and has its copy."""

from pathlib import Path

import pytest

from tests.chaos import nodes


@pytest.mark.timeout(120)
async def test_nodes(tmp_path: Path) -> None:
    """A short storm; `python -m tests.chaos.nodes` lets it last two minutes."""
    storm = await nodes.run(tmp_path, 4, seed=6, hasty=True)

    assert [] == list(storm.complaints())
    assert storm.kills >= 5  # one in each third, and one each time that the database is away
    assert len(storm.acknowledged) >= 20
    assert storm.spooled
    assert storm.with_spool
    outcome = nodes.outcome_of(storm)
    assert (storm.kills, len(storm.acknowledged), 0, 0) == (
        outcome.tried, outcome.acknowledged, outcome.lost, outcome.invented,
    )  # fmt: skip
