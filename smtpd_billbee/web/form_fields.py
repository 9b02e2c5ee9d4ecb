"""What stands in a form, checked; a complaint is a sentence in the user's language."""

import re

from starlette.datastructures import FormData
from starlette_admin.i18n import gettext as _

from smtpd_billbee.errors import Refused
from smtpd_billbee.formats.addresses import read_path

LONGEST_LINE = 200
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_EMAIL = re.compile(r"[^@\s<>\x00-\x1f\x7f]+@[^@\s<>\x00-\x1f\x7f]+")


def text(form: FormData, name: str) -> str:
    """A field as it was sent, without blanks around it; a file there is no text."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def secret(form: FormData, name: str) -> str:
    """A password: blanks around it belong to it."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def line(form: FormData, name: str, *, required: bool = True) -> str:
    """One line of at most 200 characters.  Raises Refused."""
    value = text(form, name)
    if _CONTROLS.search(value) or len(value) > LONGEST_LINE:
        raise Refused(_("Please write one line of at most 200 characters."))
    if required and not value:
        raise Refused(_("Please write a name."))
    return value


def email(form: FormData, name: str) -> str:
    """An e-mail address to which a mail can be sent (RFC 5321 4.1.2).  Raises Refused."""
    value = text(form, name)
    path = read_path(f"<{value}>") if _EMAIL.fullmatch(value) else None
    if path is None or path.address != value:
        raise Refused(_("Please write an e-mail address."))
    return value


def number(form: FormData, name: str, lowest: int, highest: int) -> int:
    """A whole number within bounds.  Raises Refused."""
    value = text(form, name)
    if not (value.isascii() and value.isdecimal() and len(value) <= 9 and lowest <= int(value) <= highest):
        raise Refused(
            _("Please write a whole number from %(lowest)s to %(highest)s.") % {"lowest": lowest, "highest": highest}
        )
    return int(value)


def ticked(form: FormData, name: str) -> bool:
    """Whether a box is ticked: browsers send nothing for one that is not."""
    return form.get(name) is not None
