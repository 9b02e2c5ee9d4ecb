"""The prices within the lines of one item: amounts at the end of a line, and words in their place."""

import re
from collections.abc import Sequence
from decimal import Decimal

from smtpd_billbee.reader.amounts import Amount, amounts_in, has_money
from smtpd_billbee.reader.labels import beside_labels
from smtpd_billbee.reader.parts_choices import QUOTES, is_by_measure, is_on_top
from smtpd_billbee.reader.parts_found import CENT, Parts
from smtpd_billbee.reader.parts_quantity import counted_behind, quantity_before_price
from smtpd_billbee.reader.words import Dictionary, key

_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+\.?|\d+")


def is_free(text: str, known: Dictionary) -> bool:
    """'1 x Gratisprobe kostenlos': the word stands where the price would."""
    return without_free(text, known) != text


def without_free(text: str, known: Dictionary) -> str:
    """The text before 'kostenlos' or 'gratis' at its end."""
    before, _, last = text.rstrip(" .!)").rpartition(" ")
    return before.rstrip(" (:=-–") if before and known.has("free", last) else text


def without_money(text: str, style: str) -> str:
    """The text without its amounts."""
    for amount in reversed(amounts_in(text, style)):
        text = text[: amount.start] + text[amount.end :]
    return text


_BRACKETED = re.compile(r"\s?[(\[](?P<inner>[^()\[\]]{3,40})[)\]]")


def without_bracketed_price(text: str, parts: Parts, known: Dictionary, style: str) -> str:
    """'Hemd (Einzelpreis 19,00 €)', 'Kaffee (19,00 €/kg)' without what the brackets say; '(+5,00 €)' is chosen."""
    for found in _BRACKETED.finditer(text) if has_money(text) else ():
        inner = found["inner"]
        amounts = [each for each in amounts_in(inner, style) if each.is_money]
        if len(amounts) != 1 or is_on_top(inner, amounts[0]):
            continue
        words = inner[: amounts[0].start].strip(" :")
        named = bool(words) and "unit_price" in known.meaning(words)
        behind = inner[amounts[0].end :].strip(" /")
        if named and not behind and parts.unit_price is None:
            parts.unit_price, parts.currency = amounts[0].value, parts.currency or amounts[0].sign
        if (named and not behind) or (not words and is_by_measure(inner, amounts[0], known)):
            return f"{text[: found.start()]}{text[found.end() :]}"
    return text


_BULLET = re.compile(r"^[-–—•*·]\s+")
_THEN_COUNT = re.compile(r"(?:\s(?P<word>[^\W\d_]{1,5})\s{1,2}|\s{2,})(?P<rest>\d{1,6}\s?[x×✕хX]\s?\S.*)")


def take_leading_price(text: str, parts: Parts, style: str) -> str:
    """'11,80 € für 2 x Tasse', '11,80 €   2 x Tasse': the row's price before its quantity; what is left of the text."""
    found = _THEN_COUNT.search(text)
    if found is None or parts.has_price or (found["word"] and key(found["word"]) not in beside_labels("for")):
        return text
    before = _BULLET.sub("", text[: found.start()].strip())
    amounts = amounts_in(before, style)
    if len(amounts) != 1 or not amounts[0].sign or any(c.isalnum() for c in before[: amounts[0].start]):
        return text
    if before[amounts[0].end :].strip():
        return text
    parts.total, parts.currency = amounts[0].value, amounts[0].sign
    return found["rest"]


def take_price_of_one(text: str, parts: Parts, known: Dictionary, style: str) -> str:
    """'CHF 12.50 pro Stück' where the row's price stands elsewhere: an amount, and nothing but words like 'each'."""
    if (parts.total is None and parts.with_prices) or parts.unit_price is not None or not has_money(text):
        return text
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    if len(amounts) != 1 or key(without_money(text, style).strip(" ,;:()")) not in known.lists["each"]:
        return text
    parts.unit_price, parts.currency = amounts[0].value, parts.currency or amounts[0].sign
    return ""


def before_prices(text: str, known: Dictionary, style: str) -> tuple[str, int]:
    """What stands before the amounts at the end, and where these begin; '+ 5,00 €' and '(5,00 €)' are a surcharge."""
    end = len(text)
    amounts = [each for each in amounts_in(text, style) if each.is_money and each.sign]
    at = end
    while amounts and not is_on_top(text, amounts[-1]) and _joins(text[amounts[-1].end : at], known):
        at = amounts.pop().start
    before = text[:at].rstrip()
    if at == end or not before or before[-1] in "(+[（" or text[at] in "+-":
        return text, end
    return _trim_each(before, known, led=True), at


def take_prices(text: str, parts: Parts, known: Dictionary, style: str) -> str:
    """The amounts at the end of the line (with 'je', '=', '@', '/' between them)."""
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    if not amounts:
        return text
    kept, led = len(amounts), False
    end = len(text)
    while kept and not is_on_top(text, amounts[kept - 1]) and _joins(text[amounts[kept - 1].end : end], known):
        kept -= 1
        end = amounts[kept].start
    if (
        0 < kept < len(amounts)
        and parts.quantity is not None
        and not _OPENERS.intersection(text[amounts[kept - 1].end : amounts[kept].start])
        and _is_row(parts.quantity, amounts[kept - 1], amounts[-1], text, known)
    ):
        kept -= 1  # 'zu je 19,50 EUR, zusammen 58,50 EUR'
        led = True
    last = text[amounts[-2].end : amounts[-1].start] if len(amounts) > 1 else ""
    ending = _without_title(amounts[kept:], parts.quantity, apart=last.isspace() and len(last) > 1)
    if not ending:
        return text
    if len(ending) == _ALL_COLUMNS and key((text[: ending[0].start].split() or [""])[-1]) in _WORTH:
        ending = ending[1:]  # 'Gutschein über 50,00 €  50,00 €  50,00 €'
    head = text[: ending[0].start]
    ending = _without_old(head, ending, known)
    if 0 < kept < len(amounts):
        head = _before_old(head, amounts[kept - 1], known)
    for amount in ending:
        parts.prices.append(amount.value)
        parts.currency = parts.currency or amount.sign
    trimmed = _trim_each(head, known, led)
    each = head[len(trimmed) :].strip() == "@" or key(head[len(trimmed) :]) in known.lists["each"]
    if each and len(parts.prices) == 1 and parts.unit_price is None and parts.total is None:
        parts.unit_price = parts.prices.pop()  # '12 x Tasse @ 27,50 €'
    return quantity_before_price(counted_behind(trimmed, parts, known, each), parts, known)


_ALL_COLUMNS = 3  # what it is worth, the price of one, the row's
_OPENERS = frozenset("[(<")  # 'Gutschein 25 EUR [GU25]  75,00 €': the amount before the code belongs to the title


_WORTH = frozenset(("über", "uber", "von", "wert", "worth", "of", "de", "da", "di", "van", "por", "o"))


def _without_title(ending: Sequence[Amount], quantity: Decimal | None, apart: bool) -> Sequence[Amount]:
    """'100 Rezepte für 5,00 €  18,00 €  72,00 €': the first amount belongs to the title if the others are the row."""
    if quantity is None and len(ending) > 2 and not _has_cents(ending[0]) and all(map(_has_cents, ending[1:])):
        return ending[1:]  # '2 Knopf 1 Euro  1,00 EUR  2,00 EUR'
    if len(ending) == 2 and apart and not _has_cents(ending[0]) and _has_cents(ending[1]):
        return ending[1:]  # 'Gutschein 25 EUR', and '50,00 EUR' in the last column
    if quantity is not None and len(ending) > 2 and abs(quantity * ending[-2].value - ending[-1].value) <= CENT:
        first_fits = abs(quantity * ending[0].value - ending[1].value) <= CENT
        whole = not _has_cents(ending[0]) and all(map(_has_cents, ending[1:]))  # 'Gutschein 50 EUR  50,00  50,00'
        return ending if first_fits and not whole else ending[-2:]
    if len(ending) == 2 and ending[0].value == ending[1].value and not _has_cents(ending[0]) and _has_cents(ending[1]):
        return ending[1:]  # 'Gutschein 25 EUR, à 25,00 €', and what all cost elsewhere
    if quantity == 1 and len(ending) == 2 and not _has_cents(ending[0]) and _has_cents(ending[1]):
        return ending[1:]  # '1 x Gutschein 25 EUR  25,00 EUR'
    return ending


def _has_cents(amount: Amount) -> bool:
    return _CENTS.search(amount.text) is not None


_CENTS = re.compile(r"[.,]\d\d(?!\d)")  # '1,960円' has none


def _is_row(quantity: Decimal, unit: Amount, total: Amount, text: str, known: Dictionary) -> bool:
    """Does the amount before the words belong to the last one?

    For one piece only behind a comma or 'je': else it is the title's.
    """
    led = re.search(r",\s+[^\W\d]{0,12}(?:\s[^\W\d]{1,12}){0,2}\s?$", text[: unit.start])
    each = text[: unit.start].split()[-1:]
    sure = quantity > 1 or led is not None or (bool(each) and key(each[0]) in known.lists["each"])
    return abs(quantity * unit.value - total.value) <= CENT and sure


_BESIDE_PRICES = ("each", "quantity_units", "tax_included", "tax_names")


def _joins(between: str, known: Dictionary) -> bool:
    """Only signs, or words like 'je', between two amounts or behind the last."""
    if between[:1] in QUOTES:
        return False  # 'Gravur: "Für 5 EUR"'
    words = _WORD_OR_NUMBER.findall(between)
    if not words:
        return True
    return len(words) <= 3 and all(
        (word.isdigit() and len(word) < 5) or any(known.has(name, word) for name in _BESIDE_PRICES) for word in words
    )


def _without_old(head: str, ending: Sequence[Amount], known: Dictionary) -> Sequence[Amount]:
    """'statt 24,00 € nur 19,00 €': the old price is none."""
    words = head.split()
    if len(ending) > 1 and words and key(words[-1]) in known.lists["instead_of"]:
        return ending[1:]
    return ending


def _before_old(head: str, old: Amount, known: Dictionary) -> str:
    """'Hose statt 59,00 € nur' before '39,00 €': without the old price and the words around it."""
    words = head[: old.start].split()
    behind = head[old.end :].split()
    if len(words) < 2 or len(behind) > 1 or key(words[-1]) not in known.lists["instead_of"]:
        return head
    return head[: old.start].rstrip()[: -len(words[-1])].rstrip(" ,;:–—-(")


def _trim_each(head: str, known: Dictionary, led: bool) -> str:
    """The text without 'je', 'à', '@' at its end; `led`: words led to the first price ('zu je')."""
    bare = head.rstrip(" :：=@|–—-/,;(")
    words = bare.split()
    each = known.lists["each"]
    while len(words) > 1 and key(words[-1]) in each and words[-1] not in ("a", "A") and not words[-2][-1].isdigit():
        words.pop()
        bare = bare[: bare.rstrip().rfind(" ")].rstrip(" :：=@|–—-/,;(") if words else ""
    before, comma, last = bare.rpartition(",")
    if comma and key(last) in each:
        return before.rstrip(" ,;")  # 'Tasse, a 32,50 €, total 65,00 €'
    before, comma, last = bare.rpartition(", ")
    if led and comma and len(last.strip()) <= 4 and last.strip().isalpha() and last.strip().islower():
        bare = before.rstrip()  # 'Tasse, zu', 'Mug, at', 'Bol, à'
    return bare
