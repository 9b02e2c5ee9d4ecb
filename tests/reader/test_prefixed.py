"""Labels that say the section, too."""

from collections.abc import Sequence

from smtpd_billbee.reader.prefixed import without_prefixes
from smtpd_billbee.reader.sheet import Row
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


def texts(rows: Sequence[Row]) -> list[str]:
    """The rows as lines."""
    return [row.text for row in rows]


def test_the_lines_of_an_address() -> None:
    """The section becomes a heading, once, above its lines."""
    rows = rows_of_text("Rechnungsadresse - Vorname: Erika\nRechnungsadresse - Ort: Bonn\nGesamt: 9,00 EUR")
    found = without_prefixes(rows, KNOWN)

    assert ["Rechnungsadresse", "Vorname: Erika", "Ort: Bonn", "Gesamt: 9,00 EUR"] == texts(found)
    assert [True, False, False, False] == [row.head for row in found]
    assert 1 == len({row.block for row in found[:3]})


def test_the_lines_of_items() -> None:
    """'Artikel 1: Becher' is the heading with its value; each item is a paragraph."""
    lines = [f"Artikel {n}{rest}" for n in (1, 2) for rest in (": Becher", " - Menge: 2", " - Preis: 3,00 EUR")]
    found = without_prefixes(rows_of_text("\n".join(lines)), KNOWN)

    assert ["Artikel 1: Becher", "Menge: 2", "Preis: 3,00 EUR", "Artikel 2: Becher", "Menge: 2", "Preis: 3,00 EUR"] == (
        texts(found)
    )
    assert [3, 3] == [[row.block for row in found].count(block) for block in {row.block for row in found}]


def test_what_only_looks_so() -> None:
    """One line alone, words that are no section, and words that are no label stay as they are."""
    rows = rows_of_text("Rechnungsadresse - Ort: Bonn\nHinweis - Ort: Bonn\nArtikel - Tiefe: 2\nArtikel - Tiefe: 3")

    assert texts(rows) == texts(without_prefixes(rows, KNOWN))
