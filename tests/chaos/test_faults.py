"""Whatever goes wrong: an acknowledged mail is found, none is lost, and no order is invented."""

from pathlib import Path

import pytest

from tests.chaos import faults, full_disk
from tests.chaos.house import house


@pytest.mark.timeout(240)
async def test_faults(tmp_path: Path) -> None:
    """One server lives through them all, one after the other; `python -m tests.chaos` lets them last longer."""
    async with house(tmp_path, full=False, smtp=faults.SMTP, limits=faults.LIMITS, clock=faults.AHEAD) as opened:
        for fault in faults.SHARED:
            await fault(opened)
        outcomes = await opened.outcomes()
        log = opened.server.log().decode()

    assert [] == [each for each in outcomes if (each.lost, each.invented) != (0, 0)]
    assert len(faults.SHARED) == len(outcomes)
    assert [] == [record for record in opened.records if record.acknowledged != record.sent]
    assert "Traceback" not in log
    assert [] == [line for line in log.splitlines() if "level=error" in line]


@pytest.mark.timeout(120)
async def test_full_disk(tmp_path: Path) -> None:
    """Mails are put off while there is no room, none with 5xx, and what was acknowledged before and after is there."""
    try:
        (outcome,) = await full_disk.run(tmp_path / "disk", full=False)
    except full_disk.NoDisk as reason:
        pytest.skip(str(reason))

    assert (0, 0, "5 put off") == (outcome.lost, outcome.invented, outcome.remark)
    assert outcome.acknowledged > 5
