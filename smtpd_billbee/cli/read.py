"""read: what the reader says of mail files.  Needs no server and no database."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from smtpd_billbee import reader
from smtpd_billbee.cli.context import AsJson, print_fields, print_table
from smtpd_billbee.model.reading import Reading, amount_text, plain_text, reading_as_json


def read(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Mail files; - is standard input.")],
    as_json: AsJson = False,
) -> None:
    """Read mail files and print what they say.  With --json: one object per line."""
    failed = False
    for name in files:
        try:
            raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            typer.echo(f"smtpd-billbee: {name}: cannot be opened: {error.strerror}", err=True)
            failed = True
            continue
        reading = reader.read(raw)
        if as_json:
            typer.echo(json.dumps({"file": name, **reading_as_json(reading)}, ensure_ascii=False))
        else:
            _print(name, reading)
    if failed:
        raise typer.Exit(2)


def _print(name: str, reading: Reading) -> None:
    typer.echo(f"{name}: {reading.outcome} ({reading.kind}){': ' + reading.reason if reading.reason else ''}")
    for problem in reading.problems:
        typer.echo(f"  to check: {problem}")
    if reading.order is None:
        return
    document = reading_as_json(reading)["order"]
    print_fields([(f"  {key}", _short(value)) for key, value in document.items() if key != "items"])
    rows = [
        (plain_text(item.quantity), item.sku, item.title, item.variant,
         item.unit_price and amount_text(item.unit_price), item.total and amount_text(item.total))
        for item in reading.order.items
    ]  # fmt: skip
    print_table(("  quantity", "sku", "title", "variant", "unit price", "total"), rows, "  No items.")


def _short(value: object) -> object:
    if isinstance(value, dict):
        return ", ".join(str(each) for each in value.values() if each)
    return value
