"""SPF (RFC 7208): may this host send mail for the domain that MAIL FROM names?"""

import warnings
from contextvars import ContextVar

from smtpd_billbee.auth.domains import domain_of
from smtpd_billbee.auth.lookup import Answer, Lookup, LookupFailed
from smtpd_billbee.model.evidence import Result, Spf

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its docstrings have escapes that Python warns of when it compiles them
    import spf

LONGEST = 4 * 1024  # bytes of a record; RFC 7208 3.4 asks for 450, and its reader is quadratic

_asked: ContextVar[Lookup] = ContextVar("_asked")


def check(peer: str, helo: str, sender: str, lookup: Lookup) -> Spf:
    """The answer for one delivery; `aligned` is left to whoever knows the author."""
    domain = sender_domain(helo, sender)
    token = _asked.set(lookup)
    try:
        result, _, _ = spf.query(i=peer, s=_plain(sender), h=_plain(helo)).check()
    except Exception:  # a stranger's record that breaks the library is a broken record
        result = Result.PERMERROR
    finally:
        _asked.reset(token)
    found = Result(result) if result in tuple(Result) else Result.PERMERROR
    return Spf(found, domain, sender=_plain(sender).lower())


def sender_domain(helo: str, sender: str) -> str:
    """The domain that is asked about (RFC 7208 2.4), or ''."""
    return domain_of(_plain(sender).rpartition("@")[2] if sender else _plain(helo))


def _plain(text: str) -> str:
    """With an international domain as DNS has it (RFC 8616 4); what is no name of a domain has no record."""
    local, at, domain = text.rpartition("@")
    if domain.isascii():
        return text
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return f"{local}{at}invalid"


def _look_up(
    name: str, kind: str, strict: object = True, timeout: object = 0
) -> list[tuple[tuple[str, str], Answer | tuple[bytes]]]:
    """As pyspf wants it: ((name, kind), value); a text is a tuple of its strings."""
    try:
        answers = _asked.get()(name, kind)
    except LookupFailed as error:
        raise spf.TempError("DNS did not answer") from error
    if any(isinstance(answer, bytes) and len(answer) > LONGEST for answer in answers):
        raise spf.PermError("the record is too long")
    return [((name, kind), (answer,) if isinstance(answer, bytes) else answer) for answer in answers]


# The library has no other way to be given its look-up; nobody else here uses it.
spf.DNSLookup = _look_up
