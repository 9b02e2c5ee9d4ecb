"""What a child process does that proves origins.

It loads what that takes, and no database and no reader; and whoever only names these functions loads nothing of it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from smtpd_billbee.model.evidence import UNANSWERED, Evidence
from smtpd_billbee.model.mail import Delivery

if TYPE_CHECKING:
    from smtpd_billbee.auth.resolving import Resolver

_resolver: "Resolver | None" = None


def prepare(nameservers: Sequence[tuple[str, int]], timeout: float) -> None:
    """Before the first mail: the name servers, and a memory of what they said."""
    from smtpd_billbee.auth.resolving import Resolver

    global _resolver
    _resolver = Resolver(nameservers, timeout)


def load() -> None:
    """Before the first mail, too: the libraries, and the list of public suffixes."""
    from smtpd_billbee.auth.domains import organisation

    verify(b"", Delivery("127.0.0.1", "", "", datetime.min.replace(tzinfo=UTC)))
    organisation("shop.example")


def verify(raw: bytes, came: Delivery) -> Evidence:
    """What can be proved of a mail."""
    from smtpd_billbee.auth import verifying

    return UNANSWERED if _resolver is None else verifying.verify(raw, came, _resolver.asking())
