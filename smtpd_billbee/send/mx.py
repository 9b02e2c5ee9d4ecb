"""Which servers take a domain's mails, and at which addresses (RFC 5321 5.1, RFC 7505)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from smtpd_billbee.errors import plain_words

MOST_HOSTS = 5
MOST_ADDRESSES = 2  # of each host
REMEMBERED = 1_000  # names; each for as long as its TTL


@dataclass(frozen=True, slots=True)
class Host:
    """A mail server by its name, and its addresses."""

    name: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Nowhere:
    """No server takes the domain's mails, now or later."""

    why: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """DNS did not tell."""

    why: str


class Dns:
    """The questions that delivery asks.  Without `nameservers` (address, port), the system's are asked.

    `allows_private`: whether servers may have addresses that the internet does not reach: else whoever owns a domain
    could have us talk to machines behind our own firewall.
    """

    def __init__(
        self, nameservers: Sequence[tuple[str, int]], timeout: float, *, allows_private: bool = False,
        shuffle: Callable[[list[Any]], None] = random.shuffle,
    ) -> None:  # fmt: skip
        self._resolver = _resolver(nameservers, timeout)
        self._allows_private = allows_private
        self._shuffle = shuffle

    async def hosts(self, domain: str, ourselves: str) -> list[Host] | Nowhere | Unanswered:
        """The servers of a domain in the order in which they are to be tried; never `ourselves`."""
        name = _name(domain)
        if name is None:
            return Nowhere("the domain of the address cannot be looked up")
        try:
            names = await self._exchanges(name, ourselves)
            if isinstance(names, Nowhere):
                return names
            hosts = await self._reachable(names)
        except dns.resolver.NXDOMAIN:
            return Nowhere("the domain of the address does not exist")
        except DnsAway as away:
            return Unanswered(f"its mail servers are not known: {away}")
        return hosts or Nowhere("the domain of the address has no mail server that can be reached")

    async def _reachable(self, names: Sequence[str]) -> list[Host]:
        """Those that have addresses.  Raises DnsAway when there are none, but DNS is silent about some.

        One server of several whose name DNS does not tell must not hold up what another one takes (RFC 5321 5.1).
        """
        found: list[Host] = []
        away: DnsAway | None = None
        for each in names[:MOST_HOSTS]:
            try:
                addresses = await self.addresses(each)
            except DnsAway as error:
                away = error
                continue
            if addresses:
                found.append(Host(each, addresses))
        if away is not None and not found:
            raise away
        return found

    async def _exchanges(self, name: dns.name.Name, ourselves: str) -> list[str] | Nowhere:
        found = await self._records(name, "MX")
        if not found:  # RFC 5321 5.1: then the domain itself is its server
            return [name.to_text(omit_final_dot=True).lower()]
        records = [(int(each.preference), str(each.exchange.to_text(omit_final_dot=True)).lower()) for each in found]
        if [host for _, host in records] == ["."] or [host for _, host in records] == [""]:
            return Nowhere("the domain of the address takes no mails")  # RFC 7505
        self._shuffle(records)  # equal preferences in any order
        records.sort(key=lambda record: record[0])
        ours = [preference for preference, host in records if host == ourselves.lower()]
        if ours:  # RFC 5321 5.1: those before us, or the mail goes round in circles
            records = [record for record in records if record[0] < ours[0]]
        if not records:
            return Nowhere("we are the mail server of the domain of the address ourselves")
        return [host for _, host in records]

    async def addresses(self, host: str) -> tuple[str, ...]:
        """A host's addresses that may be used; () if it has none, or does not exist.

        Raises DnsAway when DNS tells of none, and was silent about one sort.
        """
        name = _name(host)
        if name is None:
            return ()
        found: list[str] = []
        away: DnsAway | None = None
        for kind in ("A", "AAAA"):
            try:
                records = await self._records(name, kind)
            except dns.resolver.NXDOMAIN:
                return ()
            except DnsAway as error:
                away = error
                continue
            found += [str(each.address) for each in records][:MOST_ADDRESSES]
        if away is not None and not found:
            raise away
        return tuple(each for each in found if self._allows_private or ip_address(each).is_global)

    async def texts(self, name: str) -> list[str]:
        """A name's TXT records; [] if it has none.  Raises DnsAway."""
        wanted = _name(name)
        if wanted is None:
            return []
        try:
            found = await self._records(wanted, "TXT")
        except dns.resolver.NXDOMAIN:
            return []
        return [b"".join(each.strings).decode("latin-1") for each in found]

    async def _records(self, name: dns.name.Name, kind: str) -> list[Any]:
        """Raises NXDOMAIN and DnsAway."""
        if self._resolver is None:
            raise DnsAway("no name server could answer")
        try:
            found = await self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            raise
        except (dns.exception.DNSException, OSError) as error:
            raise DnsAway(_why(error)) from error
        return list(found.rrset or ())


class DnsAway(Exception):
    """DNS did not answer; why, in words."""


def _why(error: Exception) -> str:
    match error:
        case dns.exception.Timeout():
            return "no name server answered in time"
        case dns.resolver.NoNameservers():
            return "no name server could answer"
        case OSError():
            return plain_words(error)
        case _:
            return "DNS answered with nonsense"


def _resolver(nameservers: Sequence[tuple[str, int]], timeout: float) -> dns.asyncresolver.Resolver | None:
    try:
        resolver = dns.asyncresolver.Resolver(configure=not nameservers)
    except dns.exception.DNSException:  # the system knows no name server
        return None
    if nameservers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in nameservers]
    resolver.lifetime, resolver.timeout = timeout, min(3.0, timeout / 2)
    resolver.cache = dns.resolver.LRUCache(REMEMBERED)
    return resolver


def _name(text: str) -> dns.name.Name | None:
    """A name; None for what DNS cannot have.  RFC 5891: names in other letters have a form of ASCII."""
    try:
        packed = text if text.isascii() else text.encode("idna").decode()
        return dns.name.Name([label.encode("ascii") for label in packed.rstrip(".").split(".")] + [b""])
    except (UnicodeError, dns.exception.DNSException):
        return None
