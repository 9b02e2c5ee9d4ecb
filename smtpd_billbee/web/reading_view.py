"""A reading as pages show it: every value with its place, and the mail's lines with marks."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.reading import Origin, Outcome, Reading, reading_as_json
from smtpd_billbee.model.shown import Shown, ShownLine
from smtpd_billbee.web.field_names import field_name
from smtpd_billbee.web.told import told
from smtpd_billbee.web.values import value_words

OUTCOMES = {
    Outcome.ORDER: _("It is an order"),
    Outcome.NOT_AN_ORDER: _("It is no order"),
    Outcome.UNREADABLE: _("It could not be read"),
}
STATES = {
    MailState.RECEIVED: _("Received"),
    MailState.READING: _("Being read"),
    MailState.ORDER: _("Order"),
    MailState.TO_CHECK: _("To check"),
    MailState.NOT_AN_ORDER: _("Not an order"),
    MailState.UNREADABLE: _("Unreadable"),
    MailState.DUPLICATE: _("Duplicate"),
    MailState.QUARANTINED: _("In quarantine"),
}
PARTS = {
    "subject": _("Subject"),
    "text": _("Text"),
    "html": _("HTML"),
    "json_ld": _("Data for programs"),
    "attachment": _("Attachment"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of the reading as the page shows it; `line` names the line where it was read."""

    path: str
    name: str
    text: str
    label: str
    line: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the mail as the page shows it: pieces of text, each with the fields that were read there."""

    key: str
    part: str
    number: int
    fields: str
    names: str
    pieces: tuple[tuple[str, str], ...]


def reading_words(shown: Shown) -> dict[str, Any]:
    """What the template of a reading needs."""
    reading = shown.reading
    return {
        "reading": reading,
        "outcome": OUTCOMES[reading.outcome],
        "values": list(_values(reading)),
        "lines": list(_lines(shown)),
        "parts": PARTS,
        "told": told,
    }


def _values(reading: Reading) -> Iterable[Value]:
    order = reading_as_json(reading)["order"] or {}
    for path, value in _flat("", order):
        origin = reading.provenance.get(path)
        label = (origin.label or "") if origin else ""
        yield Value(path, field_name(path), _text(path, value), label, _key(origin) if origin else "")


def _flat(prefix: str, value: Any) -> Iterable[tuple[str, Any]]:
    """Every value that is there by its dotted name."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(f"{prefix}.{name}" if prefix else name, each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _flat(f"{prefix}.{number}", each)
    elif value is not None:
        yield prefix, value


def _text(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return value_words(path, str(value))


def _key(origin: Origin | ShownLine) -> str:
    number = origin.number if isinstance(origin, ShownLine) else origin.line
    return f"line-{origin.part}-{number or 1}"


def _lines(shown: Shown) -> Iterable[Line]:
    read: dict[str, dict[str, str]] = {}
    for path, origin in shown.reading.provenance.items():
        read.setdefault(_key(origin), {})[path] = origin.text
    for line in shown.lines:
        here = read.get(_key(line), {})
        names = ", ".join(dict.fromkeys(field_name(path) for path in here))
        yield Line(_key(line), line.part, line.number, " ".join(here), names, _pieces(line.text, here))


def _pieces(text: str, read: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The line cut where the text of a value begins or ends; each piece with the fields that were read there."""
    spans = [(text.find(words), len(words), path) for path, words in read.items() if words]
    spans = [(start, start + length, path) for start, length, path in spans if start >= 0]
    cuts = sorted({0, len(text), *(at for start, end, _path in spans for at in (start, end))})
    return tuple(
        (text[start:end], " ".join(path for first, last, path in spans if first <= start and end <= last))
        for start, end in itertools.pairwise(cuts)
    )
