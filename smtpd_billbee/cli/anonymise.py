"""anonymise: a mail with invented persons, for a bug report.  Needs no server and no database."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from smtpd_billbee import reader

File = Annotated[str, typer.Argument(metavar="FILE", help="The mail's file; - is standard input.")]
Output = Annotated[Path | None, typer.Option(help="Where the new mail goes; else to standard output.")]


def anonymise(file: File, output: Output = None) -> None:
    """Write the same mail with invented persons, numbers and addresses.

    Exit status 0: all that is known to be personal was replaced, and the new mail reads as the old one did. 1: look at
    what standard error says; if something personal would still stand in the mail, none is written.
    """
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        typer.echo(f"smtpd-billbee: {file}: cannot be opened: {error.strerror}", err=True)
        raise typer.Exit(2) from None
    found = reader.anonymise(raw)
    if found.mail is not None:
        _write(found.mail, output)
    for doubt in found.doubts:
        typer.echo(f"smtpd-billbee: {file}: {doubt}", err=True)
    if found.doubts:
        raise typer.Exit(1)


def _write(mail: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(mail)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(mail)
    except OSError as error:
        typer.echo(f"smtpd-billbee: {output}: cannot be written: {error.strerror}", err=True)
        raise typer.Exit(2) from None
