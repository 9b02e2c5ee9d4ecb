"""read(): the whole way from bytes to a Reading."""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import parseaddr

from smtpd_billbee.formats.forward_words import known_table
from smtpd_billbee.formats.mime import Letter, open_mail
from smtpd_billbee.model.labels import TaughtLabel
from smtpd_billbee.model.order import Order
from smtpd_billbee.model.reading import Kind, Outcome, Part, Reading
from smtpd_billbee.reader import json_ld
from smtpd_billbee.reader.draft import Draft, read_rows
from smtpd_billbee.reader.json_order import json_reading
from smtpd_billbee.reader.judge import differences, filled, reading_of
from smtpd_billbee.reader.kinds import (
    FIRST_LINES,
    WEAK,
    KindFound,
    is_by_machine,
    kind_of,
    kind_of_headers,
    names_order,
    says_automatic,
    says_order,
)
from smtpd_billbee.reader.levels import Level, levels_of
from smtpd_billbee.reader.repeats import repeats
from smtpd_billbee.reader.sites import sites_of
from smtpd_billbee.reader.words import Dictionary, dictionary, with_taught

BY_CUSTOMER = "it comes from the customer's own address, so it may be a question about an order"
NOTHING_READ = "it is no order: no order number, items and total were found"


def read(raw: bytes, taught: Sequence[TaughtLabel] = ()) -> Reading:
    """The one reading of one mail.  Any bytes give a Reading; `taught`: words that an owner added."""
    known = with_taught(dictionary(), taught)
    letter = open_mail(raw)
    if machine := kind_of_headers(letter.headers):
        return _no_order(machine)  # a bounce brings the mail that it is about: that is no order of today
    if brought := json_reading(letter, known):
        return brought
    readings = []
    for level in levels_of(letter):
        reading = _placed(_read_level(level, known), level, letter, known)
        if reading.outcome is Outcome.ORDER and not level.is_reply:
            return reading
        readings.append(reading)
    return max(readings, key=_weight, default=Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, NOTHING_READ))


def _placed(reading: Reading, level: Level, letter: Letter, known: Dictionary) -> Reading:
    """With where the order stands, what the mail around it says of itself, and the sites that are named there."""
    if reading.order is None:
        return reading
    doubts = (BY_CUSTOMER,) if _is_by_customer(reading.order, level, letter, known) else ()
    return replace(
        reading,
        problems=(*reading.problems, *doubts),
        is_own=level.depth == 0 and not level.attachment and _is_one_text(letter),
        is_titled=names_order(letter.subject),
        is_sent_on=level.depth > 0 and not level.is_reply and _is_sent_on(letter, known),
        sites=sites_of((level.subject, *level.lines, *level.plain), letter),
    )


def _is_by_customer(order: Order, level: Level, letter: Letter, known: Dictionary) -> bool:
    """Whether the customer has sent it himself: 'Please change my address', and below it the order once more.

    A shop's form may send in his name: then the subject says that it is an order, and no answer or forward.
    """
    persons = (order.billing_address, order.shipping_address)
    emails = {person.email.casefold() for person in persons if person and person.email}
    said = f"{letter.headers.get('from', '')} {level.headers.get('from', '')}".casefold()
    if not any(email in said for email in emails):
        return False  # as nearly always
    table = known_table()
    return any(
        parseaddr(headers.get("from", ""))[1].casefold() in emails
        and not (says_order(subject, known) and not table.is_forward(subject) and not table.is_reply(subject))
        for headers, subject in ((letter.headers, letter.subject), (level.headers, level.subject))
    )


def _is_one_text(letter: Letter) -> bool:
    """Whether all that is shown is by who wrote the mail: a file that a visitor hands in is often shown below."""
    shown = sum(body.kind in ("text", "html") for body in letter.bodies)
    return shown == 1 or (letter.alternatives and shown == 2)


def _is_sent_on(letter: Letter, known: Dictionary) -> bool:
    """Whether somebody has sent a mail on himself: an answer of his mailbox may quote a stranger's, subject and all."""
    is_forward = known_table().is_forward(letter.subject) or bool(letter.attached)
    if not is_forward or is_by_machine(letter.headers):
        return False
    above = " ".join(line for body in letter.bodies for line in body.text[:2000].split("\n")[:FIRST_LINES])
    return not says_automatic(above, known)


def _weight(reading: Reading) -> tuple[int, int]:
    kinds = {Kind.OTHER: 0, Kind.ORDER: 1}
    return int(reading.outcome is Outcome.UNREADABLE), kinds.get(reading.kind, 2)


def _read_level(level: Level, known: Dictionary) -> Reading:
    drafts = _drafts(level, known)
    drafts.sort(key=lambda draft: draft.weight, reverse=True)
    is_weak = not drafts or not drafts[0].is_whole
    against = kind_of(level.headers, level.subject, level.lines, known, weakly=is_weak)
    if not drafts:
        return _no_order(against)
    main = drafts[0]
    problems: list[str] = []
    for other in [*drafts[1:], *(draft for script in level.json_ld if (draft := json_ld.draft_of(script)))]:
        if other.is_whole or (other.items and main.items):
            problems += differences(main, other)
        filled(main, other)
    return _decide(level, main, problems, against, known)


def _drafts(level: Level, known: Dictionary) -> list[Draft]:
    """What HTML and text say, each read by itself; a text that only repeats an order without doubt is not."""
    drafts = []
    if level.html:
        part = Part.ATTACHMENT if level.attachment else Part.HTML
        drafts.append(read_rows(level.html, known, part, level.habit, level.subject))
    repeated = drafts and drafts[0].is_sure and level.plain and repeats(level.plain, level.lines)
    if not repeated and level.text:
        drafts.append(read_rows(level.text, known, Part.TEXT, level.habit, level.subject))
    return drafts


def _decide(level: Level, main: Draft, problems: list[str], against: KindFound | None, known: Dictionary) -> Reading:
    if not against and main.is_whole and not level.is_reply:
        return reading_of(main, problems, known)  # as nearly always
    is_order = says_order(level.subject, known) or says_order(" ".join(level.lines[:15]), known)
    answers = level.answers or known_table().is_reply(level.subject)
    if level.is_reply or (answers and not main.is_whole):
        return _no_order(KindFound(Kind.OTHER, "it is an answer that quotes an order", 4, "reply"))
    # A shop's own order form: 'New order form submission'.  Only the subject can say so: below it are the words of
    # whoever wrote by the form, and he may write an order there.
    is_form = against and against.name == "contact_form" and says_order(level.subject, known)
    if is_form and main.is_whole and main.sums.balanced:
        return reading_of(main, problems, known)
    if against and (
        against.strength >= 4
        or (against.strength == 3 and (against.name not in WEAK or not says_order(level.subject, known)))
    ):
        return _no_order(against)
    if against and main.is_whole and against.strength == 1 and not is_order:
        problems.append(f"it may be no order: {against.reason}")  # 'We have received your payment' above an order
    if against and against.strength >= 2 and not is_order:
        if not main.is_whole or against.name in (
            "contact_form",
            "forwarding_confirmation",
            "activation",
            "shipping_notice",
            "payment_reminder",
        ):
            return _no_order(against)
        problems.append(f"it may be no order: {against.reason}")
    parts = sum(("number" in main.values, bool(main.items), "total" in main.values))
    looks_so = (is_order and (parts or main.billing)) or (main.items and parts > 1) or _sells_to_somebody(main, against)
    if not main.is_whole and not looks_so:
        return _no_order(against)
    if not main.is_whole and against and not is_order:
        return _no_order(against)
    return reading_of(main, problems, known)


def _sells_to_somebody(main: Draft, against: KindFound | None) -> bool:
    """Priced items and where they go, and no sign of another kind: an order whose labels nobody has taught yet."""
    if against and (against.strength > 1 or against.name not in WEAK):
        return False
    to = main.shipping or main.billing
    priced = bool(main.items) and all(item.total is not None or item.unit_price is not None for item in main.items)
    return priced and to is not None and bool(to.street and to.city and (to.last_name or to.company))


def _no_order(against: KindFound | None) -> Reading:
    if against is None:
        return Reading(Outcome.NOT_AN_ORDER, Kind.OTHER, NOTHING_READ)
    return replace(Reading(Outcome.NOT_AN_ORDER, against.kind), reason=f"it is no order: {against.reason}")
