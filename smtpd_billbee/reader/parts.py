"""One item from the lines that describe it: quantity, title, variant, SKU, prices.

A line can hold several facts ('2 x Tasse, Variante: klein (Art.-Nr. A-1) 12,50 € 25,00 €').  What a label claims is
taken out; amounts at the end are prices; a number with an 'x' before or behind is the quantity; the rest is the title.
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import is_gross, is_net, meaning_of, names_discount, without_net
from smtpd_billbee.reader.parts_choices import (
    MOST_CHOSEN,
    add_choice,
    chosen_behind,
    is_attribute,
    is_choice,
    is_option,
    is_other_price,
    is_surcharge,
    names_choice,
)
from smtpd_billbee.reader.parts_codes import (
    CODE_LINE,
    is_code_alone,
    take_bracketed,
    take_code_in_front,
    take_hashed,
    take_leading_code,
    take_numbered,
)
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.parts_labels import (
    OPENERS,
    item_field,
    leading_label,
    take_labels,
    take_tax_behind,
    take_variant,
)
from smtpd_billbee.reader.parts_prices import (
    is_free,
    take_leading_price,
    take_price_of_one,
    take_prices,
    without_bracketed_price,
    without_free,
    without_money,
)
from smtpd_billbee.reader.parts_quantity import (
    count_behind,
    count_leading,
    count_of_units,
    is_count_alone,
    take_bracketed_product,
    take_product,
    take_quantity,
    take_row_total,
)
from smtpd_billbee.reader.words import Dictionary, key


def read_parts(
    lines: Sequence[str],
    known: Dictionary,
    style: str,
    loose_sku: bool = True,
    priced: bool = False,
    below: bool = False,
) -> Parts:
    """The parts of one item.  The first line that is not all labels leads the title.

    `priced`: its prices are known; `below`: its title stood above these lines.
    """
    parts = Parts()
    lines = take_row_total(take_product(joined(lines, known), parts, style), parts, style)
    lines = _without_net_prices(lines, known)
    leading = [(line, label) for line in lines for label in [leading_label(line, known)] if label]
    labelled = {label.field for _, label in leading}
    codes = [line[label.value_at :].strip() for line, label in leading if label.field == "sku"]
    parts.coded = sum(map(is_code_alone, codes)) == 1 < len(codes)
    parts.apart = bool(labelled & {"quantity", "unit_price", "row_total"})
    # Where prices carry labels, an amount without one ('Gutschein 25 EUR') belongs to the title.
    elsewhere = bool(labelled & _PRICES) and not (lines and _ends_with_prices(lines[0], style))
    bare = priced or bool(parts.prices) or elsewhere
    parts.with_prices = not bare
    parts.money_lines = sum(map(has_money, lines))
    first = not below
    for line in lines:
        _read_line(line, parts, known, style, first=first, loose_sku=loose_sku, with_prices=not bare)
        first = first and not any(map(str.isalpha, without_money(line, style)))  # its price may stand above a title
    if parts.measured and parts.quantity is not None:
        add_choice(parts.measured[1], parts)
    elif parts.measured:
        parts.quantity = parts.measured[0]
    _settle_title(parts, known, priced)
    return parts


def _without_net_prices(lines: Sequence[str], known: Dictionary) -> Sequence[str]:
    """Of 'Einzelpreis Netto: 15,97' and 'Einzelpreis Brutto: 19,00' the second is what the customer pays."""
    labels = [leading_label(line, known) for line in lines]
    prices = [label.words if label and label.field in _PRICES else "" for label in labels]
    if not any(map(is_net, prices)):
        return lines
    said = {key(without_net(words)) for words in prices if words and not is_net(words)}
    gross = any(map(is_gross, prices))
    return [
        line
        for line, words in zip(lines, prices, strict=True)
        if not (is_net(words) and (gross or key(without_net(words)) in said))
    ]


_PRICES = frozenset({"unit_price", "row_total"})


def _ends_with_prices(line: str, style: str) -> bool:
    """'Hemd 19,00 € 38,00 €': price and sum, though a label repeats one of them below."""
    amounts = [each for each in amounts_in(line, style) if each.is_money and each.sign]
    return (
        len(amounts) > 1
        and not line[amounts[-1].end :].strip()
        and not line[amounts[-2].end : amounts[-1].start].strip()
    )


_LONGEST_COUNT = 12  # letters


def joined(lines: Sequence[str], known: Dictionary) -> list[str]:
    """Lines that belong together: an open bracket that closes on the next line, a label or a count alone ('2 x')."""
    kept: list[str] = []
    for line in lines:
        alone = kept and (
            (len(kept[-1]) < _LONGEST_COUNT and is_count_alone(kept[-1]))
            or _is_label_alone(kept[-1], known)
            or (len(kept) > 1 and _is_name_alone(kept[-1]))
        )
        if kept and ((alone and leading_label(line, known) is None) or _is_open(kept[-1], line)):
            kept[-1] = f"{kept[-1]} {line}"
        else:
            kept.append(line)
    return kept


def _is_open(line: str, below: str) -> bool:
    return any(line.count(o) > line.count(c) and below.count(c) > below.count(o) for o, c in OPENERS.items())


def _is_name_alone(line: str) -> bool:
    """'Muster:' below a title, with its value on the next line."""
    return line.rstrip().endswith((":", "：")) and len(line) <= 25


def _is_label_alone(line: str, known: Dictionary) -> bool:
    return (
        line.rstrip().endswith((":", "："))
        and len(line) <= 40
        and item_field(meaning_of(line.rstrip(" :："), known)) is not None
    )


def _read_line(
    line: str, parts: Parts, known: Dictionary, style: str, first: bool, loose_sku: bool, with_prices: bool
) -> None:
    rest = line.strip()
    if not rest:
        return
    whole = leading_label(rest, known)
    if whole and whole.field == "title":
        parts.labels.setdefault("title", whole.words)
        rest = rest[whole.value_at :].strip()
        if not with_prices or parts.quantity is not None or parts.apart:
            title, *chosen = _WIDE.split(rest)
            parts.rest.append(title if chosen else take_chosen(title, parts, known))
            parts.variant = parts.variant or " ".join(chosen) or None  # '商品名: マグ  ブルー  L'
            return
        first, whole = True, None  # 'Produkt: 1 x Tasse, 14,90 EUR': all in one line
    if whole and whole.field == "sku" and _is_chosen(rest[whole.value_at :].strip(), parts):
        add_choice(rest[whole.value_at :].strip(), parts)
        return
    if whole and whole.field == "variant":
        value = take_labels(rest[whole.value_at :].strip(), parts, known, style, frozenset({"variant"}))
        if with_prices and not parts.is_priced_elsewhere:
            value = take_prices(value, parts, known, style)
        take_variant(whole.words, value.strip(" ,;"), parts, known)
        return
    if not first and parts.row_discount is None and (taken_off := _discount_in(rest, known)):
        parts.row_discount = taken_off
        return
    if not first and _is_weight(rest, known):
        add_choice(rest.strip(" -–•*"), parts)
        return
    if not first and parts.measured is None and (count := count_of_units(rest, known)):
        parts.measured = (count, rest)
        return
    if parts.rest and whole is None and _chooses_nothing(rest, known):
        return
    if _says_nothing(rest, known) or (not first and (_LINK.match(rest) or is_other_price(rest, parts, known, style))):
        return
    if not first and whole is None and _is_of_choice(rest, parts, known, style):
        add_choice(take_labels(rest, parts, known, style, frozenset({"variant"})).strip(" -–•*"), parts)
        return
    _read_values(rest, parts, known, style, first, loose_sku, with_prices)


def _read_values(
    rest: str, parts: Parts, known: Dictionary, style: str, first: bool, loose_sku: bool, with_prices: bool
) -> None:
    """What labels claim, the quantity, prices and a code are taken out; what is left is the title, or below it."""
    rest = take_code_in_front(rest, parts) if first and loose_sku else rest
    rest = take_leading_price(rest, parts, style) if with_prices and first else rest
    rest = take_bracketed_product(rest, parts, style)
    rest = take_tax_behind(take_labels(rest, parts, known, style), parts, known)
    rest = without_bracketed_price(rest, parts, known, style)
    rest = take_quantity(rest, parts, known, first)
    rest = take_price_of_one(rest, parts, known, style)
    if with_prices and parts.quantity is not None and not parts.has_price and is_free(rest, known):
        parts.prices.append(Decimal(0))
        rest = without_free(rest, known)
    if with_prices or not any(c.isalpha() for c in without_money(rest, style)):
        before = rest
        rest = take_prices(rest, parts, known, style)
        if parts.rest and rest != before and known.meaning(rest.strip(" :：")):
            return  # 'Kosten: 24,50 €': the name of the price
    if loose_sku and parts.sku is None:
        rest = take_hashed(take_numbered(take_bracketed(rest, parts), parts), parts)
    rest = rest.strip(" ,;:：|·•=@/").strip()
    rest = rest.lstrip("-–— ").removeprefix("* ")
    if parts.rest and parts.has_price and len(rest) <= 30 and known.meaning(rest).keys() & {"unit_price", "row_total"}:
        return  # 'Stückpreis: 24,95 € x 2': the name of the price that was taken out
    rest = _balanced(_EMPTY_BRACKETS.sub("", rest)).strip(" ,;:：|·•")
    each = known.lists["each"]
    if any(c.isalnum() for c in rest) and not all(key(word) in each for word in rest.split()):
        parts.rest.append(rest)


def _discount_in(text: str, known: Dictionary) -> str:
    """'Nachlass 10 %: -35,60 €' below a title: what is taken off the item's price, as it is written; '' for none."""
    words, colon, value = text.partition(":")
    if not colon or not has_money(value) or len(words) > _LONGEST_NAME:
        return ""
    return f"{words}: {value}".strip() if names_discount(words, known) else ""


_LONGEST_NAME = 40  # letters


def _chooses_nothing(text: str, known: Dictionary) -> bool:
    """'Vielen Dank für Ihren Einkauf!', 'Alle Preise in Euro', 'Variante' beside an empty cell, below a title."""
    if has_money(text):
        return False
    alone = item_field(meaning_of(text.rstrip(" :："), known)) == "variant"
    return alone or _OF_PRICES.match(text) is not None or _is_sentence(text)


def take_chosen(title: str, parts: Parts, known: Dictionary) -> str:
    """The title without what was chosen behind it, which goes to the parts."""
    found = chosen_behind(title, known) if parts.variant is None else None
    if found is None:
        return title
    take_variant(found[1], found[2], parts, known)
    return found[0]


def _is_chosen(value: str, parts: Parts) -> bool:
    """'Modell: Breite: 12 mm', and 'Modell: nachtblau' beside 'Artikelnummer: B-12'."""
    return is_choice(value) or (parts.coded and not is_code_alone(value))


def _is_of_choice(text: str, parts: Parts, known: Dictionary, style: str) -> bool:
    """Does the line say what was chosen?"""
    return is_attribute(text, parts, known, style) or is_option(text, known) or is_surcharge(text, style)


_EMPTY_BRACKETS = re.compile(r"\s*\(\s*\)|\s*\[\s*\]")


def _balanced(text: str) -> str:
    """Without a bracket that lost its partner when a label was taken out."""
    for opener, closer in OPENERS.items():
        if text.count(closer) > text.count(opener):
            at = text.rfind(closer)
            text = f"{text[:at].rstrip()} {text[at + 1 :].lstrip()}".strip()
        elif text.count(opener) > text.count(closer):
            at = text.rfind(opener)
            text = f"{text[:at].rstrip()} {text[at + 1 :].lstrip()}".strip()
    return text


_LINK = re.compile(r"(?:https?://|www\.)\S+$")
_WIDE = re.compile(r"\s{2,}")
_BESIDE = frozenset(
    {
        "transaction_id",
        "invoice_number",
        "order_status",
        "order_link",
        "delivery_time",
        "weight",
        "shipped_at",
        "ean",
        "currency",
        "payment_method",
    }
)


def _says_nothing(text: str, known: Dictionary) -> bool:
    """'Transaktion: 311', 'Lieferzeit: 3 Tage', 'Gesamtgewicht: 2 kg': facts that are no part of an item."""
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    meaning = meaning_of(text[:at], known) if 0 < at <= 60 else {}
    return bool(meaning.keys() & _BESIDE) and item_field(meaning) in (None, "ean", "weight", "delivery_time")


# 'Alle Preise in Euro', 'Prices include VAT'
_OF_PRICES = re.compile(
    r"(?:(?:alle|all|tous les|todos los|tutti i|alle|todos os|wszystkie|все)\s)?"
    r"(?:preise|prices|prix|precios|prezzi|prijzen|preços|ceny|цены)\s",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3


def _is_sentence(text: str) -> bool:
    """'Vielen Dank für Ihren Einkauf!' chooses nothing."""
    return text[-1:] in ("!", ".") and not text.endswith("..") and len(text.split()) > _FEWEST_WORDS


def _is_weight(text: str, known: Dictionary) -> bool:
    """'Gewicht: 500 g' below a title: who buys tea or cheese has chosen it, and losing it loses the choice."""
    at = text.find(":")
    return 0 < at <= 40 and "weight" in meaning_of(text[:at].lstrip("-–•* "), known) and not _OF_ALL.search(text[:at])


# 'Gesamtgewicht', 'Shipping weight': of the whole order.
_OF_ALL = re.compile(
    r"gesamt|versand|total|shipping|exp[ée]dition|env[ií]o|spedizione|verzend|wysył|całkowit|общ|достав|総|合計|总|總|运|運",
    re.IGNORECASE,
)


def _settle_title(parts: Parts, known: Dictionary, priced: bool) -> None:
    """The first line that is left is the title; a short second one is the variant."""
    if parts.rest and parts.quantity is None:
        counted = count_behind(parts.rest[0]) if priced or parts.has_price else None
        if counted:
            parts.quantity, parts.quantity_is_loose = counted[0], True
            parts.rest[0] = counted[1]
    if not parts.rest:
        return
    take_leading_code(parts)
    parts.title = _quoted(parts.rest[0])
    parts.led = count_leading(parts.title, known) if parts.quantity is None else None
    more = [line for line in parts.rest[1:] if line.strip("-–— ")]
    if more and parts.sku is None and parts.variant is not None and _is_code_beside(more[-1]):
        parts.sku = more.pop()  # below 'Size: UK 8' the line 'FSL-8' is no choice, nor 'U-1' before '/ Farbe: Gold'
    if len(more) == 2 and parts.sku is None and parts.variant is None and _is_code_below(more[1]):
        parts.sku = more.pop()  # below 'Rose gold, size 54' the line 'R-17'
    if len(more) > 1 and parts.variant is None and len(more) <= MOST_CHOSEN and all(map(names_choice, more)):
        parts.variant = ", ".join(more)
    if more and parts.variant is None and len(more) == 1 and len(more[0]) <= 60:
        if parts.sku is None and _is_code_below(more[0]):
            parts.sku = more[0].lstrip("#")
        else:
            parts.variant = more[0]
    parts.unread = parts.sku is None and parts.variant is None and 1 < len(more) <= _MOST_UNREAD


_QUOTED = re.compile(
    r"(?:(?:de|di|do|of|von|van|d['’])\s?(?=[«“„\"»]))?(?P<title>[«“„\"»][^«»“”„\"]{2,120}[»”“\"«])(?P<tail>.{0,60})"
)
_TO_PRICES = frozenset([
    "a", "à", "á", "al", "at", "au", "de", "di", "for", "für", "je", "per", "por", "preis", "precio", "prezzo", "prix",
    "von", "zu", "zum",
])  # fmt: skip


def _quoted(title: str) -> str:
    """'2 uds. de «Cesta» (azul) a 26,00€', '"Hemd" zum Preis von 38 €': words around a title in quotation marks."""
    found = _QUOTED.fullmatch(title)
    if found is None:
        return title
    tail = found["tail"].split()
    while tail and tail[-1].casefold().strip(".,:@") in _TO_PRICES:
        tail.pop()
    return " ".join([found["title"], *tail]) if len(tail) < len(found["tail"].split()) else title


_MOST_UNREAD = 3  # lines: more are a description
_CODE_BELOW = re.compile(r"#?[A-Z0-9][A-Z0-9_.\-/]{2,24}")


_SHORT_CODE = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Z0-9]{1,3}-[A-Z0-9]{1,3}")


def _is_code_beside(line: str) -> bool:
    return CODE_LINE.fullmatch(line) is not None or _SHORT_CODE.fullmatch(line) is not None


def _is_code_below(line: str) -> bool:
    """'KC-04', '#1045' alone below a title."""
    return _CODE_BELOW.fullmatch(line) is not None and any(c.isdigit() for c in line)
