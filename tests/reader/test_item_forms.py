"""Items of a web form: numbered labels, each above its value."""

from smtpd_billbee.reader.item_forms import from_form
from smtpd_billbee.reader.items import Items
from smtpd_billbee.reader.text_sheet import rows_of_text
from smtpd_billbee.reader.words import dictionary


def items(text: str) -> Items:
    """The items of a text."""
    rows = rows_of_text(text)
    return from_form(rows, range(len(rows)), dictionary(), ",")


ONE = "Artikel 1\nBecher\nVariante 1\nFarbe: blau\nArt.-Nr. 1\nB-29\nMenge 1\n2\nPreis 1\n3,50 EUR\nSumme 1\n7,00 EUR\n"


def test_numbered_labels() -> None:
    """Each label's value stands below it; the number says of which item."""
    found = items("Bestellnummer\n17\n" + ONE + ONE.replace(" 1\n", " 2\n").replace("Becher", "Teller"))

    assert [("Becher", "2", "B-29", "Farbe: blau"), ("Teller", "2", "B-29", "Farbe: blau")] == [
        (each.item.title, f"{each.item.quantity:f}", each.item.sku, each.item.variant) for each in found.found
    ]
    assert found.whole


def test_other_numbers() -> None:
    """A number that leaves one out, too few labels, or words that are no label: no items of a form."""
    assert not items(ONE.replace(" 1\n", " 2\n")).found
    assert not items("Artikel 1\nBecher\nMenge 1\n2\n").found
    assert not items("Becher 1\nTeller 1\n").found


FORM = "artikel_1: Becher\nvariante_1: blau\nartikelnummer_1: B-29\nmenge_1: 2\npreis_1: 3,50 EUR\nsumme_1: 7,00 EUR\n"


def test_numbered_labels_with_their_values() -> None:
    """'menge_1: 2': the number behind the label's name says of which item."""
    found = items("nummer: 17\n" + FORM + FORM.replace("_1:", "_2:").replace("Becher", "Teller") + "ort: Bonn\n")

    assert [("Becher", "2", "B-29", "blau", "7.00"), ("Teller", "2", "B-29", "blau", "7.00")] == [
        (each.item.title, f"{each.item.quantity:f}", each.item.sku, each.item.variant, str(each.item.total))
        for each in found.found
    ]
    assert found.whole


def test_a_line_between_numbered_labels() -> None:
    """What stands between them, and says not of which item it is, could be of one: another way reads them."""
    assert not items(FORM.replace("menge_1", "aufdruck: Anker\nmenge_1")).found
    assert not items(FORM.replace("_1:", "_2:")).found
