"""The order's number: behind its label, in a sentence, above a date, or by its form alone."""

import re
from collections.abc import Iterator
from decimal import Decimal

from smtpd_billbee.model.reading import Origin, Part
from smtpd_billbee.reader.amounts import has_money
from smtpd_billbee.reader.dates import Habit, find_moment
from smtpd_billbee.reader.labelled_values import labelled
from smtpd_billbee.reader.labels import beside_labels
from smtpd_billbee.reader.page import Page
from smtpd_billbee.reader.words import MOST_WORDS, Dictionary, key

_NUMBER = re.compile(
    r"^\W{0,3}(?P<number>[A-Za-z]{0,8}[-_/#]?\d(?:[^\W\u3040-\u9fff\uac00-\ud7af]|[-/.#]){0,38}|[A-Z]{1,10}(?:[-_/][A-Z0-9]{1,20}){1,4}|[A-Z]{3,14})(?=[\s,.;:!?)\]】）」。、，・から様のが件です]|$)"
)
FIRST_ROWS = 25
Value = str | int | Decimal | bool


def number_in(text: str) -> str | None:
    """An order number that leads the text."""
    found = _NUMBER.match(text.strip())
    if found is None:
        return None
    number = found["number"].rstrip(".-/#").lstrip("#")
    if re.fullmatch(r"\d{1,2}[./]\d{1,2}[./](?:\d\d){1,2}|(?:19|20)\d\d-\d\d-\d\d", number) or not number:
        return None
    return number


def find_number(
    page: Page, values: dict[str, Value], origins: dict[str, Origin], doubts: list[str], subject: str
) -> None:
    """Put the number, if one is found, among the values."""
    found: list[tuple[str, Origin, int]] = []
    for index, label, value in labelled(page, "number"):
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
