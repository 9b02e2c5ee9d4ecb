"""Labels in rows: 'Bestellnummer: 1042', two cells, an emphasised word before its value, a heading on its own line."""

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from smtpd_billbee.reader.currencies import CODES, SIGNS
from smtpd_billbee.reader.sheet import Cell, Row
from smtpd_billbee.reader.words import MOST_WORDS, REMEMBERED, Dictionary, Meaning, key

LONGEST_LABEL = 80  # letters

_LEAD = re.compile(r"^[\s■□◆◇●○・•*·▪▸►▶▼★☆✓✔–—>-]+(?=\S)")
_BRACKETED = re.compile(
    r"^[\[【〔［(（<＜《「]\s*(?P<words>[^\]】〕］)）>＞》」]{1,60})\s*[\]】〕］)）>＞》」]\s*[:：]?\s*(?P<value>.*)$"
)
_PARTERS = re.compile(r"[:：]|\s[-–—=→]\s|\s*[=→]\s*")
_ASIDE = re.compile(
    r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|（[^（）]{0,80}）|„[^„“]{0,80}“|\"[^\"]{0,80}\"|«[^«»]{0,80}»|“[^”]{0,80}”|'[^']{1,80}'"
)
_NUMBERS = re.compile(r"[-+−]?\d[\d.,'’ ]*\s*%|%|\d[\d.,'’]*")
_MONEY_WORDS = frozenset(key(code) for code in (*CODES, *SIGNS)) - {""}

NOTHING: Meaning = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Labelled:
    """A label and its value.  `value` '': a heading.  `firm`: a colon, a cell or emphasis parts them."""

    words: str
    meaning: Meaning
    value: str
    lines: tuple[str, ...] = ()
    firm: bool = True

    def means(self, *fields: str) -> bool:
        """Whether the label can stand for one of these fields."""
        return not self.meaning.keys().isdisjoint(fields)


def without_lead(text: str) -> str:
    """The text without bullets and ornaments in front."""
    return _LEAD.sub("", text)


@functools.lru_cache(maxsize=REMEMBERED)
def meaning_of(words: str, known: Dictionary) -> Meaning:
    """The meaning of a label as written, with or without what stands in brackets."""
    if len(words) > LONGEST_LABEL:
        return NOTHING
    found = known.meaning(words)
    if not found and ("(" in words or "[" in words or "（" in words):
        found = known.meaning(_ASIDE.sub(" ", words))
    if not found and " " in words:
        first, _, rest = words.strip().partition(" ")
        if key(first) in beside_labels("yours"):
            found = known.meaning(rest)
    return found or _both_addresses(words, known)


_AND = re.compile(r"\s?[/&+／＆]\s?|\s(?:and|und|et|y|e|en|i|и)\s|と|及び?|和|兼")


def _both_addresses(words: str, known: Dictionary) -> Meaning:
    """'Ship to / bill to' heads one address that is both: like 'Billing and delivery address', the one of the bill."""
    one, *other = _AND.split(words.rstrip(" :："), maxsplit=1)
    if not other:
        return NOTHING
    first, second = known.meaning(one), known.meaning(other[0])
    for bill, ship in ((first, second), (second, first)):
        if "billing_address" in bill and "shipping_address" in ship:
            return {"billing_address": bill["billing_address"]}
    return NOTHING


@functools.lru_cache(maxsize=REMEMBERED)
def labelled_text(text: str, strong: int, known: Dictionary) -> Labelled | None:
    """The label that leads a line, if one does."""
    if not text or len(text) > 4000:
        return None
    if bracketed := _BRACKETED.match(text):
        meaning = meaning_of(bracketed["words"], known)
        if meaning:
            return Labelled(bracketed["words"], meaning, bracketed["value"])
    if text[0] == "*" and (starred := _starred(text, known)):
        return starred
    bare = without_lead(text)
    for number, parter in enumerate(_PARTERS.finditer(bare[:LONGEST_LABEL])):
        if number > 2:
            break
        meaning = meaning_of(bare[: parter.start()], known)
        if meaning:
            value = bare[parter.end() :].strip()
            value = value.removeprefix("**").lstrip() if text[0] == "*" else value  # '**Zahlung:** PayPal'
            return Labelled(bare[: parter.start()].strip(), meaning, value)
    if len(bare) <= LONGEST_LABEL and (meaning := meaning_of(bare, known)):
        return Labelled(bare.rstrip(": "), meaning, "")
    if len(bare) <= LONGEST_LABEL and (counted := _ORDINAL.match(bare)):
        words = bare[counted.end() :].rstrip(": ")
        if not _SECTIONS.isdisjoint(meaning := meaning_of(words, known)):
            return Labelled(words, meaning, "")
    if 0 < strong < len(text):
        meaning = meaning_of(text[:strong], known)
        if meaning:
            return Labelled(text[:strong].strip(" :"), meaning, text[strong:].lstrip(" :").strip())
    return None


_ORDINAL = re.compile(r"\d{1,2}[.)]\s{1,2}(?=[^\W\d])")  # '2. Kunde'
_SECTIONS = frozenset(("billing_address", "shipping_address", "customer", "items", "note"))


def _starred(text: str, known: Dictionary) -> Labelled | None:
    """'*E-Mail* erika@example.org': emphasis as a text has it, for programs turn bold type into stars."""
    words, star, value = text[1:].partition("*")
    meaning = meaning_of(words, known) if star and words.strip() == words and words else NOTHING
    return Labelled(words.rstrip(" :："), meaning, value.lstrip(" :：*").strip()) if meaning else None


def labels_of(row: Row, known: Dictionary) -> tuple[Labelled, ...]:
    """Every label of a row with its value."""
    filled = row.filled
    if not filled:
        return ()
    if len(filled) == 1:
        cell = filled[0]
        found = labelled_text(cell.lines[0], cell.strong, known)
        if found is None:
            return ()
        return (Labelled(found.words, found.meaning, found.value, cell.lines[1:]) if len(cell.lines) > 1 else found,)
    return tuple(_in_cells(filled, known))


def _in_cells(filled: tuple[Cell, ...], known: Dictionary) -> Iterator[Labelled]:
    if len(filled) == 2 or len(filled) % 2 == 0:
        pairs = list(zip(filled[::2], filled[1::2], strict=True))
        meanings = [meaning_of(without_lead(first.text), known) for first, _ in pairs]
        if len(pairs) == 1 and meanings[0]:
            (first, second), meaning = pairs[0], meanings[0]
            value = second.lines[0].lstrip(" :：")  # 'Zahlungsart | : Nachnahme'
            yield Labelled(first.text.rstrip(": "), meaning, value, second.lines[1:])
            return
        marked = all(first.text.rstrip().endswith((":", "：")) for first, _ in pairs)
        if all(meanings) and (marked or _are_facts(pairs, meanings, known)):
            for (first, second), meaning in zip(pairs, meanings, strict=True):
                yield Labelled(first.text.rstrip(": "), meaning, second.lines[0], second.lines[1:])
            return
    if len(filled) > 3 and (meaning := meaning_of(filled[0].text, known)) and meaning.keys() & _ADDRESSES:
        yield Labelled(filled[0].text, meaning, filled[1].text, tuple(cell.text for cell in filled[2:]))
        return
    if len(filled) > 2 and (lead := _address_in_cells(filled, known)):
        yield lead
        return
    for cell in filled:
        found = labelled_text(cell.lines[0], cell.strong, known)
        if found and (found.value or (len(cell.lines) > 1 and found.meaning.keys() & _METHODS)):
            yield Labelled(found.words, found.meaning, found.value, cell.lines[1:])


_FACTS = frozenset(("number", "ordered_at", "payment_method", "shipping_method", "customer_number", "order_status"))


def _are_facts(pairs: Sequence[tuple[Cell, Cell]], meanings: Sequence[Meaning], known: Dictionary) -> bool:
    """'Bestellung | 87 | Datum | 14.2.2025': facts of the order; a row of nothing but labels heads a table."""
    if any(_FACTS.isdisjoint(meaning) for meaning in meanings):
        return False
    values = (meaning_of(without_lead(second.text), known) for _, second in pairs)
    return all(_FACTS & value.keys() <= name.keys() for name, value in zip(meanings, values, strict=True))


def _address_in_cells(filled: tuple[Cell, ...], known: Dictionary) -> Labelled | None:
    """'Bill to: Jane Doe | 4 Main St | Springfield': the lines of an address side by side."""
    first = labelled_text(filled[0].text, filled[0].strong, known)
    if first is None or not first.value or not first.meaning.keys() & _ADDRESSES:
        return None
    others = [labelled_text(cell.text, cell.strong, known) for cell in filled[1:]]
    if any(other and other.value and other.meaning.keys() & _ADDRESSES for other in others):
        return None
    return Labelled(first.words, first.meaning, first.value, tuple(cell.text for cell in filled[1:]))


_METHODS = frozenset(("payment_method", "shipping_method"))  # a heading above its value, within one cell
_ADDRESSES = frozenset(("billing_address", "shipping_address", "customer"))


def leading(text: str, known: Dictionary, fields: frozenset[str]) -> Labelled | None:
    """The longest label for one of `fields` that leads the text without any mark: 'Bestellnummer 474'."""
    bare = without_lead(text)
    ends = [found.end() for found in re.finditer(r"\S+", bare[:LONGEST_LABEL])][:MOST_WORDS]
    for end in reversed(ends):
        meaning = known.meaning(bare[:end])
        if not meaning.keys().isdisjoint(fields):
            value = bare[end:].strip(" :：")
            return Labelled(bare[:end].rstrip(": "), meaning, value, firm=False)
    return None


@functools.lru_cache(maxsize=REMEMBERED)
def sum_label(text: str, known: Dictionary) -> Meaning:
    """The meaning of what stands before a sum: 'Nachlass (SOMMER10, 10 %)', 'darin enthalten 19 % USt.'."""
    bare = without_lead(text).strip(" :：+−-–=*")
    if bare[:1] in "([（" and bare[-1:] in ")]）":
        bare = bare[1:-1].strip(" :：")
    if not bare or len(bare) > 160:
        return NOTHING
    if found := whole_label(bare, known):
        return found
    if meaning := _tax(bare, known):
        return meaning
    words = _NUMBERS.sub(" ", _ASIDE.sub(" ", bare)).split()
    if len(words) > 1 and (found := _of_which(words, known)):
        return found
    for end in range(min(len(words) - 1, MOST_WORDS), 0, -1):
        meaning = known.meaning(" ".join(words[:end]))
        if "sku" in meaning:
            return NOTHING  # 'Cod. art. LV' is no cash on delivery
        if not _COSTS.isdisjoint(meaning):
            paid_so = key(" ".join(words[end:])) in known.payments  # 'Versandkosten Nachnahme'
            return (
                MappingProxyType({"payment_fee": frozenset[str]()})
                if paid_so and "shipping_cost" in meaning
                else meaning
            )
    return NOTHING


def names_discount(words: str, known: Dictionary) -> bool:
    """Do these words stand before a discount: 'Nachlass 10 %', '- Rabatt'?"""
    return "discount" in sum_label(words.strip(" -–*•"), known)


def _of_which(words: Sequence[str], known: Dictionary) -> Meaning:
    """'davon Versandkosten': a part of the total above it, which the arithmetic holds against the items."""
    if key(words[0]) not in _first_of_which():
        return NOTHING
    lead = next((size for size in (3, 2, 1) if key(" ".join(words[:size])) in beside_labels("of_which")), 0)
    meaning = known.meaning(" ".join(words[lead:])) if lead else NOTHING
    return meaning if "shipping_cost" in meaning or "payment_fee" in meaning else NOTHING


def whole_label(text: str, known: Dictionary) -> Meaning:
    """The meaning of words that are a label and nothing else, but numbers and what stands in brackets."""
    return next((found for each in _variants(text) if (found := known.meaning(each))), NOTHING)


@functools.cache
def beside_labels(name: str) -> frozenset[str]:
    """The keys of a list of words that stand in or beside labels: 'yours', 'net', 'gross', 'via', 'carriers'."""
    return frozenset(map(key, _listed(name)))


def _listed(name: str) -> list[str]:
    text = (resources.files("smtpd_billbee.reader") / "label_words.toml").read_text(encoding="utf-8")
    listed: list[str] = tomllib.loads(text)[name]
    return listed


@functools.cache
def _first_of_which() -> frozenset[str]:
    """With which words a phrase for a part of the total begins: most labels need no closer look."""
    return frozenset(key(phrase.split()[0]) for phrase in _listed("of_which"))


def is_shipping(text: str, known: Dictionary) -> bool:
    """Does a carrier's name lead the text, or is it the word for fetching the goods oneself?"""
    return is_carried(text, known) or known.has("pickup", text)


def is_carried(text: str, known: Dictionary) -> bool:
    """'DHL Paket', 'Kurier InPost': the first words are a carrier; 'DHL Nachnahme' is a fee."""
    words = text.split()
    return any(
        key(" ".join(words[:end])) in beside_labels("carriers") and key(" ".join(words[end:])) not in known.payments
        for end in range(1, min(4, len(words)) + 1)
    )


_AT_END = re.compile(r"\s*[(（]([^()（）]{2,40})[)）]$")


def part_carrier(text: str, known: Dictionary) -> tuple[str, str]:
    """'12345 Berlin, Lindenweg 7 (DHL Paket)': the address, and how it goes there ('' where nothing says it)."""
    found = _AT_END.search(text[-60:]) if text.endswith((")", "）")) else None
    if found is None or not is_shipping(found[1], known):
        return text, ""
    return text[: -len(found[0])], found[1]


@functools.cache
def _stems() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("smtpd_billbee.reader") / "address_headings.toml").read_text(encoding="utf-8")
    return {name: tuple(words) for name, words in tomllib.loads(text).items()}


@functools.lru_cache(maxsize=REMEMBERED)
def address_section(heading: str) -> str:
    """'billing_address' or 'shipping_address' by the stems of a heading that no list holds; '' if it tells neither."""
    text = heading.strip(" :：*").casefold()
    if not text or len(text) > 60 or len(text.split()) > 7 or any(c.isdigit() or c in "@,;" for c in text):
        return ""
    for name in ("shipping", "billing"):  # 'Lieferadresse des Kunden' is where it goes
        if any(stem in text for stem in _stems()[name]):
            return f"{name}_address"
    return ""


@functools.lru_cache(maxsize=REMEMBERED)
def is_other_address(text: str) -> bool:
    """Does the text say that an address is the other one: 'identisch', 'same as billing', '請求先と同じ'?"""
    bare = text.strip(" .()-–*:：").casefold()
    if not bare or len(bare) > 60 or any(sign.isdigit() or sign in "@," for sign in bare):
        return False
    return any(bare.startswith(stem) or (stem[0] > "\u3000" and stem in bare) for stem in _stems()["same"])


def heads_any_address(words: str) -> bool:
    """Does a label stand above any address: 'Adresse', 'Postal address'?"""
    return words.strip(" :：").casefold() in _stems()["neutral"]


def is_seller(heading: str) -> bool:
    """Does a heading announce the shop's own address: 'Verkäufer', 'Return address'?"""
    text = heading.casefold()
    return any(stem in text for stem in _stems()["seller"])


def is_shop_contact(heading: str) -> bool:
    """Does the shop say below how to reach it: 'Fragen zur Bestellung?', 'Customer service'?"""
    text = heading.strip(" :：*-–").casefold()
    if not text or len(text) > 60 or "@" in text:
        return False
    return text.endswith(("?", "？")) or any(stem in text for stem in _stems()["shop"])


def _words(text: str) -> list[str]:
    return text.replace("(", " ").replace(")", " ").replace("[", " ").replace("]", " ").split()


def is_net(words: str) -> bool:
    """'Summe netto': before tax."""
    return any(key(word) in beside_labels("net") for word in _words(words))


def is_gross(words: str) -> bool:
    """'Preis Brutto': with tax, what the customer pays."""
    return any(key(word) in beside_labels("gross") for word in _words(words))


def without_net(words: str) -> str:
    """A heading without 'netto' and 'brutto'."""
    left_out = beside_labels("net") | beside_labels("gross")
    return " ".join(word for word in _words(words) if key(word) not in left_out)


def without_currency(words: str) -> str:
    """'Price' of 'Price in GBP': a heading without the currency behind it."""
    parts = words.split()
    if len(parts) < 2 or key(parts[-1]) not in _MONEY_WORDS:
        return words
    return " ".join(parts[:-2] if len(parts) > 2 and key(parts[-2]) in beside_labels("in") else parts[:-1])


# What a row can still mean when more words follow: 'Versandkosten DHL', but not 'Summe der Punkte'.
_COSTS = frozenset({"shipping_cost", "payment_fee", "discount", "tax"})
SUMS = frozenset({"subtotal", "shipping_cost", "payment_fee", "discount", "tax", "total", "row_total"})


def _variants(text: str) -> Iterator[str]:
    yield text
    aside = _ASIDE.sub(" ", text).strip(" :：")
    if aside != text:
        yield aside
    bare = " ".join(word for word in _NUMBERS.sub(" ", aside).split() if key(word) not in _MONEY_WORDS)
    if bare != aside:
        yield bare


def _tax(text: str, known: Dictionary) -> Mapping[str, frozenset[str]]:
    """'19% MwSt. enthalten': only names of the tax, words of inclusion, numbers; a name alone is none."""
    words = [key(word) for word in _NUMBERS.sub(" ", text).split()]
    words = [word for word in words if word]
    tax_names = known.lists["tax_names"]
    others = known.lists["tax_included"] | known.lists["tax_on_top"] | _MONEY_WORDS
    rated = "%" in text or "％" in text
    if rated and 0 < len(words) < 8 and words[-1] in tax_names and not SUMS & known.meaning(words[0]).keys() - {"tax"}:
        return MappingProxyType({"tax": frozenset[str]()})  # 'Im Betrag enthaltene MwSt. (19 %)'
    if (
        any(word in tax_names for word in words)
        and (rated or not all(word in tax_names for word in words))
        and all(word in tax_names or word in others for word in words)
    ):
        return MappingProxyType({"tax": frozenset[str]()})
    return NOTHING
