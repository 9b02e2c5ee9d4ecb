"""Tables that do not lie: labels down the side, of items or of addresses, or each label on a line above its value.

They become what other mails write: a header with one row for each item, or 'label: value' on one line.
"""

import itertools
from collections.abc import Iterator, Sequence

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.labels import meaning_of, sum_label
from smtpd_billbee.reader.sheet import Cell, Row, one
from smtpd_billbee.reader.words import Dictionary

_OF_ITEM = frozenset({"sku", "title", "items", "variant", "quantity", "unit_price", "row_total", "tax", "ean"})
_PRICES = frozenset({"unit_price", "row_total"})
_LONGEST_LABEL = 40  # letters
_FEWEST = 3  # labels of an item: what it is, how many, what it costs
_MOST_PAIRS = 12
_ADDRESSES = frozenset({"billing_address", "shipping_address"})
_SUMS = frozenset({"subtotal", "shipping_cost", "payment_fee", "discount", "tax", "total"})
_OF_PERSON = frozenset({
    "company", "salutation", "full_name", "first_name", "middle_name", "last_name", "street", "house_number",
    "street_and_number", "addition", "postcode", "city", "postcode_city", "state", "country", "email", "phone",
    "mobile", "vat_id", "customer",
})  # fmt: skip
_BLOCKS = 3_000_000  # blocks made here are numbered from here


def laid_down(rows: Sequence[Row], known: Dictionary) -> Sequence[Row]:
    """The rows with such tables turned; the same rows where there is none."""
    rows = [part for row in rows for part in _pairs(row, known)]
    runs = [list(run) for _, run in itertools.groupby(rows, lambda row: (row.table, row.block))]
    if all(len(run) == 1 for run in runs):
        return rows
    return [row for run in runs for row in (_of_table(run, known) if run[0].table else _of_lines(run, known))]


def _pairs(row: Row, known: Dictionary) -> Sequence[Row]:
    """'Versand<br>Gesamt' in one cell, '4,50 €<br>67,50 €' in the next: as many labels as values are as many rows."""
    if not row.table or len(row.filled) != 2:
        return (row,)
    left, right = row.filled
    if not 1 < len(left.lines) == len(right.lines) <= _MOST_PAIRS:
        return (row,)
    if not all(len(line) <= _LONGEST_LABEL and _names_fact(line.rstrip(" :："), known) for line in left.lines):
        return (row,)
    return [
        row._replace(cells=(left._replace(lines=(label,)), right._replace(lines=(value,))))
        for label, value in zip(left.lines, right.lines, strict=True)
    ]


def _names_fact(text: str, known: Dictionary) -> bool:
    return not any(c.isdigit() or c in ":：" for c in text) and bool(meaning_of(text, known) or sum_label(text, known))


def _of_addresses(run: Sequence[Row]) -> Iterator[Row]:
    """'' | 'Rechnung an' | 'Lieferung an', and below 'Nachname | Muster | Beispiel': each column is an address."""
    heads, below = run[0].cells, run[1:]
    for column in range(1, len(heads)):
        block = _BLOCKS + run[0].table * _MOST_PAIRS + column
        yield one(run[0], heads[column].text, block, head=True)
        for row in below:
            if row.cells[column].lines:
                yield one(row, f"{row.cells[0].text.rstrip(' :：')}: {row.cells[column].text}", block)


def _are_addresses(run: Sequence[Row], known: Dictionary) -> bool:
    """Is every head but the first, which is empty, one of an address, and every row led by a label of its own?"""
    heads = run[0].cells
    if not 2 < len(heads) <= _MOST_PAIRS or heads[0].lines or len(run) <= _FEWEST:
        return False
    if not all(_ADDRESSES & meaning_of(cell.text, known).keys() for cell in heads[1:]):
        return False
    labels = [row.cells[0].text for row in run[1:]]
    if any(len(row.cells) != len(heads) for row in run) or not all(0 < len(text) <= _LONGEST_LABEL for text in labels):
        return False
    return all(meaning_of(text.rstrip(" :："), known) for text in labels)


def _of_table(run: Sequence[Row], known: Dictionary) -> Iterator[Row]:
    """'Artikel | Tasse | Teller', 'Menge | 1 | 2', 'Preis | 3,00 | 4,00': each column is an item."""
    if not run[0].cells[0].lines and _are_addresses(run, known):
        yield from _of_addresses(run)
        return
    if _are_sums(run, known):
        for label, value in zip(run[0].cells, run[1].cells, strict=True):
            yield run[1]._replace(cells=(label._replace(head=False), value))
        return
    width = len(run[0].cells)
    labels = [row.cells[0].text for row in run]
    turned = (
        len(run) >= _FEWEST
        and width > 2
        and all(len(row.cells) == width and row.cells[0].lines for row in run)
        and _name_an_item(labels, known)
        and any(has_money(row.text) for row in run)
        and not any(_is_label(cell.text, known) for cell in run[0].cells[1:])
    )
    if not turned:
        yield from run
        return
    for column in range(width):
        cells = (row.cells[column]._replace(start=place, end=place + 1) for place, row in enumerate(run))
        yield run[0]._replace(cells=tuple(cells), number=run[0].number)


def _are_sums(run: Sequence[Row], known: Dictionary) -> bool:
    """'Warenwert | Versand | Gesamtbetrag' above '51,00 | 5,00 | 56,00': sums that lie beside each other."""
    if len(run) != 2 or not 1 < len(run[0].cells) == len(run[1].cells) <= _MOST_PAIRS:
        return False
    names = [cell.text.partition("(")[0].strip(" :：") for cell in run[0].cells]
    if not all(name and _SUMS & sum_label(name, known).keys() for name in names) or has_money(run[0].text):
        return False
    values = [cell.text for cell in run[1].cells if len(cell.lines) == 1]
    return len(values) == len(names) and all(has_money(text) or known.has("free", text) for text in values)


def _of_lines(run: Sequence[Row], known: Dictionary) -> Iterator[Row]:
    """'Menge' above '2': every second line of a paragraph is the label of the line below."""
    labels = [row.text for row in run[::2]]
    if (
        len(run) % 2
        or not 2 * _FEWEST <= len(run) <= 2 * _MOST_PAIRS
        or any(len(row.filled) != 1 for row in run)
        or not (_name_an_item(labels, known) or _name_a_person(labels, known))
        or sum(_is_label(row.text, known) for row in run[1::2]) > 1
    ):
        yield from run
        return
    for label, value in zip(run[::2], run[1::2], strict=True):
        yield one(value, f"{label.text.rstrip(' :：')}: {value.text}")


def _name_an_item(labels: Sequence[str], known: Dictionary) -> bool:
    """Are all labels of an item, but one that nobody listed: its title or number, how many, and a price?"""
    if any(len(text) > _LONGEST_LABEL or any(c.isdigit() or c in ":：" for c in text) for text in labels):
        return False
    meanings = [meaning_of(text, known) for text in labels]
    named = {name for meaning in meanings for name in meaning}
    hits = sum(1 for meaning in meanings if not _OF_ITEM.isdisjoint(meaning))
    what = not named.isdisjoint({"title", "items", "sku"})
    return hits >= max(_FEWEST, len(labels) - 1) and what and "quantity" in named and not named.isdisjoint(_PRICES)


def _name_a_person(labels: Sequence[str], known: Dictionary) -> bool:
    """Are all labels of a person or an address, with a street or a town?"""
    if any(len(text) > _LONGEST_LABEL or any(c.isdigit() for c in text) for text in labels):
        return False
    meanings = [meaning_of(text.rstrip(" :："), known) for text in labels]
    return all(_OF_PERSON & meaning.keys() for meaning in meanings) and any(
        {"street", "city", "postcode"} & meaning.keys() for meaning in meanings
    )


def _is_label(text: str, known: Dictionary) -> bool:
    return len(text) <= _LONGEST_LABEL and not _OF_ITEM.isdisjoint(meaning_of(text, known))


def _heads(text: str, known: Dictionary) -> bool:
    """'Pos.' and 'Gesamt' head columns, too."""
    return _is_label(text, known) or not _OF_ROW.isdisjoint(meaning_of(text, known))


_OF_ROW = frozenset({"position", "total"})


def with_parted_heads(row: Row, known: Dictionary) -> Row:
    """'Menge Artikel   Preis': a header in whose first cell the gap between two labels is one blank wide."""
    if row.table or len(row.filled) < _FEWEST or any(c.isdigit() for c in row.text):
        return row
    named = [_heads(cell.text, known) for cell in row.cells]
    if named.count(False) != 1 or " " not in row.cells[named.index(False)].text:
        return row
    place = named.index(False)
    cell = row.cells[place]
    if len(cell.text) > 2 * _LONGEST_LABEL:
        return row
    for at in (number for number, letter in enumerate(cell.text) if letter == " "):
        left, right = cell.text[:at], cell.text[at + 1 :]
        if _heads(left, known) and _heads(right, known):
            parts = (
                Cell((left,), cell.start, cell.start + at, cell.head),
                Cell((right,), cell.start + at + 1, cell.end, cell.head),
            )
            return row._replace(cells=(*row.cells[:place], *parts, *row.cells[place + 1 :]))
    return row
