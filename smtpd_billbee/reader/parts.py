"""One item from the lines that describe it: quantity, title, variant, SKU, prices.

A line can hold several facts ('2 x Tasse, Variante: klein (Art.-Nr. A-1) 12,50 € 25,00 €').  What a label claims is
taken out; amounts at the end are prices; a number with an 'x' before or behind is the quantity; the rest is the title.
"""

import bisect
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from smtpd_billbee.reader.amounts import Amount, amounts_in, has_money
from smtpd_billbee.reader.labels import meaning_of
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, Meaning, key

CENT = Decimal("0.01")

_QUANTITY_FIRST = re.compile(
    r"^\W{0,4}(?P<n>\d{1,6}(?:[.,]\d{1,3})?)\s*(?:(?:[^\W\d_]{1,5}\.?\s{1,2})?(?P<x>[x×✕хX*])(?=[\s\d\W]|$)|(?P<unit>[^\W\d_]{1,12}(?:\(\w{1,2}\))?\.?)(?=\s))\s*(?P<rest>.+)$"
)
_X_FIRST = re.compile(r"^\W{0,3}[x×✕хX]\s?(?P<n>\d{1,6})(?:\s+|(?=\W))(?P<rest>\S.*)$")
_QUANTITY_LAST = re.compile(
    r"^(?P<rest>.*?\S)\s*(?:[(\[]\s*)?(?:[x×✕хX*]\s?(?P<n>\d{1,6})|(?P<m>\d{1,6})\s?(?:[^\W\d_]{1,8}\.?\s?)?[x×✕хX])(?:\s*[)\]])?\s*[:：,;]?$"
)
_BRACKETED_CODE = re.compile(
    r"\s*(?:\[\s*(?P<a>[^\[\]]{1,40})\s*\]|\(\s*#\s*(?P<b>[^()]{1,40})\s*\)|\(\s*(?P<c>[A-Za-z0-9][A-Za-z0-9_./-]{1,30}[A-Za-z0-9])\s*\))\s*"
)
_CODE = re.compile(r"^#?[\w][\w.\-/+#]*(?: [\w.\-/+#]+){0,3}$")
_PARTED = re.compile(r"\s*[,;|·•]\s+|\s*\|\s*|\s+[-–—/]\s+|\s{2,}|\s*[(\[（【]\s*|\s+(?=\S)")
_HARD = re.compile(r"\s*[,;|·•]\s+|\s*\|\s*|\s{2,}|\s*[(\[（【]\s*|\s+[-–—/]\s+")
_VALUE_END = re.compile(r"\s*[;|·•)\]）】]|\s{2,}|,\s+|\s[-–—]\s")
_WORD = re.compile(r"[^\s:：]+(?:[:：]|(?=\s|$))")
_WORD_OR_NUMBER = re.compile(r"[^\W\d_]+\.?|\d+")
_OPENERS = {"(": ")", "[": "]", "（": "）", "【": "】"}
# Words for a variant as such: 'Variante: klein' is 'klein', but 'Größe: M' keeps its name.
_OF_VARIANTS = (
    "variant", "option", "optie", "opzion", "opci", "opç", "ausführ", "auswahl", "wariant", "вариант", "опци",
    "модифика", "исполнение", "déclinaison", "variation", "variaç", "variaz", "version", "opcja",
    "バリエーション", "種類", "规格", "款式", "規格", "选", "選",
)  # fmt: skip
_ITEM_LABELS = frozenset(
    {
        "sku",
        "quantity",
        "unit_price",
        "row_total",
        "variant",
        "ean",
        "tax",
        "weight",
        "title",
        "delivery_time",
        "position",
    }
)


@dataclass
class Parts:
    """What was found of one item.  `prices`: amounts without a label, left to right."""

    title: str = ""
    sku: str | None = None
    variant: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    total: Decimal | None = None
    tax_rate: Decimal | None = None
    row_discount: str | None = None  # as written: '5 %', '2,00 EUR'
    prices: list[Decimal] = field(default_factory=list)
    any_price: Decimal | None = None  # labelled 'Preis': of one piece or of the row
    quantity_is_loose: bool = False  # read from an 'x' in the line, which may belong to the title
    currency: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    clash: bool = False  # a field that stands twice with two values
    rest: list[str] = field(default_factory=list)
    apart: bool = False  # quantity or price stand on lines of their own

    @property
    def has_price(self) -> bool:
        """Whether any amount was found."""
        return self.unit_price is not None or self.total is not None or bool(self.prices) or self.any_price is not None

    def put(self, name: str, value: Decimal | str) -> None:
        """Set a field once; a second, different value is a clash."""
        known = getattr(self, name)
        if known is None or known == "":
            setattr(self, name, value)
        elif known != value:
            self.clash = True


def is_code(text: str) -> bool:
    """Could this be an article number?"""
    return (
        len(text) <= 40
        and (any(c.isdigit() for c in text) or text.isupper() or "-" in text or len(text) <= 12)
        and bool(_CODE.match(text))
    )


@dataclass(frozen=True, slots=True)
class _Label:
    start: int
    value_at: int
    words: str
    field: str
    opener: str
    both: bool = False  # 'Preis' can be of one piece or of the row


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
    lines = take_product(joined(lines, known), parts, style)
    labelled = {label.field for line in lines for label in [_whole_label(line, known)] if label}
    parts.apart = bool(labelled & {"quantity", "unit_price", "row_total"})
    # Where prices carry labels, an amount without one ('Gutschein 25 EUR') belongs to the title.
    bare = priced or bool(parts.prices) or bool(labelled & {"unit_price", "row_total"})
    for number, line in enumerate(lines):
        _read_line(
            line, parts, known, style, first=number == 0 and not below, loose_sku=loose_sku, with_prices=not bare
        )
    _settle_title(parts, priced)
    return parts


def joined(lines: Sequence[str], known: Dictionary) -> list[str]:
    """Lines that belong together: an open bracket that closes on the next line, a label alone before its value."""
    kept: list[str] = []
    for line in lines:
        alone = kept and (_is_label_alone(kept[-1], known) or (len(kept) > 1 and _is_name_alone(kept[-1])))
        if kept and (alone or _is_open(kept[-1], line)):
            kept[-1] = f"{kept[-1]} {line}"
        else:
            kept.append(line)
    return kept


def _is_open(line: str, below: str) -> bool:
    return any(line.count(o) > line.count(c) and below.count(c) > below.count(o) for o, c in _OPENERS.items())


def _is_name_alone(line: str) -> bool:
    """'Muster:' below a title, with its value on the next line."""
    return line.rstrip().endswith((":", "：")) and len(line) <= 25


def _is_label_alone(line: str, known: Dictionary) -> bool:
    return (
        line.rstrip().endswith((":", "："))
        and len(line) <= 40
        and _item_field(meaning_of(line.rstrip(" :："), known)) is not None
    )


_TIMES = re.compile(r"^\W{0,3}(?P<n>\d{1,6})\s*(?:[^\W\d_]{1,8}(?:\(\w{1,2}\))?\.?\s*)?[x×✕хX*à@]\s*(?P<rest>.+)$")


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
            parts.quantity = Decimal(found["n"])
            parts.prices += [each.value for each in amounts]
            parts.currency = amounts[0].sign
        else:
            kept.append(line)
    return kept


_THEN_TIMES = re.compile(r"\s*[x×✕хX*]\s?(?P<n>\d{1,6})(?![\d.,]\d)")
_BRACKETED_PRODUCT = re.compile(r"\(\s*(?P<n>\d{1,6})\s?[x×✕хX*]\s?(?P<price>[^()]{2,30})\)")


def _take_bracketed_product(text: str, parts: Parts, style: str) -> str:
    """'Tasse: 73,50 € (3 x 24,50 €)' gives quantity and unit price."""
    found = _BRACKETED_PRODUCT.search(text)
    amounts = [each for each in amounts_in(found["price"], style) if each.is_money] if found else []
    if found is None or len(amounts) != 1 or parts.quantity is not None or parts.unit_price is not None:
        return text
    parts.quantity, parts.unit_price, parts.currency = Decimal(found["n"]), amounts[0].value, amounts[0].sign
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip()


def _take_reverse_product(line: str, parts: Parts, style: str) -> str | None:
    """'Tasse 12,50 € x 2 = 25,00 €' gives unit price, quantity and row total; what stands before is left."""
    if parts.quantity is not None:
        return None
    amounts = [each for each in amounts_in(line, style) if each.is_money]
    for place, amount in enumerate(amounts):
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


@functools.lru_cache(maxsize=REMEMBERED)
def leads_with_quantity(text: str, known: Dictionary, style: str) -> bool:
    """Does an item begin with this line: '2 x Tasse', but not '2 x 14,90 €'?"""
    if not take_product([text], Parts(), style):
        return False
    parts = Parts()
    return _take_quantity(text, parts, known, first=True) != text and parts.quantity is not None


def is_free(text: str, known: Dictionary) -> bool:
    """'1 x Gratisprobe kostenlos': the word stands where the price would."""
    return without_free(text, known) != text


def without_free(text: str, known: Dictionary) -> str:
    """The text before 'kostenlos' or 'gratis' at its end."""
    before, _, last = text.rstrip(" .!)").rpartition(" ")
    return before.rstrip(" (:=-–") if before and known.has("free", last) else text


def _read_line(
    line: str, parts: Parts, known: Dictionary, style: str, first: bool, loose_sku: bool, with_prices: bool
) -> None:
    rest = line.strip()
    if not rest:
        return
    whole = _whole_label(rest, known)
    if whole and whole.field == "title":
        parts.labels.setdefault("title", whole.words)
        rest = rest[whole.value_at :].strip()
        if not with_prices or parts.quantity is not None or parts.apart:
            parts.rest.append(rest)
            return
        first, whole = True, None  # 'Produkt: 1 x Tasse, 14,90 EUR': all in one line
    if whole and whole.field == "variant":
        value = _take_labels(rest[whole.value_at :].strip(), parts, known, style, frozenset({"variant"}))
        value = _take_prices(value, parts, known, style)
        _take_variant(whole.words, value.strip(" ,;"), parts)
        return
    if _says_nothing(rest, known):
        return
    if not first and whole is None and _is_attribute(rest):
        found = _take_labels(rest, parts, known, style, frozenset({"variant"})).strip(" -–•*")
        parts.variant = f"{parts.variant}, {found}" if parts.variant else found
        return
    rest = _take_bracketed_product(rest, parts, style)
    rest = _take_labels(rest, parts, known, style)
    rest = _take_quantity(rest, parts, known, first)
    if with_prices and parts.quantity is not None and not parts.has_price and is_free(rest, known):
        parts.prices.append(Decimal(0))
        rest = without_free(rest, known)
    if with_prices or not any(c.isalpha() for c in _without_money(rest, style)):
        rest = _take_prices(rest, parts, known, style)
    if loose_sku and parts.sku is None:
        rest = _take_bracketed(rest, parts)
    rest = rest.strip(" ,;:：|·•=@/").strip()
    rest = rest.lstrip("-–— ")
    rest = _balanced(_EMPTY_BRACKETS.sub("", rest)).strip(" ,;:：|·•")
    each = known.lists["each"]
    if any(c.isalnum() for c in rest) and not all(key(word) in each for word in rest.split()):
        parts.rest.append(rest)


_EMPTY_BRACKETS = re.compile(r"\s*\(\s*\)|\s*\[\s*\]")


def _balanced(text: str) -> str:
    """Without a bracket that lost its partner when a label was taken out."""
    for opener, closer in _OPENERS.items():
        if text.count(closer) > text.count(opener):
            at = text.rfind(closer)
            text = f"{text[:at].rstrip()} {text[at + 1 :].lstrip()}".strip()
        elif text.count(opener) > text.count(closer):
            at = text.rfind(opener)
            text = f"{text[:at].rstrip()} {text[at + 1 :].lstrip()}".strip()
    return text


_ATTRIBUTE = re.compile(r"[-–•*]?\s*(?P<all>[^\W\d_][^:：\d]{1,24}[:：]\s?\S.{0,80})")


def _is_attribute(text: str) -> bool:
    """'Flasche: Glas, Größe: 250 ml' below a title: what was chosen, though nobody listed the word."""
    found = _ATTRIBUTE.fullmatch(text)
    return found is not None and not has_money(text)


_BESIDE = frozenset(
    {"transaction_id", "invoice_number", "order_status", "order_link", "delivery_time", "weight", "shipped_at", "ean"}
)


def _without_money(text: str, style: str) -> str:
    for amount in reversed(amounts_in(text, style)):
        text = text[: amount.start] + text[amount.end :]
    return text


def _says_nothing(text: str, known: Dictionary) -> bool:
    """'Transaktion: 311', 'Lieferzeit: 3 Tage': facts that are no part of an item."""
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    meaning = meaning_of(text[:at], known) if 0 < at <= 60 else {}
    return bool(meaning.keys() & _BESIDE) and _item_field(meaning) in (None, "ean", "weight", "delivery_time")


def _whole_label(text: str, known: Dictionary) -> _Label | None:
    """A label with a colon at the very beginning."""
    at = min((place for place in (text.find(":"), text.find("：")) if place > 0), default=-1)
    if not 0 < at <= 60:
        return None
    bare = text[:at].lstrip("-•*·– ").rstrip(" 0123456789.#")  # 'Artikel 2: Tasse'
    meaning = meaning_of(bare, known)
    name = _item_field(meaning) or _own_number(bare, meaning)
    return _Label(0, at + 1, bare.strip(), name, "", _means_both(meaning)) if name else None


def _own_number(words: str, meaning: Meaning) -> str | None:
    """'Bestellnr.' among items is the item's number; a mere 'Nr.' can be anything's."""
    return "sku" if "number" in meaning and len(key(words)) > 6 else None


def _means_both(meaning: Meaning) -> bool:
    return "unit_price" in meaning and "row_total" in meaning


def _item_field(meaning: Meaning) -> str | None:
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
def _labels_in(text: str, known: Dictionary) -> tuple[_Label, ...]:
    """Labels inside a line: at its beginning or behind a parting mark, followed by a colon or their kind of value."""
    ends = [word.end() for word in _WORD.finditer(text)]
    labels: list[_Label] = []
    taken = 0
    for start in [0, *(found.end() for found in _PARTED.finditer(text))]:
        at = bisect.bisect_right(ends, start)
        if start < taken or at == len(ends) or not known.may_lead(text[start : ends[at]]):
            continue
        if found := _label_at(text, start, ends[at : at + _MOST_WORDS], known):
            taken = found.value_at
            labels.append(found)
    return tuple(labels)


_MOST_WORDS = 5  # of a label
_LONGEST_LABEL = 60  # letters


def _label_at(text: str, start: int, ends: Sequence[int], known: Dictionary) -> _Label | None:
    """The longest label from `start` on, of the words that end at `ends`."""
    opener = text[max(0, start - 4) : start].rstrip()[-1:]
    hard = start == 0 or bool(_HARD.search(text[max(0, start - 4) : start]))
    last = next((number for number, end in enumerate(ends) if text[end - 1] in ":："), len(ends) - 1)
    for end in reversed(ends[: last + 1]):
        words = text[start:end]
        if len(words) > _LONGEST_LABEL:
            continue
        colon = words.endswith((":", "："))
        meaning = known.meaning(words.rstrip(":：")) if len(words) > 1 else {}
        name = _item_field(meaning) or _own_number(words, meaning)
        if name is None or (name == "title" and not (hard and colon)):
            continue
        value = text[end:].lstrip(" :：")
        colon = colon or text[end:].lstrip()[:1] in (":", "：")
        if not value or not (colon or _fits(name, value, hard, only=len(meaning) == 1)):
            continue
        bracket = opener if opener in _OPENERS else ""
        return _Label(start, len(text) - len(value), words.rstrip(":： "), name, bracket, _means_both(meaning))
    return None


def _fits(name: str, value: str, hard: bool, only: bool) -> bool:
    """Without a colon the value must be of the label's kind."""
    if not hard:
        return False
    word = value.split()[0].rstrip(",;)]")
    if name in ("unit_price", "row_total"):
        amounts = amounts_in(value[:24])
        return bool(amounts) and amounts[0].start == 0 and amounts[0].is_money
    if name == "quantity":
        return word.isdigit()
    if name in ("sku", "ean"):
        bare = word.rstrip(":：")
        return any(c.isdigit() for c in bare) or bare.isupper() or (only and is_code(bare))
    return False


def _take_labels(text: str, parts: Parts, known: Dictionary, style: str, but: frozenset[str] = frozenset()) -> str:
    found = [label for label in _labels_in(text, known) if label.field not in but]
    if not found:
        return text
    kept = text[: found[0].start]
    for number, label in enumerate(found):
        until = found[number + 1].start if number + 1 < len(found) else len(text)
        segment = text[label.value_at : until]
        value, tail = _value_of(label, segment, style)
        if label.field == "variant":
            kept, value = _with_attribute(kept, label, value)
        if not _claim(label, value, parts, style):
            kept += text[label.start : until]
            continue
        if label.opener and kept.rstrip().endswith(label.opener):
            kept = kept.rstrip()[:-1].rstrip() + " "
            tail = tail.removeprefix(_OPENERS[label.opener])
        kept = (
            kept.rstrip(" ,;|·•/–—-") + (" " if tail.strip() else "") + tail if tail.strip() else kept.rstrip(" ,;|·•")
        )
        kept += " " if until < len(text) else ""
    return kept.strip()


_ATTRIBUTE_BEFORE = re.compile(r"(?:^|[–—(\[-]\s?|,\s)(?P<all>[^\W\d_][^\W\d_]{1,20}: [^,:]{1,40}),\s*$")


def _with_attribute(kept: str, label: _Label, value: str) -> tuple[str, str]:
    """'– Flasche: Glas, Größe: 250 ml': what stands before the known word belongs to it."""
    found = _ATTRIBUTE_BEFORE.search(kept)
    if found is None or label.opener:
        return kept, value
    return kept[: found.start("all")].rstrip(" –—-(["), f"{value}\x00{found['all']}"


_WIDE = re.compile(r"\s{2,}")


def _value_of(label: _Label, segment: str, style: str) -> tuple[str, str]:
    """The label's value within its segment, and what is left behind it."""
    if label.opener:
        close = segment.find(_OPENERS[label.opener])
        if close >= 0:
            return segment[:close].strip(), segment[close:]
    if label.field in ("unit_price", "row_total"):
        amounts = amounts_in(segment, style)
        if amounts and not any(c.isalnum() for c in segment[: amounts[0].start]):
            return segment[: amounts[0].end].strip(), segment[amounts[0].end :]
        return "", segment
    end = _WIDE.search(segment) if label.field == "title" else _VALUE_END.search(segment)
    value = segment[: end.start()] if end else segment
    if label.field in ("sku", "ean", "quantity"):
        money = [each for each in amounts_in(value, style) if each.is_money and each.sign]
        if money and money[0].start > 0:
            return value[: money[0].start].strip(" :-–"), segment[money[0].start :]
        colon = value.rfind(":")
        if label.field == "sku" and colon > 0:
            return value[:colon].strip(), segment[colon:]
    return value.strip(" :").rstrip(" ([（【"), segment[len(value) :]


_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%")
_BARE_RATE = re.compile(r"\s*(\d{1,2}(?:[.,]\d{1,2})?)\s*$")


def _claim(label: _Label, value: str, parts: Parts, style: str) -> bool:
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
        parts.put("quantity", _plain_number(digits[0]))
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
        _take_variant(label.words, value, parts)
    elif name == "tax":
        rate = _RATE.search(value) or (_BARE_RATE.match(value) if "%" in label.words else None)
        if rate is None:
            return False
        parts.tax_rate = Decimal(rate[1].replace(",", "."))
    parts.labels[name] = label.words
    return True


def _plain_number(text: str) -> Decimal:
    value = Decimal(text.strip().replace(",", "."))
    return value.to_integral_value() if value == value.to_integral_value() else value


def _take_variant(words: str, value: str, parts: Parts) -> None:
    """'Variante: klein' gives 'klein'; 'Größe: M' keeps its name."""
    bare = words.casefold()
    value, _, before = value.partition("\x00")
    if not value.strip() or value.strip() in ("-", "–", "—"):
        return
    text = value.strip() if any(stem in bare for stem in _OF_VARIANTS) else f"{words.strip()}: {value.strip()}"
    text = f"{before}, {text}" if before else text
    parts.variant = f"{parts.variant}, {text}" if parts.variant else text


def _take_quantity(text: str, parts: Parts, known: Dictionary, first: bool) -> str:
    units = known.lists["quantity_units"]
    for pattern in (_QUANTITY_FIRST, _X_FIRST):
        found = pattern.match(text)
        if not found or (
            parts.quantity is not None and not (first and pattern is _QUANTITY_FIRST and found["x"] and not parts.title)
        ):
            continue
        if pattern is _QUANTITY_FIRST and not found["x"] and key(found["unit"]) not in units - _MEASURES:
            continue
        if parts.quantity is not None:
            return found["rest"].strip() if _plain_number(found["n"]) == parts.quantity else text
        if not first and parts.rest and pattern is _QUANTITY_FIRST and not has_money(found["rest"]):
            continue  # '3 x 100 g' in a description
        parts.quantity = _plain_number(found["n"])
        parts.quantity_is_loose = True
        return found["rest"].strip()
    return text


# Units that belong to a title ('500 g Tee') rather than count pieces.
_MEASURES = frozenset(
    (
        "g", "kg", "l", "ml", "m", "cm", "mm", "gramm", "liter", "meter", "m²", "qm", "m³", "std", "stunde", "stunden",
        "tag", "tage", "er", "г", "кг", "л", "мл", "м", "см", "мм", "克", "千克", "毫升", "升", "米", "厘米",
        "lb", "lbs", "oz", "ft", "in", "inch", "inches", "pack", "paket", "set", "sets", "paar", "pair", "pairs",
    )
)  # fmt: skip


def _take_prices(text: str, parts: Parts, known: Dictionary, style: str) -> str:
    """The amounts at the end of the line (with 'je', '=', '@', '/' between them)."""
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    if not amounts:
        return text
    kept, led = len(amounts), False
    end = len(text)
    while kept and _joins(text[amounts[kept - 1].end : end], known):
        kept -= 1
        end = amounts[kept].start
    if (
        0 < kept < len(amounts)
        and parts.quantity is not None
        and _is_row(parts.quantity, amounts[kept - 1], amounts[-1], text)
    ):
        kept -= 1  # 'zu je 19,50 EUR, zusammen 58,50 EUR'
        led = True
    ending = _without_title(amounts[kept:], parts.quantity)
    if not ending:
        return text
    head = text[: ending[0].start]
    ending = _without_old(head, ending, known)
    for amount in ending:
        parts.prices.append(amount.value)
        parts.currency = parts.currency or amount.sign
    return _quantity_before_price(_trim_each(head, known, led), parts)


def _without_title(ending: Sequence[Amount], quantity: Decimal | None) -> Sequence[Amount]:
    """'100 Rezepte für 5,00 €  18,00 €  72,00 €': the first amount belongs to the title if the others are the row."""
    if quantity is not None and len(ending) > 2 and abs(quantity * ending[-2].value - ending[-1].value) <= CENT:
        first_fits = abs(quantity * ending[0].value - ending[1].value) <= CENT
        return ending if first_fits else ending[-2:]
    if quantity == 1 and len(ending) == 2 and not _has_cents(ending[0]) and _has_cents(ending[1]):
        return ending[1:]  # '1 x Gutschein 25 EUR  25,00 EUR'
    return ending


def _has_cents(amount: Amount) -> bool:
    return any(mark in amount.text for mark in ",.")


def _is_row(quantity: Decimal, unit: Amount, total: Amount, text: str) -> bool:
    """Does the amount before the words belong to the last one?  For one piece only behind a comma: else the title's."""
    led = re.search(r",\s+[^\W\d]{0,12}(?:\s[^\W\d]{1,12}){0,2}\s?$", text[: unit.start])
    return abs(quantity * unit.value - total.value) <= CENT and (quantity > 1 or led is not None)


_BESIDE_PRICES = ("each", "quantity_units", "tax_included", "tax_names")


def _joins(between: str, known: Dictionary) -> bool:
    """Only signs, or words like 'je', between two amounts or behind the last."""
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


def _trim_each(head: str, known: Dictionary, led: bool) -> str:
    """The text without 'je', 'à', '@' at its end; `led`: words led to the first price ('zu je')."""
    bare = head.rstrip(" :：=@|–—-/,;(")
    words = bare.split()
    while len(words) > 1 and key(words[-1]) in known.lists["each"] and words[-1] != "a" and not words[-2][-1].isdigit():
        words.pop()
        bare = bare[: bare.rstrip().rfind(" ")].rstrip(" :：=@|–—-/,;(") if words else ""
    before, comma, last = bare.rpartition(", ")
    if led and comma and len(last.strip()) <= 4 and last.strip().isalpha() and last.strip().islower():
        bare = before.rstrip()  # 'Tasse, zu', 'Mug, at', 'Bol, à'
    return bare


def _quantity_before_price(head: str, parts: Parts) -> str:
    """'Tasse x 2', 'Tasse (2x)', 'Tasse × 2', '2 ×' alone before the price."""
    if parts.quantity is not None:
        return head
    alone = re.fullmatch(
        r"\W{0,3}(?:(\d{1,6})\s?(?:[^\W\d_]{1,6}\.?\s?)?[x×✕хX*]?|[x×✕хX]\s?(\d{1,6}))\W{0,2}", head.strip()
    )
    if alone and head.strip():
        parts.quantity = Decimal(alone[1] or alone[2])
        parts.quantity_is_loose = True
        return ""
    found = _QUANTITY_LAST.match(head)
    if found:
        parts.quantity = Decimal(found["n"] or found["m"])
        parts.quantity_is_loose = True
        return found["rest"].rstrip(" -–—,;:")
    return head


def _take_bracketed(text: str, parts: Parts) -> str:
    """'Tasse [A-1]', 'Tasse (#A-1)', 'Tasse (A-100)': a code in brackets at the end."""
    found = None
    for each in _BRACKETED_CODE.finditer(text):
        found = each
    if found is None:
        return text
    tail = text[found.end() :].strip(" ,;:-–—")
    if tail and not (text[found.end() :].lstrip()[:1] in "-–—," and (len(tail) <= 60)):
        return text
    code = (found["a"] or found["b"] or found["c"]).strip()
    if not is_code(code) or (found["c"] and not _is_sure_code(code)):
        return text
    parts.sku = code
    if tail:
        parts.variant = f"{tail}, {parts.variant}" if parts.variant else tail
        return text[: found.start()].rstrip(" ,;")
    return text[: found.start()].rstrip(" ,;") + " " + text[found.end() :]


def _is_sure_code(text: str) -> bool:
    """In round brackets a word, a year or a size can stand, too: 'Tasse (2024)', '(250g)', '(Bienenwachs)'."""
    if not any(c.isdigit() for c in text):
        return False
    if text.isdigit():
        return text[0] == "0" or len(text) > 4
    return text.upper() == text or any(c in "-_./" for c in text)


_CODE_FIRST = re.compile(r"(?P<code>(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9_./-]{2,30})\s+[-–—]\s+(?P<title>[^\W\d].+)")


def _take_leading_code(parts: Parts) -> None:
    """'0504 - Eierbecher': an article number before the title."""
    found = _CODE_FIRST.fullmatch(parts.rest[0]) if parts.rest and parts.sku is None else None
    if found and _is_sure_code(found["code"]):
        parts.sku, parts.rest[0] = found["code"], found["title"]


def _settle_title(parts: Parts, priced: bool) -> None:
    """The first line that is left is the title; a short second one is the variant."""
    if parts.rest and parts.quantity is None:
        found = _QUANTITY_LAST.match(parts.rest[0])
        if found and (priced or parts.has_price):
            parts.quantity, parts.quantity_is_loose = Decimal(found["n"] or found["m"]), True
            parts.rest[0] = found["rest"]
    if not parts.rest:
        return
    _take_leading_code(parts)
    parts.title = parts.rest[0]
    more = [line for line in parts.rest[1:] if line.strip("-–— ")]
    if more and parts.variant is None and len(more) == 1 and len(more[0]) <= 60:
        if (
            parts.sku is None
            and re.fullmatch(r"#?[A-Z0-9][A-Z0-9_.\-/]{2,24}", more[0])
            and any(c.isdigit() for c in more[0])
        ):
            parts.sku = more[0].lstrip("#")
        else:
            parts.variant = more[0]
