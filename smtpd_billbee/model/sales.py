"""Lines of reports.  Each is of one currency; None: the orders name none."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Sales:
    """Orders of a day, a shop, a payment type or a country (`key`).  `unknown`: how many of them name no total."""

    key: str | None
    currency: str | None
    orders: int
    revenue: Decimal
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class ArticleSales:
    """What was sold of an article; `revenue` is the sum of its rows, without shipping."""

    article_id: int
    sku: str
    title: str
    currency: str | None
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Items that belong to no article, and the orders in which they stand."""

    orders: int
    items: int
