"""What in a mail is personal: from everything that was read of it on any level, and from the forms of greetings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache

from smtpd_billbee.formats.forward_words import known_table
from smtpd_billbee.formats.forwards import find_forwards
from smtpd_billbee.formats.mime import Letter
from smtpd_billbee.model.order import Address, Item
from smtpd_billbee.model.reading import Origin, Part, Reading
from smtpd_billbee.reader.additions import is_flat
from smtpd_billbee.reader.address_words import every, fold, has_digit, table, terms, word_lists
from smtpd_billbee.reader.companies import is_legal_form
from smtpd_billbee.reader.draft import read_rows
from smtpd_billbee.reader.levels import Level, levels_of
from smtpd_billbee.reader.names import is_salutation
from smtpd_billbee.reader.street_words import months, street_endings, street_words
from smtpd_billbee.reader.words import Dictionary

LETTERS = re.compile(r"[^\W\d_]+")
_NAMED = re.compile(r"[\"“]?([^\W\d_][^<>\"@\n:;|]{1,60}?)[\"”]?\s?(?:<|\[mailto:|\(|&lt;)[^\s<>@]{1,64}@")
_NAME_LABEL = re.compile(
    r"^\W{0,3}(?:name|vorname|nachname|ihr name|your name|first name|last name|nom|prénom|nombre|nome|cognome|naam|imię"
    r"|имя|お名前|氏名|姓名)\s?[:：]\s*(.{2,60})$",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:@|://)([\w.-]{3,253}\w)")
_LONGEST = 200_000  # letters of a text in which hosts are looked for
_MOST_HOSTS = 200
_LONGEST_LINE = 1000
_LONGEST_NUMBER = 12
_DATE = re.compile(r"\d{1,4}(?:[./-]|\. |年)\d{1,2}(?:[./-]|\. |月)\d{1,4}|\d{1,2}\.? [^\W\d]{3,10}\.? \d{4}")
# Words of senders that are no names.
_NOT_NAMES = frozenset(
    [
        "team",
        "shop",
        "service",
        "info",
        "support",
        "store",
        "gmail",
        "google",
        "jimdo",
        "outlook",
        "microsoft",
        "mail",
        "email",
        "e-mail",
        "kunde",
        "kundin",
        "kunden",
        "customer",
        "damen",
        "herren",
        "all",
        "zusammen",
        "no",
        "reply",
        "noreply",
        "newsletter",
        "bestellung",
        "order",
        "orders",
        "madame",
        "monsieur",
        "client",
        "cliente",
        "klant",
        "ihr",
        "ihre",
        "dein",
        "deine",
        "your",
        "notre",
        "votre",
        "équipe",
        "postfach",
        "anbieter",
        "system",
        "mailer",
        "daemon",
        "delivery",
        "subsystem",
        "von",
        "van",
        "und",
        "and",
        "de",
        "la",
        "example",
        "packstation",
        "postfach",
        "paketshop",
        "billbee",
        "wix",
        "etsy",
        "shopify",
        "paypal",
        "online",
        "web",
        "www",
        "gmx",
    ]
)


@dataclass(slots=True)
class Personal:
    """Words by what they are part of, whole values by what they are, lines of notes, and hosts."""

    words: dict[str, str] = field(default_factory=dict)  # casefolded word -> given, family, town, street, other
    values: dict[str, str] = field(default_factory=dict)  # as written -> phone, number, postcode, birth, id, street
    streets: set[tuple[str, str]] = field(default_factory=set)  # with their house numbers; '' where there is none
    notes: list[str] = field(default_factory=list)
    site: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # every line

    def add_words(self, text: str | None, sort: str) -> None:
        """The words of a name; small ones ('von', 'de la') stay where others are written large."""
        found = LETTERS.findall(text or "")
        small = not any(word[0].isupper() for word in found)
        for word in found:
            east = word[0] > "\u3000"
            large = east or (len(word) > 3 if small else len(word) > 1 and not word[0].islower())
            if large and not _is_common(word, sort):
                self.words.setdefault(word.casefold(), sort)


def _is_common(word: str, sort: str) -> bool:
    folded = word.casefold()
    if sort == "street":
        return (
            folded in _NOT_NAMES
            or folded in street_words()
            or folded in months()
            or folded in street_endings()
            or fold(word) in street_words()
        )
    if sort == "town":
        return folded in {"bad", "sankt", "saint", "san", "santa", "new", "den", "las", "los", "st", "am"}
    return is_legal_form(word) or is_salutation(word) or folded in _NOT_NAMES or folded in _beside_names()


@cache
def _beside_names() -> frozenset[str]:
    """Words that stand beside names and are none: titles, 'Gräfin', 'z. Hd.', 'Hinterhaus', 'Abteilung'."""
    lists = ("titles", "care_of", "addition_words", "packstation", "salutations")
    found = {word for name in lists for each in every(word_lists(name)) for word in LETTERS.findall(each.casefold())}
    found |= set(terms("noble").union(terms("additions_with_name"), terms("additions_more"), terms("additions_beside")))
    return frozenset(found | set(table("business")["departments"]))


def personal_of(letter: Letter, reading: Reading, known: Dictionary) -> Personal:
    """Everything personal that can be found."""
    personal = Personal()
    if reading.order is not None:
        order = reading.order
        for address in (order.billing_address, order.shipping_address):
            _address(address, personal)
        personal.items += order.items
        values = {f.name: getattr(order, f.name) for f in fields(order)}
        _values(values, reading.provenance, personal)
    for level in levels_of(letter):
        _level(level, personal, known)
    for each in _letters(letter):
        personal.add_words(each.sender_name, "family")
        for name in ("to", "reply-to", "cc"):
            for found in _NAMED.finditer(each.headers.get(name, "")[:2000]):
                personal.add_words(found[1], "family")
    _hosts(letter, personal)
    _streets(personal)
    sure = set(personal.words)
    _from_lines(personal)
    for word in set(personal.words) - sure:
        if known.meaning(word):  # 'Nachname' below a greeting is no name
            del personal.words[word]
    return personal


def _letters(letter: Letter) -> Iterator[Letter]:
    yield letter
    for each in letter.attached:
        yield from _letters(each)


def _hosts(letter: Letter, personal: Personal) -> None:
    """Hosts of addresses and links; they stand alone in the text, too."""
    for each in _letters(letter):
        for text in (*each.headers.values(), *(body.text for body in each.bodies)):
            personal.site += dict.fromkeys(_HOST.findall(text[:_LONGEST]))
    personal.site = list(dict.fromkeys(host for host in personal.site if "." in host))[:_MOST_HOSTS]


def _level(level: Level, personal: Personal, known: Dictionary) -> None:
    for rows, part in ((level.html, Part.HTML), (level.text, Part.TEXT)):
        if not rows:
            continue
        lines = [row.text for row in rows]
        personal.said += lines
        for forward in find_forwards(lines, known_table(), level.subject):
            personal.add_words(forward.sender_name, "family")
        draft = read_rows(rows, known, part, level.habit, level.subject)
        _address(draft.billing, personal)
        _address(draft.shipping, personal)
        personal.items += draft.items
        _values(draft.values, draft.origins, personal)
        _labelled_numbers(draft.origins, personal)


def _address(address: Address | None, personal: Personal) -> None:
    if address is None:
        return
    personal.add_words(address.first_name, "given")
    personal.add_words(address.middle_name, "given")
    personal.add_words(address.last_name, "family")
    personal.add_words(address.company, "other")
    personal.add_words(address.street, "street")
    if address.street and (address.house_number or has_digit(address.street)):
        personal.streets.add((address.street, address.house_number or ""))
    personal.add_words(address.city, "town")
    if address.addition and not is_flat(address.addition):
        personal.add_words(address.addition, "family")
        personal.streets |= {(piece, "") for piece in address.addition.split(", ") if has_digit(piece)}
        for run in re.findall(r"\d{4,}", address.addition):
            personal.values.setdefault(run, "id")
    if address.phone:
        personal.values.setdefault(address.phone, "phone")
    if address.postcode:
        personal.values.setdefault(address.postcode, "postcode")


def _streets(personal: Personal) -> None:
    """Streets with their house numbers as the lines have them: in either order, with or without 'Nr.' and a comma."""
    for street, number in personal.streets:
        name = r"\s{1,3}".join(re.escape(word) for word in street.split())
        if not number:
            personal.values.setdefault(street, "street")
            continue
        digits = r"\s{1,3}".join(re.escape(word) for word in number.split())
        either = re.compile(
            rf"{name}[\s,]{{0,3}}(?:(?:Nr|No|N|nº|n°|№|д|#)[.:]?\s?)?{digits}|{digits}[\s,]{{0,3}}{name}"
        )
        for line in dict.fromkeys(personal.said):
            if number in line and (found := either.search(line[:_LONGEST_LINE])):
                personal.values.setdefault(found[0], "street")


def _labelled_numbers(origins: Mapping[str, Origin], personal: Personal) -> None:
    """'Hausnummer: 12'."""
    for name in ("billing_address.house_number", "shipping_address.house_number"):
        origin = origins.get(name)
        if origin is not None and origin.label and has_digit(origin.text) and len(origin.text) <= _LONGEST_NUMBER:
            personal.values.setdefault(f"{origin.label}: {origin.text}", "street")


def _values(values: Mapping[str, object], origins: Mapping[str, Origin], personal: Personal) -> None:
    for name, sort in (("number", "number"), ("customer_number", "id"), ("vat_id", "id")):
        value = str(values.get(name) or "")
        digits = sum(sign.isdigit() for sign in value)
        if digits > 2 or (digits and len(value) > 4):
            personal.values.setdefault(value, sort)
    if values.get("birth_date") and (origin := origins.get("birth_date")):
        for found in _DATE.finditer(origin.text):
            personal.values.setdefault(found[0], "birth")
    if note := values.get("note"):
        personal.notes += [line.strip() for line in str(note).split("\n") if len(line.strip()) > 2]
    if site := values.get("site"):
        personal.site.append(str(site))


def _from_lines(personal: Personal) -> None:
    """Names that stand before an address, behind a label or a greeting, and below a closing."""
    greetings = sorted({fold(each) for each in every(word_lists("greetings"))}, key=len, reverse=True)
    closings = {fold(each) for each in every(word_lists("closings"))}
    closed = False
    for line in personal.said:
        for found in _NAMED.finditer(line[:1000]):
            personal.add_words(" ".join(found[1].split()[-3:]), "family")
        if labelled := _NAME_LABEL.match(line[:100]):
            personal.add_words(labelled[1], "family")
        short = line.strip()[:80]
        if len(short) < 60 and (
            greeted := next((each for each in greetings if fold(short).startswith(each + " ")), None)
        ):
            rest = re.split(r"[,!:，！：]", " ".join(short.split()[len(greeted.split()) :]))[0]
            if len(rest.split()) < 5:
                personal.add_words(rest, "family")
        if closed and 0 < len(short.split()) < 4 and not any(sign.isdigit() for sign in short):
            personal.add_words(short, "family")
        closed = fold(short.rstrip(",")) in closings
