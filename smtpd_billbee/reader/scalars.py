"""Single facts: date, payment, shipping method, currency, code, site."""

import functools
import re
from collections.abc import Iterator
from typing import Protocol

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.currencies import CODES, currency_of
from smtpd_billbee.reader.dates import Habit, Moment, far_from, find_day, find_moment
from smtpd_billbee.reader.labelled_values import labelled
from smtpd_billbee.reader.labels import Labelled, beside_labels, leading
from smtpd_billbee.reader.order_numbers import Value, find_number, numbers_in_sentence
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.sites import hosts_in, hosts_in_line
from smtpd_billbee.reader.unlabelled_carrier import unlabelled_carrier
from smtpd_billbee.reader.words import REMEMBERED, Dictionary, key

_DIGITAL_CODE = re.compile(r"^[^\s,;()]{2,40}")


class Facts(Protocol):
    """Where the facts go: a draft."""

    values: dict[str, Value]
    origins: dict[str, Origin]
    doubts: list[str]


def find_scalars(page: Page, facts: Facts, habit: Habit, subject: str) -> None:
    """Put every single fact of the page into the draft."""
    values, origins, doubts = facts.values, facts.origins, facts.doubts
    find_number(page, values, origins, doubts, subject)
    _date(page, values, origins, doubts, habit, subject)
    _method(page, values, origins, "payment_method")
    _method(page, values, origins, "shipping_method")
    _payment_type(page.known, values)
    _currency(page, values, origins)
    _discount_code(page, values, origins)
    _site(page, values, origins, subject)
    if "birth_date" in values:
        day = find_day(str(values["birth_date"]), habit)
        values["birth_date"] = day or values["birth_date"]


def _date(
    page: Page,
    values: dict[str, Value],
    origins: dict[str, Origin],
    doubts: list[str],
    habit: Habit,
    subject: str,
) -> None:
    found = []
    unread = False
    for index, label, value in labelled(page, "ordered_at"):
        if moment := find_moment(value, habit):
            found.append((moment, page.origin(index, label.words, value)))
            page.matched(label, "ordered_at")
        else:
            unread = unread or (label.firm and label.meaning.keys() == {"ordered_at"})
    if not found and unread:
        doubts.append("the order date could not be read")
        return
    if not found:
        found = list(_dates_in_sentences(page, habit)) or _date_in_subject(page, habit, subject)
    if not found:
        return
    # 'Bestelldatum' rather than a mere 'Datum', which can be the mail's; then the one that says most.
    moment, origin = max(found, key=lambda each: (len(key(each[1].label or "")) > _VAGUE, len(each[0].text)))
    values["ordered_at"], origins["ordered_at"] = moment.text, origin
    if moment.vague:
        doubts.append("the order date could be read in two ways")
    if doubt := far_from(moment, habit):
        doubts.append(doubt)


_VAGUE = 6  # letters: 'Datum', 'Date', 'Fecha'


def _date_in_subject(page: Page, habit: Habit, subject: str) -> list[tuple[Moment, Origin]]:
    """'Bestellung Nr. 621 vom 10.11.2025': a date right behind the order's number; elsewhere it can be of a thing."""
    for number, _ in numbers_in_sentence(subject, page.known)[:1]:
        behind = subject.partition(number)[2][:_LONGEST_BEHIND]
        if (moment := find_moment(behind, habit)) and not any(c.isdigit() for c in behind[: moment.start]):
            return [(moment, Origin(Part.SUBJECT, subject))]
    return []


_LONGEST_BEHIND = 40  # letters


def _dates_in_sentences(page: Page, habit: Habit) -> Iterator[tuple[Moment, Origin]]:
    """'... hat am 13.07.2025 14:02 in deinem Shop bestellt': a date in the text above the items."""
    for index in range(min(page.end, 40)):
        row = page.rows[index]
        if page.labels[index] and not page.label(index, "number", "items", "ordered_at"):
            continue
        beside = len(row.filled) == 2 and bool(numbers_in_sentence(row.filled[0].text[:200], page.known))
        parted = len(row.filled) == 2 and not row.table  # 'Bestelldatum 11.11.2025 | 11:11 Uhr' on a line
        if index in page.claimed or not (len(row.filled) == 1 or beside or parted):
            continue
        text = row.text[:600] if parted else row.filled[-1].text[:600]  # 'Bestellnummer 1042 | 11.04.2026 20:03'
        moment = find_moment(text, habit)
        if moment:
            yield moment, page.origin(index, None, text)
            return


def _method(page: Page, values: dict[str, Value], origins: dict[str, Origin], name: str) -> None:
    for index, label, value in labelled(page, name):
        if not label.value and not label.lines and len(page.rows[index + 1].filled) > 1:
            value = _in_column(page, index + 1, name) or value
        text = _first_sentence(_without_cost(value), page, name == "shipping_method")
        if not text or has_money(text) or (page.known.has("free", text) and not _is_named_free(label, text, page)):
            continue
        if name == "payment_method" and key(text) in beside_labels("payment_states"):
            continue  # 'Оплата: не оплачен' says whether, not how
        if not any(c.isalpha() for c in text):
            continue  # 'Ship by: 06/12/2025'
        if len(text) > 120:
            continue
        values[name], origins[name] = text, page.origin(index, label.words, value)
        page.matched(label, name)
        return
    if name == "payment_method":
        _payment_in_words(page, values, origins)
    elif found := unlabelled_carrier(page):
        values[name], origins[name] = found


def _in_column(page: Page, head: int, name: str) -> str:
    """'Zahlungen' above 'Datum | Betrag | Art' and their values: the value below the column that is called so."""
    if head + 1 >= page.end:
        return ""
    for cell in page.rows[head].filled:
        if name in page.known.meaning(cell.text) or key(cell.text) in beside_labels("method_columns"):
            under = [each for each in page.rows[head + 1].filled if each.start == cell.start]
            return under[0].text if under else ""
    return ""


def _is_named_free(label: Labelled, text: str, page: Page) -> bool:
    """'Versandart: Kostenloser Versand' is the name of a way of shipping; 'kostenlos' only says what it costs."""
    return label.meaning.keys() == {"shipping_method"} and "shipping_cost" in page.known.meaning(text)


def _payment_in_words(page: Page, values: dict[str, Value], origins: dict[str, Origin]) -> None:
    """'Bezahlt mit PayPal': a label without a mark, before the name of a payment."""
    for index in range(page.end):
        row = page.rows[index]
        if not page.free(index) or len(row.filled) != 1 or page.labels[index]:
            continue
        found = leading(row.text, page.known, frozenset({"payment_method"}))
        name = found.value.strip(" .") if found else ""
        name = name if key(name) in page.known.payments else _paid_in_sentence(row.text, page.known)
        name = name or _among_facts(page, index)
        if name:
            values["payment_method"] = name
            origins["payment_method"] = page.origin(index, found.words if found else None, row.text)
            return


def _among_facts(page: Page, index: int) -> str:
    """'PayPal' of 'Bestellung 12 · 4.8.2025 · PayPal', which became three rows."""
    text, number = page.rows[index].text, page.rows[index].number
    beside = any(0 <= at < page.end and page.rows[at].number == number for at in (index - 1, index + 1))
    return text if beside and key(text) in page.known.payments else ""


_LONGEST_SENTENCE = 160  # letters


@functools.lru_cache(maxsize=REMEMBERED)
def _paid_in_sentence(text: str, known: Dictionary) -> str:
    """'De klant heeft (€ 12,00) betaald met iDEAL.': a label of several words, and the name that ends the sentence."""
    if len(text) > _LONGEST_SENTENCE:
        return ""
    words = text.strip(" .!").split()
    for size in range(1, min(3, len(words) - 2) + 1):
        name = " ".join(words[-size:])
        if key(name) not in known.payments and key(name) not in beside_labels("payment_names"):
            continue
        before = (" ".join(words[-size - label : -size]) for label in (3, 2))
        if any("payment_method" in known.meaning(each) for each in before):
            return name
    return ""


_LONGEST_NAME = 60  # letters
_TWO_NAMES = re.compile(r"[^.:!?]{2,40} [-–—] (?=[^\Wa-zß-ÿ_])[^\s.:!?]{1,20}(?: [^\s.:!?]{1,20}){0,2}$")
_COST = re.compile(r"\s?[(（\[]([^()（）\[\]]{1,24})[)）\]]$")


def _without_cost(text: str) -> str:
    """'Rechnung (12,90 €)' is 'Rechnung', 'Lieferant: DHL Paket' is 'DHL Paket'."""
    lead, colon, rest = text.partition(":")
    if colon and key(lead) in beside_labels("carrier_leads"):
        text = rest.strip()
    bare = text.rstrip(" .,;，。；")
    found = _COST.search(bare[-40:])
    return bare[: -len(found[0])] if found and has_money(found[1]) else text


def _first_sentence(text: str, page: Page, shipping: bool = False) -> str:
    """'Vorkasse (Bitte überweisen Sie ...)' is 'Vorkasse'; 'Best Way - Table Rate' is one name."""
    bare = text.strip().rstrip(".")
    if key(bare) in page.known.payments:
        return bare
    if shipping and len(bare) <= _LONGEST_NAME and _TWO_NAMES.match(bare):
        return bare
    return re.split(r"\s[-–—]\s|(?<=[^\W\d]{3})\.\s|\s\((?=[^)]{25})|\s{2,}", bare, maxsplit=1)[0].strip(" -–")


def _payment_type(known: Dictionary, values: dict[str, Value]) -> None:
    method = values.get("payment_method")
    if isinstance(method, str):
        values["payment_type"] = payment_type(method, known)


def payment_type(method: str, known: Dictionary) -> int:
    """Billbee's number of a payment: the whole name, else its parts, else a word of it; 22 for any other."""
    whole = known.payments.get(key(method))
    if whole:
        return whole
    parts = [part for part in re.split(r"[/,(){}|:;–]|\s-\s", method) if part.strip()]
    for part in parts:
        if number := known.payments.get(key(part)):
            return number
    words = method.split()
    for size in range(min(4, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            if number := known.payments.get(key(" ".join(words[start : start + size]))):
                return number
    return 22


def _currency(page: Page, values: dict[str, Value], origins: dict[str, Origin]) -> None:
    for index, label, value in labelled(page, "currency"):
        word = value.strip().split()[0].strip(".,;()") if value.strip() else ""
        code = word.upper() if word.upper() in CODES else currency_of(word.lower())
        if code:
            values["currency"], origins["currency"] = code, page.origin(index, label.words, value)
            return


def _discount_code(page: Page, values: dict[str, Value], origins: dict[str, Origin]) -> None:
    for index, label, value in labelled(page, "discount_code"):
        found = _DIGITAL_CODE.match(value)
        if found and not has_money(value) and (label.firm or any(c.isupper() for c in found[0])):
            values["discount_code"], origins["discount_code"] = found[0], page.origin(index, label.words, value)
            return


_IN_BRACKETS = re.compile(r"[(\[„\"“«'’（「]\s*([^()\[\]„“\"”»'’）」]{2,60})[)\]“\"”»'’）」]")


def code_in_label(words: str, known: Dictionary) -> str | None:
    """'Nachlass (SOMMER10, 10 %)', 'Gutschein „WELCOME“', 'Rabatt: NEU-2024': the code beside the word."""
    for found in _IN_BRACKETS.finditer(words):
        for part in re.split(r"[,;/:：]\s*", found[1]):
            if _is_discount_code(part.strip(), known):
                return part.strip()
    tail = re.split(r"[:：]\s*|\s+", words.strip(" :："))
    last = tail[-1].strip("#.,;()[]（）") if len(tail) > 1 else ""
    if _is_discount_code(last, known) and (last.isupper() or any(c.isdigit() for c in last)):
        return last
    return None


def _is_discount_code(text: str, known: Dictionary) -> bool:
    if not 2 < len(text) <= 40 or "%" in text or " " in text or not any(c.isalpha() for c in text) or text in CODES:
        return False
    return not has_money(text) and not known.meaning(text) and not known.has("tax_names", text)


def _site(page: Page, values: dict[str, Value], origins: dict[str, Origin], subject: str) -> None:
    for host in hosts_in(subject):
        values["site"], origins["site"] = host, Origin(Part.SUBJECT, subject)
        return
    hosts: list[tuple[str, Origin]] = []
    for index in range(min(page.end, 30)):
        if page.labels[index] and page.labels[index][0].means(
            *("email", "billing_address", "shipping_address", "items")
        ):
            break
        text = page.rows[index].text
        hosts += [(host, page.origin(index, None, text)) for host in hosts_in(text[:1000])]
    if not hosts:
        hosts = _only_host(page)
    if hosts:
        values["site"], origins["site"] = hosts[0]


def _only_host(page: Page) -> list[tuple[str, Origin]]:
    """The host that stands in the mail, if it names just one."""
    found: dict[str, Origin] = {}
    for index, row in enumerate(page.rows[:400]):
        for host in hosts_in_line(row.text):
            found.setdefault(host.removeprefix("www."), page.origin(index, None, host))
    return [(origin.text, origin) for origin in found.values()] if len(found) == 1 else []
