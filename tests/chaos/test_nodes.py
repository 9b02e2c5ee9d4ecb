"""Several nodes on one PostgreSQL, in short; `python -m tests.chaos` has the long storm."""

import os
import random
from pathlib import Path

import pytest

from tests.chaos import nodes

pytestmark = pytest.mark.timeout(240)


async def test_nodes_that_are_killed(tmp_path: Path) -> None:
    """What got its 250 is one order and at least one copy, whichever node took it, and whatever became of it."""
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"KILL_SEED={seed}")
    storm = nodes.Storm(seconds=9.0, nodes=2, pause=(1.0, 2.0))
    outcome = await nodes.run(tmp_path, seed, storm)

    assert (set(), 0) == (storm.lost, outcome.invented)
    assert 2 == storm.restarts
    assert min(outcome.tried, outcome.acknowledged) > 1
    assert {1} == set(storm.found.orders.values())
