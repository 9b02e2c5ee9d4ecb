"""Rows of an order file become orders; every doubt names its line.  An order is read whole or not at all.

The form of Jimdo's export (jimdo.md 3.3): one row for each position, in which the order's own columns repeat.  Shipping
cost stands on every row or on the first only, and counts once.  Words stay words here: country, currency and payment
are as the file writes them, a street has its house number in it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import ROUND_HALF_UP, Decimal

from smtpd_billbee.formats.order_dates import moment, month_first
from smtpd_billbee.formats.order_files import Complaint, OrderFile, Row
from smtpd_billbee.formats.order_numbers import decimal_mark, number
from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.vat import VatMode

_SHOWN = 40
LONGEST_NUMBER = 190  # the database takes 200; " (2)" must fit, too
_AMOUNTS = (
    "unit_gross", "unit_net", "row_gross", "row_net", "shipping_gross", "shipping_net", "payment_fee",
)  # fmt: skip
_NUMBERS = (*_AMOUNTS, "quantity", "tax_rate")
_DATES = ("ordered_at", "shipped_at", "birth_date")
_ADDRESS = tuple(field.name for field in fields(Address))
_OF_AN_ADDRESS = ("company", "last_name", "street", "postcode", "city")  # with none of them, there is no address
_CENT = Decimal("0.01")
_FINE = Decimal("0.0001")
_HALF_A_CENT = Decimal("0.005")
_A_TENTH_OF_A_CENT = Decimal("0.001")
_CANCELLED = re.compile(
    r"storn|cancel|widerruf|erstatt|refund|annul|rembours|anulad|anulow|annull|geannul|rimbors|отмен", re.IGNORECASE
)
_TWO_WAYS = re.compile(r"\D{0,5}\d{1,3}[.,]\d{3}\D{0,5}")  # '1.234' where no other number of the file tells
_DIGITS_AND_MARKS = "0123456789.,'’+-−–%() \t\xa0\u202f"
_COUNTED = re.compile(r"(?<![\w.,])\d{1,4}\s?[x×]\s+[^\W\d]")  # '2 x Tasse, 1 x Teller', but not '50 x 70 cm'

_WORDS = {
    "number": "order number", "title": "article", "quantity": "quantity", "tax_rate": "VAT rate",
    "unit_gross": "gross unit price", "unit_net": "net unit price", "row_gross": "gross price", "row_net": "net price",
    "shipping_gross": "shipping cost", "shipping_net": "net shipping cost", "payment_fee": "payment fee",
    "discount": "discount", "order_total": "order total", "currency": "currency", "ordered_at": "order date",
    "shipped_at": "shipping date", "birth_date": "birth date", "vat_id": "VAT id",
    "payment_method": "payment method", "customer_number": "customer number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FiledOrder:
    """An order of a file, which begins in `line`; it is imported as 'to check' where there are doubts.

    `signs`: what stands beside its amounts, such as '€'; `names`: whole names of addresses, by 'billing', 'shipping'.
    """

    line: int
    order: Order
    shipped_at: str | None = None
    doubts: tuple[Complaint, ...] = ()
    signs: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FiledOrders:
    """What a file holds.  `failed`: the lines in which orders begin that could not be read, as `complaints` say.

    `unused`: the names of columns that were not understood.
    """

    format: str
    orders: tuple[FiledOrder, ...]
    complaints: tuple[Complaint, ...]
    failed: tuple[int, ...] = ()
    unused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Habit:
    """How the file writes numbers and dates."""

    mark: str
    months_lead: bool


def orders_of(file: OrderFile, vat_mode: VatMode = VatMode.SHOWN) -> FiledOrders:
    """The orders of a file in the sequence of their first rows."""
    habit = _habit(file.rows)
    found: list[FiledOrder] = []
    complaints = [each for each in file.complaints if not file.rows or each.line is None]
    failed: list[int] = []
    for rows in _grouped(file.rows):
        order = _OrderRows(rows, habit, vat_mode)
        read = order.read()
        complaints += [Complaint(each.line, f"{order.title} is not imported: {each.text}") for each in order.failures]
        complaints += [Complaint(row.line, row.broken) for row in rows if row.broken and "number" not in row.cells]
        if read is not None:
            found.append(read)
        elif order.failures:
            failed.append(rows[0].line)
    complaints.sort(key=lambda each: each.line or 0)
    return FiledOrders(file.format, tuple(found), tuple(complaints), tuple(failed), file.unused)


def _habit(rows: Sequence[Row]) -> _Habit:
    amounts = [row.cells[name] for row in rows for name in _NUMBERS if name in row.cells]
    dates = [row.cells[name] for row in rows for name in _DATES if name in row.cells]
    american = {"USD"} == {row.cells.get("currency") for row in rows}
    return _Habit(decimal_mark(amounts), month_first(dates, american))


def _grouped(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each order; one without a number is a doubt about the order above it, to which it may belong."""
    groups: dict[str, list[Row]] = {}
    above: list[Row] = groups.setdefault("", [])  # rows above the first number
    for row in rows:
        name = _order_number(row)
        if name:
            above = groups.setdefault(name, [])
        above.append(row)
    return [group for group in groups.values() if group]


_WHOLE_AS_DECIMAL = re.compile(r"(\d+)\.0")  # as table programs write a number that they take for one


def _order_number(row: Row) -> str:
    """The number as a mail of the same order gives it: without '#' before it."""
    number = " ".join(row.cells.get("number", "").split()).lstrip("# ")
    return found[1] if (found := _WHOLE_AS_DECIMAL.fullmatch(number)) else number


class _OrderRows:
    """The rows of one order, and what is wrong with them."""

    def __init__(self, rows: Sequence[Row], habit: _Habit, vat_mode: VatMode) -> None:
        self._rows = [row for row in rows if row.cells.get("number")]
        self._loose = [row for row in rows if not row.cells.get("number")]
        self._habit = habit
        self._vat_mode = vat_mode
        self.doubts: list[Complaint] = []
        self.failures: list[Complaint] = []

    @property
    def title(self) -> str:
        """'order 1042', as complaints say it."""
        return f"order {_order_number(self._rows[0])[:_SHOWN]}" if self._rows else "an order"

    def read(self) -> FiledOrder | None:
        """The order; None where it has failed, or where no row has its number."""
        self.failures = [Complaint(row.line, row.broken) for row in self._rows if row.broken]
        if self.failures or not self._rows:
            return None
        self._doubt_rows()
        order = self._order()
        if self.failures:
            return None
        self._doubt_totals(order)
        names = {whose: name for whose in ("billing", "shipping") if (name := self._part(whose, "full_name"))}
        line, shipped_at = self._rows[0].line, self._date("shipped_at")
        return FiledOrder(line, order, shipped_at, tuple(self.doubts), self._signs(), names)

    def _order(self) -> Order:
        basis = self._basis()
        items = tuple(item for row in self._rows if (item := self._item(row, basis)))
        birth_date = self._date("birth_date")
        return Order(
            number=self._number(),
            ordered_at=self._date("ordered_at"),
            currency=self._currency(),
            payment_method=self._once("payment_method"),
            billing_address=self._address("billing"),
            shipping_address=self._address("shipping"),
            items=items,
            shipping_cost=self._shipping(basis),
            payment_fee=self._cost("payment_fee") or None,  # a fee of 0,00 is none
            discount=self._discount(),
            total=self._cost("order_total") if basis == "gross" else None,
            prices_include_tax=basis == "gross" if self._vat_mode is VatMode.SHOWN else None,
            note=self._note(),
            customer_number=self._once("customer_number"),
            vat_id=self._once("vat_id"),
            birth_date=birth_date[:10] if birth_date else None,
        )

    def _doubt_rows(self) -> None:
        for row in self._rows:
            for text in row.doubts:
                self._doubt(row, text)
        self._doubt_repeated_rows()
        self._doubt_status()
        for row in self._loose:
            self._doubt(row, f"it may lack a position: line {row.line} has no order number")

    def _doubt_repeated_rows(self) -> None:
        """Two exports in one file double every order.  Two equal rows one below the other are two positions."""
        seen: dict[frozenset[tuple[str, str]], Row] = {}
        above: Row | None = None
        for row in self._rows:
            before = seen.setdefault(frozenset(row.cells.items()), row)
            if before is not row and (before is not above or row.line > max(above.last, above.line) + 1):
                self._doubt(row, f"this line repeats line {before.line}: the order may stand in the file twice")
                break
            above = row

    def _doubt_status(self) -> None:
        for row in self._rows:
            if _CANCELLED.search(row.cells.get("status", "")[:_SHOWN]):
                self._doubt(row, "its status says that the order was cancelled or paid back")
                break

    def _doubt_totals(self, order: Order) -> None:
        """A column 'Total' may mean the line, the items or the order; where it is none of them, something lacks."""
        prices = [item.total for item in order.items if item.total is not None]
        if len(prices) < len(order.items):
            return
        whole = sum(prices, Decimal(0))
        costs = (order.shipping_cost or 0) + (order.payment_fee or 0)
        known = [*prices, whole, whole + costs, whole + costs - (order.discount or 0), whole - (order.discount or 0)]
        for row in self._rows:
            said = number(row.cells.get("some_total", ""), self._habit.mark)
            if said is not None and not any(abs(said - each) < 2 * _CENT for each in known):
                self._doubt(row, f"a total of {said:f} is said, which is neither the line's price nor the order's")
                break

    def _currency(self) -> str | None:
        """What its column says, else the one sign beside its amounts."""
        signs = self._signs()
        return self._once("currency") or (signs[0] if len(signs) == 1 else None)

    def _signs(self) -> tuple[str, ...]:
        cells = (row.cells[name] for row in self._rows for name in _AMOUNTS if name in row.cells)
        return tuple(dict.fromkeys(sign for cell in cells if (sign := cell.strip(_DIGITS_AND_MARKS))))

    def _discount(self) -> Decimal | None:
        """A discount on the whole order; written with a minus or without."""
        for row in self._rows:
            text = row.cells.get("discount", "0")
            if "%" in text or number(text, self._habit.mark) is None:
                self._doubt(row, f"the discount {text[:_SHOWN]!r} is no amount and was not taken")
                return None
        cost = self._cost("discount")
        return abs(cost) if cost else None

    def _number(self) -> str:
        name = _order_number(self._rows[0])
        if len(name) > LONGEST_NUMBER:
            self._fail(self._rows[0], f"the order number has more than {LONGEST_NUMBER} characters")
        return name

    def _basis(self) -> str:
        """Gross or net prices: what every row has, first of all what the customer pays by this VAT mode."""
        paid = ("net", "gross") if self._vat_mode in (VatMode.INTRA_EU, VatMode.EXPORT) else ("gross", "net")
        for basis in paid:
            if all({f"unit_{basis}", f"row_{basis}"} & row.cells.keys() for row in self._rows):
                return basis
        return paid[0]

    def _item(self, row: Row, basis: str) -> Item | None:
        title, quantity = _words_of(row, "title"), self._quantity(row)
        if title is None:
            self._fail(row, "the line has no article")
        if title is None or quantity is None:
            return None
        if len(_COUNTED.findall(title)) > 1:
            self._doubt(row, "the article's cell seems to name several articles")
        unit, total = self._value(row, f"unit_{basis}"), self._value(row, f"row_{basis}")
        rate = self._rate(row)
        if unit is None and total is None:
            self._doubt(row, "the line has no price")
        self._check_cents(row, total if total is not None else unit and unit * quantity)
        self._check_product(row, quantity, unit, total)
        self._check_tax(row, quantity, rate)
        return Item(
            title=title,
            quantity=quantity,
            sku=_words_of(row, "sku"),
            variant=_words_of(row, "variant"),
            unit_price=_rounded(unit if unit is not None else _exact_part(total, quantity)),
            total=_rounded(total if total is not None else unit and unit * quantity),
            tax_rate=rate if self._vat_mode is VatMode.SHOWN else Decimal(0),
        )

    def _quantity(self, row: Row) -> Decimal | None:
        if "quantity" not in row.cells:
            self._fail(row, "the line has no quantity")
            return None
        quantity = self._value(row, "quantity")
        if quantity is not None and quantity <= 0:
            self._fail(row, "the quantity is not above zero")
        return quantity.quantize(_FINE).normalize() + 0 if quantity is not None else None

    def _rate(self, row: Row) -> Decimal | None:
        rate = self._value(row, "tax_rate")
        if rate is not None and 0 < rate < 1 and "%" not in row.cells["tax_rate"]:
            rate *= 100  # Excel keeps 19 % as 0.19
        if rate is not None and not 0 <= rate < 100:
            self._doubt(row, "the VAT rate is no per cent")
            return None
        return rate.quantize(_FINE).normalize() + 0 if rate is not None else None

    def _value(self, row: Row, field: str) -> Decimal | None:
        text = row.cells.get(field)
        if text is None:
            return None
        value = number(text, self._habit.mark)
        if value is None:
            why = "can be read in two ways" if _TWO_WAYS.fullmatch(text) else "cannot be read as a number"
            self._fail(row, f"the {_WORDS[field]} {text[:_SHOWN]!r} {why}")
        return value

    def _check_cents(self, row: Row, total: Decimal | None) -> None:
        """What is paid has two decimals; a table program's 19.799999999999997 has, too."""
        if total is not None and abs(total - total.quantize(_CENT, ROUND_HALF_UP)) > _A_TENTH_OF_A_CENT / 2:
            self._doubt(row, f"the price {total.normalize():f} has more than two decimals")

    def _check_product(self, row: Row, quantity: Decimal, unit: Decimal | None, total: Decimal | None) -> None:
        """Quantity x unit price is the row's price; a unit price is rounded to half a cent for each piece."""
        if unit is None or total is None or abs(quantity * unit - total) < (quantity + 1) * _HALF_A_CENT:
            return
        self._doubt(row, f"{quantity:f} x {unit:f} is {_rounded(quantity * unit):f}, the line says {total:f}")

    def _check_tax(self, row: Row, quantity: Decimal, rate: Decimal | None) -> None:
        """Net price and VAT make the gross price, within the rounding of each piece."""
        if self._vat_mode is not VatMode.SHOWN or rate is None:
            return
        net, gross = self._value(row, "row_net"), self._value(row, "row_gross")
        if net is None or gross is None:
            return
        factor = 1 + rate / 100
        if abs(net * factor - gross) >= (quantity + 2) * _HALF_A_CENT * factor:
            self._doubt(row, f"{net:f} net with {rate:f} % VAT is {_rounded(net * factor):f}, the line says {gross:f}")

    def _shipping(self, basis: str) -> Decimal | None:
        cost = self._cost(f"shipping_{basis}")
        other = "net" if basis == "gross" else "gross"
        if cost is None and (there := [row for row in self._rows if self._value(row, f"shipping_{other}")]):
            self._doubt(there[0], f"the shipping cost is said {other} only and was not taken")
        return cost

    def _cost(self, field: str) -> Decimal | None:
        """A cost of the whole order, whether it stands on each row or on one; rows that disagree are a doubt."""
        values = [(row, value) for row in self._rows if (value := _rounded(self._value(row, field))) is not None]
        charged = [(row, value) for row, value in values if value]
        if not charged:
            return values[0][1] if values else None
        first, cost = charged[0]
        for row, value in charged[1:]:
            if value != cost:
                words = _WORDS[field]
                self._doubt(row, f"the {words} is {value:f} here and {cost:f} in line {first.line}; {cost:f} was taken")
                break
        return cost

    def _once(self, field: str, words: str | None = None) -> str | None:
        """What the order's rows say about the order itself; a row that says something else is a doubt."""
        value: str | None = None
        for row in self._rows:
            text = _words_of(row, field)
            if value is None and text:
                value, first = text, row
            elif text and text != value:
                words = words or _WORDS.get(field, field)
                self._doubt(row, f"the {words} is not the same as in line {first.line}, which was taken")
                break
        return value

    def _date(self, field: str) -> str | None:
        text = self._once(field)
        if text is None:
            return None
        found = moment(text, self._habit.months_lead)
        if found is None:
            row = next(row for row in self._rows if field in row.cells)
            self._doubt(row, f"the {_WORDS[field]} {text[:_SHOWN]!r} cannot be read as a date")
        return found

    def _address(self, whose: str) -> Address | None:
        values = {name: self._part(whose, name) for name in _ADDRESS}
        there = any(values[name] for name in _OF_AN_ADDRESS) or any(
            f"{whose}.full_name" in row.cells for row in self._rows
        )
        return Address(**values) if there else None

    def _part(self, whose: str, name: str) -> str | None:
        return self._once(f"{whose}.{name}", f"{whose} address ({name.replace('_', ' ')})")

    def _note(self) -> str | None:
        """Jimdo's file has no remark on the order itself, only one with each address."""
        notes = [note for whose in ("billing", "shipping") if (note := self._part(whose, "note"))]
        return "\n".join(dict.fromkeys(notes)) or None

    def _doubt(self, row: Row, text: str) -> None:
        self.doubts.append(Complaint(row.line, text))

    def _fail(self, row: Row, text: str) -> None:
        complaint = Complaint(row.line, text)
        if complaint not in self.failures:
            self.failures.append(complaint)


def _words_of(row: Row, field: str) -> str | None:
    return " ".join(row.cells.get(field, "").split()) or None


def _rounded(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT, ROUND_HALF_UP)


def _exact_part(total: Decimal | None, quantity: Decimal) -> Decimal | None:
    """The unit price, where the row's price gives it to the cent."""
    if total is None or not quantity:
        return None
    part = (total / quantity).quantize(_CENT, ROUND_HALF_UP)
    return part if part * quantity == total else None
