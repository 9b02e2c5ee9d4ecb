"""dkim: the key that signs our own mails, and the record that DNS must have for it."""

import re
from typing import Annotated

import typer

from smtpd_billbee.cli.context import AsJson, print_json
from smtpd_billbee.config import Config
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.work import signing

app = typer.Typer(help="The key that signs our own mails (DKIM), and its record for DNS.")

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


@app.command()
def create(
    context: typer.Context,
    selector: Annotated[str, typer.Option(help="The name of the key below _domainkey.")] = "billbee",
    domain: Annotated[str, typer.Option(help="The domain that signs; else that of the copies' sender.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Replace the key that is there; its record no longer fits.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a key, keep it in the state folder, and print the record to set."""
    config: Config = context.obj.config
    name, below = (domain or config.sender_domain).lower(), selector.lower()
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(below) or len(f"{below}._domainkey.{name}") > 253:
        said = "the domain and the selector must be names that DNS can have, like xn--bcher-kva.example"
        raise Refused(said)
    _show(signing.create_key(config.state_dir, name, below, force=force), as_json)
    if not as_json:
        typer.echo("\nSet it, then start the server again: it signs from then on.  `doctor` asks DNS for it.")


@app.command()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print the record of the key that is there."""
    key = signing.key_in(context.obj.config.state_dir)
    if key is None:
        raise NoSuchThing("there is no key: dkim create makes one")
    _show(key, as_json)


def _show(key: signing.OwnKey, as_json: bool) -> None:
    strings = signing.record_strings(key.record)
    if as_json:
        print_json({"name": key.name, "type": "TXT", "value": key.record, "strings": strings})
        return
    typer.echo(
        f"The record for DNS, of the type TXT, at the name\n\n  {key.name}\n\nwith the value\n\n  {key.record}\n"
    )
    typer.echo("As a zone file has it:\n")
    typer.echo(f"  {key.name}. IN TXT ( " + "\n    ".join(f'"{string}"' for string in strings) + " )")
