"""What was found of one item so far."""

from dataclasses import dataclass, field
from decimal import Decimal

CENT = Decimal("0.01")


@dataclass
class Parts:
    """What was found of one item.  `prices`: amounts without a label, left to right."""

    title: str = ""
    sku: str | None = None
    variant: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    total: Decimal | None = None
    tax_rate: Decimal | None = None
    row_discount: str | None = None  # as written: '5 %', '2,00 EUR'
    prices: list[Decimal] = field(default_factory=list)
    any_price: Decimal | None = None  # labelled 'Preis': of one piece or of the row
    quantity_is_loose: bool = False  # read from an 'x' in the line, which may belong to the title
    currency: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    clash: bool = False  # a field that stands twice with two values
    rest: list[str] = field(default_factory=list)
    with_prices: bool = False  # an amount without a label behind its facts is a price
    unread: bool = False  # short lines below the title that nobody understood
    coded: bool = False  # of several lines with a label for the article number just one holds a code
    apart: bool = False  # quantity or price stand on lines of their own
    measured: tuple[Decimal, str] | None = None  # 'Menge: 100 g': how many, or, where that is said, what was chosen
    led: tuple[Decimal, str] | None = None  # a bare number that leads the title, and the title without it
    money_lines: int = 0  # lines that hold an amount

    @property
    def has_price(self) -> bool:
        """Whether any amount was found."""
        return self.unit_price is not None or self.total is not None or bool(self.prices) or self.any_price is not None

    @property
    def is_priced_elsewhere(self) -> bool:
        """Whether the price stands, or can stand, in another line than the one that is read."""
        return self.has_price or not self.with_prices or self.money_lines > 1

    def put(self, name: str, value: Decimal | str) -> None:
        """Set a field once; a second, different value is a clash."""
        known = getattr(self, name)
        if known is None or known == "":
            setattr(self, name, value)
        elif known != value:
            self.clash = True


def plain_number(text: str) -> Decimal:
    """The number as written with a decimal point or comma; whole ones without places."""
    value = Decimal(text.strip().replace(",", "."))
    return value.to_integral_value() if value == value.to_integral_value() else value
