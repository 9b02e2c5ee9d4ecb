"""shop: the internal number, the import address, the settings."""

from dataclasses import asdict
from typing import Annotated

import typer

from smtpd_billbee.cli.context import (
    ACTOR,
    LARGEST,
    AsJson,
    ShopNumber,
    need_shop,
    print_fields,
    print_json,
    print_table,
    run,
    store_of,
)
from smtpd_billbee.clock import now
from smtpd_billbee.config import ShopSettings, checked
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.formats.addresses import with_secret
from smtpd_billbee.model.shop import Shop, ShopRules, import_address
from smtpd_billbee.model.trust import Mark, Policy, Sort
from smtpd_billbee.store.trust import KeptMark
from smtpd_billbee.work import owners, senders

EVERYBODY = "whoever knows or guesses the address can make orders in this shop; choose that in a closed network only"

app = typer.Typer(help="Shops: the internal number, the import address, the settings.")


def _as_json(context: typer.Context, shop: Shop) -> dict[str, object]:
    domain = context.obj.config.smtp.domains[0]
    addresses = {"address": import_address(shop.id, domain), "json_address": import_address(shop.id, domain, "json")}
    if shop.secret:
        addresses["secret_address"] = with_secret(addresses["address"], shop.secret)
    return {"id": shop.id, **addresses, "account": shop.account_email, **asdict(shop.rules)}


def _show(context: typer.Context, shop: Shop, as_json: bool) -> None:
    document = _as_json(context, shop)
    if as_json:
        print_json(document)
    else:
        print_fields(
            [(name, str(value).lower() if isinstance(value, bool) else value) for name, value in document.items()]
        )


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Any name.")],
    account: Annotated[str, typer.Option(help="The registered address of its account.")],
    number: Annotated[
        int | None, typer.Option("--id", help="The internal number; else the next free.", min=1, max=LARGEST)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a shop and print its import address."""
    settings = checked(ShopSettings, {"id": number or 1, "name": name})

    async def work() -> Shop:
        async with store_of(context, makes=True) as store:
            return await owners.add_shop(store, number, account, settings.name, ACTOR, now())

    _show(context, run(work), as_json)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Every shop."""

    async def work() -> list[Shop]:
        async with store_of(context) as store, store.reading() as tx:
            return await tx.shops.all()

    shops = [_as_json(context, shop) for shop in run(work)]
    if as_json:
        print_json(shops)
    else:
        rows = [(shop["id"], shop["name"], shop["account"], shop["address"]) for shop in shops]
        print_table(("id", "name", "account", "address"), rows, "There are no shops yet: shop add NAME --account EMAIL")


@app.command()
def show(context: typer.Context, number: ShopNumber, as_json: AsJson = False) -> None:
    """One shop with its settings."""

    async def work() -> Shop:
        async with store_of(context) as store, store.reading() as tx:
            shop = await tx.shops.get(number)
        if shop is None:
            raise NoSuchThing(f"there is no shop with the number {number}")
        return shop

    _show(context, run(work), as_json)


@app.command("set")
def set_(
    context: typer.Context,
    number: ShopNumber,
    changes: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="Settings; see `shop show`.")],
    as_json: AsJson = False,
) -> None:
    """Change settings of a shop."""
    values = _values(number, changes)

    async def work() -> Shop:
        async with store_of(context) as store:
            return await owners.change_shop(store, number, values, ACTOR, now())

    shop = run(work)
    if shop.rules.trust == Policy.EVERYBODY and "trust" in values:
        typer.echo(f"warning: {EVERYBODY}", err=True)
    _show(context, shop, as_json)


@app.command()
def secret(
    context: typer.Context,
    number: ShopNumber,
    drop: Annotated[bool, typer.Option("--drop", help="Take it away: the plain address is the only one.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a secret for the shop's import address, or another one; the plain address stays."""

    async def work() -> Shop | None:
        async with store_of(context) as store:
            if drop:
                await senders.drop_secret(store, number, ACTOR, now())
            else:
                await senders.renew_secret(store, number, ACTOR, now())
            async with store.reading() as tx:
                return await tx.shops.get(number)

    if shop := run(work):
        _show(context, shop, as_json)


@app.command("senders")
def senders_(context: typer.Context, number: ShopNumber, as_json: AsJson = False) -> None:
    """By what the shop knows its senders: allowed by hand, or learnt from proved mails."""

    async def work() -> list[KeptMark]:
        async with store_of(context) as store, store.reading() as tx:
            await need_shop(tx, number)
            return await tx.trust.marks(number)

    kept = run(work)
    if as_json:
        print_json([asdict(each.mark) | {"number": each.id, "by": each.actor} for each in kept])
        return
    rows = [(each.id, each.mark.sort, each.mark.value, each.mark.via, each.actor) for each in kept]
    print_table(("number", "by its", "which is", "through", "made by"), rows, "No sender is known yet.")


@app.command()
def allow(
    context: typer.Context,
    number: ShopNumber,
    sender: Annotated[
        str, typer.Argument(help="An address, a domain with all addresses below it, or a site: https://...")
    ],
) -> None:
    """Import this sender's orders unasked, whenever they are proved to be his."""

    async def work() -> Mark:
        async with store_of(context) as store:
            return await senders.allow(store, number, sender, ACTOR, now())

    mark = run(work)
    proof = "in mails that Jimdo has signed and that name no other" if mark.sort is Sort.HOST else ""
    typer.echo(f"Allowed: {mark.sort} {mark.value}, {proof or 'whenever DKIM, SPF or DMARC prove it'}.")


@app.command()
def forget(
    context: typer.Context,
    number: ShopNumber,
    sender: Annotated[int, typer.Argument(help="Its number in `shop senders`.", min=1, max=LARGEST)],
) -> None:
    """Know a sender no more."""

    async def work() -> Mark:
        async with store_of(context) as store:
            return await senders.forget(store, number, sender, ACTOR, now())

    mark = run(work)
    typer.echo(f"Forgotten: {mark.sort} {mark.value}.")


def _values(number: int, changes: list[str]) -> dict[str, object]:
    """The changes as checked values; the config's own rules hold for them."""
    known = list(ShopRules.__dataclass_fields__)
    given: dict[str, str] = {}
    for change in changes:
        key, equals, value = change.partition("=")
        if not equals or key not in known:
            raise Refused(f"{change!r} is not KEY=VALUE with one of the keys {', '.join(known)}")
        given[key] = value
    settings = checked(ShopSettings, {"id": number, "name": "any", **given})
    return {key: getattr(settings, key) for key in given}
