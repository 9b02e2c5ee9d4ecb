"""Articles: what shops sell, known by SKU; and the figures of a price and an EAN as people write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from smtpd_billbee.model.shop import sku_key

LONGEST_KEY = 200
LONGEST_TITLE = 1000


@dataclass(frozen=True, slots=True)
class ArticleFields:
    """What the owner may write of an article."""

    sku: str
    title: str
    ean: str | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article of an account."""

    id: int
    account_id: int
    fields: ArticleFields


@dataclass(frozen=True, slots=True)
class Recognition:
    """By what an account's items find their articles: Billbee recommends the SKU or the EAN, not the title."""

    by_sku: bool = True
    by_ean: bool = False
    by_title: bool = False


@dataclass(frozen=True, slots=True)
class ArticleSource:
    """A SKU as a shop writes it."""

    shop_id: int
    shop: str
    source: str


@dataclass(frozen=True, slots=True)
class ArticleMonth:
    """What was sold of an article in a month ('2026-03'), for each currency."""

    month: str
    currency: str | None
    quantity: Decimal
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class ArticleOrder:
    """An order in which an article stands."""

    id: int
    number: str
    shop: str
    day: date
    state: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class StrayTitle:
    """Items without article that have the same title."""

    account_id: int
    title: str
    items: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class StrayItem:
    """One item without article, and the order in which it stands."""

    id: int
    account_id: int
    order_id: int
    number: str
    shop: str
    title: str
    variant: str | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class OtherTitle:
    """A SKU that came with another title than its article's, and nobody has said yet what that means."""

    id: int
    account_id: int
    article: Article
    title: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class BoundTitle:
    """Items with this title, and with this SKU or ('') none, are an article's, as somebody has said."""

    id: int
    article_id: int
    sku_key: str
    title: str


def title_key(title: str) -> str:
    """What makes two titles the same: case and runs of blanks do not count."""
    return sku_key(title)[:LONGEST_KEY]


def is_ean(code: str) -> bool:
    """GTIN-8, -12, -13 or -14 with the right check digit (GS1 General Specifications 7.9)."""
    if not (code.isascii() and code.isdigit() and len(code) in (8, 12, 13, 14)):
        return False
    *digits, check = map(int, code)
    weighted = sum(digit * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return (10 - weighted % 10) % 10 == check


def price_of(text: str) -> Decimal:
    """A price as people write it: '12,90', '1.234,50', '1,234.50 €'.  Raises ValueError, also for '1.234'."""
    bare = re.sub(r"[\s€$£]|EUR|USD|CHF|GBP", "", text[:40])
    if not re.fullmatch(r"\d{1,10}([.,]\d{1,2})?|\d{1,3}(\.\d{3})+(,\d{1,2})|\d{1,3}(,\d{3})+(\.\d{1,2})", bare):
        raise ValueError(text)
    cents = re.search(r"[.,](\d{1,2})$", bare)
    whole = bare[: cents.start()] if cents else bare
    return Decimal(f"{re.sub('[.,]', '', whole)}.{cents[1] if cents else '0'}").quantize(Decimal("0.01"))
