"""The way of shipping, where only the row of its cost says it."""

import functools
import re

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.countries import country_code
from smtpd_billbee.reader.labels import SUMS, beside_labels, is_carried, sum_label
from smtpd_billbee.reader.sum_words import SumRow
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, key

_LONGEST = 60  # letters
_BRACKETS = re.compile(r"[(（\[]([^()（）\[\]]{2,60})[)）\]]")
_MOST_LEADING = 3  # words: 'versendet durch'


def method_beside(row: SumRow, known: Dictionary) -> str | None:
    """'Versand: 5,95 € über DPD Classic', 'Shipping (Express Shipping)', 'Shipping: USPS Priority'.

    Only 'über' lets any name follow; elsewhere a country or a weight can stand, so the name must be known as one.
    """
    if (name := _behind_via(row.aside)) and _can_be_method(name, known):
        return name
    named = _without_method_label(row.words.partition("(")[0].strip(), known)
    inside = [found[1].strip() for found in _BRACKETS.finditer(row.words)]
    if named and is_carried(named, known) and inside and all("shipping_cost" in known.meaning(each) for each in inside):
        return named  # 'DHL (Lieferung): 5,90 €'
    for name in [*map(_without_via, inside), *_behind_label(named)]:
        if _can_be_method(name, known) and _is_method(name, known):
            return name
    if not named or (row.meaning and key(named) not in beside_labels("carriers")):
        return row.words if named and _names_kind(row.words) else None
    return row.words if row.words.startswith(named) else named


def _without_method_label(words: str, known: Dictionary) -> str:
    """'Versandart Versand per DPD' is 'Versand per DPD'."""
    parts = words.split()
    for end in range(min(len(parts) - 1, _MOST_LEADING), 0, -1):
        if known.meaning(" ".join(parts[:end])).keys() == {"shipping_method"}:
            return " ".join(parts[end:]).lstrip(" :：-–—")
    return words


def _without_via(words: str) -> str:
    """'(via USPS Priority Mail)' is 'USPS Priority Mail'."""
    return _behind_via(words) or words


_KIND = re.compile(r"standard|est[aá]ndar|padrão|express|espress|expres|economy|prioritair|priority", re.IGNORECASE)
_COST = re.compile(r"kost|cost|gebühr|fee|charge|frais|gasto|spes|taxa|opłat|preis|rate|[(\[:：%\d]", re.IGNORECASE)


def _names_kind(words: str) -> bool:
    """'Standardversand: 4,90 €' says the way of shipping, 'Versand' and 'Expresskosten' only that it costs."""
    return len(words) <= _LONGEST and _KIND.search(words) is not None and _COST.search(words) is None


def _behind_via(aside: str) -> str:
    """The name behind 'über' or 'via'."""
    words = aside.strip(" ()（）").split()
    for end in range(1, min(_MOST_LEADING, len(words) - 1) + 1):
        if key(" ".join(words[:end])) in beside_labels("via"):
            return " ".join(words[end:])
    if len(words) > 1 and words[-1] > "\u3000" and key(words[-1]) in beside_labels("via"):
        return " ".join(words[:-1])  # '佐川急便 経由'
    return ""


def _behind_label(words: str) -> list[str]:
    """The words behind the colon, or a dash."""
    for colon in (":", "：", " - ", " – ", " — "):
        if colon in words:
            return [words.partition(colon)[2].strip()]
    return []


def _can_be_method(name: str, known: Dictionary) -> bool:
    if not 1 < len(name) <= _LONGEST or "%" in name or not any(c.isalpha() for c in name):
        return False
    return not has_money(name) and country_code(name) is None and not known.has("free", name)


@functools.lru_cache(maxsize=REMEMBERED)
def _is_method(name: str, known: Dictionary) -> bool:
    """'DPD Classic', 'Express Shipping', 'Flat Rate - Fixed'."""
    first = re.split(r"\s[-–—]\s", name, maxsplit=1)[0]
    meaning = known.meaning(first)
    if meaning.keys() & (SUMS - {"shipping_cost"}) or "tax" in sum_label(name, known):
        return False
    return "shipping_cost" in meaning or is_carried(name, known) or known.has("pickup", first)
