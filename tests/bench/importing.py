"""How long an order file takes: `python -m tests.bench.importing [--orders N]`; all made up, on a fresh SQLite file.

Prints a table: reading the file, importing it, importing it again (which must change nothing), undoing it.
"""

import argparse
import asyncio
import csv
import io
import random
import tempfile
import time
from collections.abc import Awaitable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.store.store import Store, open_store
from smtpd_billbee.work.filed import read_filed
from smtpd_billbee.work.importing import Result, Wishes, import_file, undo
from tests.making import SHOP, make_shop

T = TypeVar("T")

COLUMNS = (
    "Nr.", "Artikel-Nr.", "Bestell-Datum", "Bezahlmethode", "Artikel", "Variante", "Einzelpreis Netto",
    "Einzelpreis Brutto", "Versandkosten Netto", "Versandkosten Brutto", "Nachnahmegebühr", "MwSt. %", "Anzahl",
    "Preis Netto", "Preis Brutto", "Währung", "Rechn. Firma", "Rechn. Anrede", "Rechn. Nachname", "Rechn. Vorname",
    "Rechn. Straße", "Rechn. Postleitzahl", "Rechn. Stadt", "Rechn. Land", "Rechn. Telefon", "Rechn. E-Mail",
    "Rechn. Anmerkung", "Lief. Nachname", "Lief. Vorname", "Lief. Straße", "Lief. Postleitzahl", "Lief. Stadt",
    "Lief. Land",
)  # fmt: skip
FIRST, LAST = ("Anna", "Jürgen", "Özlem", "Jean-Pierre"), ("Beispiel", "Weiß", "Muster", "van den Berg")
STREETS = ("Lindenweg", "Straße der Nationen", "Am Alten Markt", "Große Bleiche", "Industriestraße")


def order_file(orders: int, seed: int = 7) -> bytes:
    """A CSV as Jimdo writes it, with 1 to 4 rows (2.4 on average) for each order."""
    chance = random.Random(seed)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    for number in range(1000, 1000 + orders):
        lines.writerows(_rows(number, chance))
    return out.getvalue().encode("cp1252")


def _rows(number: int, chance: random.Random) -> list[list[object]]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    street = f"{chance.choice(STREETS)} {chance.randint(1, 200)}{chance.choice(('', '', 'a'))}"
    home = [last, first, street, f"{chance.randint(10000, 99999)}", "Musterstadt", "Deutschland"]
    other = [*home] if chance.random() < 0.3 else [""] * 6
    when = f"2024-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d} {chance.randint(0, 23):02d}:15:05"
    rows = []
    for _ in range(chance.choices((1, 2, 3, 4), (20, 35, 30, 15))[0]):
        article, quantity, gross = chance.randint(1, 400), chance.randint(1, 5), chance.randint(199, 5999)
        cents = [round(gross / 1.19), gross, 412, 490, 0]
        unit = [_amount(each) for each in cents]
        total = [_amount(round(gross * quantity / 1.19)), _amount(gross * quantity)]
        rows.append(
            [number, f"A-{article}", when, "PayPal", f"Artikel {article}, blau", "", *unit, 19, quantity, *total, "EUR",
             "", "Frau", *home, "030 12345678", f"kunde{number}@example.org", "", *other]
        )  # fmt: skip
    return rows


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


async def measure(orders: int) -> None:
    """Import, import again, undo, each with its time."""
    content = order_file(orders)
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store("", Path(folder))
        await make_shop(store)
        begun = _clocks()
        filed = read_filed(content, VatMode.SHOWN)
        rows = sum(len(each.order.items) for each in filed.orders)
        table = Table(title=f"A file of {len(filed.orders)} orders in {rows} rows, {len(content) >> 10} KiB")
        for column in ("work", "seconds", "of these: processor", "orders/s"):
            table.add_column(column, justify="left" if column == "work" else "right")
        _line(table, "read the file", begun, orders)
        result = await _timed(table, "import", _import(store, content), orders)
        before = await _state(store)
        again = await _timed(table, "import again", _import(store, content), orders)
        assert (orders, 0, orders) == (result.new, again.new + again.merged, again.duplicates)
        assert before == await _state(store)
        undone = await _timed(table, "undo", undo(store, result.run_id or 0, "bench", _now()), orders)
        assert orders == undone.removed
        await store.close()
    Console().print(table)


async def _import(store: Store, content: bytes) -> Result:
    return await import_file(store, content, "orders.csv", SHOP, Wishes(), "bench", _now())


async def _timed(table: Table, what: str, work: Awaitable[T], orders: int) -> T:
    begun = _clocks()
    result = await work
    _line(table, what, begun, orders)
    return result


async def _state(store: Store) -> list[object]:
    async with store.reading() as tx:
        return [*await tx.orders.list(limit=1_000_000), *await tx.imports.list(None, 1000)]


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _line(table: Table, what: str, begun: tuple[float, float], orders: int) -> None:
    """The time on the wall, and that of the processor: a machine that does other things shows the difference."""
    wall, processor = (after - before for before, after in zip(begun, _clocks(), strict=True))
    table.add_row(what, f"{wall:.2f}", f"{processor:.2f}", f"{orders / wall:.0f}")


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5000)
    asyncio.run(measure(parser.parse_args().orders))


if __name__ == "__main__":
    main()
