"""Article numbers without a label: in brackets behind a title, or before it."""

import re

from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.parts_found import Parts

_BRACKETED_CODE = re.compile(
    r"\s*(?:\[\s*(?P<a>[^\[\]]{1,40})\s*\]|\(\s*#\s*(?P<b>[^()]{1,40})\s*\)|<(?P<d>[^<>\s@]{1,40})>|[(（]\s*(?P<c>[A-Za-z0-9][A-Za-z0-9_./-]{1,30}[A-Za-z0-9])\s*[)）])\s*"
)
_CODE = re.compile(r"^#?[\w][\w.\-/+#]*(?: [\w.\-/+#]+){0,3}$")


CODE_LINE = re.compile(r"(?=.{5,24}$)[A-Z0-9]{1,12}(?:[-_./][A-Z0-9]{1,12}){1,4}")  # 'FSL-8', 'TEA-SE' alone


def is_code(text: str) -> bool:
    """Could this be an article number?"""
    return (
        len(text) <= 40
        and (any(c.isdigit() for c in text) or text.isupper() or "-" in text or len(text) <= 12)
        and bool(_CODE.match(text))
    )


def is_code_alone(text: str) -> bool:
    """'B-12', '0815', 'TEA': one word that is no word of a language."""
    return " " not in text and (text.isupper() or any(c.isdigit() for c in text))


_BRACKETED_CHOICE = re.compile(
    r"\s(?:\[(?P<all>[^\W\d_]{2,24}: [^\[\]]{1,100})\]|\((?P<round>[^\W\d_]{2,24}: [^()]{1,100})\))$"
)


def _take_choice(text: str, parts: Parts) -> str:
    """'Schale [Glasur: Seegrün, Höhe: 14 cm]', 'Schale (Glasur: Seegrün)': what was chosen, whatever it is called."""
    found = _BRACKETED_CHOICE.search(text[-140:]) if text.endswith(("]", ")")) and parts.variant is None else None
    if found is None or (found["round"] and has_money(found["round"])):
        return text
    parts.variant = found["all"] or found["round"]
    return text[: -len(found[0])]


def take_bracketed(text: str, parts: Parts) -> str:
    """'Tasse [A-1]', 'Tasse (#A-1)', 'Tasse (A-100)': a code in brackets at the end."""
    text = _take_choice(text, parts)
    found = None
    for each in _BRACKETED_CODE.finditer(text):
        found = each
    if found is None:
        return text
    tail = text[found.end() :].strip(" ,;:-–—")
    if tail and not (text[found.end() :].lstrip()[:1] in "-–—," and (len(tail) <= 60)):
        return text
    code = (found["a"] or found["b"] or found["c"] or found["d"]).strip()
    if found["a"] and parts.variant is None and not tail and _is_choice(code):
        parts.variant = code
        return text[: found.start()].rstrip(" ,;") + " " + text[found.end() :]
    if code.upper() in _PRAISE or not is_code(code) or (found["c"] and not _is_sure_code(code)):
        return text
    parts.sku = code
    if tail:
        parts.variant = f"{tail}, {parts.variant}" if parts.variant else tail
        return text[: found.start()].rstrip(" ,;")
    return text[: found.start()].rstrip(" ,;") + " " + text[found.end() :]


# What shops write in brackets behind a title, and is no number.
_PRAISE = frozenset([
    "NEU", "NEW", "NOUVEAU", "NUEVO", "NOVITÀ", "NUOVO", "NIEUW", "NOVO", "NOWOŚĆ", "SALE", "AKTION", "ANGEBOT",
    "PROMO", "OFFERTA", "OFERTA", "TOP", "HIT", "TIPP", "BIO", "VEGAN", "B-WARE", "RESTPOSTEN", "VORBESTELLUNG",
    "PREORDER", "PRE-ORDER",
])  # fmt: skip


def _is_choice(text: str) -> bool:
    """'[rauchgrau]', '[Größe 9]', '[Ø 30 cm]' is what was chosen: words in small letters, and no digit within one."""
    words = text.split()
    named = [word for word in words if any(c.islower() for c in word)]
    return bool(named) and all(word.isdigit() or word.strip(".,Øø").isalpha() or word in "Øø" for word in words)


def _is_sure_code(text: str) -> bool:
    """In round brackets a word, a year or a size can stand, too: 'Tasse (2024)', '(250g)', '(Bienenwachs)'."""
    if not any(c.isdigit() for c in text):
        return False
    if text.isdigit():
        return text[0] == "0" or len(text) > 4
    return text.upper() == text or any(c in "-_./" for c in text)


_NUMBERED = re.compile(
    r"(?:^|[,;]?\s+)(?:Nr|No|N[°º]|n°|№)\.?\s?:?\s?(?P<code>(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9]{1,12}(?:[-_./][A-Za-z0-9]{1,12}){1,5})$"
)


def take_numbered(text: str, parts: Parts) -> str:
    """'Jacke, Nr. J-1-M', 'Nr. J-1-M' alone below a title; in 'Duft Nr. 5' and 'Band 3' it counts."""
    found = _NUMBERED.search(text[-_LONGEST_NUMBERED:]) if parts.sku is None else None
    if found is None:
        return text
    parts.sku = found["code"]
    return text[: len(text) - len(found[0])].rstrip(" ,;")


_LONGEST_NUMBERED = 80  # letters

_HASHED = re.compile(r"(?P<gap>\s+)#(?P<code>(?=\S*\d)\w[\w./-]{2,30})$")
_SURE_DIGITS = 5  # 'Comic #123' is the 123rd


def take_hashed(text: str, parts: Parts) -> str:
    """'Tasse  #A-100', 'Tasse #10815'."""
    found = _HASHED.search(text[-_LONGEST_NUMBERED:]) if parts.sku is None and "#" in text else None
    if found is None or (found["code"].isdigit() and len(found["code"]) < _SURE_DIGITS and len(found["gap"]) < 2):
        return text
    parts.sku = found["code"]
    return text[: len(text) - len(found[0])].rstrip(" ,;")


_IN_FRONT = re.compile(r"\[(?P<code>[A-Za-z0-9][A-Za-z0-9_./-]{0,38}|[A-Z]{1,6} \d{1,8})\]\s+(?=\S)")


def take_code_in_front(text: str, parts: Parts) -> str:
    """'[A-100] Tasse'."""
    found = _IN_FRONT.match(text) if parts.sku is None and text.startswith("[") else None
    if found is None or not is_code_alone(found["code"].replace(" ", "")):
        return text
    parts.sku = found["code"]
    return text[found.end() :]


_CODE_FIRST = re.compile(r"(?P<code>(?=[^\s]*\d)[A-Za-z0-9][A-Za-z0-9_./-]{2,30})\s+[-–—]\s+(?P<title>[^\W\d].+)")


def take_leading_code(parts: Parts) -> None:
    """'0504 - Eierbecher': an article number before the title."""
    found = _CODE_FIRST.fullmatch(parts.rest[0]) if parts.rest and parts.sku is None else None
    if found and _is_sure_code(found["code"]):
        parts.sku, parts.rest[0] = found["code"], found["title"]
        return
    found = _CODE_APART.fullmatch(parts.rest[0]) if parts.rest and parts.sku is None else None
    if found and parts.quantity is not None and is_code_alone(found["code"]):
        parts.sku, parts.rest[0] = found["code"], found["title"]


_CODE_APART = re.compile(r"(?P<code>[A-Za-z0-9][A-Za-z0-9_./-]{1,30})\s{2,}(?P<title>[^\W\d_].+)")  # '77  Libro'
