"""Sums that a letter says in sentences."""

import pytest

from smtpd_billbee.reader.sentences import said_sum
from smtpd_billbee.reader.words import dictionary
from tests.reader.making import draft_of


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Der Gesamtbetrag lautet 21,09 EUR (inkl. MwSt.).", "Gesamtbetrag: 21,09 EUR (inkl. MwSt.)"),
        ("Für den Versand mit DPD Classic kommen 3,90 € hinzu.", "Versand (DPD Classic): 3,90 €"),
        ("Die Versandkosten betragen 4,90 EUR.", "Versandkosten: 4,90 EUR"),
        ("The order total is £24.00.", "order total: £24.00"),
        ("Le total est de 24,00 €.", "total: 24,00 €"),
        ("Il totale è di 24,00 €.", "totale: 24,00 €"),
    ],
)
def test_a_sentence_that_says_a_sum(sentence: str, expected: str) -> None:
    """The sum's name, a verb, the amount: as other mails write it."""
    assert expected == said_sum(sentence, dictionary())


@pytest.mark.parametrize(
    "sentence",
    [
        "Der Gesamtbetrag lautet 21,09 EUR",
        "Der Gesamtbetrag liegt unter 21,09 EUR.",
        "Der Gesamtbetrag lautet 21,09 EUR für jeden Monat.",
        "Der Versand ist ab 50,00 EUR kostenlos.",
        "Der Versand nach Polen kostet 9,00 EUR.",
        "Die Tasse kostet 9,00 EUR.",
        "Der Gesamtbetrag lautet anders.",
    ],
)
def test_other_sentences(sentence: str) -> None:
    """Words that were not understood, no full stop, no amount: it stays a sentence."""
    assert said_sum(sentence, dictionary()) is None


def test_a_letter() -> None:
    """An order in sentences: items, shipping, total, and how it is paid."""
    draft = draft_of(
        "Bestellung Nr. 3179\n\nBestellt wurden:\n\n"
        "  - 2 Stück Käse 150 g zu je 5,40 EUR, zusammen 10,80 EUR\n"
        "  - 1 Stück Senf 180 ml zu je 4,80 EUR, zusammen 4,80 EUR\n\n"
        "Für den Versand mit DPD Classic kommen 5,49 EUR hinzu.\nDer Gesamtbetrag lautet 21,09 EUR (inkl. MwSt.).\n"
        "Bezahlt wird per Rechnung.\n"
    )

    assert [("Käse 150 g", "2", "5.40", "10.80"), ("Senf 180 ml", "1", "4.80", "4.80")] == [
        (item.title, f"{item.quantity:f}", str(item.unit_price), str(item.total)) for item in draft.items
    ]
    wanted = ("5.49", "DPD Classic", "21.09", "Rechnung")
    found = (draft.values[name] for name in ("shipping_cost", "shipping_method", "total", "payment_method"))
    assert wanted == tuple(map(str, found))
    assert draft.sums.balanced
