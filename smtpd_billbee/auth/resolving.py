"""DNS itself, for a child process: dnspython's resolver with one deadline for a mail, and a memory for names.

Who sends a mail chooses whom we ask.  A name server that never answers costs its mail the deadline once; for a minute
its domain is not asked again, and when nobody at all seems to answer, nobody is waited for long.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.resolver

from smtpd_billbee.auth.domains import organisation
from smtpd_billbee.auth.lookup import Answer, LookupFailed

REMEMBERED = 5_000  # names; each for as long as its TTL
SILENT_SECONDS = 60.0  # for a domain that did not answer
MOST_SILENT = 1_000
ENOUGH_MISSES = 3  # one after the other: it is our own resolver that is away
HASTE_SECONDS = 1.0
# RFC 6761 6, RFC 7686, RFC 6762, RFC 2606 3: no mail comes from these, and demonstrations are full of them.  Name
# servers of one's own may know them.
NOWHERE = frozenset(
    {"example", "test", "invalid", "localhost", "local", "onion", "example.com", "example.net", "example.org"}
)


class Resolver:
    """Asks name servers and remembers their answers.  Without `nameservers` (address, port), the system's."""

    def __init__(
        self, nameservers: Sequence[tuple[str, int]], timeout: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._timeout = timeout
        self._clock = clock
        self._loop = asyncio.new_event_loop()
        self._is_systems = not nameservers
        self._resolver = _resolver(nameservers, timeout)
        self._silent: dict[str, float] = {}
        self._misses = 0

    def asking(self) -> "Asking":
        """A look-up for one mail; its time runs from now."""
        haste = self._misses >= ENOUGH_MISSES
        if haste and self._is_systems:  # a laptop in another network: the system may know other name servers by now
            self._resolver = _resolver((), self._timeout)
        return Asking(self, self._clock() + (min(HASTE_SECONDS, self._timeout) if haste else self._timeout))

    def close(self) -> None:
        """Give the loop back."""
        self._loop.close()

    def ask_all(self, questions: Iterable[tuple[str, str]], until: float) -> list[list[Answer] | LookupFailed]:
        """All questions at once."""
        return self._loop.run_until_complete(self._ask_all(list(questions), until))

    async def _ask_all(self, questions: list[tuple[str, str]], until: float) -> list[list[Answer] | LookupFailed]:
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(self._ask(name, kind, until)) for name, kind in questions]
        return [task.result() for task in asked]

    async def _ask(self, name: str, kind: str, until: float) -> list[Answer] | LookupFailed:
        wanted = _name(name)
        if wanted is None or (self._is_systems and _is_nowhere(name)):
            return []
        left = until - self._clock()
        if self._resolver is None:
            self._misses += 1
            return LookupFailed()
        if left <= 0 or self._is_silent(name):
            return LookupFailed()
        try:
            found = await self._resolver.resolve(wanted, kind, raise_on_no_answer=False, lifetime=left, search=False)
        except dns.resolver.NXDOMAIN:
            self._misses = 0
            return []
        except dns.exception.Timeout:
            self._misses += 1
            self._remember_silence(name)
            return LookupFailed()
        except (dns.exception.DNSException, OSError):
            return LookupFailed()
        self._misses = 0
        return [_answer(record, kind) for record in found.rrset or ()]

    def _is_silent(self, name: str) -> bool:
        return self._silent.get(_of(name), 0.0) > self._clock()

    def _remember_silence(self, name: str) -> None:
        if len(self._silent) >= MOST_SILENT:
            self._silent.clear()
        self._silent[_of(name)] = self._clock() + SILENT_SECONDS


class Asking:
    """One mail's questions, under one deadline; a Lookup."""

    def __init__(self, resolver: Resolver, until: float) -> None:
        self._resolver = resolver
        self._until = until
        self._known: dict[tuple[str, str], list[Answer] | LookupFailed] = {}

    def __call__(self, name: str, kind: str) -> Sequence[Answer]:
        """The records.  Raises LookupFailed."""
        question = (name.lower(), kind)
        self.expect([question])
        found = self._known[question]
        if isinstance(found, LookupFailed):
            raise found
        return found

    def expect(self, questions: Iterable[tuple[str, str]]) -> None:
        """Fetch these at once, as far as they are not known."""
        missing = list(dict.fromkeys((name.lower(), kind) for name, kind in questions))
        if missing := [question for question in missing if question not in self._known]:
            self._known |= zip(missing, self._resolver.ask_all(missing, self._until), strict=True)


def _resolver(nameservers: Sequence[tuple[str, int]], timeout: float) -> dns.asyncresolver.Resolver | None:
    try:
        resolver = dns.asyncresolver.Resolver(configure=not nameservers)
    except dns.resolver.NoResolverConfiguration:
        return None
    if nameservers:
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in nameservers]
    resolver.timeout = min(3.0, timeout / 2)
    resolver.use_edns(0, 0, 1232)  # else a key of 2,048 bits behind a CNAME needs a second question, by TCP
    resolver.cache = dns.resolver.LRUCache(REMEMBERED)
    return resolver


def _of(name: str) -> str:
    """Whose name servers a name has."""
    name = name.lower().rstrip(".")
    return organisation(name) or name


def _is_nowhere(name: str) -> bool:
    labels = name.lower().rstrip(".").split(".")
    return not NOWHERE.isdisjoint((labels[-1], ".".join(labels[-2:])))


def _name(text: str) -> dns.name.Name | None:
    """A name label by label: nothing in it is an escape.  None: DNS cannot have it."""
    try:
        return dns.name.Name([label.encode("ascii") for label in text.rstrip(".").split(".")] + [b""])
    except (UnicodeEncodeError, dns.exception.DNSException):
        return None


def _answer(record: Any, kind: str) -> Answer:
    """A record; its class, which only dnspython knows, depends on the kind."""
    match kind:
        case "TXT":
            return b"".join(record.strings)
        case "MX":
            return int(record.preference), str(record.exchange.to_text(omit_final_dot=True))
        case "PTR":
            return str(record.target.to_text(omit_final_dot=True))
        case _:
            return str(record.address)
