"""The command: puts the nouns together, and turns errors into one sentence and an exit status."""

import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from smtpd_billbee import log
from smtpd_billbee.cli.settings import Settings
from smtpd_billbee.errors import ConfigError, Error, StartError

COMMANDS = ("serve", "read", "anonymise", "demo", "doctor", "migrate")
NOUNS = ("config", "account", "shop", "user", "order", "mail", "label", "queue", "import", "dkim")


def application(words: Sequence[str]) -> typer.Typer:
    """The command line.  Its parts take a while to load: where the words name one, it is the only one that is there."""
    app = typer.Typer(
        help="Order mails of shops without an API become orders, and a copy of every mail goes to its owner.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_settings)
    named = words[2:3] if words[:1] == ["--config"] else [word for word in words if not word.startswith("-")][:1]
    wanted = [name for name in (*COMMANDS, *NOUNS) if name in named] or [*COMMANDS, *NOUNS]
    for name in wanted:
        module = import_module(f"smtpd_billbee.cli.{_MODULES.get(name, name)}")
        if name in COMMANDS:
            app.command(name)(getattr(module, name))
        else:
            app.add_typer(module.app, name=name, no_args_is_help=True)
    return app


_MODULES = {"import": "importing"}  # "import" is no name for a module


def _settings(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="TOML file with the settings.", envvar="SMTPD_BILLBEE_CONFIG")
    ] = None,
) -> None:
    """Order mails of shops without an API become orders."""
    context.obj = Settings(config)


def main() -> None:
    """Run the command line.  Exit status 2: usage, config or start; 1: what was asked for cannot be done."""
    os.umask(0o077)  # mails, keys and exports are for whoever runs this, and nobody else on the machine
    log.configure(logging.WARNING)  # a command says what it did by itself; `serve` asks for its diary
    _speak_utf_8()
    words = _config_first(sys.argv[1:])
    try:
        application(words)(args=words)
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
