"""The customer's own words.  They are shown, and never read for data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.labels import beside_labels
from smtpd_billbee.reader.note_ends import MOST_LINES, UNSURE, More, more_of_note
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.words import key, whole_key

_LONGEST_EMPTY = 30  # letters of 'keine Angaben'
_SHORT = (
    "number",
    "total",
    "subtotal",
    "shipping_cost",
    "discount",
    "tax",
    "payment_fee",
    "ordered_at",
    "quantity",
    "unit_price",
    "row_total",
)


@dataclass(frozen=True, slots=True)
class Note:
    """The words, and where they stood."""

    text: str
    origin: Origin
    doubt: str | None = None


def find_notes(page: Page) -> Note | None:
    """Claim every note of the page; the order's own note, or the address's where there is no other."""
    found = [(True, note) for note in _below_total(page)]
    for index in page.labelled():
        if not page.free(index):
            continue
        label = page.label(index, "note", "address_note")
        if label is None or not label.firm or label.means("shipping_method", "title", "variant", "sku"):
            continue
        if label.means("addition") and label.value and _is_of_address(page, index):
            continue
        value = _with_bars(page, index, label.value)
        lines, taken = _words(page, index, [*([value] if value else []), *label.lines])
        if not lines:
            continue
        more = _more(page, index, taken, lines)
        lines += more.lines
        page.claim([*taken, *more.taken])
        page.matched(label, "note", "address_note")
        text = "\n".join(lines).strip()
        if _is_empty(text, page):
            continue
        found.append((label.means("note"), Note(text, page.origin(index, label.words, text), more.doubt)))
    return _together([note for own, note in found if own] or [note for _, note in found])


def _is_of_address(page: Page, index: int) -> bool:
    """'Información adicional: casa 14' between 'Calle: ...' and 'Código postal: ...' is a part of the address."""
    block = page.rows[index].block
    near = [at for at in (index - 1, index + 1) if 0 <= at < page.end and page.rows[at].block == block]
    return bool(near) and all(page.label(at, *_OF_ADDRESSES) for at in near)


_OF_ADDRESSES = (
    "first_name", "last_name", "full_name", "company", "street", "street_and_number", "house_number", "postcode",
    "postcode_city", "city", "state", "country",
)  # fmt: skip


def _together(notes: Sequence[Note]) -> Note | None:
    """All that the customer wrote, each once."""
    kept: list[Note] = []
    for note in notes:
        if not any(whole_key(note.text) in whole_key(other.text) for other in kept):
            kept = [other for other in kept if whole_key(other.text) not in whole_key(note.text)]
            kept.append(note)
    if not kept:
        return None
    doubt = next((note.doubt for note in kept if note.doubt), None)
    return replace(kept[0], text="\n".join(note.text for note in kept), doubt=doubt)


def _more(page: Page, index: int, taken: Sequence[int], lines: Sequence[str]) -> More:
    """What goes on below the end of the note's paragraph; one in a cell of a table ends there."""
    at = taken[-1] + 1
    if len(lines) >= MOST_LINES:
        return More(doubt=UNSURE)
    if at >= page.end or page.rows[index].table or page.rows[at].block == page.rows[taken[-1]].block:
        return More()
    return more_of_note(page, index, at, lines)


def _below_total(page: Page) -> Iterator[Note]:
    """'Hinweis | Bitte klingeln' in the row below the total: only there the word is the customer's, not the shop's."""
    for index in page.labelled():
        at = index + 1
        if at >= page.end or not page.rows[at].table or page.rows[at].table != page.rows[index].table:
            continue
        cells = page.rows[at].filled
        if len(cells) != 2 or page.labels[at] or key(cells[0].text) not in beside_labels("hints"):
            continue
        text = "\n".join(cells[1].lines)
        if page.label(index, "total") and "small_business" not in page.known.phrases.names_in(text.casefold()):
            page.claim([at])
            yield Note(text, page.origin(at, cells[0].text, text))


def _with_bars(page: Page, index: int, value: str) -> str:
    """'Anmerkung: rot | blau gemischt' in a text, with no such line above or below, is no row of a table."""
    row = page.rows[index]
    near = page.rows[max(0, index - 1) : index + 2]
    if page.part is not Part.TEXT or not row.table or not value or sum(each.table == row.table for each in near) > 1:
        return value
    first, *rest = row.filled
    return " | ".join((value, *(cell.text for cell in rest))) if first.text.endswith(value) else value


def _is_empty(text: str, page: Page) -> bool:
    return not any(c.isalnum() for c in text) or (
        len(text) < _LONGEST_EMPTY and page.known.has("no", text.strip(" .-"))
    )


def _words(page: Page, index: int, lines: list[str]) -> tuple[list[str], list[int]]:
    """The lines of the note: the rest of its paragraph; below a heading alone, the next paragraph."""
    taken = [index]
    row = page.rows[index]
    below_heading = page.heading(index) is not None
    block = row.block
    at = index + 1
    if not lines and at < page.end and page.rows[at].block != block:
        if (page.heading(at) and page.rows[at].head) or _begins_other(page, at):
            return [], taken
        block = page.rows[at].block
    table = page.rows[at].table if at < page.end else 0
    row_of_first = page.rows[at] if at < page.end and not lines else row
    while at < page.end and len(lines) < MOST_LINES:
        below = page.rows[at]
        if not lines and (inner := page.label(at, "note")) and inner.firm and inner.value:
            break  # 'Order notes: ...' below 'Additional information' is a note of its own
        if below.block != block or below.level or not page.free(at) or (below.table and below.table != table):
            break
        if lines and row.table and below.table:
            break  # the next row of a table is another fact
        if lines and below.head and not row_of_first.head:
            break  # an emphasised line is the shop's again
        if lines and page.heading(at) and page.label(at, "order_link"):
            break  # the words on a button
        if _is_label(page, at) and (
            not below_heading or (at == index + 1 and below.block == row.block and not row.head)
        ):
            break  # 'Anmerkung: bitte klingeln' among other labelled lines, or an empty note
        lines.append(below.text)
        taken.append(at)
        at += 1
    return lines, taken


_OTHERS = (
    "billing_address", "shipping_address", "customer", "items", "payment_method", "shipping_method", "number",
    "ordered_at", "subtotal", "total", "email", "phone",
)  # fmt: skip


def _begins_other(page: Page, index: int) -> bool:
    """Below an empty 'Anmerkung:' the order goes on: 'Rechnungsadresse:', 'Zahlungsart: PayPal', 'Ihre Artikel'."""
    heading = page.heading(index)
    if heading and heading.means("title") and page.rows[index].text.rstrip().endswith((":", "：")):
        return True  # 'Bestellter Artikel:'
    found = page.label(index, *_OTHERS)
    if found is not None and found.means("items") and not found.value and _is_alone(page, index):
        return True
    if found is None or not found.firm:
        return False
    if found.means("total", "subtotal") and any(mark in found.value for mark in "?!"):
        return False  # 'Gesamtsumme: 2,00 €? Haha.' is what the customer writes
    return len(found.value.split()) < 6 if found.value else page.rows[index].text.rstrip().endswith((":", "："))


def _is_alone(page: Page, index: int) -> bool:
    """A line that is a paragraph of its own, and not the last."""
    return index + 1 < page.end and page.rows[index + 1].block != page.rows[index].block


def _is_label(page: Page, index: int) -> bool:
    """A label with its kind of value; 'Gesamtsumme: 5 Euro, mehr zahle ich nicht' is prose."""
    return any(
        label.firm
        and (page.rows[index].head or (label.value and (len(label.value.split()) < 6 or not label.means(*_SHORT))))
        for label in page.labels[index]
    )
