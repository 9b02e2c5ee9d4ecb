"""One row as a sum: what its words allow it to be, its amount, and the tax that stands within."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from smtpd_billbee.reader.amounts import Amount, amounts_in, has_money
from smtpd_billbee.reader.labels import (
    beside_labels,
    is_carried,
    is_net,
    is_shipping,
    sum_label,
    whole_label,
    without_lead,
)
from smtpd_billbee.reader.parts_labels import leading_label, sku_leading
from smtpd_billbee.reader.parts_quantity import is_product
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.states import is_state
from smtpd_billbee.reader.words import Dictionary, Meaning, key

_FIELDS = ("subtotal", "shipping_cost", "payment_fee", "discount", "tax", "total")


@dataclass(frozen=True, slots=True)
class SumRow:
    """A row that ends in an amount, and what its words allow.  `aside`: what stands in brackets behind the amount."""

    index: int
    words: str
    amount: Decimal
    fields: tuple[str, ...]
    meaning: Meaning
    currency: str | None
    on_top: bool | None = None  # of a tax: True 'zzgl.', False 'inkl.', None: not said
    aside: str = ""
    negative: bool = False
    from_below: bool = False  # the amount stands on the next row
    net: bool = False  # 'Summe netto': before tax, never what the customer pays
    of_items: bool = False  # called a total, and just what the items come to
    shared: bool = False  # 'Versandart: DHL Paket (4,90 €)': the row says something else, too
    by_payment: bool = False  # 'Zahlung (Nachnahme): 6,50 €': a fee, or what was paid so
    within: Decimal | None = None  # 'Gesamt: 24,90 € (inkl. 3,98 € MwSt.)': the tax that is said to be in it

    @property
    def is_paid(self) -> bool:
        """'Bereits bezahlt (Gutschein)  -10,00 €': what is left to pay below it is not the order's total."""
        return not self.fields and key(self.words.partition("(")[0]) in beside_labels("paid")

    @property
    def rated(self) -> bool:
        """'Retail 8.25 %': a name that nobody listed, with a rate."""
        return not self.fields and not self.negative and "%" in self.words


def sum_row(row: Row, index: int, known: Dictionary, style: str, below: Row | None = None) -> SumRow | None:
    """The row as a sum, or None.  A label alone on its line takes the amount of the line below."""
    filled = row.filled
    if len(filled) == 1:
        return None if len(filled[0].lines) > 3 else _in_line(filled[0].text, index, known, style, below)
    if not filled or any(len(cell.lines) > 3 for cell in filled):
        return None
    if any(_describes_item(line, known, style) for cell in filled for line in cell.lines[1:]):
        return None  # 'Gutschein 25 EUR', in the same cell 'Art.-Nr.: GS25', and below it '2 x 25,00 EUR'
    if len(filled) == 2 and _is_amount_alone(filled[0].text, style) and not has_money(filled[1].text):
        filled = filled[::-1]  # '20,25 EUR | Warenwert'
    words = " ".join(cell.text for cell in filled[:-1])
    if len(filled) > 2 and has_money(words):
        return _in_columns(filled, index, known, style)
    if len(filled) == 3 and _COUNT.fullmatch(filled[1].text.strip()) and _is_named(filled[0].text, known):
        words = filled[0].text  # 'Итого: | 4 шт. | 5 070 руб.'
    found = _made(index, words, filled[-1].text, known, style)
    if found and not found.negative and _PIECES.search(words[-_LONGEST_COUNT:]):
        return None  # 'Geschenkgutschein 50,00 € × 1': so many pieces of a thing
    if found and not found.fields and (field := _by_method(filled[0].text, known)):
        fields = ("shipping_cost",) if field == "shipping_method" else ()
        return replace(found, fields=fields, by_payment=not fields)
    return found


def _describes_item(line: str, known: Dictionary, style: str) -> bool:
    label = leading_label(line, known)
    if label is not None:
        return label.field in ("sku", "quantity")
    return is_product(line, style) or sku_leading(line, known) is not None


_PIECES = re.compile(r"\s[x×✕]\s?\d{1,6}\s*$")
_LONGEST_COUNT = 16  # letters
_COUNT = re.compile(r"\d{1,6}(?:\s?[^\W\d_]{1,8}\.?)?")


def _is_named(text: str, known: Dictionary) -> bool:
    return not {"total", "subtotal"}.isdisjoint(whole_label(text.strip(" :："), known))


def _by_method(text: str, known: Dictionary) -> str:
    """'Versandart DHL Paket | 5,90 €', 'Zahlung (Nachnahme): | 6,50 €': what costs that; '' where nothing says it."""
    words = text.partition(":")[0].partition("(")[0].split()
    for end in range(min(len(words), _MOST_LEADING), 0, -1):
        meaning = known.meaning(" ".join(words[:end]))
        if meaning:
            return next(iter(meaning)) if meaning.keys() in ({"shipping_method"}, {"payment_method"}) else ""
    return ""


_MOST_LEADING = 3  # words


def _in_columns(filled: Sequence[Cell], index: int, known: Dictionary, style: str) -> SumRow | None:
    """'Summe | 20,56 € | 0,00 € | 128,80 €' below an item table with columns for tax and discount: the last counts."""
    if not all(_is_amount_alone(cell.text, style) for cell in filled[1:]):
        return None
    found = _made(index, filled[0].text, filled[-1].text, known, style)
    if found and not found.fields and filled[0].end - filled[0].start > 1 and is_shipping(filled[0].text, known):
        return replace(found, fields=("shipping_cost",))
    return found if found and found.fields else None


# 'Gutschein 25 EUR (#GU25) x 1 = 25,00 €', 'Gutschein 25 EUR: 2 x 25,00 €'
_COUNTED = re.compile(r"\s[x×✕]\s?\d{1,6}\s?[=:→]|\(#\w|\s\d{1,6}\s?[x×✕]\s?[^\w\s]?\s?\d{1,6}[.,]\d\d")
_LONGEST_FREE = 40  # letters
_LONGEST_VALUE = 80  # letters: an amount alone, or 'free of charge'


def _in_line(text: str, index: int, known: Dictionary, style: str, below: Row | None) -> SumRow | None:
    if has_money(text):
        if _COUNTED.search(text):
            return None
        amounts = [each for each in amounts_in(text, style) if each.is_money]
        before = text[: amounts[-1].start]
        inside = before.count("(") > before.count(")")  # 'Gesamt: 24,90 € (inkl. 3,98 € MwSt.)'
        made: SumRow | None = None
        for amount in (amounts[0], amounts[-1]) if inside else (amounts[-1], amounts[0]):
            found = _made(index, text[: amount.start], text[amount.start :], known, style)
            if found and found.fields:
                return found
            made = made or found
        return made
    if len(text) <= _LONGEST_FREE and text[-1:].isalpha():
        words, _, last = text.rpartition(" ")
        if words and known.has("free", last) and "shipping_cost" in whole_label(words.strip(" -–=:"), known):
            return _made(index, words, last, known, style)  # 'Porto gratis'
    for colon in (":", "："):
        if colon in text:
            words, _, value = text.partition(colon)
            if len(value) <= _LONGEST_VALUE and value.strip() and known.has("free", value):
                return _made(index, words, value, known, style)
    if below and len(below.text) <= _LONGEST_VALUE and len(below.filled) == 1 and len(below.filled[0].lines) == 1:
        value = below.filled[0].text
        if ":" in value and ("shipping_cost" in known.meaning(text) or is_carried(text, known)):
            value = _price_alone(value, known)  # 'Standardversand' above 'Preis: 3,99 €'
        if _is_amount_alone(value, style) or (len(value) <= _LONGEST_FREE and known.has("free", value)):
            found = _made(index, text, value, known, style)
            return replace(found, from_below=True) if found else None
    return None


def _price_alone(text: str, known: Dictionary) -> str:
    """The value of 'Preis: 3,99 €'."""
    label, colon, value = text.partition(":")
    return value.strip() if colon and not {"unit_price", "row_total"}.isdisjoint(known.meaning(label)) else text


def _is_amount_alone(text: str, style: str) -> bool:
    if not has_money(text):
        return False
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    return len(amounts) == 1 and not any(c.isalnum() for c in text[: amounts[0].start])


def _made(index: int, words: str, value: str, known: Dictionary, style: str) -> SumRow | None:
    label = without_lead(words).strip()
    minus = label.endswith(("-", "−", "–")) or words.rstrip().endswith((" -", " −"))
    label = label.rstrip(" :：-−–=+")
    if not any(c.isalpha() for c in label) or key(label.rpartition(" ")[2]) in beside_labels("at_least"):
        return None
    amount = _first(value, style)
    if amount is None:
        if not known.has("free", value.strip(" .!()")):
            return None
        cost, sign, rest = Decimal(0), None, ""
    else:
        cost, sign, rest = amount.value, amount.sign, value[amount.end :]
    meaning = sum_label(label, known) or _tax_of_state(label, known)
    fields = tuple(name for name in _FIELDS if name in meaning)
    if "row_total" in meaning and "total" not in fields:
        fields += ("total",)
    net = "tax" not in fields and is_net(label) and key(label) not in beside_labels("due")
    if net:
        fields = ("subtotal",) if {"total", "subtotal"} & set(fields) else fields
    if (amount is None or _runs_on(rest, known)) and "shipping_cost" not in fields:
        return None  # 'Versand: 5,95 € über DHL Paket' says how it is sent
    if not fields and "shipping_method" in meaning:
        fields = ("shipping_cost",)  # 'Versandart: 4,90 €', 'Paketdienst (Deutschland)  5,95 €'
    if not meaning and known.has("pickup", label):
        fields = ("shipping_cost",)  # 'Abholung im Laden: 0,00 €'
    negative = cost < 0 or (minus and cost > 0)
    within = tax_within(rest, known, style) if {"total", "subtotal"} & set(fields) else None
    return SumRow(
        index, label, abs(cost), fields, meaning, sign, _on_top(label, known), rest.strip(), negative, net=net,
        within=within,
    )  # fmt: skip


_WORD = re.compile(r"[^\W\d_]{2,}")
_MOST_BEHIND = 2  # words behind an amount that is a sum


def _runs_on(rest: str, known: Dictionary) -> bool:
    """'5,00 € für Ihren nächsten Einkauf', '4,90 €. Und noch ein Satz': what a sentence says is no sum.

    What stands in brackets, or names a tax, belongs to the amount.
    """
    bare = rest.strip()
    if not bare or bare[0] in "([（【":
        return False
    words = _WORD.findall(bare[:_LONGEST_ASIDE])
    if len(words) <= _MOST_BEHIND:
        return False
    beside = known.lists["tax_names"] | known.lists["tax_included"]
    return not any(key(word) in beside for word in words) and not has_money(bare)


_LONGEST_ASIDE = 120  # letters


_RATE = re.compile(r"\s\d{1,2}(?:[.,]\d{1,2})?\s?[%％]")


def tax_within(aside: str, known: Dictionary, style: str) -> Decimal | None:
    """'(inkl. 3,98 € MwSt.)' behind a sum or below it: a word of inclusion first, the name of a tax, and amounts."""
    if not aside or len(aside) > _LONGEST_ASIDE:
        return None
    bare = _RATE.sub(" ", aside.strip(" ()（）.,"))
    amounts = amounts_in(bare, style)
    if len(amounts) == 1 and "%" not in bare:
        amount = amounts[0]
        around = f"{bare[: amount.start]} {bare[amount.end :]}".strip(" :：")
        if key(around) in known.lists["tax_included"] and "tax" in known.meaning(around):
            return amount.value  # 'うち消費税 ¥1,888', '¥2,090 消費税込み'
    words = [key(word) for word in aside.replace("(", " ").replace(")", " ").split()]
    words = [word for word in words if word]
    if not any(word in known.lists["tax_names"] for word in words):
        return None
    if not any(key_of in known.lists["tax_included"] for key_of in (words[0], "".join(words[:2]), "".join(words[:3]))):
        return None
    money = [each.value for each in amounts_in(aside, style) if each.is_money and aside[each.end :].lstrip()[:1] != "%"]
    return sum(money, Decimal(0)) if money else None


def _first(text: str, style: str) -> Amount | None:
    amounts = amounts_in(text, style)
    money = [each for each in amounts if each.is_money] or [
        each for each in amounts if text.strip() == each.text.strip()
    ]
    if not money or any(c.isalpha() for c in text[: money[0].start]):
        return None
    return money[0]


_PARTS = re.compile(r"[\s()（）\[\]]+")
_STATE_TAX = re.compile(r"[A-Z]{2} (?=\S)")


def _tax_of_state(label: str, known: Dictionary) -> Meaning:
    """'WA Sales Tax': the sign of a state before the name of the tax."""
    found = _STATE_TAX.match(label)
    if found is None or not any(is_state(found[0].strip(), of) for of in ("US", "CA")):
        return {}
    meaning = known.meaning(label[found.end() :])
    return meaning if meaning.keys() == {"tax"} else {}


def _on_top(words: str, known: Dictionary) -> bool | None:
    keys = [key(word) for word in _PARTS.split(words)]  # '消費税（10%）内税' is two words and a rate
    if any(word in known.lists["tax_included"] for word in keys if word):
        return False
    if any(word in known.lists["tax_on_top"] for word in keys if word) or words.lstrip().startswith("+"):
        return True
    return None
