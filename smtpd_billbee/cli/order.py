"""order: what the mails became."""

from collections.abc import Sequence
from typing import Annotated

import typer

from smtpd_billbee.cli.context import (
    AsJson,
    Limit,
    OfShop,
    ShopNumber,
    need_shop,
    print_fields,
    print_json,
    print_table,
    run,
    store_of,
)
from smtpd_billbee.errors import NoSuchThing, Refused
from smtpd_billbee.model.order import Address, KeptOrder
from smtpd_billbee.model.reading import amount_text, order_as_json, plain_text
from smtpd_billbee.model.shop import STATES

app = typer.Typer(help="Orders.")

TO_CHECK = "to_check"


def _state(kept: KeptOrder) -> str:
    return TO_CHECK if kept.to_check else STATES[kept.state]


def as_json(kept: KeptOrder) -> dict[str, object]:
    """An order in the words of the reading's JSON, and where it stands."""
    return {
        **order_as_json(kept.order),
        "shop_id": kept.shop_id,
        "state": _state(kept),
        "problems": list(kept.problems),
        "mail_id": kept.mail_id,
    }


@app.command("list")
def list_(
    context: typer.Context,
    shop: OfShop = None,
    state: Annotated[str | None, typer.Option(help=f"{TO_CHECK}, {', '.join(STATES.values())}.")] = None,
    limit: Limit = 100,
    json: AsJson = False,
) -> None:
    """The newest orders."""
    states = {name: number for number, name in STATES.items()}
    if state is not None and state != TO_CHECK and state not in states:
        raise Refused(f"there is no state {state!r}; the states are {TO_CHECK}, {', '.join(states)}")

    async def work() -> Sequence[KeptOrder]:
        async with store_of(context) as store, store.reading() as tx:
            await need_shop(tx, shop)
            wanted = [states[state]] if state in states else []
            to_check = None if state is None else state == TO_CHECK
            return await tx.orders.list(shop, wanted, to_check, limit)

    orders = run(work)
    if json:
        print_json([as_json(kept) for kept in orders])
    else:
        print_orders(orders)


def print_orders(orders: Sequence[KeptOrder]) -> None:
    """Orders as a table."""
    columns = ("shop", "number", "ordered", "customer", "items", "total", "payment", "state", "doubts")
    print_table(columns, [_row(kept) for kept in orders], "There are no orders.")


def _row(kept: KeptOrder) -> tuple[object, ...]:
    order = kept.order
    customer = order.billing_address or order.shipping_address or Address()
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part) or customer.company
    total = f"{amount_text(order.total)} {order.currency or ''}" if order.total is not None else None
    ordered_at = order.ordered_at and order.ordered_at.replace("T", " ")
    doubts = "; ".join(kept.problems)
    return (
        kept.shop_id, order.number, ordered_at, name, len(order.items), total, order.payment_method,
        _state(kept), doubts,
    )  # fmt: skip


@app.command()
def show(
    context: typer.Context,
    shop_id: ShopNumber,
    number: Annotated[str, typer.Argument(help="The order's number.")],
    json: AsJson = False,
) -> None:
    """One order, whole."""

    async def work() -> KeptOrder:
        async with store_of(context) as store, store.reading() as tx:
            kept = await tx.orders.by_number(shop_id, number)
        if kept is None:
            raise NoSuchThing(f"shop {shop_id} has no order {number}")
        return kept

    kept = run(work)
    if json:
        print_json(as_json(kept))
    else:
        _print(kept)


def _print(kept: KeptOrder) -> None:
    document = as_json(kept)
    addresses = {"billing_address", "shipping_address"}
    fields = [(name, value) for name, value in document.items() if name not in addresses | {"items", "problems"}]
    print_fields(fields)
    for name in sorted(addresses):
        address = document[name]
        if isinstance(address, dict):
            typer.echo(f"{name}:")
            typer.echo("  " + ", ".join(f"{key} {value}" for key, value in address.items() if value))
    rows = [
        (plain_text(item.quantity), item.sku, item.title, item.variant, item.unit_price, item.total)
        for item in kept.order.items
    ]
    print_table(("quantity", "sku", "title", "variant", "unit price", "total"), rows, "No items.")
    for problem in kept.problems:
        typer.echo(f"to check: {problem}")
