"""Levels of proof, policies and known senders in the words of the window."""

from collections.abc import Mapping

from starlette_admin.i18n import gettext
from starlette_admin.i18n import lazy_gettext as _

from smtpd_billbee.model.mail import MailState
from smtpd_billbee.model.trust import Judged, Level, Mark, Policy, Sort
from smtpd_billbee.store.to_check import DoubtfulOrder
from smtpd_billbee.web.mail_words import Word
from smtpd_billbee.work.accepting import waits_for_trust

LEVELS: Mapping[Level, Word] = {
    Level.A: Word(_("proved: signed by a trusted domain, for this shop"), "green"),
    Level.B: Word(_("proved by a trusted forwarder or by the attached original"), "green"),
    Level.C: Word(_("sent on by you, and that is proved"), "green"),
    Level.D: Word(_("partly proved"), "orange"),
    Level.E: Word(_("nothing proves that it is from your shop"), "red"),
}

POLICIES: Mapping[Policy, tuple[str, str]] = {
    Policy.PROVED: (
        _("They wait for me"),
        _(
            "An order whose origin is not proved is kept under To check until you accept it. "
            "The first time you are asked whether the sender is yours."
        ),
    ),
    Policy.MARKED: (
        _("They are imported and marked"),
        _("They become orders at once and stand under To check until you have looked at them."),
    ),
    Policy.EVERYBODY: (
        _("They are imported unasked"),
        _("Whoever knows or guesses the address can make orders here. Choose this in a closed network only."),
    ),
}


def asks_for_trust(state: MailState, judged: Judged | None) -> bool:
    """Whether the mail can be accepted by a click."""
    return waits_for_trust(state, judged)


def accepts_order(order: DoubtfulOrder) -> bool:
    """Whether the order's origin is in doubt, and its mail can be accepted."""
    return order.mail_id is not None and waits_for_trust(MailState.TO_CHECK, order.judged)


def mark_words(mark: Mark) -> str:
    """By what the shop knows a sender, as a person says it."""
    match mark.sort:
        case Sort.ADDRESS if mark.via:
            return gettext("%(address)s, sent on by %(via)s") % {"address": mark.value, "via": mark.via}
        case Sort.ADDRESS:
            return mark.value
        case Sort.DOMAIN:
            return gettext("every address of %(domain)s") % {"domain": mark.value}
        case Sort.HOST:
            return gettext("mails about the site %(host)s") % {"host": mark.value}
        case Sort.RECIPIENT:
            return gettext("mails that are addressed to %(address)s") % {"address": mark.value}
