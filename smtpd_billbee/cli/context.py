"""What the commands share: the settings, an open store, and how things are printed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from smtpd_billbee.config import Config
from smtpd_billbee.errors import NoSuchThing
from smtpd_billbee.store.store import Store, Tx, open_store

T = TypeVar("T")

# JSON's readers and the databases know numbers up to here exactly, and no shop may have a larger one.
LARGEST = 2**53

Limit = Annotated[int, typer.Option(help="How many at most.", min=1, max=LARGEST)]
OfShop = Annotated[int | None, typer.Option("--shop", help="Only this shop's.", min=1, max=LARGEST)]
ShopNumber = Annotated[int, typer.Argument(help="The shop's internal number.", min=1, max=LARGEST)]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document instead of a table.")]
ACTOR = "command line"
PIPE_WIDTH = 1000
LONGEST_WHOLE = 20
GAP = 2  # between two columns


async def opened(config: Config, *, makes: bool = False) -> Store:
    """The database of the config, at today's schema, beside a server that may run.

    Raises NoSuchThing when there is none, unless it may be made: a misspelt state_dir is no empty database.
    """
    return await open_store(config.database, Path(config.state_dir), checkpoints=False, makes=makes)


@asynccontextmanager
async def store_of(context: typer.Context, *, makes: bool = False) -> AsyncIterator[Store]:
    """The database of the command's config, closed afterwards; only a command that `makes` something begins one."""
    store = await opened(context.obj.config, makes=makes)
    try:
        yield store
    finally:
        await store.close()


async def need_shop(tx: Tx, shop_id: int | None) -> None:
    """No orders of a shop that is not there is no answer.  Raises NoSuchThing; None is every shop."""
    if shop_id is not None and not await tx.shops.exists(shop_id):
        raise NoSuchThing(f"there is no shop with the number {shop_id}")


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command's coroutine."""
    return asyncio.run(work())


def due(number: int, one: str, many: str) -> str:
    """'1 job is due now.'"""
    return f"{number} {one if number == 1 else many} {'is' if number == 1 else 'are'} due now."


def print_json(document: object) -> None:
    """One JSON document, readable, in its own letters."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], nothing: str) -> None:
    """A table for a person, without the columns that are empty; `nothing` is what an empty one says."""
    if not rows:
        typer.echo(nothing)
        return
    # A pipe has no width of its own: a program behind it gets whole lines.
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPE_WIDTH)
    if _narrowest(columns, rows) > console.width:
        _print_one_by_one(columns, rows)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    filled = []
    for name, cells in zip(columns, zip(*[[_cell(cell) for cell in row] for row in rows], strict=True), strict=True):
        if any(cells):
            table.add_column(name, no_wrap=not any(map(_is_prose, cells)), overflow="fold")
            filled.append(cells)
    for texts in zip(*filled, strict=True):
        table.add_row(*map(Text, texts))
    console.print(table)


def _narrowest(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> int:
    """The width below which a table's cells would be cut."""
    widths = []
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        cells = [cell for cell in map(_cell, values) if cell]
        if cells:
            parts = [part for cell in cells for part in (cell.split() if any(map(_is_prose, cells)) else [cell])]
            widths.append(max(map(cell_len, [name, *parts])))
    return sum(widths) + GAP * (len(widths) - 1)


def _print_one_by_one(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Each row as a block of its own, for a terminal that is too narrow for a table."""
    for number, row in enumerate(rows):
        if number:
            typer.echo("")
        print_fields([(name, _cell(value)) for name, value in zip(columns, row, strict=True)])


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _is_prose(cell: str) -> bool:
    """May it be broken at its blanks?  A time and an amount stay whole."""
    return " " in cell and (cell[0].isalpha() or len(cell) > LONGEST_WHOLE)


def print_fields(pairs: Sequence[tuple[str, object]]) -> None:
    """One thing, a line for each field that has a value."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        if value not in (None, "", [], ()):
            typer.echo(f"{name:<{width}}  {value}")
