"""From a draft to the reading: does it add up, is all there, and what should a person look at?"""

import re
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from smtpd_billbee.model.order import Address, Item, Order
from smtpd_billbee.model.reading import Kind, Outcome, Reading
from smtpd_billbee.reader.amounts import amounts_in
from smtpd_billbee.reader.currencies import CODES, OF_COUNTRY, OF_LANGUAGE, VAGUE, currency_of
from smtpd_billbee.reader.draft import Draft
from smtpd_billbee.reader.oddities import address_oddities, oddities
from smtpd_billbee.reader.order_problems import address_problems, cost_problems, quantity_problems, sums_problems
from smtpd_billbee.reader.words import Dictionary, key, whole_key


def order_of(draft: Draft, known: Dictionary) -> tuple[Order, list[str]]:
    """The order as drafted, and everything about it that a person should look at."""
    problems = list(draft.doubts)
    language = draft.languages.most_common(1)[0][0] if draft.languages else None
    currency, doubt = _currency(draft, language)
    problems += [doubt] if doubt else []
    values: dict[str, Any] = {name: value for name, value in draft.values.items() if name in _FIELDS}
    if draft.sums.tax_on_top is not None or "prices_include_tax" not in values:
        values["prices_include_tax"] = _includes_tax(draft)
    values |= {"currency": currency, "language": language}
    order = Order(items=draft.items, billing_address=draft.billing, shipping_address=draft.shipping, **values)
    problems += sums_problems(order) + cost_problems(order) + address_problems(order) + _item_problems(order)
    problems += oddities(order, known)
    return order, list(dict.fromkeys(problems))


_FIELDS = frozenset(f.name for f in fields(Order)) - {"items", "billing_address", "shipping_address"}


def _includes_tax(draft: Draft) -> bool | None:
    if draft.values.get("small_business") and "tax_total" not in draft.values:
        return None
    if draft.sums.tax_on_top is not None:
        return not draft.sums.tax_on_top if draft.sums.balanced or draft.values.get("tax_total") is not None else None
    return True if draft.sums.balanced else None


def _currency(draft: Draft, language: str | None) -> tuple[str | None, str | None]:
    """The currency, told by its label, its codes or its signs."""
    said = draft.values.get("currency")
    signs = list(dict.fromkeys(draft.currency_signs))
    codes = {_code(sign, draft, language) for sign in signs} - {None}
    if isinstance(said, str):
        possible = {code for sign in signs for code in VAGUE.get(sign, (currency_of(sign),))}
        if signs and said not in possible:
            return said, f"the currency is said to be {said}, but amounts are written in another"
        return said, None
    if len(codes) > 1:
        return None, "amounts are written in more than one currency"
    if not codes:
        named = {code for code in re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", draft.text) if code in CODES}
        return (named.pop(), None) if len(named) == 1 else (None, "no currency is said")
    code = codes.pop()
    return code, _vague_dollar(code, signs, draft) or _vague_yuan(signs, draft)


def _vague_dollar(code: str | None, signs: Sequence[str], draft: Draft) -> str | None:
    """'$' in an order from Canada can be either dollar, unless the shop's own country tells."""
    if "$" not in signs or draft.values.get("site"):
        return None
    countries = [address.country for address in (draft.billing, draft.shipping) if address and address.country]
    others = {OF_COUNTRY.get(country) for country in countries} & set(VAGUE["$"]) - {code}
    return f"'$' can be {code} or {min(filter(None, others))}" if others else None


def _code(sign: str, draft: Draft, language: str | None) -> str | None:
    if sign not in VAGUE:
        return currency_of(sign)
    if sign in ("$", "元"):  # the buyer's country says nothing about the currency of the shop
        return _of_shop(sign, draft)
    countries = [address.country for address in (draft.billing, draft.shipping) if address and address.country]
    for country in countries:
        if OF_COUNTRY.get(country) in VAGUE[sign]:
            return OF_COUNTRY[country]
    if language and OF_LANGUAGE.get(language) in VAGUE[sign]:
        return OF_LANGUAGE[language]
    return currency_of(sign)


_TRADITIONAL = frozenset("訂單號運費總計數量價額貨發購買")
_SIMPLIFIED = frozenset("订单号运费总计数量价额货发购买") - _TRADITIONAL


def _of_shop(sign: str, draft: Draft) -> str | None:
    """'$' by the end of the shop's host name, '元' by the form of the letters, and who writes them."""
    if sign == "元":
        return (_yuan_of_places(draft) or "TWD") if _is_traditional(draft) else "CNY"
    country = str(draft.values.get("site") or "").rpartition(".")[2].upper()
    return OF_COUNTRY[country] if OF_COUNTRY.get(country) in VAGUE[sign] else currency_of(sign)


def _is_traditional(draft: Draft) -> bool:
    letters = [sum(1 for c in draft.text if c in each) for each in (_TRADITIONAL - _SIMPLIFIED, _SIMPLIFIED)]
    return letters[0] > letters[1]


def _yuan_of_places(draft: Draft) -> str | None:
    """The currency by the end of the shop's host name, else by the country of an address."""
    countries = [str(draft.values.get("site") or "").rpartition(".")[2].upper()]
    countries += [address.country for address in (draft.billing, draft.shipping) if address and address.country]
    return next((OF_COUNTRY[each] for each in countries if OF_COUNTRY.get(each) in VAGUE["元"]), None)


def _vague_yuan(signs: Sequence[str], draft: Draft) -> str | None:
    """'元' beside traditional letters: where neither the shop nor the buyer says the country, it can be either."""
    unsure = "元" in signs and _is_traditional(draft) and _yuan_of_places(draft) is None
    return "'元' can be CNY or TWD" if unsure else None


def known_problems(order: Order) -> list[str]:
    """What makes any order one to check, whether a mail brought it or a file whose columns say what is what."""
    currency = [] if order.currency else ["no currency is said"]
    return [*currency, *cost_problems(order), *address_problems(order), *address_oddities(order)]


def _item_problems(order: Order) -> list[str]:
    problems = quantity_problems(order)
    if any(item.sku == order.number for item in order.items):
        problems.append("an item's SKU is the order number")
    if any(len(item.title) > 250 for item in order.items):
        problems.append("an item's title is unusually long")
    return problems


def reading_of(draft: Draft, problems: list[str], known: Dictionary) -> Reading:
    """The reading of a draft: an order, or unreadable with what is missing."""
    missing = [word for word, there in (
        ("its number", "number" in draft.values), ("its items", draft.items), ("its total", "total" in draft.values),
    ) if not there]  # fmt: skip
    if missing:
        return Reading(
            Outcome.UNREADABLE, Kind.ORDER, f"it looks like an order, but {' and '.join(missing)} could not be read",
            tuple(problems), None, {},
        )  # fmt: skip
    order, more = order_of(draft, known)
    origins = dict(draft.origins)
    if order.currency is None:
        origins.pop("currency", None)  # signs were found, and none of them counts
    return Reading(Outcome.ORDER, Kind.ORDER, None, tuple(dict.fromkeys([*more, *problems])), order, origins)


def differences(one: Draft, other: Draft) -> list[str]:
    """Where two bodies of one mail say different things about what both say."""
    found = []
    for name in ("number", "total", "subtotal", "shipping_cost", "payment_fee", "discount", "ordered_at", "tax_total"):
        a, b = one.values.get(name), other.values.get(name)
        if a is not None and b is not None and not _alike(name, a, b):
            found.append(f"text and HTML disagree about {name.replace('_', ' ')}: {a} and {b}")
    if one.items and other.items and not (one.sums.balanced and _all_named(one, other)):
        found += _item_differences(one.items, other.items, other.text)
    for name, ours, theirs in (
        ("billing address", one.billing, other.billing),
        ("delivery address", one.shipping, other.shipping),
    ):
        if ours and theirs and _addresses_differ(ours, theirs):
            found.append(f"text and HTML disagree about the {name}")
    return found


def _all_named(one: Draft, other: Draft) -> bool:
    """The other body could not be read item by item, but names every item of this one with its price."""
    if not any("has no" in doubt for doubt in other.doubts) and len(one.items) == len(other.items):
        return False
    whole = whole_key(other.text)
    numbers = {amount.value for amount in amounts_in(other.text, other.style)}
    return all(key(item.title) in whole and (item.total or item.unit_price) in numbers for item in one.items)


def _alike(name: str, a: object, b: object) -> bool:
    if name == "ordered_at":
        return str(a)[:10] == str(b)[:10]
    return key(a) == key(b) if isinstance(a, str) and isinstance(b, str) else a == b


def _item_differences(ours: tuple[Item, ...], theirs: tuple[Item, ...], text: str) -> list[str]:
    """Item by item.  Words that the other `text` holds all the same were only put to the wrong item there."""
    if len(ours) != len(theirs):
        return [f"text and HTML disagree about the number of items: {len(ours)} and {len(theirs)}"]
    found: list[str] = []
    words: list[str] = []
    for number, (one, other) in enumerate(zip(ours, theirs, strict=True), 1):
        for name in ("quantity", "unit_price", "total", "sku"):
            a, b = getattr(one, name), getattr(other, name)
            if a is not None and b is not None and (key(a) != key(b) if isinstance(a, str) else a != b):
                said = f"text and HTML disagree about item {number}: {name.replace('_', ' ')} {a} and {b}"
                (words if name == "sku" else found).append(said)
        if _words_differ(one, other):
            words.append(f"text and HTML disagree about the title of item {number}")
    return found + words if words and not _are_named(ours, text) else found


def _are_named(items: tuple[Item, ...], text: str) -> bool:
    """Does the text hold every title and every article number?"""
    whole = whole_key(text)
    return all(key(item.title) in whole and (item.sku is None or key(item.sku) in whole) for item in items)


def _words_differ(one: Item, other: Item) -> bool:
    a, b = (key(item.title + (item.variant or "")) for item in (one, other))
    return not (a in b or b in a or key(one.title) in b or key(other.title) in a)


def _addresses_differ(one: Address, other: Address) -> bool:
    for name in ("last_name", "street", "house_number", "postcode", "city", "country", "email", "company"):
        a, b = getattr(one, name), getattr(other, name)
        if a and b and key(a) != key(b):
            return True
    return False


def _completed(one: Address, other: Address) -> Address:
    """The same address with what only the other body says."""
    missing = {
        f.name: value
        for f in fields(Address)
        if getattr(one, f.name) is None and (value := getattr(other, f.name)) is not None
    }
    return replace(one, **missing)


def _completed_items(ours: tuple[Item, ...], theirs: tuple[Item, ...]) -> tuple[Item, ...]:
    """The same items with article numbers, variants and prices that only the other body says."""
    if len(ours) != len(theirs) or any(
        one.quantity != other.quantity or not _same_title(one.title, other.title)
        for one, other in zip(ours, theirs, strict=True)
    ):
        return ours
    priced = tuple(_priced(one, other) for one, other in zip(ours, theirs, strict=True))
    if any(key(one.title) != key(other.title) for one, other in zip(ours, theirs, strict=True)):
        return priced
    return tuple(
        replace(one, sku=one.sku or other.sku, variant=one.variant or other.variant)
        for one, other in zip(priced, theirs, strict=True)
    )


def _same_title(one: str, other: str) -> bool:
    """The same, or the one with more behind it: 'Kaffee 250 g' and 'Kaffee 250 g - gemahlen'."""
    a, b = key(one), key(other)
    return bool(a and b) and (a.startswith(b) or b.startswith(a))


def _priced(one: Item, other: Item) -> Item:
    """With the price of one piece that only the other says, where it comes to what the row costs: 2 x 3,50 = 7,00."""
    unit = other.unit_price
    if one.unit_price is not None or unit is None or one.total is None or one.quantity * unit != one.total:
        return one
    return replace(one, unit_price=unit)


def filled(main: Draft, other: Draft) -> None:
    """Take from the other body what the main one does not say."""
    for name, value in other.values.items():
        if name not in main.values:
            main.values[name] = value
            if name in other.origins:
                main.origins[name] = other.origins[name]
    main.items = _completed_items(main.items, other.items)
    if main.billing is None:
        main.billing = other.billing
        main.origins |= {name: origin for name, origin in other.origins.items() if name.startswith("billing_address")}
    elif other.billing is not None and not _addresses_differ(main.billing, other.billing):
        main.billing = _completed(main.billing, other.billing)
    if (
        main.shipping is not None
        and other.shipping is not None
        and not _addresses_differ(main.shipping, other.shipping)
    ):
        main.shipping = _completed(main.shipping, other.shipping)
    if main.shipping is None and other.shipping is not None:
        main.shipping = other.shipping
        main.origins |= {name: origin for name, origin in other.origins.items() if name.startswith("shipping_address")}
    for language, count in other.languages.items():
        main.languages[language] += count
