"""import: orders of a file, such as Jimdo's export, become ours; a run can be undone."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from typer.core import TyperGroup

from smtpd_billbee.cli.context import (
    ACTOR,
    LARGEST,
    AsJson,
    Limit,
    OfShop,
    need_shop,
    print_json,
    print_table,
    run,
    store_of,
)
from smtpd_billbee.clock import now
from smtpd_billbee.model.imports import ImportRun
from smtpd_billbee.model.reading import order_as_json
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.work import importing
from smtpd_billbee.work.importing import Result, Undone, Wishes

LARGE = 100 * 1024  # bytes; a smaller file is done before a bar is drawn
_MODES = {mode.name.lower().replace("_", "-"): mode for mode in VatMode}
_MODE_NAMES = ", ".join(f"{mode.value} {name}" for name, mode in _MODES.items())


class _FileFirst(TyperGroup):
    """`import orders.csv` means `import file orders.csv`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["file", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(cls=_FileFirst, help="Orders of a file. `import FILE --shop ID` is short for `import file FILE`.")


def _mode(words: str) -> VatMode:
    if words.lower() in _MODES:
        return _MODES[words.lower()]
    if words.isdecimal() and int(words) in set(VatMode):
        return VatMode(int(words))
    raise typer.BadParameter(f"{words!r} is none of {_MODE_NAMES}")


@app.command("file")
def file_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="CSV, XLSX or XML file with orders; - is standard input.")],
    shop: Annotated[int, typer.Option(help="The shop's internal number.", min=1, max=LARGEST)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    source: Annotated[str | None, typer.Option(help="Where the file is from, in your words.")] = None,
    vat_mode: Annotated[
        str | None, typer.Option(help=f"How VAT is treated, else as the shop is set: {_MODE_NAMES}.")
    ] = None,
    allow_duplicates: Annotated[
        bool, typer.Option("--allow-duplicates", help="Keep orders whose number is there already as '1042 (2)'.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import the orders of a file. An order that came by mail is completed, never doubled."""
    mode = _mode(vat_mode) if vat_mode is not None else None
    content = _content(file)

    async def work() -> Result:
        async with store_of(context) as store:
            wishes = Wishes(await importing.vat_mode(store, shop) if mode is None else mode, source, allow_duplicates)
            if dry_run:
                return await importing.preview(store, content, shop, wishes)
            with _bar(len(content) >= LARGE) as progress:
                name = Path(file).name
                return await importing.import_file(store, content, name, shop, wishes, ACTOR, now(), progress)

    result = run(work)
    if as_json:
        print_json(_as_json(result) | ({} if dry_run else {"import": result.run_id}))
    else:
        _print(result, dry_run)
    if not result.orders:
        raise typer.Exit(1)


def _content(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        typer.echo(f"smtpd-billbee: {file}: cannot be opened: {error.strerror}", err=True)
        raise typer.Exit(2) from None


@contextmanager
def _bar(is_large: bool) -> Iterator[importing.Progress]:
    """A bar for a person who waits for a large file."""
    console = Console(stderr=True)
    if not is_large or not console.is_terminal:
        yield lambda done, whole: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("orders", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole)


def _as_json(result: Result) -> dict[str, object]:
    return {
        "orders": [order_as_json(order) for order in result.orders],
        "complaints": [{"line": each.line, "text": each.text} for each in result.complaints_and_remarks],
        "new": result.new,
        "duplicates": result.duplicates,
        "merged": result.merged,
    }


def _print(result: Result, dry_run: bool) -> None:
    for each in result.complaints_and_remarks:
        where = "record" if result.format == "xml" else "line"
        typer.echo(f"{where} {each.line}: {each.text}" if each.line else each.text, err=True)
    counts = f"{result.new} new, {result.duplicates} known already, {result.merged} completed, {result.failed} failed"
    if dry_run:
        typer.echo(f"Would be imported: {counts}.")
    elif result.run_id is None:
        typer.echo(f"Nothing was changed: {counts}.")
    else:
        typer.echo(f"Import {result.run_id}: {counts}.")


@app.command("list")
def list_(
    context: typer.Context,
    shop: OfShop = None,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """The newest imports that changed something."""

    async def work() -> Sequence[ImportRun]:
        async with store_of(context) as store, store.reading() as tx:
            await need_shop(tx, shop)
            return await tx.imports.list(shop, limit)

    runs = run(work)
    if as_json:
        print_json([_run_as_json(each) for each in runs])
        return
    columns = ("id", "shop", "at (UTC)", "file", "source", "new", "known", "completed", "failed", "undone (UTC)")
    print_table(columns, [_row(each) for each in runs], "Nothing was imported yet.")


def _run_as_json(each: ImportRun) -> dict[str, object]:
    new = each.new
    return {
        "id": each.id,
        "shop_id": new.shop_id,
        "at": new.at.isoformat(),
        "actor": new.actor,
        "file_name": new.file_name,
        "checksum": new.checksum,
        "format": new.format,
        "source": new.source,
        "vat_mode": new.vat_mode,
        **new.counts,
        "complaints": new.complaints,
        "undone_at": each.undone_at.isoformat() if each.undone_at else None,
    }


def _row(each: ImportRun) -> tuple[object, ...]:
    new, counts = each.new, each.new.counts
    undone = f"{each.undone_at:%Y-%m-%d %H:%M:%S}" if each.undone_at else None
    return (
        each.id, new.shop_id, f"{new.at:%Y-%m-%d %H:%M:%S}", new.file_name, new.source, counts["new"],
        counts["duplicates"], counts["merged"], counts["failed"], undone,
    )  # fmt: skip


@app.command()
def undo(
    context: typer.Context,
    run_id: Annotated[
        int, typer.Argument(metavar="N", help="The import's number, as `import list` shows it.", min=1, max=LARGEST)
    ],
) -> None:
    """Take an import back: its orders go, and orders that it completed are as before."""

    async def work() -> Undone:
        async with store_of(context) as store:
            return await importing.undo(store, run_id, ACTOR, now())

    undone = run(work)
    text = f"Import {run_id} was undone: {undone.removed} removed, {undone.restored} as before"
    typer.echo(f"{text}, {undone.left} changed since then and now to check.")
