"""Every table, one after the other: `python -m tests.bench [--quick] [--only NAME]... [--svg FILE]`.

Each bench is a program of its own, so that none finds another's memory.  One that fails is named at the end, and the
others are run all the same; a peer that is not installed is left out, and a line says so.  `--quick` is for a look: a
single round of few mails, 20,000 orders instead of a million.  `--svg` draws the table of the whole way.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.bench.picture import picture
from tests.bench.plan import BENCHES, Bench
from tests.bench.printed import Printed, has_failed, left_out, table_in

WIDTH = "120"  # of the tables, when nobody looks on


@dataclass(frozen=True, slots=True)
class Done:
    """A bench that was run."""

    bench: Bench
    seconds: float
    status: int
    lines: tuple[str, ...]

    @property
    def failed(self) -> bool:
        return self.status != 0 or has_failed(self.lines)


def main() -> None:
    """Run them, and sum up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = [bench.name for bench in BENCHES]
    parser.add_argument("--quick", action="store_true", help="a look in some minutes; the figures say little")
    parser.add_argument("--only", action="append", choices=names, help="this one; may be given several times")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the table of the whole way into this file")
    options = parser.parse_args()
    chosen = [bench for bench in BENCHES if bench.name in (options.only or names)]
    console = Console(soft_wrap=True, highlight=False, markup=False)
    found = []
    for number, bench in enumerate(chosen, 1):
        console.print(f"\n[{number}/{len(chosen)}] {bench.name}: {bench.what}")
        found.append(_run(bench, bench.quick if options.quick else (), console))
    console.print(_summary(found))
    for line in (line for done in found for line in left_out(done.lines)):
        console.print(line)
    if options.svg:
        _draw(options.svg, found, console)
    if failed := [done.bench.name for done in found if done.failed]:
        sys.exit(f"these failed: {', '.join(failed)}")


def _run(bench: Bench, arguments: Sequence[str], console: Console) -> Done:
    """Show what it prints as it comes, and how long it has been at work."""
    command = [sys.executable, "-m", f"tests.bench.{bench.name}", *arguments]
    lines, begun = [], time.monotonic()
    shown = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with (
        Progress(*shown, console=console, transient=True, disable=not console.is_terminal) as progress,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"COLUMNS": WIDTH, "PYTHONIOENCODING": "utf-8"},
        ) as running,
    ):
        progress.add_task(f"{bench.name} at work", total=None)
        assert running.stdout is not None
        for line in running.stdout:
            lines.append(line.rstrip("\n"))
            progress.console.print(lines[-1])
    return Done(bench, time.monotonic() - begun, running.returncode, tuple(lines))


def _summary(found: Sequence[Done]) -> Table:
    table = Table(title=f"{len(found)} benches, {os.cpu_count()} cores, everything on one machine")
    for column in ("bench", "minutes", "outcome"):
        table.add_column(column, justify="right" if column == "minutes" else "left")
    for done in found:
        short = "failed" if done.failed else "some peers left out" if left_out(done.lines) else "done"
        table.add_row(done.bench.name, f"{done.seconds / 60:.1f}", short)
    return table


def _draw(file: Path, found: Sequence[Done], console: Console) -> None:
    whole_way = next((table_in(done.lines) for done in found if done.bench.name == "whole_way"), None)
    if not isinstance(whole_way, Printed):
        sys.exit("there is no table of the whole way to draw")
    file.write_text(picture(whole_way, os.cpu_count() or 1), encoding="utf-8")
    console.print(f"drawn: {file}")


if __name__ == "__main__":
    main()
