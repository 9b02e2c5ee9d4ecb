"""What DNS says of us, asked once by whoever sits at the command line: our own record, and whether anybody answers."""

from collections.abc import Sequence
from enum import StrEnum

from smtpd_billbee.auth.lookup import LookupFailed, texts
from smtpd_billbee.auth.own_keys import OwnKey
from smtpd_billbee.auth.resolving import Resolver


class Published(StrEnum):
    """What DNS says of our key."""

    YES = "yes"
    NOT_THERE = "not there"
    DIFFERENT = "different"
    UNKNOWN = "unknown"  # DNS did not answer


def published(key: OwnKey, nameservers: Sequence[tuple[str, int]], timeout: float) -> Published:
    """Ask DNS for our record."""
    found = _texts(key.name, nameservers, timeout)
    if found is None:
        return Published.UNKNOWN
    records = [_squeezed(record) for record in found]
    if _squeezed(key.record) in records:
        return Published.YES
    return Published.DIFFERENT if any("p=" in record for record in records) else Published.NOT_THERE


def answers(domain: str, nameservers: Sequence[tuple[str, int]], timeout: float) -> bool:
    """Whether DNS says anything about a domain's texts, be it that there are none."""
    return _texts(domain, nameservers, timeout) is not None


def _texts(name: str, nameservers: Sequence[tuple[str, int]], timeout: float) -> list[str] | None:
    """A name's TXT records; None when DNS did not answer."""
    resolver = Resolver(nameservers, timeout)
    try:
        return [record.decode("latin-1") for record in texts(resolver.asking(), name)]
    except LookupFailed:
        return None
    finally:
        resolver.close()


def _squeezed(record: str) -> str:
    """RFC 6376 3.2: white space between tags says nothing, nor does it within p=."""
    return "".join(record.split()).rstrip(";")
