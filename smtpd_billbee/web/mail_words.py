"""What becomes of a mail, of its copies and of a file's VAT, in the words of the window."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from babel.numbers import format_decimal
from starlette_admin.i18n import get_locale
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.job import JobState
from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.vat import VatMode
from smtpd_billbee.web import figures


@dataclass(frozen=True, slots=True)
class Word:
    """A state as it is shown.  `tone`: a colour of the frame that both light and dark have."""

    text: str
    tone: str


FATES: Mapping[MailState, Word] = {
    MailState.RECEIVED: Word(_("not read yet"), "secondary"),
    MailState.READING: Word(_("being read"), "blue"),
    MailState.ORDER: Word(_("order"), "green"),
    MailState.TO_CHECK: Word(_("order, to check"), "orange"),
    MailState.NOT_AN_ORDER: Word(_("not an order"), "secondary"),
    MailState.UNREADABLE: Word(_("unreadable"), "red"),
    MailState.DUPLICATE: Word(_("known already"), "secondary"),
    MailState.QUARANTINED: Word(_("quarantined"), "red"),
}

COPIES: Mapping[JobState, Word] = {
    JobState.HELD: Word(_("waits until the mail is read"), "secondary"),
    JobState.PENDING: Word(_("on its way"), "blue"),
    JobState.SENDING: Word(_("being sent"), "blue"),
    JobState.SENT: Word(_("delivered"), "green"),
    JobState.FAILED: Word(_("failed"), "red"),
    JobState.DROPPED: Word(_("not wanted"), "secondary"),
}

TRIES: Mapping[str, Word] = {
    "delivered": Word(_("delivered"), "green"),
    "later": Word(_("refused for now"), "orange"),
    "never": Word(_("refused for good"), "red"),
}

VAT_MODES: Mapping[VatMode, str] = {
    VatMode.SHOWN: _("The prices include the VAT"),
    VatMode.SMALL_BUSINESS: _("Small business, no VAT"),
    VatMode.INTRA_EU: _("Delivery within the EU, net prices"),
    VatMode.EXPORT: _("Export, net prices"),
    VatMode.MARGIN: _("Margin scheme"),
}


def size(octets: int) -> str:
    """How large a mail is: 6,4 kB."""
    unit, name = (1000, "kB") if octets < 1_000_000 else (1_000_000, "MB")
    return f"{format_decimal(round(octets / unit, 1), locale=get_locale())} {name}"


def moment(at: datetime) -> str:
    """A time of mail, to the second: what happened before what."""
    return figures.moment(at, "medium")
