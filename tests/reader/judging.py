"""How a reading is compared with what a careful person reads, as tests/mails/README.md says.

`differences` gives a sentence for each field that is wrong; no sentence: the reading is right.  What the expectation
calls ambiguous is not judged, and a field of which it says nothing is not judged either, except within an address and
for the variant of an item: there a value that nobody expects is invented.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

ADDRESSES = ("billing_address", "shipping_address")
_CASELESS = frozenset({"email", "site", "payment_method", "salutation"})
_NUMBERS = frozenset(
    {
        "quantity", "unit_price", "total", "subtotal", "shipping_cost", "payment_fee", "discount", "tax_total",
        "tax_rate",
    }
)  # fmt: skip
_EXACT = frozenset({"prices_include_tax", "payment_type"})
_OF_SILENT_ERRORS = frozenset({"number", "total", "currency", "items", "outcome"})
_OF_ITEMS = frozenset({"sku", "quantity", "unit_price", "total", "count"})


def plain(value: object) -> str:
    """Compatibility forms folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFKC", str(value)).split())


def letters(value: object) -> str:
    """Letters and digits only, caseless."""
    folded = unicodedata.normalize("NFKC", str(value)).casefold()
    return "".join(c for c in folded if c.isalnum())


def _same_number(expected: object, got: object) -> bool:
    try:
        return Decimal(str(expected)) == Decimal(str(got))
    except InvalidOperation:
        return False


def _same_phone(expected: object, got: object) -> bool:
    one, other = (re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", str(each))) for each in (expected, got))
    return one == other


def _same_date(expected: object, got: object) -> bool:
    """To the precision of the expectation: a day, a minute, a second, with or without a zone."""
    return str(got) == str(expected) or (
        str(got).startswith(str(expected)) and not str(got)[len(str(expected)) :][:1].isdigit()
    )


def _rule(name: str) -> Callable[[object, object], bool]:
    if name in ("title", "variant"):
        return lambda expected, got: letters(expected) == letters(got)
    if name == "phone":
        return _same_phone
    if name in _CASELESS:
        return lambda expected, got: plain(expected).casefold() == plain(got).casefold()
    if name in _NUMBERS:
        return _same_number
    if name == "ordered_at":
        return _same_date
    if name in _EXACT:
        return lambda expected, got: type(expected) is type(got) and expected == got
    return lambda expected, got: plain(expected) == plain(got)


def same(path: str, expected: object, got: object) -> bool:
    """Whether one value is right; the last name of its path says by which rule."""
    if expected is None or got is None:
        return expected is got
    return _rule(path.rpartition(".")[2])(expected, got)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is wrong: its path, and both values."""

    path: str
    expected: object
    got: object

    def __str__(self) -> str:
        return f"{self.path}: expected {self.expected!r}, got {self.got!r}"


def differences(expectation: Mapping[str, Any], reading: Mapping[str, Any]) -> list[Difference]:
    """Every difference between what a person reads and the reading's JSON form."""
    return list(_Judge(expectation).all(reading))


def is_silent_error(expectation: Mapping[str, Any], reading: Mapping[str, Any]) -> bool:
    """An order without any problem that is none, or in which something is wrong that money or a parcel depends on."""
    if reading["outcome"] != "order" or reading["problems"]:
        return False
    return any(_weighs(found.path) for found in differences(expectation, reading))


def _weighs(path: str) -> bool:
    first, _, rest = path.partition(".")
    if first == "items" and rest:
        return rest.rpartition(".")[2] in _OF_ITEMS
    return first in _OF_SILENT_ERRORS or first in ADDRESSES


class _Judge:
    def __init__(self, expectation: Mapping[str, Any]) -> None:
        self.expectation = expectation
        self.ambiguous = frozenset(expectation.get("ambiguous", ()))
        self.also: Mapping[str, list[object]] = expectation.get("also", {})

    def judged(self, path: str) -> bool:
        """'billing_address' among the ambiguous covers 'billing_address.city', too."""
        names = path.split(".")
        return not any(".".join(names[:size]) in self.ambiguous for size in range(1, len(names) + 1))

    def all(self, reading: Mapping[str, Any]) -> Iterator[Difference]:
        """The outcome first: where it is wrong, nothing else can be right."""
        outcome = self._compared("outcome", self.expectation["outcome"], reading["outcome"])
        if outcome:
            yield from outcome
            return
        yield from self._compared("kind", self.expectation["kind"], reading["kind"])
        expected, got = self.expectation.get("order"), reading.get("order")
        if expected and reading["outcome"] == self.expectation["outcome"]:
            yield from self._order(expected, got) if got else [Difference("order", "an order", None)]
        yield from self._problems(reading)

    def _problems(self, reading: Mapping[str, Any]) -> Iterator[Difference]:
        if reading["outcome"] != "order" or self.expectation["outcome"] != "order":
            return
        problems = list(reading["problems"])
        if self.expectation.get("must_have_problem"):
            if not problems:
                yield Difference("problems", "at least one", problems)
        elif problems and self.judged("problems"):
            yield Difference("problems", [], problems)

    def _order(self, expected: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Difference]:
        for name, value in expected.items():
            if name == "items":
                yield from self._items(value, got["items"])
            elif name in ADDRESSES:
                yield from self._address(name, value, got.get(name))
            elif value is not None:
                yield from self._compared(name, value, got.get(name))
        for name in self.expectation.get("absent", ()):
            value = got.get(name)
            if value not in (None, [], "") and self.judged(name):
                yield Difference(name, None, value)

    def _compared(self, path: str, expected: object, got: object) -> list[Difference]:
        right = same(path, expected, got) or any(same(path, each, got) for each in self.also.get(path, ()))
        return [] if right or not self.judged(path) else [Difference(path, expected, got)]

    def _address(
        self, path: str, expected: Mapping[str, Any] | None, got: Mapping[str, Any] | None
    ) -> list[Difference]:
        if expected is None or not self.judged(path):
            return []
        if got is None:
            return [Difference(path, dict(expected), None)]
        found: list[Difference] = []
        for name in dict.fromkeys([*expected, *got]):
            found += self._compared(f"{path}.{name}", expected.get(name), got.get(name))
        return found

    def _items(self, expected: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[Difference]:
        if not self.judged("items"):
            return
        if len(expected) != len(got) and self.judged("items.tail"):
            yield Difference("items.count", len(expected), len(got))
        for number, (one, other) in enumerate(zip(expected, got, strict=False)):
            yield from self._item(f"items.{number}", one, other)

    def _item(self, path: str, expected: Mapping[str, Any], got: Mapping[str, Any]) -> Iterator[Difference]:
        joined = bool(self.expectation.get("variant_in_title"))
        if joined and self.judged(f"{path}.title") and self.judged(f"{path}.variant"):
            yield from self._compared(f"{path}.title", _with_variant(expected), _with_variant(got))
        for name in expected if joined else dict.fromkeys([*expected, "variant"]):
            if not (joined and name in ("title", "variant")):
                yield from self._compared(f"{path}.{name}", expected.get(name), got.get(name))


def _with_variant(item: Mapping[str, Any]) -> str:
    return f"{item['title']} {item.get('variant') or ''}".strip()
