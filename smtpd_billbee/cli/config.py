"""config: look at the settings."""

import typer

from smtpd_billbee import config as settings
from smtpd_billbee import preflight

app = typer.Typer(help="The settings.")


@app.command()
def check(context: typer.Context) -> None:
    """Say whether the settings can be used; exit status 2 if not."""
    config = context.obj.config
    preflight.check(config)
    shops = sum(len(account.shops) for account in config.accounts)
    typer.echo(f"The settings are fine. Declared accounts: {len(config.accounts)}; shops: {shops}.")


@app.command()
def example() -> None:
    """Print every setting with its default and its meaning."""
    typer.echo(settings.example(), nl=False)
