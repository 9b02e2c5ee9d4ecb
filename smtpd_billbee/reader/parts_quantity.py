"""The quantity within the lines of one item: a number with an 'x' or a unit, and products like '2 x 9,90 €'."""

import functools
import re
from collections.abc import Sequence
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.parts_found import Parts, plain_number
from smtpd_billbee.reader.words import REMEMBERED, Dictionary

_QUANTITY_FIRST = re.compile(
    r"^\W{0,4}(?P<n>\d{1,6}(?:[.,]\d{1,3})?)\s*(?:(?:(?![x×✕хX]\s)[^\W\d_]{1,5}\.?\s{1,2})?(?P<x>[x×✕хX*])(?=[\s\d\W]|$)|(?P<unit>[^\W\d_]{1,12}(?:\(\w{1,2}\))?\.?)(?=:?\s):?)\s*(?P<rest>.+)$"
)
_X_FIRST = re.compile(r"^\W{0,3}[x×✕хX]\s?(?P<n>\d{1,6})(?:\s+|(?=\W))(?P<rest>\S.*)$")
QUANTITY_LAST = re.compile(
    r"^(?P<rest>.*?\S)\s*(?:[(\[]\s*)?(?:[x×✕хX*]\s?(?P<n>\d{1,6})|(?P<m>\d{1,6})\s?(?:[^\W\d_]{1,8}\.?\s?)?[x×✕хX*])(?:\s*[)\]])?\s*[:：,;]?$"
)


def count_behind(text: str) -> tuple[Decimal, str] | None:
    """'Tasse x 2', 'Tasse (2x)', 'Tasse 2 ×': the count, and what stands before; 'Leinwand 60 x 80' is a measure."""
    found = QUANTITY_LAST.match(text)
    if found is None:
        return None
    rest = found["rest"].rstrip()
    sign = text[len(rest) :].lstrip()[:1]
    if found["n"] and sign not in "([" and _is_measure(rest, sign):
        return None
    return Decimal(found["n"] or found["m"]), rest


_NUMBER_LAST = re.compile(r"(?:^|\s)\d{1,4}(?:[.,]\d{1,2})?$")
_PRODUCT_LAST = re.compile(r"\d\s?(?P<sign>[x×✕хX*])\s?\d{1,4}$")


def _is_measure(rest: str, sign: str) -> bool:
    """'Leinwand 60' before 'x 80'; but 'Leinwand 60 x 80' before '× 2' is counted by another sign."""
    within = _PRODUCT_LAST.search(rest)
    return _NUMBER_LAST.search(rest) is not None and (within is None or within["sign"] == sign)


_MEASURES = re.compile(
    r"\W{0,4}(?!1\s?[x×✕])\d{1,4}(?:[.,]\d{1,2})?\s?[x×✕]\s?\d{1,4}(?:[.,]\d{1,2})?"
    r"(?:\s?(?:mm|cm|dm|m|zoll|\"|″)(?=\s)|\s(?!(?:k?g|mg|[mcd]?l|g|kg|stk?|stück|pcs|er)\b))",
    re.IGNORECASE,
)


def begins_with_measures(text: str) -> bool:
    """'30 x 40 Rahmen', '3 x 4 m Folie': so many of the rest, or how large it is; '2 x 500 g Kaffee' is no question."""
    return _MEASURES.match(text) is not None


_TIMES = re.compile(
    r"^\W{0,3}(?P<n>\d{1,6}(?:[.,]\d{1,2})?)\s*(?:[^\W\d_]{1,12}(?:\(\w{1,2}\))?\.?\s*)?[x×✕хX*à@]\s*(?P<rest>.+)$"
)


_LAST_COLUMN = re.compile(r"\s{2,}(?P<amount>\S[^\n]{0,29})$")


def take_row_total(lines: Sequence[str], parts: Parts, style: str) -> list[str]:
    """'Regal  1.112,00 EUR' beside '8 x 139,00 EUR': the amount alone in the last column is the row's.

    Sure only where it comes out.
    """
    if parts.quantity is None or len(parts.prices) != 1:
        return list(lines)
    whole = parts.quantity * parts.prices[0]
    kept = []
    for line in lines:
        found = _LAST_COLUMN.search(line[-_LONGEST_COLUMN:]) if "  " in line and len(parts.prices) == 1 else None
        amounts = [each for each in amounts_in(found["amount"], style) if each.is_money] if found else []
        if found and len(amounts) == 1 and amounts[0].value == whole and amounts[0].text == found["amount"]:
            parts.prices.append(amounts[0].value)
            line = line[: -len(found[0])]
        kept.append(line)
    return kept


_LONGEST_COLUMN = 40  # letters, with the blanks before it


def take_product(lines: Sequence[str], parts: Parts, style: str) -> list[str]:
    """A line '10 x 14,90 €' gives quantity and unit price, whatever number leads the title."""
    kept = []
    for line in lines:
        before = _take_reverse_product(line, parts, style)
        if before is not None:
            kept += [before] if before else []
            continue
        found = _TIMES.match(line)
        amounts = [each for each in amounts_in(found["rest"], style) if each.is_money] if found else []
        if (
            found
            and amounts
            and parts.quantity is None
            and not any(c.isalpha() for c in found["rest"][: amounts[0].start])
        ):
            parts.quantity = plain_number(found["n"])
            parts.prices += [each.value for each in amounts]
            parts.currency = amounts[0].sign
        else:
            kept.append(line)
    return kept


_THEN_TIMES = re.compile(r"\s*[x×✕хX*]\s?(?P<n>\d{1,6})(?![\d.,]\d)")
_COUNT_BEFORE = re.compile(r"\(\s?(?P<n>\d{1,6})\s?\)\s?@\s?$")
_LONGEST_COUNT = 16  # letters
_BRACKETED_PRODUCT = re.compile(r"\(\s*(?P<n>\d{1,6})\s?[x×✕хX*]\s?(?P<price>[^()]{2,30})\)")


_OPTION = re.compile(r"[^\W\d_][^:：]{1,24}[:：]\s?\S.{0,80}")  # 'Aufdruck: ohne'


def take_bracketed_product(text: str, parts: Parts, style: str) -> str:
    """'Tasse: 73,50 € (3 x 24,50 €)' gives quantity and unit price, 'Farbe: blau' behind it the variant."""
    found = _BRACKETED_PRODUCT.search(text)
    amounts = [each for each in amounts_in(found["price"], style) if each.is_money] if found else []
    if found is None or len(amounts) != 1 or parts.quantity is not None or parts.unit_price is not None:
        return text
    parts.quantity, parts.unit_price, parts.currency = Decimal(found["n"]), amounts[0].value, amounts[0].sign
    before, behind = text[: found.start()].rstrip(), text[found.end() :].strip(" ,;")
    if _OPTION.fullmatch(behind) and not has_money(behind):
        parts.variant, behind = f"{parts.variant}, {behind}" if parts.variant else behind, ""
    return f"{before} {behind}".strip()


def _take_reverse_product(line: str, parts: Parts, style: str) -> str | None:
    """'Tasse 12,50 € x 2 = 25,00 €', 'Tasse (2) @ 12,50 €': unit price, quantity, row total; what is before is left."""
    if parts.quantity is not None:
        return None
    amounts = [each for each in amounts_in(line, style) if each.is_money]
    for place, amount in enumerate(amounts):
        counted = _COUNT_BEFORE.search(line[max(0, amount.start - _LONGEST_COUNT) : amount.start])
        if counted and len(amounts) - place <= 2:
            parts.quantity = Decimal(counted["n"])
            parts.currency = amount.sign
            parts.prices += [each.value for each in amounts[place:]]
            return line[: amount.start - len(counted[0])].rstrip()
        found = _THEN_TIMES.match(line, amount.end)
        if found and len(amounts) - place <= 2:
            parts.quantity = Decimal(found["n"])
            parts.currency = amount.sign
            parts.prices += [each.value for each in amounts[place:]]
            return line[: amount.start].rstrip(" :：=,;|-–")
    return None


def is_product(text: str, style: str) -> bool:
    """Is this '10 x 14,90 €'?"""
    return not take_product([text], Parts(), style)


_COUNT_ALONE = re.compile(r"(?:(?P<n>\d{1,6})\s?[x×✕хX]|[x×✕хX]\s?(?P<m>\d{1,6}))")


def is_count_alone(text: str) -> bool:
    """Is this '2 x', with the title in the next line?"""
    return len(text) <= _LONGEST_COUNT and _COUNT_ALONE.fullmatch(text.strip()) is not None


@functools.lru_cache(maxsize=REMEMBERED)
def leads_with_quantity(text: str, known: Dictionary, style: str) -> bool:
    """Does an item begin with this line: '2 x Tasse', '2 x' alone, but not '2 x 14,90 €'?"""
    if is_count_alone(text):
        return True
    if not take_product([text], Parts(), style):
        return False
    parts = Parts()
    return take_quantity(text, parts, known, first=True) != text and parts.quantity is not None


def take_quantity(text: str, parts: Parts, known: Dictionary, first: bool) -> str:
    """A number with an 'x' or a unit before the text is the quantity; what is left of the text."""
    for pattern in (_QUANTITY_FIRST, _X_FIRST):
        found = pattern.match(text)
        if not found or (
            parts.quantity is not None and not (first and pattern is _QUANTITY_FIRST and found["x"] and not parts.title)
        ):
            continue
        if pattern is _QUANTITY_FIRST and not found["x"] and not _counts(found["unit"], known):
            continue
        if parts.quantity is not None:
            return found["rest"].strip() if plain_number(found["n"]) == parts.quantity else text
        if not first and parts.rest and pattern is _QUANTITY_FIRST and not has_money(found["rest"]):
            continue  # '3 x 100 g' in a description
        parts.quantity = plain_number(found["n"])
        parts.quantity_is_loose = True
        return found["rest"].strip()
    return text


def _counts(unit: str, known: Dictionary) -> bool:
    """'Stück' counts pieces; '500 g Tee' begins with a measure."""
    return known.has("quantity_units", unit) and not known.has("measures", unit)


_COUNT_OF_UNITS = re.compile(r"(?P<n>\d{1,6})\s?(?P<unit>[^\W\d_]{1,10}\.?)")
_TITLE_AND_COUNT = re.compile(
    r"(?P<rest>.*\S)(?:\s*[,;(\[]\s*|\s+)(?P<n>\d{1,4})\s?(?P<unit>[^\W\d_]{1,10}\.?)\s?[)\]]?"
)


def count_of_units(text: str, known: Dictionary) -> Decimal | None:
    """'2 Stück' alone on its line: how many."""
    found = _COUNT_OF_UNITS.fullmatch(text)
    return Decimal(found["n"]) if found and int(found["n"]) and _counts(found["unit"], known) else None


def title_and_count(title: str, known: Dictionary) -> tuple[str, Decimal] | None:
    """'Folie (2 Stück)', 'Rahmen 60 x 80, 2 Stk.': a title, and a count that may be of it or of its pack."""
    found = _TITLE_AND_COUNT.fullmatch(title)
    if found is None or not int(found["n"]) or not _counts(found["unit"], known):
        return None
    return found["rest"].rstrip(" ,;(["), Decimal(found["n"])


_BARE_COUNT = re.compile(r"(?P<n>\d{1,6}(?:[.,]\d{1,3})?)\s+(?P<rest>\S.*)")


def count_leading(title: str, known: Dictionary) -> tuple[Decimal, str] | None:
    """'1,5 m Stoff', '10 Pck. Tee', '2 500 g Kaffee': the number can be the quantity, if the prices say so."""
    found = _BARE_COUNT.fullmatch(title)
    if found is None:
        return None
    unit, _, rest = found["rest"].partition(" ")
    counts = unit.endswith(".") or known.has("measures", unit) or known.has("quantity_units", unit)
    return plain_number(found["n"]), rest.strip() if counts and unit[0].isalpha() and rest else found["rest"]


_COUNTED_BEHIND = re.compile(
    r"(?:[,;]\s{1,2}|\s{1,2}[-–—]\s{1,2})(?P<n>\d{1,6})\s?(?P<unit>[^\W\d_]{1,10}\.?)(?:\s[aàá])?$"
)
_COUNTED_EACH = re.compile(r"(?:^|\s)(?P<n>\d{1,6})\s?(?P<unit>[^\W\d_]{1,10}\.?)$")
_LONGEST_BEHIND = 24  # letters


def counted_behind(head: str, parts: Parts, known: Dictionary, each: bool) -> str:
    """'Tasse, 6 Stk.', 'Azulejo — 12 uds.' before the price: a number with a unit that counts, behind a mark.

    `each`: the price is of one ('Tasse 6 Stk. à'), and no mark is needed.
    """
    if parts.quantity is not None:
        return head
    end = head[-_LONGEST_BEHIND:]
    found = _COUNTED_BEHIND.search(end) or (_COUNTED_EACH.search(end) if each else None)
    if found is None or not _counts(found["unit"], known):
        return head
    parts.quantity = Decimal(found["n"])
    return head[: -len(found[0])].rstrip()


def quantity_before_price(head: str, parts: Parts, known: Dictionary) -> str:
    """'Tasse x 2', 'Tasse (2x)', 'Tasse × 2', '2 ×' alone before the price."""
    if parts.quantity is not None:
        count = _COUNT_ALONE.fullmatch(head.strip(" ,;")) if len(head) <= _LONGEST_COUNT else None
        again = count is not None and Decimal(count["n"] or count["m"]) == parts.quantity
        return "" if again else head  # '2 x Tasse', and below it 'Nr. A-1, 2 x 9,00 € = 18,00 €'
    alone = re.fullmatch(
        r"\W{0,3}(?:(\d{1,6})\s?(?:(?P<unit>[^\W\d_]{1,6}\.?)\s?)?(?P<x>[x×✕хX*]?)|[x×✕хX]\s?(\d{1,6}))\W{0,2}",
        head.strip(),
    )
    if alone and head.strip() and (alone["x"] or not alone["unit"] or _counts(alone["unit"], known)):
        parts.quantity = Decimal(alone[1] or alone[4])
        parts.quantity_is_loose = True
        return ""
    if counted := count_behind(head):
        parts.quantity, parts.quantity_is_loose = counted[0], True
        return counted[1].rstrip(" -–—,;:")
    return head
