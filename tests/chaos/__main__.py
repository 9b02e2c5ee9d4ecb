"""`python -m tests.chaos`: every fault at its full length, and the table of what became of the mails.

The last line is the storm of kill -9 that tests/journeys/test_kill.py lets loose on both databases.
"""

import asyncio
import random
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.chaos import faults, full_disk, power
from tests.chaos.house import house
from tests.chaos.outcome import Outcome
from tests.journeys.storms import storm


async def _all(folder: Path, console: Console) -> list[Outcome]:
    seed = random.SystemRandom().randrange(10**6)
    console.print(f"seed {seed}")
    for name in ("shared", "power", "kill"):
        (folder / name).mkdir()
    async with house(
        folder / "shared", full=True, smtp=faults.SMTP, limits=faults.LIMITS, clock=faults.AHEAD
    ) as opened:
        for fault in faults.SHARED:
            console.print(fault.__name__)
            await fault(opened)
        outcomes = await opened.outcomes()
    try:
        outcomes += await full_disk.run(folder / "disk", full=True)
    except full_disk.NoDisk as reason:
        console.print(f"disk full is not tried: {reason}")
    outcomes.append(await power.run(folder / "power", mails=100, losses=500, seed=seed))
    outcomes.append(await _kill(folder / "kill", seed))
    return outcomes


async def _kill(folder: Path, seed: int) -> Outcome:
    found = await storm(folder, "", seed)
    lost = found.acknowledged - (set(found.mails) & set(found.orders))
    invented = found.orders.total() - len(set(found.orders) & (found.acknowledged | found.given_up))
    return Outcome("kill -9", found.kills, len(found.acknowledged), len(lost), invented)


def main() -> None:
    """Try everything, and print the table."""
    console = Console(width=110)
    with tempfile.TemporaryDirectory(prefix="smtpd-billbee-chaos-") as name:
        outcomes = asyncio.run(_all(Path(name), console))
    table = Table()
    for column in ("fault", "tried", "acknowledged", "lost", "orders invented", "remark"):
        table.add_column(column, justify="left" if column in ("fault", "remark") else "right")
    for each in outcomes:
        counts = (each.tried, each.acknowledged, each.lost, each.invented)
        table.add_row(each.fault, *map(str, counts), each.remark)
    console.print(table)


if __name__ == "__main__":
    main()
