"""Labels within the lines of one item: 'Tasse, Variante: klein (Art.-Nr. A-1)'."""

import bisect
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import meaning_of
from smtpd_billbee.reader.parts_codes import is_code, is_code_alone
from smtpd_billbee.reader.parts_found import Parts, plain_number
from smtpd_billbee.reader.parts_prices import before_prices
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, Meaning, key

_PARTED = re.compile(r"\s*[,;|·•]\s+|\s*\|\s*|\s+[-–—/]\s+|\s{2,}|\s*[(\[（【]\s*|\s+(?=\S)")
_HARD = re.compile(r"\s*[,;|·•]\s+|\s*\|\s*|\s{2,}|\s*[(\[（【]\s*|\s+[-–—/]\s+")
_VALUE_END = re.compile(r"\s*[;|·•)\]）】]|\s{2,}|,\s+|\s[-–—]\s")
_WORD = re.compile(r"[^\s:：]+(?:[:：]|(?=\s|$))")
OPENERS = {"(": ")", "[": "]", "（": "）", "【": "】"}


@dataclass(frozen=True, slots=True)
class ItemLabel:
    """A label of an item within a line: where it stands, where its value begins, the bracket it stands in."""

    start: int
    value_at: int
    words: str
    field: str
    opener: str
    both: bool = False  # 'Preis' can be of one piece or of the row


def leading_label(text: str, known: Dictionary) -> ItemLabel | None:
    """A label with a colon at the very beginning."""
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    if not 0 < at <= 60:
        return None
    bare = text[:at].lstrip("-•*·– ").rstrip(" 0123456789.#_")  # 'Artikel 2: Tasse', 'menge_1: 2'
    meaning = meaning_of(bare, known)
    name = _field_by_value(meaning, text[at + 1 :], bare) or _own_number(bare, meaning)
    return ItemLabel(0, at + 1, bare.strip(), name, "", _means_both(meaning)) if name else None


def _own_number(words: str, meaning: Meaning) -> str | None:
    """'Bestellnr.' among items is the item's number; a mere 'Nr.' can be anything's."""
    return "sku" if "number" in meaning and len(key(words)) > 6 else None


def _means_both(meaning: Meaning) -> bool:
    return "unit_price" in meaning and "row_total" in meaning


def _field_by_value(meaning: Meaning, value: str, words: str) -> str | None:
    """'Amount: 2' counts, 'Amount: A$37.90' is a price; 'Modell: Luna' is chosen, 'Modell: KX-7' a number."""
    name = item_field(meaning)
    if name == "sku" and _MODEL.fullmatch(words.rstrip(":： ")) and (first := value.split()):
        return name if is_code_alone(first[0].strip(",;()[]")) else "variant"
    if name == "quantity" and not _PRICED.isdisjoint(meaning) and has_money(value[:_LONGEST_AMOUNT]):
        return "unit_price" if "unit_price" in meaning else "row_total"
    return name


_MODEL = re.compile(r"mod[eè]l(?:l|lo|o|e|la)?|модель|model", re.IGNORECASE)
_PRICED = frozenset({"unit_price", "row_total"})
_LONGEST_AMOUNT = 24  # letters


def item_field(meaning: Meaning) -> str | None:
    """Which field of an item a label stands for, the surest first."""
    for name in (
        "sku",
        "quantity",
        "ean",
        "unit_price",
        "row_total",
        "variant",
        "title",
        "tax",
        "weight",
        "delivery_time",
    ):
        if name in meaning:
            return name
    return None


@functools.lru_cache(maxsize=REMEMBERED)
def _labels_in(text: str, known: Dictionary) -> tuple[ItemLabel, ...]:
    """Labels inside a line: at its beginning or behind a parting mark, followed by a colon or their kind of value."""
    ends = [word.end() for word in _WORD.finditer(text)]
    labels: list[ItemLabel] = []
    taken = 0
    for start in [0, *(found.end() for found in _PARTED.finditer(text))]:
        at = bisect.bisect_right(ends, start)
        if start < taken or at == len(ends) or not known.may_lead(text[start : ends[at]]):
            continue
        if found := _label_at(text, start, ends[at : at + _MOST_WORDS], known):
            taken = found.value_at
            labels.append(found)
    return tuple(labels)


def sku_leading(text: str, known: Dictionary) -> str | None:
    """The value of 'Art.-Nr. A-17', a line that is nothing but an article number and its label."""
    labels = _labels_in(text, known)
    alone = len(labels) == 1 and labels[0].start == 0 and labels[0].field == "sku"
    value = text[labels[0].value_at :].strip() if alone else ""
    return value if value and " " not in value else None


def counts_pieces(text: str, known: Dictionary) -> bool:
    """'24,00 € Menge: 2 Summe: 48,00 €': does a line say how many, too?"""
    return has_money(text) and any(label.field == "quantity" for label in _labels_in(text, known))


_MOST_WORDS = 5  # of a label
_LONGEST_LABEL = 60  # letters


def _label_at(text: str, start: int, ends: Sequence[int], known: Dictionary) -> ItemLabel | None:
    """The longest label from `start` on, of the words that end at `ends`."""
    opener = text[max(0, start - 4) : start].rstrip()[-1:]
    hard = start == 0 or bool(_HARD.search(text[max(0, start - 4) : start]) or _COUNT_BEFORE.fullmatch(text[:start]))
    last = next((number for number, end in enumerate(ends) if text[end - 1] in ":："), len(ends) - 1)
    for end in reversed(ends[: last + 1]):
        words = text[start:end]
        if len(words) > _LONGEST_LABEL or words[-1] in "=＝":
            continue  # '2 700,00 ₽ / шт. = 5 400,00 ₽'
        colon = words.endswith((":", "："))
        meaning = known.meaning(words.rstrip(":：")) if len(words) > 1 else {}
        value = text[end:].lstrip(" :：")
        name = _field_by_value(meaning, value, words) or _own_number(words, meaning)
        if name is None or (name == "title" and not (hard and colon)):
            continue
        colon = colon or text[end:].lstrip()[:1] in (":", "：")
        if not value or not (colon or _fits(words, name, value, hard, only=len(meaning) == 1)):
            continue
        bracket = opener if opener in OPENERS else ""
        return ItemLabel(start, len(text) - len(value), words.rstrip(":： "), name, bracket, _means_both(meaning))
    return None


_COUNT_BEFORE = re.compile(r"\W{0,3}\d{1,6}\s?[x×✕хX*]\s+")
_SHORT = 4  # letters: 'Art.', 'Nr.'


def _fits(words: str, name: str, value: str, hard: bool, only: bool) -> bool:
    """Without a colon the value must be of the label's kind."""
    word = value.split()[0].rstrip(",;)]")
    if not hard:  # 'Hemd Artikel-Nr. SH 19,00 €': only a label that is nothing else, and a code
        return name == "sku" and only and "." in words and len(key(words)) > _SHORT and is_code_alone(word)
    if name in ("unit_price", "row_total"):
        amounts = amounts_in(value[:24])
        return bool(amounts) and amounts[0].start == 0 and amounts[0].is_money
    if name == "quantity":
        return word.isdigit()
    if name == "tax":
        return bool(_RATE.match(value))  # 'MwSt. 19 %'
    if name in ("sku", "ean"):
        bare = word.rstrip(":：")
        coded = any(c.isdigit() for c in bare) or bare.isupper()
        return coded or (only and is_code(bare) and not words.strip(" *-–•").isalpha())  # 'Art print' is a print
    return False


def take_labels(text: str, parts: Parts, known: Dictionary, style: str, but: frozenset[str] = frozenset()) -> str:
    """What labels in the text claim goes to the parts; what is left of the text."""
    found = [label for label in _labels_in(text, known) if label.field not in but]
    if not found:
        return text
    kept = text[: found[0].start]
    for number, label in enumerate(found):
        until = found[number + 1].start if number + 1 < len(found) else len(text)
        segment = text[label.value_at : until]
        value, tail = _value_of(label, segment, style)
        if label.field == "variant":
            value, tail = _without_prices(value, tail, parts, known, style)
            kept, value = _with_attribute(kept, label, value)
        if not _claim(label, value, parts, known, style):
            kept += text[label.start : until]
            continue
        if label.opener and kept.rstrip().endswith(label.opener):
            kept = kept.rstrip()[:-1].rstrip() + " "
            tail = tail.removeprefix(OPENERS[label.opener])
        kept = (
            kept.rstrip(" ,;|·•/–—-") + (" " if tail.strip() else "") + tail if tail.strip() else kept.rstrip(" ,;|·•")
        )
        kept += " " if until < len(text) else ""
    return kept.strip()


_ATTRIBUTE_BEFORE = re.compile(r"(?:^|[–—(\[-]\s?|,\s)(?P<all>[^\W\d_][^\W\d_]{1,20}: [^,:]{1,40}),\s*$")


def _with_attribute(kept: str, label: ItemLabel, value: str) -> tuple[str, str]:
    """'– Flasche: Glas, Größe: 250 ml': what stands before the known word belongs to it."""
    found = _ATTRIBUTE_BEFORE.search(kept)
    if found is None or label.opener:
        return kept, value
    return kept[: found.start("all")].rstrip(" –—-(["), f"{value}\x00{found['all']}"


def _without_prices(value: str, tail: str, parts: Parts, known: Dictionary, style: str) -> tuple[str, str]:
    """'Motiv: Anker à 7,90 € = 15,80 €': the prices at the end of a line belong to the item, not to what was chosen."""
    if not parts.with_prices or parts.has_price:
        return value, tail
    bare, at = before_prices(value, known, style)
    return (bare, f"{value[at:]} {tail}") if bare else (value, tail)


_HASHED_CODE = re.compile(r"\s?\(#[^()\s]{1,40}$")
_CODE_THEN_WORDS = re.compile(r"(?P<code>(?=\S*[A-Z\d])[A-Z\d][A-Z\d_./-]*)\s+(?=[A-ZÄÖÜÀ-Þ][^\W\d_]*[a-zß-ÿ])")
_WIDE = re.compile(r"\s{2,}")
_QUOTED = re.compile(r"\s?(?:\"[^\"]{1,200}\"|“[^”]{1,200}”|„[^“”]{1,200}[“”]|«[^»]{1,200}»)(?:\s?\([^()]{1,30}\))?")


def _value_of(label: ItemLabel, segment: str, style: str) -> tuple[str, str]:
    """The label's value within its segment, and what is left behind it."""
    if label.opener:
        close = segment.find(OPENERS[label.opener])
        if close >= 0:
            return segment[:close].strip(), segment[close:]
    if label.field in ("unit_price", "row_total"):
        amounts = amounts_in(segment, style)
        if amounts and not any(c.isalnum() for c in segment[: amounts[0].start]):
            return segment[: amounts[0].end].strip(), segment[amounts[0].end :]
        return "", segment
    if label.field == "variant" and (quoted := _QUOTED.match(segment)):
        return quoted[0].strip(), segment[quoted.end() :]
    end = _WIDE.search(segment) if label.field == "title" else _VALUE_END.search(segment)
    value = segment[: end.start()] if end else segment
    if label.field == "variant" and "[" in value and segment[len(value) : len(value) + 1] == "]":
        value = value[: value.rfind("[")].rstrip()  # 'Farbe: Gelb [KS-07]'
    elif label.field == "variant" and (code := _HASHED_CODE.search(value)):
        value = value[: code.start()]  # 'Farbe: Gelb (#KS-07)'
    elif label.field == "variant" and value.endswith(">") and "<" in value:
        value = value[: value.rfind("<")].rstrip()  # 'Farbe: Gelb <KS-07>'
    elif label.field == "variant" and value.count("(") > value.count(")") and segment[len(value) :].startswith(")"):
        value += ")"  # 'Farbe: Gelb (matt)'
        return value.strip(" :"), segment[len(value) :]
    if label.field == "sku" and not label.words.endswith((":", "：")) and (first := _CODE_THEN_WORDS.match(value)):
        return first["code"], segment[first.end("code") :]  # 'Art.-Nr. SH Hemd'
    if label.field in ("sku", "ean", "quantity"):
        money = [each for each in amounts_in(value, style) if each.is_money and each.sign]
        if money and money[0].start > 0:
            return value[: money[0].start].strip(" :-–/|·"), segment[money[0].start :]  # 'Art.-Nr. A-1 / 14,50 €'
        colon = value.rfind(":")
        if label.field == "sku" and colon > 0:
            return value[:colon].strip(), segment[colon:]
    return value.strip(" :").rstrip(" ([（【"), segment[len(value) :]


_TAX_BEHIND = re.compile(
    r"\s?[(\[]\s?(?:[^\W\d_]{2,6}\.? )?(?P<rate>\d{1,2}(?:[.,]\d{1,2})?)\s?%\s?(?P<name>[^\W\d_]{2,6})\.?\s?[)\]]$"
)


def take_tax_behind(text: str, parts: Parts, known: Dictionary) -> str:
    """'Kanne (19 % MwSt.)': the rate in brackets is no part of the title."""
    found = _TAX_BEHIND.search(text[-_LONGEST_TAX:]) if text.endswith((")", "]")) and "%" in text else None
    if found is None or not known.has("tax_names", found["name"]):
        return text
    parts.tax_rate = parts.tax_rate if parts.tax_rate is not None else plain_number(found["rate"])
    return text[: -len(found[0])].rstrip()


_LONGEST_TAX = 40  # letters
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%")
_BARE_RATE = re.compile(r"\s*(\d{1,2}(?:[.,]\d{1,2})?)\s*$")


def _claim(label: ItemLabel, value: str, parts: Parts, known: Dictionary, style: str) -> bool:
    """Take the value of a label, if it is of its kind."""
    name = label.field
    if name == "title":
        parts.rest.append(value)
    elif name == "sku":
        if not value or len(value) > 60 or not any(c.isalnum() for c in value):
            return False
        parts.put("sku", value)
    elif name == "quantity":
        digits = re.match(r"\s*(\d{1,6})(?:[.,]0+|[.,]\d{1,2})?(?!\d)", value)
        if digits is None:
            return False
        if known.has("measures", value[digits.end() :].strip()):
            parts.measured = (plain_number(digits[0]), f"{label.words}: {value.strip()}")
            return True
        parts.put("quantity", plain_number(digits[0]))
    elif name in ("unit_price", "row_total"):
        amounts = amounts_in(value, style)
        if not amounts:
            return False
        parts.currency = parts.currency or amounts[0].sign
        if label.both:
            parts.put("any_price", amounts[0].value)
        else:
            parts.put("unit_price" if name == "unit_price" else "total", amounts[0].value)
    elif name == "variant":
        take_variant(label.words, value, parts, known)
    elif name == "tax":
        rate = _RATE.search(value) or (_BARE_RATE.match(value) if "%" in label.words else None)
        if rate is None:
            return False
        parts.tax_rate = Decimal(rate[1].replace(",", "."))
    parts.labels[name] = label.words
    return True


def take_variant(words: str, value: str, parts: Parts, known: Dictionary) -> None:
    """'Variante: klein' gives 'klein'; 'Größe: M' keeps its name."""
    bare = key(words)
    value, _, before = value.partition("\x00")
    value = value.rstrip(" /")  # 'Größe: 42 / Farbe: Grau'
    if not value.strip() or value.strip() in ("-", "–", "—"):
        return
    text = (
        value.strip()
        if any(stem in bare for stem in known.lists["variant_stems"])
        else f"{words.strip()}: {value.strip()}"
    )
    text = f"{before}, {text}" if before else text
    parts.variant = f"{parts.variant}, {text}" if parts.variant else text
