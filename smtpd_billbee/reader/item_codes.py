"""Article numbers that only the whole order shows: every title ends, or begins, with a code of its own.

'Schürze (LA-SLT)' alone can be anything; where every title of the order has such a code, and no two the same, a
clerk takes it for the article number.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from smtpd_billbee.reader.items import Found, Items
from smtpd_billbee.reader.parts_codes import CODE_LINE

_SHORT_BEHIND = re.compile(r"\s\((?P<code>[A-Z]{2,4})\)$")
_BEHIND = re.compile(r"\s\((?P<code>[A-Z0-9]{1,12}(?:[-_.][A-Z0-9]{1,12}){1,5})\)$")
_HASHED = re.compile(r"\s#(?P<code>[A-Z0-9]{1,14}(?:[-_.][A-Z0-9]{1,12}){0,5})$")
_LED = re.compile(r"[\[［【〔](?P<code>[A-Z0-9]{1,12}(?:[-_.][A-Z0-9]{1,12}){1,5})[\]］】〕]\s?(?=\S)")
_BEFORE = re.compile(r"(?P<code>[A-Z0-9]{1,12}(?:[-_.][A-Z0-9]{1,12}){1,5})\s+(?=[^\W\d_])")
_SIZES = frozenset("XSML-")
_FEWEST = 5  # letters (a digit counts for more): '(S-M)' and '(L-XL)' are sizes, 'USB-C' is a plug


def with_codes(items: Items) -> Items:
    """The items with the codes of their titles as article numbers, if every title has one."""
    if all(each.item.sku for each in items.found):
        return items
    if len(items.found) == 1:
        only = _ending(items.found[0])
        return replace(items, found=(only,)) if only and _abbreviates(only.item.sku or "", only.item.title) else items
    items = _like_others(items)
    for coded in (_ending, _ending_short, _hashed, _led, _beginning):
        found = [coded(each) for each in items.found]
        codes = [each.item.sku for each in found if each is not None]
        if len(codes) == len(items.found) and len(set(codes)) == len(codes) and _are_codes(coded, codes):
            return replace(items, found=tuple(each for each in found if each is not None))
    return items


def _like_others(items: Items) -> Items:
    """'TEA-SE' as the only choice of an item is its number, where all other items have numbers of that form."""
    others = [
        each.item.sku for each in items.found if each.item.variant is None or not CODE_LINE.fullmatch(each.item.variant)
    ]
    if not others or not all(code and CODE_LINE.fullmatch(code) for code in others):
        return items
    found = [
        replace(each, item=replace(each.item, sku=each.item.variant, variant=None))
        if each.item.sku is None and each.item.variant and CODE_LINE.fullmatch(each.item.variant)
        else each
        for each in items.found
    ]
    return replace(items, found=tuple(found))


def _are_codes(coded: Callable[[Found], Found | None], codes: Sequence[str | None]) -> bool:
    """Before a title most need a digit: 'T-SHIRT Blau' begins with a word."""
    if coded is _hashed:
        return any(code and (not code.isdigit() or len(code) >= _FEWEST) for code in codes)
    return coded in (_ending, _ending_short, _led) or 2 * sum(
        any(c.isdigit() for c in code or "") for code in codes
    ) > len(codes)


def _ending(found: Found) -> Found | None:
    if found.item.sku:
        return found if f"({found.item.sku})" in found.text else None
    match = _BEHIND.search(found.item.title[-80:])
    return _coded(found, match["code"], found.item.title[: -len(match[0])]) if match else None


def _ending_short(found: Found) -> Found | None:
    """'Vase grün (VG)', too: two to four capitals that are the title's own letters, and no size."""
    if longer := _ending(found):
        return longer
    match = None if found.item.sku else _SHORT_BEHIND.search(found.item.title[-80:])
    title = found.item.title[: -len(match[0])].strip() if match else ""
    if not match or _SIZES.issuperset(match["code"]) or not _abbreviates(match["code"], title):
        return None
    return replace(found, item=replace(found.item, title=title, sku=match["code"]))


def _abbreviates(code: str, title: str) -> bool:
    """Do the code's letters stand in the title in their order, the first at its beginning: 'DO-Z' in 'Duftöl Zirbe'?"""
    plain = unicodedata.normalize("NFD", title).upper()
    letters = iter(plain)
    return plain[:1] == code[:1] and all(letter in letters for letter in code if letter.isalnum())


def _hashed(found: Found) -> Found | None:
    """'Tasse #TK-01'; the sign says that a number follows, so it may be short, where not all count ('Band #2')."""
    match = None if found.item.sku else _HASHED.search(found.item.title[-80:])
    title = found.item.title[: -len(match[0])].strip() if match else ""
    return replace(found, item=replace(found.item, title=title, sku=match["code"])) if match and title else None


def _led(found: Found) -> Found | None:
    """'［TK-01］Tasse', '[TK-01] Tasse': in brackets before the title."""
    match = None if found.item.sku else _LED.match(found.item.title)
    return _coded(found, match["code"], found.item.title[match.end() :]) if match else None


def _beginning(found: Found) -> Found | None:
    match = None if found.item.sku else _BEFORE.match(found.item.title)
    rest = found.item.title[match.end() :] if match else ""
    return _coded(found, match["code"], rest) if match and any(c.islower() for c in rest) else None


def _coded(found: Found, code: str, title: str) -> Found | None:
    signs = sum(c.isalnum() for c in code) + 2 * any(c.isdigit() for c in code)
    short = signs < _FEWEST - (not _SIZES.issuperset(code)) and (
        _SIZES.issuperset(code) or not _abbreviates(code, title)
    )
    if short or not title.strip():
        return None
    return replace(found, item=replace(found.item, title=title.strip(), sku=code))
