"""Single facts: order number, date, payment, shipping method, currency, code, site."""

import functools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Protocol

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.currencies import CODES, currency_of
from smtpd_billbee.reader.dates import Habit, Moment, far_from, find_day, find_moment
from smtpd_billbee.reader.labels import Labelled, beside_labels, leading
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.sites import hosts_in, hosts_in_line
from smtpd_billbee.reader.unlabelled_carrier import unlabelled_carrier
from smtpd_billbee.reader.words import MOST_WORDS, REMEMBERED, Dictionary, key

_NUMBER = re.compile(
    r"^\W{0,3}(?P<number>[A-Za-z]{0,8}[-_/#]?\d(?:[^\W\u3040-\u9fff\uac00-\ud7af]|[-/.#]){0,38}|[A-Z]{1,10}(?:[-_/][A-Z0-9]{1,20}){1,4}|[A-Z]{3,14})(?=[\s,.;:!?)\]】）」。、，・から様のが件です]|$)"
)
FIRST_ROWS = 25
_DIGITAL_CODE = re.compile(r"^[^\s,;()]{2,40}")


Value = str | int | Decimal | bool


class Facts(Protocol):
    """Where the facts go: a draft."""

    values: dict[str, Value]
    origins: dict[str, Origin]
    doubts: list[str]


def find_scalars(page: Page, facts: Facts, habit: Habit, subject: str) -> None:
    """Put every single fact of the page into the draft."""
    values, origins, doubts = facts.values, facts.origins, facts.doubts
    _number(page, values, origins, doubts, subject)
    _date(page, values, origins, doubts, habit)
    _method(page, values, origins, "payment_method")
    _method(page, values, origins, "shipping_method")
    _payment_type(page.known, values)
    _currency(page, values, origins)
    _discount_code(page, values, origins)
    _site(page, values, origins, subject)
    if "birth_date" in values:
        day = find_day(str(values["birth_date"]), habit)
        values["birth_date"] = day or values["birth_date"]


def _labelled(page: Page, *fields: str) -> Iterator[tuple[int, Labelled, str]]:
    """Labels of these fields with their value; a heading takes the line below."""
    for index in page.labelled():
        if not page.free(index):
            continue
        for label in page.labels[index]:
            if not label.means(*fields):
                continue
            if label.value:
                yield index, label, label.value
            elif label.lines:
                yield index, label, label.lines[0]
            elif page.has_value_below(index):
                yield index, label, page.rows[index + 1].filled[0].lines[0]


def number_in(text: str) -> str | None:
    """An order number that leads the text."""
    found = _NUMBER.match(text.strip())
    if found is None:
        return None
    number = found["number"].rstrip(".-/#").lstrip("#")
    if re.fullmatch(r"\d{1,2}[./]\d{1,2}[./](?:\d\d){1,2}|(?:19|20)\d\d-\d\d-\d\d", number) or not number:
        return None
    return number


def _number(page: Page, values: dict[str, Value], origins: dict[str, Origin], doubts: list[str], subject: str) -> None:
    found: list[tuple[str, Origin, int]] = []
    for index, label, value in _labelled(page, "number"):
        number = number_in(value)
        if number is None or has_money(value):
            continue
        if (
            label.means("items")
            and not any(c.isdigit() for c in number)
            and not _is_reference(number, value, subject)
            and not _is_drawn(page, index, value)
        ):
            continue  # 'Bestellung: WOLLSOCKEN'
        if number.isalpha() and len(value.split()) > 1 and not _is_reference(number, value, subject):
            continue  # 'NEUE BESTELLUNG - LADEN AM MARKT'
        weight = 3 if not label.means("items", "position", "sku", "house_number", "invoice_number") else 1
        found.append((number, page.origin(index, label.words, value), weight))
        page.matched(label, "number")
    found += [
        (number, Origin(Part.SUBJECT, subject, label), 2) for number, label in numbers_in_sentence(subject, page.known)
    ]
    if not found and (hashed := re.findall(r"(?<![\w#])#([A-Za-z]{0,4}-?\d[\w-]{0,20})(?!\w)", subject)):
        found.append((hashed[0], Origin(Part.SUBJECT, subject, "#"), 2))
    if not any(weight >= 2 for _, _, weight in found):
        for index in range(page.end):
            for text in _sentences(page, index) if page.free(index) else ():
                found += [
                    (number, page.origin(index, label, text), 2 if index < FIRST_ROWS else 1)
                    for number, label in numbers_in_sentence(text[:400], page.known)
                ]
    if not found:
        found = _hashed_alone(page, subject) or _reference_before_date(page) or _reference_of_order(page)
    if not found:
        return
    found = _without_signs(found, page.text)
    best = max(found, key=lambda each: each[2])
    values["number"], origins["number"] = best[0], best[1]
    firm = {number for number, _, weight in found if weight == best[2]}
    if len({_plain(number) for number in firm}) > 1:
        doubts.append("more than one order number stands in the mail: " + ", ".join(sorted(firm)))
    elif best[2] == 3 and any(
        weight == 2 and _plain(number) != _plain(best[0]) and any(c.isdigit() for c in number)
        for number, _, weight in found
    ):
        doubts.append("the subject names another order number")


def _sentences(page: Page, index: int) -> Iterator[str]:
    """The row's text, or that of each cell without a label: 'Tassenladen | Bestellung Nr. 1042' at the top."""
    filled = page.rows[index].filled
    if len(filled) == 1:
        yield page.rows[index].text
    elif index < FIRST_ROWS and not page.labels[index] and not has_money(page.rows[index].text):
        yield from (cell.text for cell in filled)


_HASHED = re.compile(r"#\s?([A-Za-z]{0,4}-?\d[\w-]{0,20})")


def _hashed_alone(page: Page, subject: str) -> list[tuple[str, Origin, int]]:
    """'#5045' alone on a line, and the subject says 5045."""
    said = {word.strip(".,;:!()[]") for word in subject[:_LONGEST_SUBJECT].split()}
    for index in range(min(page.end, FIRST_ROWS)):
        hashed = _HASHED.fullmatch(page.rows[index].text.strip()) if page.free(index) else None
        if hashed and hashed[1] in said:
            return [(hashed[1], page.origin(index, "#", page.rows[index].text), 2)]
    return []


_CAPITALS = re.compile(r"(?P<label>[^\W\d](?:[^\W\d]|[ .-]){1,40}?)[:：#]? (?P<number>[A-Z]{6,14}) ")


def _reference_before_date(page: Page) -> list[tuple[str, Origin, int]]:
    """'注文 XKBKNABJK 作成日時 2026-04-27': a label, capitals alone, and when it was."""
    for index in range(min(page.end, FIRST_ROWS)):
        text = page.rows[index].text[:_LONGEST_SUBJECT]
        found = _CAPITALS.match(text) if page.free(index) else None
        if found and "number" in page.known.meaning(found["label"]) and find_moment(text[found.end() :], Habit()):
            return [(found["number"], page.origin(index, found["label"], text), 2)]
    return []


def _reference_of_order(page: Page) -> list[tuple[str, Origin, int]]:
    """'Référence : XKBKNABJK' above the items, where nothing else is the number: PrestaShop's own are such."""
    for index in range(min(page.end, FIRST_ROWS)):
        label = page.label(index, "sku") if page.free(index) else None
        if label and key(label.words) in beside_labels("references") and _REFERENCE.fullmatch(label.value):
            return [(label.value, page.origin(index, label.words, page.rows[index].text), 2)]
    return []


_LONGEST_SUBJECT = 400  # letters
_REFERENCE = re.compile(r"[A-Z]{6,14}")


def _is_reference(number: str, value: str, subject: str) -> bool:
    """'Bestellung: KHWLTUQSN vom 8.4.2025': capitals alone are a number by their sign, their date, or the subject."""
    if not _REFERENCE.fullmatch(number):
        return False
    named = re.search(rf"(?<!\w){number}(?!\w)", subject[:_LONGEST_SUBJECT]) is not None
    return value.lstrip().startswith("#") or named or find_moment(value, Habit()) is not None


_DRAWN = re.compile(r"[A-Z]{9}")


def _is_drawn(page: Page, index: int, value: str) -> bool:
    """'Commande : XKBKNABJK' right above the date: PrestaShop draws nine letters for each order."""
    below = index + 1
    return (
        _DRAWN.fullmatch(value.strip()) is not None
        and below < page.end
        and page.label(below, "ordered_at") is not None
        and page.rows[below].block == page.rows[index].block
    )


_SIGNED = re.compile(r"N(\d{1,12})")
_BARE = re.compile(r"(?<![\w.,-])\d{1,12}(?![\w,-])")


def _without_signs(found: list[tuple[str, Origin, int]], text: str) -> list[tuple[str, Origin, int]]:
    """'N418' is number 418 (№, as a keyboard without it has it), if the mail writes it so elsewhere."""
    if not any(_SIGNED.fullmatch(number) for number, _, _ in found):
        return found
    bare = frozenset(_BARE.findall(text))
    return [
        (signed[1] if (signed := _SIGNED.fullmatch(number)) and signed[1] in bare else number, origin, weight)
        for number, origin, weight in found
    ]


def _plain(number: str) -> str:
    return number.strip("#.").casefold()


_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\s:：【】\[\]()（）]+|[【\[(（]")


def numbers_in_sentence(text: str, known: Dictionary) -> list[tuple[str, str]]:
    """'Neue Bestellung 1042 von ...', 'Die Bestellung hat die Nummer 102.': a label's words right before a number."""
    if not _DIGIT.search(text):
        return []
    words = list(_WORDS.finditer(text[:400]))
    found = []
    for place, word in enumerate(words):
        if not any(c.isdigit() for c in word[0]) or not word[0].strip("#"):
            continue
        number = number_in(_NUMBER_SIGN.sub("", text[word.start() :], count=1))
        before = _label_before(text, words, place, known)
        glued = _glued(word[0], known)
        if glued:
            found.append(glued)
        elif number and before and not _is_part_of_date(text, word.start(), word.end()):
            found.append((number, before))
    return found


_NUMBER_SIGN = re.compile(r"^(?:n[°º]|n\.[°º]|№|nr\.?|no\.?|#)\s?(?=[A-Za-z]{0,4}-?\d)", re.IGNORECASE)


def _label_before(text: str, words: list[re.Match[str]], place: int, known: Dictionary) -> str | None:
    end = words[place].start()
    for size in range(min(MOST_WORDS, place), 0, -1):
        phrase = text[words[place - size].start() : end].strip(" :：#【[(（-–")
        if phrase and "number" in known.meaning(phrase):
            return phrase
    if place and (last := words[place - 1][0])[-1] > "\u3000":  # no blanks between words: '17:47に注文 #12818'
        for start in range(max(0, len(last) - 10), len(last) - 1):
            if "number" in known.meaning(last[start:]):
                return last[start:]
    # 'order number is 1042', 'Numer tego zamówienia to 4208': one small word may stand between.
    if place > 1 and len(words[place - 1][0]) <= 3 and words[place - 1][0].isalpha():
        for size in range(min(MOST_WORDS, place), 1, -1):
            phrase = text[words[place - size].start() : words[place - 1].start()].strip(" :：")
            if phrase and "number" in known.meaning(phrase):
                return phrase
            between = [each[0] for each in words[place - size : place - 1]]
            inner = " ".join(each for each in between if len(each) > 4)
            if (
                inner
                and not any(c.isdigit() for each in between for c in each)
                and size <= 4
                and "number" in known.meaning(inner)
            ):
                return phrase
    return None


def _glued(word: str, known: Dictionary) -> tuple[str, str] | None:
    """'订单号为18640', 'ご注文番号11824': no blank between label and number."""
    found = re.search(
        r"^(?P<label>[^\d\x00-\x7f]{2,16}?)(?:为|是|は|：|:|#)?(?P<number>[A-Za-z]{0,4}-?\d[\w-]{0,30})", word
    )
    if found:
        for start in range(len(found["label"]) - 1):
            if "number" in known.meaning(found["label"][start:]):
                return found["number"].rstrip("-"), found["label"][start:]
    return None


def _is_part_of_date(text: str, start: int, end: int) -> bool:
    moment = find_moment(text[max(0, start - 20) : end + 24], Habit())
    return moment is not None and moment.start <= start - max(0, start - 20) < moment.end


def _date(page: Page, values: dict[str, Value], origins: dict[str, Origin], doubts: list[str], habit: Habit) -> None:
    found = []
    unread = False
    for index, label, value in _labelled(page, "ordered_at"):
        if moment := find_moment(value, habit):
            found.append((moment, page.origin(index, label.words, value)))
            page.matched(label, "ordered_at")
        else:
            unread = unread or (label.firm and label.meaning.keys() == {"ordered_at"})
    if not found and unread:
        doubts.append("the order date could not be read")
        return
    if not found:
        found = list(_dates_in_sentences(page, habit))
    if not found:
        return
    moment, origin = max(found, key=lambda each: len(each[0].text))
    values["ordered_at"], origins["ordered_at"] = moment.text, origin
    if moment.vague:
        doubts.append("the order date could be read in two ways")
    if doubt := far_from(moment, habit):
        doubts.append(doubt)


def _dates_in_sentences(page: Page, habit: Habit) -> Iterator[tuple[Moment, Origin]]:
    """'... hat am 13.07.2025 14:02 in deinem Shop bestellt': a date in the text above the items."""
    for index in range(min(page.end, 40)):
        row = page.rows[index]
        if page.labels[index] and not page.label(index, "number", "items", "ordered_at"):
            continue
        beside = len(row.filled) == 2 and bool(numbers_in_sentence(row.filled[0].text[:200], page.known))
        if index in page.claimed or not (len(row.filled) == 1 or beside):
            continue
        text = row.filled[-1].text[:600]  # 'Bestellnummer 1042 | 11.04.2026 20:03'
        moment = find_moment(text, habit)
        if moment:
            yield moment, page.origin(index, None, text)
            return


def _method(page: Page, values: dict[str, Value], origins: dict[str, Origin], name: str) -> None:
    for index, label, value in _labelled(page, name):
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
        if name:
            values["payment_method"] = name
            origins["payment_method"] = page.origin(index, found.words if found else None, row.text)
            return


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
    for index, label, value in _labelled(page, "currency"):
        word = value.strip().split()[0].strip(".,;()") if value.strip() else ""
        code = word.upper() if word.upper() in CODES else currency_of(word.lower())
        if code:
            values["currency"], origins["currency"] = code, page.origin(index, label.words, value)
            return


def _discount_code(page: Page, values: dict[str, Value], origins: dict[str, Origin]) -> None:
    for index, label, value in _labelled(page, "discount_code"):
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
