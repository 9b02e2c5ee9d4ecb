"""Sums that a letter says in sentences: 'Der Gesamtbetrag lautet 21,09 EUR.', 'Für den Versand kommen 5,49 EUR hinzu.'

Such a sentence becomes what other mails write, 'Gesamtbetrag: 21,09 EUR'.  Every word of it must be understood: an
article, the sum's name, how it is sent, a verb, the amount, and nothing behind it but brackets or 'hinzu'.
"""

import re
from collections.abc import Sequence

from smtpd_billbee.reader.amounts import amounts_in, has_money
from smtpd_billbee.reader.labels import beside_labels, whole_label
from smtpd_billbee.reader.words import MOST_WORDS, Dictionary, key

_LONGEST = 200  # letters
SENTENCE_ENDS = (".", "!", "。")
_BRACKETS = re.compile(r"[(（][^()（）]{1,80}[)）]")
_SUMS = frozenset({"total", "subtotal", "shipping_cost", "payment_fee"})
_MOST_LEADING = 2  # words before the name: 'für den'
_MOST_OF_VERB = 3  # words: 'beläuft sich auf'
_MOST_OF_NAME = 5  # words: 'Deutsche Post Warensendung'


def said_sum(text: str, known: Dictionary) -> str | None:
    """The sum of a sentence as 'name: amount', None where it says none."""
    if not text.endswith(SENTENCE_ENDS) or len(text) > _LONGEST or not has_money(text):
        return None
    amount = next((each for each in amounts_in(text) if each.is_money and each.sign), None)
    if amount is None:
        return None
    tail = text[amount.end :].rstrip(".!。").strip()
    aside = _BRACKETS.match(tail)
    rest = tail[aside.end() :].strip(" .") if aside else tail
    name = _name(text[: amount.start].split(), known)
    if not name or (rest and key(rest) not in beside_labels("added")):
        return None
    return f"{name}: {amount.text} {aside[0]}" if aside else f"{name}: {amount.text}"


def _name(words: Sequence[str], known: Dictionary) -> str:
    """What stands before the amount as the name of a sum; '' where it is anything else."""
    verb = next((size for size in range(_MOST_OF_VERB, 0, -1) if _is("amounts_to", words[-size:])), 0)
    if not verb or len(words) == verb:
        return ""
    words = words[:-verb]
    lead = 0
    while lead < min(_MOST_LEADING, len(words) - 1) and (_is("yours", words[lead]) or _is("for", words[lead])):
        lead += 1
    words = words[lead:]
    for end in range(min(MOST_WORDS, len(words)), 0, -1):
        meaning = whole_label(" ".join(words[:end]), known).keys() & _SUMS
        if not meaning:
            continue
        if end == len(words):
            return " ".join(words)
        carried = "shipping_cost" in meaning and _is("sent_by", words[end]) and end + 1 < len(words)
        method = words[end + 1 :]
        return f"{' '.join(words[:end])} ({' '.join(method)})" if carried and len(method) <= _MOST_OF_NAME else ""
    return ""


def _is(name: str, words: str | Sequence[str]) -> bool:
    return key(words if isinstance(words, str) else " ".join(words)) in beside_labels(name)
