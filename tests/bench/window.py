"""How fast the window answers when much is kept: `python -m tests.bench.window [--orders N] [--shops N]`.

Fills a database (SQLite, PostgreSQL or both) with made-up orders, bulk by bulk; one account has --own of them in 50
shops.  Then its owner asks each page over HTTP, --times times, each time with other words where it has some.  The table
shows the median and the slowest; a page that is not there is left out and named.

With --folder the SQLite file stays there, and is not filled again; so does a database of --at postgresql://...
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from smtpd_billbee.model.user import UserRole
from smtpd_billbee.store.store import Store, open_store
from tests import postgresql
from tests.bench.window_data import OWNER, Size, fill, own_ids
from tests.web.asking import Visitor, window_on

WARMING_UP = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where the databases are kept; empty: nowhere, they are thrown away."""

    folder: str
    at: str


# What the owner looks at.  {n} is another number each time; {order}, {mail} and {article} are ids of his.
PAGES = (
    ("order list", "/orders/list"),
    ("order list, page 2000", "/orders/list?page=2000"),
    ("orders to check", "/orders/list?filter=to_check__is_true"),
    ("search by number", "/orders/list?q=B5{n}"),
    ("search by name", "/orders/list?q=Beispiel{n}"),
    ("search by mail address", "/orders/list?q=kunde{n}@example.org"),
    ("search by article number", "/orders/list?q=A-{n}"),
    ("search for nothing", "/orders/list?q=gibtesnicht{n}"),
    ("order page", "/orders/{order}"),
    ("to check", "/check"),
    ("mails", "/mails/list"),
    ("search in mails", "/mails/list?q=gibtesnicht{n}"),
    ("mail page", "/mails/{mail}"),
    ("workbench", "/workbench"),
    ("articles", "/articles/list"),
    ("items without article", "/articles/unassigned"),
    ("article page", "/articles/{article}"),
    ("reports", "/reports"),
    ("reports, last year", "/reports?period=last_year"),
    ("shops", "/settings/shops"),
    ("start", "/"),
)


async def measure(name: str, place: Place, size: Size, times: int, console: Console) -> None:
    """Fill what is empty, and ask."""
    async with _opened(name, place) as store:
        begun = time.perf_counter()
        async with store.reading() as tx:
            is_filled = await tx.accounts.by_email(OWNER) is not None
        if not is_filled:
            await fill(store, size, console.print)
            took = time.perf_counter() - begun
            console.print(f"{name}: {size.orders:,} orders of {size.shops:,} shops in {took:.0f} s")
        if times:
            console.print(await _table(name, store, times, size.own))


@asynccontextmanager
async def _opened(name: str, place: Place) -> AsyncIterator[Store]:
    with _address(name, place) as address, tempfile.TemporaryDirectory(prefix="smtpd-billbee-bench-") as temporary:
        if address and not place.at:
            connection = await asyncpg.connect(address)
            await connection.execute("CREATE DATABASE bench")
            await connection.close()
            address = address.replace("/postgres?", "/bench?")
        store = await open_store(address, Path(place.folder or temporary))
        try:
            yield store
        finally:
            await store.close()


@contextmanager
def _address(name: str, place: Place) -> Iterator[str]:
    if name == "sqlite" or place.at:
        yield "" if name == "sqlite" else place.at
        return
    with postgresql.server() as address:
        yield address.format(database="postgres")


@dataclass(frozen=True, slots=True)
class Answer:
    """How long one took on the wall, how much of it our processor worked, and how large it was."""

    seconds: float
    processor: float
    size: int


async def _table(name: str, store: Store, times: int, own: int) -> Table:
    ids = await own_ids(store)
    table = Table(title=f"{name}: milliseconds over HTTP, {times} times each, as the owner of {own:,} orders")
    for column in ("page", "address", "median", "slowest", "processor", "KiB"):
        table.add_column(column, justify="left" if column in ("page", "address") else "right")
    missing = []
    async with window_on(store) as window:
        async with store.reading() as tx:
            is_user = await tx.users.by_email(OWNER) is not None
        if not is_user:
            await window.user(OWNER, UserRole.OWNER, OWNER)
        async with window.signed_in(OWNER) as owner:
            for page, address in PAGES:
                answers = await _asked(owner, address, ids, times)
                if not answers:
                    missing.append(address)
                    continue
                seconds, processor = [each.seconds for each in answers], [each.processor for each in answers]
                shown = [f"{1000 * each:.0f}" for each in (median(seconds), max(seconds), median(processor))]
                table.add_row(page, address, *shown, f"{answers[-1].size / 1024:.0f}")
    if missing:
        table.caption = f"not there: {', '.join(missing)}"
    return table


async def _asked(owner: Visitor, address: str, ids: dict[str, list[int]], times: int) -> list[Answer]:
    """Each answer but the first ones; none: there is no such page."""
    answers = []
    for number in range(times + WARMING_UP):
        own = {name: some[number % len(some)] for name, some in ids.items()}
        begun, worked = time.perf_counter(), time.process_time()
        answer = await owner.get(address.format(n=17 + number, **own), follow_redirects=True)
        taken = Answer(time.perf_counter() - begun, time.process_time() - worked, len(answer.content))
        if answer.status_code == httpx.codes.NOT_FOUND:
            return []
        assert answer.status_code == httpx.codes.OK, f"{address}: {answer.status_code}"
        answers.append(taken)
    return answers[WARMING_UP:]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--shops", type=int, default=1_000)
    parser.add_argument("--own", type=int, default=50_000, help="orders of the account that asks")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="else both")
    parser.add_argument("--folder", default="", help="where the SQLite file stays")
    parser.add_argument("--at", default="", help="address of an empty PostgreSQL database, or of one filled before")
    options = parser.parse_args()
    size = Size(options.orders, options.shops, min(options.own, options.orders))
    for name in [options.database] if options.database else ["sqlite", "postgresql"]:
        asyncio.run(measure(name, Place(options.folder, options.at), size, options.times, Console()))


if __name__ == "__main__":
    main()
