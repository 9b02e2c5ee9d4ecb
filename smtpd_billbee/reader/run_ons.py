"""Lines in which several things stand one behind the other, as short mails write them, taken apart into rows.

    Bestellnummer: 1042; Datum: 4.8.2025; Zahlungsart: PayPal
    Bestellung 1042 · 4.8.2025 · PayPal
    2x Tasse (T-1) 9,00 EUR, 1x Kanne (K-2) 24,00 EUR
    Versand 4,90 EUR, Summe 46,90 EUR

A line is taken apart only if every part is a thing of its own, so that no comma within a title or a sentence counts.
"""

import re
from collections.abc import Iterator, Sequence

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import Labelled, is_shipping, labelled_text, leading, meaning_of
from smtpd_billbee.reader.sentences import SENTENCE_ENDS, said_sum
from smtpd_billbee.reader.sheet import Row, one
from smtpd_billbee.reader.sum_words import sum_row
from smtpd_billbee.reader.words import Dictionary, key

_LONGEST = 4000  # letters
_MOST_PARTS = 60
_COUNT = r"\d{1,4}\s?[x×]\s?(?=[^\W\d])"
_COUNTED = re.compile(_COUNT)
_BEFORE_COUNT = re.compile(rf"[,;] (?={_COUNT})")
_LED = re.compile(rf"[^:]{{2,40}}: (?={_COUNT})")
_BARE_NUMBER = re.compile(r"\(\d{1,3}\)")  # a code, pieces, a volume: nothing tells; [457] is a code
_BEFORE_WORD = re.compile(r"[,;] (?=[^\W\d]|[+(])")
_FACTS = ("number", "ordered_at", "payment_method", "shipping_method", "customer_number", "order_status")
_NEVER = ("note", "address_note")  # the customer's words may hold anything


def taken_apart(rows: Sequence[Row], known: Dictionary) -> list[Row]:
    """The rows, with each such line as several."""
    return [part for row in rows for part in _parts(row, known)]


def _parts(row: Row, known: Dictionary) -> Sequence[Row]:
    if len(row.cells) != 1:
        found = _of_order([cell.text for cell in row.filled], known) if 1 < len(row.filled) <= _MOST_FACTS else ()
        return [one(row, part) for part in found] or (row,)
    if summed := _added_up(row, known):
        return [one(row, part) for part in summed]
    if len(row.cells[0].lines) != 1 or row.table:
        return (row,)
    text = row.cells[0].lines[0]
    if text[-1] in SENTENCE_ENDS and (said := said_sum(text, known)):
        return (one(row, said),)
    if len(text) > _LONGEST or not (_PARTS.search(text) or _LED.match(text)):
        return (row,)
    if ":" not in text and "：" not in text and not _FACT_SIGN.search(text) and not has_money(text):
        return (row,)  # a sentence
    found = _items(text, known) or _sums(row, text, known) or _labelled(text, known)
    return [one(row, part) for part in found] or (row,)


_PARTS = re.compile(r"[;,] | [·–—] ")
_MOST_FACTS = 6
_SIGN = re.compile(r"\s[+=–−-]\s(?=\S)")
_FEWEST_ADDED = 3  # two that are added, and what they come to


def _added_up(row: Row, known: Dictionary) -> list[str]:
    """'Artikel 48,00 € + Versand 4,90 € - Rabatt 5,00 € = Summe 47,90 €': every part with the name of a sum."""
    lines = row.cells[0].lines
    if len(lines) > 3 or not any("=" in line for line in lines):
        return []
    text = " ".join(lines)
    if len(text) > _LONGEST or _money(text) < _FEWEST_ADDED:
        return []
    parts = [part.strip() for part in _SIGN.split(text)]
    if not _FEWEST_ADDED <= len(parts) <= _MOST_PARTS:
        return []
    found = (sum_row(one(row, part), 0, known, "") for part in parts)
    return parts if all(each and each.fields for each in found) else []


def _money(text: str) -> int:
    return sum(1 for each in amounts_in(text) if each.is_money)


def _items(text: str, known: Dictionary) -> list[str]:
    """'2x Tasse 9,00 EUR, 1x Kanne 24,00 EUR': each with its count and its price, also behind 'Ihre Artikel:'."""
    parts = _BEFORE_COUNT.split(text)
    if len(parts) > _MOST_PARTS or not all(has_money(part) and not _BARE_NUMBER.search(part) for part in parts):
        return []
    lead, colon, first = parts[0].partition(": ")
    if colon and "items" in meaning_of(lead, known) and _COUNTED.match(first):
        return [lead + ":", first, *parts[1:]]
    return parts if len(parts) > 1 and _COUNTED.match(parts[0]) else []


def _sums(row: Row, text: str, known: Dictionary) -> list[str]:
    """'Versand 4,90 EUR, Summe 46,90 EUR': each with the name of a sum."""
    if _money(text) < 2:
        return []
    parts = _BEFORE_WORD.split(text)
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    found = (sum_row(one(row, part), 0, known, "") for part in parts)
    return parts if all(each and each.fields for each in found) else []


def _labelled(text: str, known: Dictionary) -> list[str]:
    """'Datum: 4.8.2025; Zahlungsart: PayPal': at least two labels with their values."""
    if found := _FACT_SIGN.search(text):
        return _of_order(text.split(found[0]), known)
    parts = text.split("; ")
    if not 1 < len(parts) <= _MOST_PARTS:
        return []
    labels = list(_labels(parts, known))
    return parts if len(labels) > 1 and not any(each.means(*_NEVER) for each in labels) else []


def _of_order(parts: Sequence[str], known: Dictionary) -> list[str]:
    """'Bestell-Nr.: 12 · 4.8.2025 · Zahlung per: PayPal': every part a fact of the order, no shop's footer.

    One has a label; the others may be a day, or the name of a payment or of a way of shipping.
    """
    if len(parts) > _MOST_PARTS:
        return []
    named = [_names_fact(part, known) for part in parts]
    if not any(named) or not all(name or _is_bare_fact(part, known) for name, part in zip(named, parts, strict=True)):
        return []
    return list(parts)


_FACT_SIGN = re.compile(r" [·–—] ")
_DAY = re.compile(r"(?=.{0,30}\b(?:19|20)\d\d(?!\d)).{6,45}")


def _names_fact(part: str, known: Dictionary) -> bool:
    found = next(_labels([part], known), None) or leading(part, known, frozenset({"number"}))
    return found is not None and bool(found.value) and found.means(*_FACTS)


def _is_bare_fact(part: str, known: Dictionary) -> bool:
    named = key(part) in known.payments or is_shipping(part, known) or _HOST.fullmatch(part) is not None
    return named or _DAY.fullmatch(part.strip()) is not None


_HOST = re.compile(r"(?:https?://)?(?:[\w-]{1,63}\.){1,4}[a-z]{2,12}/?")


def _labels(parts: Sequence[str], known: Dictionary) -> Iterator[Labelled]:
    for part in parts:
        found = labelled_text(part.strip(" ."), 0, known)
        if found and found.value:
            yield found
