"""What the reader, the importer and the acts say is said in the window's language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import smtpd_billbee
from smtpd_billbee.web.language import load_catalogs, speaking
from smtpd_billbee.web.told import column_name, told
from tests.pace import LINEAR, growth

CODE = Path(smtpd_billbee.__file__).parent
MADE_IN = (*(CODE / "reader").glob("*.py"), *(CODE / "work").glob("*.py"),
           *(CODE / "formats" / name for name in ("order_json.py", "order_files.py", "filed_orders.py")))  # fmt: skip
SENTENCE = re.compile(r"[^\n<>\\\[(|^*]*[a-z]{2,} [^\n<>\\\[|^*]*[a-z]{2,}[^\n<>\\|^*]*")
ELSEWHERE = {"notice_mail.py", "signing.py"}  # whole mails, in the account's own language; the command line
NOT_SAID = {
    "nobody has this password",
    "store 7, spool: 7",  # the other server is told
    "a later mail differs:", "its origin is in doubt:",  # beginnings
    "second factor off", "second factor on", "imported from a file", "completed from a file", "completed from its mail",
    " in line 7",
}  # fmt: skip
MADE_OF_PARTS = {
    "more than one order number stands in the mail: ": ["more than one order number stands in the mail: 17, 18"],
    "7: one of its labels stands twice, with two values": [
        f"{whose}: one of its labels stands twice, with two values"
        for whose in ("billing address", "delivery address", "customer")
    ],
    "the 7 is below zero": [f"the {what} is below zero" for what in ("shipping cost", "payment fee")],
    "the 7 address's name may be parted wrongly": [
        f"the {whose} address's name may be parted wrongly" for whose in ("billing", "shipping")
    ],
    "7 is not imported: 7": ["order 7 is not imported: the line has no article"],
    "can be read in two ways": ["the shipping cost '1.000' can be read in two ways"],
    "cannot be read as a number": ["the shipping cost 'x' cannot be read as a number"],
    "7: two names stand in it, one of them without a label": [
        "customer: two names stand in it, one of them without a label"
    ],
    "a line beside the 7 was not understood": [
        f"a line beside the {what} was not understood" for what in ("name", "street")
    ],
    "two different 7 addresses": ["two different billing addresses", "two different delivery addresses"],
    "it is an order in JSON, but the JSON is broken7": [
        f"it is an order in JSON, but the JSON is broken{where}" for where in ("", " in line 7")
    ],
}
EXAMPLES = {
    "text and HTML disagree about item 2: sku AB C and DE": (
        "Text und HTML widersprechen sich bei Position 2: Artikelnummer (SKU) AB C und DE"
    ),
    "text and HTML disagree about ordered at: 2024-01-02 and 2024-02-01": (
        "Text und HTML widersprechen sich: Bestelldatum 02.01.2024 und 01.02.2024"
    ),
    "the billing address (street) 'x is 3' cannot be read as a number": (
        "Rechnungsadresse (Straße): 'x is 3' ist keine lesbare Zahl"
    ),
    "items 10.00 + shipping 3.00 - discount 2.00 = 11.00, but the total says 12.00": (
        "Positionen 10,00 + Versand 3,00 - Rabatt 2,00 = 11,00, die Gesamtsumme ist aber 12,00"
    ),
    "the address has no name and no street": "der Adresse fehlt: Name und Straße",
    "a later mail differs: shipping_address.city: A, now B": (
        "eine spätere E-Mail weicht ab: Lieferadresse: Ort: A, jetzt B"
    ),
    "items.0.sku: now AB": "Position 1: Artikelnummer (SKU): jetzt AB",
    "order 7: line 3: item 2: an item has no price": (
        "Bestellung 7: Zeile 3: Position 2: eine Position hat keinen Preis"
    ),
    "4.00 net with 7 % VAT is 4.28, the line says 5.00": "4,00 netto mit 7 % USt. ist 4,28, in der Zeile steht 5,00",
    "items: 2, now 1": "Positionen: 2, jetzt 1",
    "items.0.quantity: 2.00, now -5.00": "Position 1: Menge: 2, jetzt -5",
    "total: 1234.50, now nothing": "Gesamtsumme: 1.234,50, jetzt nichts",
    "payment_type: 3, now 1": "Zahlart: PayPal, jetzt Banküberweisung",
    "prices_include_tax: now True": "Preise enthalten Umsatzsteuer: jetzt ja",
    "shipping_address.country: DE, now AT": "Lieferadresse: Land: Deutschland, jetzt Österreich",
    "paid_on: none, now 2026-11-20": "Bezahlt am: keine Angabe, jetzt 20.11.2026",
    "to check: items 55.00 + shipping 4.90 = 59.90, but the total says 60.00": (
        "zu prüfen: Positionen 55,00 + Versand 4,90 = 59,90, die Gesamtsumme ist aber 60,00"
    ),
    'the columns "PLZ" and "ZIP" mean the same and differ; the first was taken': (
        'die Spalten "PLZ" und "ZIP" bedeuten dasselbe und widersprechen sich; die erste wurde genommen'
    ),
}
NOTED = ("log.", "Entry", "self.note", "self._note", "_note")  # the diary and the journal have words of their own


def said_in(path: Path) -> Iterator[str]:
    """Every sentence that the file can make, with a 7 for each value; what it writes into logs is for operators."""
    tree = ast.parse(path.read_text())
    unsaid: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            unsaid.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            unsaid |= {id(each) for each in ast.walk(node) if each is not node}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith(NOTED):
            unsaid |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in unsaid:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(each.value) if isinstance(each, ast.Constant) else "7" for each in node.values)


@pytest.mark.parametrize("path", [path for path in MADE_IN if path.name not in ELSEWHERE], ids=lambda path: path.stem)
def test_every_sentence_has_its_german(path: Path) -> None:
    """Each text in the code that is a sentence, no pattern and no word for the diary, is translated."""
    load_catalogs()
    found = {text for text in said_in(path) if SENTENCE.fullmatch(text) and len(text.split()) > 2} - NOT_SAID
    said = [each for text in found for each in MADE_OF_PARTS.get(text, [text])]

    with speaking("de"):
        assert [] == sorted(text for text in said if told(text) == text == column_name(text))


def test_whole_sentences() -> None:
    """Fields, numbers and sentences within a sentence find their places."""
    load_catalogs()

    with speaking("de"):
        assert EXAMPLES == {text: told(text) for text in EXAMPLES}


def test_hostile_words_take_no_time() -> None:
    """A sentence with a customer's words in it is looked through once for each of ours, however they repeat."""
    words = "the total is here and in line ; was taken, now x is not said "

    assert words * 16 == told(words * 16)
    assert growth(lambda size: told(words * size), 128) < LINEAR
