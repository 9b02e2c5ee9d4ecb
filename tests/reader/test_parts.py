"""One item from its lines: quantity, title, variant, article number, prices."""

from decimal import Decimal

import pytest

from smtpd_billbee.reader.parts import joined, read_parts
from smtpd_billbee.reader.parts_codes import is_code
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.parts_quantity import is_product, leads_with_quantity
from smtpd_billbee.reader.words import dictionary

KNOWN = dictionary()


def parts(*lines: str) -> Parts:
    """The parts of some lines."""
    return read_parts(lines, KNOWN, ",")


def shown(found: Parts) -> tuple[str, str | None, str | None, str | None, list[str]]:
    """Quantity, title, variant, article number, prices without a label, with the one that is said to be of one."""
    quantity = None if found.quantity is None else f"{found.quantity:f}"
    prices = [*found.prices, *([found.unit_price] if found.unit_price is not None else [])]
    return found.title, quantity, found.variant, found.sku, [str(price) for price in prices]


@pytest.mark.parametrize(
    ("line", "title", "quantity", "prices"),
    [
        ("2 x Becher  3,50 EUR  7,00 EUR", "Becher", "2", ["3.50", "7.00"]),
        ("* Becher – Anzahl: 2 – 3,50 EUR – 7,00 EUR", "Becher", "2", ["3.50", "7.00"]),
        ("2 x Becher: 2 700,00 € / Stk. = 5 400,00 €", "Becher", "2", ["2700.00", "5400.00"]),
        ("1 Stück Becher zu je 3,50 EUR, zusammen 3,50 EUR", "Becher", "1", ["3.50", "3.50"]),
        ("2x Becher 7,00 €", "Becher", "2", ["7.00"]),
        ("2 × Becher: 7,00 €", "Becher", "2", ["7.00"]),
        ("2 Stück Becher 7,00 €", "Becher", "2", ["7.00"]),
        ("2 Stk. Becher 7,00 €", "Becher", "2", ["7.00"]),
        ("- 2x Becher  7,00 €", "Becher", "2", ["7.00"]),
        ("Becher x 2  7,00 €", "Becher", "2", ["7.00"]),
        ("Becher (2x)  7,00 €", "Becher", "2", ["7.00"]),
        ("Becher 2 x 3,50 €", "Becher", "2", ["3.50"]),
        ("Becher 2 x 3,50 € = 7,00 €", "Becher", "2", ["3.50", "7.00"]),
        ("2 x Becher je 3,50 €", "Becher", "2", ["3.50"]),
        ("2 x Becher à 3,50 € = 7,00 €", "Becher", "2", ["3.50", "7.00"]),
        ("2 x Becher @ 3,50 €", "Becher", "2", ["3.50"]),
        ("1 x Tee 500 g  5,00 €", "Tee 500 g", "1", ["5.00"]),
        ("500 g Tee  5,00 €", "500 g Tee", None, ["5.00"]),
        ("2 x 3er-Pack Kerzen  5,00 €", "3er-Pack Kerzen", "2", ["5.00"]),
        ("1 x Becher statt 5,00 € nur 3,50 €", "Becher", "1", ["3.50"]),
        ("1,5 x Stoff  15,00 €", "Stoff", "1.5", ["15.00"]),
        ("1 x Gutschein 25 EUR  25,00 EUR", "Gutschein 25 EUR", "1", ["25.00"]),
    ],
)
def test_a_line(line: str, title: str, quantity: str | None, prices: list[str]) -> None:
    """Quantity in front or behind, prices at the end, what is left is the title."""
    found = shown(parts(line))

    assert (title, quantity, None, None, prices) == found


@pytest.mark.parametrize(
    ("lines", "variant", "sku"),
    [
        (["2 x Becher", "Farbe: blau", "7,00 €"], "Farbe: blau", None),
        (["2 x Becher", "Variante: klein", "7,00 €"], "klein", None),
        (["2 x Becher, Variante: klein (SKU: A-1) 7,00 €"], "klein", "A-1"),
        (["2 x Becher", "Farbe: blau", "Größe: M", "7,00 €"], "Farbe: blau, Größe: M", None),
        (["2 x Becher", "Art.-Nr.: A-1", "7,00 €"], None, "A-1"),
        (["2 x Becher (Art.-Nr. A-1) 7,00 €"], None, "A-1"),
        (["2 x Becher [A-1]  7,00 €"], None, "A-1"),
        (["2 x Becher (#A-1)  7,00 €"], None, "A-1"),
        (["2 x Becher", "A-100", "7,00 €"], None, "A-100"),
        (["2 x Becher", "blau", "7,00 €"], "blau", None),
        (["2 x Becher (blau)  7,00 €"], None, None),
    ],
)
def test_variant_and_number(lines: list[str], variant: str | None, sku: str | None) -> None:
    """Labelled, in brackets, or a line of their own; size and colour keep their name."""
    found = parts(*lines)

    assert (Decimal(2), variant, sku) == (found.quantity, found.variant, found.sku)
    assert found.title.startswith("Becher")


def test_labelled_prices() -> None:
    """Where prices carry labels, an amount in the title belongs to the title."""
    found = parts("Gutschein 25 EUR", "Menge: 2", "Einzelpreis: 24,00 EUR", "Gesamtpreis: 48,00 EUR")

    assert ("Gutschein 25 EUR", Decimal(2)) == (found.title, found.quantity)
    assert (Decimal("24.00"), Decimal("48.00"), []) == (found.unit_price, found.total, found.prices)


def test_a_product() -> None:
    """'10 x 14,90 €' gives quantity and unit price, whatever number leads the title."""
    found = parts("3 Könige", "10 x 14,90 €")

    assert ("3 Könige", Decimal(10), [Decimal("14.90")]) == (found.title, found.quantity, found.prices)
    assert is_product("10 x 14,90 €", ",")
    assert not is_product("10 x Becher 14,90 €", ",")


def test_the_tax_rate() -> None:
    """'MwSt.: 19 %' is the item's tax rate."""
    assert Decimal(19) == parts("2 x Becher", "MwSt.: 19 %", "7,00 €").tax_rate


def test_a_clash() -> None:
    """A field that stands twice with two values is doubted; the same value again is not."""
    assert parts("Becher", "Menge: 2", "Anzahl: 3").clash
    assert not parts("Becher", "Menge: 2", "Anzahl: 2").clash


def test_facts_beside_an_item() -> None:
    """'Lieferzeit: 3 Tage' is no part of title or variant."""
    assert ("Becher", None) == (lambda it: (it.title, it.variant))(parts("2 x Becher", "Lieferzeit: 3 Tage", "7,00 €"))


def test_an_item_begins() -> None:
    """'2 x Becher' begins an item, '2 x 3,50 €' does not, nor a title alone."""
    assert leads_with_quantity("2 x Becher", KNOWN, ",")
    assert not leads_with_quantity("2 x 3,50 €", KNOWN, ",")
    assert not leads_with_quantity("Becher", KNOWN, ",")


def test_lines_that_belong_together() -> None:
    """An open bracket closes on the next line; a label alone stands before its value."""
    assert ["Becher (blau, groß)"] == joined(["Becher (blau,", "groß)"], KNOWN)
    assert ["Menge: 2"] == joined(["Menge:", "2"], KNOWN)
    assert ["Becher", "blau"] == joined(["Becher", "blau"], KNOWN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A-1", True),
        ("4006381333931", True),
        ("BECHER", True),
        ("", False),
        ("eine sehr lange Beschreibung des Artikels mit Worten", False),
        ("ä ö ü ß ß ß", False),
    ],
)
def test_article_numbers(text: str, code: bool) -> None:
    """What could be an article number."""
    assert code == is_code(text)


def test_nothing() -> None:
    """No lines and lines of signs give nothing."""
    for lines in ([], [""], ["---"], ["( )"]):
        found = parts(*lines)
        assert ("", None, None, None, []) == shown(found)
        assert not found.has_price


def test_a_count_in_brackets() -> None:
    """'(2) @ 12,50 €': the number in brackets before '@' is the quantity."""
    assert ("Becher", "2", None, None, ["3.50", "7.00"]) == shown(parts("Becher (2) @ 3,50 € = 7,00 €"))


def test_options_without_a_colon() -> None:
    """A line below the title that begins with a word for what is chosen is an option: several are joined."""
    found = parts("2 x Becher = 7,00 €", "Größe M", "- Farbe blau")

    assert ("Becher", "2", "Größe M, Farbe blau") == shown(found)[:3]


def test_a_title_may_begin_with_an_option() -> None:
    """'Farbe Weiß' as the title stays it."""
    assert ("Farbe Weiß", "2", None) == shown(parts("2 x Farbe Weiß 7,00 €"))[:3]


def test_the_name_of_a_price_is_no_variant() -> None:
    """'Porto: 7,00 €' below a title names the price only."""
    assert ("Becher", "2", None) == shown(parts("2 x Becher", "Amount 7,00 €"))[:3]


def test_an_option_behind_a_product() -> None:
    """'Becher: 7,00 € (2 x 3,50 €) Farbe: blau': what was chosen stands behind the price."""
    found = parts("Becher: 7,00 € (2 x 3,50 €) Aufdruck: ohne")

    assert ("Becher", "2", "Aufdruck: ohne") == shown(found)[:3]
    assert Decimal("3.50") == found.unit_price


def test_a_size_that_begins_with_an_x() -> None:
    """'1 x X-Large': only the first 'x' belongs to the quantity."""
    assert ("X-Large Hemd", "1", None, None, ["5.00"]) == shown(parts("1 x X-Large Hemd 5,00 €"))


def test_a_wide_gap_in_a_title() -> None:
    """Behind a labelled title and two blanks stands what was chosen."""
    assert ("Becher", "2", "blau L") == shown(parts("Artikel: Becher  blau  L", "Einzelpreis: 3,50 €", "Menge: 2"))[:3]


def test_a_count_alone() -> None:
    """'2 x' leads the title in the next line."""
    assert leads_with_quantity("2 x", KNOWN, ",")
    assert ("Becher", "2", None, None, ["7.00"]) == shown(parts("2 x", "Becher", "7,00 €"))


@pytest.mark.parametrize("line", ["7,00 € für 2 x Becher", "- € 7,00 voor 2 x Becher", "EUR 7,00 pour 2 × Becher"])
def test_the_price_before_the_count(line: str) -> None:
    """It is the price of all pieces."""
    found = parts(line)

    assert ("Becher", Decimal(2), Decimal("7.00"), None) == (found.title, found.quantity, found.total, found.unit_price)


@pytest.mark.parametrize(
    ("line", "variant", "sku"),
    [
        ("2 x Becher [rauchgrau] 7,00 €", "rauchgrau", None),
        ("2 x Becher [Größe 9] 7,00 €", "Größe 9", None),
        ("2 x Becher [Ø 30 cm] 7,00 €", "Ø 30 cm", None),
        ("2 x Becher [A-17] 7,00 €", None, "A-17"),
        ("2 x Becher [BG] 7,00 €", None, "BG"),
        ("2 x Becher [b17] 7,00 €", None, "b17"),
    ],
)
def test_square_brackets(line: str, variant: str | None, sku: str | None) -> None:
    """Words in small letters are what was chosen, a code is the article number."""
    assert (variant, sku) == (parts(line).variant, parts(line).sku)


def test_the_name_of_a_price_goes_with_it() -> None:
    """'Stückpreis' before '3,50 € x 2 = 7,00 €' is no variant."""
    assert ("Becher", "2", None, None, ["3.50", "7.00"]) == shown(parts("Becher", "Stückpreis: 3,50 € x 2 = 7,00 €"))


@pytest.mark.parametrize(
    ("lines", "variant", "prices"),
    [
        (("2 x Becher, Motiv: Anker à 3,50 € = 7,00 €",), "Motiv: Anker", ["3.50", "7.00"]),
        (("2 x Becher, Farbe: Gelb: 7,00 €",), "Farbe: Gelb", ["7.00"]),
        (("2 x Becher, Farbe: Gold (+5,00 €)",), "Farbe: Gold (+5,00 €)", []),
        (("2 x Becher, Farbe: Gelb (matt) 7,00 €",), "Farbe: Gelb (matt)", ["7.00"]),
    ],
)
def test_prices_behind_a_choice(lines: tuple[str, ...], variant: str, prices: list[str]) -> None:
    """Amounts at the end of the line are the item's; a surcharge in brackets stays with what was chosen."""
    found = parts(*lines)
    assert (variant, prices) == (found.variant, [str(price) for price in found.prices])


def test_a_price_in_the_same_line_as_its_label_is_the_row_total() -> None:
    """'Farbe: Gelb: 7,00 € (Stückpreis 3,50 €)': no label leads the first amount."""
    found = parts("2x Becher, Farbe: Gelb: 7,00 € (Stückpreis 3,50 €)")
    expected = ("Becher", "Farbe: Gelb", Decimal("3.50"), [Decimal("7.00")])
    assert expected == (found.title, found.variant, found.unit_price, found.prices)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("2 x Becher", "Artikelnummer B-1, 2 x 3,50 € = 7,00 €"), ("Becher", "2", None, "B-1", ["3.50", "7.00"])),
        (("1 x Becher – Farbe: Gelb [B-1] 7,00 €",), ("Becher", "1", "Farbe: Gelb", "B-1", ["7.00"])),
        (
            ("1 x Schale [Rand: Blau, Breite: 9 cm]", "7,00 €"),
            ("Schale", "1", "Rand: Blau, Breite: 9 cm", None, ["7.00"]),
        ),
        (("1 x Becher (#RUB-12) 7,00 €",), ("Becher", "1", None, "RUB-12", ["7.00"])),
        (("Art print 30 x 40 cm × 2 7,00 €",), ("Art print 30 x 40 cm", "2", None, None, ["7.00"])),
        (("1 x Schale 7,00 €", "Rand Blau", "Breite 9 cm"), ("Schale", "1", "Rand Blau, Breite 9 cm", None, ["7.00"])),
    ],
)
def test_codes_counts_and_choices(
    lines: tuple[str, ...], expected: tuple[str, str | None, str | None, str | None, list[str]]
) -> None:
    """A count said twice is one count; brackets hold a code or a choice; a currency's letters begin a code, too."""
    assert expected == shown(parts(*lines))


def test_a_choice_in_the_place_of_a_number() -> None:
    """'Modell' labels a number or a choice: a word with a colon behind it is a choice."""
    found = parts("Becher", "Modell: Breite: 9 cm", "Artikelnummer: B-1", "Menge: 2", "Einzelpreis: 3,50 €")
    assert ("Breite: 9 cm", "B-1", False) == (found.variant, found.sku, found.clash)


def test_a_capital_letter_belongs_to_the_title() -> None:
    """'à' before a price is no part of a title, 'Vitamin A' is one."""
    assert ("Vitamin A", "Seife A") == (
        parts("3 x Vitamin A 5,00 EUR 15,00 EUR").title, parts("2 x Seife A à 10,00 EUR = 20,00 EUR").title
    )  # fmt: skip


def test_an_amount_in_the_last_column_is_the_rows() -> None:
    """'8 x 139,00 EUR' below a title with an amount beside it: it is the row total, if it comes out."""
    found = parts("Regal  1.112,00 EUR", "8 x 139,00 EUR")

    assert ("Regal", "8", None, None, ["139.00", "1112.00"]) == shown(found)


def test_an_amount_that_does_not_come_out_stays() -> None:
    """What is not quantity x unit price is not taken: it stays behind the title, where it is a doubt."""
    assert "Regal  1.000,00 EUR" == parts("Regal  1.000,00 EUR", "8 x 139,00 EUR").title


def test_a_slash_before_the_price_is_no_part_of_the_number() -> None:
    """'Art.-Nr. A-17 / 14,50 €': marks between the article number and the price belong to neither."""
    assert "A-17" == parts("1 x Becher / Art.-Nr. A-17 / 14,50 € / 14,50 €").sku


def test_a_word_behind_the_each() -> None:
    """', a 3,50 €, total 7,00 €': the comma and the word before the price are no part of the title."""
    assert "Becher" == parts("2x Becher, Ref. B-17, a 3,50 €, total 7,00 €").title


def test_a_label_of_two_meanings_by_its_value() -> None:
    """'Amount' counts, or is what the row costs: the value says which."""
    found = read_parts(["Becher", "Qty: 2", "Price each: $3.50", "Amount: $7.00"], KNOWN, ".")

    assert (Decimal(2), Decimal("3.50"), Decimal("7.00")) == (found.quantity, found.unit_price, found.total)


def test_a_number_in_angle_brackets() -> None:
    """'Becher <B-17>' is written like 'Becher [B-17]'; an e-mail address is none."""
    assert ("Becher", "B-17") == (parts("Becher  <B-17>", "2 x 3,50 €").title, parts("Becher <B-17>", "2 x 3,50 €").sku)
    assert parts("Becher <erika@example.org>", "2 x 3,50 €").sku is None


def test_a_model_beside_the_article_number() -> None:
    """Of two lines that may hold the article number the one with a code does; the other says what was chosen."""
    found = parts("Becher", "Modell: nachtblau", "Artikelnummer: B-17", "2 x 3,50 €")

    assert ("B-17", "nachtblau", False) == (found.sku, found.variant, found.clash)


def test_two_codes_are_a_clash() -> None:
    """Two article numbers that differ are no choice."""
    assert parts("Becher", "Modell: T-3", "Artikelnummer: B-17", "2 x 3,50 €").clash


@pytest.mark.parametrize(
    "line",
    [
        "3 x Gutschein 25 EUR [GU25]  75,00 €",
        "2x Gutschein 25 EUR, Art.-Nr. GU25, à 25,00 €, gesamt 50,00 €",
        "1 x Gutschein 25 EUR, Art.-Nr. GU25, à 25,00 €, gesamt 25,00 €",
    ],
)
def test_what_a_voucher_is_worth(line: str) -> None:
    """An amount before the article number, or said again with cents as the price, belongs to the title."""
    assert ("Gutschein 25 EUR", "GU25") == (parts(line).title, parts(line).sku)


def test_a_code_below_the_choice() -> None:
    """Of two lines below a title the second is the article number, if it is a code."""
    found = parts("Ring", "roségold, Größe 54", "R-17", "2 x 3,50 €")

    assert ("Ring", "roségold, Größe 54", "R-17") == (found.title, found.variant, found.sku)


def test_lines_that_nobody_understands() -> None:
    """Two short lines below a title, neither a code nor a choice by its form: they are not left out in silence."""
    assert parts("Ring", "roségold, Größe 54", "R1", "2 x 3,50 €").unread
    assert not parts("Ring", "roségold", "2 x 3,50 €").unread


def test_a_round_amount_before_the_last_column() -> None:
    """'Gutschein 25 EUR' and, in the last column, an amount with cents: the first belongs to the title."""
    assert "Gutschein 25 EUR" == parts("Gutschein 25 EUR  50,00 EUR", "Menge: 2").title


def test_the_number_behind_a_choice() -> None:
    """'Farbe: gelb <KS-07>': the code in angle brackets is no part of the choice."""
    found = parts("2 x Becher, Farbe: gelb <KS-07>  7,00 €")

    assert ("Farbe: gelb", "KS-07") == (found.variant, found.sku)


def test_a_weight_below_the_title() -> None:
    """Who buys tea chooses how much of it: what the line says is not lost."""
    assert ("Tee", "Gewicht: 100 g") == (
        (found := parts("2 x Tee 3,50 EUR 7,00 EUR", "- Gewicht: 100 g")).title, found.variant,
    )  # fmt: skip


def test_a_product_of_a_fraction() -> None:
    """'2,5 × 14,80 €' below the title: so many metres at so much."""
    assert ("Stoff", "2.5", None, None, ["14.80", "37.00"]) == shown(parts("Stoff", "2,5 × 14,80 € = 37,00 €"))
