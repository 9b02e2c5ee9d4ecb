"""A mail with the same structure and invented persons, for a bug report or a fixture.

Names, streets, towns, postcodes, telephone numbers, e-mail addresses, hosts, VAT ids, dates of birth, numbers of orders
and customers, notes, bank accounts and tokens in links are replaced, the same by the same, in every part.  Prices,
labels and the words of articles stay.  Which values are personal is told by the reading; so the result is checked: it
must read as the original did, and no value that was replaced may still stand in it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from smtpd_billbee.formats.mime import Letter, open_mail
from smtpd_billbee.formats.rewriting import Rewriter, rewritten
from smtpd_billbee.model.anonymised import Anonymised
from smtpd_billbee.model.reading import Outcome, Reading, reading_as_json
from smtpd_billbee.reader.invented import Inventor
from smtpd_billbee.reader.masking import Choice, Masker
from smtpd_billbee.reader.personal import LETTERS, Personal, personal_of
from smtpd_billbee.reader.reading import read
from smtpd_billbee.reader.words import Dictionary, dictionary

_TRIES = (
    Choice(), Choice(), Choice(houses=False), Choice(postcodes=False), Choice(numbers=False),
    Choice(False, False, False),
)  # fmt: skip
# What stays: who wrote when to whom, and what tells the kind of mail.  All others name machines, keys and persons.
_TEXTS = frozenset(("from", "to", "cc", "reply-to", "subject", "sender", "in-reply-to", "references", "message-id"))
_OF_BOUNCES = frozenset(
    ("reporting-mta", "remote-mta", "final-recipient", "original-recipient", "action", "status", "diagnostic-code")
)  # RFC 3464 2
_AS_THEY_ARE = frozenset(
    [
        "date",
        "mime-version",
        "auto-submitted",
        "precedence",
        "x-autoreply",
        "x-autorespond",
        "x-mailer",
        "user-agent",
        "content-language",
        "content-transfer-encoding",
        "importance",
    ]
)
_PARTS = frozenset(("content-type", "content-disposition", "content-description", "content-id", "content-location"))
_OF_PERSONS = frozenset(("billing_address", "shipping_address"))
_OF_OTHERS = frozenset(
    (
        "number",
        "note",
        "customer_number",
        "vat_id",
        "birth_date",
        "site",
        "payment_method",
        "shipping_method",
        "discount_code",
    )
)

DIFFERENT = "it does not read as the original did"


def anonymise(raw: bytes) -> Anonymised:
    """The mail with invented persons.  Several ways are tried; the first that reads as the original did is taken."""
    letter, before, known = open_mail(raw), read(raw), dictionary()
    personal = personal_of(letter, before, known)
    first: Anonymised | None = None
    for variant, choice in enumerate(_TRIES):
        found, same = _try(raw, letter, before, personal, known, variant, choice)
        if same:
            return found
        first = first or found
    assert first is not None
    return first


def _try(
    raw: bytes, letter: Letter, before: Reading, personal: Personal, known: Dictionary, variant: int, choice: Choice
) -> tuple[Anonymised, bool]:
    kept = frozenset(word for word in personal.words if known.meaning(word))
    taken = {word.casefold() for text in _texts(letter) for word in LETTERS.findall(text)}
    masker = Masker(personal, Inventor(variant, taken), choice, kept)
    rewriter = Rewriter(lambda text, is_html: masker.html(text) if is_html else masker.text(text), _headers(masker))
    mail = _marked(rewritten(raw, rewriter))
    after = read(mail)
    same = _structure(before, masker) == _structure(after, None)
    doubts = [] if same else [DIFFERENT]
    doubts += [f"a file was left out ({kind})" for kind in rewriter.left_out]
    if personal.streets and not choice.houses:
        doubts.append("the house numbers stay: without them it does not read as the original did")
    if kept:
        doubts.append(f"{len(kept)} of its names or towns are words of labels, too, and stay where they stand alone")
    if before.outcome is not Outcome.ORDER:
        doubts.append("it is no order: what is personal in it was found by the form of names and numbers alone")
    if left := _left(open_mail(mail), personal, kept, choice):
        return Anonymised(None, (f"{left} personal values would still stand in it", *doubts)), False
    return Anonymised(mail, tuple(doubts)), same


def _headers(masker: Masker) -> Callable[[str, str], str | None]:
    def header(name: str, value: str) -> str | None:
        key = name.lower()
        if key in _AS_THEY_ARE:
            return value
        if key in _TEXTS | _OF_BOUNCES:
            return masker.text(value)
        if key in _PARTS:
            return masker.text(value) if "name" in value.lower() else value
        return None

    return header


def _marked(mail: bytes) -> bytes:
    """X-Sample says what it is; marks that the original had are gone with its other headers."""
    newline = b"\r\n" if b"\r\n" in mail[:2000] else b"\n"
    return b"X-Sample: anonymised" + newline + mail


def _structure(reading: Reading, masker: Masker | None) -> dict[str, Any]:
    """What must be the same: outcome, doubts, items, sums; of persons, which fields there are."""

    def changed(value: Any) -> Any:
        text = masker.text(value) if masker and isinstance(value, str) else value
        return "".join(sign for sign in text.casefold() if sign.isalnum()) if isinstance(text, str) else text

    document = reading_as_json(reading)
    order = document["order"] or {}
    for name in _OF_PERSONS:
        order[name] = {field: value is not None for field, value in (order.get(name) or {}).items()}
    for name in _OF_OTHERS:
        order[name] = order.get(name) is not None
    for item in order.get("items", ()):
        item |= {name: changed(item[name]) for name in ("title", "variant", "sku")}
    return {
        "outcome": document["outcome"], "kind": document["kind"], "reason": document["reason"], "order": order,
        "problems": len(document["problems"]), "provenance": sorted(document["provenance"]),
    }  # fmt: skip


def _texts(letter: Letter) -> Iterator[str]:
    yield letter.subject
    yield from letter.headers.values()
    for body in letter.bodies:
        yield body.text
    for each in letter.attached:
        yield from _texts(each)


def _left(letter: Letter, personal: Personal, kept: frozenset[str], choice: Choice) -> int:
    """How many personal words and values stand in the new mail."""
    texts = list(_texts(letter))
    words = {word.casefold() for text in texts for word in LETTERS.findall(text)}
    long = {word for word in personal.words if len(word) > 3 and word not in kept}
    streets = {word for word, sort in personal.words.items() if sort == "street"}
    whole = "\n".join(texts)
    east = [word for word in personal.words if word[0] > "\u3000" and len(word) > 2 and word in whole]
    values = [
        value
        for value, sort in personal.values.items()
        if len(value) > 5
        and sort not in ("number", "postcode")
        and (sort != "street" or choice.houses)
        and value in whole
    ]
    return len((long - streets) & words) + len(values) + len(east)
