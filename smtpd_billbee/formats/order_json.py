"""Billbee's JSON order mail: the mail's body is one order as JSON (billbee.md 3.7).

    order_id, currency_code, payment_method, order_date, ust_id, email, telephone, invoice{}, shipping{}, shipcost,
    comment, order_items[{quantity, totalprice, sku, name, taxrate}]

Here the text becomes named texts and numbers, each with the line it stood in; what they mean is the reader's business.
Not taken: order_status_id, internal_note, shipping_date, tags, product_id, imageurl, and the salutation, a number of
unknown meaning.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

MOST_ITEMS = 2_000
LARGEST = Decimal(10) ** 12
_BEFORE = 4_000  # letters that may stand in front: the headers of a forwarded mail
_START = re.compile(r"^[ \t]{0,40}(?:\{|\[(?=[\s{\[\]]|$))", re.MULTILINE)  # '[image: logo]' begins no JSON
_NAMES_ITEMS = re.compile(r"""order_items["'“”„’]?\s{0,9}:""")  # also where the quotes are none of JSON's
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:\n]', re.DOTALL)
_DECIMAL = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?")
_UNFIT = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")  # no letters, and no database takes them all

_BESIDE = ("currency_code", "order_date", "payment_method", "invoice", "shipping", "shipcost")  # with a number
_ADDRESS = (
    "company", "firstname", "lastname", "address_1", "address_2", "housenumber", "zip", "city", "state", "country",
    "email", "telephone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stood: its name with those around it ('invoice.zip'), as text, in which line of the body."""

    label: str
    text: str
    line: int | None


@dataclass(frozen=True, slots=True)
class JsonItem:
    """One position; `total` is of the whole row.  A fee of the shop is a position with a negative total."""

    name: str | None
    quantity: Decimal | None
    total: Decimal | None
    sku: str | None
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class JsonOrder:
    """What the JSON says; `texts` by its own names, `doubts` about what is there and cannot be taken."""

    texts: Mapping[str, str]
    invoice: Mapping[str, str]
    shipping: Mapping[str, str]
    items: tuple[JsonItem, ...]
    shipping_cost: Decimal | None
    total: Decimal | None
    doubts: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BrokenJson:
    """It is meant to be an order in JSON, and cannot be taken; `reason` is a sentence for a person."""

    reason: str


class _TwiceError(ValueError):
    """A name stands twice in one object: which value counts is anybody's guess (RFC 8259 4)."""


def read_order_json(text: str) -> JsonOrder | BrokenJson | None:
    """The order that a body is; None if it is no JSON order."""
    if "order_items" not in text and '"order_id"' not in text:
        return None
    start = _START.search(text)
    if start is None or start.end() > _BEFORE:
        return None
    at = start.end() - 1
    try:
        document, end = _DECODER.raw_decode(text, at)
    except _TwiceError as error:
        return BrokenJson(str(error))
    except (ValueError, RecursionError) as error:
        return _broken(text, error)
    if isinstance(document, list) and len(document) == 1:
        document = document[0]
    if (isinstance(document, list) and any(map(_is_order, document))) or '"order_items"' in text[end:]:
        return BrokenJson("it brings more than one order; one mail brings one")
    if not _is_order(document):
        return None
    items = document.get("order_items")
    if items is not None and not isinstance(items, list):
        return BrokenJson("it is an order in JSON, but its order_items are no list")
    return _order(document, _lines(text, at, end))


def _is_order(document: object) -> bool:
    """An order has items, or at least a number and something else that only orders have."""
    if not isinstance(document, dict):
        return False
    return "order_items" in document or ("order_id" in document and any(name in document for name in _BESIDE))


def _broken(text: str, error: Exception) -> BrokenJson | None:
    """An order whose JSON cannot be read is no other mail: a person must see it."""
    names = [name for name in _BESIDE if f'"{name}"' in text]
    if not _NAMES_ITEMS.search(text) and not ('"order_id"' in text and names):
        return None
    line = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
    return BrokenJson(f"it is an order in JSON, but the JSON is broken{line}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _TwiceError("it is an order in JSON, but a name stands in it twice")
    return document


def _no_number(name: str) -> Decimal:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259 6)


# strict=False: mailers wrap long lines, and then a line end stands within a string.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number, strict=False
)


def _lines(text: str, start: int, end: int) -> Mapping[str, int]:
    """The line of every name: 'invoice.zip', 'order_items.0.sku'.  The text from start to end is valid JSON."""
    lines: dict[str, int] = {}
    line = text.count("\n", 0, start) + 1
    above: list[str | int] = []  # a name within an object, a number within a list
    said = ""
    for token in _TOKEN.findall(text, start, end):
        if token == "\n":
            line += 1
        elif token in "{[":
            above.append(0 if token == "[" else "")
        elif token in "}]":
            above.pop()
        elif token == "," and above and isinstance(above[-1], int):
            above[-1] += 1
        elif token == ":" and above:
            above[-1] = said
            if len(above) < 5:
                lines[".".join(str(each) for each in above)] = line
        elif token[0] == '"':
            said = token[1:-1]
            line += token.count("\n")
    return lines


class _Source:
    """Takes values out of the document and notes where they stood, and what could not be taken."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        self._lines = lines
        self.places: dict[str, Place] = {}
        self.doubts: list[str] = []

    def text(self, document: Mapping[str, Any], name: str, above: str = "") -> str | None:
        """A value as text on as many lines as it has; None for null and for nothing but blanks."""
        value = document.get(name)
        if isinstance(value, bool) or not isinstance(value, str | Decimal):
            return None
        text = value if isinstance(value, str) else f"{value:f}"
        if _UNFIT.search(text):
            self.doubts.append(f"{above}{name} holds characters that belong in no text")
            text = _UNFIT.sub("\ufffd", text)
        text = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
        if text:
            self._put(above, name, text)
        return text or None

    def line(self, document: Mapping[str, Any], name: str, above: str = "") -> str | None:
        """A value as text on one line: a line end in it was made by a mailer."""
        text = self.text(document, name, above)
        return " ".join(text.split()) if text else None

    def number(self, document: Mapping[str, Any], name: str, above: str = "") -> Decimal | None:
        """A number, also one that is written as text; one that cannot be read is a doubt."""
        value = document.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        found = _number(value)
        path = f"{above}{name}"
        if found is None:
            self.doubts.append(f"{path} is no number")
        else:
            self._put(above, name, f"{value}".strip())
        return found

    def _put(self, above: str, name: str, text: str) -> None:
        path = f"{above}{name}"
        self.places[path] = Place(path, text, self._lines.get(path))


def _number(value: object) -> Decimal | None:
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value.strip()):
            return None
        value = Decimal(value.strip().replace(",", "."))
    if not isinstance(value, Decimal):
        return None
    try:
        if not abs(value) < LARGEST:
            return None
        rounded = round(value, 6)  # a program's floating-point number: 12.990000000000002
    except InvalidOperation:
        return None
    return (
        Decimal(f"{rounded:f}").normalize() if rounded != rounded.to_integral_value() else rounded.to_integral_value()
    )


def _order(document: Mapping[str, Any], lines: Mapping[str, int]) -> JsonOrder:
    source = _Source(lines)
    names = ("order_id", "currency_code", "payment_method", "order_date", "ust_id", "email", "telephone")
    texts = {name: text for name in names if (text := source.line(document, name))}
    if comment := source.text(document, "comment"):
        texts["comment"] = comment
    invoice, shipping = (_address(document.get(name), f"{name}.", source) for name in ("invoice", "shipping"))
    return JsonOrder(
        texts=texts,
        invoice=invoice,
        shipping=shipping,
        items=tuple(_items(document.get("order_items"), source)),
        shipping_cost=source.number(document, "shipcost"),
        total=source.number(document, "total"),
        doubts=tuple(source.doubts),
        places=source.places,
    )


def _address(value: object, above: str, source: _Source) -> Mapping[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: text for name in _ADDRESS if (text := source.line(value, name, above))}


def _items(value: object, source: _Source) -> Iterator[JsonItem]:
    items = value if isinstance(value, list) else []
    if len(items) > MOST_ITEMS:
        source.doubts.append(f"it has more than {MOST_ITEMS} items")
    for number, item in enumerate(items[:MOST_ITEMS]):
        if not isinstance(item, dict):
            source.doubts.append(f"item {number + 1} is no object")
            continue
        above = f"order_items.{number}."
        yield JsonItem(
            name=source.line(item, "name", above),
            quantity=source.number(item, "quantity", above),
            total=source.number(item, "totalprice", above),
            sku=source.line(item, "sku", above),
            tax_rate=source.number(item, "taxrate", above),
        )
