"""What was chosen of an item, in the lines below its title: 'Farbe: blau', 'Gravur: "Für 5 EUR"', 'Box +3,50 €'.

An amount in such a line is a surcharge, or the customer's own words, and no price of the item.  An old price
('statt 59,00 €') was never chosen and is left out.
"""

import re

from smtpd_billbee.reader.amounts import Amount, amounts_in, has_money
from smtpd_billbee.reader.labels import beside_labels
from smtpd_billbee.reader.parts_found import Parts
from smtpd_billbee.reader.words import Dictionary, Meaning, key

QUOTES = frozenset("\"“”„‟«»「」『』‘’'")
_ATTRIBUTE = re.compile(r"[-–•*]?\s*(?P<name>[^\W\d_][^:：\d]{1,24})[:：]\s?(?P<value>\S.{0,80})")


def add_choice(found: str, parts: Parts) -> None:
    """What was chosen, too."""
    parts.variant = f"{parts.variant}, {found}" if parts.variant else found


def is_attribute(text: str, parts: Parts, known: Dictionary, style: str) -> bool:
    """'Flasche: Glas, Größe: 250 ml' below a title: what was chosen, though nobody listed the word."""
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return False
    if not has_money(text):
        return True
    return not known.meaning(found["name"]) and _speaks_of_money(found["value"], parts, known, style)


def _speaks_of_money(value: str, parts: Parts, known: Dictionary, style: str) -> bool:
    """'"100 EUR Schein"', 'M (+2,00 €)', 'Für 5 EUR': amounts within words, in quotes, or on top."""
    amounts = [each for each in amounts_in(value, style) if each.is_money]
    if all(is_on_top(value, each) for each in amounts) or (value[0] in QUOTES and value.rstrip()[-1] in QUOTES):
        return True
    if not parts.is_priced_elsewhere:
        return False
    before, behind = value[: amounts[0].start], value[amounts[-1].end :]
    word = behind.split()[0] if behind[:1].isspace() and behind.strip() else ""
    if word and word[0].isalpha() and len(word) > 2 and not any(known.has(name, word) for name in _BESIDE):
        return True
    return any(c.isalpha() for c in before) and not any(c.isalpha() for c in behind)


_BESIDE = ("each", "quantity_units", "measures", "tax_included", "tax_on_top", "tax_names")


def is_on_top(text: str, amount: Amount) -> bool:
    """'+2,00 €': a surcharge, which the item's price holds already."""
    return text[: amount.start].rstrip()[-1:] == "+"


def is_surcharge(text: str, style: str) -> bool:
    """'Aufpreis +5,00 EUR', 'Geschenkbox (+3,50 €)': words, and nothing but amounts on top."""
    if "+" not in text or not has_money(text):
        return False
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    named = sum(c.isalpha() for c in text) > sum(len(each.sign or "") for each in amounts)
    return named and all(is_on_top(text, each) for each in amounts)


def is_option(text: str, known: Dictionary) -> bool:
    """'Größe M', '- Farbe blau' below a title: a word for what is chosen, and the choice, without a colon."""
    name, _, choice = text.lstrip("-–•* ").partition(" ")
    return 0 < len(choice) <= 40 and name[0].isupper() and known.meaning(name).keys() == {"variant"}


_LONGEST_OLD = 60  # letters
_PER_MEASURE = re.compile(r"\s?(?:/|[^\W\d_]{1,4}\s)\s?(?:\d{1,5}\s?)?(?P<measure>[^\W\d_]{1,12})")


def is_other_price(text: str, parts: Parts, known: Dictionary, style: str) -> bool:
    """'statt 59,00 €', 'Sie sparen 20,00 €', 'Grundpreis: 5,00 €/100 g' below a title: none of the item's prices."""
    if len(text) > _LONGEST_OLD or not has_money(text):
        return False
    amounts = [each for each in amounts_in(text, style) if each.is_money]
    if len(amounts) > 1 and not parts.is_priced_elsewhere:
        return False  # 'statt 24,00 € nur 19,00 €' holds the price
    words = key(text[: amounts[0].start].strip(" -–•*([:："))
    if words and (words in known.lists["instead_of"] or words in beside_labels("saved")):
        return True
    return parts.is_priced_elsewhere and is_by_measure(text, amounts[0], known)


def is_by_measure(text: str, amount: Amount, known: Dictionary) -> bool:
    """'24,80 € / kg', '5,00 €/100 g': what so much of it costs."""
    measured = _PER_MEASURE.match(text, amount.end)
    return measured is not None and known.has("measures", measured["measure"])


_CHOICE = re.compile(r"[^\W\d_]{2,24}[:：]\s?\S.{0,80}")


def is_choice(text: str) -> bool:
    """A word, a colon and more, in the place of an article number."""
    return _CHOICE.fullmatch(text) is not None and not has_money(text)


MOST_CHOSEN = 4
_NAMED_CHOICE = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_]{2,24} (?:[^\W\d_]{2,20}|\d{1,4} ?[^\W\d_]{0,4})")


def names_choice(line: str) -> bool:
    """'Glasur Seegrün', 'Durchmesser 14 cm': a name and one word or measure, on a line of its own below the title."""
    return _NAMED_CHOICE.fullmatch(line) is not None


_BEHIND_DASH = re.compile(r"\s[-–—]\s(?P<name>[^\W\d_][^:：\d–—-]{0,24}?)(?P<apart>\s?)[:：]\s?(?=\S)")
# 'Tasse (Glasur: Weiß)', 'Wagen / Spurweite: H0': one word and its value, and nothing behind.
_AT_END = re.compile(
    r"\s(?:[(\[](?P<name>[^\W\d_]{2,24}): (?P<value>[^()\[\]]{1,80})[)\]]"
    r"|/ (?P<word>[^\W\d_]{2,24}): (?P<rest>[^:]{1,80}))$"
)
_BEHIND_COMMA = re.compile(r",\s(?P<name>[^\W\d_][^\s:：,]{1,23})(?P<apart>):\s(?=[^()]{1,80}$)")
_EAST_NAME = re.compile(r"\s(?P<name>[\u3040-\u9fff]{1,8})(?P<apart>)：(?=\S)")
_OTHER_FACTS = frozenset({"sku", "ean", "quantity", "unit_price", "row_total", "tax", "title", "number", "weight"})


def chosen_behind(title: str, known: Dictionary) -> tuple[str, str, str] | None:
    """'Seife - Duft : Rose, Größe : 2' and '煎茶　色：朱' as title, name and choice; a title's own colon is none.

    The first name must be one of a choice ('Roman - Teil zwei: Das Meer' is a title), or, with a blank before the
    colon, as shops' templates write it, any name that is known.
    """
    if ":" not in title and "：" not in title:
        return None
    if at_end := _chosen_at_end(title, known):
        return at_end
    begin = len(title) - len(title.lstrip())
    for form in (_BEHIND_DASH, _EAST_NAME, _BEHIND_COMMA):
        for found in form.finditer(title):
            if form is _BEHIND_COMMA and _is_within_brackets(title[: found.start()]):
                continue  # 'Tasse (Höhe: 9 cm, Farbe: blau)'
            weight = form is _BEHIND_COMMA and "weight" in known.meaning(found["name"])
            if found.start() > begin and (weight or _may_be_chosen(found["name"], known, bool(found["apart"]))):
                return title[: found.start()].rstrip(), found["name"], title[found.end() :].strip()
    return None


def _chosen_at_end(title: str, known: Dictionary) -> tuple[str, str, str] | None:
    """In brackets or behind ' / ' a word that nobody listed is a name, too, if no other fact has it."""
    found = _AT_END.search(title[-_LONGEST_TAIL:])
    if found is None or has_money(found[0]) or found.start() == 0:
        return None
    name, value = (found["name"], found["value"]) if found["name"] else (found["word"], found["rest"])
    return (title[: -len(found[0])].rstrip(), name, value) if not _is_other(known.meaning(name)) else None


_LONGEST_TAIL = 120  # letters


def _is_other(meaning: Meaning) -> bool:
    """A fact that is never chosen; the weight can be: 'Tee (Gewicht: 250 g)'."""
    return not _OTHER_FACTS.isdisjoint(meaning) and "weight" not in meaning


def _is_within_brackets(before: str) -> bool:
    return any(before.count(opener) != before.count(closer) for opener, closer in ("()", "[]", "（）", "【】"))


def _may_be_chosen(name: str, known: Dictionary, apart: bool) -> bool:
    meaning = known.meaning(name)
    return "variant" in meaning or (apart and bool(meaning) and _OTHER_FACTS.isdisjoint(meaning))
