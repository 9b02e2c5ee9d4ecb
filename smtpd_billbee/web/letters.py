"""Mails of the window's own: an invitation, a link for another password.  Plain text, in the reader's language."""

import asyncio
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from starlette_admin.i18n import gettext as _

from smtpd_billbee.model.job import Attempt, Delivered, Later
from smtpd_billbee.model.user import User
from smtpd_billbee.web.context import Context
from smtpd_billbee.web.language import LANGUAGES, speaking

LONGEST_WAIT = 20.0  # seconds for the smarthost while somebody waits for the page


def invitation_letter(context: Context, user: User, link: str, language: str) -> bytes:
    """Asks a new user to choose a password."""
    with speaking(language):
        return _letter(
            context, user.email, _("Your access to %(address)s") % {"address": context.settings.address},
            _("you have been invited to look after the orders at %(address)s.") % {"address": context.settings.address},
            _("Choose your password within seven days here:"), link,
            _("If you did not expect this mail, do nothing."),
        )  # fmt: skip


def reset_letter(context: Context, user: User, link: str, language: str) -> bytes:
    """The link for another password."""
    with speaking(user.language if user.language in LANGUAGES else language):
        return _letter(
            context, user.email, _("Another password for %(address)s") % {"address": context.settings.address},
            _("somebody, probably you, has asked for another password at %(address)s.")
            % {"address": context.settings.address},
            _("Choose it within two hours here:"), link,
            _("If it was not you, do nothing: your password stays as it is."),
        )  # fmt: skip


def _letter(context: Context, to: str, subject: str, *paragraphs: str) -> bytes:
    """A mail that no program answers (RFC 3834 5); an answer by a person reaches whoever runs this server."""
    domain = context.settings.domain
    mail = EmailMessage(policy=policy.SMTP if to.isascii() else policy.SMTPUTF8)
    mail["From"] = f"smtpd-billbee <postmaster@{domain}>"
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(context.now())
    mail["Message-ID"] = make_msgid(domain=domain)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join((_("Hello,"), *paragraphs)) + "\n")
    return mail.as_bytes()


async def sent(context: Context, to: str, mail: bytes) -> str | None:
    """Hand it to the smarthost; None when it took it, else its words."""
    attempt: Attempt
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            attempt = await context.hands.send(to, mail)
    except TimeoutError:
        attempt = Later(_("the mail server does not answer"))
    return None if isinstance(attempt, Delivered) else attempt.reply
