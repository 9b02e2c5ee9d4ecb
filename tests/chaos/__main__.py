"""`python -m tests.chaos`: every fault at its full length, and the table of what became of the mails.

The last lines are the storms of tests/journeys/test_kill.py, and the one of several nodes.  It ends with 1
if anything was lost or invented.
"""

import asyncio
import random
import tempfile
from pathlib import Path

import asyncpg
from rich.console import Console
from rich.table import Table

from tests import postgresql
from tests.chaos import faults, full_disk, nodes, power
from tests.chaos.house import house
from tests.chaos.outcome import Outcome
from tests.journeys.storms import storm


async def _all(folder: Path, console: Console) -> list[Outcome]:
    seed = random.SystemRandom().randrange(10**6)
    console.print(f"seed {seed}")
    for name in ("shared", "power", "power-spool", "kill", "kill-postgresql", "nodes"):
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
    outcomes.append(await power.run_spool(folder / "power-spool", mails=100, losses=500, seed=seed))
    outcomes.append(await _kill("kill -9", folder / "kill", "", seed))
    with postgresql.server() as address:
        connection = await asyncpg.connect(address.format(database="postgres"))
        await connection.execute("CREATE DATABASE storm")
        await connection.close()
        database = address.format(database="storm")
        outcomes.append(await _kill("kill -9, PostgreSQL", folder / "kill-postgresql", database, seed))
    outcomes.append(nodes.outcome_of(await nodes.run(folder / "nodes", nodes.SECONDS, seed)))
    return outcomes


async def _kill(name: str, folder: Path, database: str, seed: int) -> Outcome:
    found = await storm(folder, database, seed)
    lost = found.acknowledged - (set(found.mails) & set(found.orders))
    invented = found.orders.total() - len(set(found.orders) & (found.acknowledged | found.given_up))
    return Outcome(name, found.kills, len(found.acknowledged), len(lost), invented)


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
    if any(each.lost or each.invented for each in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
