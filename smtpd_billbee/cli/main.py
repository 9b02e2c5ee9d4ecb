"""The command: puts the nouns together, and turns errors into one sentence and an exit status."""

import io
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from smtpd_billbee import log
from smtpd_billbee.cli import (
    account,
    anonymise,
    config,
    demo,
    doctor,
    importing,
    label,
    mail,
    order,
    queue,
    read,
    serve,
    shop,
    user,
)
from smtpd_billbee.cli.context import Settings
from smtpd_billbee.errors import ConfigError, Error, StartError

app = typer.Typer(
    help="Order mails of shops without an API become orders, and a copy of every mail goes to its owner.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("read")(read.read)
app.command("anonymise")(anonymise.anonymise)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
for noun in (config, account, shop, user, order, mail, label, queue):
    app.add_typer(noun.app, name=noun.__name__.rpartition(".")[2], no_args_is_help=True)
app.add_typer(importing.app, name="import", no_args_is_help=True)  # "import" is no name for a module


@app.callback()
def settings(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with the settings.", envvar="SMTPD_BILLBEE_CONFIG")
    ] = None,
) -> None:
    """Order mails of shops without an API become orders."""
    context.obj = Settings(config)


def main() -> None:
    """Run the command line.  Exit status 2: usage, config or start; 1: what was asked for cannot be done."""
    log.configure(logging.WARNING)  # a command says what it did by itself; `serve` asks for its diary
    _speak_utf_8()
    try:
        app(args=_config_first(sys.argv[1:]))
    except Error as error:
        typer.echo(f"smtpd-billbee: {error}", err=True)
        sys.exit(2 if isinstance(error, (ConfigError, StartError)) else 1)
    except BrokenPipeError:  # `smtpd-billbee order list | head`
        sys.stderr.close()
        sys.exit(1)


def _speak_utf_8() -> None:
    """JSON is UTF-8 (RFC 8259, 8.1) whatever the locale says; half a character of a mail becomes JSON's own escape."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="backslashreplace")


def _config_first(words: list[str]) -> list[str]:
    """`serve --config FILE` means `--config FILE serve`: the option holds for the whole command."""
    for index, word in enumerate(words):
        if word == "--":
            break
        if word == "--config" and index + 1 < len(words):
            return [*words[index : index + 2], *words[:index], *words[index + 2 :]]
        if word.startswith("--config="):
            return [word, *words[:index], *words[index + 1 :]]
    return words
