"""Orders as XML: elements and attributes that are named as the columns of a file are, in whatever nesting.

No order export as XML is public (jimdo.md 3.3), so nothing is known but the words.  What has an article and a quantity
is a position; what stands around positions is their order's; what stands in between says whose it is: billing/street.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from smtpd_billbee.formats.column_names import address_of, field_of

DEEPEST = 20
_SHOWN = 40
_POSITION = frozenset({"title", "quantity"})

Leaf = tuple[tuple[str, ...], str]  # names from the outside in, text


class NoOrders(ValueError):
    """What was sent is no XML, or none with orders; says why, and where."""

    def __init__(self, why: str, line: int | None = None) -> None:
        super().__init__(why)
        self.line = line


@dataclass(slots=True)
class Record:
    """One position with all that holds for it.

    `own_number`: its number is that of an order for sure; `weak`: fields whose names alone do not say what they are.
    """

    cells: dict[str, str]
    own_number: bool = False
    doubts: tuple[str, ...] = ()
    weak: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Found:
    """What an element holds: records, or leaves that belong to what stands around it."""

    records: list[Record] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)


def xml_records(content: bytes) -> tuple[list[Record], tuple[str, ...]]:
    """The positions of an XML file, and the names of elements that were not understood.  Raises NoOrders."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        line, column = error.position
        raise NoOrders(f"this is not well-formed XML (column {column + 1})", line) from None
    reading = _Reading()
    found = reading.element(root, 0)
    if not any("number" in record.cells for record in found.records):
        raise NoOrders("no record of this XML has the names of an order's columns")
    return found.records, tuple(reading.unused)


class _Reading:
    """Reads one document, from the inside out."""

    def __init__(self) -> None:
        self.unused: dict[str, None] = {}

    def element(self, element: ElementTree.Element, depth: int) -> _Found:
        """What an element and all within it says."""
        if depth > DEEPEST:
            raise NoOrders("the elements of this XML are nested too deeply")
        below = [(_name(child.tag), self.element(child, depth + 1)) for child in element if len(child)]
        of_positions = {name for name, found in below if found.records}
        leaves = _leaves(element)
        for name, found in below:
            if name not in of_positions:
                leaves += [((name, *path), text) for path, text in found.leaves]
        if of_positions:
            return _Found(self._around(_name(element.tag), leaves, below, of_positions))
        cells = {_field(path, _name(element.tag)) for path, _ in leaves}
        return _Found([self._record(_name(element.tag), leaves)]) if cells >= _POSITION else _Found(leaves=leaves)

    def _around(
        self, name: str, leaves: list[Leaf], below: Sequence[tuple[str, _Found]], of_positions: set[str]
    ) -> list[Record]:
        """The positions within, each with what stands around them all; one that lacks something is still one."""
        outer = self._record(name, leaves)
        records = []
        for inner, found in below:
            if inner in of_positions:
                records += found.records or [self._record(inner, found.leaves)]
        for place, record in enumerate(records, 1):
            _complete(record, outer, place)
        return records

    def _record(self, name: str, leaves: Iterable[Leaf]) -> Record:
        """Names that say it all come first: beside <sku>, an item's 'no' is only its place."""
        told = [(path, text, _field(path, name)) for path, text in leaves]
        record = Record({})
        for path, text, meaning in sorted(told, key=lambda each: _is_weak(each[0], each[2])):
            said, weak = "/".join(path)[:_SHOWN], _is_weak(path, meaning)
            there = record.cells.get(meaning or "")
            if meaning is None or (weak and there not in (None, text)):
                self.unused.setdefault(said)
            elif there is None:
                record.cells[meaning] = text
                record.own_number |= meaning == "number" and field_of(f"{name} {path[-1]}") == "number"
                record.weak |= {meaning} if weak else set()
            elif there != text:
                record.doubts += (f'the element "{said}" contradicts another one; the first was taken',)
        return record


def _is_weak(path: tuple[str, ...], field: str | None) -> bool:
    """Whether a name means something only together with the element that it stands in: the 'no' of an item."""
    return len(path) == 1 and field_of(path[0]) != field


def _complete(record: Record, outer: Record, place: int) -> None:
    """The record with what stands around it.  A position's own 'Nr.' is its place in the order, not the order."""
    if "sku" in record.weak and record.cells["sku"] == str(place):
        del record.cells["sku"]
    record.weak = set()
    number = record.cells.get("number")
    clashes = [
        f"the position says another {name.rpartition('.')[2].replace('_', ' ')} than what stands around it"
        for name, text in record.cells.items()
        if name != "number" and outer.cells.get(name, text) != text
    ]
    record.cells = outer.cells | record.cells
    record.doubts = tuple(dict.fromkeys((*record.doubts, *outer.doubts, *clashes)))
    if number and "number" in outer.cells and not record.own_number:
        record.cells["number"] = outer.cells["number"]
        if number not in (str(place), outer.cells["number"]):
            record.doubts += ("the position has a number of its own; that of the order around it was taken",)
    record.own_number = record.own_number or "number" in outer.cells


def _leaves(element: ElementTree.Element) -> list[Leaf]:
    """Attributes, and elements that hold text."""
    return [
        *(((_name(name),), text) for name, text in _attributes(element)),
        *(leaf for child in element for leaf in _leaves_of_child(child)),
    ]


def _leaves_of_child(child: ElementTree.Element) -> Iterator[Leaf]:
    name = _name(child.tag)
    if child.text and child.text.strip():
        yield (name,), child.text.strip()
    if not len(child):
        yield from (((name, _name(attribute)), text) for attribute, text in _attributes(child))


def _attributes(element: ElementTree.Element) -> list[tuple[str, str]]:
    return [(name, text.strip()) for name, text in element.attrib.items() if text.strip()]


def _name(tag: object) -> str:
    """The name without its namespace; a comment or an instruction has none."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _field(path: tuple[str, ...], around: str) -> str | None:
    """What a leaf means, by the names around it: never by its own alone where these are strange."""
    *groups, leaf = path
    for first in range(len(groups) - 1, -1, -1):
        if found := field_of(" ".join(path[first:])):
            return found
    if not groups:
        return field_of(f"{around} {leaf}") or field_of(leaf)
    whose = [address_of(group) for group in groups]
    if mark := next((each for each in reversed(whose) if each), None):
        return field_of(f"{mark} {leaf}")
    found = field_of(leaf)
    if found == "currency" or (found and found.startswith("billing.") and None not in whose):
        return found
    return None
