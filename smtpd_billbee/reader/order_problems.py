"""What is wrong with an order, whoever has read or written it: sums that do not come out, nobody to send it to."""

from decimal import Decimal

from smtpd_billbee.model.order import Order
from smtpd_billbee.reader.items import items_sum
from smtpd_billbee.reader.sums import TOLERANCE, sum_of


def sums_problems(order: Order) -> list[str]:
    """Where the sums do not come out."""
    problems = []
    items = items_sum(order.items)
    zero = Decimal(0)
    if items is None:
        return [] if order.total is None else ["an item has no price, so the sum cannot be checked"]
    rounding = max(TOLERANCE, Decimal("0.005") * len(order.items))
    tax = order.tax_total or zero
    if order.subtotal is not None and abs(items - order.subtotal) > rounding:
        with_tax = [items - (order.discount or zero), items - tax, items + tax, items + sum_of(_amounts(order))]
        if not any(abs(each - order.subtotal) <= rounding for each in with_tax):
            problems.append(f"the items come to {items:.2f}, the subtotal says {order.subtotal:.2f}")
    if order.total is None:
        return problems
    due = items + sum_of(_amounts(order))
    on_top = order.prices_include_tax is False
    if abs(due + (tax if on_top else zero) - order.total) > rounding:
        problems.append(_sentence(order, items, tax if on_top else zero))
    return problems


def _amounts(order: Order) -> dict[str, Decimal]:
    return {
        name: value
        for name in ("shipping_cost", "payment_fee", "discount")
        if (value := getattr(order, name)) is not None
    }


def cost_problems(order: Order) -> list[str]:
    """Nobody is paid for being sent something."""
    costs = (("shipping cost", order.shipping_cost), ("payment fee", order.payment_fee))
    return [f"the {word} is below zero" for word, cost in costs if cost is not None and cost < 0]


def _sentence(order: Order, items: Decimal, tax: Decimal) -> str:
    said = [f"items {items:.2f}"]
    due = items + sum_of(_amounts(order)) + tax
    for word, name in (("+ shipping", "shipping_cost"), ("+ fee", "payment_fee"), ("- discount", "discount")):
        if value := getattr(order, name):
            said.append(f"{word} {value:.2f}")
    if tax:
        said.append(f"+ tax {tax:.2f}")
    return f"{' '.join(said)} = {due:.2f}, but the total says {order.total:.2f}"


def address_problems(order: Order) -> list[str]:
    """An order needs somebody to send it to."""
    address = order.shipping_address or order.billing_address
    if address is None:
        return ["no address was found"]
    missing = [word for word, there in (
        ("a name", address.last_name or address.company or address.first_name),
        ("a street", address.street or address.addition),
        ("a town", address.city or address.state),
    ) if not there]  # fmt: skip
    if (
        missing
        and order.billing_address
        and order.shipping_address is None
        and not address.postcode
        and not address.city
        and not address.street
    ):
        return ["no postal address was found"]
    return [f"the address has no {' and no '.join(word.split()[-1] for word in missing)}"] if missing else []


def quantity_problems(order: Order) -> list[str]:
    """Nobody orders nothing, or less."""
    return ["an item has no quantity"] if any(item.quantity <= 0 for item in order.items) else []
