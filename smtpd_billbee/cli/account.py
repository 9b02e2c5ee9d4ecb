"""account: whose shops they are, and where the copies go."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from smtpd_billbee.cli.context import ACTOR, AsJson, print_json, print_table, run, store_of
from smtpd_billbee.clock import now
from smtpd_billbee.config import AccountSettings, checked
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.shop import Account
from smtpd_billbee.work import owners

app = typer.Typer(help="Accounts: whose shops they are, and where the copies go.")


def _as_json(account: Account) -> dict[str, object]:
    return asdict(account)


def _show(account: Account, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(account))
    else:
        print_table(("setting", "value"), [(name, value) for name, value in _as_json(account).items()], "")


@app.command()
def add(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The registered address: it gets the copies.")],
    name: Annotated[str, typer.Option(help="The owner's name.")] = "",
    language: Annotated[str, typer.Option(help="de or en.")] = "de",
    as_json: AsJson = False,
) -> None:
    """Make an account."""
    settings = checked(AccountSettings, {"email": email, "name": name, "language": language})

    async def work() -> Account:
        async with store_of(context, makes=True) as store:
            return await owners.add_account(store, settings.email, settings.name, settings.language, ACTOR, now())

    account = run(work)
    if as_json:
        print_json(_as_json(account))
    else:
        typer.echo(f"Account {account.id} for {account.email}. Now make a shop: shop add NAME --account {email}")


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every account."""

    async def work() -> list[Account]:
        async with store_of(context) as store, store.reading() as tx:
            return await tx.accounts.all()

    accounts = run(work)
    if as_json:
        print_json([_as_json(account) for account in accounts])
    else:
        rows = [(account.id, account.email, account.name, account.language) for account in accounts]
        print_table(("id", "address", "name", "language"), rows, "There are no accounts yet: account add EMAIL")


@app.command("set")
def set_(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="The registered address.")],
    changes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="name, language, second_email.")],
    as_json: AsJson = False,
) -> None:
    """Change settings of an account."""
    values = _values(email, changes)

    async def work() -> Account:
        async with store_of(context) as store:
            async with store.reading() as tx:
                account = await tx.accounts.by_email(email)
            if account is None:
                raise NoSuchThing(f"there is no account with the address {email}")
            return await owners.change_account(store, replace(account, **values), ACTOR, now())  # type: ignore[arg-type]

    _show(run(work), as_json)


_KEYS = ("name", "language", "second_email")


def _values(email: str, changes: list[str]) -> dict[str, str]:
    """The changes as checked values; the config's own rules hold for them."""
    given: dict[str, str] = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or key not in _KEYS:
            raise Refused(f"{change!r} is not KEY=VALUE with one of the keys {', '.join(_KEYS)}")
        given[key] = value
    settings = checked(AccountSettings, {"email": email, **given})
    return {key: getattr(settings, key) for key in given}
