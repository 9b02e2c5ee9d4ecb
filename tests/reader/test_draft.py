"""All that one body says: the rows protect each other, and every value knows where it stood."""

from decimal import Decimal

from smtpd_billbee.model.reading import Part
from tests.reader.making import ADDRESS, draft_of, draft_of_html

TEXT = (
    "Vielen Dank für Ihre Bestellung!\n\nBestellnummer: 1042\nBestelldatum: 03.04.2025\n\n"
    "Artikel:\n2 x Becher  3,50 EUR  7,00 EUR\n1 x Teller  4,00 EUR  4,00 EUR\n\n"
    "Zwischensumme: 11,00 EUR\nVersandkosten: 4,90 EUR\nRabatt (SOMMER10): -1,00 EUR\nGesamtsumme: 14,90 EUR\n"
    "inkl. 19 % MwSt.: 2,38 EUR\n\nZahlungsart: PayPal\nVersandart: DHL Paket\n\n" + ADDRESS
)


def test_a_whole_order() -> None:
    """Number, date, items, sums, methods and address of one text."""
    draft = draft_of(TEXT)

    assert draft.is_whole
    assert [] == draft.doubts
    assert ["Becher", "Teller"] == [item.title for item in draft.items]
    assert {
        "number": "1042", "ordered_at": "2025-04-03", "subtotal": Decimal("11.00"), "shipping_cost": Decimal("4.90"),
        "discount": Decimal("1.00"), "discount_code": "SOMMER10", "total": Decimal("14.90"),
        "tax_total": Decimal("2.38"), "payment_method": "PayPal", "payment_type": 3, "shipping_method": "DHL Paket",
    } == draft.values  # fmt: skip
    assert draft.billing is not None
    assert "Muster" == draft.billing.last_name
    assert draft.sums.balanced


def test_where_it_stood() -> None:
    """Each value has its part, line, label and text."""
    origin = draft_of(TEXT).origins["total"]

    assert (Part.TEXT, 13, "Gesamtsumme") == (origin.part, origin.line, origin.label)
    assert "14,90" in origin.text
    assert {"number", "items.0.title", "items.1.quantity", "billing_address.city"} <= draft_of(TEXT).origins.keys()


def test_the_language() -> None:
    """Told by the words that matched."""
    assert "de" == draft_of(TEXT).languages.most_common(1)[0][0]


def test_terms_and_conditions_end_the_order() -> None:
    """Sums and addresses below the heading of the terms are no part of the order."""
    draft = draft_of(
        f"{TEXT}\nWiderrufsbelehrung\n\nGesamtsumme: 99,00 EUR\nLieferadresse:\nMuster GmbH\nAm Markt 1\n54321 Köln\n"
    )

    assert Decimal("14.90") == draft.values["total"]
    assert draft.shipping is None


def test_a_signature_ends_the_order() -> None:
    """RFC 3676 4.3: below '-- ' stands the shop's signature."""
    draft = draft_of(f"{TEXT}\n-- \nMusterladen\nTelefon: 030 999\n")

    assert draft.billing is not None
    assert draft.billing.phone is None


def test_a_second_table() -> None:
    """Two item tables with a header each."""
    table = "<table><tr><th>Artikel<th>Menge<th>Einzelpreis<th>Gesamt<tr><td>{}<td>1<td>5,00 €<td>5,00 €</table>"
    html = (
        f"<p>Bestellnummer: 7</p>{table.format('Becher')}<p>und</p>{table.format('Teller')}<p>Gesamtsumme: 10,00 €</p>"
    )

    assert ["Becher", "Teller"] == [item.title for item in draft_of_html(html).items]


def test_a_draft_that_is_not_whole() -> None:
    """Without number, items or total it is none; more of them weigh more."""
    nothing, some = draft_of("Guten Tag"), draft_of("Bestellnummer: 7")

    assert not nothing.is_whole
    assert not some.is_whole
    assert nothing.weight < some.weight < draft_of(TEXT).weight


def test_things_that_were_bought_are_no_sums() -> None:
    """A voucher above its article number is an item."""
    text = (
        "Bestellnummer: 7\n\nGutschein 25 EUR\nSKU: GS25\nMenge: 1\nEinzelpreis: 25,00 EUR\n\nGesamtsumme: 25,00 EUR\n"
    )
    draft = draft_of(text)

    assert ["Gutschein 25 EUR"] == [item.title for item in draft.items]
    assert "discount" not in draft.values


def test_the_shops_own_email_address() -> None:
    """An e-mail address at the host of the shop is no customer's; one at another host is."""
    lead = "Ihre Bestellung bei https://www.laden.example/\n\n"
    own = draft_of(lead + TEXT + "E-Mail: info@laden.example\n").billing
    other = draft_of(lead + TEXT + "E-Mail: erika@muster.example\n").billing

    assert own is not None
    assert other is not None
    assert (None, "erika@muster.example") == (own.email, other.email)


def test_a_subtotal_behind_the_discount() -> None:
    """'Subtotal' can be what is left of the items behind the discount: it still tells prices of a row from others."""
    rows = "<tr><td>Becher x 2<td>7,00 €<tr><td>Teller x 1<td>4,00 €"
    sums = "<tr><td>Rabatt<td>-1,00 €<tr><td>Zwischensumme<td>10,00 €<tr><td>Gesamtsumme<td>10,00 €"
    draft = draft_of_html(f"<h3>Artikel</h3><table>{rows}</table><table>{sums}</table>")

    assert [("Becher", Decimal("7.00")), ("Teller", Decimal("4.00"))] == [(i.title, i.total) for i in draft.items]
    assert [] == draft.doubts


def test_the_name_of_an_item_s_price_is_no_total() -> None:
    """Where 'Preis' names the prices of items, 'Preis: 3,90 EUR' below the shipping method is no total."""
    draft = draft_of(
        "Bestellnummer: 12\n\nArtikel:\n\nBecher\nMenge: 2\nPreis: 7,00 EUR\n\nTeller\nMenge: 1\nPreis: 4,00 EUR\n\n"
        "Standardversand\nPreis: 3,90 EUR\n\nZwischensumme: 11,00 EUR\nVersand: 3,90 EUR\nGesamtsumme: 14,90 EUR\n"
    )

    assert [("Becher", Decimal("7.00")), ("Teller", Decimal("4.00"))] == [(i.title, i.total) for i in draft.items]
    assert Decimal("14.90") == draft.values["total"]
    assert [] == draft.doubts


def test_prices_before_tax() -> None:
    """Without a subtotal the total less tax can be what the items come to: it tells unit prices from row totals."""
    draft = draft_of(
        "Order number: 12\n\nItems:\n2 x Mug  3.50 EUR\n1 x Plate  4.00 EUR\n\nTaxes: 1.10 EUR\nTotal: 12.10 EUR\n"
    )

    assert [Decimal("3.50"), Decimal("4.00")] == [item.unit_price for item in draft.items]
    assert [] == draft.doubts


def test_a_heading_above_the_sums() -> None:
    """A line of unknown words above the sums, in their paragraph, is no variant of the last item."""
    draft = draft_of("Artikel\n1 x Becher 7,00 EUR\n1 x Teller 4,00 EUR\n\nAufstellung\nGesamtsumme: 11,00 EUR\n")

    assert [("Becher", None), ("Teller", None)] == [(item.title, item.variant) for item in draft.items]


def test_a_heading_of_unknown_words() -> None:
    """An emphasised line above items that come to the sum is no item."""
    draft = draft_of_html(
        "<h3>Das wurde gekauft</h3><div>2x Becher, Preis: 3,50 €<br>1x Teller, Preis: 4,00 €</div>"
        "<p>Warenwert: 11,00 €</p><p>Gesamtsumme: 11,00 €</p>"
    )

    assert ["Becher", "Teller"] == [item.title for item in draft.items]
    assert [] == draft.doubts


def test_numbers_of_items() -> None:
    """'Bestellnr.' with another number in each item is the item's: it neither parts nor ends the items."""
    items = "".join(
        f"<h4>{title}</h4>Bestellnr.: {number}<br>{count} × 3,50 €<br>{total} €"
        for title, number, count, total in (("Becher", "00524", 2, "7,00"), ("Teller", "LW-0555", 1, "3,50"))
    )
    draft = draft_of_html(f"<p>Auftragsnummer<br>100061268</p>{items}<p>Gesamtsumme: 10,50 €</p>")

    assert [("Becher", "00524"), ("Teller", "LW-0555")] == [(item.title, item.sku) for item in draft.items]
    assert "100061268" == draft.values["number"]
    assert [] == draft.doubts


def test_options_of_a_name_that_is_a_cost() -> None:
    """'Verpackung: Glas' without an amount among the lines of an item is what was chosen."""
    draft = draft_of_html(
        "<p>Bestellnummer: 7</p><h4>Honig</h4><table><tr><td>Verpackung<td>Glas<tr><td>Menge<td>1"
        "<tr><td>Einzelpreis<td>8,00 €<tr><td>Summe<td>8,00 €</table><p>Gesamtsumme: 8,00 €</p>"
    )

    assert [("Honig", "Verpackung: Glas")] == [(item.title, item.variant) for item in draft.items]


def test_lines_of_labels_without_colons() -> None:
    """'Gesamt 7,00 EUR' below 'Menge 2' is the price of an item, which is titled in the paragraph above."""
    draft = draft_of(
        "Bestellnummer: 7\n\nBecher\n\nEinzelpreis 3,50 EUR\nMenge 2\nMwSt. 19%\nGesamt 7,00 EUR\n\n"
        "Teller\n\nEinzelpreis 4,00 EUR\nMenge 1\nMwSt. 19%\nGesamt 4,00 EUR\n\n"
        "Summe Artikel: 11,00 EUR\nGesamtsumme: 11,00 EUR\n"
    )

    assert [("Becher", Decimal("7.00")), ("Teller", Decimal("4.00"))] == [(i.title, i.total) for i in draft.items]
    assert Decimal("11.00") == draft.values["total"]
    assert [] == draft.doubts


def test_a_discount_above_the_subtotal() -> None:
    """A row with a negative amount and no quantity below the items is a discount, whatever its name."""
    draft = draft_of_html(
        "<p>Order number: 7</p><h3>Order summary</h3><table><tr><td>3 x Mug<td>£54.00<tr><td>1 x Plate<td>£24.00"
        "<tr><td>SPRING: 10% off<td>-£7.80<tr><td>Sub-total:<td>£70.20<tr><td>Total:<td>£70.20</table>"
    )

    assert ["Mug", "Plate"] == [item.title for item in draft.items]
    assert Decimal("7.80") == draft.values["discount"]
    assert [] == draft.doubts


def test_an_unknown_discount_without_a_subtotal() -> None:
    """A negative amount of unknown name tells what the items come to, and so what their prices are of."""
    draft = draft_of("Artikel\n2 x Becher 7,00 EUR\nTreueaktion -2,00 EUR\n\nGesamtsumme: 5,00 EUR\n")

    assert [("Becher", Decimal("7.00"))] == [(item.title, item.total) for item in draft.items]
    assert Decimal("2.00") == draft.values["discount"]


def test_a_count_in_a_cell_of_its_own() -> None:
    """'5 | Becher | 3,50 | 17,50' without a header: the count is no part of the title."""
    rows = "<tr><td>5<td>Becher<td>3,50<td>17,50<tr><td>2<td>Teller<td>4,00<td>8,00"
    draft = draft_of_html(f"<p>Bestellnummer: 7</p><table>{rows}</table><p>Gesamtsumme: 25,50 €")

    assert [("Becher", Decimal(5)), ("Teller", Decimal(2))] == [(item.title, item.quantity) for item in draft.items]


def test_the_name_of_a_person_is_no_title() -> None:
    """'Nom' names things and persons: beside 'Prénom' it is a person's, and the items begin further down."""
    draft = draft_of(
        "Numéro de commande: 7\nPrénom: Camille\nNom: Lefèvre\nTél: 06 00 00 12 34\n"
        "Produit: 1 x Carnet, 11,90 €, 11,90 €\nProduit: 2 x Savon, 5,80 €, 11,60 €\nTotal TTC: 23,50 €\n"
    )

    assert ["Carnet", "Savon"] == [item.title for item in draft.items]


def test_free_shipping_without_a_colon() -> None:
    """'Porto gratis' is a cost of nothing; 'Becher gratis' is none."""
    free = draft_of(TEXT.replace("Versandkosten: 4,90 EUR", "Porto gratis"))
    none = draft_of(TEXT.replace("Versandkosten: 4,90 EUR", "Becher gratis"))

    assert (Decimal(0), False) == (free.values.get("shipping_cost"), "shipping_cost" in none.values)


def test_the_price_before_the_words_of_an_article_number() -> None:
    """'Cod. art. LV' names an article, and 'COD' cash on delivery."""
    draft = draft_of("Ordine: 7\n\n1 x Lanterna\nCod. art. LV\n19,30 €\n\nSubtotale: 19,30 €\nTotale: 19,30 €\n")

    assert ("LV", False) == (draft.items[0].sku, "payment_fee" in draft.values)


def test_counts_titles_and_prices_as_paragraphs() -> None:
    """The count begins the item, wherever its price stands."""
    html = "".join(f"<p>{line}</p>" for line in ("1 ×", "Becher", "7,00 €", "2 ×", "Teller", "8,00 €"))
    draft = draft_of_html(f"<p>Bestellnummer: 7</p>{html}<p>Zwischensumme: 15,00 €</p><p>Gesamtsumme: 15,00 €</p>")

    assert [("Becher", Decimal(1)), ("Teller", Decimal(2))] == [(item.title, item.quantity) for item in draft.items]


def test_the_sum_to_the_left_of_the_items() -> None:
    """'Artikelsumme' is the sum of all, not one more price of the last item, whose lines stand further in."""
    item = "  - Artikel: {}\n    Menge: 2\n    Einzelpreis: 3,50 EUR\n    Zeilensumme: 7,00 EUR\n"
    text = "Bestellnummer: 7\nArtikel:\n" + item.format("Becher") + item.format("Teller")
    draft = draft_of(text + "Artikelsumme: 14,00 EUR\nPorto: 4,00 EUR\nGesamtsumme: 18,00 EUR\n")

    assert ([], Decimal("14.00"), 2) == (draft.doubts, draft.values.get("subtotal"), len(draft.items))


def test_a_total_of_an_unknown_name() -> None:
    """What is called the sum is what the items come to, and more is paid below it."""
    text = "Bestellnummer: 7\n\n2 x Becher  7,00 EUR\n\nSumme: 7,00 EUR\n\nXyz: 3,00 EUR\n\nAbc:\n  10,00 EUR\n"

    assert ["an amount next to the sums was not understood"] == draft_of(text).doubts
    assert [] == draft_of(text.partition("Xyz")[0]).doubts


def test_a_total_among_other_amounts() -> None:
    """A line of sums that could not be taken apart may hold another total."""
    text = "Bestellnummer: 7\n\n2 x Becher  7,00 EUR\n\nSumme: 7,00 EUR; Xyz: 1,00 EUR; Abc: 6,00 EUR\n"

    assert ["an amount next to the sums was not understood"] == draft_of(text).doubts


def test_a_name_above_an_item_that_has_a_title() -> None:
    """The shop's name above a table without a header is no title where the row names its own."""
    html = (
        "<p>Bestellnummer: 1042</p><p>Tassenladen</p><table><tr><td><td>Becher<br>Farbe: blau<br>Artikelnummer: B-1<br>"
        "3,50 €<td>Menge: 2<td>7,00 €</table><table><tr><td>Gesamtsumme<td>7,00 €</table>"
    )
    assert ["Becher"] == [item.title for item in draft_of_html(html).items]


def test_a_number_within_the_first_title() -> None:
    """'1. Duft No. 5' begins the items: 'No. 5' is no order number."""
    text = (
        "Der Kunde hat folgende Artikel bestellt:\n\n1. Duft No. 5\n   Artikelnummer: D-5\n"
        "   1 Stück à 3,50 €, zusammen 3,50 €\n2. Becher\n   Artikelnummer: B-1\n"
        "   2 Stück à 3,50 €, zusammen 7,00 €\n\n"
        "Warenwert: 10,50 €\nGesamtbetrag: 10,50 €"
    )
    assert ["Duft No. 5", "Becher"] == [item.title for item in draft_of(text).items]


def test_the_shop_s_name_below_an_address() -> None:
    """The subject begins with the shop's name in brackets: the same words alone in a line are no line of an address."""
    html = "<p>Rechnungsadresse:<br>Erika Muster<br>Lindenweg 7<br>12345 Berlin</p><p>Tassenladen Nord</p>"
    draft = draft_of_html(html, "[Tassenladen Nord]: Neue Bestellung #1042")
    assert draft.billing is not None
    assert ([], None) == (draft.doubts, draft.billing.company)


def test_a_cost_in_the_last_columns() -> None:
    """'FedEx Ground: | $4.95' below the items, without a count and above the subtotal, is no item."""
    draft = draft_of_html(
        "<table><tr><th>Item<th>Quantity<th>Cost<tr><td>Vase<td>1<td>$41.00<tr><td>Board<td>2<td>$22.50"
        "<tr><td><td>FedEx Ground:<td>$4.95<tr><td><td>Subtotal:<td>$86.00<tr><td><td>Order Total:<td>$90.95</table>"
    )

    assert ["Vase", "Board"] == [item.title for item in draft.items]
    assert (Decimal("4.95"), True) == (draft.values["shipping_cost"], draft.sums.balanced)


def test_codes_in_a_column_for_items() -> None:
    """'Item' beside 'Description': capitals and dashes in all its rows are article numbers."""
    draft = draft_of_html(
        "<table><tr><th>Item<th>Description<th>Quantity<th>Price<tr><td>SCB-12<td>Cheese board<td>1<td>$22.50"
        "<tr><td>TEA-SE<td>Tea<td>1<td>$7.25</table><p>Total: $29.75</p>"
    )

    assert [("SCB-12", "Cheese board"), ("TEA-SE", "Tea")] == [(item.sku, item.title) for item in draft.items]


def test_the_goods_called_the_total() -> None:
    """Prices of one piece, 'Gesamt' above the shipping cost, and what is to be paid below: the arithmetic tells."""
    draft = draft_of(
        "2 x Seife 10,00 EUR\n1 x Kamm 5,00 EUR\n\nGesamt 25,00 EUR\nVersand 4,90 EUR\nZu zahlen 29,90 EUR\n"
    )

    assert [Decimal("10.00"), Decimal("5.00")] == [item.unit_price for item in draft.items]
    assert (Decimal("29.90"), []) == (draft.values["total"], draft.doubts)


def test_a_net_sum_above_the_others() -> None:
    """'Netto' right above the first known sum is the sum before tax, and no part of the last item."""
    draft = draft_of(
        "1 x Seife 10,00 EUR 10,00 EUR\n1 x Kamm 5,00 EUR 5,00 EUR\n\n"
        "Netto: 15,00 EUR\nMwSt.: 2,85 EUR\nGesamt: 17,85 EUR\n"
    )

    assert [("Seife", None), ("Kamm", None)] == [(item.title, item.variant) for item in draft.items]
    assert (Decimal("15.00"), Decimal("2.85"), True) == (
        draft.values["subtotal"], draft.values["tax_total"], draft.sums.balanced,
    )  # fmt: skip


def test_a_choice_below_a_blank_line_within_columns() -> None:
    """'Couleur: bleu' in a paragraph of its own, and the next item below it: the columns go on."""
    draft = draft_of(
        "Produit               Prix       Qté    Total\n\nConfiture             5,80 €     4      23,20 €\n"
        "Taille: M\n\nCouleur: bleu\n\nCoussin               28,00 €    2      56,00 €\n\nTotal général: 79,20 €\n"
    )

    assert [("Confiture", 4), ("Coussin", 2)] == [(item.title, item.quantity) for item in draft.items]
    assert "Couleur: bleu" in str(draft.items[0].variant)


def test_the_tax_below_the_total() -> None:
    """'(inkl. 3,98 € MwSt.)' alone on the next line is the tax in the total; below an item it says nothing of it."""
    head = "Bestellnummer: 1042\n\n1 x Tasse  20,00 €\n\nZwischensumme: 20,00 €\nVersandkosten: 4,90 €\n"
    values = draft_of(head + "Gesamtsumme: 24,90 €\n(inkl. 3,98 € MwSt.)\n").values

    assert (Decimal("24.90"), Decimal("3.98")) == (values["total"], values["tax_total"])
    assert "tax_total" not in draft_of(head + "(inkl. 3,19 € MwSt.)\nGesamtsumme: 24,90 €\n").values


def test_a_tax_said_with_the_subtotal() -> None:
    """'小計 ¥2,000(うち消費税 ¥181)': the tax that is in it, in words without blanks."""
    draft = draft_of(
        "ご注文番号: 1042\n\n手ぬぐい ¥1,000 x 2\n\n小計 ¥2,000(うち消費税 ¥181)\n送料 ¥660\n合計 ¥2,660\n"
    )

    assert Decimal(181) == draft.values["tax_total"]
    assert not draft.sums.tax_on_top


def test_the_tax_of_a_state() -> None:
    """'WA Sales Tax': the sign of a state before the name; 'XX Sales Tax' could be anything."""
    head = "Order number: 1042\n\n1 x Mug  $20.00\n\nSubtotal: $20.00\n"
    draft = draft_of(head + "WA Sales Tax: $1.60\nTotal: $21.60\n")

    assert (Decimal("1.60"), True) == (draft.values["tax_total"], draft.sums.balanced)
    assert "tax_total" not in draft_of(head + "XX Sales Tax: $1.60\nTotal: $21.60\n").values


def test_a_total_above_and_below_the_total_of_the_items() -> None:
    """'Order total' stands above all and at the end; 'Total' between them is what the items come to."""
    items = "Product | Quantity | Price\nMug | 2 | 6.00 £\nJug | 1 | 20.00 £\n"
    values = draft_of(
        f"Order total: 39.50 £\n\n{items}Total | 32.00 £\nShipping | 7.50 £\nOrder total | 39.50 £\n"
    ).values

    assert (Decimal("32.00"), Decimal("39.50")) == (values["subtotal"], values["total"])


def test_a_payment_that_only_its_cost_names() -> None:
    """'Zahlungsart Nachnahme   5,00 €' among the sums says how it is paid."""
    values = draft_of(
        "1 x Tasse  20,00 €\n\nZwischensumme   20,00 €\nZahlungsart Nachnahme   5,00 €\nGesamtsumme   25,00 €\n"
    ).values

    assert ("Nachnahme", 2, Decimal("5.00")) == (
        values["payment_method"], values["payment_type"], values["payment_fee"],
    )  # fmt: skip


def test_a_discount_code_behind_the_amount() -> None:
    """'Coupon: $5.00 (AUTUMN5)'."""
    values = draft_of("1 x Mug  $20.00\n\nSubtotal: $20.00\nCoupon saving: $5.00 (AUTUMN5)\nTotal: $15.00\n").values

    assert ("AUTUMN5", Decimal("5.00")) == (values["discount_code"], values["discount"])


def test_a_heading_above_the_facts_of_the_order() -> None:
    """'Bestelldetails' above number and date, 'Artikel' above the items: the nearest heading counts."""
    facts = "<tr><td>Bestellnummer:</td><td>1042</td></tr><tr><td>Datum:</td><td>3.4.2025</td></tr>"
    items = "<tr><td>Becher<br>blau</td><td>2 Stück</td><td>3,50 €</td></tr>"
    sums = "<tr><td>Versand:</td><td>4,90 €</td></tr><tr><td>Summe:</td><td>11,90 €</td></tr>"
    draft = draft_of_html(
        f"<h3>Bestelldetails:</h3><table>{facts}</table><h3>Bestellte Artikel:</h3><table>{items}</table>"
        f"<table>{sums}</table>"
    )

    assert [("Becher", Decimal(2), Decimal("3.50"))] == [(i.title, i.quantity, i.unit_price) for i in draft.items]
    assert draft.sums.balanced


def test_the_heading_of_the_sums_is_no_choice() -> None:
    """'Gesamtbetrag' alone above the subtotal belongs to no item."""
    draft = draft_of("Artikel:\n1x Becher (B-1) 7,00 €\n\nBestellsumme\n\nZwischensumme: 7,00 €\nGesamt: 7,00 €\n")

    assert [("Becher", None)] == [(item.title, item.variant) for item in draft.items]


def test_a_total_with_shipping() -> None:
    """'Gesamt inkl. Versand' below what the items come to: shipping is the difference; without the words a doubt."""
    head = "Artikel | Menge | Preis\nTasse | 2 | 10,00 €\n\nGesamt: 20,00 €\n"
    said, unsaid = draft_of(head + "Gesamt inkl. Versand: 24,90 €\n"), draft_of(head + "Gesamt neu: 24,90 €\n")

    assert (Decimal("20.00"), Decimal("4.90"), Decimal("24.90")) == (
        said.values["subtotal"], said.values["shipping_cost"], said.values["total"],
    )  # fmt: skip
    assert said.sums.balanced
    assert "shipping_cost" not in unsaid.values


def test_the_tax_in_a_column_of_the_total() -> None:
    """'Gesamt | 3,80 € | 23,80 €' below 'Steuer' and 'Gesamt': the tax of all, where no row of its own says it."""
    rows = (
        "<tr><th>Artikel</th><th>Menge</th><th>Steuer</th><th>Gesamt</th></tr>"
        "<tr><td>Kanne</td><td>1</td><td>3,80 €</td><td>23,80 €</td></tr>"
        "<tr><td>Gesamt</td><td></td><td>3,80 €</td><td>23,80 €</td></tr>"
    )
    values = draft_of_html(f"<table>{rows}</table>").values

    assert (Decimal("23.80"), Decimal("3.80")) == (values["total"], values["tax_total"])


def test_a_method_with_its_cost_is_no_item() -> None:
    """'Zahlungsart: Nachnahme (Gebühr: 2,00 €)' begins no list of items."""
    draft = draft_of("Bestellnummer: 1042\nSumme: 20,00 €\n\nZahlungsart: Nachnahme (Gebühr: 2,00 €)\n")

    assert "Nachnahme" == draft.values["payment_method"]
    assert not draft.items


def test_items_behind_dashes() -> None:
    """'Tasse – Anzahl: 1 – 9,00 € – 9,00 €': dashes that part are no minus, so the last line is no discount."""
    line = "* {} #{} – Anzahl: {} – {} € – {} €\n"
    items = line.format("Tasse", "TA-10", 1, "9,00", "9,00") + line.format("Kanne", "KA-20", 2, "24,00", "48,00")
    draft = draft_of(f"*Bestellnummer* 1042\n*E-Mail* erika@example.org\n\n*Artikel*\n{items}\n*Gesamt* 57,00 €\n")

    assert [("Tasse", "TA-10"), ("Kanne", "KA-20")] == [(item.title, item.sku) for item in draft.items]
    assert draft.billing is not None
    assert "erika@example.org" == draft.billing.email
