"""migrate: an installation on SQLite moves to PostgreSQL; or an update of all its nodes is finished."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from smtpd_billbee import app
from smtpd_billbee.cli.context import opened, print_table, run
from smtpd_billbee.clock import now
from smtpd_billbee.config import Config
from smtpd_billbee.errors import NoSuchThing, Refused, StartError
from smtpd_billbee.store.moving import Moved, Progress, mark_moved, move
from smtpd_billbee.store.store import FILE, Store, finish, open_store, stay
from smtpd_billbee.values import check_database


def migrate(
    context: typer.Context,
    to: Annotated[str, typer.Option(help="An empty PostgreSQL database: postgresql://user@host/name.")] = "",
    finish: Annotated[
        bool, typer.Option("--finish", help="All nodes run this release: drop what older ones needed.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Use the SQLite file again, as it was when it was moved.")
    ] = False,
) -> None:
    """Move everything from SQLite to PostgreSQL: all or nothing, compared row by row. `serve` must be stopped.

    The SQLite file stays, and cannot be served any more, until --undo. Or, with --finish, take from the database what
    only older releases need.
    """
    if [bool(to), finish, undo].count(True) != 1:
        raise typer.BadParameter("say either --to ADDRESS or --undo or --finish")
    if finish:
        _finish(context.obj.config)
    elif undo:
        _undo(context.obj.config)
    else:
        _move(context.obj.config, to)


def _finish(config: Config) -> None:
    async def work() -> str:
        store = await opened(config)
        try:
            return await finish(store)
        finally:
            await store.close()

    done = run(work)
    typer.echo(
        f"Finished to schema {done}: older releases cannot use it any more." if done else "There is nothing to do."
    )


def _undo(config: Config) -> None:
    if config.database:
        raise Refused("take `database` out of the settings first: it is the SQLite file that is to be used again")
    folder = Path(config.state_dir)
    with app.alone(config):
        moved = run(lambda: stay(folder))
    if not moved:
        raise Refused(f"{folder / FILE} was not moved")
    typer.echo(f"{folder / FILE} is used again. What has come into {moved} since the move is there, and only there.")


def _move(config: Config, to: str) -> None:
    address = _postgresql(to)
    if config.database:
        raise Refused("`database` in the settings names PostgreSQL already: only an installation on SQLite can move")

    folder = Path(config.state_dir)
    if not (folder / FILE).is_file():
        raise NoSuchThing(f"there is no database {folder / FILE}")

    async def work() -> Sequence[Moved]:
        source = await open_store("", folder, makes=False)
        try:
            target = await _opened_for_it(address, folder)
            try:
                with _bar() as progress:
                    moved = await move(source, target, progress)
                await mark_moved(source, target, now())
                return moved
            finally:
                await target.close()
        finally:
            await source.close()

    with app.alone(config):
        moved = run(work)
    rows = [(each.table, each.rows, each.checksum) for each in moved if each.rows]
    print_table(("table", "rows", "checksum"), rows, "There was nothing to move.")
    typer.echo("")
    typer.echo("Every row is in the new database, and the same as in the old one. Now set `database` in the settings")
    typer.echo(f"to that address and start `serve`. The old file stays where it is, {folder / FILE}, and is not used")
    typer.echo("any more; `migrate --undo` goes back to it. Keep a backup of the new database from now on.")


def _postgresql(to: str) -> str:
    """The address, if it is one of PostgreSQL."""
    if not to.startswith(("postgresql://", "postgres://")):
        raise typer.BadParameter("--to must be the address of a PostgreSQL database, like postgresql://user@host/name")
    try:
        return check_database(to)
    except ValueError as error:
        raise typer.BadParameter(f"--to {error}") from None


async def _opened_for_it(address: str, folder: Path) -> Store:
    """What is wrong with it is not wrong with `database` in the settings."""
    try:
        return await open_store(address, folder)
    except StartError as error:
        raise StartError(f"--to: {str(error).removeprefix('database: ')}") from None


@contextmanager
def _bar() -> Iterator[Progress]:
    """A bar for a person who waits."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda table, done, whole: None
        return
    with Bar(console=console, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def show(table: str, done: int, whole: int) -> None:
            if table not in tasks:
                tasks[table] = bar.add_task(table, total=whole)
            bar.update(tasks[table], completed=done)

        yield show
